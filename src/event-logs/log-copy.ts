/** A copy of a log under the same id, block by block, each checked; the log may be written meanwhile. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { LiveshelfError } from "../core/errors.ts";
import { countOf } from "./block.ts";
import { blockBatch } from "./block-batch.ts";
import type { BlockDisk } from "./block-disk.ts";
import { damagedLog } from "./block-log.ts";
import { trimmed } from "./grouped-log.ts";
import { lmdbLog, readingDisk, writingDisk } from "./lmdb.ts";

export interface CopiedLog {
  readonly id: string;
  readonly start: number;
  readonly head: number;
}

/**
 * Copies what is durable at the call, or a little more, into a new folder; the file `data.mdb` there is all of the copy.
 * Rejects with LOG_DAMAGED, and with LOG_TRIMMED where a trim overtakes it.
 */
export async function copyLog(from: string, to: string): Promise<CopiedLog> {
  const source = readingDisk(from);
  try {
    const target = writingDisk(to, { newId: source.id });
    try {
      return await copied(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
    rmSync(join(to, "lock.mdb"), { force: true });
  }
}

async function copied(source: BlockDisk, target: BlockDisk): Promise<CopiedLog> {
  const start = source.first()?.first ?? 0;
  const last = source.last();
  const batch = blockBatch(target);
  let next = start;
  while (last && next <= last.first) {
    const block = source.at(next);
    if (block?.first !== next) {
      const first = source.first()?.first ?? 0;
      if (first > next) throw trimmed(first);
      throw damagedLog(source.place, `the events from offset ${next} on are missing`);
    }
    const count = countOf(block);
    if (count === undefined) throw damagedLog(source.place, `a record from offset ${next} on is not what was written`);
    await batch.put(block);
    next += count;
  }
  await batch.flush();
  return { id: source.id, start, head: next };
}

/** Reads a whole log that nobody writes, every record of it; rejects with LOG_DAMAGED unless it is the one meant. */
export async function checkLog(folder: string, { id, start, head }: CopiedLog): Promise<void> {
  const log = lmdbLog({ folder, readOnly: true });
  try {
    if (log.id !== id || log.start !== start || log.head !== head) {
      throw new LiveshelfError("LOG_DAMAGED", `The log in ${folder} is not the one that was copied.`);
    }
    for (const _ of log.read(start));
  } finally {
    await log.close();
    rmSync(join(folder, "lock.mdb"), { force: true });
  }
}
