/** Snapshots as files: drafts, the base, and a disk that fails. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Float64Column } from "../core/columns.ts";
import { checksum, type StateBuffer, state } from "../core/state.ts";
import { type Files, nodeFiles } from "./files.ts";
import { folderSnapshots } from "./folder.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import { all, headerAt, loaded, world } from "./snapshots.check.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "snapshots-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a draft", () => {
  test("is found when it is kept, not before; dropped, it is gone", () => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), world(1));
    const draft = store.write(headerAt(2), world(2));
    expect(store.list().map(({ header }) => header.offset)).toEqual([1]);
    draft.keep();
    store.write(headerAt(3), world(3)).drop();
    expect(store.list().map(({ header }) => header.offset)).toEqual([2, 1]);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("of the base stands beside one of a snapshot", () => {
    const store = folderSnapshots(folder);
    const next = store.write(headerAt(20), world(2));
    const base = store.write(headerAt(10), world(1), { isBase: true });
    next.keep();
    base.keep();
    expect(store.list().map(({ header, isBase }) => [header.offset, isBase])).toEqual([
      [20, false],
      [10, true],
    ]);
    expect(readdirSync(folder).sort()).toEqual(["000000000001.snapshot", "base.snapshot"]);
  });
});

describe("the base", () => {
  const offsets = (store: SnapshotStore) =>
    store.list().map(({ header, isBase }) => (isBase ? `base ${header.offset}` : header.offset));

  test("stays while the newest two move on, and only the next base replaces it", () => {
    const store = folderSnapshots(folder);
    for (const offset of [1, 2]) store.save(headerAt(offset), world(offset));
    store.keepBase(headerAt(1));
    store.keepBase(headerAt(1));
    expect(offsets(store)).toEqual([2, 1, "base 1"]);
    for (const offset of [3, 4]) store.save(headerAt(offset), world(offset));
    expect(offsets(store)).toEqual([4, 3, "base 1"]);
    store.keepBase(headerAt(1));
    store.keepBase(headerAt(3));
    expect(offsets(store)).toEqual([4, 3, "base 3"]);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test("is what is left when the newer ones are damaged", () => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), world(1));
    store.keepBase(headerAt(1));
    for (const offset of [2, 3]) {
      store.save(headerAt(offset), world(offset));
      truncateSync(store.list()[0]!.file, 3000);
    }
    const damaged: string[] = [];
    const states = world(0);
    expect(store.load(states, all, (file) => damaged.push(basename(file)))?.header).toEqual(headerAt(1));
    expect(checksum(states)).toBe(checksum(world(1)));
    expect(damaged).toEqual(["000000000003.snapshot", "000000000002.snapshot"]);
  });

  test("is never a snapshot that is damaged or not there", () => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), world(1));
    store.keepBase(headerAt(1));
    store.save(headerAt(2), world(2));
    truncateSync(store.list()[0]!.file, 3000);
    for (const offset of [2, 5])
      expect(() => store.keepBase(headerAt(offset))).toThrow(expect.objectContaining({ code: "SNAPSHOT_DAMAGED" }));
    expect(offsets(store)).toEqual([2, 1, "base 1"]);
  });
});

describe("a disk that fails", () => {
  const failing = (changed: Partial<Files>): SnapshotStore => folderSnapshots(folder, { ...nodeFiles, ...changed });
  const fault = (code: string) => (): never => {
    throw Object.assign(new Error(`${code}: a fault`), { code });
  };

  test.each<[string, Partial<Files>]>([
    ["is full", { write: fault("ENOSPC") }],
    ["does not sync", { sync: fault("EIO") }],
    ["does not rename", { rename: fault("EIO") }],
    ["is only read", { create: fault("EROFS"), remove: fault("EROFS") }],
  ])("%s: refused by code, the older snapshot stays", (_name, changed) => {
    folderSnapshots(folder).save(headerAt(1), world(1));
    expect(() => failing(changed).save(headerAt(2), world(2))).toThrow(
      expect.objectContaining({ code: "FOLDER_UNREADABLE" }),
    );
    expect(readdirSync(folder).filter((name) => name.endsWith(".snapshot"))).toHaveLength(1);
    expect(loaded(folderSnapshots(folder), world(0))).toEqual(headerAt(1));
  });

  test("writes and reads fewer bytes than asked", () => {
    const little = failing({
      write: (descriptor, bytes) => nodeFiles.write(descriptor, bytes.subarray(0, 1 + (bytes.length >> 1))),
      read: (descriptor, target, position) =>
        nodeFiles.read(descriptor, target.subarray(0, 1 + (target.length >> 3)), position),
    });
    little.save(headerAt(1), world(1));
    const states = world(0);
    expect(loaded(little, states)).toEqual(headerAt(1));
    expect(checksum(states)).toBe(checksum(world(1)));
  });

  test("cannot read one snapshot: the one before it; is not to be read at all: refused by code", () => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), world(1));
    store.save(headerAt(2), world(2));
    let reads = 0;
    const once = failing({
      read: (descriptor, target, position) =>
        reads++ === 0 ? fault("EIO")() : nodeFiles.read(descriptor, target, position),
    });
    expect(loaded(once, world(0))).toEqual(headerAt(1));
    expect(() => failing({ open: fault("EACCES") }).load(world(0), all)).toThrow(
      expect.objectContaining({ code: "FOLDER_UNREADABLE" }),
    );
  });

  test("gives up in the middle of restoring: refused by code, as the states are half restored", () => {
    const store = folderSnapshots(folder);
    const rows = new Float64Column("rows");
    for (let i = 0; i < 1_000_000; i++) rows.push(i + 1);
    store.save(headerAt(1), [state("items", 1, [rows])]);
    let reads = 0;
    const broken = failing({
      // The whole file is read once to be checked: three pieces, and then nothing; the fifth is of the second reading.
      read: (descriptor, target, position) =>
        ++reads === 5 ? fault("EIO")() : nodeFiles.read(descriptor, target, position),
    });
    expect(() => broken.load([state("items", 1, [new Float64Column("rows")])], all)).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_DAMAGED" }),
    );
  });

  test("knows no second names: the base is a copy", () => {
    const store = failing({ link: fault("EPERM") });
    store.save(headerAt(1), world(1));
    store.keepBase(headerAt(1));
    const [first, base] = store.list();
    expect([base?.isBase, base?.bytes]).toEqual([true, first!.bytes]);
    expect(readFileSync(base!.file).equals(readFileSync(first!.file))).toBe(true);
    expect(readdirSync(folder)).toHaveLength(2);
  });
});

test("a folder that cannot be used is refused by code", () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  const store = folderSnapshots(file);
  const refused = expect.objectContaining({ code: "FOLDER_UNREADABLE" });
  expect(() => store.save(headerAt(1), [])).toThrow(refused);
  expect(() => store.load([], all)).toThrow(refused);
  expect(() => store.list()).toThrow(refused);
});

test("a save that fails half-way leaves what was there, and nothing else", () => {
  const store = folderSnapshots(folder);
  store.save(headerAt(1), world(1));
  const broken: StateBuffer = {
    name: "broken",
    length: 1,
    chunks: () => {
      throw new Error("no memory");
    },
    restore: () => {},
  };
  expect(() => store.save(headerAt(2), [state("broken", 1, [broken])])).toThrow(/no memory/);
  expect(readdirSync(folder)).toEqual(["000000000001.snapshot"]);
  expect(loaded(store, world(0))).toEqual(headerAt(1));
});
