/**
 * The simulation of faults (test/simulation): the whole engine over a disk, files and a clock that fail by plan. The longer run is
 * `npm run simulate`; that it finds what it should, `npm run simulate:planted`.
 */
import { expect, test } from "vitest";
import { plantedBugs } from "./simulation/planted-bugs.ts";
import { findBug, places } from "./simulation/planting.ts";
import { simulate } from "./simulation/world.ts";

const seeds = 200;

test(`${seeds} lives with faults lose nothing, count nothing twice and fold to the same bits`, async () => {
  let events = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const outcome = await simulate(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}: npm run simulate -- --seed ${seed} --runs 1 --verbose`, { cause: error });
    });
    events += outcome.events;
  }
  expect(events).toBeGreaterThan(seeds * 40);
});

test("the same seed gives the same life, whatever came before it", async () => {
  const [first, second] = [await simulate(7), await simulate(8)];
  expect(first.trace).not.toBe(second.trace);
  expect(await simulate(7)).toEqual(first);
  const lines: string[] = [];
  expect((await simulate(8, (line) => lines.push(line))).trace).toBe(second.trace);
  expect(lines.length).toBeGreaterThan(5);
});

test("every bug to be planted has its one place in the sources", () => {
  expect(plantedBugs.filter((bug) => places(bug) !== 1).map(({ name }) => name)).toEqual([]);
  const rooms = ["group commit", "failed flush", "snapshot's offset", "dedupe table", "segment growth"] as const;
  for (const room of rooms) expect(plantedBugs.filter((bug) => bug.in === room).length, room).toBeGreaterThan(1);
});

test.each(["a group is acknowledged before its sync", "after a snapshot one event is left out"])(
  "a planted bug is found: %s",
  async (name) => {
    const { runs, fault } = await findBug(plantedBugs.find((bug) => bug.name === name)!, 1);
    expect(runs, fault).toBeGreaterThan(0);
  },
);
