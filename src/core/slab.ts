/**
 * Where lists of varying length live: ranges of cells in size classes of powers of two, with a free list for each.
 * The slab says which cells belong to whom; the owner keeps the values in columns indexed by cell.
 * Blocks are aligned to their size, so none crosses a segment of a column.
 */
import { Int32Column, registers, segmentRows } from "./columns.ts";
import { assert } from "./errors.ts";
import { type State, state } from "./state.ts";

const classCount = 15;
/** The largest block, cells. */
export const blockCellsMax = segmentRows;

export class Slab {
  readonly state: State;
  /** Next free block of the same class, at a free block's first cell. */
  readonly #next = new Int32Column("next", -1);
  /** [class] first free block + 1, or 0; then the number of cells carved so far, then cells in use. */
  readonly #heads = registers("heads", classCount + 2);

  constructor(name: string) {
    this.state = state(name, 1, [this.#next, this.#heads]);
  }

  /** Cells that any block may touch: the length that owners' columns need. */
  get cells(): number {
    return this.#heads.array[classCount]!;
  }

  get cellsInUse(): number {
    return this.#heads.array[classCount + 1]!;
  }

  /** First cell of a block of at least `count` cells (1 to {@link blockCellsMax}). */
  allocate(count: number): number {
    const wanted = sizeClass(count);
    const start = this.#take(wanted);
    this.#heads.array[classCount + 1]! += 1 << wanted;
    return start;
  }

  /** Gives back the block of `count` cells that starts at `start`. */
  free(start: number, count: number): void {
    const size = sizeClass(count);
    this.#give(start, size);
    this.#heads.array[classCount + 1]! -= 1 << size;
  }

  #take(size: number): number {
    const heads = this.#heads.array;
    const head = heads[size]! - 1;
    if (head >= 0) {
      heads[size] = this.#next.get(head) + 1;
      return head;
    }
    if (size === classCount - 1) {
      const start = heads[classCount]!;
      heads[classCount] = start + blockCellsMax;
      return start;
    }
    const start = this.#take(size + 1);
    this.#give(start + (1 << size), size);
    return start;
  }

  #give(start: number, size: number): void {
    const heads = this.#heads.array;
    this.#next.set(start, heads[size]! - 1);
    heads[size] = start + 1;
  }
}

/** Cells that a block asked for with `count` really has. */
export const blockCells = (count: number): number => 1 << sizeClass(count);

function sizeClass(count: number): number {
  assert(count >= 1 && count <= blockCellsMax, `a block of ${count} cells`);
  return count === 1 ? 0 : 32 - Math.clz32(count - 1);
}
