import { expect, test } from "vitest";
import { checksum } from "../core/state.ts";
import { PendingErasures } from "./pending-erasures.ts";
import { Shoppers } from "./shoppers.ts";

const bytesOf = ({ state }: { readonly state: Shoppers["state"] }): string =>
  state.buffers.map((buffer) => Buffer.concat(buffer.chunks()).toString("latin1")).join("|");

test("an erased user goes with the sessions that turned out to be theirs, and no byte of the ids stays", () => {
  const shoppers = new Shoppers(1e12);
  const forgotten: number[] = [];
  shoppers.listen([{ join() {}, forget: (row) => forgotten.push(row) }]);
  for (const [user, session] of [
    ["u-one", "s-one"],
    ["u-one", "s-two"],
    ["u-two", "s-two"],
    ["u-two", "s-three"],
  ] as const)
    shoppers.intern(user, session);
  const row = shoppers.find("u-one", undefined);
  shoppers.mergeFields(row, { mail: "one@shop.example" });
  shoppers.touch(row, 3, 1, 1000);
  expect(shoppers.sessionsOf(row)).toEqual(["s-one", "s-two"]);
  expect([shoppers.itemsOf(row), shoppers.ownerOfSession("s-two")]).toEqual([1, "u-one"]);
  expect(shoppers.erase("u-one").sort()).toEqual(forgotten.sort());
  expect(forgotten.length).toBe(3);
  expect([shoppers.find("u-one", "s-one"), shoppers.find(undefined, "s-two")]).toEqual([-1, -1]);
  expect(shoppers.ownerOfSession("s-three")).toBe("u-two");
  const bytes = bytesOf(shoppers);
  for (const id of ["u-one", "s-one", "s-two", "one@shop"]) expect(bytes).not.toContain(id);
  expect(shoppers.erase("u-one")).toEqual([]);
});

test("who waits to leave the log is noted once, by the latest note, and settled without a trace but for room", () => {
  const pending = new PendingErasures();
  for (const [user, offset] of [
    ["u-one", 5],
    ["u-two", 7],
    ["u-one", 9],
  ] as const)
    pending.note({ user, offset });
  expect([pending.count, pending.of("u-one"), pending.of("u-three")]).toEqual([2, 9, undefined]);
  expect(pending.before(9)).toEqual([{ user: "u-two", offset: 7 }]);
  const before = checksum([pending.state]);
  pending.settle("u-one");
  expect([pending.count, pending.of("u-one")]).toEqual([1, undefined]);
  expect(bytesOf(pending)).not.toContain("u-one");
  pending.note({ user: "u-one", offset: 9 });
  expect(checksum([pending.state])).toBe(before);
});
