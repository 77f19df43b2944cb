/**
 * Ids whose rows are used again: one of which nothing was heard for long, and that nobody keeps, is forgotten, and a later id gets its
 * row. What is kept elsewhere and points to a row keeps the row's key, which tells the ids apart that had the row one after another.
 */
import type { Bounds } from "./bounds.ts";
import { Float64Column, registers, Uint8Column } from "./columns.ts";
import { assert } from "./errors.ts";
import { IdTable } from "./id-table.ts";
import { hashText, mixPair } from "./random.ts";
import { prefixed, type State, state } from "./state.ts";

/** What points to a row and outlives its id. */
export interface RowKeys {
  /** The row, and which of its ids is meant: one whole number from 0, the row itself for its first id; −1 for none. */
  key(row: number): number;
  /** The row of a key; −1 where that id is gone. */
  rowOf(key: number): number;
  /** A code for models, exact in 32-bit floats: what they learned of one id is not taken for the next one's. The row itself for its first id. */
  code(row: number): number;
}

/** Rows that are never used again. */
export const lasting: RowKeys = { key: (row) => row, rowOf: (key) => key, code: (row) => row };

const rowBits = 24;
const rowMask = (1 << rowBits) - 1;
/** Ids of one row that keys tell apart; the next one after so many expiries has the first one's key again. */
const livesMask = 127;

/** Rows looked at with each event, and for each id that it brought: at most half of the rows can then be waiting to be forgotten. */
const sweptAtLeast = 1;
const sweptForEach = 2;
const free = Number.POSITIVE_INFINITY;
/** Rows beyond a bound that leave with each event, beside one for each id that came. */
const letGoAtOnce = 4;

export interface ExpiringIdsOptions {
  readonly name: string;
  readonly capacity: number;
  /** True for a row that is not forgotten however long nothing is heard of it. */
  keeps(row: number): boolean;
  /** A row is about to be freed: what is kept by it must go. */
  forget(row: number): void;
  /** How many ids may be kept at present, which new ones may be, and who counts those that left for it. */
  readonly ceiling?: {
    readonly bounds: Bounds;
    readonly of: "items" | "words";
    readonly count: "ceilingItems" | "ceilingWords";
  };
}

export class ExpiringIds implements RowKeys {
  readonly state: State;
  /** The engine's clock at the event that is folded: what is interned or heard of is heard of then. Set before each. */
  nowMs = 0;
  /** How many ids came and went; not part of the state. */
  changes = 0;
  readonly #options: ExpiringIdsOptions;
  readonly #ids: IdTable;
  /** By row; {@link free} for a free one. */
  readonly #heardAtMs = new Float64Column("heardAtMs", free);
  readonly #lives = new Uint8Column("lives");
  /** Row that the sweep looks at next. */
  readonly #registers = registers("registers", 1);
  /** Ids that came since the last sweep: none between two events. */
  #came = 0;

  constructor(options: ExpiringIdsOptions) {
    assert(options.capacity <= rowMask, `${options.capacity} rows do not fit a key`);
    this.#options = options;
    this.#ids = new IdTable("ids", options.capacity);
    this.state = state(options.name, 1, [...prefixed(this.#ids.state), this.#heardAtMs, this.#lives, this.#registers]);
  }

  get size(): number {
    return this.#ids.size;
  }

  /** One more than the largest row ever used. */
  get rows(): number {
    return this.#ids.rows;
  }

  find(id: string): number {
    return this.#ids.find(id);
  }

  id(row: number): string | undefined {
    return this.#ids.id(row);
  }

  /** Row of an id that an event only names: a new one that is not heard of often enough yet gets none, −1, while memory is scarce. */
  internNamed(id: string): number {
    const { ceiling } = this.#options;
    const mayCome = ceiling === undefined || ceiling.bounds.admission === 1 || this.#ids.find(id) >= 0;
    return mayCome || ceiling.bounds.admits(hashText(id)) ? this.intern(id) : -1;
  }

  /** Row of an id, new if need be; −1 when the table is full. */
  intern(id: string): number {
    const { size } = this.#ids;
    const { ceiling } = this.#options;
    if (ceiling?.bounds.isFull === true && size >= ceiling.bounds[ceiling.of] && this.#ids.find(id) < 0) {
      ceiling.bounds.count("ceilingRefused");
      return -1;
    }
    const row = this.#ids.intern(id);
    if (this.#ids.size > size) {
      this.#came++;
      this.changes++;
    }
    this.hear(row);
    return row;
  }

  /** Notes that something was heard of a row just now. */
  hear(row: number): void {
    if (row >= 0) this.#heardAtMs.set(row, this.nowMs);
  }

  /** Forgets what was heard of last before `beforeMs`, of a few rows at each call; beyond a bound more, but nothing heard of since `standsSinceMs`. */
  sweep(beforeMs: number, standsSinceMs = beforeMs): void {
    this.#keepToBound(standsSinceMs);
    const { length } = this.#heardAtMs;
    const { array } = this.#registers;
    const looked = Math.min(length, sweptAtLeast + sweptForEach * this.#came);
    this.#came = 0;
    for (let i = 0; i < looked; i++) {
      const row = array[0]! < length ? array[0]! : 0;
      array[0] = row + 1;
      if (this.#heardAtMs.get(row) < beforeMs && !this.#options.keeps(row)) this.#forget(row);
    }
  }

  readonly #mayLeaveSince = (row: number): number =>
    this.#heardAtMs.get(row) === free || this.#options.keeps(row) ? Number.NaN : this.#heardAtMs.get(row);

  #keepToBound(standsSinceMs: number): void {
    const { ceiling } = this.#options;
    if (ceiling === undefined) return;
    const { bounds } = ceiling;
    for (let i = letGoAtOnce + this.#came; i > 0 && this.#ids.size > bounds[ceiling.of]; i--) {
      const row = bounds.leastRecent(this.#heardAtMs.length, standsSinceMs, this.#mayLeaveSince);
      if (row < 0) continue;
      this.#forget(row);
      bounds.count(ceiling.count);
    }
  }

  key(row: number): number {
    return row < 0 ? -1 : row | (this.#lives.get(row) << rowBits);
  }

  rowOf(key: number): number {
    if (key < 0) return -1;
    const row = key & rowMask;
    return this.#lives.get(row) === key >>> rowBits ? row : -1;
  }

  code(row: number): number {
    const life = row < 0 ? 0 : this.#lives.get(row);
    return life === 0 ? row : mixPair(row, life) >>> (32 - rowBits);
  }

  #forget(row: number): void {
    this.#options.forget(row);
    this.changes++;
    this.#heardAtMs.set(row, free);
    this.#lives.set(row, (this.#lives.get(row) + 1) & livesMask);
    this.#ids.remove(row);
  }
}
