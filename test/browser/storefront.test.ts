/** examples/storefront: one page without a bundler, in front of the real service. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endAll, listening, serve, start } from "../real/processes.ts";
import { hasNoBrowser, launchBrowser, withoutBrowser } from "./chromium.ts";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const example = new URL("../../examples/storefront/server.ts", import.meta.url).pathname;
const patience = { timeout: 30_000 };

describe.skipIf(hasNoBrowser)(`the storefront of examples/${withoutBrowser}`, () => {
  const data = mkdtempSync(join(tmpdir(), "liveshelf-storefront-"));
  let browser: Browser;
  let page: Page;
  let engine: string;
  let shop: string;
  const faults: string[] = [];

  const status = async (): Promise<{ offset: number }> => (await fetch(`${engine}/readyz`)).json();
  const shown = (): Promise<string[]> =>
    page.locator("#items li").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.item!));

  beforeAll(async () => {
    engine = await serve(data).listening;
    const items = Array.from({ length: 12 }, (_, i) => ({
      ...{ type: "item", item: `p-${i}` },
      fields: { title: `Wool scarf ${i}`, brand: ["Acme", "Lumen", "Fjord"][i % 3], price: 20 + i },
    }));
    const headers = { "content-type": "application/json" };
    await fetch(`${engine}/v1/events`, { method: "POST", headers, body: JSON.stringify(items) });
    shop = await listening(start([example], { env: { LIVESHELF_SERVER: engine, PORT: "0" } })).listening;
    browser = await launchBrowser();
    page = await browser.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  });

  afterAll(async () => {
    await browser?.close();
    await endAll();
    rmSync(data, { recursive: true });
  });

  test("shows what is popular to somebody who allowed nothing, and leaves no trace of them", async () => {
    const { offset } = await status();
    await page.goto(shop);
    await expect.poll(() => shown(), patience).toHaveLength(12);
    await page.getByLabel("Search").fill("scarf 3");
    await expect.poll(() => page.locator("#title").textContent(), patience).toContain("found");
    await page.locator("#items li a").first().click();
    await expect.poll(() => page.locator("#others li").count(), patience).toBeGreaterThan(0);
    expect((await status()).offset).toBe(offset);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });

  test("with consent, what is clicked is in the next list", async () => {
    await page.goto(shop);
    await page.getByLabel("Remember what I look at").check();
    await page.getByLabel("Search").fill("scarf");
    await page.keyboard.press("Enter");
    await expect.poll(() => shown(), patience).toHaveLength(12);
    const before = await shown();
    const item = before[9]!;
    await page.locator(`#items li[data-item="${item}"] a`).click();
    await expect.poll(async () => (await shown()).indexOf(item), patience).toBeLessThan(9);
    await expect.poll(() => page.locator("#beside").isVisible(), patience).toBe(true);
  });

  test("axe finds nothing serious, light or dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.addScriptTag({ content: axe.source });
      const { violations } = await page.evaluate(() => window.axe.run());
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    }
  });

  test("nothing goes wrong on the page, and a browser may not change the catalogue", async () => {
    expect(faults).toEqual([]);
    const answer = await page.evaluate(async () => {
      const body = JSON.stringify([{ type: "item-removed", item: "p-1" }]);
      return (await fetch("/shelf/v1/events", { method: "POST", body })).status;
    });
    expect(answer).toBe(400);
  });
});
