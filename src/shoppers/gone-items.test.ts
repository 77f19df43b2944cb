import { expect, test } from "vitest";
import { actionCode } from "../core/actions.ts";
import { dayMs } from "../core/clock.ts";
import { History } from "../core/history.ts";
import { random } from "../core/random.ts";
import { ToldRows } from "../core/reused-rows.check.ts";
import { bytesInUse } from "../core/state.ts";
import { Shoppers } from "./shoppers.ts";

test("what a shopper turned to and is gone reads as never turned to, and its cells are used again", () => {
  const items = new ToldRows(true);
  const shoppers = new Shoppers(400 * dayMs, items);
  const shopper = shoppers.intern("u", undefined);
  const chance = random("gone");
  const history = new History();
  let recent: number[] = [];
  let bytes = 0;
  for (let i = 0; i < 4000; i++) {
    const item = chance.int(14);
    shoppers.touch(shopper, item, actionCode.view, i * 1000);
    recent = [item, ...recent.filter((one) => one !== item)];
    if (chance.int(4) === 0) {
      const gone = chance.int(14);
      items.forget(gone);
      recent = recent.filter((one) => one !== gone);
    }
    shoppers.gather(shopper, undefined, i * 1000, history);
    expect([...history.item.subarray(0, history.count)], `after ${i}`).toEqual(recent);
    shoppers.gather(shopper, undefined, i * 1000, history, 5);
    expect([...history.item.subarray(0, history.count)]).toEqual(recent.slice(0, 5));
    for (let row = 0; row < 14; row++) expect(shoppers.knows(shopper, row)).toBe(recent.includes(row));
    if (i === 1000) bytes = bytesInUse([shoppers.state]);
  }
  expect(bytesInUse([shoppers.state])).toBe(bytes);
});

test("a session whose items are gone joins its user with those that are left", () => {
  const items = new ToldRows(true);
  const shoppers = new Shoppers(400 * dayMs, items);
  const [session, user] = [shoppers.intern(undefined, "s"), shoppers.intern("u", undefined)];
  shoppers.touch(user, 9, actionCode.view, 1000);
  shoppers.arrive(user, undefined, 1000);
  for (const item of [1, 2, 3]) shoppers.touch(session, item, actionCode.click, 1000 + item);
  shoppers.arrive(session, "s", 2000);
  items.forget(2);
  expect(shoppers.intern("u", "s")).toBe(user);
  const history = new History();
  shoppers.gather(user, "s", 3000, history);
  expect([...history.item.subarray(0, history.count)]).toEqual([3, 1, 9]);
});
