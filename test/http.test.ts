/** The HTTP door on a real engine in memory: what docs/api.md promises, and what a caller can get wrong. */
import { connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import { manualClock } from "../src/core/clock.ts";
import { errorCodes, LiveshelfError } from "../src/core/errors.ts";
import { limits } from "../src/core/limits.ts";
import type { Answer, Engine, RecordReceipt } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { httpServer, startServer } from "../src/http/server.ts";

interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly at?: string };
}

const startMs = Date.UTC(2026, 10, 22);
const clock = manualClock(startMs);
const json = { "content-type": "application/json" };
const lines = { "content-type": "application/x-ndjson" };
let engine: Engine;
let app: FastifyInstance;

beforeAll(async () => {
  engine = await createEngine({ clock, tickMs: 0 });
  app = await httpServer(engine);
  await engine.record([
    { type: "item", item: "p-1", fields: { title: "Red wool scarf", brand: "Acme", price: 19.9 } },
    { type: "item", item: "p-2", fields: { title: "Blue gloves", brand: "Acme", price: 12 } },
    { type: "item", item: "a/b é", fields: { title: "An item with a difficult id" } },
    { type: "user", user: "u-1", fields: { country: "DE" } },
  ]);
});

afterAll(async () => {
  await app.close();
  await engine.close();
});

async function post(path: string, body: unknown, headers: Record<string, string> = json, to = app) {
  const payload = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const {
    statusCode,
    headers: answered,
    body: text,
  } = await to.inject({ method: "POST", url: path, headers, payload });
  return { status: statusCode, headers: answered, body: JSON.parse(text) };
}

async function get(path: string, method: "GET" | "DELETE" | "PUT" = "GET", to = app) {
  const { statusCode, headers, body: text } = await to.inject({ method, url: path });
  const isJson = String(headers["content-type"]).startsWith("application/json");
  return { status: statusCode, headers, text, body: isJson ? JSON.parse(text) : undefined };
}

/** The same engine, but for some of its calls. */
function engineWith(overrides: Partial<Engine>): Engine {
  const get = (target: Engine, key: keyof Engine) => overrides[key] ?? target[key].bind(target);
  return new Proxy(engine, { get: (target, key) => get(target, key as keyof Engine) });
}

describe("events", () => {
  test("one event, an array and NDJSON are answered alike", async () => {
    const click = { type: "outcome", action: "click", item: "p-1", user: "u-2" };
    const one = await post("/v1/events", click);
    const array = await post("/v1/events", [click, click]);
    const ndjson = await post("/v1/events", `${JSON.stringify(click)}\n${JSON.stringify(click)}`, lines);
    const answers = [one, array, ndjson].flatMap(({ status, body }) => [status, (body as RecordReceipt).accepted]);
    expect(answers).toEqual([200, 1, 200, 2, 200, 2]);
    expect(ndjson.body.offset).toBe(engine.status().offset);
  });

  test("a bad event is refused alone, with its index, a code and its place", async () => {
    const { status, body } = await post("/v1/events", [{ type: "item-removed", item: "x" }, { type: "itm" }, 3]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(body.rejected).toMatchObject([
      { index: 1, code: "EVENT_MALFORMED", at: "/type" },
      { index: 2, code: "EVENT_MALFORMED" },
    ]);
  });

  test("a broken line of NDJSON is refused alone, under its own number", async () => {
    const event = '{"type":"item-removed","item":"x"}';
    const notUtf8 = Buffer.concat([Buffer.from('{"type":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const body = Buffer.concat([Buffer.from(`\uFEFF${event}\r\n\n{"broken\n${event}\n{"type":"nothing"}\n`), notUtf8]);
    const { status, body: receipt } = await post("/v1/events", body, lines);
    expect(status).toBe(200);
    expect(receipt.accepted).toBe(2);
    expect(receipt.rejected.map(({ index }: { index: number }) => index)).toEqual([2, 4, 5]);
  });

  test("the same id again is a duplicate", async () => {
    const event = { type: "outcome", action: "view", item: "p-1", user: "u-3", id: "e-1" };
    expect((await post("/v1/events", event)).body).toMatchObject({ accepted: 1, duplicates: 0 });
    expect((await post("/v1/events", [event, event])).body).toMatchObject({ duplicates: 2, rejected: [] });
  });

  test("any field name is welcome, and none reaches a prototype", async () => {
    const event =
      '{"type":"item","item":"p-9","fields":{"__proto__":{"polluted":1},"constructor":"x","toString":5,"":1}}';
    expect((await post("/v1/events", event)).body).toMatchObject({ accepted: 1, rejected: [] });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    const { fields } = (await get("/v1/items/p-9")).body;
    expect(Object.keys(fields).sort()).toEqual(["", "__proto__", "constructor", "toString"]);
  });

  test("more events than a call may hold are refused together, before any is recorded", async () => {
    const before = engine.status().offset;
    const { status, body } = await post("/v1/events", new Array(limits.batchEventsMax + 1).fill(0));
    expect([status, body.error.code]).toEqual([400, "EVENT_LIMIT"]);
    expect(engine.status().offset).toBe(before);
  });

  test("an event is in the next answer", async () => {
    await post("/v1/events", { type: "outcome", action: "click", item: "p-2", user: "u-7" });
    const { body } = await get("/v1/users/u-7");
    expect(body.recent[0]).toMatchObject({ item: "p-2", lastAction: "click" });
  });
});

describe("lists", () => {
  test("rank answers every candidate once, unknown ones too, and logs the slate", async () => {
    const items = ["p-1", { item: "p-2", match: 3 }, "never-heard-of", 17];
    const { status, body } = await post("/v1/rank", { items, user: "u-1", session: null, query: "scarf", context: {} });
    expect(status).toBe(200);
    const answer = body as Answer;
    expect(answer.items.map(({ item }) => item).sort()).toEqual(["17", "never-heard-of", "p-1", "p-2"]);
    expect(answer.items.map(({ position }) => position)).toEqual([0, 1, 2, 3]);
    for (const { score, propensity } of answer.items) {
      expect(Number.isFinite(score) && propensity > 0 && propensity <= 1).toBe(true);
    }
    expect(typeof answer.slate).toBe("string");
    const outcome = { type: "outcome", action: "click", item: "p-2", user: "u-1", slate: answer.slate };
    expect((await post("/v1/events", outcome)).body.accepted).toBe(1);
  });

  test("with explain, bias and all contributions add up to the raw score", async () => {
    const { body } = await post("/v1/rank", { items: ["p-1", "p-2"], user: "u-7", explain: true });
    for (const { rawScore, bias, reasons } of (body as Answer).items) {
      const sum = reasons!.reduce((total, { contribution }) => total + contribution, bias!);
      expect(sum).toBeCloseTo(rawScore!, 6);
    }
  });

  test("what is not observed is not logged", async () => {
    const before = engine.status().offset;
    const { body } = await post("/v1/rank", { items: ["p-1"], user: "u-1", observe: false });
    expect(body.slate).toBeNull();
    expect(engine.status().offset).toBe(before);
  });

  test("recommend keeps to filters, to exclude and to size", async () => {
    const { body } = await post("/v1/recommend", {
      user: "u-1",
      filters: { brand: ["Acme"], price: { lte: 30, gte: null } },
      exclude: ["p-1"],
      size: 5,
    });
    expect((body as Answer).items.map(({ item }) => item)).toEqual(["p-2"]);
  });

  test.each([
    ["a field that is missing", {}, "/items", "missing"],
    ["a typing error in a name", { itmes: [], items: [] }, "/itmes", '"items"'],
    ["a typing error inside a candidate", { items: ["a", { item: "b", macth: 1 }] }, "/items/1/macth", '"match"'],
    ["a value of the wrong kind", { items: ["a"], explain: "yes" }, "/explain", "true or false"],
    ["an empty id", { items: ["a", "b", "c", ""] }, "/items/3", "not empty"],
    ["an id that is too long", { items: ["é".repeat(limits.idLengthMax + 1)] }, "/items/0", "512"],
    ["half a surrogate pair", { items: ["a"], user: "\ud800" }, "/user", "well-formed"],
    ["a size of nothing", { items: ["a"], size: 0 }, "/size", "from 1 to 1000"],
    ["too many candidates", { items: new Array(limits.candidatesMax + 1).fill("a") }, "/items", "at most 5000"],
    ["context that is nested", { items: ["a"], context: { d: { e: 1 } } }, "/context/d", "a text"],
    ["a name that only a prototype knows", '{"items":[],"__proto__":{"x":1}}', "/__proto__", "no"],
  ])("rank refuses %s, naming the place and the mend", async (_name, body, at, says) => {
    const { status, body: answer } = await post("/v1/rank", body);
    const { error } = answer as Failure;
    expect([status, error.code, error.at]).toEqual([400, "REQUEST_MALFORMED", at]);
    expect(error.message).toContain(says);
  });

  test.each([
    [{ price: { lte: "30" } }, "/filters/price/lte"],
    [{ price: { under: 5 } }, "/filters/price"],
    [{ price: { below: 5 } }, "/filters/price/below"],
    [{ brand: null }, "/filters/brand"],
  ])("recommend refuses the filters %j", async (filters, at) => {
    const { status, body } = await post("/v1/recommend", { filters });
    expect([status, body.error.code, body.error.at]).toEqual([400, "FILTER_MALFORMED", at]);
  });
});

test("the examples of the documentation are taken as they stand", async () => {
  const events = `
    {"type":"item","item":"p-1","time":"2026-11-22T09:00:00Z","fields":{"title":"Red wool scarf","description":"…","brand":"Acme","category":["Clothing","Scarves"],"price":19.9,"tags":["wool","winter"],"inStock":true,"rating":4.6,"image":"https://…"}}
    {"type":"item-removed","item":"p-4"}
    {"type":"user","user":"u-1","fields":{"country":"DE","newsletter":true}}
    {"type":"slate","slate":"s-9","user":"u-1","session":"v-3","surface":"search","query":"scarf","context":{"device":"mobile"},"items":["p-1","p-7",{"item":"p-4","propensity":0.8}]}
    {"type":"outcome","action":"click","item":"p-7","user":"u-1","session":"v-3","slate":"s-9"}
    {"type":"outcome","action":"purchase","item":"p-7","user":"u-1","session":"v-3","value":19.9}
    {"type":"synonyms","synonyms":[["sofa","couch"],{"from":"tv","to":["television"]}]}`;
  const recorded = await post("/v1/events", events, lines);
  expect(recorded.body).toMatchObject({ accepted: 7, duplicates: 0, rejected: [] });
  const rank =
    '{"items":["p-1",{"item":"p-7","match":12.3}],"user":"u-1","session":"v-3","query":"scarf","context":{},"surface":"search","size":20,"explain":true}';
  expect((await post("/v1/rank", rank)).status).toBe(200);
  const recommend =
    '{"user":"u-1","session":"v-3","item":"p-1","context":{},"surface":"home","filters":{},"exclude":["p-2"],"size":12,"explain":true}';
  const { items } = (await post("/v1/recommend", recommend)).body as Answer;
  expect(items.map(({ item }) => item)).not.toContain("p-2");
});

describe("look-ups", () => {
  test("an item by any id, and its removal", async () => {
    const path = `/v1/items/${encodeURIComponent("a/b é")}`;
    expect((await get(path)).body).toMatchObject({ item: "a/b é", removed: false });
    expect((await get(path, "DELETE")).body).toMatchObject({ accepted: 1, rejected: [] });
    expect((await get(path)).body?.removed ?? true).toBe(true);
    expect((await get("/v1/items")).text).not.toContain("a/b é");
    expect((await get("/v1/items")).text).toContain('{"item":"p-1"}\n');
  });

  test("a shopper, and what is held of nobody", async () => {
    expect((await get("/v1/users/u-1")).body).toMatchObject({ user: "u-1", fields: { country: "DE" } });
    expect((await get("/v1/users/nobody")).body.error.code).toBe("USER_UNKNOWN");
    expect((await get("/v1/items/nothing")).body.error.code).toBe("ITEM_UNKNOWN");
  });

  test("models, health, readiness and the page", async () => {
    expect((await get("/v1/models")).body.learners.length).toBeGreaterThan(0);
    expect((await get("/healthz")).body).toEqual({ ok: true });
    expect((await get("/readyz")).body).toMatchObject({ ready: true });
    expect((await get("/")).text).toContain('<a href="docs">');
  });
});

describe("every refusal has the one envelope", () => {
  test.each([
    ["JSON that is broken", "POST", "/v1/rank", json, '{"items":', 400, "BODY_MALFORMED"],
    ["an empty body", "POST", "/v1/rank", json, "", 400, "BODY_MALFORMED"],
    ["bytes that are no UTF-8", "POST", "/v1/rank", json, Buffer.from([0x22, 0xff, 0x22]), 400, "BODY_MALFORMED"],
    ["a body that is no object", "POST", "/v1/events", json, "3", 400, "REQUEST_MALFORMED"],
    [
      "a wrong content type",
      "POST",
      "/v1/events",
      { "content-type": "text/plain" },
      "x",
      415,
      "MEDIA_TYPE_UNSUPPORTED",
    ],
    ["NDJSON where it means nothing", "POST", "/v1/rank", lines, "{}", 415, "MEDIA_TYPE_UNSUPPORTED"],
    ["an unknown path", "GET", "/v1/nothing", {}, undefined, 404, "NOT_FOUND"],
    ["a wrong method", "GET", "/v1/rank", {}, undefined, 405, "METHOD_NOT_ALLOWED"],
    ["a path that is no UTF-8", "GET", "/v1/items/%ff", {}, undefined, 400, "REQUEST_MALFORMED"],
    ["a path that is too long", "GET", `/v1/items/${"a".repeat(9000)}`, {}, undefined, 400, "REQUEST_MALFORMED"],
    ["an unknown query", "GET", "/v1/users/u-1?exprt=1", {}, undefined, 400, "REQUEST_MALFORMED"],
    ["the export of nobody known", "GET", "/v1/users/never?export=1", {}, undefined, 404, "USER_UNKNOWN"],
    ["erasing under too long an id", "DELETE", `/v1/users/${"a".repeat(513)}`, {}, undefined, 400, "REQUEST_MALFORMED"],
    ["an event that nobody knows", "GET", "/v1/events/e-999", {}, undefined, 404, "EVENT_UNKNOWN"],
  ] as const)("%s", async (_name, method, url, headers, payload, status, code) => {
    const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    const { error } = answer.json<Failure>();
    expect([answer.statusCode, error.code]).toEqual([status, code]);
    expect(errorCodes[error.code as keyof typeof errorCodes]).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  test("a wrong method is told which are right", async () => {
    expect((await get("/v1/items/p-1", "PUT")).headers.allow).toBe("GET, HEAD, DELETE");
  });

  test("a body over the limit is refused by its length alone", async () => {
    const headers = { ...json, "content-length": String(limits.bodyBytesMax + 1) };
    const answer = await app.inject({ method: "POST", url: "/v1/events", headers, payload: "{}" });
    expect([answer.statusCode, answer.json<Failure>().error.code]).toEqual([413, "BODY_TOO_LARGE"]);
  });

  test("a fault inside shows nothing of the inside, and goes to the diagnostics", async () => {
    const said: string[] = [];
    const faulty = engineWith({
      rank: () => {
        throw new Error("cannot read /secret/place");
      },
    });
    const server = await httpServer(faulty, (message) => said.push(message));
    const { status, body } = await post("/v1/rank", { items: [] }, json, server);
    await server.close();
    expect([status, body.error.code]).toEqual([500, "INTERNAL"]);
    expect(JSON.stringify(body)).not.toMatch(/secret|\.ts/);
    expect(said.join()).toContain("/secret/place");
  });

  test("overload and unreadiness say when to come back", async () => {
    const busy = engineWith({
      record: () => Promise.reject(new LiveshelfError("OVERLOADED", "Too many events wait for the disk.")),
      readiness: () => ({ ready: false, offset: 0 }),
    });
    const server = await httpServer(busy);
    const recorded = await post("/v1/events", [], json, server);
    const ready = await get("/readyz", "GET", server);
    await server.close();
    expect([recorded.status, recorded.body.error.code, recorded.headers["retry-after"]]).toEqual([
      503,
      "OVERLOADED",
      "1",
    ]);
    expect([ready.status, ready.body.error.code, ready.headers["retry-after"]]).toEqual([503, "NOT_READY", "1"]);
  });
});

describe("reference and metrics", () => {
  test("OpenAPI 3.1 lists every call with schemas", async () => {
    const { body } = await get("/openapi.json");
    expect(body.openapi).toBe("3.1.0");
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        "/v1/events",
        "/v1/rank",
        "/v1/search",
        "/v1/suggest",
        "/v1/recommend",
        "/v1/items/{item}",
        "/v1/users/{user}",
        "/readyz",
      ]),
    );
    expect(body.paths["/v1/rank"].post.requestBody.content["application/json"].schema.properties.items).toBeDefined();
    expect(Object.keys(body.paths["/v1/events"].post.requestBody.content)).toContain("application/x-ndjson");
  });

  test("the reference page loads nothing from elsewhere", async () => {
    const { status, text } = await get("/docs/");
    expect(status).toBe(200);
    expect(text).not.toMatch(/(?:src|href)="https?:/);
  });

  test("requests and events are counted", async () => {
    const { text, headers } = await get("/metrics");
    expect(headers["content-type"]).toContain("text/plain");
    expect(text).toMatch(/^liveshelf_requests_total\{route="\/v1\/rank",status="200"\} \d+$/m);
    expect(text).toMatch(/^liveshelf_request_seconds_count\{route="\/v1\/events"\} \d+$/m);
    expect(text).toMatch(/^liveshelf_events_total\{result="duplicate"\} [1-9]\d*$/m);
    expect(text).toMatch(new RegExp(`^liveshelf_offset ${engine.status().offset}$`, "m"));
  });
});

describe("a listening server", () => {
  const config = completeConfig({ port: 0, shedAfterMs: 0 });

  test.each(["0.0.0.0", "::", "192.168.1.5", "example.com"])("refuses %s, as it has no keys", async (host) => {
    const refusal = expect.objectContaining({ code: "ADDRESS_REFUSED", message: expect.stringContaining("keys") });
    await expect(startServer(engine, { ...config, host })).rejects.toEqual(refusal);
  });

  test("says where it listens, and that a port is taken", async () => {
    const server = await startServer(engine, config);
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const port = Number(new URL(server.address).port);
    await expect(startServer(engine, { ...config, port })).rejects.toMatchObject({
      code: "ADDRESS_REFUSED",
      at: "/port",
    });
    await server.close();
  });

  test("finishes what is under way when it closes, and the engine stays open", async () => {
    const held = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const slow = engineWith({
      record: async (events) => {
        arrived.resolve();
        await held.promise;
        return engine.record(events);
      },
    });
    const server = await startServer(slow, config);
    const answer = fetch(`${server.address}/v1/events`, {
      ...{ method: "POST", headers: json },
      body: JSON.stringify({ type: "item-removed", item: "x" }),
    });
    await arrived.promise;
    const closed = server.close();
    held.resolve();
    expect((await answer).status).toBe(200);
    await closed;
    await expect(fetch(`${server.address}/healthz`)).rejects.toThrow();
    expect(engine.status().ready).toBe(true);
  });

  test("what is no HTTP gets the envelope too", async () => {
    const server = await startServer(engine, config);
    const socket = connect(Number(new URL(server.address).port), "127.0.0.1");
    socket.end("this is no request\r\n\r\n");
    let text = "";
    for await (const chunk of socket) text += chunk;
    await server.close();
    expect(text).toContain('{"error":{"code":"REQUEST_MALFORMED"');
  });
});
