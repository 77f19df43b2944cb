/**
 * One reading of a query, window by window of rows: which rows match it, with which sum. Word by word: the first ones, the rarest,
 * say which rows come into question, and the others are added to these. A word that cannot lift a row over the floor by itself, nor
 * together with those after it, brings no rows of its own (MaxScore, Turtle & Flood 1995); where few rows are left they are looked up, where
 * many are, the word's postings are gone through: each costs what is cheaper there.
 */
import { segmentRows } from "../core/columns.ts";
import type { Reading } from "../core/text-query.ts";
import { impactOf, rowOf } from "./posting-blocks.ts";
import type { PostingLists } from "./posting-lists.ts";
import { WordRun } from "./word-run.ts";

/** Rows of one window, few enough that their sums lie in the processor's cache. */
export const windowRows = segmentRows;
/** What a look-up costs, in postings gone through. */
const lookUpCost = 16;
/** Rows of a window that are emptied in the time of one posting. */
const emptyingCost = 16;

/** Sums of a window's rows, relative to its start. Reused; all zero between two readings. */
export class Window {
  start = 0;
  readonly sums = new Int32Array(windowRows);
  /** Best alternative of the word at hand. */
  readonly best = new Int32Array(windowRows);
  /** Rows in question, relative to the start; one place more, as the next is written before it is known to stay. */
  readonly rows = new Int32Array(windowRows + 1);
  /** Rows that the word at hand has. */
  readonly fresh = new Int32Array(windowRows + 1);
  count = 0;
  isSorted = true;

  get end(): number {
    return this.start + windowRows;
  }
}

export class ReadingRun {
  readonly #lists: PostingLists;
  /** Required ones first, the rarest first; then the others, what is worth most first. */
  readonly #words: readonly WordRun[];
  /** [word] The most that it and those after it add. */
  readonly #rest: Int32Array;
  readonly #required: number;
  readonly #windowShare: number;
  /** False: nothing matches. */
  readonly isPossible: boolean;

  /** `rows`: one more than the largest row of an item. */
  constructor(lists: PostingLists, { words, weight }: Reading, rows: number) {
    this.#lists = lists;
    this.#windowShare = Math.min(1, windowRows / Math.max(1, rows));
    const runs = words.map((word) => new WordRun(lists, word, weight, words.length));
    this.isPossible = !runs.some(({ isRequired, count }) => isRequired && count === 0);
    const required = runs.filter(({ isRequired }) => isRequired).sort((a, b) => a.postings - b.postings);
    const others = runs.filter(({ isRequired, count }) => !isRequired && count > 0).sort((a, b) => b.most - a.most);
    this.#words = [...required, ...others];
    this.#required = required.length;
    this.#rest = new Int32Array(this.#words.length + 1);
    for (let w = this.#words.length - 1; w >= 0; w--) this.#rest[w] = this.#rest[w + 1]! + this.#words[w]!.most;
  }

  /** Its word where that is one term and nothing else. */
  get only(): WordRun | undefined {
    return this.#words.length === 1 && this.#words[0]!.count === 1 ? this.#words[0] : undefined;
  }

  /** The most that any row's sum is. */
  get most(): number {
    return this.isPossible ? this.#rest[0]! : 0;
  }

  /** Fills a window with the rows whose sum is above `floor`; with a floor of 0 all that match. */
  fill(window: Window, floor: number): void {
    window.count = 0;
    window.isSorted = true;
    if (!this.isPossible || this.#rest[0]! <= floor) return;
    let w = 0;
    if (this.#required > 0) {
      this.#open(this.#words[0]!, window, floor - this.#rest[1]!);
      w = 1;
    } else {
      // As long as words from here on could lift a row over the floor, they bring rows of their own.
      for (; w < this.#words.length && this.#rest[w]! > floor; w++)
        this.#open(this.#words[w]!, window, floor - this.#rest[w + 1]!);
      if (floor > 0) this.#keepAbove(window, floor - this.#rest[w]!);
    }
    for (; w < this.#words.length && window.count > 0; w++)
      this.#add(this.#words[w]!, window, floor - this.#rest[w + 1]!, w < this.#required);
  }

  /**
   * Adds a word to the rows in question, and brings in those that it lifts above `needed`: what it and all words after it lift no
   * further than the floor is left out. Such a row may come in with a later word, its sum then too low: below the floor all the same.
   */
  #open(word: WordRun, window: Window, needed: number): void {
    const filter = Math.max(0, needed);
    if (word.count > 1) {
      this.#openSeveral(word, window, filter);
      return;
    }
    const passed = Math.floor(filter / word.units[0]!);
    if (window.count === 0) this.#openFirst(word, window, passed);
    else if (passed > 0 && word.postings * this.#windowShare > lookUpCost * window.count) {
      this.#lookUp(word, 0, window);
      this.#takeBest(window);
      this.#openFresh(word, window, passed);
    } else this.#openMore(word, window, passed);
  }

  /** Into an empty window; impacts up to `passed` stay out. */
  #openFirst(word: WordRun, window: Window, passed: number): void {
    const { start, end, sums, rows } = window;
    const units = word.units[0]!;
    let count = 0;
    while (word.stretch(0, start, end, passed)) {
      const { cells, from, to } = word;
      for (let i = from; i < to; i++) {
        const posting = cells[i]!;
        const impact = impactOf(posting);
        const row = rowOf(posting) - start;
        const isAbove = exceeds(impact, passed);
        rows[count] = row;
        count += isAbove;
        sums[row] = Math.imul(units, impact) & -isAbove;
      }
    }
    window.count = count;
  }

  /** To all rows that have it; of those not in question yet, impacts up to `passed` stay out. */
  #openMore(word: WordRun, window: Window, passed: number): void {
    const { start, end, sums, rows } = window;
    const units = word.units[0]!;
    let count = window.count;
    while (word.stretch(0, start, end, 0)) {
      const { cells, from, to } = word;
      for (let i = from; i < to; i++) {
        const posting = cells[i]!;
        const impact = impactOf(posting);
        const row = rowOf(posting) - start;
        const before = sums[row]!;
        const isFresh = exceeds(1, before);
        const isAdded = exceeds(impact, passed) | (1 - isFresh);
        rows[count] = row;
        count += isFresh & isAdded;
        sums[row] = before + (Math.imul(units, impact) & -isAdded);
      }
    }
    window.isSorted = false;
    window.count = count;
  }

  /** To rows that are not in question yet; impacts up to `passed` stay out. */
  #openFresh(word: WordRun, window: Window, passed: number): void {
    const { start, end, sums, rows } = window;
    const units = word.units[0]!;
    let count = window.count;
    while (word.stretch(0, start, end, passed)) {
      const { cells, from, to } = word;
      for (let i = from; i < to; i++) {
        const posting = cells[i]!;
        const impact = impactOf(posting);
        if (impact <= passed) continue;
        const row = rowOf(posting) - start;
        if (sums[row] !== 0) continue;
        rows[count++] = row;
        sums[row] = Math.imul(units, impact);
      }
    }
    window.isSorted = false;
    window.count = count;
  }

  #openSeveral(word: WordRun, window: Window, filter: number): void {
    const { sums, rows, best, fresh } = window;
    const met = this.#gather(word, window);
    let count = window.count;
    for (let i = 0; i < met; i++) {
      const row = fresh[i]!;
      const worth = best[row]!;
      best[row] = 0;
      const before = sums[row]!;
      if (before === 0) {
        if (worth <= filter) continue;
        rows[count++] = row;
      }
      sums[row] = before + worth;
    }
    window.count = count;
    window.isSorted = false;
  }

  /** The best alternative of every row of the window, to `best`, and these rows to `fresh`; answers how many. */
  #gather(word: WordRun, window: Window): number {
    const { start, end, best, fresh } = window;
    let met = 0;
    for (let a = 0; a < word.count; a++) {
      const units = word.units[a]!;
      while (word.stretch(a, start, end, 0)) {
        const { cells, from, to } = word;
        for (let i = from; i < to; i++) {
          const posting = cells[i]!;
          const row = rowOf(posting) - start;
          const worth = Math.imul(units, impactOf(posting));
          const before = best[row]!;
          fresh[met] = row;
          met += exceeds(1, before);
          best[row] = Math.max(before, worth);
        }
      }
    }
    return met;
  }

  /** Adds a word to the rows in question, and keeps those above `needed`; if it is required, only those that have it. */
  #add(word: WordRun, window: Window, needed: number, isRequired: boolean): void {
    const { best, rows, sums } = window;
    let isLeftOver = false;
    for (let a = 0; a < word.count; a++) {
      const expected = this.#lists.count(word.terms[a]!) * this.#windowShare;
      if (expected > lookUpCost * window.count) this.#lookUp(word, a, window);
      else if (expected < windowRows / emptyingCost) this.#pass(word, a, window);
      else {
        this.#passAll(word, a, window);
        isLeftOver = true;
      }
    }
    const always = isRequired ? 0 : 1;
    let kept = 0;
    for (let i = 0; i < window.count; i++) {
      const row = rows[i]!;
      const worth = best[row]!;
      const sum = sums[row]! + worth;
      const isKept = exceeds(sum, needed) & (exceeds(worth, 0) | always);
      best[row] = 0;
      sums[row] = sum & -isKept;
      rows[kept] = row;
      kept += isKept;
    }
    window.count = kept;
    if (isLeftOver) best.fill(0);
  }

  /** What an alternative is worth for the rows in question, to `best`: by looking each up. */
  #lookUp(word: WordRun, a: number, { start, rows, best, count }: Window): void {
    const units = word.units[a]!;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const worth = Math.imul(units, word.impact(a, start + row));
      if (worth > best[row]!) best[row] = worth;
    }
  }

  /** The same by going through its postings. */
  #pass(word: WordRun, a: number, { start, end, sums, best }: Window): void {
    const units = word.units[a]!;
    while (word.stretch(a, start, end, 0)) {
      const { cells, from, to } = word;
      for (let i = from; i < to; i++) {
        const posting = cells[i]!;
        const row = rowOf(posting) - start;
        if (sums[row] !== 0) best[row] = Math.max(best[row]!, Math.imul(units, impactOf(posting)));
      }
    }
  }

  /** The same for many: also for rows not in question, as asking which are costs more than emptying all. */
  #passAll(word: WordRun, a: number, { start, end, best }: Window): void {
    const units = word.units[a]!;
    while (word.stretch(a, start, end, 0)) {
      const { cells, from, to } = word;
      for (let i = from; i < to; i++) {
        const posting = cells[i]!;
        const row = rowOf(posting) - start;
        best[row] = Math.max(best[row]!, Math.imul(units, impactOf(posting)));
      }
    }
  }

  #takeBest({ rows, sums, best, count }: Window): void {
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      sums[row] = sums[row]! + best[row]!;
      best[row] = 0;
    }
  }

  #keepAbove(window: Window, needed: number): void {
    if (needed <= 0) return;
    const { rows, sums } = window;
    let kept = 0;
    for (let i = 0; i < window.count; i++) {
      const row = rows[i]!;
      if (sums[row]! > needed) rows[kept++] = row;
      else sums[row] = 0;
    }
    window.count = kept;
  }
}

/** 1 where a > b, else 0; both between −2³⁰ and 2³⁰. Without a branch: which rows pass cannot be foretold, and a wrong guess costs ten of these. */
const exceeds = (a: number, b: number): number => (b - a) >>> 31;
