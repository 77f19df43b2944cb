import { expect, test } from "vitest";
import { random } from "./random.ts";
import { RecentIds } from "./recent-ids.ts";
import { checksum } from "./state.ts";

/** Obvious and slow: every addition in a list. */
function slowRecentIds(horizonMs: number, capacity: number) {
  const added: { id: string; clockMs: number; offset: number }[] = [];
  return {
    add: (id: string, clockMs: number, offset: number) => void added.push({ id, clockMs, offset }),
    offsetOf: (id: string) => added.findLast((one) => one.id === id)?.offset,
    has(id: string, clockMs: number): boolean {
      return added.slice(-capacity).some((one) => one.id === id && clockMs - one.clockMs <= horizonMs);
    },
  };
}

test.each([
  { horizonMs: 100, capacity: 1000, ids: 300 },
  { horizonMs: 1e9, capacity: 50, ids: 120 },
  { horizonMs: 40, capacity: 20, ids: 60 },
  { horizonMs: 0, capacity: 3, ids: 5 },
])("agrees with a slow twin: horizon $horizonMs, capacity $capacity, $ids ids", ({ horizonMs, capacity, ids }) => {
  const chance = random(`recent-ids ${horizonMs}`);
  const fast = new RecentIds("recent", horizonMs, capacity);
  const slow = slowRecentIds(horizonMs, capacity);
  let clockMs = 1000;
  for (let i = 0; i < 6000; i++) {
    clockMs += chance.int(4) === 0 ? chance.int(5) : 0;
    if (chance.int(500) === 0) clockMs += 2 * horizonMs;
    const id = `id-${chance.int(ids)}`;
    expect(fast.has(id, clockMs), `${id} after ${i}`).toBe(slow.has(id, clockMs));
    // As the log does: an id is added again only beyond the horizon; now and then one in spite of it.
    if (!fast.has(id, clockMs) || chance.int(50) === 0) {
      fast.add(id, clockMs, i);
      slow.add(id, clockMs, i);
    }
    expect(fast.size).toBeLessThanOrEqual(capacity);
    if (fast.has(id, clockMs)) expect(fast.offsetOf(id)).toBe(slow.offsetOf(id));
  }
});

test("an id added again beyond the horizon is remembered as of then, also when its first place is given up", () => {
  const recent = new RecentIds("recent", 100, 8);
  recent.add("a", 0, 0);
  expect(recent.has("a", 100)).toBe(true);
  expect(recent.has("a", 101)).toBe(false);
  recent.add("a", 150, 0);
  for (let i = 0; i < 7; i++) recent.add(`other-${i}`, 200, 0);
  expect(recent.has("a", 250)).toBe(true);
  expect(recent.has("a", 251)).toBe(false);
  recent.add("one-more", 200, 0);
  expect(recent.has("a", 250)).toBe(false);
});

test("offsets beyond 32 bits are told as they are, and one that is too large not at all", () => {
  const recent = new RecentIds("recent", 100, 8);
  const offsets = [0, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 7, 2 ** 48 - 2 ** 32 - 1];
  for (const offset of offsets) recent.add(`at-${offset}`, 0, offset);
  expect(offsets.map((offset) => recent.offsetOf(`at-${offset}`))).toEqual(offsets);
  recent.add("far", 0, 2 ** 50);
  expect([recent.offsetOf("far"), recent.offsetOf("never")]).toEqual([-1, -1]);
});

test("what is over leaves by and by, so that few ids stay after a busy time", () => {
  const recent = new RecentIds("recent", 10, 10_000);
  for (let i = 0; i < 1000; i++) recent.add(`busy-${i}`, 0, 0);
  expect(recent.size).toBe(1000);
  for (let i = 0; i < 400; i++) recent.add(`quiet-${i}`, 100 + i, 0);
  expect(recent.size).toBeLessThan(20);
});

test("saved and restored, it goes on the same", () => {
  const chance = random("saved");
  const first = new RecentIds("recent", 50, 40);
  for (let i = 0; i < 500; i++) first.add(`id-${chance.int(1000)}`, i, i);
  const second = new RecentIds("recent", 50, 40);
  first.state.buffers.forEach((buffer, b) => {
    const bytes = Buffer.concat(buffer.chunks().map((chunk) => Buffer.from(chunk)));
    let at = 0;
    second.state.buffers[b]!.restore(buffer.length, (target) => {
      target.set(bytes.subarray(at, at + target.length));
      at += target.length;
    });
  });
  for (let i = 500; i < 800; i++) {
    const id = `id-${chance.int(1000)}`;
    expect(second.has(id, i)).toBe(first.has(id, i));
    for (const one of [first, second]) one.add(id, i, i);
  }
  expect(checksum([second.state])).toBe(checksum([first.state]));
});
