/**
 * Prequential evaluation of recommendations over the full catalogue, from outcomes alone: before a shopper's next basket is folded,
 * every recommender lists what it would have shown, and the lists are scored by what of the basket they hold.
 */
import { found, matchByLogits } from "./candidates.ts";
import { type Config, completeConfig } from "./config.ts";
import { dayMs, stopwatchMs } from "./core/clock.ts";
import type { OutcomeEvent } from "./core/event.ts";
import type { Fact } from "./core/fact.ts";
import type { History } from "./core/history.ts";
import { List } from "./core/list.ts";
import type { EventInput } from "./core/public.ts";
import type { Request } from "./core/request.ts";
import { Found, type Pool, poolMax } from "./core/retrieved.ts";
import { Rows } from "./core/rows.ts";
import type { Difference } from "./evaluate.ts";
import { pairedBootstrap } from "./evaluation/bootstrap.ts";
import { type ListScore, ListScores } from "./evaluation/list-scores.ts";
import { type FoldAllOptions, foldAll } from "./fold-all.ts";
import { Learning } from "./learn.ts";
import { readRows } from "./question.ts";
import { popular } from "./retrievers/popular.ts";
import { buildRooms, type Rooms } from "./rooms.ts";
import { timeOrdered } from "./time-ordered.ts";

export interface RecommendEvalOptions extends FoldAllOptions {
  readonly k: number;
  readonly from?: number;
  /** Actions to be predicted; by default every choice. */
  readonly actions?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>> | Partial<Config>;
}

export interface RecommendEvalReport {
  readonly outcomes: number;
  readonly seconds: number;
  /** Scored baskets a second from the first scored one on: all recommenders, and learning from all that came meanwhile. */
  readonly perSecond: number;
  readonly results: readonly RecommenderResult[];
  /** The engine with each learner of choices alone. */
  readonly learners: readonly RecommenderResult[];
  /** Engine minus every other, basket by basket, with 95 % intervals by shopper. */
  readonly differences: readonly Difference[];
}

export interface RecommenderResult extends ListScore {
  readonly recommender: string;
  /** Mean −ln of the share that the candidates' softmax gave to what was turned to, over baskets of which a candidate was; null where no shares are stated. */
  readonly logLoss: number | null;
}

const listMax = 300;
const bootstrapMetrics = ["mrr", "ndcg", "hitRate"] as const;

export async function recommendEval(
  events: Iterable<EventInput> | AsyncIterable<EventInput>,
  options: RecommendEvalOptions,
): Promise<RecommendEvalReport> {
  const ordered = await timeOrdered(events);
  const startedMs = stopwatchMs();
  const rooms = buildRooms(completeConfig(options.config ?? {}));
  const learning = new Learning(rooms);
  const judge = new BasketJudge(rooms, options);
  learning.observe(judge);
  foldAll(rooms, learning, ordered, options);
  judge.close();
  const endedMs = stopwatchMs();
  const scoringSeconds = (endedMs - judge.scoringSinceMs) / 1000;
  return {
    outcomes: judge.baskets,
    seconds: (endedMs - startedMs) / 1000,
    perSecond: judge.baskets / scoringSeconds,
    ...judge.report(),
  };
}

interface Basket {
  /** [recommender] its list, best first. */
  readonly lists: readonly Int32Array[];
  readonly known: ReadonlySet<number>;
  readonly candidates: Int32Array;
  /** [engine, then the learners][candidate] */
  readonly logits: readonly Float64Array[];
}

class BasketJudge {
  baskets = 0;
  /** When the first basket was scored, by the stopwatch. */
  scoringSinceMs = stopwatchMs();
  readonly #rooms: Rooms;
  readonly #from: number;
  readonly #actions: ReadonlySet<string> | undefined;
  readonly #popularity = popular({ name: "popularity", halfLifeMs: 7 * dayMs, share: 0, text: "" });
  readonly #names: readonly string[];
  readonly #scores: readonly ListScores[];
  /** [scored basket] its shopper. */
  readonly #shoppers: number[] = [];
  /** [engine, then the learners] Σ −ln share, over so many baskets. */
  readonly #losses: Float64Array;
  #judged = 0;
  readonly #list = new List();
  readonly #rows: Rows;
  readonly #logits = new Float64Array(poolMax);
  readonly #best = new Found();
  #atMs = Number.NaN;
  /** Choices of this instant. */
  readonly #chosen: number[] = [];
  /** Of this instant, by shopper: the lists made before it, and what was turned to. */
  readonly #items = new Map<number, Set<number>>();
  readonly #open = new Map<number, Basket>();

  constructor(rooms: Rooms, { k, from = Number.NEGATIVE_INFINITY, actions }: RecommendEvalOptions) {
    this.#rooms = rooms;
    this.#from = from;
    this.#actions = actions === undefined ? undefined : new Set(actions);
    this.#rows = new Rows(rooms.listFeatures.columns.length);
    const retrievers = rooms.retrievers.map((retriever) => retriever.name).filter((name) => name !== "own-items");
    const { members } = rooms.chooser;
    this.#names = ["engine", ...members, "popularity", "own-items", ...retrievers];
    this.#losses = new Float64Array(1 + members.length);
    this.#scores = this.#names.map(() => new ListScores(k));
  }

  outcome(event: OutcomeEvent, item: number, isChoice: boolean, { atMs, shopper, history }: Request): void {
    if (atMs !== this.#atMs) this.close();
    this.#atMs = atMs;
    if (!isChoice) return;
    const isWanted = this.#actions === undefined || this.#actions.has(event.action);
    if (atMs >= this.#from && isWanted && shopper >= 0 && history.count > 0) this.#turnedTo(shopper).add(item);
    this.#chosen.push(item);
  }

  choice(request: Request, pool: Pool, rows: Rows): void {
    if (request.atMs < this.#from) return;
    if (this.baskets === 0 && this.#open.size === 0) this.scoringSinceMs = stopwatchMs();
    const { history, shopper } = request;
    const logits = this.#choiceLogits(rows);
    this.#open.set(shopper, {
      lists: this.#lists(request, pool, logits),
      known: new Set(history.item.subarray(0, history.count)),
      candidates: pool.item.slice(0, pool.count),
      logits,
    });
  }

  /** Scores the baskets of the instant that is over. */
  close(): void {
    for (const [shopper, basket] of this.#open) {
      const items = this.#items.get(shopper);
      if (items === undefined) continue;
      this.baskets++;
      this.#shoppers.push(shopper);
      basket.lists.forEach((list, r) => void this.#scores[r]!.add(list, items, basket.known));
      this.#noteLosses(basket, items);
    }
    this.#open.clear();
    this.#items.clear();
    // Read, then fold: what an instant brought counts for the lists after it.
    for (const item of this.#chosen) this.#popularity.fold({ isChoice: true, item, atMs: this.#atMs } as Fact);
    this.#chosen.length = 0;
  }

  #turnedTo(shopper: number): Set<number> {
    let items = this.#items.get(shopper);
    if (items === undefined) this.#items.set(shopper, (items = new Set()));
    return items;
  }

  #noteLosses({ candidates, logits }: Basket, items: ReadonlySet<number>): void {
    const chosen = [...candidates.keys()].filter((i) => items.has(candidates[i]!));
    if (chosen.length === 0) return;
    this.#judged++;
    logits.forEach((own, r) => {
      const max = own.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
      const total = own.reduce((sum, logit) => sum + Math.exp(logit - max), 0);
      const mean = chosen.reduce((sum, i) => sum + own[i]!, 0) / chosen.length;
      this.#losses[r]! += max + Math.log(total) - mean;
    });
  }

  report(): Pick<RecommendEvalReport, "results" | "learners" | "differences"> {
    // Shares are stated by the choice models; where lists have taught, the engine's order has another model on top.
    const statesShares = (r: number): boolean =>
      this.#judged > 0 && r < this.#losses.length && (r > 0 || this.#rooms.ranker.lessons === 0);
    const all = this.#names.map((recommender, r) => ({
      recommender,
      logLoss: statesShares(r) ? this.#losses[r]! / this.#judged : null,
      ...this.#scores[r]!.report(this.#rooms.items.rows),
    }));
    const isLearner = (_: unknown, r: number): boolean => r > 0 && r < this.#losses.length;
    return {
      results: all.filter((row, r) => !isLearner(row, r)),
      learners: all.filter(isLearner),
      differences: this.#differences(),
    };
  }

  #differences(): Difference[] {
    const compared = this.#names.flatMap((b, r) =>
      r === 0 ? [] : bootstrapMetrics.map((metric) => ({ b, r, metric })),
    );
    const intervals = pairedBootstrap(
      this.#shoppers,
      compared.map(({ r, metric }) => ({ a: this.#scores[0]!.values[metric], b: this.#scores[r]!.values[metric] })),
    );
    return compared.map(({ b, metric }, i) => ({ a: "engine", b, metric, ...intervals[i]! }));
  }

  /** [the panel, then its members][candidate] */
  #choiceLogits(rows: Rows): Float64Array[] {
    const { chooser } = this.#rooms;
    const [whole, ...byMember] = [chooser.name, ...chooser.members].map(() => new Float64Array(rows.count));
    chooser.predictMembers(rows, byMember, whole!);
    return [whole!, ...byMember];
  }

  #lists(request: Request, pool: Pool, logits: readonly Float64Array[]): Int32Array[] {
    matchByLogits(pool, logits[0]!.slice(), this.#list);
    let engine = sorted(this.#list, this.#list.match);
    if (this.#rooms.ranker.lessons > 0) {
      readRows(this.#rooms, request, this.#list, this.#rows);
      this.#rooms.ranker.predict(this.#rows, this.#logits);
      engine = sorted(this.#list, this.#logits);
    }
    const byLearner = logits.slice(1).map((own) => sorted(pool, own));
    this.#best.clear();
    this.#popularity.retrieve(request, listMax, (item) => this.#rooms.catalogue.isRecommendable(item), this.#best);
    const popularity = this.#best.item.slice(0, this.#best.count);
    const byRetriever = this.#rooms.retrievers.flatMap(({ name }, r) =>
      name === "own-items" ? [] : [found[r]!.item.slice(0, found[r]!.count)],
    );
    return [engine, ...byLearner, popularity, ownItems(request.history, popularity), ...byRetriever];
  }
}

/** The shopper's most frequent items, the later touched first among equals, then what is popular. */
function ownItems(history: History, popularity: Int32Array): Int32Array {
  const own = Array.from({ length: history.count }, (_, i) => i).sort(
    (a, b) => history.touches[b]! - history.touches[a]! || a - b,
  );
  const rest = popularity.filter((item) => history.indexOf(item) < 0);
  return Int32Array.from([...own.map((i) => history.item[i]!), ...rest]);
}

function sorted(list: List, score: Float64Array): Int32Array {
  const order = Array.from({ length: list.count }, (_, i) => i).sort((a, b) => score[b]! - score[a]! || a - b);
  return Int32Array.from(order, (i) => list.item[i]!);
}
