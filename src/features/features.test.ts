import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../core/clock.ts";
import { lasting } from "../core/expiring-ids.ts";
import type { Fact, Shown } from "../core/fact.ts";
import { History } from "../core/history.ts";
import { List, summaryAt } from "../core/list.ts";
import { random, shuffle } from "../core/random.ts";
import type { Request } from "../core/request.ts";
import { ToldRows } from "../core/reused-rows.check.ts";
import { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { affinity } from "./affinity.ts";
import { alsoBoughtStrength } from "./also-bought.ts";
import { asItWas } from "./as-it-was.ts";
import { absent, clamp, logBucket } from "./buckets.ts";
import { callerOrder } from "./caller-order.ts";
import { context } from "./context.ts";
import {
  type AnyFeature,
  ask,
  coVisits,
  fields,
  firstSeenAtMs,
  price as prices,
  promises,
  queryWorld,
  retrieverNames,
  type Subject,
  textWorld,
  World,
} from "./feature.check.ts";
import type { Feature } from "./feature.ts";
import { featureSet } from "./feature-set.ts";
import { itemFields } from "./item-fields.ts";
import { itemStatistics } from "./item-statistics.ts";
import { summarize } from "./list-summary.ts";
import { ownTouches } from "./own-touches.ts";
import { place } from "./place.ts";
import { popularity } from "./popularity.ts";
import { previousList } from "./previous-list.ts";
import { price } from "./price.ts";
import { queryFields } from "./query-fields.ts";
import { queryItem } from "./query-item.ts";
import { recentItems } from "./recent-items.ts";
import { retrieved } from "./retrieved.ts";
import { session } from "./session.ts";
import { shopper } from "./shopper.ts";
import { tagAffinity } from "./tag-affinity.ts";
import { textMatch } from "./text-match.ts";
import { touches } from "./touches.ts";

const subjects: readonly Subject[] = [
  { name: "affinity", make: () => affinity(fields) },
  {
    name: "also-bought",
    make: (items) => alsoBoughtStrength(coVisits(items instanceof ToldRows ? items.told : undefined)),
  },
  { name: "as-it-was", make: asItWas },
  { name: "caller-order", make: callerOrder },
  { name: "context", make: () => context(lasting) },
  { name: "item-fields", make: (items = lasting) => itemFields(fields, items, lasting) },
  { name: "item-statistics", make: () => itemStatistics(firstSeenAtMs) },
  { name: "own-touches", make: ownTouches },
  { name: "place", make: place },
  { name: "popularity", make: popularity },
  { name: "previous-list", make: (items = lasting) => previousList(items) },
  { name: "price", make: () => price(() => prices) },
  { name: "query-fields", make: () => queryFields(queryWorld) },
  { name: "query-item", make: (items = lasting) => queryItem(lasting, items) },
  { name: "recent-items", make: (items = lasting) => recentItems(lasting, items) },
  { name: "retrieved", make: () => retrieved(retrieverNames) },
  { name: "session", make: session },
  { name: "shopper", make: shopper },
  { name: "tag-affinity", make: () => tagAffinity(fields) },
  { name: "text-match", make: () => textMatch(textWorld) },
  { name: "touches", make: touches },
];

for (const subject of subjects) {
  describe(subject.name, () => {
    for (const { name, check } of promises) test(name, () => check(subject));
  });
}

test("every file of the folder is a feature that is checked here, or part of one", () => {
  const parts = [
    "buckets",
    "feature",
    "feature-set",
    "feature.check",
    "features.test",
    "list-summary",
    "previous-list.test",
    "query-fields.test",
    "value-shares",
  ];
  const files = readdirSync(import.meta.dirname).map((file) => file.replace(/\.ts$/, ""));
  expect(files.sort()).toEqual([...parts, ...subjects.map(({ name }) => name)].sort());
  for (const { name, make } of subjects) expect(make().name).toBe(name);
});

interface Said extends Pick<Fact, "type" | "item" | "shopper" | "action" | "isChoice" | "query" | "atMs"> {
  readonly isRepeated: boolean;
  readonly session: number;
  /** Slates and impressions. */
  readonly items: readonly number[];
  readonly clicked: number;
}

/** A feature that only keeps the log, and counts it anew at every read. `bend`: the sums that it counts are off by this share. */
function recounted(
  of: AnyFeature,
  value: (log: readonly Said[], request: Request, list: List, i: number, bend: number) => readonly number[],
  bend = 0,
): AnyFeature {
  const log: Said[] = [];
  const note = (fact: Partial<Fact>, history?: History, shown?: Shown): void => {
    log.push({
      ...{ type: "tick", item: -1, shopper: -1, action: -1, isChoice: false, query: shown?.query ?? -1, atMs: 0 },
      ...fact,
      isRepeated: (history?.indexOf(fact.item ?? -1) ?? -1) >= 0,
      session: history?.sessionNumber ?? 0,
      items: [...(shown?.item.subarray(0, shown.count) ?? [])],
      clicked: shown?.clicked ?? -1,
    });
  };
  return {
    name: of.name,
    columns: of.columns,
    state: state("slow", 1, []),
    fold: ({ type, item, shopper, action, isChoice, query, atMs, history, shown }) =>
      note({ type, item, shopper, action, isChoice, query, atMs }, history, shown),
    impressions: (shown, atMs) => note({ atMs, query: shown.query }, undefined, shown),
    read(request, list, { dense, width }: Rows, column) {
      for (let i = 0; i < list.count; i++) dense.set(value(log, request, list, i, bend), i * width + column);
    },
  };
}

/** Σ 2^(−elapsed/halfLife) of the events, as of the request. */
function decayed(log: readonly Said[], { atMs }: Request, halfLifeMs: number, weight = (_: Said) => 1): number {
  return log.reduce((sum, said) => sum + weight(said) * 2 ** (-(atMs - said.atMs) / halfLifeMs), 0);
}

/** A feature against its recount: 32-bit sums are inexact, so a code may be that of a sum a little smaller or larger. */
function agrees(
  make: () => AnyFeature,
  value: Parameters<typeof recounted>[1],
  isExact: (column: string) => boolean = () => false,
): void {
  const feature = make();
  const [exact, less, more] = [0, -1e-4, 1e-4].map((bend) => recounted(feature, value, bend)) as [
    AnyFeature,
    AnyFeature,
    AnyFeature,
  ];
  const world = new World(11);
  for (let i = 0; i < 700; i++) {
    world.step([feature, exact, less, more]);
    if (i % 4 > 0) continue;
    const asked = world.ask();
    // As of the latest event at least: what is read for a request of the past is its own matter.
    const request = { ...asked.request, atMs: Math.max(asked.request.atMs, world.clockMs) };
    const { list } = asked;
    const actual = ask(feature, request, list);
    const [expected, low, high] = [exact, less, more].map((twin) => ask(twin, request, list)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    actual.forEach((found, at) => {
      const column = feature.columns[(at % (feature.columns.length + 2)) - 1];
      const bounds = [low[at]!, high[at]!, expected[at]!];
      if (Number.isNaN(expected[at]!)) return;
      const isRight = isExact(column?.name ?? "")
        ? found === expected[at]
        : found >= Math.min(...bounds) - 1e-5 && found <= Math.max(...bounds) + 1e-5;
      if (!isRight) expect.fail(`${column?.name} after ${i} steps: ${found}, recounted ${bounds}`);
    });
  }
}

const code = (x: number, limit: number): number => clamp(Math.round(2 * Math.log2(x)), -limit, limit);

/** No opinion. */
const mayBeExpired = [Number.NaN, Number.NaN, Number.NaN];

describe("a recount of the log says the same", () => {
  test("item-statistics", () => {
    const value: Parameters<typeof recounted>[1] = (log, request, list, i, bend) => {
      const item = list.item[i]!;
      const listed = log.filter((said) => said.items.length > 0 && said.type === "tick");
      const shown = listed.reduce((sum, said) => sum + said.items.length, 0);
      const prior = (listed.filter((said) => said.clicked >= 0).length + 1) / (shown + 20);
      const showings: (Said & { chance: number })[] = [];
      const placeShown = new Map<number, number>();
      const placeClicked = new Map<number, number>();
      for (const said of listed) {
        said.items.forEach((one, position) => {
          const place = Math.min(position, 63);
          const chance = ((placeClicked.get(place) ?? 0) + 0.05) / ((placeShown.get(place) ?? 0) + 1);
          placeShown.set(place, (placeShown.get(place) ?? 0) + 1);
          if (position === said.clicked) placeClicked.set(place, (placeClicked.get(place) ?? 0) + 1);
          if (one === item && one >= 0) showings.push({ ...said, chance });
        });
      }
      const own = log.filter((said) => said.item === item && item >= 0);
      const clicks = own.filter((said) => said.isChoice && said.action === 1);
      const views = own.filter((said) => said.isChoice && said.action !== 1);
      const by = (halfLifeMs: number, calm: number): [number, number, number] => {
        const clicked = decayed(clicks, request, halfLifeMs) * (1 + bend);
        const seen = decayed(showings, request, halfLifeMs) * (1 - bend);
        const expected =
          decayed(showings, request, halfLifeMs, (one) => (one as Said & { chance: number }).chance) * (1 - bend);
        const rate = (clicked + 10 * prior) / (seen + 10);
        return [
          logBucket(2 * decayed(views, request, halfLifeMs) * (1 + bend), 8),
          code(rate / prior, 6),
          clamp(Math.round(2 * Math.log2((clicked + calm) / (expected + calm))), -5, 5),
        ];
      };
      const [short, long] = [by(12 * hourMs, 0.5), by(7 * dayMs, 1)];
      const known = firstSeenAtMs(item);
      const cameAtMs = Number.isNaN(known) ? (own[0]?.atMs ?? Number.NaN) : known;
      const age = logBucket((request.atMs - cameAtMs) / minuteMs, 20);
      return [short[0], long[0], short[1], long[1], short[2], long[2], item < 0 ? -1 : age];
    };
    agrees(
      () => itemStatistics(firstSeenAtMs),
      value,
      (column) => column === "item-age",
    );
  });

  test("query-item", () => {
    agrees(
      () => queryItem(lasting, lasting),
      (log, request, list, i, bend) => {
        const [item, query] = [list.item[i]!, request.query];
        const said = log.filter((one) => query >= 0 && item >= 0 && one.query === query);
        const clicks = said.filter((one) => one.item === item && one.action === 1);
        const showings = said.filter((one) => one.type === "tick" && one.items.includes(item));
        if (clicks.length + showings.length === 0) return [absent, -1, -1];
        const pair = [...clicks, ...showings];
        const [lastMs, nowMs] = [pair, log].map((notes) => Math.max(...notes.map((one) => one.atMs))) as [
          number,
          number,
        ];
        if (lastMs < nowMs - 90 * dayMs) return mayBeExpired;
        const clicked = decayed(pair, request, 30 * dayMs, (one) => (clicks.includes(one) ? 1 : 0)) * (1 + bend);
        const shown = decayed(pair, request, 30 * dayMs, (one) => (clicks.includes(one) ? 0 : 1)) * (1 - bend);
        const rate = (clicked + 0.25) / (shown + 5) / 0.05;
        return [code(rate, 6), Math.min(6, Math.round(clicked * 2)), logBucket(shown, 10)];
      },
    );
  });

  test("popularity", () => {
    const halfLivesMs = [3 * hourMs, dayMs, 7 * dayMs, 30 * dayMs, 180 * dayMs];
    agrees(popularity, (log, request, list, i, bend) => {
      const choices = log.filter((said) => said.isChoice);
      const own = choices.filter((said) => said.item === list.item[i] && said.item >= 0);
      const values = halfLivesMs.map((halfLifeMs) => decayed(own, request, halfLifeMs));
      const trends = values.slice(1).map((value, h) => {
        const steady = (10 * value * (1 - bend) * halfLivesMs[h]!) / halfLivesMs[h + 1]!;
        return Math.log((10 * values[h]! * (1 + bend) + 1) / (steady + 1)) / 2;
      });
      const repeats = own.filter((said) => said.isRepeated).length;
      const ageMs = own.length === 0 ? 0 : Math.max(0, request.atMs - own[0]!.atMs);
      return [...trends, Math.log((repeats + 0.5) / (own.length + 2)) / 2, Math.log(1 + ageMs / dayMs) / 5];
    });
  });
});

test("what comes late counts as if it had come in time", () => {
  for (const [make, columns] of [
    [() => itemStatistics(firstSeenAtMs), ["item-views", "item-attraction-short", "item-attraction"]],
    [() => queryItem(lasting, lasting), ["query-item-rate", "query-item-clicks"]],
    [popularity, ["trend-3h-1d", "trend-1d-7d", "trend-7d-30d", "trend-30d-180d", "repeat-share"]],
  ] as const) {
    const chance = random("late");
    const facts = Array.from({ length: 600 }, (_, offset): Fact => {
      const [action, atMs] = [1 + chance.int(2), Math.floor(chance.next() * 20 * dayMs) + 1e12];
      return {
        ...{ type: "outcome", offset, atMs, clockMs: 1e12 + 20 * dayMs, item: chance.int(30), shopper: -1, action },
        ...{ reward: 0, isChoice: true, value: Number.NaN, fields: undefined, query: chance.int(3), shown: undefined },
        ...{ history: new History(), isRepeat: false },
      };
    });
    const [inTime, late]: AnyFeature[] = [make(), make()];
    for (const fact of facts.toSorted((a, b) => a.atMs - b.atMs)) inTime!.fold!(fact);
    for (const fact of shuffle(facts, chance)) late!.fold!(fact);
    const { request, list } = new World(13).ask(4);
    list.clear();
    for (let item = -1; item < 31; item++) list.push(item, Number.NaN, -1);
    const asked = { ...request, atMs: 1e12 + 20 * dayMs, query: 1 };
    const [expected, actual] = [ask(inTime!, asked, list), ask(late!, asked, list)];
    const width = inTime!.columns.length + 2;
    for (const name of columns) {
      const at = inTime!.columns.findIndex((column) => column.name === name) + 1;
      expect(at, name).toBeGreaterThan(0);
      const [one, other] = [expected, actual].map((rows) => [...rows].filter((_, k) => k % width === at));
      expect(new Set(one).size, name).toBeGreaterThan(1);
      for (const [i, value] of one!.entries()) expect(other![i]!, name).toBeCloseTo(value, 4);
    }
  }
});

test("the columns of a set stand side by side, in the order of its features", () => {
  const set = featureSet<AnyFeature extends Feature<infer L> ? L : never>(subjects.map(({ make }) => make()));
  const { request, list } = new World(14).ask(1);
  expect(list.count).toBeGreaterThan(0);
  const rows = new Rows(set.columns.length);
  rows.resize(list.count);
  rows.dense.fill(Number.NaN);
  summarize(request, list, prices);
  list.summary[summaryAt.previousOverlap] = 0;
  set.assemble(request, list, rows);
  expect(rows.dense.subarray(0, list.count * rows.width).some(Number.isNaN)).toBe(false);
  expect(set.featureOf).toEqual(subjects.flatMap(({ name, make }) => make().columns.map(() => name)));
  const first = set.featureOf.indexOf("session");
  const own = ask(session(), request, list);
  const width = session().columns.length;
  for (let i = 0; i < list.count; i++)
    for (let c = 0; c < width; c++) expect(rows.dense[i * rows.width + first + c]).toBe(own[i * (width + 2) + 1 + c]);
});

test("the summary of a list holds its prices and what the shopper touched of it", () => {
  const { request } = new World(15).ask();
  const history = new History();
  for (const item of [3, 70, 5]) history.push(item);
  history.clicks[2] = 1;
  history.session.set([2, 2, 1]);
  history.sessionNumber = 2;
  const list = new List();
  [9, 5, 8, -1, 3].forEach((item, i) => {
    list.push(item, i === 2 ? 0.5 : -1, 10 * i);
  });
  summarize({ ...request, history }, list, { get: (item) => (item === 9 ? -1 : item) });
  const at = (name: keyof typeof summaryAt): number => list.summary[summaryAt[name]]!;
  expect([at("count"), at("priceMin"), at("priceMean"), at("matchMax")]).toEqual([5, 3, 16 / 3, 0.5]);
  expect([...list.summary.subarray(summaryAt.priceDecile, summaryAt.priceDecile + 9)]).toEqual([
    3, 3, 3, 3, 5, 5, 5, 5, 5,
  ]);
  expect([at("lastTouchedOrder"), at("beforeLastTouchedOrder"), at("lastTouchedHereOrder")]).toEqual([
    40,
    Number.NaN,
    40,
  ]);
  expect([at("furthestTouchedOrder"), at("firstTouchedOrder")]).toEqual([40, 10]);
  expect([at("touchedCount"), at("touchedSessionCount"), at("clickedCount")]).toEqual([2, 1, 1]);
});

test("without a query the text columns are silent, and only what is whole is the last of their steps", () => {
  const shares = [0.99, 1];
  const feature = textMatch({
    columns: ["share", "coverage", "coverage-title", "phrase", "literalness"],
    describe(_query, items, count, out) {
      for (let i = 0; i < count; i++) out.fill(shares[items[i]!]!, i * 5, (i + 1) * 5);
      return count;
    },
    score() {},
  });
  const { request, list } = new World(3).ask();
  list.clear();
  for (const item of [0, 1]) list.push(item, Number.NaN, -1);
  const rows = new Rows(feature.columns.length);
  rows.resize(2);
  feature.read({ ...request, text: undefined }, list, rows, 0);
  expect([...rows.dense.subarray(0, 12)]).toEqual(Array(12).fill(-1));
  const text = { readings: [], exact: new Int32Array(), highlights: { terms: new Set<string>(), prefixes: [] } };
  feature.read({ ...request, text }, list, rows, 0);
  expect([...rows.dense.subarray(0, 12)]).toEqual([19, 5, 5, 0, 3, 3, 20, 6, 6, 1, 4, 4]);
});
