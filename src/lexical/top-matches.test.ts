import fc from "fast-check";
import { expect, test } from "vitest";
import { sumMax, TopMatches } from "./top-matches.ts";

const match = fc.record({
  item: fc.oneof(fc.nat(40), fc.nat(15_999_999)),
  sum: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: sumMax })),
});

test("the best k agree with a sort, of equal sums the lower row first", () => {
  const best = new TopMatches();
  fc.assert(
    fc.property(fc.uniqueArray(match, { selector: ({ item }) => item, maxLength: 600 }), fc.nat(300), (matches, k) => {
      best.begin(k);
      for (const { item, sum } of matches) if (best.takes(item, sum)) best.add(item, sum);
      const drained: { item: number; sum: number }[] = [];
      best.drain((item, sum) => drained.push({ item, sum }));
      const sorted = matches.toSorted((a, b) => b.sum - a.sum || a.item - b.item);
      expect(drained).toEqual(sorted.slice(0, k));
      // Rows of other windows are higher: what is not above the floor is not among the best.
      if (matches.length >= k && k > 0) {
        best.begin(k);
        for (const { item, sum } of matches) if (best.takes(item, sum)) best.add(item, sum);
        best.settle();
        expect(best.floor).toBe(sorted[k - 1]!.sum);
      }
    }),
    { numRuns: 300, seed: 20261122 },
  );
});
