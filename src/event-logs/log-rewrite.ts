/** A log written anew upon another disk: the same offsets, and something else in the place of some events. */
import type { LoggedEvent } from "../core/event.ts";
import { encodeBlocks, linesOf } from "./block.ts";
import { blockBatch } from "./block-batch.ts";
import type { BlockDisk } from "./block-disk.ts";
import type { EventLog } from "./event-log.ts";

export interface Rewriting {
  /** Events below are written: durable ones, up to where a block of the log begins. */
  readonly to: number;
  /** What stands in an event's place; undefined for one that stays. */
  readonly instead: (event: LoggedEvent, offset: number) => LoggedEvent | undefined;
  /** Called every {@link writtenAtOnce} events. */
  readonly turn: () => Promise<void>;
}

/** Events of a block, and between two turns. */
const writtenAtOnce = 128;

/**
 * Resolves with the offset of the first event that was replaced, `to` if none was, when all is durable. Rejects with LOG_DAMAGED,
 * with what the disk rejects with, and with what `turn` does.
 */
export async function rewriteLog(
  source: EventLog,
  target: BlockDisk,
  { to, instead, turn }: Rewriting,
): Promise<number> {
  const batch = blockBatch(target);
  let first = to;
  let events: LoggedEvent[] = [];
  const put = async (end: number): Promise<void> => {
    if (events.length === 0) return;
    for (const block of encodeBlocks([linesOf(end - events.length, events)])) await batch.put(block);
    events = [];
  };
  for (const { event, offset } of source.read(source.start, to)) {
    const other = instead(event, offset);
    if (other !== undefined) first = Math.min(first, offset);
    events.push(other ?? event);
    if (events.length < writtenAtOnce) continue;
    await put(offset + 1);
    await turn();
  }
  await put(to);
  await batch.flush();
  return first;
}
