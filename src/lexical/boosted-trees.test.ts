import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { type BoostedTree, type BoostingOptions, boost, type GradedRows } from "./boosted-trees.ts";

const width = 4;

/** Lists of eight rows whose grade is told by column 1 alone, and column 0 says the opposite half of the time. */
function lists(count: number, gradeOf: (row: Float32Array) => number): GradedRows {
  const chance = random(4);
  const values = new Float32Array(count * 8 * width).map(() => chance.next());
  const grades = Float64Array.from({ length: count * 8 }, (_, r) =>
    gradeOf(values.subarray(r * width, (r + 1) * width)),
  );
  return { width, values, starts: Int32Array.from({ length: count + 1 }, (_, l) => l * 8), grades };
}

const options: BoostingOptions = { trees: 40, levels: 2, rate: 0.2, baseColumn: 0, base: 0.1, columnShare: 1 };

function scoreOf(trees: readonly BoostedTree[], row: readonly number[]): number {
  let score = 0;
  for (const { columns, thresholds, values } of trees) {
    const bits = columns.reduce((sum, column, d) => sum + (row[column]! >= thresholds[d]! ? 2 ** d : 0), 0);
    score += values[bits]!;
  }
  return score;
}

test("what tells the grades apart is found, and which way it goes", () => {
  const trees = boost(
    lists(200, (row) => (row[1]! < 0.5 ? 2 : 0)),
    options,
  );
  expect(scoreOf(trees, [0.5, 0.2, 0.5, 0.5])).toBeGreaterThan(scoreOf(trees, [0.5, 0.8, 0.5, 0.5]) + 1);
  expect(scoreOf(trees, [0.5, 0.2, 0.1, 0.5])).toBeGreaterThan(scoreOf(trees, [0.5, 0.8, 0.9, 0.9]) + 1);
});

test("two columns that only together make a good row are found by trees of two levels", () => {
  const trees = boost(
    lists(300, (row) => (row[1]! > 0.5 && row[2]! > 0.5 ? 1 : 0)),
    options,
  );
  const both = scoreOf(trees, [0.5, 0.9, 0.9, 0.5]);
  const other = Math.max(scoreOf(trees, [0.5, 0.9, 0.1, 0.5]), scoreOf(trees, [0.5, 0.1, 0.9, 0.5]));
  expect(both).toBeGreaterThan(other + 1);
});

test("the same rows and seed grow the same trees, another seed others", () => {
  const rows = lists(50, (row) => Math.round(row[3]! * 3));
  const some = { ...options, trees: 5, listShare: 0.5 };
  expect(boost(rows, some)).toEqual(boost(rows, some));
  expect(boost(rows, { ...some, seed: 2 })).not.toEqual(boost(rows, some));
});

test("a column that may only count for more is left alone where less of it was better", () => {
  const rows = lists(200, (row) => (row[1]! < 0.5 ? 2 : 0));
  const directions = Int8Array.from([0, 1, 0, 0]);
  for (const { columns, values } of boost(rows, { ...options, levels: 1, directions }))
    if (columns[0] === 1) expect(values[1]!).toBeGreaterThanOrEqual(values[0]!);
  expect(boost(rows, { ...options, levels: 1 }).some(({ columns }) => columns[0] === 1)).toBe(true);
});

test("raising a column that may only count for more never lowers a score, whatever else a row has", () => {
  const chance = random(7);
  // More of columns 1 and 2 is good in half of the rows and bad in the others, by what column 3 says.
  const rows = lists(200, (row) => Math.round(3 * Math.abs(row[1]! - (row[3]! < 0.5 ? row[2]! : 1 - row[2]!))));
  const deep = { ...options, levels: 3, rate: 0.3 };
  const falls = (trees: readonly BoostedTree[]): number => {
    let count = 0;
    for (let i = 0; i < 2000; i++) {
      const row = Array.from({ length: width }, () => chance.next());
      const column = 1 + (i % 2);
      const more = row.with(column, row[column]! + (1 - row[column]!) * chance.next());
      const by = scoreOf(trees, more) - scoreOf(trees, row);
      if ((column === 1 ? by : -by) < -1e-9) count++;
    }
    return count;
  };
  expect(falls(boost(rows, { ...deep, directions: Int8Array.from([0, 1, -1, 0]) }))).toBe(0);
  expect(falls(boost(rows, deep))).toBeGreaterThan(0);
});

test("a number that is absent is told apart from every number", () => {
  const rows = lists(200, () => 0);
  for (let r = 0; r < rows.grades.length; r++) {
    const isAbsent = r % 3 === 0;
    rows.values[r * width + 2] = isAbsent ? Number.NaN : 1;
    rows.grades[r] = isAbsent ? 0 : 1;
  }
  const trees = boost(rows, options);
  expect(scoreOf(trees, [0, 0, 1, 0])).toBeGreaterThan(scoreOf(trees, [0, 0, Number.NaN, 0]) + 1);
});

test("lists without a difference in grades teach nothing", () => {
  expect(
    boost(
      lists(20, () => 1),
      options,
    ),
  ).toEqual([]);
});
