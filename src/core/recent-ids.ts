/**
 * Event ids remembered against duplicates, for a stretch of event time and up to a number: a ring in order of arrival with a
 * hash index. An id is kept as 96 bits of hash: among ten million, two differ in id and agree in hash with a chance of 10⁻¹⁵.
 */
import { Float64Column, Int32Column, registers } from "./columns.ts";
import { HashTable } from "./hash-table.ts";
import { hashText } from "./random.ts";
import { prefixed, type State, state } from "./state.ts";

/** Ids that leave at each addition at most, so that expiry is spread. */
const leaveAtOnce = 4;
const firstAt = 0;
const nextAt = 1;

export class RecentIds {
  readonly state: State;
  readonly #horizonMs: number;
  readonly #capacity: number;
  /** Two hashes of the id → place in the ring. */
  readonly #index = new HashTable("index", ["place"]);
  readonly #hash = new Int32Column("hash");
  readonly #secondHash = new Int32Column("secondHash");
  readonly #thirdHash = new Int32Column("thirdHash");
  readonly #atMs = new Float64Column("atMs");
  /** Sequence numbers of the oldest id kept and of the next to come. */
  readonly #registers = registers("registers", 2);

  constructor(name: string, horizonMs: number, capacity: number) {
    this.#horizonMs = horizonMs;
    this.#capacity = capacity;
    this.state = state(name, 1, [
      ...prefixed(this.#index.state),
      this.#hash,
      this.#secondHash,
      this.#thirdHash,
      this.#atMs,
      this.#registers,
    ]);
  }

  get size(): number {
    return this.#registers.array[nextAt]! - this.#registers.array[firstAt]!;
  }

  /** True if the id came within the horizon before `clockMs`. */
  has(id: string, clockMs: number): boolean {
    const slot = this.#index.find(hashText(id) & 0x7fffffff, hashText(id, 1));
    if (slot < 0) return false;
    const place = this.#index.values[0]!.get(slot);
    return this.#thirdHash.get(place) === hashText(id, 2) && clockMs - this.#atMs.get(place) <= this.#horizonMs;
  }

  /** Remembers an id as of the engine's clock. */
  add(id: string, clockMs: number): void {
    const at = this.#registers.array;
    for (let i = 0; i < leaveAtOnce && this.size > 0; i++) {
      const isOver = this.size >= this.#capacity;
      if (!isOver && clockMs - this.#atMs.get(at[firstAt]! % this.#capacity) <= this.#horizonMs) break;
      this.#leave(at[firstAt]! % this.#capacity);
      at[firstAt]!++;
    }
    const place = at[nextAt]! % this.#capacity;
    at[nextAt]!++;
    const hash = hashText(id) & 0x7fffffff;
    const secondHash = hashText(id, 1);
    this.#hash.set(place, hash);
    this.#secondHash.set(place, secondHash);
    this.#thirdHash.set(place, hashText(id, 2));
    this.#atMs.set(place, clockMs);
    this.#index.values[0]!.set(this.#index.put(hash, secondHash), place);
  }

  #leave(place: number): void {
    const slot = this.#index.find(this.#hash.get(place), this.#secondHash.get(place));
    if (slot >= 0 && this.#index.values[0]!.get(slot) === place)
      this.#index.remove(this.#hash.get(place), this.#secondHash.get(place));
  }
}
