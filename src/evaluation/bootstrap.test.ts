import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../core/random.ts";
import { type Interval, pairedBootstrap } from "./bootstrap.ts";

/** Slates of users whose differences share a user's own lean: mean `mean`, sd 1 between users, sd 1 between slates. */
function world(seed: number, userCount: number, mean: number, slatesOf: (user: number) => number) {
  const chance = random(seed);
  const users: number[] = [];
  const a: number[] = [];
  const b: number[] = [];
  for (let user = 0; user < userCount; user++) {
    const lean = mean + chance.normal();
    for (let slate = 0; slate < slatesOf(user); slate++) {
      users.push(user);
      b.push(chance.normal() * 5);
      a.push(b.at(-1)! + lean + chance.normal());
    }
  }
  return { users, a, b };
}

/** The slow twin: lays out every drawn user's slates, then averages them. */
function layOut(users: readonly number[], differences: readonly number[], resamples: number, seed: number): Interval {
  const names = [...new Set(users)];
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const chance = random(seed);
  const means = Array.from({ length: resamples }, () => {
    const drawn = names.map(() => names[chance.int(names.length)]!);
    return mean(drawn.flatMap((user) => differences.filter((_, slate) => users[slate] === user)));
  }).sort((x, y) => x - y);
  const at = (share: number) => {
    const place = share * (resamples - 1);
    const rest = place % 1;
    return means[Math.floor(place)]! * (1 - rest) + means[Math.ceil(place)]! * rest;
  };
  return { mean: mean(differences), low: at(0.025), high: at(0.975) };
}

describe("paired bootstrap by user", () => {
  test("a case by hand: users that all agree leave no doubt, and every slate weighs the same", () => {
    const [same] = pairedBootstrap(["u", "v", "v"], [{ a: [3, 4, 5], b: [1, 2, 3] }]);
    expect(same).toEqual({ mean: 2, low: 2, high: 2 });
    const [uneven] = pairedBootstrap(["u", "v", "v"], [{ a: [3, 0, 0], b: [0, 0, 0] }]);
    // Two users: both u (3), both v (0), or one of each (1); the ends are the extremes.
    expect(uneven).toEqual({ mean: 1, low: 0, high: 3 });
  });

  test("below two users the interval is unknown, not narrow", () => {
    expect(pairedBootstrap(["u", "u"], [{ a: [1, 2], b: [0, 0] }])).toEqual([{ mean: 1.5, low: NaN, high: NaN }]);
    expect(pairedBootstrap([], [{ a: [], b: [] }])).toEqual([{ mean: NaN, low: NaN, high: NaN }]);
    expect(pairedBootstrap(["u"], [])).toEqual([]);
  });

  test("a missing value is refused", () => {
    expect(() => pairedBootstrap(["u", "v"], [{ a: [1, 2], b: [0] }])).toThrow("per slate");
  });

  test("random slates: the same as laying out every drawn user's slates", () => {
    const slate = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.double({ min: -9, max: 9, noNaN: true }));
    fc.assert(
      fc.property(fc.array(slate, { minLength: 2, maxLength: 25 }), fc.integer(), (slates, seed) => {
        const users = slates.map(([user]) => user);
        fc.pre(new Set(users).size > 1);
        const differences = slates.map(([, difference]) => difference);
        const zeros = differences.map(() => 0);
        const [fast] = pairedBootstrap(users, [{ a: differences, b: zeros }], { resamples: 50, seed });
        const slow = layOut(users, differences, 50, seed);
        for (const end of ["mean", "low", "high"] as const) expect(fast![end]).toBeCloseTo(slow[end], 9);
      }),
      { numRuns: 50 },
    );
  });

  test("with a slate per user it is the normal interval of a mean", () => {
    const { users, a, b } = world(3, 2000, 0.2, () => 1);
    const [interval] = pairedBootstrap(users, [{ a, b }], { resamples: 4000 });
    const differences = a.map((value, i) => value - b[i]!);
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (differences.length - 1);
    const half = 1.96 * Math.sqrt(variance / differences.length);
    expect(interval!.mean).toBeCloseTo(mean, 12);
    expect(Math.abs(interval!.low - (mean - half))).toBeLessThan(0.08 * half);
    expect(Math.abs(interval!.high - (mean + half))).toBeLessThan(0.08 * half);
  });

  test("the 95 % interval holds the truth about 95 times in 100, where one by slate would not", () => {
    const truth = 0.3;
    const repeats = 250;
    const held = (interval: Interval) => (interval.low <= truth && truth <= interval.high ? 1 : 0);
    let byUser = 0;
    let bySlate = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const { users, a, b } = world(1000 + repeat, 80, truth, (user) => 1 + (user % 15));
      const options = { resamples: 400, seed: repeat };
      byUser += held(pairedBootstrap(users, [{ a, b }], options)[0]!);
      bySlate += held(pairedBootstrap(Int32Array.from(users.keys()), [{ a, b }], options)[0]!);
    }
    expect(byUser / repeats).toBeGreaterThan(0.91);
    expect(byUser / repeats).toBeLessThan(0.98);
    expect(bySlate / repeats).toBeLessThan(0.7);
  });

  test("same seed, same bits; another seed, another draw; a pair's answer ignores the other pairs", () => {
    const { users, a, b } = world(5, 50, 0, (user) => 1 + (user % 3));
    const pair = { a, b };
    expect(pairedBootstrap(users, [pair])).toEqual(pairedBootstrap(users, [pair]));
    expect(pairedBootstrap(users, [pair], { seed: 2 })).not.toEqual(pairedBootstrap(users, [pair], { seed: 3 }));
    const [first, second] = pairedBootstrap(users, [pair, { a: b, b: a }]);
    expect(first).toEqual(pairedBootstrap(users, [pair])[0]);
    expect(second!.mean).toBeCloseTo(-first!.mean, 12);
    expect(second!.low).toBeCloseTo(-first!.high, 12);
  });
});
