/**
 * Event ids remembered against duplicates, for a stretch of event time and up to a number: a list in order of arrival, of places that are
 * used again, with a hash index. An id is kept as 96 bits of hash: among ten million, two differ in id and agree in hash with a chance of 10⁻¹⁵.
 * Where the event stands in the log is a state of its own: a trimmed log cannot fill it again, and must keep the ids all the same.
 */
import type { Bounds } from "./bounds.ts";
import { Float64Column, Int32Column, registers, Uint16Column } from "./columns.ts";
import { HashTable } from "./hash-table.ts";
import { hashText } from "./random.ts";
import { prefixed, type State, state } from "./state.ts";

/** Ids that leave at each addition at most, so that expiry is spread. */
const leaveAtOnce = 4;
/** Registers: places of the oldest and newest id and first free place, each + 1 or 0; ids kept. */
const oldestAt = 0;
const newestAt = 1;
const freeAt = 2;
const sizeAt = 3;

/** An offset is kept in 48 bits: the low ones, and the high ones + 1, where 0 says that it is not known. */
const lowRange = 2 ** 32;
const highMax = 2 ** 16 - 2;

export class RecentIds {
  readonly state: State;
  /** By place: offset of the event in the log. */
  readonly offsets: State;
  readonly #horizonMs: number;
  readonly #capacity: number;
  readonly #bounds: Bounds | undefined;
  /** Two hashes of the id → place. */
  readonly #index = new HashTable("index", ["place"]);
  readonly #hash = new Int32Column("hash");
  readonly #secondHash = new Int32Column("secondHash");
  readonly #thirdHash = new Int32Column("thirdHash");
  readonly #atMs = new Float64Column("atMs");
  readonly #offsetLow = new Int32Column("low");
  readonly #offsetHigh = new Uint16Column("high");
  /** Place of the id that came next, or of the next free place, + 1; 0 at the end. */
  readonly #next = new Int32Column("next");
  readonly #registers = registers("registers", 4);

  constructor(name: string, horizonMs: number, capacity: number, bounds?: Bounds) {
    this.#bounds = bounds;
    this.#horizonMs = horizonMs;
    this.#capacity = capacity;
    this.state = state(name, 2, [
      ...prefixed(this.#index.state),
      this.#hash,
      this.#secondHash,
      this.#thirdHash,
      this.#atMs,
      this.#next,
      this.#registers,
    ]);
    this.offsets = state(`${name}.offsets`, 1, [this.#offsetLow, this.#offsetHigh]);
  }

  get size(): number {
    return this.#registers.array[sizeAt]!;
  }

  /** The engine's clock when the oldest id came, NaN without any. */
  get oldestMs(): number {
    const oldest = this.#registers.array[oldestAt]! - 1;
    return oldest < 0 ? Number.NaN : this.#atMs.get(oldest);
  }

  /** True if the id came within the horizon before `clockMs`. */
  has(id: string, clockMs: number): boolean {
    const place = this.#find(id);
    return place >= 0 && clockMs - this.#atMs.get(place) <= this.#horizonMs;
  }

  /** Offset of the event that had this id last, however long ago; −1 if the id, or where it stood, is not remembered. */
  offsetOf(id: string): number {
    const place = this.#find(id);
    const high = place < 0 ? 0 : this.#offsetHigh.get(place);
    return high === 0 ? -1 : (high - 1) * lowRange + (this.#offsetLow.get(place) >>> 0);
  }

  /** Remembers an id as of the engine's clock, and the offset of its event. */
  add(id: string, clockMs: number, offset: number): void {
    const at = this.#registers.array;
    for (let i = 0; i < leaveAtOnce && this.size > 0; i++) {
      const isOver = this.size >= Math.min(this.#capacity, this.#bounds?.eventIds ?? this.#capacity);
      if (!isOver && clockMs - this.#atMs.get(at[oldestAt]! - 1) <= this.#horizonMs) break;
      this.#leave();
    }
    const place = this.#append();
    const hash = hashText(id) & 0x7fffffff;
    const secondHash = hashText(id, 1);
    this.#hash.set(place, hash);
    this.#secondHash.set(place, secondHash);
    this.#thirdHash.set(place, hashText(id, 2));
    this.#atMs.set(place, clockMs);
    const high = Math.floor(offset / lowRange);
    this.#offsetLow.set(place, offset | 0);
    this.#offsetHigh.set(place, high > highMax ? 0 : high + 1);
    this.#index.values[0]!.set(this.#index.put(hash, secondHash), place);
  }

  #find(id: string): number {
    const slot = this.#index.find(hashText(id) & 0x7fffffff, hashText(id, 1));
    if (slot < 0) return -1;
    const place = this.#index.values[0]!.get(slot);
    return this.#thirdHash.get(place) === hashText(id, 2) ? place : -1;
  }

  #append(): number {
    const at = this.#registers.array;
    const free = at[freeAt]! - 1;
    const place = free < 0 ? this.#next.length : free;
    if (free >= 0) at[freeAt] = this.#next.get(free);
    this.#next.set(place, 0);
    if (at[newestAt]! > 0) this.#next.set(at[newestAt]! - 1, place + 1);
    else at[oldestAt] = place + 1;
    at[newestAt] = place + 1;
    at[sizeAt]!++;
    return place;
  }

  /** The oldest id leaves. */
  #leave(): void {
    const at = this.#registers.array;
    const place = at[oldestAt]! - 1;
    const slot = this.#index.find(this.#hash.get(place), this.#secondHash.get(place));
    if (slot >= 0 && this.#index.values[0]!.get(slot) === place)
      this.#index.remove(this.#hash.get(place), this.#secondHash.get(place));
    at[oldestAt] = this.#next.get(place);
    if (at[oldestAt] === 0) at[newestAt] = 0;
    this.#next.set(place, at[freeAt]!);
    at[freeAt] = place + 1;
    at[sizeAt]!--;
  }
}
