/** An event log that lives as long as its process: for tests, simulations and evaluation. */
import { randomBytes } from "node:crypto";
import type { EncodedBlock } from "./block.ts";
import type { BlockDisk } from "./block-disk.ts";
import { blockLog } from "./block-log.ts";
import type { EventLog } from "./event-log.ts";

export interface MemoryLogOptions {
  /** Stands for the disk: events are durable when it resolves, and the log fails when it rejects. */
  readonly sync?: () => Promise<void>;
}

export const memoryLog = (options?: MemoryLogOptions): EventLog => blockLog(memoryDisk(options));

/** Blocks of a log of its own, under an id of its own. */
export function memoryDisk({ sync = async () => {} }: MemoryLogOptions = {}): BlockDisk {
  let blocks: EncodedBlock[] = [];
  let bytes = 0;
  const count = (change: readonly EncodedBlock[], sign: 1 | -1): void => {
    for (const block of change) bytes += sign * block.bytes.length;
  };
  return {
    place: "memory",
    id: randomBytes(8).toString("hex"),
    async write(group) {
      await sync();
      blocks.push(...group);
      count(group, 1);
    },
    at: (offset) => blocks[after(blocks, offset) - 1],
    first: () => blocks[0],
    last: () => blocks.at(-1),
    async remove(before) {
      await sync();
      const from = after(blocks, before - 1);
      count(blocks.slice(0, from), -1);
      blocks = blocks.slice(from);
    },
    get bytes() {
      return bytes;
    },
    close: async () => {},
  };
}

/** How many blocks begin at this offset or before. */
function after(blocks: readonly EncodedBlock[], offset: number): number {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]!.first <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
