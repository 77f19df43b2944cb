/**
 * `node scripts/screenshots.ts [FOLDER] [PAGE…]`: the console's pages as pictures, each light and dark, wide and narrow, in English and Chinese:
 * `page[-dark][-narrow][-zh].webp`; default all of them, into `docs/images`. Needs Chromium (`CHROMIUM`, else /usr/bin/chromium) and a font that
 * has Chinese. Look at each of them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { completeConfig } from "../src/config.ts";
import { manualClock } from "../src/core/clock.ts";
import type { EventInput } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { startServer } from "../src/http/server.ts";
import { simulatedHistory } from "../src/simulator/history.ts";
import { simulatedShop } from "../src/simulator/shop.ts";

const [folder = new URL("../docs/images", import.meta.url).pathname, ...wanted] = process.argv.slice(2);
const batch = 500;
const visits = 4000;
const viewports = { wide: { width: 1360, height: 850 }, narrow: { width: 360, height: 760 } };
/** Percent, the first that makes it small enough; text stays sharp. */
const qualities = [50, 40, 30, 20];
const sizeMax = 60_000;
/** Lists asked for in a second while “Now” is looked at. */
const asksPerSecond = 12;

const languages = {
  en: { locale: "en-GB", setting: "english", query: "jacket", typo: "jackte", vain: "surfboard", face: "guest-mx4e" },
  zh: { locale: "zh-CN", setting: "mandarin", query: "外套", typo: "外套衫", vain: "冲浪板", face: "guest-mx4e" },
} as const;
type Language = keyof typeof languages;

const catalogue: Readonly<Record<Language, string>> = {
  en: "sku;name;brand;category;price;stock;colour\nL-1;Brass reading lamp;Fjord;Living > Lamps;89.00;4;brass\nL-2;Paper floor lamp;Fjord;Living > Lamps;59.00;0;white\nL-3;Oak stool;Acme;Living > Chairs;129.00;7;natural\n",
  zh: "编号;标题;品牌;分类;价格;库存;颜色\nL-1;黄铜阅读灯;南枝;家居 > 灯具;¥ 589.00;4;黄铜\nL-2;宣纸落地灯;南枝;家居 > 灯具;¥ 359.00;0;白色\nL-3;橡木圆凳;若谷;家居 > 椅凳;¥ 829.00;7;原木\n",
};

interface Shot {
  readonly name: string;
  path(language: Language): string;
  /** Who one is; else somebody new. */
  readonly user?: string;
  before?(page: Page, language: Language): Promise<void>;
}

/** An item of the list is opened, and the list has come to rest in its new order. */
const opened = async (page: Page): Promise<void> => {
  await page.locator(".shop-main .card-title a").nth(5).click();
  await page.locator(".item-title").waitFor();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(800);
};
const search = (language: Language, more = ""): string =>
  `#/shop?q=${encodeURIComponent(languages[language].query)}${more}`;

const shots: readonly Shot[] = [
  { name: "shop", path: () => "#/shop", user: "u-3" },
  {
    name: "search",
    path: (language) => search(language),
    user: "u-8",
    async before(page) {
      await opened(page);
      await page.keyboard.press("Escape");
      await page.locator(".shop-main .why").nth(1).click();
    },
  },
  { name: "item", path: (language) => search(language), user: "u-12", before: opened },
  { name: "beside", path: (language) => search(language, "&beside=u-9"), user: "u-1" },
  { name: "now", path: () => "#/now", before: (page) => page.waitForTimeout(12_000) },
  { name: "quality", path: () => "#/quality" },
  { name: "desk", path: (language) => `#/desk?q=${encodeURIComponent(languages[language].query)}&user=u-1` },
  { name: "lookup", path: () => "#/lookup?user=u-1" },
  { name: "lookup-item", path: () => "#/lookup?item=p-1" },
  {
    name: "setup",
    path: () => "#/setup",
    async before(page, language) {
      const buffer = Buffer.from(catalogue[language]);
      await page.locator("input[type=file]").setInputFiles({ name: "items.csv", mimeType: "text/csv", buffer });
      await page.locator(".columns").waitFor();
    },
  },
  { name: "keys", path: () => "#/keys" },
];

/** A department store with some weeks behind it, and some who ask all the while. */
async function served(language: Language) {
  const config = completeConfig({ port: 0, shedAfterMs: 0, language: languages[language].setting });
  const clock = manualClock(Number.MAX_SAFE_INTEGER);
  const engine = await createEngine({ ...config, clock });
  const shop = simulatedShop({ seed: 7, items: 3000, language, assortment: "wide" });
  const all = [...simulatedHistory(shop, { visits })];
  // What comes of lists days later is still to come.
  const nowMs = all.findLast(({ type }) => type === "slate")!.time;
  const past = all.filter(({ time }) => time <= nowMs);
  for (let i = 0; i < past.length; i += batch)
    await engine.record(past.slice(i, i + batch) as unknown[] as EventInput[]);
  clock.set(nowMs);
  const server = await startServer(engine, config);
  const { query, typo, vain } = languages[language];
  let asked = 0;
  const asking = setInterval(() => {
    const user = `u-${(asked++ % 300) + 20}`;
    const body = JSON.stringify({ user, query: asked % 9 === 0 ? vain : asked % 5 === 0 ? typo : query, size: 12 });
    const headers = { "content-type": "application/json" };
    fetch(`${server.address}/v1/search`, { method: "POST", headers, body })
      .then(async (response) => {
        const { slate, items } = (await response.json()) as { slate: string; items: { item: string }[] };
        const item = items[asked % 4]?.item;
        if (item) await engine.record({ type: "outcome", action: asked % 7 ? "click" : "cart", item, slate, user });
      })
      .catch(() => {});
  }, 1000 / asksPerSecond);
  return {
    address: server.address,
    async close() {
      clearInterval(asking);
      await server.close();
      await engine.close();
    },
  };
}

async function take(context: BrowserContext, address: string, shot: Shot, language: Language, name: string) {
  const page = await context.newPage();
  await page.addInitScript((user) => {
    // The same face in each run.
    sessionStorage.setItem("liveshelf.someone", JSON.stringify(user));
    localStorage.setItem("liveshelf.met", JSON.stringify([user, "guest-7kq2"]));
  }, shot.user ?? languages[language].face);
  await page.goto(`${address}/${shot.path(language)}`);
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.waitForTimeout(1000);
  await shot.before?.(page, language);
  await page.waitForTimeout(600);
  const session = await context.newCDPSession(page);
  let picture = Buffer.alloc(0);
  for (const quality of qualities) {
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality });
    picture = Buffer.from(data, "base64");
    if (picture.length <= sizeMax) break;
  }
  writeFileSync(join(folder, name), picture);
  await page.close();
  console.log(`${name} ${(picture.length / 1000).toFixed(0)} kB`);
}

async function takeAll(browser: Browser, language: Language): Promise<void> {
  const shop = await served(language);
  for (const theme of ["light", "dark"] as const) {
    for (const width of ["wide", "narrow"] as const) {
      const context = await browser.newContext({
        viewport: viewports[width],
        colorScheme: theme,
        locale: languages[language].locale,
        reducedMotion: "reduce",
      });
      const ending = [theme === "dark" && "-dark", width === "narrow" && "-narrow", language === "zh" && "-zh"];
      for (const shot of shots) {
        if (wanted.length > 0 && !wanted.includes(shot.name)) continue;
        const name = [shot.name, ...ending, ".webp"].filter(Boolean).join("");
        await take(context, shop.address, shot, language, name).catch((error: Error) => {
          console.error(`${name}: ${error.message}`);
          process.exitCode = 1;
        });
      }
      await context.close();
    }
  }
  await shop.close();
}

mkdirSync(folder, { recursive: true });
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const language of Object.keys(languages) as Language[]) await takeAll(browser, language);
await browser.close();
