/** A search from the query to the page, through the engine. */
import { describe, expect, test } from "vitest";
import { manualClock, minuteMs } from "../../src/core/clock.ts";
import { limits } from "../../src/core/limits.ts";
import type { Engine, EventInput, SearchRequest } from "../../src/core/public.ts";
import { createEngine } from "../../src/index.ts";

const startMs = Date.UTC(2026, 10, 22);

const item = (id: string, fields: Record<string, unknown>): EventInput => ({ type: "item", item: id, fields });

async function shopOf(events: readonly EventInput[]): Promise<{ shop: Engine; clock: ReturnType<typeof manualClock> }> {
  const clock = manualClock(startMs);
  const shop = await createEngine({ clock, tickMs: 0 });
  await shop.record(events);
  return { shop, clock };
}

const colours = ["red", "blue", "green"];
const brands = ["Acme", "Zenith"];
/** Sixty scarves and forty lamps. */
const goods = Array.from({ length: 100 }, (_, i) =>
  item(`p-${i}`, {
    title: `${colours[i % 3]} ${i < 60 ? "scarf" : "lamp"} number ${i}`,
    brand: brands[i % 2],
    category: i < 60 ? ["Clothing", "Scarves"] : ["Home", "Lamps"],
    price: 10 + (i % 10),
    variantOf: `v-${Math.floor(i / 4)}`,
  }),
);

const ids = ({ items }: { readonly items: readonly { readonly item: string }[] }): string[] =>
  items.map((one) => one.item);

describe("what is found", () => {
  test("is all that holds every word, with its fields, and no more", async () => {
    const { shop } = await shopOf(goods);
    const { total, items, relaxed } = shop.search({ query: "red scarf", size: 100 });
    expect(total).toBe(20);
    expect(items.length).toBe(20);
    expect(relaxed).toBeUndefined();
    expect(items.every(({ fields }) => /red scarf/.test(String(fields?.title)))).toBe(true);
  });

  test("filters act on all matches: a page is full whenever the shop has the items", async () => {
    const { shop } = await shopOf(goods);
    const { total, items } = shop.search({ query: "scarf", filters: { price: { gte: 19 } }, size: 6 });
    expect(total).toBe(6);
    expect(items.every(({ fields }) => fields!.price === 19)).toBe(true);
  });

  test("a facet ignores its own filter, and the others count", async () => {
    const { shop } = await shopOf(goods);
    const { facets, total } = shop.search({
      query: "scarf",
      filters: { brand: ["Acme"], price: { lt: 12 } },
      facets: ["brand", "price", "category"],
    });
    expect(total).toBe(6);
    expect(facets!.brand).toEqual([
      { value: "Acme", count: 6 },
      { value: "Zenith", count: 6 },
    ]);
    expect(facets!.price).toMatchObject({ min: 10, max: 18, count: 30 });
  });

  test("one item for each group, and the total counts groups", async () => {
    const { shop } = await shopOf(goods);
    const { total, items } = shop.search({ query: "scarf", group: "variantOf", size: 100 });
    expect(total).toBe(15);
    expect(new Set(items.map(({ fields }) => fields!.variantOf)).size).toBe(15);
    expect(items.length).toBe(15);
  });

  test("a page of groups is full, however many variants each has", async () => {
    const { shop } = await shopOf(
      Array.from({ length: 1000 }, (_, i) =>
        item(`t-${i}`, { title: `plain shirt ${i % 2 === 0 ? "plain" : ""}`, variantOf: `v-${Math.floor(i / 50)}` }),
      ),
    );
    for (const query of ["shirt", ""]) {
      const { total, items } = shop.search({ query, group: "variantOf", size: 18 });
      expect([total, items.length, new Set(items.map(({ fields }) => fields!.variantOf)).size]).toEqual([20, 18, 18]);
    }
  });

  test("what is out of stock comes last, in every order", async () => {
    const { shop } = await shopOf([...goods, item("p-0", { inStock: false }), item("p-7", { inStock: false })]);
    for (const sort of ["relevance", "price", "price:desc", "newest"])
      expect(new Set(ids(shop.search({ query: "scarf", sort, size: 100 })).slice(-2)), sort).toEqual(
        new Set(["p-0", "p-7"]),
      );
  });

  test("what is out of stock comes after all that is not, however much that is", async () => {
    const { shop } = await shopOf(
      Array.from({ length: 600 }, (_, i) =>
        item(`b-${i}`, { title: i < 150 ? "button" : "plain wooden button", inStock: i >= 150 }),
      ),
    );
    const { slate, items } = shop.search({ query: "button", size: 400 });
    const more = shop.search({ query: "button", size: 200, from: 400, slate: slate! });
    const isInStock = [...items, ...more.items].map(({ fields }) => fields!.inStock);
    expect(isInStock.length).toBe(600);
    expect(isInStock.indexOf(false)).toBe(450);
  });

  test("an update is visible in the next answer, and what is removed is gone", async () => {
    const { shop } = await shopOf(goods);
    await shop.record(item("p-99", { title: "velvet curtain" }));
    expect(ids(shop.search({ query: "velvet" }))).toEqual(["p-99"]);
    await shop.record({ type: "item-removed", item: "p-99" });
    expect(shop.search({ query: "velvet" }).relaxed).toBeDefined();
    expect(ids(shop.search({ query: "number 99" }))).not.toContain("p-99");
  });

  test("a query without words is answered as none: what is popular", async () => {
    const { shop } = await shopOf([
      ...goods,
      ...Array.from({ length: 12 }, (_, i) => ({ type: "outcome", action: "view", item: "p-77", user: `u-${i}` })),
    ]);
    for (const query of [undefined, "", "!!!", " - "]) {
      const { items, total } = shop.search(query === undefined ? {} : { query });
      expect(items[0]!.item).toBe("p-77");
      expect(total).toBe(100);
    }
  });

  test("a model number stands on top, whatever was learned", async () => {
    const { shop } = await shopOf([...goods, item("m-1", { title: "Pavilion notebook", model: "dv7-1211ea" })]);
    const others = Array.from({ length: 60 }, (_, i) =>
      item(`n-${i}`, { title: `Pavilion dv7 notebook ${i}, like dv7-12` }),
    );
    await shop.record(others);
    for (let i = 0; i < 200; i++)
      await shop.record({
        type: "outcome",
        action: "click",
        item: `n-${i % 5}`,
        user: `u-${i % 40}`,
        session: `v-${i}`,
      });
    expect(ids(shop.search({ query: "dv7-1211ea" }))[0]).toBe("m-1");
    expect(ids(shop.search({ query: "DV71211EA" }))[0]).toBe("m-1");
  });

  test("what a number is all of comes before what it is only for", async () => {
    const accessories = Array.from({ length: 12 }, (_, i) =>
      item(`a-${i}`, { title: `Cable ${i} for Sony WH-1000XM4`, model: `C-${i}00` }),
    );
    const phones = { title: "Sony Wireless Headphones WH-1000XM4", brand: "Sony", model: "WH-1000XM4" };
    const { shop } = await shopOf([...accessories, item("wh", phones)]);
    for (const query of ["WH-1000XM4", "wh1000xm4", "sony wh-1000xm4"])
      expect(ids(shop.search({ query }))[0], query).toBe("wh");
  });

  test("what the filters leave nothing of is not loosened", async () => {
    const { shop } = await shopOf([...goods, item("z-1", { title: "velvet curtain", brand: "Acme" })]);
    expect(shop.search({ query: "velvet", filters: { brand: "Zenith" } })).toMatchObject({ total: 0, items: [] });
    expect(shop.search({ query: "velvet", filters: { brand: "Zenith" } }).relaxed).toBeUndefined();
  });

  test("a field by any name is no danger", async () => {
    const { shop } = await shopOf([item("f-1", { title: "red car", constructor: "Ferrari", toString: "sporty" })]);
    expect(ids(shop.search({ query: "ferrari red sporty", highlight: true }))).toEqual(["f-1"]);
  });

  test("synonyms hold from the event that brings them, two-way and one-way", async () => {
    const { shop } = await shopOf([item("s-1", { title: "leather couch" }), item("s-2", { title: "red television" })]);
    await shop.record({ type: "synonyms", synonyms: [["sofa", "couch"], { from: "tv", to: ["television"] }] });
    expect(ids(shop.search({ query: "sofa" }))).toEqual(["s-1"]);
    expect(ids(shop.search({ query: "tv" }))).toEqual(["s-2"]);
    await shop.record({ type: "synonyms", synonyms: [] });
    expect(shop.search({ query: "tv" }).relaxed).toBeDefined();
  });
});

describe("when nothing matches", () => {
  test("the query is loosened a rung at a time, and the rung is named", async () => {
    const { shop } = await shopOf(goods);
    const misspelt = shop.search({ query: "scraf" });
    expect(misspelt.items.length).toBeGreaterThan(0);
    const fewer = shop.search({ query: "scarf zeppelin" });
    expect(fewer.relaxed).toMatchObject({ rung: "fewer-words", dropped: ["zeppelin"] });
    expect(fewer.total).toBe(60);
    const nothing = shop.search({ query: "zeppelin" });
    expect(nothing.relaxed).toEqual({ rung: "popular" });
    expect(nothing.items.length).toBe(24);
  });

  test("in an empty shop there is nothing, and no error", async () => {
    const { shop } = await shopOf([]);
    expect(shop.search({ query: "scarf" })).toMatchObject({ total: 0, items: [] });
    expect(shop.search({})).toMatchObject({ total: 0, items: [] });
  });
});

describe("pages", () => {
  async function pagesOf(
    shop: Engine,
    request: SearchRequest,
    between: (page: number) => Promise<void>,
  ): Promise<string[]> {
    const first = shop.search({ ...request, size: 7 });
    const all = ids(first);
    for (let page = 1; page <= Math.ceil(first.total / 7); page++) {
      await between(page);
      // What a page leaves out is as it was.
      const said = page % 2 === 0 ? request : { user: "u-1" };
      const next = shop.search({ ...said, size: 7, from: page * 7, slate: first.slate! });
      expect(next.total).toBe(first.total);
      next.items.forEach(({ position }, i) => void expect(position).toBe(page * 7 + i));
      all.push(...ids(next));
    }
    return all;
  }

  test("neither repeat nor skip while the state moves on", async () => {
    for (const request of [{ query: "scarf" }, { query: "scarf", sort: "price" }, { query: "" }] as const) {
      const { shop, clock } = await shopOf(goods);
      const all = await pagesOf(shop, { ...request, user: "u-1" }, async (page) => {
        clock.advance(1000);
        for (let i = 0; i < 5; i++)
          await shop.record({
            type: "outcome",
            action: "click",
            item: `p-${(page * 13 + i) % 60}`,
            user: "u-1",
            session: "v-1",
          });
      });
      const total = request.query === "" ? 100 : 60;
      expect(all.length).toBe(total);
      expect(new Set(all).size).toBe(total);
    }
  });

  test("far beyond what is ranked, too", async () => {
    const many = Array.from({ length: 1500 }, (_, i) => item(`q-${i}`, { title: `plain button ${i}`, price: i }));
    const { shop } = await shopOf(many);
    const first = shop.search({ query: "button", size: 100 });
    const all = new Set(ids(first));
    for (let from = 100; from < 1500; from += 100)
      for (const id of ids(shop.search({ query: "button", size: 100, from, slate: first.slate! }))) all.add(id);
    expect(all.size).toBe(1500);
    expect(ids(shop.search({ query: "button", size: 10, from: 1495 })).length).toBe(5);
  });

  test("are of the very search, and of its shopper's", async () => {
    const { shop } = await shopOf(goods);
    const { slate } = shop.search({ query: "scarf", size: 7, user: "u-1" });
    const page = { size: 7, from: 7, slate: slate! };
    expect(shop.search({ ...page, user: "u-1" }).total).toBe(60);
    expect(shop.search({ ...page, user: "u-1", query: "lamp" }).total).toBe(40);
    expect(shop.search({ ...page, user: "u-1", query: "scarf", filters: { brand: "Acme" } }).total).toBe(30);
    expect(shop.search({ ...page, user: "u-2", query: "scarf" }).total).toBe(60);
    const { facets } = shop.search({ ...page, user: "u-1", facets: ["brand"] });
    expect(facets!.brand).toMatchObject([{ count: 30 }, { count: 30 }]);
  });

  test("of a list that is gone are cut from a fresh one", async () => {
    const { shop, clock } = await shopOf(goods);
    const { slate } = shop.search({ query: "scarf", size: 7 });
    clock.advance(limits.pagedWithinMs + minuteMs);
    expect(shop.search({ query: "scarf", size: 7, from: 7, slate: slate! }).items.length).toBe(7);
    expect(shop.search({ query: "scarf", size: 7, from: 70, slate: "never-was" }).items).toEqual([]);
  });
});

describe("what is learned", () => {
  test("a click moves the item up in the next answer to the same shopper, and what is not observed leaves no trace", async () => {
    const { shop } = await shopOf(goods);
    const unobserved = shop.search({ query: "red scarf", user: "u-1", observe: false });
    expect(unobserved.slate).toBeNull();
    const { offset } = shop.status();
    const first = shop.search({ query: "red scarf", user: "u-1" });
    expect(shop.status().offset).toBe(offset + 1);
    const low = first.items.at(-1)!.item;
    await shop.record({ type: "outcome", action: "click", item: low, user: "u-1", slate: first.slate });
    const again = ids(shop.search({ query: "red scarf", user: "u-1" }));
    expect(again.indexOf(low)).toBeLessThan(ids(first).indexOf(low));
  });

  test("what a query all but certainly means comes first, and the rest after it", async () => {
    const { shop, clock } = await shopOf([...goods, item("h-1", { title: "scarf", category: ["Home", "Hangers"] })]);
    const rankOf = (id: string): number => ids(shop.search({ query: "scarf", observe: false, size: 100 })).indexOf(id);
    expect(rankOf("h-1")).toBeLessThan(10);
    for (let i = 0; i < 30; i++) {
      clock.advance(minuteMs);
      const { slate } = shop.search({ query: "scarf", user: `u-${i}`, session: `v-${i}`, size: 60 });
      await shop.record({
        type: "outcome",
        action: "click",
        item: `p-${(i * 7) % 60}`,
        user: `u-${i}`,
        session: `v-${i}`,
        slate,
      });
    }
    expect(rankOf("h-1")).toBe(60);
  });

  test("explanations add up", async () => {
    const { shop } = await shopOf(goods);
    for (const query of ["red scarf", ""]) {
      const first = shop.search({ query, user: "u-1", explain: true });
      const second = shop.search({ query, user: "u-1", explain: true, from: 24, slate: first.slate! });
      for (const { rawScore, bias, reasons } of [...first.items, ...second.items])
        expect(reasons!.reduce((sum, { contribution }) => sum + contribution, bias!)).toBeCloseTo(rawScore!, 9);
    }
  });

  test("what matched is marked, and all else is escaped", async () => {
    const { shop } = await shopOf([item("x-1", { title: "Red scarf & hat, 5 < 6" })]);
    const { items } = shop.search({ query: "scarf", highlight: true });
    expect(items[0]!.highlights).toEqual({ title: "Red <em>scarf</em> &amp; hat, 5 &lt; 6" });
  });
});
