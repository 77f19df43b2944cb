import { expect, test } from "vitest";
import { dayMs } from "../core/clock.ts";
import { lasting } from "../core/expiring-ids.ts";
import { atOnce } from "../core/pieces.ts";
import { FieldValues } from "./field-values.ts";

const startMs = Date.UTC(2026, 0, 1);
const anything = (): boolean => true;

test("a word that gets the row of another inherits nothing of it", () => {
  let life = 0;
  const names = ["Acme", "Zed"];
  const brandOf = new Map([
    [1, 0],
    [2, 1],
  ]);
  const values = new FieldValues({
    ...{ name: "brands", field: "brand", levels: (word: string) => [word] },
    words: { ...lasting, key: (row) => row + 100 * (row === 0 ? life : 0), id: (row) => names[row] },
    word: () => ({ get: (item) => brandOf.get(item) ?? -1 }),
    isOffered: (item) => brandOf.has(item),
  });
  const told = (): string[] => values.best("", 9, anything).map(({ name }) => name);
  for (const item of [1, 2]) values.count(item, undefined, startMs);
  for (const item of [1, 1, 2]) values.choose(item, startMs);
  expect(told()).toEqual(["Acme", "Zed"]);
  brandOf.delete(1);
  values.forgetItem(1, 0);
  expect(told()).toEqual(["Zed"]);
  // Back in stock, it is as popular as it was.
  brandOf.set(1, 0);
  values.count(1, { inStock: true }, startMs);
  expect(told()).toEqual(["Acme", "Zed"]);
  values.forgetItem(1, 0);
  life = 1;
  names[0] = "Newcomer";
  values.count(1, { price: 3 }, startMs);
  expect(told()).toEqual(["Zed"]);
  values.count(1, { brand: "Newcomer" }, startMs);
  expect(told()).toEqual(["Zed", "Newcomer"]);
});

test("a look at many values under one category asks about the best few of them only", () => {
  const leaves = 40_000;
  const values = new FieldValues({
    ...{ name: "categories", field: "category", levels: (word: string) => ["Books", word] },
    words: { ...lasting, id: (row) => `Book ${row.toString(36)}` },
    word: () => ({ get: (item) => item % leaves }),
    isOffered: () => true,
  });
  atOnce(values.preparing());
  for (let item = 0; item < leaves + 3; item++) values.count(item, undefined, startMs);
  values.choose(77, startMs);
  let asked = 0;
  const best = values.best("b", 4, () => ++asked > 0);
  expect(best.map(({ path }) => path.join(" > "))).toEqual([
    "Books",
    `Books > Book ${(77).toString(36)}`,
    "Books > Book 0",
    "Books > Book 1",
  ]);
  expect(asked).toBeLessThan(20);
  expect(
    values
      .shares(
        new Map([
          [1, 0.25],
          [2, 0.5],
        ]),
      )
      .get(best[0]!.node),
  ).toBe(0.75);
});

test("a category counts what was chosen and is in stock under it, and nothing of what left it", () => {
  const paths = new Map([
    [1, "Home\u001fLamps"],
    [2, "Home\u001fRugs"],
    [3, "Hats"],
  ]);
  const names = ["Home\u001fLamps", "Home\u001fRugs", "Hats", "Hats\u001fFelt"];
  const values = new FieldValues({
    ...{ name: "categories", field: "category", levels: (word: string) => word.split("\u001f") },
    words: { ...lasting, id: (row) => names[row] },
    word: () => ({ get: (item) => names.indexOf(paths.get(item) ?? "") }),
    isOffered: (item) => paths.has(item),
  });
  const told = (): string[] => values.best("h", 9, anything).map(({ path }) => path.join(" > "));
  for (const item of [1, 2, 3]) values.count(item, undefined, startMs);
  // Two items stand under it, and only one under the other.
  expect(told()).toEqual(["Home", "Hats"]);
  for (const item of [3, 3, 1]) values.choose(item, startMs);
  expect(told()).toEqual(["Hats", "Home"]);
  paths.set(1, "Hats\u001fFelt");
  values.count(1, { category: [] }, startMs);
  paths.delete(2);
  values.forgetItem(2, 0);
  expect(told()).toEqual(["Hats"]);
  expect(values.best("fe", 9, anything).map(({ path }) => path)).toEqual([["Hats", "Felt"]]);
});

test("a value that no item in stock had for half a year comes back as a stranger, and its row is another's meanwhile", () => {
  const names = ["Acme", "Zed", "Newcomer"];
  const brandOf = new Map([
    [1, 0],
    [2, 1],
  ]);
  const values = new FieldValues({
    ...{ name: "brands", field: "brand", levels: (word: string) => [word] },
    words: { ...lasting, id: (row) => names[row] },
    word: () => ({ get: (item) => brandOf.get(item) ?? -1 }),
    isOffered: (item) => brandOf.has(item),
  });
  const told = (): string[] => values.best("", 9, anything).map(({ name }) => name);
  for (const item of [1, 2]) values.count(item, undefined, startMs);
  for (const item of [1, 1, 2]) values.choose(item, startMs);
  brandOf.delete(1);
  values.count(1, { inStock: false }, startMs);
  const laterMs = startMs + 181 * dayMs;
  for (let i = 0; i < 4; i++) values.count(2, { brand: "Zed" }, laterMs);
  brandOf.set(3, 2);
  values.count(3, undefined, laterMs);
  brandOf.set(1, 0);
  values.count(1, undefined, laterMs);
  // What was chosen of Acme is gone: it is the younger of two that nobody chose.
  expect(told()).toEqual(["Zed", "Newcomer", "Acme"]);
  expect(values.shares(new Map([[0, 1]])).size).toBe(1);
});
