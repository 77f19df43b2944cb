/** The shop window asks of a shopper only what the server can know: nobody who is new costs a refused call. And the doctor's findings speak the reader's language. */
import type { FastifyInstance } from "fastify";
import { afterAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { httpServer } from "../../src/http/server.ts";
import { hasNoBrowser, withoutBrowser } from "./chromium.ts";
import { address, looking, page, patience } from "./looking.ts";

const items = Array.from({ length: 24 }, (_, i) => ({
  type: "item" as const,
  item: `p-${i}`,
  fields: { title: `Wool scarf ${i}`, brand: `Brand ${i % 2}`, category: ["Clothing", "Scarves"], price: 20 + i },
}));

describe.skipIf(hasNoBrowser)(`the console${withoutBrowser}`, () => {
  let engine: Engine;
  let app: FastifyInstance;
  const open = looking({
    async serve() {
      engine = await createEngine({ tickMs: 0 });
      await engine.record(items);
      app = await httpServer(engine);
      return app.listen({ port: 0, host: "127.0.0.1" });
    },
    options: { viewport: { width: 1360, height: 900 } },
    watch(page, faulty) {
      page.on("response", (response) => {
        if (response.status() >= 400) faulty(`${response.status()} ${response.url()}`);
      });
    },
  });
  afterAll(async () => {
    await app?.close();
    await engine?.close();
  });
  const panel = (): Promise<string | null> => page.locator(".shopper-panel").textContent();

  test("is new, acts, becomes another who is new and comes back after the shop forgot them, without a call that is refused", async () => {
    await open("");
    await expect.poll(panel, patience).toContain("nothing is known yet");
    await page.locator(".shop-main .card a").first().click();
    await expect.poll(panel, patience).toContain("Turned to lately");
    const who = await page.locator(".shopper-name").first().textContent();
    await page.keyboard.press("Escape");
    await page.locator(".shopper-button").click();
    await page.getByRole("button", { name: "A new shopper" }).click();
    await expect.poll(panel, patience).not.toContain(who);
    await expect.poll(panel, patience).toContain("nothing is known yet");
    const next = (await page.locator(".shopper-name").first().textContent())!;
    // What the page still asked for would be asked of one who is forgotten.
    await page.goto("about:blank");
    await engine.erase(next);
    await page.goto(address);
    expect(await page.locator(".shopper-name").first().textContent()).toBe(next);
    await page.locator(".shop-main .card a").first().waitFor();
    await expect.poll(panel, patience).toContain("nothing is known yet");
  });

  test("says in Chinese what the doctor finds, with counts, names and the example", async () => {
    await open("#/setup", { locale: "zh-CN" });
    const rows = Array.from({ length: 23 }, (_, i) => `a-${i},围巾${i},${i === 0 ? 0 : 20 + i},红`);
    const csv = ["sku,title,price,colour", ...rows, "a-23,,30,红"].join("\n");
    const file = { name: "items.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByRole("button", { name: "检查" }).click();
    const findings = page.locator(".findings li");
    await expect.poll(() => findings.count(), patience).toBeGreaterThan(2);
    const told = (await findings.allTextContents()).join("\n");
    expect(told).toContain("24 件商品中有 1 件（4.2%）没有标题。");
    expect(told).toContain("colour (24)");
    expect(told).toContain("第 2 行");
    expect(await page.locator('.findings [lang="en"]').count()).toBe(0);
  });
});
