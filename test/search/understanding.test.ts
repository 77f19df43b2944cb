/** What a query means, learned from what was chosen for it: told by `inspect query`, and read by the ranker. */
import { beforeEach, expect, test } from "vitest";
import { manualClock, minuteMs } from "../../src/core/clock.ts";
import type { Engine } from "../../src/core/public.ts";
import { createEngine } from "../../src/index.ts";
import type { Intent } from "../../src/understanding.ts";

const startMs = Date.UTC(2026, 10, 22);
let clock: ReturnType<typeof manualClock>;
let engine: Engine;

const departments = [
  ["Clothing", "Scarves"],
  ["Clothing", "Hats"],
  ["Home", "Lamps"],
];
const items = Array.from({ length: 30 }, (_, i) => `p-${i}`);

beforeEach(async () => {
  clock = manualClock(startMs);
  engine = await createEngine({ clock, tickMs: 0 });
  await engine.record(
    items.map((item, i) => ({
      ...{ type: "item", item },
      fields: { title: `Thing ${i}`, brand: ["Acme", "Zed"][i % 2], category: departments[Math.floor(i / 10)] },
    })),
  );
});

async function choose(query: string, item: number, user: string): Promise<void> {
  clock.advance(minuteMs);
  const slate = `${query} ${clock.nowMs()}`;
  await engine.record([
    { type: "slate", slate, surface: "search", query, items, user },
    { type: "outcome", action: "click", item: `p-${item}`, slate, user },
  ]);
}

const meant = (query: string): Intent[] => engine.inspect({ query }).means as Intent[];

test("nothing is said of a query for which, and for whose words, nothing was chosen", async () => {
  await choose("warm things", 3, "u-1");
  expect(meant("cold stuff")).toEqual([]);
  expect(meant("!!!")).toEqual([]);
});

test("the narrow category comes before the broad one, each with how likely it is and how often it was chosen", async () => {
  for (let i = 0; i < 8; i++) await choose("warm", i % 4 === 3 ? 10 : 2 * (i % 4), `u-${i}`);
  const [narrow, second, broad] = meant("warm");
  expect(narrow).toMatchObject({ field: "category", value: ["Clothing", "Scarves"], clicks: expect.closeTo(6, 1) });
  expect(second).toMatchObject({ field: "category", value: ["Clothing", "Hats"] });
  expect(broad).toMatchObject({ field: "category", value: ["Clothing"] });
  expect(broad!.share).toBeGreaterThan(narrow!.share);
  expect(meant("warm").at(-1)).toMatchObject({ field: "brand", value: "Acme" });
});

test("it is certain when enough shoppers agree, not when one of them is eager", async () => {
  for (let i = 0; i < 30; i++) await choose("glow", 20 + (i % 10), "u-1");
  expect(meant("glow")[0]).toMatchObject({ value: ["Home", "Lamps"], shoppers: 1, isCertain: false });
  for (let i = 0; i < 12; i++) await choose("shine", 20 + (i % 10), `u-${i}`);
  expect(meant("shine")[0]).toMatchObject({ value: ["Home", "Lamps"], isCertain: true });
  // The brands are divided.
  expect(meant("shine").filter(({ field, isCertain }) => field === "brand" && isCertain)).toEqual([]);
});

test("a query that nobody asked means what its words mean, and is never certain", async () => {
  for (let i = 0; i < 20; i++) {
    await choose("glow", 20 + (i % 10), `u-${i}`);
    await choose("red", i, `u-${i}`);
  }
  const [first] = meant("red glow");
  expect(first).toMatchObject({ field: "category", value: ["Home", "Lamps"], clicks: 0, isCertain: false });
  expect(first!.share).toBeGreaterThan(0.5);
});

test("inspect tells how a query is read and whether it is suggested", async () => {
  expect(engine.inspect({ query: "Thing 7" })).toMatchObject({ known: false, suggested: false });
  for (let i = 0; i < 3; i++) await choose("thing", i, `u-${i}`);
  const report = engine.inspect({ query: "Thing" });
  expect(report).toMatchObject({ query: "Thing", known: true, suggested: true });
  expect((report.readings as { words: { word: string; terms: string[] }[] }[])[0]!.words[0]).toMatchObject({
    word: "thing",
    terms: expect.arrayContaining(["thing"]),
  });
});
