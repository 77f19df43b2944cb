/**
 * Exact ids to vectors: a (field, code) that was seen often enough gets a row of its own, and no two ever share one. What was not seen
 * for long leaves, and where the table is full, the one that was seen least recently. {@link HashedTable} is the usual alternative.
 */
import type { Bounds } from "../core/bounds.ts";
import { Float64Column, Int32Column, registers } from "../core/columns.ts";
import { CountingFilter } from "../core/counting-filter.ts";
import { mix } from "../core/random.ts";
import { type StateBuffer, whenRestored } from "../core/state.ts";
import type { KernelMemory } from "../kernels/kernel-memory.ts";
import { EmbeddingCells, factors, sumsWidth } from "./embedding-cells.ts";

/** What models of embeddings need of a table. */
export interface Embeddings {
  readonly buffers: readonly StateBuffer[];
  readonly cells: EmbeddingCells;
  /** Row of a code of a field, −1 where it has none. Changes nothing. */
  find(field: number, code: number): number;
  /** The same, and notes that it was seen: it may get a row, and keeps the one that it has. */
  see(field: number, code: number, now: number): number;
  /** Lets go of rows not seen since `before`, a few at each call. */
  expire(before: number): void;
}

export interface EmbeddingTableOptions {
  readonly memory: KernelMemory;
  /** Rows at most, below 2²⁴. */
  readonly capacity: number;
  /** How often a code is seen before it gets a row. */
  readonly admission: number;
  /** How many rows there may be at present, and how many times `admission` is asked for. */
  readonly bounds?: Bounds;
  /** A new vector is uniform in ±spread, made of its field and code alone. */
  readonly spread: number;
}

const none = -1;
const rowBits = 24;
const rowMask = (1 << rowBits) - 1;
/** Fields that a slot of the index tells apart. */
export const fieldsMax = 254;
const expiredAtOnce = 16;
/** Counts halved at each call of `expire`: all of them in some thousands. */
const forgottenAtOnce = 64;
const filterCellsMin = 1 << 12;
const filterCellsMax = 1 << 20;

/** Registers: rows at both ends of the order of use, first free row, codes that got no row for want of memory, rows that left. */
const newestAt = 0;
const oldestAt = 1;
const freeAt = 2;
const refusedAt = 3;
const leftAt = 4;

export const hashOf = (field: number, code: number): number =>
  mix(Math.imul(code, 0x9e3779b1) ^ Math.imul(field + 1, 0x85ebca77));

/** Fills the vector of a row with what stands for nothing learned: next to 0, and no two alike. */
export function begin(cells: EmbeddingCells, row: number, field: number, code: number, spread: number): void {
  const { floats } = cells;
  const at = cells.vectorAt(row);
  const seed = hashOf(field, code);
  for (let j = 0; j < factors; j++) floats[at + j] = (mix(seed + Math.imul(j + 1, 0x9e3779b1)) / 0x80000000) * spread;
  floats[cells.weightAt(row)] = 0;
  const sums = cells.sumsAt(row);
  floats.fill(0, sums, sums + sumsWidth);
}

export class EmbeddingTable implements Embeddings {
  readonly buffers: readonly StateBuffer[];
  readonly cells: EmbeddingCells;
  /** Address of the index and number of its slots − 1: open addressing, two integers a slot, the code and row | (field + 1) << 24; 0 is empty. */
  readonly index: number;
  readonly mask: number;
  readonly #options: EmbeddingTableOptions;
  readonly #filter: CountingFilter;
  readonly #field = new Int32Column("field", none);
  readonly #code = new Int32Column("code");
  readonly #seen = new Float64Column("seen");
  /** The row seen next after this one, and next before it: a chain from the newest to the oldest. Free rows are chained by `older`. */
  readonly #newer = new Int32Column("newer", none);
  readonly #older = new Int32Column("older", none);
  readonly #registers = registers("registers", 5);
  /** The index is not saved: it is made of fields and codes when it is next asked for. */
  #isStale = false;

  constructor(options: EmbeddingTableOptions) {
    const { memory, capacity } = options;
    if (!(capacity >= 1 && capacity < rowMask)) throw new RangeError(`An embedding table of ${capacity} rows.`);
    this.#options = options;
    const slots = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.mask = slots - 1;
    this.index = memory.take(slots * 8);
    if (this.index < 0) throw new RangeError(`There is no memory for the index of ${capacity} embeddings.`);
    this.cells = new EmbeddingCells(memory);
    this.#filter = new CountingFilter(Math.min(filterCellsMax, Math.max(filterCellsMin, slots * 2)));
    this.#registers.array.fill(none, newestAt, freeAt + 1);
    const columns = [this.#field, this.#code, this.#seen, this.#newer, this.#older, this.#registers];
    const stale = (): void => {
      this.#isStale = true;
    };
    this.buffers = [
      ...columns.map((column) => whenRestored(column, stale)),
      ...this.#filter.buffers,
      ...this.cells.buffers,
    ];
  }

  /** Codes that have a row. */
  get size(): number {
    let free = 0;
    for (let row = this.#registers.array[freeAt]!; row !== none; row = this.#older.get(row)) free++;
    return this.cells.rows - free;
  }

  /** Codes that got no row because no memory was to be had, and rows that left for others or by age. */
  get refused(): number {
    return this.#registers.array[refusedAt]!;
  }
  get left(): number {
    return this.#registers.array[leftAt]!;
  }

  /** To be called before a kernel reads the index. */
  prepare(): void {
    if (this.#isStale) this.#rebuild();
  }

  find(field: number, code: number): number {
    this.prepare();
    const slot = this.#slotOf(field, code);
    return slot < 0 ? none : this.cells.integers[slot + 1]! & rowMask;
  }

  see(field: number, code: number, now: number): number {
    const found = this.find(field, code);
    if (found >= 0) {
      if (this.#seen.get(found) !== now) {
        this.#unchain(found);
        this.#chain(found, now);
      }
      return found;
    }
    const { bounds, spread } = this.#options;
    const admission = this.#options.admission * (bounds?.admission ?? 1);
    if (admission > 1 && this.#filter.add(hashOf(field, code)) < admission) return none;
    const row = this.#freeRow(now);
    if (row < 0) return none;
    this.#field.set(row, field);
    this.#code.set(row, code);
    this.#chain(row, now);
    this.#insert(row, field, code);
    begin(this.cells, row, field, code, spread);
    return row;
  }

  expire(before: number): void {
    this.prepare();
    this.#filter.forget(forgottenAtOnce);
    for (let i = 0; i < expiredAtOnce; i++) {
      const oldest = this.#registers.array[oldestAt]!;
      if (oldest === none || !(this.#seen.get(oldest) < before)) return;
      this.#leave(oldest);
      this.#older.set(oldest, this.#registers.array[freeAt]!);
      this.#registers.array[freeAt] = oldest;
    }
  }

  /** A row for a new code: a free one, a further one, or that of the code seen least recently; −1 where there is none. */
  #freeRow(now: number): number {
    const fixed = this.#registers.array;
    const free = fixed[freeAt]!;
    if (free !== none) {
      fixed[freeAt] = this.#older.get(free);
      return free;
    }
    const { capacity, bounds } = this.#options;
    if (this.cells.rows < Math.min(capacity, bounds?.embeddings ?? capacity)) {
      if (this.cells.grow()) return this.cells.rows - 1;
      fixed[refusedAt]!++;
      return none;
    }
    const oldest = fixed[oldestAt]!;
    // Seen in this very lesson: it is in use.
    if (oldest === none || this.#seen.get(oldest) >= now) return none;
    this.#leave(oldest);
    return oldest;
  }

  #leave(row: number): void {
    this.#remove(this.#slotOf(this.#field.get(row), this.#code.get(row)));
    this.#unchain(row);
    this.#field.set(row, none);
    this.#registers.array[leftAt]!++;
  }

  #chain(row: number, now: number): void {
    const fixed = this.#registers.array;
    const newest = fixed[newestAt]!;
    this.#seen.set(row, now);
    this.#older.set(row, newest);
    this.#newer.set(row, none);
    if (newest === none) fixed[oldestAt] = row;
    else this.#newer.set(newest, row);
    fixed[newestAt] = row;
  }

  #unchain(row: number): void {
    const fixed = this.#registers.array;
    const [newer, older] = [this.#newer.get(row), this.#older.get(row)];
    if (newer === none) fixed[newestAt] = older;
    else this.#older.set(newer, older);
    if (older === none) fixed[oldestAt] = newer;
    else this.#newer.set(older, newer);
  }

  /** Where in the integers a slot begins, −1 where the code has none. */
  #slotOf(field: number, code: number): number {
    const { integers } = this.cells;
    const base = this.index >> 2;
    for (let slot = hashOf(field, code) & this.mask; ; slot = (slot + 1) & this.mask) {
      const tag = integers[base + 2 * slot + 1]!;
      if (tag === 0) return none;
      if (integers[base + 2 * slot] === code && tag >>> rowBits === field + 1) return base + 2 * slot;
    }
  }

  #insert(row: number, field: number, code: number): void {
    const { integers } = this.cells;
    const base = this.index >> 2;
    let slot = hashOf(field, code) & this.mask;
    while (integers[base + 2 * slot + 1] !== 0) slot = (slot + 1) & this.mask;
    integers[base + 2 * slot] = code;
    integers[base + 2 * slot + 1] = row | ((field + 1) << rowBits);
  }

  /** Backward-shift deletion (Knuth 6.4, Algorithm R). */
  #remove(at: number): void {
    const { integers } = this.cells;
    const base = this.index >> 2;
    let hole = (at - base) >> 1;
    for (let slot = (hole + 1) & this.mask; ; slot = (slot + 1) & this.mask) {
      const tag = integers[base + 2 * slot + 1]!;
      if (tag === 0) break;
      const code = integers[base + 2 * slot]!;
      const home = hashOf((tag >>> rowBits) - 1, code) & this.mask;
      if (((slot - home) & this.mask) < ((slot - hole) & this.mask)) continue;
      integers[base + 2 * hole] = code;
      integers[base + 2 * hole + 1] = tag;
      hole = slot;
    }
    integers[base + 2 * hole] = 0;
    integers[base + 2 * hole + 1] = 0;
  }

  #rebuild(): void {
    this.#isStale = false;
    this.cells.integers.fill(0, this.index >> 2, (this.index >> 2) + 2 * (this.mask + 1));
    for (let row = 0; row < this.#field.length; row++)
      if (this.#field.get(row) !== none) this.#insert(row, this.#field.get(row), this.#code.get(row));
  }
}

/** The usual alternative, for comparison: a code's row is its hash, whoever else has it. Nothing is admitted or leaves. */
export class HashedTable implements Embeddings {
  readonly buffers: readonly StateBuffer[];
  readonly cells: EmbeddingCells;
  readonly #mask: number;

  /** `rows`: a power of two. Throws RangeError where there is not so much memory. */
  constructor({
    memory,
    rows,
    spread,
  }: { readonly memory: KernelMemory; readonly rows: number; readonly spread: number }) {
    this.cells = new EmbeddingCells(memory);
    this.#mask = rows - 1;
    for (let row = 0; row < rows; row++) {
      if (!this.cells.grow()) throw new RangeError(`There is no memory for ${rows} embeddings.`);
      begin(this.cells, row, 0, row, spread);
    }
    this.buffers = this.cells.buffers;
  }

  find(field: number, code: number): number {
    return hashOf(field, code) & this.#mask;
  }

  see(field: number, code: number): number {
    return this.find(field, code);
  }

  expire(): void {}
}
