import { expect, test } from "vitest";
import { Bounds } from "../core/bounds.ts";
import { bareFact } from "../core/fact.ts";
import { History } from "../core/history.ts";
import { random } from "../core/random.ts";
import { CoVisits } from "./co-visits.ts";

test("while memory is scarce an item keeps its strongest neighbours only, in fewer cells, and they go on to count", () => {
  const bounds = new Bounds();
  const [short, long] = [new CoVisits(undefined, bounds), new CoVisits()];
  const chance = random("neighbours");
  const history = new History();
  /** Somebody turned to `before`, then to `item`. */
  const turn = (before: number, item: number, atMs: number): void => {
    history.clear();
    history.lastAtMs[history.push(before)] = atMs - 1;
    for (const each of [short, long])
      each.fold({ ...bareFact, type: "outcome", offset: 0, clockMs: atMs, history, isChoice: true, item, atMs });
  };
  const of = (each: CoVisits, item: number, atMs: number): [number, number][] => {
    const found: [number, number][] = [];
    each.neighbours(item, atMs, (neighbour, weight) => void found.push([neighbour, weight]));
    return found.sort(([a, x], [b, y]) => y - x || a - b);
  };
  // Of item 0, the lower the neighbour the more often.
  for (let i = 0; i < 4000; i++) turn(0, 1 + Math.floor(60 * chance.next() ** 2), 1000 + i);
  expect(of(short, 0, 5000)).toEqual(of(long, 0, 5000));
  bounds.set(3, { neighbours: 16 });
  turn(0, 1, 5000);
  expect(of(short, 0, 5000)).toEqual(of(long, 0, 5000).slice(0, 16));
  const { cells, weights } = { cells: of(short, 0, 5000).length, weights: short.total(0, 5000) };
  expect([cells, weights]).toEqual([16, long.total(0, 5000)]);
  // One that is new takes the weakest one's place.
  turn(0, 99, 5001);
  const known = of(short, 0, 5001).map(([neighbour]) => neighbour);
  expect(known).toHaveLength(16);
  expect(known).toContain(99);
  expect(known.slice(0, 10)).toEqual(
    of(long, 0, 5001)
      .map(([neighbour]) => neighbour)
      .slice(0, 10),
  );
});
