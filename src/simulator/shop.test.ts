import { describe, expect, test } from "vitest";
import { random, shuffle } from "../core/random.ts";
import { simulatedShop } from "./shop.ts";
import { departmentOf } from "./stock.ts";
import { attraction, attractionBase, type Taste, tastes } from "./tastes.ts";
import { type Language, words } from "./words.ts";

const shop = simulatedShop({ seed: 7 });

describe("the stock", () => {
  test("same seed, same shop; another seed, another one", () => {
    const again = simulatedShop({ seed: 7 });
    expect(again.items).toEqual(shop.items);
    expect(again.tastes).toEqual(shop.tastes);
    expect(again.ownOrder("scarf")).toEqual(shop.ownOrder("scarf"));
    expect(simulatedShop({ seed: 8 }).items).not.toEqual(shop.items);
  });

  test("every item has believable fields, in every language", () => {
    for (const language of Object.keys(words) as Language[]) {
      const { items } = simulatedShop({ seed: 1, language });
      expect(items.length).toBe(600);
      expect(new Set(items.map(({ item }) => item)).size).toBe(600);
      expect(new Set(items.map(({ fields }) => fields.category.join("/"))).size).toBe(
        words[language].categories.length,
      );
      for (const { fields } of items) {
        expect(fields.category.length).toBe(2);
        expect(fields.title.startsWith(`${fields.brand} `)).toBe(true);
        expect(words[language].brands).toContain(fields.brand);
        expect(fields.price).toBeGreaterThan(0);
        expect(fields.rating).toBeGreaterThanOrEqual(1);
        expect(fields.rating).toBeLessThanOrEqual(5);
        expect(fields.tags.length).toBe(4);
        expect(JSON.stringify(fields)).not.toContain("undefined");
      }
    }
  });

  test("prices are log-normal within a category, with sd 0.45 in log", () => {
    const { items, stock } = simulatedShop({ seed: 3, items: 20_000, shoppers: 1 });
    const logs = items.filter((_, row) => stock.category[row] === 1).map(({ fields }) => Math.log(fields.price));
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const sd = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length);
    expect(sd).toBeGreaterThan(0.4);
    expect(sd).toBeLessThan(0.5);
  });
});

describe("tastes", () => {
  test("each likes one to three categories and one or two brands of their departments", () => {
    for (const { category, brand } of tastes(1, 300)) {
      const categories = [...category.keys()].filter((one) => category[one]! > 0);
      const houses = [...brand.keys()].filter((one) => brand[one]! > 0);
      expect([1, 2, 3]).toContain(categories.length);
      expect([1, 2]).toContain(houses.length);
      for (const house of houses) expect(categories.map(departmentOf)).toContain(Math.floor(house / 6));
    }
  });

  test("more shoppers leave the first ones as they were", () => {
    expect(tastes(1, 20).slice(0, 5)).toEqual(tastes(1, 5));
  });

  test("opposite tastes have opposite attractions, but for what all see in an item", () => {
    const logit = (p: number) => Math.log(p / (1 - p));
    const turned = (weights: Float32Array) => weights.map((weight) => -weight);
    for (const taste of shop.tastes.slice(0, 20)) {
      const opposite: Taste = {
        category: turned(taste.category),
        brand: turned(taste.brand),
        price: -taste.price,
        style: turned(taste.style),
      };
      for (let row = 0; row < 50; row++) {
        const own = logit(attraction(taste, shop.stock, row)) - attractionBase - shop.stock.appeal[row]!;
        const theirs = logit(attraction(opposite, shop.stock, row)) - attractionBase - shop.stock.appeal[row]!;
        expect(own).toBeCloseTo(-theirs, 9);
      }
    }
  });
});

describe("truth", () => {
  test("an expected click rate by hand, and the best of all orders of four", () => {
    const four = shop.items.slice(0, 4).map(({ item }) => item);
    const at = four.map((item) => shop.truth.attraction("u-1", item));
    const byHand = at[0]! + at[1]! * 2 ** -0.8 + at[2]! * 3 ** -0.8 + at[3]! * 4 ** -0.8;
    expect(shop.truth.clickRate("u-1", four)).toBeCloseTo(byHand, 12);
    const orders = four.flatMap((a) =>
      four
        .flatMap((b) => four.flatMap((c) => four.map((d) => [a, b, c, d])))
        .filter((list) => new Set(list).size === 4),
    );
    const best = Math.max(...orders.map((list) => shop.truth.clickRate("u-1", list)));
    expect(shop.truth.bestClickRate("u-1", four)).toBeCloseTo(best, 12);
    expect(shop.truth.clickRate("u-1", shop.truth.bestOrder("u-1", four))).toBeCloseTo(best, 12);
    expect(shop.truth.bestClickRate("u-1", four, 2)).toBeLessThan(best);
  });

  test("a foreign item attracts nobody, a foreign shopper is refused", () => {
    expect(shop.truth.attraction("u-1", "p-x")).toBe(0);
    expect(() => shop.truth.attraction("u-9999", "p-1")).toThrow("u-9999");
  });
});

describe("the shop's own order", () => {
  const fieldsOf = new Map(shop.items.map(({ item, fields }) => [item, fields]));
  const every = (wanted: string, holds: (fields: (typeof shop.items)[0]["fields"]) => boolean): boolean =>
    shop.ownOrder(wanted).every((item) => holds(fieldsOf.get(item)!));

  test("lists what was asked for", () => {
    expect(shop.ownOrder().length).toBe(600);
    expect(every("scarf", ({ category }) => category[1] === "Scarves")).toBe(true);
    expect(shop.ownOrder("Scarves")).toEqual(shop.ownOrder("scarf"));
    expect(every("Kitchen", ({ category }) => category[0] === "Kitchen")).toBe(true);
    expect(every("alba", ({ brand }) => brand === "Alba")).toBe(true);
    expect(shop.ownOrder("something nice")).toEqual(shop.ownOrder());
  });

  test("puts the brand that was asked for first, and of each what is sold out last", () => {
    const list = shop.ownOrder("Alba scarf").map((item) => fieldsOf.get(item)!);
    expect(list.length).toBe(shop.ownOrder("scarf").length);
    const alba = list.findLastIndex(({ brand }) => brand === "Alba") + 1;
    expect(alba).toBeGreaterThan(1);
    expect(list.slice(0, alba).every(({ brand }) => brand === "Alba")).toBe(true);
    const scarves = shop.ownOrder("scarf").map((item) => fieldsOf.get(item)!.inStock);
    expect(scarves).toEqual(scarves.toSorted((a, b) => Number(b) - Number(a)));
  });

  test("is better than chance and far from what suits each shopper", () => {
    // Expected clicks per page of 20, over 400 shoppers × (12 categories + home): chance 0.55, own 0.73, personal best 1.57.
    const chance = random(1);
    const total = { chance: 0, own: 0, best: 0 };
    const wanted = [undefined, ...words.en.categories.map(([path]) => path)];
    for (let shopper = 1; shopper <= 400; shopper++) {
      for (const list of wanted.map((one) => shop.ownOrder(one))) {
        total.chance += shop.truth.clickRate(`u-${shopper}`, shuffle([...list], chance).slice(0, 20));
        total.own += shop.truth.clickRate(`u-${shopper}`, list.slice(0, 20));
        total.best += shop.truth.bestClickRate(`u-${shopper}`, list, 20);
      }
    }
    expect(total.own / total.chance).toBeGreaterThan(1.25);
    expect(total.best / total.own).toBeGreaterThan(1.9);
  });
});

test("a shop of 100,000 items is made and ordered", () => {
  const large = simulatedShop({ seed: 1, items: 100_000, shoppers: 1000 });
  expect(large.items.length).toBe(100_000);
  expect(large.ownOrder("tent").length).toBeGreaterThan(7000);
});
