/**
 * Which slots a row has: each cross of one to three columns, with the codes that stand there, is hashed to one of 2^k slots, four
 * crosses at a time; crosses of which a column is silent are left out. Compiled from assembly/slots.ts; the plain twin here gives the
 * same slots in the same order.
 */
import type { Rows } from "../core/rows.ts";
import { type KernelMemory, kernel } from "./kernel-memory.ts";
import { slotsWasm } from "./slots.wasm.ts";

export interface Cross {
  readonly salt: number;
  /** One to three columns, in the order in which they are hashed. */
  readonly columns: readonly number[];
  /** Of each column the code that leaves the cross out. */
  readonly silent: readonly number[];
}

/** Crosses in blocks of four with as many columns: salts (4), −1 or 0 where the block is not full (4), then of each column its bytes into a row (4) and its silent codes (4). */
export interface SlotProgram {
  readonly words: Int32Array;
  /** [columns − 1] blocks. */
  readonly blocks: readonly [number, number, number];
  /** Slots that a row may have. */
  readonly width: number;
  /** Column whose code keeps all slots apart, −1 if none. */
  readonly regime: number;
  /** Number of slots − 1. */
  readonly mask: number;
}

const lanes = 4;
/** What is written beyond the last slot. */
const slackBytes = 16;

/** Throws RangeError for a cross of no column, or of more than three. */
export function slotProgram(crosses: readonly Cross[], regime: number, bits: number): SlotProgram {
  if (crosses.some(({ columns }) => columns.length < 1 || columns.length > 3))
    throw new RangeError("a cross has one to three columns");
  const words: number[] = [];
  const blocks = [1, 2, 3].map((columnCount) => {
    const these = crosses.filter(({ columns }) => columns.length === columnCount);
    const count = Math.ceil(these.length / lanes);
    for (let b = 0; b < count; b++) {
      // What fills up a block is its first cross again, and does not count.
      const four = [0, 1, 2, 3].map((k) => these[b * lanes + k] ?? these[b * lanes]!);
      words.push(...four.map(({ salt }) => salt));
      words.push(...four.map((_, k) => (b * lanes + k < these.length ? -1 : 0)));
      for (let c = 0; c < columnCount; c++) {
        words.push(...four.map(({ columns }) => 4 * columns[c]!));
        words.push(...four.map(({ silent }) => silent[c]!));
      }
    }
    return count;
  }) as [number, number, number];
  return { words: Int32Array.from(words), blocks, width: crosses.length, regime, mask: (1 << bits) - 1 };
}

/** Slots of rows in a kernel's memory: those of row i stand from starts[i] to starts[i + 1]. */
export class SlotLists {
  readonly width: number;
  readonly #memory: KernelMemory;
  #rowsMax = 0;
  slotsAddress = 0;
  startsAddress = 0;

  /** `width`: slots that a row may have. */
  constructor(memory: KernelMemory, width: number) {
    this.#memory = memory;
    this.width = width;
    this.makeRoom(64);
  }

  get slots(): Int32Array {
    return this.#memory.integers(this.slotsAddress, this.#rowsMax * this.width);
  }

  get starts(): Int32Array {
    return this.#memory.integers(this.startsAddress, this.#rowsMax + 1);
  }

  /** Throws RangeError where there is no memory for so many rows; nothing has changed then. */
  makeRoom(rows: number): void {
    if (rows <= this.#rowsMax) return;
    const count = Math.max(rows, 2 * this.#rowsMax);
    const slotsBytes = count * this.width * 4 + slackBytes;
    const address = takeFor(this.#memory, slotsBytes + (count + 1) * 4, rows);
    this.#rowsMax = count;
    this.slotsAddress = address;
    this.startsAddress = address + slotsBytes;
  }
}

/** Address of so many bytes. Throws RangeError where there is no memory for what `rows` rows need. */
export function takeFor(memory: KernelMemory, bytes: number, rows: number): number {
  const address = memory.take(bytes);
  if (address < 0) throw new RangeError(`there is no memory for ${rows} rows`);
  return address;
}

/** What is compiled: addresses in bytes. */
interface Compiled {
  find(
    ...args: [
      rows: number,
      rowBytes: number,
      count: number,
      regimeBytes: number,
      program: number,
      ones: number,
      twos: number,
      threes: number,
      packing: number,
      slots: number,
      starts: number,
      mask: number,
    ]
  ): void;
}

export class SlotKernel {
  readonly program: SlotProgram;
  readonly #memory: KernelMemory;
  readonly #compiled: Compiled;
  readonly #programAddress: number;
  readonly #packingAddress: number;
  #rows: Float32Array;
  #rowsAddress = 0;
  /** A view whose memory has grown has no length of its own. */
  #rowsLength = 0;

  constructor(memory: KernelMemory, program: SlotProgram) {
    this.program = program;
    this.#memory = memory;
    this.#compiled = kernel(slotsWasm, memory);
    this.#programAddress = takeFor(memory, program.words.byteLength, 0);
    memory.integers(this.#programAddress, program.words.length).set(program.words);
    this.#packingAddress = takeFor(memory, 256, 0);
    new Uint8Array(memory.buffer, this.#packingAddress, 256).set(packing());
    this.#rows = memory.floats(0, 0);
  }

  /** Room for `count` rows of `width` numbers. Throws RangeError where there is no memory for them. */
  makeRoom(count: number, width: number, lists: SlotLists): void {
    lists.makeRoom(count);
    const length = count * width;
    if (this.#rowsLength >= length) return;
    const most = Math.max(length, 2 * this.#rowsLength);
    this.#rowsAddress = takeFor(this.#memory, most * 4, count);
    this.#rowsLength = most;
  }

  /** Finds the slots of `count` rows from `first` on, all by default; without room for them as {@link makeRoom}. */
  find({ dense, width, count: rows }: Rows, lists: SlotLists, first = 0, count = rows): void {
    this.makeRoom(count, width, lists);
    const from = first * width;
    const length = count * width;
    if (this.#rows.buffer !== this.#memory.buffer || this.#rows.length < this.#rowsLength)
      this.#rows = this.#memory.floats(this.#rowsAddress, this.#rowsLength);
    this.#rows.set(dense.length === length ? dense : dense.subarray(from, from + length));
    const { blocks, regime, mask } = this.program;
    this.#compiled.find(
      this.#rowsAddress,
      width * 4,
      count,
      regime * 4,
      this.#programAddress,
      blocks[0],
      blocks[1],
      blocks[2],
      this.#packingAddress,
      lists.slotsAddress,
      lists.startsAddress,
      mask,
    );
  }
}

/** [bits of four lanes][byte] which bytes stand side by side then: those of the lanes whose bit is set. */
function packing(): Uint8Array {
  const bytes = new Uint8Array(256);
  for (let bits = 0; bits < 16; bits++) {
    const kept = [0, 1, 2, 3].filter((lane) => bits & (1 << lane));
    for (const [at, lane] of kept.entries())
      for (let byte = 0; byte < 4; byte++) bytes[16 * bits + 4 * at + byte] = 4 * lane + byte;
  }
  return bytes;
}

/** The plain twin of {@link SlotKernel.find}. */
export function findSlots(
  { words, blocks, regime, mask }: SlotProgram,
  { dense, width, count }: Rows,
  lists: SlotLists,
) {
  lists.makeRoom(count);
  const { slots, starts } = lists;
  let to = 0;
  starts[0] = 0;
  for (let i = 0; i < count; i++) {
    const kept = regime < 0 ? 0 : keptApart(codeOf(dense[i * width + regime]!));
    let block = 0;
    for (const [c, blockCount] of blocks.entries()) {
      for (let b = 0; b < blockCount; b++) {
        for (let lane = 0; lane < lanes; lane++) {
          let hash = words[block + lane]! ^ kept;
          let isSaid = words[block + lanes + lane] !== 0;
          for (let column = block + 2 * lanes + lane; column < block + (2 * c + 4) * lanes; column += 2 * lanes) {
            const code = codeOf(dense[i * width + words[column]! / 4]!);
            if (code === words[column + lanes]) isSaid = false;
            hash = hashed(hash, code);
          }
          if (isSaid) slots[to++] = slotOf(hash, mask);
        }
        block += (2 * c + 4) * lanes;
      }
    }
    starts[i + 1] = to;
  }
}

/** The whole number of a column's value; codes are exact in 32-bit floats, and numbers beyond what 32 bits hold are cut there. */
export const codeOf = (value: number): number => Math.max(-2147483648, Math.min(2147483647, Math.trunc(value))) || 0;

/** What a regime adds to all salts. */
export const keptApart = (regime: number): number => Math.imul(regime + 1, 0x9e3779b1);

/** One code into a hash. */
export function hashed(hash: number, code: number): number {
  hash = Math.imul(hash ^ code, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

export const slotOf = (hash: number, mask: number): number => (hash ^ (hash >>> 15)) & mask;
