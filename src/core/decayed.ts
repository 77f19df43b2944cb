/**
 * Exponentially decayed sums: value(t) = Σ weight · 2^(−(t − tᵢ)/halfLife). Decay is applied at the read, so what nobody
 * touches fades; an addition that comes late counts as much as if it had come in time.
 */
import type { Bounds } from "./bounds.ts";
import { Float32Column, Float64Column, registers } from "./columns.ts";
import { HashTable } from "./hash-table.ts";
import { prefixed, type State, state } from "./state.ts";

/** 2^(−elapsed/halfLife); 1 for elapsed ≤ 0. */
export function decay(elapsedMs: number, halfLifeMs: number): number {
  return elapsedMs <= 0 ? 1 : Math.exp((-Math.LN2 * elapsedMs) / halfLifeMs);
}

/** One decayed sum for each row. */
export class DecayedSums {
  readonly state: State;
  readonly halfLifeMs: number;
  readonly #value = new Float32Column("value");
  readonly #atMs = new Float64Column("atMs");

  constructor(name: string, halfLifeMs: number) {
    this.halfLifeMs = halfLifeMs;
    this.state = state(name, 1, [this.#value, this.#atMs]);
  }

  add(row: number, weight: number, atMs: number): void {
    const last = this.#atMs.get(row);
    if (atMs >= last) {
      this.#value.set(row, this.#value.get(row) * decay(atMs - last, this.halfLifeMs) + weight);
      this.#atMs.set(row, atMs);
    } else {
      this.#value.add(row, weight * decay(last - atMs, this.halfLifeMs));
    }
  }

  at(row: number, atMs: number): number {
    const value = this.#value.get(row);
    return value === 0 ? 0 : value * decay(atMs - this.#atMs.get(row), this.halfLifeMs);
  }
}

/** Half-lives after which the origin of {@link ForwardSums} moves, so that sums stay finite. */
const rebaseHalfLives = 400;

/**
 * One decayed sum for each row, “forward decayed” (Cormode et al. 2009): an event at t adds 2^((t − t₀)/halfLife) and nothing is
 * multiplied down, so rows keep their order and a read costs no exponential: value(t) = raw · now(t).
 */
export class ForwardSums {
  readonly state: State;
  readonly halfLifeMs: number;
  readonly #raw = new Float64Column("raw");
  /** t₀ and the latest addition; NaN before the first. */
  readonly #times = registers("times", 2);

  constructor(name: string, halfLifeMs: number) {
    this.halfLifeMs = halfLifeMs;
    this.#times.array.fill(Number.NaN);
    this.state = state(name, 1, [this.#raw, this.#times]);
  }

  add(row: number, weight: number, atMs: number): void {
    const times = this.#times.array;
    if (Number.isNaN(times[0]!)) times[0] = atMs;
    if (!(times[1]! >= atMs)) times[1] = atMs;
    let halfLives = (atMs - times[0]!) / this.halfLifeMs;
    if (halfLives > rebaseHalfLives) {
      const shift = Math.floor(halfLives);
      const factor = 2 ** -shift;
      for (const segment of this.#raw.segments) for (let i = 0; i < segment.length; i++) segment[i]! *= factor;
      times[0] = times[0]! + shift * this.halfLifeMs;
      halfLives -= shift;
    }
    this.#raw.add(row, weight * 2 ** halfLives);
  }

  /** Forgets a row's sum. */
  clear(row: number): void {
    if (row < this.#raw.length) this.#raw.set(row, 0);
  }

  /** One more than the largest row ever added to. */
  get rows(): number {
    return this.#raw.length;
  }

  /** Comparable between rows; 0 for rows never added to. */
  raw(row: number): number {
    return this.#raw.get(row);
  }

  /** What turns `raw` into the value as of `atMs`; a time before the latest addition counts as that. */
  now(atMs: number): number {
    const [origin, latest] = this.#times.array as unknown as [number, number];
    return Number.isNaN(origin) ? 1 : 2 ** -((Math.max(atMs, latest) - origin) / this.halfLifeMs);
  }
}

/** Slots looked at for expiry with each addition, and with one that makes a pair: more than a new pair in a table half full needs. */
const sweptSlots = 2;
const sweptForNew = 8;

/** Several decayed sums for each pair of rows, all of one half-life; a pair expires when nothing was added for `expiryMs`. */
export class DecayedPairs {
  readonly state: State;
  readonly halfLifeMs: number;
  readonly #expiryMs: number;
  readonly #bounds: Bounds | undefined;
  readonly #table: HashTable;

  /** `bounds`: how many pairs may be kept at present. */
  constructor(name: string, sums: readonly string[], halfLifeMs: number, expiryMs: number, bounds?: Bounds) {
    this.#bounds = bounds;
    this.halfLifeMs = halfLifeMs;
    this.#expiryMs = expiryMs;
    this.#table = new HashTable("pairs", [...sums, "atMs"]);
    this.state = state(name, 1, prefixed(this.#table.state));
  }

  get size(): number {
    return this.#table.size;
  }

  /** Adds to sum number `sum` of the pair; looks at a few slots for expiry. */
  add(a: number, b: number, sum: number, weight: number, atMs: number): void {
    const { size } = this.#table;
    const slot = this.#table.put(a, b);
    const { values } = this.#table;
    const time = values[values.length - 1]!;
    const last = time.get(slot);
    if (atMs >= last) {
      const factor = decay(atMs - last, this.halfLifeMs);
      for (let v = 0; v < values.length - 1; v++) values[v]!.set(slot, values[v]!.get(slot) * factor);
      time.set(slot, atMs);
      values[sum]!.add(slot, weight);
    } else {
      values[sum]!.add(slot, weight * decay(last - atMs, this.halfLifeMs));
    }
    const swept = this.#table.size > size ? sweptForNew : sweptSlots;
    this.#table.sweep(swept, (candidate) => time.get(candidate) < atMs - this.#expiryMs);
    if (this.#bounds !== undefined) keepToBound(this.#table, time, this.#bounds, this.#bounds.queryItems);
  }

  /** Slot of a pair for {@link value}, or −1. */
  find(a: number, b: number): number {
    return this.#table.find(a, b);
  }

  value(slot: number, sum: number, atMs: number): number {
    if (slot < 0) return 0;
    const { values } = this.#table;
    return values[sum]!.get(slot) * decay(atMs - values[values.length - 1]!.get(slot), this.halfLifeMs);
  }
}

/** Beyond `most` entries two leave: of a few slots each time the one of the least `time`. */
export function keepToBound(table: HashTable, time: Float64Column, bounds: Bounds, most: number): void {
  for (let i = 0; i < 2 && table.size > most; i++) {
    const { a, b } = table;
    const least = bounds.leastRecent(a.length, Number.POSITIVE_INFINITY, (slot) =>
      a.get(slot) === -1 ? Number.NaN : time.get(slot),
    );
    if (least < 0) return;
    table.remove(a.get(least), b.get(least));
    bounds.count("ceilingPairs");
  }
}
