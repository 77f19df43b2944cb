import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auc, calibration, coverage, hitRate, logLoss, ndcg, reciprocalRank } from "./metrics.ts";

const gradeList = fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 6 });

describe("reciprocal rank and hit rate", () => {
  test("the first item to find counts, by its 1-based rank", () => {
    expect(reciprocalRank([1, 0, 1])).toBe(1);
    expect(reciprocalRank([0, 0, 2, 1])).toBe(1 / 3);
    expect(reciprocalRank([0, 0, 2, 1], 2)).toBe(0);
    expect(hitRate([0, 0, 2], 3)).toBe(1);
    expect(hitRate([0, 0, 2], 2)).toBe(0);
  });

  test("nothing to find, or no list, is 0", () => {
    for (const grades of [[], [0, 0], [-1]]) {
      expect([reciprocalRank(grades), hitRate(grades), ndcg(grades)]).toEqual([0, 0, 0]);
    }
  });

  test("random lists: the same as by filtering all ranks", () => {
    fc.assert(
      fc.property(gradeList, fc.integer({ min: 1, max: 8 }), (grades, k) => {
        const ranks = grades.map((grade, i) => (grade > 0 ? i + 1 : 0)).filter((rank) => rank > 0 && rank <= k);
        expect(reciprocalRank(grades, k)).toBe(ranks.length === 0 ? 0 : 1 / Math.min(...ranks));
        expect(hitRate(grades, k)).toBe(Math.sign(ranks.length));
      }),
    );
  });
});

describe("ndcg", () => {
  test("a case by hand, both gains", () => {
    // Grades 1, 3 at ranks 1, 2: linear 1 + 3/log2(3) against 3 + 1/log2(3); exponential 1 + 7/log2(3) against 7 + 1/log2(3).
    const second = 1 / Math.log2(3);
    expect(ndcg([1, 3])).toBeCloseTo((1 + 3 * second) / (3 + second), 12);
    expect(ndcg([1, 3], [1, 3], { gain: "exponential" })).toBeCloseTo((1 + 7 * second) / (7 + second), 12);
    expect(ndcg([0, 1, 0])).toBeCloseTo(second, 12);
  });

  test("what the list lacks counts in the ideal, up to k", () => {
    expect(ndcg([1, 0], [1, 1, 1], { k: 2 })).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 12);
    expect(ndcg([1], [1, 1, 1], { k: 1 })).toBe(1);
    expect(ndcg([0, 0, 1], [1], { k: 2 })).toBe(0);
    expect(ndcg([], [1])).toBe(0);
  });

  test("random lists: the ideal is the best of all permutations", () => {
    const gain = fc.constantFrom("linear" as const, "exponential" as const);
    fc.assert(
      fc.property(gradeList, fc.integer({ min: 1, max: 7 }), gain, (grades, k, kind) => {
        const worth = (grade: number) => (grade <= 0 ? 0 : kind === "linear" ? grade : 2 ** grade - 1);
        const dcg = (list: readonly number[]) =>
          list.slice(0, k).reduce((sum, grade, i) => sum + (worth(grade) * Math.LN2) / Math.log(i + 2), 0);
        const best = Math.max(...permutations(grades).map(dcg));
        expect(ndcg(grades, grades, { k, gain: kind })).toBeCloseTo(best === 0 ? 0 : dcg(grades) / best, 12);
      }),
      { numRuns: 60 },
    );
  });
});

function permutations(list: readonly number[]): number[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((first, i) => permutations(list.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

describe("chances", () => {
  test("log-loss in nats, clamped at both ends", () => {
    expect(logLoss(0.8, 1)).toBeCloseTo(-Math.log(0.8), 14);
    expect(logLoss(0.8, 0)).toBeCloseTo(-Math.log(0.2), 14);
    expect(logLoss(0.5, 0.25)).toBeCloseTo(Math.LN2, 14);
    expect(logLoss(0, 1)).toBeCloseTo(-Math.log(1e-15), 10);
    expect(logLoss(1, 0)).toBeCloseTo(-Math.log(1e-15), 0);
    expect(logLoss(0, 0)).toBeCloseTo(0, 12);
    expect(logLoss(1, 1)).toBeCloseTo(0, 12);
  });

  test("random chances: the mean loss is least at the rate that came", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99 }), fc.double({ min: 0, max: 1, noNaN: true }), (rate, other) => {
        expect(logLoss(rate, rate)).toBeLessThanOrEqual(logLoss(other, rate) + 1e-12);
      }),
    );
  });

  test("calibration is predicted over observed", () => {
    expect(calibration([0.5, 0.5, 0.5, 0.52], [1, 0, 1, 0])).toBeCloseTo(1.01, 12);
    expect(calibration([2.02], [2])).toBeCloseTo(1.01, 12);
    expect(calibration([0.5], [0])).toBeNaN();
    expect(calibration([], [])).toBeNaN();
  });
});

describe("auc", () => {
  test("cases by hand", () => {
    expect(auc([0.1, 0.2, 0.3], [0, 0, 1])).toBe(1);
    expect(auc([0.1, 0.2, 0.3], [1, 0, 0])).toBe(0);
    expect(auc([0.5, 0.5], [1, 0])).toBe(0.5);
    expect(auc([0.2, 0.5, 0.5, 0.9], [0, 1, 0, 1])).toBe(0.875);
    expect(auc([0.2, 0.5], [1, 1])).toBeNaN();
    expect(auc([], [])).toBeNaN();
  });

  test("random rows: the same as counting all pairs, ties half", () => {
    const row = fc.record({ score: fc.integer({ min: -3, max: 3 }), outcome: fc.integer({ min: 0, max: 1 }) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const positives = rows.filter(({ outcome }) => outcome === 1);
        const negatives = rows.filter(({ outcome }) => outcome === 0);
        let won = 0;
        for (const { score } of positives) for (const b of negatives) won += (Math.sign(score - b.score) + 1) / 2;
        const counted = won / (positives.length * negatives.length);
        const value = auc(
          rows.map(({ score }) => score),
          rows.map(({ outcome }) => outcome),
        );
        if (Number.isNaN(counted)) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(counted, 12);
      }),
    );
  });
});

test("coverage counts each item of the catalogue once, and no others", () => {
  const catalogue = new Set(["a", "b", "c", "d"]);
  expect(coverage([["a", "b"], ["b"], ["x"]], catalogue)).toBe(0.5);
  expect(coverage([], catalogue)).toBe(0);
  expect(coverage([["a"]], new Set<string>())).toBeNaN();
});
