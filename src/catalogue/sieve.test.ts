import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LiveshelfError } from "../core/errors.ts";
import type { Fields } from "../core/event.ts";
import { IdTable } from "../core/id-table.ts";
import type { Facet, FacetRequest, FacetValue, Filters } from "../core/public.ts";
import { type Catalogue, itemCatalogue } from "./catalogue.ts";
import { RowCounts } from "./row-counts.ts";

type NumberFacet = Exclude<Facet, readonly FacetValue[]>;

const shopOf = (items: readonly Fields[]): Catalogue => {
  const shop = itemCatalogue(new IdTable("words"));
  items.forEach((fields, item) => {
    shop.fold(item, fields, 1);
  });
  return shop;
};

/** What of these items passes, and the facets. */
function sifted(shop: Catalogue, filters: unknown, facets: readonly FacetRequest[], items = [...shop.items()]) {
  const sieve = shop.sieve(filters as Filters, facets);
  const passed = items.filter((item) => sieve.take(item));
  expect(items.filter((item) => sieve.passes(item))).toEqual(passed);
  return { passed, facets: sieve.facets() };
}

function refusal(run: () => unknown): LiveshelfError {
  try {
    run();
  } catch (error) {
    if (error instanceof LiveshelfError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const clothes = shopOf([
  { brand: "Acme", category: ["Clothing", "Scarves"], price: 20, tags: ["wool", "red"], inStock: true, title: "a" },
  { brand: "Acme", category: ["Clothing", "Hats"], price: 30, tags: ["wool"], inStock: false },
  { brand: "Lumen", category: ["Clothing", "Scarves"], price: 40, tags: ["silk", "red"] },
  { brand: "Kestrel", category: ["Clothing", "Scarves"], price: 120, tags: [] },
  { brand: "Acme", category: "Books", price: 10 },
]);

describe("facets", () => {
  test("words are counted by value, lists by each word, paths by each level with its path, numbers by range", () => {
    const { facets } = sifted(clothes, {}, ["brand", "category", "tags", "price", "inStock"]);
    expect(facets.brand).toEqual([
      { value: "Acme", count: 3 },
      { value: "Kestrel", count: 1 },
      { value: "Lumen", count: 1 },
    ]);
    expect(facets.category).toEqual([
      { value: "Clothing", path: ["Clothing"], count: 4 },
      { value: "Scarves", path: ["Clothing", "Scarves"], count: 3 },
      { value: "Books", path: ["Books"], count: 1 },
      { value: "Hats", path: ["Clothing", "Hats"], count: 1 },
    ]);
    expect(facets.tags).toEqual([
      { value: "red", count: 2 },
      { value: "wool", count: 2 },
      { value: "silk", count: 1 },
    ]);
    const { histogram, ...range } = facets.price as NumberFacet;
    expect(range).toEqual({ min: 10, max: 120, count: 5 });
    expect(histogram.map(({ count }) => count)).toEqual([2, 1, 1, 0, 0, 0, 0, 0, 0, 1]);
    histogram.forEach(({ from, to }, bin) => {
      expect([from, to]).toEqual([expect.closeTo(10 + 11 * bin), expect.closeTo(21 + 11 * bin)]);
    });
    // In stock until the shop says otherwise.
    expect(facets.inStock).toEqual([
      { value: true, count: 4 },
      { value: false, count: 1 },
    ]);
  });

  test("a facet passes over its own field's filter, and over no other's", () => {
    const { passed, facets } = sifted(clothes, { brand: "Acme", price: { lte: 25 } }, ["brand", "price", "category"]);
    expect(passed).toEqual([0, 4]);
    expect(facets.brand).toEqual([{ value: "Acme", count: 2 }]);
    expect(facets.price).toMatchObject({ min: 10, max: 30, count: 3 });
    expect(facets.category).toEqual([
      { value: "Books", path: ["Books"], count: 1 },
      { value: "Clothing", path: ["Clothing"], count: 1 },
      { value: "Scarves", path: ["Clothing", "Scarves"], count: 1 },
    ]);
  });

  test("an “or” of ranges of one field is that field's own filter; what is negated, or said of two fields, is nobody's", () => {
    const ranges = { or: [{ price: { lt: 15 } }, { price: { gt: 100 } }] };
    expect(sifted(clothes, ranges, ["price"])).toMatchObject({ passed: [3, 4], facets: { price: { count: 5 } } });
    for (const filters of [
      { not: { price: { gte: 15, lte: 100 } } },
      { and: [ranges] },
      { or: [{ price: { lt: 15 } }, { brand: "Kestrel" }] },
      { or: [{ price: 10, brand: "Acme" }, { price: 120 }] },
    ])
      expect(sifted(clothes, filters, ["price"])).toMatchObject({ passed: [3, 4], facets: { price: { count: 2 } } });
  });

  test("two rules of one field count as one", () => {
    const both = { price: { gte: 20 }, or: [{ price: { lt: 35 } }] };
    expect(sifted(clothes, both, ["price"])).toMatchObject({ passed: [0, 1], facets: { price: { count: 5 } } });
  });

  test("values are found by the beginnings of their words, and as many are answered as asked for", () => {
    const brands = ["New Balance", "Balenciaga", "Crème brûlée", "H&M", "运动鞋", "Straße", "Alba", "Balance Bike"];
    const shop = shopOf(brands.map((brand) => ({ brand })));
    const found = (query: string, size?: number) =>
      (sifted(shop, {}, [{ field: "brand", query, ...(size && { size }) }]).facets.brand as FacetValue[]).map(
        ({ value }) => value,
      );
    const cases: [string, string[]][] = [
      ["bal", ["Balance Bike", "Balenciaga", "New Balance"]],
      ["ba new", ["New Balance"]],
      ["lance", []],
      ["CREME", ["Crème brûlée"]],
      ["BRÛ", ["Crème brûlée"]],
      ["h&m", ["H&M"]],
      ["鞋", ["运动鞋"]],
      ["strasse", ["Straße"]],
      ["zebra", []],
    ];
    for (const [query, values] of cases) expect([query, found(query)]).toEqual([query, values]);
    expect(found(" - ").length).toBe(brands.length);
    expect(found("bal", 2)).toEqual(["Balance Bike", "Balenciaga"]);
    expect((sifted(shop, {}, [{ field: "brand", size: 1 }]).facets.brand as FacetValue[]).length).toBe(1);
  });

  test("of thousands of values equally frequent few texts are read, and what is more frequent stands above them", () => {
    const words = new IdTable("words");
    const shop = itemCatalogue(words);
    const count = 5000;
    for (let item = 0; item < count; item++) shop.fold(item, { brand: `b${9999 - item}` }, 1);
    for (let item = 0; item < 3; item++) shop.fold(count + item, { brand: ["b5000", "b5001"][item % 2]! }, 1);
    const readOne = words.id.bind(words);
    let read = 0;
    words.id = (row) => {
      read++;
      return readOne(row);
    };
    const answered = (size: number) => {
      read = 0;
      return sifted(shop, {}, [{ field: "brand", size }]).facets.brand as FacetValue[];
    };
    const ten = answered(10);
    expect(read).toBeLessThanOrEqual(256);
    // Of the 254 that came first, those that stand first.
    const others = Array.from({ length: 8 }, (_, i) => ({ value: `b${9746 + i}`, count: 1 }));
    expect(ten).toEqual([{ value: "b5000", count: 3 }, { value: "b5001", count: 2 }, ...others]);
    expect(answered(10)).toEqual(ten);
    expect(answered(100).length).toBe(100);
    expect(read).toBeLessThanOrEqual(400);
  });

  test("bounds of a histogram are round, and hold what they say all the same", () => {
    const shop = shopOf(Array.from({ length: 10 }, (_, i) => ({ price: 1 + i, tiny: 1 + i * 1e-15 })));
    const { price, tiny } = sifted(shop, {}, ["price", "tiny"]).facets as Record<string, NumberFacet>;
    expect(price!.histogram.map(({ from }) => from)).toEqual([1, 1.9, 2.8, 3.7, 4.6, 5.5, 6.4, 7.3, 8.2, 9.1]);
    expect(tiny!.histogram.map(({ from, to }) => from <= to)).not.toContain(false);
    expect(tiny!.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(10);
  });

  test("nothing to count is no fault", () => {
    expect(sifted(clothes, { brand: "None" }, ["price", "tags"])).toEqual({
      passed: [],
      facets: { price: { min: null, max: null, count: 0, histogram: [] }, tags: [] },
    });
    const one = sifted(clothes, { brand: "Kestrel" }, ["price"]).facets.price;
    expect(one).toEqual({ min: 120, max: 120, count: 1, histogram: [{ from: 120, to: 120, count: 1 }] });
    expect(sifted(shopOf([{ brand: "a" }]), {}, ["inStock"]).facets).toEqual({ inStock: [{ value: true, count: 1 }] });
    expect(clothes.sieve(undefined, undefined).facets()).toEqual({});
  });

  test("a range as wide as numbers are has ten bins too", () => {
    const wide = [-1.7e308, -1, 0, 1, 1.7e308].map((price) => ({ price }));
    const facet = sifted(shopOf(wide), {}, ["price"]).facets.price as NumberFacet;
    expect([facet.min, facet.max, facet.histogram.map(({ count }) => count)]).toEqual([
      -1.7e308,
      1.7e308,
      [1, 0, 0, 0, 1, 2, 0, 0, 0, 1],
    ]);
    expect(facet.histogram.every(({ from, to }) => Number.isFinite(from) && from < to)).toBe(true);
  });

  test("a field with a name that objects have is a field like any other", () => {
    const shop = shopOf([JSON.parse('{"__proto__":"a","constructor":"b"}')]);
    expect(JSON.stringify(sifted(shop, {}, ["__proto__", "constructor"]).facets)).toBe(
      '{"__proto__":[{"value":"a","count":1}],"constructor":[{"value":"b","count":1}]}',
    );
  });

  test("what cannot be counted is refused with its place", () => {
    const cases: [readonly FacetRequest[], string, string, string][] = [
      [["colour"], "FILTER_UNKNOWN_FIELD", "/facets/0", "the fields are brand, category, price, tags, inStock, title"],
      [["brand", { field: "colour" }], "FILTER_UNKNOWN_FIELD", "/facets/1/field", "brand"],
      [["title"], "REQUEST_MALFORMED", "/facets/0", "text field"],
      [["brand", "price", "brand"], "REQUEST_MALFORMED", "/facets/2", "/facets/0 is the first"],
      [[{ field: "price", query: "1" }], "REQUEST_MALFORMED", "/facets/0/query", "number field"],
    ];
    for (const [facets, code, at, message] of cases) {
      const error = refusal(() => clothes.sieve({}, facets));
      expect([error.code, error.at]).toEqual([code, at]);
      expect(error.message).toContain(message);
    }
    expect(refusal(() => clothes.sieve({ colour: 1 }, [])).code).toBe("FILTER_UNKNOWN_FIELD");
  });
});

describe("against a slow recount", () => {
  const words = Array.from({ length: 12 }, (_, i) => `w${i}`);
  const word = fc.constantFrom(...words);
  const number = fc.oneof(fc.integer({ min: -3, max: 9 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const fields = fc.record(
    {
      brand: word,
      category: fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 }),
      tags: fc.array(word, { maxLength: 4 }),
      price: number,
      inStock: fc.boolean(),
      used: fc.boolean(),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Fields>;
  const names = ["brand", "category", "tags", "price", "inStock", "used"];
  const everything: Fields = { brand: "w0", category: ["a"], tags: ["w0"], price: 1, inStock: true, used: true };
  const range = fc.record({ gte: number, lt: number }, { requiredKeys: ["gte"] });
  const rules = fc.record(
    {
      brand: fc.oneof(word, fc.array(word, { maxLength: 4 })),
      category: fc.oneof(
        fc.constantFrom("a", "b"),
        fc.record({ under: fc.array(fc.constantFrom("a", "b"), { minLength: 1 }) }),
      ),
      tags: fc.array(word, { maxLength: 3 }),
      price: range,
      inStock: fc.boolean(),
      used: fc.boolean(),
      or: fc.oneof(
        fc.array(fc.record({ price: range }), { minLength: 1, maxLength: 2 }),
        fc.tuple(fc.record({ brand: word }), fc.record({ tags: word })),
      ),
      not: fc.record({ brand: word, used: fc.boolean() }, { requiredKeys: ["brand"] }),
      and: fc.array(fc.record({ tags: word }), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );

  /** The field that a top-level rule is about alone, as docs/search.md says it. */
  function fieldOf(name: string, rule: unknown): string | undefined {
    if (name === "not" || name === "and") return undefined;
    if (name !== "or") return name;
    const keys = (rule as Filters[]).map((one) => Object.keys(one).join());
    return keys.every((key) => key === keys[0] && names.includes(key)) ? keys[0] : undefined;
  }

  function slowFacet(field: string, items: readonly Fields[], size: number): Facet {
    if (field === "price") {
      const numbers = items.flatMap(({ price }) => (typeof price === "number" ? [price] : [])).sort((a, b) => a - b);
      const [min = null, max = null] = [numbers[0], numbers.at(-1)];
      return { min, max, count: numbers.length, histogram: [] };
    }
    const counts = new Map<string, FacetValue>();
    const add = (key: string, value: FacetValue): void => {
      counts.set(key, { ...value, count: (counts.get(key)?.count ?? 0) + 1 });
    };
    for (const item of items) {
      const value = item[field] ?? (field === "inStock" ? true : undefined);
      if (field === "category") {
        const path = (value ?? []) as string[];
        path.forEach((level, i) => {
          add(`${path.slice(0, i + 1)}`, { value: level, path: path.slice(0, i + 1), count: 0 });
        });
      } else if (Array.isArray(value)) for (const one of new Set(value as string[])) add(one, { value: one, count: 0 });
      else if (value !== undefined) add(String(value), { value: value as string | boolean, count: 0 });
    }
    const ordered = [...counts.values()].sort(
      (a, b) =>
        b.count - a.count ||
        (String(a.value) < String(b.value)
          ? -1
          : String(a.value) > String(b.value)
            ? 1
            : `${a.path}` < `${b.path}`
              ? -1
              : 1),
    );
    return ordered.slice(0, size);
  }

  test("of random catalogues and filters, each facet as counted under all filters but its own", () => {
    let counted = 0;
    const property = fc.property(
      fc.array(fields, { minLength: 1, maxLength: 60 }),
      rules,
      fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
      fc.constantFrom(1, 3, 100),
      (given, filters, facets, size) => {
        const items = [...given.map((one) => (one.price === 0 ? { ...one, price: 0 } : one)), everything];
        const shop = shopOf(items);
        const rows = items.map((_, item) => item);
        const tests = Object.entries(filters).map(([name, rule]) => ({
          field: fieldOf(name, rule),
          test: shop.filter({ [name]: rule } as unknown as Filters),
        }));
        const passing = (but?: string) =>
          rows.filter((row) => tests.every(({ field, test }) => (but !== undefined && field === but) || test(row)));
        const answered = sifted(
          shop,
          filters,
          facets.map((field) => (field === "price" ? field : { field, size })),
        );
        expect(answered.passed).toEqual(passing());
        expect(Object.keys(answered.facets)).toEqual(facets);
        for (const field of facets) {
          const among = passing(field).map((row) => items[row]!);
          const { histogram, ...facet } = answered.facets[field] as NumberFacet;
          if (field !== "price") expect(answered.facets[field]).toEqual(slowFacet(field, among, size));
          else {
            expect({ ...facet, histogram: [] }).toEqual(slowFacet(field, among, size));
            histogram.forEach(({ from, to, count }, b) => {
              const isIn = ({ price }: Fields): boolean =>
                typeof price === "number" &&
                price >= from &&
                (price < to || (b === histogram.length - 1 && price === to));
              expect(count).toBe(among.filter(isIn).length);
            });
          }
          counted++;
        }
      },
    );
    fc.assert(property, { numRuns: 400, seed: 6 });
    expect(counted).toBeGreaterThan(800);
  });

  test("rows are counted however many different ones there are", () => {
    // Used again and again: nothing of one count is left in the next.
    const counts = new RowCounts();
    const property = fc.property(
      fc.array(fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 2 ** 20 })), { maxLength: 1000, size: "max" }),
      (rows) => {
        counts.clear();
        const slow = new Map<number, number>();
        [...rows, ...rows.slice(0, 100)].forEach((row: number, i) => {
          expect(counts.add(row, 1 + (i % 3))).toBe(!slow.has(row));
          slow.set(row, (slow.get(row) ?? 0) + 1 + (i % 3));
        });
        for (const row of [...rows, 7]) expect(counts.get(row)).toBe(slow.get(row) ?? 0);
        const found = new Map<number, number>();
        counts.forEach((row, count) => {
          found.set(row, count);
        });
        expect([counts.size, found]).toEqual([slow.size, slow]);
      },
    );
    fc.assert(property, { numRuns: 50, seed: 6 });
  });
});
