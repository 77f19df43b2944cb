/** What happens now: `GET /v1/live`. */
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { limits } from "../src/core/limits.ts";
import type { Engine } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { Durations } from "../src/http/durations.ts";
import { Live } from "../src/http/live.ts";
import { httpServer } from "../src/http/server.ts";
import { shedding } from "../src/http/shedding.ts";
import { door, hashedKeys, keyOf } from "./door/at-the-door.ts";

interface Message {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: what it is, the test says
  readonly told: any;
}

const parse = (text: string): Message[] =>
  text
    .split("\n\n")
    .map((one) => /^event: (\w+)\ndata: (.*)$/.exec(one))
    .flatMap((found) => (found ? [{ event: found[1]!, told: JSON.parse(found[2]!) }] : []));

const anybody = { shoppers: false, isLetIn: () => true };
const item = (id: string, title: string) => ({ type: "item" as const, item: id, fields: { title } });

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function shop(): Promise<{ readonly engine: Engine; readonly live: Live }> {
  const engine = await createEngine({ tickMs: 0 });
  closing.push(() => engine.close());
  const live = new Live(engine);
  closing.push(async () => live.close());
  await engine.record([item("p-1", "Red scarf"), item("p-2", "Blue scarf")]);
  return { engine, live };
}

describe("what happens now", () => {
  test("is told with titles, and with the place that an item had in its list; nobody is named unless that is asked for", async () => {
    const { engine, live } = await shop();
    const [plain, whole] = [live.open(anybody), live.open({ ...anybody, shoppers: true })];
    const { slate } = engine.rank({ items: ["p-1", "p-2"], query: "scarf", surface: "search", user: "u-1" });
    await engine.record({ type: "outcome", action: "click", item: "p-2", slate: slate!, user: "u-1", session: "v-1" });
    live.beat();
    const list = { type: "slate", surface: "search", query: "scarf", orderedBy: "engine", shown: 2 };
    const click = { type: "outcome", action: "click", item: "p-2", title: "Blue scarf", query: "scarf", position: 1 };
    const text = String(plain.read());
    expect(text).not.toMatch(/u-1|v-1/);
    expect(parse(text)).toMatchObject([
      { event: "event", told: { ...list, items: [{ item: "p-1", title: "Red scarf" }, { item: "p-2" }] } },
      { event: "event", told: click },
    ]);
    expect(parse(String(whole.read()))).toMatchObject([
      { told: { user: "u-1" } },
      { told: { user: "u-1", session: "v-1" } },
    ]);
  });

  test("of many at once tells those that say most, and counts the rest", async () => {
    const { engine, live } = await shop();
    const stream = live.open(anybody);
    const actions = ["seen", "view", "view", "purchase", "click", "cart", "seen"];
    await engine.record(actions.map((action) => ({ type: "outcome", action, item: "p-1", user: "u-1" })));
    for (let beat = 0; beat < 10; beat++) live.beat();
    const messages = parse(String(stream.read()));
    expect(messages.map(({ event, told }) => (event === "status" ? event : told.action))).toEqual([
      ...["purchase", "cart", "status"],
    ]);
    expect(messages[2]!.told).toMatchObject({ lost: 0, more: 3, readers: 1, offset: 9, items: 2 });
    expect(messages[2]!.told.visibleMs.p50).toBeGreaterThan(0);
    expect(messages[2]!.told.learners.length).toBeGreaterThan(0);
    live.countRequest("/v1/rank", 4);
    live.countRequest("/v1/models", 400);
    for (let beat = 0; beat < 10; beat++) live.beat();
    expect(parse(String(stream.read()))[0]!.told).toMatchObject({ answerMs: { p99: expect.closeTo(4, 0) } });
  });

  test("costs nothing without readers: nobody is told of what is folded", async () => {
    const { engine, live } = await shop();
    const stream = live.open(anybody);
    const isClosed = new Promise((resolve) => stream.once("close", resolve));
    stream.destroy();
    await isClosed;
    await engine.record({ type: "outcome", action: "click", item: "p-1" });
    const next = live.open(anybody);
    live.beat();
    expect(parse(String(next.read()))).toEqual([]);
  });

  test("waits for a slow reader up to liveBytesMax; what comes beyond is missed, counted, and told when there is room", async () => {
    const { engine, live } = await shop();
    await engine.record(item("p-3", "x".repeat(10_000)));
    const [slow, quick] = [live.open(anybody), live.open(anybody)];
    for (let i = 0; i < 20; i++) {
      await engine.record({ type: "outcome", action: "click", item: "p-3" });
      live.beat();
      expect(slow.readableLength).toBeLessThanOrEqual(limits.liveBytesMax);
      quick.read();
    }
    let text = String(slow.read());
    for (let beat = 0; beat < 10; beat++) live.beat();
    text += String(slow.read());
    const statuses = parse(text).filter(({ event }) => event === "status");
    const lost = statuses.reduce((sum, { told }) => sum + told.lost, 0);
    expect(lost).toBeGreaterThan(10);
    expect(parse(text).length - statuses.length + lost).toBeGreaterThanOrEqual(20);
    expect(parse(String(quick.read())).at(-1)!.told.lost).toBe(0);
  });

  test("has at most liveStreamsMax readers; one that goes makes room for the next", async () => {
    const { live } = await shop();
    const streams = Array.from({ length: limits.liveStreamsMax }, () => live.open(anybody));
    expect(() => live.open(anybody)).toThrow(expect.objectContaining({ code: "OVERLOADED" }));
    const gone = new Promise((resolve) => streams[0]!.once("close", resolve));
    streams[0]!.destroy();
    await gone;
    live.open(anybody);
  });

  test("ends for a reader whose key is taken away, and with it for nobody else", async () => {
    const { live } = await shop();
    let isLetIn = true;
    const [one, other] = [live.open({ ...anybody, isLetIn: () => isLetIn }), live.open(anybody)];
    isLetIn = false;
    for (let beat = 0; beat < 10; beat++) live.beat();
    one.resume();
    await new Promise((resolve) => one.once("end", resolve));
    expect(other.readableEnded).toBe(false);
  });
});

describe("GET /v1/live", () => {
  test("streams over HTTP, and ends at once when the server closes", async () => {
    const { engine } = await shop();
    const app = await httpServer(engine);
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/v1/live`);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("retry: 2000\n\n")) text += (await reader.read()).value;
    await engine.record({ type: "outcome", action: "click", item: "p-1" });
    while (!text.includes('"title":"Red scarf"')) text += (await reader.read()).value;
    const closed = app.close();
    while (!(await reader.read()).done);
    await closed;
  });

  test("is no answer that took long, neither in the metrics nor to what refuses under load", async () => {
    const { engine } = await shop();
    const shed = shedding({ shedAfterMs: 6, isWarm: true });
    const app = await httpServer(engine, undefined, { shedding: shed });
    closing.push(() => app.close());
    const address = await app.listen({ port: 0, host: "127.0.0.1" });
    const leaving = new AbortController();
    const response = await fetch(`${address}/v1/live`, { signal: leaving.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("event: status")) text += (await reader.read()).value;
    expect((await app.inject({ method: "POST", url: "/v1/rank", payload: { items: ["p-1"] } })).statusCode).toBe(200);
    leaving.abort();
    const metrics = async (): Promise<string> => (await app.inject("/metrics")).body;
    await expect.poll(metrics, { timeout: 60_000 }).toContain('route="/v1/rank"');
    expect(await metrics()).not.toContain('route="/v1/live"');
    expect(shed.counts).toEqual({ anonymous: 0, query: 0, events: 0 });
  });

  test("needs the scope admin, and is no call for HEAD", async () => {
    const at = await door({ keys: hashedKeys });
    closing.push(() => at.close());
    for (const [name, status] of [
      ["query", 403],
      ["metrics", 403],
    ] as const)
      expect((await at.ask({ url: "/v1/live", key: keyOf(name) })).status).toBe(status);
    expect((await at.ask({ url: "/v1/live" })).status).toBe(401);
    expect((await at.ask({ url: "/v1/live?shoppers=yes", key: keyOf("admin") })).status).toBe(400);
    expect((await at.ask({ url: "/v1/live", method: "HEAD", key: keyOf("admin") })).status).toBe(405);
  });
});

describe("durations of a moment", () => {
  test("give quantiles within a quarter of the true ones, and begin anew once they were taken", () => {
    const durations = new Durations();
    expect(durations.take()).toBeNull();
    for (let i = 1; i <= 1000; i++) durations.add(i / 10);
    durations.add(Number.NaN);
    const { p50, p95, p99 } = durations.take()!;
    for (const [found, wanted] of [
      [p50, 50],
      [p95, 95],
      [p99, 99],
    ] as const) {
      expect(found).toBeGreaterThan(wanted / 1.25);
      expect(found).toBeLessThan(wanted * 1.25);
    }
    expect(durations.take()).toBeNull();
  });
});
