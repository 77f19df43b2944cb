/**
 * What was sent, what was acknowledged, and what the log was seen to hold, with all that must be true between them. From the log, as it
 * grows, a clean fold and a slow twin go along.
 */
import type { Config } from "../../src/config.ts";
import type { LoggedEvent } from "../../src/core/event.ts";
import { eventAtMs } from "../../src/core/event.ts";
import { parseEvent } from "../../src/core/parse-event.ts";
import type { Engine, RecordReceipt } from "../../src/core/public.ts";
import { checksum } from "../../src/core/state.ts";
import { Learning } from "../../src/learn.ts";
import { buildRooms, type Rooms } from "../../src/rooms.ts";
import type { Disk } from "./disk.ts";
import { type Sent, serialOf } from "./traffic.ts";
import { Twin, type TwinSettings } from "./twin.ts";

/** What the simulation finds wrong. */
export class Fault extends Error {}

export function must(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new Fault(typeof message === "string" ? message : message());
}

interface Account {
  readonly sent: Sent;
  /** Times sent, and times answered as accepted or known. */
  offers: number;
  acknowledged: number;
  /** Offsets in the log. */
  offsets: number[];
}

/** What a call should answer, for calls that are taken in one piece. */
export interface Expected {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly number[];
}

export class Ledger {
  readonly #config: Config;
  readonly #disk: Disk;
  readonly #twinSettings: TwinSettings;
  readonly #accounts = new Map<number, Account>();
  /** The log by offset, as JSON, as far as it was seen; trimmed events included. */
  readonly lines: string[] = [];
  /** Ids of lists that the engine answered and said it logged. */
  readonly slates = new Set<string>();
  ticks = 0;
  twin: Twin;
  #clean: { rooms: Rooms; learning: Learning; offset: number };
  #checksum: { readonly offset: number; readonly text: string } | undefined;

  constructor(config: Config, disk: Disk, twinSettings: TwinSettings) {
    this.#config = config;
    this.#disk = disk;
    this.#twinSettings = twinSettings;
    this.twin = new Twin(twinSettings);
    this.#clean = this.#newHouse();
  }

  offer(batch: readonly Sent[]): void {
    for (const sent of batch) {
      const account = this.#accounts.get(sent.serial) ?? { sent, offers: 0, acknowledged: 0, offsets: [] };
      account.offers++;
      this.#accounts.set(sent.serial, account);
    }
  }

  /** A call that was refused as a whole: nothing of it was applied. */
  takeBack(batch: readonly Sent[]): void {
    for (const { serial } of batch) {
      const account = this.#accounts.get(serial)!;
      must(--account.offers >= account.offsets.length, `event ${serial} was refused and is in the log`);
    }
  }

  /** What a call of these events answers that comes in now and is taken in one piece. */
  expected(batch: readonly Sent[], nowMs: number): Expected {
    const ids = new Set<string>();
    const rejected: number[] = [];
    let accepted = 0;
    let duplicates = 0;
    batch.forEach(({ kind, id, input }, index) => {
      const atMs = Math.min(nowMs, (input.time as number | undefined) ?? nowMs);
      if (kind === "bad") rejected.push(index);
      else if (kind === "good" && id !== undefined && (ids.has(id) || this.#remembers(id, atMs))) duplicates++;
      else accepted++;
      if (kind === "good" && id !== undefined) ids.add(id);
    });
    return { accepted, duplicates, rejected };
  }

  #remembers(id: string, atMs: number): boolean {
    return this.twin.remembers(id, Math.max(this.twin.clockMs, atMs));
  }

  /** Everything that the receipt says must be so at this very moment. `engine`: if its reports tell of it. */
  acknowledge(batch: readonly Sent[], receipt: RecordReceipt, engine: Engine | undefined): void {
    const rejected = new Set(receipt.rejected.map(({ index }) => index));
    must(
      receipt.accepted + receipt.duplicates + receipt.rejected.length === batch.length,
      `a call of ${batch.length} events was answered with ${JSON.stringify(receipt)}`,
    );
    batch.forEach((sent, index) => {
      must(
        rejected.has(index) === (sent.kind === "bad"),
        `event ${sent.serial} (${sent.kind}) was ${rejected.has(index) ? "refused" : "taken"}`,
      );
      if (sent.kind === "good") this.#acknowledge(this.#accounts.get(sent.serial)!, receipt.offset);
    });
    if (engine !== undefined) this.checkReports(engine, batch);
  }

  #acknowledge(account: Account, below: number): void {
    const { sent, offsets } = account;
    account.acknowledged++;
    const times = offsets.filter((offset) => offset < below && this.#isOnDisk(offset)).length;
    const wanted = sent.id === undefined ? account.acknowledged : 1;
    must(times >= wanted, `event ${sent.serial} was acknowledged and is on the disk ${times} times, not ${wanted}`);
  }

  #isOnDisk(offset: number): boolean {
    return offset < (this.#disk.firsts[0] ?? 0) || this.#disk.holds(offset, this.lines[offset]!);
  }

  /** Takes in what the log got since, and checks it. */
  follow(engine: Engine): void {
    for (const { offset, event } of engine.events(this.lines.length)) {
      must(offset === this.lines.length, `the log goes on at ${offset}, not at ${this.lines.length}`);
      this.#check(event, offset);
      this.lines.push(JSON.stringify(event));
      this.twin.fold(event);
    }
  }

  #check(event: LoggedEvent, offset: number): void {
    const serial = serialOf(event);
    if (serial < 0) {
      if (event.type === "slate") must(this.slates.has(event.slate!), `slate ${event.slate} was never answered`);
      else must(event.type === "tick", `nobody sent the event ${JSON.stringify(event)}`);
      return;
    }
    const account = this.#accounts.get(serial);
    must(account !== undefined, `event ${serial} was never sent`);
    const { sent, offers, offsets } = account;
    must(sent.kind === "good", `event ${serial} (${sent.kind}) is in the log`);
    const parsed = JSON.stringify(parseEvent(sent.input, event.receivedAt));
    must(JSON.stringify(event) === parsed, () => `sent: ${parsed}, in the log: ${JSON.stringify(event)}`);
    offsets.push(offset);
    must(offsets.length <= offers, `event ${serial} was sent ${offers} times and is in the log at ${offsets}`);
    must(
      sent.id === undefined || !this.#remembers(sent.id, eventAtMs(event)),
      `event ${serial} (${sent.id}) is in the log twice, at ${offsets}`,
    );
  }

  /** What was not durable is gone: the log ends here. */
  cut(head: number): void {
    if (head >= this.lines.length) return;
    this.lines.length = head;
    this.#recount();
    for (const { sent, acknowledged, offsets } of this.#accounts.values()) {
      const wanted = sent.id === undefined ? acknowledged : Math.min(1, acknowledged);
      must(offsets.length >= wanted, `event ${sent.serial} was acknowledged ${acknowledged} times and is lost`);
    }
  }

  /** Of what was seen of the log, all that it still has must be the same. */
  compare(engine: Engine, from: number): void {
    let next = Math.max(from, engine.status().logStart);
    for (const { offset, event } of engine.events(from)) {
      must(offset === next++, `the log goes on at ${offset}, not at ${next - 1}`);
      if (offset >= this.lines.length) break;
      const line = JSON.stringify(event);
      must(line === this.lines[offset], () => `offset ${offset} was ${this.lines[offset]}, and is now ${line}`);
    }
    this.follow(engine);
  }

  #recount(): void {
    for (const account of this.#accounts.values()) account.offsets = [];
    this.twin = new Twin(this.#twinSettings);
    this.lines.forEach((line, offset) => {
      const event = JSON.parse(line) as LoggedEvent;
      this.#accounts.get(serialOf(event))?.offsets.push(offset);
      this.twin.fold(event);
    });
  }

  /** What the engine says of the users and items of these events is what the twin says. */
  checkReports(engine: Engine, of: readonly Sent[]): void {
    for (const id of new Set(of.map(({ item }) => item))) if (id !== undefined) this.#checkItem(engine, id);
    for (const id of new Set(of.map(({ user }) => user))) if (id !== undefined) this.#checkUser(engine, id);
  }

  checkAllReports(engine: Engine): void {
    for (const id of this.twin.items.keys()) this.#checkItem(engine, id);
    for (const id of this.twin.users.keys()) this.#checkUser(engine, id);
  }

  #checkItem(engine: Engine, id: string): void {
    const item = this.twin.items.get(id);
    if (item === undefined || (item.removed && this.twin.isItemUncertain(id))) return;
    const report = engine.item(id);
    const found = report && { fields: sorted(report.fields), removed: report.removed };
    const wanted = { fields: sorted(item.fields), removed: item.removed };
    must(
      JSON.stringify(found) === JSON.stringify(wanted),
      () => `item ${id} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`,
    );
  }

  #checkUser(engine: Engine, id: string): void {
    const recent = this.twin.recent(id);
    if (recent === undefined) return;
    const report = engine.user(id);
    const told = report?.recent.filter(({ item }) => !this.twin.isItemUncertain(item));
    const found = report && { recent: told, fields: sorted(report.fields) };
    const wanted = { recent, fields: sorted(this.twin.users.get(id)!.fields) };
    must(
      JSON.stringify(found) === JSON.stringify(wanted),
      () => `user ${id} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`,
    );
  }

  /** Checksum of a clean fold of the first `offset` events. They must be durable, as the fold only goes on. */
  cleanChecksum(offset: number): string {
    if (offset < this.#clean.offset) this.#clean = this.#newHouse();
    this.foldOn(this.#clean.learning, this.#clean.offset, offset);
    this.#clean.offset = offset;
    if (this.#checksum?.offset !== offset) this.#checksum = { offset, text: checksum(this.#clean.rooms.states) };
    return this.#checksum.text;
  }

  foldOn(learning: Learning, from: number, to: number): void {
    for (let at = from; at < to; at++) learning.fold(JSON.parse(this.lines[at]!) as LoggedEvent, at);
  }

  #newHouse() {
    const rooms = buildRooms(this.#config);
    return { rooms, learning: new Learning(rooms), offset: 0 };
  }
}

const sorted = (fields: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
