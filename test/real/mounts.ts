/** Small disks in memory, mounted where root may: they fill up, and can be made read-only, as real ones are. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mounted = new Set<string>();
export const mebibyte = 2 ** 20;
const pageBytes = 4096;

/** Mounts an empty one at a folder, which is made. */
export function disk(folder: string, mebibytes: number): void {
  mkdirSync(folder, { recursive: true });
  run("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder);
  mounted.add(folder);
}

/** Such as `size=64m` or `ro`. */
export const remount = (folder: string, options: string): void => run("mount", "-o", `remount,${options}`, folder);

/** A folder once more under another name, from which nothing can be written. */
export function readOnlyView(of: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  run("mount", "--bind", of, folder);
  mounted.add(folder);
  remount(folder, "bind,ro");
}

/** Whatever was mounted here and still is: for `afterAll`, also of a test that failed. */
export function unmountAll(): void {
  for (const folder of [...mounted].reverse()) {
    // Also while somebody still uses it.
    run("umount", "--lazy", folder);
    mounted.delete(folder);
  }
}

/** Takes all the room but for some bytes, whole pages, with a file. */
export function ballast(file: string, leftBytes: number): void {
  const { bavail, bsize } = statfsSync(join(file, ".."));
  const pages = Math.floor((bavail * bsize - leftBytes) / pageBytes);
  const descriptor = openSync(file, "w");
  try {
    const piece = Buffer.alloc(pageBytes, 1);
    for (let page = 0; page < pages; page++) writeSync(descriptor, piece);
  } finally {
    closeSync(descriptor);
  }
}

/** Why there can be no such disk here; `undefined` where there can. */
export function whyNotMounted(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "only root on Linux may mount";
  const folder = mkdtempSync(join(tmpdir(), "liveshelf-mount-"));
  try {
    disk(folder, 1);
    unmountAll();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
}
