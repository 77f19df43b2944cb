/** Acknowledged is durable (ARCHITECTURE.md, invariant 5): the real process, killed at seeded moments, loses nothing and counts nothing twice. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import type { LoggedEvent } from "../src/core/event.ts";
import { random } from "../src/core/random.ts";
import { checksum } from "../src/core/state.ts";
import { createEngine } from "../src/engine.ts";
import { Learning } from "../src/learn.ts";
import { buildRooms } from "../src/rooms.ts";
import { batch, batchSize, crashSettings } from "./crash-child.ts";

const root = mkdtempSync(join(tmpdir(), "crash-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const isBatch = /^\d+$/;
const child = new URL("./crash-child.ts", import.meta.url).pathname;

/** Lets the writer go on from a batch until it said so many lines of a kind, then kills it; answers the batches acknowledged. */
async function writeUntil(data: string, first: number, kind: RegExp, count: number): Promise<number[]> {
  const writer = spawn(process.execPath, [child, data, String(first)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, "compiled") },
  });
  const acknowledged: number[] = [];
  let seen = 0;
  let errors = "";
  writer.stderr.on("data", (text) => {
    errors += text;
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => writer.once("close", (_, signal) => resolve(signal)));
  for await (const line of createInterface({ input: writer.stdout })) {
    // What it still said before it died was acknowledged all the same.
    if (isBatch.test(line)) acknowledged.push(Number(line));
    if (kind.test(line) && ++seen === count) writer.kill("SIGKILL");
  }
  expect(await ended, errors).toBe("SIGKILL");
  return acknowledged;
}

test("killed twenty times, it keeps all that was acknowledged, once, and the state is that of the log", async () => {
  const data = join(root, "shop");
  const chance = random("crash");
  const acknowledged = new Set<number>();
  let next = 0;
  for (let kill = 0; kill < 20; kill++) {
    const kind = [isBatch, /begins/, isBatch, isBatch, /written/][kill % 5]!;
    const said = await writeUntil(data, next, kind, kind === isBatch ? 1 + chance.int(20) : 1 + chance.int(2));
    for (const number of said) acknowledged.add(number);
    // The next one sends again what may or may not have arrived, and sometimes what has.
    next = Math.max(next, ...said.map((number) => number + 1));
    if (kill % 5 === 4) next = Math.max(0, next - 2);
  }
  expect(acknowledged.size).toBeGreaterThan(80);
  const kept = readdirSync(join(data, "snapshots"));
  expect(kept.filter((name) => name.endsWith(".snapshot")).length).toBe(2);

  const engine = await createEngine({ ...crashSettings, data, clock: { nowMs: () => 0 } });
  const events = [...engine.events()].map(({ event }) => event);
  const times = new Map<string, number>();
  for (const { id } of events) if (id !== undefined) times.set(id, (times.get(id) ?? 0) + 1);
  for (const number of acknowledged)
    for (const { id } of batch(number)) expect(times.get(id as string), `event ${id as string}`).toBe(1);
  for (const [id, count] of times) expect(count, `event ${id}`).toBe(1);
  // What was never acknowledged is there wholly or not at all, and it is at most what each kill cut off.
  expect(times.size - acknowledged.size * batchSize).toBeLessThanOrEqual(20 * batchSize);
  expect(times.size % batchSize).toBe(0);

  const rooms = buildRooms(completeConfig(crashSettings));
  const learning = new Learning(rooms);
  events.forEach((event: LoggedEvent, offset) => {
    learning.fold(event, offset);
  });
  const clean = checksum(rooms.states);
  expect(engine.status().snapshotOffset).toBeGreaterThan(0);
  expect(engine.checksum()).toBe(clean);
  await engine.close();

  for (const fromLog of [true, false]) {
    const again = await createEngine({ ...crashSettings, data, fromLog });
    expect(again.status().snapshotOffset > 0).toBe(!fromLog);
    expect(again.checksum()).toBe(clean);
    await again.close();
  }
});
