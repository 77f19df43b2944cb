/** What tests of erasing share: a shop, those who go, and a slow twin that says what state and log are to be then. */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { completeConfig } from "../src/config.ts";
import type { LoggedEvent } from "../src/core/event.ts";
import type { Engine, EventInput } from "../src/core/public.ts";
import { checksum } from "../src/core/state.ts";
import { createEngine } from "../src/engine.ts";
import { memoryLog } from "../src/event-logs/memory.ts";
import { foldUp } from "../src/fold-up.ts";
import { items, userOf, visits } from "./many-shoppers.ts";
import { settled } from "./settled.ts";

export const root = mkdtempSync(join(tmpdir(), "erasing-"));
export const folder = (): string => mkdtempSync(join(root, "data-"));
const settings = { tickMs: 0, eraseAfterMs: 20 };
export const shop = { seed: "erasing", shoppers: 60, items: 60, visits: 250 };
export const gone = Array.from({ length: 10 }, (_, n) => userOf(n * 3));

export async function fill(engine: Engine, from = 0, count: number = shop.visits): Promise<void> {
  if (from === 0) await engine.record([...items(shop.items)]);
  let batch: EventInput[] = [];
  for (const visit of visits({ ...shop, from, visits: count })) {
    batch.push(...visit);
    if (batch.length < 100) continue;
    await engine.record(batch);
    batch = [];
  }
  await engine.record(batch);
}

export async function erased(engine: Engine): Promise<void> {
  while (engine.status().erasures.pending > 0) {
    expect(engine.status().erasures.failure).toBeUndefined();
    await wait(5);
  }
}

/** Resolves when the log was shortened by its bound, and is not being shortened any more. */
export async function trimmed(engine: Engine): Promise<void> {
  do await settled(engine);
  while (engine.status().logStart <= 100);
}

/** What is to stand in the log: a slow twin, event by event, that goes by the rule of docs/privacy.md. */
function without(log: readonly LoggedEvent[]): LoggedEvent[] {
  type Named = LoggedEvent & { readonly user?: string; readonly session?: string };
  const events = [...log] as Named[];
  events.forEach((note, end) => {
    if (note.type !== "erase") return;
    const before = events.slice(0, end);
    const firstUser = (session: string): string | undefined =>
      before.find((event) => event.session === session && event.user !== undefined)?.user;
    const theirs = before.map(({ user, session }) =>
      user === undefined ? session !== undefined && firstUser(session) === note.user : user === note.user,
    );
    for (const [offset, isTheirs] of [...theirs, true].entries())
      if (isTheirs) events[offset] = { type: "erased", time: 0, receivedAt: 0 };
  });
  return events;
}

async function folded(events: readonly LoggedEvent[]): Promise<string> {
  const log = memoryLog();
  for (let start = 0; start < events.length; start += 100) log.append(events.slice(start, start + 100));
  await log.durable();
  return checksum((await foldUp(completeConfig(settings), undefined, log)).rooms.states);
}

export function filesWith(data: string, text: string): string[] {
  return readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}

export const eventsOf = (engine: Engine): LoggedEvent[] => [...engine.events()].map(({ event }) => event);

export async function expectExact(engine: Engine, original: readonly LoggedEvent[]): Promise<void> {
  const events = eventsOf(engine);
  expect(events).toEqual(without(original));
  expect(engine.checksum()).toBe(await folded(events));
}

export const open = (data: string | undefined, eraseAfterMs = 20): Promise<Engine> =>
  createEngine({ ...settings, eraseAfterMs, ...(data === undefined ? {} : { data }) });
