/**
 * Directed decayed co-visitation: a shopper who turns to b after a₁, a₂, … (d = 1 the latest basket) adds
 * d^−0.7 to M[a_d, b], and for the eight latest 0.3 of that to M[b, a_d]; items of one basket add to each other. Rows are bounded lists; the smallest weight leaves.
 * One owner of the counts: several retrievers read them. Neighbours that are gone read as absent, and leave before a row grows.
 */
import type { Bounds } from "../core/bounds.ts";
import { dayMs } from "../core/clock.ts";
import { Float32Column, Float64Column, Int32Column, registers, segmentBits, segmentMask } from "../core/columns.ts";
import { lasting, type RowKeys } from "../core/expiring-ids.ts";
import type { Fact } from "../core/fact.ts";
import { blockCells, Slab } from "../core/slab.ts";
import { prefixed, type State, state } from "../core/state.ts";
import type { Sums } from "./sums.ts";

const halfLifeMs = 30 * dayMs;
/** Neighbours kept of an item. */
const rowMax = 64;
/** Items of the history that a choice is joined to, beside those of its own basket. */
const window = 20;
const basketMax = 10;
/** Cells of the smallest row. */
const smallestBlock = 4;
/** Of them, those to which the way back is noted too. */
const backwardWindow = 8;
/** d^−0.7; beyond the last, as there. */
const distanceMax = 64;
const distanceWeight = Float64Array.from({ length: distanceMax + 1 }, (_, d) => Math.max(1, d) ** -0.7);
/** Weight of the way back, from what came later to what came before. */
const backward = 0.3;
/** A row's weights are rescaled when this many half-lives have passed: 32-bit floats stay exact enough. */
const epochHalfLives = 32;

export class CoVisits {
  readonly state: State;
  readonly #items: RowKeys;
  readonly #bounds: Bounds | undefined;
  readonly #slab = new Slab("slab", 2);
  /** Key of the item. */
  readonly #neighbour = new Int32Column("neighbour", -1);
  readonly #weight = new Float32Column("weight");
  readonly #start = new Int32Column("start", -1);
  readonly #count = new Int32Column("count");
  readonly #capacity = new Int32Column("capacity");
  /** Sum of all weights ever added to a row, decayed alike; and the epoch in which the row was scaled. */
  readonly #sum = new Float64Column("sum");
  readonly #epoch = new Int32Column("epoch");
  /** t₀ of the forward decay and the latest addition; NaN before the first. */
  readonly #times = registers("times", 2);

  // What `#now` said last, and of what.
  #elapsedMs = Number.NaN;
  #elapsedEpoch = 0;
  #faded = 1;

  // Of the event that is folded.
  #halfLives = 0;
  #currentEpoch = 0;
  #factor = 1;

  /** `items`: keys of the items' rows. `bounds`: how many neighbours of one may be kept at present. */
  constructor(items: RowKeys = lasting, bounds?: Bounds) {
    this.#items = items;
    this.#bounds = bounds;
    this.#times.array.fill(Number.NaN);
    this.state = state("retriever.co-visits", 2, [
      ...prefixed(this.#slab.state),
      this.#neighbour,
      this.#weight,
      this.#start,
      this.#count,
      this.#capacity,
      this.#sum,
      this.#epoch,
      this.#times,
    ]);
  }

  fold({ isChoice, item, history, atMs }: Fact): void {
    if (!isChoice || item < 0) return;
    this.#begin(atMs);
    const basket = history.basketNumber + (history.lastTouchAtMs === atMs ? 0 : 1);
    let together = 0;
    let before = 0;
    for (let i = 0; i < history.count; i++) {
      const other = history.item[i]!;
      if (other === item) continue;
      if (history.lastAtMs[i] === atMs) {
        if (together++ >= basketMax) continue;
        this.#add(other, item, 1);
        this.#add(item, other, 1);
      } else {
        if (before++ >= window) break;
        const weight = distanceWeight[Math.max(1, Math.min(distanceMax, basket - history.basket[i]!))]!;
        this.#add(other, item, weight);
        if (before <= backwardWindow) this.#add(item, other, backward * weight);
      }
    }
  }

  /** Frees an item's row. */
  forgetItem(item: number): void {
    if (this.#start.get(item) < 0) return;
    this.#slab.free(this.#start.get(item), this.#capacity.get(item));
    for (const column of [this.#start, this.#count, this.#capacity, this.#sum, this.#epoch])
      column.set(item, column.fill);
  }

  /** Sum of a row's weights as of `atMs`. */
  total(item: number, atMs: number): number {
    return this.#sum.get(item) * this.#now(item, atMs);
  }

  /** Calls `visit` with each neighbour of an item and its weight as of `atMs`. */
  neighbours(item: number, atMs: number, visit: (neighbour: number, weight: number) => void): void {
    const start = this.#start.get(item);
    const count = this.#count.get(item);
    const now = this.#now(item, atMs);
    for (let cell = start; cell < start + count; cell++) {
      const neighbour = this.#items.rowOf(this.#neighbour.get(cell));
      if (neighbour >= 0) visit(neighbour, this.#weight.get(cell) * now);
    }
  }

  /** Adds `scale` times the weights of an item's neighbours to sums. */
  addTo(sums: Sums, item: number, atMs: number, scale: number): void {
    const count = this.#count.get(item);
    if (count === 0) return;
    const start = this.#start.get(item);
    const scaled = scale * this.#now(item, atMs);
    // A row is one block: its cells lie in one segment of each column.
    const neighbours = this.#neighbour.segments[start >>> segmentBits]!;
    const weights = this.#weight.segments[start >>> segmentBits]!;
    const first = start & segmentMask;
    for (let at = first; at < first + count; at++) {
      const neighbour = this.#items.rowOf(neighbours[at]!);
      if (neighbour >= 0) sums.add(neighbour, weights[at]! * scaled);
    }
  }

  /** Weight of the pair as of `atMs`, 0 if not kept. */
  weight(item: number, neighbour: number, atMs: number): number {
    const start = this.#start.get(item);
    const count = this.#count.get(item);
    if (count === 0) return 0;
    const key = this.#items.key(neighbour);
    const neighbours = this.#neighbour.segments[start >>> segmentBits]!;
    const first = start & segmentMask;
    for (let at = first; at < first + count; at++)
      if (neighbours[at] === key) return this.#weight.get(start + at - first) * this.#now(item, atMs);
    return 0;
  }

  /** What turns a stored weight of the row into its value as of `atMs`. */
  #now(item: number, atMs: number): number {
    const times = this.#times.array;
    const origin = times[0]!;
    if (Number.isNaN(origin)) return 1;
    const elapsedMs = Math.max(atMs, times[1]!) - origin;
    const epoch = this.#epoch.get(item);
    // A request asks it of hundreds of rows, nearly all of one epoch.
    if (elapsedMs !== this.#elapsedMs || epoch !== this.#elapsedEpoch) {
      this.#elapsedMs = elapsedMs;
      this.#elapsedEpoch = epoch;
      this.#faded = 2 ** -(elapsedMs / halfLifeMs - epoch * epochHalfLives);
    }
    return this.#faded;
  }

  /** What all additions of one event share. */
  #begin(atMs: number): void {
    const times = this.#times.array;
    if (Number.isNaN(times[0]!)) times[0] = atMs;
    if (!(times[1]! >= atMs)) times[1] = atMs;
    this.#halfLives = (atMs - times[0]!) / halfLifeMs;
    this.#currentEpoch = Math.floor(this.#halfLives / epochHalfLives);
    this.#factor = 2 ** (this.#halfLives - this.#currentEpoch * epochHalfLives);
  }

  #add(item: number, neighbour: number, weight: number): void {
    if (this.#start.get(item) < 0) this.#epoch.set(item, this.#currentEpoch);
    else if (this.#currentEpoch > this.#epoch.get(item)) this.#rescale(item, this.#currentEpoch);
    const epoch = this.#epoch.get(item);
    const factor = epoch === this.#currentEpoch ? this.#factor : 2 ** (this.#halfLives - epoch * epochHalfLives);
    this.#sum.add(item, weight * factor);
    this.#weight.add(this.#cellOf(item, neighbour), weight * factor);
  }

  #rescale(item: number, epoch: number): void {
    const factor = 2 ** (-(epoch - this.#epoch.get(item)) * epochHalfLives);
    const start = this.#start.get(item);
    for (let cell = start; cell < start + this.#count.get(item); cell++)
      this.#weight.set(cell, this.#weight.get(cell) * factor);
    this.#sum.set(item, this.#sum.get(item) * factor);
    this.#epoch.set(item, epoch);
  }

  /** Cell of a pair, made (taking the place of the smallest when the row is full) with weight 0. */
  #cellOf(item: number, row: number): number {
    const neighbour = this.#items.key(row);
    const most = Math.min(rowMax, this.#bounds?.neighbours ?? rowMax);
    let count = this.#count.get(item);
    if (count > most) count = this.#shorten(item, most);
    const start = this.#start.get(item);
    let smallest = start;
    if (count > 0) {
      const neighbours = this.#neighbour.segments[start >>> segmentBits]!;
      const first = start & segmentMask;
      for (let at = first; at < first + count; at++) if (neighbours[at] === neighbour) return start + at - first;
      if (count >= most) smallest = start + this.#smallest(start, count);
    }
    if (count >= most) {
      this.#neighbour.set(smallest, neighbour);
      this.#weight.set(smallest, 0);
      return smallest;
    }
    if (count >= this.#capacity.get(item)) {
      if (count > 0) count = this.#dropGone(item);
      if (count >= this.#capacity.get(item)) this.#move(item, Math.max(smallestBlock, this.#capacity.get(item) * 2));
    }
    const cell = this.#start.get(item) + count;
    this.#neighbour.set(cell, neighbour);
    this.#weight.set(cell, 0);
    this.#count.set(item, count + 1);
    return cell;
  }

  /** Forgets the weakest neighbours until `most` are left; the others keep their order, the block becomes a smaller one. */
  #shorten(item: number, most: number): number {
    const start = this.#start.get(item);
    let count = this.#dropGone(item);
    while (count > most) {
      const weakest = start + this.#smallest(start, count);
      for (let cell = weakest; cell < start + count - 1; cell++) {
        this.#neighbour.set(cell, this.#neighbour.get(cell + 1));
        this.#weight.set(cell, this.#weight.get(cell + 1));
      }
      count--;
    }
    this.#count.set(item, count);
    const capacity = Math.max(smallestBlock, blockCells(Math.max(1, count)));
    if (capacity < this.#capacity.get(item)) this.#move(item, capacity);
    return count;
  }

  /** Distance from the start of the row's cell of the smallest weight, the first among equals. */
  #smallest(start: number, count: number): number {
    const weights = this.#weight.segments[start >>> segmentBits]!;
    const first = start & segmentMask;
    let smallest = first;
    for (let at = first + 1; at < first + count; at++) if (weights[at]! < weights[smallest]!) smallest = at;
    return smallest - first;
  }

  /** Takes out the neighbours that are gone, the others keep their order; returns how many stay. */
  #dropGone(item: number): number {
    const start = this.#start.get(item);
    const count = this.#count.get(item);
    let kept = 0;
    for (let cell = start; cell < start + count; cell++) {
      if (this.#items.rowOf(this.#neighbour.get(cell)) < 0) continue;
      this.#neighbour.set(start + kept, this.#neighbour.get(cell));
      this.#weight.set(start + kept++, this.#weight.get(cell));
    }
    this.#count.set(item, kept);
    return kept;
  }

  /** Moves a row to a block of `capacity` cells. */
  #move(item: number, capacity: number): void {
    const count = this.#count.get(item);
    const start = this.#slab.allocate(capacity);
    this.#neighbour.ensure(this.#slab.cells);
    this.#weight.ensure(this.#slab.cells);
    if (count > 0) {
      this.#neighbour.copy(this.#start.get(item), start, count);
      this.#weight.copy(this.#start.get(item), start, count);
      this.#slab.free(this.#start.get(item), this.#capacity.get(item));
    }
    this.#start.set(item, start);
    this.#capacity.set(item, capacity);
  }
}
