/**
 * Words by likeness: by length, each with a mask of its letters and one of its pairs of letters. Words a few edits apart differ little in
 * length and in either, so a scan of two columns leaves a handful to compare letter by letter.
 */
import { comparedMax, editDistance } from "./edit-distance.ts";

export interface Near {
  readonly term: number;
  readonly text: string;
  /** Edits, 1 or 2. */
  readonly distance: number;
}

/** Words of one length, in no order. */
class Shelf {
  count = 0;
  letters = new Int32Array(16);
  pairs = new Int32Array(16);
  terms = new Int32Array(16);

  push(text: string, term: number): number {
    if (this.count === this.terms.length) {
      this.letters = grown(this.letters);
      this.pairs = grown(this.pairs);
      this.terms = grown(this.terms);
    }
    this.letters[this.count] = letters(text);
    this.pairs[this.count] = pairs(text);
    this.terms[this.count] = term;
    return this.count++;
  }

  /** The last one takes its place. */
  remove(place: number): void {
    const last = --this.count;
    this.letters[place] = this.letters[last]!;
    this.pairs[place] = this.pairs[last]!;
    this.terms[place] = this.terms[last]!;
  }
}

function grown(column: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * column.length);
  longer.set(column);
  return longer;
}

export class NearTerms {
  #shelves: Shelf[] = [];
  /** [term] place on its shelf. */
  #place: number[] = [];
  readonly #textOf: (term: number) => string;

  constructor(textOf: (term: number) => string) {
    this.#textOf = textOf;
  }

  clear(): void {
    this.#shelves = [];
    this.#place = [];
  }

  add(term: number, text: string): void {
    if (text.length > comparedMax) return;
    while (this.#shelves.length <= text.length) this.#shelves.push(new Shelf());
    this.#place[term] = this.#shelves[text.length]!.push(text, term);
  }

  remove(term: number, text: string): void {
    const shelf = this.#shelves[text.length];
    if (text.length > comparedMax || shelf === undefined) return;
    const place = this.#place[term]!;
    shelf.remove(place);
    this.#place[shelf.terms[place]!] = place;
  }

  /** Every word at most `max` edits from `text` and not the same, in no order. */
  find(text: string, max: number): Near[] {
    const found: Near[] = [];
    const [ownLetters, ownPairs] = [letters(text), pairs(text)];
    // One edit takes one letter away and puts one in, and changes at most three pairs to three others, when it is a swap.
    const [lettersMax, pairsMax] = [2 * max, 6 * max];
    for (let length = Math.max(1, text.length - max); length <= text.length + max; length++) {
      const shelf = this.#shelves[length];
      if (shelf === undefined) continue;
      const { terms, count } = shelf;
      for (let i = 0; i < count; i++) {
        if (bits(shelf.letters[i]! ^ ownLetters) > lettersMax || bits(shelf.pairs[i]! ^ ownPairs) > pairsMax) continue;
        const term = terms[i]!;
        const other = this.#textOf(term);
        const distance = editDistance(text, other, max);
        if (distance > 0 && distance <= max) found.push({ term, text: other, distance });
      }
    }
    return found;
  }

  /** Every longer word of which some beginning is one edit from `text`. */
  findBeginnings(text: string): Near[] {
    const found: Near[] = [];
    const [ownLetters, ownPairs] = [letters(text), pairs(text)];
    for (let length = text.length + 1; length < this.#shelves.length; length++) {
      const shelf = this.#shelves[length]!;
      const { terms, count } = shelf;
      for (let i = 0; i < count; i++) {
        // All letters but one have to be there, and all pairs but three.
        if (bits(ownLetters & ~shelf.letters[i]!) > 1 || bits(ownPairs & ~shelf.pairs[i]!) > 3) continue;
        const term = terms[i]!;
        const other = this.#textOf(term);
        if (beginsNear(text, other)) found.push({ term, text: other, distance: 1 });
      }
    }
    return found;
  }
}

function beginsNear(text: string, word: string): boolean {
  for (let length = text.length - 1; length <= text.length + 1; length++)
    if (length <= word.length && editDistance(text, word.slice(0, length), 1) === 1) return true;
  return false;
}

/** A bit for each letter that occurs; letters of other scripts share bits, which lets more through and loses none. */
function letters(text: string): number {
  let mask = 0;
  for (let i = 0; i < text.length; i++) mask |= 1 << (text.charCodeAt(i) & 31);
  return mask;
}

/** A bit for each two letters in a row, by a hash of both. */
function pairs(text: string): number {
  let mask = 0;
  for (let i = 1; i < text.length; i++)
    mask |= 1 << ((Math.imul(text.charCodeAt(i - 1), 7) + Math.imul(text.charCodeAt(i), 13)) & 31);
  return mask;
}

/** Ones of a 32-bit number. */
function bits(x: number): number {
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
