import { describe, expect, test } from "vitest";
import type { LoggedEvent } from "../core/event.ts";
import { random } from "../core/random.ts";
import { blockIn, countOf, decodeBlock, type EncodedBlock, encodeBlocks, linesOf, salvage } from "./block.ts";
import { click, clicks } from "./event-log.check.ts";

describe("blocks", () => {
  const texts = (count: number, bytes: number): LoggedEvent[] =>
    Array.from({ length: count }, (_, i) => ({ ...click(i), item: `${i}`.padEnd(bytes, "ü") }));

  test("hold at most 1,000 events and a megabyte, and together all of them", () => {
    for (const [count, bytes] of [
      [1, 1],
      [1000, 5],
      [1001, 5],
      [5000, 1],
      [700, 3000],
      [4, 900_000],
    ] as const) {
      const given = texts(count, bytes);
      const half = Math.floor(count / 2);
      const blocks = encodeBlocks([linesOf(10, given.slice(0, half)), linesOf(10 + half, given.slice(half))]);
      let next = 10;
      for (const block of blocks) {
        expect(block.first).toBe(next);
        const held = countOf(block)!;
        expect(held).toBeLessThanOrEqual(1000);
        if (held > 1) expect(block.bytes.length).toBeLessThanOrEqual(1_000_000);
        next += held;
      }
      expect(next).toBe(10 + count);
      expect(blocks.flatMap((block) => decodeBlock(block)!)).toEqual(given);
    }
  });

  test("a flipped bit, a cut, or the place of another block is always noticed", () => {
    const [block] = encodeBlocks([linesOf(0, clicks(0, 3))]) as [EncodedBlock];
    const { bytes } = block;
    for (let bit = 0; bit < bytes.length * 8; bit++)
      expect(decodeBlock({ first: 0, bytes: flipped(bytes, bit) })).toBeUndefined();
    for (let length = 0; length < bytes.length; length++)
      expect(decodeBlock({ first: 0, bytes: bytes.subarray(0, length) })).toBeUndefined();
    expect(decodeBlock({ first: 1, bytes })).toBeUndefined();
  });

  test("of a damaged block every record is saved that is whole, in its place", () => {
    const given = clicks(0, 5);
    const [{ bytes }] = encodeBlocks([linesOf(0, given)]) as [EncodedBlock];
    const lines = given.map((event) => JSON.stringify(event));
    const recordOf = (byte: number): number => {
      let end = 16;
      return lines.findIndex((line) => byte < (end += 8 + Buffer.byteLength(line)));
    };
    for (let bit = 0; bit < bytes.length * 8; bit += bit < 30 * 8 ? 1 : 17) {
      const { records, isComplete } = salvage({ first: 0, bytes: flipped(bytes, bit) });
      const isCount = bit >> 5 === 1;
      expect([records.length, isComplete]).toEqual([5, !isCount]);
      const lost = bit < 16 * 8 ? -1 : recordOf(bit >> 3);
      for (let i = 0; i < 5; i++) if (i !== lost) expect(records[i]).toBe(lines[i]);
      // Where only its length is damaged, even the record itself.
      expect([lines[lost], undefined]).toContain(records[lost]);
    }
  });

  test("of a block with holes or without its end, what is saved is what was written, and the count is right or not claimed", () => {
    const given = texts(200, 40);
    const [{ bytes }] = encodeBlocks([linesOf(0, given)]) as [EncodedBlock];
    const chance = random("holes");
    let saved = 0;
    for (let n = 0; n < 60; n++) {
      const damaged = Uint8Array.from(bytes.subarray(0, n % 3 === 0 ? chance.int(bytes.length) : bytes.length));
      const holes = 1 + chance.int(3);
      for (let hole = 0; hole < holes; hole++) {
        const at = chance.int(damaged.length + 1);
        damaged.fill(chance.int(256), at, at + chance.int(4000));
      }
      const known = salvage({ first: 0, bytes: damaged }, 200);
      expect([known.records.length, known.isComplete]).toEqual([200, true]);
      const { records, isComplete } = salvage({ first: 0, bytes: damaged });
      if (isComplete) expect(records).toEqual(known.records);
      else expect(records).toEqual(known.records.slice(0, records.length));
      known.records.forEach((record, i) => {
        if (record !== undefined && ++saved) expect(JSON.parse(record)).toEqual(given[i]);
      });
    }
    expect(saved).toBeGreaterThan(60 * 80);
  });
});

test("a whole block is found in the pages that hold it, by what it says of itself", () => {
  const [block] = encodeBlocks([linesOf(70_000, clicks(0, 30))]) as [EncodedBlock];
  expect(blockIn(Buffer.concat([block.bytes, Buffer.alloc(500, 7)]))).toEqual(block);
  expect(blockIn(Buffer.from(block.bytes.subarray(0, -1)))).toBeUndefined();
  expect(blockIn(Buffer.alloc(4000))).toBeUndefined();
  expect(blockIn(Buffer.alloc(3))).toBeUndefined();
  for (let bit = 0; bit < block.bytes.length * 8; bit += 7) expect(blockIn(flipped(block.bytes, bit))).toBeUndefined();
});

function flipped(bytes: Uint8Array, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
  return changed;
}
