/** What an answer shows, what it must not, and what is told of it. */
import { afterEach, describe, expect, test } from "vitest";
import { type ErrorCode, LiveshelfError } from "../../src/core/errors.ts";
import { type Door, door, hashedKeys, keyOf } from "./at-the-door.ts";

let at: Door;
afterEach(() => at.close());

describe("headers", () => {
  test("every answer says not to guess its type and not to pass on its address; of calls nothing is kept", async () => {
    at = await door({ keys: hashedKeys });
    const urls = ["/v1/models", "/v1/nothing", "/v1/items/%ff", "/metrics", "/healthz", "/", "/docs/", "/nothing"];
    for (const url of urls)
      for (const key of [undefined, keyOf("admin")]) {
        const { headers } = await at.ask({ url, ...(key && { key }) });
        expect([url, headers["x-content-type-options"], headers["referrer-policy"]]).toEqual([
          url,
          "nosniff",
          "no-referrer",
        ]);
        if (url.startsWith("/v1/") || url === "/metrics")
          expect([url, headers["cache-control"]]).toEqual([url, "no-store"]);
        if (url.startsWith("/v1/")) expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
        expect(headers).not.toHaveProperty("server");
        expect(headers).not.toHaveProperty("x-powered-by");
      }
  });

  test("metrics leave out what Node cannot be asked for without ending now and then", async () => {
    at = await door();
    const { body } = await at.ask({ url: "/metrics" });
    expect(body).toContain("liveshelf_nodejs_active_resources");
    expect(body).not.toMatch(/_active_(?:handles|requests)/);
  });

  test.each(["/", "/docs/"])("the page %s runs scripts of this server only, and in nobody's frame", async (url) => {
    at = await door();
    const { headers, body } = await at.ask({ url });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    const scripts = /(?:^|; )script-src ([^;]*)/.exec(policy)?.[1] ?? "'self'";
    expect(scripts).toMatch(/^'self'(?: 'sha256-[^']+')*$/);
    expect(headers["x-frame-options"]).toBe("DENY");
    const inline = [...body.matchAll(/<script(?![^>]*src=)/g)].length;
    expect([...scripts.matchAll(/'sha256-/g)].length).toBe(inline);
    expect(body).not.toMatch(/\son\w+=/);
  });
});

describe("a fault inside", () => {
  const fault = (message: string) => () => {
    throw new Error(message);
  };

  test("shows neither stack nor path nor message", async () => {
    const places = "cannot read /srv/shop/log/data.mdb of u-secret (rank.ts:12)";
    at = await door({}, { rank: fault(places), models: fault(places) });
    for (const options of [
      { method: "POST" as const, url: "/v1/rank", payload: { items: [], user: "u-secret" } },
      { url: "/v1/models" },
    ]) {
      const { status, code, body } = await at.ask(options);
      expect([status, code]).toEqual([500, "INTERNAL"]);
      expect(body).not.toMatch(/srv|shop|mdb|secret|rank\.ts|\bat \w/);
    }
    expect(at.said.join()).toContain("/srv/shop/log/data.mdb");
  });

  test.each<[ErrorCode, string]>([
    ["FOLDER_UNREADABLE", "Cannot write /srv/shop/log: EACCES."],
    ["LOG_DAMAGED", "In /srv/shop/log/data.mdb the block at 17 is damaged."],
    ["LOG_UNWRITABLE", "Cannot write to /srv/shop/log: ENOSPC."],
    ["CLOSED", "The event log in /srv/shop/log is closed."],
    ["CONFIG_INVALID", "Cannot read \"keysFile\": ENOENT: no such file or directory, open '/srv/shop/keys.json'."],
    ["CONFIG_INVALID", "srv: ./srv/shop.json is not JSON, nor is ../srv/other.json."],
  ])("nor does a known error show where things lie: %s, %s", async (code, message) => {
    const known = new LiveshelfError(code, message);
    at = await door(
      {},
      {
        models: () => {
          throw known;
        },
      },
    );
    const answer = await at.ask({ url: "/v1/models" });
    expect([answer.status, answer.code]).toEqual([known.status, code]);
    expect(answer.message).not.toMatch(/\/srv|\.mdb|\.json/);
    if (known.status === 500) expect(at.said.join()).toContain("/srv/shop/log");
  });

  test("is told without who asked, unless the settings say so", async () => {
    const settings = {
      method: "POST" as const,
      url: "/v1/rank",
      payload: { items: [], user: "u/1 é", session: "v-77" },
    };
    at = await door(
      {},
      { rank: fault("no row of u/1 é in v-77"), user: fault("no row of u-9"), item: fault("bad p-1") },
    );
    await at.ask(settings);
    await at.ask({ url: "/v1/users/u-9?export=0" });
    await at.ask({ url: "/v1/items/p-1" });
    expect(at.said.join()).not.toMatch(/u\/1|v-77|u-9/);
    expect(at.said.join()).toContain("bad p-1");
    at.change({ diagnoseShoppers: true });
    await at.ask(settings);
    expect(at.said.join()).toContain("no row of u/1 é in v-77");
  });
});

describe("of each admin call", () => {
  test("one line tells key, address, call and status; never an id, a body or the key", async () => {
    at = await door({ keys: hashedKeys });
    await at.ask({ url: "/v1/users/u-secret?export=0", key: keyOf("admin") });
    await at.ask({ method: "DELETE", url: "/v1/items/p-secret", key: keyOf("admin") });
    await at.ask({ url: "/v1/models", key: keyOf("query") });
    await at.ask({ url: "/v1/models", key: "ls_hostile-0123456789" });
    expect(at.fields).toEqual([
      { audit: { key: "admin", address: "127.0.0.1", method: "GET", route: "/v1/users/:user", status: 404 } },
      { audit: { key: "admin", address: "127.0.0.1", method: "DELETE", route: "/v1/items/:item", status: 200 } },
      { audit: { key: "query", address: "127.0.0.1", method: "GET", route: "/v1/models", status: 403 } },
      { audit: { key: null, address: "127.0.0.1", method: "GET", route: "/v1/models", status: 401 } },
    ]);
    expect(at.said[0]).toBe('admin call: GET /v1/users/:user with "admin" from 127.0.0.1: 404');
    expect(JSON.stringify([at.said, at.fields])).not.toMatch(/secret|ls_/);
  });

  test("with the address that a trusted proxy names, and who it was about where settings say so", async () => {
    at = await door({ keys: hashedKeys, trustedProxies: ["127.0.0.1"], diagnoseShoppers: true });
    const headers = { "x-forwarded-for": "203.0.113.9" };
    await at.ask({ url: "/v1/users/u-1?export=0", key: keyOf("admin"), headers });
    expect(at.fields).toMatchObject([{ audit: { address: "203.0.113.9", path: "/v1/users/u-1" } }]);
  });

  test("other calls have none, and without keys only what changes something has", async () => {
    at = await door({ keys: hashedKeys });
    await at.ask({ url: "/v1/items", key: keyOf("admin") });
    await at.ask({ url: "/metrics", key: keyOf("metrics") });
    expect(at.fields).toEqual([]);
    await at.close();
    at = await door();
    await at.ask({ url: "/v1/models" });
    await at.ask({ method: "DELETE", url: "/v1/items/p-1" });
    expect(at.fields).toMatchObject([{ audit: { key: null, method: "DELETE", status: 200 } }]);
  });

  test("calls of nobody's key are told up to ten a second, and then counted", async () => {
    at = await door({ keys: hashedKeys });
    for (let i = 0; i < 25; i++) await at.ask({ url: "/v1/models" });
    expect(at.fields.length).toBe(10);
    await at.ask({ url: "/v1/models", key: keyOf("admin") });
    expect(at.fields.at(-1)).toMatchObject({ audit: { key: "admin", untold: 15 } });
  });
});
