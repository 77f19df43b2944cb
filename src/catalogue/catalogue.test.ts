import { describe, expect, test } from "vitest";
import type { Fields, FieldValue } from "../core/event.ts";
import { IdTable } from "../core/id-table.ts";
import { limits } from "../core/limits.ts";
import type { Filters } from "../core/public.ts";
import { bytesInUse } from "../core/state.ts";
import { type Catalogue, itemCatalogue } from "./catalogue.ts";
import { pathLevels, pathWord } from "./field-types.ts";

const newWords = (capacity?: number) => new IdTable("words", capacity);
const scarf: Fields = {
  title: "Red wool scarf",
  brand: "Acme",
  category: ["Clothing", "Scarves"],
  price: 19.9,
  tags: ["wool", "winter"],
  inStock: true,
  rating: 4.6,
};

function wordsOf(
  catalogue: Catalogue,
  words: IdTable,
  field: string,
  item: number,
): (string | undefined)[] | undefined {
  const out = new Int32Array(300);
  const list = catalogue.wordList(field);
  return list && [...out.subarray(0, list.get(item, out))].map((row) => words.id(row));
}

describe("merging", () => {
  test("given fields replace, null deletes, others stay", () => {
    const shop = itemCatalogue(newWords());
    shop.fold(0, scarf, 1);
    shop.fold(0, { price: 15, brand: null, image: "https://a/b", inStock: false, gone: null }, 2);
    const { brand: _, ...rest } = scarf;
    expect(shop.fields(0)).toEqual({ ...rest, price: 15, inStock: false, image: "https://a/b" });
    expect(shop.number("price")!.get(0)).toBe(15);
    expect(shop.word("brand")!.get(0)).toBe(-1);
    expect(shop.isRecommendable(0)).toBe(false);
  });

  test("numbers and booleans keep the dress they last came in", () => {
    const shop = itemCatalogue(newWords());
    const prices: FieldValue[] = [1, "19.90", 5, 19.9, "19.90", 19.9, "cheap", 3, -0];
    for (const price of prices) {
      shop.fold(0, { price, other: "x" }, 1);
      shop.fold(0, { price }, 1);
      expect(shop.fields(0)).toEqual({ price: price === 0 ? 0 : price, other: "x" });
    }
    for (const inStock of [true, 0, true, false, "false", "TRUE", 1]) {
      shop.fold(1, { inStock }, 1);
      expect(shop.fields(1)).toEqual({ inStock });
      expect(shop.isRecommendable(1)).toBe(![0, false, "false"].includes(inStock));
    }
  });

  test("a removed item is forgotten, and comes back with the new fields only", () => {
    const words = newWords();
    const shop = itemCatalogue(words);
    for (const item of [0, 1]) shop.fold(item, { ...scarf, released: "1999-01-01" }, 10);
    shop.remove(0);
    shop.remove(0);
    expect([shop.size, shop.isKnown(0), shop.isRemoved(0), shop.isRecommendable(0)]).toEqual([1, false, true, false]);
    expect(shop.fields(0)).toBeUndefined();
    expect([...shop.items()]).toEqual([1]);
    const met: number[] = [];
    shop.each((item) => met.push(item));
    expect(met).toEqual([1]);
    expect(shop.filter({ brand: "Acme" })(0)).toBe(false);
    shop.fold(0, { price: 3 }, 20);
    expect(shop.fields(0)).toEqual({ price: 3 });
    expect([shop.size, shop.isKnown(0), shop.isRemoved(0), shop.isRecommendable(0)]).toEqual([2, true, false, true]);
    expect(wordsOf(shop, words, "tags", 0)).toEqual([]);
    expect(shop.number("rating")!.get(0)).toBeNaN();
    expect(shop.firstSeenAtMs(0)).toBe(10);
  });

  test("an item never heard of may be removed; it is then not recommendable", () => {
    const shop = itemCatalogue(newWords());
    expect([shop.isRecommendable(7), shop.isKnown(7), shop.firstSeenAtMs(7)]).toEqual([true, false, Number.NaN]);
    shop.remove(7);
    expect([shop.size, shop.isRemoved(7), shop.isRecommendable(7), shop.fields(7)]).toEqual([
      0,
      true,
      false,
      undefined,
    ]);
  });

  test("a field named __proto__ is a field like any other", () => {
    const shop = itemCatalogue(newWords());
    shop.fold(0, JSON.parse('{"__proto__":"a","constructor":"b"}'), 1);
    shop.fold(0, { price: 1 }, 2);
    shop.fold(0, JSON.parse('{"__proto__":"c"}'), 3);
    expect(JSON.stringify(shop.fields(0))).toBe('{"__proto__":"c","constructor":"b","price":1}');
    expect(shop.filter(JSON.parse('{"__proto__":"c"}'))(0)).toBe(true);
    expect(shop.filter({ constructor: "b" } as unknown as Filters)(0)).toBe(true);
    shop.fold(0, JSON.parse('{"__proto__":null}'), 4);
    expect(JSON.stringify(shop.fields(0))).toBe('{"constructor":"b","price":1}');
    shop.fold(1, JSON.parse('{"__proto__":5}'), 1);
    shop.fold(1, JSON.parse('{"__proto__":6}'), 1);
    expect(JSON.stringify(shop.fields(1))).toBe('{"__proto__":6}');
  });

  test("NaN is as null, undefined as not given: what the log makes of them", () => {
    const shop = itemCatalogue(newWords());
    shop.fold(0, { price: 1, rating: 2 }, 1);
    shop.fold(0, { price: Number.NaN, rating: undefined as unknown as null }, 1);
    expect(shop.fields(0)).toEqual({ rating: 2 });
    expect([shop.number("price")!.get(0), shop.number("rating")!.get(0)]).toEqual([Number.NaN, 2]);
  });
});

describe("types", () => {
  test("the first value gives a field its type; some names have theirs always", () => {
    const shop = itemCatalogue(newWords());
    shop.fold(0, { size: null, colour: "red", weight: 2, new: false, notes: "x".repeat(65), sizes: ["S", 40] }, 1);
    shop.fold(0, { link: "https://a/b", nested: { a: 1 }, title: "t", category: "c", price: "1" }, 1);
    shop.fold(0, { size: "XL" }, 2);
    expect(shop.fieldNames.map(({ name, type, place }) => `${place} ${name}: ${type}`)).toEqual([
      "0 colour: word",
      "1 weight: number",
      "2 new: boolean",
      "3 notes: text",
      "4 sizes: word-list",
      "5 link: text",
      "6 title: text",
      "7 category: path",
      "8 price: number",
      "9 size: word",
    ]);
    expect([shop.number("colour"), shop.word("weight"), shop.wordList("title"), shop.word("none")]).toEqual(
      Array(4).fill(undefined),
    );
    expect(shop.number("new")!.get(0)).toBe(0);
  });

  test("values of another type are read where that is plain, else kept without a column and counted", () => {
    const words = newWords();
    const shop = itemCatalogue(words);
    shop.fold(0, { price: " 19.90 ", colour: "red", brand: 4711, tags: "wool", category: "Shoes", title: "t" }, 1);
    shop.fold(1, { price: "19,90", colour: 7, brand: "b".repeat(65), tags: ["a", {}, "a"], title: ["t"] }, 1);
    shop.fold(1, { category: ["a", "b", null, "c"], inStock: "sold out" }, 1);
    const mistyped = Object.fromEntries(shop.fieldNames.map((field) => [field.name, field.mistyped]));
    expect(mistyped).toEqual({ price: 1, colour: 0, brand: 1, tags: 1, category: 1, title: 1, inStock: 1 });
    expect([shop.number("price")!.get(0), shop.number("price")!.get(1)]).toEqual([19.9, Number.NaN]);
    expect(words.id(shop.word("colour")!.get(1))).toBe("7");
    expect(words.id(shop.word("brand")!.get(0))).toBe("4711");
    expect(wordsOf(shop, words, "tags", 0)).toEqual(["wool"]);
    expect(wordsOf(shop, words, "tags", 1)).toEqual(["a"]);
    expect(wordsOf(shop, words, "category", 0)).toEqual(["Shoes"]);
    expect(wordsOf(shop, words, "category", 1)).toEqual(["a", pathWord(["a", "b"])]);
    expect(pathLevels(pathWord(["a", "b"]))).toEqual(["a", "b"]);
    expect(shop.isRecommendable(1)).toBe(true);
    expect(shop.fields(1)).toMatchObject({ price: "19,90", brand: "b".repeat(65), tags: ["a", {}, "a"] });
  });

  test("a list is read as far as the caller's array reaches", () => {
    const shop = itemCatalogue(newWords());
    shop.fold(0, { tags: ["a", "b", "c"] }, 1);
    expect(shop.wordList("tags")!.get(0, new Int32Array(2))).toBe(2);
  });
});

test("an item is as old as its release date, or its earliest event", () => {
  const day = Date.UTC(2026, 10, 22);
  const shop = itemCatalogue(newWords());
  const age = (released: FieldValue): number => {
    shop.fold(0, { released }, day);
    return shop.firstSeenAtMs(0);
  };
  expect(age(null)).toBe(day);
  expect(age("2026-11-01")).toBe(Date.UTC(2026, 10, 1));
  expect(age("2026-11-01 12:00")).toBe(Date.UTC(2026, 10, 1, 12));
  expect(age("2026-11-01T12:00:00+02:00")).toBe(Date.UTC(2026, 10, 1, 10));
  expect(age("1999")).toBe(Date.UTC(1999));
  expect(age(1000)).toBe(1000);
  expect(age("2027-01-01")).toBe(day);
  expect(age("soon")).toBe(day);
  shop.fold(0, { price: 1 }, day - 5);
  expect(shop.firstSeenAtMs(0)).toBe(day - 5);
});

describe("limits", () => {
  test("fields beyond the limit are kept without a column, but names with a meaning always have one", () => {
    const shop = itemCatalogue(newWords());
    for (let i = 0; i < 200; i++) shop.fold(i, { [`field ${i}`]: i }, 1);
    expect(shop.fieldNames.length).toBeLessThan(limits.catalogueFieldsMax);
    expect(shop.fields(199)).toEqual({ "field 199": 199 });
    expect(() => shop.filter({ "field 199": 1 })).toThrow("There is no field");
    shop.fold(0, { ...scarf, description: "d", image: "i" }, 2);
    expect(() => shop.filter({ "field 199": 1 })).toThrow("no more than 128 can be");
    expect(shop.fieldNames.length).toBe(limits.catalogueFieldsMax);
    expect([shop.filter({ price: 19.9 })(0), shop.number("price")!.get(0)]).toEqual([true, 19.9]);
  });

  test("an item that would hold too much keeps what it has", () => {
    const shop = itemCatalogue(newWords());
    const many = (prefix: string) => Object.fromEntries(Array.from({ length: 200 }, (_, i) => [prefix + i, i]));
    shop.fold(0, many("a"), 1);
    shop.fold(0, many("b"), 2);
    shop.fold(1, { notes: "x".repeat(600_000), price: 1 }, 2);
    shop.fold(2, { notes: "é".repeat(200_000) }, 2);
    shop.fold(2, { more: "é".repeat(100_000) }, 2);
    expect([shop.overLimit, shop.size]).toEqual([3, 3]);
    expect(shop.fields(0)).toEqual(many("a"));
    expect(shop.fields(1)).toEqual({});
    expect(Object.keys(shop.fields(2)!)).toEqual(["notes"]);
    expect(shop.number("price")).toBeUndefined();
  });

  test("long lists and deep paths are cut in the column only", () => {
    const words = newWords();
    const shop = itemCatalogue(words);
    const tags = Array.from({ length: 5000 }, (_, i) => `tag ${i}`);
    shop.fold(0, { tags, category: tags.slice(0, 40), ["n".repeat(20_000)]: 1, "\ud800": 2 }, 1);
    expect(shop.fields(0)!.tags).toEqual(tags);
    expect(wordsOf(shop, words, "tags", 0)).toEqual(tags.slice(0, 256));
    expect(wordsOf(shop, words, "category", 0)!.length).toBe(16);
    expect(shop.fieldNames.map((field) => field.name)).toEqual(["tags", "category"]);
  });

  test("with the word table full, new words are not filterable, old ones are", () => {
    const words = newWords(2);
    const shop = itemCatalogue(words);
    shop.fold(0, { brand: "a", tags: ["b", "c"] }, 1);
    shop.fold(1, { brand: "c", tags: ["c", "a"], category: ["a", "b"] }, 1);
    expect([shop.word("brand")!.get(1), shop.filter({ brand: "c" })(1)]).toEqual([-1, false]);
    expect(wordsOf(shop, words, "tags", 0)).toEqual(["b"]);
    expect(wordsOf(shop, words, "tags", 1)).toEqual(["a"]);
    expect(wordsOf(shop, words, "category", 1)).toEqual(["a"]);
    expect(shop.fields(1)).toEqual({ brand: "c", tags: ["c", "a"], category: ["a", "b"] });
  });

  test("half a surrogate pair does not fill the word table", () => {
    const words = newWords();
    const shop = itemCatalogue(words);
    for (let i = 0; i < 50; i++) shop.fold(i, { brand: "a\ud800" }, 1);
    expect(words.size).toBe(1);
    expect(shop.filter({ brand: "a\ud800" })(9)).toBe(true);
  });

  test("an item folded over and over takes no more room", () => {
    const shop = itemCatalogue(newWords());
    const bytes: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      shop.fold(0, { tags: [`${i % 7}`, "b"].slice(i % 2), price: `${i}`, title: "t".repeat(i % 50) }, 1);
      if (i % 100 === 99) shop.remove(0);
      if (i === 999 || i === 19_999) bytes.push(bytesInUse([shop.state]));
    }
    expect(bytes[1]).toBe(bytes[0]);
  });
});
