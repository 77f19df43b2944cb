/**
 * Where a log is written anew beside the one in use, and how it takes its place:
 *
 *     erasing/log         the new log, under an id of its own
 *     erasing/snapshots   what it folds to, and its base where the log was trimmed
 *     erasing/old         the log that was in use: once it is here, the new one counts
 *
 * A crash at any moment leaves the old log or the new one, whole; {@link finishErasing} does the rest.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LiveshelfError } from "./core/errors.ts";
import { atOnce, nextTurn, type Pieces } from "./core/pieces.ts";
import { HalfCommitted } from "./event-logs/block-disk.ts";
import { syncFolder } from "./event-logs/lmdb.ts";
import { hasLivingWriter, unlock } from "./event-logs/writer-lock.ts";
import { exchangeSnapshots } from "./snapshots/exchange.ts";

const folderName = "erasing";
/** A damaged log that a repair kept (docs/operating.md) is the operator's. */
const isKept = (name: string): boolean => name.startsWith("data.mdb.damaged-");

export interface ErasingFolder {
  readonly root: string;
  readonly log: string;
  readonly snapshots: string;
  readonly old: string;
}

export function erasingFolder(data: string): ErasingFolder {
  const root = join(data, folderName);
  return { root, log: join(root, "log"), snapshots: join(root, "snapshots"), old: join(root, "old") };
}

/** Makes it anew and empty. Throws FOLDER_UNREADABLE where what an earlier one committed cannot be finished: its snapshots may be the only base. */
export function beginErasing(data: string): ErasingFolder {
  const folder = erasingFolder(data);
  for (const part of attempt(data, () => atOnce(settled(data)))) rmSync(part, { recursive: true, force: true });
  mkdirSync(folder.root);
  syncFolder(data);
  return folder;
}

/**
 * The new log takes the place of the one in use. Throws what the file system throws; then the one in use is where it was, unless that is
 * {@link HalfCommitted}: then both are there and hold the same, and the next start takes one of them.
 */
export function commitErasing(data: string, sync: (folder: string) => void = syncFolder): void {
  const { root, log, old } = erasingFolder(data);
  const inUse = join(data, "log");
  sync(root);
  renameSync(inUse, old);
  try {
    renameSync(log, inUse);
  } catch (error) {
    orHalf(old, () => renameSync(old, inUse));
    throw error;
  }
  // The names may be on the disk or not: who went back now would lose what comes where they are.
  orHalf(old, () => {
    sync(root);
    sync(data);
  });
}

/** Finishes what was committed, and throws away what was not, gigabytes perhaps, while the thread does other work. Rejects with FOLDER_UNREADABLE. */
export async function finishErasing(data: string): Promise<void> {
  const settling = settled(data);
  for (;;) {
    const step = attempt(data, () => settling.next());
    if (step.done === true) {
      for (const part of step.value) await rm(part, { recursive: true, force: true });
      return;
    }
    await nextTurn();
  }
}

/** The same before a log is opened, unless somebody else is at it. Throws FOLDER_UNREADABLE. */
export function finishErasingAtStart(data: string): void {
  const { log, old } = erasingFolder(data);
  if ([join(data, "log"), log, old].some(hasLivingWriter)) return;
  attempt(data, () => {
    for (const part of atOnce(settled(data))) rmSync(part, { recursive: true, force: true });
  });
}

/** Everything in its place; answers what is left over, in the order in which it is to go. */
function* settled(data: string): Pieces<string[]> {
  const { root, log, snapshots, old } = erasingFolder(data);
  if (!existsSync(root)) return [];
  const logInUse = join(data, "log");
  if (existsSync(old) && !(existsSync(log) && existsSync(logInUse))) {
    if (!existsSync(logInUse)) renameSync(log, logInUse);
    for (const name of readdirSync(old).filter(isKept)) renameSync(join(old, name), join(logInUse, name));
    syncFolder(logInUse);
    if (existsSync(snapshots)) yield* exchangeSnapshots(snapshots, join(data, "snapshots"));
    syncFolder(data);
  }
  // Without the old log nothing was committed: it goes when nothing else is left that could be taken for a new one.
  return [log, snapshots, old, root];
}

function orHalf(old: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    // The next start, in this process perhaps, need not wait for its end.
    unlock(old);
    throw new HalfCommitted(why(cause), { cause });
  }
}

function attempt<T>(data: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof LiveshelfError) throw error;
    const { root } = erasingFolder(data);
    const mend = "Make what it names a file or folder that this user may change, on a disk with room, and start again.";
    const message = `Cannot finish what an erasure left in ${root}: ${why(error)}. ${mend}`;
    throw new LiveshelfError("FOLDER_UNREADABLE", message, undefined, error);
  }
}

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));
