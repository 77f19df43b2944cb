/** Factorisation machines against a slow twin in 64 bits, whatever the lessons. */
import { expect, test } from "vitest";
import { type Lesson, verdict } from "../core/lesson.ts";
import { mix, random } from "../core/random.ts";
import type { ColumnSpec } from "../core/rows.ts";
import { hashOf } from "./embedding-table.ts";
import { factorizationMachine } from "./factorization-machine.ts";
import { addPointwise, addSoftmax } from "./linear-gradients.ts";
import { lessonOf, predictions, rowsOf } from "./model.check.ts";
import { PlaceBias } from "./place-bias.ts";

const columns: readonly ColumnSpec[] = ["user", "hour", "item", "brand"].map((name, c) => ({
  ...{ name, kind: "code", silent: -1, isShared: c < 2 },
}));
const fields = columns.map(({ name }) => name);
const shared = 2;
const factors = 16;
const spread = 0.3;
const rates = { rate: 0.1, linearRate: 0.07, start: 0.2, shrink: 0.01 };
const [listwise, pairRate] = [0.4, 0.05];

interface Vector {
  readonly v: number[];
  squares: number;
  w: number;
  errors: number;
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);

function slowMachine(isFieldWeighted: boolean) {
  const vectors = new Map<string, Vector>();
  const places = new PlaceBias(rates.linearRate);
  const r = fields.map(() => fields.map(() => ({ value: 1, squares: 0 })));
  let bias = 0;
  let biasSquares = 0;
  const pair = (f: number, g: number) => r[Math.min(f, g)]![Math.max(f, g)]!;
  const begun = (f: number, code: number): Vector => {
    const of = (j: number): number => mix(hashOf(f, code) + Math.imul(j + 1, 0x9e3779b1)) / 0x80000000;
    return { v: Array.from({ length: factors }, (_, j) => of(j) * spread), squares: 0, w: 0, errors: 0 };
  };
  /** [field] vector of a row, where it has one. */
  const of = (row: readonly number[]): (Vector | undefined)[] =>
    row.map((code, f) => (code === -1 ? undefined : vectors.get(`${f} ${code}`)));
  const logit = (row: readonly number[]): number => {
    const found = of(row);
    let sum = bias;
    found.forEach((one, f) => {
      if (one === undefined) return;
      sum += one.w;
      for (let g = 0; g < f; g++) if (found[g] !== undefined) sum += pair(f, g).value * dot(one.v, found[g]!.v);
    });
    return sum;
  };
  const step = (one: Vector, gradient: readonly number[], error: number): void => {
    const whole = gradient.map((g, k) => g + rates.shrink * one.v[k]!);
    one.squares += dot(whole, whole) / factors;
    for (let k = 0; k < factors; k++) one.v[k]! -= (rates.rate * whole[k]!) / Math.sqrt(rates.start + one.squares);
    one.errors += error * error;
    one.w -= (rates.linearRate * error) / Math.sqrt(rates.start + one.errors);
  };

  function learn(lesson: Lesson, rows: readonly (readonly number[])[]): void {
    const { orderedByEngine, surface, position, weight } = lesson;
    for (const row of rows)
      row.forEach((code, f) => {
        if (code !== -1 && !vectors.has(`${f} ${code}`)) vectors.set(`${f} ${code}`, begun(f, code));
      });
    if (rows.length === 0) return;
    const logits = Float64Array.from(rows, logit);
    if (orderedByEngine) rows.forEach((_, i) => void (logits[i]! += places.at(surface, position[i]!)));
    const errors = new Float64Array(rows.length);
    if (!lesson.isWorthMore) addPointwise(logits, lesson, (1 - listwise) * weight, errors);
    const height = errors.reduce((sum, error) => sum + error, 0);
    biasSquares += height * height;
    bias -= (rates.linearRate * height) / Math.sqrt(rates.start + biasSquares);
    if (lesson.isChoice) addSoftmax(logits, lesson, listwise * weight * Math.min(10, lesson.reward!), errors);
    const request = of(rows[0]!).map((one, f) => (f < shared ? one : undefined));
    const before = request.map((one) => one?.v.slice());
    const pairGradients = fields.map(() => fields.map(() => 0));
    const requestGradients = request.map(() => new Array<number>(factors).fill(0));
    rows.forEach((row, i) => {
      const own = of(row).map((one, f) => (f >= shared ? one : undefined));
      const all = own.map((one, f) => (f < shared ? before[f] : one?.v.slice()));
      for (let f = 0; f < fields.length; f++)
        for (let g = 0; g < f; g++) {
          const [a, b] = [all[f], all[g]];
          if (a === undefined || b === undefined) continue;
          pairGradients[g]![f]! += errors[i]! * dot(a, b);
          if (g >= shared) continue;
          const by = errors[i]! * pair(f, g).value;
          for (let k = 0; k < factors; k++) {
            requestGradients[g]![k]! += by * a[k]!;
            if (f < shared) requestGradients[f]![k]! += by * b[k]!;
          }
        }
      if (errors[i] === 0) return;
      own.forEach((one, f) => {
        if (one === undefined) return;
        const gradient = one.v.map((_, k) =>
          all.reduce((sum, v, g) => (v === undefined || g === f ? sum : sum + pair(f, g).value * v[k]!), 0),
        );
        step(
          one,
          gradient.map((g) => errors[i]! * g),
          errors[i]!,
        );
      });
    });
    const total = errors.reduce((sum, error) => sum + error, 0);
    request.forEach((one, s) => {
      if (one !== undefined) step(one, requestGradients[s]!, total);
    });
    for (let f = 0; f < fields.length && isFieldWeighted; f++)
      for (let g = 0; g < f; g++) {
        const gradient = pairGradients[g]![f]!;
        const weight = pair(f, g);
        weight.squares += gradient * gradient;
        weight.value -= (pairRate * gradient) / Math.sqrt(rates.start + weight.squares);
      }
    if (orderedByEngine)
      errors.forEach((error, i) => {
        if (error !== 0) places.learn(surface, position[i]!, error);
      });
  }
  return { logit, learn };
}

test.each([true, false])("lesson for lesson it is the machine in 64 bits; pairs weighted: %s", (isFieldWeighted) => {
  const model = factorizationMachine({
    ...{ columns, fields, isFieldWeighted, rates, spread, listwise, pairRate, admission: 1, capacity: 3000 },
  });
  const twin = slowMachine(isFieldWeighted);
  const chance = random("slow machine");
  let largest = 0;
  let sum = 0;
  for (let n = 0; n < 800; n++) {
    const request = [chance.int(12) - 1, chance.int(4) - 1];
    // Now and then a list longer than the kernels look at in one call.
    const length = n % 200 === 100 ? 600 : chance.int(7);
    const rows = Array.from({ length }, () => [...request, chance.int(20) - 1, chance.int(5) - 1]);
    const lesson = lessonOf(
      rowsOf(rows, 4),
      rows.map(() => chance.int(4)),
      {
        ...{ weight: 0.5 + chance.next(), surface: chance.int(4) - 1, orderedByEngine: chance.int(2) === 0 },
        ...{ isChoice: chance.int(2) === 0, reward: 12 * chance.next(), isWorthMore: chance.int(9) === 0 },
        position: Int32Array.from(rows, () => chance.int(60)),
      },
    );
    predictions(model, lesson.rows).forEach((logit, i) => {
      largest = Math.max(largest, Math.abs(logit - twin.logit(rows[i]!)));
      sum += Math.abs(logit);
    });
    model.learn(lesson);
    twin.learn(lesson, rows);
  }
  expect(largest).toBeLessThan(1e-3);
  expect(sum).toBeGreaterThan(500);
});

test("what a pair is said to give is what both together give beyond each alone", () => {
  const model = factorizationMachine({ columns, fields, rates, spread, pairRate: 0.5, admission: 1, capacity: 3000 });
  const chance = random("pairs");
  const row = () => [chance.int(3), chance.int(2), chance.int(3), chance.int(2)];
  for (let n = 0; n < 300; n++) {
    const said = chance.int(2) === 0 ? verdict.chosen : verdict.passedOver;
    model.learn(lessonOf(rowsOf([row()], 4), [said], { isChoice: false }));
  }
  const whole = row();
  const only = (...kept: readonly number[]): number =>
    predictions(model, rowsOf([whole.map((code, f) => (kept.includes(f) ? code : -1))], 4))[0]!;
  const { bias, contributions } = model.explain(rowsOf([whole], 4), 0);
  const given = new Map(contributions.map(({ feature, value }) => [feature, value]));
  expect(bias).toBeCloseTo(only(), 5);
  for (let f = 0; f < fields.length; f++) {
    expect(given.get(fields[f]!)).toBeCloseTo(only(f) - only(), 5);
    for (let g = 0; g < f; g++) {
      const beyond = only(f, g) - only(f) - only(g) + only();
      expect(given.get(`${fields[g]} × ${fields[f]}`)).toBeCloseTo(beyond, 5);
    }
  }
});

test("a list of which nothing was chosen or passed over teaches no bias", () => {
  const model = factorizationMachine({ columns, fields, admission: 1, capacity: 3000 });
  model.learn(lessonOf(rowsOf([[-1, -1, -1, -1]], 4), [verdict.silent], { isChoice: false }));
  expect(model.explain(rowsOf([[-1, -1, -1, -1]], 4), 0).bias).toBe(0);
});

test("each place of each surface goes down its gradient by AdaGrad, and those beyond the fiftieth are one", () => {
  const rate = 0.03;
  const places = new PlaceBias(rate);
  const chance = random("places");
  const slow = new Map<string, { bias: number; squares: number }>();
  for (let n = 0; n < 500; n++) {
    const [surface, position, gradient] = [chance.int(3) - 1, [0, 1, 2, 49, 50, 90][chance.int(6)]!, chance.normal()];
    const key = `${surface} ${Math.min(position, 49)}`;
    const { bias, squares } = slow.get(key) ?? { bias: 0, squares: 0 };
    expect(places.at(surface, position)).toBeCloseTo(bias, 12);
    const sum = squares + gradient ** 2;
    slow.set(key, { bias: bias - (rate * gradient) / Math.sqrt(0.1 + sum), squares: sum });
    places.learn(surface, position, gradient);
  }
  expect(slow.size).toBe(12);
});
