/**
 * How good was a list, how good was a chance? Pure functions; what they are averaged over is the caller's affair.
 *
 * A ranked list comes as its grades: `grades[i]` is the grade of the item at rank i + 1 (ranks are 1-based in metrics).
 * A grade above 0 is something to find; 0 and below is not. A list metric of a list that is empty, or in which there was
 * nothing to find, is 0; a ratio that has no denominator (AUC without both classes, calibration without an outcome,
 * coverage of an empty catalogue) is NaN, so that it cannot pass for a measurement.
 */

/** `linear`: the grade itself, for grades 0 and 1 the binary gain. `exponential`: 2^grade − 1 (Burges et al. 2005). */
export type Gain = "linear" | "exponential";

/** One over the rank of the first item to find among the first `k`; 0 when there is none (Voorhees 1999). In [0, 1]. */
export function reciprocalRank(grades: ArrayLike<number>, k = grades.length): number {
  const end = Math.min(k, grades.length);
  for (let i = 0; i < end; i++) if (grades[i]! > 0) return 1 / (i + 1);
  return 0;
}

/** 1 when at least one of the first `k` is to be found, else 0; its mean is the hit rate at `k`. */
export function hitRate(grades: ArrayLike<number>, k = grades.length): number {
  return reciprocalRank(grades, k) > 0 ? 1 : 0;
}

export interface NdcgOptions {
  /** Ranks that count, ≥ 1; default all. */
  readonly k?: number;
  /** Default `linear`. */
  readonly gain?: Gain;
}

/**
 * Normalised discounted cumulative gain of the first `k` (Järvelin & Kekäläinen 2002). In [0, 1].
 *
 *     DCG = Σ_{rank ≤ k} gain(grade) / log2(rank + 1)          NDCG = DCG / DCG of the ideal order
 *
 * `ideal` are the grades of everything that could have been listed, in any order: a basket of three of which the list
 * found one is `[1, 1, 1]`. Default: the list's own grades. Grades below 0 gain nothing.
 */
export function ndcg(
  grades: ArrayLike<number>,
  ideal: ArrayLike<number> = grades,
  { k = Number.POSITIVE_INFINITY, gain = "linear" }: NdcgOptions = {},
): number {
  const best = discountedGain(Float64Array.from(ideal).sort().reverse(), k, gain);
  return best > 0 ? discountedGain(grades, k, gain) / best : 0;
}

function discountedGain(grades: ArrayLike<number>, k: number, gain: Gain): number {
  const end = Math.min(k, grades.length);
  let sum = 0;
  for (let i = 0; i < end; i++) {
    const grade = grades[i]!;
    if (grade > 0) sum += (gain === "linear" ? grade : 2 ** grade - 1) / Math.log2(i + 2);
  }
  return sum;
}

/** Chances are kept this far from 0 and 1, so that one sure mistake costs 34.5 nats and not infinity. */
const chanceMin = 1e-15;

/** Cost of having said `chance` (in [0, 1]) when `outcome` (0 or 1, or a share of both) came: −ln of what came, in nats. */
export function logLoss(chance: number, outcome: number): number {
  const kept = Math.min(Math.max(chance, chanceMin), 1 - chanceMin);
  // An outcome of 0 or 1 must not multiply the other logarithm, and log1p keeps a tiny chance from rounding to no cost.
  const cameCost = outcome > 0 ? -outcome * Math.log(kept) : 0;
  return outcome < 1 ? cameCost - (1 - outcome) * Math.log1p(-kept) : cameCost;
}

/**
 * Chance that a row with the outcome scores above one without it, ties counting half. In [0, 1]; NaN without both classes.
 * Mann–Whitney: AUC = (Σ ranks of the positives − n₊(n₊ + 1)/2) / (n₊ n₋), tied scores sharing their mean rank.
 * `scores` finite, `outcomes` above 0 or not, same length. O(n log n).
 */
export function auc(scores: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  const count = scores.length;
  const order = Uint32Array.from({ length: count }, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < count; ) {
    let end = start + 1;
    while (end < count && scores[order[end]!] === scores[order[start]!]) end++;
    const meanRank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) {
      if (!(outcomes[order[i]!]! > 0)) continue;
      positives++;
      rankSum += meanRank;
    }
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (count - positives));
}

/**
 * Predicted over observed: Σ chances / Σ outcomes. 1 is calibrated, 1.01 promises 1 % too many, NaN when nothing came.
 * Sums go in as lists of one: `calibration([chanceSum], [outcomeSum])`.
 */
export function calibration(chances: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  const observed = sum(outcomes);
  return observed > 0 ? sum(chances) / observed : Number.NaN;
}

/** Share of the catalogue's items that stood in any of the lists; items not of the catalogue do not count. In [0, 1]. */
export function coverage<Item>(lists: Iterable<Iterable<Item>>, catalogue: ReadonlySet<Item>): number {
  const shown = new Set<Item>();
  for (const list of lists) for (const item of list) if (catalogue.has(item)) shown.add(item);
  return catalogue.size > 0 ? shown.size / catalogue.size : Number.NaN;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
