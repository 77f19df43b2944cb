/** Each page's main job without a mouse, in a real browser before the real service: what is reached by Tab is seen, Escape closes, the focus comes back. */
import type { FileChooser } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { hasNoBrowser, withoutBrowser } from "./chromium.ts";
import { address, calm, get, itemsOf, looking, page, patience, post, serveWithSettings, statusOf } from "./looking.ts";

/** More than any page has. */
const stopsMax = 150;

const titles = ["Leather sofa", "Velvet sofa", "Grey couch", "Oak table", "Pine table", "Walnut table"];
const items = titles.map((title, i) => ({
  type: "item",
  item: `p-${i}`,
  fields: { title, brand: ["Acme", "Fjord"][i % 2], category: ["Furniture"], price: 100 + i },
}));

interface Focus {
  /** As a screen reader would say it, or nearly. */
  readonly name: string;
  readonly isSeen: boolean;
  /** Names of all that it could come to. */
  readonly others: readonly string[];
}

/** Run in the page: what has the focus, whether one can see that, and what else could have it. */
function focus(): Focus {
  const nameOf = (one: Element): string => {
    const labels = [...((one as HTMLInputElement).labels ?? [])].map(({ textContent }) => textContent);
    const names = [one.getAttribute("aria-label"), ...labels, one.textContent, one.getAttribute("placeholder")];
    return (names.find(Boolean) ?? "").trim();
  };
  const others = [...document.querySelectorAll("a[href], :enabled, summary, [tabindex]")]
    .filter((one) => one.checkVisibility())
    .map(nameOf);
  const at = document.activeElement as HTMLElement | null;
  if (!at || at === document.body) return { name: "", isSeen: false, others };
  const isRinged = (one: Element | null, pseudo?: string): boolean => {
    if (one === null) return false;
    const { outlineStyle, outlineWidth, content } = getComputedStyle(one, pseudo);
    return outlineStyle !== "none" && outlineWidth !== "0px" && !(pseudo && content === "none");
  };
  // A switch shows it on the word beside, a card all around itself.
  const isSeen =
    isRinged(at) || isRinged(at, "::after") || isRinged(at.nextElementSibling) || isRinged(at.closest("form"));
  // A date has parts of the browser's own, which show it themselves.
  const isDate = (at as HTMLInputElement).type === "date";
  const { width, height } = at.getBoundingClientRect();
  return { name: nameOf(at), isSeen: (isSeen || isDate) && width > 0 && height > 0, others };
}

describe.skipIf(hasNoBrowser)(`the console by keyboard alone${withoutBrowser}`, () => {
  let chooser: FileChooser | undefined;
  const open = looking({
    serve: serveWithSettings,
    options: { viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" },
    // Listened for from the beginning: only then the browser tells.
    watch: (page) => page.on("filechooser", (one) => (chooser = one)),
  });
  beforeAll(() => post("v1/events", [...items, { type: "outcome", action: "view", item: "p-1", user: "u-1" }]));

  const focused = async (): Promise<string> => (await page.evaluate(focus)).name;
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  /** Tab by Tab, as often as it takes, once it is there. */
  const tabTo = async (name: RegExp, key = "Tab"): Promise<void> => {
    await expect
      .poll(async () => (await page.evaluate(focus)).others, patience)
      .toContainEqual(expect.stringMatching(name));
    const stops = new Set<string>();
    for (let i = 0; i < stopsMax; i++) {
      await press(key);
      const at = await page.evaluate(focus);
      if (at.name) expect(at.isSeen, `the focus on “${at.name}” is seen`).toBe(true);
      if (name.test(at.name)) return;
      stops.add(at.name);
    }
    throw new Error(`No Tab leads to ${name}, but to ${[...stops].join(", ")}.`);
  };
  const cards = async (): Promise<string[]> => (await itemsOf(".shop-main .card[data-item]")).sort();

  test("the first Tab leads past the pages to the content; each page is a Tab and Enter away", async () => {
    await open("");
    await press("Tab");
    expect(await focused()).toBe("To the content");
    await press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await tabTo(/^Search desk$/, "Shift+Tab");
    await press("Enter");
    await expect.poll(() => page.locator("h1").textContent(), patience).toBe("Search desk");
  });

  test("in the shop: a completion chosen, a facet ticked, an item opened, the reason read, bought from the cart", async () => {
    await open("");
    await expect.poll(async () => (await cards()).length, patience).toBeGreaterThan(0);
    await tabTo(/^Search the shop$/);
    await page.keyboard.type("sof");
    await expect.poll(() => page.getByRole("option").count(), patience).toBeGreaterThan(0);
    await press("Escape");
    await expect.poll(() => page.getByRole("option").count(), patience).toBe(0);
    expect(await focused()).toBe("Search the shop");
    await press("Backspace");
    const options = page.getByRole("option");
    await expect.poll(() => options.allTextContents(), patience).toContain("sofa");
    const place = (await options.allTextContents()).indexOf("sofa");
    for (let i = 0; i <= place; i++) {
      await press("ArrowDown");
      await expect.poll(() => options.nth(i).getAttribute("aria-selected"), patience).toBe("true");
    }
    await press("Enter");
    await expect.poll(cards, patience).toEqual(["p-0", "p-1"]);
    await tabTo(/^Fjord/);
    await press("Space");
    await expect.poll(cards, patience).toEqual(["p-1"]);
    await tabTo(/^Velvet sofa$/);
    await press("Enter");
    await expect.poll(() => page.locator(".item-title:focus").count(), patience).toBe(1);
    // What is still to come beside the list would move the page, and that closes the account.
    await calm();
    await tabTo(/^Why/, "Shift+Tab");
    await press("Enter");
    await page.locator(".why-card").waitFor();
    await press("Escape");
    await page.locator(".why-card").waitFor({ state: "detached" });
    expect(await focused()).toMatch(/^Why/);
    expect(await page.locator(".item-panel").count()).toBe(1);
    await tabTo(/^Add to cart$/);
    await press("Enter");
    await expect.poll(() => page.locator(".cart-count").textContent(), patience).toBe("1");
    await press("Escape");
    await page.locator(".item-panel").waitFor({ state: "detached" });
    expect(await focused()).toBe("Velvet sofa");
    await tabTo(/^Cart/, "Shift+Tab");
    await press("Enter");
    await page.locator(".cart-lines").waitFor();
    await tabTo(/^Buy/);
    await press("Enter");
    await expect.poll(() => page.locator(".cart-count").textContent(), patience).toBe("0");
  });

  test("one is somebody else, and sees both lists side by side", async () => {
    await open("#/shop?q=sofa");
    await expect.poll(cards, patience).toHaveLength(2);
    await tabTo(/^You are/);
    await press("Enter");
    await tabTo(/^A shopper by id/);
    await page.keyboard.type("u-7");
    await press("Enter");
    await expect.poll(() => page.locator(".shopper-button .shopper-name").textContent(), patience).toBe("u-7");
    await expect.poll(focused, patience).toMatch(/u-7/);
    await press("Enter");
    await page.locator(".menu").waitFor();
    await press("Escape");
    await page.locator(".menu").waitFor({ state: "hidden" });
    expect(await focused()).toMatch(/u-7/);
    await tabTo(/^Side by side$/);
    await press("Enter");
    await expect.poll(() => page.locator(".side .row").count(), patience).toBe(4);
  });

  test("at the search desk: a query followed, synonyms published and undone", async () => {
    const published = async (): Promise<unknown> => (await get<{ synonyms: unknown }>("v1/synonyms")).synonyms;
    await open("#/desk");
    await tabTo(/^Query$/);
    await page.keyboard.type("sofa");
    await press("Enter");
    await expect.poll(() => page.locator(".desk-ranking tr[data-item]").count(), patience).toBe(2);
    await tabTo(/^Synonyms$/);
    await page.keyboard.type("sofa, couch");
    await tabTo(/^Publish$/);
    await press("Enter");
    await expect.poll(published, patience).toEqual([["sofa", "couch"]]);
    await expect.poll(() => page.locator(".desk-ranking tr[data-item]").count(), patience).toBe(3);
    await tabTo(/^Undo the last$/);
    await press("Enter");
    await expect.poll(published, patience).toEqual([]);
  });

  test("set-up: from a file to a search", async () => {
    await open("#/setup");
    await tabTo(/^Choose a file/);
    await press("Enter");
    await expect.poll(() => chooser, patience).toBeDefined();
    const buffer = Buffer.from("id,title,price\nc-1,Brass lamp,30\nc-2,Paper lamp,12\n");
    await chooser!.setFiles({ name: "lamps.csv", mimeType: "text/csv", buffer });
    await page.locator(".columns").waitFor();
    await tabTo(/^Check$/);
    await press("Enter");
    await page.getByRole("button", { name: "Send 2 items" }).waitFor();
    await tabTo(/^Send 2 items$/);
    await press("Enter");
    await page.locator(".set-up input").waitFor();
    await tabTo(/^Search the shop$/);
    await page.keyboard.type("brass");
    await expect.poll(() => page.locator(".found li a").allTextContents(), patience).toEqual(["Brass lamp"]);
  });

  test("now and quality: the list held still, another step and surface", async () => {
    await open("#/now");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await tabTo(/^Pause$/);
    await press("Space");
    await expect.poll(focused, patience).toBe("Go on");
    await page.goto(`${address}#/quality`);
    await page.locator(".quality-controls").waitFor();
    await tabTo(/^(?:2 hours|7 days)$/);
    const before = await focused();
    await press("ArrowRight");
    await expect.poll(() => page.url(), patience).toContain("step=");
    const after: Readonly<Record<string, string>> = { "2 hours": "7 days", "7 days": "400 days" };
    await expect.poll(focused, patience).toBe(after[before]);
    await tabTo(/^Surface/);
  });

  test("a shopper looked up, kept, and erased", async () => {
    await open("#/lookup");
    await tabTo(/^Shopper$/);
    await press("ArrowRight");
    await expect.poll(focused, patience).toBe("Item");
    await press("ArrowLeft");
    await tabTo(/^Id$/i);
    await page.keyboard.type("u-1");
    await press("Enter");
    await page.getByRole("button", { name: "Erase …" }).waitFor();
    await tabTo(/^Erase …$/);
    await press("Enter");
    await page.locator("dialog[open]").waitFor();
    await press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    expect(await focused()).toBe("Erase …");
    expect(await statusOf("v1/users/u-1")).toBe(200);
    await press("Enter");
    await tabTo(/^Erase for good$/);
    await press("Enter");
    await page.getByText("“u-1” is erased").waitFor();
    expect(await statusOf("v1/users/u-1")).toBe(404);
  });

  test("keys made and withdrawn", async () => {
    await open("#/keys");
    await page.getByRole("button", { name: "Make the key" }).waitFor();
    for (const name of ["operations", "shop front"]) {
      await tabTo(/^Name$/);
      await page.keyboard.type(name);
      await press("Enter");
      await page.getByRole("cell", { name, exact: true }).or(page.getByRole("rowheader", { name })).first().waitFor();
    }
    await tabTo(/^Withdraw “shop front”/);
    await press("Enter");
    await page.locator("dialog[open]").waitFor();
    await press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    expect(await focused()).toMatch(/^Withdraw “shop front”/);
    await press("Enter");
    await tabTo(/^Withdraw for good$/);
    await press("Enter");
    await expect.poll(() => page.locator("tbody tr").count(), patience).toBe(1);
  });
});
