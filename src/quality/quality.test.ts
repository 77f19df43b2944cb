import { describe, expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../core/clock.ts";
import { type Lesson, verdict } from "../core/lesson.ts";
import { limits } from "../core/limits.ts";
import { random } from "../core/random.ts";
import { Rows } from "../core/rows.ts";
import { checksum, copyState } from "../core/state.ts";
import { Quality, sumAt } from "./quality.ts";
import { rings } from "./step-rings.ts";

const startMs = Date.UTC(2026, 10, 22);
const stepMs = { minute: minuteMs, hour: hourMs, day: dayMs };

/** Two rows, the first chosen, with a chance of a half each. */
function lesson(rest: Partial<Lesson> = {}): Lesson {
  const rows = new Rows(0, 1);
  rows.resize(2);
  return {
    ...{ rows, orderedByEngine: false, surface: -1, weight: 1, isChoice: true, atMs: startMs },
    verdict: Uint8Array.of(verdict.chosen, verdict.passedOver),
    position: Int32Array.of(0, 1),
    ...rest,
  };
}
const even = new Float64Array(2);
const rising = Float64Array.of(0, 1);

const listsOf = (quality: Quality, group: number, clockMs = startMs): number[] =>
  rings.map((ring) => [...quality.steps(group, ring, clockMs)].reduce((sum, { sums }) => sum + sums[sumAt.lists]!, 0));

describe("what was shown", () => {
  test("counts each item once in a step, and once in the last hour, day and week: as a recount of all that was shown", () => {
    for (const [seed, jumpMs] of [
      ["calm", minuteMs],
      ["jumping", 3 * hourMs],
      ["wild", 12 * dayMs],
    ] as const) {
      const chance = random(seed);
      const quality = new Quality([]);
      let shown: { readonly item: number; readonly atMs: number; readonly isGone?: boolean }[] = [];
      let clockMs = startMs;
      for (let n = 0; n < 150; n++) {
        clockMs += chance.int(4) === 0 ? Math.round(chance.exponential() * jumpMs) : 0;
        const items = Int32Array.from({ length: 5 }, () => chance.int(30) - 1);
        quality.show(items, 4, clockMs);
        for (const item of items.subarray(0, 4)) if (item >= 0) shown.push({ item, atMs: clockMs });
        if (chance.int(10) === 0) {
          const gone = chance.int(29);
          quality.forgetItem(gone);
          // What is forgotten was shown, but is not among what was shown lately; a later one of its row is another.
          shown = shown.map((one) => (one.item === gone ? { ...one, item: 1000 + n, isGone: true } : one));
        }
        const nowMs = clockMs + (chance.int(2) === 0 ? 0 : Math.round(chance.exponential() * jumpMs));
        const lately = (ms: number, steps: number): number => {
          const since = Math.floor(nowMs / ms) - steps;
          return new Set(
            shown.filter((one) => !one.isGone && Math.floor(one.atMs / ms) > since).map(({ item }) => item),
          ).size;
        };
        const expected = { hour: lately(minuteMs, 60), day: lately(hourMs, 24), week: lately(dayMs, 7) };
        expect(quality.covered(nowMs), seed).toEqual(expected);
      }
      for (const ring of rings) {
        const ms = stepMs[ring.step];
        const told = [...quality.steps(0, ring, clockMs)].filter(({ items }) => items > 0);
        const steps = [...new Set(shown.map(({ atMs }) => Math.floor(atMs / ms)))];
        const kept = steps.filter((step) => step > Math.floor(clockMs / ms) - ring.kept);
        const items = (step: number) =>
          new Set(shown.filter(({ atMs }) => Math.floor(atMs / ms) === step).map((one) => one.item));
        expect(told.map(({ step, items }) => [step, items])).toEqual(kept.map((step) => [step, items(step).size]));
      }
    }
  });

  test("a clock that jumps by ages costs no more than its rings, and leaves them empty", () => {
    const quality = new Quality([]);
    quality.judge(lesson(), even, rising);
    quality.show(Int32Array.of(3), 1, startMs);
    quality.show(Int32Array.of(3), 1, 8.64e15);
    expect(quality.covered(8.64e15)).toEqual({ hour: 1, day: 1, week: 1 });
    expect(listsOf(quality, 0, 8.64e15)).toEqual([0, 0, 0]);
  });
});

describe("a surface", () => {
  const quality = new Quality([]);
  const surfaces = Array.from({ length: limits.qualitySurfacesMax + 2 }, (_, i) => 5 + i);
  for (const surface of surfaces) quality.judge(lesson({ surface }), even, rising);

  test("is kept apart while there is room, the others are together", () => {
    expect(surfaces.map((surface) => quality.find(surface))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, undefined, undefined]);
    expect(quality.surfaces.map(({ surface }) => surface)).toEqual([...surfaces.slice(0, -2), -1]);
    const lists = [0, ...quality.surfaces.map(({ group }) => group)].map((group) => listsOf(quality, group)[0]);
    expect(lists).toEqual([10, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
  });

  test("whose name is forgotten counts among the others, and another gets its place", () => {
    quality.forgetWord(7);
    quality.forgetWord(5000);
    const other = quality.surfaces.at(-1)!.group;
    expect([quality.find(7), listsOf(quality, other), listsOf(quality, 0)]).toEqual([
      undefined,
      [3, 3, 3],
      [10, 10, 10],
    ]);
    expect(quality.places(other)[0]).toEqual({ place: 0, rows: 3, chosen: 3 });
    quality.judge(lesson({ surface: 70 }), even, rising);
    expect([quality.find(70), listsOf(quality, 3)[0], quality.bins(3)[0]!.rows]).toEqual([3, 1, 2]);
  });
});

test("a list is judged by its first choice, and where there is something to order", () => {
  const quality = new Quality([]);
  quality.judge(lesson({ verdict: Uint8Array.of(verdict.chosenBefore, verdict.chosen) }), even, rising);
  quality.judge(
    lesson({ verdict: Uint8Array.of(verdict.passedOver, verdict.silent), isChoice: false }),
    even,
    undefined,
  );
  const rows = new Rows(0, 1);
  rows.resize(1);
  quality.judge(lesson({ rows }), even, rising);
  expect(listsOf(quality, 0)).toEqual([0, 0, 0]);
  quality.judge(lesson(), even, rising);
  const { sums } = [...quality.steps(0, rings[0]!, startMs)].at(-1)!;
  expect([sums[sumAt.lists], sums[sumAt.ranks], sums[sumAt.ranks + 1]]).toEqual([1, 0.5, 1]);
  // A half each for five rows, of which three were chosen.
  const {
    rows: judged,
    chosen,
    predicted,
    loss,
  } = Object.fromEntries(Object.entries(sumAt).map(([name, at]) => [name, sums[at]!]));
  expect([judged, chosen, predicted, loss]).toEqual([5, 3, 2.5, expect.closeTo(5 * Math.log(2), 12)]);
});

test("saved and restored, it goes on the same", () => {
  const [one, other] = [new Quality([]), new Quality([])];
  const chance = random("quality");
  let clockMs = startMs;
  for (let n = 0; n < 200; n++) {
    if (n === 100) copyState(one.state, other.state);
    clockMs += Math.round(chance.exponential() * hourMs);
    const [items, surface] = [Int32Array.of(chance.int(9), chance.int(9)), chance.int(12) - 1];
    const logits = Float64Array.of(chance.normal(), chance.normal());
    for (const quality of n < 100 ? [one] : [one, other]) {
      quality.show(items, 2, clockMs);
      quality.judge(lesson({ surface, atMs: clockMs }), logits, logits);
    }
  }
  expect(checksum([other.state])).toBe(checksum([one.state]));
});

test("is small enough for the smallest ceiling on memory", () => {
  const bytes = new Quality([]).state.buffers
    .filter(({ isFixed }) => isFixed)
    .reduce((sum, buffer) => sum + buffer.chunks()[0]!.byteLength, 0);
  expect(bytes).toBeLessThan(1.5e6);
});
