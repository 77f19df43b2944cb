/**
 * The slates remembered for attribution: who was shown what, in which order, with the rows that were read for it. A linked list
 * by age, columns by slate, cells by impression, and one cell of floats for each row that is still needed.
 */
import { CellColumn, Float64Column, Int32Column, registers, Uint8Column } from "../core/columns.ts";
import { IdTable } from "../core/id-table.ts";
import { limits } from "../core/limits.ts";
import type { List } from "../core/list.ts";
import type { Rows } from "../core/rows.ts";
import { Slab } from "../core/slab.ts";
import { prefixed, type State, state } from "../core/state.ts";

/** What is known of an impression, as bits; those of what followed a choice stand in `later-outcomes.ts`. */
export const seenFlag = 1;
export const chosenFlag = 2;
export const taughtFlag = 4;

export interface OpenedSlate {
  readonly id: string;
  readonly shopper: number;
  readonly surface: number;
  readonly query: number;
  readonly orderedByEngine: boolean;
  readonly atMs: number;
  /** Engine's clock at the opening: what waits are counted from, so that the list by age is in order. */
  readonly clockMs: number;
}

const headAt = 0;
const tailAt = 1;
const waitingAt = 2;
const sequenceAt = 3;
const withRowsAt = 4;

export class Slates {
  readonly state: State;
  readonly #ids: IdTable;
  // By slate.
  readonly shopper = new Int32Column("shopper", -1);
  readonly surface = new Int32Column("surface", -1);
  readonly query = new Int32Column("query", -1);
  readonly orderedByEngine = new Uint8Column("orderedByEngine");
  readonly atMs = new Float64Column("atMs");
  readonly clockMs = new Float64Column("clockMs");
  readonly isClosed = new Uint8Column("isClosed");
  readonly count = new Int32Column("count");
  readonly #start = new Int32Column("start", -1);
  readonly #sequence = new Float64Column("sequence");
  readonly #newer = new Int32Column("newer", -1);
  /** The shopper's slate before: its row, and its sequence to tell a row used again. */
  readonly #before = new Int32Column("before", -1);
  readonly #beforeSequence = new Float64Column("beforeSequence");
  // By shopper: the last slate.
  readonly #last = new Int32Column("last", -1);
  readonly #lastSequence = new Float64Column("lastSequence");
  // By impression.
  readonly #slab = new Slab("slab", 2);
  readonly #item = new Int32Column("item", -1);
  readonly #flags = new Uint8Column("flags");
  /** Reward that was taught of it. */
  readonly #reward = new Float64Column("reward");
  /** Cell of the impression's row of floats, −1 when it is no longer kept. */
  readonly #row = new Int32Column("row", -1);
  // Rows.
  readonly #rowSlab = new Slab("rowSlab");
  readonly #rows: CellColumn;
  readonly #width: number;
  /** Oldest, newest and first slate not closed, each + 1 or 0; slates ever; first slate that may have rows, + 1. */
  readonly #registers = registers("registers", 5);

  constructor(width: number, slatesMax: number) {
    this.#width = width;
    this.#ids = new IdTable("ids", slatesMax);
    this.#rows = new CellColumn("rows", width * 4);
    this.state = state("attribution.slates", 2, [
      ...prefixed(this.#ids.state),
      ...prefixed(this.#slab.state),
      ...prefixed(this.#rowSlab.state),
      ...this.#bySlate,
      this.#last,
      this.#lastSequence,
      this.#item,
      this.#flags,
      this.#reward,
      this.#row,
      this.#rows,
      this.#registers,
    ]);
  }

  get size(): number {
    return this.#ids.size;
  }

  get isFull(): boolean {
    return this.#ids.size >= this.#ids.capacity;
  }

  /** Rows kept. */
  get rowsKept(): number {
    return this.#rowSlab.cellsInUse;
  }

  /** The oldest slate, the first that is not closed, the first that may have rows; −1 if none. */
  get oldest(): number {
    return this.#registers.array[headAt]! - 1;
  }

  /** Engine's clock when the oldest slate was opened, ∞ without one: nothing not heard of since stands in any slate. */
  get oldestClockMs(): number {
    return this.oldest < 0 ? Number.POSITIVE_INFINITY : this.clockMs.get(this.oldest);
  }

  get firstWaiting(): number {
    return this.#registers.array[waitingAt]! - 1;
  }

  get firstWithRows(): number {
    return this.#registers.array[withRowsAt]! - 1;
  }

  find(id: string): number {
    return this.#ids.find(id);
  }

  id(slate: number): string {
    return this.#ids.id(slate) ?? "";
  }

  /** Tells a slate from another that had its row before. */
  sequence(slate: number): number {
    return this.#sequence.get(slate);
  }

  item(slate: number, position: number): number {
    return this.#item.get(this.#start.get(slate) + position);
  }

  flags(slate: number, position: number): number {
    return this.#flags.get(this.#start.get(slate) + position);
  }

  removeFlags(slate: number, position: number, bits: number): void {
    const cell = this.#start.get(slate) + position;
    this.#flags.set(cell, this.#flags.get(cell) & ~bits);
  }

  addFlags(slate: number, position: number, bits: number): void {
    const cell = this.#start.get(slate) + position;
    this.#flags.set(cell, this.#flags.get(cell) | bits);
  }

  reward(slate: number, position: number): number {
    return this.#reward.get(this.#start.get(slate) + position);
  }

  setReward(slate: number, position: number, reward: number): void {
    this.#reward.set(this.#start.get(slate) + position, reward);
  }

  hasRow(slate: number, position: number): boolean {
    return this.#row.get(this.#start.get(slate) + position) >= 0;
  }

  positionOf(slate: number, item: number): number {
    const start = this.#start.get(slate);
    const count = this.count.get(slate);
    for (let position = 0; position < count; position++) if (this.#item.get(start + position) === item) return position;
    return -1;
  }

  /** The shopper's slate before this one, −1 if it is forgotten; the last one for `slate` < 0. */
  before(shopper: number, slate: number): number {
    const row = slate < 0 ? this.#last.get(shopper) : this.#before.get(slate);
    const sequence = slate < 0 ? this.#lastSequence.get(shopper) : this.#beforeSequence.get(slate);
    return row >= 0 && this.#sequence.get(row) === sequence && this.#ids.id(row) !== undefined ? row : -1;
  }

  /** Forgets which slates were a shopper's. */
  forgetShopper(shopper: number): void {
    for (let slate = this.before(shopper, -1); slate >= 0; slate = this.before(shopper, slate))
      this.shopper.set(slate, -1);
    if (shopper < this.#last.length) this.#last.set(shopper, -1);
  }

  joinShopper(from: number, to: number): void {
    let own = this.before(to, -1);
    let joined = this.before(from, -1);
    if (joined < 0) return;
    // Both chains run from new to old: they are merged, as an outcome joins the last slate that held its item.
    let newer = -1;
    while (own >= 0 || joined >= 0) {
      const isJoined = own < 0 || (joined >= 0 && this.#sequence.get(joined) > this.#sequence.get(own));
      const slate = isJoined ? joined : own;
      if (isJoined) joined = this.before(from, slate);
      else own = this.before(to, slate);
      this.shopper.set(slate, to);
      const [row, sequence] = newer < 0 ? [this.#last, this.#lastSequence] : [this.#before, this.#beforeSequence];
      row.set(newer < 0 ? to : newer, slate);
      sequence.set(newer < 0 ? to : newer, this.#sequence.get(slate));
      newer = slate;
      // What is left of the user's own is chained already.
      if (!isJoined && joined < 0) break;
    }
    this.#last.set(from, -1);
  }

  /** Remembers a slate with its rows; −1 if there is no room (the caller makes room first). */
  open(slate: OpenedSlate, shown: List, items: Int32Array, rows: Rows): number {
    const row = this.#ids.intern(slate.id);
    if (row < 0) return -1;
    const sequence = ++this.#registers.array[sequenceAt]!;
    const { shopper } = slate;
    this.shopper.set(row, shopper);
    this.surface.set(row, slate.surface);
    this.query.set(row, slate.query);
    this.orderedByEngine.set(row, slate.orderedByEngine ? 1 : 0);
    this.atMs.set(row, slate.atMs);
    this.clockMs.set(row, slate.clockMs);
    this.isClosed.set(row, 0);
    this.#sequence.set(row, sequence);
    this.#before.set(row, shopper < 0 ? -1 : this.before(shopper, -1));
    this.#beforeSequence.set(row, shopper < 0 ? 0 : this.#lastSequence.get(shopper));
    if (shopper >= 0) {
      this.#last.set(shopper, row);
      this.#lastSequence.set(shopper, sequence);
    }
    this.count.set(row, shown.count);
    this.#start.set(row, this.#impressions(shown.count, items, rows));
    this.#append(row);
    return row;
  }

  /** What was really shown, sent by the client: rows of items that stay are kept, others leave, new ones have none. */
  correct(slate: number, items: Int32Array, count: number): void {
    const oldStart = this.#start.get(slate);
    const oldCount = this.count.get(slate);
    const start = count > 0 ? this.#slab.allocate(count) : -1;
    for (const column of [this.#item, this.#flags, this.#reward, this.#row]) column.ensure(this.#slab.cells);
    for (let position = 0; position < count; position++) {
      const old = this.positionOf(slate, items[position]!);
      this.#item.set(start + position, items[position]!);
      this.#flags.set(start + position, old < 0 ? 0 : this.#flags.get(oldStart + old));
      this.#reward.set(start + position, old < 0 ? 0 : this.#reward.get(oldStart + old));
      this.#row.set(start + position, old < 0 ? -1 : this.#row.get(oldStart + old));
      if (old >= 0) this.#row.set(oldStart + old, -1);
    }
    for (let position = 0; position < oldCount; position++) this.#dropRowAt(oldStart + position);
    if (oldStart >= 0) this.#slab.free(oldStart, Math.max(1, oldCount));
    this.#start.set(slate, start);
    this.count.set(slate, count);
  }

  /** Copies the kept rows of a slate to `rows`, with the position of each; returns how many. */
  readRows(slate: number, rows: Rows, positions: Int32Array): number {
    const start = this.#start.get(slate);
    const count = this.count.get(slate);
    rows.resize(count);
    let kept = 0;
    for (let position = 0; position < count; position++) {
      const cell = this.#row.get(start + position);
      if (cell < 0) continue;
      rows.dense.set(this.#rows.floats(cell, this.#width), kept * this.#width);
      positions[kept++] = position;
    }
    rows.resize(kept);
    rows.surface = this.surface.get(slate);
    return kept;
  }

  /** Copies the row of one impression to `rows`, as its only one; false if it is not kept. */
  readRow(slate: number, position: number, rows: Rows): boolean {
    const cell = this.#row.get(this.#start.get(slate) + position);
    if (cell < 0) return false;
    rows.resize(1);
    rows.dense.set(this.#rows.floats(cell, this.#width));
    rows.surface = this.surface.get(slate);
    return true;
  }

  /** Frees the rows of a slate; with `keepChosen`, of the impressions not chosen. */
  dropRows(slate: number, keepChosen: boolean): void {
    const start = this.#start.get(slate);
    for (let position = 0; position < this.count.get(slate); position++) {
      if (keepChosen && (this.#flags.get(start + position) & chosenFlag) !== 0) continue;
      this.#dropRowAt(start + position);
    }
  }

  /** Moves the mark of the first slate that waits to be closed on by one. */
  passWaiting(): void {
    this.#registers.array[waitingAt] = this.#newer.get(this.firstWaiting) + 1;
  }

  passWithRows(): void {
    this.#registers.array[withRowsAt] = this.#newer.get(this.firstWithRows) + 1;
  }

  /** Forgets the oldest slate. */
  removeOldest(): void {
    const slate = this.oldest;
    this.dropRows(slate, false);
    const next = this.#newer.get(slate) + 1;
    for (const register of [headAt, waitingAt, withRowsAt]) {
      if (this.#registers.array[register] === slate + 1) this.#registers.array[register] = next;
    }
    if (next === 0) this.#registers.array[tailAt] = 0;
    if (this.#start.get(slate) >= 0) this.#slab.free(this.#start.get(slate), Math.max(1, this.count.get(slate)));
    this.#ids.remove(slate);
    for (const column of this.#bySlate) column.set(slate, column.fill);
  }

  get #bySlate() {
    return [
      this.shopper,
      this.surface,
      this.query,
      this.orderedByEngine,
      this.atMs,
      this.clockMs,
      this.isClosed,
      this.count,
      this.#start,
      this.#sequence,
      this.#newer,
      this.#before,
      this.#beforeSequence,
    ];
  }

  #impressions(count: number, items: Int32Array, rows: Rows): number {
    if (count === 0) return -1;
    const start = this.#slab.allocate(count);
    for (const column of [this.#item, this.#flags, this.#reward, this.#row]) column.ensure(this.#slab.cells);
    for (let position = 0; position < count; position++) {
      const cell = position < limits.rowsPerSlateMax ? this.#keepRow(rows, position) : -1;
      this.#item.set(start + position, items[position]!);
      this.#flags.set(start + position, 0);
      this.#reward.set(start + position, 0);
      this.#row.set(start + position, cell);
    }
    return start;
  }

  #keepRow(rows: Rows, position: number): number {
    const cell = this.#rowSlab.allocate(1);
    this.#rows.ensure(this.#rowSlab.cells);
    const from = position * this.#width;
    this.#rows.floats(cell, this.#width).set(rows.dense.subarray(from, from + this.#width));
    return cell;
  }

  #dropRowAt(cell: number): void {
    const row = this.#row.get(cell);
    if (row < 0) return;
    this.#rowSlab.free(row, 1);
    this.#row.set(cell, -1);
  }

  #append(slate: number): void {
    const at = this.#registers.array;
    this.#newer.set(slate, -1);
    if (at[tailAt]! > 0) this.#newer.set(at[tailAt]! - 1, slate);
    for (const register of [headAt, waitingAt, withRowsAt]) if (at[register] === 0) at[register] = slate + 1;
    at[tailAt] = slate + 1;
  }
}
