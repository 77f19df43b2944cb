/** Acknowledged is visible (ARCHITECTURE.md, invariant 5): after its receipt, the shopper's very next question sees an event, whoever else writes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import type { Answer, Engine } from "../src/core/public.ts";
import { random } from "../src/core/random.ts";
import type { UserReport } from "../src/core/user-report.ts";
import { createEngine } from "../src/engine.ts";
import { type Server, startServer } from "../src/http/server.ts";

const data = mkdtempSync(join(tmpdir(), "read-your-writes-"));
const catalogue = Array.from({ length: 60 }, (_, i) => `p-${i}`);
let engine: Engine;
let server: Server;

beforeAll(async () => {
  // Snapshots are written meanwhile, too.
  engine = await createEngine({ data, snapshotEvery: 400 });
  server = await startServer(engine, completeConfig({ port: 0, shedAfterMs: 0 }));
  await post(
    "/v1/events",
    catalogue.map((item) => ({ type: "item", item, fields: { title: `Thing ${item}` } })),
  );
});
afterAll(async () => {
  await server.close();
  await engine.close();
  rmSync(data, { recursive: true, force: true });
});

const address = (path: string): string => new URL(path, server.address).href;

async function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(address(path), { method: "POST", headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(address(path));
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

/** Writes, and reads what was written, over and over; answers how often. */
async function shop(number: number): Promise<number> {
  const user = `u-${number}`;
  const chance = random(`read-your-writes ${number}`);
  let reads = 0;
  let touched = 0;
  const known = new Set<string>();
  for (let round = 0; round < 2; round++) {
    const candidates = Array.from({ length: 8 }, () => catalogue[chance.int(catalogue.length)]!);
    const asked = { items: [...new Set(candidates)], user, explain: true };
    const before = await post<Answer>("/v1/rank", asked);
    const { item } = before.items[chance.int(before.items.length)]!;
    const click = { type: "outcome", action: "click", item, user, slate: before.slate };
    const id = `${user} ${round}`;
    // Sent twice at once, as impatient clients do: whichever is acknowledged first, it is visible.
    const sent = [post("/v1/events", { ...click, id }), post("/v1/events", [{ ...click, id }])];
    await Promise.race(sent);
    touched++;
    known.add(item);
    const [report, after] = await Promise.all([
      get<UserReport>(`/v1/users/${user}`),
      post<Answer>("/v1/rank", { ...asked, observe: false }),
    ]);
    expect(report.recent[0]).toMatchObject({ item, lastAction: "click" });
    expect(report.recent.length).toBe(known.size);
    expect(report.recent.reduce((sum, one) => sum + one.touches, 0)).toBe(touched);
    const score = (answer: Answer) => answer.items.find((one) => one.item === item)!.rawScore;
    expect(score(after)).not.toBe(score(before));
    await Promise.all(sent);
    reads += 2;
  }
  return reads;
}

test("200 shoppers who write and read at once each see what they wrote", { timeout: 600_000 }, async () => {
  const reads = await Promise.all(Array.from({ length: 200 }, (_, number) => shop(number)));
  expect(reads.reduce((sum, count) => sum + count, 0)).toBe(200 * 4);
  const ids = [...engine.events()].flatMap(({ event }) => (event.id === undefined ? [] : [event.id]));
  expect(ids.length).toBe(400);
  expect(new Set(ids).size).toBe(400);
  expect(engine.status().counts).toMatchObject({ joinedById: 400, orphans: 0, early: 0, duplicates: 400 });
});
