/** examples/storefront: one page without a bundler, in front of the real service. */
import type { Request } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { listening, serve, start } from "../real/processes.ts";
import { hasNoBrowser, withoutBrowser } from "./chromium.ts";
import { address, flaws, get, itemsOf, looking, page, patience, post, unhurried } from "./looking.ts";

const example = new URL("../../examples/storefront/server.ts", import.meta.url).pathname;

describe.skipIf(hasNoBrowser)(`the storefront of examples/${withoutBrowser}`, () => {
  let engine: string;
  /** What the browser says of the page. */
  const errors: string[] = [];
  const open = looking({
    async serve(folder) {
      engine = await serve(folder, unhurried).listening;
      return listening(start([example], { env: { LIVESHELF_SERVER: engine, PORT: "0" } })).listening;
    },
    options: { viewport: { width: 1280, height: 720 } },
    isKept: true,
    watch: (page) => page.on("console", (message) => message.type() === "error" && errors.push(message.text())),
  });
  beforeAll(async () => {
    const items = Array.from({ length: 12 }, (_, i) => ({
      ...{ type: "item", item: `p-${i}` },
      fields: { title: `Wool scarf ${i}`, brand: ["Acme", "Lumen", "Fjord"][i % 3], price: 20 + i },
    }));
    await post(`${engine}/v1/events`, items);
    await open("");
  });

  const offset = async (): Promise<number> => (await get<{ readonly offset: number }>(`${engine}/readyz`)).offset;
  const shown = (): Promise<string[]> => itemsOf("#items li");

  test("shows what is popular to somebody who allowed nothing, and leaves no trace of them", async () => {
    const before = await offset();
    await page.goto(address);
    await expect.poll(() => shown(), patience).toHaveLength(12);
    await page.getByLabel("Search").fill("scarf 3");
    await expect.poll(() => page.locator("#title").textContent(), patience).toContain("found");
    await page.locator("#items li a").first().click();
    await expect.poll(() => page.locator("#others li").count(), patience).toBeGreaterThan(0);
    expect(await offset()).toBe(before);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });

  test("with consent, what is clicked is in the next list", async () => {
    // An answer waits a moment for what was done before it: here until that has arrived.
    await page.clock.install();
    await page.goto(address);
    await page.clock.pauseAt(Date.now() + 600_000);
    await page.getByLabel("Remember what I look at").check();
    await page.getByLabel("Search").fill("scarf");
    const isFinal = (one: Request): boolean => /search$/.test(one.url()) && one.postDataJSON().observe !== false;
    const answer = page.waitForResponse((response) => isFinal(response.request()));
    await page.keyboard.press("Enter");
    const found = (await (await answer).json()) as { readonly items: readonly { readonly item: string }[] };
    const before = found.items.map(({ item }) => item);
    await expect.poll(shown, patience).toEqual(before);
    expect(before).toHaveLength(12);
    const item = before[9]!;
    await page.locator(`#items li[data-item="${item}"] a`).click();
    await expect.poll(async () => (await shown()).indexOf(item), patience).toBeLessThan(9);
    await expect.poll(() => page.locator("#beside").isVisible(), patience).toBe(true);
    await page.clock.resume();
  });

  test("axe finds nothing serious, light or dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await flaws()).toEqual([]);
    }
  });

  test("nothing goes wrong on the page, and a browser may not change the catalogue", async () => {
    expect(errors).toEqual([]);
    const answer = await page.evaluate(async () => {
      const body = JSON.stringify([{ type: "item-removed", item: "p-1" }]);
      return (await fetch("/shelf/v1/events", { method: "POST", body })).status;
    });
    expect(answer).toBe(400);
  });
});
