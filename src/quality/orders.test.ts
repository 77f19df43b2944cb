import { expect, test } from "vitest";
import { verdict } from "../core/lesson.ts";
import { random } from "../core/random.ts";
import { type ColumnSpec, Rows } from "../core/rows.ts";
import { plainOrders, reciprocalRank } from "./orders.ts";

test("the largest is first, and of those alike the one before", () => {
  const chance = random("ties");
  for (let n = 0; n < 200; n++) {
    const values = Float64Array.from({ length: 1 + chance.int(5) }, () => chance.int(3));
    const sorted = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
    const chosen = chance.int(values.length);
    expect(reciprocalRank(values, values.length, chosen)).toBe(1 / (1 + sorted.indexOf(chosen)));
  }
});

test("what is no number stands last", () => {
  const values = Float64Array.of(Number.NaN, 1, 0);
  expect([0, 1, 2].map((chosen) => reciprocalRank(values, 3, chosen))).toEqual([1 / 3, 1, 1 / 2]);
});

const columns = ["item-views", "touch-rank", "item-click-rate"].map((name): ColumnSpec => ({ name, kind: "code" }));

/** Of three rows in this order: views, place among the touched, click rate. */
function orderOf(name: number, columnsKept = columns): number[] | undefined {
  const values = [
    [2, -1, 0],
    [2, 1, 6],
    [3, 0, -6],
  ];
  const rows = new Rows(columnsKept.length, 3);
  rows.resize(3);
  values.forEach((row, i) => void rows.dense.set(row.slice(0, columnsKept.length), i * columnsKept.length));
  const out = new Float64Array(3);
  const fill = plainOrders(columnsKept)[name];
  if (fill === undefined) return undefined;
  const lesson = { rows, verdict: new Uint8Array([0, 0, verdict.chosen]), position: Int32Array.of(4, 5, 9) };
  fill({ ...lesson, orderedByEngine: false, surface: -1, isChoice: true, weight: 1 }, out);
  return [0, 1, 2].sort((a, b) => out[b]! - out[a]! || a - b);
}

test("plain orders: as shown, the most viewed first, what was touched last first", () => {
  expect([orderOf(0), orderOf(1), orderOf(2)]).toEqual([
    [0, 1, 2],
    [2, 1, 0],
    [2, 1, 0],
  ]);
});

test("without their columns there is none", () => {
  expect([orderOf(0, []), orderOf(1, columns.slice(1)), orderOf(2, columns.slice(0, 1))]).toEqual([
    [0, 1, 2],
    undefined,
    undefined,
  ]);
});
