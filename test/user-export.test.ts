/** A shopper's own data over HTTP: all of it in one export, and gone after an erasure. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import { minuteMs } from "../src/core/clock.ts";
import type { Engine } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { type Server, startServer } from "../src/http/server.ts";
import { erased } from "./erased-twin.ts";

let engine: Engine;
let server: Server;
const startMs = Date.UTC(2026, 3, 1);

beforeAll(async () => {
  engine = await createEngine({ tickMs: 0, eraseAfterMs: 0, suggestShoppersMin: 2 });
  const config = completeConfig({ port: 0, shedAfterMs: 0 });
  server = await startServer(engine, config);
  const at = (minute: number): number => startMs + minute * minuteMs;
  const items = Array.from({ length: 30 }, (_, n) => `p-${n}`);
  await engine.record(
    items.map((item, n) => ({ type: "item", item, fields: { title: `lamp ${n}`, brand: `b-${n % 3}` } })),
  );
  await engine.record([
    { type: "slate", slate: "s-1", session: "early", query: "lamp", items: ["p-1", "p-2"], time: at(0) },
    { type: "outcome", action: "click", session: "early", slate: "s-1", item: "p-2", time: at(1) },
    { type: "user", user: "u-1", session: "early", fields: { country: "DE" }, time: at(2) },
    ...items.map((item, n) => ({ type: "outcome", action: "view", user: "u-1", item, time: at(10 + n * 3) })),
    { type: "outcome", action: "view", user: "u-2", session: "early", item: "p-3", time: at(200) },
    { type: "outcome", action: "view", session: "other", item: "p-4", time: at(201) },
  ]);
});
afterAll(async () => {
  await server.close();
  await engine.close();
});

async function ask(path: string, method = "GET") {
  const answer = await fetch(new URL(path, server.address), { method });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test("an export has all that is held: every item, sessions, queries, and the events from before the shopper was known", async () => {
  const { status, body } = await ask("/v1/users/u-1?export=1");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    user: "u-1",
    known: true,
    fields: { country: "DE" },
    sessionIds: ["early"],
    slates: [{ slate: "s-1", query: "lamp", items: [{ item: "p-1" }, { item: "p-2", outcomes: ["click"] }] }],
    queries: ["lamp"],
  });
  expect(body.recent).toHaveLength(30);
  expect((await ask("/v1/users/u-1")).body.recent).toHaveLength(20);
  const events = body.events as { offset: number; event: Record<string, unknown> }[];
  expect(events).toHaveLength(33);
  expect(events.slice(0, 3).map(({ event }) => event.session)).toEqual(["early", "early", "early"]);
  const logged = new Map([...engine.events()].map(({ offset, event }) => [offset, event]));
  for (const { offset, event } of events) expect(event).toEqual(logged.get(offset));
});

test("an erased shopper is unknown to every call at once, erased again the same, and has nothing to be exported", async () => {
  const paged = await fetch(new URL("/v1/search", server.address), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "lamp", user: "u-1", size: 5 }),
  });
  expect(paged.status).toBe(200);
  const { status, body } = await ask("/v1/users/u-1", "DELETE");
  expect([status, body]).toEqual([
    200,
    {
      user: "u-1",
      known: true,
      erased: { fields: 1, items: 30, sessions: 1, queries: 1, quarantined: expect.any(Number) },
      offset: 66,
      log: "queued",
    },
  ]);
  for (const path of ["/v1/users/u-1", "/v1/users/u-1/slates", "/v1/users/u-1?export=1"])
    expect(await ask(path)).toMatchObject({ status: 404, body: { error: { code: "USER_UNKNOWN" } } });
  expect(await ask("/v1/users/u-1", "DELETE")).toMatchObject({ status: 200, body: { known: false, erased: {} } });
  await erased(engine);
  expect(engine.status().erasures).toMatchObject({ pending: 0, events: 34 });
  expect(JSON.stringify([...engine.events()])).not.toContain('"u-1"');
  expect(await ask("/v1/users/u-1?export=1")).toMatchObject({ status: 404 });
  expect(await ask("/v1/users/u-2?export=1")).toMatchObject({ status: 200, body: { events: [{ offset: 63 }] } });
});

test("who was never heard of is erased all the same, as the log may know more than the state", async () => {
  expect(await ask("/v1/users/never", "DELETE")).toMatchObject({ status: 200, body: { known: false, log: "queued" } });
  await erased(engine);
  expect(engine.status().offset).toBeGreaterThan(60);
});
