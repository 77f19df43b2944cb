/**
 * `npm test`: format and lint, types, then every test; with arguments, only the tests that they name.
 * The last line is `N passed, N failed, N skipped`.
 */
import "./node-version.mjs";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

const bin = (name: string): string => new URL(`../node_modules/.bin/${name}`, import.meta.url).pathname;

function run(name: string, ...args: string[]): boolean {
  console.log(`> ${name} ${args.join(" ")}`);
  return spawnSync(bin(name), args, { stdio: "inherit" }).status === 0;
}

/** A suite that could not even be loaded holds no test, and has failed all the same. */
function failures({ numFailedTests, testResults }: Report): number {
  return (
    numFailedTests + testResults.filter((one) => one.status === "failed" && one.assertionResults.length === 0).length
  );
}

/**
 * A thread that is started from the sources strips them of their types anew, by WebAssembly, which takes long; so much of it at once has
 * ended Node itself. What is in its cache is not stripped again, so it is filled before the first thread starts.
 */
function fillCompileCache(): void {
  process.env.NODE_COMPILE_CACHE ??= new URL("../node_modules/.cache/node", import.meta.url).pathname;
  const startedFrom = ["fold-worker.ts", "erasing-worker.ts", "http/examining-worker.ts"];
  const files = startedFrom.map((name) => new URL(`../src/${name}`, import.meta.url).href);
  const imports = files.map((file) => `import ${JSON.stringify(file)};`).join("\n");
  spawnSync(process.execPath, ["--input-type=module", "--eval", imports], { stdio: "inherit" });
}

fillCompileCache();
const given = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "liveshelf-test-"));
const output = join(folder, "report.json");
try {
  const isClean =
    given.length > 0 ||
    [run("biome", "check", "."), run("tsc", "-b", ".", "client", "console", "test/browser")].every(Boolean);
  const vitestPassed = run(
    "vitest",
    "run",
    ...given,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${output}`,
  );
  const report = JSON.parse(readFileSync(output, "utf8")) as Report;
  const skipped = report.numPendingTests + report.numTodoTests;
  if (!isClean) console.error("biome or tsc found faults; see above.");
  process.exitCode = isClean && vitestPassed && report.success ? 0 : 1;
  console.log(`${report.numPassedTests} passed, ${failures(report)} failed, ${skipped} skipped`);
} finally {
  rmSync(folder, { recursive: true });
}
