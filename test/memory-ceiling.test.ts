/** The ceiling on memory: what gives way, in which order, how it is taken back, and that every fold of the log gives way alike. */
import "./simulation/small-segments.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import { dayMs, manualClock, minuteMs, secondMs } from "../src/core/clock.ts";
import type { CeilingEvent, LoggedEvent } from "../src/core/event.ts";
import type { EventInput } from "../src/core/public.ts";
import { random } from "../src/core/random.ts";
import { bytesInUse, copyState } from "../src/core/state.ts";
import { createEngine } from "../src/engine.ts";
import { Learning } from "../src/learn.ts";
import { MemoryCeiling } from "../src/memory-ceiling.ts";
import { memoryBytes, memoryFault } from "../src/memory-size.ts";
import { Serving } from "../src/rank.ts";
import { buildRooms, type Rooms } from "../src/rooms.ts";
import { StateSize } from "../src/state-size.ts";
import { Life } from "./random-life.ts";
import { differingStates } from "./same-states.ts";

const config = completeConfig({ choiceLessonsPerSecond: 0, lessonWaitMs: 20_000 });
const startMs = Date.UTC(2026, 0, 1);
const mebibyte = 2 ** 20;
const regulars = 60;

/** A shop to which ever new shoppers come, who turn to items that it does not have, too, and ask what nobody asked before. */
class Crowd {
  readonly #chance = random("crowd");
  #events = 0;
  nowMs = startMs;

  next(): LoggedEvent {
    const i = this.#events++;
    const id = `e-${i}`;
    this.nowMs += secondMs;
    const stamp = { id, time: this.nowMs, receivedAt: this.nowMs };
    if (i < 800)
      return { type: "item", item: `p-${i}`, fields: { title: `item ${i}`, price: i, brand: `b-${i % 20}` }, ...stamp };
    const kind = this.#chance.int(50);
    const session = `s-${Math.floor(i / 3)}`;
    if (kind === 0) {
      const items = Array.from({ length: 12 }, () => `p-${this.#chance.int(800)}`);
      const query = `words nobody used ${i}`;
      return {
        type: "slate",
        slate: `l-${i}`,
        items: [...new Set(items)],
        query,
        surface: "search",
        session,
        ...stamp,
      };
    }
    // Some come back for ever, and turn to everything.
    if (kind < 20) {
      const user = `regular-${this.#chance.int(regulars)}`;
      return { type: "outcome", action: "view", item: `p-${this.#chance.int(800)}`, user, ...stamp };
    }
    const item = kind < 25 ? `stray-${Math.floor(i / 6)}` : `p-${this.#chance.int(800)}`;
    return { type: "outcome", action: kind < 40 ? "view" : "click", item, session, ...stamp };
  }
}

interface Held {
  readonly rooms: Rooms;
  readonly log: readonly LoggedEvent[];
  readonly notes: readonly CeilingEvent[];
  readonly told: readonly string[];
  /** The most that the state ever took beyond what it takes without a shop. */
  readonly mostBytes: number;
}

/** The crowd's events, folded with so much room beyond what the state takes without a shop; `then` with other room, by so many more events. */
function held(roomBytes: number, events: number, then?: { readonly roomBytes: number; readonly events: number }): Held {
  const rooms = buildRooms(config);
  const learning = new Learning(rooms);
  const crowd = new Crowd();
  const emptyBytes = bytesInUse(rooms.states);
  const log: LoggedEvent[] = [];
  const notes: CeilingEvent[] = [];
  const told: string[] = [];
  let room = roomBytes;
  let mostBytes = 0;
  const fold = (event: LoggedEvent): void => {
    learning.fold(event, log.length);
    log.push(event);
  };
  const ceiling = new MemoryCeiling({
    ...{ rooms: () => rooms, memoryMax: () => 0, clock: manualClock(startMs), isFoldingAside: () => false },
    append(note) {
      notes.push(note);
      fold(note);
    },
    tell: (message) => void told.push(message),
    stateMaxBytes: () => emptyBytes + room,
  });
  for (let i = 0; i < events + (then?.events ?? 0); i++) {
    if (i === events) room = then!.roomBytes;
    fold(crowd.next());
    ceiling.watch();
    if (i % 500 === 0) mostBytes = Math.max(mostBytes, bytesInUse(rooms.states) - emptyBytes);
  }
  return { rooms, log, notes, told, mostBytes };
}

describe("a state that would outgrow its room", () => {
  const events = 42_000;
  let tight: Held;
  beforeAll(() => {
    tight = held(8 * mebibyte, events);
  });

  test("is held to it, and would be twice as large without", () => {
    expect(tight.mostBytes).toBeLessThan(8 * mebibyte);
    expect(held(Number.POSITIVE_INFINITY, events).mostBytes).toBeGreaterThan(16 * mebibyte);
  });

  test("takes one step after the other: later admission, then expiry, then shorter histories", () => {
    const steps = tight.notes.map(({ step }) => step);
    expect(steps.slice(0, 4)).toEqual([1, 2, 3, 4]);
    steps.forEach((step, i) => void expect(Math.abs(step - (steps[i - 1] ?? 0))).toBe(1));
    expect(tight.notes.slice(0, 3).map(({ bounds }) => Object.keys(bounds).sort())).toEqual([
      ["admission"],
      [
        ...["admission", "embeddings", "eventIds", "items", "neighbours", "queryItems", "queryValues"],
        ...["rows", "shoppers", "slates", "words"],
      ],
      [
        ...["admission", "embeddings", "eventIds", "items", "neighbours", "queryItems", "queryValues"],
        ...["rows", "shoppers", "slates", "touches", "words"],
      ],
    ]);
  });

  test("counts what each step cost, and says each once", () => {
    const { counts } = tight.rooms.bounds;
    for (const name of ["ceilingDeferred", "ceilingShoppers", "ceilingItems", "ceilingTouches"] as const)
      expect(counts[name], name).toBeGreaterThan(0);
    expect(counts.ceilingSteps).toBe(tight.notes.length);
    expect(tight.told).toHaveLength(tight.notes.length);
    expect(tight.told[0]).toMatch(/^Memory is scarce \(the state takes \d+ MiB of \d+ MiB .*second event on\.$/);
  });

  test("keeps to its bounds", () => {
    const { shoppers, bounds, attribution, recentIds } = tight.rooms;
    expect(shoppers.count).toBeLessThanOrEqual(bounds.shoppers + 2);
    expect(attribution.slates.size).toBeLessThanOrEqual(bounds.slates + 1);
    expect(recentIds.size).toBeLessThanOrEqual(bounds.eventIds + 1);
  });

  test("keeps those who come back: the catalogue, and the regulars", () => {
    const { items, catalogue, shoppers } = tight.rooms;
    for (let i = 0; i < 800; i += 50) expect(catalogue.isKnown(items.find(`p-${i}`))).toBe(true);
    const known = Array.from({ length: regulars }, (_, i) => shoppers.find(`regular-${i}`, undefined));
    expect(known.filter((row) => row >= 0).length).toBeGreaterThan(regulars * 0.9);
  });

  test("comes out the same, to the bit, from the log alone, and from a snapshot in its midst", () => {
    const again = buildRooms(config);
    const learning = new Learning(again);
    const middle = tight.log.findIndex((event) => event.type === "ceiling" && event.step === 3) + 1;
    let resumed: Learning | undefined;
    const moved = buildRooms(config);
    tight.log.forEach((event, offset) => {
      learning.fold(event, offset);
      resumed?.fold(event, offset);
      if (offset !== middle) return;
      moved.states.forEach((state, i) => void copyState(again.states[i]!, state));
      resumed = new Learning(moved);
    });
    expect(differingStates(again.states, tight.rooms.states)).toEqual([]);
    expect(differingStates(moved.states, tight.rooms.states)).toEqual([]);
  });

  test("still answers", () => {
    const { items } = new Serving(tight.rooms).recommend(
      { user: "regular-1", size: 10 },
      startMs + events * secondMs,
    ).answer;
    expect(items).toHaveLength(10);
  });
});

test("where there is room again, the steps are taken back one by one, and what was bounded grows", () => {
  const { notes, rooms, told } = held(12 * mebibyte, 24_000, { roomBytes: 300 * mebibyte, events: 42_000 });
  const steps = notes.map(({ step }) => step);
  const highest = Math.max(...steps);
  expect(highest).toBeGreaterThanOrEqual(2);
  expect(steps.slice(steps.lastIndexOf(highest))).toEqual(Array.from({ length: highest + 1 }, (_, i) => highest - i));
  expect(rooms.bounds.present).toEqual({});
  expect(told.at(-1)).toMatch(/^There is room again .*: nothing gives way now\.$/);
});

test("in the end nothing new is let in, and what is known goes on", () => {
  const { rooms, notes, log } = held(3 * mebibyte, 12_000);
  expect(notes.at(-1)).toMatchObject({ step: 8, bounds: { full: 1 } });
  const { items, bounds, catalogue } = rooms;
  const known = items.size;
  const learning = new Learning(rooms);
  const [time, receivedAt] = [startMs + dayMs, startMs + dayMs];
  let offset = log.length;
  for (let i = 0; i < 2 * bounds.items; i++)
    learning.fold({ type: "item", item: `late-${i}`, fields: { price: 1 }, time, receivedAt }, offset++);
  learning.fold({ type: "item", item: "p-1", fields: { price: 7 }, time, receivedAt }, offset++);
  expect(items.size).toBeLessThanOrEqual(known);
  expect(bounds.counts.ceilingRefused).toBeGreaterThan(bounds.items / 2);
  expect(catalogue.fields(items.find("p-1"))).toMatchObject({ price: 7 });
});

test("how large the state is, is known without a look at its bytes", () => {
  const { rooms } = held(Number.POSITIVE_INFINITY, 3000);
  const size = new StateSize();
  expect(size.bytes(rooms)).toBe(bytesInUse(rooms.states));
});

describe("the setting", () => {
  test.each([
    ["1 GiB", 2 ** 30],
    ["800 MB", 800e6],
    ["50 %", 4 * 2 ** 30],
    [2 ** 31, 2 ** 31],
    ["1073741824", 2 ** 30],
    [0, 0],
  ])("%s of 8 GiB are %i bytes", (given, bytes) => {
    expect(memoryBytes(given, 8 * 2 ** 30)).toBe(bytes);
    expect(memoryFault(given)).toBeUndefined();
  });

  test.each(["", "much", "1 TBB", "120 %", -1, Number.NaN, {}, "100 MiB", 5])("refuses %s, and says why", (given) => {
    expect(() => completeConfig({ memoryMax: given })).toThrow(/"memoryMax" must be .*(1 GiB|at least 512 MiB)/);
  });
});

describe("an engine", () => {
  const root = mkdtempSync(join(tmpdir(), "ceiling-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const emptyBytes = bytesInUse(buildRooms(completeConfig({})).states);
  const events = (from: number, count: number): EventInput[] =>
    Array.from({ length: count }, (_, i) => ({
      ...{ type: "outcome", action: "view", item: `p-${(from + i) % 50}`, session: `s-${from + i}` },
      time: startMs + (from + i) * secondMs,
    }));

  test("says how near it is to its ceiling", async () => {
    const engine = await createEngine({ memoryMax: "2 GiB" });
    await engine.record(events(0, 300));
    const { memory } = engine.status();
    expect(memory).toMatchObject({ maxBytes: 2 ** 31, step: "none", level: 0, bounds: {} });
    expect(memory.stateBytes).toBe(engine.status().stateBytes);
    expect(memory.stateMaxBytes).toBeLessThan(2 ** 31);
    expect(memory.processBytes).toBeGreaterThan(memory.stateBytes);
    await engine.close();
  });

  test("opens the folder of a machine with less memory, obeys its notes, and takes them back", async () => {
    const data = join(root, "smaller");
    const clock = manualClock(startMs + 100_000 * secondMs);
    const small = await createEngine({ data, clock, tickMs: 0, stateMaxBytes: () => emptyBytes + 4 * mebibyte });
    for (let i = 0; i < 8; i++) await small.record(events(i * 1000, 1000));
    const before = small.checksum();
    expect(small.status().memory.level).toBeGreaterThan(0);
    await small.snapshot();
    await small.close();
    for (const fromLog of [false, true]) {
      const reopened = await createEngine({ data, clock, tickMs: 0, fromLog, readOnly: true });
      expect(reopened.checksum()).toBe(before);
      await reopened.close();
    }
    const large = await createEngine({ data, clock, tickMs: 0 });
    const { level } = large.status().memory;
    for (let i = 8; i < 8 + 21 * level && large.status().memory.level > 0; i++)
      await large.record(events(i * 1000, 1000));
    expect(large.status().memory).toMatchObject({ level: 0, bounds: {} });
    expect(large.status().shoppers).toBeGreaterThan(1000);
    await large.close();
  });

  test("goes through a whole life where nearly nothing has room, and is folded again to the same", async () => {
    const data = join(root, "cramped");
    const life = new Life("cramped", { items: 60, shoppers: 20 });
    const clock = { nowMs: () => life.nowMs };
    const engine = await createEngine({ data, clock, tickMs: 0, stateMaxBytes: () => emptyBytes + mebibyte / 4 });
    await life.begin(engine);
    for (let i = 0; i < 250; i++) await life.step(engine);
    const { memory, counts } = engine.status();
    expect(memory.level).toBeGreaterThan(2);
    expect(counts.ceilingDeferred).toBeGreaterThan(0);
    const state = engine.checksum();
    await engine.close();
    const again = await createEngine({ data, clock, tickMs: 0, fromLog: true, readOnly: true });
    expect(again.checksum()).toBe(state);
    await again.close();
  });

  test("a note moves no clock: what is imported may be long ago", async () => {
    const clock = manualClock(startMs + 1000 * minuteMs);
    const engine = await createEngine({ clock, tickMs: 0, stateMaxBytes: () => emptyBytes + mebibyte });
    for (let i = 0; i < 4; i++) await engine.record(events(i * 1000, 1000));
    expect(engine.status().memory.level).toBeGreaterThan(0);
    expect(engine.status().clockMs).toBe(startMs + 3999 * secondMs);
    await engine.close();
  });
});
