/** The browser client in a real browser, against the real service. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type * as client from "../../client/client.ts";
import { buildClient } from "../../scripts/build-client.ts";
import { completeConfig } from "../../src/config.ts";
import { createEngine } from "../../src/engine.ts";
import { startServer } from "../../src/http/server.ts";
import { endAll, liveshelf, type Service, serve } from "../real/processes.ts";
import { hasNoBrowser, launchBrowser, withoutBrowser } from "./chromium.ts";
import { patience, post, unhurried } from "./looking.ts";
import { type ShopFront, shopFront } from "./shop-front.ts";

/** What the tests put on the page. */
declare global {
  interface Window {
    shelf: typeof client;
    mine: client.Client;
    refused: client.Refusal[];
  }
}

type Options = Partial<client.ClientOptions>;

/** The page with a client of its own. */
async function openShop(page: Page, front: ShopFront, options: Options = {}): Promise<void> {
  await page.goto(front.address);
  await withClient(page, options);
}

async function withClient(page: Page, options: Options): Promise<void> {
  await page.waitForFunction(() => window.shelf !== undefined);
  await page.evaluate((given) => {
    window.refused = [];
    const onRefused = (refusal: client.Refusal) => window.refused.push(refusal);
    window.mine = window.shelf.createClient({ consent: true, onRefused, ...given });
  }, options);
}

/** An answer waits a moment for what was recorded before it: on this page, whose clock stands, until that has arrived. */
async function untilArrived(page: Page): Promise<void> {
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 600_000);
}

const nothingPending = (page: Page) =>
  page.waitForFunction(() => window.mine.pending === 0, undefined, { polling: 50, ...patience });

describe.skipIf(hasNoBrowser)(`the client in a browser${withoutBrowser}`, () => {
  let browser: Browser;
  let front: ShopFront;
  let context: BrowserContext;
  let page: Page;
  let service: Service;
  const folder = mkdtempSync(join(tmpdir(), "liveshelf-client-"));
  const built = join(folder, "client");
  const data = join(folder, "shop");

  async function start(): Promise<void> {
    service = serve(data, unhurried);
    front.engine = await service.listening;
  }

  async function kill(): Promise<void> {
    front.engine = undefined;
    await service.kill("SIGKILL");
  }

  /** All that the log holds. */
  async function logged(): Promise<Record<string, unknown>[]> {
    const { stdout } = await liveshelf(["export", "--data", data]);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  const outcomesOf = async (session: string): Promise<Record<string, unknown>[]> =>
    (await logged()).filter((event) => event.type === "outcome" && event.session === session);

  beforeAll(async () => {
    await buildClient(built);
    browser = await launchBrowser();
    front = await shopFront(built);
    await start();
    const items = Array.from({ length: 12 }, (_, i) => ({
      ...{
        type: "item",
        item: `p-${i}`,
        fields: { title: `Wool scarf ${i}`, brand: i % 2 ? "Acme" : "Lumen", price: i },
      },
    }));
    await post(`${front.engine}/v1/events`, items);
  });

  beforeEach(async () => {
    context = await browser.newContext();
    context.setDefaultTimeout(patience.timeout);
    page = await context.newPage();
  });

  afterEach(async () => {
    await context.close();
    front.answersLost = 0;
    if (front.engine === undefined) await start();
  });

  afterAll(async () => {
    await browser?.close();
    await endAll();
    await front?.close();
    rmSync(folder, { recursive: true });
  });

  test("no event is lost over restarts of the server and reloads of the page, and none counts twice", async () => {
    await openShop(page, front);
    const recorded: string[] = [];
    const record = async (count: number): Promise<void> => {
      const from = recorded.length;
      for (let i = from; i < from + count; i++) recorded.push(`e-${i}`);
      await page.evaluate((ids) => {
        for (const id of ids) window.mine.record({ id, action: "view", item: `p-${ids.indexOf(id) % 12}` });
      }, recorded.slice(from));
    };
    const session = await page.evaluate(() => window.mine.session!);
    for (let restart = 0; restart < 3; restart++) {
      await record(40);
      // The engine dies with some of them on their way, some answered for and some not yet sent.
      const flushing = page.evaluate(() => window.mine.flush());
      await record(20);
      await kill();
      await record(40);
      await Promise.all([flushing, page.evaluate(() => window.mine.flush())]);
      await page.reload();
      await withClient(page, {});
      await record(20);
      await start();
      await page.evaluate(() => window.dispatchEvent(new Event("online")));
      await nothingPending(page);
    }
    expect(await page.evaluate(() => window.mine.session)).toBe(session);
    expect(await page.evaluate(() => window.refused)).toEqual([]);
    const ids = (await outcomesOf(session)).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(recorded.toSorted());
  });

  test("an event whose answer was lost is sent again under its id, and counts once", async () => {
    await openShop(page, front);
    front.answersLost = 2;
    const session = await page.evaluate(() => {
      window.mine.record({ action: "view", item: "p-1" });
      return window.mine.session!;
    });
    await nothingPending(page);
    const [event, ...others] = await outcomesOf(session);
    expect(others).toEqual([]);
    expect(front.taken(session).map(({ id }) => id)).toEqual([event!.id, event!.id, event!.id]);
  });

  test("what was recorded goes with the page that is left", async () => {
    await openShop(page, front, { batchMs: 1_000_000 });
    const session = await page.evaluate(() => {
      window.mine.record({ action: "click", item: "p-2" });
      return window.mine.session!;
    });
    expect(front.taken(session)).toEqual([]);
    await page.goto("about:blank");
    await expect.poll(() => front.taken(session).length, patience).toBe(1);
    expect((await outcomesOf(session)).map(({ item }) => item)).toEqual(["p-2"]);
  });

  test("what was recorded shows in the next answer", async () => {
    await untilArrived(page);
    await openShop(page, front, { batchMs: 1_000_000 });
    const [before, after] = await page.evaluate(async () => {
      const items = Array.from({ length: 12 }, (_, i) => `p-${i}`);
      const order = async () => (await window.mine.rank({ items, surface: "test" })).items.map(({ item }) => item);
      const first = await order();
      window.mine.record({ action: "view", item: "p-9" });
      return [first, await order()];
    });
    expect(before!.indexOf("p-9")).toBe(9);
    expect(after!.indexOf("p-9")).toBeLessThan(9);
  });

  test("items are reported as seen once they were on the screen for a second, and clicked when they are", async () => {
    await openShop(page, front, { session: "looks" });
    const slate = await page.evaluate(async () => {
      const list = document.querySelector("#list")!;
      const answer = await window.mine.search({ query: "scarf" });
      list.innerHTML = answer.items
        .map(({ item }) => `<li data-item="${item}"><a href="#${item}">${item}</a> <button>into the cart</button></li>`)
        .join("");
      window.mine.watch(list, answer);
      return answer.slate!;
    });
    const shown = await page.locator("li").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.item!));
    const reported = (action: string): string[] =>
      front
        .taken("looks")
        .filter((event) => event.slate === slate && event.action === action)
        .map(({ item }) => item as string);
    // 720 pixels high: two whole, and less than half of the third.
    await expect.poll(() => reported("seen"), patience).toEqual(shown.slice(0, 2));
    await page.locator("li").nth(11).scrollIntoViewIfNeeded();
    await expect.poll(() => reported("seen"), patience).toContain(shown[11]);
    await page.locator("li button").nth(10).click();
    await page.locator("li a").nth(10).click();
    await expect.poll(() => reported("click"), patience).toEqual([shown[10]]);
    const seen = reported("seen");
    expect(seen.length).toBe(new Set(seen).size);
    expect(seen).not.toContain(shown[5]);
  });

  test("without consent nothing is stored or reported, and answers are nobody's", async () => {
    // One of its own: pages of other tests may still report that they were left.
    const own = await shopFront(built);
    own.engine = front.engine;
    await openShop(page, own, { consent: false, user: "u-1" });
    const { slate } = await page.evaluate(async () => {
      window.mine.record({ action: "view", item: "p-1" });
      const answer = await window.mine.search({ query: "scarf" });
      await window.mine.suggest({ q: "sca" });
      await window.mine.flush();
      return answer;
    });
    expect(slate).toBe(null);
    await page.goto("about:blank");
    const { calls } = own;
    expect(calls.map(({ path }) => path)).toEqual(["/v1/search", "/v1/suggest?q=sca&consent=false"]);
    expect(JSON.parse(calls[0]!.body)).toEqual({ query: "scarf", consent: false });
    await page.goto(own.address);
    const stored = () => [localStorage.length, sessionStorage.length, document.cookie];
    expect(await page.evaluate(stored)).toEqual([0, 0, ""]);
    await own.close();
  });

  test("consent that is withdrawn deletes what waits and every id, in other tabs too", async () => {
    await kill();
    await openShop(page, front);
    const other = await context.newPage();
    await openShop(other, front);
    for (const one of [page, other]) await one.evaluate(() => window.mine.record({ action: "view", item: "p-1" }));
    await expect.poll(() => other.evaluate(() => window.mine.pending), patience).toBe(2);
    await page.evaluate(() => window.mine.setConsent(false));
    await other.waitForFunction(() => !window.mine.consent);
    for (const one of [page, other]) {
      await one.evaluate(() => window.mine.record({ action: "view", item: "p-2" }));
      // What one tab deletes, the other sees a moment later.
      const left = () => one.evaluate(() => [localStorage.length, window.mine.pending, window.mine.session ?? null]);
      await expect.poll(left, patience).toEqual([0, 0, null]);
    }
    // And on the next visit, where the page knows that it was withdrawn.
    await page.evaluate(() => localStorage.setItem("liveshelf.visit", "left over"));
    await page.reload();
    await withClient(page, { consent: false });
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });

  test("tabs share one queue, and each event is sent by one of them", async () => {
    await kill();
    await openShop(page, front, { session: "tabs" });
    const other = await context.newPage();
    await openShop(other, front, { session: "tabs" });
    for (const one of [page, other])
      await one.evaluate(() => {
        for (let i = 0; i < 30; i++) window.mine.record({ action: "view", item: `p-${i % 12}` });
      });
    await start();
    for (const one of [page, other]) await one.evaluate(() => window.dispatchEvent(new Event("online")));
    for (const one of [page, other]) await nothingPending(one);
    const ids = front.taken("tabs").map(({ id }) => id);
    expect(ids).toHaveLength(60);
    expect(new Set(ids).size).toBe(60);
  });

  test("a shopper who signs in takes along what they did, one who signs out leaves nothing to the next", async () => {
    await openShop(page, front);
    const sessions = await page.evaluate(() => {
      const { mine } = window;
      const [anonymous] = [mine.session, mine.identify("u-7")];
      const [named] = [mine.session, mine.identify(undefined)];
      const [next] = [mine.session, mine.identify("u-8")];
      return [anonymous, named, next, mine.session];
    });
    expect(sessions[1]).toBe(sessions[0]);
    expect(sessions[2]).not.toBe(sessions[0]);
    expect(sessions[3]).toBe(sessions[2]);
  });

  test("a page of another origin that has a key asks, reports, and reports when it is left", async () => {
    const key = "ls_key-in-the-page-0123456789";
    const shop = await createEngine();
    const settings = { port: 0, shedAfterMs: 0, keys: `${key}:events+query`, corsOrigins: [front.address] };
    const server = await startServer(shop, completeConfig(settings));
    try {
      await shop.record({ type: "item", item: "p-1", fields: { title: "Wool scarf" } });
      await untilArrived(page);
      await openShop(page, front, { server: server.address, key, user: "u-1", batchMs: 1_000_000 });
      const items = await page.evaluate(async () => {
        window.mine.record({ action: "view", item: "p-1" });
        const answer = await window.mine.search({ query: "scarf" }, { timeoutMs: 60_000 });
        window.mine.record({ action: "cart", item: "p-1" });
        return answer.items.map(({ item }) => item);
      });
      expect(items).toEqual(["p-1"]);
      expect(shop.user("u-1")?.recent).toMatchObject([{ lastAction: "view" }]);
      await page.goto("about:blank");
      await expect.poll(() => shop.user("u-1")?.recent, patience).toMatchObject([{ lastAction: "cart" }]);
    } finally {
      await server.close();
      await shop.close();
    }
  });

  test("a browser whose clock is wrong reports by the server's", async () => {
    const realMs = await page.evaluate(() => Date.now());
    await page.clock.setSystemTime(realMs - 5 * 3_600_000);
    await openShop(page, front, { session: "late" });
    await page.evaluate(async () => {
      await window.mine.search({ query: "scarf" });
      window.mine.record({ action: "view", item: "p-1" });
    });
    await nothingPending(page);
    const [{ time }] = (await outcomesOf("late")) as [{ time: string }];
    expect(Math.abs(new Date(time).getTime() - realMs)).toBeLessThan(10 * 60_000);
  });

  test("an event that the server refuses is reported to the page, and does not stand in the way of others", async () => {
    await openShop(page, front, { session: "refused" });
    await page.evaluate(() => {
      window.mine.record({ action: "x".repeat(65), item: "p-1" });
      window.mine.record({ action: "view", item: "p-1" });
    });
    await nothingPending(page);
    expect(await page.evaluate(() => window.refused.map(({ code, at }) => [code, at]))).toEqual([
      ["EVENT_LIMIT", "/action"],
    ]);
    expect((await outcomesOf("refused")).map(({ action }) => action)).toEqual(["view"]);
  });
});
