/** The event log over blocks on a disk: what is written is checked when it is read, and damage is named by its offset. */
import { LiveshelfError } from "../core/errors.ts";
import { countOf, decodeBlock, type EncodedBlock, encodeBlocks, type Lines, linesOf, salvage } from "./block.ts";
import type { EventLog, LoggedAt } from "./event-log.ts";
import { groupedLog, type Prepared, type Run, trimmed } from "./grouped-log.ts";

/** Where blocks are kept, by the offset of their first event. Nothing of it knows what a block holds. */
export interface BlockDisk {
  /** Named in messages. */
  readonly place: string;
  /** Of the log. */
  readonly id: string;
  /** One transaction: resolves when all of it is durable, rejects if none of it is. Rejects where a block's offset is taken. */
  write(blocks: readonly EncodedBlock[]): Promise<void>;
  /** The block with the largest first offset up to this one. */
  at(offset: number): EncodedBlock | undefined;
  first(): EncodedBlock | undefined;
  last(): EncodedBlock | undefined;
  /** Removes the blocks whose first offset is below, the oldest first; resolves when that is durable. */
  remove(before: number): Promise<void>;
  /** In use. */
  readonly bytes: number;
  close(): Promise<void>;
}

type Append = Prepared & Lines;

/** Throws LOG_DAMAGED if the last block is not what was written. */
export function blockLog(disk: BlockDisk): EventLog {
  let start = startOf(disk);
  return groupedLog<Append>({
    id: disk.id,
    place: disk.place,
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
    write: (group) => disk.write(encodeBlocks(group)),
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
