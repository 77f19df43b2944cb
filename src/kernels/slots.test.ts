import { expect, test } from "vitest";
import { type Random, random } from "../core/random.ts";
import { Rows } from "../core/rows.ts";
import { KernelMemory } from "./kernel-memory.ts";
import { codeOf, findSlots, hashed, keptApart, SlotKernel, SlotLists, slotOf, slotProgram } from "./slots.ts";

const values = [-1, 0, 1, 2, 3, 70_000, 16_777_215, -3.9, 3e38, -3e38, Number.NaN, -0];

function rowsOf(chance: Random, count: number, width: number): Rows {
  const rows = new Rows(width, count + chance.int(3));
  rows.resize(count);
  for (let k = 0; k < count * width; k++) rows.dense[k] = values[chance.int(values.length)]!;
  return rows;
}

function anyProgram(chance: Random, width: number) {
  const crosses = Array.from({ length: chance.int(30) }, () => {
    const columns = Array.from({ length: 1 + chance.int(3) }, () => chance.int(width));
    const silent = columns.map(() => [-1, 0, -2147483648][chance.int(3)]!);
    return { salt: chance.int(2 ** 32) | 0, columns, silent };
  });
  return { crosses, program: slotProgram(crosses, chance.int(width + 1) - 1, 1 + chance.int(22)) };
}

const found = ({ slots, starts }: SlotLists, count: number): number[][] =>
  Array.from({ length: count }, (_, i) => [...slots.subarray(starts[i]!, starts[i + 1]!)]);

test("the plain twin finds the same slots in the same order, whatever the shapes", () => {
  for (let seed = 0; seed < 100; seed++) {
    const chance = random(`slots ${seed}`);
    const width = 1 + chance.int(20);
    const { program, crosses } = anyProgram(chance, width);
    const memory = new KernelMemory();
    const kernel = new SlotKernel(memory, program);
    const [fast, plain] = [new SlotLists(memory, program.width), new SlotLists(memory, program.width)];
    for (let n = 0; n < 5; n++) {
      const rows = rowsOf(chance, chance.int(200), width);
      kernel.find(rows, fast);
      findSlots(program, rows, plain);
      expect(found(fast, rows.count)).toEqual(found(plain, rows.count));
      for (let i = 0; i < rows.count; i++) {
        const codes = [...rows.dense.subarray(i * width, (i + 1) * width)].map(codeOf);
        const kept = program.regime < 0 ? 0 : keptApart(codes[program.regime]!);
        const slots = crosses
          .filter(({ columns, silent }) => columns.every((column, k) => codes[column] !== silent[k]))
          .map(({ salt, columns }) =>
            slotOf(columns.map((column) => codes[column]!).reduce(hashed, salt ^ kept), program.mask),
          );
        const order = (a: number, b: number): number => a - b;
        expect(found(fast, rows.count)[i]!.sort(order)).toEqual(slots.sort(order));
      }
    }
  }
});

test("other lists in the same memory do not move what was found", () => {
  const memory = new KernelMemory();
  const { program } = anyProgram(random("others"), 5);
  const kernel = new SlotKernel(memory, program);
  const lists = new SlotLists(memory, program.width);
  const rows = rowsOf(random("rows"), 30, 5);
  kernel.find(rows, lists);
  const before = found(lists, 30);
  new SlotLists(memory, 90).makeRoom(5000);
  expect(found(lists, 30)).toEqual(before);
  kernel.find(rows, lists);
  expect(found(lists, 30)).toEqual(before);
  expect(before.flat().length).toBeGreaterThan(0);
});

test("a cross has one to three columns", () => {
  for (const columns of [[], [0, 1, 2, 3]])
    expect(() => slotProgram([{ salt: 1, columns, silent: columns }], -1, 8)).toThrow(RangeError);
});
