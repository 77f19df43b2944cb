/** `liveshelf replay --verify`: what the log leads to against what the newest snapshot leads to. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { replay } from "../src/cli/replay.ts";
import { type Config, completeConfig } from "../src/config.ts";
import { createEngine } from "../src/engine.ts";
import { lmdbLog } from "../src/event-logs/lmdb.ts";
import { foldUp } from "../src/fold-up.ts";
import { foldAside } from "../src/fold-worker.ts";
import { snapshotHeader } from "../src/restore.ts";
import { folderSnapshots } from "../src/snapshots/folder.ts";
import type { RebuiltState, SnapshotStore } from "../src/snapshots/snapshot-store.ts";
import { Life } from "./random-life.ts";

const root = mkdtempSync(join(tmpdir(), "verify-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let config: Config & { readonly data: string };
let store: SnapshotStore;
let head: number;

beforeEach(async () => {
  const data = mkdtempSync(join(root, "data-"));
  config = { ...completeConfig({}), data };
  store = folderSnapshots(join(data, "snapshots"));
  const life = new Life("verify", { items: 30, shoppers: 5 });
  const engine = await createEngine({ data, tickMs: 0, clock: { nowMs: () => life.nowMs } });
  await life.begin(engine);
  for (let page = 0; page < 12; page++) await life.step(engine);
  await engine.record([]);
  head = engine.status().offset;
  await engine.close();
});

async function verified(json = true): Promise<unknown> {
  const said: string[] = [];
  const print = vi.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
  try {
    await replay({ data: config.data, verify: true, json });
  } finally {
    print.mockRestore();
  }
  return json ? JSON.parse(said.join("\n")) : said.join("\n");
}

/** Saves what the log leads to at the head, but for one more item. */
async function saveOtherwise(rebuilt?: readonly RebuiltState[]): Promise<void> {
  const log = lmdbLog({ folder: join(config.data, "log"), readOnly: true });
  const { rooms } = await foldUp(config, undefined, log);
  rooms.items.intern("not-in-the-log");
  store.save(snapshotHeader(config, log, head, rebuilt), rooms.states);
  await log.close();
}

test("without a snapshot, and from one, it is the same state", async () => {
  expect(await verified()).toMatchObject({ events: head, verified: true, snapshot: 0 });
  const log = lmdbLog({ folder: join(config.data, "log"), readOnly: true });
  await foldAside(config, log, store, { offset: head - 5, isBase: false });
  await log.close();
  expect(await verified()).toMatchObject({ events: head, verified: true, snapshot: head - 5 });
  expect(await verified(false)).toMatch(new RegExp(`same as from the snapshot at offset ${head - 5}$`));
});

test("a difference that nothing explains is refused by code", async () => {
  await saveOtherwise();
  await expect(verified()).rejects.toMatchObject({ code: "STATE_DIFFERS" });
});

test("where a state was rebuilt by another release, the difference is explained", async () => {
  const rebuilt = [{ state: "catalogue", offset: 30 }];
  await saveOtherwise(rebuilt);
  expect(await verified()).toMatchObject({ verified: false, snapshot: head, rebuilt });
  expect(await verified(false)).toMatch(/need not be: another release rebuilt catalogue at offset 30/);
});

test("of a trimmed log, it is what follows the base", async () => {
  const log = lmdbLog({ folder: join(config.data, "log") });
  const base = head >> 1;
  await foldAside(config, log, store, { offset: base, isBase: true });
  await foldAside(config, log, store, { offset: head - 3, isBase: false });
  await log.trim(base);
  expect(log.start).toBeGreaterThan(0);
  await log.close();
  expect(await verified()).toMatchObject({ events: head - base, from: base, verified: true, snapshot: head - 3 });
  expect(await verified(false)).toContain(`events from offset ${base} in`);
});
