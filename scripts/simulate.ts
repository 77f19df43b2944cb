/**
 * `npm run simulate -- --seed N --runs M [--verbose]`: runs of the simulation of faults, from seed N on. At the first failure it prints the
 * seed, the plan of the run and what was found, and ends with code 1.
 *
 * `npm run simulate:planted -- [--seed N] [--only TEXT]`: the same on copies of the sources with a bug planted in each, until it is found.
 */
import "./node-version.mjs";
import "../test/simulation/small-segments.ts";
import { parseArgs } from "node:util";
import { planOf } from "../test/simulation/plan.ts";
import { plantedBugs } from "../test/simulation/planted-bugs.ts";
import { findBug } from "../test/simulation/planting.ts";
import { simulate } from "../test/simulation/world.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    runs: { type: "string", default: "1000" },
    verbose: { type: "boolean", default: false },
    /** Name each seed as it begins. */
    each: { type: "boolean", default: false },
    planted: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});
const first = Number(values.seed);
const startedMs = performance.now();
const secondsSince = (): string => ((performance.now() - startedMs) / 1000).toFixed(1);

if (values.planted) await plant();
else await run(Number(values.runs));

async function run(runs: number): Promise<void> {
  let seed = first;
  let events = 0;
  const fail = (error: unknown): never => {
    console.error(`\nseed ${seed} failed after ${seed - first + 1} runs and ${secondsSince()} s:`);
    console.error(error instanceof Error ? error.stack : error);
    console.error(`plan: ${JSON.stringify(planOf(seed))}`);
    console.error(`again: npm run simulate -- --seed ${seed} --runs 1 --verbose`);
    process.exit(1);
  };
  // What nobody caught is a fault too.
  process.on("unhandledRejection", fail);
  const say = values.verbose ? (line: string) => console.log(line) : undefined;
  for (; seed < first + runs; seed++) {
    if (values.each) console.log(`seed ${seed}`);
    events += (await simulate(seed, say).catch(fail)).events;
    const done = seed - first + 1;
    if (done % 500 === 0 && done < runs) console.log(`${done} runs, ${events} events, ${secondsSince()} s`);
  }
  console.log(`${runs} runs from seed ${first} without a fault: ${events} events, ${secondsSince()} s`);
}

async function plant(): Promise<void> {
  for (const bug of plantedBugs) {
    if (!`${bug.in} ${bug.name}`.includes(values.only)) continue;
    const { runs, fault } = await findBug(bug, first);
    const found = runs === undefined ? `NOT FOUND in ${bug.runsMax} runs` : `found by run ${runs} (${fault})`;
    console.log(`${bug.in}: ${bug.name}: ${found}`);
    if (runs === undefined) process.exitCode = 1;
  }
  console.log(`${secondsSince()} s`);
}
