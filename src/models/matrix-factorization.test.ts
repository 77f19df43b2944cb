import { describe, expect, test } from "vitest";
import { type Lesson, verdict } from "../core/lesson.ts";
import { type Random, random } from "../core/random.ts";
import type { ColumnSpec } from "../core/rows.ts";
import { checksum } from "../core/state.ts";
import { type MatrixFactorizationOptions, matrixFactorization } from "./matrix-factorization.ts";
import { columns, lessonOf, orderOf, predictions, promises, rowsOf } from "./model.check.ts";

const small = { capacity: 3000, admission: 1 } as const;
const promised = () =>
  matrixFactorization({ ...small, columns, shopper: "one", recent: [], item: "item", prior: "prior" });
const skipped: Record<string, string> = {
  "it learns a known world, the right way round": "that world is not of shoppers and items",
  "the more a lesson weighs, the more it teaches": "its rows name no item",
};
describe("matrix-factorization", () => {
  for (const { name, check } of promises) {
    if (skipped[name]) test.skip(`${name} (${skipped[name]})`, () => {});
    else test(name, () => check({ name: "matrix-factorization", make: promised, skips: {} }));
  }
});

const codes: readonly ColumnSpec[] = ["shopper", "recent-0", "recent-1", "item"].map((name, c) => ({
  ...{ name, kind: "code", silent: -1, isShared: c < 3 },
}));
const factorization = (rest: Partial<MatrixFactorizationOptions> = {}) =>
  matrixFactorization({
    ...{ columns: codes, shopper: "shopper", recent: ["recent-0", "recent-1"], item: "item" },
    ...{ ...small, ...rest },
  });

function anyLesson(chance: Random): Lesson {
  const request = [chance.int(20) - 1, chance.int(40) - 1, chance.int(40) - 1];
  const rows = Array.from({ length: chance.int(9) }, () => [...request, chance.int(40) - 1]);
  return lessonOf(
    rowsOf(rows, 4),
    rows.map(() => chance.int(4)),
    {
      ...{ weight: 0.5 + chance.next(), surface: chance.int(4) - 1, orderedByEngine: chance.int(2) === 0 },
      ...{ isChoice: chance.int(2) === 0, reward: 12 * chance.next() },
    },
  );
}

test("the compiled kernels and plain code learn the same, bit for bit", () => {
  const [one, other] = [true, false].map((isCompiled) => factorization({ isCompiled, admission: 2, capacity: 60 })) as [
    ReturnType<typeof factorization>,
    ReturnType<typeof factorization>,
  ];
  const chance = random("kernels");
  for (let n = 0; n < 500; n++) {
    const lesson = anyLesson(chance);
    one.learn(lesson);
    other.learn(lesson);
  }
  expect(checksum([one.state])).toBe(checksum([other.state]));
});

/** Shoppers below `apart` choose items 0–9, the others 10–19; each is asked about one of both kinds. */
function teachTastes(
  model: ReturnType<typeof factorization>,
  row: (n: number, chance: Random) => readonly number[],
): void {
  const chance = random("tastes");
  for (let n = 0; n < 6000; n++) {
    const request = row(n, chance);
    const kind = request[3]!;
    const items = [chance.int(10), 10 + chance.int(10)];
    const rows = rowsOf(
      items.map((item) => [...request.slice(0, 3), item]),
      4,
    );
    const chosen = chance.next() < 0.9 ? kind : 1 - kind;
    model.learn(
      lessonOf(
        rows,
        items.map((_, i) => (i === chosen ? verdict.chosen : verdict.passedOver)),
      ),
    );
  }
}

test("shoppers' tastes are learned, and items unlike each other are told apart, the right way round", () => {
  const model = factorization();
  teachTastes(model, (_, chance) => {
    const shopper = chance.int(30);
    return [shopper, -1, -1, shopper < 15 ? 0 : 1];
  });
  for (const shopper of [0, 7, 14, 15, 29]) {
    const logits = predictions(
      model,
      rowsOf(
        Array.from({ length: 20 }, (_, item) => [shopper, -1, -1, item]),
        4,
      ),
    );
    expect(
      new Set(
        orderOf(logits)
          .slice(0, 10)
          .map((item) => item < 10),
      ),
    ).toEqual(new Set([shopper < 15]));
  }
});

test("a shopper never seen before is known by what they turned to last", () => {
  const model = factorization();
  // What follows a thing of one kind is of the other: the way there, not likeness.
  teachTastes(model, (n, chance) => {
    const recent = chance.int(20);
    return [1000 + n, recent, chance.int(2) === 0 ? recent : -1, recent < 10 ? 1 : 0];
  });
  for (const recent of [2, 12]) {
    const rows = Array.from({ length: 20 }, (_, item) => [-1, recent, -1, item]);
    const best = orderOf(predictions(model, rowsOf(rows, 4))).slice(0, 10);
    expect(new Set(best.map((item) => item < 10))).toEqual(new Set([recent >= 10]));
  }
});

test("a choice moves the chosen up and every rival down; what was chosen before does not compete", () => {
  const model = factorization();
  const rows = rowsOf(
    [0, 1, 2, 3].map((item) => [-1, -1, -1, item]),
    4,
  );
  model.learn(lessonOf(rows, [verdict.silent, verdict.chosen, verdict.chosenBefore, verdict.passedOver]));
  const [silent, chosen, before, passedOver] = predictions(model, rows) as unknown as number[];
  expect(chosen).toBeGreaterThan(0);
  expect(before).toBe(0);
  expect(silent).toBeLessThan(0);
  expect(passedOver).toBe(silent);
});

test("its gradient is that of −ln σ of the chosen over each other, the mean over these", () => {
  const rate = 1e-3;
  const model = factorization({ rates: { rate: 0, linearRate: rate, start: 1e6 } });
  const rows = rowsOf(
    [0, 1, 2].map((item) => [4, 5, 6, item]),
    4,
  );
  const said = [verdict.chosen, verdict.passedOver, verdict.silent];
  model.learn(lessonOf(rows, said, { weight: 0 }));
  const untaught = factorization();
  untaught.learn(lessonOf(rows, said, { weight: 1e-30 }));
  const logits = predictions(untaught, rows);
  model.learn(lessonOf(rows, said, { weight: 2 }));
  const moved = [0, 1, 2].map((i) => model.explain(rows, i).contributions[0]!.value / (-rate / 1e3));
  const pulls = [1, 2].map((j) => 1 / (1 + Math.exp(logits[0]! - logits[j]!)));
  [-pulls[0]! - pulls[1]!, pulls[0]!, pulls[1]!].forEach((gradient, i) => {
    expect(Math.abs(moved[i]! - gradient)).toBeLessThan(1e-3);
  });
});

test("columns that are not there are refused by name, and so is a shopper that differs from row to row", () => {
  expect(() => factorization({ item: "thing" })).toThrow(/"thing"/);
  expect(() => factorization({ shopper: "item" })).toThrow(/the same for all rows/);
});

test("what was turned to last counts by the root of how many, beside the shopper's own vector", () => {
  const model = factorization({ spread: 0.5 });
  for (const recent of [3, 4])
    model.learn(lessonOf(rowsOf([[1, recent, -1, 9]], 4), [verdict.passedOver], { isChoice: false }));
  const logitOf = (...request: readonly number[]): number => predictions(model, rowsOf([[...request, 9]], 4))[0]!;
  const alone = logitOf(-1, -1, -1);
  const [shopper, first, second] = [logitOf(1, -1, -1), logitOf(-1, 3, -1), logitOf(-1, 4, -1)].map(
    (logit) => logit - alone,
  ) as [number, number, number];
  expect(Math.min(...[shopper, first, second].map(Math.abs))).toBeGreaterThan(0.01);
  expect(logitOf(-1, 3, 4) - alone).toBeCloseTo((first + second) / Math.SQRT2, 5);
  expect(logitOf(1, 3, 4) - alone).toBeCloseTo(shopper + (first + second) / Math.SQRT2, 5);
});

test("a choice teaches by its reward, up to ten clicks, and what is no choice by none", () => {
  const moved = (rest: Partial<Lesson>): number => {
    const model = factorization({ rates: { start: 100 } });
    const rows = rowsOf(
      [1, 2].map((item) => [1, -1, -1, item]),
      4,
    );
    model.learn(lessonOf(rows, [verdict.chosen, verdict.passedOver], rest));
    const [chosen, other] = predictions(model, rows) as unknown as [number, number];
    return chosen - other;
  };
  expect(moved({ reward: 5 })).toBeGreaterThan(2 * moved({ reward: 1 }));
  expect(moved({ reward: 1 })).toBe(moved({}));
  expect(moved({ reward: 11 })).toBe(moved({ reward: 10 }));
  expect(moved({ reward: 5, isChoice: false })).toBe(moved({}));
});
