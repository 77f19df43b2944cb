import { expect, test } from "vitest";
import { LiveshelfError } from "../core/errors.ts";
import type { Fields } from "../core/event.ts";
import { IdTable } from "../core/id-table.ts";
import { type Catalogue, itemCatalogue } from "./catalogue.ts";

const dayMs = 86_400_000;

function shopOf(items: readonly Fields[]): Catalogue {
  const shop = itemCatalogue(new IdTable("words"));
  items.forEach((fields, item) => {
    shop.fold(item, fields, (item + 1) * dayMs);
  });
  return shop;
}

const shop = shopOf([
  { title: "a", price: 20, rating: 4, variantOf: "x", parent: 7, used: true, category: ["A", "B"], tags: ["t"] },
  { title: "b", price: -5, rating: 5, variantOf: "y", parent: -1, category: ["B"] },
  { title: "c", variantOf: "x", "a:desc": 1, weight: 2 },
  { title: "d", price: 7, rating: 4.5, parent: 7, weight: -0, category: ["A", "B"] },
  { title: "e", price: 7, parent: -6, used: false, released: "1970-01-01" },
]);
const rows = [...shop.items()];

function refusal(run: () => unknown): { code: string; at: string | undefined; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof LiveshelfError) return { code: error.code, at: error.at, message: error.message };
    throw error;
  }
  throw new Error("nothing was refused");
}

test("by price, rating, newest and any number, what has no value last, whichever the direction", () => {
  const cases: [string, number[]][] = [
    ["price", [1, 3, 4, 0, 2]],
    ["price:asc", [1, 3, 4, 0, 2]],
    ["price:desc", [0, 3, 4, 1, 2]],
    ["rating", [1, 3, 0, 2, 4]],
    ["rating:desc", [1, 3, 0, 2, 4]],
    ["rating:asc", [0, 3, 1, 2, 4]],
    ["weight", [3, 2, 0, 1, 4]],
    // Released in 1970, whenever the shop told of it.
    ["newest", [3, 2, 1, 0, 4]],
    ["a:desc", [2, 0, 1, 3, 4]],
    ["a:desc:desc", [2, 0, 1, 3, 4]],
  ];
  for (const [sort, order] of cases) {
    const key = shop.sortKey(sort)!;
    // With equal keys, infinite ones too, the lower row.
    expect([sort, [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a - b))]).toEqual([
      sort,
      order,
    ]);
  }
  expect(shop.sortKey("relevance")).toBeUndefined();
});

test("an order that there is not is refused with those there are", () => {
  for (const sort of ["cheapest", "title", "used", "price:up", "newest:asc", "relevance:desc", ""]) {
    const { code, at, message } = refusal(() => shop.sortKey(sort));
    expect([sort, code, at]).toEqual([sort, "REQUEST_MALFORMED", "/sort"]);
    expect(message).toContain("relevance, newest, price, rating, parent, a:desc, weight (number fields also");
  }
  expect(refusal(() => shopOf([]).sortKey("price")).message).toContain("sorted by relevance, newest.");
});

test("items of one value are one group, each without one is one of its own", () => {
  /** Row of the first item of each one's group. */
  const groups = (field: string): number[] => {
    const key = shop.groupKey(field);
    const keys = rows.map(key);
    return keys.map((one) => keys.indexOf(one));
  };
  expect(groups("variantOf")).toEqual([0, 1, 0, 3, 4]);
  // −1 and −6 are numbers like any others, not those of items alone.
  expect(groups("parent")).toEqual([0, 1, 2, 0, 4]);
  expect(groups("used")).toEqual([0, 1, 2, 3, 4]);
  expect(groups("category")).toEqual([0, 1, 2, 0, 4]);
});

test("what cannot be grouped by is refused", () => {
  expect(refusal(() => shop.groupKey("variant"))).toMatchObject({ code: "FILTER_UNKNOWN_FIELD", at: "/group" });
  for (const field of ["title", "tags"]) {
    expect(refusal(() => shop.groupKey(field))).toMatchObject({ code: "REQUEST_MALFORMED", at: "/group" });
  }
});
