import { expect, test } from "vitest";
import { ExpiringIds } from "./core/expiring-ids.ts";
import type { Meaning, QueryFields } from "./features/query-fields.ts";
import { Understanding } from "./understanding.ts";

const names = ["Home", "Home>Lamps", "Acme", "Zed"];
const words = new ExpiringIds({ name: "words", capacity: 100, keeps: () => true, forget() {} });
for (const name of names) words.intern(name);

const told = (meanings: readonly (Partial<Meaning> & Pick<Meaning, "place" | "value" | "share">)[]): Understanding => {
  const all = meanings.map((one) => ({ clicks: 20, shoppers: 9, ...one }));
  return new Understanding({ meanings: () => all } as unknown as QueryFields, words, (word) => word.split(">"));
};
const broad = { place: "category-broad", value: 0, share: 0.99 } as const;
const lamps = { place: "category", value: 1, share: 0.95 } as const;
const acme = { place: "brand", value: 2, share: 0.92 } as const;

test("what is certain of a query is a filter: its narrowest category, and its brand", () => {
  expect(told([broad, lamps, acme]).filter("lamp", 0)).toEqual({
    category: { under: ["Home", "Lamps"] },
    brand: "Acme",
  });
  expect(told([broad, { ...lamps, share: 0.9 }]).filter("lamp", 0)).toEqual({ category: { under: ["Home"] } });
});

test("what is likely only, seldom chosen, or one shopper's matter, is none", () => {
  for (const doubt of [{ share: 0.9 }, { clicks: 9.9 }, { shoppers: 4 }])
    expect(told([{ ...lamps, ...doubt }]).filter("lamp", 0)).toBeUndefined();
  expect(told([]).filter("lamp", 0)).toBeUndefined();
});

test("a category of one level is told once, and a word that is gone not at all", () => {
  const intents = told([broad, { ...broad, place: "category" }, { ...acme, value: 77 }]).intent("home", 0);
  expect(intents.map(({ field, value }) => [field, value])).toEqual([["category", ["Home"]]]);
});
