/** The live page and the demo's tour in a real browser, in front of the real service. */
import type { FastifyInstance } from "fastify";
import { afterAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { httpServer } from "../../src/http/server.ts";
import { hasNoBrowser, withoutBrowser } from "./chromium.ts";
import { calm, looking, page, patience } from "./looking.ts";

const items = Array.from({ length: 12 }, (_, i) => ({
  type: "item" as const,
  item: `p-${i}`,
  fields: { title: `Wool scarf ${i}`, category: ["Clothing", "Scarves"], price: 20 + i },
}));

describe.skipIf(hasNoBrowser)(`live${withoutBrowser}`, () => {
  let engine: Engine;
  let app: FastifyInstance;
  const open = looking({
    async serve(data) {
      engine = await createEngine({ data });
      await engine.record(items);
      app = await httpServer(engine, undefined, { demo: { language: "zh-Hans" } });
      return app.listen({ port: 0, host: "127.0.0.1" });
    },
  });
  afterAll(async () => {
    await app?.close();
    await engine?.close();
  });

  test("tells what a shopper does as it happens, with the place in the list, and holds still while it is paused", async () => {
    await open("#/now");
    await page.getByRole("button", { name: "暂停" }).waitFor();
    const { slate } = engine.rank({ items: ["p-1", "p-2"], query: "scarf", user: "u-1" });
    await engine.record({ type: "outcome", action: "purchase", item: "p-2", slate: slate!, user: "u-1", value: 22 });
    const line = page.locator(".live-list li").filter({ hasText: "购买" });
    await expect.poll(() => line.first().textContent(), patience).toMatch(/Wool scarf 2.*scarf.*第 2 位/);
    await page.getByRole("button", { name: "暂停" }).click();
    await page.getByRole("button", { name: "继续" }).waitFor();
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
    const title = () => card.locator("h2").textContent();
    /** With the step, once it listens to the next key. */
    const press = async (key: string, step: number): Promise<void> => {
      await page.keyboard.press(key);
      await expect.poll(() => card.locator(".tour-count").textContent(), patience).toContain(`第 ${step} 步`);
      await calm();
    };
    await expect.poll(title, patience).toBe("搜一搜");
    await calm();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("下一步");
    await press("ArrowRight", 2);
    expect(await title()).toBe("打开一件喜欢的商品");
    await press("ArrowLeft", 1);
    for (const step of [2, 3, 4, 5]) await press("Enter", step);
    await page.keyboard.press("Enter");
    await expect.poll(() => card.count(), patience).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await page.reload();
    await page.locator(".card").first().waitFor();
    expect(await card.count()).toBe(0);
  });
});
