import { describe, expect, test } from "vitest";
import { verdict } from "../core/lesson.ts";
import { random } from "../core/random.ts";
import { choice } from "./choice.ts";
import { choiceNetwork } from "./choice-network.ts";
import { columns, lessonOf, predictions, promises, rowsOf, type Subject } from "./model.check.ts";
import type { Model } from "./model.ts";

const subject: Subject = {
  name: "choice-network",
  make: () => choiceNetwork({ columns, repeated: "repeated", prior: { x: [0.1, -0.2] } }),
  skips: { places: "its candidates were never shown in a list" },
};

describe(subject.name, () => {
  for (const { name, needs, check } of promises) {
    const reason = needs && subject.skips[needs];
    if (reason) test.skip(`${name} (${reason})`, () => {});
    else test(name, () => check(subject));
  }

  const own = ["repeated", "a", "b"].map((name) => ({ name, kind: "number" as const }));
  const make = () => choiceNetwork({ columns: own, repeated: "repeated", prior: { a: [0.2, -0.5] } });

  /** All its weights, as live 64-bit numbers: named buffers in the order of the state. */
  function weightsOf(model: Model): { readonly weights: Float64Array; readonly squares: Float64Array }[] {
    const live = (name: string): Float64Array => {
      const [chunk] = model.state.buffers.find((buffer) => buffer.name === name)!.chunks();
      return new Float64Array(chunk!.buffer, chunk!.byteOffset, chunk!.byteLength / 8);
    };
    return ["linear", "into", "bias", "out"].map((name) => ({ weights: live(name), squares: live(`${name}.squares`) }));
  }

  /** −Σ y log P − 3 Σ over the groups with a choice of y/y(group) log P(in the group), y the choices' shares. */
  function loss(logits: ArrayLike<number>, groups: readonly number[], chosen: readonly boolean[]): number {
    const among = (members: readonly number[]): number => {
      const picked = members.filter((i) => chosen[i]);
      const total = Math.log(members.reduce((sum, i) => sum + Math.exp(logits[i]!), 0));
      return picked.length === 0 ? 0 : -picked.reduce((sum, i) => sum + logits[i]! - total, 0) / picked.length;
    };
    const all = [...groups.keys()];
    const apart = [0, 1].map((group) => among(all.filter((i) => groups[i] === group)));
    return among(all) + 3 * (apart[0]! + apart[1]!);
  }

  test("its gradient is that of the loss that the choice model states, in every weight", () => {
    const chance = random("differences");
    for (let n = 0; n < 12; n++) {
      const model = make();
      const values = Array.from({ length: 2 + chance.int(7) }, () => [chance.int(2), chance.normal(), chance.normal()]);
      const rows = rowsOf(values, 3);
      const chosen = values.map((_, i) => i === 0 || chance.int(3) === 0);
      const parts = weightsOf(model);
      for (const { weights } of parts) for (let w = 0; w < weights.length; w++) weights[w]! += 0.3 * chance.normal();
      const before = parts.map(({ weights, squares }) => ({ weights: weights.slice(), squares: squares.slice() }));
      const groups = values.map(([group]) => group!);
      const slopes = parts.map(({ weights }) =>
        Array.from(weights, (weight, w) => {
          const [up, down] = [1e-6, -1e-6].map((by) => {
            weights[w] = weight + by;
            return loss(predictions(model, rows), groups, chosen);
          });
          weights[w] = weight;
          return (up! - down!) / 2e-6;
        }),
      );
      model.learn(
        lessonOf(
          rows,
          chosen.map((one) => (one ? verdict.chosen : verdict.passedOver)),
        ),
      );
      parts.forEach(({ weights, squares }, p) => {
        weights.forEach((weight, w) => {
          const rate = p === 0 ? 0.3 : 0.1;
          const gradient = ((before[p]!.weights[w]! - weight) / rate) * Math.sqrt(squares[w]!);
          expect(Math.abs(gradient - slopes[p]![w]!)).toBeLessThan(2e-3);
          expect(squares[w]! - before[p]!.squares[w]!).toBeCloseTo(gradient ** 2, 6);
        });
      });
    }
  });

  test("before its first lesson it says nearly what its linear part does", () => {
    const linear = choice({ columns: own, repeated: "repeated", prior: { a: [0.2, -0.5] } });
    const rows = () =>
      rowsOf(
        [
          [0, 1, 2],
          [1, -1, 1],
          [0, 0.5, 0],
        ],
        3,
      );
    predictions(make(), rows()).forEach((logit, i) => {
      expect(Math.abs(logit - predictions(linear, rows())[i]!)).toBeLessThan(0.2);
    });
  });

  test("it learns what is in two columns together alone, and explains it to the last bit of it", () => {
    const model = make();
    const rows = () =>
      rowsOf(
        [
          [0, 1, 1],
          [0, -1, 1],
          [0, 1, -1],
          [0, -1, -1],
        ],
        3,
      );
    const verdicts = [verdict.chosen, verdict.passedOver, verdict.passedOver, verdict.chosen];
    for (let i = 0; i < 600; i++) model.learn(lessonOf(rows(), verdicts));
    const [both, first, second, neither] = predictions(model, rows());
    expect(Math.min(both!, neither!) - Math.max(first!, second!)).toBeGreaterThan(2);
    [both, first, second, neither].forEach((logit, i) => {
      const { bias, contributions } = model.explain(rows(), i);
      expect(contributions.map(({ feature }) => feature)).toEqual(["repeated", "a", "b"]);
      expect(contributions.reduce((sum, { value }) => sum + value, bias)).toBeCloseTo(logit!, 9);
    });
  });

  test("a prior for a column that is not there is refused", () => {
    expect(() => choiceNetwork({ columns: own, repeated: "repeated", prior: { c: [1, 1] } })).toThrow(/"c"/);
  });
});
