/**
 * Who is it, and what did they turn to? A shopper is a user where one is named, else a session; the first event that
 * carries both joins what the session did to the user.
 */
import { BlobStore } from "../core/blob-store.ts";
import type { Bounds } from "../core/bounds.ts";
import { minuteMs } from "../core/clock.ts";
import { Float64Column, Int32Column, registers, segmentRows } from "../core/columns.ts";
import type { Fields } from "../core/event.ts";
import { lasting, type RowKeys } from "../core/expiring-ids.ts";
import { type History, historyMax } from "../core/history.ts";
import { IdTable } from "../core/id-table.ts";
import { limits } from "../core/limits.ts";
import { hashText, mixPair } from "../core/random.ts";
import { prefixed, type State, state } from "../core/state.ts";
import { Histories } from "./histories.ts";

/** A session of a shopper ends after this without an event, or when its id changes. */
const sessionGapMs = 30 * minuteMs;
/** Bits of a code. */
const codeBits = 24;
/** Rows looked at for expiry with each event, and for each shopper that it brought: at most half of the rows can then be waiting to be forgotten. */
const sweptAtLeast = 2;
const sweptForEach = 2;
/** Beyond a bound: shoppers that leave with each event, beside one for each that came, and rows whose history is made shorter. */
const letGoAtOnce = 4;
const shortenedAtOnce = 8;

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
  readonly #histories: Histories;
  readonly #expiryMs: number;
  readonly #bounds: Bounds | undefined;
  #listeners: readonly ShopperListener[] = [];
  /** Shoppers that came since the last sweep: none between two events. */
  #came = 0;

  // By shopper row.
  /** The user that a session row was joined to, −1 if none; and the user's generation then, as a row forgotten is used again. */
  readonly #joined = new Int32Column("joined", -1);
  readonly #joinedGeneration = new Int32Column("joinedGeneration");
  /** How often the row was forgotten. */
  readonly #generation = new Int32Column("generation");
  readonly #lastEventAtMs = new Float64Column("lastEventAtMs", Number.NaN);
  readonly #lastTouchAtMs = new Float64Column("lastTouchAtMs", Number.NaN);
  readonly #sessionHash = new Int32Column("sessionHash");
  readonly #sessionNumber = new Int32Column("sessionNumber");
  readonly #sessionStartMs = new Float64Column("sessionStartMs", Number.NaN);
  readonly #sessionTouches = new Int32Column("sessionTouches");
  readonly #basketNumber = new Int32Column("basketNumber");
  readonly #touchNumber = new Int32Column("touchNumber");
  /** Touches of items that the shopper had touched before. */
  readonly #repeats = new Int32Column("repeats");
  /** Touches in a row of the item touched last. */
  readonly #run = new Int32Column("run");
  readonly #link = [this.#joined, this.#joinedGeneration, this.#lastEventAtMs];
  readonly #byRow = [
    ...[...this.#link, this.#lastTouchAtMs, this.#sessionHash, this.#sessionNumber, this.#sessionStartMs],
    ...[this.#sessionTouches, this.#basketNumber, this.#touchNumber, this.#repeats, this.#run],
  ];

  /** Row that the expiry sweep looks at next. */
  readonly #registers = registers("registers", 1);

  /** `items`: keys of the items' rows. `bounds`: how many shoppers, and items of each, may be kept at present. */
  constructor(expiryMs: number, items: RowKeys = lasting, bounds?: Bounds) {
    this.#expiryMs = expiryMs;
    this.#bounds = bounds;
    this.#histories = new Histories(items, bounds);
    const parts = [this.#ids.state, this.#fields.state, this.#histories.state];
    this.state = state("shoppers", 2, [...parts.flatMap(prefixed), ...this.#byRow, this.#generation, this.#registers]);
  }

  listen(listeners: readonly ShopperListener[]): void {
    this.#listeners = listeners;
  }

  get count(): number {
    return this.#ids.size;
  }

  /** Rows in use or free, and cells of the histories: what is free is used again before either grows. */
  get room(): {
    readonly rows: number;
    readonly cells: number;
    readonly cellsInUse: number;
    readonly cellBytes: number;
  } {
    return { rows: this.#lastEventAtMs.length, ...this.#histories.room };
  }

  /** Whose row it is: a user's, or a session's. */
  nameOf(shopper: number): { readonly user: string } | { readonly session: string } | undefined {
    const id = this.#ids.id(shopper);
    if (id === undefined) return undefined;
    return id.startsWith("u") ? { user: id.slice(1) } : { session: id.slice(1) };
  }

  /** The shopper who asks; nothing changes. −1 for one never seen, or nobody. */
  find(user: string | undefined, session: string | undefined): number {
    if (user !== undefined) return this.#ids.find(`u${user}`);
    if (session === undefined) return -1;
    const row = this.#ids.find(`s${session}`);
    const joined = this.#joinedTo(row);
    return joined >= 0 ? joined : row;
  }

  /** The shopper of an event, made if need be; joins the session to the user when both are first seen together. −1: nobody, or no room. */
  intern(user: string | undefined, session: string | undefined): number {
    if (user === undefined && session === undefined) return -1;
    const sessionRow = session === undefined ? -1 : this.#ids.find(`s${session}`);
    if (user === undefined) {
      if (sessionRow < 0) return this.#internId(`s${session}`);
      const joined = this.#joinedTo(sessionRow);
      return joined >= 0 ? joined : sessionRow;
    }
    const userRow = this.#internId(`u${user}`);
    if (userRow < 0 || session === undefined) return userRow;
    const row = sessionRow >= 0 ? sessionRow : this.#internId(`s${session}`);
    if (row >= 0 && this.#joinedTo(row) < 0) this.#join(row, userRow);
    return userRow;
  }

  /** The same for one whom an event only names: who is new and not heard of often enough yet counts as nobody while memory is scarce. */
  internNamed(user: string | undefined, session: string | undefined): number {
    const bounds = this.#bounds;
    if (bounds === undefined || bounds.admission === 1) return this.intern(user, session);
    const isKnown = session !== undefined && this.#ids.find(`s${session}`) >= 0;
    const row = this.find(user, session);
    if (row < 0 && !isKnown && !bounds.admits(hashText(user === undefined ? `s${session}` : `u${user}`))) return -1;
    // A session of one who is known needs no row until it comes again.
    const isLink = row >= 0 && session !== undefined && !isKnown;
    return isLink && !bounds.admits(hashText(`s${session}`)) ? row : this.intern(user, session);
  }

  /** True if the row is the shopper's, or of a session that turned out to be theirs. */
  isSame(row: number, shopper: number): boolean {
    return row === shopper || (shopper >= 0 && this.#joinedTo(row) === shopper);
  }

  /** The shopper that a row is of: the user that a session turned out to be, else the row itself. */
  ownerOf(row: number): number {
    const joined = this.#joinedTo(row);
    return joined >= 0 ? joined : row;
  }

  #internId(id: string): number {
    const { size } = this.#ids;
    const bounds = this.#bounds;
    if (bounds?.isFull === true && size >= bounds.shoppers && this.#ids.find(id) < 0) {
      bounds.count("ceilingRefused");
      return -1;
    }
    const row = this.#ids.intern(id);
    if (this.#ids.size > size) this.#came++;
    return row;
  }

  /** A code of the row for models, exact in 32-bit floats: the row itself for its first shopper, another for each that has it later. */
  code(shopper: number): number {
    const generation = shopper < 0 ? 0 : this.#generation.get(shopper);
    return generation === 0 ? shopper : mixPair(shopper, generation) >>> (32 - codeBits);
  }

  fields(shopper: number): Fields | undefined {
    return this.#fields.read(shopper);
  }

  /** Merges fields as items do: given ones replace, null deletes. False, and nothing changes, where the shopper would hold too many. */
  mergeFields(shopper: number, given: Fields): boolean {
    const merged = new Map(Object.entries(this.#fields.read(shopper) ?? {}));
    for (const [name, value] of Object.entries(given)) {
      if (value === null) merged.delete(name);
      else merged.set(name, value);
    }
    const fields = Object.fromEntries(merged);
    if (merged.size > limits.fieldsMax || Buffer.byteLength(JSON.stringify(fields)) > limits.eventBytesMax)
      return false;
    this.#fields.write(shopper, fields);
    return true;
  }

  /** Notes that an event of this shopper came. `session`: its id, if given. */
  arrive(shopper: number, session: string | undefined, atMs: number): void {
    if (shopper < 0) return;
    const starts = this.#startsSession(shopper, session, atMs);
    this.#hear(shopper, atMs);
    // The link from a session to its user lives as long as the session is heard of.
    const sessionRow = session === undefined ? -1 : this.#ids.find(`s${session}`);
    if (sessionRow >= 0) this.#hear(sessionRow, atMs);
    if (!starts) return;
    if (session !== undefined) this.#sessionHash.set(shopper, hashText(session));
    this.#sessionNumber.add(shopper, 1);
    this.#sessionStartMs.set(shopper, atMs);
    this.#sessionTouches.set(shopper, 0);
  }

  /**
   * Reads a shopper's history as of `atMs` into `out`, latest first; `session` and time tell whether a new session starts.
   * `recent`: only so many items, and of each only time, basket and action.
   */
  gather(shopper: number, session: string | undefined, atMs: number, out: History, recent?: number): void {
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
    if (recent === undefined) this.#histories.gather(shopper, out);
    else this.#histories.gatherRecent(shopper, out, recent);
  }

  /** True if the shopper turned to the item before. */
  knows(shopper: number, item: number): boolean {
    return shopper >= 0 && this.#histories.has(shopper, item);
  }

  /** A choice of this shopper. One that comes late counts, decayed, but does not become the latest. */
  touch(shopper: number, item: number, action: number, atMs: number): void {
    if (shopper < 0 || item < 0) return;
    const last = this.#lastTouchAtMs.get(shopper);
    if (atMs !== last) this.#basketNumber.add(shopper, 1);
    if (!(atMs < last)) this.#lastTouchAtMs.set(shopper, atMs);
    this.#touchNumber.add(shopper, 1);
    this.#sessionTouches.add(shopper, 1);
    if (!(atMs < last))
      this.#run.set(shopper, this.#histories.isLatest(shopper, item) ? this.#run.get(shopper) + 1 : 1);
    if (this.#histories.has(shopper, item)) this.#repeats.add(shopper, 1);
    this.#histories.touch(shopper, item, action, atMs, this.#standing(shopper));
  }

  /** The shopper hid, disliked or brought back an item. */
  turnAway(shopper: number, item: number, action: number): void {
    if (shopper >= 0 && item >= 0) this.#histories.turnAway(shopper, item, action);
  }

  /** Forgets shoppers not heard of for the expiry time, a few rows at each call. */
  sweep(clockMs: number): void {
    const { length } = this.#lastEventAtMs;
    const looked = length > 0 ? sweptAtLeast + sweptForEach * this.#came : 0;
    if (this.#bounds !== undefined && this.#bounds.step > 0) this.#keepToBounds(this.#bounds);
    this.#came = 0;
    for (let i = 0; i < looked; i++) {
      const next = this.#registers.array[0]!;
      const row = next < length ? next : 0;
      this.#registers.array[0] = row + 1;
      if (clockMs - this.#lastEventAtMs.get(row) > this.#expiryMs) this.forget(row);
    }
  }

  #keepToBounds(bounds: Bounds): void {
    const { length } = this.#lastEventAtMs;
    for (let i = letGoAtOnce + this.#came; i > 0 && this.count > bounds.shoppers; i--) {
      const row = bounds.leastRecent(length, Number.POSITIVE_INFINITY, (one) => this.#lastEventAtMs.get(one));
      if (row < 0) break;
      this.forget(row);
      bounds.count("ceilingShoppers");
    }
    if (bounds.touches < historyMax && length > 0)
      for (let i = 0; i < shortenedAtOnce; i++) this.#histories.shorten(bounds.draw(length));
  }

  /** Frees a shopper's row and all that is kept for it. */
  forget(shopper: number): void {
    for (const listener of this.#listeners) listener.forget(shopper);
    this.#clear(shopper);
    this.#generation.add(shopper, 1);
    this.#ids.remove(shopper);
  }

  /** How many distinct items are kept that the shopper turned to. */
  itemsOf(shopper: number): number {
    return shopper < 0 ? 0 : this.#histories.count(shopper);
  }

  /** The sessions that turned out to be the shopper's. */
  sessionsOf(shopper: number): string[] {
    return this.sessionRowsOf(shopper).map((row) => this.#ids.id(row)!.slice(1));
  }

  /** Their rows. */
  sessionRowsOf(shopper: number): number[] {
    const rows: number[] = [];
    if (shopper < 0) return rows;
    for (const [n, segment] of this.#joined.segments.entries()) {
      for (let at = segment.indexOf(shopper); at >= 0; at = segment.indexOf(shopper, at + 1)) {
        const row = n * segmentRows + at;
        if (this.#joinedTo(row) === shopper) rows.push(row);
      }
    }
    return rows;
  }

  /** The user that a session turned out to be, undefined where it is nobody's or unknown. */
  ownerOfSession(session: string): string | undefined {
    const owner = this.nameOf(this.find(undefined, session));
    return owner !== undefined && "user" in owner ? owner.user : undefined;
  }

  /** Frees a user's row and those of the sessions that turned out to be theirs; answers which, none for a user never seen. */
  erase(user: string): number[] {
    const shopper = this.find(user, undefined);
    if (shopper < 0) return [];
    const rows = [...this.sessionRowsOf(shopper), shopper];
    for (const row of rows) this.forget(row);
    return rows;
  }

  /** The user that a session's row is joined to, −1 if none or if that user was forgotten. */
  #joinedTo(row: number): number {
    const joined = this.#joined.get(row);
    return joined >= 0 && this.#generation.get(joined) === this.#joinedGeneration.get(row) ? joined : -1;
  }

  #hear(row: number, atMs: number): void {
    if (!(atMs < this.#lastEventAtMs.get(row))) this.#lastEventAtMs.set(row, atMs);
  }

  #standing(shopper: number) {
    return {
      session: this.#sessionNumber.get(shopper),
      basket: this.#basketNumber.get(shopper),
      sequence: this.#touchNumber.get(shopper),
    };
  }

  #startsSession(shopper: number, session: string | undefined, atMs: number): boolean {
    const last = this.#lastEventAtMs.get(shopper);
    if (Number.isNaN(last) || atMs - last > sessionGapMs) return true;
    return session !== undefined && hashText(session) !== this.#sessionHash.get(shopper);
  }

  #clear(shopper: number): void {
    this.#histories.forget(shopper);
    this.#fields.write(shopper, undefined);
    // A session that is a user's has nothing but its link, and a user may have thousands of them.
    const columns = this.#joinedTo(shopper) >= 0 ? this.#link : this.#byRow;
    for (const column of columns) if (shopper < column.length) column.set(shopper, column.fill);
  }

  /** What a session did becomes the user's: its history is merged by time, its row keeps only the link. */
  #join(session: number, user: number): void {
    const lastEvent = this.#lastEventAtMs.get(session);
    // The session goes on as the user's, unless the user was heard of since.
    const goesOn = !Number.isNaN(lastEvent) && !(lastEvent <= this.#lastEventAtMs.get(user));
    if (goesOn && this.#histories.isEmpty(user)) {
      for (const column of this.#byRow) column.set(user, column.get(session));
      this.#joined.set(user, -1);
      this.#histories.move(session, user);
    } else if (goesOn) this.#goOn(session, user);
    if (!this.#histories.isEmpty(session)) {
      this.#basketNumber.add(user, 1);
      this.#touchNumber.add(user, this.#histories.merge(session, user, this.#standing(user)));
      const touched = this.#lastTouchAtMs.get(session);
      if (!(this.#lastTouchAtMs.get(user) >= touched)) {
        this.#lastTouchAtMs.set(user, touched);
        this.#run.set(user, this.#run.get(session));
      }
    }
    for (const listener of this.#listeners) listener.join(session, user);
    this.#clear(session);
    this.#joined.set(session, user);
    this.#joinedGeneration.set(session, this.#generation.get(user));
    this.#lastEventAtMs.set(session, lastEvent);
  }

  /** The session under way becomes the user's next one. */
  #goOn(session: number, user: number): void {
    this.#sessionNumber.add(user, 1);
    for (const column of [this.#lastEventAtMs, this.#sessionHash, this.#sessionStartMs, this.#sessionTouches])
      column.set(user, column.get(session));
  }
}
