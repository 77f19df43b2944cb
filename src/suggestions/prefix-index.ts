/**
 * Texts sorted, in blocks, so that those that begin with something are found without looking at all, and the best few of them without
 * looking at all of these: a block knows its best. Derived from folded state: it is made anew after a restore, and nothing in an answer
 * depends on when that was, as what is better is the same at every age.
 */

import { atOnce, type Pieces } from "../core/pieces.ts";

/** Rows looked at before other work on the thread may have its turn. */
export const lookedAtOnce = 500;
/** Entries of a block before it is halved. */
const blockMax = 128;
/** First code units by which entries are dealt out before they are sorted: three times as fast as sorting them all at once. */
const dealtBy = 3;
/** Rows beyond those asked for that are looked at before twice as many are, as some may not be accepted; and at most. */
const spareRows = 4;
const lookedAtMax = 1024;
/** A correction of what was typed is sought among so many letters after each place. */
const nextLettersMax = 40;

interface Block {
  readonly keys: string[];
  readonly rows: number[];
  /** Its best row; −1: to be found. */
  best: number;
}

export interface Entry {
  readonly key: string;
  readonly row: number;
}

/** True if row `a` is better than row `b`: a strict order in which no two rows are equal. */
export type IsBetter = (a: number, b: number) => boolean;

export class PrefixIndex {
  readonly #isBetter: IsBetter;
  #blocks: Block[] = [];
  #size = 0;

  constructor(isBetter: IsBetter) {
    this.#isBetter = isBetter;
  }

  get size(): number {
    return this.#size;
  }

  /** Replaces all there is. */
  fill(entries: readonly Entry[]): void {
    atOnce(this.filling(entries));
  }

  /** As {@link fill}, in pieces; nothing may be looked up or changed meanwhile. */
  *filling(entries: readonly Entry[]): Pieces<void> {
    const dealt = new Map<string, Entry[]>();
    let done = 0;
    for (const entry of entries) {
      if (done++ % lookedAtOnce === 0) yield;
      const beginning = entry.key.slice(0, dealtBy);
      const stack = dealt.get(beginning);
      if (stack === undefined) dealt.set(beginning, [entry]);
      else stack.push(entry);
    }
    this.#blocks = [];
    this.#size = entries.length;
    let block: Block | undefined;
    for (const beginning of [...dealt.keys()].sort()) {
      const stack = dealt.get(beginning)!.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row - b.row));
      for (const { key, row } of stack) {
        if (block === undefined || block.keys.length === blockMax / 2)
          this.#blocks.push((block = { keys: [], rows: [], best: -1 }));
        block.keys.push(key);
        block.rows.push(row);
      }
      if ((done += stack.length) < lookedAtOnce) continue;
      done = 0;
      yield;
    }
  }

  /** Adds an entry, or, where it is there, notes that its row became better than it was. */
  put(key: string, row: number): void {
    if (this.#blocks.length === 0) this.#blocks.push({ keys: [], rows: [], best: -1 });
    const b = this.#blockOf(key, row);
    const block = this.#blocks[b]!;
    if (block.best >= 0 && block.best !== row && this.#isBetter(row, block.best)) block.best = row;
    const at = placeIn(block, key, row);
    if (block.rows[at] === row && block.keys[at] === key) return;
    block.keys.splice(at, 0, key);
    block.rows.splice(at, 0, row);
    this.#size++;
    if (block.keys.length > blockMax) this.#halve(b);
  }

  /** Notes that the row of an entry became worse than it was. */
  sink(key: string, row: number): void {
    const block = this.#blocks[this.#blocks.length === 0 ? -1 : this.#blockOf(key, row)];
    if (block !== undefined && block.best === row) block.best = -1;
  }

  remove(key: string, row: number): void {
    const b = this.#blocks.length === 0 ? -1 : this.#blockOf(key, row);
    const block = this.#blocks[b];
    if (block === undefined) return;
    const at = placeIn(block, key, row);
    if (block.rows[at] !== row || block.keys[at] !== key) return;
    block.keys.splice(at, 1);
    block.rows.splice(at, 1);
    block.best = -1;
    this.#size--;
    if (block.keys.length === 0) this.#blocks.splice(b, 1);
  }

  /** True if some key begins so. */
  has(prefix: string): boolean {
    const [b, at] = this.#seek(prefix);
    return this.#blocks[b]?.keys[at]?.startsWith(prefix) === true;
  }

  /**
   * The best rows that are accepted, best first and each once, of which a key begins with `prefix`. Where nearly none is accepted, the
   * best {@link lookedAtMax} are asked about.
   */
  best(prefix: string, limit: number, accepts: (row: number) => boolean): number[] {
    for (let looked = limit + spareRows; ; looked = Math.min(lookedAtMax, 2 * looked)) {
      const found = this.#top(prefix, looked);
      const accepted = found.filter(accepts);
      if (accepted.length >= limit || found.length < looked || looked >= lookedAtMax) return accepted.slice(0, limit);
    }
  }

  /** All rows, each once, of which a key begins with `prefix`. */
  rows(prefix: string): Set<number> {
    const [from, fromAt] = this.#seek(prefix);
    const [to, toAt] = this.#seek(`${prefix}\uffff`);
    const found = new Set<number>();
    for (let b = from; b <= to && b < this.#blocks.length; b++) {
      const { rows } = this.#blocks[b]!;
      const end = b === to ? toAt : rows.length;
      for (let i = b === from ? fromAt : 0; i < end; i++) found.add(rows[i]!);
    }
    return found;
  }

  /**
   * Prefixes that some key begins with, one edit (a letter left out, put in, exchanged, or two swapped) from `prefix`; its first letter
   * stays, unless it was swapped.
   */
  near(prefix: string): string[] {
    const found = new Set<string>();
    const consider = (text: string): void => {
      if (text !== prefix && !found.has(text) && this.has(text)) found.add(text);
    };
    for (let i = 0; i < prefix.length; i++) {
      const [head, tail] = [prefix.slice(0, i), prefix.slice(i + 1)];
      if (i + 1 < prefix.length) consider(head + prefix[i + 1] + prefix[i] + tail.slice(1));
      if (i === 0) continue;
      consider(head + tail);
      // What comes next after the head among the keys, one letter after another.
      let letter = "";
      for (let n = 0; n < nextLettersMax; n++) {
        const [b, at] = this.#seek(letter === "" ? head : `${head}${letter}\uffff`);
        const key = this.#blocks[b]?.keys[at];
        if (key === undefined || !key.startsWith(head)) break;
        letter = key[i] ?? "";
        if (letter === "") letter = "\u0000";
        consider(head + letter + tail);
        consider(head + letter + prefix[i] + tail);
      }
    }
    return [...found];
  }

  #top(prefix: string, limit: number): number[] {
    const [from, fromAt] = this.#seek(prefix);
    const [to, toAt] = this.#seek(`${prefix}\uffff`);
    const out: number[] = [];
    const offerAll = (block: Block, start: number, end: number): void => {
      for (let i = start; i < end; i++) this.#offer(block.rows[i]!, limit, out);
    };
    if (from === to) {
      if (fromAt < toAt) offerAll(this.#blocks[from]!, fromAt, toAt);
      return out;
    }
    const first = fromAt === 0 ? from : from + 1;
    if (first > from) offerAll(this.#blocks[from]!, fromAt, this.#blocks[from]!.keys.length);
    if (toAt > 0) offerAll(this.#blocks[to]!, 0, toAt);
    // The best of each block bound from below what stands on top; what is not better than all these need not be looked at.
    for (let b = first; b < to; b++) this.#offer(this.#bestOf(this.#blocks[b]!), limit, out);
    for (let b = first; b < to; b++) {
      const block = this.#blocks[b]!;
      if (out.length === limit && this.#isBetter(out[limit - 1]!, this.#bestOf(block))) continue;
      offerAll(block, 0, block.rows.length);
    }
    return out;
  }

  #offer(row: number, limit: number, out: number[]): void {
    if (out.length === limit && !this.#isBetter(row, out[limit - 1]!)) return;
    if (out.includes(row)) return;
    if (out.length === limit) out.length--;
    let at = out.length;
    while (at > 0 && this.#isBetter(row, out[at - 1]!)) at--;
    out.splice(at, 0, row);
  }

  #bestOf(block: Block): number {
    if (block.best >= 0) return block.best;
    let [best] = block.rows as [number];
    for (const row of block.rows) if (row !== best && this.#isBetter(row, best)) best = row;
    block.best = best;
    return best;
  }

  /** Block and place of the first key that is not before `prefix`. */
  #seek(prefix: string): [block: number, at: number] {
    if (this.#blocks.length === 0) return [0, 0];
    const b = this.#blockOf(prefix, -1);
    const at = placeIn(this.#blocks[b]!, prefix, -1);
    return at < this.#blocks[b]!.keys.length ? [b, at] : [b + 1, 0];
  }

  /** The last block whose first entry is not after this one; the first block if all are. */
  #blockOf(key: string, row: number): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const { keys, rows } = this.#blocks[middle]!;
      if (keys[0]! < key || (keys[0] === key && rows[0]! <= row)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #halve(b: number): void {
    const block = this.#blocks[b]!;
    const half = block.keys.length >> 1;
    const upper: Block = { keys: block.keys.splice(half), rows: block.rows.splice(half), best: -1 };
    block.best = -1;
    this.#blocks.splice(b + 1, 0, upper);
  }
}

/** Place of the first entry of a block that is not before this one. */
function placeIn({ keys, rows }: Block, key: string, row: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key || (keys[middle] === key && rows[middle]! < row)) low = middle + 1;
    else high = middle;
  }
  return low;
}
