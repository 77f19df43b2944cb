/** The pages that tell how well it does and what it holds, in a real browser in front of the real service: they fill as shoppers choose, and follow by themselves. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { entriesOf, shownOf } from "../../console/lookup/entries.ts";
import { merged } from "../../console/quality/merged.ts";
import { fittingStep } from "../../console/quality/quality-api.ts";
import { linear, logarithmic, timeScale } from "../../console/quality/scales.ts";
import type { QualityPoint, QualityReport } from "../../src/core/quality-report.ts";
import type { UserSlate } from "../../src/core/user-report.ts";
import { endAll, serve } from "../real/processes.ts";
import { hasNoBrowser, launchBrowser, withoutBrowser } from "./chromium.ts";

const patience = { timeout: 20_000 };
const hourMs = 3_600_000;
/** One has a word that is longer than a narrow screen. */
const titleOf = (i: number): string => (i === 3 ? `${"Donaudampfschifffahrt".repeat(4)}, red` : `Wool scarf ${i}`);

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
  const at = (hour: number): string => new Date(Date.UTC(2026, 10, 20, hour)).toISOString();
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

test("where nobody chose a step, a young shop is told by the minute, and an old history by the day", () => {
  const report = { step: "hour", points: Array(4), places: [{ shown: 1 }] } as unknown as QualityReport;
  expect(fittingStep(report)).toBe("hour");
  expect(fittingStep({ ...report, points: report.points.slice(1) })).toBe("minute");
  expect(fittingStep({ ...report, points: [] })).toBe("day");
  expect(fittingStep({ ...report, points: [], places: [] })).toBe("hour");
  expect(fittingStep({ ...report, step: "day", points: [] })).toBe("day");
});

test("a timeline has what was done beside the lists, and the chosen ones of a list however far down", () => {
  const at = (hour: number): string => new Date(Date.UTC(2026, 10, 20, hour)).toISOString();
  const slate = (hour: number, chosen: number): UserSlate => ({
    ...{ slate: `s-${hour}`, at: at(hour), surface: "home", query: null, orderedBy: "engine", closed: true },
    items: Array.from({ length: 20 }, (_, i) => ({
      ...{ item: `p-${i}`, position: i, seen: true, outcomes: i === chosen ? (["click"] as const) : [] },
    })),
  });
  const touch = (item: string, hour: number) => ({ item, lastAction: "view", at: at(hour), touches: 1 });
  const slates = [slate(9, 15), slate(7, 0)];
  const recent = [touch("p-15", 10), touch("p-2", 8), touch("p-0", 7), touch("p-9", 3)];
  expect(entriesOf(slates, recent).map(({ slate, touch }) => slate?.slate ?? touch?.item)).toEqual([
    "s-9",
    "p-2",
    "s-7",
  ]);
  expect(entriesOf([], recent)).toHaveLength(4);
  expect(shownOf(slates[0]!).map(({ position }) => position)).toEqual([...Array(12).keys(), 15]);
});

describe.skipIf(hasNoBrowser)(`quality, and look-ups${withoutBrowser}`, () => {
  const data = mkdtempSync(join(tmpdir(), "liveshelf-quality-"));
  const items = Array.from({ length: 12 }, (_, i) => `p-${i}`);
  let browser: Browser;
  let address: string;
  let page: Page;
  const faults: string[] = [];

  async function send(events: readonly object[]): Promise<void> {
    const response = await fetch(`${address}v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(events),
    });
    expect(await response.json()).toMatchObject({ rejected: [] });
  }

  /** Visits of the last ten hours: each is shown all items, and opens one of the three that their kind wants. */
  function visits(surface: string, count: number): object[] {
    const nowMs = Date.now();
    return Array.from({ length: count }, (_, i) => {
      const time = nowMs - ((count - i) / count) * 10 * hourMs;
      const user = `u-${i % 8}`;
      const of = { user, slate: `${surface}-${i}` };
      const chosen = items[((i % 8) % 4) * 3 + (i % 3)]!;
      return [
        { type: "slate", time, ...of, surface, items: [...items.slice(i % 12), ...items.slice(0, i % 12)] },
        { type: "outcome", time: time + 1000, ...of, action: "click", item: chosen },
        ...(i % 7 === 0 ? [{ type: "outcome", time: time + 2000, ...of, action: "cart", item: chosen }] : []),
      ];
    }).flat();
  }

  async function open(path: string, width = 1440, colorScheme: "light" | "dark" = "light"): Promise<void> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      locale: "en-GB",
      colorScheme,
      reducedMotion: "reduce",
    });
    page = await context.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(address + path);
  }
  const judged = async (): Promise<string | undefined> =>
    (await page.locator(".quality .figures dd").allTextContents())[0];
  const orders = (): Promise<string[]> => page.locator(".orders-table tbody th").allTextContents();
  const violations = async (): Promise<string[]> => {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run());
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" "))}`);
  };
  const sticksOut = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  beforeAll(async () => {
    address = `${await serve(data).listening}/`;
    browser = await launchBrowser();
  });

  afterEach(async () => {
    await page?.context().close();
    expect(faults).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await endAll();
    rmSync(data, { recursive: true, force: true });
  });

  test("says what fills it, fills as shoppers choose, and goes on without a part being made anew", async () => {
    await open("#/quality?step=hour");
    await expect.poll(() => page.getByText("Nothing to judge yet").count(), patience).toBe(1);
    expect(await violations()).toEqual([]);
    // From before the visits: what comes later than something else is taken to have happened with it.
    const time = Date.now() - 11 * hourMs;
    await send(items.map((item, i) => ({ type: "item", item, time, fields: { title: titleOf(i), price: i } })));
    await send(visits("home", 240));
    await expect.poll(judged, patience).toBe("240");
    expect((await orders()).map((text) => text.replace(/(?:Engine|May) .*/, ""))).toEqual([
      ...["Engine", "As shown", "Most popular", "Last touched first"],
    ]);
    expect(await page.locator(".against").first().textContent()).toMatch(/^Engine better by 0\.\d{3} \(0\.\d{3} to/);
    await expect.poll(() => page.locator(".course-band").count(), patience).toBeGreaterThan(0);
    const chart = await page.locator(".quality svg .course.main").first().elementHandle();
    await send(visits("search", 60));
    await expect.poll(judged, patience).toBe("300");
    expect(await chart!.evaluate((element) => element.isConnected)).toBe(true);
  });

  test("by keyboard: another step, one surface, and the numbers behind a drawing", async () => {
    await open("#/quality");
    await expect.poll(judged, patience).toBe("300");
    await page.getByRole("radio", { name: "7 days" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.url(), patience).toMatch(/step=day/);
    await expect.poll(() => page.getByText("in each day").count(), patience).toBe(1);
    expect(await judged()).toBe("300");
    await page.keyboard.press("Tab");
    await page.keyboard.press("s");
    await expect.poll(judged, patience).toBe("60");
    expect(page.url()).toMatch(/surface=search/);
    await page.reload();
    await expect.poll(judged, patience).toBe("60");
    const numbers = page.locator(".numbers").first();
    await numbers.locator("summary").focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => numbers.locator("tbody tr").count(), patience).toBeGreaterThan(0);
    expect(await numbers.locator("thead th").allTextContents()).toEqual([
      ...["From", "Lists judged", "Engine", "As shown", "Most popular", "Last touched first", "95 % interval"],
    ]);
  });

  test("where one points, the values of that step are said", async () => {
    await open("#/quality");
    await expect.poll(judged, patience).toBe("300");
    const plot = page.locator(".plot svg").first();
    await plot.waitFor();
    const { x, y, width, height } = (await plot.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await expect.poll(() => page.locator(".chart-title time").count(), patience).toBe(1);
    expect(await page.locator(".course-dot").count()).toBe(4);
    await page.mouse.move(0, 0);
    await expect.poll(() => page.locator(".chart-title time").count(), patience).toBe(0);
  });

  test("a shopper's lists stand as they were shown, with what was done marked, and the newest come by themselves", async () => {
    await open("#/lookup?user=u-3");
    const slates = page.locator(".timeline-slate");
    await expect.poll(() => slates.count(), patience).toBe(10);
    const first = slates.first();
    expect(await first.locator(".timeline-what").textContent()).toMatch(/12 items.*ordered by the shop/);
    expect(await first.locator(".slate-items li a").count()).toBe(12);
    expect(await first.locator(".slate-mark").textContent()).toMatch(/opened|in the cart/);
    const answer = await fetch(`${address}v1/recommend`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user: "u-3", surface: "home" }),
    });
    expect(answer.status).toBe(200);
    await expect.poll(() => first.locator(".timeline-what").textContent(), patience).toMatch(/ordered by the engine/);
    await page.getByRole("button", { name: "Earlier lists" }).click();
    await expect.poll(() => slates.count(), patience).toBe(30);
    await first.locator(".slate-items a").first().click();
    await expect.poll(() => page.locator(".lately-bars li").count(), patience).toBe(5);
    expect(await page.locator(".lately tbody th").allTextContents()).toEqual(["12 hours", "7 days"]);
  });

  for (const [path, ready] of [
    ["#/quality", ".orders-table tr"],
    ["#/lookup", ".examples li"],
    ["#/lookup?user=u-3", ".timeline-slate"],
    ["#/lookup?item=p-3", ".lately-bars li"],
  ] as const) {
    for (const [width, theme] of [
      [1440, "dark"],
      [360, "light"],
    ] as const) {
      test(`${path}: axe finds nothing in the ${theme} theme, ${width} px wide, and nothing sticks out`, async () => {
        await open(path, width, theme);
        await expect.poll(() => page.locator(ready).count(), patience).toBeGreaterThan(0);
        expect(await sticksOut()).toBeLessThanOrEqual(0);
        expect(await violations()).toEqual([]);
      });
    }
  }
});
