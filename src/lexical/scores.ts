/** The matches of a query with their scores: all of them, or the best ones. Window after window of rows; in each, one reading after the other. */
import type { Found } from "../core/retrieved.ts";
import type { TextQuery } from "../core/text-query.ts";
import type { Matches } from "./matches.ts";
import { impactOf, rowOf } from "./posting-blocks.ts";
import { Block, type PostingLists } from "./posting-lists.ts";
import { ReadingRun, Window, windowRows } from "./reading-run.ts";
import { TopMatches } from "./top-matches.ts";
import { scoreOf, type WordRun } from "./word-run.ts";

/** Matches in a window from which on going through all its rows is cheaper than sorting them. */
const sortedUpTo = 512;

type Accepts = (item: number) => boolean;

export class Scores {
  readonly #postings: PostingLists;
  /** One more than the largest row of an item. */
  readonly #rows: () => number;
  readonly #window = new Window();
  readonly #best = new TopMatches();
  /** [row of the window] sum of its best reading, where there are several. */
  readonly #overall = new Int32Array(windowRows);
  readonly #overallRows = new Int32Array(windowRows);
  readonly #taken = new Int32Array(windowRows);

  constructor(postings: PostingLists, rows: () => number) {
    this.#postings = postings;
    this.#rows = rows;
  }

  top(query: TextQuery, k: number, accepts: Accepts | undefined, found: Found): void {
    const best = this.#best;
    best.begin(Math.max(0, Math.min(k, found.item.length)));
    const runs = this.#runs(query);
    const window = this.#window;
    const most = Math.max(0, ...runs.map((run) => run.most));
    for (window.start = 0; window.start < this.#rows() && best.floor < most; window.start += windowRows) {
      const { rows, sums } = this.#fill(runs, best.floor);
      const { start, count } = window;
      let kept = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        const sum = sums[row]!;
        sums[row] = 0;
        if (!best.takes(start + row, sum)) continue;
        if (accepts === undefined) best.add(start + row, sum);
        else {
          rows[kept] = row;
          this.#taken[kept++] = sum;
        }
      }
      if (accepts !== undefined) this.#addAccepted(kept, accepts);
      best.settle();
    }
    found.clear();
    best.drain((item, sum) => found.push(item, scoreOf(sum)));
  }

  /** Asked only when nothing of the window is left in the sums: what it throws leaves nothing behind. */
  #addAccepted(count: number, accepts: Accepts): void {
    const { rows, start } = this.#window;
    for (let i = 0; i < count; i++) {
      const item = start + rows[i]!;
      if (this.#best.takes(item, this.#taken[i]!) && accepts(item)) this.#best.add(item, this.#taken[i]!);
    }
  }

  all(query: TextQuery, accepts: Accepts | undefined, into: Matches): void {
    into.clear();
    const runs = this.#runs(query);
    if (runs.length === 1 && runs[0]!.only !== undefined) takeAllOf(runs[0]!.only, this.#rows(), into);
    else {
      const window = this.#window;
      for (window.start = 0; window.start < this.#rows(); window.start += windowRows)
        takeAll(this.#fill(runs, 0), into);
    }
    if (accepts !== undefined) into.keep(accepts);
  }

  /** Calls `visit` with each item that has a term, rows ascending. */
  items(term: number, visit: (item: number) => void): void {
    const block = new Block();
    for (let b = 0; b < this.#postings.blocks(term); b++) {
      this.#postings.block(term, b, block);
      for (let i = block.from; i < block.to; i++) visit(rowOf(block.cells[i]!));
    }
  }

  #runs({ readings }: TextQuery): ReadingRun[] {
    const runs = readings.map((reading) => new ReadingRun(this.#postings, reading, this.#rows()));
    return runs.filter(({ isPossible }) => isPossible);
  }

  /** The window with the rows of all readings that may be above the floor, each with its best sum. */
  #fill(runs: readonly ReadingRun[], floor: number): Window {
    const window = this.#window;
    if (runs.length === 1) {
      runs[0]!.fill(window, floor);
      return window;
    }
    const [overall, met] = [this.#overall, this.#overallRows];
    const { rows, sums } = window;
    let count = 0;
    for (const run of runs) {
      run.fill(window, floor);
      for (let i = 0; i < window.count; i++) {
        const row = rows[i]!;
        if (overall[row] === 0) met[count++] = row;
        if (sums[row]! > overall[row]!) overall[row] = sums[row]!;
        sums[row] = 0;
      }
    }
    for (let i = 0; i < count; i++) {
      const row = met[i]!;
      rows[i] = row;
      sums[row] = overall[row]!;
      overall[row] = 0;
    }
    window.count = count;
    window.isSorted = false;
    return window;
  }
}

/** Takes the matches of a window out of it, rows ascending. */
function takeAll({ start, rows, sums, count, isSorted }: Window, into: Matches): void {
  if (count === 0) return;
  // One more: the next is written before it is known to be one.
  into.reserve(count + 1);
  const { item, score } = into;
  let at = into.count;
  if (isSorted || count <= sortedUpTo) {
    const sorted = rows.subarray(0, count);
    if (!isSorted) sorted.sort();
    for (let i = 0; i < count; i++) {
      const row = sorted[i]!;
      item[at] = start + row;
      score[at++] = scoreOf(sums[row]!);
      sums[row] = 0;
    }
  } else {
    for (let row = 0; row < windowRows; row++) {
      const sum = sums[row]!;
      sums[row] = 0;
      item[at] = start + row;
      score[at] = scoreOf(sum);
      at += -sum >>> 31;
    }
  }
  into.count = at;
}

/** The matches of a word that is one term: its postings as they lie there. */
function takeAllOf(word: WordRun, rows: number, into: Matches): void {
  const units = word.units[0]!;
  into.reserve(word.postings);
  const { item, score } = into;
  let at = 0;
  while (word.stretch(0, 0, rows, 0)) {
    const { cells, from, to } = word;
    for (let i = from; i < to; i++) {
      item[at] = rowOf(cells[i]!);
      score[at++] = scoreOf(Math.imul(units, impactOf(cells[i]!)));
    }
  }
  into.count = at;
}
