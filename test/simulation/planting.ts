/** Copies of the sources with a bug planted in each, and the simulation run on them in a process of its own. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PlantedBug } from "./planted-bugs.ts";

const root = new URL("../..", import.meta.url).pathname;
/** A run that takes longer hangs in a loop: that too is a way to find a bug. */
const runMs = 60_000;

/** How often the place where a bug is planted stands in the sources. */
export const places = ({ file, find }: PlantedBug): number =>
  readFileSync(join(root, file), "utf8").split(find).length - 1;

export interface Found {
  /** Runs needed; `undefined` if it was not found. */
  readonly runs: number | undefined;
  /** First line of what was found. */
  readonly fault: string;
}

/** Runs the simulation from a seed on until it finds the bug. Throws where the copy cannot be run at all. */
export async function findBug(bug: PlantedBug, firstSeed: number): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), "planted-"));
  try {
    for (const part of ["src", "test/simulation", "scripts", "package.json"])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const path = join(folder, bug.file);
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace(bug.find, () => bug.replace),
    );
    return await simulateIn(folder, firstSeed, bug.runsMax);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function simulateIn(folder: string, firstSeed: number, runsMax: number): Promise<Found> {
  const script = join(folder, "scripts/simulate.ts");
  const given = ["--seed", String(firstSeed), "--runs", String(runsMax), "--each"];
  const child = spawn(process.execPath, [script, ...given], { stdio: ["ignore", "pipe", "pipe"] });
  let runs = 0;
  let hangs = false;
  let errors = "";
  const giveUp = (): void => {
    hangs = true;
    child.kill("SIGKILL");
  };
  let timer = setTimeout(giveUp, runMs);
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  let last = "";
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (line.startsWith("seed ")) runs++;
    clearTimeout(timer);
    timer = setTimeout(giveUp, runMs);
  }
  await ended;
  clearTimeout(timer);
  if (hangs) return { runs, fault: "it never ends" };
  const failed = /^seed \d+ failed after (\d+) runs.*\n(.*)/m.exec(errors);
  if (failed !== null) return { runs: Number(failed[1]), fault: failed[2]! };
  if (!last.includes("without a fault")) throw new Error(`The simulation did not run: ${errors}`);
  return { runs: undefined, fault: "" };
}
