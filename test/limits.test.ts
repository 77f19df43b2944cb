/** Every limit at its value and one past it, with what docs/limits.md says happens there. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { minuteMs } from "../src/core/clock.ts";
import { limits } from "../src/core/limits.ts";
import type { EventInput, Filters } from "../src/core/public.ts";
import { examine } from "../src/examine.ts";
import { ResultCache } from "../src/result-cache.ts";
import {
  type Case,
  codeOf,
  events,
  item,
  keys,
  type Limit,
  long,
  many,
  nested,
  outcome,
  overHttp,
  post,
  queued,
  ranks,
  recommends,
  searches,
  slate,
  withEngine,
  withLimit,
} from "./at-limits.ts";
import { doorCases } from "./door/door-limits.ts";
import { searchCases } from "./search/search-limits.ts";

const cases: { readonly [limit in Limit]: Case } = {
  ...searchCases,
  ...doorCases,
  async idLengthMax() {
    const [at, past] = [long(limits.idLengthMax), long(limits.idLengthMax + 1)];
    await events("EVENT_LIMIT", { ...item, item: at }, { ...item, item: past });
    await events("EVENT_LIMIT", { ...outcome, id: at, user: at, session: at }, { ...outcome, session: past });
    await ranks({ user: at, items: [at] }, { user: past });
    await ranks({ session: at }, { items: [past] });
    await recommends("REQUEST_MALFORMED", { exclude: [at] }, { exclude: [past] });
    // In UTF-16 code units: of these, two make a character.
    await ranks({ user: "😀".repeat(limits.idLengthMax / 2) }, { user: "😀".repeat(limits.idLengthMax / 2 + 1) });
  },
  async eventBytesMax() {
    const room = limits.eventBytesMax - '{"a":""}'.length;
    await events("EVENT_TOO_LARGE", { ...item, fields: { a: long(room) } }, { ...item, fields: { a: long(room + 1) } });
    const words = (length: number) => ({ type: "synonyms", synonyms: [[long(length - '[[""]]'.length)]] });
    await events("EVENT_TOO_LARGE", words(limits.eventBytesMax), words(limits.eventBytesMax + 1));
    const line = (length: number): string => `{"type":"item","item":"p-1"}`.padEnd(length);
    await withEngine((engine) =>
      overHttp(engine, async (app) => {
        const codes = [limits.eventBytesMax, limits.eventBytesMax + 1].map((length) =>
          post(app, "/v1/events", line(length), "application/x-ndjson"),
        );
        expect(await Promise.all(codes)).toEqual(["", "EVENT_TOO_LARGE"]);
      }),
    );
  },
  async fieldsMax() {
    await events(
      "EVENT_LIMIT",
      { ...item, fields: keys(limits.fieldsMax, 1) },
      { ...item, fields: keys(limits.fieldsMax + 1, 1) },
    );
    await withEngine(async (engine) => {
      await engine.record({ ...item, fields: keys(limits.fieldsMax - 1, 1) });
      await engine.record({ ...item, fields: { last: 1 } });
      await engine.record({ ...item, fields: { onePast: 1, k0: 2 } });
      const { fields } = engine.item("p-1")!;
      expect([Object.keys(fields).length, fields.last, fields.onePast, fields.k0]).toEqual([
        limits.fieldsMax,
        1,
        undefined,
        1,
      ]);
    });
  },
  catalogueFieldsMax: () =>
    withEngine(async (engine) => {
      const meant = {
        title: "Scarf",
        brand: "Acme",
        category: "Hats",
        price: 1,
        tags: ["a"],
        inStock: true,
        rating: 4,
      };
      await engine.record({ ...item, fields: { ...meant, description: "A scarf", image: "https://shop/1" } });
      for (let i = 0; i <= limits.catalogueFieldsMax; i++)
        await engine.record({ ...item, item: `p-${i}`, fields: { [`k${i}`]: 7 } });
      const filterable = many(
        limits.catalogueFieldsMax + 1,
        (i) => codeOf(() => engine.recommend({ filters: { [`k${i}`]: 7 } })) === "",
      );
      const count = filterable.filter(Boolean).length;
      expect(filterable.lastIndexOf(true)).toBe(count - 1);
      const others = Object.keys({ ...meant, description: 1, image: 1 }).filter(
        (name) => codeOf(() => engine.recommend({ filters: { [name]: {} } })) !== "FILTER_UNKNOWN_FIELD",
      );
      expect(count + others.length).toBe(limits.catalogueFieldsMax);
      expect(codeOf(() => engine.recommend({ filters: { [`k${count}`]: 7 } }))).toBe("FILTER_UNKNOWN_FIELD");
      expect(engine.item(`p-${count}`)!.fields).toEqual({ [`k${count}`]: 7 });
    }),
  slateItemsMax: () =>
    events(
      "EVENT_LIMIT",
      { ...slate, items: many(limits.slateItemsMax, (i) => `p-${i}`) },
      { ...slate, items: many(limits.slateItemsMax + 1, (i) => `p-${i}`) },
    ),
  async orderMax() {
    const placed = (order: number) => ({ ...slate, items: [{ item: "p-1", order }] });
    await events("EVENT_MALFORMED", placed(limits.orderMax), placed(limits.orderMax + 1));
  },
  async candidatesMax() {
    const ids = many(limits.candidatesMax + 1, (i) => `p-${i}`);
    await ranks({ items: ids.slice(1), size: 5 }, { items: ids, size: 5 });
    await recommends("REQUEST_MALFORMED", { exclude: ids.slice(1) }, { exclude: ids });
  },
  async sizeMax() {
    await ranks({ size: limits.sizeMax }, { size: limits.sizeMax + 1 });
    await recommends("REQUEST_MALFORMED", { size: limits.sizeMax }, { size: limits.sizeMax + 1 });
    await searches({ size: limits.sizeMax }, { size: limits.sizeMax + 1 });
    await withEngine((engine) => {
      const ids = many(limits.candidatesMax, (i) => `p-${i}`);
      expect(engine.rank({ items: ids }).items.length).toBe(limits.candidatesMax);
    });
  },
  async contextKeysMax() {
    const [at, past] = [keys(limits.contextKeysMax, 1), keys(limits.contextKeysMax + 1, 1)];
    await events("EVENT_LIMIT", { ...slate, context: at }, { ...slate, context: past });
    await ranks({ context: at }, { context: past });
  },
  async contextValuesMax() {
    const [at, past] = [0, 1].map((more) => ({ category: many(limits.contextValuesMax + more, (i) => i) }));
    await events("EVENT_LIMIT", { ...slate, context: at }, { ...slate, context: past });
    await ranks({ context: at! }, { context: past! });
  },
  async contextLengthMax() {
    const [at, past] = [0, 1].map((more) => ({ a: long(2000), b: [long(limits.contextLengthMax - 2002 + more)] }));
    await events("EVENT_LIMIT", { ...slate, context: at }, { ...slate, context: past });
    await ranks({ context: at! }, { context: past! });
  },
  async queryLengthMax() {
    const [at, past] = [long(limits.queryLengthMax), long(limits.queryLengthMax + 1)];
    await events("EVENT_LIMIT", { ...slate, query: at }, { ...slate, query: past });
    await ranks({ query: at }, { query: past });
    // Who searches is not refused: what is longer is left out.
    await withEngine(async (engine) => {
      expect(codeOf(() => engine.search({ query: past }))).toBe("");
      const bodies = [{ query: past }, { query: [at, at] }, { query: new Array(100_000).fill("word") }];
      const codes = await overHttp(engine, (app) => Promise.all(bodies.map((one) => post(app, "/v1/search", one))));
      expect(codes).toEqual(["", "", ""]);
      for (const { event } of engine.events())
        if (event.type === "slate") expect(event.query?.length).toBeLessThanOrEqual(limits.queryLengthMax);
      expect(codeOf(() => engine.suggest({ q: past }))).toBe("");
    });
    const words = (more: number): string[] => [
      long(limits.queryLengthMax / 2),
      long(limits.queryLengthMax / 2 - 1 + more),
    ];
    await ranks({ query: words(0) }, { query: words(1) });
  },
  async nameLengthMax() {
    const [at, past] = [long(limits.nameLengthMax), long(limits.nameLengthMax + 1)];
    await events("EVENT_LIMIT", { ...outcome, action: at }, { ...outcome, action: past });
    await events("EVENT_LIMIT", { ...slate, surface: at }, { ...slate, surface: past });
    await ranks({ surface: at }, { surface: past });
    await withEngine(async (engine) => {
      await engine.record({ ...slate, context: { [at]: 1, [`${long(limits.nameLengthMax - 1)}yz`]: 2 } });
      const logged = [...engine.events()].map(({ event }) => (event.type === "slate" ? event.context : undefined));
      expect(logged).toEqual([{ [at]: 1, [`${long(limits.nameLengthMax - 1)}y`]: 2 }]);
    });
  },
  async depthMax() {
    const fields = (levels: number) => ({ ...item, fields: nested(levels) });
    await events("EVENT_LIMIT", fields(limits.depthMax), fields(limits.depthMax + 1));
    const deep = (levels: number): Filters => (levels === 0 ? { brand: "Acme" } : { not: deep(levels - 1) });
    await recommends("FILTER_MALFORMED", { filters: deep(limits.depthMax) }, { filters: deep(limits.depthMax + 1) });
  },
  async filterRulesMax() {
    // An "or" is a rule of its own.
    const or = (count: number): Filters => ({ or: many(count - 1, (i) => ({ price: i })) });
    await recommends(
      "FILTER_MALFORMED",
      { filters: or(limits.filterRulesMax) },
      { filters: or(limits.filterRulesMax + 1) },
    );
  },
  async filterValuesMax() {
    const wanted = (count: number): Filters => ({ brand: many(count - 1, (i) => `b${i}`), price: [1] });
    await recommends(
      "FILTER_MALFORMED",
      { filters: wanted(limits.filterValuesMax) },
      { filters: wanted(limits.filterValuesMax + 1) },
    );
  },
  batchEventsMax: () =>
    withEngine(async (engine) => {
      const batch = (count: number): EventInput[] => [item, ...new Array(count - 1).fill({ consent: false })];
      expect((await engine.record(batch(limits.batchEventsMax))).accepted).toBe(limits.batchEventsMax);
      const before = engine.status().offset;
      await expect(engine.record(batch(limits.batchEventsMax + 1))).rejects.toMatchObject({ code: "EVENT_LIMIT" });
      const lines = (count: number): string =>
        batch(count)
          .map((event) => JSON.stringify(event))
          .join("\n");
      await overHttp(engine, async (app) => {
        expect(await post(app, "/v1/events", lines(limits.batchEventsMax + 1), "application/x-ndjson")).toBe(
          "EVENT_LIMIT",
        );
        expect(engine.status().offset).toBe(before);
        expect(await post(app, "/v1/events", lines(limits.batchEventsMax), "application/x-ndjson")).toBe("");
      });
      expect(engine.status().offset).toBe(before + 1);
    }),
  itemsMax: () =>
    withLimit("itemsMax", 3, () =>
      withEngine(async (engine) => {
        await engine.record(many(3, (i) => ({ ...item, item: `p-${i}`, fields: { price: i } })));
        expect(engine.status()).toMatchObject({ items: 3, counts: { refusedIds: 0 } });
        const { accepted } = await engine.record([
          { ...outcome, item: "p-3" },
          { ...item, item: "p-3" },
          { ...outcome, item: "p-1" },
        ]);
        expect(accepted).toBe(3);
        expect(engine.status()).toMatchObject({ items: 3, offset: 6, counts: { refusedIds: 2 } });
        expect(engine.item("p-3")).toBeUndefined();
        expect(engine.rank({ items: ["p-3", "p-1"] }).items.length).toBe(2);
      }),
    ),
  shoppersMax: () =>
    withLimit("shoppersMax", 2, () =>
      withEngine(async (engine) => {
        await engine.record(many(2, (i) => ({ ...outcome, user: `u-${i}` })));
        await engine.record({ ...outcome, user: "u-2" });
        expect(many(3, (i) => engine.user(`u-${i}`) !== undefined)).toEqual([true, true, false]);
        expect(engine.status()).toMatchObject({ shoppers: 2, offset: 3 });
        // Anonymous, it still counts for the item.
        expect(engine.item("p-1")!.statistics.popular).toBeGreaterThan(2.5);
      }),
    ),
  wordsMax: () =>
    withLimit("wordsMax", 3, () =>
      withEngine(async (engine) => {
        for (const brand of ["A", "B", "C", "D"])
          await engine.record({ ...item, item: `p-${brand}`, fields: { brand } });
        const having = (brand: string): string[] =>
          engine.recommend({ filters: { brand }, observe: false }).items.map((one) => one.item);
        expect(["A", "B", "C", "D"].map(having)).toEqual([["p-A"], ["p-B"], ["p-C"], []]);
        expect(engine.item("p-D")!.fields).toEqual({ brand: "D" });
      }),
    ),
  slatesMax: () =>
    withLimit("slatesMax", 2, () =>
      withEngine(async (engine) => {
        await engine.record(many(2, (i) => ({ ...slate, slate: `s-${i}`, user: "u-1" })));
        expect(engine.status()).toMatchObject({ openSlates: 2, counts: { closedEarly: 0 } });
        await engine.record({ ...slate, slate: "s-2", user: "u-1" });
        expect(engine.status()).toMatchObject({ openSlates: 2, counts: { closedEarly: 1 } });
      }),
    ),
  rowsMax: () =>
    withLimit("rowsMax", 4, () =>
      withEngine(async (engine) => {
        const two = (name: string) => ({ ...slate, slate: name, user: "u-1", items: ["p-1", "p-2"] });
        await engine.record([two("s-1"), two("s-2")]);
        expect(engine.status().counts.closedEarly).toBe(0);
        await engine.record(two("s-3"));
        expect(engine.status().counts.closedEarly).toBe(1);
      }),
    ),
  salesMax: "test/outcomes.test.ts",
  rowsPerSlateMax: () =>
    withEngine(async (engine, clock) => {
      const items = many(limits.rowsPerSlateMax + 1, (i) => `p-${i}`);
      await engine.record({ ...slate, slate: "s-1", user: "u-1", items });
      const choose = (place: number) => engine.record({ ...outcome, item: items[place], user: "u-1", slate: "s-1" });
      await choose(limits.rowsPerSlateMax - 1);
      expect(engine.status().counts).toMatchObject({ rowsGone: 0 });
      await choose(limits.rowsPerSlateMax);
      clock.advance(2 * minuteMs);
      engine.tick();
      expect(engine.status().counts).toMatchObject({ rowsGone: 1 });
    }),
  // Far more crosses than so few weights, and more items, shoppers and words than so few vectors.
  rankerWeightsMax: () => learnsInLess("rankerWeightsMax", 1024),
  embeddingsMax: () => learnsInLess("embeddingsMax", 16),
  async cachedItemsMax() {
    const items = many(2, (position) => ({ item: `p-${position}`, score: 0.5, position, propensity: 1 }));
    const answer = { items, model: "ftrl@0", tookMs: 1 };
    const unchanged = { common: 0, personal: 0 };
    // Two answers of two items and one each.
    const cache = new ResultCache(minuteMs, 6);
    const isKept = (user: string) => cache.find("recommend", { user }, unchanged, 0) !== undefined;
    for (const user of ["a", "b"]) cache.keep("recommend", { user }, unchanged, 0, answer);
    expect(["b", "a"].map(isKept)).toEqual([true, true]);
    cache.keep("recommend", { user: "c" }, unchanged, 0, answer);
    expect(["a", "b", "c"].map(isKept)).toEqual([true, false, true]);
  },
  quarantineEventsMax: "test/quarantine.test.ts",
  quarantineBytesMax: "test/quarantine.test.ts",
  quarantineOfOneMax: "test/quarantine.test.ts",
  touchesMax: () =>
    withLimit("touchesMax", 3, () =>
      withEngine(async (engine, clock) => {
        const turnTo = async (user: string, ...items: string[]): Promise<void> => {
          for (const one of items) {
            clock.advance(minuteMs);
            await engine.record({ ...outcome, action: "view", item: one, user });
          }
        };
        const neighboursOf = (item: string): number => {
          const { items } = engine.recommend({ user: "u-2", size: 10, explain: true });
          const found = items.find((answered) => answered.item === item)!;
          return found.reasons!.filter(({ text }) => text.startsWith("others who turned")).length;
        };
        await turnTo("u-1", "p-1", "p-2");
        await turnTo("u-2", "p-1");
        expect(neighboursOf("p-2")).toBe(1);
        await turnTo("u-3", "p-3", "p-4");
        expect(neighboursOf("p-2")).toBe(0);
      }),
    ),
  fatesMax: "test/event-fates.test.ts",
  refusedEventsMax: "test/event-fates.test.ts",
  dedupeIdsMax: () =>
    withLimit("dedupeIdsMax", 2, () =>
      withEngine(async (engine) => {
        for (const id of ["a", "b"]) await engine.record({ ...outcome, id });
        expect(
          (
            await engine.record([
              { ...outcome, id: "a" },
              { ...outcome, id: "b" },
            ])
          ).duplicates,
        ).toBe(2);
        await engine.record({ ...outcome, id: "c" });
        expect(await engine.record({ ...outcome, id: "b" })).toMatchObject({ accepted: 0, duplicates: 1 });
        expect(await engine.record({ ...outcome, id: "a" })).toMatchObject({ accepted: 1, duplicates: 0 });
      }),
    ),
  examinedIdsMax: () =>
    withLimit("examinedIdsMax", 2, async () => {
      const report = async (...users: string[]) =>
        (await examine(users.map((user) => ({ ...outcome, user })))).findings.map(({ code }) => code);
      expect(await report("u-1", "u-2", "u-1")).not.toContain("beyond-the-limit");
      expect(await report("u-1", "u-2", "u-3")).toContain("beyond-the-limit");
    }),
  uploadsMax: "test/doctor/upload.test.ts",
  uploadIdsMax: "test/doctor/upload.test.ts",
  erasuresMax: () =>
    withLimit("erasuresMax", 2, () =>
      withEngine(async (engine) => {
        for (const user of ["u-1", "u-2", "u-1"]) await engine.erase(user);
        await expect(engine.erase("u-3")).rejects.toMatchObject({ code: "OVERLOADED" });
        expect(engine.status().erasures.pending).toBe(2);
      }),
    ),
  queueEventsMax: () => withLimit("queueEventsMax", 3, () => queued([outcome, outcome, item])),
  queueBytesMax: () => withLimit("queueBytesMax", 20_000, () => queued([{ ...item, fields: { title: long(20_000) } }])),
};

/** Lists of many different queries, surfaces and items are learned and ranked with a lower limit, too, and take less room. */
async function learnsInLess(limit: "rankerWeightsMax" | "embeddingsMax", most: number): Promise<void> {
  const lived = () =>
    withEngine(async (engine, clock) => {
      for (let i = 0; i < 200; i++) {
        const who = { user: `u-${i % 20}`, surface: `s-${i % 9}`, query: `q ${i}` };
        const { slate } = engine.rank({ items: many(20, (k) => `p-${(i * 7 + k) % 90}`), ...who });
        await engine.record({ ...outcome, item: `p-${(i * 7 + 3) % 90}`, user: who.user, slate });
        clock.advance(minuteMs);
      }
      const { items } = engine.rank({ items: many(20, (k) => `p-${k}`), user: "u-1", explain: true, observe: false });
      return { bytes: engine.status().stateBytes, items };
    });
  const wide = await lived();
  const narrow = await withLimit(limit, most, lived);
  expect(narrow.bytes).toBeLessThan(wide.bytes);
  for (const { items } of [wide, narrow]) {
    expect(items.length).toBe(20);
    expect(items.every(({ score }) => score > 0 && Number.isFinite(score))).toBe(true);
  }
}

describe("at each limit, and one past it", () => {
  test.each(Object.entries(cases))("%s", async (limit, one) => {
    if (typeof one === "function") return one();
    const isNamed = readFileSync(new URL(`../${one}`, import.meta.url), "utf8").includes(limit);
    expect(isNamed, `${one} names ${limit}`).toBe(true);
  });

  test("every limit is tested, and no other", () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(limits).sort());
  });
});
