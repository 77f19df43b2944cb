import { expect, test } from "vitest";
import { checksum } from "../core/state.ts";
import { LessonBudget } from "./lesson-budget.ts";

const taken = (budget: LessonBudget, times: number, atMs: number): number =>
  Array.from({ length: times }, () => budget.take(atMs)).filter(Boolean).length;

test("four seconds' worth at once, then as many a second as are set", () => {
  const budget = new LessonBudget(50);
  expect(taken(budget, 2000, 1e12)).toBe(200);
  expect(taken(budget, 2000, 1e12 + 1000)).toBe(50);
  expect(taken(budget, 2000, 1e12 + 1500)).toBe(25);
  expect(taken(budget, 2000, 1e12 + 3_600_000)).toBe(200);
});

test("an arrival before the last one brings no token", () => {
  const budget = new LessonBudget(1);
  expect(taken(budget, 100, 1e12)).toBe(4);
  expect(taken(budget, 100, 1e12 - 60_000)).toBe(0);
  expect(taken(budget, 100, 1e12)).toBe(0);
});

test("none are set, none are taught; the same arrivals leave the same bits", () => {
  expect(taken(new LessonBudget(0), 100, 1e12)).toBe(0);
  const [one, other] = [new LessonBudget(3), new LessonBudget(3)];
  for (const atMs of [1e12, 1e12 + 7, 1e12 + 5, 1e12 + 90_000]) expect(one.take(atMs)).toBe(other.take(atMs));
  expect(checksum([one.state])).toBe(checksum([other.state]));
});
