import { describe, expect, test } from "vitest";
import { wordsOf } from "./assortments.ts";
import { simulatedHistory } from "./history.ts";
import { type ShopOptions, simulatedShop } from "./shop.ts";
import { departmentOf } from "./stock.ts";
import { tastes } from "./tastes.ts";
import type { Language } from "./words.ts";

const languages: readonly Language[] = ["en", "de", "zh"];
const store = (options: Partial<ShopOptions> = {}) =>
  simulatedShop({ seed: 3, assortment: "wide", items: 3000, shoppers: 20, ...options });

describe.each(languages)("the wide assortment, in %s", (language) => {
  const shop = store({ language });
  const { words, items, category, noun } = shop.stock;

  test("has eight departments of three categories and six houses each, and three kinds of thing in every category", () => {
    expect([words.departments.length, words.categories.length, words.brands.length]).toEqual([8, 24, 48]);
    expect(words.prices.length).toBe(24);
    for (const [path, nouns, materials, details, use] of words.categories) {
      expect([path, nouns.length, materials.length, details?.length, use !== ""]).toEqual([path, 3, 4, 5, true]);
    }
    const names = [...words.departments, ...words.brands, ...words.categories.map(([path]) => path)];
    expect(new Set(names).size).toBe(names.length);
    const nouns = words.categories.flatMap(([, each]) => each);
    expect(new Set(nouns).size).toBe(72);
  });

  test("tells items apart, and says of each what it is", () => {
    expect(new Set(items.map(({ fields }) => fields.title)).size).toBeGreaterThan(2990);
    for (const [row, { fields }] of items.entries()) {
      const [path, nouns] = words.categories[category[row]!]!;
      expect(fields.category).toEqual([words.departments[departmentOf(category[row]!)], path]);
      expect(fields.title).toContain(nouns[noun[row]!]);
      expect(words.colours).toContain(fields.colour);
      expect(words.categories[category[row]!]![2]).toContain(fields.material);
      expect(JSON.stringify(fields)).not.toMatch(/undefined| {2}/);
    }
    expect(Math.max(...items.map(({ fields }) => fields.title.length))).toBeGreaterThan(language === "zh" ? 30 : 95);
  });

  test("a path lists its category, a noun the things of that kind, a house the same with its own first", () => {
    const rowOf = new Map(items.map(({ item }, row) => [item, row]));
    for (const [kind, [path, nouns]] of words.categories.entries()) {
      const rows = shop.ownOrder(path).map((item) => rowOf.get(item)!);
      expect(rows.length, path).toBe(category.filter((one) => one === kind).length);
      for (const [i, name] of nouns.entries()) {
        const listed = shop.ownOrder(name).map((item) => rowOf.get(item)!);
        expect(
          listed.every(
            (row) => category[row] === kind && (noun[row] === i || name.toLowerCase() === path.toLowerCase()),
          ),
          name,
        ).toBe(true);
        const house = words.brands[departmentOf(kind) * 6]!;
        const [first] = shop.ownOrder(`${house}${words.space}${name}`);
        expect(items[rowOf.get(first!)!]!.fields.brand, name).toBe(house);
      }
    }
  });

  test("shoppers ask for its things by their names", () => {
    const known = new Set(words.categories.flatMap(([, nouns]) => nouns));
    let searches = 0;
    for (const event of simulatedHistory(shop, { visits: 400 })) {
      if (event.type !== "slate" || event.query === undefined) continue;
      searches++;
      expect(
        [...known].some((name) => event.query!.endsWith(name)),
        event.query,
      ).toBe(true);
    }
    expect(searches).toBeGreaterThan(100);
  });
});

test("what shoppers like does not hang on the language", () => {
  const [en, zh] = [store(), store({ language: "zh" })];
  expect(zh.tastes).toEqual(en.tastes);
  expect(zh.stock.category).toEqual(en.stock.category);
  expect(tastes(3, 20, wordsOf("wide", "de"))).toEqual(en.tastes);
});
