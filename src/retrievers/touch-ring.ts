/**
 * The latest touches of everybody, in one ring of fixed length: each linked to the touch before and after it of the same shopper and to the
 * touch before it of the same item. A touch costs one cell and four links, whatever the shop's size; what is older is written over.
 * A shopper whose row, or whose past, became another's begins anew; items that are gone are met no more.
 */
import { minuteMs } from "../core/clock.ts";
import { Float64Column, Int32Column, registers, segmentBits } from "../core/columns.ts";
import type { RowKeys } from "../core/expiring-ids.ts";
import type { Fact } from "../core/fact.ts";
import { type State, state } from "../core/state.ts";

/** Integers of one touch: two fit a cache line. Links are distances in touches, 0 for none. */
const cellBits = 3;
const itemAt = 0;
const shopperAt = 1;
const beforeAt = 2;
const afterAt = 3;
const itemBeforeAt = 4;
const basketAt = 5;
const minuteAt = 6;
const slotBits = segmentBits - cellBits;
const slotMask = (1 << slotBits) - 1;

/** Touches are numbered from 0 in the order in which they were folded; −1 stands for none. */
export class TouchRing {
  readonly state: State;
  readonly #items: RowKeys;
  readonly #capacity: number;
  readonly #cells = new Int32Column("cells");
  /** By item: its latest touch, and all its touches. */
  readonly #latestOfItem = new Float64Column("latestOfItem", -1);
  readonly #countOfItem = new Int32Column("countOfItem");
  /** By shopper: first and latest touch, how many, and the largest of their times. */
  readonly #first = new Float64Column("first");
  readonly #latest = new Float64Column("latest", -1);
  readonly #count = new Int32Column("count");
  readonly #lastAtMs = new Float64Column("lastAtMs", Number.NaN);
  /** How many touches ever came. */
  readonly #registers = registers("registers", 1);
  /** Where {@link seek} stands. */
  #segment: Int32Array = new Int32Array(0);
  #at = 0;

  /** `items`: keys of the items' rows. `capacity`: touches kept. */
  constructor(items: RowKeys, capacity: number) {
    this.#items = items;
    this.#capacity = capacity;
    this.state = state("touches", 1, [
      this.#cells,
      this.#latestOfItem,
      this.#countOfItem,
      this.#first,
      this.#latest,
      this.#count,
      this.#lastAtMs,
      this.#registers,
    ]);
  }

  /** How many touches ever came. */
  get touches(): number {
    return this.#registers.array[0]!;
  }

  append({ item, shopper, history, atMs }: Fact): void {
    const touch = this.touches;
    const slot = touch % this.#capacity;
    this.#cells.ensure((slot + 1) << cellBits);
    this.#registers.array[0] = touch + 1;
    // NaN, of a shopper without a past or without a touch here, equals nothing.
    const goesOn = history.lastTouchAtMs === this.#lastAtMs.get(shopper);
    let before = -1;
    if (goesOn) {
      before = this.#kept(this.#latest.get(shopper));
      if (atMs > this.#lastAtMs.get(shopper)) this.#lastAtMs.set(shopper, atMs);
    } else {
      this.#first.set(shopper, touch);
      this.#count.set(shopper, 0);
      this.#lastAtMs.set(shopper, atMs);
    }
    if (before >= 0) {
      this.seek(before);
      this.#segment[this.#at + afterAt] = touch - before;
    }
    const itemBefore = this.latestOf(item);
    this.seek(touch);
    this.#segment[this.#at + itemAt] = this.#items.key(item);
    this.#segment[this.#at + shopperAt] = shopper;
    this.#segment[this.#at + beforeAt] = before < 0 ? 0 : touch - before;
    this.#segment[this.#at + afterAt] = 0;
    this.#segment[this.#at + itemBeforeAt] = itemBefore < 0 ? 0 : touch - itemBefore;
    this.#segment[this.#at + basketAt] = history.basketNumber + (history.lastTouchAtMs === atMs ? 0 : 1);
    this.#segment[this.#at + minuteAt] = Math.floor(atMs / minuteMs);
    this.#latest.set(shopper, touch);
    this.#count.add(shopper, 1);
    this.#latestOfItem.set(item, touch);
    this.#countOfItem.add(item, 1);
  }

  forgetItem(item: number): void {
    if (item < this.#latestOfItem.length) this.#latestOfItem.set(item, -1);
    if (item < this.#countOfItem.length) this.#countOfItem.set(item, 0);
  }

  latestOf(item: number): number {
    return this.#kept(this.#latestOfItem.get(item));
  }

  /** Touches of an item, all that ever came. */
  countOf(item: number): number {
    return this.#countOfItem.get(item);
  }

  /** Touches of a shopper, all that ever came. */
  lengthOf(shopper: number): number {
    return this.#count.get(shopper);
  }

  /** True if the touch is of whoever has the shopper's row now. */
  isOf(shopper: number, touch: number): boolean {
    return touch >= this.#first.get(shopper);
  }

  /** What follows is said of this touch, which must be one that is kept, until the next is sought. */
  seek(touch: number): void {
    const slot = this.#slotOf(touch);
    this.#segment = this.#cells.segments[slot >>> slotBits]!;
    this.#at = (slot & slotMask) << cellBits;
  }

  /** Row of the item, −1 if it is gone. */
  get item(): number {
    return this.#items.rowOf(this.#segment[this.#at + itemAt]!);
  }

  get shopper(): number {
    return this.#segment[this.#at + shopperAt]!;
  }

  /** Number of the shopper's basket. */
  get basket(): number {
    return this.#segment[this.#at + basketAt]!;
  }

  /** To the minute. */
  get atMs(): number {
    return this.#segment[this.#at + minuteAt]! * minuteMs;
  }

  /** The touch of the same shopper before the sought `touch`, if it is kept. */
  before(touch: number): number {
    const distance = this.#segment[this.#at + beforeAt]!;
    return distance === 0 ? -1 : this.#kept(touch - distance);
  }

  after(touch: number): number {
    const distance = this.#segment[this.#at + afterAt]!;
    return distance === 0 ? -1 : touch + distance;
  }

  /** The touch of the same item before the sought `touch`, if it is kept. */
  itemBefore(touch: number): number {
    const distance = this.#segment[this.#at + itemBeforeAt]!;
    return distance === 0 ? -1 : this.#kept(touch - distance);
  }

  /** The remainder of 32-bit numbers is found many times as fast, and few shops have had two billion touches. */
  #slotOf(touch: number): number {
    return touch < 2 ** 31 ? (touch | 0) % (this.#capacity | 0) : touch % this.#capacity;
  }

  #kept(touch: number): number {
    return touch >= this.touches - this.#capacity ? touch : -1;
  }
}
