/** How well the engine orders and predicts, by what it tells itself: against a recount from all that happened. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import { dayMs } from "../src/core/clock.ts";
import { eventAtMs, type LoggedEvent } from "../src/core/event.ts";
import { verdict } from "../src/core/lesson.ts";
import { parseEvent } from "../src/core/parse-event.ts";
import type { EventInput } from "../src/core/public.ts";
import { intervalListsMin, qualitySteps } from "../src/core/quality-report.ts";
import { Rows } from "../src/core/rows.ts";
import { createEngine } from "../src/engine.ts";
import { Learning } from "../src/learn.ts";
import { reportQuality } from "../src/quality-report.ts";
import { buildRooms, engineAt, type Rooms } from "../src/rooms.ts";
import { simulatedHistory } from "../src/simulator/history.ts";
import { simulatedShop } from "../src/simulator/shop.ts";
import { codeOf, overHttp, withEngine } from "./at-limits.ts";
import { interval, SlowQuality } from "./slow-quality.ts";

const root = mkdtempSync(join(tmpdir(), "quality-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Two days in a shop, every third list on no surface. */
function history(visits: number): LoggedEvent[] {
  const shop = simulatedShop({ seed: "quality", items: 120, shoppers: 60 });
  const events = simulatedHistory(shop, { visits, sessionsPerDay: 150, candidates: 40, size: 12, seen: true });
  return [...events].map((event, i) => {
    const { surface: _, ...rest } = event as unknown as EventInput;
    return parseEvent(i % 3 === 0 ? rest : { ...event }, Number.MAX_SAFE_INTEGER);
  });
}

/** Numbers to nine digits: sums in another order differ in the last ones. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one) => (typeof one === "number" ? Number(one.toPrecision(9)) : one)));

describe("a history, recounted", () => {
  let rooms: Rooms;
  let slow: SlowQuality;

  beforeAll(() => {
    rooms = buildRooms(completeConfig({}));
    slow = new SlowQuality(rooms);
    const learning = new Learning(slow.watched);
    learning.observe(slow.observer);
    history(500).forEach((event, offset) => {
      slow.clockMs = Math.max(slow.clockMs, eventAtMs(event));
      learning.fold(event, offset);
    });
  });

  const surfaceOf = (name: string | null): number => (name === null ? -1 : rooms.words.find(`s ${name}`));

  test.each(qualitySteps)("points of each %s, of all and of each surface", (step) => {
    const all = reportQuality(rooms, { step });
    expect(rounded(all.points)).toEqual(rounded(slow.points(step)));
    for (const { surface, lists } of all.surfaces) {
      const own = slow.of(step, surfaceOf(surface));
      expect(own.filter(({ ranks }) => ranks !== undefined).length).toBe(lists);
      if (surface === null) continue;
      const { points } = reportQuality(rooms, { step, surface });
      expect(rounded(points)).toEqual(rounded(slow.points(step, surfaceOf(surface))));
    }
    expect(all.surfaces.reduce((sum, { lists }) => sum + lists, 0)).toBe(all.total.lists);
  });

  test("totals, their intervals, and what the engine has before each other order", () => {
    const lists = slow.of("day").flatMap(({ ranks }) => (ranks === undefined ? [] : [ranks]));
    const { total, orders } = reportQuality(rooms, { step: "day" });
    expect(total.lists).toBeGreaterThan(200);
    const expected = orders.map((name, o) => {
      const { mean: mrr, low, high } = interval(lists.map((ranks) => ranks[o]!));
      const difference =
        o === 0
          ? null
          : interval(
              lists.map((ranks) => ranks[0]! - ranks[o]!),
              -1,
            );
      return { name, mrr, low, high, difference };
    });
    expect(rounded(total.orders)).toEqual(rounded(expected));
    // It was taught: it knows more than who says the share of clicks, and than what was touched last.
    expect(total.logLoss!).toBeLessThan(total.rateLogLoss!);
    expect(total.orders[3]!.difference!.low!).toBeGreaterThan(0);
  });

  test("bins of the chance, and places", () => {
    for (const surface of [undefined, "search"]) {
      const row = surface === undefined ? undefined : surfaceOf(surface);
      const { calibration, places } = reportQuality(rooms, { step: "day", ...(surface && { surface }) });
      for (const { from, to, rows, predicted, observed, low, high } of calibration) {
        const expected = slow.weighed(row, ({ chance }) => chance >= from && chance < to);
        expect(rounded({ rows, predicted, observed })).toEqual(rounded(expected));
        expect(low).toBeLessThanOrEqual(observed);
        expect(high).toBeGreaterThanOrEqual(observed);
        expect(predicted >= from && predicted <= to).toBe(true);
      }
      expect(places.map(({ place }) => place)).toEqual([...Array(12).keys()]);
      for (const { place, shown, rate, low, high, bias } of places) {
        const { rows, observed } = slow.weighed(row, (one) => one.place === place);
        expect(rounded([shown, rate])).toEqual(rounded([rows, observed]));
        expect(low <= rate && rate < high).toBe(true);
        // The shop ordered these lists itself.
        expect(bias).toBeNull();
      }
    }
  });

  test("distinct items of the last hour, day and week", () => {
    // The last outcomes come long after the last list.
    const week = slow.itemsIn("day", 7);
    const expected = { items: 120, hour: slow.itemsIn("minute", 60), day: slow.itemsIn("hour", 24), week };
    expect(reportQuality(rooms).coverage).toEqual(expected);
    expect(slow.shown.length).toBeGreaterThan(4000);
  });
});

test("an order whose columns are configured away is not judged", () => {
  const rooms = buildRooms(completeConfig({ withoutFeatures: ["touches"] }));
  const learning = new Learning(rooms);
  history(30).forEach((event, offset) => void learning.fold(event, offset));
  const { orders, points, total } = reportQuality(rooms, { step: "day" });
  expect(orders).toEqual(["engine", "shown", "popular"]);
  expect(total.orders.map(({ name }) => name)).toEqual(orders);
  expect(points[0]!.mrr.length).toBe(3);
});

/** What is told after a list of twelve for each of these ranks of what was chosen. */
function judged(ranks: readonly number[]) {
  const rooms = buildRooms(completeConfig({}));
  const atMs = Date.UTC(2026, 10, 22);
  rooms.registers[engineAt.clockMs] = atMs;
  const rows = new Rows(rooms.listFeatures.columns.length, 12);
  rows.resize(12);
  const position = Int32Array.from({ length: 12 }, (_, i) => i);
  const chances = Float64Array.from(position, (place) => -place);
  for (const rank of ranks) {
    const verdicts = new Uint8Array(12).fill(verdict.passedOver);
    verdicts[rank - 1] = verdict.chosen;
    const lesson = { rows, position, verdict: verdicts, atMs, surface: -1, isChoice: true, orderedByEngine: true };
    rooms.quality.judge({ ...lesson, weight: 1 }, chances, chances);
  }
  return reportQuality(rooms);
}

describe("how sure it is", () => {
  const intervals = (ranks: readonly number[]) => {
    const { points, total } = judged(ranks);
    return [points[0]!, ...total.orders, ...total.orders.flatMap(({ difference }) => difference ?? [])];
  };
  const none = expect.objectContaining({ low: null, high: null });
  const some = expect.objectContaining({ low: expect.any(Number), high: expect.any(Number) });

  test("is not told of few lists, which may happen to be alike", () => {
    for (const lists of [1, 2, intervalListsMin - 1])
      for (const one of intervals(Array.from({ length: lists }, () => 1))) expect(one).toEqual(none);
    expect(intervals([1, 12, 12])).toEqual(Array.from({ length: 8 }, () => none));
    for (const one of intervals(Array.from({ length: intervalListsMin }, () => 1))) expect(one).toEqual(some);
  });

  test("never goes beyond what a mean can be", () => {
    const ranks = Array.from({ length: intervalListsMin }, (_, i) => (i === 0 ? 12 : 1));
    const { points, total } = judged(ranks);
    expect([points[0]!.high, total.orders[0]!.high]).toEqual([1, 1]);
    expect(total.orders[0]!.low).toBeLessThan(total.orders[0]!.mrr!);
  });
});

test("no more items were shown than there are: what is not in the catalogue counts as well", () =>
  withEngine(async (engine, clock) => {
    await engine.record({ type: "item", item: "a", fields: {} });
    await engine.record({ type: "slate", slate: "s", items: ["a", "b", "c"], user: "u", time: clock.nowMs() });
    expect(engine.quality().coverage).toEqual({ items: 3, hour: 3, day: 3, week: 3 });
  }));

describe("an engine that orders its own lists", () => {
  test("tells what the places add, and goes on the same after it was opened again", async () => {
    let nowMs = Date.UTC(2026, 10, 22);
    const options = { data: join(root, "own"), tickMs: 0, clock: { nowMs: () => nowMs }, lessonWaitMs: 30_000 };
    const shop = simulatedShop({ seed: 5, items: 40, shoppers: 10 });
    const engine = await createEngine(options);
    await engine.record(shop.items.map((item) => ({ ...item })));
    for (let page = 0; page < 40; page++) {
      nowMs += 60_000;
      const user = `u-${page % 10}`;
      const { slate, items } = engine.recommend({ user, surface: "home", size: 8 });
      const item = items[page % 3]!.item;
      await engine.record({ type: "outcome", action: "click", slate, user, item, time: nowMs });
    }
    const before = engine.quality({ surface: "home" });
    const [top, , , below] = before.places;
    expect([before.total.lists, top!.bias]).toEqual([40, 0]);
    expect(below!.bias!).toBeLessThan(0);
    expect(engine.quality().places[3]!.bias).toBe(below!.bias);
    expect(before.coverage.hour).toBeGreaterThanOrEqual(8);
    await engine.snapshot();
    await engine.close();
    for (const fromLog of [false, true]) {
      const again = await createEngine({ ...options, fromLog });
      expect(again.quality({ surface: "home" })).toEqual(before);
      await again.close();
    }
  });
});

test("before anything happened there is nothing to tell", () =>
  withEngine((engine) => {
    expect(engine.quality()).toEqual({
      ...{ step: "hour", clock: null, surface: null, surfaces: [], points: [], calibration: [], places: [] },
      orders: ["engine", "shown", "popular", "last-touched-first"],
      total: expect.objectContaining({ lists: 0, rows: 0, logLoss: null, rateLogLoss: null, calibration: null }),
      coverage: { items: 0, hour: 0, day: 0, week: 0 },
    });
    expect(engine.quality().total.orders[1]).toEqual({
      name: "shown",
      mrr: null,
      low: null,
      high: null,
      difference: null,
    });
    expect(codeOf(() => engine.quality({ step: "week" as never }))).toBe("REQUEST_MALFORMED");
  }));

test("GET /v1/quality says the same over HTTP", () =>
  withEngine((engine, clock) =>
    overHttp(engine, async (app) => {
      const ask = async (url: string) => {
        const { statusCode, body } = await app.inject({ url });
        return { status: statusCode, body: JSON.parse(body) };
      };
      const slate = { type: "slate", slate: "s", items: ["a", "b"], user: "u", surface: "home", time: clock.nowMs() };
      await engine.record([slate, { type: "outcome", action: "click", item: "b", slate: "s", user: "u" }]);
      const told = await ask("/v1/quality?step=minute&surface=home");
      expect(told).toEqual({ status: 200, body: engine.quality({ step: "minute", surface: "home" }) });
      expect(told.body.points[0]).toMatchObject({
        lists: 1,
        mrr: [0.5, 0.5, 0.5, 0.5],
        low: null,
        rows: 2,
        items: 2,
      });
      expect((await ask("/v1/quality?surface=nowhere")).body).toMatchObject({
        surface: "nowhere",
        points: [],
        places: [],
      });
      expect((await ask("/v1/quality?step=week")).body.error.code).toBe("REQUEST_MALFORMED");
      const { body: figures } = await app.inject({ url: "/metrics" });
      expect(figures).toContain('\nliveshelf_quality_mrr{order="popular"} 0.5\n');
      expect(figures).toMatch(/^liveshelf_quality_calibration \d/m);
      expect(engine.inspect().quality).toEqual(engine.quality({ step: "day" }).total);
      clock.advance(500 * dayMs);
      engine.tick();
      expect((await ask("/v1/quality?step=day")).body).toMatchObject({ points: [], coverage: { week: 0 } });
      expect((await app.inject({ url: "/metrics" })).body).not.toMatch(/^liveshelf_quality/m);
    }),
  ));
