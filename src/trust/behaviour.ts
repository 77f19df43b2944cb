/**
 * How a shopper goes about it: decayed counts of choices, each of which people keep below a limit and robots do not. What
 * somebody turns to at one instant (a basket, an import that knows the day only) is one thing done, as far as pace goes.
 */
import { actionCode } from "../core/actions.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "../core/clock.ts";
import { Float32Column, Float64Column, Int32Column, Uint16Column } from "../core/columns.ts";
import { decay } from "../core/decayed.ts";
import { type State, state } from "../core/state.ts";

/** What is counted of each shopper, and the half-life of the count. */
const counted = [
  /** Choices, those of one instant as one. */
  ["pace", minuteMs],
  /** Choices, the same again at one instant as one. */
  ["volume", hourMs],
  /** Choices of another item within less than {@link quickMs} after the last one. */
  ["dwell", 10 * minuteMs],
  /** The same again with the item chosen last within less than {@link hastyMs}, but for views and carts: people look again, and take two. */
  ["repetition", hourMs],
  /** Choices of none of the {@link recentItems} items chosen last. */
  ["breadth", dayMs],
] as const;

/** Rules on what one shopper does. */
export type BehaviourRule = (typeof counted)[number][0];
export const behaviourRules: readonly BehaviourRule[] = counted.map(([name]) => name);

/** Nobody has looked at an item that is left for another one sooner than this. */
const quickMs = secondMs;
/** Stamps that differ by less are of one instant: some logs tell the order of a day by them. */
const instantMs = 10;
/** Who takes at least so long is in no hurry. */
const calmMs = 2 * secondMs;
/** Who comes back to an item later than this has come back to it: a favourite is no repetition. */
const hastyMs = 30 * secondMs;
const recentItems = 4;
/** What came without a time of its own was stamped at its arrival, which may be late and many at once: limits are so many times as large. */
const untimedPatience = 10;

export interface NotedChoice {
  readonly shopper: number;
  /** A hash of the item's id, not 0. */
  readonly item: number;
  /** Code of `core/actions.ts`. */
  readonly action: number;
  readonly atMs: number;
  /** The client said when; else it was stamped when it arrived. */
  readonly isTimed: boolean;
}

/** What a choice says of its shopper. */
export interface Standing {
  /** Index in {@link behaviourRules} of the first rule that is broken, −1 if none is. */
  readonly broken: number;
  /** All counts are below half of their limits, and the choice took its time. */
  readonly isCalm: boolean;
  /** A further step with the item chosen last, such as its first view after the click: nothing is counted. */
  readonly isStep: boolean;
}

export class Behaviour {
  readonly state: State;
  readonly #limits: readonly number[];
  readonly #atMs = new Float64Column("atMs", Number.NaN);
  /** [rule] by shopper: decayed count as of `atMs`. */
  readonly #counts = counted.map(([name]) => new Float32Column(name));
  /** [place] by shopper: hashes of the items chosen last, the latest first; 0 for none. */
  readonly #recent = Array.from({ length: recentItems }, (_, place) => new Int32Column(`recent${place}`));
  /** Bits of the actions taken with the item chosen last, since it is that. */
  readonly #actions = new Uint16Column("actions");
  readonly #columns = [this.#atMs, ...this.#counts, ...this.#recent, this.#actions];

  /** `limits`: the largest count of each rule that is no offence, ∞ for a rule that does not hold. */
  constructor(limits: Readonly<Record<BehaviourRule, number>>) {
    this.#limits = behaviourRules.map((rule) => limits[rule]);
    this.state = state("trust.behaviour", 1, this.#columns);
  }

  /** Decayed count of a rule as of `atMs`. */
  count(shopper: number, rule: BehaviourRule, atMs: number): number {
    const place = behaviourRules.indexOf(rule);
    const since = this.#atMs.get(shopper);
    const value = this.#counts[place]!.get(shopper);
    return value === 0 ? 0 : value * decay(atMs - since, counted[place]![1]);
  }

  /** Counts a choice, and says how its shopper stands with it. */
  note({ shopper, item, action, atMs, isTimed }: NotedChoice): Standing {
    const place = this.#place(shopper, item);
    const taken = place === 0 ? this.#actions.get(shopper) : 0;
    const isStep = place === 0 && (taken & (1 << action)) === 0;
    const last = this.#atMs.get(shopper);
    const elapsedMs = Math.abs(atMs - last);
    this.#actions.set(shopper, taken | (1 << action));
    if (isStep) return { broken: -1, isCalm: false, isStep };
    const isAnother = place !== 0;
    const isInstant = elapsedMs < instantMs;
    const added = [
      isInstant ? 0 : 1,
      isInstant && !isAnother ? 0 : 1,
      isAnother && !isInstant && elapsedMs < quickMs ? 1 : 0,
      place === 0 && elapsedMs < hastyMs && action !== actionCode.view && action !== actionCode.cart ? 1 : 0,
      place < 0 ? 1 : 0,
    ];
    let broken = -1;
    let isCalm = !(elapsedMs < calmMs);
    for (let rule = 0; rule < counted.length; rule++) {
      const value = this.#add(shopper, rule, added[rule]!, atMs, last);
      const limit = this.#limits[rule]! * (isTimed ? 1 : untimedPatience);
      if (value > limit && broken < 0) broken = rule;
      if (value > limit / 2) isCalm = false;
    }
    if (!(atMs < last)) this.#atMs.set(shopper, atMs);
    this.#toFront(shopper, item, place < 0 ? recentItems - 1 : place);
    return { broken, isCalm, isStep };
  }

  /** How many different items the shopper is known to have chosen, up to {@link recentItems}. */
  items(shopper: number): number {
    let items = 0;
    while (items < recentItems && this.#recent[items]!.get(shopper) !== 0) items++;
    return items;
  }

  /** What a session did its user did. */
  join(from: number, to: number): void {
    const [theirs, own] = [this.#atMs.get(from), this.#atMs.get(to)];
    if (Number.isNaN(theirs)) return;
    if (Number.isNaN(own)) for (const column of this.#columns) column.set(to, column.get(from));
    else for (let rule = 0; rule < counted.length; rule++) this.#merge(rule, from, to, theirs, own);
    if (own < theirs) this.#atMs.set(to, theirs);
    this.forget(from);
  }

  /** Counts begin again from nothing. */
  forget(shopper: number): void {
    for (const column of this.#columns) if (shopper < column.length) column.set(shopper, column.fill);
  }

  #merge(rule: number, from: number, to: number, theirs: number, own: number): void {
    const halfLifeMs = counted[rule]![1];
    const atMs = Math.max(theirs, own);
    const counts = this.#counts[rule]!;
    const value = counts.get(from) * decay(atMs - theirs, halfLifeMs) + counts.get(to) * decay(atMs - own, halfLifeMs);
    counts.set(to, value);
  }

  #add(shopper: number, rule: number, weight: number, atMs: number, last: number): number {
    const halfLifeMs = counted[rule]![1];
    const counts = this.#counts[rule]!;
    const value = counts.get(shopper);
    // One that comes late counts as if it had come in time.
    const isLate = atMs < last;
    const kept = value === 0 || isLate ? value : value * decay(atMs - last, halfLifeMs);
    counts.set(shopper, kept + (isLate ? weight * decay(last - atMs, halfLifeMs) : weight));
    return counts.get(shopper);
  }

  /** Place of the item among those chosen last, −1 if it is none of them. */
  #place(shopper: number, item: number): number {
    for (let place = 0; place < recentItems; place++) if (this.#recent[place]!.get(shopper) === item) return place;
    return -1;
  }

  #toFront(shopper: number, item: number, from: number): void {
    for (let place = from; place > 0; place--) this.#recent[place]!.set(shopper, this.#recent[place - 1]!.get(shopper));
    this.#recent[0]!.set(shopper, item);
  }
}
