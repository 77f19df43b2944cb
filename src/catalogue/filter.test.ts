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
    ];
    for (const [filters, at] of cases) {
      const error = refusal(() => shop.filter(filters as Filters));
      expect([filters, error.code, error.at]).toEqual([filters, "FILTER_MALFORMED", at]);
    }
    let deep: unknown = {};
    for (let i = 0; i < 10_000; i++) deep = { not: deep };
    expect(refusal(() => shop.filter(deep as Filters)).code).toBe("FILTER_MALFORMED");
  });

  test("an unknown field is refused with the fields there are", () => {
    const error = refusal(() => shop.filter({ "a/b": 1 }));
    expect([error.code, error.at]).toEqual(["FILTER_UNKNOWN_FIELD", "/filters/a~1b"]);
    expect(error.message).toContain("title, brand, category, price, tags, inStock, rating, size, note");
    const empty = itemCatalogue(newWords());
    expect(refusal(() => empty.filter({ brand: "Acme" })).message).toContain("the catalogue is empty");
    expect(empty.filter({ inStock: true })(0)).toBe(true);
    expect(empty.filter({ inStock: false })(0)).toBe(false);
  });
});
