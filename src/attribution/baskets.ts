/**
 * Choices that wait for the rest of their basket. What one shopper turns to at one instant is one basket: its candidates are those
 * that stood before its first item, and it teaches when time has moved on.
 */
import { FixedBuffer, registers } from "../core/columns.ts";
import { lasting, type RowKeys } from "../core/expiring-ids.ts";
import { type Lesson, verdict } from "../core/lesson.ts";
import type { Pool } from "../core/retrieved.ts";
import { poolMax } from "../core/retrieved.ts";
import { Rows } from "../core/rows.ts";
import { type State, state } from "../core/state.ts";

/** Baskets that wait at once; beyond it the oldest teaches early. */
const waitingMax = 32;

interface StartedBasket {
  readonly shopper: number;
  readonly atMs: number;
  readonly clockMs: number;
}

export class Baskets {
  readonly state: State;
  /** What became of the choice noted last; scratch, set back by who reads it. */
  noted: "nothing" | "added" | "started" = "nothing";
  readonly #items: RowKeys;
  readonly #shopper = new FixedBuffer("shopper", new Int32Array(waitingMax));
  readonly #atMs = new FixedBuffer("atMs", new Float64Array(waitingMax));
  /** Engine's clock at the start: what the wait is counted from, so that the ring is in order however late a basket came. */
  readonly #clockMs = new FixedBuffer("clockMs", new Float64Array(waitingMax));
  readonly #count = new FixedBuffer("count", new Int32Array(waitingMax));
  /** Keys of the candidates. */
  readonly #item = new FixedBuffer("item", new Int32Array(waitingMax * poolMax));
  readonly #chosen = new FixedBuffer("chosen", new Uint8Array(waitingMax * poolMax));
  readonly #dense: FixedBuffer<Float32Array>;
  /** First and number of the ring's baskets. */
  readonly #registers = registers("registers", 2);
  readonly #rows: Rows;
  readonly #verdicts = new Uint8Array(poolMax);
  readonly #positions = new Int32Array(poolMax);

  /** `items`: keys of the items' rows. */
  constructor(width: number, items: RowKeys = lasting) {
    this.#items = items;
    this.#rows = new Rows(width, poolMax);
    this.#dense = new FixedBuffer("dense", new Float32Array(waitingMax * poolMax * width));
    this.state = state("attribution.baskets", 2, [
      this.#shopper,
      this.#atMs,
      this.#clockMs,
      this.#count,
      this.#item,
      this.#chosen,
      this.#dense,
      this.#registers,
    ]);
  }

  get isEmpty(): boolean {
    return this.#registers.array[1] === 0;
  }

  /** True if a basket of this shopper and instant waits; the item is then counted among its choices. */
  add(shopper: number, item: number, atMs: number): boolean {
    const basket = this.#find(shopper, atMs);
    if (basket < 0) return false;
    this.noted = this.noted === "started" ? "started" : "added";
    const key = this.#items.key(item);
    for (let i = 0; i < this.#count.array[basket]!; i++) {
      if (this.#item.array[basket * poolMax + i] === key) this.#chosen.array[basket * poolMax + i] = 1;
    }
    return true;
  }

  /** Starts a basket with its candidates and their rows as they stood before it. */
  start({ shopper, atMs, clockMs }: StartedBasket, pool: Pool, rows: Rows, teach: (lesson: Lesson) => void): void {
    this.noted = "started";
    if (this.#registers.array[1]! >= waitingMax) this.#teachFirst(teach);
    const basket = this.#place(this.#registers.array[1]!);
    this.#registers.array[1]!++;
    this.#shopper.array[basket] = shopper;
    this.#atMs.array[basket] = atMs;
    this.#clockMs.array[basket] = clockMs;
    this.#count.array[basket] = pool.count;
    for (let i = 0; i < pool.count; i++) this.#item.array[basket * poolMax + i] = this.#items.key(pool.item[i]!);
    this.#chosen.array.fill(0, basket * poolMax, (basket + 1) * poolMax);
    this.#dense.array.set(rows.dense.subarray(0, pool.count * rows.width), basket * poolMax * rows.width);
  }

  /** Teaches the baskets that were started when the clock stood before `clockMs`. */
  closeBefore(clockMs: number, teach: (lesson: Lesson) => void): void {
    while (!this.isEmpty && this.#clockMs.array[this.#place(0)]! < clockMs) this.#teachFirst(teach);
  }

  /** What these shoppers turned to just now teaches nothing any more. */
  forgetShoppers(shoppers: readonly number[]): void {
    const theirs = new Set(shoppers);
    for (let i = 0; i < this.#registers.array[1]!; i++) {
      const basket = this.#place(i);
      if (!theirs.has(this.#shopper.array[basket]!)) continue;
      this.#shopper.array[basket] = -1;
      this.#chosen.array.fill(0, basket * poolMax, (basket + 1) * poolMax);
    }
  }

  #place(i: number): number {
    return (this.#registers.array[0]! + i) % waitingMax;
  }

  #find(shopper: number, atMs: number): number {
    for (let i = 0; i < this.#registers.array[1]!; i++) {
      const basket = this.#place(i);
      if (this.#shopper.array[basket] === shopper && this.#atMs.array[basket] === atMs) return basket;
    }
    return -1;
  }

  #teachFirst(teach: (lesson: Lesson) => void): void {
    const basket = this.#place(0);
    const count = this.#count.array[basket]!;
    this.#registers.array[0] = this.#place(1);
    this.#registers.array[1]!--;
    const { width } = this.#rows;
    this.#rows.resize(count);
    this.#rows.dense.set(this.#dense.array.subarray(basket * poolMax * width, (basket * poolMax + count) * width));
    let chosen = 0;
    for (let i = 0; i < count; i++) {
      const isChosen = this.#chosen.array[basket * poolMax + i] === 1;
      this.#verdicts[i] = isChosen ? verdict.chosen : verdict.passedOver;
      this.#positions[i] = i;
      if (isChosen) chosen++;
    }
    if (chosen === 0) return;
    teach({
      rows: this.#rows,
      verdict: this.#verdicts,
      position: this.#positions,
      orderedByEngine: false,
      surface: -1,
      isChoice: true,
      weight: 1,
    });
  }
}
