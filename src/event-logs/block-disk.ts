/** The contract of what keeps a log's blocks: one LMDB file, an array in memory, or a disk that a test makes fail. */
import type { EncodedBlock } from "./block.ts";

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

/** A disk that is to take another's place. */
export interface NextDisk {
  readonly disk: BlockDisk;
  /** Offset after its last event, where a block of the other disk begins. */
  readonly head: number;
  /**
   * From when it returns a start finds this disk, and before, the other one; so too when it throws, unless that is
   * {@link HalfCommitted}. Nothing is written meanwhile.
   */
  commit(): void;
}

/** Nobody can tell which of two disks the next start finds. Both hold what is durable now; so nothing more may be. */
export class HalfCommitted extends Error {}
