/**
 * One writer for a folder: a lock file with the writer's process id. Survives no one: the lock of a process that is gone
 * (SIGKILL, power cut) is taken over.
 */
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LiveshelfError } from "../core/errors.ts";

const fileName = "writer.lock";

/** Who holds a lock: the process id, and on Linux when it started, so that another process under the same id is told apart. */
interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly token: string;
}

/** Takes the folder for writing; the answer lets go of it, under the name that it has by then. Throws FOLDER_IN_USE while another writer lives. */
export function lockForWriting(folder: string): (renamed?: string) => void {
  const file = join(folder, fileName);
  const mine: Holder = { pid: process.pid, started: startOf(process.pid), token: randomBytes(8).toString("hex") };
  const own = `${file}.${mine.token}`;
  // Written aside and linked, so that a lock is never seen half-written.
  writeFileSync(own, JSON.stringify(mine));
  try {
    while (!link(own, file)) {
      const holder = readHolder(file);
      if (holder && isAlive(holder)) throw inUse(folder, holder);
      takeAway(file, holder);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return (renamed = folder) => {
    const held = join(renamed, fileName);
    if (readHolder(held)?.token === mine.token) rmSync(held, { force: true });
  };
}

/** True while a process that lives, this one included, holds the folder for writing. */
export function hasLivingWriter(folder: string): boolean {
  const holder = readHolder(join(folder, fileName));
  return holder !== undefined && isAlive(holder);
}

/** Of a folder that the one who held it, this process, writes no more. */
export function unlock(folder: string): void {
  rmSync(join(folder, fileName), { force: true });
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a dead writer's lock; if somebody was faster and this is already theirs, puts it back. */
function takeAway(file: string, dead: Holder | undefined): void {
  const aside = `${file}.${randomBytes(8).toString("hex")}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (readHolder(aside)?.token !== dead?.token) link(aside, file);
  rmSync(aside, { force: true });
}

function readHolder(file: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(file, "utf8")) as Partial<Holder> | null;
    if (typeof holder?.pid !== "number" || typeof holder.token !== "string") return undefined;
    return { pid: holder.pid, started: String(holder.started ?? ""), token: holder.token };
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return started === "" || started === startOf(pid);
}

/**
 * On Linux: boot and clock tick at which the process started; elsewhere, or where hidden, nothing. In a container every
 * start may get the same id. A zombie counts as gone.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return words[0] === "Z" ? "gone" : `${boot}:${words[19]}`;
  } catch {
    return "";
  }
}

function inUse(folder: string, { pid }: Holder): LiveshelfError {
  const who = pid === process.pid ? `this process (${pid}) itself` : `process ${pid}`;
  return new LiveshelfError(
    "FOLDER_IN_USE",
    `${folder} is open for writing in ${who}. Stop that, or choose another folder.`,
  );
}
