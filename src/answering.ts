/**
 * The last part of serving, the same for every question: a list of candidates → rows → scores → an order → the answer, and the slate
 * that logs it. It changes nothing.
 */
import { confidence } from "./confidence.ts";
import { assert } from "./core/errors.ts";
import type { ShownItem, SlateEvent } from "./core/event.ts";
import { limits } from "./core/limits.ts";
import { type List, summaryWidth } from "./core/list.ts";
import type { Answer, AnsweredItem, RankRequest, RecommendRequest, SearchRequest } from "./core/public.ts";
import type { Request } from "./core/request.ts";
import { Rows } from "./core/rows.ts";
import { Explainer } from "./explain.ts";
import type { Model } from "./models/model.ts";
import { greedy } from "./policies/greedy.ts";
import { readRows } from "./question.ts";
import type { Rooms } from "./rooms.ts";
import { Value } from "./value.ts";

/** A list as it was served. */
export interface ServedList {
  /** [position] row of the item, −1 if never seen. */
  readonly items: Int32Array;
  /** Writes the rows that were read, in the order of the items. */
  copyRows(rows: Rows): void;
}

/** An answer and the slate event to be logged for it; the caller gives it its id. */
export interface Served<A = Omit<Answer, "slate">> {
  readonly answer: A;
  readonly slate: Omit<SlateEvent, "slate" | "time" | "receivedAt">;
}

/** What is to be answered with a list. */
export interface Listed {
  readonly request: RankRequest | RecommendRequest | SearchRequest;
  readonly query?: string | undefined;
  readonly asked: Request;
  readonly list: List;
  /** Ids as the caller wrote them; without, items of the catalogue with their fields. */
  readonly ids?: readonly string[] | undefined;
  /** Items to answer at most. */
  readonly size: number;
  /** [candidate] who stands in a lower tier stands above, whatever the scores. */
  readonly tiers?: Uint8Array | undefined;
  /** The list's own order stands, whatever the scores; it begins at this position of a longer one. */
  readonly from?: number | undefined;
  /** Row of an item → its group: of each only the best stands. */
  readonly group?: ((item: number) => number) | undefined;
  /** It is an order that the shopper asked for, by price or the like. */
  readonly isSorted?: boolean | undefined;
}

/** Items of an answer, the top ones, of whose order it says how sure it is. */
const sureMax = 20;

export class Answering {
  readonly rows: Rows;
  /** Rows of the choice model for a recommended list: who finds its candidates fills them. */
  readonly choiceRows: Rows;
  readonly #rooms: Rooms;
  readonly #explainer: Explainer;
  readonly #value: Value;
  /** Scratch of {@link #sureness}: the rows on top, and how their logits vary. */
  readonly #topRows: Rows;
  readonly #top = { logits: new Float64Array(sureMax), variances: new Float64Array(sureMax) };
  #logits = new Float64Array(512);
  #scores = new Float64Array(512);
  #chosen = new Int32Array(limits.candidatesMax);
  #propensity = new Float64Array(limits.candidatesMax);
  #list: List | undefined;
  #count = 0;

  /** `reasonsTold`: reasons of one item told one by one. */
  constructor(rooms: Rooms, reasonsTold?: number) {
    this.#rooms = rooms;
    this.rows = new Rows(rooms.listFeatures.columns.length);
    this.choiceRows = new Rows(rooms.choiceFeatures.columns.length);
    this.#topRows = new Rows(rooms.listFeatures.columns.length, sureMax);
    this.#explainer = new Explainer(rooms, reasonsTold);
    this.#value = new Value(rooms);
  }

  /** [place] candidates of the list answered or arranged last, in their order; good until the next. */
  get order(): Int32Array {
    return this.#chosen.subarray(0, this.#count);
  }

  /** Scratch for logits of so many candidates. */
  logits(count: number): Float64Array {
    this.#makeRoom(count);
    return this.#logits;
  }

  answer(listed: Listed): Served<Omit<Answer, "slate" | "tookMs">> {
    const { request, query, asked, list, ids, size, from = 0 } = listed;
    const rooms = this.#rooms;
    const model = this.arrange(listed);
    const count = Math.min(size, this.#count);
    const items: AnsweredItem[] = [];
    const shown: ShownItem[] = [];
    for (let place = 0; place < count; place++) {
      const i = this.#chosen[place]!;
      const propensity = this.#propensity[place]!;
      const item = ids?.[i] ?? rooms.items.id(list.item[i]!)!;
      let answered: AnsweredItem = { item, score: this.#scores[i]!, position: from + place, propensity };
      const fields = ids === undefined ? rooms.catalogue.fields(list.item[i]!) : undefined;
      if (fields !== undefined) answered = { ...answered, fields };
      if (request.explain) {
        const explained = this.#explainer.explain(asked, model, list, this.rows, this.choiceRows, i);
        answered = { ...answered, ...explained, chances: this.#value.chances(i, this.#chance(i)) };
      }
      items.push(answered);
      // What no client could report as shown is not logged either: an export can be imported.
      if (place < limits.slateItemsMax) shown.push(shownItem(item, list, i, propensity));
    }
    return {
      answer: { items, ...this.#sureness(model, count), model: `${model.name}@${model.lessons}` },
      slate: {
        type: "slate",
        ...asker(request),
        ...(query === undefined ? {} : { query }),
        items: shown,
        orderedBy: listed.isSorted === true ? "caller" : "engine",
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
    for (let position = 0; position < count; position++) items[position] = this.#list!.item[this.#chosen[position]!]!;
    return {
      items,
      copyRows: (rows) => this.#copyRows(count, rows),
    };
  }

  /** Orders the whole list, see {@link order}; answers the model that did. */
  arrange({ request, asked, list, tiers, group, from }: Listed): Model {
    this.#list = list;
    const { count } = list;
    this.#count = count;
    this.#makeRoom(count);
    readRows(this.#rooms, asked, list, this.rows);
    const model = this.#predict(count);
    const scores = this.#score(list, request.explain === true);
    if (from !== undefined) {
      for (let i = 0; i < count; i++) {
        this.#chosen[i] = i;
        this.#propensity[i] = 1;
      }
      return model;
    }
    assert(count <= this.#chosen.length, "a list has at most as many candidates as may be ranked");
    greedy.choose(scores, count, count, this.#chosen, this.#propensity);
    // The sort is stable: within a tier the scores stand.
    if (tiers !== undefined) this.order.sort((a, b) => tiers[a]! - tiers[b]!);
    if (group !== undefined) this.#keepFirstOf(group, list);
    return model;
  }

  #keepFirstOf(group: (item: number) => number, list: List): void {
    const met = new Set<number>();
    let kept = 0;
    for (let place = 0; place < this.#count; place++) {
      const i = this.#chosen[place]!;
      const one = group(list.item[i]!);
      if (met.has(one)) continue;
      met.add(one);
      this.#chosen[kept] = i;
      this.#propensity[kept++] = this.#propensity[place]!;
    }
    this.#count = kept;
  }

  /** The ranker's logits, or those of what never fails; answers whose they are. */
  #predict(count: number): Model {
    const { ranker, fallback } = this.#rooms;
    ranker.predict(this.rows, this.#logits);
    if (allFinite(this.#logits, count)) return ranker;
    fallback.predict(this.rows, this.#logits);
    return fallback;
  }

  /** Chance that candidate i is chosen when shown. */
  #chance(i: number): number {
    return 1 / (1 + Math.exp(-this.#logits[i]!));
  }

  /** Scores all candidates by what they are worth; answers what orders them: the logits, where all are worth the same. */
  #score(list: List, isTold: boolean): Float64Array {
    const varies = this.#value.read(list, this.rows, isTold);
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
    const { width, dense, surface } = this.rows;
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

/** Who asks and where, without what is absent; nobody where consent is withheld. */
export function asker({ user, session, surface, context, consent }: Listed["request"]) {
  return {
    ...(user === undefined || consent === false ? {} : { user }),
    ...(session === undefined || consent === false ? {} : { session }),
    ...(surface === undefined ? {} : { surface }),
    ...(context === undefined ? {} : { context }),
  };
}
