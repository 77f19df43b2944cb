/**
 * The forward index: of each item the terms of its texts, slot by slot and in order, for match features and for taking them out of the
 * posting lists again. One block of cells an item: a mask of its slots, for each of these a head, and then their entries.
 */
import { Int32Column, registers, segmentBits, segmentMask } from "../core/columns.ts";
import { Slab } from "../core/slab.ts";
import { prefixed, type State, state } from "../core/state.ts";
import { slotCount } from "./text-slots.ts";

/** Between two values of one slot (tags, levels of a category, fields): no phrase goes across it. */
export const boundary = -1;

const termMask = 0xff_ffff;
/** Of how many entries a whole may be the whole. */
const wholeMax = 127;

export const entryOf = (term: number, wholeOf: number): number => term | (Math.min(wholeOf, wholeMax) << 24);
/** Term row of an entry that is no {@link boundary}. */
export const termOf = (entry: number): number => entry & termMask;
/** 0, or of how many of the entries right after it this one is the whole. */
export const wholeOf = (entry: number): number => entry >> 24;

/** Entries of one item while it is analysed. Reused. */
export class Draft {
  readonly entries: readonly Int32Array[];
  readonly count = new Int32Array(slotCount);
  /** [slot] words: entries but for wholes and boundaries. */
  readonly length = new Int32Array(slotCount);

  constructor(capacity: number) {
    this.entries = Array.from({ length: slotCount }, () => new Int32Array(capacity));
  }

  clear(): void {
    this.count.fill(0);
    this.length.fill(0);
  }
}

const sizeAt = 0;

export class Documents {
  readonly state: State;
  readonly #slab = new Slab("slab", 2);
  readonly #cells = new Int32Column("cells");
  /** [item] first cell, −1 without text. */
  readonly #start = new Int32Column("start", -1);
  readonly #size = new Int32Column("size");
  readonly #registers = registers("registers", 1);

  /** Of the item opened last: its entries lie at `entries[from[slot]]` up to `entries[to[slot]]`. */
  entries: Int32Array = new Int32Array(0);
  readonly from = new Int32Array(slotCount);
  readonly to = new Int32Array(slotCount);
  /** [slot] words. */
  readonly length = new Int32Array(slotCount);

  constructor() {
    this.state = state("documents", 1, [
      ...prefixed(this.#slab.state),
      this.#cells,
      this.#start,
      this.#size,
      this.#registers,
    ]);
  }

  /** Items with text. */
  get size(): number {
    return this.#registers.array[sizeAt]!;
  }

  /** One more than the largest row with text ever. */
  get rows(): number {
    return this.#start.length;
  }

  has(item: number): boolean {
    return this.#start.get(item) >= 0;
  }

  /** Points {@link entries}, {@link from}, {@link to} and {@link length} at an item; false, and all slots empty, where it has no text. Good until the next call or fold. */
  open(item: number): boolean {
    const start = this.#start.get(item);
    if (start < 0) {
      this.from.fill(0);
      this.to.fill(0);
      this.length.fill(0);
      return false;
    }
    const cells = this.#cells.segments[start >>> segmentBits]!;
    let head = start & segmentMask;
    const mask = cells[head++]!;
    let slots = 0;
    for (let left = mask; left !== 0; left &= left - 1) slots++;
    let at = head + slots;
    this.entries = cells;
    for (let slot = 0; slot < slotCount; slot++) {
      this.from[slot] = at;
      if ((mask >> slot) & 1) {
        const sizes = cells[head++]!;
        this.length[slot] = sizes >>> 16;
        at += sizes & 0xffff;
      } else this.length[slot] = 0;
      this.to[slot] = at;
    }
    return true;
  }

  /** True where the item opened last has one of these terms. */
  holds(terms: Int32Array): boolean {
    for (let i = this.from[0]!; i < this.to[slotCount - 1]!; i++)
      if (this.entries[i]! >= 0 && terms.includes(termOf(this.entries[i]!))) return true;
    return false;
  }

  /** Puts a draft in the place of what the item had; an empty one forgets it. */
  write(item: number, draft: Draft): void {
    this.forget(item);
    let size = 1;
    let mask = 0;
    for (let slot = 0; slot < slotCount; slot++) {
      if (draft.count[slot] === 0) continue;
      size += 1 + draft.count[slot]!;
      mask |= 1 << slot;
    }
    if (mask === 0) return;
    const start = this.#slab.allocate(size);
    this.#cells.ensure(this.#slab.cells);
    const cells = this.#cells.segments[start >>> segmentBits]!;
    let at = start & segmentMask;
    cells[at++] = mask;
    for (let slot = 0; slot < slotCount; slot++)
      if ((mask >> slot) & 1) cells[at++] = draft.count[slot]! | (draft.length[slot]! << 16);
    for (let slot = 0; slot < slotCount; slot++) {
      const entries = draft.entries[slot]!;
      for (let i = 0; i < draft.count[slot]!; i++) cells[at++] = entries[i]!;
    }
    this.#start.set(item, start);
    this.#size.set(item, size);
    this.#registers.array[sizeAt]!++;
  }

  forget(item: number): void {
    const start = this.#start.get(item);
    if (start < 0) return;
    const size = this.#size.get(item);
    this.#cells.segments[start >>> segmentBits]!.fill(0, start & segmentMask, (start & segmentMask) + size);
    this.#slab.free(start, size);
    this.#start.set(item, -1);
    this.#size.set(item, 0);
    this.#registers.array[sizeAt]!--;
  }
}
