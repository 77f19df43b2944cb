/** The demo's shop and shoppers, against a real server, as fast as it can. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { looks } from "../console/pictures/things.ts";
import { queries } from "../src/cli/demo-queries.ts";
import { type Seen, type Traffic, traffic } from "../src/cli/demo-traffic.ts";
import { completeConfig } from "../src/config.ts";
import { manualClock } from "../src/core/clock.ts";
import type { Fields } from "../src/core/event.ts";
import type { Engine } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { type Server, startServer } from "../src/http/server.ts";
import { simulatedShop } from "../src/simulator/shop.ts";
import { simulatedShoppers } from "../src/simulator/shoppers.ts";

const languages = ["en", "de", "zh"] as const;
const storeOf = (language: (typeof languages)[number]) =>
  simulatedShop({ seed: 1, language, assortment: "wide", items: 3000, shoppers: 160 });

describe.each(languages)("what shoppers type, in %s", (language) => {
  const shop = storeOf(language);
  const shoppers = simulatedShoppers(shop, { candidates: 200 });
  const typedIn = queries(shop);
  const searches = Array.from({ length: 4000 }, () => shoppers.next()).filter(({ surface }) => surface === "search");
  const typed = searches.map((visit) => ({ visit, ...typedIn(visit) }));

  test("is mostly what the shop calls it; some slip, use other words, or want what it has not", () => {
    const share = (which: (one: (typeof typed)[number]) => boolean): number =>
      typed.filter(which).length / typed.length;
    expect(share(({ visit, text, filters }) => text === visit.query && !filters)).toBeGreaterThan(0.5);
    expect(share(({ isForeign }) => isForeign)).toBeCloseTo(0.06, 1);
    expect(share(({ filters }) => filters !== undefined)).toBeCloseTo(0.09, 1);
    const [foreign, slips] = [typed.filter(({ isForeign }) => isForeign), typed.filter(isSlip)];
    expect(new Set(foreign.map(({ text }) => text)).size).toBeGreaterThan(10);
    expect(slips.length).toBeGreaterThan(language === "zh" ? 5 : 50);
    const letters = (text: string): string => [...text].sort().join("");
    if (language !== "zh") for (const { visit, text } of slips) expect(letters(text)).toBe(letters(visit.query!));
  });

  const isSlip = ({ visit, text, isForeign, filters }: (typeof typed)[number]): boolean =>
    !isForeign && !filters && text.length === visit.query!.length && text !== visit.query;

  test("means some of what the shop would list", () => {
    for (const { visit, meant } of typed) {
      expect(meant.length).toBeGreaterThan(0);
      expect(meant.every((item) => visit.candidates.includes(item))).toBe(true);
    }
  });

  test("is the same each time", () => {
    for (const { visit, text, filters } of typed.slice(0, 200)) expect(typedIn(visit)).toMatchObject({ text, filters });
  });
});

test("each thing of the shop has its drawing, the same in every language", () => {
  const lookOf = looks(JSON.parse(readFileSync(new URL("../console/pictures/things.json", import.meta.url), "utf8")));
  const drawn = languages.map((language) => {
    const { stock } = storeOf(language);
    const things = new Map<string, Set<string>>();
    for (const [row, { item, fields }] of stock.items.entries()) {
      const kind = `${stock.category[row]}/${stock.noun[row]}`;
      things.set(kind, (things.get(kind) ?? new Set()).add(lookOf(item, fields as unknown as Fields).thing));
    }
    expect([...things].filter(([, found]) => found.size > 1 || found.has("box"))).toEqual([]);
    return new Set([...things.values()].flatMap((found) => [...found]));
  });
  for (const things of drawn) expect(things.size).toBeGreaterThanOrEqual(26);
});

describe("simulated shoppers at a real server", () => {
  let engine: Engine;
  let server: Server;
  let live: Traffic;
  const seen: Seen[] = [];

  beforeAll(async () => {
    const clock = manualClock(0);
    const config = completeConfig({ port: 0, seed: 1, shedAfterMs: 0, tickMs: 0 });
    engine = await createEngine({ ...config, clock });
    server = await startServer(engine, config);
    live = traffic(server.address, { seed: 1, clock, language: "en", pace: async () => {} });
    await live.open();
    while (await live.remember());
    for (let left = 500; left > 0; left--) seen.push(...(await live.next()));
    // Many requests, one after the other.
  });
  afterAll(async () => {
    await server.close();
    await engine.close();
  });

  test("all lists are read to the end, but for the last few", () => {
    expect(seen.length).toBeGreaterThan(450);
    const times = seen.map(({ visit }) => visit.atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test("clicks come at the rate that the simulator knows to be true, in either half", () => {
    for (const arm of ["own", "personal"]) {
      const compared = seen.filter((one) => one.arm === arm && one.expected);
      const clicks = compared.reduce((sum, { clicked }) => sum + clicked.length, 0);
      const expected = compared.reduce((sum, one) => sum + one.expected!.shown, 0);
      // Sums of many small chances: about Poisson.
      expect(Math.abs(clicks - expected) / Math.sqrt(expected)).toBeLessThan(4);
    }
  });

  test("the personal half gets better lists than the shop's own", () => {
    const personal = seen.filter(({ arm, expected }) => arm === "personal" && expected);
    const sum = (which: "shown" | "own"): number => personal.reduce((all, one) => all + one.expected![which], 0);
    expect(sum("shown") / sum("own")).toBeGreaterThan(1.1);
  });

  test("the desk tells what was searched in vain, and a search finds what there is", () => {
    const { queries, withheld } = engine.desk().queries(100, true);
    expect(queries.length + withheld).toBeGreaterThan(10);
    const { total, items } = engine.search({ query: "red jacket", observe: false });
    expect(total).toBeGreaterThan(0);
    expect(items[0]!.fields?.title).toMatch(/jacket/);
  });
});
