/** Two orders of the same lists, compared by the clicks that they brought; shoppers, not lists, are the independent draws. */
export type Arm = "own" | "personal";

export interface Estimate {
  readonly mean: number;
  /** Ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
}

/** Clicks that the simulator knows to be expected of a list. */
export interface Expected {
  /** As it was shown. */
  readonly shown: number;
  /** In the shop's own order. */
  readonly own: number;
  /** In the best order that there is. */
  readonly best: number;
}

export interface Comparison {
  add(arm: Arm, user: string, clicks: number, expected: Expected): void;
  /** Clicks a list. */
  rate(arm: Arm): Estimate;
  /** personal / own − 1. */
  uplift(): Estimate;
  /** What the uplift should come to: of the personal lists, what was shown against the shop's own order of the same. */
  trueUplift(): number;
  /** The most clicks a list that any order could expect. */
  best(): number;
  readonly lists: number;
}

interface Tally {
  lists: number;
  clicks: number;
}

/** Normal quantile of 97.5 %. */
const z = 1.96;

export function comparison(): Comparison {
  const arms = { own: new Map<string, Tally>(), personal: new Map<string, Tally>() };
  let lists = 0;
  let best = 0;
  let [shown, own] = [0, 0];
  return {
    add(arm, user, clicks, expected) {
      const tally = arms[arm].get(user) ?? { lists: 0, clicks: 0 };
      arms[arm].set(user, tally);
      tally.lists++;
      tally.clicks += clicks;
      lists++;
      best += expected.best;
      if (arm === "own") return;
      shown += expected.shown;
      own += expected.own;
    },
    rate(arm) {
      const { mean, variance } = ratio([...arms[arm].values()]);
      return interval(mean, variance);
    },
    uplift() {
      const own = ratio([...arms.own.values()]);
      const personal = ratio([...arms.personal.values()]);
      const quotient = personal.mean / own.mean;
      // Delta method: relative variances of independent factors add up.
      const relative = personal.variance / personal.mean ** 2 + own.variance / own.mean ** 2;
      return interval(quotient - 1, quotient ** 2 * relative);
    },
    trueUplift: () => shown / own - 1,
    best: () => best / lists,
    get lists() {
      return lists;
    },
  };
}

/**
 * Clicks a list, with the variance of a ratio whose draws are shoppers (Cochran 1977, §2.11):
 *
 *     r = Σ clicks / Σ lists,   var = n/(n−1) · Σ (clicks − r·lists)² / (Σ lists)²
 */
function ratio(shoppers: readonly Tally[]): { mean: number; variance: number } {
  let [lists, clicks] = [0, 0];
  for (const tally of shoppers) {
    lists += tally.lists;
    clicks += tally.clicks;
  }
  const mean = clicks / lists;
  let squares = 0;
  for (const tally of shoppers) squares += (tally.clicks - mean * tally.lists) ** 2;
  return { mean, variance: (shoppers.length / (shoppers.length - 1)) * (squares / lists ** 2) };
}

function interval(mean: number, variance: number): Estimate {
  const half = z * Math.sqrt(variance);
  return { mean, low: mean - half, high: mean + half };
}
