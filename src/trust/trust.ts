/**
 * Who is taught from? Every shopper is trusted until a rule on what they do is broken; what a suspect does is held in quarantine, and
 * comes back when the suspect turns out to be somebody. All of it goes by the events' own times, so every fold judges the same.
 */
import { actionCode } from "../core/actions.ts";
import { dayMs } from "../core/clock.ts";
import { FixedBuffer, Float64Column, Int32Column, registers, Uint8Column, Uint16Column } from "../core/columns.ts";
import { type State, state } from "../core/state.ts";
import { Behaviour, behaviourRules, type NotedChoice } from "./behaviour.ts";
import { Bursts } from "./bursts.ts";
import type { TrustLimits } from "./limits.ts";
import { type HeldEvent, Quarantine, type QuarantineBounds } from "./quarantine.ts";

/** Why a shopper is a suspect; `named`: the shop says so. */
export const reasons = [...behaviourRules, "burst", "named"] as const;
export type Reason = (typeof reasons)[number];

/** What trust can make of an event, in the order of the bits of {@link Trust.noted}. */
export const countNames = [
  "heldForPace",
  "heldForVolume",
  "heldForDwell",
  "heldForRepetition",
  "heldForBreadth",
  "heldForBurst",
  "heldByName",
  "released",
  "leftQuarantine",
  "overBudget",
] as const;
type Count = (typeof countNames)[number];

/** Verdict of a shopper: 0 trusted, else 1 + place of the reason. */
const trusted = 0;
const burstReason = reasons.indexOf("burst");
const namedReason = reasons.indexOf("named");

/** What the shop says of a shopper: nothing, or which. */
const said = { nothing: 0, trusted: 1, suspect: 2 } as const;

/** Calm choices since the last offence that clear a suspect, doubled with each time that one was suspected before. */
const calmChoices = 20;
const strikesMax = 8;
/** What is counted of a day's lessons. */
const lessonsMax = 65_535;
/** Different items that somebody chooses who did not come for the one that bursts. */
const ownItems = 3;

export interface JudgedOutcome extends NotedChoice {
  /** Row of the item, −1 where it is not known (yet). */
  readonly row: number;
}

export interface Suspect {
  readonly shopper: number;
  readonly reason: Reason;
  readonly sinceMs: number;
  /** Events in quarantine. */
  readonly held: number;
}

export class Trust {
  readonly state: readonly State[];
  /** Which counts moved, a bit each; scratch, set back by who reads it. */
  noted = 0;
  readonly #limits: TrustLimits;
  readonly #behaviour: Behaviour;
  readonly #bursts: Bursts;
  readonly #quarantine: Quarantine;
  // By shopper.
  readonly #verdict = new Uint8Column("verdict");
  readonly #said = new Uint8Column("said");
  readonly #sinceMs = new Float64Column("sinceMs", Number.NaN);
  /** How often the shopper became a suspect; and calm choices since the last offence. */
  readonly #strikes = new Uint8Column("strikes");
  readonly #calm = new Uint16Column("calm");
  /** Day of the shopper's last lesson, and lessons on it. */
  readonly #day = new Int32Column("day", -1);
  readonly #lessons = new Uint16Column("lessons");
  readonly #columns = [this.#verdict, this.#said, this.#sinceMs, this.#strikes, this.#calm, this.#day, this.#lessons];
  readonly #counts = new FixedBuffer("counts", new Float64Array(countNames.length));
  /** Suspects now. */
  readonly #registers = registers("registers", 1);

  constructor(limits: TrustLimits, bounds: QuarantineBounds) {
    this.#limits = limits;
    this.#behaviour = new Behaviour(limits);
    this.#bursts = new Bursts(limits.burst);
    this.#quarantine = new Quarantine(bounds);
    this.state = [
      state("trust", 1, [...this.#columns, this.#counts, this.#registers]),
      this.#behaviour.state,
      this.#bursts.state,
      this.#quarantine.state,
    ];
  }

  get counts(): Readonly<Record<Count, number>> {
    return Object.fromEntries(countNames.map((name, i) => [name, this.#counts.array[i]!])) as Record<Count, number>;
  }

  /** Shoppers who are suspects now. */
  get suspects(): number {
    return this.#registers.array[0]!;
  }

  /** Events in quarantine. */
  get held(): number {
    return this.#quarantine.size;
  }

  isSuspect(shopper: number): boolean {
    return shopper >= 0 && this.#verdict.get(shopper) !== trusted;
  }

  /** Trusted, and has events in quarantine that are to come back. */
  hasToCome(shopper: number): boolean {
    return this.#quarantine.of(shopper) > 0 && !this.isSuspect(shopper);
  }

  /** Judges a choice before anything of it is folded; afterwards {@link isSuspect} says how its shopper stands. Answers whether it may count. */
  judge(choice: JudgedOutcome): boolean {
    const { shopper, row, atMs } = choice;
    if (choice.action === actionCode.purchase) {
      // Whoever pays is somebody, however fast they are.
      this.#clear(shopper);
      return !this.isSuspect(shopper);
    }
    if (shopper < 0) return this.#admit(this.#bursts.note(row, true, atMs));
    const isNewcomer = this.#behaviour.items(shopper) === 0;
    const standing = this.#behaviour.note(choice);
    const isBurst = !standing.isStep && this.#bursts.note(row, isNewcomer, atMs);
    const broken = standing.broken >= 0 ? standing.broken : isBurst ? burstReason : -1;
    if (broken >= 0) this.#suspect(shopper, broken, atMs);
    else if (this.isSuspect(shopper) && !standing.isStep) this.#reconsider(shopper, standing.isCalm);
    return !this.isSuspect(shopper);
  }

  /** The shop says whom to trust: always, never, or (undefined) by the rules. */
  name(shopper: number, isTrusted: boolean | undefined, atMs: number): void {
    const says = isTrusted === undefined ? said.nothing : isTrusted ? said.trusted : said.suspect;
    if (shopper < 0 || this.#said.get(shopper) === says) return;
    this.#said.set(shopper, says);
    if (says === said.suspect) this.#setVerdict(shopper, namedReason, atMs);
    else if (says === said.trusted || this.#verdict.get(shopper) === namedReason + 1) this.#trust(shopper);
  }

  /** Puts an event of a suspect into quarantine. */
  hold(shopper: number, held: HeldEvent): void {
    this.#count(countNames[this.#verdict.get(shopper) - 1]!);
    this.#count("leftQuarantine", this.#quarantine.hold(shopper, held));
  }

  /** Events of the shopper in quarantine. */
  heldOf(shopper: number): number {
    return this.#quarantine.of(shopper);
  }

  /** What is in quarantine of a shopper, oldest first; it stays there. */
  eventsOf(shopper: number): HeldEvent[] {
    return this.#quarantine.heldOf(shopper);
  }

  /** Takes the events of a shopper out, oldest first, to be folded now. */
  release(shopper: number): HeldEvent[] {
    const released = this.#quarantine.release(shopper);
    this.#count("released", released.length);
    return released;
  }

  /** True if the shopper may still teach on the day of `clockMs`, which then is one lesson less; nobody always may. */
  mayTeach(shopper: number, clockMs: number): boolean {
    if (shopper < 0) return true;
    const day = Math.floor(clockMs / dayMs);
    const lessons = this.#day.get(shopper) === day ? this.#lessons.get(shopper) : 0;
    if (lessons >= this.#limits.lessons) {
      this.#count("overBudget");
      return false;
    }
    this.#day.set(shopper, day);
    this.#lessons.set(shopper, lessons + 1);
    return true;
  }

  /** True if the event at this offset is in quarantine. */
  holds(shopper: number, offset: number): boolean {
    return shopper >= 0 && this.#quarantine.holds(shopper, offset);
  }

  reasonOf(shopper: number): Reason | undefined {
    return this.isSuspect(shopper) ? reasons[this.#verdict.get(shopper) - 1] : undefined;
  }

  /** Suspects, the first rows first. */
  *list(): Generator<Suspect> {
    for (let shopper = 0; shopper < this.#verdict.length; shopper++) {
      const reason = this.reasonOf(shopper);
      if (reason === undefined) continue;
      yield { shopper, reason, sinceMs: this.#sinceMs.get(shopper), held: this.#quarantine.of(shopper) };
    }
  }

  /** What is in quarantine, the newest first. */
  newest(): Generator<HeldEvent & { readonly shopper: number }> {
    return this.#quarantine.newest();
  }

  /** A session turns out to be a user's: the user is a suspect if either was, unless the shop knows better. */
  join(from: number, to: number): void {
    this.#behaviour.join(from, to);
    if (this.#said.get(to) === said.nothing) this.#said.set(to, this.#said.get(from));
    this.#strikes.set(to, Math.max(this.#strikes.get(to), this.#strikes.get(from)));
    if (this.isSuspect(from) && !this.isSuspect(to) && this.#said.get(to) !== said.trusted)
      this.#setVerdict(to, this.#verdict.get(from) - 1, this.#sinceMs.get(from));
    if (this.#said.get(to) === said.trusted) this.#trust(to);
    else if (this.#said.get(to) === said.suspect) this.#setVerdict(to, namedReason, this.#sinceMs.get(to));
    this.#count("leftQuarantine", this.#quarantine.join(from, to));
    const day = Math.max(this.#day.get(from), this.#day.get(to));
    if (day >= 0) {
      const onThatDay = [from, to].map((shopper) => (this.#day.get(shopper) === day ? this.#lessons.get(shopper) : 0));
      this.#day.set(to, day);
      this.#lessons.set(to, Math.min(lessonsMax, onThatDay[0]! + onThatDay[1]!));
    }
    this.forget(from);
  }

  forget(shopper: number): void {
    this.#trust(shopper);
    this.#behaviour.forget(shopper);
    this.#count("leftQuarantine", this.#quarantine.forget(shopper));
    for (const column of this.#columns) if (shopper < column.length) column.set(shopper, column.fill);
  }

  forgetItem(item: number): void {
    this.#bursts.forgetItem(item);
  }

  /** Of an anonymous choice, which no verdict can bring back. */
  #admit(isBurst: boolean): boolean {
    if (isBurst) this.#count("heldForBurst");
    return !isBurst;
  }

  #suspect(shopper: number, reason: number, atMs: number): void {
    this.#calm.set(shopper, 0);
    if (this.isSuspect(shopper) || this.#said.get(shopper) === said.trusted) return;
    this.#strikes.set(shopper, Math.min(strikesMax, this.#strikes.get(shopper) + 1));
    this.#setVerdict(shopper, reason, atMs);
  }

  /** A suspect did something that breaks no rule. */
  #reconsider(shopper: number, isCalm: boolean): void {
    const verdict = this.#verdict.get(shopper);
    if (verdict === namedReason + 1) return;
    const calm = this.#calm.get(shopper) + (isCalm ? 1 : 0);
    this.#calm.set(shopper, calm);
    const isBurst = verdict === burstReason + 1;
    if (isBurst ? this.#behaviour.items(shopper) >= ownItems : calm >= calmChoices << (this.#strikes.get(shopper) - 1))
      this.#trust(shopper);
  }

  #clear(shopper: number): void {
    if (!this.isSuspect(shopper) || this.#said.get(shopper) === said.suspect) return;
    this.#behaviour.forget(shopper);
    this.#trust(shopper);
  }

  #setVerdict(shopper: number, reason: number, atMs: number): void {
    if (!this.isSuspect(shopper)) this.#registers.array[0]!++;
    this.#verdict.set(shopper, reason + 1);
    this.#sinceMs.set(shopper, atMs);
  }

  #trust(shopper: number): void {
    if (!this.isSuspect(shopper)) return;
    this.#registers.array[0]!--;
    this.#verdict.set(shopper, trusted);
    this.#sinceMs.set(shopper, Number.NaN);
    this.#calm.set(shopper, 0);
  }

  #count(name: Count, times = 1): void {
    if (times === 0) return;
    const place = countNames.indexOf(name);
    this.#counts.array[place]! += times;
    // What leaves is not the event that is folded, but one that waited.
    if (name !== "leftQuarantine") this.noted |= 1 << place;
  }
}
