/** Why an item stands where it stands: contributions to its raw score, by feature, in words. */
import type { Contribution } from "./core/lesson.ts";
import type { Reason } from "./core/public.ts";

/** Reasons told one by one; the rest is summed. */
export const reasonsTold = 5;

const sentences: Readonly<Record<string, string>> = {
  "as-it-was": "its place to begin with, and whether you turned to it",
  "caller-order": "its place in the given order",
  price: "its price against the list and against what you looked at",
  touches: "what you did with it before",
  place: "where it stands to what you looked at",
  session: "how your visit goes",
  "recent-items": "how it goes with what you looked at lately",
  "previous-list": "where it stood in the list before",
  "item-statistics": "how others choose it",
  "query-item": "how it fares for this query",
  "text-match": "how its texts answer the query",
  "query-fields": "what others who ask this turn to",
  "also-bought": "it often follows what you looked at",
  context: "the query and the device",
  "item-fields": "the kind of thing it is",
  affinity: "you like its brand or category",
  "tag-affinity": "you like things of its kind",
  retrieved: "it goes with what you looked at",
  popularity: "how many turn to it",
  "own-touches": "you turned to it before",
  shopper: "how much you return to what you know",
};

const sentence = (feature: string): string => sentences[feature] ?? feature;

/**
 * Sums contributions by feature, largest first by size, all beyond the first `toldMax` in one; they still add up.
 * `featureOf`: column → feature; a cross counts for the feature of its first column. `texts`: better words for some.
 */
export function reasons(
  contributions: readonly Contribution[],
  featureOf: ReadonlyMap<string, string>,
  texts: ReadonlyMap<string, string> = new Map(),
  toldMax = reasonsTold,
): Reason[] {
  const sums = new Map<string, number>();
  for (const { feature, value } of contributions) {
    const first = feature.split(" × ")[0]!;
    const name = featureOf.get(first) ?? first;
    sums.set(name, (sums.get(name) ?? 0) + value);
  }
  const sorted = [...sums].filter(([, value]) => value !== 0).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  const told = sorted
    .slice(0, toldMax)
    .map(([feature, contribution]) => ({ feature, contribution, text: texts.get(feature) ?? sentence(feature) }));
  const rest = sorted.slice(toldMax).reduce((sum, [, value]) => sum + value, 0);
  if (sorted.length > toldMax) told.push({ feature: "other", contribution: rest, text: "everything else" });
  return told;
}
