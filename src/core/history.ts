/** What a shopper turned to, as every room reads it: distinct items, the latest first. */
import { actionCode, isRejection } from "./actions.ts";
import { dayMs, minuteMs } from "./clock.ts";
import { Marks } from "./marks.ts";

/** Distinct items remembered of one shopper; the one not touched for longest leaves. */
export const historyMax = 512;

/** Half-lives of the decayed touch counts kept for each item of a shopper. */
export const touchHalfLivesMs = [30 * minuteMs, dayMs, 30 * dayMs, 365 * dayMs] as const;

/** One shopper's history, gathered for one request: arrays by index, 0 = latest touched. Reused; valid until the next gathering. */
export class History {
  count = 0;
  /** Row of the item. */
  readonly item = new Int32Array(historyMax);
  readonly lastAtMs = new Float64Array(historyMax);
  /** From the first touch to the last, ms. */
  readonly spanMs = new Float64Array(historyMax);
  /** [half-life][index]: decayed touches as of `lastAtMs`. */
  readonly counts: readonly Float64Array[] = touchHalfLivesMs.map(() => new Float64Array(historyMax));
  readonly touches = new Int32Array(historyMax);
  readonly clicks = new Int32Array(historyMax);
  readonly lastAction = new Uint8Array(historyMax);
  /** Number of the shopper's session in which it was touched last. */
  readonly session = new Int32Array(historyMax);
  readonly sessionTouches = new Int32Array(historyMax);
  /** Number of the shopper's basket (touches of one instant) in which it was touched last. */
  readonly basket = new Int32Array(historyMax);
  /** Number of the shopper's touch. */
  readonly sequence = new Int32Array(historyMax);

  /** Of the shopper: session, basket and touch numbers so far, touches of items already known, last touch. */
  sessionNumber = 0;
  basketNumber = 0;
  touchNumber = 0;
  repeats = 0;
  lastTouchAtMs = Number.NaN;
  sessionStartMs = Number.NaN;
  sessionTouchCount = 0;
  /** Touches in a row of the item touched last. */
  run = 0;

  readonly #places = new Marks();

  clear(): void {
    this.count = 0;
    this.sessionNumber = 0;
    this.basketNumber = 0;
    this.touchNumber = 0;
    this.repeats = 0;
    this.lastTouchAtMs = Number.NaN;
    this.sessionStartMs = Number.NaN;
    this.sessionTouchCount = 0;
    this.run = 0;
    this.#places.clear();
  }

  /** Appends the next older entry's place; the caller fills the arrays at the index returned. */
  push(item: number): number {
    const index = this.count++;
    this.item[index] = item;
    this.#places.set(item, index);
    return index;
  }

  /** Index of an item, or −1. */
  indexOf(item: number): number {
    return this.#places.get(item);
  }

  /** The shopper hid or disliked the item, and has not turned to it since. */
  isRejected(item: number): boolean {
    const entry = this.indexOf(item);
    return entry >= 0 && isRejection(this.lastAction[entry]!);
  }
}

/** A click and the view of the same item that follows it within this are one choice. */
const clickThenViewMs = minuteMs;

/** The view that follows a click on the item, or the same again at the same instant (a second line of one invoice). */
export function isSameChoice(history: History, item: number, code: number, atMs: number): boolean {
  const entry = history.indexOf(item);
  if (entry < 0) return false;
  const elapsedMs = Math.abs(atMs - history.lastAtMs[entry]!);
  if (history.lastAction[entry] === code) return elapsedMs === 0;
  return code === actionCode.view && history.lastAction[entry] === actionCode.click && elapsedMs <= clickThenViewMs;
}
