/** Writes a damaged log anew: every event that can be read at its offset, and a `lost` one in place of each that cannot. */
import { closeSync, copyFileSync, existsSync, linkSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { assert, LiveshelfError } from "../core/errors.ts";
import type { LostEvent } from "../core/event.ts";
import { encodeBlocks, linesOf, salvage } from "./block.ts";
import { blockBatch } from "./block-batch.ts";
import type { BlockDisk } from "./block-disk.ts";
import { syncFolder, writingDisk } from "./lmdb.ts";
import { isDamaged, type Reflected, type Survey, survey } from "./log-survey.ts";
import { lockForWriting } from "./writer-lock.ts";

type ReflectedOf = (id: string | undefined) => Reflected | undefined;

const fileName = "data.mdb";
const unfinished = "repair.tmp";
/** Lost events that are written as one block. */
const lostAtOnce = 1000;

export interface Repair {
  readonly seen: Survey;
  /** Where the damaged file is kept; absent if nothing was changed. */
  readonly damagedFile?: string;
}

/**
 * Finds what is damaged in the log of this folder and, if `change`, repairs it. A crash at any moment leaves the damaged
 * log or the repaired one. Rejects with FOLDER_IN_USE while a writer lives, FOLDER_UNREADABLE if there is no log,
 * LOG_UNWRITABLE if there is no room for a second one.
 */
export async function repairLog(folder: string, reflectedOf: ReflectedOf, change: boolean): Promise<Repair> {
  const file = join(folder, fileName);
  if (!existsSync(file)) {
    throw new LiveshelfError("FOLDER_UNREADABLE", `${folder} holds no event log. Check the name of the folder.`);
  }
  const release = locked(folder);
  try {
    const descriptor = openSync(file, "r");
    try {
      const seen = survey(descriptor, reflectedOf);
      if (!change || !isDamaged(seen)) return { seen };
      return { seen, damagedFile: await replaced(folder, file, seen) };
    } finally {
      closeSync(descriptor);
    }
  } finally {
    release();
  }
}

function locked(folder: string): () => void {
  try {
    return lockForWriting(folder);
  } catch (error) {
    if (error instanceof LiveshelfError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const mend = "It must be a folder that this user may write, on a disk with room.";
    throw new LiveshelfError("FOLDER_UNREADABLE", `Cannot lock ${folder}: ${why}. ${mend}`, undefined, error);
  }
}

async function replaced(folder: string, file: string, seen: Survey): Promise<string> {
  const aside = join(folder, unfinished);
  rmSync(aside, { recursive: true, force: true });
  try {
    const disk = writingDisk(aside, { newId: seen.id });
    try {
      await writeAll(disk, seen);
    } finally {
      await disk.close();
    }
    mustBeWhole(join(aside, fileName), seen);
    const damagedFile = keep(file);
    renameSync(join(aside, fileName), file);
    // It tells of who reads the file that was here before.
    rmSync(join(folder, "lock.mdb"), { force: true });
    syncFolder(folder);
    return damagedFile;
  } catch (error) {
    if (error instanceof LiveshelfError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new LiveshelfError(
      "LOG_UNWRITABLE",
      `Could not write the repaired log beside the damaged one in ${folder}: ${why}. It takes as much room again; nothing was changed.`,
      undefined,
      error,
    );
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

async function writeAll(disk: BlockDisk, { found, start, head }: Survey): Promise<void> {
  const { put, flush } = blockBatch(disk);
  let next = start;
  let lost: LostEvent = { type: "lost", time: 0, receivedAt: 0 };
  const fill = async (to: number): Promise<void> => {
    for (; next < to; next = Math.min(to, next + lostAtOnce)) {
      const count = Math.min(lostAtOnce, to - next);
      for (const block of encodeBlocks([
        linesOf(
          next,
          Array.from({ length: count }, () => lost),
        ),
      ]))
        await put(block);
    }
  };
  for (const one of found) {
    await fill(one.first);
    const { records } = salvage(one.block(), one.count);
    // It happened when the one before it did, so that no clock moves.
    const lines = records.map((record) => {
      if (record === undefined) return JSON.stringify(lost);
      const { time, receivedAt } = JSON.parse(record) as LostEvent;
      lost = { type: "lost", time, receivedAt };
      return record;
    });
    const sizes = lines.map((line) => Buffer.byteLength(line, "utf8"));
    for (const block of encodeBlocks([{ first: one.first, lines, sizes }])) await put(block);
    next = one.first + one.count;
  }
  await fill(head);
  await flush();
}

function mustBeWhole(file: string, { start, head, id }: Survey): void {
  const descriptor = openSync(file, "r");
  try {
    const written = survey(descriptor, () => undefined);
    const isAsMeant = written.start === start && written.head === head && (id === undefined || written.id === id);
    assert(isAsMeant && !isDamaged(written), "a repaired log reads as it was written");
  } finally {
    closeSync(descriptor);
  }
}

/** Gives the damaged file a second name, so that nothing that it still holds is thrown away. */
function keep(file: string): string {
  for (let n = 1; ; n++) {
    const name = `${file}.damaged-${n}`;
    if (existsSync(name)) continue;
    try {
      linkSync(file, name);
    } catch {
      copyFileSync(file, name);
    }
    return name;
  }
}
