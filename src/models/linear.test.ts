import { describe, expect, test, vi } from "vitest";
import { type Lesson, verdict } from "../core/lesson.ts";
import { type Random, random } from "../core/random.ts";
import type { Rows } from "../core/rows.ts";
import { KernelMemory } from "../kernels/kernel-memory.ts";
import { ftrl } from "./ftrl.ts";
import { type LinearOptions, linear } from "./linear.ts";
import { addPairwise } from "./linear-gradients.ts";
import { columns, lessonOf, predictions, promises, rowsOf } from "./model.check.ts";
import { type Family, memberOf } from "./model.ts";

const terms = [["repeated", "x"], ["repeated", "y"], ["repeated"], ["x", "y", "item"], ["item", "one"], ["one"]];
const family = (rest: Partial<LinearOptions> = {}): Family =>
  linear({ columns, terms, prior: "prior", regime: "repeated", bits: 12, ...rest });
const member = (name: string, of: Family = family()) => memberOf(of, of.members.indexOf(name));

const placesNotLearned: Record<string, string> = {
  pdgd: "it learns from choices only, and of places by the order shown",
  "ftrl-slow": "it is too slow for so few lessons",
};
for (const name of family().members) {
  describe(name, () => {
    const subject = { name, make: () => member(name), skips: {} };
    for (const { name: promised, needs, check } of promises) {
      const reason = needs === "places" && placesNotLearned[name];
      if (reason) test.skip(`${promised} (${reason})`, () => {});
      else test(promised, () => check(subject));
    }
  });
}

/** Any row of {@link columns}, any verdicts, taken by the engine's order or another. */
function anyLesson(chance: Random): Lesson {
  const rows = Array.from({ length: chance.int(9) }, () => [
    ...[1, chance.int(2), chance.int(2), chance.int(2), chance.int(9) - 1],
    chance.int(3) === 0 ? chance.normal() : 0,
  ]);
  return lessonOf(
    rowsOf(rows),
    rows.map(() => chance.int(4)),
    {
      ...{ weight: 0.5 + chance.next(), surface: chance.int(4) - 1, orderedByEngine: chance.int(2) === 0 },
      ...{ isChoice: chance.int(2) === 0, reward: 12 * chance.next(), isWorthMore: chance.int(9) === 0 },
      position: Int32Array.from(rows, () => chance.int(90)),
    },
  );
}

test("at three rates it is what FTRL-proximal is in 64 bits, lists and places included", () => {
  const one = family({ alpha: [0.02, 0.07, 0.2, 0.1] });
  const twins = [0.02, 0.07, 0.2].map((alpha) =>
    ftrl({ columns, terms, prior: "prior", regime: "repeated", bits: 12, alpha }),
  );
  const chance = random("twins");
  let largest = 0;
  for (let n = 0; n < 3000; n++) {
    const lesson = anyLesson(chance);
    twins.forEach((twin, m) => {
      const logits = predictions(memberOf(one, m), lesson.rows);
      predictions(twin, lesson.rows).forEach((logit, i) => {
        largest = Math.max(largest, Math.abs(logit - logits[i]!));
      });
      twin.learn(lesson);
    });
    one.learn(lesson);
  }
  expect(largest).toBeLessThan(1e-3);
  expect(one.lessons).toBe(twins[0]!.lessons);
});

test("the Bayesian ones are extended Kalman filters with a diagonal covariance, weight for weight", () => {
  const [variance, drift] = [[0.3, 0.2] as const, [0, 0.01] as const];
  const one = family({ variance, drift, bits: 20 });
  const tables = [0, 1].map(() => new Map<string, { m: number; v: number }>());
  const chance = random("kalman");
  const keysOf = (rows: Rows, row: number, place?: number): string[] => {
    const values = [...rows.dense.subarray(row * rows.width, (row + 1) * rows.width)];
    const codeOf = (name: string): number => values[columns.findIndex((column) => column.name === name)]!;
    const kept = terms.filter((term) => term.every((name) => name !== "item" || codeOf(name) !== -1));
    const keys = kept.map((term) => `${term} = ${term.map(codeOf)} in ${codeOf("repeated")}`);
    return ["bias", ...keys, ...(place === undefined ? [] : [`place ${place}`])];
  };
  const slots = (b: number, keys: readonly string[]) => {
    const start = () => ({ m: 0, v: variance[b]! });
    return keys.map((key) => tables[b]!.get(key) ?? tables[b]!.set(key, start()).get(key)!);
  };
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  let largest = 0;
  for (let n = 0; n < 2000; n++) {
    const lesson = { ...anyLesson(chance), surface: 3 };
    const { rows, weight } = lesson;
    const uncertain = new Float64Array(rows.count);
    one.variance!(rows, uncertain);
    for (const b of [0, 1]) {
      predictions(member(["bayes", "bayes-drift"][b]!, one), rows).forEach((logit, i) => {
        const parts = slots(b, keysOf(rows, i));
        const mean = rows.dense[i * rows.width + 5]! + sum(parts.map(({ m }) => m));
        largest = Math.max(largest, Math.abs(mean - logit));
        if (b === 0) largest = Math.max(largest, Math.abs(sum(parts.map(({ v }) => v)) - uncertain[i]!));
      });
      for (let i = 0; i < rows.count && !lesson.isWorthMore; i++) {
        if (lesson.verdict[i] !== verdict.chosen && lesson.verdict[i] !== verdict.passedOver) continue;
        const parts = slots(b, keysOf(rows, i, lesson.orderedByEngine ? Math.min(49, lesson.position[i]!) : undefined));
        const logit = rows.dense[i * rows.width + 5]! + sum(parts.map(({ m }) => m));
        const chosen = 1 / (1 + Math.exp(-logit));
        const error = (lesson.verdict[i] === verdict.chosen ? 1 : 0) - chosen;
        const h = weight * chosen * (1 - chosen);
        const damped = 1 + h * sum(parts.map(({ v }) => v));
        for (const part of parts) {
          part.m += (part.v * weight * error) / damped;
          part.v -= (part.v ** 2 * h) / damped;
          part.v += drift[b]! * (variance[b]! - part.v);
        }
      }
    }
    one.learn(lesson);
  }
  expect(largest).toBeLessThan(1e-3);
});

test("PDGD takes steps on pairs of a choice alone, and knows no places", () => {
  const one = family({ alpha: [0.02, 0.05, 0.1, 0.2], terms: [["x", "y"], ["item"]], bits: 20 });
  const weights = new Map<string, { w: number; n: number }>();
  const chance = random("pdgd");
  let largest = 0;
  for (let n = 0; n < 1500; n++) {
    const lesson = anyLesson(chance);
    const { rows, weight } = lesson;
    const parts = Array.from({ length: rows.count }, (_, i) => {
      const [, regime, x, y, item] = rows.dense.subarray(i * rows.width, (i + 1) * rows.width);
      const keys = [`${regime}: ${x} ${y}`, ...(item === -1 ? [] : [`${regime}: ${item}`])];
      return keys.map((key) => weights.get(key) ?? weights.set(key, { w: 0, n: 0 }).get(key)!);
    });
    const logits = Float64Array.from(parts, (of, i) =>
      of.reduce((sum, { w }) => sum + w, rows.dense[i * rows.width + 5]!),
    );
    predictions(member("pdgd", one), rows).forEach((logit, i) => {
      largest = Math.max(largest, Math.abs(logit - logits[i]!));
    });
    const gradients = new Float64Array(rows.count);
    addPairwise(logits, lesson, lesson.isChoice ? Math.min(10, lesson.reward!) * weight : 0, gradients);
    parts.forEach((of, i) => {
      for (const part of of) {
        part.n += gradients[i]! ** 2;
        part.w -= (0.2 * gradients[i]!) / (1 + Math.sqrt(part.n));
      }
    });
    one.learn(lesson);
  }
  expect(largest).toBeLessThan(1e-3);
  expect(Math.max(...[...weights.values()].map(({ w }) => Math.abs(w)))).toBeGreaterThan(0.1);
});

test("it is less and less sure of a row the less of it was seen", () => {
  const one = family();
  const rows = rowsOf([
    [1, 0, 0, 0, 1, 0],
    [1, 1, 1, 1, 2, 0],
  ]);
  const before = new Float64Array(2);
  one.variance!(rows, before);
  expect(before[0]).toBeCloseTo(7 * 0.04, 6);
  const taught = rowsOf([[1, 0, 0, 0, 1, 0]]);
  for (let n = 0; n < 300; n++) one.learn(lessonOf(taught, [n % 2 ? verdict.chosen : verdict.passedOver]));
  const after = new Float64Array(2);
  one.variance!(rows, after);
  expect(after[0]).toBeLessThan(before[0]! / 2);
  expect(after[1]).toBeGreaterThan(after[0]!);
  expect(after[1]).toBeLessThan(before[1]!);
});

test("one whose variances drift back follows a change that the other has become too sure for", () => {
  const one = family({ variance: [0.04, 0.04], drift: [0, 0.01] });
  const [good, bad] = [
    [1, 0, 1, 0, 1, 0],
    [1, 0, 0, 1, 2, 0],
  ] as const;
  const teach = (chosen: readonly number[], other: readonly number[], times: number): void => {
    for (let n = 0; n < times; n++) one.learn(lessonOf(rowsOf([chosen, other]), [verdict.chosen, verdict.passedOver]));
  };
  teach(good, bad, 3000);
  teach(bad, good, 300);
  const gap = (name: string): number => {
    const [first, second] = predictions(member(name, one), rowsOf([bad, good])) as unknown as [number, number];
    return first - second;
  };
  expect(gap("bayes-drift")).toBeGreaterThan(0);
  expect(gap("bayes-drift")).toBeGreaterThan(gap("bayes") + 1);
});

test("what was taught before and is worth more moves the order only, no chance", () => {
  const one = family();
  const rows = rowsOf([
    [1, 0, 1, 0, 1, 0],
    [1, 0, 0, 1, 2, 0],
  ]);
  one.learn(lessonOf(rows, [verdict.chosen, verdict.silent], { isWorthMore: true, reward: 5 }));
  for (const [m, name] of one.members.entries()) {
    const [chosen, other] = predictions(memberOf(one, m), rows) as unknown as [number, number];
    expect(one.explain(rows, 0, m).bias).toBe(0);
    if (name.startsWith("bayes")) expect([chosen, other]).toEqual([0, 0]);
    else expect(chosen).toBeGreaterThan(other);
  }
});

test("places of lists that the engine ordered are learned, those of a surface apart; PDGD has none", () => {
  const one = family();
  const rows = rowsOf([0, 1].map(() => [1, 0, 0, 0, 1, 0]));
  for (let n = 0; n < 300; n++)
    one.learn(lessonOf(rows, [verdict.chosen, verdict.passedOver], { orderedByEngine: true, surface: 3 }));
  for (const [m, name] of one.members.entries()) {
    const [first, second] = [0, 1].map((position) => one.placeBias!(3, position, m)) as [number, number];
    if (name === "pdgd") expect([first, second]).toEqual([0, 0]);
    else expect(first - second).toBeGreaterThan(0.5);
    expect(one.placeBias!(2, 0, m)).toBe(0);
    // What is the same in both rows says nothing of either.
    expect(new Set(predictions(memberOf(one, m), rows)).size).toBe(1);
  }
  expect(one.placeBias!(3, 60, 1)).toBe(one.placeBias!(3, 49, 1));
});

describe("all of them", () => {
  const codes = ["user", "item", "hour"].map((name) => ({
    ...{ name, kind: "code" as const, silent: -1 },
    ...(name === "hour" && { isShared: true }),
  }));

  test("read a cross the right way round: who likes what, not what likes whom", () => {
    const one = linear({ columns: codes, terms: [["user", "item"]], bits: 12 });
    const chance = random("cross");
    for (let n = 0; n < 4000; n++) {
      const user = chance.int(5);
      const items = [0, 1, 2, 3, 4].map((item) => [user, item, 0]);
      const picked = chance.int(4) === 0 ? chance.int(5) : (user + 1) % 5;
      const said = items.map((_, item) => (item === picked ? verdict.chosen : verdict.passedOver));
      one.learn(lessonOf(rowsOf(items, 3), said));
    }
    for (const [m] of one.members.entries())
      for (let user = 0; user < 5; user++) {
        const items = [0, 1, 2, 3, 4].map((item) => [user, item, 0]);
        const logits = predictions(memberOf(one, m), rowsOf(items, 3));
        expect(logits.indexOf(Math.max(...logits))).toBe((user + 1) % 5);
      }
  });

  test("start at the prior, leave out what is silent, and keep regimes apart", () => {
    const one = family({ terms: [["item"]] });
    const row = (item: number, regime: number, prior: number) => [1, regime, 0, 0, item, prior];
    const rows = rowsOf([row(3, 0, 0.5), row(-1, 0, -2)]);
    for (const [m] of one.members.entries()) expect([...predictions(memberOf(one, m), rows)]).toEqual([0.5, -2]);
    const pair = rowsOf([row(4, 1, 0), row(-1, 1, 0)]);
    for (let n = 0; n < 50; n++) one.learn(lessonOf(pair, [verdict.chosen, verdict.passedOver]));
    for (const [m] of one.members.entries()) {
      const weightIn = (item: number, regime: number): number =>
        one.explain(rowsOf([row(item, regime, 0)]), 0, m).contributions[1]!.value;
      expect(weightIn(4, 1)).toBeGreaterThan(0.1);
      expect([weightIn(4, 0), weightIn(-1, 1)]).toEqual([0, 0]);
    }
  });

  test("predict the longest list, and learn as long a one as the engine takes, where no more memory is to be had", () => {
    const one = family();
    const grow = vi.spyOn(KernelMemory.prototype, "take").mockReturnValue(-1);
    const values = Array.from({ length: 5000 }, (_, i) => [1, 0, i % 2, 0, i % 9, 0]);
    const said = values.slice(0, 256).map((_, i) => (i === 7 ? verdict.chosen : verdict.passedOver));
    expect(predictions(memberOf(one, 0), rowsOf(values)).every((logit) => logit === 0)).toBe(true);
    one.learn(lessonOf(rowsOf(values.slice(0, 256)), said));
    expect(one.lessons).toBe(1);
    grow.mockRestore();
  });

  test("refuse a column that is not there by name", () => {
    expect(() => linear({ columns: codes, terms: [["colour"]] })).toThrow(/"colour"/);
    expect(() => linear({ columns: codes, terms: [["item"]], prior: "taste" })).toThrow(/"taste"/);
  });
});
