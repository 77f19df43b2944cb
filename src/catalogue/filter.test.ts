import { describe, expect, test } from "vitest";
import { LiveshelfError } from "../core/errors.ts";
import type { Fields } from "../core/event.ts";
import { IdTable } from "../core/id-table.ts";
import type { Filters } from "../core/public.ts";
import { itemCatalogue } from "./catalogue.ts";

const newWords = () => new IdTable("words");
const scarf: Fields = {
  title: "Red wool scarf",
  brand: "Acme",
  category: ["Clothing", "Scarves"],
  price: 19.9,
  tags: ["wool", "winter"],
  inStock: true,
  rating: 4.6,
};

function refusal(run: () => unknown): LiveshelfError {
  try {
    run();
  } catch (error) {
    if (error instanceof LiveshelfError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("filters", () => {
  const shop = itemCatalogue(newWords());
  shop.fold(0, { ...scarf, size: "M" }, 1);
  shop.fold(1, { title: "Hat", category: ["Clothing", "Hats"], price: 30, tags: [], inStock: false }, 1);
  shop.fold(2, { title: "Hats off", category: "Books", brand: "Hats", size: 42, note: "a/b" }, 1);
  const matching = (filters: unknown): number[] => [...shop.items()].filter(shop.filter(filters as Filters));

  test("each kind of rule", () => {
    const cases: [unknown, number[]][] = [
      [{}, [0, 1, 2]],
      [{ brand: "Acme" }, [0]],
      [{ brand: ["Acme", "Hats", "None"] }, [0, 2]],
      [{ brand: "acme" }, []],
      [{ brand: [] }, []],
      [{ brand: undefined }, [0, 1, 2]],
      [{ size: 42 }, [2]],
      [{ tags: ["winter", "summer"] }, [0]],
      [{ price: 30 }, [1]],
      [{ price: ["30", 19.9] }, [0, 1]],
      [{ price: { gte: 19.9, lt: 30 } }, [0]],
      [{ price: { gt: 19.9 } }, [1]],
      [{ inStock: true }, [0, 2]],
      [{ inStock: false }, [1]],
      [{ category: "Hats" }, [1]],
      [{ category: ["Clothing", "Books"] }, [0, 1, 2]],
      [{ category: { under: ["Clothing"] } }, [0, 1]],
      [{ category: { under: "Books" } }, [2]],
      [{ category: { under: ["Clothing", "Hats"] } }, [1]],
      [{ category: { under: ["Hats"] } }, []],
      [{ title: "Hat" }, [1]],
      [{ title: ["Hats off", "Red wool scarf"], price: { lte: 100 } }, [0]],
      [{ not: { category: "Hats" } }, [0, 2]],
      [{ or: [{ brand: "Acme" }, { price: { gte: 30 } }] }, [0, 1]],
      [{ or: [] }, []],
      [{ not: { brand: ["Acme", "None"] } }, [1, 2]],
      [{ not: { category: { under: "Clothing" } } }, [2]],
      [{ not: { or: [{ brand: "Acme" }, { brand: "Hats" }] } }, [1]],
      [{ and: [{ tags: "wool" }, { tags: "winter" }] }, [0]],
      [{ and: [{ tags: "wool" }, { tags: "summer" }] }, []],
      [{ and: [] }, [0, 1, 2]],
      [{ and: [{ or: [{ size: 42 }, { price: 30 }] }, { not: { brand: "Hats" } }] }, [1]],
      [{ brand: "Acme", not: { price: { gte: 30 } }, or: [{ size: "M" }, { size: 42 }] }, [0]],
    ];
    for (const [filters, items] of cases) expect([filters, matching(filters)]).toEqual([filters, items]);
  });

  test("what makes no sense is refused with its place", () => {
    const cases: [unknown, string][] = [
      [[], "/filters"],
      [{ brand: null }, "/filters/brand"],
      [{ brand: ["Acme", true] }, "/filters/brand/1"],
      [{ brand: { gte: 1 } }, "/filters/brand"],
      [{ brand: { under: ["a"] } }, "/filters/brand"],
      [{ price: "cheap" }, "/filters/price"],
      [{ price: {} }, "/filters/price"],
      [{ price: { lte: "9" } }, "/filters/price/lte"],
      [{ price: { "~/": 9 } }, "/filters/price/~0~1"],
      [{ inStock: "maybe" }, "/filters/inStock"],
      [{ category: { under: [] } }, "/filters/category/under"],
      [{ category: { under: [{}] } }, "/filters/category/under"],
      [{ or: [{ brand: "a" }, { not: { price: null } }] }, "/filters/or/1/not/price"],
      [{ and: [{ brand: "a" }, { or: [{ price: {} }] }] }, "/filters/and/1/or/0/price"],
    ];
    for (const [filters, at] of cases) {
      const error = refusal(() => shop.filter(filters as Filters));
      expect([filters, error.code, error.at]).toEqual([filters, "FILTER_MALFORMED", at]);
    }
    let deep: unknown = {};
    for (let i = 0; i < 10_000; i++) deep = { not: deep };
    expect(refusal(() => shop.filter(deep as Filters)).code).toBe("FILTER_MALFORMED");
  });

  test("a rule as others write it is refused with how it is written here", () => {
    const cases: [unknown, string, string][] = [
      [{ not: [{ brand: "Acme" }] }, "/filters/not", 'takes an object of rules, not all of which may hold: {"not":{'],
      [{ or: { brand: "Acme" } }, "/filters/or", 'takes a list of objects of rules, one of which must hold: {"or":[{'],
      [{ or: ["Acme"] }, "/filters/or", "a list of objects"],
      [{ and: { brand: "Acme" } }, "/filters/and", "a list of objects of rules, each"],
      [{ and: [{ not: "Acme" }] }, "/filters/and/0/not", "an object of rules"],
      [
        { brand: { not: "Acme" } },
        "/filters/brand/not",
        'There is no rule "not"; what it must not have stands in "not": {"not":{"brand":…}}.',
      ],
      [{ brand: { $eq: "Acme" } }, "/filters/brand/$eq", 'stands alone: {"brand":…}.'],
      [{ brand: { any_of: ["a"] } }, "/filters/brand/any_of", 'are a list: {"brand":[…,…]}.'],
      [{ price: { min: 3, max: 5 } }, "/filters/price/min", '{"price":{"gte":…}}'],
      [{ price: { lt: 5, below: 3 } }, "/filters/price/below", 'There is no rule "below"; a rule is a value'],
      [{ brand: {} }, "/filters/brand", "this one is empty"],
      [{ brand: { gte: 1 } }, "/filters/brand", "A range is for numbers; brand is a word field"],
    ];
    for (const [filters, at, says] of cases) {
      const error = refusal(() => shop.filter(filters as Filters));
      expect([filters, error.code, error.at]).toEqual([filters, "FILTER_MALFORMED", at]);
      expect(error.message).toContain(says);
    }
    const other = itemCatalogue(newWords());
    other.fold(0, { not: "a", or: "b" }, 1);
    expect([
      other.filter({ not: "a" } as unknown as Filters)(0),
      other.filter({ or: ["c"] } as unknown as Filters)(0),
    ]).toEqual([true, false]);
  });

  test("an unknown field is refused with the fields there are", () => {
    const error = refusal(() => shop.filter({ "a/b": 1 }));
    expect([error.code, error.at]).toEqual(["FILTER_UNKNOWN_FIELD", "/filters/a~1b"]);
    expect(error.message).toContain("title, brand, category, price, tags, inStock, rating, size, note");
    expect(refusal(() => shop.filter({ and: [{ brand: "Acme" }, { or: [{ color: "red" }] }] })).at).toBe(
      "/filters/and/1/or/0/color",
    );
    const empty = itemCatalogue(newWords());
    expect(refusal(() => empty.filter({ brand: "Acme" })).message).toContain("the catalogue is empty");
    expect(empty.filter({ inStock: true })(0)).toBe(true);
    expect(empty.filter({ inStock: false })(0)).toBe(false);
  });
});
