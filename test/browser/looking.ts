/**
 * What tests that look at pages share: one browser, the page that is open, and the service behind it with its folder. After each test the
 * page is closed, and had no faults and asked nobody but its own server; after the last one all of it is gone.
 *
 * A slow machine is no fault: what is expected is waited for with {@link patience}, and a page is open once it is {@link calm}.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";
import { endAll, listening, main, start } from "../real/processes.ts";
import { launchBrowser } from "./chromium.ts";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** Longer than anything takes, also on a machine that does much else. */
export const patience = { timeout: 60_000 };
/** Of a service that refuses nobody when the machine pauses. */
export const unhurried = { env: { LIVESHELF_SHED_AFTER_MS: "0" } };

/** A service with a file of settings, which can keep what is changed while it runs, in a folder of its own below this one. */
export function serveWithSettings(folder: string): Promise<string> {
  const settings = join(folder, "settings.json");
  writeFileSync(settings, "{}");
  const command = [main, "serve", "--data", join(folder, "shop"), "--config", settings, "--port", "0"];
  return listening(start(command, unhurried)).listening;
}

/** The page that is open. */
export let page: Page;
/** Where the service listens, with a slash at the end. */
export let address: string;
/** What the page asked and was not answered yet. */
let unanswered = new Set<Request>();

interface Looking {
  /** Serves from this folder; answers where. */
  readonly serve: (folder: string) => Promise<string>;
  /** How every page is opened. */
  readonly options?: BrowserContextOptions;
  /** The page stays open from test to test. */
  readonly isKept?: boolean;
  /** What else there is to be noted of a page, and what of it is a fault. */
  readonly watch?: (page: Page, faulty: (what: string) => void) => void;
}

export type Open = (path: string, options?: BrowserContextOptions) => Promise<void>;

/** For a suite, before its own hooks; answers how a page is opened: at a path of the service, or at an address. */
export function looking({ serve, options: standard, isKept = false, watch }: Looking): Open {
  const faults: string[] = [];
  const faulty = (what: string): void => void faults.push(what);
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "liveshelf-looking-"));
    address = `${await serve(folder)}/`;
    browser = await launchBrowser();
  });
  afterEach(async () => {
    if (!isKept && page && !page.isClosed()) {
      // What is on its way through a route of the test's is no longer wanted.
      await page.unrouteAll({ behavior: "ignoreErrors" });
      await page.context().close();
    }
    expect(faults.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await endAll();
    rmSync(folder, { recursive: true, force: true });
  });

  return async (path, options) => {
    const { href, origin } = new URL(path, address);
    const sight = { viewport: { width: 1440, height: 900 }, locale: "en-GB" };
    const context = await browser.newContext({ ...sight, ...standard, ...options });
    context.setDefaultTimeout(patience.timeout);
    page = await context.newPage();
    page.on("pageerror", (error) => faulty(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) faulty(`asked ${request.url()}`);
    });
    noteAnswers(page);
    watch?.(page, faulty);
    await page.goto(href);
    await page.locator("main").waitFor({ state: "attached" });
    await calm();
  };
}

function noteAnswers(page: Page): void {
  const waiting = new Set<Request>();
  unanswered = waiting;
  page.on("request", (request) => {
    // What the page before it asked, nobody waits for.
    if (request.isNavigationRequest()) waiting.clear();
    // One has no end, of the other nobody hears it.
    if (!request.url().endsWith("/v1/live") && request.resourceType() !== "ping") waiting.add(request);
  });
  page.on("requestfinished", (request) => waiting.delete(request));
  page.on("requestfailed", (request) => waiting.delete(request));
}

/** Once the page has all that it asked for, has drawn it, and did what it does after that, such as to listen to keys. */
export async function calm(): Promise<void> {
  do {
    // Hooks open pages too, and have no expect.poll.
    await vi.waitFor(() => expect([...unanswered].map((request) => request.url())).toEqual([]), patience);
    await page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done))));
  } while (unanswered.size > 0);
}

/** What axe finds, by rule and place, and how far the page sticks out sideways: once it is calm, and what glides has arrived. */
export async function flaws(): Promise<string[]> {
  await calm();
  await page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
    return Promise.allSettled(ending.map(({ finished }) => finished)).then(() => undefined);
  });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  const outPx = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).slice(0, 3)}`),
    ...(outPx > 0 ? [`sticks out by ${outPx} px`] : []),
  ];
}

/** The `data-item` of all these, in the order of the page; `waiting` of a place whose item is still to come. */
export const itemsOf = (selector: string): Promise<string[]> =>
  page.locator(selector).evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.item ?? "waiting"));

/** To the service, or to an address; what it answers is no refusal. */
export async function post(path: string, body: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(new URL(path, address), { method: "POST", headers, body: JSON.stringify(body) });
  expect(response.status, path).toBe(200);
  return response.json();
}

export async function get<T>(path: string): Promise<T> {
  return (await fetch(new URL(path, address))).json() as Promise<T>;
}

export const statusOf = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  (await fetch(new URL(path, address), { headers })).status;
