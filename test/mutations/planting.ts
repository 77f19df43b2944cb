/** A copy of the sources in which one fault after another is planted, and the tests of models and kernels run on it. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type Fault, type Place, placesIn } from "./fault.ts";

const root = new URL("../..", import.meta.url).pathname;
const copied = ["src", "assembly", "scripts", "package.json", "tsconfig.json"];
/** A run that takes longer hangs in a loop: that too is a way to catch a fault. */
const runMs = 240_000;

/** That a kernel is what `assembly/` compiles to, and that every file is checked, says nothing of a fault. */
const settings = `export default {
  test: {
    include: ["src/models/**/*.test.ts", "src/kernels/**/*.test.ts"],
    exclude: ["src/kernels/kernels.test.ts"],
    testNamePattern: /^(?!.*every file of the folder)/,
    pool: "forks",
    testTimeout: 120_000,
    bail: 1,
  },
};
`;

/** True if each place of a fault stands once in the sources, or in a copy of them. */
export const isPlaced = (fault: Fault, folder = root): boolean =>
  placesIn(fault).every(({ file, find }) => readFileSync(join(folder, file), "utf8").split(find).length === 2);

/** What the tests said of a fault. */
export interface Caught {
  /** The first test that failed, or what else stopped the run; `undefined` where all passed. */
  readonly by: string | undefined;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Files that a file of the sources imports, itself included, near and far. */
function reachedFrom(folder: string, file: string, reached = new Set<string>()): Set<string> {
  if (reached.has(file)) return reached;
  reached.add(file);
  const imports = readFileSync(join(folder, file), "utf8").matchAll(/\bfrom\s+"(\.[^"]+)"/g);
  for (const [, to] of imports) reachedFrom(folder, join(dirname(file), to!), reached);
  return reached;
}

export class Copy {
  readonly #folder = mkdtempSync(join(tmpdir(), "mutated-"));

  constructor() {
    for (const part of copied) cpSync(join(root, part), join(this.#folder, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(this.#folder, "node_modules"));
    writeFileSync(join(this.#folder, "vitest.config.ts"), settings);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  hasPlace(fault: Fault): boolean {
    return isPlaced(fault, this.#folder);
  }

  /** Tests that import what has the fault: all others pass with it. */
  #testsOf({ file }: Fault): string[] {
    const kernel = basename(file, ".ts");
    const isFaulty = (one: string): boolean =>
      one === file ||
      (file.startsWith("assembly/") && one.endsWith(file.includes("/parts/") ? ".wasm.ts" : `/${kernel}.wasm.ts`));
    const tests = ["src/models", "src/kernels"].flatMap((room) =>
      readdirSync(join(this.#folder, room))
        .filter((one) => one.endsWith(".test.ts"))
        .map((one) => `${room}/${one}`),
    );
    return tests.filter((test) => [...reachedFrom(this.#folder, test)].some(isFaulty));
  }

  /** Runs the tests with the fault planted, then takes it out again. */
  async try(fault: Fault, only: readonly string[] = this.#testsOf(fault)): Promise<Caught> {
    const right = placesIn(fault).map(({ file }) => readFileSync(join(this.#folder, file), "utf8"));
    const write = (place: Place, text: string): void => writeFileSync(join(this.#folder, place.file), text);
    for (const place of placesIn(fault)) {
      const text = readFileSync(join(this.#folder, place.file), "utf8");
      write(
        place,
        text.replace(place.find, () => place.replace),
      );
    }
    try {
      this.#compile(fault);
      return await this.test(only);
    } finally {
      placesIn(fault).forEach((place, k) => {
        write(place, right[k]!);
      });
      this.#compile(fault);
    }
  }

  /** The kernel of a file of `assembly/`; all of them, of a part that several have. */
  #compile({ file }: Fault): void {
    if (!file.startsWith("assembly/")) return;
    const kernels = file.startsWith("assembly/parts/") ? [] : [basename(file, ".ts")];
    execFileSync(process.execPath, [join(this.#folder, "scripts/build-kernels.ts"), ...kernels], { stdio: "pipe" });
  }

  /** `only`: test files whose names contain one of these. */
  async test(only: readonly string[] = []): Promise<Caught> {
    const report = join(this.#folder, "report.json");
    rmSync(report, { force: true });
    const vitest = join(this.#folder, "node_modules/vitest/vitest.mjs");
    const given = ["run", ...only, "--root", this.#folder, "--reporter=json", `--outputFile=${report}`];
    const child = spawn(process.execPath, [vitest, ...given], { stdio: "ignore", cwd: this.#folder });
    const timer = setTimeout(() => child.kill("SIGKILL"), runMs);
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.once("close", (...ended) => resolve(ended)),
    );
    clearTimeout(timer);
    if (signal !== null) return { by: "it never ends" };
    if (code === 0) return { by: undefined };
    return { by: firstFailure(JSON.parse(readFileSync(report, "utf8")) as Report) };
  }
}

function firstFailure({ testResults }: Report): string {
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find((one) => one.status === "failed");
    if (failed !== undefined) return `${basename(name)}: ${failed.fullName}`;
  }
  // Files that were given up since another had failed say nothing.
  const broken = testResults.find(({ status, message }) => status === "failed" && message !== "");
  // What does not even parse says nothing of the tests.
  if (broken?.message.startsWith("Transform failed")) throw new Error(broken.message);
  return broken === undefined ? "the run itself failed" : `${basename(broken.name)}: ${broken.message.split("\n")[0]}`;
}
