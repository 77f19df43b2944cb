/** Every table against a slow, obvious twin on random operations; saved, restored, and gone on with, it stays the same. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { BlobStore } from "./blob-store.ts";
import {
  CellColumn,
  FixedBuffer,
  Float32Column,
  Float64Column,
  Int32Column,
  segmentRows,
  Uint8Column,
} from "./columns.ts";
import { DecayedPairs, DecayedSums, decay } from "./decayed.ts";
import { HashTable } from "./hash-table.ts";
import { IdTable } from "./id-table.ts";
import { mixPair, type Random, random } from "./random.ts";
import { blockCells, blockCellsMax, Slab } from "./slab.ts";
import { bytesInUse, checksum, prefixed, type State, state } from "./state.ts";

// Collisions of 31-bit hashes are too rare to meet by chance: one test makes the space of hashes small.
const hashes = vi.hoisted(() => ({ mask: -1 }));
vi.mock("./random.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("./random.ts")>();
  return { ...original, hashText: (text: string, seed?: number) => original.hashText(text, seed) & hashes.mask };
});

/** Copies the bytes of one state into another, as a snapshot does. */
function restore(from: State, to: State): void {
  const saved = from.buffers.map((buffer) => ({
    length: buffer.length,
    chunks: buffer.chunks().map((chunk) => chunk.slice()),
  }));
  to.buffers.forEach((buffer, b) => {
    const { length, chunks } = saved[b]!;
    const whole = Buffer.concat(chunks);
    let at = 0;
    buffer.restore(length, (target) => {
      target.set(whole.subarray(at, at + target.length));
      at += target.length;
    });
    expect(at).toBe(whole.length);
  });
  expect(checksum([to])).toBe(checksum([from]));
}

/** Runs `steps` random steps; in between, goes on with a restored copy beside the original and keeps both equal. */
function goesOnTheSame<T extends { readonly state: State }>(
  make: () => T,
  step: (table: T, chance: Random) => void,
): void {
  for (const seed of [1, 2, 3]) {
    const original = make();
    const before = random(seed);
    for (let i = 0; i < 2000; i++) step(original, before);
    const restored = make();
    // A used table is overwritten too.
    const other = random(seed + 100);
    for (let i = 0; i < 300; i++) step(restored, other);
    restore(original.state, restored.state);
    const one = random(`on ${seed}`);
    const two = random(`on ${seed}`);
    for (let i = 0; i < 2000; i++) {
      step(original, one);
      step(restored, two);
    }
    expect(checksum([restored.state])).toBe(checksum([original.state]));
  }
}

describe("columns", () => {
  const kinds = [
    { make: (fill: number) => new Float64Column("c", fill), round: (x: number) => x },
    { make: (fill: number) => new Float32Column("c", fill), round: Math.fround },
    { make: (fill: number) => new Int32Column("c", fill), round: (x: number) => x | 0 },
    { make: (fill: number) => new Uint8Column("c", fill), round: (x: number) => x & 255 },
  ];

  test("read, written, added to, pushed and copied as a plain list", () => {
    const operation = fc.record({
      kind: fc.constantFrom("set", "add", "push", "ensure", "copy"),
      row: fc.oneof(fc.nat(50), fc.integer({ min: segmentRows - 5, max: 2 * segmentRows + 5 })),
      value: fc.integer({ min: -1000, max: 1000 }),
    });
    for (const { make, round } of kinds) {
      fc.assert(
        fc.property(fc.constantFrom(0, 7), fc.array(operation, { maxLength: 40 }), (fill, operations) => {
          const column = make(fill);
          const twin = new Map<number, number>();
          let length = 0;
          const at = (row: number): number => twin.get(row) ?? fill;
          for (const { kind, row, value } of operations) {
            if (kind === "set") column.set(row, value);
            if (kind === "add") column.add(row, value);
            if (kind === "ensure") column.ensure(row);
            if (kind === "set") twin.set(row, round(value));
            if (kind === "add") twin.set(row, round(at(row) + value));
            if (kind === "push") {
              expect(column.push(value)).toBe(length);
              twin.set(length++, round(value));
            }
            if (kind === "copy") {
              const [from, to] = [row & ~15, (row * 31) & ~15 & (2 * segmentRows - 1)];
              column.copy(from, to, 16);
              for (let i = 0; i < 16; i++) twin.set(to + i, at(from + i));
              length = Math.max(length, from + 16, to + 16);
            }
            length = Math.max(length, kind === "ensure" ? row : kind === "set" || kind === "add" ? row + 1 : 0);
          }
          expect(column.length).toBe(length);
          for (const row of [...twin.keys(), 0, length, length + 1, 3 * segmentRows])
            expect(column.get(row)).toBe(at(row));
          const again = make(fill);
          again.set(9 * segmentRows, 1);
          restore(state("s", 1, [column]), state("s", 1, [again]));
          for (const row of [...twin.keys(), 0, length, length + 1, 9 * segmentRows])
            expect(again.get(row)).toBe(at(row));
        }),
        { seed: 1, numRuns: 60 },
      );
    }
  });

  test("growing never moves what is there", () => {
    const column = new Float64Column("c");
    column.set(0, 1);
    const [first] = column.segments;
    column.set(5 * segmentRows, 2);
    expect(column.segments[0]).toBe(first);
    expect(column.segments).toHaveLength(6);
  });

  test("cells are stretches of bytes or floats that do not touch each other", () => {
    const cells = new CellColumn("c", 8);
    cells.ensure(2 * segmentRows);
    for (let cell = 0; cell < cells.length; cell += 4) cells.floats(cell, 8).fill(cell);
    const again = new CellColumn("c", 8);
    restore(state("s", 1, [cells]), state("s", 1, [again]));
    for (let cell = 0; cell < cells.length; cell += 4) {
      expect([...again.floats(cell, 8)]).toEqual(Array(8).fill(cell));
      expect(again.bytes(cell, 32)).toEqual(new Uint8Array(again.floats(cell, 8).buffer, (cell % segmentRows) * 8, 32));
    }
  });

  test("a fixed buffer keeps its size", () => {
    const buffer = new FixedBuffer("f", new Float32Array([1, 2, 3]));
    const again = new FixedBuffer("f", new Float32Array(3));
    restore(state("s", 1, [buffer]), state("s", 1, [again]));
    expect([...again.array]).toEqual([1, 2, 3]);
    expect(() => again.restore(4, () => {})).toThrow(RangeError);
  });

  test("the checksum sees names, versions, lengths and every byte", () => {
    const of = (name: string, version: number, column: string, values: number[]): string => {
      const buffer = new Int32Column(column);
      for (const value of values) buffer.push(value);
      return checksum([state(name, version, [buffer])]);
    };
    const sums = [
      of("s", 1, "c", [1]),
      of("t", 1, "c", [1]),
      of("s", 2, "c", [1]),
      of("s", 1, "d", [1]),
      of("s", 1, "c", [2]),
      of("s", 1, "c", [1, 0]),
    ];
    expect(new Set(sums).size).toBe(sums.length);
    expect(of("s", 1, "c", [1])).toBe(sums[0]);
    const part = state("part", 1, [new FixedBuffer("f", new Float64Array(3))]);
    expect(prefixed(part).map(({ name }) => name)).toEqual(["part.f"]);
    expect(bytesInUse([part])).toBe(24);
  });
});

describe("slab", () => {
  test("lists that grow together leave no small blocks behind that nobody can use", () => {
    const slab = new Slab("slab", 2);
    const starts = Array.from({ length: 1000 }, () => slab.allocate(4));
    for (let size = 8; size <= 64; size *= 2) {
      for (const [i, start] of starts.entries()) {
        starts[i] = slab.allocate(size);
        slab.free(start, size / 2);
      }
    }
    expect(slab.cellsInUse).toBe(64_000);
    expect(slab.cells).toBeLessThan(1.3 * 64_000 + blockCellsMax);
  });

  test("blocks are aligned to their size, lie in one segment and never overlap", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const chance = random(seed);
        const slab = new Slab("slab");
        const live: { start: number; count: number }[] = [];
        const owner = new Map<number, number>();
        let inUse = 0;
        for (let i = 0; i < 400; i++) {
          if (live.length > 0 && chance.int(5) < 2) {
            const { start, count } = live.splice(chance.int(live.length), 1)[0]!;
            slab.free(start, count);
            for (let cell = start; cell < start + blockCells(count); cell++) owner.delete(cell);
            inUse -= blockCells(count);
          } else {
            const count = 1 + chance.int(2 ** chance.int(chance.int(20) === 0 ? 15 : 8));
            const start = slab.allocate(count);
            const size = blockCells(count);
            expect(size).toBeGreaterThanOrEqual(count);
            expect(size).toBeLessThan(2 * count);
            expect(start % size).toBe(0);
            expect(start + size).toBeLessThanOrEqual(slab.cells);
            for (let cell = start; cell < start + size; cell++) {
              if (owner.has(cell)) expect.fail(`cell ${cell} belongs to two blocks`);
              owner.set(cell, start);
            }
            live.push({ start, count });
            inUse += size;
          }
          expect(slab.cellsInUse).toBe(inUse);
        }
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  test("freed blocks are used again: a steady load does not grow", () => {
    const slab = new Slab("slab");
    for (let i = 0; i < 10_000; i++) slab.free(slab.allocate(1 + (i % 500)), 1 + (i % 500));
    expect(slab.cells).toBe(blockCellsMax);
    // Buddies have merged: the one stretch that was carved is whole again.
    expect(slab.allocate(blockCellsMax)).toBe(0);
    expect(slab.allocate(blockCellsMax)).toBe(segmentRows);
    expect(() => slab.allocate(blockCellsMax + 1)).toThrow();
    expect(() => slab.allocate(0)).toThrow();
  });

  test("saved and restored, it goes on the same", () => {
    goesOnTheSame(
      () => new Slab("slab"),
      (slab, chance) => {
        const count = 1 + chance.int(100);
        const start = slab.allocate(count);
        if (chance.int(2) === 0) slab.free(start, count);
      },
    );
  });
});

describe("hash table", () => {
  const key = (a: number, b: number): string => `${a} ${b}`;

  function check(table: HashTable, twin: Map<string, number>): void {
    expect(table.size).toBe(twin.size);
    const slots = [...table.slots()];
    expect(slots).toHaveLength(twin.size);
    for (const slot of slots) {
      const [a, b] = [table.a.get(slot), table.b.get(slot)];
      expect(table.find(a, b)).toBe(slot);
      const value = twin.get(key(a, b));
      if (table.values[0]!.get(slot) !== value || table.values[1]!.get(slot) !== -value)
        expect.fail(`wrong value of ${a}, ${b}`);
    }
  }

  test("put, found, removed and swept as a Map, through many splits", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(40, 300, 3000), fc.constantFrom(1, 2, 8), (seed, spread, removals) => {
        const chance = random(seed);
        const table = new HashTable("table", ["one", "two"]);
        const twin = new Map<string, number>();
        for (let i = 1; i <= 6000; i++) {
          const a = chance.int(spread);
          const b = chance.int(20) - 10;
          if (chance.int(10) < removals) {
            expect(table.remove(a, b)).toBe(twin.delete(key(a, b)));
            expect(table.find(a, b)).toBe(-1);
          } else {
            expect(table.find(a, b) >= 0).toBe(twin.has(key(a, b)));
            const slot = table.put(a, b);
            if (!twin.has(key(a, b))) expect([table.values[0]!.get(slot), table.values[1]!.get(slot)]).toEqual([0, 0]);
            table.values[0]!.set(slot, i);
            table.values[1]!.set(slot, -i);
            twin.set(key(a, b), i);
          }
          if (i % 1500 === 0) check(table, twin);
        }
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  test("a million keys, dense and far apart, are all found", () => {
    const table = new HashTable("table", []);
    for (let i = 0; i < 500_000; i++) {
      table.put(i, 0);
      table.put((i * 4096) % 2_147_483_647, -i - 1);
    }
    expect(table.size).toBe(1_000_000);
    for (let i = 0; i < 500_000; i++) {
      if (table.find(i, 0) < 0 || table.find((i * 4096) % 2_147_483_647, -i - 1) < 0) expect.fail(`${i} is lost`);
    }
    expect(table.find(500_000, 0)).toBe(-1);
    // Pages are at least 40 % full on average, or growth would cost twice its memory.
    expect(table.size / table.a.length).toBeGreaterThan(0.4);
  });

  test("a page that splits long after its neighbours did is found under all of its patterns", () => {
    const table = new HashTable("table", []);
    // First keys whose hashes end in 0000, which make the directory deep, then all others.
    const deep = (a: number): boolean => (mixPair(a, 0) & 15) === 0;
    const all = Array.from({ length: 60_000 }, (_, a) => a);
    for (const a of [...all.filter(deep), ...all.filter((a) => !deep(a))]) table.put(a, 0);
    for (const a of all) if (table.find(a, 0) < 0) expect.fail(`${a} is lost`);
    expect(table.size).toBe(all.length);
    expect([...table.slots()]).toHaveLength(all.length);
  });

  test("extreme keys are keys", () => {
    const table = new HashTable("table", ["value"]);
    const keys = [0, 1, 2 ** 31 - 1].flatMap((a) => [-(2 ** 31), -1, 0, 1, 2 ** 31 - 1].map((b) => [a, b] as const));
    for (const [i, [a, b]] of keys.entries()) table.values[0]!.set(table.put(a, b), i);
    expect(keys.map(([a, b]) => table.values[0]!.get(table.find(a, b)))).toEqual(keys.map((_, i) => i));
  });

  test("one sweep over as many slots as there are looks at every entry; what it names is gone, the rest stays", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 600 }),
        (seed, count, piece) => {
          const chance = random(seed);
          const table = new HashTable("table", ["one", "two"]);
          const twin = new Map<string, number>();
          for (let i = 1; i <= count; i++) {
            const [a, b] = [chance.int(100_000), chance.int(3)];
            const slot = table.put(a, b);
            table.values[0]!.set(slot, i);
            table.values[1]!.set(slot, -i);
            twin.set(key(a, b), i);
          }
          table.sweep(chance.int(1000), () => false);
          // A removal looks at its slot again, for what moved into it: as many looks more.
          const looks = table.a.length + table.size;
          for (let done = 0; done < looks; done += piece)
            table.sweep(piece, (slot) => table.values[0]!.get(slot) % 2 === 0);
          for (const [name, value] of twin) if (value % 2 === 0) twin.delete(name);
          check(table, twin);
        },
      ),
      { seed: 4, numRuns: 40 },
    );
  });

  test("saved and restored, it goes on the same", () => {
    goesOnTheSame(
      () => new HashTable("table", ["value"]),
      (table, chance) => {
        if (chance.int(3) === 0) table.remove(chance.int(500), chance.int(9));
        else table.values[0]!.set(table.put(chance.int(500), chance.int(9)), chance.next());
        table.sweep(2, (slot) => table.values[0]!.get(slot) < 0.05);
      },
    );
  });
});

describe("id table", () => {
  const ids = fc.oneof(
    fc.string({ minLength: 1, maxLength: 5 }),
    fc.string({ unit: "binary", minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      "p-1",
      "p-2",
      "ä",
      "äb",
      "😀",
      "😀😀",
      "a😀",
      "a\u0000",
      "a",
      "__proto__",
      "x".repeat(512),
      "語".repeat(512),
    ),
  );

  /** Random interning and removal against a Map; returns how often an id was held. */
  function againstMap(seed: number): void {
    const operation = fc.record({ id: ids, remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
        const table = new IdTable("ids");
        const twin = new Map<string, number>();
        for (const { id, remove } of operations) {
          if (remove) {
            const row = table.find(id);
            expect(row).toBe(twin.get(id) ?? -1);
            if (row >= 0) table.remove(row);
            twin.delete(id);
          } else {
            const row = table.intern(id);
            if (twin.has(id)) expect(row).toBe(twin.get(id));
            else expect([...twin.values()]).not.toContain(row);
            twin.set(id, row);
          }
          expect(table.size).toBe(twin.size);
        }
        for (const [id, row] of twin) {
          expect(table.find(id)).toBe(row);
          expect(table.id(row)).toBe(id);
        }
        const held = new Set(twin.values());
        for (let row = 0; row < table.rows; row++) if (!held.has(row)) expect(table.id(row)).toBeUndefined();
        expect(table.rows).toBeLessThanOrEqual(operations.length);
      }),
      { seed, numRuns: 100 },
    );
  }

  test("interns and removes as a Map, unicode and all", () => againstMap(5));

  test("the same when nearly all hashes collide", () => {
    hashes.mask = 1;
    try {
      againstMap(6);
    } finally {
      hashes.mask = -1;
    }
  });

  test("rows are dense from 0, and freed rows are used first", () => {
    const table = new IdTable("ids");
    for (let i = 0; i < 20_000; i++) expect(table.intern(`id ${i}`)).toBe(i);
    table.remove(7);
    table.remove(7);
    table.remove(12_345);
    expect([table.size, table.rows]).toEqual([19_998, 20_000]);
    expect(new Set([table.intern("new"), table.intern("newer")])).toEqual(new Set([7, 12_345]));
    expect(table.intern("newest")).toBe(20_000);
    for (let i = 0; i < 20_000; i++) expect(table.find(`id ${i}`)).toBe(i === 7 || i === 12_345 ? -1 : i);
  });

  test("no row: no id", () => {
    const table = new IdTable("ids");
    for (const row of [-1, 0, 5]) expect(table.id(row)).toBeUndefined();
    table.intern("a");
    for (const row of [-1, 1, 5]) expect(table.id(row)).toBeUndefined();
    expect(table.find("b")).toBe(-1);
    expect(table.find("")).toBe(-1);
  });

  test("full, it answers −1 for what is new, until something goes", () => {
    const table = new IdTable("ids", 3);
    expect(["a", "b", "c", "d", "a"].map((id) => table.intern(id))).toEqual([0, 1, 2, -1, 0]);
    table.remove(1);
    expect(["d", "b"].map((id) => table.intern(id))).toEqual([1, -1]);
  });

  test("an id that was removed leaves no trace in the bytes", () => {
    const table = new IdTable("ids");
    table.intern("someone@example.com");
    table.remove(0);
    const bytes = Buffer.concat(table.state.buffers.flatMap((buffer) => buffer.chunks()));
    expect(bytes.includes("someone")).toBe(false);
  });

  test("saved and restored, it goes on the same", () => {
    goesOnTheSame(
      () => new IdTable("ids", 1500),
      (table, chance) => {
        const id = `${"ö".repeat(chance.int(20))}${chance.int(1000)}`;
        if (chance.int(3) === 0) table.remove(table.find(id));
        else table.intern(id);
      },
    );
  });
});

describe("blob store", () => {
  test("reads what was written last, whatever its size", () => {
    const operation = fc.tuple(fc.nat(20), fc.option(fc.jsonValue(), { nil: undefined }), fc.nat(3));
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const store = new BlobStore<unknown>("blobs");
        const twin = new Map<number, string>();
        for (const [row, json, scale] of operations) {
          const value = json === undefined ? undefined : { json, pad: "ü".repeat(scale ** 8) };
          store.write(row, value);
          if (value === undefined) twin.delete(row);
          else twin.set(row, JSON.stringify(value));
        }
        const again = new BlobStore<unknown>("blobs");
        restore(store.state, again.state);
        for (let row = -1; row < 23; row++) {
          const expected = twin.has(row) ? JSON.parse(twin.get(row)!) : undefined;
          expect(store.read(row)).toEqual(expected);
          expect(again.read(row)).toEqual(expected);
        }
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  test("cells are used again: rewriting does not grow it", () => {
    const store = new BlobStore<string>("blobs");
    const write = (i: number): boolean => store.write(i % 10, i % 7 === 0 ? undefined : "x".repeat((i * 37) % 3000));
    for (let i = 0; i < 500; i++) write(i);
    const bytes = bytesInUse([store.state]);
    for (let i = 0; i < 20_000; i++) write(i);
    expect(bytesInUse([store.state])).toBeLessThan(1.1 * bytes);
  });

  test("a value that was forgotten leaves no trace in the bytes", () => {
    const store = new BlobStore<string>("blobs");
    store.write(3, "someone@example.com");
    store.write(3, "x");
    store.write(4, "someone else");
    store.write(4, undefined);
    const bytes = Buffer.concat(store.state.buffers.flatMap((buffer) => buffer.chunks()));
    expect(bytes.includes("someone")).toBe(false);
    expect(store.read(3)).toBe("x");
  });

  test("saved and restored, it goes on the same", () => {
    goesOnTheSame(
      () => new BlobStore<unknown>("blobs"),
      (store, chance) =>
        store.write(chance.int(100), chance.int(4) === 0 ? undefined : { title: "é".repeat(chance.int(200)) }),
    );
  });
});

describe("decayed sums", () => {
  const halfLifeMs = 1000;
  const addition = fc.record({
    row: fc.nat(2),
    weight: fc.integer({ min: -5, max: 5 }),
    atMs: fc.integer({ min: 0, max: 8 * halfLifeMs }),
  });

  test("equal the formula, in whatever order the additions come", () => {
    fc.assert(
      fc.property(fc.array(addition, { maxLength: 30 }), fc.nat(5 * halfLifeMs), (additions, laterMs) => {
        const sums = new DecayedSums("sums", halfLifeMs);
        for (const { row, weight, atMs } of additions) sums.add(row, weight, atMs);
        for (let row = 0; row < 4; row++) {
          const own = additions.filter((one) => one.row === row);
          const atMs = Math.max(0, ...own.map((one) => one.atMs)) + laterMs;
          const expected = own.reduce((sum, one) => sum + one.weight * 2 ** (-(atMs - one.atMs) / halfLifeMs), 0);
          expect(sums.at(row, atMs)).toBeCloseTo(expected, 3);
        }
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  test("halve at the half-life, do not grow towards the past, and fade to nothing", () => {
    expect(decay(halfLifeMs, halfLifeMs)).toBeCloseTo(0.5, 12);
    expect(decay(0, halfLifeMs)).toBe(1);
    expect(decay(-5, halfLifeMs)).toBe(1);
    expect(decay(1e15, halfLifeMs)).toBe(0);
    const sums = new DecayedSums("sums", halfLifeMs);
    sums.add(0, 4, 1.7e12);
    expect(sums.at(0, 1.7e12 + halfLifeMs)).toBeCloseTo(2, 6);
    expect(sums.at(0, 1.6e12)).toBe(4);
    expect(sums.at(9, 1.7e12)).toBe(0);
  });

  test("of pairs equal the formula, each sum of a pair apart", () => {
    const pairAddition = fc.record({
      a: fc.nat(3),
      b: fc.nat(3),
      sum: fc.nat(1),
      weight: fc.nat(5),
      atMs: fc.nat(5 * halfLifeMs),
    });
    fc.assert(
      fc.property(fc.array(pairAddition, { maxLength: 60 }), (additions) => {
        const pairs = new DecayedPairs("pairs", ["clicks", "buys"], halfLifeMs, 100 * halfLifeMs);
        for (const { a, b, sum, weight, atMs } of additions) pairs.add(a, b, sum, weight, atMs);
        const atMs = 6 * halfLifeMs;
        for (let a = 0; a < 4; a++) {
          for (let b = 0; b < 4; b++) {
            for (const sum of [0, 1]) {
              const expected = additions
                .filter((one) => one.a === a && one.b === b && one.sum === sum)
                .reduce((total, one) => total + one.weight * 2 ** (-(atMs - one.atMs) / halfLifeMs), 0);
              expect(pairs.value(pairs.find(a, b), sum, atMs)).toBeCloseTo(expected, 6);
            }
          }
        }
        expect(pairs.size).toBe(new Set(additions.map(({ a, b }) => `${a} ${b}`)).size);
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  test("a pair expires when nothing was added to it for so long, while additions go on", () => {
    const pairs = new DecayedPairs("pairs", ["clicks"], halfLifeMs, 10 * halfLifeMs);
    for (let a = 0; a < 300; a++) pairs.add(a, 0, 0, 1, a);
    for (let i = 0; i < 2000; i++) pairs.add(5, 5, 0, 1, 11 * halfLifeMs + i);
    expect(pairs.size).toBe(1);
    expect(pairs.find(0, 0)).toBe(-1);
    expect(pairs.value(-1, 0, 0)).toBe(0);
    expect(pairs.value(pairs.find(5, 5), 0, 11 * halfLifeMs + 1999)).toBeGreaterThan(700);
  });

  test("saved and restored, they go on the same", () => {
    goesOnTheSame(
      () => new DecayedSums("sums", halfLifeMs),
      (sums, chance) => sums.add(chance.int(50), chance.normal(), chance.int(100_000)),
    );
    goesOnTheSame(
      () => new DecayedPairs("pairs", ["one", "two"], halfLifeMs, 20_000),
      (pairs, chance) => pairs.add(chance.int(50), chance.int(50), chance.int(2), chance.normal(), chance.int(100_000)),
    );
  });
});
