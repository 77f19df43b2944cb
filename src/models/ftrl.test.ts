/** What a lesson weighs and shrinks, of the logistic regression that models.test.ts checks against its paper. */
import { expect, test } from "vitest";
import { verdict } from "../core/lesson.ts";
import { random } from "../core/random.ts";
import { checksum } from "../core/state.ts";
import { ftrl } from "./ftrl.ts";
import { lessonOf, predictions, rowsOf } from "./model.check.ts";

const codes = [{ name: "item", kind: "code" as const, silent: -1 }];
const item = (code: number) => [code];
const row = (...items: readonly number[]) => rowsOf(items.map(item), 1);

test("l1 and l2 shrink weights as Algorithm 1 says", () => {
  const [alpha, beta, l1, l2] = [0.1, 1, 0.7, 0.4];
  const model = ftrl({ columns: codes, terms: [["item"]], alpha, beta, l1, l2, listwise: 0 });
  const weight = ({ z, n }: { z: number; n: number }): number =>
    Math.abs(z) <= l1 ? 0 : -(z - Math.sign(z) * l1) / ((beta + Math.sqrt(n)) / alpha + l2);
  const parts = [0, 1, 2].map(() => ({ z: 0, n: 0 }));
  const chance = random("shrunk");
  let [zeros, negative, positive] = [0, 0, 0];
  for (let step = 0; step < 600; step++) {
    const code = chance.int(3);
    const part = parts[code]!;
    const { bias, contributions } = model.explain(row(code), 0);
    const learned = contributions[0]!.value;
    expect(learned).toBeCloseTo(weight(part), 12);
    if (learned === 0) zeros++;
    if (learned < 0) negative++;
    if (learned > 0) positive++;
    const isChosen = chance.next() < [0.1, 0.5, 0.9][code]!;
    const gradient = 1 / (1 + Math.exp(-(bias + learned))) - (isChosen ? 1 : 0);
    model.learn(lessonOf(row(code), [isChosen ? verdict.chosen : verdict.passedOver], { isChoice: false }));
    part.z += gradient - ((Math.sqrt(part.n + gradient ** 2) - Math.sqrt(part.n)) / alpha) * weight(part);
    part.n += gradient ** 2;
  }
  expect(Math.min(zeros, negative, positive)).toBeGreaterThan(10);
});

/** How far one lesson moves the chosen above the passed over, and the mean of both. */
function moved(listwise: number, reward?: number, isWorthMore = false): readonly [margin: number, mean: number] {
  const model = ftrl({ columns: codes, terms: [["item"]], listwise });
  const rest = { ...(reward !== undefined && { reward }), isWorthMore };
  model.learn(lessonOf(row(1, 2), [verdict.chosen, verdict.passedOver], rest));
  const [chosen, passedOver] = predictions(model, row(1, 2)) as unknown as [number, number];
  return [chosen - passedOver, chosen + passedOver];
}

test("a reward weighs the order, up to ten clicks, and never the chance", () => {
  expect(moved(1, 3)[0]).toBeGreaterThan(moved(1, 1)[0]);
  expect(moved(1, 1)).toEqual(moved(1));
  expect(moved(1, 11)).toEqual(moved(1, 10));
  expect(moved(1, 10)[0]).toBeGreaterThan(moved(1, 9)[0]);
  expect(moved(0, 3)).toEqual(moved(0, 1));
});

test("a choice that is only worth more than it was teaches the order again, not the chance", () => {
  const model = ftrl({ columns: codes, terms: [["item"]], listwise: 0 });
  const untaught = ftrl({ columns: codes, terms: [["item"]], listwise: 0 });
  model.learn(lessonOf(row(1, 2), [verdict.chosen, verdict.passedOver], { isWorthMore: true, reward: 4 }));
  expect([...predictions(model, row(1, 2))]).toEqual([...predictions(untaught, row(1, 2))]);
  expect(checksum([model.state])).not.toBe(checksum([untaught.state]));
  expect(moved(0.3, 4, true)[0]).toBeGreaterThan(0);
  expect(moved(0.3, 4, true)[1]).toBe(0);
});
