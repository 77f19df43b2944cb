/**
 * The serving path: request → retrieve → assemble → score → choose → slate. No algorithm here, only the rooms in the order in which
 * the question visits them. It changes nothing: the slate it returns is what the engine logs.
 */
import { describeCandidates, matchByChoice, retrieveCandidates } from "./candidates.ts";
import { confidence } from "./confidence.ts";
import { isRejection } from "./core/actions.ts";
import { stopwatchMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import type { ShownItem, SlateEvent } from "./core/event.ts";
import { limits } from "./core/limits.ts";
import { type List, summaryWidth } from "./core/list.ts";
import { parseQuery } from "./core/parse-event.ts";
import type { Answer, AnsweredItem, RankRequest, RecommendRequest } from "./core/public.ts";
import type { Request } from "./core/request.ts";
import { Found, Pool } from "./core/retrieved.ts";
import { Rows } from "./core/rows.ts";
import { Explainer } from "./explain.ts";
import type { Model } from "./models/model.ts";
import { greedy } from "./policies/greedy.ts";
import { question, rankByMatch, readRows, scratch } from "./question.ts";
import { Sums } from "./retrievers/sums.ts";
import type { Rooms } from "./rooms.ts";
import { TimeBudget } from "./time-budget.ts";
import { Value } from "./value.ts";

/** A list as it was served. */
export interface ServedList {
  /** [position] row of the item, −1 if never seen. */
  readonly items: Int32Array;
  /** Writes the rows that were read, in the order of the items. */
  copyRows(rows: Rows): void;
}

/** An answer and the slate event to be logged for it; the caller gives it its id. */
export interface Served {
  readonly answer: Omit<Answer, "slate">;
  readonly slate: Omit<SlateEvent, "slate" | "time" | "receivedAt">;
}

const recommendedByDefault = 12;
/** Items of an answer, the top ones, of whose order it says how sure it is. */
const sureMax = 20;

export class Serving {
  readonly #rooms: Rooms;
  readonly #scratch = scratch();
  readonly #pool: Pool;
  readonly #rows: Rows;
  readonly #choiceRows: Rows;
  readonly #explainer: Explainer;
  readonly #value: Value;
  /** Scratch of {@link #sureness}: the rows on top, and how their logits vary. */
  readonly #topRows: Rows;
  readonly #top = { logits: new Float64Array(sureMax), variances: new Float64Array(sureMax) };
  /** Scratch of {@link #fill}. */
  readonly #rest = new Sums();
  readonly #best = new Found();
  #logits = new Float64Array(512);
  #scores = new Float64Array(512);
  #chosen = new Int32Array(limits.candidatesMax);
  #propensity = new Float64Array(limits.candidatesMax);

  /** What candidates of the caller, and found ones, cost lately. */
  readonly #given = new TimeBudget();
  readonly #found = new TimeBudget();
  readonly #stopwatch: () => number;

  /** `stopwatch`: monotonic, ms; it bounds what is considered for a request with `timeoutMs`. */
  constructor(rooms: Rooms, stopwatch: () => number = stopwatchMs) {
    this.#rooms = rooms;
    this.#stopwatch = stopwatch;
    this.#pool = new Pool(rooms.retrievers.length, limits.candidatesMax);
    this.#rows = new Rows(rooms.listFeatures.columns.length);
    this.#choiceRows = new Rows(rooms.choiceFeatures.columns.length);
    this.#topRows = new Rows(rooms.listFeatures.columns.length, sureMax);
    this.#explainer = new Explainer(rooms);
    this.#value = new Value(rooms);
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
    if (list.recommended) this.#matchByChoice(asked, list);
    else rankByMatch(list);
    const served = this.#serve(request, query, asked, list, ids, request.size ?? list.count);
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
    const served = this.#serve(request, undefined, asked, list, undefined, size);
    return this.#timed(served, this.#found, list.count, skipped, startedMs, foundMs);
  }

  /** How many candidates are considered in the time until `untilMs`. */
  #fitting(budget: TimeBudget, untilMs: number): number {
    return untilMs === Number.POSITIVE_INFINITY ? untilMs : budget.fitting(untilMs - this.#stopwatch());
  }

  /** The answer with what it took, and what was left out; the candidates' part of the time, from `sinceMs` on, is remembered. */
  #timed(
    { answer, slate }: Omit<Served, "answer"> & { readonly answer: Omit<Served["answer"], "tookMs"> },
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
    { filters, exclude, item }: RecommendRequest,
    size: number,
    list: List,
    most?: () => number,
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
      catalogue.isRecommendable(row) && !(isAnyExcluded && excluded.has(row)) && (passes === undefined || passes(row));
    const leftOut = retrieveCandidates(this.#rooms, asked, accepts, this.#pool, most);
    if (this.#pool.count < size) this.#fill(accepts, size);
    this.#matchPool(asked, list);
    return leftOut;
  }

  /** What the retrievers did not reach, by popularity: a page is full whenever the shop has the items. */
  #fill(accepts: (item: number) => boolean, size: number): void {
    const rooms = this.#rooms;
    const popular = rooms.retrievers.find((retriever) => retriever.name === "popular")!;
    this.#rest.clear();
    for (const item of rooms.catalogue.items()) {
      if (accepts(item) && this.#pool.indexOf(item) < 0) this.#rest.add(item, popular.strength(item));
    }
    this.#best.clear();
    this.#rest.pushBest(size - this.#pool.count, () => true, this.#best);
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
    this.#pool.clear();
    for (let i = 0; i < list.count; i++) this.#pool.push(list.item[i]!, Number.NaN, -1);
    describeCandidates(this.#rooms, asked, this.#pool);
    this.#matchPool(asked, list);
  }

  #matchPool(asked: Request, list: List): void {
    this.#rooms.choiceFeatures.assemble(asked, this.#pool, this.#choiceRows);
    this.#makeRoom(this.#pool.count);
    matchByChoice(this.#rooms, this.#pool, this.#choiceRows, this.#logits, list);
  }

  #serve(
    request: RankRequest | RecommendRequest,
    query: string | undefined,
    asked: Request,
    list: List,
    ids: readonly string[] | undefined,
    size: number,
  ) {
    const rooms = this.#rooms;
    this.#makeRoom(list.count);
    readRows(rooms, asked, list, this.#rows);
    const model = this.#predict(list.count);
    const scores = this.#score(list, request.explain === true);
    const count = greedy.choose(scores, list.count, size, this.#chosen, this.#propensity);
    const items: AnsweredItem[] = [];
    const shown: ShownItem[] = [];
    for (let position = 0; position < count; position++) {
      const i = this.#chosen[position]!;
      const propensity = this.#propensity[position]!;
      const item = ids?.[i] ?? rooms.items.id(list.item[i]!)!;
      let answered: AnsweredItem = { item, score: this.#scores[i]!, position, propensity };
      const fields = ids === undefined ? rooms.catalogue.fields(list.item[i]!) : undefined;
      if (fields !== undefined) answered = { ...answered, fields };
      if (request.explain) {
        const explained = this.#explainer.explain(asked, model, list, this.#rows, this.#choiceRows, i);
        answered = { ...answered, ...explained, chances: this.#value.chances(i, this.#chance(i)) };
      }
      items.push(answered);
      // What no client could report as shown is not logged either: an export can be imported.
      if (position < limits.slateItemsMax) shown.push(shownItem(item, list, i, propensity));
    }
    return {
      answer: { items, ...this.#sureness(model, count), model: `${model.name}@${model.lessons}` },
      slate: {
        type: "slate",
        ...asker(request),
        ...(query === undefined ? {} : { query }),
        items: shown,
        orderedBy: "engine",
        list: Array.from({ length: summaryWidth }, (_, s) =>
          Number.isNaN(list.summary[s]!) ? null : list.summary[s]!,
        ),
        ...(list.recommended ? { recommended: true } : {}),
        ...("item" in request && request.item !== undefined ? { item: request.item } : {}),
      } as Served["slate"],
    };
  }

  /** The first `count` items answered last, as they were served; good until the next request. */
  lastList(count: number): ServedList {
    const items = new Int32Array(count);
    for (let position = 0; position < count; position++)
      items[position] = this.#scratch.list.item[this.#chosen[position]!]!;
    return {
      items,
      copyRows: (rows) => this.#copyRows(count, rows),
    };
  }

  /** The ranker's logits, or those of what never fails; answers whose they are. */
  #predict(count: number): Model {
    const { ranker, fallback } = this.#rooms;
    ranker.predict(this.#rows, this.#logits);
    if (allFinite(this.#logits, count)) return ranker;
    fallback.predict(this.#rows, this.#logits);
    return fallback;
  }

  /** Chance that candidate i is chosen when shown. */
  #chance(i: number): number {
    return 1 / (1 + Math.exp(-this.#logits[i]!));
  }

  /** Scores all candidates by what they are worth; answers what orders them: the logits, where all are worth the same. */
  #score(list: List, isTold: boolean): Float64Array {
    const varies = this.#value.read(list, this.#rows, isTold);
    for (let i = 0; i < list.count; i++) this.#scores[i] = this.#chance(i) * this.#value.worth(i);
    return varies ? this.#scores : this.#logits;
  }

  /** How sure the model is of the order of the top of the `count` chosen, where it says how its logits vary. */
  #sureness(model: Model, count: number): { confidence?: number } {
    if (model.variance === undefined) return {};
    // The order that was given is no knowledge.
    if (model.lessons === 0) return { confidence: 0 };
    const { logits, variances } = this.#top;
    const sure = Math.min(count, sureMax);
    this.#copyRows(sure, this.#topRows);
    model.variance(this.#topRows, variances);
    for (let position = 0; position < sure; position++) logits[position] = this.#logits[this.#chosen[position]!]!;
    return { confidence: confidence(logits, variances, sure) };
  }

  /** Copies the rows of the first `count` chosen, in their order. */
  #copyRows(count: number, to: Rows): void {
    const { width, dense, surface } = this.#rows;
    to.resize(count);
    to.surface = surface;
    for (let position = 0; position < count; position++) {
      const from = this.#chosen[position]! * width;
      to.dense.set(dense.subarray(from, from + width), position * width);
    }
  }

  #makeRoom(count: number): void {
    if (this.#logits.length >= count) return;
    this.#logits = new Float64Array(count * 2);
    this.#scores = new Float64Array(count * 2);
  }
}

function allFinite(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}

function shownItem(item: string, list: List, i: number, propensity: number): ShownItem {
  const shown: { -readonly [K in keyof ShownItem]: ShownItem[K] } = { item };
  if (propensity < 1) shown.propensity = propensity;
  if (!Number.isNaN(list.match[i]!)) shown.match = list.match[i]!;
  if (list.order[i]! >= 0) shown.order = list.order[i]!;
  if (list.matchRank[i]! >= 0) shown.matchRank = list.matchRank[i]!;
  return shown;
}

/** When the answer is wanted; never, without `timeoutMs`. Throws DEADLINE_PASSED if that is not later than now. */
function dueMs({ timeoutMs }: RankRequest | RecommendRequest, nowMs: number): number {
  if (timeoutMs === undefined) return Number.POSITIVE_INFINITY;
  if (timeoutMs > 0) return nowMs + timeoutMs;
  throw new LiveshelfError("DEADLINE_PASSED", "The time for the answer is over before the work began; give more.");
}

/** Who asks and where, without what is absent; nobody where consent is withheld. */
function asker({ user, session, surface, context, consent }: RankRequest | RecommendRequest) {
  return {
    ...(user === undefined || consent === false ? {} : { user }),
    ...(session === undefined || consent === false ? {} : { session }),
    ...(surface === undefined ? {} : { surface }),
    ...(context === undefined ? {} : { context }),
  };
}
