/**
 * A shop's events, looked at one by one, in bounded memory: what would go wrong if they were learned from? Every check reports under its
 * codes, also where all is well. Nothing is changed, and nothing is learned.
 */
import { dayMs } from "../core/clock.ts";
import { Int32Column } from "../core/columns.ts";
import { LiveshelfError } from "../core/errors.ts";
import { isOwnNote, type LoggedEvent } from "../core/event.ts";
import { IdTable } from "../core/id-table.ts";
import { limits } from "../core/limits.ts";
import { parseEvent, withoutConsent } from "../core/parse-event.ts";
import { amounts } from "./amounts.ts";
import { bots, type Judge } from "./bots.ts";
import { catalogue } from "./catalogue.ts";
import { fields } from "./fields.ts";
import type { Finding, Status } from "./finding.ts";
import { Form } from "./form.ts";
import { hours } from "./hours.ts";
import { prices } from "./prices.ts";
import { repeats } from "./repeats.ts";
import { sales } from "./sales.ts";
import type { SeenEvent } from "./seen.ts";
import { shoppers } from "./shoppers.ts";
import { slates } from "./slates.ts";
import { times, unitOf } from "./times.ts";

export interface ExaminationOptions {
  /** Unix ms: what is later lies in the future. */
  readonly nowMs: number;
  /** Says of a choice which rule against robots it breaks. */
  readonly judge: Judge;
  /** The events are those of a log: parsed, and with the time of their arrival. */
  readonly isLog?: boolean;
  /** The shop's time zone, as IANA names it. */
  readonly zone?: string | undefined;
  /** An id that comes again within this counts once. */
  readonly dedupeHorizonMs?: number;
  /** Users, sessions and items each that are followed, of those that come first. */
  readonly idsMax?: number;
}

export interface DoctorReport {
  /** The worst of all findings. */
  readonly status: Status;
  /** Findings by status. */
  readonly passed: number;
  readonly warned: number;
  readonly failed: number;
  /** What was looked at. */
  readonly events: number;
  readonly users: number;
  readonly sessions: number;
  readonly items: number;
  /** First and last time, ISO 8601; absent without any. */
  readonly from?: string;
  readonly to?: string;
  readonly findings: readonly Finding[];
}

export class Examination {
  readonly #options: ExaminationOptions;
  readonly #users: IdTable;
  readonly #sessions: IdTable;
  readonly #items: IdTable;
  readonly #userOfSession = new Int32Column("userOfSession", -1);
  /** Rows of users and sessions as shoppers. */
  readonly #knownUsers = new Int32Column("users", -1);
  readonly #guests = new Int32Column("guests", -1);
  readonly #form = new Form();
  readonly #checks;
  readonly #seen: SeenEvent;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #atMs = 0;
  #unfollowed = 0;
  #shoppers = 0;
  #isCut = false;

  constructor(options: ExaminationOptions) {
    this.#options = options;
    const { nowMs, judge, isLog = false, zone, dedupeHorizonMs = dayMs, idsMax = limits.examinedIdsMax } = options;
    this.#users = new IdTable("users", idsMax);
    this.#sessions = new IdTable("sessions", idsMax);
    this.#items = new IdTable("items", idsMax);
    const lists = slates();
    this.#checks = [
      times({ nowMs, isLog }),
      hours(zone),
      repeats(dedupeHorizonMs),
      shoppers(this.#users, this.#sessions),
      bots(judge),
      lists,
      sales(),
      catalogue(this.#items, () => this.#isCut),
      fields(this.#items),
      prices(),
      amounts(lists.surfaces),
    ];
    this.#seen = {
      event: undefined as unknown as LoggedEvent,
      raw: undefined,
      where: "",
      atMs: 0,
      isTimed: false,
      item: -1,
      user: -1,
      session: -1,
      shopper: -1,
      guest: -1,
      shown: new Int32Array(limits.slateItemsMax),
      shownCount: 0,
    };
  }

  /** An event as it is sent. `raw`: what stood in the file, where that was something else. */
  take(given: unknown, where: string, raw: unknown = given): void {
    if (isOwnNote((given as { type?: unknown } | null)?.type)) return;
    this.#form.count();
    if (withoutConsent(given)) {
      this.#form.withoutConsent(where, given);
      return;
    }
    let event: LoggedEvent;
    try {
      event = parseEvent(given, this.#options.nowMs);
    } catch (error) {
      if (!(error instanceof LiveshelfError)) throw error;
      this.#form.refused(where, error.code, error.message, raw);
      return;
    }
    if (raw === given) this.#form.read(given as Record<string, unknown>, where);
    this.#see(event, (given as { time?: unknown }).time !== undefined, where, raw);
  }

  /** An event of the log. */
  takeLogged(event: LoggedEvent, offset: number): void {
    if (isOwnNote(event.type)) return;
    this.#form.count();
    this.#see(event, event.time !== event.receivedAt, `offset ${offset}`, event);
  }

  /** What came before the first event is not there to be looked at: a trimmed log has its items in its snapshots alone. */
  beginsLate(): void {
    this.#isCut = true;
  }

  /** Something that is no event. */
  refuse(where: string, code: string, message: string): void {
    this.#form.count();
    this.#form.refused(where, code, message, undefined);
  }

  /** `more`: findings on something else than the events. */
  report(more: readonly Finding[] = []): DoctorReport {
    const findings = [...more, ...this.#form.findings(), ...this.#checks.flatMap((check) => check.findings())];
    if (this.#unfollowed > 0) findings.push(this.#beyond());
    const count = (status: Status): number => findings.filter((finding) => finding.status === status).length;
    const failed = count("FAIL");
    const warned = count("WARN");
    return {
      status: failed > 0 ? "FAIL" : warned > 0 ? "WARN" : "PASS",
      passed: count("PASS"),
      warned,
      failed,
      events: this.#form.lines,
      users: this.#users.size,
      sessions: this.#sessions.size,
      items: this.#items.size,
      ...(this.#lastMs >= this.#firstMs && {
        from: new Date(this.#firstMs).toISOString(),
        to: new Date(this.#lastMs).toISOString(),
      }),
      findings,
    };
  }

  #see(event: LoggedEvent, isTimed: boolean, where: string, raw: unknown): void {
    const seen = this.#seen;
    seen.event = event;
    seen.raw = raw;
    seen.where = where;
    seen.isTimed = isTimed;
    const isLog = this.#options.isLog ?? false;
    if (isTimed || isLog) {
      // In another unit it is wrong once, and not in all that follows from it.
      const timeMs = event.time * unitOf(event.time, this.#options.nowMs)[1];
      seen.atMs = Math.min(timeMs, event.receivedAt);
      if (seen.atMs > this.#atMs) this.#atMs = seen.atMs;
      if (timeMs < this.#firstMs) this.#firstMs = timeMs;
      if (timeMs > this.#lastMs) this.#lastMs = timeMs;
    } else seen.atMs = this.#atMs;
    this.#intern(seen, event);
    for (const check of this.#checks) check.see(seen);
  }

  #intern(seen: SeenEvent, event: LoggedEvent): void {
    const { user, session, item } = event as { user?: string; session?: string; item?: string };
    seen.user = this.#row(this.#users, user);
    seen.session = this.#row(this.#sessions, session);
    seen.item = this.#row(this.#items, item);
    if (seen.user >= 0 && seen.session >= 0 && this.#userOfSession.get(seen.session) < 0)
      this.#userOfSession.set(seen.session, seen.user);
    const knownUser = seen.user >= 0 || seen.session < 0 ? seen.user : this.#userOfSession.get(seen.session);
    seen.guest = seen.session < 0 ? -1 : this.#guests.get(seen.session);
    if (knownUser >= 0) seen.shopper = this.#shopper(this.#knownUsers, knownUser);
    else seen.shopper = seen.session < 0 ? -1 : this.#shopper(this.#guests, seen.session);
    seen.shownCount = 0;
    if (event.type !== "slate") return;
    for (const one of event.items)
      seen.shown[seen.shownCount++] = this.#row(this.#items, typeof one === "string" ? one : one.item);
  }

  #shopper(rows: Int32Column, of: number): number {
    if (rows.get(of) < 0) rows.set(of, this.#shoppers++);
    return rows.get(of);
  }

  #row(ids: IdTable, id: string | undefined): number {
    if (id === undefined) return -1;
    const row = ids.intern(id);
    if (row < 0) this.#unfollowed++;
    return row;
  }

  #beyond(): Finding {
    return {
      code: "beyond-the-limit",
      status: "WARN",
      message: `More users, sessions or items than ${limits.examinedIdsMax.toLocaleString("en")} each: those that came first were followed.`,
      count: this.#unfollowed,
      costs: "What is said of single shoppers and items is true of these only.",
      mend: "Examine a part of the events at a time.",
    };
  }
}
