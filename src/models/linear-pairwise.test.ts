/** The pairwise learner of the linear family against a slow twin in 64 bits. */
import { expect, test } from "vitest";
import { type Lesson, verdict } from "../core/lesson.ts";
import { random } from "../core/random.ts";
import { linear } from "./linear.ts";
import { addPairwise } from "./linear-gradients.ts";
import { columns, lessonOf, predictions, rowsOf } from "./model.check.ts";
import { memberOf } from "./model.ts";

const terms = [["x", "y"], ["item"]];
const [alpha, beta] = [0.3, 1];

test("PDGD takes AdaGrad's steps on its pairwise gradient, and knows of no bias and no place", () => {
  const family = linear({ columns, terms, bits: 20, beta, alpha: [0.02, 0.07, 0.2, alpha] });
  const model = memberOf(family, family.members.indexOf("pdgd"));
  const table = new Map<string, { w: number; n: number }>();
  const weightsOf = ([, , x, y, item]: readonly number[]) =>
    [`x × y = ${x} × ${y}`, ...(item === -1 ? [] : [`item = ${item}`])].map(
      (key) => table.get(key) ?? table.set(key, { w: 0, n: 0 }).get(key)!,
    );
  const chance = random("pairwise");
  let largest = 0;
  let sum = 0;
  for (let step = 0; step < 3000; step++) {
    const values = Array.from({ length: chance.int(8) }, () => [
      ...[1, 0, chance.int(3), chance.int(3), chance.int(9) - 1, 0],
    ]);
    const lesson: Lesson = lessonOf(
      rowsOf(values),
      values.map(() => chance.int(4)),
      {
        ...{ weight: 0.5 + chance.next(), surface: chance.int(3), reward: 12 * chance.next() },
        ...{ orderedByEngine: chance.int(2) === 0, isChoice: chance.int(3) > 0, isWorthMore: chance.int(9) === 0 },
      },
    );
    const logits = Float64Array.from(values, (row) => weightsOf(row).reduce((total, { w }) => total + w, 0));
    predictions(model, lesson.rows).forEach((logit, i) => {
      largest = Math.max(largest, Math.abs(logit - logits[i]!));
      sum += Math.abs(logit);
    });
    const gradients = new Float64Array(values.length);
    if (lesson.isChoice) addPairwise(logits, lesson, Math.min(10, lesson.reward!) * lesson.weight, gradients);
    values.forEach((row, i) => {
      for (const part of weightsOf(row)) {
        part.n += gradients[i]! ** 2;
        part.w -= (alpha * gradients[i]!) / (beta + Math.sqrt(part.n));
      }
    });
    model.learn(lesson);
  }
  expect(largest).toBeLessThan(1e-3);
  expect(sum).toBeGreaterThan(100);
  expect(family.placeBias!(1, 2, family.members.indexOf("pdgd"))).toBe(0);
  expect(model.explain(rowsOf([[1, 0, 1, 1, 2, 0]]), 0).bias).toBe(0);
});

test("of a list without a choice, PDGD learns nothing", () => {
  const family = linear({ columns, terms, bits: 12 });
  const model = memberOf(family, family.members.indexOf("pdgd"));
  const rows = rowsOf([
    [1, 0, 1, 0, 1, 0],
    [1, 0, 0, 1, 2, 0],
  ]);
  family.learn(lessonOf(rows, [verdict.chosen, verdict.passedOver], { isChoice: false }));
  expect([...predictions(model, rows)]).toEqual([0, 0]);
});
