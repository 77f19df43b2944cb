/**
 * `npm run kill-loop -- [--seed N] [--kills M] [--json]`: the real service under load, killed at seeded moments; what was
 * acknowledged against what is there, and the state against a clean fold of the log. Exit status 1 if anything was lost, doubled or differs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { killLoop } from "../test/real/kill-loop.ts";
import { endAll } from "../test/real/processes.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    kills: { type: "string", default: "100" },
    json: { type: "boolean", default: false },
  },
});
const [seed, kills] = [Number(values.seed), Number(values.kills)];
if (![seed, kills].every((one) => Number.isSafeInteger(one) && one >= 0)) {
  console.error("error: --seed and --kills are whole numbers from 0.");
  process.exit(2);
}

let told = 0;
function tellFaults(faults: readonly string[]): void {
  for (const fault of faults.slice(told)) console.error(fault);
  told = faults.length;
}

const folder = mkdtempSync(join(tmpdir(), "liveshelf-kills-"));
try {
  const report = await killLoop({
    seed,
    kills,
    folder,
    onProgress: ({ kills: done, acknowledged, lost, doubled, checksums, seconds, faults }) => {
      tellFaults(faults);
      if (done % 25 !== 0) return;
      console.error(
        `${done} kills, ${acknowledged} events acknowledged, ${lost} lost, ${doubled} doubled, ${checksums} checksums, ${seconds.toFixed(0)} s`,
      );
    },
  });
  tellFaults(report.faults);
  if (values.json) console.log(JSON.stringify({ seed, ...report }));
  else console.log(report);
  const { lost, doubled, strange, torn, checksumsDiffering } = report;
  process.exitCode = lost + doubled + strange + torn + checksumsDiffering === 0 ? 0 : 1;
  if (process.exitCode !== 0) console.error(`failed; again with --seed ${seed} --kills ${kills}`);
} catch (error) {
  process.exitCode = 1;
  console.error(`failed with --seed ${seed} --kills ${kills}:`, error);
} finally {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
}
