import { describe, expect, test } from "vitest";
import { type Lesson, verdict } from "../core/lesson.ts";
import { type Random, random } from "../core/random.ts";
import { addPairwise, addPointwise, addSoftmax } from "./linear-gradients.ts";
import { lessonOf, rowsOf } from "./model.check.ts";

/** Rows of which nothing but their verdicts and places matters, and their logits. */
function any(chance: Random): { lesson: Lesson; logits: Float64Array } {
  const count = 1 + chance.int(9);
  const lesson = lessonOf(
    rowsOf(Array.from({ length: count }, () => [1, 0, 0, 0, 0, 0])),
    Array.from({ length: count }, () => chance.int(4)),
    { orderedByEngine: chance.int(2) === 0 },
  );
  const places = Array.from({ length: count }, (_, i) => i);
  if (chance.int(2) === 0) places.reverse();
  return { lesson: { ...lesson, position: Int32Array.from(places) }, logits: Float64Array.from(places, chance.normal) };
}

const added = (add: typeof addPointwise, { lesson, logits }: ReturnType<typeof any>, scale: number): Float64Array => {
  const out = new Float64Array(logits.length);
  add(logits, lesson, scale, out);
  return out;
};

/** Fails unless `gradient` is that of `loss`, by central differences. */
function expectGradient(gradient: Float64Array, logits: Float64Array, loss: (logits: Float64Array) => number): void {
  for (const [i, value] of gradient.entries()) {
    const moved = (by: number): number => loss(logits.map((logit, k) => (k === i ? logit + by : logit)));
    expect(value).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 6);
  }
}

const rowsWith = ({ rows, verdict: said }: Lesson, test: (one: number) => boolean): number[] =>
  Array.from({ length: rows.count }, (_, i) => i).filter((i) => test(said[i]!));

describe("gradients are those of the losses they state", () => {
  test("pointwise: the logistic loss of what was chosen or passed over", () => {
    const chance = random("pointwise");
    for (let n = 0; n < 200; n++) {
      const one = any(chance);
      const chosen = rowsWith(one.lesson, (said) => said === verdict.chosen);
      const passed = rowsWith(one.lesson, (said) => said === verdict.passedOver);
      expectGradient(added(addPointwise, one, 0.7), one.logits, (logits) => {
        const lossOf = (rows: readonly number[], sign: number): number =>
          rows.reduce((sum, i) => sum + Math.log(1 + Math.exp(-sign * logits[i]!)), 0);
        return 0.7 * (lossOf(chosen, 1) + lossOf(passed, -1));
      });
    }
  });

  test("list-wise: −log softmax of the chosen among what competes, several sharing the mass", () => {
    const chance = random("softmax");
    for (let n = 0; n < 200; n++) {
      const one = any(chance);
      const chosen = rowsWith(one.lesson, (said) => said === verdict.chosen);
      const all = rowsWith(one.lesson, (said) => said !== verdict.chosenBefore);
      expectGradient(added(addSoftmax, one, 0.7), one.logits, (logits) => {
        const total = Math.log(all.reduce((sum, i) => sum + Math.exp(logits[i]!), 0));
        return chosen.reduce((sum, i) => sum + (0.7 / chosen.length) * (total - logits[i]!), 0);
      });
    }
  });

  test("pairwise: −Σ rho · σ(chosen − other), rho by the chances of the two orders", () => {
    const chance = random("pairs");
    let pairs = 0;
    for (let n = 0; n < 200; n++) {
      const one = any(chance);
      const { position, verdict: said, orderedByEngine } = one.lesson;
      const shown = rowsWith(one.lesson, (what) => what !== verdict.chosenBefore).sort(
        (a, b) => position[a]! - position[b]!,
      );
      /** Plackett–Luce: chance of an order, best first. */
      const chanceOf = (order: readonly number[]): number =>
        order.reduce((product, row, k) => {
          const left = order.slice(k).reduce((sum, other) => sum + Math.exp(one.logits[other]!), 0);
          return (product * Math.exp(one.logits[row]!)) / left;
        }, 1);
      const all = rowsWith(one.lesson, (what) => what === verdict.chosen).flatMap((i) =>
        shown
          .filter((j) => said[j] !== verdict.chosen)
          .filter((j) => !orderedByEngine || shown.indexOf(j) <= shown.indexOf(i) + 1)
          .map((j) => {
            const exchanged = shown.map((row) => (row === i ? j : row === j ? i : row));
            return { i, j, rho: chanceOf(exchanged) / (chanceOf(shown) + chanceOf(exchanged)) };
          }),
      );
      pairs += all.length;
      expectGradient(added(addPairwise, one, 0.7), one.logits, (logits) =>
        all.reduce((sum, { i, j, rho }) => sum - (0.7 * rho) / (1 + Math.exp(logits[j]! - logits[i]!)), 0),
      );
    }
    expect(pairs).toBeGreaterThan(500);
  });
});

test("each adds to what is there, and of scale 0 there is nothing", () => {
  const one = any(random("scale"));
  for (const add of [addPointwise, addSoftmax, addPairwise]) {
    const out = new Float64Array(one.logits.length).fill(5);
    add(one.logits, one.lesson, 0, out);
    expect(out.every((value) => value === 5)).toBe(true);
    add(one.logits, one.lesson, 2, out);
    const [once, twice] = [added(add, one, 1), added(add, one, 2)];
    out.forEach((value, i) => {
      expect(value - 5).toBeCloseTo(twice[i]!, 12);
      expect(twice[i]).toBeCloseTo(2 * once[i]!, 12);
    });
  }
});

test("pairs of logits as far apart as can be leave finite gradients", () => {
  for (const logits of [
    [3e38, -3e38, 0, 700],
    [-800, 800, -800, 800],
    [0, 0, 0, 0],
  ]) {
    const lesson = lessonOf(rowsOf(logits.map(() => [1, 0, 0, 0, 0, 0])), [2, 2, 2, 1]);
    const out = new Float64Array(4);
    addPairwise(Float64Array.from(logits), lesson, 1, out);
    expect(out.every(Number.isFinite)).toBe(true);
  }
});
