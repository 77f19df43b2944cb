import { expect, test } from "vitest";
import { dayMs, minuteMs } from "../core/clock.ts";
import type { Fact } from "../core/fact.ts";
import { History } from "../core/history.ts";
import { List } from "../core/list.ts";
import { random } from "../core/random.ts";
import { contextPlaces, type Request } from "../core/request.ts";
import { Rows } from "../core/rows.ts";
import { absent } from "./buckets.ts";
import { queryWorld } from "./feature.check.ts";
import { type QueryFields, queryFields, queryPlaces } from "./query-fields.ts";

const startMs = Date.UTC(2026, 0, 1);
const texts = ["red scarf", "scarf", "red", "red hat", "the scarf", "scarf red"];
/** Items 0–9 are scarves (category word 100 in 50), 10–19 hats (101 in 50), 20–29 lamps (102 in 51); brands 200 and 201. */
const field: Parameters<typeof queryFields>[0]["field"] = (place) => ({
  get(item) {
    if (place === "brand") return 200 + (item % 2);
    return place === "category" ? 100 + Math.floor(item / 10) : item < 20 ? 50 : 51;
  },
});

const shop = (): QueryFields => queryFields({ ...queryWorld, queryText: (word) => texts[word], field });

let offset = 0;
const click = (feature: QueryFields, query: string, item: number, more: Partial<Fact> = {}): void => {
  const [atMs, row] = [startMs + ++offset * minuteMs, texts.indexOf(query)];
  feature.fold!({
    ...{ type: "outcome", offset, atMs, clockMs: atMs, item, shopper: offset, action: 1, reward: 1, isChoice: true },
    ...{ value: Number.NaN, fields: undefined, query: row, shown: undefined, history: new History(), isRepeat: false },
    ...more,
  });
};

function read(feature: QueryFields, asked: Partial<Request>, items: readonly number[]): number[][] {
  const list = new List();
  for (const item of items) list.push(item, Number.NaN, -1);
  const rows = new Rows(queryPlaces.length);
  rows.resize(list.count);
  const request: Request = {
    ...{ atMs: startMs + dayMs, shopper: -1, query: -1, surface: -1, item: -1 },
    ...{ history: new History(), context: new Int32Array(contextPlaces).fill(-1) },
    ...asked,
  };
  feature.read(request, list, rows, 0);
  return items.map((_, i) => [...rows.dense.subarray(i * rows.width, (i + 1) * rows.width)]);
}

/** A past in which scarves are meant by “scarf”, anything by “red”, and of “red scarf” nothing is known. */
function past(): QueryFields {
  const feature = shop();
  const chance = random("past");
  for (let i = 0; i < 30; i++) {
    click(feature, "scarf", chance.int(10));
    click(feature, "red", chance.int(30));
  }
  return feature;
}

test("a query nobody asked is understood by its words, and most by the word that foretells", () => {
  const feature = past();
  const [scarf, hat, lamp] = read(feature, { queryText: "red scarf" }, [0, 10, 20]);
  const category = queryPlaces.indexOf("category");
  // More than two thirds of it: half doublings from 1/64 up.
  expect(scarf![category]).toBeGreaterThanOrEqual(11);
  expect(hat![category]).toBeLessThan(8);
  expect(lamp![category]).toBeLessThan(8);
});

test("what is known of the whole query outweighs its words", () => {
  const feature = past();
  for (let i = 0; i < 40; i++) click(feature, "red scarf", 20 + (i % 10));
  const meant = feature.meanings("Red Scarf".toLowerCase(), startMs + dayMs);
  expect(meant.find(({ place }) => place === "category")).toMatchObject({ value: 102, clicks: expect.closeTo(39, 0) });
  expect(meant.find(({ place }) => place === "category")!.share).toBeGreaterThan(0.9);
  expect(meant.find(({ place }) => place === "category-broad")!.value).toBe(51);
});

test("order of words, stop words and endings make no other query", () => {
  const feature = past();
  for (let i = 0; i < 10; i++) click(feature, "red scarf", i);
  const items = [0, 10, 20, -1];
  const expected = read(feature, { query: texts.indexOf("red scarf"), queryText: "red scarf" }, items);
  expect(read(feature, { query: texts.indexOf("scarf red"), queryText: "scarf red" }, items)).toEqual(expected);
  expect(read(feature, { queryText: "the scarfs red" }, items)).toEqual(expected);
});

test("a query means the same before and after it was first asked, also where it can be read in two ways", () => {
  // As a model number is read: first whole, then its parts.
  const analyze = (text: string) =>
    text.split(" ").flatMap((word) => {
      const token = { text: word.replace("-", ""), start: 0, end: 0, position: 0, kind: "word", wholeOf: 0 } as const;
      const parts = word.split("-");
      if (parts.length === 1) return [token];
      return [{ ...token, wholeOf: parts.length }, ...parts.map((part) => ({ ...token, text: part }))];
    });
  const asked = ["red scarf", "scarf-red"];
  const feature = queryFields({
    ...{ ...queryWorld, analyzer: { ...queryWorld.analyzer, analyze } },
    ...{ queryText: (word) => asked[word], field },
  });
  for (let i = 0; i < 10; i++) click(feature, "red scarf", i);
  const before = read(feature, { query: -1, queryText: "scarf-red" }, [0, 10, 20]);
  expect(before[0]![1]).toBeGreaterThan(before[1]![1]!);
  expect(read(feature, { query: 1, queryText: "scarf-red" }, [0, 10, 20])).toEqual(before);
});

test("nothing is said where nothing is known, without a query, and of what is not in the catalogue", () => {
  const feature = shop();
  expect(
    read(feature, { query: 0, queryText: texts[0]! }, [0, -1])
      .flat()
      .every((code) => code === absent),
  ).toBe(true);
  for (let i = 0; i < 5; i++) click(feature, "scarf", 3);
  expect(read(feature, {}, [0])[0]).toEqual([absent, absent, absent]);
  expect(read(feature, { query: texts.indexOf("red"), queryText: "red" }, [0])[0]).toEqual([absent, absent, absent]);
  expect(read(feature, { query: texts.indexOf("scarf"), queryText: "scarf" }, [-1])[0]).toEqual([-1, -1, -1]);
  expect(feature.meanings("lamp", startMs)).toEqual([]);
});

test("one shopper who clicks a hundred times is one shopper", () => {
  const feature = shop();
  for (let i = 0; i < 100; i++) click(feature, "scarf", 3, { shopper: 7 });
  const [meant] = feature.meanings("scarf", startMs + dayMs);
  expect(meant).toMatchObject({ shoppers: 1 });
  expect(meant!.share).toBeGreaterThan(0.9);
  for (let i = 0; i < 40; i++) click(feature, "scarf", 3, { shopper: i });
  expect(feature.meanings("scarf", startMs + dayMs)[0]!.shoppers).toBeGreaterThan(15);
});

test("the values that lead are those clicked most, whatever came first", () => {
  const feature = shop();
  const chance = random("leaders");
  const counts = new Map<number, number>();
  for (let i = 0; i < 400; i++) {
    // Every item in a category of its own.
    const item = Math.min(29, Math.floor(chance.exponential() * 3));
    counts.set(item, (counts.get(item) ?? 0) + 1);
    click(feature, "scarf", item, { atMs: startMs });
  }
  const own = queryFields({ ...queryWorld, queryText: (word) => texts[word], field: () => ({ get: (item) => item }) });
  for (const [item, count] of counts) for (let i = 0; i < count; i++) click(own, "scarf", item, { atMs: startMs });
  const expected = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const meant = own.meanings("scarf", startMs).filter(({ place }) => place === "brand");
  expect(meant.map(({ value, clicks }) => [value, clicks])).toEqual(expected);
});

test("shares of all values together are one at most", () => {
  const feature = past();
  for (const query of ["scarf", "red", "red scarf", "hat"]) {
    const shares = feature.meanings(query, startMs + dayMs).filter(({ place }) => place === "category");
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-9);
  }
});

test("what nobody clicked for months is forgotten", () => {
  const feature = past();
  click(feature, "scarf", 3, { atMs: startMs + 300 * dayMs });
  for (let i = 0; i < 3000; i++) click(feature, "scarf", 3, { atMs: startMs + 301 * dayMs });
  expect(feature.meanings("red", startMs + 301 * dayMs)).toEqual([]);
});

test("a recount of the clicks says the same", () => {
  const chance = random("recount");
  const feature = shop();
  interface Click {
    readonly keys: readonly string[];
    readonly value: number;
    readonly atMs: number;
    /** By key: what the value's share of its clicks was before. */
    readonly foretold: Map<string, number>;
  }
  const clicks: Click[] = [];
  const stems: Record<string, string[]> = { "the scarf": ["scarf"], "red scarf": ["red", "scarf"], red: ["red"] };
  const keysOf = (query: string): string[] =>
    stems[query]!.length > 1 ? [...stems[query]!, stems[query]!.join(" ")] : stems[query]!;
  const count = (atMs: number, key?: string, value?: number): number =>
    clicks
      .filter((one) => key === undefined || one.keys.includes(key))
      .filter((one) => value === undefined || one.value === value)
      .reduce((sum, one) => sum + 2 ** (-(atMs - one.atMs) / (30 * dayMs)), 0);
  const inShop = (atMs: number, value: number): number => count(atMs, undefined, value) / (count(atMs) + 1);
  const ofKey = (atMs: number, key: string, value: number): number =>
    (count(atMs, key, value) + 2 * inShop(atMs, value)) / (count(atMs, key) + 2);
  const share = (atMs: number, query: string, value: number): number => {
    const trust = (word: string): number => {
      const told = clicks.map((one) => (one.foretold.get(word) ?? 0) * 2 ** (-(atMs - one.atMs) / (30 * dayMs)));
      return (told.reduce((sum, one) => sum + one, 0.1) / (count(atMs, word) + 1)) as number;
    };
    const said = stems[query]!.map((word) => [trust(word), ofKey(atMs, word, value)] as const);
    const total = said.reduce((sum, [trusted]) => sum + trusted, 0);
    const byWords = said.reduce((sum, [trusted, told]) => sum + trusted * told, 0) / total;
    if (stems[query]!.length === 1) return byWords;
    const whole = stems[query]!.join(" ");
    return (count(atMs, whole, value) + 3 * byWords) / (count(atMs, whole) + 3);
  };
  let atMs = startMs;
  for (let i = 0; i < 150; i++) {
    atMs += Math.floor(chance.exponential() * 0.3 * dayMs);
    const query = ["the scarf", "red scarf", "red"][chance.int(3)]!;
    const item = chance.int(chance.int(2) === 0 ? 10 : 30);
    const value = 100 + Math.floor(item / 10);
    const foretold = new Map(keysOf(query).map((key) => [key, ofKey(atMs, key, value)]));
    clicks.push({ keys: keysOf(query), value, atMs, foretold });
    click(feature, query, item, { atMs });
    if (i % 10 > 0) continue;
    for (const asked of Object.keys(stems))
      for (const told of feature.meanings(asked, atMs))
        if (told.place === "category") expect(told.share).toBeCloseTo(share(atMs, asked, told.value), 9);
  }
});
