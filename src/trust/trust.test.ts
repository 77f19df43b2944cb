import { describe, expect, test } from "vitest";
import { actionCode } from "../core/actions.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "../core/clock.ts";
import type { OutcomeEvent } from "../core/event.ts";
import { checksum, copyState } from "../core/state.ts";
import { standardLimits, type TrustLimits, trustLimits } from "./limits.ts";
import { Trust } from "./trust.ts";

const startMs = 1_767_225_600_000;
const bounds = { events: 1000, bytes: 1_000_000, eventsOfOne: 64 };

class Shop {
  trust: Trust;
  atMs = startMs;
  readonly limits: TrustLimits;

  constructor(limits: Readonly<Record<string, number>> = {}) {
    this.limits = trustLimits(limits);
    this.trust = new Trust(this.limits, bounds);
  }

  /** The shopper chooses an item after `afterMs`. */
  choose(shopper: number, item: number, afterMs = 10 * secondMs, action: number = actionCode.click): boolean {
    this.atMs += afterMs;
    return this.trust.judge({ shopper, item: item + 1, row: item, action, atMs: this.atMs, isTimed: true });
  }

  /** Choices until the shopper is a suspect; NaN if they never are. */
  untilSuspect(shopper: number, choices: number, choose: (n: number) => void): number {
    for (let n = 0; n < choices; n++) {
      choose(n);
      if (this.trust.isSuspect(shopper)) return n + 1;
    }
    return Number.NaN;
  }
}

const held = (offset: number) => ({
  event: { type: "outcome", action: "click", item: "p-1", time: 0, receivedAt: 0 } as OutcomeEvent,
  offset,
});

describe("a shopper becomes a suspect", () => {
  test("who leaves item after item within a second", () => {
    const shop = new Shop();
    const choices = shop.untilSuspect(0, 100, (n) => shop.choose(0, n, 300));
    expect(choices).toBe(standardLimits.dwell + 2);
    expect(shop.trust.reasonOf(0)).toBe("dwell");
  });

  test("who never pauses", () => {
    const shop = new Shop();
    shop.untilSuspect(0, 1000, (n) => shop.choose(0, n, 1.2 * secondMs));
    expect(shop.trust.reasonOf(0)).toBe("pace");
  });

  test("who turns to one item again and again", () => {
    const shop = new Shop();
    const choices = shop.untilSuspect(0, 100, () => shop.choose(0, 7, 20 * secondMs));
    expect(choices).toBeLessThan(2 * standardLimits.repetition);
    expect(shop.trust.reasonOf(0)).toBe("repetition");
  });

  test("who goes through the whole shop, however slowly", () => {
    const shop = new Shop();
    const choices = shop.untilSuspect(0, 1000, (n) => shop.choose(0, n, minuteMs));
    expect(choices).toBeGreaterThan(standardLimits.breadth);
    expect(shop.trust.reasonOf(0)).toBe("breadth");
  });

  test("who does hundreds of things an hour, slowly enough for every other rule", () => {
    const shop = new Shop();
    shop.untilSuspect(0, 5000, (n) => shop.choose(0, n % 3, 5 * secondMs, actionCode.view));
    expect(shop.trust.reasonOf(0)).toBe("volume");
  });

  test("who comes as one of many newcomers for one item that hardly anybody wants otherwise", () => {
    const shop = new Shop();
    // Two days of a shop: everybody chooses three of fifty items.
    for (let n = 0; n < 600; n++)
      for (let choice = 0; choice < 3; choice++) shop.choose(n, (n * 7 + choice * 13) % 50, 100 * secondMs);
    expect(shop.trust.suspects).toBe(0);
    for (let n = 0; n < 30; n++) shop.choose(1000 + n, 77, 100 * secondMs);
    expect(shop.trust.suspects).toBeGreaterThan(10);
    expect(shop.trust.reasonOf(1029)).toBe("burst");
    expect(shop.trust.reasonOf(599)).toBeUndefined();
  });

  test("when the shop says so", () => {
    const shop = new Shop();
    shop.trust.name(0, false, shop.atMs);
    expect(shop.trust.reasonOf(0)).toBe("named");
    for (let n = 0; n < 50; n++) expect(shop.choose(0, n % 5, minuteMs)).toBe(false);
    expect(shop.choose(0, 1, minuteMs, actionCode.purchase)).toBe(false);
    shop.trust.name(0, undefined, shop.atMs);
    expect(shop.trust.suspects).toBe(0);
  });
});

describe("nobody becomes a suspect", () => {
  test.each([
    ["buying hundreds of items at one instant", actionCode.purchase, 0, 500],
    ["turning to a hundred items of a day whose hours are not known", actionCode.view, 0, 100],
    ["to items whose order in the day is told by milliseconds", actionCode.view, 1, 100],
    ["opening eight tabs at once", actionCode.click, 400, 8],
    ["reading twenty pages in five minutes", actionCode.click, 15 * secondMs, 20],
  ])("%s", (_, action, afterMs, choices) => {
    const shop = new Shop();
    expect(shop.untilSuspect(0, choices, (n) => shop.choose(0, n, afterMs, action))).toBeNaN();
  });

  test("by the steps with one item: the view after the click, the cart after the view", () => {
    const shop = new Shop();
    const steps = [actionCode.click, actionCode.view, actionCode.cart, actionCode.purchase];
    const choices = shop.untilSuspect(0, 60, (n) => {
      for (const action of steps) shop.choose(0, n, action === actionCode.click ? 10 * secondMs : 200, action);
    });
    expect(choices).toBeNaN();
  });

  test("where the rules are turned off", () => {
    const shop = new Shop({ all: 0 });
    expect(shop.untilSuspect(0, 2000, (n) => shop.choose(0, n % 2, 100))).toBeNaN();
    expect(shop.trust.mayTeach(0, shop.atMs)).toBe(true);
  });

  test("by a rule that is turned off alone", () => {
    const shop = new Shop({ dwell: 0 });
    shop.untilSuspect(0, 2000, (n) => shop.choose(0, n, 300));
    expect(shop.trust.reasonOf(0)).not.toBe("dwell");
  });

  test("whom the shop names as trusted", () => {
    const shop = new Shop();
    shop.trust.name(0, true, shop.atMs);
    expect(shop.untilSuspect(0, 200, (n) => shop.choose(0, n, 100))).toBeNaN();
  });
});

/** A shop whose shopper 0 has just become a suspect by leaving items too fast. */
function shopWithSuspect(): Shop {
  const shop = new Shop();
  shop.untilSuspect(0, 100, (n) => shop.choose(0, n, 300));
  return shop;
}

describe("a suspect is trusted again", () => {
  test("after many calm choices in a row, and twice as many the second time", () => {
    const shop = shopWithSuspect();
    const calmUntilTrusted = (): number => {
      for (let n = 1; ; n++) if (shop.choose(0, n % 9, 10 * minuteMs)) return n;
    };
    shop.atMs += 2 * hourMs;
    const first = calmUntilTrusted();
    expect(first).toBe(20);
    expect(shop.untilSuspect(0, 100, (n) => shop.choose(0, n, 300))).not.toBeNaN();
    shop.atMs += 2 * hourMs;
    expect(calmUntilTrusted()).toBe(40);
  });

  test("not by waiting", () => {
    const shop = shopWithSuspect();
    expect(shop.choose(0, 1, 30 * dayMs)).toBe(false);
    expect(shop.trust.isSuspect(0)).toBe(true);
  });

  test("at once by a purchase", () => {
    const shop = shopWithSuspect();
    expect(shop.choose(0, 3, minuteMs, actionCode.purchase)).toBe(true);
    expect(shop.choose(0, 4, minuteMs)).toBe(true);
  });

  test("at once when the shop says so", () => {
    const shop = shopWithSuspect();
    shop.trust.name(0, true, shop.atMs);
    expect(shop.trust.suspects).toBe(0);
  });

  test("who came with a burst, by turning to two other items", () => {
    const shop = new Shop();
    for (let n = 0; n < 600; n++) shop.choose(n, n % 50, 5 * minuteMs);
    for (let n = 0; n < 30; n++) shop.choose(1000 + n, 77, 60 * secondMs);
    expect([1, 2, 3].map((item) => shop.choose(1029, item))).toEqual([false, true, true]);
  });
});

test("what is held comes back in order once its shopper is trusted, and is counted by reason", () => {
  const shop = shopWithSuspect();
  for (let offset = 0; offset < 5; offset++) shop.trust.hold(0, held(offset));
  expect(shop.trust.hasToCome(0)).toBe(false);
  expect([...shop.trust.list()]).toEqual([{ shopper: 0, reason: "dwell", sinceMs: shop.atMs, held: 5 }]);
  shop.choose(0, 1, minuteMs, actionCode.purchase);
  expect(shop.trust.hasToCome(0)).toBe(true);
  expect(shop.trust.release(0).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
  expect(shop.trust.counts).toMatchObject({ heldForDwell: 5, released: 5, leftQuarantine: 0 });
  expect(shop.trust.held).toBe(0);
});

test("a user is a suspect when the session that turns out to be theirs is one", () => {
  const shop = shopWithSuspect();
  shop.trust.hold(0, held(1));
  shop.choose(5, 3);
  shop.trust.join(0, 5);
  expect([shop.trust.reasonOf(0), shop.trust.reasonOf(5)]).toEqual([undefined, "dwell"]);
  expect(shop.trust.suspects).toBe(1);
  expect(shop.trust.release(5)).toHaveLength(1);
});

test("a session's events come back with a user whom the shop trusts", () => {
  const shop = shopWithSuspect();
  shop.trust.hold(0, held(1));
  shop.trust.name(5, true, shop.atMs);
  shop.trust.join(0, 5);
  expect([shop.trust.suspects, shop.trust.hasToCome(5)]).toEqual([0, true]);
});

test("a user whose session the shop distrusts is one by name, whatever rule they broke before", () => {
  const shop = new Shop();
  shop.untilSuspect(5, 100, (n) => shop.choose(5, n, 300));
  shop.trust.name(0, false, shop.atMs);
  shop.trust.join(0, 5);
  for (let n = 0; n < 50; n++) shop.choose(5, n, minuteMs);
  expect([shop.trust.reasonOf(5), shop.trust.suspects]).toEqual(["named", 1]);
});

test("a row that is forgotten is a new shopper's", () => {
  const shop = shopWithSuspect();
  shop.trust.hold(0, held(1));
  shop.trust.forget(0);
  expect([shop.trust.suspects, shop.trust.held, shop.trust.isSuspect(0)]).toEqual([0, 0, false]);
  expect(shop.choose(0, 1, 300)).toBe(true);
});

test("a shopper teaches so many lessons on one day, and goes on the next", () => {
  const shop = new Shop({ lessons: 3 });
  const taught = (days: number, times: number) =>
    Array.from({ length: times }, () => shop.trust.mayTeach(0, startMs + days * dayMs));
  expect(taught(0, 5)).toEqual([true, true, true, false, false]);
  expect(taught(1, 1)).toEqual([true]);
  expect(shop.trust.mayTeach(1, startMs)).toBe(true);
  expect(shop.trust.mayTeach(-1, startMs)).toBe(true);
  expect(shop.trust.counts.overBudget).toBe(2);
});

test.each([
  ["of one day add up", 0, 0, 3],
  ["of an earlier day count no more, the session's", 0, 1, 2],
  ["of an earlier day count no more, the user's", 1, 0, 1],
])("when a session turns out to be a user's, lessons of both %s", (_, sessionDay, userDay, taught) => {
  const shop = new Shop({ lessons: 4 });
  const teach = (shopper: number, day: number): boolean => shop.trust.mayTeach(shopper, startMs + day * dayMs);
  teach(0, sessionDay);
  teach(5, userDay);
  teach(5, userDay);
  shop.trust.join(0, 5);
  const left = Array.from({ length: 4 }, () => teach(5, Math.max(sessionDay, userDay)));
  expect(left.filter(Boolean)).toHaveLength(4 - taught);
});

test("saved and restored, it judges the same", () => {
  const shop = new Shop();
  const live = (steps: number): void => {
    for (let n = 0; n < steps; n++) shop.choose(n % 7 < 4 ? 0 : n % 7, (n * 5) % 11, 300);
  };
  live(400);
  const restored = new Trust(shop.limits, bounds);
  shop.trust.state.forEach((one, s) => void copyState(one, restored.state[s]!));
  const { atMs, trust } = shop;
  live(400);
  Object.assign(shop, { trust: restored, atMs });
  live(400);
  expect(checksum(restored.state)).toBe(checksum(trust.state));
  expect(restored.suspects).toBeGreaterThan(0);
});
