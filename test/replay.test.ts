/** The log is the truth: whatever comes, folding it gives one state, in one go or from any snapshot on (ARCHITECTURE.md, invariant 1). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeConfig, foldedConfig } from "../src/config.ts";
import { type Clock, dayMs } from "../src/core/clock.ts";
import type { LoggedEvent } from "../src/core/event.ts";
import type { Engine } from "../src/core/public.ts";
import { bytesInUse, checksum } from "../src/core/state.ts";
import { createEngine } from "../src/engine.ts";
import { lmdbLog } from "../src/event-logs/lmdb.ts";
import { foldUp } from "../src/fold-up.ts";
import { foldInWorker } from "../src/fold-worker.ts";
import { Learning } from "../src/learn.ts";
import { snapshotHeader } from "../src/restore.ts";
import { buildRooms, type Rooms } from "../src/rooms.ts";
import { folderSnapshots } from "../src/snapshots/folder.ts";
import { Life } from "./random-life.ts";

const root = mkdtempSync(join(tmpdir(), "replay-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Short windows, so that closing, forgetting, expiry and horizon all happen within a short life. */
const settings = {
  lessonWaitMs: 30_000,
  attributionWindowMs: 2 * dayMs,
  shopperExpiryMs: dayMs,
  itemExpiryMs: 2 * dayMs,
  dedupeHorizonMs: 3_600_000,
  choiceLessonsPerSecond: 0.02,
  tickMs: 0,
} as const;
const data = join(root, "lived");
const config = completeConfig({ ...settings, data });

let events: LoggedEvent[];
let lived: string;

const clockOf = (life: Life): Clock => ({ nowMs: () => life.nowMs });

async function live(engine: Engine, life: Life, pages: number): Promise<void> {
  for (let page = 0; page < pages; page++) await life.step(engine);
}

function folded(rooms: Rooms, part: readonly LoggedEvent[], from = 0): Rooms {
  const learning = new Learning(rooms);
  part.forEach((event, i) => {
    learning.fold(event, from + i);
  });
  return rooms;
}

const state = (rooms: Rooms): string => checksum(rooms.states);

beforeAll(async () => {
  const life = new Life("replay");
  const engine = await createEngine({ ...settings, data, clock: clockOf(life) });
  await life.begin(engine);
  await live(engine, life, 600);
  lived = engine.checksum();
  const { counts, shoppers } = engine.status();
  await engine.close();
  const log = lmdbLog({ folder: join(data, "log"), readOnly: true });
  events = [...log.read(0)].map(({ event }) => event);
  await log.close();
  // The stream holds what it should.
  for (const name of [
    "joinedById",
    "joinedByShopper",
    "orphans",
    "early",
    "late",
    "repeated",
    "lessons",
    "corrected",
    "heldForDwell",
    "heldByName",
    "released",
  ])
    expect(counts[name], name).toBeGreaterThan(0);
  expect(counts.duplicates).toBeGreaterThan(0);
  expect(counts.withoutConsent).toBeGreaterThan(0);
  for (const type of ["item", "item-removed", "user", "slate", "outcome", "synonyms", "tick"])
    expect(events.filter((event) => event.type === type).length, type).toBeGreaterThan(0);
  const named = (key: "user" | "session") =>
    new Set(events.flatMap((event) => (event as { user?: string; session?: string })[key] ?? [])).size;
  expect(shoppers, "some have expired").toBeLessThan(named("user") + named("session"));
});

test("the log folded again ends in the state that was lived", () => {
  const once = folded(buildRooms(config), events);
  expect(state(once)).toBe(lived);
  expect(state(folded(buildRooms(config), events))).toBe(lived);
});

test("reading and asking change nothing", async () => {
  const engine = await createEngine({ ...settings, data, readOnly: true, clock: { nowMs: () => 0 } });
  const before = engine.checksum();
  expect(before).toBe(lived);
  engine.rank({ items: ["p-1", "nobody-knows", "p-2"], user: "u-1", query: "scarf", explain: true });
  engine.recommend({ user: "never-seen", context: { device: "fridge" } });
  engine.user("u-1");
  engine.item("p-1");
  engine.inspect();
  expect(engine.checksum()).toBe(before);
  await engine.close();
});

describe("a snapshot in the middle changes nothing", () => {
  const store = folderSnapshots(join(root, "by-hand"));
  const header = (offset: number) => ({
    format: 1 as const,
    release: "r",
    config: foldedConfig(config),
    log: "l",
    offset,
  });

  test.each([0, 1, 0.1, 0.5, 0.999])("cut at the share or number %d of the log", (cut) => {
    const offset = cut <= 1 && cut !== 1 ? Math.floor(cut * events.length) : cut;
    const first = folded(buildRooms(config), events.slice(0, offset));
    store.save(header(offset), first.states);
    const second = buildRooms(config);
    expect(store.load(second.states, () => true)?.header.offset).toBe(offset);
    expect(state(second)).toBe(state(first));
    expect(state(folded(second, events.slice(offset), offset))).toBe(lived);
  });

  test("many, one upon the other", () => {
    let rooms = buildRooms(config);
    for (let from = 0; from < events.length; ) {
      const to = Math.min(events.length, from + 900);
      folded(rooms, events.slice(from, to), from);
      store.save(header(to), rooms.states);
      rooms = buildRooms(config);
      store.load(rooms.states, () => true);
      from = to;
    }
    expect(state(rooms)).toBe(lived);
  });
});

test("the worker's snapshots, one upon the other, hold the state of their offset", async () => {
  const log = lmdbLog({ folder: join(data, "log"), readOnly: true });
  const store = folderSnapshots(join(data, "snapshots"));
  for (const offset of [events.length >> 2, events.length >> 1, events.length - 3]) {
    const report = await foldInWorker(config)({ offset, isBase: false }, new AbortController().signal);
    expect(report.offset).toBe(offset);
    const { rooms, offset: from } = await foldUp(config, store, log, { to: offset });
    expect(from).toBe(offset);
    expect(state(rooms)).toBe(state(folded(buildRooms(config), events.slice(0, offset))));
    expect(report.stateBytes).toBe(bytesInUse(rooms.states));
    expect(Math.min(report.seconds, report.heapBytes)).toBeGreaterThan(0);
  }
  await log.close();
});

test("an engine that goes on from its snapshots lives the life of one that never stopped", async () => {
  const folder = join(root, "stopped");
  const life = new Life("stopped");
  const open = () => createEngine({ ...settings, data: folder, clock: clockOf(life), snapshotEvery: 1_000_000 });
  let engine = await open();
  await life.begin(engine);
  for (let stop = 0; stop < 3; stop++) {
    await live(engine, life, 40);
    if (stop % 2 === 0) await engine.snapshot();
    await live(engine, life, 5);
    const before = engine.checksum();
    await engine.close();
    engine = await open();
    expect(engine.status().snapshotOffset).toBeGreaterThan(0);
    expect(engine.checksum()).toBe(before);
  }
  const last = engine.checksum();
  await engine.close();
  const fromLog = await createEngine({ ...settings, data: folder, readOnly: true, fromLog: true });
  expect(fromLog.status().snapshotOffset).toBe(0);
  expect(fromLog.checksum()).toBe(last);
  await fromLog.close();
});

describe("a snapshot is accepted only if it is of this", () => {
  const folder = join(root, "changed");
  const small = completeConfig({ ...settings, data: folder });
  let log: ReturnType<typeof lmdbLog>;

  beforeAll(async () => {
    log = lmdbLog({ folder: join(folder, "log") });
    log.append(events.slice(0, 300));
    await log.durable();
    const rooms = folded(buildRooms(small), events.slice(0, 300));
    folderSnapshots(join(folder, "snapshots")).save(snapshotHeader(small, log, 300), rooms.states);
  });
  afterAll(() => log.close());

  const offsetUnder = async (changed: object): Promise<number> => {
    const store = folderSnapshots(join(folder, "snapshots"));
    return (await foldUp(completeConfig({ ...settings, data: folder, ...changed }), store, log)).offset;
  };

  test("configuration", async () => {
    expect(await offsetUnder({})).toBe(300);
    expect(await offsetUnder({ port: 1, snapshotEvery: 7, tickMs: 5 })).toBe(300);
    const changes = [
      { seed: 2 },
      { rewards: { cart: 4 } },
      { attributionWindowMs: dayMs },
      { lessonWaitMs: 30_001 },
      { dedupeHorizonMs: 1 },
      { shopperExpiryMs: 4 * dayMs },
      { itemExpiryMs: 4 * dayMs },
      { withoutFeatures: ["price"] },
      { learnFields: ["brand"] },
      { choiceLessonsPerSecond: 1 },
    ];
    for (const change of changes) expect(await offsetUnder(change), JSON.stringify(change)).toBe(0);
  });

  test("log, and offset; whatever the release", async () => {
    const store = folderSnapshots(join(folder, "snapshots"));
    const { states } = folded(buildRooms(small), events.slice(0, 300));
    const header = snapshotHeader(small, log, 300);
    for (let i = 0; i < 2; i++) store.save({ ...header, log: "0000000000000000" }, states);
    expect(await offsetUnder({})).toBe(0);
    // Events that the log has lost are damage of the log; the next two snapshots drive this one out.
    store.save({ ...header, offset: 301 }, states);
    await expect(offsetUnder({})).rejects.toMatchObject({ code: "LOG_DAMAGED" });
    store.save({ ...header, log: "0000000000000000" }, states);
    store.save({ ...header, release: "0.0.0-other" }, states);
    expect(await offsetUnder({})).toBe(300);
  });
});
