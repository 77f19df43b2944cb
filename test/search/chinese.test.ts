/** A shop in Chinese, with pairs of characters alone and with words cut by jieba: what must be on top is, for every query. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { manualClock } from "../../src/core/clock.ts";
import { createEngine, type Engine } from "../../src/index.ts";
import { chineseCatalogue, chineseQueries } from "./chinese-catalogue.ts";

const startMs = Date.UTC(2026, 10, 22);

test("the catalogue has 300 items, and there are 40 queries", () => {
  expect(new Set(chineseCatalogue.map(({ item }) => item)).size).toBe(300);
  expect(new Set(chineseQueries.map(([query]) => query)).size).toBe(40);
});

describe.each(["bigrams", "jieba"] as const)("with %s", (segmenter) => {
  let shop: Engine;

  beforeAll(async () => {
    shop = await createEngine({ language: "mandarin", segmenter, clock: manualClock(startMs), tickMs: 0 });
    await shop.record(chineseCatalogue);
  });

  afterAll(async () => {
    await shop.close();
  });

  test.each(chineseQueries)("%s finds %s: %s", (query, top) => {
    const wanted = top
      .split(" ")
      .flatMap((one) => (one.includes("-") ? [one] : [1, 2, 3, 4, 5, 6].map((i) => `${one}-${i}`)));
    const size = Math.min(wanted.length, 6);
    const { items, relaxed } = shop.search({ query, size, observe: false });
    expect(relaxed).toBeUndefined();
    const found = items.map(({ item }) => item);
    expect(found.filter((item) => !wanted.includes(item))).toEqual([]);
    expect(found.length).toBe(size);
  });
});
