import { expect, test } from "vitest";
import { limits } from "./core/limits.ts";
import { atOnce } from "./core/pieces.ts";
import type { SearchRequest } from "./core/public.ts";
import { type PagedList, PagedLists } from "./paged-lists.ts";

const list = (total: number, madeAtMs = 0): PagedList => ({
  request: { query: "scarf", user: "u-1", session: "v-1" },
  said: { total },
  highlights: undefined,
  recommended: false,
  isSorted: false,
  items: new Int32Array(Math.min(total, 3)),
  match: new Float64Array(Math.min(total, 3)),
  matchRank: new Int32Array(Math.min(total, 3)),
  isWhole: total <= 3,
  madeAtMs,
});

const asks = (slate: string, rest: SearchRequest = {}): SearchRequest => ({ slate, user: "u-1", ...rest });

test("the oldest lists go when all together weigh more than pagedItemsMax", () => {
  expect(new PagedLists()).toBeDefined();
  const lists = new PagedLists(170, limits.pagedWithinMs);
  const kept = (): string => ["a", "b", "c", "d"].filter((slate) => lists.find(asks(slate), 0) !== undefined).join("");
  lists.keep("a", list(3), 0);
  lists.keep("b", list(10), 0);
  lists.keep("c", list(7), 0);
  expect(kept()).toBe("abc");
  lists.keep("d", list(1), 0);
  expect(kept()).toBe("bcd");
});

test("a list weighs the same when it goes as when it came, whole or not", () => {
  const lists = new PagedLists(130, limits.pagedWithinMs);
  const grown = list(10);
  lists.keep("a", grown, 0);
  grown.items = new Int32Array(10);
  grown.isWhole = true;
  lists.keep("b", list(10), 0);
  expect(lists.find(asks("a"), 0)).toBe(grown);
  for (const slate of ["c", "d"]) lists.keep(slate, list(10), 0);
  expect(["a", "b", "c", "d"].filter((slate) => lists.find(asks(slate), 0) !== undefined)).toEqual(["c", "d"]);
});

test("after pagedWithinMs a list is gone, and makes room when the next one comes", () => {
  const lists = new PagedLists();
  lists.keep("a", list(3, 1000), 1000);
  expect(lists.find(asks("a"), 1000 + limits.pagedWithinMs)).toBeDefined();
  expect(lists.find(asks("a"), 1001 + limits.pagedWithinMs)).toBeUndefined();
  lists.keep("b", list(3, 1001 + limits.pagedWithinMs), 1001 + limits.pagedWithinMs);
  expect(lists.find(asks("a"), 1000)).toBeUndefined();
});

test("a page is of the same search, and what it leaves out is as it was", () => {
  const lists = new PagedLists();
  lists.keep("a", list(3), 0);
  const isFound = (page: SearchRequest): boolean => lists.find(asks("a", page), 0) !== undefined;
  expect([{}, { query: "scarf" }, { from: 24, size: 7 }].map(isFound)).toEqual([true, true, true]);
  const others = [{ query: "hat" }, { filters: { brand: "Acme" } }, { sort: "price" }, { group: "variantOf" }];
  expect(others.map(isFound)).toEqual([false, false, false, false]);
});

test("a list is read by the shopper whose order it is, or by all where it is nobody's", () => {
  const lists = new PagedLists();
  lists.keep("a", list(3), 0);
  lists.keep("b", { ...list(3), request: { query: "scarf" } }, 0);
  const isFound = (page: SearchRequest): boolean => lists.find(page, 0) !== undefined;
  expect(isFound({ slate: "a", user: "u-1" })).toBe(true);
  expect(isFound({ slate: "a", session: "v-1" })).toBe(true);
  expect(isFound({ slate: "a", user: "u-2", session: "v-1" })).toBe(false);
  expect(isFound({ slate: "a" })).toBe(false);
  expect(isFound({ slate: "a", user: "u-1", consent: false })).toBe(false);
  expect(isFound({ slate: "b", user: "u-2" })).toBe(true);
});

test("lists of somebody who is forgotten go, and make room", () => {
  const lists = new PagedLists(170, limits.pagedWithinMs);
  lists.keep("a", list(3), 0);
  lists.keep("b", { ...list(10), request: { query: "scarf", user: "u-2" } }, 0);
  lists.forget(({ user }) => user === "u-1");
  expect([lists.find(asks("a"), 0), lists.find(asks("b", { user: "u-2" }), 0) === undefined]).toEqual([
    undefined,
    false,
  ]);
  for (const slate of ["c", "d"]) lists.keep(slate, list(3), 0);
  expect(lists.find(asks("b", { user: "u-2" }), 0)).toBeDefined();
});

test("what goes while another house takes the lists over is gone there too, and makes room", () => {
  const [old, next] = [new PagedLists(), new PagedLists(170, limits.pagedWithinMs)];
  const lists = { a: list(3), b: { ...list(3), request: { query: "scarf", user: "u-2" } } };
  for (const [slate, one] of Object.entries(lists)) old.keep(slate, one, 0);
  const takeOver = (): void => atOnce(next.takeOver(old, (row) => row));
  takeOver();
  old.forget(({ user }) => user === "u-1");
  takeOver();
  expect(next.find(asks("a"), 0)).toBeUndefined();
  for (const slate of ["c", "d"]) next.keep(slate, list(3), 0);
  expect(next.find(asks("b", { user: "u-2" }), 0)?.request.user).toBe("u-2");
});
