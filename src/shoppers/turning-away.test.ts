/** What hiding, disliking and bringing back do to a history. */
import { expect, test } from "vitest";
import { actionCode } from "../core/actions.ts";
import { dayMs } from "../core/clock.ts";
import { History } from "../core/history.ts";
import { Shoppers } from "./shoppers.ts";

const startMs = 1e12;
const seen = (shoppers: Shoppers, shopper: number, atMs: number): History => {
  const history = new History();
  shoppers.gather(shopper, undefined, atMs, history);
  return history;
};

function withTouches(items: readonly number[]): { shoppers: Shoppers; shopper: number } {
  const shoppers = new Shoppers(400 * dayMs);
  const shopper = shoppers.intern("u", undefined);
  items.forEach((item, i) => void shoppers.touch(shopper, item, actionCode.purchase, startMs + i));
  return { shoppers, shopper };
}

test.each(["hide", "dislike"] as const)(
  "after %s the item stands last, without touches, until it is touched",
  (name) => {
    const { shoppers, shopper } = withTouches([1, 2, 2, 3]);
    shoppers.turnAway(shopper, 3, actionCode[name]);
    shoppers.turnAway(shopper, 9, actionCode[name]);
    const history = seen(shoppers, shopper, startMs + 10);
    expect(history.count).toBe(4);
    expect([...history.item.subarray(0, 2)]).toEqual([2, 1]);
    for (const item of [3, 9]) {
      expect(history.isRejected(item)).toBe(true);
      expect(history.counts.map((count) => count[history.indexOf(item)])).toEqual([0, 0, 0, 0]);
    }
    expect(history.isRejected(2)).toBe(false);
    shoppers.touch(shopper, 3, actionCode.view, startMs + 20);
    const after = seen(shoppers, shopper, startMs + 20);
    expect([after.item[0], after.touches[0], after.spanMs[0], after.isRejected(3)]).toEqual([3, 1, 0, false]);
  },
);

test("bringing back forgets one touch, and nothing of an item never touched", () => {
  const { shoppers, shopper } = withTouches([5, 5]);
  const before = seen(shoppers, shopper, startMs + 1).counts[3]![0]!;
  shoppers.turnAway(shopper, 5, actionCode.return);
  shoppers.turnAway(shopper, 6, actionCode.return);
  const history = seen(shoppers, shopper, startMs + 1);
  expect(history.count).toBe(1);
  expect(history.counts[3]![0]).toBeCloseTo(before - 1, 6);
  expect(history.isRejected(5)).toBe(false);
});
