/**
 * `node scripts/screenshots.ts [FOLDER]`: the console's pages as pictures, both themes, wide and narrow, both languages; default `docs/images`.
 * Needs Chromium (`CHROMIUM`, else /usr/bin/chromium) and, for Chinese, a font that has it. Look at each of them.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { completeConfig } from "../src/config.ts";
import { manualClock } from "../src/core/clock.ts";
import type { EventInput } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { type Server, startServer } from "../src/http/server.ts";
import { simulatedHistory } from "../src/simulator/history.ts";
import { simulatedShop } from "../src/simulator/shop.ts";
import { chineseCatalogue } from "../test/search/chinese-catalogue.ts";

const folder = process.argv[2] ?? new URL("../docs/images", import.meta.url).pathname;
const batch = 500;
const visits = 3000;
const wide = { width: 1360, height: 850 };
const narrow = { width: 360, height: 760 };

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly shop: "simulated" | "chinese";
  readonly user?: string;
  readonly dark?: boolean;
  readonly narrow?: boolean;
  before?(page: Page): Promise<void>;
}

/** Something is opened, and the list has come to rest in its new order. */
const opened =
  (place: number) =>
  async (page: Page): Promise<void> => {
    await page.locator(".shop-main .card-title a").nth(place).click();
    await page.locator(".moved").first().waitFor();
    await page.mouse.move(0, 0);
  };
const whyOf =
  (place: number) =>
  async (page: Page): Promise<void> => {
    await opened(5)(page);
    await page.locator(".shop-main .why").nth(place).click();
  };
/** Some traffic, so that charts have something to say. */
const asked = async (page: Page): Promise<void> => {
  for (let round = 0; round < 14; round++) {
    await page.evaluate(async (n) => {
      const headers = { "content-type": "application/json" };
      for (let i = 0; i < 10 + 8 * (n % 4); i++) {
        const body = JSON.stringify({ query: ["scarf", "lamp", "tent"][i % 3], user: `u-${i}` });
        await fetch("v1/search", { method: "POST", headers, body });
      }
    }, round);
    await page.waitForTimeout(1500);
  }
};

const pictures: readonly Picture[] = [
  { name: "shop", path: "", shop: "simulated", user: "u-3" },
  { name: "search", path: "#/shop?q=backpack", shop: "simulated", user: "u-8", before: whyOf(0) },
  { name: "beside", path: "#/shop?q=jacket&beside=u-9", shop: "simulated", user: "u-1" },
  { name: "now", path: "#/now", shop: "simulated", dark: true, before: asked },
  { name: "desk", path: "#/desk?q=backpack", shop: "simulated" },
  { name: "setup", path: "#/setup", shop: "chinese" },
  { name: "lookup", path: "#/lookup?user=u-1", shop: "simulated" },
  { name: "shop-zh", path: "#/shop?q=%E8%80%B3%E6%9C%BA", shop: "chinese", dark: true, before: opened(4) },
  { name: "shop-narrow", path: "", shop: "simulated", user: "u-9", narrow: true },
  { name: "shop-zh-narrow", path: "#/shop?q=%E9%94%85", shop: "chinese", narrow: true },
];

async function served(events: Iterable<unknown>): Promise<Server & { closeAll(): Promise<void> }> {
  const config = completeConfig({ port: 0, shedAfterMs: 0 });
  const clock = manualClock(Number.MAX_SAFE_INTEGER);
  const engine = await createEngine({ ...config, clock });
  let some: unknown[] = [];
  let lastMs = 0;
  for (const event of events) {
    some.push(event);
    lastMs = (event as { time?: number }).time ?? lastMs;
    if (some.length < batch) continue;
    await engine.record(some as EventInput[]);
    some = [];
  }
  await engine.record(some as EventInput[]);
  clock.set(lastMs);
  const server = await startServer(engine, config);
  return {
    ...server,
    async closeAll() {
      await server.close();
      await engine.close();
    },
  };
}

async function take(browser: Browser, address: string, picture: Picture): Promise<void> {
  const context = await browser.newContext({
    viewport: picture.narrow ? narrow : wide,
    colorScheme: picture.dark ? "dark" : "light",
    locale: picture.shop === "chinese" ? "zh-CN" : "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.addInitScript((user) => {
    // The same face in each run.
    sessionStorage.setItem("liveshelf.someone", JSON.stringify(user));
    localStorage.setItem("liveshelf.met", JSON.stringify([user, "guest-7kq2"]));
  }, picture.user ?? "guest-mx4e");
  await page.goto(`${address}/${picture.path}`);
  // The page of what happens now is never done loading.
  if (picture.name !== "now") await page.waitForLoadState("networkidle");
  await picture.before?.(page);
  await page.waitForTimeout(1000);
  await page.screenshot({ path: join(folder, `${picture.name}.png`) });
  await context.close();
  console.log(`${picture.name}.png`);
}

mkdirSync(folder, { recursive: true });
const shops = {
  simulated: await served(simulatedHistory(simulatedShop({ seed: 7, items: 1500 }), { visits })),
  chinese: await served(chineseCatalogue),
};
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const picture of pictures) await take(browser, shops[picture.shop].address, picture);
await browser.close();
for (const shop of Object.values(shops)) await shop.closeAll();
