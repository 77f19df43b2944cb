import fc from "fast-check";
import { expect, test } from "vitest";
import type { ItemNumber } from "../core/item-numbers.ts";
import { random } from "../core/random.ts";
import { Documents } from "./documents.ts";
import { directionOf, matchColumns } from "./match-features.ts";
import { MatchModel } from "./match-model.ts";
import { shippedMatchWeights } from "./match-weights.ts";
import { type MatchWeights, matchWeightsFormat, parseMatchWeights } from "./match-weights-file.ts";

const year: ItemNumber = { get: (item) => [1990, 2010, Number.NaN][item] ?? Number.NaN };

const modelOf = (trees: MatchWeights["trees"], base = 0.5): MatchModel =>
  new MatchModel({
    documents: new Documents(),
    weights: { format: matchWeightsFormat, base, trees },
    number: (field) => (field === "year" ? year : undefined),
  });

type Described = Partial<Record<(typeof matchColumns)[number], number>>;

function scores(model: MatchModel, rows: readonly Described[]): number[] {
  const described = new Float32Array(rows.length * matchColumns.length);
  rows.forEach((row, i) => {
    matchColumns.forEach((name, c) => {
      described[i * matchColumns.length + c] = row[name] ?? (name === "coverage" ? 1 : 0);
    });
  });
  const out = new Float64Array(rows.length);
  model.score(
    described,
    Int32Array.from(rows, (_, i) => i),
    rows.length,
    out,
  );
  return [...out];
}

test("without trees the order is BM25F's, and what has no word of the query scores 0", () => {
  const [low, none, high] = scores(modelOf([]), [{ bm25f: 2 }, { bm25f: 3, coverage: 0 }, { bm25f: 4 }]);
  expect([low, none, high]).toEqual([Math.exp(1), 0, Math.exp(2)]);
});

test("what the query names exactly stands above all that trees say", () => {
  const [named, other] = scores(modelOf(shippedMatchWeights.trees), [
    { bm25f: 1, identifier: 1 },
    { bm25f: 40, share: 1, "coverage-title": 1, "title-exact": 1, "title-share": 1, phrase: 1, "title-phrase": 1 },
  ]);
  expect(named).toBeGreaterThan(other!);
});

test("a number of the catalogue is asked for by its field, an absent one lies below every threshold", () => {
  const model = modelOf([{ columns: ["number:year"], thresholds: [2000], values: [-1, 2] }], 1);
  expect(scores(model, [{}, {}, {}])).toEqual([-1, 2, -1].map((value) => Math.exp(value)));
  const unknown = modelOf([{ columns: ["number:weight"], thresholds: [0], values: [-1, 2] }], 1);
  expect(scores(unknown, [{}])).toEqual([Math.exp(-1)]);
});

test("trees of any depth say what a walk through them says", () => {
  const tree = fc.integer({ min: 1, max: 4 }).chain((levels) =>
    fc.record({
      columns: fc.array(fc.constantFrom(...matchColumns.slice(0, 6)), { minLength: levels, maxLength: levels }),
      thresholds: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: levels, maxLength: levels }),
      values: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2 ** levels, maxLength: 2 ** levels }),
    }),
  );
  const row = fc.record(
    Object.fromEntries(matchColumns.slice(0, 6).map((name) => [name, fc.integer({ min: 0, max: 4 })])),
  ) as fc.Arbitrary<Described>;
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 5 }), fc.array(row, { minLength: 1, maxLength: 5 }), (trees, rows) => {
      const expected = rows.map((described) => {
        let sum = 0.5 * described.bm25f!;
        for (const { columns, thresholds, values } of trees)
          sum +=
            values[columns.reduce((bits, name, d) => bits + (described[name]! >= thresholds[d]! ? 2 ** d : 0), 0)]!;
        return Math.exp(sum);
      });
      expect(scores(modelOf(trees), rows)).toEqual(expected.map((value) => expect.closeTo(value, 6)));
    }),
  );
});

test("the shipped weights are such as a file may hold", () => {
  expect(parseMatchWeights(JSON.stringify(shippedMatchWeights), "shipped")).toEqual(shippedMatchWeights);
});

test("by the shipped weights, what matches better in one respect and as well in all others never scores less", () => {
  const { trees } = shippedMatchWeights;
  const model = modelOf(trees, shippedMatchWeights.base);
  const asked = [...new Set(trees.flatMap(({ columns }) => columns))] as (typeof matchColumns)[number][];
  expect(asked.filter((name) => directionOf(name) === 0)).toEqual([]);
  // Values around the thresholds: nothing between two of them makes a difference.
  const steps = asked.map((name) => [
    0,
    ...trees.flatMap(({ columns, thresholds }) => thresholds.filter((_, level) => columns[level] === name)),
  ]);
  const chance = random(3);
  const pick = <T>(among: readonly T[]): T => among[Math.floor(chance.next() * among.length)]!;
  for (let i = 0; i < 3000; i++) {
    const row: Described = Object.fromEntries(asked.map((name, c) => [name, pick(steps[c]!)]));
    const c = Math.floor(chance.next() * asked.length);
    const name = asked[c]!;
    const changed = { ...row, [name]: pick(steps[c]!) };
    const [one, other] = scores(model, [
      { ...row, coverage: row.coverage || 0.1 },
      { ...changed, coverage: changed.coverage || 0.1 },
    ]);
    const isBetter = directionOf(name) * (changed[name]! - row[name]!) >= 0;
    expect([name, (isBetter ? other! - one! : one! - other!) >= -1e-9 * one!]).toEqual([name, true]);
  }
});

const tree = { columns: ["share"], thresholds: [0.5], values: [0, 1] };
test.each([
  ["not JSON", "{", "not JSON"],
  ["a list", "[]", "not an object"],
  ["another format", { format: "x" }, 'format is not "liveshelf-match-weights-1"'],
  ["no base", { base: 0 }, '"base"'],
  ["trees that are none", { trees: {} }, '"trees"'],
  ["an unknown column", { trees: [{ ...tree, columns: ["colour"] }] }, 'tree 0 asks for the column "colour"'],
  ["a number without a name", { trees: [{ ...tree, columns: ["number:"] }] }, 'the column "number:"'],
  ["too few values", { trees: [tree, { ...tree, values: [1] }] }, "tree 1 does not have 2 values"],
  ["a threshold that is no number", { trees: [{ ...tree, thresholds: [null] }] }, "tree 0 does not have 1 thresholds"],
  ["too deep a tree", { trees: [{ ...tree, columns: Array(7).fill("share") }] }, "does not have 1 to 6 columns"],
] as const)("a file with %s is refused with what is wrong", (_, content, said) => {
  const whole = { format: matchWeightsFormat, base: 1, trees: [] };
  const text = typeof content === "string" ? content : JSON.stringify({ ...whole, ...content });
  expect(() => parseMatchWeights(text, "weights.json")).toThrowError(said);
});
