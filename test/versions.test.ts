/** What an engine goes on from when a release, the configuration or the disk changed what there is: docs/decisions/0011-states-are-rebuilt-one-by-one.md. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Config, completeConfig } from "../src/config.ts";
import { dayMs } from "../src/core/clock.ts";
import { FixedBuffer, Float32Column, Float64Column } from "../src/core/columns.ts";
import type { LoggedEvent } from "../src/core/event.ts";
import type { Lesson } from "../src/core/lesson.ts";
import { type State, state } from "../src/core/state.ts";
import { createEngine } from "../src/engine.ts";
import type { EventLog } from "../src/event-logs/event-log.ts";
import { memoryLog } from "../src/event-logs/memory.ts";
import { type FoldUpOptions, foldUp } from "../src/fold-up.ts";
import { Learning } from "../src/learn.ts";
import { snapshotHeader } from "../src/restore.ts";
import { buildRooms, type Rooms } from "../src/rooms.ts";
import { folderSnapshots } from "../src/snapshots/folder.ts";
import type { SnapshotStore } from "../src/snapshots/snapshot-store.ts";
import { Life } from "./random-life.ts";
import { differingStates } from "./same-states.ts";

const root = mkdtempSync(join(tmpdir(), "versions-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const settings = { lessonWaitMs: 30_000, attributionWindowMs: 2 * dayMs, shopperExpiryMs: dayMs, tickMs: 0 } as const;
const config = completeConfig(settings);
/** Lists are priced otherwise, so that everything learned differs. */
const otherConfig = completeConfig({ ...settings, rewards: { click: 3, view: 2 }, lessonWaitMs: 10_000 });
const names = buildRooms(config).states.map(({ name }) => name);

let events: LoggedEvent[];
let folder: string;
let store: SnapshotStore;
let log: EventLog;

beforeAll(async () => {
  const life = new Life("versions");
  const engine = await createEngine({ ...settings, clock: { nowMs: () => life.nowMs } });
  await life.begin(engine);
  for (let page = 0; page < 40; page++) await life.step(engine);
  events = [...engine.events()].map(({ event }) => event);
  await engine.close();
});

/** Of the middle and the end of the log, with the same events in blocks of ten. */
let middle: number;
let late: number;
beforeEach(async () => {
  folder = mkdtempSync(join(root, "snapshots-"));
  store = folderSnapshots(folder);
  log = memoryLog();
  for (let start = 0; start < events.length; start += 10) {
    log.append(events.slice(start, start + 10));
    await log.durable();
  }
  middle = events.length >> 1;
  late = events.length - 40;
});

type Build = (config: Config) => Rooms;

/** Rooms of a release that keeps these states in another version. */
const bumped =
  (...changed: string[]): Build =>
  (of) => {
    const rooms = buildRooms(of);
    const states = rooms.states.map((one) => (changed.includes(one.name) ? { ...one, version: 99 } : one));
    return { ...rooms, states };
  };

const differing = (these: Rooms, others: Rooms): string[] => differingStates(these.states, others.states);

function folded(rooms: Rooms, from: number, to = events.length): Rooms {
  const learning = new Learning(rooms);
  for (let offset = from; offset < to; offset++) learning.fold(events[offset]!, offset);
  return rooms;
}

const once = new Map<string, Rooms>();
/** Rooms as the log alone leads to; folded once, to be looked at only. */
function clean(offset = events.length, under = config): Rooms {
  const key = `${offset} ${under === config}`;
  if (!once.has(key)) once.set(key, folded(buildRooms(under), 0, offset));
  return once.get(key)!;
}

/** What a fold of these events up to `offset` comes to is saved as of this log. */
function save(offset: number, rooms = clean(offset)): void {
  store.save(snapshotHeader(config, log, offset), rooms.states);
}

/** With what was told. */
async function up(options: FoldUpOptions = {}, under = config) {
  const told: string[] = [];
  return { ...(await foldUp(under, store, log, { ...options, tell: (message) => told.push(message) })), told };
}

/** Flips a bit in the middle of a snapshot; the newest is number 0. */
function damage(which: number): void {
  const { file } = store.list()[which]!;
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 4;
  writeFileSync(file, bytes);
}

const tables = ["items", "words", "context-keys", "shoppers"];

describe("a release that keeps one state otherwise", () => {
  test("folds that one again and goes on with the others: the same bits as from the log, whichever it is", async () => {
    save(middle);
    for (const name of names) {
      const { rooms, offset, stale, rebuilt, told } = await up({ build: bumped(name) });
      expect(differing(rooms, clean()), name).toEqual([]);
      // Where rows would be others, all is folded again.
      const ofTable = [0, [], [], []];
      const ofOther = [middle, [name], [{ state: name, offset: middle }], [expect.stringContaining(name)]];
      expect([offset, stale, rebuilt, told], name).toEqual(tables.includes(name) ? ofTable : ofOther);
    }
  });

  test("keeps what the others learned, even where they would learn otherwise today", async () => {
    // As if an older release had taught the ranker half of it only.
    const saved = clean(middle);
    const ranker = saved.ranker.state.name;
    const taughtLess = clean(middle >> 1).ranker.state.buffers;
    const states = saved.states.map((one) => (one.name === ranker ? { ...one, buffers: taughtLess } : one));
    save(middle, { ...saved, states });
    const { rooms } = await up({ build: bumped("model.outcome-heads"), to: middle });
    expect(differingStates(rooms.states, states)).toEqual([]);
    expect(differing(rooms, saved)).toEqual([ranker]);
  });

  test("teaches again only what is to be rebuilt", async () => {
    save(middle);
    /** Lessons of each rooms that were built: the ones that are served, and those beside them. */
    async function lessons(...changed: string[]): Promise<string[]> {
      const built: Record<"lists" | "choices", number>[] = [];
      const build: Build = (of) => {
        const rooms = bumped(...changed)(of);
        const count = { lists: 0, choices: 0 };
        built.push(count);
        const counted = (kind: keyof typeof count, model: Rooms["ranker"]): Rooms["ranker"] => ({
          ...model,
          learn(lesson: Lesson) {
            count[kind]++;
            model.learn(lesson);
          },
        });
        return { ...rooms, ranker: counted("lists", rooms.ranker), chooser: counted("choices", rooms.chooser) };
      };
      await up({ build, to: middle });
      return built
        .flatMap(({ lists, choices }) => [...(lists > 0 ? ["lists"] : []), ...(choices > 0 ? ["choices"] : [])])
        .sort();
    }
    const { ranker, chooser } = buildRooms(config);
    expect(await lessons("catalogue")).toEqual([]);
    expect(await lessons("attribution.slates")).toEqual([]);
    expect(await lessons("model.outcome-heads")).toEqual(["lists"]);
    expect(await lessons(ranker.state.name)).toEqual(["lists"]);
    expect(await lessons("attribution.baskets")).toEqual(["choices"]);
    expect(await lessons(chooser.state.name, ranker.state.name)).toEqual(["choices", "lists"]);
  });

  test("a state that is added is folded, one that is gone is left out, another size is another shape", async () => {
    save(middle);
    const counted: Build = (of) => {
      const rooms = buildRooms(of);
      return {
        ...rooms,
        states: [state("feature.new", 1, [new FixedBuffer("n", new Float64Array(3))]), ...rooms.states],
      };
    };
    expect((await up({ build: counted })).stale).toEqual(["feature.new"]);
    const fewer: Build = (of) => ({ ...buildRooms(of), states: buildRooms(of).states.slice(1) });
    const { offset, stale } = await up({ build: fewer });
    expect([offset, stale]).toEqual([middle, []]);
    const wider: Build = (of) => {
      const rooms = buildRooms(of);
      const [first, ...rest] = rooms.states as [State, ...State[]];
      return {
        ...rooms,
        states: [{ ...first, buffers: [new FixedBuffer("registers", new Float64Array(9))] }, ...rest],
      };
    };
    expect((await up({ build: wider })).stale).toEqual([names[0]]);
  });

  test("prefers an older snapshot that holds all to a newer one that does not", async () => {
    const build = bumped("model.outcome-heads");
    save(middle, folded(build(config), 0, middle));
    save(late);
    const { offset, stale } = await up({ build });
    expect([offset, stale]).toEqual([middle, []]);
  });

  test("says in every later snapshot which state was rebuilt; folded from the log, none was", async () => {
    save(middle);
    const first = bumped("model.outcome-heads");
    const { rebuilt } = await up({ build: first });
    const { rooms } = await up({ build: first, to: late });
    store.save(snapshotHeader(config, log, late, rebuilt), rooms.states);
    const carried = [{ state: "model.outcome-heads", offset: middle }];
    expect(store.list()[0]!.header.rebuilt).toEqual(carried);
    expect(await up({ build: first })).toMatchObject({ offset: late, stale: [], rebuilt: carried });
    const second = bumped("model.outcome-heads", "catalogue");
    expect((await up({ build: second })).rebuilt).toEqual([...carried, { state: "catalogue", offset: late }]);
    expect((await up({ build: second, fromLog: true })).rebuilt).toEqual([]);
  });
});

describe("of a whole log", () => {
  test("another configuration folds all of it", async () => {
    save(middle);
    const { rooms, offset } = await up({}, otherConfig);
    expect([offset, differing(rooms, clean(events.length, otherConfig))]).toEqual([0, []]);
    expect(differing(rooms, clean())).not.toEqual([]);
  });

  test("the newest whole snapshot counts, the base last, and then the log alone; what is passed over is told", async () => {
    save(10);
    store.keepBase(store.list()[0]!.header);
    save(middle);
    save(late);
    for (const [i, from] of [late, middle, 10, 0].entries()) {
      if (i > 0) damage(i - 1);
      const { rooms, offset, told } = await up();
      expect([offset, differing(rooms, clean()), told.length]).toEqual([from, [], i]);
      for (const message of told) expect(message).toContain(folder);
    }
  });

  test("a snapshot beyond what is asked for is none of it; one beyond what the log has is damage", async () => {
    save(middle);
    save(late);
    expect((await up({ to: late - 1 })).offset).toBe(middle);
    const shorter = memoryLog();
    shorter.append(events.slice(0, middle));
    const [last] = store.list();
    store.save({ ...last!.header, log: shorter.id }, clean(late).states);
    // The head is beyond it, but what is durable is not: what it reflects was lost, and others come in its place.
    shorter.append(events.slice(middle));
    await expect(foldUp(config, store, shorter)).rejects.toMatchObject({ code: "LOG_DAMAGED" });
    await shorter.durable();
    expect((await foldUp(config, store, shorter)).offset).toBe(late);
  });

  test("a snapshot that does not fit after all leaves nothing half restored", async () => {
    save(middle);
    const build =
      (column: () => Float32Column | Float64Column): Build =>
      (of) => {
        const rooms = buildRooms(of);
        const made = column();
        made.ensure(10);
        const grown = state(names[0]!, 1, [made]);
        return { ...rooms, states: [...rooms.states.slice(1), grown] };
      };
    const narrow = build(() => new Float32Column("grown"));
    const wide = build(() => new Float64Column("grown"));
    const saved = folded(narrow(config), 0, middle);
    for (let i = 0; i < 2; i++) store.save(snapshotHeader(config, log, middle - i), saved.states);
    const { rooms, offset, told } = await up({ build: wide });
    expect([offset, differing(rooms, folded(wide(config), 0)), told.length]).toEqual([0, [], 2]);
  });

  test("a folder that cannot be read is told, and the log is folded", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const told: string[] = [];
    const tell = (message: string) => void told.push(message);
    const { rooms, offset } = await foldUp(config, folderSnapshots(file), log, { tell });
    expect([offset, differing(rooms, clean()), told.length]).toEqual([0, [], 1]);
  });

  test("other work gets its turn every 64 events; what a turn rejects with ends the fold", async () => {
    save(middle);
    let turns = 0;
    const progress: number[][] = [];
    await up({
      build: bumped("catalogue"),
      turn: async () => void turns++,
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(turns).toBe(Math.floor(events.length / 64));
    expect(progress.at(-1)).toEqual([events.length, events.length]);
    await expect(up({ turn: () => Promise.reject(new Error("enough")) })).rejects.toThrow("enough");
  });
});

test("a log that is trimmed while it is folded is folded from what is left", async () => {
  save(middle);
  let isTrimmed = false;
  const turn = async (): Promise<void> => {
    if (!isTrimmed) await log.trim(middle);
    isTrimmed = true;
  };
  const { rooms, offset } = await up({ turn, fromLog: true });
  expect([offset, differing(rooms, clean())]).toEqual([middle, []]);
  // What reads from a later offset than it was asked for has lost something.
  const gap = { ...log, start: 0, head: events.length, read: () => log.read(log.start) };
  await expect(foldUp(config, undefined, gap)).rejects.toMatchObject({ code: "LOG_TRIMMED" });
});

describe("of a trimmed log", () => {
  let start: number;
  beforeEach(async () => {
    save(10);
    save(middle);
    store.keepBase(store.list()[0]!.header);
    save(late);
    await log.trim(middle);
    start = log.start;
    expect(start).toBeGreaterThan(10);
    expect(start).toBeLessThanOrEqual(middle);
  });

  test("the newest snapshot counts; all that can be folded again is what follows the base", async () => {
    expect(await up()).toMatchObject({ offset: late, stale: [], told: [] });
    const { rooms, offset } = await up({ fromLog: true });
    expect([offset, differing(rooms, clean())]).toEqual([middle, []]);
  });

  test("another configuration goes on from the base as it is, and says so", async () => {
    const expected = folded(restored(buildRooms(otherConfig)), middle);
    for (const fromLog of [false, true]) {
      const { rooms, offset, told, stale } = await up({ fromLog }, otherConfig);
      expect([offset, stale, differing(rooms, expected)]).toEqual([middle, [], []]);
      expect(told).toEqual([expect.stringContaining(`begins at offset ${start}`)]);
    }
    expect(differing(expected, clean(events.length, otherConfig))).not.toEqual([]);
  });

  test("of columns that are left out now, what was made of rows begins empty", async () => {
    const fewer = completeConfig({ ...settings, withoutFeatures: ["price"] });
    const { rooms, stale } = await up({}, fewer);
    const taught = [rooms.ranker.state, ...rooms.outcomeHeads.state].map(({ name }) => name);
    expect(stale).toEqual(["attribution.slates", "attribution.sales", "attribution.counts", ...taught, "quality"]);
  });

  test("a state kept otherwise begins empty, the others go on from the base; later snapshots say so", async () => {
    const build = bumped("retriever.popular", "model.outcome-heads");
    const { rooms, offset, stale, rebuilt, told } = await up({ build });
    expect([offset, stale.toSorted()]).toEqual([middle, ["model.outcome-heads", "retriever.popular"]]);
    expect(rebuilt.map((one) => one.offset)).toEqual([middle, middle]);
    expect(told).toEqual([expect.stringMatching(/begin empty.*retriever\.popular/)]);
    const expected = folded(restored(build(config), stale), middle);
    expect(differing(rooms, expected)).toEqual([]);
    store.save(snapshotHeader(config, log, events.length, rebuilt), rooms.states);
    expect(await up({ build })).toMatchObject({ offset: events.length, stale: [], rebuilt });
    expect(differing((await up({ build, fromLog: true })).rooms, rooms)).toEqual([]);
  });

  test("where a table begins empty, so does all that names its rows", async () => {
    const ofIds = ["recent-ids", "recent-ids.offsets"];
    const ownRows = ["engine", "words", "context-keys", "ceiling", ...ofIds, "erasures", "attribution.lesson-budget"];
    const build = bumped("items");
    const { rooms, stale } = await up({ build });
    expect(stale).toEqual(names.filter((name) => !ownRows.includes(name)));
    expect(differing(rooms, folded(restored(build(config), stale), middle))).toEqual([]);
    const byShopper = await up({ build: bumped("shoppers") });
    for (const kept of [...ownRows, "items", "catalogue"]) expect(byShopper.stale).not.toContain(kept);
    expect(byShopper.stale).toContain("shoppers");
  });

  test("with no whole snapshot at or behind its start it cannot be opened, and says what to do", async () => {
    damage(0);
    expect((await up()).offset).toBe(middle);
    // One file under two names.
    damage(1);
    for (const fromLog of [false, true]) {
      await expect(up({ fromLog })).rejects.toMatchObject({
        code: "SNAPSHOT_DAMAGED",
        message: expect.stringContaining("restore a backup"),
      });
    }
    save(10);
    await expect(up()).rejects.toMatchObject({ code: "SNAPSHOT_DAMAGED" });
    await expect(foldUp(config, undefined, log)).rejects.toMatchObject({ code: "SNAPSHOT_DAMAGED" });
    const unreadable = folderSnapshots(store.list()[0]!.file);
    await expect(foldUp(config, unreadable, log)).rejects.toMatchObject({ code: "FOLDER_UNREADABLE" });
  });

  /** The base in these rooms, but for those states. */
  function restored(rooms: Rooms, left: readonly string[] = []): Rooms {
    const states = rooms.states.filter(({ name }) => !left.includes(name));
    const found = store.load(states, ({ offset }) => offset === middle);
    expect(found?.stale).toEqual([]);
    return rooms;
  }
});
