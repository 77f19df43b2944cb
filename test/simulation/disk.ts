/**
 * The disk under the event log, in memory: what is written is durable some turns of the event loop later, or never. At a crash a
 * transaction that was under way is there wholly or not at all, as the contract of a {@link BlockDisk} has it.
 */
import type { Random } from "../../src/core/random.ts";
import type { EncodedBlock } from "../../src/event-logs/block.ts";
import type { BlockDisk } from "../../src/event-logs/block-disk.ts";
import { never, type Process, turn } from "./process.ts";

/** How the disk misbehaves during one life of the process. */
export interface DiskFaults {
  /** Turns that a write takes at most; and the share of writes that take fifty times as many. */
  readonly turnsMax: number;
  readonly slowShare: number;
  /** The write, counted from 1, that fails; 0: none. */
  readonly failAtWrite: number;
  /** What a failed write held turns up all the same when the log is opened again. */
  readonly failedAppears: boolean;
  /** Bytes that still fit when the life begins; 0: no end. */
  readonly fullAtBytes: number;
  /** The write, counted from 1, during which the process dies; 0: none. */
  readonly crashAtWrite: number;
  readonly crashStage: "before" | "during" | "after";
  readonly removeFails: boolean;
}

export const kindDisk: DiskFaults = {
  turnsMax: 2,
  slowShare: 0,
  failAtWrite: 0,
  failedAppears: false,
  fullAtBytes: 0,
  crashAtWrite: 0,
  crashStage: "before",
  removeFails: false,
};

/** One bit of a block that is not as it was written. */
export interface Flip {
  /** Offset of the block's first event, and place of the byte in the block. */
  readonly first: number;
  readonly at: number;
  readonly before: Buffer;
  /** The block as it is now. */
  readonly damaged: Buffer;
  mend(): void;
}

interface Transaction {
  readonly blocks: readonly EncodedBlock[];
  readonly before: number;
}

export class Disk {
  readonly id: string;
  /** Told before blocks go for good. */
  onRemove: () => void = () => {};
  readonly #chance: Random;
  readonly #blocks = new Map<number, Buffer>();
  /** Keys of the blocks, ascending. */
  #firsts: number[] = [];
  /** Under way: what a crash may leave either way. */
  readonly #pending = new Set<Transaction>();
  /** Failed, and on the disk all the same. */
  #hidden: Transaction[] = [];
  #roomBytes = Number.POSITIVE_INFINITY;
  bytes = 0;
  writes = 0;
  /** Writes of this life that failed. */
  failures = 0;

  constructor(id: string, chance: Random) {
    this.id = id;
    this.#chance = chance;
  }

  /** For the only writer of a life. What was left open by the life before is decided here. */
  open(process: Process, faults: DiskFaults): BlockDisk {
    for (const transaction of this.#hidden) this.#commit(transaction);
    this.#hidden = [];
    this.writes = 0;
    this.failures = 0;
    this.#roomBytes = faults.fullAtBytes === 0 ? Number.POSITIVE_INFINITY : this.bytes + faults.fullAtBytes;
    process.onCrash(() => {
      for (const transaction of this.#pending) if (this.#chance.next() < 0.5) this.#commit(transaction);
      this.#pending.clear();
    });
    const under = this;
    return {
      ...this.#readable(),
      get bytes() {
        return under.bytes;
      },
      write: (blocks) => this.#write(blocks, process, faults),
      remove: (before) => this.#remove(before, process, faults),
      close: () => (process.isAlive ? Promise.resolve() : never()),
    };
  }

  /** For a second folder beside the writer. */
  reader(): BlockDisk {
    const under = this;
    const refuse = (): Promise<void> => Promise.reject(new Error("opened to read"));
    return {
      ...this.#readable(),
      get bytes() {
        return under.bytes;
      },
      write: refuse,
      remove: refuse,
      close: () => Promise.resolve(),
    };
  }

  /** Flips one bit of a kept block; `undefined` where there is none. */
  flip(chance: Random): Flip | undefined {
    if (this.#firsts.length === 0) return undefined;
    const first = this.#firsts[chance.int(this.#firsts.length)]!;
    const bytes = this.#blocks.get(first)!;
    const at = chance.int(bytes.length);
    const bit = 1 << chance.int(8);
    const before = Buffer.from(bytes);
    bytes[at]! ^= bit;
    return {
      first,
      at,
      before,
      damaged: bytes,
      mend: () => {
        bytes[at]! ^= bit;
      },
    };
  }

  /** True if the block that holds this offset has this line of JSON in it, durably. */
  holds(offset: number, line: string): boolean {
    return this.#at(offset)?.bytes.includes(line) ?? false;
  }

  get firsts(): readonly number[] {
    return this.#firsts;
  }

  #readable() {
    return {
      place: "the simulated disk",
      id: this.id,
      at: (offset: number) => this.#at(offset),
      first: () => this.#block(this.#firsts[0]),
      last: () => this.#block(this.#firsts.at(-1)),
    };
  }

  #at(offset: number): (EncodedBlock & { bytes: Buffer }) | undefined {
    let [low, high] = [0, this.#firsts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#firsts[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#block(this.#firsts[low - 1]);
  }

  #block(first: number | undefined): { first: number; bytes: Buffer } | undefined {
    return first === undefined ? undefined : { first, bytes: this.#blocks.get(first)! };
  }

  async #write(blocks: readonly EncodedBlock[], process: Process, faults: DiskFaults): Promise<void> {
    if (!process.isAlive) return never();
    const write = ++this.writes;
    if (this.#blocks.has(blocks[0]!.first)) throw new Error(`offset ${blocks[0]!.first} is there already`);
    const given = blocks.map((block) => Buffer.from(block.bytes));
    const transaction = { blocks, before: 0 };
    const dies = (stage: DiskFaults["crashStage"]): boolean =>
      write === faults.crashAtWrite && stage === faults.crashStage;
    if (dies("before")) return process.crash(`before write ${write}`);
    this.#pending.add(transaction);
    await this.#turns(faults);
    if (!process.isAlive) return never();
    if (dies("during")) return process.crash(`during write ${write}`);
    this.#pending.delete(transaction);
    blocks.forEach(({ bytes }, i) => {
      if (!given[i]!.equals(bytes)) throw new Error("the bytes of a block changed while it was being written");
    });
    const isFull = this.bytes + size(transaction) > this.#roomBytes;
    if (write === faults.failAtWrite || isFull) {
      this.failures++;
      if (!isFull && faults.failedAppears) this.#hidden.push({ blocks: copied(transaction), before: 0 });
      throw new Error(isFull ? "ENOSPC: no space left on device" : "EIO: i/o error");
    }
    this.#commit(transaction);
    if (dies("after")) return process.crash(`after write ${write}`);
    // Durable, and not yet known to be: other work may come in between.
    if (this.#chance.int(4) === 0) await turn();
    return process.isAlive ? undefined : never();
  }

  async #remove(before: number, process: Process, faults: DiskFaults): Promise<void> {
    if (!process.isAlive) return never();
    this.onRemove();
    const transaction = { blocks: [], before };
    this.#pending.add(transaction);
    await this.#turns(faults);
    if (!process.isAlive) return never();
    this.#pending.delete(transaction);
    if (faults.removeFails) throw new Error("EIO: i/o error");
    this.#commit(transaction);
  }

  async #turns({ turnsMax, slowShare }: DiskFaults): Promise<void> {
    const slow = this.#chance.next() < slowShare ? 50 : 1;
    for (let left = this.#chance.int(turnsMax + 1) * slow; left > 0; left--) await turn();
  }

  #commit(transaction: Transaction): void {
    for (const [i, bytes] of copied(transaction)
      .map(({ bytes }) => bytes)
      .entries()) {
      const { first } = transaction.blocks[i]!;
      this.#blocks.set(first, bytes);
      this.#firsts.push(first);
      this.bytes += bytes.length;
    }
    const gone = this.#firsts.filter((first) => first < transaction.before);
    for (const first of gone) {
      this.bytes -= this.#blocks.get(first)!.length;
      this.#blocks.delete(first);
    }
    if (gone.length > 0) this.#firsts = this.#firsts.filter((first) => first >= transaction.before);
  }
}

const size = ({ blocks }: Transaction): number => blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);

const copied = ({ blocks }: Transaction): { first: number; bytes: Buffer }[] =>
  blocks.map(({ first, bytes }) => ({ first, bytes: Buffer.from(bytes) }));
