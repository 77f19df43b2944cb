/** Pages of other origins, in a real browser: what one that is listed may do, and what no other may. */
import { createServer, type Server as PageServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { completeConfig } from "../../src/config.ts";
import type { Engine } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { type Server, startServer } from "../../src/http/server.ts";
import { hasNoBrowser, launchBrowser, withoutBrowser } from "./chromium.ts";
import { patience } from "./looking.ts";

const key = "ls_key-of-the-shop-0123456789";

describe.skipIf(hasNoBrowser)(`pages in a browser${withoutBrowser}`, () => {
  let browser: Browser;
  let engine: Engine;
  let server: Server;
  let shop: { readonly origin: string; close(): void };
  let stranger: typeof shop;

  beforeAll(async () => {
    browser = await launchBrowser("--host-resolver-rules=MAP *.example 127.0.0.1");
    [shop, stranger] = await Promise.all([pages("shop.example"), pages("stranger.example")]);
    engine = await createEngine({ tickMs: 0 });
    await engine.record({ type: "item", item: "p-1", fields: { title: "Red scarf" } });
  });
  afterAll(async () => {
    await browser?.close();
    shop?.close();
    stranger?.close();
    await engine?.close();
  });
  afterEach(() => server.close());

  async function serve(settings: Readonly<Record<string, unknown>>): Promise<void> {
    server = await startServer(engine, completeConfig({ port: 0, shedAfterMs: 0, ...settings }));
  }

  async function blank(): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(patience.timeout);
    return page;
  }

  async function opened(url: string): Promise<Page> {
    const page = await blank();
    await page.goto(url);
    return page;
  }

  /** What a script of that origin's page is told: a status with the code of a refusal, or `blocked` where the browser does not let it see. */
  async function fetched(origin: string, path: string, options: object): Promise<string> {
    const page = await opened(origin);
    const script = `fetch(${JSON.stringify(server.address + path)}, ${JSON.stringify(options)}).then(
      async (answer) => answer.status + " " + ((await answer.json().catch(() => ({}))).error?.code ?? "answered"),
      () => "blocked")`;
    const told = await page.evaluate(script);
    await page.context().close();
    return String(told);
  }

  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", "x-timeout-ms": "60000" };
  const search = { method: "POST", headers, body: '{"query":"scarf"}' };

  test("one that is listed searches, sends events and reads refusals", async () => {
    await serve({ keys: `${key}:events+query`, corsOrigins: [shop.origin] });
    expect(await fetched(shop.origin, "/v1/search", search)).toBe("200 answered");
    const event = { ...search, body: '{"type":"outcome","action":"click","item":"p-1","user":"u-1"}', keepalive: true };
    expect(await fetched(shop.origin, "/v1/events", event)).toBe("200 answered");
    const nobody = { ...search, headers: { "content-type": "application/json" } };
    expect(await fetched(shop.origin, "/v1/search", nobody)).toBe("401 UNAUTHORIZED");
    expect(await fetched(shop.origin, "/v1/models", { headers })).toBe("403 FORBIDDEN");
  });

  test("another gets nothing to see, with the key or without", async () => {
    await serve({ keys: `${key}:events+query`, corsOrigins: [shop.origin] });
    for (const options of [search, { headers }, {}, { method: "DELETE", headers }])
      expect(await fetched(stranger.origin, "/v1/items", options)).toBe("blocked");
  });

  test("none does anything on a machine whose server has no keys, not even unseen", async () => {
    await serve({});
    const before = engine.status().offset;
    const event = '{"type":"item-removed","item":"p-1"}';
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json",
      "application/x-ndjson",
    ]) {
      const unseen = { method: "POST", mode: "no-cors", headers: { "content-type": type }, body: event };
      await fetched(stranger.origin, "/v1/events", unseen);
      expect(await fetched(stranger.origin, "/v1/events", { ...unseen, mode: "cors" })).toBe("blocked");
    }
    expect(await fetched(stranger.origin, "/v1/items/p-1", { method: "DELETE" })).toBe("blocked");
    expect(engine.status().offset).toBe(before);
  });

  test("nor does one whose name was made to lead to this machine", async () => {
    await serve({});
    const { port } = new URL(server.address);
    const page = await opened(`http://attacker.example:${port}/v1/models`);
    expect(await page.evaluate("document.body.innerText")).toContain("FORBIDDEN");
    const again = await page.evaluate(`fetch("/v1/items", {method: "GET"}).then((answer) => answer.status)`);
    expect(again).toBe(403);
    await page.context().close();
  });

  test("none shows the server's pages in a frame of its own", async () => {
    await serve({});
    const page = await opened(stranger.origin);
    await page.setContent(`<iframe src="${server.address}/docs/"></iframe>`);
    const [, frame] = page.frames();
    // The browser's own page in place of what it refused.
    await expect.poll(() => frame!.url(), patience).toMatch(/^chrome-error:/);
    await frame!.waitForLoadState();
    expect(await frame!.evaluate("document.getElementById('app') === null")).toBe(true);
    await page.context().close();
  });

  test("the reference works under its own policy, and asks nothing of others", async () => {
    await serve({});
    const page = await blank();
    const asked: string[] = [];
    const blocked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).origin));
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) blocked.push(message.text());
    });
    await page.goto(`${server.address}/docs/`);
    await page.getByText("Say what happened").first().waitFor();
    expect([...new Set(asked.filter((origin) => origin !== "null"))]).toEqual([server.address]);
    expect(blocked).toEqual([]);
    await page.context().close();
  });
});

/** A server of one empty page. */
async function pages(host: string): Promise<{ origin: string; close(): void }> {
  const server: PageServer = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>A page</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://${host}:${port}`, close: () => void server.close() };
}
