import { describe, expect, test } from "vitest";
import { type Random, random } from "../core/random.ts";
import { KernelMemory } from "./kernel-memory.ts";
import { cellFloats, type LinearConstants, LinearTable, score, sumsWidth, update, updateSlot } from "./linear.ts";
import { SlotLists } from "./slots.ts";

const constants = (chance: Random): LinearConstants => ({
  alpha: Array.from({ length: 4 }, () => chance.next()),
  beta: 0.5 + chance.next(),
  variance: [chance.next(), chance.next()],
  drift: [chance.int(2) && 0.1 * chance.next(), 0.1 * chance.next()],
});

function tableOf(slots: number, same: LinearConstants, width = 90): LinearTable {
  const memory = new KernelMemory();
  return new LinearTable(memory, slots, new SlotLists(memory, width), same);
}

/** Two tables of the same content, one taught by the kernel and one by its twin. */
function twins(chance: Random, slots: number): readonly [LinearTable, LinearTable] {
  const same = constants(chance);
  const [fast, plain] = [tableOf(slots, same), tableOf(slots, same)];
  for (let slot = 0; slot < slots; slot++) {
    if (chance.int(2) === 0) continue;
    for (let k = 0; k < 12; k++) {
      const value = chance.normal();
      fast.cells.array[slot * cellFloats + k] = k < 4 || k === 8 || k === 9 ? value : value ** 2;
    }
  }
  plain.cells.array.set(fast.cells.array);
  return [fast, plain];
}

function place(table: LinearTable, rows: readonly (readonly number[])[]): void {
  table.lists.makeRoom(rows.length);
  table.makeRoom(rows.length);
  const { slots, starts } = table.lists;
  rows.forEach((row, i) => {
    slots.set(row, starts[i]!);
    starts[i + 1] = starts[i]! + row.length;
  });
}

const bits = (values: Float32Array | Float64Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

describe("the plain twins", () => {
  test("score and teach with the same bits, whatever the shapes", () => {
    for (let seed = 0; seed < 80; seed++) {
      const chance = random(`linear ${seed}`);
      const slots = 1 + chance.int(300);
      const [fast, plain] = twins(chance, slots);
      const count = chance.int(200);
      const width = chance.int(90);
      // The same slot may come twice in a row, where two crosses meet.
      const rows = Array.from({ length: count }, () =>
        Array.from({ length: chance.int(width + 1) }, () => chance.int(slots)),
      );
      for (const table of [fast, plain]) place(table, rows);
      const first = chance.int(count + 1);
      fast.score(first, count);
      score(plain, first, count);
      const [from, end] = [first * sumsWidth, count * sumsWidth];
      expect(bits(fast.sums.subarray(from, end)).equals(bits(plain.sums.subarray(from, end)))).toBe(true);
      for (let row = 0; row < count; row++) {
        const scale = [0, 1, 10, 1e-6][chance.int(4)]!;
        // Variances lose less than all, as they do in a filter's steps.
        const step = Array.from({ length: 8 }, (_, k) => (k < 6 ? scale * chance.normal() : -0.05 * chance.next()));
        fast.step.set(step);
        plain.step.set(step);
        const drifts = chance.int(4) > 0;
        fast.update(row, drifts);
        update(plain, row, drifts);
        const slot = chance.int(slots);
        fast.updateSlot(slot, drifts);
        updateSlot(plain, slot, drifts);
      }
      expect(bits(fast.cells.array).equals(bits(plain.cells.array))).toBe(true);
    }
  });

  test("a slot that was never taught has the variance that it starts with", () => {
    const table = tableOf(4, { alpha: [1, 1, 1, 1], beta: 1, variance: [0.5, 0.25], drift: [0, 0] });
    place(table, [[0, 1, 2]]);
    table.score(0, 1);
    expect([...table.sums.subarray(0, sumsWidth)]).toEqual([0, 0, 0, 0, 0, 0, 1.5, 0.75]);
    expect([table.varianceOf(3, 0), table.varianceOf(3, 1)]).toEqual([0.5, 0.25]);
  });
});

test("weights stay where they are when more rows than ever before are scored", () => {
  const chance = random("growing");
  const [table] = twins(chance, 50);
  const before = table.cells.array.slice();
  const address = table.cells.address;
  place(
    table,
    Array.from({ length: 20_000 }, () => [chance.int(50), chance.int(50)]),
  );
  table.score(0, 20_000);
  expect(table.cells.address).toBe(address);
  expect(bits(table.cells.array).equals(bits(before))).toBe(true);
  expect(table.sums.subarray(0, 20_000 * sumsWidth).every(Number.isFinite)).toBe(true);
});

test("sums stay when others take memory", () => {
  const memory = new KernelMemory();
  const lists = new SlotLists(memory, 3);
  const table = new LinearTable(memory, 4, lists, { alpha: [1, 1, 1, 1], beta: 1, variance: [2, 1], drift: [0, 0] });
  place(table, [[1, 2]]);
  table.score(0, 1);
  const before = [...table.sums];
  memory.take(2 ** 22);
  expect([...table.sums]).toEqual(before);
  expect(before.slice(6, 8)).toEqual([4, 2]);
});

test("where there is no memory it says so and stays as it was", () => {
  const table = tableOf(8, { alpha: [1, 1, 1, 1], beta: 1, variance: [1, 1], drift: [0, 0] });
  place(table, [[3], [4, 5]]);
  expect(() => table.makeRoom(2 ** 27)).toThrow(/no memory/);
  table.score(0, 2);
  expect([...table.sums.subarray(0, 2 * sumsWidth)].slice(6, 16)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 2, 2]);
  expect(() => tableOf(2 ** 27, table.constants)).toThrow(RangeError);
});
