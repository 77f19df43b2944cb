/** Who is let in: keys and scopes, hosts and origins. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { completeConfig } from "../../src/config.ts";
import { createEngine } from "../../src/engine.ts";
import { startServer } from "../../src/http/server.ts";
import { type Door, door, hashedKeys, keyOf, startMs } from "./at-the-door.ts";

let at: Door;
afterEach(() => at.close());

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe("with keys", () => {
  beforeEach(async () => {
    at = await door({ keys: hashedKeys });
  });

  /** Every call that the reference lists, with an id where one belongs. */
  async function calls(): Promise<{ method: "GET" | "POST" | "DELETE"; url: string; path: string }[]> {
    const { paths } = JSON.parse((await at.ask({ url: "/openapi.json" })).body) as Described;
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({
        method: method.toUpperCase() as "GET",
        url: path.replaceAll(/\{\w+\}/g, "x-1"),
        path: `${method.toUpperCase()} ${path}`,
      })),
    );
  }

  const open = ["GET /healthz", "GET /readyz"];
  const opened: Readonly<Record<string, readonly string[]>> = {
    events: ["POST /v1/events"],
    query: [
      "POST /v1/rank",
      "POST /v1/recommend",
      "POST /v1/search",
      "GET /v1/suggest",
      "GET /v1/items",
      "GET /v1/items/{item}",
    ],
    metrics: ["GET /metrics"],
  };

  test("every call but probes and pages is refused without one, and with one that is unknown", async () => {
    for (const { method, url, path } of await calls()) {
      if (open.includes(path)) continue;
      for (const key of [undefined, "ls_hostile-0123456789abcdef", keyOf("admin").slice(0, -1), `${keyOf("admin")}0`]) {
        const { status, code, headers } = await at.ask({ method, url, ...(key && { key }) });
        expect([path, status, code]).toEqual([path, 401, "UNAUTHORIZED"]);
        expect(headers["www-authenticate"]).toMatch(/^Bearer realm="liveshelf"/);
      }
    }
  });

  test.each(["events", "query", "metrics"])("a key for %s opens these calls and no other", async (scope) => {
    for (const { method, url, path } of await calls()) {
      if (open.includes(path)) continue;
      const { status, code, message, headers } = await at.ask({ method, url, key: keyOf(scope) });
      if (opened[scope]!.includes(path)) expect([path, status === 401 || status === 403]).toEqual([path, false]);
      else {
        expect([path, status, code]).toEqual([path, 403, "FORBIDDEN"]);
        expect(message).toMatch(/needs a key with the scope "(?:events|query|metrics|admin)"/);
        expect(headers["www-authenticate"]).toContain('error="insufficient_scope"');
      }
    }
  });

  test("a key for admin opens every call", async () => {
    for (const { method, url, path } of await calls()) {
      // A stream would not end: it is asked for wrongly, which is found after the key.
      const asked = path === "GET /v1/live" ? `${url}?shoppers=2` : url;
      const { status } = await at.ask({ method, url: asked, key: keyOf("admin") });
      expect([path, status === 401 || status === 403]).toEqual([path, false]);
    }
  });

  test("probes and the reference are open", async () => {
    for (const url of ["/healthz", "/readyz", "/docs/", "/openapi.json"])
      expect((await at.ask({ url })).status).toBe(200);
  });

  test("a path that is written in another way opens nothing", async () => {
    for (const url of ["/v1/nothing", "/v1", "/v1/", "/V1/models", "/v1/models/", "/v1//models"])
      expect([url, (await at.ask({ url })).status]).toEqual([url, 401]);
    for (const url of ["/%761/models", "/v1/%6dodels", "//v1/models", "/x/../v1/models", "/./v1/models"])
      expect([url, [401, 404].includes((await at.ask({ url })).status)]).toEqual([url, true]);
    expect((await at.ask({ url: "/v1/models", method: "HEAD" })).status).toBe(401);
  });

  test.each([
    ["in another scheme", { authorization: `Basic ${keyOf("admin")}` }],
    ["without a scheme", { authorization: keyOf("admin") }],
    ["twice", { authorization: `Bearer ${keyOf("admin")} ${keyOf("admin")}` }],
    ["as a cookie", { cookie: `key=${keyOf("admin")}` }],
    ["as its own digest", { authorization: `Bearer ${hashedKeys[3]!.sha256}` }],
  ])("a key %s is none", async (_name, headers) => {
    expect((await at.ask({ url: "/v1/models", headers })).status).toBe(401);
    expect((await at.ask({ url: `/v1/models?key=${keyOf("admin")}` })).status).toBe(401);
  });

  test("the scheme may be written small", async () => {
    const headers = { authorization: `bearer ${keyOf("admin")}` };
    expect((await at.ask({ url: "/v1/models", headers })).status).toBe(200);
  });

  test("a body is not read before the key", async () => {
    const { status } = await at.ask({ method: "POST", url: "/v1/events", payload: '{"type":' });
    expect(status).toBe(401);
    expect(at.engine.status().offset).toBe(0);
  });

  test("an old and a new one hold side by side, and each until it is taken away", async () => {
    const first = [{ name: "old", key: keyOf("old") }];
    const second = [...first, { name: "new", key: keyOf("new"), scopes: ["query"] }];
    const may = async () =>
      Promise.all(["old", "new"].map(async (name) => (await at.ask({ url: "/v1/items", key: keyOf(name) })).status));
    at.change({ keys: first });
    expect(await may()).toEqual([200, 401]);
    at.change({ keys: second });
    expect(await may()).toEqual([200, 200]);
    at.change({ keys: second.slice(1) });
    expect(await may()).toEqual([401, 200]);
    expect(() => at.change({ keys: [] })).toThrow(/taken away/);
    expect(await may()).toEqual([401, 200]);
  });

  test("one that has expired is none any more", async () => {
    at.change({ keys: [{ key: keyOf("brief"), expires: new Date(startMs + 1000).toISOString() }] });
    expect((await at.ask({ url: "/v1/models", key: keyOf("brief") })).status).toBe(200);
    at.clock.advance(1000);
    const { status, message } = await at.ask({ url: "/v1/models", key: keyOf("brief") });
    expect([status, message]).toEqual([401, expect.stringContaining("expired")]);
  });

  test("any host name will do", async () => {
    const headers = { host: "shop.example" };
    expect((await at.ask({ url: "/v1/models", key: keyOf("admin"), headers })).status).toBe(200);
  });
});

describe("without keys", () => {
  beforeEach(async () => {
    at = await door();
  });

  test.each(["0.0.0.0", "::", "192.168.1.5", "shop.example"])("a server does not listen on %s", async (host) => {
    const engine = await createEngine({ tickMs: 0 });
    const config = completeConfig({ port: 0, host });
    const refusal = expect.objectContaining({ code: "ADDRESS_REFUSED", message: expect.stringContaining("keys") });
    await expect(startServer(engine, config)).rejects.toEqual(refusal);
    await engine.close();
  });

  test("and with keys it does", async () => {
    const engine = await createEngine({ tickMs: 0 });
    const said: string[] = [];
    const listening = { port: 0, host: "0.0.0.0", shedAfterMs: 0 };
    const config = completeConfig({ ...listening, keys: hashedKeys });
    const server = await startServer(engine, config, (message) => said.push(message));
    expect(said.join()).toContain("unencrypted");
    const url = `http://127.0.0.1:${new URL(server.address).port}/v1/models`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { authorization: `Bearer ${keyOf("admin")}` } })).status).toBe(200);
    server.reconfigure(completeConfig({ ...listening, keys: "another-key-of-the-shop" }));
    expect((await fetch(url, { headers: { authorization: `Bearer ${keyOf("admin")}` } })).status).toBe(401);
    await server.close();
    await engine.close();
  });

  test.each([
    ["attacker.example", 403],
    ["attacker.example:7700", 403],
    ["localhost.attacker.example", 403],
    ["127.0.0.1.attacker.example", 403],
    ["10.0.0.1", 403],
    ["localhost:7700", 200],
    ["shop.localhost", 200],
    ["127.0.0.1:7700", 200],
    ["127.9.9.9", 200],
    ["[::1]:7700", 200],
  ])("a request to the host %s, where a page may have led a browser, is answered %i", async (host, status) => {
    const answer = await at.ask({ url: "/v1/models", headers: { host } });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.message).toContain("localhost");
  });

  test.each([
    ["https://attacker.example", 403],
    ["null", 403],
    ["http://localhost.attacker.example", 403],
    ["http://localhost:3000", 200],
    ["http://127.0.0.1:5173", 200],
  ])("a request from a page of %s is answered %i", async (origin, status) => {
    expect((await at.ask({ url: "/v1/models", headers: { origin } })).status).toBe(status);
  });
});

describe("pages of other origins", () => {
  const shop = "https://shop.example";
  const asked = (origin: string) => ({
    method: "OPTIONS" as const,
    url: "/v1/search",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,x-timeout-ms",
    },
  });

  test("those listed may call with a key, and read the answer", async () => {
    at = await door({ keys: hashedKeys, corsOrigins: [shop] });
    const preflight = await at.ask(asked(shop));
    expect([preflight.status, preflight.body]).toEqual([204, ""]);
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": shop,
      "access-control-allow-methods": expect.stringContaining("POST"),
      "access-control-allow-headers": "authorization, content-type, x-timeout-ms",
      "access-control-max-age": "7200",
      vary: "Origin",
    });
    expect(preflight.headers).not.toHaveProperty("access-control-allow-credentials");
    const options = { method: "POST" as const, url: "/v1/search", payload: {}, headers: { origin: shop } };
    const answer = await at.ask({ ...options, key: keyOf("query") });
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([200, shop]);
    // A refusal can be read as well: it says what is wrong.
    const refused = await at.ask(options);
    expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([401, shop]);
    expect((await at.ask({ url: "/healthz" })).headers.vary).toBe("Origin");
  });

  test("others may not", async () => {
    at = await door({ keys: hashedKeys, corsOrigins: [shop] });
    for (const origin of ["https://attacker.example", `${shop}.attacker.example`, "http://shop.example", "null"]) {
      const preflight = await at.ask(asked(origin));
      expect([preflight.status, preflight.code]).toEqual([403, "FORBIDDEN"]);
      expect(preflight.headers).not.toHaveProperty("access-control-allow-origin");
      const answer = await at.ask({ url: "/v1/models", key: keyOf("admin"), headers: { origin } });
      expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
    }
  });

  test("with none listed, none may; with *, all, without credentials", async () => {
    at = await door({ keys: hashedKeys });
    expect((await at.ask(asked(shop))).status).toBe(403);
    at.change({ keys: hashedKeys, corsOrigins: ["*"] });
    const { status, headers } = await at.ask(asked(shop));
    expect([status, headers["access-control-allow-origin"]]).toEqual([204, "*"]);
    expect(headers).not.toHaveProperty("access-control-allow-credentials");
  });

  test("the server's own pages call it as any client", async () => {
    at = await door({ keys: hashedKeys });
    const headers = { host: "shelf.example:8443", origin: "https://shelf.example:8443" };
    expect((await at.ask({ url: "/v1/models", key: keyOf("admin"), headers })).status).toBe(200);
  });

  test.each([
    ["https://shop.example/", '"https://shop.example" is meant'],
    ["HTTPS://Shop.example", '"https://shop.example" is meant'],
    ["https://shop.example:443", '"https://shop.example" is meant'],
    ["shop.example", "such as https://"],
    ["null", "such as https://"],
    ["https://*.shop.example", "* stands alone"],
  ])("an entry %s is told what is meant", async (entry, says) => {
    at = await door();
    expect(() => completeConfig({ corsOrigins: [entry] })).toThrow(says);
    expect(() => completeConfig({ corsOrigins: ["*", "http://localhost:5173"] })).not.toThrow();
  });
});
