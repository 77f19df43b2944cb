/** The search desk in a real browser, in front of the real service: a query followed, a group of features left out, synonyms published and undone. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { changes, readRules, writeRules } from "../../console/desk/rules.ts";
import type { QueriesReport, SynonymRules, SynonymsReport } from "../../src/core/search-desk.ts";
import { serve } from "../real/processes.ts";
import { hasNoBrowser, withoutBrowser } from "./chromium.ts";
import { flaws, get, itemsOf, looking, page, patience, post, unhurried } from "./looking.ts";

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
  const open = looking({
    serve: (folder) => serve(folder, unhurried).listening,
    options: { reducedMotion: "reduce" },
  });
  const published = async (): Promise<SynonymRules> => (await get<SynonymsReport>("v1/synonyms")).synonyms;
  const rows = (): Promise<string[]> => itemsOf(".desk-ranking tr[data-item]");

  beforeAll(async () => {
    const items = titles.map((title, i) => ({ type: "item", item: `p-${i}`, fields: { title, price: 100 + i } }));
    const outcomes = Array.from({ length: 6 }, () => ({ type: "outcome", action: "click", item: "p-1", user: "u-1" }));
    await post("v1/events", [...items, ...outcomes]);
    for (const user of ["u-1", "u-2", "u-3"]) await post("v1/search", { query: "blue settee", user });
    // The page asks for them once.
    const poor = async () => (await get<QueriesReport>("v1/queries?poor=1")).queries.map(({ query }) => query);
    await vi.waitFor(async () => expect(await poor()).toEqual(["blue settee"]), patience);
  });

  test("follows a query: how it is read, each item's account, and the order without the shopper", async () => {
    await open("#/desk?q=sofaa&user=u-1");
    await expect.poll(rows, patience).toEqual(["p-1", "p-0"]);
    expect(await page.locator(".desk-steps").textContent()).toMatch(/2 items match.*sofaa.*Did you mean sofa/);
    await page.getByRole("button", { name: /Velvet sofa/ }).click();
    await expect.poll(() => page.locator(".desk-account .reasons li").count(), patience).toBeGreaterThan(0);
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
    await expect.poll(() => page.getByText("Line 2 is no rule").count(), patience).toBe(1);
    await rules.fill("settee, sofa, couch");
    await page.getByLabel("With the draft").check();
    await expect.poll(async () => (await rows()).sort(), patience).toEqual(["p-0", "p-1", "p-2"]);
    expect(await published()).toEqual([]);
    await page.getByRole("button", { name: "Publish" }).click();
    await expect.poll(() => page.getByText("Published: the next").count(), patience).toBe(1);
    expect(await published()).toEqual([["settee", "sofa", "couch"]]);
    await expect.poll(async () => (await rows()).length, patience).toBe(3);
    await page.getByRole("button", { name: "Undo the last" }).click();
    await expect.poll(() => page.getByText("Undone: the set").count(), patience).toBe(1);
    expect(await published()).toEqual([]);
    await expect.poll(async () => (await rows()).length, patience).toBe(titles.length);
  });

  test("does not publish over what somebody else published meanwhile", async () => {
    await open("#/desk?q=sofa");
    await page.getByRole("textbox", { name: "Synonyms" }).fill("sofa, divan");
    await post("v1/events", { type: "synonyms", synonyms: [["table", "desk"]] });
    await page.getByRole("button", { name: "Publish" }).click();
    await expect.poll(() => page.getByText("Somebody published others").count(), patience).toBe(1);
    expect(await published()).toEqual([["table", "desk"]]);
  });

  for (const [width, theme] of [
    [1440, "dark"],
    [360, "light"],
  ] as const) {
    test(`axe finds nothing in the ${theme} theme, ${width} px wide, and nothing sticks out`, async () => {
      await open("#/desk?q=sofa&user=u-1&other=u-2", { viewport: { width, height: 900 }, colorScheme: theme });
      await expect.poll(rows, patience).toHaveLength(2);
      await expect.poll(() => page.locator(".there").count(), patience).toBe(2);
      await page.getByRole("textbox", { name: "Synonyms" }).waitFor();
      await page.getByRole("link", { name: "blue settee" }).waitFor();
      expect(await flaws()).toEqual([]);
    });
  }
});
