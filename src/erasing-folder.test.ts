/** What is there when the exchange of log and snapshots fails at a step. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { beginErasing, commitErasing, finishErasing, finishErasingAtStart } from "./erasing-folder.ts";
import { folderSnapshots } from "./snapshots/folder.ts";

const root = mkdtempSync(join(tmpdir(), "erasing-folder-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A log in use, and beside it a new one with its base. */
function begun() {
  const data = mkdtempSync(join(root, "data-"));
  mkdirSync(join(data, "log"));
  writeFileSync(join(data, "log", "data.mdb"), "old");
  const folder = beginErasing(data);
  mkdirSync(folder.log);
  writeFileSync(join(folder.log, "data.mdb"), "new");
  const header = { format: 1 as const, release: "0.1.0", config: "c", log: "new", offset: 7 };
  folderSnapshots(folder.snapshots).write(header, [], { isBase: true }).keep();
  return { data, folder, inUse: () => readFileSync(join(data, "log", "data.mdb"), "utf8") };
}

test("what was committed and cannot be finished is not thrown away by the next erasure, and names the place and the mend", async () => {
  const { data, folder } = begun();
  commitErasing(data);
  writeFileSync(join(data, "snapshots"), "in the way");
  const refusal = { code: "FOLDER_UNREADABLE", message: expect.stringContaining(folder.root) };
  expect(() => beginErasing(data)).toThrow(expect.objectContaining(refusal));
  await expect(finishErasing(data)).rejects.toMatchObject(refusal);
  expect(() => finishErasingAtStart(data)).toThrow(expect.objectContaining(refusal));
  expect(readdirSync(folder.snapshots)).toEqual(["base.snapshot"]);
  rmSync(join(data, "snapshots"));
  beginErasing(data);
  expect(readdirSync(join(data, "snapshots"))).toEqual(["base.snapshot"]);
  expect(readdirSync(folder.root)).toEqual([]);
});

test("a folder that cannot be synced after both names were changed leaves both logs there, and the next start finishes", () => {
  const { data, folder, inUse } = begun();
  const failing = (): void => {
    if (!existsSync(folder.log)) throw new Error("EIO: i/o error, fsync");
  };
  expect(() => commitErasing(data, failing)).toThrow(expect.objectContaining({ message: "EIO: i/o error, fsync" }));
  expect([inUse(), readFileSync(join(folder.old, "data.mdb"), "utf8")]).toEqual(["new", "old"]);
  finishErasingAtStart(data);
  expect(inUse()).toBe("new");
  expect(readdirSync(data).sort()).toEqual(["log", "snapshots"]);
});

test("a folder that cannot be synced before is no commit", async () => {
  const { data, inUse } = begun();
  const failing = (): void => {
    throw new Error("EIO: i/o error, fsync");
  };
  expect(() => commitErasing(data, failing)).toThrow("EIO");
  await finishErasing(data);
  expect([inUse(), readdirSync(data)]).toEqual(["old", ["log"]]);
});
