import { describe, expect, test } from "vitest";
import { Bounds } from "../core/bounds.ts";
import { dayMs } from "../core/clock.ts";
import { CountingFilter } from "../core/counting-filter.ts";
import { random } from "../core/random.ts";
import { checksum, state } from "../core/state.ts";
import { KernelMemory } from "../kernels/kernel-memory.ts";
import { factors } from "./embedding-cells.ts";
import { EmbeddingTable, type EmbeddingTableOptions, HashedTable, hashOf } from "./embedding-table.ts";
import { daysMax, LessonDays } from "./lesson-days.ts";
import { restore } from "./model.check.ts";

const table = (rest: Partial<EmbeddingTableOptions> = {}): EmbeddingTable =>
  new EmbeddingTable({ memory: new KernelMemory(), capacity: 50, admission: 1, spread: 0.1, ...rest });
const stateOf = ({ buffers }: EmbeddingTable) => state("table", 1, buffers);
const vector = ({ cells }: EmbeddingTable | HashedTable, row: number): number[] => [
  ...cells.floats.subarray(cells.vectorAt(row), cells.vectorAt(row) + factors),
];

test("it holds what a plain map with an order of use holds, through admission, eviction and expiry", () => {
  const chance = random("slow twin");
  const one = table({ capacity: 40 });
  /** field:code → when it was seen last; insertion order is order of use. */
  const slow = new Map<string, number>();
  let left = 0;
  const leave = (key: string): void => {
    slow.delete(key);
    left++;
  };
  for (let now = 1; now < 6000; now++) {
    // The shop's taste for codes moves on, so that some come back and some never do.
    const [field, code] = [chance.int(3), (now >> 7) + chance.int(20) - 5];
    const key = `${field}:${code}`;
    if (!slow.has(key) && slow.size === 40) leave(slow.keys().next().value!);
    slow.delete(key);
    slow.set(key, now);
    expect(one.see(field, code, now)).toBe(one.find(field, code));
    if (now % 50 === 0) {
      for (let i = 0; i < 16; i++) {
        const oldest = slow.entries().next().value;
        if (oldest === undefined || oldest[1] >= now - 60) break;
        leave(oldest[0]);
      }
      one.expire(now - 60);
    }
    if (now % 97 > 0) continue;
    for (let f = 0; f < 3; f++)
      for (let c = -5; c < 90; c++) expect(one.find(f, c) >= 0, `${f}:${c} at ${now}`).toBe(slow.has(`${f}:${c}`));
    const rows = [...slow.keys()].map((each) => one.find(...(each.split(":").map(Number) as [number, number])));
    expect(new Set(rows).size).toBe(slow.size);
    expect([one.size, one.left]).toEqual([slow.size, left]);
  }
  expect(left).toBeGreaterThan(200);
  expect(one.cells.rows).toBeLessThanOrEqual(40);
});

test("a code gets a row when it was seen often enough, and not by others being seen", () => {
  const one = table({ admission: 3 });
  for (let other = 100; other < 140; other++) one.see(0, other, 1);
  expect([one.see(0, 7, 1), one.see(1, 7, 1), one.see(0, 7, 2), one.find(0, 7)]).toEqual([-1, -1, -1, -1]);
  expect(one.see(0, 7, 3)).toBeGreaterThanOrEqual(0);
  expect(one.find(1, 7)).toBe(-1);
  expect(one.size).toBe(1);
});

test("no two codes ever share a row, and codes of any size and sign have one", () => {
  const one = table({ capacity: 5000 });
  const codes = [0, -1, -2147483647, 2147483647, ...Array.from({ length: 1000 }, (_, i) => (i + 1) * 4096)];
  const rows = codes.flatMap((code) => [0, 253].map((field) => one.see(field, code, 1)));
  expect(new Set(rows).size).toBe(rows.length);
  expect(rows.every((row) => row >= 0)).toBe(true);
});

test("a new vector is next to 0, of its field and code alone, and the next code of the row inherits nothing", () => {
  const [one, other] = [table({ capacity: 1 }), table({ capacity: 20 })];
  const row = one.see(0, 3, 1);
  one.cells.floats.fill(9, one.cells.vectorAt(row), one.cells.vectorAt(row) + factors);
  one.cells.floats.fill(9, one.cells.sumsAt(row), one.cells.sumsAt(row) + 2);
  one.cells.floats[one.cells.weightAt(row)] = 9;
  expect(one.see(2, 5, 2)).toBe(row);
  for (let code = 0; code < 10; code++) other.see(2, code, 1);
  expect(vector(one, row)).toEqual(vector(other, other.find(2, 5)));
  expect(vector(one, row).every((x) => Math.abs(x) <= 0.1 && x !== 0)).toBe(true);
  expect([...one.cells.floats.subarray(one.cells.sumsAt(row), one.cells.sumsAt(row) + 2)]).toEqual([0, 0]);
  expect(one.cells.floats[one.cells.weightAt(row)]).toBe(0);
  expect(vector(other, other.find(2, 4))).not.toEqual(vector(other, other.find(2, 5)));
});

test("what is seen in this very lesson never gives way: a further code gets no row", () => {
  const one = table({ capacity: 2 });
  expect([one.see(0, 1, 5), one.see(0, 2, 5), one.see(0, 3, 5)].map((row) => row >= 0)).toEqual([true, true, false]);
  expect(one.see(0, 3, 6)).toBeGreaterThanOrEqual(0);
  expect([one.find(0, 1), one.find(0, 2) >= 0]).toEqual([-1, true]);
});

test("where no more memory is to be had, nothing new gets a row, that is counted, and what has one keeps it", () => {
  const memory = new KernelMemory();
  const one = new EmbeddingTable({ memory, capacity: 20_000, admission: 1, spread: 0.1 });
  for (let code = 0; code < 4096; code++) one.see(0, code, 1);
  memory.take = () => -1;
  expect([one.see(0, 5000, 2), one.see(0, 5001, 2), one.refused]).toEqual([-1, -1, 2]);
  expect([one.size, one.find(0, 4095) >= 0]).toEqual([4096, true]);
  one.expire(2);
  expect(one.see(0, 5000, 3)).toBeGreaterThanOrEqual(0);
});

test("it grows by segments, and nothing that is there moves", () => {
  const one = table({ capacity: 20_000 });
  const first = one.see(0, 0, 1);
  const kept = vector(one, first);
  for (let code = 1; code < 13_000; code++) one.see(0, code, 1);
  expect([one.cells.rows, one.find(0, 0)]).toEqual([13_000, first]);
  expect(vector(one, first)).toEqual(kept);
  const fresh = table();
  expect(vector(one, one.find(0, 12_999))).toEqual(vector(fresh, fresh.see(0, 12_999, 1)));
});

test("saved and restored, it goes on the same, into a table that held other codes", () => {
  const [original, restored] = [table({ admission: 2 }), table({ admission: 2 })];
  const chance = random("restored");
  for (let now = 1; now < 3000; now++) original.see(chance.int(3), chance.int(90), now);
  for (let now = 1; now < 500; now++) restored.see(chance.int(3), 200 + chance.int(90), now);
  restore(stateOf(original), stateOf(restored));
  for (let field = 0; field < 3; field++)
    for (let code = 0; code < 300; code++) expect(restored.find(field, code)).toBe(original.find(field, code));
  for (let now = 3000; now < 6000; now++) {
    const [field, code] = [chance.int(3), chance.int(120)];
    for (const each of [original, restored]) {
      each.see(field, code, now);
      each.expire(now - 100);
    }
  }
  expect(checksum([stateOf(restored)])).toBe(checksum([stateOf(original)]));
});

test("finding changes nothing", () => {
  const one = table({ admission: 2 });
  for (let code = 0; code < 30; code++) one.see(0, code % 20, code + 1);
  const before = checksum([stateOf(one)]);
  for (let code = -50; code < 50; code++) one.find(code & 1, code);
  expect(checksum([stateOf(one)])).toBe(before);
});

test("a hashed table has a row for everything, and some share one", () => {
  const hashed = new HashedTable({ memory: new KernelMemory(), rows: 256, spread: 0.1 });
  const rows = Array.from({ length: 200 }, (_, code) => hashed.find(0, code));
  expect(rows.every((row) => row >= 0 && row < 256)).toBe(true);
  // 200 codes in 256 rows: 256 · (1 − e^(−200/256)) ≈ 139 rows are hit.
  expect(new Set(rows).size).toBeGreaterThan(115);
  expect(new Set(rows).size).toBeLessThan(165);
});

describe("the counting filter", () => {
  test("never says less than the truth, and seldom more while it has room", () => {
    const filter = new CountingFilter(4096);
    const truth = new Map<number, number>();
    const chance = random("filter");
    let over = 0;
    for (let i = 0; i < 2000; i++) {
      const code = Math.floor(500 * chance.next() ** 2);
      const count = (truth.get(code) ?? 0) + 1;
      truth.set(code, count);
      const said = filter.add(hashOf(0, code));
      expect(said).toBeGreaterThanOrEqual(count);
      if (said > count) over++;
    }
    expect(over).toBeLessThan(60);
  });

  test("forgets by halves, all of it in as many calls as it has pieces, and counts no further than 255", () => {
    const filter = new CountingFilter(4096);
    for (let i = 0; i < 300; i++) expect(filter.add(12345)).toBe(Math.min(255, i + 1));
    for (let i = 0; i < 63; i++) filter.forget(64);
    filter.forget(64);
    expect(filter.add(12345)).toBe(128);
  });
});

test("the first lesson of each day is known as a plain list of all lessons has it, days without any included", () => {
  const days = new LessonDays();
  const told: number[] = [];
  const chance = random("days");
  let day = 20_000;
  expect(days.since(3)).toBe(0);
  for (let lesson = 1; lesson < 2500; lesson++) {
    if (chance.int(4) === 0) day += chance.int(30) === 0 ? chance.int(700) : chance.int(3);
    told[lesson] = day;
    days.note(lesson, day * dayMs + chance.int(dayMs));
    days.note(lesson, undefined);
    for (const back of [0, 1, 7, 180, daysMax]) {
      const first = told.findIndex((of) => of !== undefined && of >= day - back);
      expect(days.since(back)).toBe(day - back < 20_000 ? 0 : first);
    }
  }
});

test("while memory is scarce it takes no further row: the code seen least recently leaves, and a new one waits longer", () => {
  const bounds = new Bounds();
  const one = table({ capacity: 40, admission: 2, bounds });
  const see = (code: number, now: number): number => Math.max(one.see(0, code, now), one.see(0, code, now));
  for (let code = 0; code < 20; code++) expect(see(code, code)).toBeGreaterThanOrEqual(0);
  bounds.set(2, { embeddings: 20 });
  for (let code = 20; code < 50; code++) expect(see(code, code)).toBeGreaterThanOrEqual(0);
  expect([one.size, one.cells.rows, one.find(0, 29), one.find(0, 30) >= 0]).toEqual([20, 20, -1, true]);
  bounds.set(2, { embeddings: 20, admission: 2 });
  expect([see(50, 50), see(50, 51) >= 0]).toEqual([-1, true]);
});
