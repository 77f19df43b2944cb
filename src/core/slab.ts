/**
 * Where lists of varying length live: ranges of cells in size classes of powers of two, a free list for each, and buddies that merge
 * when both are free (Knowlton 1965), so that small blocks which lists outgrow together become large ones again.
 * The slab says which cells belong to whom; the owner keeps the values in columns indexed by cell.
 * Blocks are aligned to their size, so none crosses a segment of a column.
 */
import { Int32Column, registers, segmentBits, segmentRows, Uint8Column } from "./columns.ts";
import { assert } from "./errors.ts";
import { type State, state } from "./state.ts";

const classCount = segmentBits + 1;
/** The largest block, cells. */
export const blockCellsMax = segmentRows;
/** Registers: [class] first free block + 1, or 0; cells carved so far; cells in use. */
const carvedAt = classCount;
const inUseAt = classCount + 1;

export class Slab {
  readonly state: State;
  /** log₂ of the smallest block: links are kept for each stretch of so many cells. */
  readonly #smallest: number;
  /** By stretch, at a free block's first: first cell of the next and previous free block of the class, −1 at the ends. */
  readonly #next = new Int32Column("next", -1);
  readonly #previous = new Int32Column("previous", -1);
  /** Class + 1 of the free block that begins at this stretch, 0 where none does. */
  readonly #free = new Uint8Column("free");
  readonly #registers = registers("registers", classCount + 2);

  /** `smallest`: log₂ of the cells of the smallest block; the larger, the less is spent on links. */
  constructor(name: string, smallest = 0) {
    this.#smallest = smallest;
    this.state = state(name, 1, [this.#next, this.#previous, this.#free, this.#registers]);
  }

  /** Cells that any block may touch: the length that owners' columns need. */
  get cells(): number {
    return this.#registers.array[carvedAt]!;
  }

  get cellsInUse(): number {
    return this.#registers.array[inUseAt]!;
  }

  /** First cell of a block of at least `count` cells (1 to {@link blockCellsMax}). */
  allocate(count: number): number {
    const wanted = this.#classOf(count);
    let size = wanted;
    while (size < classCount - 1 && this.#registers.array[size] === 0) size++;
    let start = this.#registers.array[size]! - 1;
    if (start >= 0) this.#unlink(start, size);
    else {
      start = this.#registers.array[carvedAt]!;
      this.#registers.array[carvedAt] = start + blockCellsMax;
    }
    // What is too large is halved; the upper halves stay free.
    while (size > wanted) this.#link(start + (1 << --size), size);
    this.#registers.array[inUseAt]! += 1 << wanted;
    return start;
  }

  /** Gives back the block of `count` cells that starts at `start`. */
  free(start: number, count: number): void {
    let size = this.#classOf(count);
    this.#registers.array[inUseAt]! -= 1 << size;
    while (size < classCount - 1) {
      const buddy = start ^ (1 << size);
      if (this.#free.get(buddy >> this.#smallest) !== size + 1) break;
      this.#unlink(buddy, size);
      start = Math.min(start, buddy);
      size++;
    }
    this.#link(start, size);
  }

  #classOf(count: number): number {
    return Math.max(this.#smallest, sizeClass(count));
  }

  #link(start: number, size: number): void {
    const at = start >> this.#smallest;
    const head = this.#registers.array[size]! - 1;
    this.#next.set(at, head);
    this.#previous.set(at, -1);
    this.#free.set(at, size + 1);
    if (head >= 0) this.#previous.set(head >> this.#smallest, start);
    this.#registers.array[size] = start + 1;
  }

  #unlink(start: number, size: number): void {
    const at = start >> this.#smallest;
    const next = this.#next.get(at);
    const previous = this.#previous.get(at);
    this.#free.set(at, 0);
    if (previous >= 0) this.#next.set(previous >> this.#smallest, next);
    else this.#registers.array[size] = next + 1;
    if (next >= 0) this.#previous.set(next >> this.#smallest, previous);
  }
}

/** Cells of the size class of `count`. */
export const blockCells = (count: number): number => 1 << sizeClass(count);

function sizeClass(count: number): number {
  assert(count >= 1 && count <= blockCellsMax, `a block of ${count} cells`);
  return count === 1 ? 0 : 32 - Math.clz32(count - 1);
}
