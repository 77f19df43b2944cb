import { expect, test, vi } from "vitest";

// Small segments: a directory is full after 512 blocks.
vi.mock("../core/segments.ts", () => ({ segments: { bits: 9 } }));

import { Int32Column, segmentRows } from "../core/columns.ts";
import { type Random, random } from "../core/random.ts";
import { checksum, copyState, type State, state } from "../core/state.ts";
import { impactOf, rowOf } from "./posting-blocks.ts";
import { Block, PostingLists } from "./posting-lists.ts";

interface Told {
  readonly lists: PostingLists;
  readonly counts: Int32Column;
  readonly state: State;
}

function told(): Told {
  const counts = new Int32Column("counts");
  const lists = new PostingLists(counts);
  return { lists, counts, state: state("told", 1, [...lists.state.buffers, counts]) };
}

/** All that a term's blocks say, and that they keep their promises. */
function read({ lists }: Told, term: number): [row: number, impact: number][] {
  const block = new Block();
  const pairs: [number, number][] = [];
  for (let b = 0; b < lists.blocks(term); b++) {
    lists.block(term, b, block);
    expect(block.to).toBeGreaterThan(block.from);
    expect(block.to).toBeLessThanOrEqual(segmentRows);
    const postings = [...block.cells.subarray(block.from, block.to)];
    if (lists.blocks(term) > 1) {
      expect(lists.lastRow(term, b)).toBe(rowOf(postings.at(-1)!));
      expect(lists.topOfBlock(term, b)).toBe(Math.max(...postings.map(impactOf)));
    }
    for (const posting of postings) pairs.push([rowOf(posting), impactOf(posting)]);
  }
  return pairs;
}

function expectSame(lists: Told, twin: Map<number, number>, term: number): void {
  const expected = [...twin].sort(([a], [b]) => a - b);
  expect(read(lists, term)).toEqual(expected);
  expect(lists.lists.count(term)).toBe(twin.size);
  expect(lists.lists.top(term)).toBe(Math.max(0, ...twin.values()));
}

function change(
  lists: PostingLists,
  twin: Map<number, number>,
  term: number,
  rows: number,
  adding: number,
  chance: Random,
) {
  const row = chance.int(rows);
  if (chance.next() < adding) {
    const impact = 1 + chance.int(chance.int(50) === 0 ? 255 : 100);
    lists.put(term, row, impact);
    twin.set(row, impact);
  } else expect(lists.remove(term, row)).toBe(twin.delete(row));
}

test("lists of any length agree with a map, as they grow and shrink in any order", () => {
  const chance = random("posting lists");
  const lists = told();
  const sizes = [5, 300, 3000, 20_000];
  const twins = sizes.map(() => new Map<number, number>());
  for (const adding of [0.95, 0.5, 0.9, 0.1, 0.02]) {
    for (let n = 0; n < 30_000; n++) {
      const term = Math.min(3, chance.int(8));
      change(lists.lists, twins[term]!, term, sizes[term]!, adding, chance);
    }
    twins.forEach((twin, term) => void expectSame(lists, twin, term));
    for (const row of [0, 1, 7, 250, 19_999]) expect(lists.lists.impact(3, row)).toBe(twins[3]!.get(row) ?? 0);
    const restored = told();
    copyState(lists.state, restored.state);
    expect(checksum([restored.state])).toBe(checksum([lists.state]));
    expectSame(restored, twins[2]!, 2);
  }
  twins.forEach((twin, term) => {
    for (const row of twin.keys()) expect(lists.lists.remove(term, row)).toBe(true);
    expect(lists.lists.blocks(term)).toBe(0);
  });
  // Nothing stays behind in the cells.
  const cells = lists.state.buffers.find(({ name }) => name === "cells")!;
  expect(cells.chunks().every((chunk) => chunk.every((byte) => byte === 0))).toBe(true);
});

test.each([1, -1])(
  "rows in order (%i) fill as many blocks as a directory holds: there they become larger",
  (direction) => {
    const lists = told();
    const rows = 100_000;
    for (let n = 0; n < rows; n++) lists.lists.put(0, direction > 0 ? n : rows - 1 - n, 1 + (n % 200));
    expect(lists.lists.blocks(0)).toBeLessThanOrEqual(segmentRows);
    expect(read(lists, 0).map(([row]) => row)).toEqual(Array.from({ length: rows }, (_, n) => n));
  },
);

test("rows up to the most items there can be are told apart", () => {
  const lists = told();
  const rows = [0, 2 ** 23 - 1, 2 ** 23, 15_999_999];
  for (const row of rows) lists.lists.put(0, row, 255);
  expect(read(lists, 0)).toEqual(rows.map((row) => [row, 255]));
});
