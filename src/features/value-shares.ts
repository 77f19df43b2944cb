/**
 * Which values of an item's fields the clicks for a key (a query, or a word of one) fall on: decayed counts of each key × value, of each key,
 * and for each key the values that lead. Keys and values are kept as hashes of 63 bits; both expire when no click came for `expiryMs`.
 */
import type { Bounds } from "../core/bounds.ts";
import { decay, keepToBound } from "../core/decayed.ts";
import { HashTable } from "../core/hash-table.ts";
import { hashText, mix, mixPair } from "../core/random.ts";
import { prefixed, type State, state } from "../core/state.ts";

/** Values of each place that are known to lead. */
export const leadersMax = 3;
/** Slots looked at for expiry with each click, and with one that makes an entry: more than a new one in a table half full needs. */
const sweptSlots = 2;
const sweptForNew = 8;

/** Columns of a key: the time of its counts and marks of shoppers; then for each place clicks, those foretold, and leaders, as value + 1. */
const atMsAt = 0;
const shoppersAt = 1;
const placesFrom = 2;
const clicksOf = 0;
const foretoldOf = 1;
const leadersOf = 2;
const perPlace = leadersOf + leadersMax;

export interface ShareKey {
  /** 31 bits. */
  readonly hash: number;
  /** 32 further bits. */
  readonly second: number;
}

export const shareKey = (text: string): ShareKey => ({ hash: hashText(text) & 0x7fffffff, second: hashText(text, 1) });

export class ValueShares {
  readonly state: State;
  readonly places: number;
  readonly #halfLifeMs: number;
  readonly #expiryMs: number;
  readonly #bounds: Bounds | undefined;
  readonly #keys: HashTable;
  readonly #pairs = new HashTable("pairs", ["clicks", "atMs"]);

  /** `places`: how many fields an item has values of. `bounds`: how many values may be counted at present. */
  constructor(name: string, places: number, halfLifeMs: number, expiryMs: number, bounds?: Bounds) {
    this.#bounds = bounds;
    this.places = places;
    this.#halfLifeMs = halfLifeMs;
    this.#expiryMs = expiryMs;
    const ofPlace = (p: number): string[] => [
      `clicks${p}`,
      `foretold${p}`,
      ...Array.from({ length: leadersMax }, (_, l) => `leader${p}.${l}`),
    ];
    const columns = ["atMs", "shoppers", ...Array.from({ length: places }, (_, p) => ofPlace(p)).flat()];
    this.#keys = new HashTable("keys", columns);
    this.state = state(name, 1, [...prefixed(this.#keys.state), ...prefixed(this.#pairs.state)]);
  }

  /** Keys held. */
  get size(): number {
    return this.#keys.size;
  }

  /** The key's slot for the reads below, −1 where nothing is known of it; good until the next click. */
  find({ hash, second }: ShareKey): number {
    return this.#keys.find(hash, second);
  }

  /** Decayed clicks on any value of the place. */
  clicks(slot: number, place: number, atMs: number): number {
    return this.#read(slot, placesFrom + place * perPlace + clicksOf, atMs);
  }

  /** Of these, how many were foretold: the sum of what each clicked value's share had been before its click. */
  foretold(slot: number, place: number, atMs: number): number {
    return this.#read(slot, placesFrom + place * perPlace + foretoldOf, atMs);
  }

  /** Decayed clicks on one value. */
  clicksOn(key: ShareKey, place: number, value: number, atMs: number): number {
    const slot = this.#findPair(key, place, value);
    if (slot < 0) return 0;
    const [clicks, at] = this.#pairs.values as unknown as [
      { get(slot: number): number },
      { get(slot: number): number },
    ];
    return clicks.get(slot) * decay(atMs - at.get(slot), this.#halfLifeMs);
  }

  /** The value that leads the place, one of {@link leadersMax} in no order; −1 for none. */
  leader(slot: number, place: number, l: number): number {
    return slot < 0 ? -1 : this.#keys.values[placesFrom + place * perPlace + leadersOf + l]!.get(slot) - 1;
  }

  /** At least so many different shoppers clicked, up to 32: marks that two shoppers may share. */
  shoppers(slot: number): number {
    if (slot < 0) return 0;
    let marks = this.#keys.values[shoppersAt]!.get(slot) >>> 0;
    let count = 0;
    for (; marks !== 0; marks = (marks & (marks - 1)) >>> 0) count++;
    return count;
  }

  /**
   * A click on an item with these values ([place], −1 where it has none). What each was foretold to be is its share of the clicks before,
   * with `prior` ([place]) counting for `strength` clicks. `shopper`: row, −1 nobody.
   */
  add(
    key: ShareKey,
    values: Int32Array,
    { prior, strength }: { readonly prior: Float64Array; readonly strength: number },
    shopper: number,
    atMs: number,
  ): void {
    const { size } = this.#keys;
    const slot = this.#keys.put(key.hash, key.second);
    const columns = this.#keys.values;
    const time = columns[atMsAt]!;
    const last = time.get(slot);
    if (atMs > last) this.#age(slot, atMs);
    if (shopper >= 0) {
      const marks = columns[shoppersAt]!;
      marks.set(slot, (marks.get(slot) | (1 << (mix(shopper) & 31))) >>> 0);
    }
    const weight = decay(last - atMs, this.#halfLifeMs);
    for (let p = 0; p < this.places; p++) {
      if (values[p]! < 0) continue;
      const from = placesFrom + p * perPlace;
      const clicks = columns[from + clicksOf]!;
      const before = this.#count(key, p, values[p]!, atMs);
      const foretold = (before + strength * prior[p]!) / (clicks.get(slot) + strength);
      clicks.add(slot, weight);
      columns[from + foretoldOf]!.add(slot, weight * foretold);
      this.#lead(key, slot, p, values[p]!, Math.max(atMs, last));
    }
    const swept = this.#keys.size > size ? sweptForNew : sweptSlots;
    this.#keys.sweep(swept, (candidate) => time.get(candidate) < atMs - this.#expiryMs);
    if (this.#bounds !== undefined) keepToBound(this.#keys, time, this.#bounds, this.#bounds.queryValues);
  }

  #age(slot: number, atMs: number): void {
    const columns = this.#keys.values;
    const factor = decay(atMs - columns[atMsAt]!.get(slot), this.#halfLifeMs);
    for (let p = 0; p < this.places; p++) {
      for (const figure of [clicksOf, foretoldOf]) {
        const column = columns[placesFrom + p * perPlace + figure]!;
        column.set(slot, column.get(slot) * factor);
      }
    }
    columns[atMsAt]!.set(slot, atMs);
  }

  #read(slot: number, column: number, atMs: number): number {
    if (slot < 0) return 0;
    const { values } = this.#keys;
    return values[column]!.get(slot) * decay(atMs - values[atMsAt]!.get(slot), this.#halfLifeMs);
  }

  #findPair(key: ShareKey, place: number, value: number): number {
    return this.#pairs.find(mixPair(key.hash, place) & 0x7fffffff, mixPair(key.second, value));
  }

  /** Counts a click on a value; answers how many there were before. */
  #count(key: ShareKey, place: number, value: number, atMs: number): number {
    const { size } = this.#pairs;
    const slot = this.#pairs.put(mixPair(key.hash, place) & 0x7fffffff, mixPair(key.second, value));
    const clicks = this.#pairs.values[0]!;
    const time = this.#pairs.values[1]!;
    const last = time.get(slot);
    const before = clicks.get(slot) * decay(atMs - last, this.#halfLifeMs);
    if (atMs >= last) {
      clicks.set(slot, before + 1);
      time.set(slot, atMs);
    } else clicks.add(slot, decay(last - atMs, this.#halfLifeMs));
    const swept = this.#pairs.size > size ? sweptForNew : sweptSlots;
    this.#pairs.sweep(swept, (candidate) => time.get(candidate) < atMs - this.#expiryMs);
    if (this.#bounds !== undefined) keepToBound(this.#pairs, time, this.#bounds, this.#bounds.queryValues);
    return before;
  }

  /** All counts fade alike, so only a value just clicked can overtake a leader. */
  #lead(key: ShareKey, slot: number, place: number, value: number, atMs: number): void {
    const from = placesFrom + place * perPlace + leadersOf;
    let weakest = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (let l = 0; l < leadersMax; l++) {
      const leader = this.#keys.values[from + l]!.get(slot) - 1;
      if (leader === value) return;
      const clicks = leader < 0 ? -1 : this.clicksOn(key, place, leader, atMs);
      if (clicks >= fewest) continue;
      fewest = clicks;
      weakest = l;
    }
    if (this.clicksOn(key, place, value, atMs) > fewest) this.#keys.values[from + weakest]!.set(slot, value + 1);
  }
}
