/** The second folder: the next snapshot, and the base of a log that is to be shortened, beside the thread that serves. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import type { LoggedEvent } from "../src/core/event.ts";
import { checksum } from "../src/core/state.ts";
import type { EventLog } from "../src/event-logs/event-log.ts";
import { lmdbLog } from "../src/event-logs/lmdb.ts";
import { memoryLog } from "../src/event-logs/memory.ts";
import { foldUp } from "../src/fold-up.ts";
import { foldAside, foldInWorker } from "../src/fold-worker.ts";
import { folderSnapshots } from "../src/snapshots/folder.ts";
import type { SnapshotStore } from "../src/snapshots/snapshot-store.ts";

const root = mkdtempSync(join(tmpdir(), "aside-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const config = completeConfig({ tickMs: 0 });
const startMs = Date.UTC(2026, 5, 1);
const events = Array.from({ length: 300 }, (_, i): LoggedEvent => {
  const receivedAt = startMs + i * 1000;
  const item = `p-${(i * 7) % 40}`;
  return i < 40
    ? { type: "item", item, fields: { price: i, brand: `b-${i % 5}` }, time: receivedAt, receivedAt }
    : { type: "outcome", action: "view", item, user: `u-${i % 9}`, time: receivedAt, receivedAt };
});
const [middle, late] = [150, 260];

let folder: string;
let store: SnapshotStore;
let log: EventLog;
beforeEach(async () => {
  folder = mkdtempSync(join(root, "snapshots-"));
  store = folderSnapshots(folder);
  log = memoryLog();
  for (let start = 0; start < events.length; start += 10) {
    log.append(events.slice(start, start + 10));
    await log.durable();
  }
});

const stateAt = async (to?: number, fromLog = false): Promise<string> =>
  checksum((await foldUp(config, store, log, { to, fromLog })).rooms.states);

const offsets = () => store.list().map(({ header, isBase }) => `${isBase ? "base " : ""}${header.offset}`);

test("writes the next snapshot, or a base behind it; what is there already is not written again", async () => {
  const whole = await stateAt();
  const report = await foldAside(config, log, store, { offset: middle, isBase: false });
  expect(report).toMatchObject({ offset: middle, stateBytes: expect.any(Number) });
  await foldAside(config, log, store, { offset: late, isBase: false });
  await foldAside(config, log, store, { offset: late, isBase: false });
  await foldAside(config, log, store, { offset: 20, isBase: true });
  expect(offsets()).toEqual([`${late}`, `${middle}`, "base 20"]);
  await log.trim(20);
  await foldAside(config, log, store, { offset: middle, isBase: true });
  expect(offsets()).toEqual([`${late}`, `${middle}`, `base ${middle}`]);
  for (const fromLog of [false, true]) expect(await stateAt(undefined, fromLog)).toBe(whole);
});

test("that gives up leaves nothing", async () => {
  const turn = () => Promise.reject(new Error("enough"));
  await expect(foldAside(config, log, store, { offset: late, isBase: false }, turn)).rejects.toThrow("enough");
  expect(readdirSync(folder)).toEqual([]);
});

test("in a thread of its own ends when it is told to, by code, and the log can be folded aside again", async () => {
  const data = mkdtempSync(join(root, "data-"));
  const onDisk = lmdbLog({ folder: join(data, "log") });
  onDisk.append(events);
  await onDisk.durable();
  const aside = foldInWorker(completeConfig({ data }));
  const task = { offset: events.length, isBase: false };
  await expect(aside(task, AbortSignal.abort())).rejects.toMatchObject({ code: "CLOSED" });
  const stop = new AbortController();
  const underWay = aside(task, stop.signal);
  stop.abort();
  await expect(underWay).rejects.toMatchObject({ code: "CLOSED" });
  const { offset } = await aside(task, new AbortController().signal);
  expect(offset).toBe(events.length);
  expect(readdirSync(join(data, "snapshots"))).toEqual(["000000000001.snapshot"]);
  await onDisk.close();
});

test("in a thread of its own says by code what is wrong", async () => {
  const data = mkdtempSync(join(root, "data-"));
  const aside = foldInWorker(completeConfig({ data }));
  const failure = await aside({ offset: 1, isBase: false }, new AbortController().signal).catch((error) => error);
  expect(failure).toMatchObject({ name: "LiveshelfError", code: expect.stringMatching(/^FOLDER_|^LOG_/) });
});
