/** The pages that tell how well it does and what it holds, in a real browser in front of the real service: they fill as shoppers choose, and follow by themselves. */
import { describe, expect, test } from "vitest";
import type { QualityReport } from "../../src/core/quality-report.ts";
import { serve } from "../real/processes.ts";
import { hasNoBrowser, withoutBrowser } from "./chromium.ts";
import { flaws, looking, page, patience, post, unhurried } from "./looking.ts";

const hourMs = 3_600_000;
/** One has a word that is longer than a narrow screen. */
const titleOf = (i: number): string => (i === 3 ? `${"Donaudampfschifffahrt".repeat(4)}, red` : `Wool scarf ${i}`);

describe.skipIf(hasNoBrowser)(`quality, and look-ups${withoutBrowser}`, () => {
  const open = looking({
    serve: (folder) => serve(folder, unhurried).listening,
    options: { reducedMotion: "reduce" },
  });
  const items = Array.from({ length: 12 }, (_, i) => `p-${i}`);

  const send = async (events: readonly object[]): Promise<void> =>
    expect(await post("v1/events", events)).toMatchObject({ rejected: [] });

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

  /** The server refuses what is asked of `address` from now on; what is asked again and again is asked at once. */
  async function refuse(address: RegExp): Promise<void> {
    const body = JSON.stringify({ error: { code: "OVERLOADED", message: "Too much to do." } });
    await page.route(address, (asked) => asked.fulfill({ status: 500, contentType: "application/json", body }));
    await askAgain();
  }
  const askAgain = () => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  /** The page's reports from now on, as `change` makes them. */
  const changeReports = (change: (report: QualityReport) => QualityReport) =>
    page.route(/v1\/quality/, async (asked) => {
      const answer = await asked.fetch();
      await asked.fulfill({ json: change((await answer.json()) as QualityReport) });
    });
  const goToQuality = () =>
    page.evaluate(() => {
      location.hash = "#/quality";
    });
  const judged = async (): Promise<string | undefined> =>
    (await page.locator(".quality .figures dd").allTextContents())[0];
  const orders = (): Promise<string[]> => page.locator(".orders-table tbody th").allTextContents();

  test("says what fills it, fills as shoppers choose, and goes on without a part being made anew", async () => {
    await open("#/quality?step=hour");
    await expect.poll(() => page.getByText("Nothing to judge yet").count(), patience).toBe(1);
    expect(await flaws()).toEqual([]);
    // From before the visits: what comes later than something else is taken to have happened with it.
    const time = Date.now() - 11 * hourMs;
    await send(items.map((item, i) => ({ type: "item", item, time, fields: { title: titleOf(i), price: i } })));
    await send(visits("home", 240));
    await expect.poll(judged, patience).toBe("240");
    expect((await orders()).map((text) => text.replace(/(?:Engine|May) .*/, ""))).toEqual([
      ...["Engine", "As shown", "Most popular", "Last touched first"],
    ]);
    expect(await page.locator(".compared").first().textContent()).toMatch(/^Engine better by 0\.\d{3} \(0\.\d{3} to/);
    await expect.poll(() => page.locator(".course-band").count(), patience).toBeGreaterThan(0);
    const chart = await page.locator(".quality svg .course.main").first().elementHandle();
    await send(visits("search", 60));
    await expect.poll(judged, patience).toBe("300");
    expect(await chart!.evaluate((element) => element.isConnected)).toBe(true);
  });

  test("where lists are few, a difference stands without interval and verdict", async () => {
    await open("#/quality?step=hour");
    await expect.poll(judged, patience).toBe("300");
    const bare = { low: null, high: null };
    await changeReports((report) => {
      const orders = report.total.orders.map((order) => ({
        ...{ ...order, ...bare },
        difference: order.difference && { ...order.difference, ...bare },
      }));
      return { ...report, total: { ...report.total, orders } };
    });
    await askAgain();
    const compared = page.locator(".compared").first();
    await expect.poll(() => compared.textContent(), patience).toMatch(/^Too few lists yet to compare: \+0\.\d{3}$/);
    expect(await page.locator(".orders-table tbody td:last-child").allTextContents()).toEqual(Array(4).fill("–"));
    expect(await page.locator(".course-band").count()).toBe(0);
  });

  test("what answers another question is not shown: neither under a surface that cannot be had, nor to find a step by", async () => {
    await open("#/quality?step=minute");
    await expect.poll(judged, patience).toMatch(/^\d+$/);
    await goToQuality();
    await expect.poll(judged, patience).toBe("300");
    expect(await page.getByRole("radio", { name: "7 days" }).isChecked()).toBe(true);
    await refuse(/surface=search/);
    await page.getByLabel("Surface").selectOption("search");
    await page.getByText("Too much to do.").waitFor();
    expect(await page.locator(".quality .figures").count()).toBe(0);
    await page.getByLabel("Surface").selectOption("home");
    await expect.poll(judged, patience).toBe("240");
    expect(await page.getByText("Too much to do.").count()).toBe(0);
  });

  test("a young shop is told by the minute, and by the hour once the minutes leave something out", async () => {
    await open("#/quality?step=day");
    await expect.poll(judged, patience).toBe("300");
    let laterMs = 0;
    await changeReports((report) => ({
      ...report,
      clock: new Date(Date.parse(report.clock!) + laterMs).toISOString(),
      points: report.step === "hour" ? report.points.slice(-1) : report.points,
    }));
    await goToQuality();
    const isChecked = (name: string) => page.getByRole("radio", { name }).isChecked();
    await expect.poll(() => isChecked("2 hours"), patience).toBe(true);
    await expect.poll(() => page.locator(".figures").count(), patience).toBe(1);
    laterMs = 3 * hourMs;
    await askAgain();
    await expect.poll(() => isChecked("7 days"), patience).toBe(true);
    await expect.poll(judged, patience).toBe("300");
  });

  test("each drawing over time has its numbers", async () => {
    await open("#/quality?step=hour");
    await expect.poll(judged, patience).toBe("300");
    const numbers = page.locator(".numbers");
    for (const summary of await numbers.locator("summary").all()) await summary.click();
    const heads = async () =>
      (await numbers.all()).map(async (one) => (await one.locator("thead th").allTextContents()).join(", "));
    await expect
      .poll(async () => Promise.all(await heads()), patience)
      .toEqual([
        "From, Lists judged, Engine, As shown, Most popular, Last touched first, 95 % interval",
        "From, Things judged, Engine, Rate alone",
        "Predicted, Chosen, 95 % interval, Judged (old ones count less)",
        expect.stringMatching(/^Place, Judged/),
        "From, Items shown, Coverage",
      ]);
    expect(await numbers.last().locator("tbody tr").count()).toBeGreaterThan(2);
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
    // In its middle, once it stands still.
    await page.locator(".plot svg").first().hover();
    await expect.poll(() => page.locator(".chart-title time").count(), patience).toBe(1);
    await expect.poll(() => page.locator(".course-dot").count(), patience).toBe(4);
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
    await post("v1/recommend", { user: "u-3", surface: "home" });
    await expect.poll(() => first.locator(".timeline-what").textContent(), patience).toMatch(/ordered by the engine/);
    await page.getByRole("button", { name: "Earlier lists" }).click();
    await expect.poll(() => slates.count(), patience).toBe(30);
    await refuse(/\/slates/);
    await page.getByText("Too much to do.").waitFor();
    expect(await slates.count(), "what was told stays").toBe(30);
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
        await open(path, { viewport: { width, height: 900 }, colorScheme: theme });
        await expect.poll(() => page.locator(ready).count(), patience).toBeGreaterThan(0);
        expect(await flaws()).toEqual([]);
      });
    }
  }
});
