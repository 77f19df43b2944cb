import fc from "fast-check";
import { expect, test } from "vitest";
import { timeline } from "./timeline.ts";

test("random comings and goings: the same as a list that is sorted every time", () => {
  const step = fc.option(fc.integer({ min: 0, max: 5 }), { nil: "take" as const });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const fast = timeline<string>();
      let slow: { atMs: number; what: string }[] = [];
      for (const [i, one] of steps.entries()) {
        if (one === "take") expect(fast.take()).toBe(slow.shift()?.what);
        else {
          fast.add(one, `${i}`);
          slow = [...slow, { atMs: one, what: `${i}` }].sort((a, b) => a.atMs - b.atMs);
        }
        expect(fast.nextMs()).toBe(slow[0]?.atMs ?? Number.POSITIVE_INFINITY);
      }
    }),
  );
});
