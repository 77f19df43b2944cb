/** From a request to an answer and its slate in the log: what is checked, given again, served, logged. */
import type { Served } from "./answering.ts";
import { checkRank, checkRecommend, checkSearch, checkSuggest } from "./check-request.ts";
import type { Config } from "./config.ts";
import { stopwatchMs } from "./core/clock.ts";
import type { SlateEvent } from "./core/event.ts";
import type {
  Answer,
  RankRequest,
  RecommendRequest,
  SearchAnswer,
  SearchRequest,
  SuggestAnswer,
  SuggestRequest,
} from "./core/public.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import type { House } from "./house.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import type { Recording } from "./recording.ts";
import type { Searched } from "./search.ts";
import type { Desk } from "./search-desk.ts";
import { slateId } from "./slate-id.ts";

export interface AnswersParts {
  readonly log: EventLog;
  readonly recording: Recording;
  readonly pseudonyms: Pseudonyms;
  readonly config: () => Config;
  readonly house: () => House;
  /** The engine's time, and the wall clock when that was asked for last. */
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  /** Whether slates may be logged now. */
  readonly mayLog: () => boolean;
  readonly logged: () => void;
  readonly desk: Pick<Desk, "note">;
}

/** Its requests throw what `check-request.ts` does, and what serving does; see `core/public.ts`. */
export class Answers {
  readonly #parts: AnswersParts;
  /** Answers that could not be logged because too much waits for the disk, and answers given again; since the start. */
  readonly counts = { unlogged: 0, fromCache: 0 };

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  rank(given: RankRequest): Answer {
    checkRank(given);
    const request = this.#parts.pseudonyms.request(given);
    return this.#answer("rank", request, (atMs) => this.#parts.house().serving.rank(request, atMs));
  }

  recommend(given: RecommendRequest): Answer {
    checkRecommend(given);
    const request = this.#parts.pseudonyms.request(given);
    return this.#answer("recommend", request, (atMs) => this.#parts.house().serving.recommend(request, atMs));
  }

  search(given: SearchRequest): SearchAnswer {
    checkSearch(given);
    const request = this.#parts.pseudonyms.request(given);
    let served: Searched | undefined;
    const { searching } = this.#parts.house();
    const answer = this.#answer("search", request, (atMs) => (served = searching.search(request, atMs)));
    if (answer.slate !== null && served !== undefined) {
      searching.keep(answer.slate, served, this.#parts.nowMs());
      this.#parts.desk.note(request, answer as SearchAnswer);
    }
    return answer as SearchAnswer;
  }

  suggest(given: SuggestRequest): SuggestAnswer {
    checkSuggest(given);
    return this.#parts.house().suggesting.suggest(this.#parts.pseudonyms.request(given), this.#parts.nowMs());
  }

  #answer(
    kind: "rank" | "recommend" | "search",
    request: RankRequest | RecommendRequest | SearchRequest,
    serve: (atMs: number) => Served,
  ): Answer {
    const startedMs = stopwatchMs();
    const nowMs = this.#parts.nowMs();
    // A list that is logged teaches, and is made anew each time.
    // Who asks for no item looks at counts alone: there is no list to be logged.
    const isLogged = request.observe !== false && request.consent !== false && request.size !== 0;
    const { cache, learning } = this.#parts.house();
    const kept = isLogged ? undefined : cache?.find(kind, request, learning.changes, nowMs);
    if (kept !== undefined) {
      this.counts.fromCache++;
      return { slate: null, ...kept, tookMs: stopwatchMs() - startedMs };
    }
    const { answer, slate } = serve(nowMs);
    if (isLogged) return { slate: this.#logSlate(slate, nowMs), ...answer };
    cache?.keep(kind, request, learning.changes, nowMs, answer);
    return { slate: null, ...answer };
  }

  /** `time`: as of which it was answered, so that the fold reads the rows that were served. */
  #logSlate(slate: Served["slate"], time: number): string | null {
    const { log, recording, config, house, wallMs, mayLog, logged } = this.#parts;
    if (!mayLog()) return null;
    if (recording.isOverloaded(1)) {
      this.counts.unlogged++;
      return null;
    }
    const id = slateId(log, config().seed, wallMs());
    const event: SlateEvent = { ...slate, slate: id, time, receivedAt: time };
    const { learning, serving } = house();
    learning.expect(event, serving.lastList(slate.items.length));
    log.append([event]);
    recording.lastReceivedMs = time;
    logged();
    return id;
  }
}
