import { describe, expect, test } from "vitest";
import { dayMs } from "../core/clock.ts";
import { type Lesson, verdict } from "../core/lesson.ts";
import { type Random, random } from "../core/random.ts";
import type { ColumnSpec } from "../core/rows.ts";
import { checksum } from "../core/state.ts";
import { type FactorizationOptions, factorizationMachine } from "./factorization-machine.ts";
import { ftrl } from "./ftrl.ts";
import { columns, lessonOf, predictions, promises, rowsOf } from "./model.check.ts";

const fields = ["one", "repeated", "x", "y", "item"];
const small = { capacity: 3000, admission: 1 } as const;

for (const isFieldWeighted of [true, false]) {
  const rates = { rate: 0.1, linearRate: 0.1 };
  const make = () => factorizationMachine({ ...small, columns, fields, isFieldWeighted, rates, prior: "prior" });
  describe(make().name, () => {
    for (const { name, check } of promises) test(name, () => check({ name: make().name, make, skips: {} }));
  });
}

/** Who asks and where, the same for all rows; what is asked about. */
const codes: readonly ColumnSpec[] = ["user", "hour", "item", "brand"].map((name, c) => ({
  ...{ name, kind: "code", silent: -1, isShared: c < 2 },
}));
const crossed = codes.map(({ name }) => name);
const machine = (rest: Partial<FactorizationOptions> = {}) =>
  factorizationMachine({ columns: codes, fields: crossed, ...small, ...rest });

function anyLesson(chance: Random, length = chance.int(9)): Lesson {
  const [user, hour] = [chance.int(30) - 1, chance.int(4) - 1];
  const rows = Array.from({ length }, () => [user, hour, chance.int(300) - 1, chance.int(6) - 1]);
  return lessonOf(
    rowsOf(rows, 4),
    rows.map(() => chance.int(4)),
    {
      ...{ weight: 0.5 + chance.next(), surface: chance.int(4) - 1, orderedByEngine: chance.int(2) === 0 },
      ...{ isChoice: chance.int(2) === 0, reward: 12 * chance.next(), isWorthMore: chance.int(9) === 0 },
      position: Int32Array.from(rows, () => chance.int(90)),
    },
  );
}

test("the compiled kernels and plain code learn the same, bit for bit, lists longer than a block among them", () => {
  const [one, other] = [true, false].map((isCompiled) => machine({ isCompiled, admission: 2, capacity: 150 })) as [
    ReturnType<typeof machine>,
    ReturnType<typeof machine>,
  ];
  const chance = random("kernels");
  for (let n = 0; n < 400; n++) {
    const lesson = anyLesson(chance, n % 80 === 79 ? 300 : undefined);
    expect(predictions(one, lesson.rows)).toEqual(predictions(other, lesson.rows));
    one.learn(lesson);
    other.learn(lesson);
  }
  expect(checksum([one.state])).toBe(checksum([other.state]));
});

test("who likes what is learned of pairs, and the right way round", () => {
  const model = machine();
  const chance = random("cross");
  for (let n = 0; n < 6000; n++) {
    const [user, item] = [chance.int(5), chance.int(5)];
    const isChosen = chance.next() < (item === (user + 1) % 5 ? 0.6 : 0.1);
    model.learn(lessonOf(rowsOf([[user, -1, item, -1]], 4), [isChosen ? verdict.chosen : verdict.passedOver]));
  }
  for (let user = 0; user < 5; user++) {
    const items = [0, 1, 2, 3, 4].map((item) => [user, -1, item, -1]);
    const logits = predictions(model, rowsOf(items, 4));
    expect(logits.indexOf(Math.max(...logits))).toBe((user + 1) % 5);
  }
});

test("a pair never seen together is known by what each did with others", () => {
  const model = machine();
  const chance = random("taste");
  // Users 0–9 like even items, 10–19 odd ones; user 3 was never asked about item 8, nor user 13.
  for (let n = 0; n < 20_000; n++) {
    const [user, item] = [chance.int(20), chance.int(20)];
    if (user % 10 === 3 && item === 8) continue;
    const isChosen = chance.next() < ((item % 2 === 0) === user < 10 ? 0.7 : 0.1);
    model.learn(lessonOf(rowsOf([[user, -1, item, -1]], 4), [isChosen ? verdict.chosen : verdict.passedOver]));
  }
  const chances = [3, 13].map((user) => 1 / (1 + Math.exp(-predictions(model, rowsOf([[user, -1, 8, -1]], 4))[0]!)));
  expect(chances[0]).toBeGreaterThan(0.45);
  expect(chances[1]).toBeLessThan(0.3);
});

test("field weights tell pairs of fields that matter from those that do not, and a plain machine has none", () => {
  const [weighted, plain] = [machine(), machine({ isFieldWeighted: false })];
  const chance = random("fields");
  for (let n = 0; n < 8000; n++) {
    const row = [chance.int(8), chance.int(8), chance.int(8), -1];
    const isChosen = chance.next() < (row[0]! % 2 === row[2]! % 2 ? 0.7 : 0.2);
    for (const model of [weighted, plain])
      model.learn(lessonOf(rowsOf([row], 4), [isChosen ? verdict.chosen : verdict.passedOver]));
  }
  const weights = ({ state }: typeof weighted) => {
    const [chunk] = state.buffers.find(({ name }) => name === "pair-weights")!.chunks();
    return new Float32Array(chunk!.buffer, chunk!.byteOffset, chunk!.byteLength / 4);
  };
  const [userItem, hourItem] = [weights(weighted)[2]!, weights(weighted)[6]!];
  expect(Math.abs(userItem)).toBeGreaterThan(Math.abs(hourItem) + 0.02);
  // The pair's weight stands in both of its places.
  expect(weights(weighted)[8]).toBe(userItem);
  // What a row is explained by leaves nothing but the bias and what 32 bits round off.
  const biases = [
    [1, 1, 1, -1],
    [-1, -1, -1, -1],
  ].map((row) => weighted.explain(rowsOf([row], 4), 0).bias);
  expect(Math.abs(biases[0]! - biases[1]!)).toBeLessThan(1e-5);
  expect(plain.state.buffers.map(({ name }) => name)).not.toContain("pair-weights");
});

test("what is silent, not admitted, or not there as a column says nothing; the prior is where the logit starts", () => {
  const model = machine({ fields: [...crossed, "colour"], admission: 3 });
  const rows = rowsOf(
    [
      [3, 1, 7, -1],
      [-1, -1, -1, -1],
    ],
    4,
  );
  for (let i = 0; i < 2; i++) model.learn(lessonOf(rows, [verdict.chosen, verdict.silent]));
  const { bias, contributions } = model.explain(rows, 0);
  expect(contributions).toEqual([]);
  expect(bias).toBeGreaterThan(0);
  model.learn(lessonOf(rows, [verdict.chosen, verdict.silent]));
  const names = model.explain(rows, 0).contributions.map(({ feature }) => feature);
  expect(names).toEqual(["user", "hour", "user × hour", "item", "user × item", "hour × item"]);
  expect(model.explain(rows, 1).contributions).toEqual([]);
  expect(() => machine({ prior: "price" })).toThrow(/"price"/);
});

test("upon another model it starts at that one's logit and explains with it", () => {
  const below = ftrl({ columns: codes, terms: [["item"]], bits: 10 });
  const model = machine({ upon: below });
  const rows = rowsOf(
    [
      [1, 2, 3, 4],
      [1, 2, 5, 4],
    ],
    4,
  );
  for (let i = 0; i < 30; i++) below.learn(lessonOf(rows, [verdict.chosen, verdict.passedOver]));
  expect([...predictions(model, rows)]).toEqual([...predictions(below, rows)]);
  const learned = below.lessons;
  for (let i = 0; i < 30; i++) model.learn(lessonOf(rows, [verdict.passedOver, verdict.chosen]));
  expect(below.lessons).toBe(learned);
  expect(predictions(model, rows)[0]!).toBeLessThan(predictions(below, rows)[0]!);
  const { bias, contributions } = model.explain(rows, 0);
  expect(contributions[0]).toEqual(below.explain(rows, 0).contributions[0]);
  const sum = contributions.reduce((total, { value }) => total + value, bias);
  expect(sum).toBeCloseTo(predictions(model, rows)[0]!, 9);
});

test("places are learned by surface, for lists that the engine ordered", () => {
  const model = machine();
  for (let n = 0; n < 400; n++) {
    const rows = rowsOf(
      [
        [-1, -1, n % 7, -1],
        [-1, -1, (n + 3) % 7, -1],
      ],
      4,
    );
    model.learn(lessonOf(rows, [verdict.chosen, verdict.passedOver], { orderedByEngine: true, surface: 3 }));
  }
  expect(model.placeBias!(3, 0)).toBeGreaterThan(model.placeBias!(3, 1) + 1);
  expect(model.placeBias!(4, 0)).toBe(0);
});

test("codes not seen for days leave, so that an endless stream of new ones takes bounded memory", () => {
  const vectorsAfter = (lessons: number, rest: Partial<FactorizationOptions>): number => {
    const model = machine(rest);
    for (let n = 0; n < lessons; n++) {
      const atMs = Date.UTC(2026, 0, 1) + (n * dayMs) / 10;
      const rows = rowsOf([[n, n % 5, 3 * n, n % 11]], 4);
      model.learn(lessonOf(rows, [n % 3 ? verdict.passedOver : verdict.chosen], { atMs }));
    }
    return model.state.buffers.find(({ name }) => name === "vectors")!.length / 16;
  };
  // Two new codes with each lesson, ten lessons a day, seven days and the one under way.
  expect(vectorsAfter(4000, { expiryDays: 7 })).toBeGreaterThanOrEqual(2 * 70);
  expect(vectorsAfter(4000, { expiryDays: 7 })).toBeLessThanOrEqual(2 * 80 + 20);
  expect(vectorsAfter(1000, { expiryDays: 400 })).toBe(2016);
  expect(vectorsAfter(1000, { expiryDays: 400, capacity: 500 })).toBe(500);
});

test("a hashed table learns the same world, with collisions", () => {
  const model = machine({ isHashed: true, capacity: 4096 });
  for (let n = 0; n < 300; n++)
    model.learn(
      lessonOf(
        rowsOf(
          [
            [1, 1, 1, 1],
            [1, 1, 2, 1],
          ],
          4,
        ),
        [verdict.chosen, verdict.passedOver],
      ),
    );
  const [chosen, passedOver] = predictions(
    model,
    rowsOf(
      [
        [1, 1, 1, 1],
        [1, 1, 2, 1],
      ],
      4,
    ),
  );
  expect(chosen!).toBeGreaterThan(passedOver! + 1);
});
