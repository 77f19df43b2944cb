/**
 * Open addressing that grows a bounded piece at a time: extendible hashing (Fagin et al. 1979) over pages of
 * {@link pageSlots} slots with linear probing inside a page. A full page splits in two; nothing else moves.
 * Keys are two integers (a ≥ 0, b any); values are columns of the caller, one element a slot, moved by the table.
 */
import { Float64Column, Int32Column, registers, segmentRows } from "./columns.ts";
import { mixPair } from "./random.ts";
import { type State, type StateBuffer, state } from "./state.ts";

const pageBits = 9;
const pageSlots = 1 << pageBits;
const pageMask = pageSlots - 1;
const pageFull = Math.floor(pageSlots * 0.8);

/** Registers: directory depth · entries · sweep cursor. */
const depthAt = 0;
const sizeAt = 1;
const cursorAt = 2;

export class HashTable {
  readonly state: State;
  /** First key of a slot, −1 where the slot is empty. */
  readonly a = new Int32Column("a", -1);
  readonly b = new Int32Column("b");
  readonly values: readonly Float64Column[];
  readonly #directory = new Int32Column("directory");
  readonly #pageDepth = new Int32Column("pageDepth");
  readonly #pageSize = new Int32Column("pageSize");
  readonly #registers = registers("registers", 3);
  readonly #moved: Float64Array;

  /** `valueNames`: a 64-bit column for each. */
  constructor(name: string, valueNames: readonly string[]) {
    this.values = valueNames.map((value) => new Float64Column(value));
    this.#moved = new Float64Array(pageSlots * (2 + valueNames.length));
    const buffers: StateBuffer[] = [
      this.a,
      this.b,
      ...this.values,
      this.#directory,
      this.#pageDepth,
      this.#pageSize,
      this.#registers,
    ];
    this.state = state(name, 1, buffers);
    this.#directory.push(this.#addPage(0));
  }

  get size(): number {
    return this.#registers.array[sizeAt]!;
  }

  /** Slot of the key, or −1. A slot is good until the next `put`, `remove` or `sweep`. */
  find(a: number, b: number): number {
    const hash = mixPair(a, b);
    const base = this.#page(hash) << pageBits;
    // A page lies inside one segment: the probe reads two plain typed arrays.
    const keysA = this.a.segments[Math.floor(base / segmentRows)]!;
    const keysB = this.b.segments[Math.floor(base / segmentRows)]!;
    const start = base & (segmentRows - 1);
    let at = hash >>> (32 - pageBits);
    for (;;) {
      const key = keysA[start + at]!;
      if (key === a && keysB[start + at] === b) return base | at;
      if (key === -1) return -1;
      at = (at + 1) & pageMask;
    }
  }

  /** Slot of the key, made with zero values if absent. */
  put(a: number, b: number): number {
    const found = this.find(a, b);
    if (found >= 0) return found;
    const hash = mixPair(a, b);
    while (this.#pageSize.get(this.#page(hash)) >= pageFull) this.#split(this.#page(hash));
    this.#registers.array[sizeAt]!++;
    return this.#insert(this.#page(hash), hash, a, b);
  }

  remove(a: number, b: number): boolean {
    const slot = this.find(a, b);
    if (slot < 0) return false;
    this.#removeAt(slot);
    return true;
  }

  /** Looks at the next `slots` slots in turn and removes those that `expired` names. */
  sweep(slots: number, expired: (slot: number) => boolean): void {
    const total = this.#pageDepth.length << pageBits;
    for (let i = 0; i < slots; i++) {
      const cursor = this.#registers.array[cursorAt]!;
      if (this.a.get(cursor) !== -1 && expired(cursor)) this.#removeAt(cursor);
      else this.#registers.array[cursorAt] = cursor + 1 >= total ? 0 : cursor + 1;
    }
  }

  /** Every slot in use, in storage order. */
  *slots(): Generator<number> {
    const total = this.#pageDepth.length << pageBits;
    for (let slot = 0; slot < total; slot++) if (this.a.get(slot) !== -1) yield slot;
  }

  #page(hash: number): number {
    return this.#directory.get(hash & ((1 << this.#registers.array[depthAt]!) - 1));
  }

  #addPage(depth: number): number {
    const page = this.#pageDepth.push(depth);
    this.#pageSize.push(0);
    const slots = (page + 1) << pageBits;
    this.a.ensure(slots);
    this.b.ensure(slots);
    for (const column of this.values) column.ensure(slots);
    return page;
  }

  #insert(page: number, hash: number, a: number, b: number): number {
    const base = page << pageBits;
    let at = hash >>> (32 - pageBits);
    while (this.a.get(base | at) !== -1) at = (at + 1) & pageMask;
    this.a.set(base | at, a);
    this.b.set(base | at, b);
    this.#pageSize.add(page, 1);
    return base | at;
  }

  #split(page: number): void {
    const depth = this.#pageDepth.get(page);
    const directoryDepth = this.#registers.array[depthAt]!;
    if (depth === directoryDepth) {
      const size = 1 << directoryDepth;
      for (let i = 0; i < size; i++) this.#directory.push(this.#directory.get(i));
      this.#registers.array[depthAt] = directoryDepth + 1;
    }
    const sibling = this.#addPage(depth + 1);
    this.#pageDepth.set(page, depth + 1);
    const bit = 1 << depth;
    const entries = this.#takeAll(page);
    const width = 2 + this.values.length;
    let pattern = -1;
    for (let e = 0; e < entries; e++) {
      const a = this.#moved[e * width]!;
      const b = this.#moved[e * width + 1]!;
      const hash = mixPair(a, b);
      pattern = hash & (bit - 1);
      const slot = this.#insert(hash & bit ? sibling : page, hash, a, b);
      for (let v = 0; v < this.values.length; v++) this.values[v]!.set(slot, this.#moved[e * width + 2 + v]!);
    }
    const size = 1 << this.#registers.array[depthAt]!;
    for (let i = pattern | bit; i < size; i += bit << 1) this.#directory.set(i, sibling);
  }

  /** Moves a page's entries to scratch, leaving it empty; returns how many. */
  #takeAll(page: number): number {
    const base = page << pageBits;
    const width = 2 + this.values.length;
    let entries = 0;
    for (let slot = base; slot < base + pageSlots; slot++) {
      if (this.a.get(slot) === -1) continue;
      this.#moved[entries * width] = this.a.get(slot);
      this.#moved[entries * width + 1] = this.b.get(slot);
      for (let v = 0; v < this.values.length; v++) this.#moved[entries * width + 2 + v] = this.values[v]!.get(slot);
      this.#clear(slot);
      entries++;
    }
    this.#pageSize.set(page, 0);
    return entries;
  }

  #clear(slot: number): void {
    this.a.set(slot, -1);
    this.b.set(slot, 0);
    for (const column of this.values) column.set(slot, 0);
  }

  /** Backward-shift deletion (Knuth 6.4, Algorithm R), so that no tombstones remain. */
  #removeAt(slot: number): void {
    const page = slot >>> pageBits;
    const base = page << pageBits;
    let hole = slot & pageMask;
    let at = hole;
    for (;;) {
      at = (at + 1) & pageMask;
      const a = this.a.get(base | at);
      if (a === -1) break;
      const home = mixPair(a, this.b.get(base | at)) >>> (32 - pageBits);
      if (((at - home) & pageMask) < ((at - hole) & pageMask)) continue;
      this.a.set(base | hole, a);
      this.b.set(base | hole, this.b.get(base | at));
      for (const column of this.values) column.set(base | hole, column.get(base | at));
      hole = at;
    }
    this.#clear(base | hole);
    this.#pageSize.add(page, -1);
    this.#registers.array[sizeAt]!--;
  }
}
