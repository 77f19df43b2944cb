/** What is kept while memory is scarce, container by container. */
import { describe, expect, test } from "vitest";
import { Bounds } from "./bounds.ts";
import { DecayedPairs } from "./decayed.ts";
import { ExpiringIds } from "./expiring-ids.ts";
import { random } from "./random.ts";
import { RecentIds } from "./recent-ids.ts";
import { checksum, copyState } from "./state.ts";

const bounded = (given: Parameters<Bounds["set"]>[1]): Bounds => {
  const bounds = new Bounds();
  bounds.set(3, given);
  return bounds;
};

describe("bounds", () => {
  test("without a note there are none", () => {
    const bounds = new Bounds();
    expect([bounds.step, bounds.admission, bounds.shoppers, bounds.touches, bounds.isFull]).toEqual([
      ...[0, 1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      false,
    ]);
    expect(bounds.present).toEqual({});
    expect(bounds.admits(7)).toBe(true);
  });

  test("the next note replaces all of the last one", () => {
    const bounds = bounded({ admission: 2, shoppers: 10, full: 1 });
    expect(bounds.present).toEqual({ admission: 2, shoppers: 10, full: 1 });
    bounds.set(1, { admission: 3 });
    expect([bounds.step, bounds.present, bounds.isFull, bounds.counts.ceilingSteps]).toEqual([
      ...[1, { admission: 3 }, false],
      2,
    ]);
  });

  test("what is new is let in when it was heard of often enough, and not before", () => {
    const bounds = bounded({ admission: 3 });
    const chance = random("admission");
    const heard = new Map<number, number>();
    let late = 0;
    for (let i = 0; i < 3000; i++) {
      const hash = chance.int(1200) * 7919;
      const times = (heard.get(hash) ?? 0) + 1;
      heard.set(hash, times);
      const isIn = bounds.admits(hash);
      if (times < 3) expect(isIn).toBe(false);
      // Sightings are forgotten, by and by.
      else if (!isIn) late++;
    }
    expect(late).toBeLessThan(30);
    expect(bounds.counts.ceilingDeferred).toBeGreaterThan(1000);
  });

  test("saved and restored, they go on the same: bounds, counts, what was heard of, and what is drawn", () => {
    const live = (bounds: Bounds, from: number): unknown[] =>
      Array.from({ length: 300 }, (_, i) => [bounds.admits((from + i) % 97), bounds.draw(1000)]);
    const [one, other] = [bounded({ admission: 4, words: 5 }), new Bounds()];
    live(one, 0);
    copyState(one.state, other.state);
    expect(live(other, 300)).toEqual(live(one, 300));
    expect(checksum([other.state])).toBe(checksum([one.state]));
    expect(other.present).toEqual({ admission: 4, words: 5 });
  });
});

describe("ids", () => {
  const idsOf = (bounds: Bounds, keeps: (row: number) => boolean = () => false): ExpiringIds =>
    new ExpiringIds({
      ...{ name: "ids", capacity: 10_000, keeps, forget() {} },
      ceiling: { bounds, of: "items", count: "ceilingItems" },
    });

  test("beyond the bound those leave that were not heard of for longest, about; what is kept and what still stands stays", () => {
    const bounds = new Bounds();
    const kept = new Set<number>();
    const ids = idsOf(bounds, (row) => kept.has(row));
    for (let i = 0; i < 1000; i++) {
      ids.nowMs = i;
      const row = ids.intern(`id-${i}`);
      if (i % 50 === 0) kept.add(row);
    }
    bounds.set(2, { items: 400 });
    for (let i = 0; i < 1000; i++) ids.sweep(0, 900);
    expect(ids.size).toBe(400);
    expect(bounds.counts.ceilingItems).toBe(600);
    const isThere = (i: number): boolean => ids.find(`id-${i}`) >= 0;
    for (let i = 0; i < 1000; i++) if (i % 50 === 0 || i >= 900) expect(isThere(i), `id-${i}`).toBe(true);
    const early = Array.from({ length: 400 }, (_, i) => i).filter((i) => i % 50 > 0 && isThere(i));
    expect(early.length).toBeLessThan(40);
  });

  test("their rows are used again: the table does not grow while others come", () => {
    const bounds = bounded({ items: 200 });
    const ids = idsOf(bounds);
    for (let i = 0; i < 5000; i++) {
      ids.nowMs = i;
      ids.intern(`id-${i}`);
      ids.sweep(0, i);
    }
    expect(ids.size).toBe(200);
    expect(ids.rows).toBeLessThanOrEqual(202);
  });

  test("where nothing more is let in, a new one gets no row, and a known one keeps its own", () => {
    const bounds = bounded({ items: 2, full: 1 });
    const ids = idsOf(bounds);
    expect([ids.intern("a"), ids.intern("b"), ids.intern("c"), ids.intern("a")]).toEqual([0, 1, -1, 0]);
    expect(bounds.counts.ceilingRefused).toBe(1);
  });

  test("one that is only named is let in the second time; one that has fields at once", () => {
    const ids = idsOf(bounded({ admission: 2 }));
    expect([ids.internNamed("a"), ids.internNamed("a"), ids.internNamed("b"), ids.intern("b")]).toEqual([-1, 0, -1, 1]);
    expect(ids.internNamed("b")).toBe(1);
  });
});

test("of event ids, the oldest leave beyond the bound, four for each that comes", () => {
  const bounds = new Bounds();
  const recent = new RecentIds("recent", 1e9, 1000, bounds);
  for (let i = 0; i < 400; i++) recent.add(`e-${i}`, i, i);
  bounds.set(2, { eventIds: 100 });
  for (let i = 400; i < 520; i++) recent.add(`e-${i}`, i, i);
  expect(recent.size).toBe(100);
  expect([recent.has("e-419", 520), recent.has("e-420", 520), recent.has("e-519", 520)]).toEqual([false, true, true]);
});

test("of pairs, those not added to for longest leave beyond the bound, about, and the others keep what they have", () => {
  const bounds = new Bounds();
  const pairs = new DecayedPairs("pairs", ["clicks"], 1e12, 1e12, bounds);
  for (let i = 0; i < 2000; i++) pairs.add(i, 1, 0, 1 + (i % 5), i);
  bounds.set(2, { queryItems: 500 });
  for (let i = 2000; i < 4000; i++) pairs.add(i, 1, 0, 1 + (i % 5), i);
  expect(pairs.size).toBe(500);
  const early = Array.from({ length: 3000 }, (_, i) => i).filter((i) => pairs.find(i, 1) >= 0);
  expect(early.length).toBeLessThan(60);
  for (let i = 3900; i < 4000; i++) expect(pairs.value(pairs.find(i, 1), 0, 4000)).toBeCloseTo(1 + (i % 5), 5);
});
