/** The event log over blocks on a disk: what is written is checked when it is read, and damage is named by its offset. */
import { LiveshelfError } from "../core/errors.ts";
import { countOf, decodeBlock, type EncodedBlock, encodeBlocks, type Lines, linesOf, salvage } from "./block.ts";
import { blockBatch } from "./block-batch.ts";
import { type BlockDisk, HalfCommitted, type NextDisk } from "./block-disk.ts";
import type { EventLog, LoggedAt } from "./event-log.ts";
import { groupedLog, type Prepared, type Run, trimmed } from "./grouped-log.ts";

type Append = Prepared & Lines;

/** Throws LOG_DAMAGED if the last block is not what was written. */
export function blockLog(given: BlockDisk): EventLog {
  let disk = given;
  let start = startOf(disk);
  /** What new writes wait for while the disks are exchanged; and the write under way. */
  let held: Promise<void> | undefined;
  let underWay: Promise<unknown> = Promise.resolve();
  let torn: HalfCommitted | undefined;

  async function write(group: readonly Append[]): Promise<void> {
    await held;
    if (torn !== undefined) throw torn;
    await disk.write(encodeBlocks(group));
  }

  /** The blocks from `from` on; answers where the next begins. */
  async function copyTail(to: BlockDisk, from: number): Promise<number> {
    const batch = blockBatch(to);
    const end = headOf(disk);
    let next = from;
    while (next < end) {
      const block = disk.at(next);
      if (block?.first !== next) throw damagedLog(disk.place, `no block begins at offset ${next}`);
      await batch.put(block);
      next += countOf(block) ?? refuse(disk, block);
    }
    await batch.flush();
    return next;
  }

  async function switchTo({ disk: next, head, commit }: NextDisk): Promise<void> {
    const copied = await copyTail(next, head);
    const release = Promise.withResolvers<void>();
    held = release.promise;
    const old = disk;
    try {
      // Where it fails, the log fails, and stays where it is.
      await underWay;
      await copyTail(next, copied);
      const from = startOf(next);
      commit();
      disk = next;
      start = from;
    } catch (error) {
      if (error instanceof HalfCommitted) torn = error;
      throw error;
    } finally {
      held = undefined;
      release.resolve();
    }
    // What it held is on the other disk, however this ends.
    await old.close().catch(() => {});
  }

  return groupedLog<Append>({
    get id() {
      return disk.id;
    },
    get place() {
      return disk.place;
    },
    head: headOf(disk),
    get start() {
      return start;
    },
    get bytes() {
      return disk.bytes;
    },
    prepare({ first, events }) {
      const lines = linesOf(first, events);
      return { ...lines, events, bytes: lines.sizes.reduce((sum, size) => sum + size, 0) };
    },
    write(group) {
      const done = write(group);
      underWay = done;
      return done;
    },
    switchTo,
    runAt: (offset) => runAt(disk, offset),
    async trim(before) {
      const from = disk.at(before)?.first ?? 0;
      if (from <= start) return;
      // Before they go: a reader that comes meanwhile must not look for them.
      start = from;
      try {
        await disk.remove(from);
      } catch (error) {
        start = startOf(disk);
        throw error;
      }
    },
    close: () => disk.close(),
  });
}

/** What is durable in a log that somebody else may be writing; refuses to append. */
export function readOnlyBlockLog(disk: BlockDisk): EventLog {
  let closed = false;
  const refuseIfClosed = (): void => {
    if (closed) throw new LiveshelfError("CLOSED", `The event log in ${disk.place} is closed.`);
  };
  const head = (): number => {
    refuseIfClosed();
    return headOf(disk);
  };
  const start = (): number => {
    refuseIfClosed();
    return startOf(disk);
  };
  const refused = (): LiveshelfError => new LiveshelfError("LOG_UNWRITABLE", `${disk.place} was opened read-only.`);
  function* readRange(from: number, to: number): Generator<LoggedAt> {
    for (let offset = from; offset < to; ) {
      refuseIfClosed();
      const { first, events } = runAt(disk, offset);
      const end = Math.min(to, first + events.length);
      for (; offset < end; offset++) yield { offset, event: events[offset - first]! };
    }
  }
  return {
    id: disk.id,
    get start() {
      return start();
    },
    get head() {
      return head();
    },
    get durableHead() {
      return head();
    },
    queuedBytes: 0,
    get bytes() {
      return disk.bytes;
    },
    subscribe() {},
    append() {
      throw refused();
    },
    durable: async () => {},
    read: (from, to = Number.POSITIVE_INFINITY) => readRange(Math.max(start(), from), Math.min(to, head())),
    trim: async () => {
      throw refused();
    },
    switchTo: async () => {
      throw refused();
    },
    onFailure() {},
    async close() {
      if (closed) return;
      closed = true;
      await disk.close();
    },
  };
}

const startOf = (disk: BlockDisk): number => disk.first()?.first ?? 0;

function headOf(disk: BlockDisk): number {
  const last = disk.last();
  return last ? last.first + (countOf(last) ?? refuse(disk, last)) : 0;
}

function runAt(disk: BlockDisk, offset: number): Run {
  const block = disk.at(offset);
  if (block) {
    const events = decodeBlock(block) ?? refuse(disk, block);
    if (offset < block.first + events.length) return { first: block.first, events };
  }
  const start = startOf(disk);
  if (offset < start) throw trimmed(start);
  throw damagedLog(disk.place, `the events from offset ${offset} on are missing`);
}

function refuse({ place }: BlockDisk, block: EncodedBlock): never {
  const { first } = block;
  const { records, isComplete } = salvage(block);
  const lost = records.filter((record) => record === undefined).length;
  const damagedAt = first + Math.max(0, records.indexOf(undefined));
  const most = `${records.length}${isComplete ? "" : " or more"}`;
  throw damagedLog(
    place,
    `what is stored at offset ${damagedAt} is not what was written: ${lost} of the ${most} events from offset ${first} on cannot be read`,
  );
}

export function damagedLog(place: string, why: string, cause?: unknown): LiveshelfError {
  const mend =
    "`liveshelf repair --data DIR` shows what can be saved before it changes anything; or restore a backup (`liveshelf restore`).";
  return new LiveshelfError("LOG_DAMAGED", `The event log in ${place} is damaged: ${why}. ${mend}`, undefined, cause);
}
