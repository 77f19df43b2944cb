/** The console in a real browser, in front of the real service: by mouse, in both themes, wide and narrow; by keyboard: keyboard.test.ts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { endAll, listening, type Service, serve, start } from "../real/processes.ts";
import { hasNoBrowser, launchBrowser, withoutBrowser } from "./chromium.ts";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const patience = { timeout: 30_000 };
const brands = ["Acme", "Lumen", "Fjord"];

/** 24 scarves of three brands, eight each, and two mugs. */
const items = Array.from({ length: 26 }, (_, i) => ({
  type: "item",
  item: `p-${i}`,
  fields:
    i < 24
      ? {
          title: `Wool scarf ${i}`,
          brand: brands[i % 3],
          category: ["Clothing", "Scarves"],
          price: 20 + i,
          tags: [i % 2 ? "red" : "blue"],
        }
      : { title: `Stoneware mug ${i}`, brand: "Acme", category: ["Kitchen", "Mugs"], price: 9 },
}));

describe.skipIf(hasNoBrowser)(`the console${withoutBrowser}`, () => {
  const data = mkdtempSync(join(tmpdir(), "liveshelf-console-"));
  let browser: Browser;
  let service: Service;
  let address: string;
  let page: Page;
  let foreign: string[] = [];
  let faults: string[] = [];

  /** Where the page looks for it. */
  const serveOn = (port: string): Service => {
    const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
    return listening(start([main, "serve", "--data", data, "--port", port]));
  };

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", ...options });
    page = await context.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith("data:")) foreign.push(request.url());
    });
    await page.goto(address + path);
    return page;
  }
  const shown = (): Promise<string[]> =>
    page
      .locator(".shop-main .card")
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.item ?? "waiting"));
  /** Items from top to bottom, once there are so many. */
  const list = async (count: number): Promise<string[]> => {
    await expect.poll(async () => (await shown()).filter((item) => item !== "waiting").length, patience).toBe(count);
    return shown();
  };
  const search = async (query: string): Promise<void> => {
    await page.getByRole("combobox", { name: "Search the shop" }).fill(query);
    await page.keyboard.press("Enter");
  };

  beforeAll(async () => {
    service = serve(data);
    address = `${await service.listening}/`;
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${address}v1/events`, { method: "POST", headers, body: JSON.stringify(items) });
    expect(response.status).toBe(200);
    browser = await launchBrowser();
  });

  afterEach(async () => {
    await page?.context().close();
    expect(foreign, "requests to other origins").toEqual([]);
    expect(faults).toEqual([]);
    foreign = [];
    faults = [];
  });

  afterAll(async () => {
    await browser?.close();
    await endAll();
    rmSync(data, { recursive: true, force: true });
  });

  test("searches, narrows by a facet, and after a click the list is in another order, for reasons that it gives", async () => {
    await open("");
    await search("scarf");
    await list(24);
    await page.getByRole("checkbox", { name: /^Fjord/ }).check();
    const before = await list(8);
    const wanted = before.at(-1)!;
    await page.locator(`[data-item="${wanted}"] a`).click();
    await expect.poll(async () => (await shown()).indexOf(wanted), patience).toBeLessThan(7);
    await expect.poll(() => page.locator(`[data-item="${wanted}"] .moved`).textContent(), patience).toContain("rose");
    await expect.poll(() => page.locator(".item-title").textContent(), patience).toBe(`Wool scarf ${wanted.slice(2)}`);
    await page.locator(`[data-item="${wanted}"] .why`).click();
    const reasons = page.getByRole("dialog").locator(".reasons li");
    expect(await reasons.count()).toBeGreaterThan(2);
    expect((await page.getByRole("dialog").textContent())!).toContain("Chance of a click when shown");
  });

  test("shows two shoppers the same query side by side; what one opens moves their own list", async () => {
    await open("#/shop?q=scarf&beside=~");
    const column = (side: number): Promise<string[]> =>
      page
        .locator(".side")
        .nth(side)
        .locator(".row")
        .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.item!));
    await expect.poll(async () => [(await column(0)).length, (await column(1)).length], patience).toEqual([12, 12]);
    const wanted = (await column(0)).at(-1)!;
    const average = (await column(1)).indexOf(wanted);
    await page.locator(".side").first().locator(`[data-item="${wanted}"] .row-title button`).click();
    await expect.poll(async () => (await column(0)).indexOf(wanted), patience).toBeLessThan(11);
    expect((await column(0)).indexOf(wanted)).not.toBe(average);
    expect(await page.locator(".section-head p").textContent()).toMatch(/of 12 items stand on both sides/);
  });

  test("a shopper by id is somebody from then on, and the look-up tells what is held of them until they are erased", async () => {
    await open("");
    await list(10);
    await page.locator(".shopper-button").click();
    await page.getByLabel("A shopper by id").fill("u-77");
    await page.getByRole("button", { name: "Be", exact: true }).click();
    await search("mug");
    const [mug] = await list(2);
    await page.locator(`[data-item="${mug}"] a`).click();
    await expect.poll(() => page.locator(".just-now, .item-title").first().textContent(), patience).toContain("mug");
    await page.goto(`${address}#/lookup?user=u-77`);
    await expect.poll(() => page.locator(".touches li").count(), patience).toBe(1);
    expect(await page.locator(".affinities").textContent()).toContain("Kitchen");
    await page.getByRole("button", { name: "Erase …" }).click();
    await page.getByRole("button", { name: "Keep" }).click();
    expect(await page.locator(".touches li").count()).toBe(1);
    await page.getByRole("button", { name: "Erase …" }).click();
    await page.getByRole("button", { name: "Erase for good" }).click();
    await expect.poll(() => page.getByText("“u-77” is erased").count(), patience).toBe(1);
    expect((await fetch(`${address}v1/users/u-77`)).status).toBe(404);
  });

  test("speaks Chinese where the browser does, and remembers what was chosen", async () => {
    await open("", { locale: "zh-CN" });
    await expect.poll(() => page.locator("h1").textContent(), patience).toBe("为你推荐");
    await page.getByRole("button", { name: "English" }).click();
    await expect.poll(() => page.locator("h1").textContent(), patience).toBe("For you");
    await page.reload();
    await expect.poll(() => page.locator("h1").textContent(), patience).toBe("For you");
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
  });

  test("speaks English where the server lacks the other words, and says so where it has none at all", async () => {
    await open("", { locale: "zh-CN" });
    const lacking = (file: string) => page.route(`**/${file}`, (route) => route.fulfill({ status: 404 }));
    await lacking("zh-Hans.json");
    await page.reload();
    await expect.poll(() => page.locator("h1").textContent(), patience).toBe("For you");
    await lacking("en.json");
    await page.reload();
    await expect.poll(() => page.locator("#app").innerText(), patience).toMatch(/has no .*en\.json/);
  });

  test("reads what happens now: traffic, latency, the panel of learners", async () => {
    await open("#/now");
    await expect.poll(() => page.locator(".figures dd").first().textContent(), patience).not.toBe("–");
    expect(await page.locator(".chart canvas").count()).toBeGreaterThan(2);
    expect(await page.locator("tr.whole").count()).toBe(2);
  });

  const places = [
    "#/shop",
    "#/shop?q=scarf&item=p-1",
    "#/shop?q=scarf&beside=u-77",
    "#/shop?view=cart",
    "#/now",
    "#/quality",
    "#/lookup?item=p-1",
    "#/lookup",
    "#/setup",
    "#/keys",
  ];
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 360]) {
      test(`axe finds nothing in the ${colorScheme} theme, ${width} px wide, and nothing sticks out`, async () => {
        await open("", { colorScheme, reducedMotion: "reduce", viewport: { width, height: 800 } });
        await page.evaluate(axe.source);
        for (const place of places) {
          await page.goto(address + place);
          await page.waitForLoadState("networkidle");
          await page.locator("h1").first().waitFor({ state: "attached" });
          expect(
            await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
            place,
          ).toBeLessThanOrEqual(0);
          const { violations } = await page.evaluate(() => window.axe.run());
          const told = violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).slice(0, 3)}`,
          );
          expect(told, place).toEqual([]);
        }
      });
    }
  }

  test("asks for a key where the server has keys, and shows no page that the key does not open", async () => {
    const [small, whole] = ["a-key-for-queries-only", "a-key-for-everything-there-is"];
    const locked = serve(join(data, "locked"), {
      env: { LIVESHELF_KEYS: `${small}:query ${whole}` },
    });
    const unlocked = address;
    try {
      address = `${await locked.listening}/`;
      await open("");
      const unlock = async (given: string): Promise<void> => {
        await page.getByLabel("Key", { exact: true }).fill(given);
        await page.getByRole("button", { name: "Unlock" }).click();
      };
      await unlock("not-a-key-of-this-server");
      await expect.poll(() => page.getByText("does not know this key").count(), patience).toBe(1);
      await unlock(small);
      await expect.poll(() => page.getByText("The shelves are empty").count(), patience).toBe(1);
      expect(await page.getByRole("navigation").getByRole("link").allTextContents()).toEqual(["Shop", "Reference"]);
      // Who has the address of such a page all the same is told what is wanted, and shown nothing.
      for (const place of ["now", "quality", "desk", "lookup?user=u-77", "keys"]) {
        await page.goto(`${address}#/${place}`);
        await expect.poll(() => page.locator("main").textContent(), patience).toContain("Your key does not open this");
      }
      await page.goto(`${address}#/shop`);
      await page.getByRole("button", { name: "Forget the key" }).click();
      await page.reload();
      await unlock(whole);
      await expect
        .poll(() => page.getByRole("navigation").getByRole("link").allTextContents(), patience)
        .toEqual(["Shop", "Now", "Quality", "Search desk", "Look up", "Set up", "Keys", "Reference"]);
    } finally {
      await page.context().close();
      address = unlocked;
      await locked.kill("SIGTERM");
    }
  });

  test("a server that goes and comes back loses nothing that was done meanwhile", async () => {
    await open("#/shop?q=scarf");
    const [first] = await list(24);
    const { port } = new URL(address);
    await service.kill("SIGTERM");
    await page.locator(`[data-item="${first}"] a`).click();
    await expect.poll(() => page.getByText("what you do in the shop is kept").count(), patience).toBe(1);
    service = serveOn(port);
    await service.listening;
    const held = async (): Promise<string | undefined> => {
      const user = JSON.parse((await page.evaluate(() => sessionStorage.getItem("liveshelf.someone")))!) as string;
      const answer = await fetch(`${address}v1/users/${user}`);
      return answer.ok ? ((await answer.json()) as { recent: { item: string }[] }).recent[0]?.item : undefined;
    };
    await expect.poll(held, { timeout: 60_000 }).toBe(first);
    await page.reload();
    await list(24);
  });

  test("while the server is away the list stays as it is; once it is back the list is asked for again, with what was done", async () => {
    await open("#/shop?q=scarf");
    const before = await list(24);
    const wanted = before.at(-1)!;
    const { port } = new URL(address);
    await service.kill("SIGKILL");
    await page.locator(`[data-item="${wanted}"] a`).click();
    const said = (): Promise<string[]> => page.locator(".unreachable, .problem").allTextContents();
    await expect.poll(said, patience).toEqual([expect.stringMatching(/^The server does not answer/)]);
    // A list was asked for in vain.
    await page.waitForEvent("requestfailed", (request) => request.url().endsWith("/v1/search"));
    expect(await shown()).toEqual(before);
    service = serveOn(port);
    await service.listening;
    await expect.poll(said, patience).toEqual([]);
    await expect.poll(async () => (await shown()).indexOf(wanted), patience).toBeLessThan(23);
    await expect.poll(() => page.locator(".item-title").textContent(), patience).toBe(`Wool scarf ${wanted.slice(2)}`);
  });
});
