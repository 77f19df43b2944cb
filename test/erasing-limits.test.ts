/** Whose events go where the log alone cannot tell, and how they go where memory has no room for the state twice. */
import { rmSync } from "node:fs";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { completeConfig } from "../src/config.ts";
import { dayMs, manualClock } from "../src/core/clock.ts";
import type { Engine } from "../src/core/public.ts";
import { createEngine, openEngine } from "../src/engine.ts";
import { engineParts } from "../src/engine-parts.ts";
import { erased, eventsOf, expectExact, filesWith, fill, folder, gone, open, root, trimmed } from "./erased-twin.ts";

afterEach(() => void vi.useRealTimers());
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("where memory has no room for the state twice, erasures wait and say so, and are done by the next start before it answers", async () => {
  const data = folder();
  const config = completeConfig({ data, tickMs: 0, eraseAfterMs: 0 });
  const narrow = (told: string[] = []): Promise<Engine> =>
    openEngine(
      config,
      { ...engineParts(config, false), availableBytes: () => 0 },
      { onDiagnostic: (message) => told.push(message) },
    );
  let engine = await narrow();
  await fill(engine, 0, 60);
  for (const user of gone) await engine.erase(user);
  const why = (): string | undefined => engine.status().erasures.failure;
  await expect.poll(why, { timeout: 60_000 }).toMatch(/no room for the state twice/);
  expect(engine.status().erasures.pending).toBe(gone.length);
  const events = eventsOf(engine);
  await engine.close();
  const told: string[] = [];
  engine = await narrow(told);
  expect(engine.status()).toMatchObject({ ready: true, erasures: { pending: 0, shoppers: gone.length } });
  expect(engine.status().erasures.failure).toBeUndefined();
  expect(told).toContainEqual(expect.stringContaining("they leave the log first"));
  await expectExact(engine, events);
  for (const user of gone) expect(filesWith(data, `"${user}"`)).toEqual([]);
  expect((await engine.record({ type: "outcome", action: "view", item: "item-1", user: "u-new" })).accepted).toBe(1);
  await engine.close();
  engine = await open(data);
  await expectExact(engine, eventsOf(engine));
  await engine.close();
});

test("a session of somebody who was not heard of for shopperExpiryMs is exported and erased with who has it since", async () => {
  const clock = manualClock(1e12);
  const engine = await createEngine({ clock, tickMs: 0, eraseAfterMs: 0, shopperExpiryMs: 10 * dayMs });
  const view = { type: "outcome", action: "view", item: "p-1" } as const;
  await engine.record({ ...view, user: "u-first", session: "shared" });
  clock.advance(30 * dayMs);
  await engine.record(Array.from({ length: 50 }, (_, n) => ({ ...view, user: `u-${n}` })));
  expect(engine.user("u-first")).toBeUndefined();
  await engine.record([
    { ...view, user: "u-second", session: "shared" },
    { ...view, item: "p-2", session: "shared" },
  ]);
  expect(await exportedItems(engine, "u-second")).toEqual(["p-1", "p-2"]);
  expect(await exportedItems(engine, "u-first")).toEqual(["p-1"]);
  await engine.erase("u-second");
  await erased(engine);
  expect(engine.status().erasures.events).toBe(2);
  expect(eventsOf(engine).flatMap((event) => ("session" in event ? [event] : []))).toMatchObject([{ user: "u-first" }]);
  await engine.close();
});

test("who comes back, is forgotten and is erased again leaves nothing, whether the state still knows them or not", async () => {
  const clock = manualClock(1e12);
  const engine = await createEngine({ clock, tickMs: 0, eraseAfterMs: 200, shopperExpiryMs: dayMs });
  // The 200 ms are over when the test says so, below.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const view = { type: "outcome", action: "view", item: "p-1" } as const;
  await engine.record({ ...view, user: "u-back" });
  const first = await engine.erase("u-back");
  await engine.record({ ...view, user: "u-back" });
  clock.advance(3 * dayMs);
  await engine.record(Array.from({ length: 40 }, (_, n) => ({ ...view, user: `u-${n}` })));
  expect(engine.user("u-back")).toBeUndefined();
  const second = await engine.erase("u-back");
  expect(second.offset).toBeGreaterThan(first.offset);
  expect((await engine.erase("u-back")).offset).toBe(second.offset);
  vi.advanceTimersByTime(200);
  vi.useRealTimers();
  await erased(engine);
  expect(JSON.stringify(eventsOf(engine))).not.toContain("u-back");
  await engine.close();
});

test("of a trimmed log, too, an export has what their sessions did without their name", async () => {
  const engine = await createEngine({ data: folder(), tickMs: 0, snapshotEvery: 400, logBytesMax: 150_000 });
  const view = { type: "outcome", action: "view", item: "item-1" } as const;
  await engine.record([
    { ...view, user: "u-mine", session: "s-mine" },
    { ...view, user: "u-other", session: "s-other" },
  ]);
  await fill(engine);
  await engine.snapshot();
  await trimmed(engine);
  await engine.record([
    { ...view, item: "item-2", session: "s-mine" },
    { ...view, item: "item-3", user: "u-mine", session: "s-other" },
    { ...view, item: "item-4", session: "s-other" },
  ]);
  expect(await exportedItems(engine, "u-mine")).toEqual(["item-2", "item-3"]);
  expect(await exportedItems(engine, "u-other")).toEqual(["item-4"]);
  await engine.close();
});

async function exportedItems(engine: Engine, user: string): Promise<string[]> {
  const items: string[] = [];
  for await (const { event } of engine.exportUser(user).events) if (event.type === "outcome") items.push(event.item);
  return items;
}
