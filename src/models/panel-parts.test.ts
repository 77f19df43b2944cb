/** The parts of a panel, each by itself: lines, weights, live scores. */
import { describe, expect, test } from "vitest";
import { verdict } from "../core/lesson.ts";
import { type Random, random } from "../core/random.ts";
import { PanelDuty } from "./panel-duty.ts";
import { judgeChances, judgeShares, lineWidth, startLine, stepLine, sumsWidth } from "./panel-line.ts";
import { LiveScores } from "./panel-scores.ts";
import { reweigh, shareWeights } from "./panel-weights.ts";

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

function lineOf(offset: number, slope: number): Float64Array {
  const line = new Float64Array(lineWidth);
  startLine(line, 0);
  [line[0], line[1]] = [offset, slope];
  return line;
}

/** Logits and verdicts of a list, one chosen at least. */
function someList(chance: Random): { xs: Float64Array; said: Uint8Array; count: number } {
  const count = 2 + chance.int(7);
  const said = Uint8Array.from({ length: count }, () => chance.int(4));
  said[chance.int(count)] = verdict.chosen;
  return { xs: Float64Array.from(said, () => 3 * chance.normal()), said, count };
}

const ofChances = (offset: number, slope: number, xs: Float64Array, said: Uint8Array): number =>
  xs.reduce((sum, x, i) => {
    if (said[i] !== verdict.chosen && said[i] !== verdict.passedOver) return sum;
    const chance = sigmoid(offset + slope * x);
    return sum - Math.log(said[i] === verdict.chosen ? chance : 1 - chance);
  }, 0);

const ofShares = (_: number, slope: number, xs: Float64Array, said: Uint8Array): number => {
  const among = [...xs.keys()].filter((i) => said[i] !== verdict.chosenBefore);
  const total = among.reduce((sum, i) => sum + Math.exp(slope * xs[i]!), 0);
  const chosen = among.filter((i) => said[i] === verdict.chosen);
  return -chosen.reduce((sum, i) => sum + slope * xs[i]! - Math.log(total), 0) / chosen.length;
};

describe("a line", () => {
  for (const [name, judge, loss] of [
    ["chances", judgeChances, ofChances],
    ["shares", judgeShares, ofShares],
  ] as const) {
    test(`of ${name} is judged by the loss that it states, with gradient and curvature of it`, () => {
      const chance = random(`line of ${name}`);
      const step = 1e-4;
      for (let n = 0; n < 200; n++) {
        const { xs, said, count } = someList(chance);
        const [offset, slope] = [chance.normal(), 0.2 + chance.next()];
        const sums = new Float64Array(sumsWidth);
        const at = (a: number, b: number): number => loss(offset + a * step, slope + b * step, xs, said);
        expect(judge(lineOf(offset, slope), 0, xs, said, count, sums)).toBeCloseTo(at(0, 0), 9);
        const differences = [
          (at(1, 0) - at(-1, 0)) / (2 * step),
          (at(0, 1) - at(0, -1)) / (2 * step),
          (at(1, 0) - 2 * at(0, 0) + at(-1, 0)) / step ** 2,
          (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * step ** 2),
          (at(0, 1) - 2 * at(0, 0) + at(0, -1)) / step ** 2,
        ];
        differences.forEach((difference, k) => {
          expect(Math.abs(sums[k]! - difference)).toBeLessThan(1e-4 * (1 + Math.abs(difference)));
        });
      }
    });
  }

  test("finds what turns logits into chances", () => {
    const chance = random("platt");
    const line = lineOf(0, 1);
    const sums = new Float64Array(sumsWidth);
    for (let n = 0; n < 20_000; n++) {
      const xs = Float64Array.from({ length: 10 }, () => 2 * chance.normal());
      const said = Uint8Array.from(xs, (x) =>
        chance.next() < sigmoid(-1 + 0.5 * x) ? verdict.chosen : verdict.passedOver,
      );
      judgeChances(line, 0, xs, said, 10, sums);
      stepLine(line, 0, sums, 10, 1, false);
    }
    expect(Math.abs(line[0]! + 1)).toBeLessThan(0.03);
    expect(Math.abs(line[1]! - 0.5)).toBeLessThan(0.03);
  });

  test("finds the slope of shares, and moves no offset", () => {
    const chance = random("slope");
    const line = lineOf(0, 1);
    const sums = new Float64Array(sumsWidth);
    for (let n = 0; n < 20_000; n++) {
      const xs = Float64Array.from({ length: 6 }, () => chance.normal());
      const shares = xs.map((x) => Math.exp(2.5 * x));
      let left = chance.next() * shares.reduce((sum, share) => sum + share, 0);
      const picked = shares.findIndex((share) => (left -= share) < 0);
      const said = Uint8Array.from(xs, (_, i) => (i === picked ? verdict.chosen : verdict.passedOver));
      judgeShares(line, 0, xs, said, 6, sums);
      stepLine(line, 0, sums, 1, 1, true);
    }
    expect(line[0]).toBe(0);
    expect(Math.abs(line[1]! - 2.5)).toBeLessThan(0.1);
  });

  test("follows when what is true changes, however long it was otherwise", () => {
    const chance = random("change");
    const line = lineOf(0, 1);
    const sums = new Float64Array(sumsWidth);
    for (let n = 0; n < 35_000; n++) {
      const offset = n < 10_000 ? 1 : -1;
      const xs = Float64Array.from({ length: 10 }, () => chance.normal());
      const said = Uint8Array.from(xs, (x) => (chance.next() < sigmoid(offset + x) ? verdict.chosen : 2));
      judgeChances(line, 0, xs, said, 10, sums);
      stepLine(line, 0, sums, 10, 1, false);
    }
    expect(Math.abs(line[0]! + 1)).toBeLessThan(0.08);
  });

  test("that is told nothing of the slope keeps it where it was", () => {
    const line = lineOf(0, 1);
    const sums = new Float64Array(sumsWidth);
    for (let n = 0; n < 20_000; n++) {
      judgeChances(line, 0, new Float64Array(10), Uint8Array.of(1, 2, 2, 2, 2, 2, 2, 2, 2, 2), 10, sums);
      stepLine(line, 0, sums, 10, 1, false);
    }
    expect(line[0]).toBeCloseTo(Math.log(1 / 9), 1);
    expect(line[1]).toBe(1);
  });

  test("never turns the order round, and stays finite", () => {
    for (const isShares of [false, true]) {
      const line = lineOf(0, 1);
      const sums = new Float64Array(sumsWidth);
      const judge = isShares ? judgeShares : judgeChances;
      for (let n = 0; n < 3000; n++) {
        const isLate = n >= 2000;
        const xs = Float64Array.of(1e300, -1e300).map((x) => (isShares ? Math.sign(x) * 50 : x));
        judge(line, 0, xs, Uint8Array.of(isLate ? 1 : 2, isLate ? 2 : 1), 2, sums);
        stepLine(line, 0, sums, 2, 10, isShares);
        expect(line[1]).toBeGreaterThan(0);
        expect([...line].every(Number.isFinite)).toBe(true);
      }
    }
  });

  test("of shares bears lists of any size", () => {
    const line = lineOf(0, 1);
    const sums = new Float64Array(sumsWidth);
    for (const xs of [
      [1e200, 0, -1e200],
      [1e308, -1e308, 1e308],
      [-1e308, 1e308, 0],
    ]) {
      for (const said of [
        [1, 2, 2],
        [2, 1, 2],
        [1, 2, 1],
      ]) {
        const loss = judgeShares(line, 0, Float64Array.from(xs), Uint8Array.from(said), 3, sums);
        expect(loss).toBeGreaterThanOrEqual(0);
        expect(loss).toBeLessThan(35);
        stepLine(line, 0, sums, 1, 1, true);
        expect([...line].every(Number.isFinite)).toBe(true);
      }
    }
  });

  test("a row that could not be costs much, not everything", () => {
    const sums = new Float64Array(sumsWidth);
    const said = Uint8Array.of(verdict.passedOver);
    expect(judgeChances(lineOf(1e6, 1), 0, Float64Array.of(1), said, 1, sums)).toBeCloseTo(34.5, 1);
    expect(judgeShares(lineOf(0, 20), 0, Float64Array.of(40, -40), Uint8Array.of(2, 1), 2, sums)).toBeCloseTo(34.5, 1);
  });
});

describe("fixed-share weights", () => {
  test("are those of Herbster & Warmuth 1998, over the likelihoods to the rate", () => {
    const weights = Float64Array.of(9, 0.2, 0.3, 0.5, 9);
    shareWeights(weights, 1, Float64Array.of(4, 3, 6), Uint8Array.of(1, 1, 1), 2);
    const grown = [0.2 * Math.exp(-0.6 * 4), 0.3 * Math.exp(-0.6 * 3), 0.5 * Math.exp(-0.6 * 6)];
    const total = grown[0]! + grown[1]! + grown[2]!;
    for (let m = 0; m < 3; m++) expect(weights[1 + m]).toBeCloseTo((0.9999 * grown[m]!) / total + 0.0001 / 3, 12);
    expect([weights[0], weights[4]]).toEqual([9, 9]);
  });

  test("never fall below their share, nor leave it to who is not heard", () => {
    const weights = Float64Array.of(0.5, 0.5, 0);
    for (let n = 0; n < 1000; n++)
      shareWeights(weights, 0, Float64Array.of(0, 1e9, Number.NaN), Uint8Array.of(1, 1, 0), 1);
    expect(weights[1]).toBeGreaterThanOrEqual(0.00005);
    expect(weights[2]).toBe(0);
    expect(weights[0]! + weights[1]!).toBeCloseTo(1, 12);
  });

  test("sum to 1 whoever comes and goes", () => {
    const weights = Float64Array.of(0.5, 0.3, 0.2);
    reweigh(weights, 0, Uint8Array.of(0, 1, 1));
    expect([...weights]).toEqual([0, 0.6, 0.4].map((weight) => expect.closeTo(weight, 12)));
    reweigh(weights, 0, Uint8Array.of(1, 1, 1));
    expect(weights[0]).toBeCloseTo(0.01 / 1.01, 12);
    expect(weights[1]).toBeCloseTo(0.6 / 1.01, 12);
    reweigh(weights, 0, Uint8Array.of(0, 0, 0));
    expect([...weights]).toEqual([0, 0, 0]);
    reweigh(weights, 0, Uint8Array.of(1, 0, 1));
    expect([...weights]).toEqual([0.5, 0, 0.5]);
  });
});

describe("who is on", () => {
  /** The lessons at which the state of a family of cost 5 changes, its weight being `weightAt(lesson)`. */
  function changes(lessons: number, weightAt: (lesson: number) => number): (readonly [string, number])[] {
    const duty = new PanelDuty([0], [5]);
    const seen: [string, number][] = [];
    for (let lesson = 1; lesson <= lessons; lesson++) {
      const before = duty.describe(0).state;
      const hasChanged = duty.look(lesson, () => weightAt(lesson));
      const { state } = duty.describe(0);
      if (state === before) continue;
      seen.push([state, lesson]);
      // Whoever is on after a trial was heard all along.
      expect(hasChanged).toBe(state !== "on");
    }
    return seen;
  }

  test("is who brings what it costs; each trial that fails is followed by a longer wait", () => {
    expect(changes(300_000, () => 0.01)).toEqual([
      ["off", 16_384],
      ["on trial", 81_920],
      ["off", 98_304],
      ["on trial", 229_376],
      ["off", 245_760],
    ]);
    expect(changes(100_000, () => 0.017)).toEqual([]);
    expect(changes(200_000, (lesson) => (lesson < 90_000 ? 0.01 : 0.02))).toEqual([
      ["off", 16_384],
      ["on trial", 81_920],
      ["on", 98_304],
    ]);
  });

  test("is who brings it now and then", () => {
    expect(changes(100_000, (lesson) => (lesson % 12_800 < 64 ? 0.02 : 0.01))).toEqual([]);
  });
});

describe("live scores", () => {
  test("are the mean log-loss and predicted over observed, of each apart", () => {
    const scores = new LiveScores(2);
    expect(scores.score(0)).toEqual({ logLoss: null, calibration: null });
    for (let n = 0; n < 1000; n++) scores.note(0, 1, Math.LN2, 0.5, n % 4 === 0 ? 1 : 0);
    expect(scores.score(0).logLoss).toBeCloseTo(Math.LN2, 12);
    expect(scores.score(0).calibration).toBeCloseTo(2, 2);
    scores.note(1, 2, 3, 0.2, 0);
    expect(scores.score(1)).toEqual({ logLoss: 1.5, calibration: null });
    scores.forget(0);
    expect(scores.score(0).logLoss).toBeNull();
    expect(scores.score(1).logLoss).toBe(1.5);
  });

  test("forget: after some 10,000 rows, what is newer counts more", () => {
    const scores = new LiveScores(1);
    for (let n = 0; n < 5000; n++) scores.note(0, 10, 10 * Math.log(100), 0.1, 1);
    for (let n = 0; n < 5000; n++) scores.note(0, 10, 10 * Math.LN2, 5, 5);
    const share = 0.9999 ** 50_000;
    expect(scores.score(0).logLoss).toBeCloseTo((1 - share) * Math.LN2 + share * Math.log(100), 2);
  });
});
