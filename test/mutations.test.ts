/** The faults that `npm run mutate` plants; that each is caught takes minutes, and is seen there. */
import { expect, test } from "vitest";
import { faults } from "./mutations/faults.ts";
import { isPlaced } from "./mutations/planting.ts";

test("every fault to be planted has its one place in the sources", () => {
  const wrong = faults.filter((fault) => !isPlaced(fault));
  expect(wrong.map(({ in: room, name }) => `${room}: ${name}`)).toEqual([]);
});

test("no fault leaves the code as it is, or has the name of another", () => {
  expect(faults.filter(({ find, replace }) => find === replace)).toEqual([]);
  expect(new Set(faults.map(({ in: room, name }) => `${room}: ${name}`)).size).toBe(faults.length);
});
