/**
 * The serving path: request → retrieve → assemble → score → choose → slate. No algorithm here, only the rooms in the order in which
 * the question visits them. It changes nothing: the slate it returns is what the engine logs. A search has a page of its own, `search.ts`.
 */
import { Answering, asker, type Served, type ServedList } from "./answering.ts";
import { describeCandidates, matchByChoice, retrieveCandidates } from "./candidates.ts";
import { isRejection } from "./core/actions.ts";
import { stopwatchMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import { limits } from "./core/limits.ts";
import type { List } from "./core/list.ts";
import { parseQuery } from "./core/parse-event.ts";
import type { RankRequest, RecommendRequest } from "./core/public.ts";
import type { Request } from "./core/request.ts";
import { Found, Pool } from "./core/retrieved.ts";
import { matchByText, question, rankByMatch, scratch } from "./question.ts";
import { Sums } from "./retrievers/sums.ts";
import type { Rooms } from "./rooms.ts";
import { TimeBudget } from "./time-budget.ts";

const recommendedByDefault = 12;

export class Serving {
  readonly #rooms: Rooms;
  readonly #scratch = scratch();
  readonly #pool: Pool;
  /** Shared with searches, so that what was served last is known whoever asked. */
  readonly answering: Answering;
  /** Scratch of {@link #fill}. */
  readonly #rest = new Sums();
  readonly #best = new Found();

  /** What candidates of the caller, and found ones, cost lately. */
  readonly #given = new TimeBudget();
  readonly #found = new TimeBudget();
  readonly #stopwatch: () => number;

  /** `stopwatch`: monotonic, ms; it bounds what is considered for a request with `timeoutMs`. `reasonsTold`: see {@link Answering}. */
  constructor(rooms: Rooms, stopwatch: () => number = stopwatchMs, reasonsTold?: number) {
    this.#rooms = rooms;
    this.#stopwatch = stopwatch;
    this.#pool = new Pool(rooms.retrievers.length, limits.candidatesMax);
    this.answering = new Answering(rooms, reasonsTold);
  }

  /** Ranks the caller's candidates as of `atMs`. */
  rank(request: RankRequest, atMs: number): Served {
    const startedMs = this.#stopwatch();
    const untilMs = dueMs(request, startedMs);
    const query = parseQuery(request.query, "/query");
    const asked = question(this.#rooms, { ...asker(request), query, atMs }, this.#scratch.history);
    const { list } = this.#scratch;
    const most = this.#fitting(this.#given, untilMs);
    const { ids, skipped } = this.#callerList(request, list, most);
    if (list.recommended && !this.#matchByText(asked, list)) this.#matchByChoice(asked, list);
    else rankByMatch(list);
    const served = this.answering.answer({ request, query, asked, list, ids, size: request.size ?? list.count });
    return this.#timed(served, this.#given, list.count, skipped, startedMs, startedMs);
  }

  /** Recommends items of the catalogue as of `atMs`. */
  recommend(request: RecommendRequest, atMs: number): Served {
    const startedMs = this.#stopwatch();
    const untilMs = dueMs(request, startedMs);
    const asked = question(this.#rooms, { ...asker(request), atMs, item: request.item }, this.#scratch.history);
    const size = request.size ?? recommendedByDefault;
    const { list } = this.#scratch;
    let foundMs = startedMs;
    const most = (): number => {
      foundMs = this.#stopwatch();
      return Math.max(size, this.#fitting(this.#found, untilMs));
    };
    const skipped = this.recommendable(asked, request, size, list, most);
    const served = this.answering.answer({ request, asked, list, size });
    return this.#timed(served, this.#found, list.count, skipped, startedMs, foundMs);
  }

  /** How many candidates are considered in the time until `untilMs`. */
  #fitting(budget: TimeBudget, untilMs: number): number {
    return untilMs === Number.POSITIVE_INFINITY ? untilMs : budget.fitting(untilMs - this.#stopwatch());
  }

  /** The answer with what it took, and what was left out; the candidates' part of the time, from `sinceMs` on, is remembered. */
  #timed(
    { answer, slate }: Served<Omit<Served["answer"], "tookMs">>,
    budget: TimeBudget,
    candidates: number,
    skipped: number,
    startedMs: number,
    sinceMs: number,
  ): Served {
    const nowMs = this.#stopwatch();
    budget.observe(candidates, nowMs - sinceMs);
    return { answer: { ...answer, tookMs: nowMs - startedMs, ...(skipped > 0 ? { skipped } : {}) }, slate };
  }

  /** Fills `list` with the retrievers' candidates, matched by the choice model; at least `size` where the shop has them. Answers how many were left out for `most`. */
  recommendable(
    asked: Request,
    { filters, exclude, item }: Pick<RecommendRequest, "filters" | "exclude" | "item">,
    size: number,
    list: List,
    most?: () => number,
    isListed: (row: number) => boolean = () => true,
  ): number {
    const { catalogue, items } = this.#rooms;
    const passes = filters === undefined ? undefined : catalogue.filter(filters);
    // Asked thousands of times for one list.
    const excluded = new Set(exclude?.map((id) => items.find(id)));
    if (item !== undefined) excluded.add(items.find(item));
    const { history } = asked;
    for (let i = 0; i < history.count; i++) if (isRejection(history.lastAction[i]!)) excluded.add(history.item[i]!);
    const isAnyExcluded = excluded.size > 0;
    const accepts = (row: number): boolean =>
      catalogue.isRecommendable(row) &&
      isListed(row) &&
      !(isAnyExcluded && excluded.has(row)) &&
      (passes === undefined || passes(row));
    const leftOut = retrieveCandidates(this.#rooms, asked, accepts, this.#pool, most);
    if (this.#pool.count < size) this.#fill(accepts, size);
    this.#matchPool(asked, list);
    return leftOut;
  }

  /** What the retrievers did not reach, by popularity: a page is full whenever the shop has the items. */
  #fill(accepts: (item: number) => boolean, size: number): void {
    const rooms = this.#rooms;
    this.#rest.clear();
    rooms.catalogue.each((item) => this.#rest.add(item, rooms.popular.strength(item)));
    this.#best.clear();
    // Only what would be among the best is asked whether it may be.
    const isLeft = (item: number): boolean => this.#pool.indexOf(item) < 0 && accepts(item);
    this.#rest.pushBest(size - this.#pool.count, isLeft, this.#best);
    for (let i = 0; i < this.#best.count; i++) {
      const at = this.#pool.push(this.#best.item[i]!, Number.NaN, -1);
      rooms.retrievers.forEach((retriever, r) => {
        this.#pool.strength[r]![at] = retriever.strength(this.#best.item[i]!);
        this.#pool.rank[r]![at] = 0;
      });
    }
  }

  /** The first `most` of the caller's candidates, each once, and how many come after them. */
  #callerList(request: RankRequest, list: List, most: number): { ids: string[]; skipped: number } {
    list.clear();
    const ids: string[] = [];
    const unknown = new Set<string>();
    let hasMatch = false;
    let order = 0;
    for (; order < request.items.length && list.count < most; order++) {
      const given = request.items[order]!;
      const isPlain = typeof given === "string";
      const item = isPlain ? given : given.item;
      const match = isPlain ? undefined : given.match;
      const row = this.#rooms.items.find(item);
      if (row < 0 && unknown.has(item)) continue;
      if (row < 0) unknown.add(item);
      if (list.push(row, match ?? Number.NaN, request.ordered === false ? -1 : order) < 0) continue;
      ids.push(item);
      if (match !== undefined) hasMatch = true;
    }
    list.recommended = request.ordered === false && !hasMatch;
    return { ids, skipped: request.items.length - order };
  }

  /** An order that means nothing, and no relevance: the choice model says what the shopper would turn to. */
  #matchByChoice(asked: Request, list: List): void {
    this.#poolOf(asked, list);
    this.#matchPool(asked, list);
  }

  /** What the choice model reads of a list that was recommended before, so that it can be explained. */
  readChoices(asked: Request, list: List): void {
    this.#poolOf(asked, list);
    this.#rooms.choiceFeatures.assemble(asked, this.#pool, this.answering.choiceRows);
  }

  #poolOf(asked: Request, list: List): void {
    this.#pool.clear();
    for (let i = 0; i < list.count; i++) this.#pool.push(list.item[i]!, Number.NaN, -1);
    describeCandidates(this.#rooms, asked, this.#pool);
  }

  /** An order that means nothing, and a query: the text match says what it asks for. False, and nothing changes, where no candidate has a word of it. */
  #matchByText({ text }: Request, list: List): boolean {
    if (text === undefined) return false;
    const scores = this.answering.logits(list.count);
    if (!matchByText(this.#rooms, text, list, scores)) return false;
    list.recommended = false;
    return true;
  }

  #matchPool(asked: Request, list: List): void {
    const { choiceRows } = this.answering;
    this.#rooms.choiceFeatures.assemble(asked, this.#pool, choiceRows);
    matchByChoice(this.#rooms, this.#pool, choiceRows, this.answering.logits(this.#pool.count), list);
  }

  /** The first `count` items answered last, as they were served; good until the next request. */
  lastList(count: number): ServedList {
    return this.answering.lastList(count);
  }
}

/** When the answer is wanted; never, without `timeoutMs`. Throws DEADLINE_PASSED if that is not later than now. */
export function dueMs({ timeoutMs }: Pick<RankRequest, "timeoutMs">, nowMs: number): number {
  if (timeoutMs === undefined) return Number.POSITIVE_INFINITY;
  if (timeoutMs > 0) return nowMs + timeoutMs;
  throw new LiveshelfError("DEADLINE_PASSED", "The time for the answer is over before the work began; give more.");
}
