/**
 * What came of each of the latest events, noted as it was folded: a ring by offset of which counts moved, and the list that was opened
 * or joined. Folded state, so that a restart, and a fold elsewhere, tell the same. What comes later is told by the list itself.
 */
import { type Attribution, countNames as joinedNames } from "./attribution/attribution.ts";
import type { Baskets } from "./attribution/baskets.ts";
import type { LessonBudget } from "./attribution/lesson-budget.ts";
import { Int32Column } from "./core/columns.ts";
import { assert } from "./core/errors.ts";
import type { Fact } from "./core/fact.ts";
import { limits } from "./core/limits.ts";
import { laidOut, type State, state } from "./core/state.ts";
import { type Trust, countNames as trustNames } from "./trust/trust.ts";

/** Beside the counts of the rooms: there was no row for an id; it counted as a choice, of somebody of whom something was known, and what its basket and the lessons of a second made of that. */
const ownNames = ["refusedIds", "choice", "knownShopper", "basketAdded", "basketStarted", "choiceOverBudget"] as const;

/** All that can be noted, in the order of the bits. */
const fateNames = [...joinedNames, ...trustNames, ...ownNames] as const;
export type FateName = (typeof fateNames)[number];

export interface Fate {
  readonly names: ReadonlySet<FateName>;
  /** Row of the list that it opened or joined; −1 if none, or if it is forgotten. */
  readonly slate: number;
}

interface Noting {
  readonly attribution: Attribution;
  readonly trust: Trust;
  readonly baskets: Baskets;
  readonly lessonBudget: LessonBudget;
  /** Events folded, and ids for which there was no row, so far. */
  readonly events: () => number;
  readonly refusedIds: () => number;
}

const ownBit = (name: (typeof ownNames)[number]): number => 1 << fateNames.indexOf(name);
const trustBits = joinedNames.length;
const releasedBit = 1 << (trustBits + trustNames.indexOf("released"));
const [refusedIds, choice, knownShopper, basketAdded, basketStarted, choiceOverBudget] = ownNames.map(ownBit) as [
  number,
  number,
  number,
  number,
  number,
  number,
];
const notKnown = -1;

export class Fates {
  readonly state: State;
  readonly #noting: Noting;
  readonly #kept = limits.fatesMax;
  // By offset modulo the ring's length.
  readonly #names = new Int32Column("names", notKnown);
  readonly #slate = new Int32Column("slate", -1);
  /** The low bits of the slate's sequence. */
  readonly #sequence = new Int32Column("sequence");
  #own = 0;
  #refusedBefore = 0;

  constructor(noting: Noting) {
    assert(fateNames.length < 31, "what can be noted of an event has a bit each");
    this.#noting = noting;
    this.state = laidOut(state("fates", 1, [this.#names, this.#slate, this.#sequence]), [fateNames]);
  }

  /** What comes is of the next event. */
  begin(): void {
    const { attribution, trust, baskets, lessonBudget } = this.#noting;
    attribution.noted = 0;
    attribution.touched = -1;
    trust.noted = 0;
    baskets.noted = "nothing";
    lessonBudget.wasRefused = false;
    this.#own = 0;
    this.#refusedBefore = this.#noting.refusedIds();
  }

  fold({ isChoice, history }: Fact): void {
    if (isChoice) this.#own |= choice;
    if (history.count > 0) this.#own |= knownShopper;
  }

  /** Notes what came of the event at this offset since {@link begin}; `isReleased`: of one that was held since it was folded first. */
  end(offset: number, isReleased = false): void {
    const { attribution, trust, baskets, lessonBudget } = this.#noting;
    if (!isReleased || this.#noting.events() - offset <= this.#kept) {
      const place = offset % this.#kept;
      let names = attribution.noted | (trust.noted << trustBits) | this.#own;
      if (this.#noting.refusedIds() > this.#refusedBefore) names |= refusedIds;
      if (baskets.noted !== "nothing") names |= baskets.noted === "started" ? basketStarted : basketAdded;
      if (lessonBudget.wasRefused) names |= choiceOverBudget;
      if (isReleased) names |= Math.max(0, this.#names.get(place)) | releasedBit;
      const slate = attribution.touched;
      this.#names.set(place, names);
      this.#slate.set(place, slate);
      this.#sequence.set(place, slate < 0 ? 0 : attribution.slates.sequence(slate) | 0);
    }
    this.begin();
  }

  /** Undefined: too many came since, or the state does not reach back so far. */
  of(offset: number): Fate | undefined {
    const place = offset % this.#kept;
    const names = this.#names.get(place);
    if (names === notKnown || this.#noting.events() - offset > this.#kept) return undefined;
    const { slates } = this.#noting.attribution;
    const slate = this.#slate.get(place);
    const sequence = this.#sequence.get(place);
    const isThere = slate >= 0 && sequence !== 0 && (slates.sequence(slate) | 0) === sequence;
    return {
      names: new Set(fateNames.filter((_, bit) => (names & (1 << bit)) !== 0)),
      slate: isThere ? slate : -1,
    };
  }
}
