/**
 * `npm run bench [-- NAME…] [--quick] [--profile]`: how fast, against the numbers to hold. Writes the section "Speed" of RESULTS.md;
 * rows of benchmarks that were not run stay. `--quick`: everything scaled down by 20, written nowhere. `--profile`: the functions
 * that took the time, and no figures to keep.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commit, machine, readSection, today, writeSection } from "./results.ts";
import { amount, type Benchmark, type Measure, verdict } from "./speed/benchmark.ts";
import { benchmarks } from "./speed/benchmarks.ts";
import { inChild } from "./speed/processes.ts";
import { selfTimes } from "./speed/profile.ts";
import { type Cells, markdownTable, tableRows } from "./table.ts";

const head = ["what", "hold", "reach", "measured", "", "day, commit, load"];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, profile: { type: "boolean", default: false } },
});
const unknown = positionals.find((name) => !benchmarks.some((one) => one.name === name));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}"; there are ${benchmarks.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}

const isKept = !values.quick && !values.profile;
const measured: Cells[] = [];
// What else the machine did before we began: above 0.5, the figures are too bad.
const when = `${today()}, ${commit()}, ${loadavg()[0]!.toFixed(1)}`;
for (const benchmark of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
  try {
    for (const measure of await run(benchmark)) {
      const cells = row(measure);
      measured.push(cells);
      console.log(`${benchmark.name}: ${cells.slice(0, 5).join(" | ")}`);
    }
  } catch (error) {
    process.exitCode = 1;
    console.error(`${benchmark.name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`\n${machine()}\n${markdownTable(head, measured)}`);
if (isKept) {
  const kept = tableRows(readSection("speed")).filter(([what]) => !measured.some((cells) => cells[0] === what));
  const rows = inOrder([...kept, ...measured]);
  writeSection(
    "speed",
    `${machine()}. Server and client have a core each. Load: of the machine before the run, not ours; above 0.5, figures are too bad.\n\n${markdownTable(head, rows)}`,
  );
}

function row(measure: Measure): Cells {
  const bound = (value: number | undefined): string => (value === undefined ? "" : amount(value, measure.unit));
  const { what, value, unit, hold, reach } = measure;
  return [what, bound(hold), bound(reach), amount(value, unit), verdict(measure), when];
}

/** As they stood; new ones at the end. */
function inOrder(rows: readonly Cells[]): Cells[] {
  const before = tableRows(readSection("speed")).map(([what]) => what);
  const place = ([what]: Cells): number => (before.includes(what) ? before.indexOf(what) : before.length);
  return [...rows].sort((a, b) => place(a) - place(b));
}

async function run({ name, limitMs }: Benchmark): Promise<readonly Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), "liveshelf-bench-"));
  const profiles = join(folder, "profiles");
  const data = join(folder, "data");
  mkdirSync(data);
  mkdirSync(profiles);
  try {
    return await inChild<readonly Measure[]>({
      file: "child.ts",
      args: [name, data, values.quick ? "quick" : "full", ...(values.profile ? [profiles] : [])],
      execArgv: ["--expose-gc"],
      limitMs: values.quick ? Math.max(60_000, limitMs / 10) : limitMs,
    });
  } finally {
    if (values.profile) console.log(selfTimes(profiles, 15).join("\n"));
    rmSync(folder, { recursive: true, force: true });
  }
}
