/** RESULTS.md: sections between markers, each replaced by its own program alone; and what machine, release and day they are of. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

const path = join(import.meta.dirname, "RESULTS.md");

export function readSection(name: string): string {
  const [start, end] = markers(name);
  const text = readFileSync(path, "utf8");
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`RESULTS.md has no section between ${start} and ${end}`);
  return text.slice(from + start.length, to).trim();
}

export function writeSection(name: string, body: string): void {
  const [start, end] = markers(name);
  const text = readFileSync(path, "utf8");
  const before = text.slice(0, text.indexOf(start) + start.length);
  writeFileSync(path, `${before}\n\n${body.trim()}\n\n${text.slice(text.indexOf(end))}`);
}

const markers = (name: string): [string, string] => [`<!-- ${name} -->`, `<!-- /${name} -->`];

export function machine(): string {
  const cores = cpus();
  const gibibytes = totalmem() / 2 ** 30;
  const megahertz = cores[0]?.speed || clockRate();
  const speed = megahertz ? ` at ${megahertz.toFixed(0)} MHz` : "";
  return `${cores.length} cores${speed}, ${gibibytes.toFixed(1)} GiB, Node ${process.versions.node}`;
}

/** Where the runtime does not know it. */
function clockRate(): number {
  const cpus = "/proc/cpuinfo";
  return existsSync(cpus) ? Number(/cpu MHz\s*:\s*([\d.]+)/.exec(readFileSync(cpus, "utf8"))?.[1] ?? 0) : 0;
}

export const today = (): string => new Date().toISOString().slice(0, 10);

/** Short hash of the commit, with a `+` if files of the program differ from it; `?` outside of a repository. */
export function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  try {
    const hash = git("rev-parse", "--short", "HEAD").trim();
    return git("status", "--porcelain", "--", "../src", "../package.json").trim() === "" ? hash : `${hash}+`;
  } catch {
    return "?";
  }
}
