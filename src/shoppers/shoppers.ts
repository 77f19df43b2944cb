/**
 * Who is it, and what did they turn to? A shopper is a user where one is named, else a session; the first event that
 * carries both joins what the session did to the user. Histories live in a slab: distinct items in recency order.
 */
import { actionCode } from "../core/actions.ts";
import { BlobStore } from "../core/blob-store.ts";
import { minuteMs } from "../core/clock.ts";
import { Float32Column, Float64Column, Int32Column, registers, Uint8Column } from "../core/columns.ts";
import { decay } from "../core/decayed.ts";
import type { Fields } from "../core/event.ts";
import { type History, historyMax, touchHalfLivesMs } from "../core/history.ts";
import { IdTable } from "../core/id-table.ts";
import { limits } from "../core/limits.ts";
import { hashText } from "../core/random.ts";
import { Slab } from "../core/slab.ts";
import { prefixed, type State, state } from "../core/state.ts";

/** A session of a shopper ends after this without an event, or when its id changes. */
const sessionGapMs = 30 * minuteMs;
/** Rows looked at for expiry with each event. */
const sweepRows = 2;

/** Told when a shopper's row is joined to another or freed, so that other rooms move or forget what they kept for it. */
export interface ShopperListener {
  join(from: number, to: number): void;
  forget(shopper: number): void;
}

export class Shoppers {
  readonly state: State;
  /** "u" + user id or "s" + session id → row. */
  readonly #ids = new IdTable("ids", limits.shoppersMax);
  readonly #fields = new BlobStore<Fields>("fields");
  readonly #expiryMs: number;
  #listeners: readonly ShopperListener[] = [];

  // By shopper row.
  /** The user that a session row was joined to, −1 if none. */
  readonly #joined = new Int32Column("joined", -1);
  readonly #lastEventAtMs = new Float64Column("lastEventAtMs", Number.NaN);
  readonly #lastTouchAtMs = new Float64Column("lastTouchAtMs", Number.NaN);
  readonly #sessionHash = new Int32Column("sessionHash");
  readonly #sessionNumber = new Int32Column("sessionNumber");
  readonly #sessionStartMs = new Float64Column("sessionStartMs", Number.NaN);
  readonly #sessionTouches = new Int32Column("sessionTouches");
  readonly #basketNumber = new Int32Column("basketNumber");
  readonly #touchNumber = new Int32Column("touchNumber");
  readonly #repeats = new Int32Column("repeats");
  /** Touches in a row of the item touched last. */
  readonly #run = new Int32Column("run");
  /** First cell of the history's block, its cells in use, and the cells of its latest and oldest entry. */
  readonly #start = new Int32Column("start", -1);
  readonly #count = new Int32Column("count");
  readonly #capacity = new Int32Column("capacity");
  readonly #latest = new Int32Column("latest", -1);
  readonly #oldest = new Int32Column("oldest", -1);

  // By cell.
  readonly #slab = new Slab("slab");
  readonly #item = new Int32Column("item", -1);
  readonly #lastAtMs = new Float64Column("lastAtMs");
  readonly #spanMs = new Float32Column("spanMs");
  readonly #counts = touchHalfLivesMs.map((_, h) => new Float32Column(`count${h}`));
  readonly #touches = new Int32Column("touches");
  readonly #session = new Int32Column("session");
  readonly #basket = new Int32Column("basket");
  readonly #sequence = new Int32Column("sequence");
  readonly #clicks = new Uint8Column("clicks");
  readonly #sessionTouchCount = new Uint8Column("sessionTouchCount");
  readonly #lastAction = new Uint8Column("lastAction");
  /** Cells of the next older and next newer entry, as distance from the block's start; −1 at the ends. */
  readonly #older = new Int32Column("older", -1);
  readonly #newer = new Int32Column("newer", -1);

  /** Row that the expiry sweep looks at next. */
  readonly #registers = registers("registers", 1);

  constructor(expiryMs: number) {
    this.#expiryMs = expiryMs;
    this.state = state("shoppers", 1, [
      ...prefixed(this.#ids.state),
      ...prefixed(this.#fields.state),
      ...prefixed(this.#slab.state),
      ...this.#byRow,
      ...this.#byCell,
      this.#registers,
    ]);
  }

  listen(listeners: readonly ShopperListener[]): void {
    this.#listeners = listeners;
  }

  get count(): number {
    return this.#ids.size;
  }

  /** The shopper who asks; nothing changes. −1 for one never seen, or nobody. */
  find(user: string | undefined, session: string | undefined): number {
    if (user !== undefined) return this.#ids.find(`u${user}`);
    if (session === undefined) return -1;
    const row = this.#ids.find(`s${session}`);
    const joined = this.#joined.get(row);
    return row >= 0 && joined >= 0 ? joined : row;
  }

  /** The shopper of an event, made if need be; joins the session to the user when both are first seen together. */
  intern(user: string | undefined, session: string | undefined): number {
    if (user === undefined && session === undefined) return -1;
    const sessionRow = session === undefined ? -1 : this.#ids.find(`s${session}`);
    if (user === undefined) {
      if (sessionRow < 0) return this.#ids.intern(`s${session}`);
      const joined = this.#joined.get(sessionRow);
      return joined >= 0 ? joined : sessionRow;
    }
    const userRow = this.#ids.intern(`u${user}`);
    if (userRow < 0 || session === undefined) return userRow;
    const row = sessionRow >= 0 ? sessionRow : this.#ids.intern(`s${session}`);
    if (row >= 0 && this.#joined.get(row) < 0) this.#join(row, userRow);
    return userRow;
  }

  fields(shopper: number): Fields | undefined {
    return this.#fields.read(shopper);
  }

  /** Merges fields as items do: given ones replace, null deletes. */
  mergeFields(shopper: number, given: Fields): void {
    const merged = new Map(Object.entries(this.#fields.read(shopper) ?? {}));
    for (const [name, value] of Object.entries(given)) {
      if (value === null) merged.delete(name);
      else merged.set(name, value);
    }
    this.#fields.write(shopper, Object.fromEntries(merged));
  }

  /** Notes that an event of this shopper came. `session`: its id, if given. */
  arrive(shopper: number, session: string | undefined, atMs: number): void {
    if (shopper < 0) return;
    const starts = this.#startsSession(shopper, session, atMs);
    if (!(atMs < this.#lastEventAtMs.get(shopper))) this.#lastEventAtMs.set(shopper, atMs);
    if (!starts) return;
    if (session !== undefined) this.#sessionHash.set(shopper, hashText(session));
    this.#sessionNumber.add(shopper, 1);
    this.#sessionStartMs.set(shopper, atMs);
    this.#sessionTouches.set(shopper, 0);
  }

  /** Reads a shopper's history as of `atMs` into `out`, latest first; `session` and time tell whether a new session starts. */
  gather(shopper: number, session: string | undefined, atMs: number, out: History): void {
    out.clear();
    if (shopper < 0) return;
    out.sessionNumber = this.#sessionNumber.get(shopper);
    out.basketNumber = this.#basketNumber.get(shopper);
    out.touchNumber = this.#touchNumber.get(shopper);
    out.repeats = this.#repeats.get(shopper);
    out.lastTouchAtMs = this.#lastTouchAtMs.get(shopper);
    out.sessionStartMs = this.#sessionStartMs.get(shopper);
    out.sessionTouchCount = this.#sessionTouches.get(shopper);
    out.run = this.#run.get(shopper);
    if (this.#startsSession(shopper, session, atMs)) {
      out.sessionNumber++;
      out.sessionStartMs = atMs;
      out.sessionTouchCount = 0;
    }
    const start = this.#start.get(shopper);
    for (let at = this.#latest.get(shopper); at >= 0; at = this.#older.get(start + at)) {
      const cell = start + at;
      const i = out.push(this.#item.get(cell));
      out.lastAtMs[i] = this.#lastAtMs.get(cell);
      out.spanMs[i] = this.#spanMs.get(cell);
      for (let h = 0; h < this.#counts.length; h++) out.counts[h]![i] = this.#counts[h]!.get(cell);
      out.touches[i] = this.#touches.get(cell);
      out.clicks[i] = this.#clicks.get(cell);
      out.lastAction[i] = this.#lastAction.get(cell);
      out.session[i] = this.#session.get(cell);
      out.sessionTouches[i] = this.#sessionTouchCount.get(cell);
      out.basket[i] = this.#basket.get(cell);
      out.sequence[i] = this.#sequence.get(cell);
    }
  }

  /** A choice of this shopper. One that comes late counts, decayed, but does not become the latest. */
  touch(shopper: number, item: number, action: number, atMs: number): void {
    if (shopper < 0 || item < 0) return;
    const last = this.#lastTouchAtMs.get(shopper);
    if (atMs !== last) this.#basketNumber.add(shopper, 1);
    if (!(atMs < last)) this.#lastTouchAtMs.set(shopper, atMs);
    this.#touchNumber.add(shopper, 1);
    this.#sessionTouches.add(shopper, 1);
    const start = this.#start.get(shopper);
    let at = this.#find(shopper, item);
    const isNew = at < 0;
    this.#run.set(shopper, !isNew && at === this.#latest.get(shopper) ? this.#run.get(shopper) + 1 : 1);
    if (isNew) at = this.#newEntry(shopper, item, atMs);
    else {
      this.#repeats.add(shopper, 1);
      if (atMs >= this.#lastAtMs.get(start + at)) {
        this.#unlink(shopper, at);
        this.#link(shopper, at, atMs);
      }
    }
    this.#fold(shopper, this.#start.get(shopper) + at, action, atMs, isNew);
  }

  /** Forgets shoppers not heard of for the expiry time, a few rows at each call. */
  sweep(clockMs: number): void {
    for (let i = 0; i < sweepRows && this.#lastEventAtMs.length > 0; i++) {
      const row = this.#registers.array[0]! % this.#lastEventAtMs.length;
      this.#registers.array[0] = row + 1;
      if (clockMs - this.#lastEventAtMs.get(row) > this.#expiryMs) this.forget(row);
    }
  }

  /** Frees a shopper's row and all that is kept for it. */
  forget(shopper: number): void {
    for (const listener of this.#listeners) listener.forget(shopper);
    this.#clear(shopper);
    this.#ids.remove(shopper);
  }

  get #byRow() {
    return [
      this.#joined,
      this.#lastEventAtMs,
      this.#lastTouchAtMs,
      this.#sessionHash,
      this.#sessionNumber,
      this.#sessionStartMs,
      this.#sessionTouches,
      this.#basketNumber,
      this.#touchNumber,
      this.#repeats,
      this.#run,
      this.#start,
      this.#count,
      this.#capacity,
      this.#latest,
      this.#oldest,
    ];
  }

  get #byCell() {
    return [
      this.#item,
      this.#lastAtMs,
      this.#spanMs,
      ...this.#counts,
      this.#touches,
      this.#session,
      this.#basket,
      this.#sequence,
      this.#clicks,
      this.#sessionTouchCount,
      this.#lastAction,
      this.#older,
      this.#newer,
    ];
  }

  #startsSession(shopper: number, session: string | undefined, atMs: number): boolean {
    const last = this.#lastEventAtMs.get(shopper);
    if (Number.isNaN(last) || atMs - last > sessionGapMs) return true;
    return session !== undefined && hashText(session) !== this.#sessionHash.get(shopper);
  }

  /** Distance of an item's entry from the block's start, or −1. */
  #find(shopper: number, item: number): number {
    const start = this.#start.get(shopper);
    const count = this.#count.get(shopper);
    for (let at = 0; at < count; at++) if (this.#item.get(start + at) === item) return at;
    return -1;
  }

  #newEntry(shopper: number, item: number, atMs: number): number {
    const count = this.#count.get(shopper);
    let at = count;
    if (count >= historyMax) {
      at = this.#oldest.get(shopper);
      this.#unlink(shopper, at);
    } else {
      if (count >= this.#capacity.get(shopper)) this.#grow(shopper);
      this.#count.set(shopper, count + 1);
    }
    const cell = this.#start.get(shopper) + at;
    for (const column of this.#byCell) column.set(cell, 0);
    this.#item.set(cell, item);
    this.#lastAtMs.set(cell, atMs);
    this.#link(shopper, at, atMs);
    return at;
  }

  #fold(shopper: number, cell: number, action: number, atMs: number, isNew: boolean): void {
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
    this.#touches.add(cell, 1);
    if (action === actionCode.click) this.#clicks.set(cell, Math.min(255, this.#clicks.get(cell) + 1));
    if (isLate) return;
    if (!isNew) this.#spanMs.add(cell, atMs - last);
    const session = this.#sessionNumber.get(shopper);
    const touchesBefore = !isNew && this.#session.get(cell) === session ? this.#sessionTouchCount.get(cell) : 0;
    this.#sessionTouchCount.set(cell, Math.min(255, touchesBefore + 1));
    this.#session.set(cell, session);
    this.#basket.set(cell, this.#basketNumber.get(shopper));
    this.#sequence.set(cell, this.#touchNumber.get(shopper));
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
      older = this.#older.get(start + older);
    }
    this.#older.set(start + at, older);
    this.#newer.set(start + at, newer);
    if (older >= 0) this.#newer.set(start + older, at);
    else this.#oldest.set(shopper, at);
    if (newer >= 0) this.#older.set(start + newer, at);
    else this.#latest.set(shopper, at);
  }

  #unlink(shopper: number, at: number): void {
    const start = this.#start.get(shopper);
    const older = this.#older.get(start + at);
    const newer = this.#newer.get(start + at);
    if (older >= 0) this.#newer.set(start + older, newer);
    else this.#oldest.set(shopper, newer);
    if (newer >= 0) this.#older.set(start + newer, older);
    else this.#latest.set(shopper, older);
  }

  #grow(shopper: number): void {
    const count = this.#count.get(shopper);
    const capacity = Math.max(4, this.#capacity.get(shopper) * 2);
    const start = this.#slab.allocate(capacity);
    for (const column of this.#byCell) column.ensure(this.#slab.cells);
    if (count > 0) {
      for (const column of this.#byCell) column.copy(this.#start.get(shopper), start, count);
      this.#slab.free(this.#start.get(shopper), this.#capacity.get(shopper));
    }
    this.#start.set(shopper, start);
    this.#capacity.set(shopper, capacity);
  }

  #clear(shopper: number): void {
    if (this.#start.get(shopper) >= 0) this.#slab.free(this.#start.get(shopper), this.#capacity.get(shopper));
    this.#fields.write(shopper, undefined);
    for (const column of this.#byRow) if (shopper < column.length) column.set(shopper, column.fill);
  }

  /** What a session did becomes the user's: its history is merged by time, its row keeps only the link. */
  #join(session: number, user: number): void {
    if (this.#count.get(session) > 0) this.#mergeHistory(session, user);
    for (const listener of this.#listeners) listener.join(session, user);
    const lastEvent = this.#lastEventAtMs.get(session);
    if (Number.isNaN(this.#lastEventAtMs.get(user)) && !Number.isNaN(lastEvent)) {
      this.#lastEventAtMs.set(user, lastEvent);
      this.#sessionHash.set(user, this.#sessionHash.get(session));
      this.#sessionNumber.set(user, this.#sessionNumber.get(session));
      this.#sessionStartMs.set(user, this.#sessionStartMs.get(session));
      this.#sessionTouches.set(user, this.#sessionTouches.get(session));
    }
    this.#clear(session);
    this.#joined.set(session, user);
    this.#lastEventAtMs.set(session, lastEvent);
  }

  #mergeHistory(session: number, user: number): void {
    const start = this.#start.get(session);
    for (let at = this.#oldest.get(session); at >= 0; at = this.#newer.get(start + at)) {
      const cell = start + at;
      const item = this.#item.get(cell);
      const atMs = this.#lastAtMs.get(cell);
      const touches = this.#touches.get(cell);
      this.touch(user, item, this.#lastAction.get(cell), atMs);
      const merged = this.#start.get(user) + this.#find(user, item);
      for (let h = 0; h < this.#counts.length; h++) {
        const count = this.#counts[h]!;
        const rest = (count.get(cell) - 1) * decay(this.#lastAtMs.get(merged) - atMs, touchHalfLivesMs[h]!);
        count.add(merged, Math.max(0, rest));
      }
      this.#touches.add(merged, touches - 1);
      this.#touchNumber.add(user, touches - 1);
      this.#clicks.set(merged, Math.min(255, this.#clicks.get(merged) + Math.max(0, this.#clicks.get(cell) - 1)));
    }
  }
}
