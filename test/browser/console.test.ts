/** The console in a real browser, in front of the real service: by mouse, in both themes, wide and narrow; by keyboard: keyboard.test.ts. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { listening, main, type Service, serve, start } from "../real/processes.ts";
import { hasNoBrowser, withoutBrowser } from "./chromium.ts";
import { address, calm, flaws, itemsOf, looking, page, patience, post, statusOf, unhurried } from "./looking.ts";

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
  let data: string;
  let service: Service;

  /** Where the page looks for it. */
  const serveOn = (port: string): Service =>
    listening(start([main, "serve", "--data", data, "--port", port], unhurried));
  const open = looking({
    serve(folder) {
      data = folder;
      service = serve(data, unhurried);
      return service.listening;
    },
  });
  beforeAll(() => post("v1/events", items));

  const shown = (): Promise<string[]> => itemsOf(".shop-main .card");
  /** Items from top to bottom, once there are so many, and none still to come. */
  const list = async (count: number): Promise<string[]> => {
    let found: string[] = [];
    const length = async (): Promise<number> => {
      found = await shown();
      return found.includes("waiting") ? 0 : found.length;
    };
    await expect.poll(length, patience).toBe(count);
    return found;
  };
  const search = async (query: string): Promise<void> => {
    await page.getByRole("combobox", { name: "Search the shop" }).fill(query);
    await page.keyboard.press("Enter");
  };

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
    // What is still to come beside the list would move the page, and that closes the account.
    await calm();
    await page.locator(`[data-item="${wanted}"] .why`).click();
    const account = page.getByRole("dialog");
    await expect.poll(() => account.locator(".reasons li").count(), patience).toBeGreaterThan(2);
    await expect.poll(() => account.textContent(), patience).toContain("Chance of a click when shown");
  });

  test("shows two shoppers the same query side by side; what one opens moves their own list", async () => {
    await open("#/shop?q=scarf&beside=~");
    const column = (side: number): Promise<string[]> => itemsOf(`.side >> nth=${side} >> .row`);
    await expect.poll(async () => [(await column(0)).length, (await column(1)).length], patience).toEqual([12, 12]);
    const wanted = (await column(0)).at(-1)!;
    const average = (await column(1)).indexOf(wanted);
    await page.locator(".side").first().locator(`[data-item="${wanted}"] .row-title button`).click();
    await expect.poll(async () => (await column(0)).indexOf(wanted), patience).toBeLessThan(11);
    expect((await column(0)).indexOf(wanted)).not.toBe(average);
    await expect
      .poll(() => page.locator(".section-head p").textContent(), patience)
      .toMatch(/of 12 items stand on both sides/);
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
    // It is told once the server has it; the item's page is there before.
    await expect.poll(() => page.locator(".just-now").textContent(), patience).toContain("mug");
    await page.goto(`${address}#/lookup?user=u-77`);
    await expect.poll(() => page.locator(".touches li").count(), patience).toBe(1);
    expect(await page.locator(".affinities").textContent()).toContain("Kitchen");
    await page.getByRole("button", { name: "Erase …" }).click();
    await page.getByRole("button", { name: "Keep" }).click();
    expect(await page.locator(".touches li").count()).toBe(1);
    // What they were seen to look at must not come after their erasure.
    const unsent = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(".event.")));
    await expect.poll(unsent, patience).toEqual([]);
    await page.getByRole("button", { name: "Erase …" }).click();
    await page.getByRole("button", { name: "Erase for good" }).click();
    await expect.poll(() => page.getByText("“u-77” is erased").count(), patience).toBe(1);
    expect(await statusOf("v1/users/u-77")).toBe(404);
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
    await expect.poll(() => page.locator(".chart canvas").count(), patience).toBeGreaterThan(2);
    await expect.poll(() => page.locator("tr.whole").count(), patience).toBe(2);
  });

  /** Each with what stands there once it is whole. */
  const places = [
    ["#/shop", ".departments li"],
    ["#/shop?q=scarf&item=p-1", ".item-title"],
    ["#/shop?q=scarf&beside=u-77", ".side + .slopes + .side .row"],
    ["#/shop?view=cart", ".shop-main .empty-title"],
    ["#/now", ".live-list"],
    ["#/quality", ".quality .block"],
    ["#/lookup?item=p-1", ".lately-bars"],
    ["#/lookup", ".examples li"],
    ["#/setup", ".drop"],
    ["#/keys", ".keys .block"],
  ] as const;
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 360]) {
      test(`axe finds nothing in the ${colorScheme} theme, ${width} px wide, and nothing sticks out`, async () => {
        await open("", { colorScheme, reducedMotion: "reduce", viewport: { width, height: 800 } });
        for (const [place, whole] of places) {
          await page.goto(address + place);
          await page.locator(whole).first().waitFor();
          await expect.poll(() => page.locator(".shelf.waiting, .shelf .waiting").count(), patience).toBe(0);
          expect(await flaws(), place).toEqual([]);
        }
      });
    }
  }

  test("asks for a key where the server has keys, and shows no page that the key does not open", async () => {
    const [small, whole] = ["a-key-for-queries-only", "a-key-for-everything-there-is"];
    const env = { ...unhurried.env, LIVESHELF_KEYS: `${small}:query ${whole}` };
    const locked = serve(join(data, "locked"), { env });
    try {
      const there = `${await locked.listening}/`;
      await open(there);
      const unlock = async (given: string): Promise<void> => {
        await page.getByLabel("Key", { exact: true }).fill(given);
        await page.getByRole("button", { name: "Unlock" }).click();
      };
      await unlock("not-a-key-of-this-server");
      await expect.poll(() => page.getByText("does not know this key").count(), patience).toBe(1);
      await unlock(small);
      await expect.poll(() => page.getByText("The shelves are empty").count(), patience).toBe(1);
      await calm();
      expect(await page.getByRole("navigation").getByRole("link").allTextContents()).toEqual(["Shop", "Reference"]);
      // Who has the address of such a page all the same is told what is wanted, and shown nothing.
      for (const place of ["now", "quality", "desk", "lookup?user=u-77", "keys"]) {
        await page.goto(`${there}#/${place}`);
        await expect.poll(() => page.locator("main").textContent(), patience).toContain("Your key does not open this");
      }
      await page.goto(`${there}#/shop`);
      await page.getByRole("button", { name: "Forget the key" }).click();
      await page.reload();
      await unlock(whole);
      await expect
        .poll(() => page.getByRole("navigation").getByRole("link").allTextContents(), patience)
        .toEqual(["Shop", "Now", "Quality", "Search desk", "Look up", "Set up", "Keys", "Reference"]);
    } finally {
      await page.context().close();
      await locked.kill("SIGTERM");
    }
  });

  test("a server that has too much to do hides no page for good", async () => {
    await open("");
    let refused = 0;
    await page.route("**/v1/quarantine*", async (route) => {
      // More than one call tries.
      if (++refused <= 4) await route.fulfill({ status: 503 });
      else await route.continue();
    });
    await page.reload();
    await expect.poll(() => page.getByRole("link", { name: "Quality" }).count(), patience).toBe(1);
    expect(refused).toBe(5);
  });

  test("a refusal that comes late is of the key that it was asked with", async () => {
    await open("");
    await page.evaluate(() => sessionStorage.setItem("liveshelf.key", JSON.stringify("a-key-of-before")));
    const late = Promise.withResolvers<void>();
    await page.route("**/v1/recommend", async (route) => {
      if (!route.request().headers().authorization) return route.continue();
      await late.promise;
      return route.fulfill({ status: 401, json: { error: { code: "UNAUTHORIZED", message: "Nobody knows it." } } });
    });
    await page.reload();
    await page.getByRole("button", { name: "Forget the key" }).click();
    const refused = page.waitForResponse((response) => response.status() === 401);
    late.resolve();
    await refused;
    await calm();
    expect(await page.getByText("This shop is locked").count()).toBe(0);
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
    await expect.poll(held, patience).toBe(first);
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
