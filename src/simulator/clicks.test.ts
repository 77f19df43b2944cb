import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../core/random.ts";
import { type ClickModel, cascade, dynamicBayesian, examination, graded, positionBased } from "./clicks.ts";

const attraction = [0.2, 0.7, 0.05, 0.5, 0.9];
const readings = 40_000;

/** How often each position was examined and clicked, as shares of `readings`. */
function frequencies(model: ClickModel, shown: ArrayLike<number>) {
  const chance = random(11);
  const examined = new Float64Array(shown.length);
  const clicked = new Float64Array(shown.length);
  for (let i = 0; i < readings; i++) {
    const reading = model(shown, chance);
    for (const k of reading.examined) examined[k]! += 1 / readings;
    for (const k of reading.clicks) clicked[k]! += 1 / readings;
  }
  return { examined, clicked };
}

/** Sum of squared z-scores over the positions; chi-square with as many degrees of freedom, were the positions independent. */
function distance(observed: Float64Array, expected: readonly number[]): number {
  return expected.reduce((sum, p, k) => {
    if (p === 0 || p === 1) return sum + (Math.abs(observed[k]! - p) < 1e-9 ? 0 : Number.POSITIVE_INFINITY);
    return sum + (observed[k]! - p) ** 2 / ((p * (1 - p)) / readings);
  }, 0);
}

/** The 99.9 % quantile of chi-square with 5 degrees of freedom. */
const chiSquareMax = 20.5;

describe("click models", () => {
  test("position-based: examination (k + 1)^−eta, clicks examination times attraction", () => {
    for (const eta of [0.5, 0.8, 2]) {
      const { examined, clicked } = frequencies(positionBased(eta), attraction);
      const examination = attraction.map((_, k) => 1 / (k + 1) ** eta);
      expect(distance(examined, examination)).toBeLessThan(chiSquareMax);
      expect(
        distance(
          clicked,
          examination.map((p, k) => p * attraction[k]!),
        ),
      ).toBeLessThan(chiSquareMax);
    }
    expect(examination(0, 0.8)).toBe(1);
    expect(examination(9, 0.8)).toBeCloseTo(0.158, 3);
  });

  test("position-based: with one luck, what is shown at one position never changes another", () => {
    const clicksOf = (shown: number[]) => positionBased()(shown, random(5)).clicks.filter((k) => k !== 1);
    expect(clicksOf([1, 0, 1, 1, 1])).toEqual(clicksOf([1, 1, 1, 1, 1]));
  });

  test("cascade: the chance of a click is that of no click above, times its own", () => {
    const { examined, clicked } = frequencies(cascade, attraction);
    let above = 1;
    const looks = attraction.map((p) => {
      const here = above;
      above *= 1 - p;
      return here;
    });
    expect(distance(examined, looks)).toBeLessThan(chiSquareMax);
    expect(
      distance(
        clicked,
        looks.map((look, k) => look * attraction[k]!),
      ),
    ).toBeLessThan(chiSquareMax);
  });

  test("dynamic Bayesian: each step down survives satisfaction and weariness", () => {
    const satisfaction = [0.5, 0.3, 0.9, 0.2, 0.6];
    const { examined, clicked } = frequencies(dynamicBayesian(satisfaction, 0.85), attraction);
    let reach = 1;
    const looks = attraction.map((p, k) => {
      const here = reach;
      reach *= 0.85 * (1 - p * satisfaction[k]!);
      return here;
    });
    expect(distance(examined, looks)).toBeLessThan(chiSquareMax);
    expect(
      distance(
        clicked,
        looks.map((look, k) => look * attraction[k]!),
      ),
    ).toBeLessThan(chiSquareMax);
  });

  test("graded: click and stop by grade", () => {
    const perfect = frequencies(graded("perfect", 3), [0, 1, 2]);
    expect([...perfect.examined].map((share) => Math.round(share * 1e6) / 1e6)).toEqual([1, 1, 1]);
    expect(distance(perfect.clicked, [0, 0.5, 1])).toBeLessThan(chiSquareMax);
    const navigational = frequencies(graded("navigational", 5), [4, 0]);
    const second = 1 - 0.95 * 0.9;
    expect(distance(navigational.examined, [1, second])).toBeLessThan(chiSquareMax);
    expect(distance(navigational.clicked, [0.95, second * 0.05])).toBeLessThan(chiSquareMax);
  });

  test("random lists: clicks are among the examined, ascending, and cascades leave no gap", () => {
    const list = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
    fc.assert(
      fc.property(list, fc.integer(), (shown, seed) => {
        for (const model of [positionBased(), cascade, dynamicBayesian(shown)]) {
          const { examined, clicks } = model(shown, random(seed));
          expect(clicks.every((k) => examined.includes(k))).toBe(true);
          for (const positions of [examined, clicks])
            expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
          if (model !== cascade) continue;
          expect(clicks.length).toBeLessThanOrEqual(1);
          expect(examined).toEqual([...examined.keys()]);
        }
      }),
    );
  });
});
