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
import { FixedBuffer, Float32Column, Float64Column, Int32Column } from "../core/columns.ts";
import { random } from "../core/random.ts";
import { checksum, copyState, laidOut, type State, state } from "../core/state.ts";
import { folderSnapshots } from "./folder.ts";
import { all, headerAt, loaded, world } from "./snapshots.check.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "snapshots-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
      expect(loaded(store, restored)).toEqual(headerAt(seed));
      expect(checksum(restored)).toBe(checksum(saved));
    }
  }
});

test("an empty folder, or none, holds no snapshot", () => {
  const store = folderSnapshots(join(folder, "not", "made"));
  expect(loaded(store, world(0))).toBeUndefined();
  expect(store.list()).toEqual([]);
  expect(existsSync(join(folder, "not"))).toBe(false);
});

test("states without buffers and buffers without rows are saved too", () => {
  const store = folderSnapshots(folder);
  const states = [state("none", 1, []), state("empty", 1, [new Int32Column("rows")])];
  store.save(headerAt(0), states);
  expect(loaded(store, states)).toEqual(headerAt(0));
});

test("the two newest are kept, newest first, whatever their offsets", () => {
  const store = folderSnapshots(folder);
  for (const offset of [50, 70, 60, 10]) store.save(headerAt(offset), world(offset));
  expect(store.list().map(({ header }) => header.offset)).toEqual([10, 60]);
  expect(readdirSync(folder)).toHaveLength(2);
  for (const { file, bytes } of store.list()) expect(bytes).toBe(readFileSync(file).length);
  expect(loaded(store, world(0))?.offset).toBe(10);
});

test("what the caller does not accept is passed over for the one before it", () => {
  const store = folderSnapshots(folder);
  store.save(headerAt(1), world(1));
  store.save({ ...headerAt(2), config: "another" }, world(2));
  const restored = world(0);
  expect(loaded(store, restored, ({ config }) => config === "c")).toEqual(headerAt(1));
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
    expect(loaded(store, restored)).toEqual(headerAt(1));
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
      expect(loaded(store, [state("rows", 1, [restored])])).toEqual(headerAt(1));
      expect(checksum([state("rows", 1, [restored])])).toBe(checksum([state("rows", 1, [columnOf(1)])]));
    }
  });

  test("with no other, none is restored and the states are as they were", () => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), world(1));
    truncateSync(file(), readFileSync(file()).length - 3);
    const states = world(9);
    expect(loaded(store, states)).toBeUndefined();
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
  expect(loaded(store, world(0))).toBeUndefined();
  store.save(headerAt(1), world(1));
  expect(readdirSync(folder)).toEqual(["000000000001.snapshot"]);
});

describe("states that are not as they were saved", () => {
  const sumOf = (one: State): string => checksum([one]);
  const [saved, other] = [1, 9] as const;

  test.each<[string, (model: State) => State]>([
    ["another name", (model) => ({ ...model, name: "models" })],
    ["another version", (model) => ({ ...model, version: 2 })],
    ["another layout", (model) => laidOut(model, ["price", "place"])],
    ["fewer buffers", (model) => ({ ...model, buffers: model.buffers.slice(1) })],
    ["other names of buffers", (model) => ({ ...model, buffers: [...model.buffers].reverse() })],
  ])("%s: left as it is and named; the others are restored", (_name, change) => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), world(saved));
    const states = renamed(world(other), change);
    const asked: (readonly State[])[] = [];
    const found = store.load(states, (_header, stale) => asked.push(stale) > 0);
    expect(found).toEqual({ header: headerAt(1), stale: [states[2]] });
    expect(asked).toEqual([[states[2]]]);
    expect(states.map(sumOf)).toEqual([
      ...world(saved).slice(0, 2).map(sumOf),
      sumOf(renamed(world(other), change)[2]!),
    ]);
  });

  test("in another order, some gone, some added: by name", () => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), world(saved));
    const added = state("more", 1, [new FixedBuffer("n", new Uint8Array(3).fill(7))]);
    const [pairs, items] = world(other) as [State, State];
    expect(store.load([added, items, pairs], all)?.stale).toEqual([added]);
    expect([pairs, items].map(sumOf)).toEqual(world(saved).slice(0, 2).map(sumOf));
    expect(added.buffers[0]!.chunks()[0]).toEqual(new Uint8Array(3).fill(7));
    const [, , model] = world(other) as [State, State, State];
    expect(store.load([model], all)?.stale).toEqual([]);
    expect(sumOf(model)).toBe(sumOf(world(saved)[2]!));
  });

  test("a layout is kept with the state", () => {
    const store = folderSnapshots(folder);
    const rows = laidOut(state("rows", 1, []), ["price"]);
    store.save(headerAt(1), [rows]);
    expect(store.load([rows], all)?.stale).toEqual([]);
    expect(store.load([laidOut(rows, ["prices"])], all)?.stale).toHaveLength(1);
  });

  test("a buffer of fixed size that has another one now", () => {
    const store = folderSnapshots(folder);
    store.save(headerAt(1), [state("model", 1, [new FixedBuffer("weights", new Float32Array(10).fill(2))])]);
    for (const array of [new Float32Array(11), new Float64Array(10), new Uint8Array(10)]) {
      const model = state("model", 1, [new FixedBuffer("weights", array)]);
      expect(store.load([model], all)?.stale).toEqual([model]);
      expect(array.every((one) => one === 0)).toBe(true);
    }
  });

  test("a growing buffer of another width is refused by code: what is half restored is to be thrown away", () => {
    const store = folderSnapshots(folder);
    const column = <C extends Float32Column | Float64Column>(made: C): C => {
      for (let i = 0; i < 10; i++) made.push(i + 1);
      return made;
    };
    store.save(headerAt(1), [state("items", 1, [column(new Float32Column("rows"))])]);
    const wide = column(new Float64Column("rows"));
    expect(() => store.load([state("items", 1, [wide])], all)).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_DAMAGED" }),
    );
    expect(wide.get(0)).not.toBe(1);
  });
});

test("a state is copied into fresh and used ones alike", () => {
  for (const seed of [0, 7]) {
    const copy = world(seed);
    world(3).forEach((one, i) => {
      copyState(one, copy[i]!);
    });
    expect(checksum(copy)).toBe(checksum(world(3)));
  }
});
