/** The live page and the demo's tour in a real browser, in front of the real service. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { httpServer } from "../../src/http/server.ts";
import { hasNoBrowser, launchBrowser, withoutBrowser } from "./chromium.ts";

const patience = { timeout: 30_000 };
const items = Array.from({ length: 12 }, (_, i) => ({
  type: "item" as const,
  item: `p-${i}`,
  fields: { title: `Wool scarf ${i}`, category: ["Clothing", "Scarves"], price: 20 + i },
}));

describe.skipIf(hasNoBrowser)(`live${withoutBrowser}`, () => {
  const data = mkdtempSync(join(tmpdir(), "liveshelf-live-"));
  let browser: Browser;
  let engine: Engine;
  let app: FastifyInstance;
  let address: string;
  let page: Page;
  const faults: string[] = [];

  async function open(path: string, locale = "en-GB"): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale });
    page = await context.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(address + path);
  }

  beforeAll(async () => {
    engine = await createEngine({ data });
    await engine.record(items);
    app = await httpServer(engine, undefined, { demo: { language: "zh-Hans" } });
    address = `${await app.listen({ port: 0, host: "127.0.0.1" })}/`;
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await page?.context().close();
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await engine?.close();
    rmSync(data, { recursive: true, force: true });
  });

  test("tells what a shopper does as it happens, with the place in the list, and holds still while it is paused", async () => {
    await open("#/now");
    await page.getByRole("button", { name: "暂停" }).waitFor();
    const { slate } = engine.rank({ items: ["p-1", "p-2"], query: "scarf", user: "u-1" });
    await engine.record({ type: "outcome", action: "purchase", item: "p-2", slate: slate!, user: "u-1", value: 22 });
    const line = page.locator(".live-list li").filter({ hasText: "购买" });
    await expect.poll(() => line.first().textContent(), patience).toMatch(/Wool scarf 2.*scarf.*第 2 位/);
    await page.getByRole("button", { name: "暂停" }).click();
    const before = await page.locator(".live-list li").count();
    const readings = () => page.locator(".figures dd").last().textContent();
    await engine.record({ type: "outcome", action: "cart", item: "p-3", user: "u-1" });
    // The figures go on: by then the list would have had it.
    const offset = new Intl.NumberFormat("zh").format(engine.status().offset);
    await expect.poll(readings, patience).toBe(offset);
    expect(await page.locator(".live-list li").count()).toBe(before);
  });

  test("a demo shows around once, by keyboard, in its own language", async () => {
    await open("");
    const card = page.locator(".tour");
    await expect.poll(() => card.locator("h2").textContent(), patience).toBe("搜一搜");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("下一步");
    await page.keyboard.press("ArrowRight");
    expect(await card.locator("h2").textContent()).toBe("打开一件喜欢的商品");
    await page.keyboard.press("ArrowLeft");
    for (let step = 0; step < 5; step++) await page.keyboard.press("Enter");
    await expect.poll(() => card.count(), patience).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await page.reload();
    await page.locator(".card").first().waitFor();
    expect(await card.count()).toBe(0);
  });
});
