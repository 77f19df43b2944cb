/**
 * The inverted index: of each term the items that have it, by row, each with its quantised share of the term's idf (its impact).
 * A posting is one 32-bit cell, row · 256 + impact. Postings lie in blocks of up to {@link blockPostings}, sorted; a term with several
 * blocks has a directory that says of each its last row and its largest impact, so that whole blocks can be passed over.
 * Rows are used again, so postings come and go anywhere: a full block splits in two, small neighbours become one (as leaves of a B-tree).
 */
import { Int32Column, segmentBits, segmentMask, Uint8Column } from "../core/columns.ts";
import { assert } from "../core/errors.ts";
import { blockCellsMax, Slab } from "../core/slab.ts";
import { prefixed, type State, state } from "../core/state.ts";
import { classOf, impactMax, impactOf, lowerBound, PostingBlocks, postingOf, rowOf } from "./posting-blocks.ts";

const blockPostings = 256;
/**
 * Postings of a block in a directory of so many blocks. A directory is one block of the slab: beyond a quarter of what that holds the
 * blocks become larger, so that 16 million items of one term find room.
 */
function blockMax(blocks: number): number {
  const tier = Math.floor((4 * blocks) / blockCellsMax);
  return Math.min(blockCellsMax, blockPostings << (2 * tier));
}

/** One block of postings, as {@link PostingLists.block} points at it. */
export class Block {
  cells: Int32Array = new Int32Array(0);
  /** First posting in `cells`, and one past the last. */
  from = 0;
  to = 0;
}

export class PostingLists {
  readonly state: State;
  /** [term] postings; the dictionary's column. */
  readonly #counts: Int32Column;
  /** [term] first cell of its only block, or of its directory; −1 without postings. */
  readonly #start = new Int32Column("start", -1);
  /** [term] */
  readonly #blocks = new Int32Column("blocks");
  /** [term] its largest impact. */
  readonly #top = new Uint8Column("top");
  readonly #postings = new PostingBlocks();
  readonly #directories = new Slab("directories", 2);
  /** [directory cell] first cell of the block; its last row; its postings · 256 + its largest impact. */
  readonly #blockStart = new Int32Column("blockStart");
  readonly #blockLast = new Int32Column("blockLast");
  readonly #blockSize = new Int32Column("blockSize");
  readonly #directoryColumns = [this.#blockStart, this.#blockLast, this.#blockSize];

  constructor(counts: Int32Column) {
    this.#counts = counts;
    this.state = state("postings", 1, [
      ...this.#postings.buffers,
      ...prefixed(this.#directories.state),
      ...this.#directoryColumns,
      this.#start,
      this.#blocks,
      this.#top,
    ]);
  }

  /** Items of a term. */
  count(term: number): number {
    return this.#counts.get(term);
  }

  blocks(term: number): number {
    return this.#blocks.get(term);
  }

  /** Largest impact of a term's postings. */
  top(term: number): number {
    return this.#top.get(term);
  }

  /** Points `out` at block number `block` of a term. */
  block(term: number, block: number, out: Block): void {
    const start = this.#start.get(term);
    let cell = start;
    let count = 0;
    if (this.#blocks.get(term) === 1) count = this.#counts.get(term);
    else {
      cell = this.#blockStart.get(start + block);
      count = this.#blockSize.get(start + block) >> 8;
    }
    out.cells = this.#postings.cells.segments[cell >>> segmentBits]!;
    out.from = cell & segmentMask;
    out.to = out.from + count;
  }

  /** Last row of a block; its largest impact. For terms of several blocks. */
  lastRow(term: number, block: number): number {
    return this.#blockLast.get(this.#start.get(term) + block);
  }

  topOfBlock(term: number, block: number): number {
    return this.#blockSize.get(this.#start.get(term) + block) & 255;
  }

  /** Number of the first block, from block `from` on, whose last row is at least `row`; the number of blocks if there is none. */
  seek(term: number, row: number, from: number): number {
    const blocks = this.#blocks.get(term);
    const start = this.#start.get(term);
    if (blocks === 1) return from;
    const last = this.#blockLast.segments[start >>> segmentBits]!;
    const base = start & segmentMask;
    let low = from;
    let high = blocks;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (last[base + middle]! < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Impact of a term for an item; 0 where it has it not. */
  impact(term: number, item: number): number {
    const blocks = this.#blocks.get(term);
    if (blocks === 0) return 0;
    const block = this.seek(term, item, 0);
    if (block === blocks) return 0;
    this.block(term, block, sought);
    const at = lowerBound(sought.cells, sought.from, sought.to, item);
    return at < sought.to && rowOf(sought.cells[at]!) === item ? impactOf(sought.cells[at]!) : 0;
  }

  /** Adds a posting, or changes its impact (1 to {@link impactMax}). */
  put(term: number, item: number, impact: number): void {
    const posting = postingOf(item, impact);
    const blocks = this.#blocks.get(term);
    if (blocks === 0) {
      this.#start.set(term, this.#postings.add(posting));
      this.#blocks.set(term, 1);
      this.#top.set(term, impact);
      this.#counts.set(term, 1);
      return;
    }
    const start = this.#start.get(term);
    if (blocks === 1) {
      const count = this.#counts.get(term);
      this.#postings.find(start, count, item);
      if (this.#postings.found) {
        this.#postings.replace(start, posting);
        this.#top.set(term, this.#postings.topOf(start, count));
        return;
      }
      this.#counts.set(term, count + 1);
      if (impact > this.#top.get(term)) this.#top.set(term, impact);
      if (count < blockPostings) this.#start.set(term, this.#postings.insert(start, count, posting));
      else {
        this.#makeDirectory(term, start, count);
        this.#putInDirectory(term, item, posting);
      }
      return;
    }
    const block = Math.min(this.seek(term, item, 0), blocks - 1);
    const entry = start + block;
    const cell = this.#blockStart.get(entry);
    const size = this.#blockSize.get(entry);
    this.#postings.find(cell, size >> 8, item);
    if (impact > this.#top.get(term)) this.#top.set(term, impact);
    if (this.#postings.found) {
      this.#postings.replace(cell, posting);
      this.#setEntry(entry, cell, size >> 8);
      this.#lowerTop(term, size & 255);
      return;
    }
    this.#counts.set(term, this.#counts.get(term) + 1);
    this.#putInDirectory(term, item, posting);
  }

  /** Takes a posting away; false if there was none. */
  remove(term: number, item: number): boolean {
    const blocks = this.#blocks.get(term);
    if (blocks === 0) return false;
    const start = this.#start.get(term);
    const block = this.seek(term, item, 0);
    if (block === blocks) return false;
    const cell = blocks === 1 ? start : this.#blockStart.get(start + block);
    const count = blocks === 1 ? this.#counts.get(term) : this.#blockSize.get(start + block) >> 8;
    this.#postings.find(cell, count, item);
    if (!this.#postings.found) return false;
    this.#counts.set(term, this.#counts.get(term) - 1);
    const top = blocks === 1 ? 0 : this.topOfBlock(term, block);
    const moved = this.#postings.delete(cell, count);
    if (blocks > 1) {
      if (moved < 0) this.#removeEntry(term, block);
      else {
        this.#setEntry(start + block, moved, count - 1);
        this.#joinSmall(term, block);
      }
      this.#lowerTop(term, top);
    } else if (moved < 0) {
      this.#start.set(term, -1);
      this.#blocks.set(term, 0);
      this.#top.set(term, 0);
    } else {
      this.#start.set(term, moved);
      this.#top.set(term, this.#postings.topOf(moved, count - 1));
    }
    return true;
  }

  // Terms of several blocks.

  #makeDirectory(term: number, start: number, count: number): void {
    const directory = this.#allocateDirectory(1);
    this.#start.set(term, directory);
    this.#setEntry(directory, start, count);
  }

  #allocateDirectory(blocks: number): number {
    const start = this.#directories.allocate(blocks);
    for (const column of this.#directoryColumns) column.ensure(this.#directories.cells);
    return start;
  }

  /** Says of a block where it is and what is in it. */
  #setEntry(entry: number, start: number, count: number): void {
    this.#blockStart.set(entry, start);
    this.#blockLast.set(entry, rowOf(this.#postings.cells.get(start + count - 1)));
    this.#blockSize.set(entry, (count << 8) | this.#postings.topOf(start, count));
  }

  /** The same after an impact came in. */
  #grownEntry(entry: number, start: number, count: number, impact: number): void {
    this.#blockStart.set(entry, start);
    this.#blockLast.set(entry, rowOf(this.#postings.cells.get(start + count - 1)));
    this.#blockSize.set(entry, (count << 8) | Math.max(this.#blockSize.get(entry) & 255, impact));
  }

  /** Inserts a posting that is not there yet into a term with a directory. */
  #putInDirectory(term: number, item: number, posting: number): void {
    const blocks = this.#blocks.get(term);
    let block = 0;
    if (blocks > 1) block = Math.min(this.seek(term, item, 0), blocks - 1);
    const entry = this.#start.get(term) + block;
    const start = this.#blockStart.get(entry);
    const count = this.#blockSize.get(entry) >> 8;
    this.#postings.find(start, count, item);
    if (count < blockMax(blocks)) {
      this.#grownEntry(entry, this.#postings.insert(start, count, posting), count + 1, impactOf(posting));
      return;
    }
    const place = this.#postings.place;
    if (block === blocks - 1 && place === count) {
      // Rows mostly come in order: what is full stays full, and the posting begins the next block.
      this.#addEntry(term, block + 1, this.#postings.add(posting), 1);
      return;
    }
    const half = count >> 1;
    const upper = this.#postings.moved(start, half, count);
    const lower = this.#postings.moved(start, 0, half);
    this.#postings.release(start, count);
    this.#setEntry(entry, lower, half);
    this.#addEntry(term, block + 1, upper, count - half);
    const isLower = place <= half;
    this.#postings.place = isLower ? place : place - half;
    const at = this.#start.get(term) + block + (isLower ? 0 : 1);
    const size = this.#blockSize.get(at) >> 8;
    this.#grownEntry(at, this.#postings.insert(this.#blockStart.get(at), size, posting), size + 1, impactOf(posting));
  }

  #addEntry(term: number, block: number, start: number, count: number): void {
    const blocks = this.#blocks.get(term);
    assert(blocks < blockCellsMax, `term ${term} has ${blocks} blocks`);
    let directory = this.#start.get(term);
    if (classOf(blocks + 1) !== classOf(blocks)) {
      const wider = this.#allocateDirectory(blocks + 1);
      for (const column of this.#directoryColumns) column.copy(directory, wider, blocks);
      this.#freeDirectory(directory, blocks);
      this.#start.set(term, wider);
      directory = wider;
    }
    for (const column of this.#directoryColumns) {
      const cells = column.segments[directory >>> segmentBits]!;
      const from = directory & segmentMask;
      cells.copyWithin(from + block + 1, from + block, from + blocks);
    }
    this.#blocks.set(term, blocks + 1);
    this.#setEntry(directory + block, start, count);
  }

  #removeEntry(term: number, block: number): void {
    const blocks = this.#blocks.get(term) - 1;
    const directory = this.#start.get(term);
    this.#blocks.set(term, blocks);
    for (const column of this.#directoryColumns) {
      const cells = column.segments[directory >>> segmentBits]!;
      const from = directory & segmentMask;
      cells.copyWithin(from + block, from + block + 1, from + blocks + 1);
      cells[from + blocks] = 0;
    }
    if (blocks === 1) {
      this.#start.set(term, this.#blockStart.get(directory));
      this.#freeDirectory(directory, 2);
    } else if (classOf(blocks) !== classOf(blocks + 1)) {
      const narrower = this.#allocateDirectory(blocks);
      for (const column of this.#directoryColumns) column.copy(directory, narrower, blocks);
      this.#freeDirectory(directory, blocks + 1);
      this.#start.set(term, narrower);
    }
  }

  #freeDirectory(start: number, blocks: number): void {
    for (const column of this.#directoryColumns)
      column.segments[start >>> segmentBits]!.fill(0, start & segmentMask, (start & segmentMask) + blocks);
    this.#directories.free(start, blocks);
  }

  /** Joins a block with a neighbour if both together fill at most half of one: splitting them again takes as many insertions. */
  #joinSmall(term: number, block: number): void {
    const blocks = this.#blocks.get(term);
    const directory = this.#start.get(term);
    const size = (b: number): number => this.#blockSize.get(directory + b) >> 8;
    for (const lower of [block - 1, block]) {
      if (lower < 0 || lower + 1 >= blocks || size(lower) + size(lower + 1) > blockPostings / 2) continue;
      const [first, second] = [this.#blockStart.get(directory + lower), this.#blockStart.get(directory + lower + 1)];
      const [a, b] = [size(lower), size(lower + 1)];
      const joined = this.#postings.join(first, a, second, b);
      this.#setEntry(directory + lower, joined, a + b);
      this.#removeEntry(term, lower + 1);
      return;
    }
  }

  /** After an impact in a block that had had `before` as its largest became smaller or left. */
  #lowerTop(term: number, before: number): void {
    if (before < this.#top.get(term)) return;
    const blocks = this.#blocks.get(term);
    const start = this.#start.get(term);
    if (blocks === 1) {
      this.#top.set(term, this.#postings.topOf(start, this.#counts.get(term)));
      return;
    }
    let top = 0;
    for (let b = 0; b < blocks && top < impactMax; b++) top = Math.max(top, this.#blockSize.get(start + b) & 255);
    this.#top.set(term, top);
  }
}

const sought = new Block();
