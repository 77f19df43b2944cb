import { expect, test } from "vitest";
import { confidence } from "./confidence.ts";

const ofLogits = (logits: readonly number[], variances: readonly number[]): number =>
  confidence(Float64Array.from(logits), Float64Array.from(variances), logits.length);

test("an answer is as sure as its neighbours are apart, in units of what they vary together", () => {
  // 2·Φ(z) − 1 at z = 1 and z = 1.96.
  expect(ofLogits([1, 0], [0.5, 0.5])).toBeCloseTo(0.6827, 4);
  expect(ofLogits([1.96, 0], [1, 0])).toBeCloseTo(0.95, 4);
  expect(ofLogits([2, 1, 1], [0.5, 0.5, 0.5])).toBeCloseTo(0.6827 / 2, 4);
});

test("it is certain where nothing varies, and not sure at all where nothing differs", () => {
  expect(ofLogits([1, 0.9], [0, 0])).toBe(1);
  expect(ofLogits([1, 0], [Number.POSITIVE_INFINITY, 1])).toBeCloseTo(0, 6);
  expect(ofLogits([0, 0, 0], [0, 0, 0])).toBe(0);
  expect(ofLogits([3], [1])).toBe(0);
  expect(ofLogits([], [])).toBe(0);
});

test("it lies between 0 and 1 whatever comes", () => {
  for (const difference of [1e-300, 1e-9, 0.1, 3, 50, 1e300])
    for (const variance of [0, 1e-300, 1e-6, 1, 1e9, 1e300]) {
      const sure = ofLogits([difference, 0], [variance, variance]);
      expect(sure).toBeGreaterThanOrEqual(0);
      expect(sure).toBeLessThanOrEqual(1);
    }
});
