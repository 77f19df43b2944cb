import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { OutcomeEvent, SlateEvent } from "../core/event.ts";
import { checksum, copyState } from "../core/state.ts";
import { Quarantine, type QuarantineBounds } from "./quarantine.ts";

const bounds: QuarantineBounds = { events: 8, bytes: 100_000, eventsOfOne: 4 };
const event = (offset: number): OutcomeEvent => ({
  ...{ type: "outcome", action: "click", item: `p-${offset}` },
  ...{ time: offset, receivedAt: offset },
});
const hold = (quarantine: Quarantine, shopper: number, offset: number): number =>
  quarantine.hold(shopper, { event: event(offset), offset });
const offsets = (held: Iterable<{ readonly offset: number }>): number[] => [...held].map(({ offset }) => offset);

/** The same, the slow way: a list of all that is held, oldest first. */
class SlowQuarantine {
  readonly #bounds: QuarantineBounds;
  #numbers = 0;
  held: { shopper: number; offset: number; number: number }[] = [];

  constructor(bounds: QuarantineBounds) {
    this.#bounds = bounds;
  }

  hold(shopper: number, offset: number): number {
    const before = this.held.length;
    const number = this.#numbers++;
    this.held.push({ shopper, offset, number });
    this.#cut(shopper);
    this.held = this.held.filter((one) => one.number > number - this.#bounds.events);
    return before + 1 - this.held.length;
  }

  release(shopper: number): number[] {
    const released = this.held.filter((one) => one.shopper === shopper);
    this.held = this.held.filter((one) => one.shopper !== shopper);
    return offsets(released);
  }

  join(from: number, to: number): number {
    const before = this.held.length;
    for (const one of this.held) if (one.shopper === from) one.shopper = to;
    this.#cut(to);
    return before - this.held.length;
  }

  #cut(shopper: number): void {
    const its = this.held.filter((one) => one.shopper === shopper);
    for (const one of its.slice(0, Math.max(0, its.length - this.#bounds.eventsOfOne)))
      this.held.splice(this.held.indexOf(one), 1);
  }
}

test("it holds, releases, joins and lets go as a plain list would, and what is saved goes on the same", () => {
  const shopper = fc.nat(4);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("hold" as const), shopper }) },
    fc.record({ kind: fc.constant("release" as const), shopper }),
    fc.record({ kind: fc.constant("join" as const), shopper, to: shopper }),
    fc.record({ kind: fc.constant("restore" as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let quarantine = new Quarantine(bounds);
      const slow = new SlowQuarantine(bounds);
      steps.forEach((one, offset) => {
        if (one.kind === "hold") expect(hold(quarantine, one.shopper, offset)).toBe(slow.hold(one.shopper, offset));
        else if (one.kind === "release")
          expect(offsets(quarantine.release(one.shopper))).toEqual(slow.release(one.shopper));
        else if (one.kind === "join") {
          if (one.to !== one.shopper) expect(quarantine.join(one.shopper, one.to)).toBe(slow.join(one.shopper, one.to));
        } else {
          const restored = new Quarantine(bounds);
          copyState(quarantine.state, restored.state);
          expect(checksum([restored.state])).toBe(checksum([quarantine.state]));
          quarantine = restored;
        }
        expect(quarantine.size).toBe(slow.held.length);
        expect(offsets(quarantine.newest())).toEqual(offsets(slow.held).reverse());
      });
    }),
  );
});

test("events come back as they were", () => {
  const quarantine = new Quarantine(bounds);
  hold(quarantine, 3, 17);
  expect(quarantine.release(3)).toEqual([{ event: event(17), offset: 17 }]);
  expect(quarantine.release(3)).toEqual([]);
});

test("beyond the bytes the oldest leaves, whosever it is", () => {
  const quarantine = new Quarantine({ events: 1000, bytes: 450, eventsOfOne: 100 });
  let left = 0;
  for (let offset = 0; offset < 20; offset++) left += hold(quarantine, offset, offset);
  expect(left).toBeGreaterThan(10);
  expect(quarantine.size).toBe(20 - left);
  expect(offsets(quarantine.newest())[0]).toBe(19);
  expect(quarantine.of(0)).toBe(0);
  expect(quarantine.of(19)).toBe(1);
});

test("what is too large to be held leaves at once, and the others come back", () => {
  const quarantine = new Quarantine({ ...bounds, bytes: 10_000_000 });
  const items = Array.from({ length: 1000 }, (_, i) => `p-${i}`.padEnd(600, "x"));
  const large: SlateEvent = { type: "slate", items, time: 0, receivedAt: 0 };
  hold(quarantine, 3, 1);
  expect(quarantine.hold(3, { event: large, offset: 2 })).toBe(1);
  expect([quarantine.size, quarantine.of(3)]).toEqual([1, 1]);
  hold(quarantine, 3, 3);
  expect(offsets(quarantine.newest())).toEqual([3, 1]);
  expect(offsets(quarantine.release(3))).toEqual([1, 3]);
});

test("what is forgotten leaves room for others", () => {
  const quarantine = new Quarantine(bounds);
  for (let round = 0; round < 50; round++) {
    for (let one = 0; one < 4; one++) expect(hold(quarantine, round, round * 4 + one)).toBe(0);
    quarantine.forget(round);
  }
  expect(quarantine.size).toBe(0);
});
