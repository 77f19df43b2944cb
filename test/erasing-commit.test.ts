/** A disk that fails in the step in which the log without the erased takes the place of the one in use. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { afterAll, expect, test, vi } from "vitest";
import { erasingFolder } from "../src/erasing-folder.ts";
import type * as Lmdb from "../src/event-logs/lmdb.ts";
import { erased, eventsOf, expectExact, filesWith, fill, folder, gone, open, root } from "./erased-twin.ts";

const failing = vi.hoisted(() => ({ when: (): boolean => false }));
vi.mock("../src/event-logs/lmdb.ts", async (original) => {
  const lmdb = await original<typeof Lmdb>();
  const syncFolder = (place: string): void => {
    if (failing.when()) throw new Error("EIO: i/o error, fsync");
    lmdb.syncFolder(place);
  };
  return { ...lmdb, syncFolder };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("nothing is acknowledged after a commit that may not be on the disk, what was is kept, and the next start erases", async () => {
  const data = folder();
  const { log, old } = erasingFolder(data);
  failing.when = () => existsSync(old) && !existsSync(log);
  let engine = await open(data);
  await fill(engine);
  const known = engine.status().offset;
  await engine.erase(gone[0]!);
  await expect.poll(() => engine.status().erasures.failure, { timeout: 300_000 }).toContain("EIO: i/o error, fsync");
  await expect(engine.record({ type: "view", item: "i", user: "late" })).rejects.toMatchObject({
    code: "LOG_UNWRITABLE",
  });
  expect(engine.status()).toMatchObject({ ready: false, offset: known + 1, durableOffset: known + 1 });
  const events = eventsOf(engine);
  expect(events).toHaveLength(known + 1);
  expect(existsSync(old)).toBe(true);
  await engine.close();
  failing.when = () => false;
  engine = await open(data);
  await erased(engine);
  await expectExact(engine, events);
  expect(readdirSync(data).sort()).toEqual(["log", "snapshots"]);
  expect(filesWith(data, `"${gone[0]}"`)).toEqual([]);
  await engine.close();
});
