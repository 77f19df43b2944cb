import type { Random } from "../core/random.ts";

/** What a shopper did with a list: 0-based positions, ascending; every clicked one is among the examined. */
export interface Reading {
  readonly examined: readonly number[];
  readonly clicks: readonly number[];
}

/** `attraction[k]`: chance, in [0, 1], that the item at position k is clicked when examined. */
export type ClickModel = (attraction: ArrayLike<number>, chance: Random) => Reading;

/** Chance that position k (0-based) is examined: (k + 1)^−eta; eta 0.5 (patient) to 2 (hasty). */
export const examination = (position: number, eta: number): number => (position + 1) ** -eta;

/**
 * Position-based model (Richardson et al. 2007): each position is examined or not by itself.
 *
 *     P(click at k) = examination(k) · attraction(k)
 *
 * Draws two numbers for every position, whatever is shown there: with the same seed two orders of a list meet the same luck.
 */
export function positionBased(eta = 0.8): ClickModel {
  return (attraction, chance) => {
    const examined: number[] = [];
    const clicks: number[] = [];
    for (let k = 0; k < attraction.length; k++) {
      const looks = chance.next() < examination(k, eta);
      const likes = chance.next() < attraction[k]!;
      if (looks) examined.push(k);
      if (looks && likes) clicks.push(k);
    }
    return { examined, clicks };
  };
}

/** Cascade model (Craswell et al. 2008): from the top down, until the first click. */
export const cascade: ClickModel = (attraction, chance) =>
  dynamicBayesian(new Float64Array(attraction.length).fill(1), 1)(attraction, chance);

/**
 * Dynamic Bayesian network (Chapelle & Zhang 2009): from the top down; a click satisfies with `satisfaction[k]`, which ends
 * the reading; otherwise, clicked or not, the next position is examined with chance `continuation`. All in [0, 1].
 */
export function dynamicBayesian(satisfaction: ArrayLike<number>, continuation = 0.9): ClickModel {
  return (attraction, chance) => {
    const examined: number[] = [];
    const clicks: number[] = [];
    for (let k = 0; k < attraction.length; k++) {
      examined.push(k);
      if (chance.next() < attraction[k]!) {
        clicks.push(k);
        if (chance.next() < satisfaction[k]!) break;
      }
      if (!(chance.next() < continuation)) break;
    }
    return { examined, clicks };
  };
}

/** How people with a purpose click: without error, to find one thing, or to learn about one. */
export type Behaviour = "perfect" | "navigational" | "informational";

interface GradeChances {
  /** Chance to click by grade, and to stop after that click. */
  readonly click: readonly number[];
  readonly stop: readonly number[];
}

/** By number of grades. Oosterhuis & de Rijke 2018 (PDGD), table 2. */
const gradeChances: Readonly<Record<3 | 5, Readonly<Record<Behaviour, GradeChances>>>> = {
  3: {
    perfect: { click: [0, 0.5, 1], stop: [0, 0, 0] },
    navigational: { click: [0.05, 0.5, 0.95], stop: [0.2, 0.5, 0.9] },
    informational: { click: [0.4, 0.7, 0.9], stop: [0.1, 0.3, 0.5] },
  },
  5: {
    perfect: { click: [0, 0.2, 0.4, 0.8, 1], stop: [0, 0, 0, 0, 0] },
    navigational: { click: [0.05, 0.3, 0.5, 0.7, 0.95], stop: [0.2, 0.3, 0.5, 0.7, 0.9] },
    informational: { click: [0.4, 0.6, 0.7, 0.8, 0.9], stop: [0.1, 0.2, 0.3, 0.4, 0.5] },
  },
};

/**
 * The cascade with stopping by grade that online learning to rank is tested on: every examined item is clicked with the
 * chance of its grade, and ends the reading with another. Takes grades (integers from 0, below `grades`) for attractions.
 */
export function graded(behaviour: Behaviour, grades: 3 | 5): ClickModel {
  const { click, stop } = gradeChances[grades][behaviour];
  return (shown, chance) => {
    const by = (chances: readonly number[]) => Float64Array.from(shown, (grade) => chances[grade] ?? 0);
    return dynamicBayesian(by(stop), 1)(by(click), chance);
  };
}
