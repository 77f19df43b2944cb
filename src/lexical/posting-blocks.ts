/** Blocks of postings: sorted runs of cells in a slab, each as long as its size class; the owner knows where a block is and what it holds. */
import { Int32Column, segmentBits, segmentMask } from "../core/columns.ts";
import { Slab } from "../core/slab.ts";
import { prefixed, type StateBuffer } from "../core/state.ts";

/** Largest impact: a share of 1. */
export const impactMax = 255;
/** A posting is one 32-bit cell: row · 256 + impact. */
export const postingOf = (row: number, impact: number): number => (row << 8) | impact;
export const rowOf = (posting: number): number => posting >>> 8;
export const impactOf = (posting: number): number => posting & 255;

const smallestBits = 2;

/** Size class of a block: it moves when this changes. */
export const classOf = (count: number): number => Math.max(smallestBits, count <= 1 ? 0 : 32 - Math.clz32(count - 1));

export class PostingBlocks {
  readonly buffers: readonly StateBuffer[];
  readonly cells = new Int32Column("cells");
  readonly #slab = new Slab("slab", smallestBits);
  /** Of the last {@link find}: its place in the block, or where it belongs, and whether it is there. */
  place = 0;
  found = false;

  constructor() {
    this.buffers = [...prefixed(this.#slab.state), this.cells];
  }

  /** A block of one. */
  add(posting: number): number {
    const start = this.#slab.allocate(1);
    this.cells.ensure(this.#slab.cells);
    this.cells.set(start, posting);
    return start;
  }

  /** Place of an item's posting in a block, or where it belongs. */
  find(start: number, count: number, item: number): void {
    const cells = this.cells.segments[start >>> segmentBits]!;
    const from = start & segmentMask;
    const at = lowerBound(cells, from, from + count, item);
    this.place = at - from;
    this.found = at < from + count && rowOf(cells[at]!) === item;
  }

  replace(start: number, posting: number): void {
    this.cells.set(start + this.place, posting);
  }

  /** Inserts at the place found; answers where the block is now. */
  insert(start: number, count: number, posting: number): number {
    const place = this.place;
    const cells = this.cells.segments[start >>> segmentBits]!;
    const from = start & segmentMask;
    if (classOf(count + 1) === classOf(count)) {
      for (let i = from + count; i > from + place; i--) cells[i] = cells[i - 1]!;
      cells[from + place] = posting;
      return start;
    }
    const moved = this.#slab.allocate(count + 1);
    this.cells.ensure(this.#slab.cells);
    const target = this.cells.segments[moved >>> segmentBits]!;
    const to = moved & segmentMask;
    for (let i = 0; i < place; i++) target[to + i] = cells[from + i]!;
    target[to + place] = posting;
    for (let i = place; i < count; i++) target[to + i + 1] = cells[from + i]!;
    this.release(start, count);
    return moved;
  }

  /** Deletes at the place found; answers where the block is now, −1 if it is empty. */
  delete(start: number, count: number): number {
    const cells = this.cells.segments[start >>> segmentBits]!;
    const from = start & segmentMask;
    for (let i = from + this.place; i < from + count - 1; i++) cells[i] = cells[i + 1]!;
    cells[from + count - 1] = 0;
    if (count === 1) {
      this.#slab.free(start, 1);
      return -1;
    }
    if (classOf(count - 1) === classOf(count)) return start;
    const moved = this.moved(start, 0, count - 1);
    this.#slab.free(start, count);
    cells.fill(0, from, from + count);
    return moved;
  }

  /** A new block with postings `from` up to `to` of another. */
  moved(start: number, from: number, to: number): number {
    const moved = this.#slab.allocate(to - from);
    this.cells.ensure(this.#slab.cells);
    const source = this.cells.segments[start >>> segmentBits]!;
    const target = this.cells.segments[moved >>> segmentBits]!;
    const shift = (moved & segmentMask) - (start & segmentMask) - from;
    for (let i = (start & segmentMask) + from; i < (start & segmentMask) + to; i++) target[i + shift] = source[i]!;
    return moved;
  }

  /** Frees a block; what was in it does not stay behind. */
  release(start: number, count: number): void {
    this.cells.segments[start >>> segmentBits]!.fill(0, start & segmentMask, (start & segmentMask) + count);
    this.#slab.free(start, count);
  }

  /** Largest impact of a block. */
  topOf(start: number, count: number): number {
    const cells = this.cells.segments[start >>> segmentBits]!;
    const from = start & segmentMask;
    let top = 0;
    for (let i = from; i < from + count; i++) if (impactOf(cells[i]!) > top) top = impactOf(cells[i]!);
    return top;
  }

  /** One block of two, the first one's rows all lower. */
  join(first: number, firstCount: number, second: number, secondCount: number): number {
    const joined = this.#slab.allocate(firstCount + secondCount);
    this.cells.ensure(this.#slab.cells);
    this.cells.copy(first, joined, firstCount);
    this.cells.copy(second, joined + firstCount, secondCount);
    this.release(first, firstCount);
    this.release(second, secondCount);
    return joined;
  }
}

/** First place whose row is at least `row`. */
export function lowerBound(cells: Int32Array, from: number, to: number, row: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cells[middle]! >>> 8 < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
