import { describe, expect, test } from "vitest";
import { hashText, mix, mixPair, random, shuffle } from "./random.ts";

const draws = 200_000;
const many = (draw: () => number): number[] => Array.from({ length: draws }, draw);
const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;

/** Pearson's χ² against equal shares, as standard deviations from its mean. */
function unevenness(counts: readonly number[]): number {
  const expected = mean(counts);
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  return (chiSquare - freedom) / Math.sqrt(2 * freedom);
}

const tally = (bins: number, values: Iterable<number>): number[] => {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[value]!++;
  return counts;
};

describe("draws", () => {
  const seeds = [0, 1, -1, 42, 2 ** 31, "request 7", ""];

  test("the same seed draws the same, another seed another", () => {
    const firsts = seeds.map((seed) => {
      const one = random(seed);
      const two = random(seed);
      const list = Array.from({ length: 20 }, () => one.next());
      expect(Array.from({ length: 20 }, () => two.next())).toEqual(list);
      return list.join();
    });
    expect(new Set(firsts).size).toBe(seeds.length);
  });

  test("are fixed for good: a log folded by another release must draw the same", () => {
    const chance = random(1);
    expect([chance.next(), chance.int(1000), chance.normal(), chance.exponential()]).toMatchInlineSnapshot(`
      [
        0.5994114514905959,
        707,
        0.5693529563628009,
        0.5464645581727339,
      ]
    `);
    expect([hashText(""), hashText("p-1"), hashText("ä😀"), mix(1), mixPair(1, 2)]).toMatchInlineSnapshot(`
      [
        -1421968373,
        7291662,
        -531860005,
        1364076727,
        773256942,
      ]
    `);
  });

  test.each(seeds)("next is uniform in [0, 1), also two in a row, for seed %j", (seed) => {
    const values = many(random(seed).next);
    expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThanOrEqual(0);
    expect(values.every((x) => x < 1)).toBe(true);
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(
      Math.abs(
        unevenness(
          tally(
            100,
            values.map((x) => Math.floor(x * 100)),
          ),
        ),
      ),
    ).toBeLessThan(5);
    const pairs = values.slice(1).map((x, i) => Math.floor(x * 16) * 16 + Math.floor(values[i]! * 16));
    expect(Math.abs(unevenness(tally(256, pairs)))).toBeLessThan(5);
  });

  test("the first draws of successive seeds are as good as any", () => {
    const firsts = Array.from({ length: draws }, (_, seed) => random(seed).next());
    expect(
      Math.abs(
        unevenness(
          tally(
            100,
            firsts.map((x) => Math.floor(x * 100)),
          ),
        ),
      ),
    ).toBeLessThan(5);
  });

  test("int is uniform over 0 … n − 1", () => {
    for (const n of [1, 2, 3, 7, 100]) {
      const chance = random(n);
      const counts = tally(
        n,
        many(() => chance.int(n)),
      );
      expect(counts).toHaveLength(n);
      if (n > 1) expect(Math.abs(unevenness(counts))).toBeLessThan(5);
    }
  });

  test("normal has mean 0, variance 1, no skew, the tails of a normal, and no tie between successive draws", () => {
    const values = many(random("normal").normal);
    const moment = (power: number): number => mean(values.map((x) => x ** power));
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(Math.abs(moment(1))).toBeLessThan(0.01);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(3))).toBeLessThan(0.04);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
    expect(values.filter((x) => Math.abs(x) > 1.959964).length / draws).toBeCloseTo(0.05, 2);
    expect(Math.abs(mean(values.slice(1).map((x, i) => x * values[i]!)))).toBeLessThan(0.01);
  });

  test("exponential has mean 1 and variance 1, and is never negative or infinite", () => {
    const values = many(random("exponential").exponential);
    expect(Math.abs(mean(values) - 1)).toBeLessThan(0.01);
    expect(Math.abs(mean(values.map((x) => (x - 1) ** 2)) - 1)).toBeLessThan(0.04);
    expect(values.every((x) => x >= 0 && Number.isFinite(x))).toBe(true);
  });
});

test("a shuffle keeps what it shuffles, and every order is as likely", () => {
  const chance = random("shuffle");
  const counts = new Map<string, number>();
  for (let i = 0; i < 60_000; i++) {
    const order = shuffle(["a", "b", "c", "d"], chance).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  expect(Math.abs(unevenness([...counts.values()]))).toBeLessThan(5);
  expect(shuffle([], chance)).toEqual([]);
});

describe("hashes", () => {
  const bits = (hash: number, from: number, count: number): number => (hash >>> from) & ((1 << count) - 1);

  test("of successive ids and of pairs of small numbers fill every range of bits evenly", () => {
    const texts = Array.from({ length: draws }, (_, i) => hashText(`p-${i}`));
    const pairs = Array.from({ length: draws }, (_, i) => mixPair(i % 447, Math.floor(i / 447)));
    for (const hashes of [texts, pairs]) {
      for (const from of [0, 8, 16, 23]) {
        expect(
          Math.abs(
            unevenness(
              tally(
                512,
                hashes.map((hash) => bits(hash, from, 9)),
              ),
            ),
          ),
        ).toBeLessThan(6);
      }
      // As many equal hashes as chance would have: draws² / 2³³ ≈ 4.7.
      expect(draws - new Set(hashes).size).toBeLessThan(20);
    }
  });

  test("mix maps different numbers to different numbers", () => {
    expect(new Set(Array.from({ length: draws }, (_, i) => mix(i * 21_474))).size).toBe(draws);
  });
});
