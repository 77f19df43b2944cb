/** Whom the shop remembers, and how much of each, while memory is scarce. */
import { describe, expect, test } from "vitest";
import { actionCode } from "../core/actions.ts";
import { Bounds } from "../core/bounds.ts";
import { dayMs, minuteMs } from "../core/clock.ts";
import { History, historyMax } from "../core/history.ts";
import { random } from "../core/random.ts";
import { Shoppers } from "./shoppers.ts";

const { view } = actionCode;
const expiryMs = 10 * dayMs;
const history = new History();

describe("while memory is scarce", () => {
  const bounds = (): Bounds => new Bounds();

  test("a history is what it would be, cut to its latest items, and goes on like one that never was longer", () => {
    const [short, long] = [bounds(), bounds()];
    const chance = random("shorter");
    const [one, other] = [new Shoppers(expiryMs, undefined, short), new Shoppers(expiryMs, undefined, long)];
    const seen = (of: Shoppers): number[] => {
      of.gather(0, undefined, 0, history);
      return [...history.item.subarray(0, history.count)];
    };
    for (let i = 0; i < 3000; i++) {
      if (i === 1000) short.set(3, { touches: 64 });
      if (i === 2000) short.set(4, { touches: 16 });
      const item = chance.int(400);
      for (const each of [one, other]) {
        const row = each.intern("u", undefined);
        each.arrive(row, undefined, i * minuteMs);
        each.touch(row, item, view, i * minuteMs);
        each.sweep(i * minuteMs);
      }
      const most = i < 1000 ? historyMax : i < 2000 ? 64 : 16;
      if (i % 10 === 0) expect(seen(one)).toEqual(seen(other).slice(0, most));
    }
    expect(short.counts.ceilingTouches).toBeGreaterThan(0);
    expect(one.room.cellsInUse).toBe(16);
    expect(other.room.cellsInUse).toBe(512);
  });

  test("the histories of those of whom nothing is heard become shorter too, in time", () => {
    const scarce = bounds();
    const some = new Shoppers(expiryMs, undefined, scarce);
    for (let user = 0; user < 50; user++) {
      const row = some.intern(`u-${user}`, undefined);
      some.arrive(row, undefined, user);
      for (let item = 0; item < 100; item++) some.touch(row, item, view, 1000 * user + item);
    }
    scarce.set(5, { touches: 20 });
    for (let i = 0; i < 200; i++) some.sweep(0);
    for (let user = 0; user < 50; user++) expect(some.itemsOf(some.find(`u-${user}`, undefined))).toBe(20);
    expect(some.room.cellsInUse).toBe(50 * 32);
  });

  test("beyond the bound those are forgotten who were not heard of for longest, about, and told to the other rooms", () => {
    const scarce = bounds();
    const some = new Shoppers(expiryMs, undefined, scarce);
    const gone: number[] = [];
    some.listen([{ join() {}, forget: (row) => void gone.push(row) }]);
    for (let i = 0; i < 600; i++) some.arrive(some.intern(`u-${i}`, undefined), undefined, i);
    scarce.set(2, { shoppers: 200 });
    for (let i = 600; i < 900; i++) {
      some.arrive(some.intern(`u-${i}`, undefined), undefined, i);
      some.sweep(i);
    }
    expect(some.count).toBe(200);
    expect(some.room.rows).toBeLessThanOrEqual(602);
    expect(gone).toHaveLength(700);
    const early = Array.from({ length: 500 }, (_, i) => i).filter((i) => some.find(`u-${i}`, undefined) >= 0);
    expect(early.length).toBeLessThan(20);
  });

  test("who is new counts as nobody until they come again; a session that turns out to be somebody's counts at once", () => {
    const scarce = bounds();
    const some = new Shoppers(expiryMs, undefined, scarce);
    const known = some.intern("known", undefined);
    scarce.set(1, { admission: 2 });
    expect([some.internNamed(undefined, "s-1"), some.internNamed(undefined, "s-1")]).toEqual([-1, 1]);
    expect(some.internNamed("new", "s-1")).toBe(2);
    expect(some.find(undefined, "s-1")).toBe(2);
    expect([some.internNamed("known", "s-2"), some.find(undefined, "s-2")]).toEqual([known, -1]);
    expect([some.internNamed("known", "s-2"), some.find(undefined, "s-2")]).toEqual([known, known]);
  });

  test("where nobody more is let in, who is new counts as nobody, and who is known as themselves", () => {
    const scarce = bounds();
    const some = new Shoppers(expiryMs, undefined, scarce);
    const row = some.intern("u", undefined);
    scarce.set(8, { shoppers: 1, full: 1 });
    expect([some.intern("v", "s"), some.intern("u", "s"), some.find("u", undefined)]).toEqual([-1, row, row]);
  });
});
