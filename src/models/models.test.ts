import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { verdict } from "../core/lesson.ts";
import { random } from "../core/random.ts";
import { checksum, type State } from "../core/state.ts";
import { callersOrder } from "./callers-order.ts";
import { choice } from "./choice.ts";
import { ftrl } from "./ftrl.ts";
import { columns, lessonOf, predictions, promises, rowsOf, type Subject } from "./model.check.ts";

const subjects: readonly Subject[] = [
  {
    name: "callers-order",
    make: () => callersOrder(columns, "prior"),
    skips: { places: "it learns nothing", learning: "it learns nothing: that is what it is for" },
  },
  {
    name: "choice",
    make: () => choice({ columns, repeated: "repeated", prior: { x: [0.1, -0.2] } }),
    skips: { places: "its candidates were never shown in a list" },
  },
  {
    name: "ftrl",
    make: () => {
      const terms = [["repeated", "x"], ["repeated", "y"], ["repeated"], ["x", "y", "item"], ["item", "one"], ["one"]];
      return ftrl({ columns, terms, prior: "prior", regime: "repeated", bits: 12 });
    },
    skips: {},
  },
];

for (const subject of subjects) {
  describe(subject.name, () => {
    for (const { name, needs, check } of promises) {
      const reason = needs && subject.skips[needs];
      if (reason) test.skip(`${name} (${reason})`, () => {});
      else test(name, () => check(subject));
    }
  });
}

test("every file of the folder is a model that is checked here, or part of one", () => {
  const parts = [
    "choice-errors",
    "choice-network",
    "choice-network.test",
    "embedding-cells",
    "embedding-table",
    "embedding-table.test",
    "factorization-machine",
    "factorization-machine.test",
    "factorization-twin.test",
    "field-vectors",
    "ftrl.test",
    "lesson-days",
    "linear",
    "linear-gradients",
    "linear-gradients.test",
    "linear-pairwise.test",
    "linear-slots",
    "linear.test",
    "matrix-factorization",
    "matrix-factorization.test",
    "model",
    "model.check",
    "models.test",
    "outcome-heads",
    "outcome-heads.test",
    "panel",
    "panel-duty",
    "panel-line",
    "panel-mixture",
    "panel-parts.test",
    "panel-predicted.test",
    "panel-scores",
    "panel-surfaces",
    "panel-weights",
    "panel.test",
    "place-bias",
  ];
  const files = readdirSync(import.meta.dirname).map((file) => file.replace(/\.ts$/, ""));
  expect(files.sort()).toEqual([...parts, ...subjects.map(({ name }) => name)].sort());
  for (const { name, make } of subjects) expect(make().name).toBe(name);
});

/** The numbers of one buffer of a state. */
function numbers({ buffers }: State, name: string): Float64Array {
  const [chunk] = buffers.find((buffer) => buffer.name === name)!.chunks();
  return new Float64Array(chunk!.buffer, chunk!.byteOffset, chunk!.byteLength / 8);
}

describe("ftrl", () => {
  const codes = ["user", "item", "hour"].map((name) => {
    return { name, kind: "code" as const, silent: -1, isShared: name === "hour" };
  });
  const terms = [["user"], ["item"], ["user", "item"], ["item", "hour"], ["user", "hour", "item"], ["hour"]];

  test("is Algorithm 1 of McMahan et al. 2013, weight for weight", () => {
    const [alpha, beta] = [0.1, 1];
    const model = ftrl({ columns: codes, terms, alpha, beta, l1: 0, l2: 0, listwise: 0, bits: 20 });
    const table = new Map<string, { z: number; n: number }>();
    const weight = ({ z, n }: { z: number; n: number }): number => (z === 0 ? 0 : -z / ((beta + Math.sqrt(n)) / alpha));
    const chance = random("mcmahan");
    for (let step = 0; step < 6000; step++) {
      const row = [chance.int(7) - 1, chance.int(9) - 1, chance.int(5) - 1];
      const keys = ["bias"];
      for (const term of terms) {
        const values = term.map((name) => row[codes.findIndex((column) => column.name === name)]!);
        if (!values.includes(-1)) keys.push(`${term} = ${values}`);
      }
      const parts = keys.map((key) => table.get(key) ?? table.set(key, { z: 0, n: 0 }).get(key)!);
      const logit = parts.reduce((sum, part) => sum + weight(part), 0);
      const rows = rowsOf([row], 3);
      expect(Math.abs(predictions(model, rows)[0]! - logit)).toBeLessThan(1e-12);
      const isChosen = chance.next() < 1 / (1 + Math.exp(row[0]! - 0.7 * row[1]! + row[2]!));
      const lessonWeight = 1 + chance.int(3);
      model.learn(
        lessonOf(rows, [isChosen ? verdict.chosen : verdict.passedOver], { weight: lessonWeight, isChoice: false }),
      );
      const gradient = lessonWeight * (1 / (1 + Math.exp(-logit)) - (isChosen ? 1 : 0));
      for (const part of parts) {
        const sigma = (Math.sqrt(part.n + gradient ** 2) - Math.sqrt(part.n)) / alpha;
        part.z += gradient - sigma * weight(part);
        part.n += gradient ** 2;
      }
    }
    expect(table.size).toBeGreaterThan(200);
  });

  test("a cross is read the right way round: who likes what, not what likes whom", () => {
    const model = ftrl({ columns: codes, terms: [["user", "item"]] });
    const chance = random("cross");
    for (let i = 0; i < 6000; i++) {
      const [user, item] = [chance.int(5), chance.int(5)];
      const isChosen = chance.next() < (item === (user + 1) % 5 ? 0.6 : 0.1);
      model.learn(lessonOf(rowsOf([[user, item, 0]], 3), [isChosen ? verdict.chosen : verdict.passedOver]));
    }
    for (let user = 0; user < 5; user++) {
      const logits = predictions(
        model,
        rowsOf(
          [0, 1, 2, 3, 4].map((item) => [user, item, 0]),
          3,
        ),
      );
      expect(logits.indexOf(Math.max(...logits))).toBe((user + 1) % 5);
    }
  });

  test("l1 keeps the weight of what was hardly seen at 0", () => {
    const model = ftrl({ columns: codes, terms: [["item"]], l1: 2 });
    const teach = (item: number, times: number): void => {
      for (let i = 0; i < times; i++) model.learn(lessonOf(rowsOf([[0, item, 0]], 3), [verdict.chosen]));
    };
    teach(1, 200);
    teach(2, 1);
    expect(model.explain(rowsOf([[0, 1, 0]], 3), 0).contributions[0]!.value).toBeGreaterThan(0.01);
    expect(model.explain(rowsOf([[0, 2, 0]], 3), 0).contributions[0]!.value).toBe(0);
  });

  test("what is silent is neither taught nor predicted, and the prior is where the logit starts", () => {
    const model = ftrl({ columns, terms: [["item"]], prior: "prior" });
    const row = (item: number, prior: number): number[] => [1, 0, 0, 0, item, prior];
    expect([...predictions(model, rowsOf([row(3, 0.5), row(-1, -2)]))]).toEqual([0.5, -2]);
    for (let i = 0; i < 50; i++) model.learn(lessonOf(rowsOf([row(-1, 0)]), [verdict.chosen]));
    const { bias, contributions } = model.explain(rowsOf([row(-1, 0)]), 0);
    expect(bias).toBeGreaterThan(0);
    expect(contributions.map(({ value }) => value)).toEqual([0, 0]);
  });

  test("weights of different regimes are apart", () => {
    const model = ftrl({ columns: codes, terms: [["item"]], regime: "hour" });
    for (let i = 0; i < 50; i++) model.learn(lessonOf(rowsOf([[0, 4, 1]], 3), [verdict.chosen]));
    const weightIn = (hour: number): number => model.explain(rowsOf([[0, 4, hour]], 3), 0).contributions[0]!.value;
    expect(weightIn(1)).toBeGreaterThan(0.1);
    expect(weightIn(0)).toBe(0);
  });

  test("a choice moves the chosen up and every competitor down; what was chosen before does not compete", () => {
    const model = ftrl({ columns: codes, terms: [["item"]], listwise: 1 });
    const rows = rowsOf(
      [0, 1, 2, 3].map((item) => [0, item, 0]),
      3,
    );
    model.learn(lessonOf(rows, [verdict.silent, verdict.chosen, verdict.chosenBefore, verdict.passedOver]));
    const [silent, chosen, before, passedOver] = predictions(model, rows) as unknown as number[];
    expect(chosen).toBeGreaterThan(0);
    expect(before).toBe(0);
    expect(silent).toBeLessThan(0);
    expect(passedOver).toBe(silent);
  });

  test("a column that is not there is refused by name", () => {
    expect(() => ftrl({ columns: codes, terms: [["colour"]] })).toThrow(/"colour"/);
  });
});

describe("choice", () => {
  const own = ["repeated", "a", "b"].map((name) => ({ name, kind: "number" as const }));
  const start = { repeated: [0, 0.3], a: [0.2, -0.5], b: [-0.4, 0.7] } as const;
  const make = () => choice({ columns: own, repeated: "repeated", prior: start });

  /** −Σ y log P − 3 Σ over the groups with a choice of y/y(group) log P(in the group), y the choices' shares. */
  function loss(weights: ArrayLike<number>, rows: readonly (readonly number[])[], chosen: readonly boolean[]): number {
    const logits = rows.map((row) => row.reduce((sum, x, c) => sum + weights[3 * row[0]! + c]! * x, 0));
    const among = (members: readonly number[]): number => {
      const picked = members.filter((i) => chosen[i]);
      const total = Math.log(members.reduce((sum, i) => sum + Math.exp(logits[i]!), 0));
      return picked.length === 0 ? 0 : -picked.reduce((sum, i) => sum + logits[i]! - total, 0) / picked.length;
    };
    const all = [...rows.keys()];
    const groups = [0, 1].map((group) => all.filter((i) => rows[i]![0] === group));
    return among(all) + 3 * (among(groups[0]!) + among(groups[1]!));
  }

  test("its gradient is that of the loss it states", () => {
    const chance = random("differences");
    for (let n = 0; n < 60; n++) {
      const rows = Array.from({ length: 2 + chance.int(8) }, () => [chance.int(2), chance.normal(), chance.normal()]);
      const exact = rowsOf(rows, 3);
      const values = rows.map((_, i) => [...exact.dense.subarray(3 * i, 3 * i + 3)]);
      const chosen = rows.map(() => chance.int(3) === 0);
      if (!chosen.includes(true)) chosen[0] = true;
      const model = make();
      const before = numbers(model.state, "weights").slice();
      model.learn(
        lessonOf(
          exact,
          chosen.map((one) => (one ? verdict.chosen : verdict.passedOver)),
        ),
      );
      const after = numbers(model.state, "weights");
      const squares = numbers(model.state, "squares");
      for (let w = 0; w < before.length; w++) {
        // AdaGrad's first step from a sum of squares of 1: w −= rate · g / √(1 + g²).
        const gradient = ((before[w]! - after[w]!) / 0.3) * Math.sqrt(squares[w]!);
        const [up, down] = [1e-5, -1e-5].map((by) =>
          loss(
            before.map((x, v) => (v === w ? x + by : x)),
            values,
            chosen,
          ),
        );
        expect(Math.abs(gradient - (up! - down!) / 2e-5)).toBeLessThan(1e-4);
        expect(squares[w]! - 1).toBeCloseTo(gradient ** 2, 6);
      }
    }
  });

  test("products of two columns tell what neither column can, and are explained by both names", () => {
    const crosses = [
      ["a", "b"],
      ["a", "absent"],
    ] as const;
    const model = choice({ columns: own, repeated: "repeated", prior: {}, crosses });
    const plain = choice({ columns: own, repeated: "repeated", prior: {} });
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
    for (let i = 0; i < 200; i++) {
      const verdicts = [0, 1, 1, 0].map((isUnlike) => (isUnlike === 1 ? verdict.passedOver : verdict.chosen));
      for (const one of [model, plain]) one.learn(lessonOf(rows(), verdicts));
    }
    const [alike, unlike] = predictions(model, rows());
    expect(alike! - unlike!).toBeGreaterThan(3);
    for (const logit of predictions(plain, rows())) expect(logit).toBeCloseTo(0, 9);
    const { bias, contributions } = model.explain(rows(), 1);
    expect(contributions.map(({ feature }) => feature)).toEqual(["repeated", "a", "b", "a × b"]);
    expect(contributions.reduce((sum, { value }) => sum + value, bias)).toBeCloseTo(unlike!, 9);
  });

  test("a choice among new items leaves the weights of repeated ones alone", () => {
    const model = choice({ columns: own.slice(0, 3), repeated: "repeated", prior: {} });
    for (let i = 0; i < 20; i++)
      model.learn(
        lessonOf(
          rowsOf(
            [
              [0, 1, 0],
              [0, 0, 1],
            ],
            3,
          ),
          [verdict.chosen, verdict.passedOver],
        ),
      );
    const weights = numbers(model.state, "weights");
    expect(weights[1]).toBeGreaterThan(0);
    expect(weights[2]).toBeCloseTo(-weights[1]!, 12);
    expect([...weights.subarray(3)]).toEqual([0, 0, 0]);
  });

  test("starts from its prior, new and repeated apart, and refuses one for a column that is not there", () => {
    expect([
      ...predictions(
        make(),
        rowsOf(
          [
            [0, 1, 0],
            [1, 1, 0],
            [0, 0, 1],
            [1, 0, 1],
          ],
          3,
        ),
      ),
    ]).toEqual([0.2, -0.2, -0.4, 1]);
    expect(() => choice({ columns: own, repeated: "repeated", prior: { c: [1, 1] } })).toThrow(/"c"/);
  });

  test("a list of which nothing was chosen teaches nothing", () => {
    const model = make();
    const before = checksum([model.state]);
    model.learn(
      lessonOf(
        rowsOf(
          [
            [0, 1, 2],
            [1, 2, 1],
          ],
          3,
        ),
        [verdict.passedOver, verdict.silent],
      ),
    );
    expect(checksum([model.state])).toBe(before);
  });

  test("a chosen item that all others outshine teaches as far as numbers go", () => {
    const model = choice({ columns: own, repeated: "repeated", prior: { a: [1, 1] } });
    model.learn(
      lessonOf(
        rowsOf(
          [
            [0, -900, 1],
            [0, -901, 0],
            [1, 900, 0],
          ],
          3,
        ),
        [verdict.chosen, 2, 2],
      ),
    );
    const weights = numbers(model.state, "weights");
    expect([...weights].every(Number.isFinite)).toBe(true);
    expect(weights[2]).toBeGreaterThan(0);
  });
});
