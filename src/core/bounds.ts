/**
 * What the folded state may take while memory comes near its ceiling (docs/operating.md, “Memory”). Set by notes of type `ceiling` in the log
 * and by nothing else: whoever folds the log again obeys the same bounds at the same offsets, on a machine of any size.
 */
import { FixedBuffer, registers } from "./columns.ts";
import { CountingFilter } from "./counting-filter.ts";
import { mix } from "./random.ts";
import { type State, state } from "./state.ts";

/** What a note may bound. All are counts, from 1; what it does not name is without bound. */
export const boundNames = [
  /** How often something new is heard of before it gets a row. */
  "admission",
  /** Shoppers and sessions kept; the least recently heard of leaves. */
  "shoppers",
  /** Items kept; the one not in the catalogue and least recently heard of leaves. */
  "items",
  /** Words kept; the one that no item has and least recently heard of leaves. */
  "words",
  /** Lists remembered for outcomes, and impressions of them whose rows wait to be taught. */
  "slates",
  "rows",
  /** Event ids remembered against duplicates. */
  "eventIds",
  /** Pairs of a query and an item, and of a query and a value. */
  "queryItems",
  "queryValues",
  /** Vectors of each learner that has some. */
  "embeddings",
  /** Items of one shopper's history. */
  "touches",
  /** Neighbours of one item. */
  "neighbours",
  /** 1: what is new gets no row at all. */
  "full",
] as const;
export type BoundName = (typeof boundNames)[number];

/** What came of them, since the log's beginning. */
const countNames = [
  "ceilingSteps",
  "ceilingDeferred",
  "ceilingShoppers",
  "ceilingItems",
  "ceilingWords",
  "ceilingSlates",
  "ceilingPairs",
  "ceilingTouches",
  "ceilingRefused",
] as const;
type CountName = (typeof countNames)[number];

/** Sightings are counted in so many cells, and halved so many at each: all of them within some 260,000. */
const filterCells = 1 << 20;
const halvedAtOnce = 4;
/** Rows or slots of which the least recent leaves (sampled as Redis does: with sixteen it is nearly the least recent of all). */
const sampledForLeaving = 16;
/** Numbers that are drawn for it at most: of a table that is nearly empty, most are of nobody. */
const drawnForLeaving = 64;

const stepAt = 0;
const drawnAt = 1;
const boundsFrom = 2;
/** Register of each bound. */
const at = Object.fromEntries(boundNames.map((name, i) => [name, boundsFrom + i])) as Record<BoundName, number>;

export class Bounds {
  readonly state: State;
  /** Step, numbers drawn, then the bounds; 0 for none. */
  readonly #registers = registers("registers", boundsFrom + boundNames.length);
  readonly #counts = new FixedBuffer("counts", new Float64Array(countNames.length));
  readonly #sightings = new CountingFilter(filterCells);

  constructor() {
    this.state = state("ceiling", 1, [this.#registers, this.#counts, ...this.#sightings.buffers]);
  }

  /** Obeys a note from now on. */
  set(step: number, bounds: Readonly<Partial<Record<BoundName, number>>>): void {
    const { array } = this.#registers;
    array[stepAt] = step;
    for (const name of boundNames) array[at[name]] = bounds[name] ?? 0;
    this.count("ceilingSteps");
  }

  /** 0: nothing is bounded. */
  get step(): number {
    return this.#registers.array[stepAt]!;
  }

  /** ∞ without one. */
  get shoppers(): number {
    return this.#of(at.shoppers);
  }
  get items(): number {
    return this.#of(at.items);
  }
  get words(): number {
    return this.#of(at.words);
  }
  get slates(): number {
    return this.#of(at.slates);
  }
  get rows(): number {
    return this.#of(at.rows);
  }
  get eventIds(): number {
    return this.#of(at.eventIds);
  }
  get queryItems(): number {
    return this.#of(at.queryItems);
  }
  get queryValues(): number {
    return this.#of(at.queryValues);
  }
  get embeddings(): number {
    return this.#of(at.embeddings);
  }
  get touches(): number {
    return this.#of(at.touches);
  }
  get neighbours(): number {
    return this.#of(at.neighbours);
  }
  get isFull(): boolean {
    return this.#registers.array[at.full] === 1;
  }
  /** How often something new is heard of before it gets a row: 1 without a bound. */
  get admission(): number {
    return this.#registers.array[at.admission]! || 1;
  }

  /** The bounds by name, those that there are. */
  get present(): Partial<Record<BoundName, number>> {
    const { array } = this.#registers;
    return Object.fromEntries(boundNames.flatMap((name) => (array[at[name]] === 0 ? [] : [[name, array[at[name]]]])));
  }

  get counts(): Readonly<Record<CountName, number>> {
    return Object.fromEntries(countNames.map((name, i) => [name, this.#counts.array[i]!])) as Record<CountName, number>;
  }

  count(name: CountName, times = 1): void {
    this.#counts.array[countNames.indexOf(name)]! += times;
  }

  /** True if something new of this hash may have a row: it was heard of often enough, this time included. */
  admits(hash: number): boolean {
    const { admission } = this;
    if (admission <= 1) return true;
    this.#sightings.forget(halvedAtOnce);
    if (this.#sightings.add(hash) >= admission) return true;
    this.count("ceilingDeferred");
    return false;
  }

  /** Of a few of so many rows, the one of the least time below `beforeMs`, −1 for none; NaN is the time of those that may not leave. */
  leastRecent(rows: number, beforeMs: number, atMs: (row: number) => number): number {
    let least = -1;
    let leastAtMs = beforeMs;
    for (let i = 0, looked = 0; i < drawnForLeaving && looked < sampledForLeaving && rows > 0; i++) {
      const row = this.draw(rows);
      const at = atMs(row);
      if (!Number.isNaN(at)) looked++;
      if (!(at < leastAtMs)) continue;
      least = row;
      leastAtMs = at;
    }
    return least;
  }

  /** A number from 0 to `below` − 1, all about as often. */
  draw(below: number): number {
    return (mix(this.#registers.array[drawnAt]!++) >>> 0) % below;
  }

  #of(register: number): number {
    return this.#registers.array[register]! || Number.POSITIVE_INFINITY;
  }
}
