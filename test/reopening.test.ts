/** A data folder opened again: with its log gone or emptied, by one who only reads, by one who gives up, under other settings. */
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import { createEngine, openEngine } from "../src/engine.ts";
import { engineParts } from "../src/engine-parts.ts";
import { folderSnapshots } from "../src/snapshots/folder.ts";

const root = mkdtempSync(join(tmpdir(), "liveshelf-reopening-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const views = Array.from({ length: 400 }, (_, i) => ({
  ...{
    type: "outcome",
    action: "view",
    item: `p-${i % 23}`,
    user: `u-${i % 7}`,
    time: Date.UTC(2026, 5, 1) + i * 1000,
  },
}));

let data: string;
beforeEach(async () => {
  data = mkdtempSync(join(root, "shop-"));
  const shop = await createEngine({ data, tickMs: 0 });
  await shop.record(views);
  await shop.snapshot();
  await shop.close();
});

const logFile = () => join(data, "log", "data.mdb");
const damaged = expect.objectContaining({ code: "LOG_DAMAGED" });

test("a log that is emptied, or gone from beside its snapshots, is damage and not a new shop", async () => {
  truncateSync(logFile(), 0);
  await expect(createEngine({ data })).rejects.toEqual(damaged);
  rmSync(join(data, "log"), { recursive: true });
  await expect(createEngine({ data })).rejects.toEqual(damaged);
  expect(existsSync(logFile())).toBe(false);
});

test("a start that had much to fold has a snapshot written, so that the next has little", async () => {
  rmSync(join(data, "snapshots"), { recursive: true });
  const shop = await createEngine({ data, tickMs: 0, snapshotEvery: 300 });
  await expect.poll(() => shop.status().snapshotOffset, { timeout: 300_000 }).toBe(views.length);
  await shop.close();
});

test("who only reads writes no snapshot", async () => {
  const before = readdirSync(join(data, "snapshots"));
  const reader = await createEngine({ data, readOnly: true });
  await expect(reader.snapshot()).rejects.toEqual(expect.objectContaining({ code: "LOG_UNWRITABLE" }));
  await reader.close();
  expect(readdirSync(join(data, "snapshots"))).toEqual(before);
});

test("who gives up while it opens leaves the folder to the next", async () => {
  const given = new AbortController();
  const onProgress = (): void => given.abort(new Error("enough"));
  await expect(createEngine({ data, fromLog: true, onProgress, signal: given.signal })).rejects.toThrow("enough");
  const next = await createEngine({ data });
  expect(next.status().offset).toBeGreaterThanOrEqual(views.length);
  await next.close();
});

test("where there is no memory for a second state, a snapshot of other settings never becomes the base", async () => {
  const config = completeConfig({ data, tickMs: 0, seed: 2, snapshotEvery: 50, logBytesMax: 20_000 });
  const shop = await openEngine(config, { ...engineParts(config, false), availableBytes: () => 0 });
  for (let i = 0; i < 8; i++) {
    await shop.record(views.map((view) => ({ ...view, time: view.time + i * 1e6 })));
    await shop.snapshot();
  }
  await shop.close();
  const bases = folderSnapshots(join(data, "snapshots"))
    .list()
    .filter(({ isBase }) => isBase);
  expect(bases).toHaveLength(1);
  const again = await openEngine(config, engineParts(config, false));
  const state = again.checksum();
  await again.close();
  const once = await openEngine(config, engineParts(config, false));
  expect(once.checksum()).toBe(state);
  await once.close();
});
