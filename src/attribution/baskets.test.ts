import { expect, test } from "vitest";
import { type Lesson, verdict } from "../core/lesson.ts";
import { Pool } from "../core/retrieved.ts";
import { Rows } from "../core/rows.ts";
import { checksum } from "../core/state.ts";
import { Baskets } from "./baskets.ts";

/** Baskets with a row of two numbers for each candidate: the basket's mark and the item. */
function subject() {
  const baskets = new Baskets(2);
  const lessons: string[] = [];
  const teach = ({ rows, verdict: judged, isChoice, weight, position }: Lesson): void => {
    expect([isChoice, weight]).toEqual([true, 1]);
    const said = Array.from({ length: rows.count }, (_, i) => {
      expect(position[i]).toBe(i);
      expect([verdict.chosen, verdict.passedOver]).toContain(judged[i]);
      return `${rows.dense[i * 2 + 1]}${judged[i] === verdict.chosen ? "!" : ""}`;
    });
    lessons.push(`${rows.dense[0]}: ${said.join(" ")}`);
  };
  const start = (mark: number, shopper: number, items: readonly number[], atMs: number, clockMs = atMs): void => {
    const pool = new Pool(0);
    const rows = new Rows(2);
    rows.resize(items.length);
    items.forEach((item, i) => {
      pool.push(item, Number.NaN, -1);
      rows.dense.set([mark, item], i * 2);
    });
    baskets.start({ shopper, atMs, clockMs }, pool, rows, teach);
  };
  const closeBefore = (clockMs: number): void => baskets.closeBefore(clockMs, teach);
  return { baskets, lessons, start, closeBefore };
}

test("what one shopper turns to at one instant is one lesson, over the candidates from before it", () => {
  const { baskets, lessons, start, closeBefore } = subject();
  expect(baskets.add(1, 10, 100)).toBe(false);
  start(7, 1, [10, 11, 12, 13], 100);
  for (const item of [10, 12, 99, 12]) expect(baskets.add(1, item, 100)).toBe(true);
  expect(baskets.add(1, 11, 101)).toBe(false);
  expect(baskets.add(2, 11, 100)).toBe(false);
  closeBefore(100);
  expect(lessons).toEqual([]);
  closeBefore(101);
  expect(lessons).toEqual(["7: 10! 11 12! 13"]);
  expect(baskets.isEmpty).toBe(true);
  expect(baskets.add(1, 11, 100)).toBe(false);
});

test("a basket none of whose items was a candidate teaches nothing", () => {
  const { baskets, lessons, start, closeBefore } = subject();
  start(7, 1, [10], 100);
  baskets.add(1, 99, 100);
  start(8, 2, [], 100);
  baskets.add(2, 99, 100);
  closeBefore(200);
  expect(lessons).toEqual([]);
  expect(baskets.isEmpty).toBe(true);
});

test("a basket that comes late waits until the clock moves, and holds nobody up", () => {
  const { baskets, lessons, start, closeBefore } = subject();
  start(1, 1, [10, 11], 40, 100);
  baskets.add(1, 10, 40);
  closeBefore(100);
  expect(baskets.add(1, 11, 40)).toBe(true);
  start(2, 2, [10, 11], 100, 100);
  baskets.add(2, 11, 100);
  closeBefore(101);
  expect(lessons).toEqual(["1: 10! 11!", "2: 10 11!"]);
});

test("at most 32 wait: the oldest teaches early, in the order in which they began", () => {
  const { baskets, lessons, start, closeBefore } = subject();
  for (let i = 0; i < 100; i++) {
    start(i, i, [i, i + 1], 500);
    baskets.add(i, i, 500);
    expect(lessons.length).toBe(Math.max(0, i - 31));
  }
  closeBefore(501);
  expect(lessons).toEqual(Array.from({ length: 100 }, (_, i) => `${i}: ${i}! ${i + 1}`));
});

test("saved and restored, it goes on the same", () => {
  const first = subject();
  for (let i = 0; i < 40; i++) first.start(i, i, [i, 3], i);
  const second = subject();
  first.baskets.state.buffers.forEach((buffer, b) => {
    const bytes = Buffer.concat(buffer.chunks());
    let at = 0;
    second.baskets.state.buffers[b]!.restore(buffer.length, (target) => {
      target.set(bytes.subarray(at, at + target.length));
      at += target.length;
    });
  });
  first.lessons.length = 0;
  for (const one of [first, second]) {
    for (let i = 8; i < 40; i++) one.baskets.add(i, 3, i);
    one.closeBefore(30);
  }
  expect(second.lessons.length).toBe(22);
  expect(second.lessons).toEqual(first.lessons);
  expect(checksum([second.baskets.state])).toBe(checksum([first.baskets.state]));
});

test("what a shopper who is forgotten just turned to teaches nothing, and others go on", () => {
  const { baskets, lessons, start, closeBefore } = subject();
  start(7, 1, [10, 11], 100);
  baskets.add(1, 10, 100);
  start(8, 2, [10, 11], 100);
  baskets.add(2, 11, 100);
  baskets.forgetShoppers([1]);
  expect(baskets.add(1, 11, 100)).toBe(false);
  closeBefore(101);
  expect(lessons).toEqual(["8: 10 11!"]);
});
