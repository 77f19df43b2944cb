/**
 * How well the engine orders and predicts (docs/quality.md): every lesson that the ranker takes is judged by what it said of it just
 * before. Sums by step of the engine's clock, as it stands when a lesson is taken: so steps come in order, whatever times events have.
 * Of all surfaces together, of the first {@link limits.qualitySurfacesMax} apart, and of the rest. And which items were shown.
 */
import { FixedBuffer, Int32Column } from "../core/columns.ts";
import { type Lesson, verdict } from "../core/lesson.ts";
import { limits } from "../core/limits.ts";
import { qualityOrders } from "../core/quality-report.ts";
import type { ColumnSpec } from "../core/rows.ts";
import { prefixed, type State, state } from "../core/state.ts";
import { Chances, type Judged } from "./chances.ts";
import { plainOrders, reciprocalRank } from "./orders.ts";
import { minuteOf, rings, StepRings } from "./step-rings.ts";

const orderCount = qualityOrders.length;
/** Sums of a group in a step. Of each order of lists: the reciprocal ranks, their squares, and of the engine's less its own. */
export const sumAt = {
  lists: 0,
  rows: 1,
  loss: 2,
  rateLoss: 3,
  predicted: 4,
  chosen: 5,
  ranks: 6,
  rankSquares: 6 + orderCount,
  differenceSquares: 6 + 2 * orderCount,
} as const;
const groupWidth = 6 + 3 * orderCount;

/** Of all surfaces, of each that is kept apart, and of the rest. */
const all = 0;
const rest = limits.qualitySurfacesMax + 1;
const groups = rest + 1;
/** Sums of a step beside those of its groups: items shown in it, and items shown in it last. */
const itemsAt = groups * groupWidth;
const itemsLastAt = itemsAt + 1;
const stepWidth = itemsAt + 2;

/** Steps of the rings that a report of what was shown lately looks at: an hour, a day, a week. */
const windows = { minute: 60, hour: 24, day: 7 } as const;

export class Quality {
  readonly state: State;
  readonly #rings = new StepRings(stepWidth);
  readonly #chances = new Chances(groups);
  /** [group − 1] word row of its surface + 1; 0: free. */
  readonly #surfaces = new FixedBuffer("surfaces", new Int32Array(limits.qualitySurfacesMax));
  /** By item: the minute in which it was shown last, −1 never. */
  readonly #shown = new Int32Column("shown", -1);
  readonly #plain: ReturnType<typeof plainOrders>;
  readonly #ranks = new Float64Array(orderCount);
  #values = new Float64Array(64);

  /** `columns`: of the rows that lists are learned from. */
  constructor(columns: readonly ColumnSpec[]) {
    this.#plain = plainOrders(columns);
    const ringBuffers = prefixed(state("rings", 1, this.#rings.buffers));
    this.state = state("quality", 1, [...ringBuffers, this.#chances.buffer, this.#surfaces, this.#shown]);
  }

  /** Which of {@link qualityOrders} are judged. */
  get orders(): readonly (typeof qualityOrders)[number][] {
    return qualityOrders.filter((_, o) => o === 0 || this.#plain[o - 1] !== undefined);
  }

  /** A list was shown: the rows of its `count` items, −1 for those that the engine does not know. */
  show(items: Int32Array, count: number, clockMs: number): void {
    this.#rings.moveTo(minuteOf(clockMs));
    const { minute } = this.#rings;
    for (let i = 0; i < count; i++) {
      const item = items[i]!;
      if (item < 0 || this.#shown.get(item) === minute) continue;
      this.#showItem(item, minute);
    }
  }

  /** Takes a lesson that is about to be learned: `order` puts its rows in order, `logits` are of the chances that were given. */
  readonly judge = (lesson: Lesson, logits: Float64Array, order: Float64Array | undefined): void => {
    this.#rings.moveTo(minuteOf(lesson.atMs ?? 0));
    const group = this.#groupOf(lesson.surface);
    const judged = this.#chances.judge(lesson, logits, group);
    const hasList = order !== undefined && this.#rank(lesson, order);
    const { minute } = this.#rings;
    for (const ring of rings) {
      const at = this.#rings.at(ring, Math.floor(minute / ring.minutes));
      this.#add(at + all * groupWidth, judged, hasList);
      this.#add(at + group * groupWidth, judged, hasList);
    }
  };

  /** An item's row is about to be freed. */
  forgetItem(item: number): void {
    const shown = this.#shown.get(item);
    if (shown < 0) return;
    for (const ring of rings) this.#leave(ring, Math.floor(shown / ring.minutes));
    this.#shown.set(item, -1);
  }

  /** A word's row is about to be freed: what was kept apart of the surface that it names counts as the rest. */
  forgetWord(word: number): void {
    const place = this.#surfaces.array.indexOf(word + 1);
    if (place < 0) return;
    this.#surfaces.array[place] = 0;
    const { sums } = this.#rings;
    for (const ring of rings) {
      for (const { at } of this.#rings.kept(ring, this.#rings.minute)) {
        const from = at + (place + 1) * groupWidth;
        for (let k = 0; k < groupWidth; k++) sums[at + rest * groupWidth + k]! += sums[from + k]!;
        sums.fill(0, from, from + groupWidth);
      }
    }
    this.#chances.move(place + 1, rest);
  }

  /** The groups that there are beside that of all: word row of the surface, −1 for the rest. */
  get surfaces(): readonly { readonly group: number; readonly surface: number }[] {
    const apart = Array.from(this.#surfaces.array, (key, place) => ({ group: place + 1, surface: key - 1 }));
    return [...apart.filter(({ surface }) => surface >= 0), { group: rest, surface: -1 }];
  }

  /** The group of a surface by its word row; −1: of all. undefined where it is not kept apart. */
  find(surface: number): number | undefined {
    if (surface < 0) return all;
    const place = this.#surfaces.array.indexOf(surface + 1);
    return place < 0 ? undefined : place + 1;
  }

  /** The steps of a ring that are kept as of the engine's clock, the oldest first; `sums` as {@link sumAt} says. */
  *steps(group: number, ring: (typeof rings)[number], clockMs: number) {
    for (const { step, at } of this.#rings.kept(ring, minuteOf(clockMs))) {
      const from = at + group * groupWidth;
      yield { step, items: this.#rings.sums[at + itemsAt]!, sums: this.#rings.sums.subarray(from, from + groupWidth) };
    }
  }

  /** As {@link Chances.bins} and {@link Chances.places}. */
  bins = (group: number) => this.#chances.bins(group);
  places = (group: number) => this.#chances.places(group);

  /** Distinct items shown in the last hour, day and week, in whole steps of the ring below. */
  covered(clockMs: number): { readonly hour: number; readonly day: number; readonly week: number } {
    const [hour, day, week] = rings.map((ring) => {
      let items = 0;
      for (const { at } of this.#rings.kept(ring, minuteOf(clockMs), windows[ring.step]))
        items += this.#rings.sums[at + itemsLastAt]!;
      return items;
    });
    return { hour: hour!, day: day!, week: week! };
  }

  #showItem(item: number, minute: number): void {
    const before = this.#shown.get(item);
    for (const ring of rings) {
      const step = Math.floor(minute / ring.minutes);
      const last = before < 0 ? -1 : Math.floor(before / ring.minutes);
      if (last === step) continue;
      this.#leave(ring, last);
      const at = this.#rings.at(ring, step);
      this.#rings.sums[at + itemsAt]!++;
      this.#rings.sums[at + itemsLastAt]!++;
    }
    this.#shown.set(item, minute);
  }

  /** An item that was shown in this step last, if it is kept, was shown later or is forgotten. */
  #leave(ring: (typeof rings)[number], step: number): void {
    if (step < 0 || step <= Math.floor(this.#rings.minute / ring.minutes) - ring.kept) return;
    this.#rings.sums[this.#rings.at(ring, step) + itemsLastAt]!--;
  }

  /** The group of a surface; one that comes while there is room gets one of its own. */
  #groupOf(surface: number): number {
    if (surface < 0) return rest;
    const keys = this.#surfaces.array;
    let place = keys.indexOf(surface + 1);
    if (place < 0) place = keys.indexOf(0);
    if (place < 0) return rest;
    keys[place] = surface + 1;
    return place + 1;
  }

  /** Fills the reciprocal ranks of the first choice of a list by each order; false where there is none, or nothing to order. */
  #rank(lesson: Lesson, order: Float64Array): boolean {
    const { count } = lesson.rows;
    let chosen = -1;
    for (let i = 0; i < count; i++) {
      if (lesson.verdict[i] === verdict.chosenBefore) return false;
      if (lesson.verdict[i] === verdict.chosen) chosen = i;
    }
    if (chosen < 0 || count < 2) return false;
    if (this.#values.length < count) this.#values = new Float64Array(count * 2);
    this.#ranks[0] = reciprocalRank(order, count, chosen);
    this.#plain.forEach((fill, o) => {
      if (fill === undefined) return;
      fill(lesson, this.#values);
      this.#ranks[o + 1] = reciprocalRank(this.#values, count, chosen);
    });
    return true;
  }

  #add(at: number, judged: Judged, hasList: boolean): void {
    const { sums } = this.#rings;
    sums[at + sumAt.rows]! += judged.rows;
    sums[at + sumAt.loss]! += judged.loss;
    sums[at + sumAt.rateLoss]! += judged.rateLoss;
    sums[at + sumAt.predicted]! += judged.predicted;
    sums[at + sumAt.chosen]! += judged.chosen;
    if (!hasList) return;
    sums[at + sumAt.lists]!++;
    for (let o = 0; o < orderCount; o++) {
      const rank = this.#ranks[o]!;
      const difference = this.#ranks[0]! - rank;
      sums[at + sumAt.ranks + o]! += rank;
      sums[at + sumAt.rankSquares + o]! += rank * rank;
      sums[at + sumAt.differenceSquares + o]! += difference * difference;
    }
  }
}
