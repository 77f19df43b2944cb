/** What the pages of quality and look-ups reckon before they draw: axes, points, steps, what stands in a timeline. */
import { describe, expect, test, vi } from "vitest";
import { entriesOf, shownOf } from "../../console/lookup/entries.ts";
import { merged } from "../../console/quality/merged.ts";
import { fittingStep } from "../../console/quality/quality-api.ts";
import { linear, logarithmic, timeScale } from "../../console/quality/scales.ts";
import { fieldsOf } from "../../console/shop/known-items.ts";
import type { QualityPoint, QualityReport } from "../../src/core/quality-report.ts";
import type { UserSlate } from "../../src/core/user-report.ts";

const hourMs = 3_600_000;
const at = (hour: number): string => new Date(Date.UTC(2026, 10, 20) + hour * hourMs).toISOString();

describe("axes", () => {
  const words = ({ ticks }: { readonly ticks: readonly { readonly text: string }[] }) => ticks.map(({ text }) => text);

  test("go from a round number to a round number around what is shown", () => {
    const scale = linear(0.57, 0.63, (value) => value.toFixed(2));
    expect(words(scale)).toEqual(["0.56", "0.58", "0.60", "0.62", "0.64"]);
    expect([scale.place(0.56), scale.place(0.64)]).toEqual([0, expect.closeTo(1)]);
    expect(words(linear(-1, 0.6, String))).toEqual(["-1", "-0.5", "0", "0.5", "1"]);
    for (const value of [0, 0.5, -3]) {
      const { place } = linear(value, value, String);
      expect(place(value)).toBeGreaterThanOrEqual(0);
      expect(place(value)).toBeLessThanOrEqual(1);
    }
    expect(words(linear(0, 0, String))).toEqual(["0", "0.02", "0.04", "0.06"]);
  });

  test("by powers of ten give each the same distance, and take nothing below the least", () => {
    const scale = logarithmic(0.001, 0.1, String);
    expect(words(scale)).toEqual(["0.001", "0.003", "0.01", "0.03", "0.1"]);
    expect([scale.place(0.01), scale.place(0)]).toEqual([expect.closeTo(0.5), 0]);
  });

  test("of time have words at round hours and days of the place", () => {
    const midnight = new Date(2026, 10, 20).getTime();
    const scale = (from: number, to: number, count: number) =>
      words(
        timeScale(
          from,
          to,
          count,
          () => "day",
          () => "h",
        ),
      );
    expect(scale(midnight - 2 * hourMs, midnight + 2 * hourMs, 4)).toEqual(["h", "h", "day", "h", "h"]);
    expect(scale(midnight, midnight + 7 * 24 * hourMs, 7)).toHaveLength(8);
    expect(scale(midnight, midnight, 5)).toHaveLength(1);
  });
});

test("steps with few lists are taken together, weighed by them; steps with many stay alone", () => {
  const point = (hour: number, lists: number, mrr: number): QualityPoint => ({
    ...{ at: at(hour), lists, mrr: [mrr, mrr / 2], low: null, high: null, rows: 10 * lists, items: 1 },
    ...{ logLoss: lists / 10, rateLogLoss: 1, predicted: 0.1, observed: 0.1 },
  });
  const total = (lists: number): QualityReport["total"] => ({
    ...{ lists, rows: 0, logLoss: 0, rateLogLoss: 0, calibration: 1 },
    orders: [{ name: "engine", mrr: 0.5, low: 0.5 - 1.96 / 100, high: 0.5 + 1.96 / 100, difference: null }],
  });
  const many = Array.from({ length: 24 }, (_, hour) => point(hour, 40, 0.5));
  expect(merged({ step: "hour", points: many, total: total(960) })).toMatchObject({ steps: 1, spanMs: hourMs });
  const days = Array.from({ length: 400 }, (_, day) => point(24 * day, 40, 0.5));
  expect(merged({ step: "day", points: days, total: total(16_000) }).steps).toBe(7);
  const few = Array.from({ length: 24 }, (_, hour) => point(hour, hour % 3 ? 10 : 20, hour % 3 ? 0.8 : 0.4));
  const { steps, points } = merged({ step: "hour", points: few, total: total(320) });
  expect([steps, points.length, points[1]!.at]).toEqual([3, 8, at(3)]);
  expect(points[1]).toMatchObject({
    lists: 40,
    rows: 400,
    mrr: [expect.closeTo(0.6), expect.closeTo(0.3)],
    logLoss: 1.5,
  });
  const half = (1.96 * (Math.sqrt(320) / 100)) / Math.sqrt(40);
  expect([points[1]!.low, points[1]!.high]).toEqual([expect.closeTo(0.6 - half), expect.closeTo(0.6 + half)]);
});

test("the band is by one deviation, that of the whole, within 0 to 1; without an interval of the whole there is none", () => {
  const point = (hour: number, lists: number, mrr: number): QualityPoint => ({
    ...{ at: at(hour), lists, mrr: [mrr], low: mrr, high: mrr, items: 1 },
    ...{ rows: 0, logLoss: null, rateLogLoss: null, predicted: null, observed: null },
  });
  const report = (lists: number, interval: { low: number | null; high: number | null }) => ({
    step: "hour" as const,
    points: [point(1, 4, 0.9), point(2, 100, 0.9), point(3, 100, 0.5), point(4, 0, 0)],
    total: {
      ...{ lists, rows: 0, logLoss: null, rateLogLoss: null, calibration: null },
      orders: [{ name: "engine" as const, mrr: 0.9, ...interval, difference: null }],
    },
  });
  // The upper side is cut off at 1.
  const { points } = merged(report(196, { low: 0.9 - 0.14, high: 0.95 }));
  const bands = points.map(({ low, high }) => [low, high].map((value) => value && Math.round(value * 1000) / 1000));
  expect(bands).toEqual([
    [0, 1],
    [0.704, 1],
    [0.304, 0.696],
    [null, null],
  ]);
  const few = merged(report(12, { low: null, high: null })).points;
  expect(few.map(({ low, high }) => low ?? high)).toEqual(few.map(() => null));
});

test("where nobody chose a step, a young shop is told by the minute, and an old history by the day", () => {
  const report = (step: string, ...hours: number[]) =>
    ({
      step,
      clock: at(12),
      points: hours.map((hour) => ({ at: at(hour) })),
      places: [{ shown: 1 }],
    }) as unknown as QualityReport;
  expect(fittingStep(report("hour", 10.5, 11))).toBe("minute");
  expect(fittingStep(report("hour", 3, 11)), "of 3 o’clock the minutes say nothing").toBe("hour");
  expect(fittingStep(report("hour", 10))).toBe("hour");
  expect(fittingStep(report("hour"))).toBe("day");
  expect(fittingStep({ ...report("hour"), places: [] })).toBe("hour");
  expect(fittingStep(report("day"))).toBe("day");
  expect(fittingStep(report("minute", 11.5), at(10.5))).toBe("minute");
  expect(fittingStep(report("minute", 11.5), at(9.5)), "not for ever after").toBe("hour");
  expect(fittingStep(report("hour", 9.5, 11.5), at(9.5))).toBe("hour");
});

test("fields are those of the asked items, a few asked for at a time, and none after a fault or the end", async () => {
  const items = Array.from({ length: 40 }, (_, i) => `item-${i}`);
  let [isDown, asked, asking, most] = [true, 0, 0, 0];
  const answer = async (address: string, { signal }: RequestInit): Promise<Response> => {
    most = Math.max(most, ++asking);
    asked++;
    await null;
    asking--;
    signal?.throwIfAborted();
    const item = address.split("/").at(-1)!;
    return Response.json({ fields: { title: item } }, { status: isDown ? 500 : item === "item-3" ? 404 : 200 });
  };
  vi.stubGlobal("fetch", answer);
  try {
    const ended = new AbortController();
    expect((await fieldsOf(items, ended.signal)).size).toBe(0);
    expect(asked).toBe(6);
    isDown = false;
    const fields = await fieldsOf(items, ended.signal);
    expect([asked, most, fields.size]).toEqual([46, 6, 40]);
    expect([fields.get("item-3"), fields.get("item-4")]).toEqual([{}, { title: "item-4" }]);
    expect([...(await fieldsOf(["item-4"], ended.signal)).keys()]).toEqual(["item-4"]);
    expect(asked).toBe(46);
    ended.abort();
    expect(
      (
        await fieldsOf(
          items.map((item) => `other-${item}`),
          ended.signal,
        )
      ).size,
    ).toBe(0);
    expect(asked).toBe(52);
  } finally {
    vi.unstubAllGlobals();
  }
});

test("a timeline has what was done beside the lists, and the chosen ones of a list however far down", () => {
  const slate = (hour: number, chosen: number): UserSlate => ({
    ...{ slate: `s-${hour}`, at: at(hour), surface: "home", query: null, orderedBy: "engine", closed: true },
    items: Array.from({ length: 20 }, (_, i) => ({
      ...{ item: `p-${i}`, position: i, seen: true, outcomes: i === chosen ? (["click"] as const) : [] },
    })),
  });
  const touch = (item: string, hour: number) => ({ item, lastAction: "view", at: at(hour), touches: 1 });
  const slates = [slate(9, 15), slate(7, 0)];
  const told = (...recent: ReturnType<typeof touch>[]) =>
    entriesOf(slates, recent).map(({ slate, touch }) => slate?.slate ?? touch?.item);
  const recent = [touch("p-15", 9.4), touch("p-2", 8), touch("p-0", 7), touch("p-9", 3)];
  expect(told(...recent)).toEqual(["s-9", "p-2", "s-7"]);
  expect(told(touch("p-15", 30), touch("p-0", 7)), "turned to again the day after").toEqual(["p-15", "s-9", "s-7"]);
  expect(entriesOf([], recent)).toHaveLength(4);
  expect(shownOf(slates[0]!).map(({ position }) => position)).toEqual([...Array(12).keys(), 15]);
});
