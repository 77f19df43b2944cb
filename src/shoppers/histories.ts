/**
 * The distinct items that each shopper turned to, in recency order: one block of cells for each shopper, entries linked from the
 * latest to the oldest. At `historyMax` items the oldest leaves. Items that are gone read as absent, and leave before a block grows.
 */
import { actionCode, isRejection } from "../core/actions.ts";
import type { Bounds } from "../core/bounds.ts";
import { Float32Column, Float64Column, Int32Column, segmentRows, Uint8Column, Uint16Column } from "../core/columns.ts";
import { decay } from "../core/decayed.ts";
import type { RowKeys } from "../core/expiring-ids.ts";
import { type History, historyMax, touchHalfLivesMs } from "../core/history.ts";
import { blockCells, Slab } from "../core/slab.ts";
import { prefixed, type State, state } from "../core/state.ts";

/** Of the shopper, as of a touch. */
export interface Standing {
  readonly session: number;
  readonly basket: number;
  /** Number of the touch. */
  readonly sequence: number;
}

const smallestBlock = 4;
/** Of the columns by cell, and what the slab takes for it. */
const cellBytes = 60;
const byteMax = 255;
const touchesMax = 65_535;
/** Bits of a session's number that are kept. */
const sessionMask = 0xffff;

export class Histories {
  readonly state: State;
  readonly #items: RowKeys;
  readonly #bounds: Bounds | undefined;
  // By shopper: first cell of the block, entries, cells, and the latest and oldest entry as distance from the first cell.
  readonly #start = new Int32Column("start", -1);
  readonly #count = new Int32Column("count");
  readonly #capacity = new Int32Column("capacity");
  readonly #latest = new Int32Column("latest", -1);
  readonly #oldest = new Int32Column("oldest", -1);
  readonly #byShopper = [this.#start, this.#count, this.#capacity, this.#latest, this.#oldest];

  // By cell.
  readonly #slab = new Slab("slab", 2);
  /** Key of the item. */
  readonly #item = new Int32Column("item", -1);
  readonly #lastAtMs = new Float64Column("lastAtMs");
  readonly #spanMs = new Float32Column("spanMs");
  readonly #counts = touchHalfLivesMs.map((_, h) => new Float32Column(`count${h}`));
  readonly #touches = new Uint16Column("touches");
  /** The low 16 bits of the session's number: with the shopper's present one they tell the whole. */
  readonly #session = new Uint16Column("session");
  readonly #basket = new Int32Column("basket");
  readonly #sequence = new Int32Column("sequence");
  readonly #clicks = new Uint8Column("clicks");
  readonly #sessionTouches = new Uint8Column("sessionTouches");
  readonly #lastAction = new Uint8Column("lastAction");
  /** The next older and next newer entry, as distance from the first cell + 1; 0 at the ends. */
  readonly #older = new Uint16Column("older");
  readonly #newer = new Uint16Column("newer");
  readonly #byCell = [
    ...[
      this.#item,
      this.#lastAtMs,
      this.#spanMs,
      ...this.#counts,
      this.#touches,
      this.#session,
      this.#basket,
      this.#sequence,
    ],
    ...[this.#clicks, this.#sessionTouches, this.#lastAction, this.#older, this.#newer],
  ];

  /** `items`: keys of the items' rows. `bounds`: how many items of one shopper may be kept at present. */
  constructor(items: RowKeys, bounds?: Bounds) {
    this.#items = items;
    this.#bounds = bounds;
    this.state = state("histories", 1, [...prefixed(this.#slab.state), ...this.#byShopper, ...this.#byCell]);
  }

  /** Items kept of a shopper. */
  count(shopper: number): number {
    return this.#count.get(shopper);
  }

  /** Cells in all, those of blocks in use, and bytes of one. */
  get room(): { readonly cells: number; readonly cellsInUse: number; readonly cellBytes: number } {
    return { cells: this.#slab.cells, cellsInUse: this.#slab.cellsInUse, cellBytes };
  }

  isEmpty(shopper: number): boolean {
    return this.#count.get(shopper) === 0;
  }

  /** True if the item is the one touched last. */
  isLatest(shopper: number, item: number): boolean {
    if (this.isEmpty(shopper)) return false;
    return this.#item.get(this.#start.get(shopper) + this.#latest.get(shopper)) === this.#items.key(item);
  }

  has(shopper: number, item: number): boolean {
    return this.#find(shopper, this.#items.key(item)) >= 0;
  }

  /** Appends a shopper's entries to `out`, latest first. */
  gather(shopper: number, out: History): void {
    if (this.isEmpty(shopper)) return;
    const start = this.#start.get(shopper);
    // A block lies in one segment of every column: the entries are read from plain typed arrays.
    const segment = Math.floor(start / segmentRows);
    const item = this.#item.segments[segment]!;
    const lastAtMs = this.#lastAtMs.segments[segment]!;
    const spanMs = this.#spanMs.segments[segment]!;
    const counts = this.#counts.map((column) => column.segments[segment]!);
    const touches = this.#touches.segments[segment]!;
    const clicks = this.#clicks.segments[segment]!;
    const lastAction = this.#lastAction.segments[segment]!;
    const session = this.#session.segments[segment]!;
    const sessionTouches = this.#sessionTouches.segments[segment]!;
    const basket = this.#basket.segments[segment]!;
    const sequence = this.#sequence.segments[segment]!;
    const older = this.#older.segments[segment]!;
    const first = start % segmentRows;
    const thisSession = out.sessionNumber;
    for (let at = this.#latest.get(shopper); at >= 0; at = older[first + at]! - 1) {
      const cell = first + at;
      const row = this.#items.rowOf(item[cell]!);
      if (row < 0) continue;
      const i = out.push(row);
      out.lastAtMs[i] = lastAtMs[cell]!;
      out.spanMs[i] = spanMs[cell]!;
      for (let h = 0; h < counts.length; h++) out.counts[h]![i] = counts[h]![cell]!;
      out.touches[i] = touches[cell]!;
      out.clicks[i] = clicks[cell]!;
      out.lastAction[i] = lastAction[cell]!;
      out.session[i] = thisSession - ((thisSession - session[cell]!) & sessionMask);
      out.sessionTouches[i] = sessionTouches[cell]!;
      out.basket[i] = basket[cell]!;
      out.sequence[i] = sequence[cell]!;
    }
  }

  /** Appends the latest `limit` entries to `out`, but only item, time, basket and action of each: what folding an outcome looks at. */
  gatherRecent(shopper: number, out: History, limit: number): void {
    if (this.isEmpty(shopper)) return;
    const start = this.#start.get(shopper);
    const segment = Math.floor(start / segmentRows);
    const item = this.#item.segments[segment]!;
    const lastAtMs = this.#lastAtMs.segments[segment]!;
    const lastAction = this.#lastAction.segments[segment]!;
    const basket = this.#basket.segments[segment]!;
    const older = this.#older.segments[segment]!;
    const first = start % segmentRows;
    for (let at = this.#latest.get(shopper); at >= 0 && out.count < limit; at = older[first + at]! - 1) {
      const row = this.#items.rowOf(item[first + at]!);
      if (row < 0) continue;
      const i = out.push(row);
      out.lastAtMs[i] = lastAtMs[first + at]!;
      out.lastAction[i] = lastAction[first + at]!;
      out.basket[i] = basket[first + at]!;
    }
  }

  /** A late touch counts, decayed, but does not become the latest. */
  touch(shopper: number, item: number, action: number, atMs: number, standing: Standing): void {
    this.#touch(shopper, this.#items.key(item), action, atMs, standing);
  }

  #touch(shopper: number, item: number, action: number, atMs: number, standing: Standing): void {
    let at = this.#find(shopper, item);
    const wasRejected = at >= 0 && isRejection(this.#lastAction.get(this.#start.get(shopper) + at));
    const isNew = at < 0 || wasRejected;
    if (wasRejected) this.#renew(shopper, at, item, atMs);
    else if (isNew) at = this.#newEntry(shopper, item, atMs);
    else if (atMs >= this.#lastAtMs.get(this.#start.get(shopper) + at)) {
      this.#unlink(shopper, at);
      this.#link(shopper, at, atMs);
    }
    this.#fold(this.#start.get(shopper) + at, action, atMs, standing, isNew);
  }

  /**
   * The shopper turned away from an item. Brought back, one touch of it is forgotten; hidden or disliked, all are, and the entry stays
   * behind all others to say so.
   */
  turnAway(shopper: number, row: number, action: number): void {
    const item = this.#items.key(row);
    let at = this.#find(shopper, item);
    if (action === actionCode.return) {
      if (at < 0) return;
      const cell = this.#start.get(shopper) + at;
      for (const count of this.#counts) count.set(cell, Math.max(0, count.get(cell) - 1));
    } else if (at < 0) at = this.#newEntry(shopper, item, 0);
    else this.#renew(shopper, at, item, 0);
    this.#lastAction.set(this.#start.get(shopper) + at, action);
  }

  /** Adds what one shopper touched to another's history, by time; `standing`: of the other. Returns the touches added. */
  merge(from: number, to: number, standing: Standing): number {
    const start = this.#start.get(from);
    let added = 0;
    for (let at = this.#oldest.get(from); at >= 0; at = this.#newer.get(start + at) - 1) {
      const cell = start + at;
      const atMs = this.#lastAtMs.get(cell);
      added += this.#touches.get(cell);
      if (this.#items.rowOf(this.#item.get(cell)) < 0) continue;
      this.#touch(to, this.#item.get(cell), this.#lastAction.get(cell), atMs, standing);
      const merged = this.#start.get(to) + this.#find(to, this.#item.get(cell));
      const elapsedMs = this.#lastAtMs.get(merged) - atMs;
      for (let h = 0; h < this.#counts.length; h++) {
        const rest = Math.max(0, this.#counts[h]!.get(cell) - 1);
        this.#counts[h]!.add(merged, rest * decay(elapsedMs, touchHalfLivesMs[h]!));
      }
      const touches = this.#touches.get(cell);
      this.#touches.set(merged, Math.min(touchesMax, this.#touches.get(merged) + touches - 1));
      const clicks = this.#clicks.get(cell) - (this.#lastAction.get(cell) === actionCode.click ? 1 : 0);
      this.#clicks.set(merged, Math.min(byteMax, this.#clicks.get(merged) + Math.max(0, clicks)));
    }
    return added;
  }

  /** Gives one shopper's history to another who has none. */
  move(from: number, to: number): void {
    for (const column of this.#byShopper) {
      column.set(to, column.get(from));
      column.set(from, column.fill);
    }
  }

  forget(shopper: number): void {
    if (this.#start.get(shopper) >= 0) {
      const start = this.#start.get(shopper);
      for (let cell = start; cell < start + this.#count.get(shopper); cell++)
        for (const column of this.#byCell) column.set(cell, 0);
      this.#slab.free(start, this.#capacity.get(shopper));
    }
    for (const column of this.#byShopper) if (shopper < column.length) column.set(shopper, column.fill);
  }

  /** Distance of the entry of an item, by its key, from the first cell, or −1. */
  #find(shopper: number, item: number): number {
    const count = this.#count.get(shopper);
    if (count === 0) return -1;
    const start = this.#start.get(shopper);
    const items = this.#item.segments[Math.floor(start / segmentRows)]!;
    const first = start % segmentRows;
    for (let at = 0; at < count; at++) if (items[first + at] === item) return at;
    return -1;
  }

  /** Forgets the items longest not turned to, beyond the bound; the block becomes a smaller one. */
  shorten(shopper: number): void {
    const bounds = this.#bounds;
    const count = this.#count.get(shopper);
    if (bounds === undefined || count <= bounds.touches) return;
    while (this.#count.get(shopper) > bounds.touches) this.#takeOut(shopper, this.#oldest.get(shopper));
    bounds.count("ceilingTouches", count - this.#count.get(shopper));
    const capacity = Math.max(smallestBlock, blockCells(this.#count.get(shopper)));
    if (capacity < this.#capacity.get(shopper)) this.#move(shopper, capacity);
  }

  #newEntry(shopper: number, item: number, atMs: number): number {
    this.shorten(shopper);
    const count = this.#count.get(shopper);
    let at = count;
    if (count >= Math.min(historyMax, this.#bounds?.touches ?? historyMax)) {
      at = this.#oldest.get(shopper);
      this.#unlink(shopper, at);
    } else {
      if (count >= this.#capacity.get(shopper)) {
        this.#dropGone(shopper);
        at = this.#count.get(shopper);
        if (at >= this.#capacity.get(shopper)) this.#grow(shopper);
      }
      this.#count.set(shopper, at + 1);
    }
    this.#reset(shopper, at, item, atMs);
    return at;
  }

  /** Makes an entry as if its item were touched for the first time. */
  #renew(shopper: number, at: number, item: number, atMs: number): void {
    this.#unlink(shopper, at);
    this.#reset(shopper, at, item, atMs);
  }

  #reset(shopper: number, at: number, item: number, atMs: number): void {
    const cell = this.#start.get(shopper) + at;
    for (const column of this.#byCell) column.set(cell, 0);
    this.#item.set(cell, item);
    this.#lastAtMs.set(cell, atMs);
    this.#link(shopper, at, atMs);
  }

  #fold(cell: number, action: number, atMs: number, { session, basket, sequence }: Standing, isNew: boolean): void {
    const last = this.#lastAtMs.get(cell);
    const isLate = atMs < last;
    for (let h = 0; h < this.#counts.length; h++) {
      const count = this.#counts[h]!;
      const halfLife = touchHalfLivesMs[h]!;
      count.set(
        cell,
        isLate ? count.get(cell) + decay(last - atMs, halfLife) : count.get(cell) * decay(atMs - last, halfLife) + 1,
      );
    }
    this.#touches.set(cell, Math.min(touchesMax, this.#touches.get(cell) + 1));
    if (action === actionCode.click) this.#clicks.set(cell, Math.min(byteMax, this.#clicks.get(cell) + 1));
    if (isLate) return;
    if (!isNew) this.#spanMs.add(cell, atMs - last);
    const before = !isNew && this.#session.get(cell) === (session & sessionMask) ? this.#sessionTouches.get(cell) : 0;
    this.#sessionTouches.set(cell, Math.min(byteMax, before + 1));
    this.#session.set(cell, session & sessionMask);
    this.#basket.set(cell, basket);
    this.#sequence.set(cell, sequence);
    this.#lastAction.set(cell, action);
    this.#lastAtMs.set(cell, atMs);
  }

  /** Links an entry into the recency order before the first entry that is not newer. */
  #link(shopper: number, at: number, atMs: number): void {
    const start = this.#start.get(shopper);
    let older = this.#latest.get(shopper);
    let newer = -1;
    while (older >= 0 && this.#lastAtMs.get(start + older) > atMs) {
      newer = older;
      older = this.#older.get(start + older) - 1;
    }
    this.#older.set(start + at, older + 1);
    this.#newer.set(start + at, newer + 1);
    if (older >= 0) this.#newer.set(start + older, at + 1);
    else this.#oldest.set(shopper, at);
    if (newer >= 0) this.#older.set(start + newer, at + 1);
    else this.#latest.set(shopper, at);
  }

  #unlink(shopper: number, at: number): void {
    const start = this.#start.get(shopper);
    const older = this.#older.get(start + at) - 1;
    const newer = this.#newer.get(start + at) - 1;
    if (older >= 0) this.#newer.set(start + older, newer + 1);
    else this.#oldest.set(shopper, newer);
    if (newer >= 0) this.#older.set(start + newer, older + 1);
    else this.#latest.set(shopper, older);
  }

  /** Takes out the entries of items that are gone; the last one's cell fills each gap. */
  #dropGone(shopper: number): void {
    const start = this.#start.get(shopper);
    for (let at = this.#count.get(shopper) - 1; at >= 0; at--) {
      if (this.#items.rowOf(this.#item.get(start + at)) < 0) this.#takeOut(shopper, at);
    }
  }

  /** Takes out an entry; the last one's cell fills the gap. */
  #takeOut(shopper: number, at: number): void {
    const start = this.#start.get(shopper);
    this.#unlink(shopper, at);
    const last = this.#count.get(shopper) - 1;
    if (last !== at) this.#relocate(shopper, last, at);
    for (const column of this.#byCell) column.set(start + last, 0);
    this.#count.set(shopper, last);
  }

  /** Moves an entry to another cell of the block. */
  #relocate(shopper: number, from: number, to: number): void {
    const start = this.#start.get(shopper);
    for (const column of this.#byCell) column.copy(start + from, start + to, 1);
    const older = this.#older.get(start + to) - 1;
    const newer = this.#newer.get(start + to) - 1;
    if (older >= 0) this.#newer.set(start + older, to + 1);
    else this.#oldest.set(shopper, to);
    if (newer >= 0) this.#older.set(start + newer, to + 1);
    else this.#latest.set(shopper, to);
  }

  #grow(shopper: number): void {
    this.#move(shopper, Math.max(smallestBlock, this.#capacity.get(shopper) * 2));
  }

  /** Moves a shopper's entries to a block of `capacity` cells. */
  #move(shopper: number, capacity: number): void {
    const count = this.#count.get(shopper);
    const start = this.#slab.allocate(capacity);
    for (const column of this.#byCell) column.ensure(this.#slab.cells);
    if (count > 0) {
      for (const column of this.#byCell) column.copy(this.#start.get(shopper), start, count);
      this.#slab.free(this.#start.get(shopper), this.#capacity.get(shopper));
    }
    this.#start.set(shopper, start);
    this.#capacity.set(shopper, capacity);
  }
}
