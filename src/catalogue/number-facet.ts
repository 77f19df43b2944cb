/** The facet of a number field: its range among many items, and how they spread over it. */
import type { Float64Column } from "../core/columns.ts";
import type { Facet } from "../core/public.ts";
import { chunkItems, gatherNumbers, type ItemList } from "./item-list.ts";

/** Bins of a histogram. */
const bins = 10;

/** [i] of the chunk at hand. */
const values = new Float64Array(chunkItems);

export function numberFacet(numbers: Float64Column, lists: readonly ItemList[]): Facet {
  let [min, max, total] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const list of lists) {
    for (let from = 0; from < list.count; from += chunkItems) {
      const count = gatherNumbers(numbers, list, from, values);
      total += count;
      for (let i = 0; i < count; i++) {
        const value = values[i]!;
        if (value < min) min = value;
        if (value > max) max = value;
      }
    }
  }
  if (total === 0) return { min: null, max: null, count: 0, histogram: [] };
  if (min === max) return { min, max, count: total, histogram: [{ from: min, to: max, count: total }] };
  const bounds = boundsBetween(min, max);
  const inBin = new Int32Array(bins);
  for (const list of lists)
    for (let from = 0; from < list.count; from += chunkItems)
      countBins(gatherNumbers(numbers, list, from, values), bounds, inBin);
  const histogram = Array.from(inBin, (inOne, bin) => ({ from: bounds[bin]!, to: bounds[bin + 1]!, count: inOne }));
  return { min, max, count: total, histogram };
}

/** Significant digits of bounds: 4.6 rather than 4.6000000000000005. */
const boundDigits = 12;

/** Eleven bounds, none below the one before. Halves, as the difference of the largest numbers has no number. */
function boundsBetween(min: number, max: number): Float64Array {
  const between = (share: number): number => 2 * (min / 2 + (max / 2 - min / 2) * share);
  const within = (bound: number): number => Math.min(max, Math.max(min, bound));
  const exact = Float64Array.from({ length: bins + 1 }, (_, b) => within(between(b / bins)));
  exact[0] = min;
  exact[bins] = max;
  const rounded = exact.map((bound, b) => (b === 0 || b === bins ? bound : Number(bound.toPrecision(boundDigits))));
  // A range may be so narrow that these digits do not tell its bounds apart.
  return rounded.every((bound, b) => b === 0 || bound > rounded[b - 1]!) ? rounded : exact;
}

/** Adds the first `count` values at hand to their bins; upper bounds are excluded, but for the last. */
function countBins(count: number, bounds: Float64Array, inBin: Int32Array): void {
  const first = bounds[0]!;
  const perUnit = bins / (bounds[bins]! - first);
  const upper = bounds.slice();
  upper[bins] = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    // Rounding may put it beside: the bounds as answered decide.
    let bin = ((value - first) * perUnit) | 0;
    while (value < upper[bin]!) bin--;
    while (value >= upper[bin + 1]!) bin++;
    inBin[bin]!++;
  }
}
