/** Many blocks written in transactions of some megabytes each, for copies of a log. */
import type { EncodedBlock } from "./block.ts";
import type { BlockDisk } from "./block-disk.ts";

/** Bytes from which on a transaction is written. */
const writtenBytes = 8_000_000;

export interface BlockBatch {
  /** Rejects as {@link BlockDisk.write} does. */
  put(block: EncodedBlock): Promise<void>;
  /** Writes what is left; to be called once, at the end. */
  flush(): Promise<void>;
}

export function blockBatch(disk: BlockDisk): BlockBatch {
  let waiting: EncodedBlock[] = [];
  let bytes = 0;
  async function flush(): Promise<void> {
    if (waiting.length > 0) await disk.write(waiting);
    waiting = [];
    bytes = 0;
  }
  return {
    async put(block) {
      waiting.push(block);
      bytes += block.bytes.length;
      if (bytes >= writtenBytes) await flush();
    },
    flush,
  };
}
