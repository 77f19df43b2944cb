/**
 * `npm run malformed -- --seed N --runs M`: so many malformed events and requests against real servers on loopback, in rounds with a shop
 * each. What fails is told with its seed and the bytes that were sent; the same seed and runs send the same again.
 */
import { parseArgs } from "node:util";
import { playRound, RoundFailed } from "../test/malformed/round.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    runs: { type: "string", default: "100000" },
    round: { type: "string", default: "25000" },
  },
});
const runs = Number(values.runs);
const roundCases = Math.min(runs, Number(values.round));
const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
/** Sent bytes shown of a failure, as text; all of them as base64 if they are few. */
const shownBytes = 4000;

process.on("unhandledRejection", (error) => {
  console.error(`a promise was rejected and nobody looked: ${error instanceof Error ? error.stack : String(error)}`);
  process.exit(1);
});

const startedMs = performance.now();
const outcomes = new Map<string, number>();
let done = 0;
try {
  for (let round = 0; done < runs; round++) {
    const cases = Math.min(roundCases, runs - done);
    const played = await playRound({ seed: `${values.seed}:${round}`, cases, withTable: round === 0, large: 2 });
    done += played.cases;
    for (const [name, count] of played.outcomes) outcomes.set(name, (outcomes.get(name) ?? 0) + count);
    const seconds = (performance.now() - startedMs) / 1000;
    const memory = `${mib(played.memoryBytes)} at most, ${mib(process.memoryUsage.rss())} now`;
    console.log(`${done} cases, ${Math.round(done / seconds)} a second, memory ${memory}`);
  }
  for (const [name, count] of [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${String(count).padStart(9)}  ${name}`);
  console.log(`${done} cases from seed ${values.seed}: none was answered or kept otherwise than documented`);
} catch (error) {
  if (!(error instanceof RoundFailed)) throw error;
  console.error(error.message);
  console.error(`sent (${error.sent.length} bytes):\n${error.sent.toString().slice(0, shownBytes)}`);
  if (error.sent.length <= shownBytes) console.error(`as base64: ${error.sent.toString("base64")}`);
  if (error.cause instanceof Error && error.cause.constructor === Error) console.error(error.cause.stack);
  process.exitCode = 1;
}
