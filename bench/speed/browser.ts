/**
 * The console in a real browser before the real process, while 10,000 events a minute come in: when a page is first seen, how soon what one
 * does is seen, and whether anything blocks the page meanwhile. All figures are the browser's own performance entries.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, chromium, type Page } from "playwright-core";
import type { EventInput } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { simulatedShop } from "../../src/simulator/shop.ts";
import { simulatedShoppers } from "../../src/simulator/shoppers.ts";
import { behaviour, take } from "./behaviour.ts";
import { type Benchmark, type Measure, percentile, type Setting, scaled } from "./benchmark.ts";
import type { Load } from "./load.ts";
import { inChild } from "./processes.ts";
import { recordAll } from "./warm-shop.ts";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const pages = ["shop", "shop?q=jacket", "now", "quality", "desk?q=jacket", "lookup", "setup", "keys"];
/** Those that go on by themselves. */
const livePages = ["now", "quality", "shop?q=jacket"];
const eventsPerMinute = 10_000;
/** A batch of a browser, and the share of all events that are lists, logged as they are answered. */
const batch = 5;
const listShare = 0.1;
const words = ["jacket", "backpack", "lamp", "scarf"];

/** Run in the page before anything of its own. */
const watching = `
  window.watched = { tasks: [], events: [] };
  const watch = (type, keep, more) => new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ type, buffered: true, ...more });
  watch("longtask", ({ duration }) => watched.tasks.push(duration));
  watch("event", ({ interactionId, duration }) => { if (interactionId) watched.events.push(duration); }, { durationThreshold: 16 });
  // From a deed until the first frame in which "what" reads otherwise; null if that does not come.
  window.untilChanged = (deed, what) => new Promise((resolve) => {
    const read = () => [...document.querySelectorAll(what)].map((one) => one.dataset.item ?? one.textContent).join();
    const before = read();
    let beganMs;
    addEventListener(deed, ({ timeStamp }) => { beganMs ??= timeStamp; }, { capture: true, once: true });
    const end = (ms) => { observer.disconnect(); clearTimeout(limit); resolve(ms); };
    const observer = new MutationObserver(() => {
      if (beganMs === undefined || read() === before) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => end(performance.now() - beganMs)));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    const limit = setTimeout(() => end(null), 3000);
  });`;

/** Ended with the bench. */
async function serve(data: string): Promise<{ server: ChildProcess; address: string }> {
  const main = join(import.meta.dirname, "../../src/cli/main.ts");
  const command = [main, "serve", "--data", data, "--port", "0"];
  const server = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => server.kill("SIGKILL"));
  for await (const line of createInterface(server.stdout)) {
    const address = /^listening on (\S+)$/.exec(line)?.[1];
    if (address !== undefined) return { server, address };
  }
  throw new Error("the server ended before it listened");
}

/** A shop of 3,000 items with some days behind it, which end now; and what its shoppers go on to do, for so many seconds. */
async function shopWithPast(setting: Setting, seconds: number) {
  const shop = simulatedShop({ seed: 1, items: 3000, shoppers: 1000 });
  const stream = behaviour(shop, { views: 6 });
  const past = take(stream, scaled(40_000, setting));
  const shiftMs = Date.now() - Math.max(...past.map(({ time }) => time as number));
  const engine = await createEngine({ data: setting.folder });
  await recordAll(
    engine,
    Array.from(shop.items, (item): EventInput => ({ ...item })),
  );
  await recordAll(
    engine,
    past.map((event) => ({ ...event, time: (event.time as number) + shiftMs })),
  );
  await engine.close();
  const rate = eventsPerMinute / 60;
  const batches = Math.ceil(((1 - listShare) * rate * seconds) / batch);
  const events = Array.from({ length: batches }, () =>
    JSON.stringify(take(stream, batch).map(({ time: _time, ...event }) => event)),
  );
  const shoppers = simulatedShoppers(shop, { candidates: 200, seed: "asked" });
  const lists = Array.from({ length: 500 }, () => shoppers.next())
    .filter(({ query }) => query !== undefined)
    .map(({ user, session, query }) => JSON.stringify({ user, session, query, surface: "search", size: 24 }));
  const load = (path: string, bodies: readonly string[], perSecond: number) => (address: string) =>
    ({ address, path, bodies, connections: 8, seconds, rate: perSecond }) satisfies Load;
  return [
    load("/v1/events", events, ((1 - listShare) * rate) / batch),
    load("/v1/search", lists, listShare * rate),
  ] as const;
}

async function open(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 850 }, locale: "en-GB" });
  const page = await context.newPage();
  await page.addInitScript(watching);
  await page.goto(address);
  return page;
}

const longTasks = (page: Page): Promise<number[]> => page.evaluate("watched.tasks");
const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
const median = (values: readonly number[]): number => percentile(sorted(values), 0.5);
const longest = (values: readonly number[]): number => Math.max(0, ...values);

/** By page, of browsers that have nothing of it yet. */
async function loaded(browser: Browser, address: string, times: number): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const path of pages) {
    const [paints, tasks]: [number[], number[]] = [[], []];
    for (let i = 0; i < times; i++) {
      const page = await open(browser, `${address}/#/${path}`);
      await page.locator("h1").first().waitFor({ state: "attached" });
      await page.waitForTimeout(1500);
      paints.push(await page.evaluate<number>('performance.getEntriesByName("first-contentful-paint")[0].startTime'));
      tasks.push(longest(await longTasks(page)));
      await page.context().close();
    }
    measures.push({ what: `console, ${path}: first contentful paint, median`, value: median(paints), unit: "ms" });
    measures.push({
      what: `console, ${path}: longest task as it loads, median`,
      value: median(tasks),
      unit: "ms",
      hold: 100,
    });
  }
  return measures;
}

async function done(browser: Browser, address: string, rounds: number): Promise<Measure[]> {
  const page = await open(browser, address);
  const [letters, lists]: [number[], number[]] = [[], []];
  const timed = async (deed: string, what: string, act: () => Promise<void>, kept: number[]): Promise<void> => {
    const seen = page.evaluate<number | null>(`untilChanged("${deed}", "${what}")`);
    await act();
    const ms = await seen;
    if (ms !== null) kept.push(ms);
  };
  const box = page.locator(".search input");
  await box.waitFor();
  for (let round = 0; round < rounds; round++) {
    const word = words[round % words.length]!;
    await box.fill("");
    for (const letter of word) await timed("input", "[role=option]", () => page.keyboard.type(letter), letters);
    await page.keyboard.press("Enter");
    await page.locator(".shop-main .card-title a").nth(10).waitFor();
    await page.waitForTimeout(500);
    await timed("click", ".shop-main .card", () => page.locator(".shop-main .card-title a").nth(10).click(), lists);
    await page.waitForTimeout(800);
  }
  const interactions = sorted(await page.evaluate<number[]>("watched.events"));
  const tasks = longest(await longTasks(page));
  await page.context().close();
  return [
    { what: "console, letter typed → completions seen, median", value: median(letters), unit: "ms" },
    { what: "console, letter typed → completions seen, p95", value: percentile(sorted(letters), 0.95), unit: "ms" },
    { what: "console, click → list in its new order, median", value: median(lists), unit: "ms" },
    { what: "console, click → list in its new order, p95", value: percentile(sorted(lists), 0.95), unit: "ms" },
    {
      what: "console, interaction to next paint (p98 of keys and clicks)",
      ...{ value: percentile(interactions, 0.98), unit: "ms", hold: 200 },
    },
    { what: "console, shop in use: longest task", value: tasks, unit: "ms", hold: 100 },
  ];
}

async function watched(browser: Browser, address: string, seconds: number): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const path of livePages) {
    const page = await open(browser, `${address}/#/${path}`);
    await page.waitForTimeout(3000);
    await page.evaluate("watched.tasks.length = 0");
    await page.waitForTimeout(seconds * 1000);
    const tasks = await longTasks(page);
    await page.context().close();
    measures.push(
      { what: `console, ${path} at 10,000 events/min: longest task`, value: longest(tasks), unit: "ms", hold: 100 },
      {
        what: `console, ${path} at 10,000 events/min: tasks over 50 ms a minute`,
        value: (60 * tasks.length) / seconds,
        unit: "",
      },
    );
  }
  return measures;
}

export const browser: Benchmark = {
  name: "browser",
  limitMs: 1_200_000,
  async run(setting) {
    if (!existsSync(executablePath)) throw new Error(`there is no ${executablePath}; CHROMIUM may name another`);
    const [times, rounds, seconds] = setting.isQuick ? [1, 2, 3] : [5, 20, 30];
    // Longer than all that is measured meanwhile; ended when that is.
    const loads = await shopWithPast(setting, setting.isQuick ? 60 : 300);
    const { server, address } = await serve(setting.folder);
    const limitMs = 400_000;
    const loading = inChild({ file: "load.ts", message: loads.map((load) => load(address)), execArgv: [], limitMs });
    loading.catch(() => {});
    const chromiumBrowser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
    try {
      return [
        ...(await loaded(chromiumBrowser, address, times)),
        ...(await done(chromiumBrowser, address, rounds)),
        ...(await watched(chromiumBrowser, address, seconds)),
      ];
    } finally {
      await chromiumBrowser.close();
      server.kill("SIGTERM");
      await once(server, "exit");
    }
  },
};
