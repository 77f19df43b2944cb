import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FixedBuffer, Float32Column, Float64Column, Int32Column, Uint8Column } from "../core/columns.ts";
import { HashTable } from "../core/hash-table.ts";
import { random } from "../core/random.ts";
import { checksum, type State, type StateBuffer, state } from "../core/state.ts";
import { folderSnapshots } from "./folder.ts";
import type { SnapshotHeader } from "./snapshot-store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "snapshots-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const headerAt = (offset: number): SnapshotHeader => ({
  format: 1,
  release: "0.1.0",
  config: "c",
  log: "0123456789abcdef",
  offset,
});
const all = (): boolean => true;

/** States with every kind of buffer; `seed` 0 leaves them as made. */
function world(seed: number): State[] {
  const pairs = new HashTable("pairs", ["count"]);
  const prices = new Float64Column("price", Number.NaN);
  const rows = new Int32Column("row", -1);
  const short = new Float32Column("short");
  const bytes = new Uint8Column("bytes");
  const weights = new FixedBuffer("weights", new Float32Array(50_000));
  const chance = random(seed);
  if (seed !== 0) {
    for (let i = 0; i < 3000; i++) pairs.values[0]!.set(pairs.put(chance.int(500), chance.int(500)), i);
    for (let i = 0; i < 40_000; i++) prices.push(chance.next());
    rows.set(20_000 + chance.int(20_000), 7);
    for (let i = 0; i < 1 + chance.int(4000); i++) short.push(chance.normal());
    bytes.ensure(100_000);
    bytes.set(70_000, 1 + chance.int(200));
    for (let i = 0; i < 30; i++) weights.array[chance.int(50_000)] = chance.normal();
  }
  return [pairs.state, state("items", 3, [prices, rows, short]), state("model", 1, [bytes, weights])];
}

/** The same with one part changed. */
function renamed(states: State[], change: (model: State) => State): State[] {
  return [...states.slice(0, 2), change(states[2]!)];
}

test("what was saved is restored, bit for bit, into fresh states and into used ones", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const store = folderSnapshots(folder);
    const saved = world(seed);
    store.save(headerAt(seed), saved);
    for (const other of [0, seed + 10]) {
      const restored = world(other);
      expect(store.load(restored, all)).toEqual(headerAt(seed));
      expect(checksum(restored)).toBe(checksum(saved));
    }
  }
});

test("an empty folder, or none, holds no snapshot", () => {
  const store = folderSnapshots(join(folder, "not", "made"));
  expect(store.load(world(0), all)).toBeUndefined();
  expect(store.list()).toEqual([]);
  expect(existsSync(join(folder, "not"))).toBe(false);
});

test("states without buffers and buffers without rows are saved too", () => {
  const store = folderSnapshots(folder);
  const states = [state("none", 1, []), state("empty", 1, [new Int32Column("rows")])];
  store.save(headerAt(0), states);
  expect(store.load(states, all)).toEqual(headerAt(0));
});

test("the two newest are kept, newest first, whatever their offsets", () => {
  const store = folderSnapshots(folder);
  for (const offset of [50, 70, 60, 10]) store.save(headerAt(offset), world(offset));
  expect(store.list().map(({ header }) => header.offset)).toEqual([10, 60]);
  expect(readdirSync(folder)).toHaveLength(2);
  for (const { file, bytes } of store.list()) expect(bytes).toBe(readFileSync(file).length);
  expect(store.load(world(0), all)?.offset).toBe(10);
});

test("what the caller does not accept is passed over for the one before it", () => {
  const store = folderSnapshots(folder);
  store.save(headerAt(1), world(1));
  store.save({ ...headerAt(2), config: "another" }, world(2));
  const restored = world(0);
  expect(store.load(restored, ({ config }) => config === "c")).toEqual(headerAt(1));
  expect(checksum(restored)).toBe(checksum(world(1)));
  expect(store.load(world(0), () => false)).toBeUndefined();
});

test("all-zero pages take no room", () => {
  const store = folderSnapshots(folder);
  const weights = new FixedBuffer("weights", new Float64Array(8_000_000));
  weights.array[5_000_000] = 3;
  store.save(headerAt(1), [state("model", 1, [weights])]);
  expect(store.list()[0]!.bytes).toBeLessThan(10_000);
  const restored = new FixedBuffer("weights", new Float64Array(8_000_000).fill(1));
  store.load([state("model", 1, [restored])], all);
  expect(restored.array[5_000_000]).toBe(3);
  expect(restored.array.every((weight, i) => weight === (i === 5_000_000 ? 3 : 0))).toBe(true);
});

test("runs longer than a piece, and chunks of odd length, come back whole", () => {
  const chance = random("odd");
  const bytes = Uint8Array.from({ length: 9_000_001 }, () => 1 + chance.int(255));
  bytes.fill(0, 4096, 4096 * 3);
  bytes.fill(0, 8_999_900);
  const store = folderSnapshots(folder);
  store.save(headerAt(1), [state("odd", 1, [new FixedBuffer("bytes", bytes)])]);
  const restored = new FixedBuffer("bytes", new Uint8Array(bytes.length));
  store.load([state("odd", 1, [restored])], all);
  expect(Buffer.compare(restored.array, bytes)).toBe(0);
});

describe("a damaged newest snapshot: the one before it is restored, and nothing is touched on the way", () => {
  const file = (): string => folderSnapshots(folder).list()[0]!.file;
  const damages: [string, () => void][] = [
    ["empty", () => truncateSync(file(), 0)],
    ["cut off in the header", () => truncateSync(file(), 40)],
    ["cut off at its end", () => truncateSync(file(), readFileSync(file()).length - 1)],
    ["cut off in half", () => truncateSync(file(), Math.floor(readFileSync(file()).length / 2))],
    ["longer than written", () => appendFileSync(file(), "x")],
    ["not a snapshot at all", () => writeFileSync(file(), Buffer.alloc(100_000, 65))],
  ];
  test.each(damages)("%s", (_name, damage) => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), world(1));
    store.save(headerAt(2), world(2));
    damage();
    const restored = world(0);
    expect(store.load(restored, all)).toEqual(headerAt(1));
    expect(checksum(restored)).toBe(checksum(world(1)));
  });

  test("a flipped bit, wherever it is", () => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), [state("rows", 1, [columnOf(1)])]);
    store.save(headerAt(2), [state("rows", 1, [columnOf(2)])]);
    const newest = file();
    const whole = readFileSync(newest);
    for (let at = 0; at < whole.length; at += at < 400 || at > whole.length - 50 ? 1 : 97) {
      const flipped = Buffer.from(whole);
      flipped[at] = flipped[at]! ^ (1 << (at % 8));
      writeFileSync(newest, flipped);
      const restored = columnOf(3);
      expect(store.load([state("rows", 1, [restored])], all)).toEqual(headerAt(1));
      expect(checksum([state("rows", 1, [restored])])).toBe(checksum([state("rows", 1, [columnOf(1)])]));
    }
  });

  test("with no other, none is restored and the states are as they were", () => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), world(1));
    truncateSync(file(), readFileSync(file()).length - 3);
    const states = world(9);
    expect(store.load(states, all)).toBeUndefined();
    expect(checksum(states)).toBe(checksum(world(9)));
  });
});

function columnOf(seed: number): Float64Column {
  const column = new Float64Column("row");
  for (let i = 0; i < 300; i++) column.push(random(seed + i).next());
  column.ensure(3000);
  return column;
}

test("what a crash left unfinished is not seen, and goes at the next save", () => {
  const store = folderSnapshots(folder);
  writeFileSync(join(folder, "unfinished.tmp"), "half a snapsh");
  expect(store.load(world(0), all)).toBeUndefined();
  store.save(headerAt(1), world(1));
  expect(readdirSync(folder)).toEqual(["000000000001.snapshot"]);
});

test("other names, versions or buffers: not usable", () => {
  const store = folderSnapshots(folder);
  store.save(headerAt(1), world(1));
  const unlike: State[][] = [
    world(9).slice(1),
    [...world(9), state("more", 1, [])],
    world(9).reverse(),
    renamed(world(9), (model) => ({ ...model, name: "models" })),
    renamed(world(9), (model) => ({ ...model, version: 2 })),
    renamed(world(9), (model) => ({ ...model, buffers: model.buffers.slice(1) })),
    renamed(world(9), (model) => ({ ...model, buffers: [...model.buffers].reverse() })),
  ];
  for (const states of unlike) {
    const before = checksum(states);
    expect(store.load(states, all)).toBeUndefined();
    expect(checksum(states)).toBe(before);
  }
});

test("a buffer of another size under the same names is refused by code", () => {
  const store = folderSnapshots(folder);
  store.save(headerAt(1), [state("model", 1, [new FixedBuffer("weights", new Float32Array(10))])]);
  const wider: StateBuffer[] = [
    new FixedBuffer("weights", new Float32Array(11)),
    new FixedBuffer("weights", new Float64Array(10)),
    new FixedBuffer("weights", new Uint8Array(10)),
  ];
  for (const buffer of wider) {
    expect(() => store.load([state("model", 1, [buffer])], all)).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_DAMAGED" }),
    );
  }
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
  expect(store.load(world(0), all)).toEqual(headerAt(1));
});
