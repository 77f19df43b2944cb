/** One word of a reading on its way through the posting lists: a cursor for each alternative, and what a match by it is worth. */
import type { QueryWord } from "../core/text-query.ts";
import { impactMax, lowerBound, rowOf } from "./posting-blocks.ts";
import { Block, type PostingLists } from "./posting-lists.ts";
import { sumMax } from "./top-matches.ts";

/** Units of one whole idf. */
const scale = 4096;
const onePerWhole = 1 / (scale * impactMax);
const nothingLeft = 2 ** 31 - 1;

/**
 * What an impact of an alternative is multiplied by: a whole number, so that a sum is the same in whatever order it is made. At least 1:
 * every match scores above 0. `words`: of its reading; the sum of all stays below {@link sumMax}.
 */
function unitsOf(idf: number, weight: number, readingWeight: number, words: number): number {
  const units = Math.round(idf * weight * readingWeight * scale);
  return Math.max(1, Math.min(Math.floor(sumMax / (impactMax * Math.max(1, words))), units));
}

/** A sum of units · impact as the score that it stands for. */
export const scoreOf = (sum: number): number => sum * onePerWhole;

export class WordRun {
  readonly isRequired: boolean;
  /** Alternatives that some item has. */
  readonly count: number;
  /** [alternative] */
  readonly terms: Int32Array;
  readonly units: Int32Array;
  /** The most that a match by this word adds, and postings of all alternatives. */
  readonly most: number;
  readonly postings: number;
  readonly #lists: PostingLists;
  /** [alternative] block, place in it, and a row below which nothing is left. */
  readonly #block: Int32Array;
  readonly #place: Int32Array;
  readonly #next: Int32Array;
  readonly #at = new Block();

  /** Of the last {@link stretch}: postings `cells[from]` up to `cells[to]`. */
  cells: Int32Array = this.#at.cells;
  from = 0;
  to = 0;

  constructor(lists: PostingLists, word: QueryWord, readingWeight: number, words: number) {
    this.#lists = lists;
    this.isRequired = word.isRequired;
    const { terms, weights, idf } = word;
    this.terms = new Int32Array(terms.length);
    this.units = new Int32Array(terms.length);
    let [count, most, postings] = [0, 0, 0];
    for (let a = 0; a < terms.length; a++) {
      const term = terms[a]!;
      if (lists.blocks(term) === 0) continue;
      const units = unitsOf(idf, weights[a]!, readingWeight, words);
      this.terms[count] = term;
      this.units[count++] = units;
      most = Math.max(most, units * lists.top(term));
      postings += lists.count(term);
    }
    this.count = count;
    this.most = most;
    this.postings = postings;
    this.#block = new Int32Array(count);
    this.#place = new Int32Array(count);
    this.#next = new Int32Array(count);
  }

  /**
   * The next postings of an alternative with rows from `start` up to `end`, to {@link cells}, {@link from} and {@link to}; false when there
   * are none left. Blocks whose largest impact is at most `passed` may be left out. Windows come in ascending order.
   */
  stretch(a: number, start: number, end: number, passed: number): boolean {
    if (this.#next[a]! >= end) return false;
    const lists = this.#lists;
    const term = this.terms[a]!;
    const blocks = lists.blocks(term);
    let block = this.#block[a]!;
    let place = this.#place[a]!;
    if (this.#next[a]! < start) {
      const sought = lists.seek(term, start, block);
      if (sought !== block) place = 0;
      block = sought;
    }
    if (passed > 0 && blocks > 1) {
      while (block < blocks && lists.topOfBlock(term, block) <= passed) {
        if (lists.lastRow(term, block) >= end) {
          // Its rest belongs to later windows, which may want it.
          this.#stay(a, block, place, end);
          return false;
        }
        block++;
        place = 0;
      }
    }
    if (block === blocks) {
      this.#next[a] = nothingLeft;
      return false;
    }
    const at = this.#at;
    lists.block(term, block, at);
    const { cells } = at;
    let from = at.from + place;
    if (from < at.to && rowOf(cells[from]!) < start) from = lowerBound(cells, from, at.to, start);
    let to = at.to;
    if (rowOf(cells[to - 1]!) < end) this.#stay(a, block + 1, 0, block + 1 < blocks ? start : nothingLeft);
    else {
      to = lowerBound(cells, from, to, end);
      this.#stay(a, block, to - at.from, to < at.to ? rowOf(cells[to]!) : end);
    }
    this.cells = cells;
    this.from = from;
    this.to = to;
    // Nothing in this block: the next begins beyond it, or there is none.
    return from < to || this.stretch(a, start, end, passed);
  }

  /** Impact of an alternative for a row at or beyond the window's start; 0 where it has it not. */
  impact(a: number, row: number): number {
    return this.#lists.impact(this.terms[a]!, row);
  }

  #stay(a: number, block: number, place: number, next: number): void {
    this.#block[a] = block;
    this.#place[a] = place;
    this.#next[a] = next;
  }
}
