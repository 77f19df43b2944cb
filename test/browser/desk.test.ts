/** The search desk in a real browser, in front of the real service: a query followed, a group of features left out, synonyms published and undone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { changes, readRules, writeRules } from "../../console/desk/rules.ts";
import type { SynonymsReport } from "../../src/core/search-desk.ts";
import { endAll, serve } from "../real/processes.ts";
import { hasNoBrowser, launchBrowser, withoutBrowser } from "./chromium.ts";

const patience = { timeout: 20_000 };
const titles = ["Leather sofa", "Velvet sofa", "Grey couch", "Oak table", "Pine table"];

test("rules go to lines and back, and what is no rule is named by its line", () => {
  const rules = [
    ["sofa", "couch"],
    { from: "tv", to: ["television", "tv set"] },
    ["1,5 l", "1.5 l"],
    ["alone"],
    { from: "a => b", to: ["c"] },
  ];
  expect(readRules(writeRules(rules))).toEqual({ rules, wrong: [] });
  expect(readRules("沙发， 长沙发\n\ntv =>\nalone\na => b => c\n[1,").wrong).toEqual([3, 4, 5, 6]);
  expect(changes([["a", "b"]], [["c", "d"]])).toEqual({ added: [["c", "d"]], removed: [["a", "b"]] });
});

describe.skipIf(hasNoBrowser)(`the search desk${withoutBrowser}`, () => {
  const data = mkdtempSync(join(tmpdir(), "liveshelf-desk-"));
  let browser: Browser;
  let address: string;
  let page: Page;
  const faults: string[] = [];

  const send = (path: string, body: unknown): Promise<Response> =>
    fetch(address + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const synonyms = async (): Promise<SynonymsReport> =>
    (await (await fetch(`${address}v1/synonyms`)).json()) as SynonymsReport;

  async function open(path: string, width = 1440, colorScheme: "light" | "dark" = "light"): Promise<void> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      locale: "en-GB",
      colorScheme,
      reducedMotion: "reduce",
    });
    page = await context.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(address + path);
  }
  const rows = (): Promise<string[]> =>
    page
      .locator(".desk-ranking tr[data-item]")
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.item!));

  beforeAll(async () => {
    address = `${await serve(data).listening}/`;
    const items = titles.map((title, i) => ({ type: "item", item: `p-${i}`, fields: { title, price: 100 + i } }));
    const outcomes = Array.from({ length: 6 }, () => ({ type: "outcome", action: "click", item: "p-1", user: "u-1" }));
    expect((await send("v1/events", [...items, ...outcomes])).status).toBe(200);
    for (const user of ["u-1", "u-2", "u-3"]) await send("v1/search", { query: "blue settee", user });
    browser = await launchBrowser();
  });

  afterEach(async () => {
    await page?.context().close();
    expect(faults).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await endAll();
    rmSync(data, { recursive: true, force: true });
  });

  test("follows a query: how it is read, each item's account, and the order without the shopper", async () => {
    await open("#/desk?q=sofaa&user=u-1");
    await expect.poll(rows, patience).toEqual(["p-1", "p-0"]);
    expect(await page.locator(".desk-steps").textContent()).toMatch(/2 items match.*sofaa.*Did you mean sofa/);
    await page.getByRole("button", { name: /Velvet sofa/ }).click();
    expect(await page.locator(".desk-account .reasons li").count()).toBeGreaterThan(0);
    await page.getByRole("checkbox", { name: "Shopper" }).uncheck();
    await expect.poll(() => page.getByText("without the parts struck out").count(), patience).toBe(1);
    await page.getByRole("checkbox", { name: "Text" }).uncheck();
    expect((await rows()).sort()).toEqual(["p-0", "p-1"]);
  });

  test("takes a query that was asked in vain, tries a synonym with it, publishes it and undoes it", async () => {
    await open("#/desk");
    await page.getByRole("link", { name: "blue settee" }).click();
    await expect.poll(() => page.locator(".desk-steps").textContent(), patience).toContain("What is popular");
    const rules = page.getByRole("textbox", { name: "Synonyms" });
    await rules.fill("settee, sofa, couch\nalone");
    expect(await page.getByText("Line 2 is no rule").count()).toBe(1);
    await rules.fill("settee, sofa, couch");
    await page.getByLabel("With the draft").check();
    await expect.poll(async () => (await rows()).sort(), patience).toEqual(["p-0", "p-1", "p-2"]);
    expect((await synonyms()).synonyms).toEqual([]);
    await page.getByRole("button", { name: "Publish" }).click();
    await expect.poll(() => page.getByText("Published: the next").count(), patience).toBe(1);
    expect((await synonyms()).synonyms).toEqual([["settee", "sofa", "couch"]]);
    await expect.poll(async () => (await rows()).length, patience).toBe(3);
    await page.getByRole("button", { name: "Undo the last" }).click();
    await expect.poll(() => page.getByText("Undone: the set").count(), patience).toBe(1);
    expect((await synonyms()).synonyms).toEqual([]);
    await expect.poll(async () => (await rows()).length, patience).toBe(titles.length);
  });

  test("does not publish over what somebody else published meanwhile", async () => {
    await open("#/desk?q=sofa");
    await page.getByRole("textbox", { name: "Synonyms" }).fill("sofa, divan");
    await send("v1/events", { type: "synonyms", synonyms: [["table", "desk"]] });
    await page.getByRole("button", { name: "Publish" }).click();
    await expect.poll(() => page.getByText("Somebody published others").count(), patience).toBe(1);
    expect((await synonyms()).synonyms).toEqual([["table", "desk"]]);
  });

  for (const [width, theme] of [
    [1440, "dark"],
    [360, "light"],
  ] as const) {
    test(`axe finds nothing in the ${theme} theme, ${width} px wide, and nothing sticks out`, async () => {
      await open("#/desk?q=sofa&user=u-1&other=u-2", width, theme);
      await expect.poll(rows, patience).toHaveLength(2);
      await expect.poll(() => page.locator(".there").count(), patience).toBe(2);
      await page.evaluate(axe.source);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      const { violations } = await page.evaluate(() => window.axe.run());
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" "))}`)).toEqual([]);
    });
  }
});
