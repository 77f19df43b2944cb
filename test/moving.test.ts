/** Settings that fold, changed while the engine answers: it goes on, and is then in the state that a clean fold under them comes to. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { type Config, completeConfig } from "../src/config.ts";
import type { Engine } from "../src/core/public.ts";
import { checksum } from "../src/core/state.ts";
import { createEngine, openEngine } from "../src/engine.ts";
import { engineParts } from "../src/engine-parts.ts";
import { lmdbLog } from "../src/event-logs/lmdb.ts";
import { memoryLog } from "../src/event-logs/memory.ts";
import { foldUp } from "../src/fold-up.ts";
import { startServer } from "../src/http/server.ts";
import { folderSnapshots } from "../src/snapshots/folder.ts";
import type { FoldAside } from "../src/snapshotting.ts";
import { Life } from "./random-life.ts";
import { settled } from "./settled.ts";

const root = mkdtempSync(join(tmpdir(), "moving-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let data: string;
let life: Life;
let engine: Engine;
let said: string[];
const clock = { nowMs: () => life.nowMs };

beforeEach(() => {
  data = mkdtempSync(join(root, "data-"));
  life = new Life("moving", { items: 40, shoppers: 8 });
  said = [];
});
afterEach(() => engine?.close());

const open = async (settings: Partial<Config> = {}, more: object = {}): Promise<Engine> =>
  (engine = await createEngine({ ...settings, tickMs: 0, clock, onDiagnostic: (one) => said.push(one), ...more }));

async function live(pages: number): Promise<void> {
  for (let page = 0; page < pages; page++) await life.step(engine);
}

/** Of the log in the folder, folded from its beginning. */
async function cleanFold(settings: Partial<Config>, base = false): Promise<string> {
  const log = lmdbLog({ folder: join(data, "log"), readOnly: true });
  const store = base ? folderSnapshots(join(data, "snapshots")) : undefined;
  const { rooms } = await foldUp(completeConfig(settings), store, log, { fromLog: true });
  await log.close();
  return checksum(rooms.states);
}

/** Goes on living until the move is over, or for long. */
async function liveUntilMoved(moved: Promise<void>): Promise<void> {
  let isOver = false;
  const over = moved.finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  for (let page = 0; !isOver && page < 300; page++) await live(1);
  await over;
}

const changes: [string, Partial<Config>][] = [
  ["features", { withoutFeatures: ["price", "affinity"] }],
  ["rewards", { rewards: { cart: 7, wishlist: 2 } }],
  ["the language", { language: "german" }],
  ["learners", { withoutLearners: ["linear"] }],
  ["how long things wait", { attributionWindowMs: 3_600_000, lessonWaitMs: 5000 }],
];

test.each(changes)("%s: the state is that of a clean fold, and goes on so", async (_what, settings) => {
  await open({ data });
  await life.begin(engine);
  await live(25);
  await liveUntilMoved(engine.reconfigure(settings));
  await live(5);
  await engine.record([]);
  expect(engine.status().rebuild).toMatchObject({
    why: "configuration",
    state: "done",
    settings: Object.keys(settings).sort(),
  });
  expect(engine.settings()).toMatchObject(settings);
  const moved = engine.checksum();
  expect(moved).toBe(await cleanFold(settings));
  await engine.close();
  await open({ data, ...settings });
  expect(engine.checksum()).toBe(moved);
});

test("learners that are taken back join their panel as if they had been there all along", async () => {
  await open({ data, withoutLearners: ["fm", "choice-network"] });
  await life.begin(engine);
  await live(15);
  const names = (): string[] => engine.models().learners.map(({ name }) => name);
  expect(names()).not.toContain("fm");
  await engine.reconfigure({ withoutLearners: undefined });
  expect(names()).toEqual(expect.arrayContaining(["fm", "choice-network"]));
  const { lessons } = engine.models().learners.find(({ name }) => name === "fm")!;
  expect(lessons).toBeGreaterThan(10);
  expect(engine.checksum()).toBe(await cleanFold({}));
});

test("in memory it is folded in turns on the thread", async () => {
  await open();
  await life.begin(engine);
  await live(20);
  await liveUntilMoved(engine.reconfigure({ rewards: { cart: 7 } }));
  await live(3);
  const { rebuild } = engine.status();
  expect(rebuild).toMatchObject({ state: "done", done: rebuild?.total });
  const log = memoryLog();
  log.append([...engine.events()].map(({ event }) => event));
  const { rooms } = await foldUp(completeConfig({ rewards: { cart: 7 } }), undefined, log);
  expect(engine.checksum()).toBe(checksum(rooms.states));
});

test("over HTTP no request fails meanwhile, and no event is lost", async () => {
  const { held, heldNow } = await openHeld();
  await life.begin(engine);
  await live(40);
  const server = await startServer(engine, completeConfig({ data, port: 0, shedAfterMs: 0 }));
  let isOver = false;
  const statuses = new Map<number, number>();
  const ask = async (path: string, body: (n: number) => object): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      const sent = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body(n)) };
      const answer = await fetch(`${server.address}${path}`, sent);
      await answer.arrayBuffer();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    }
  };
  const items = Array.from({ length: 20 }, (_, i) => `p-${i + 1}`);
  const clients = [
    ask("/v1/rank", (n) => ({ items, user: `u-${n % 9}`, query: "scarf" })),
    ask("/v1/search", (n) => ({ query: "red", user: `u-${n % 9}`, facets: ["brand"] })),
    ask("/v1/recommend", (n) => ({ user: `u-${n % 9}` })),
    ask("/v1/events", (n) => ({
      type: "outcome",
      action: "click",
      item: items[n % 20],
      user: `u-${n % 9}`,
      id: `e-${n}`,
    })),
  ];
  const settings = { withoutFeatures: ["price"], rewards: { cart: 5 }, withoutLearners: ["fm"] };
  const moved = engine.reconfigure(settings);
  await heldNow(1);
  // Folded aside not before many were answered, however quick the thread is that folds.
  while ((statuses.get(200) ?? 0) <= 50 && statuses.size < 2) await new Promise(setImmediate);
  held[0]!.go();
  await moved;
  isOver = true;
  await Promise.all(clients);
  await engine.record([]);
  expect([...statuses.keys()]).toEqual([200]);
  expect(engine.checksum()).toBe(await cleanFold(settings));
  await server.close();
});

test("what does not fold holds at once, and nothing is folded for it", async () => {
  await open({ data });
  await life.begin(engine);
  const before = engine.checksum();
  const settings = { value: { click: 2 }, resultCacheMs: 50, suggestShoppersMin: 2, snapshotEvery: 7, shedAfterMs: 3 };
  await engine.reconfigure(settings);
  expect(engine.settings()).toMatchObject(settings);
  expect([engine.checksum(), engine.status().rebuild]).toEqual([before, undefined]);
  const ask = { items: ["p-1", "p-2"], observe: false };
  engine.rank(ask);
  engine.rank(ask);
  expect(engine.status().answersFromCache).toBe(1);
  // Back to the default.
  await engine.reconfigure({ resultCacheMs: undefined });
  expect(engine.settings()).toMatchObject({ ...settings, resultCacheMs: 0 });
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ["a setting that there is not", { rewardz: {} }, "/rewardz"],
  ["a feature that there is not", { withoutFeatures: ["prices"] }, "/withoutFeatures"],
  ["learners that there are not", { withoutLearners: ["linaer"] }, "/withoutLearners"],
  ["every learner", { withoutLearners: ["linear", "fm", "matrix-factorization"] }, "/withoutLearners"],
  ["a file of weights that is not there", { matchWeights: "nowhere.json" }, "/matchWeights"],
  ["the folder", { data: "elsewhere" }, "/data"],
  ["the port", { port: 1 }, "/port"],
])("%s is refused, and nothing changes", async (_what, settings, at) => {
  await open({ data, value: { click: 3 } });
  await life.begin(engine);
  const [state, held] = [engine.checksum(), engine.settings()];
  const refused = { code: "CONFIG_INVALID", at };
  await expect(engine.reconfigure({ ...settings, value: { click: 4 } })).rejects.toMatchObject(refused);
  expect(() => engine.compareSettings(settings)).toThrow(expect.objectContaining(refused));
  expect([engine.checksum(), engine.settings(), engine.status().rebuild]).toEqual([state, held, undefined]);
});

test("where folding fails, the old state stays and says why; the next change is made over it", async () => {
  const parts = engineParts(completeConfig({ data }), false);
  let isFailing = true;
  const foldAside: FoldAside = (task, signal) =>
    isFailing ? Promise.reject(new Error("the disk is full")) : parts.foldAside(task, signal);
  engine = await openEngine(completeConfig({ data, tickMs: 0 }), { ...parts, foldAside }, { clock });
  await life.begin(engine);
  await live(5);
  await expect(engine.reconfigure({ language: "german" })).rejects.toThrow("the disk is full");
  expect(engine.status()).toMatchObject({ ready: true, rebuild: { state: "failed", message: "the disk is full" } });
  await live(2);
  await engine.record([]);
  expect(engine.checksum()).toBe(await cleanFold({}));
  isFailing = false;
  await engine.reconfigure({ rewards: { cart: 1 } });
  expect(engine.checksum()).toBe(await cleanFold({ rewards: { cart: 1 } }));
});

test("a change during a move starts it over with both, and both promises come to the same", async () => {
  await open({ data });
  await life.begin(engine);
  await live(10);
  const first = engine.reconfigure({ language: "german" });
  const second = engine.reconfigure({ rewards: { cart: 2 } });
  await Promise.all([first, second]);
  expect(engine.settings()).toMatchObject({ language: "german", rewards: { cart: 2 } });
  expect(engine.checksum()).toBe(await cleanFold({ language: "german", rewards: { cart: 2 } }));
  const away = engine.reconfigure({ language: "french" });
  await engine.reconfigure({ language: "german" });
  await away;
  expect(engine.settings()).toMatchObject({ language: "german" });
  expect(engine.checksum()).toBe(await cleanFold({ language: "german", rewards: { cart: 2 } }));
});

/** Opens an engine whose folding aside waits to be let go, or to be failed. */
async function openHeld(settings: Partial<Config> = {}, more: object = {}) {
  const config = completeConfig({ data, tickMs: 0, ...settings });
  const parts = engineParts(config, false);
  const held: { go(): void; fail(error: Error): void }[] = [];
  const foldAside: FoldAside = async (task, signal) => {
    await new Promise<void>((go, fail) => {
      signal.addEventListener("abort", () => fail(signal.reason));
      held.push({ go, fail });
    });
    return parts.foldAside(task, signal);
  };
  let available = Number.POSITIVE_INFINITY;
  const options = { clock, onDiagnostic: (one: string) => void said.push(one), ...more };
  engine = await openEngine(config, { ...parts, foldAside, availableBytes: () => available }, options);
  const heldNow = async (count: number): Promise<void> => {
    while (held.length < count) await wait(5);
  };
  return { held, heldNow, setAvailable: (bytes: number) => void (available = bytes) };
}

test("what does not fold holds at once during a move too, and the move goes on as it is", async () => {
  const { held, heldNow } = await openHeld();
  await life.begin(engine);
  const moved = engine.reconfigure({ language: "german" });
  await heldNow(1);
  // As a reading of all settings again gives it.
  const again = engine.reconfigure({ language: "german", resultCacheMs: 50 });
  expect(engine.settings()).toMatchObject({ language: "english", resultCacheMs: 50 });
  held[0]!.go();
  await Promise.all([moved, again]);
  expect(engine.settings()).toMatchObject({ language: "german", resultCacheMs: 50 });
  expect(held.length).toBe(1);
  // And one that is over is not taken for one under way.
  const back = engine.reconfigure({ language: "english" });
  await heldNow(2);
  held[1]!.go();
  await back;
  expect(engine.settings()).toMatchObject({ language: "english" });
});

test("what waits for its turn says nothing of memory, and hides no progress of what goes before", async () => {
  const { held, heldNow, setAvailable } = await openHeld({ eraseAfterMs: 0 });
  await life.begin(engine);
  await live(5);
  const moved = engine.reconfigure({ language: "german" });
  await heldNow(1);
  // What is folded aside takes the room.
  setAvailable(0);
  await engine.erase("u-1");
  await live(3);
  expect(engine.status().rebuild).toMatchObject({ why: "configuration", state: "folding" });
  setAvailable(Number.POSITIVE_INFINITY);
  held[0]!.go();
  await moved;
  await heldNow(2);
  expect(engine.status().rebuild).toMatchObject({ why: "erasure", state: "folding" });
  held[1]!.go();
  while (engine.status().erasures.shoppers === 0) await wait(5);
  expect(engine.status().rebuild).toMatchObject({ why: "erasure", state: "done" });
  expect(said.join()).toMatch(/The changed settings hold from offset \d+ on/);
  expect(said.join()).not.toMatch(/no room/);
});

test("after a start whose folding failed it is ready once what was asked for holds", async () => {
  await open({ data });
  await life.begin(engine);
  await engine.snapshot();
  await engine.close();
  const german = { language: "german" } as const;
  const { held, heldNow } = await openHeld(german, { serveWhileRebuilding: true });
  await heldNow(1);
  held[0]!.fail(new Error("the disk is full"));
  while (engine.status().rebuild?.state !== "failed") await new Promise(setImmediate);
  await engine.reconfigure({ resultCacheMs: 50 });
  expect(engine.readiness().ready).toBe(false);
  const again = engine.reconfigure(german);
  await heldNow(2);
  held[1]!.go();
  await again;
  expect(engine.readiness()).toEqual({ ready: true, offset: engine.status().offset });
  await engine.close();

  // Or once it is taken back.
  const french = await openHeld({ language: "french" }, { serveWhileRebuilding: true });
  await french.heldNow(1);
  french.held[0]!.fail(new Error("the disk is full"));
  while (engine.status().rebuild?.state !== "failed") await new Promise(setImmediate);
  await engine.reconfigure(german);
  expect(engine.status().ready).toBe(true);
});

test("of a trimmed log it is what follows the base", async () => {
  await open({ data, snapshotEvery: 100, logBytesMax: 60_000 });
  await life.begin(engine);
  while (engine.status().logStart === 0) await live(20).then(() => settled(engine));
  await engine.reconfigure({ logBytesMax: 0, rewards: { cart: 3 } });
  await live(3);
  await engine.record([]);
  expect(engine.checksum()).toBe(await cleanFold({ rewards: { cart: 3 } }, true));
});

test("without room for the state twice it waits, says so, and moves when there is", async () => {
  const parts = engineParts(completeConfig({ data }), false);
  let available = 0;
  const config = completeConfig({ data, tickMs: 0 });
  const onDiagnostic = (one: string) => void said.push(one);
  engine = await openEngine(config, { ...parts, availableBytes: () => available }, { clock, onDiagnostic });
  await life.begin(engine);
  const moved = engine.reconfigure({ language: "german" });
  await live(2);
  expect(engine.status().rebuild).toMatchObject({ state: "waiting", message: expect.stringMatching(/no room/) });
  expect(said.join()).toMatch(/no room for the state twice/);
  available = Number.POSITIVE_INFINITY;
  // A further change looks at once.
  await Promise.all([engine.reconfigure({ rewards: { cart: 2 } }), moved]);
  expect(engine.settings()).toMatchObject({ language: "german", rewards: { cart: 2 } });
});

test("a page goes on through the list that it is of, whatever the items' rows are now", async () => {
  await open({ data, itemExpiryMs: 8 * 24 * 3_600_000 });
  await life.begin(engine);
  await live(10);
  const request = { query: "", user: "u-1", size: 5 };
  const first = engine.search(request);
  await engine.reconfigure({ itemExpiryMs: 9 * 24 * 3_600_000, withoutFeatures: ["affinity"] });
  const second = engine.search({ ...request, slate: first.slate!, from: 5 });
  const whole = engine.search({ ...request, slate: first.slate!, from: 0, size: 10 });
  const ids = (answer: { items: readonly { item: string }[] }): string[] => answer.items.map(({ item }) => item);
  expect(ids(whole)).toEqual([...ids(first), ...ids(second)]);
});

test("started under a changed setting it answers by the old state, and is ready when the new one is folded", async () => {
  await open({ data });
  await life.begin(engine);
  await live(20);
  await engine.snapshot();
  const before = engine.checksum();
  await engine.close();
  await open({ data, language: "german", value: { click: 2 } }, { serveWhileRebuilding: true });
  expect(engine.checksum()).toBe(before);
  expect(engine.status()).toMatchObject({ ready: false });
  expect(engine.settings()).toMatchObject({ language: "english", value: { click: 2 } });
  while (!engine.status().ready) await live(1);
  await engine.record([]);
  expect(engine.settings()).toMatchObject({ language: "german", value: { click: 2 } });
  expect(engine.checksum()).toBe(await cleanFold({ language: "german" }));
  await engine.close();
  // A setting that cannot be is refused at the start, as ever.
  const wrong = { withoutFeatures: ["prices"] };
  await expect(open({ data, ...wrong }, { serveWhileRebuilding: true })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
});

test("closed in the middle of a move, it begins again at the next start", async () => {
  await open({ data });
  await life.begin(engine);
  await live(20);
  await engine.snapshot();
  const moved = engine.reconfigure({ language: "german" });
  moved.catch(() => {});
  await engine.close();
  await expect(moved).rejects.toMatchObject({ code: "CLOSED" });
  await open({ data, language: "german" });
  expect(engine.checksum()).toBe(await cleanFold({ language: "german" }));
});
