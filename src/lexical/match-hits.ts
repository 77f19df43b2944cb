/** Where the words of a query stand in the texts of one item: what match features are made of. */
import { limits } from "../core/limits.ts";
import { Marks } from "../core/marks.ts";
import type { Reading, TextQuery } from "../core/text-query.ts";
import { boundary, type Documents, termOf, wholeOf } from "./documents.ts";
import { slotCount } from "./text-slots.ts";

/** Words of a reading that are looked for: synonyms of several words make it longer than the query. */
export const readingWordsMax = 2 * limits.queryWordsMax;
const entriesMax = limits.slotTermsMax;
/** Most terms of texts are none of the query's: a table that stays in the nearest cache says so for nearly all of them. */
const sieveMask = 4095;

/** Words of a reading. */
export interface SoughtReading {
  /** Words looked for. */
  readonly count: number;
  /** What scores of the reading are multiplied by. */
  readonly weight: number;
  /** [word] ≥ 0; a sum that is above 0. */
  readonly idf: Float64Array;
  readonly idfSum: number;
  /** What {@link idfSum} counts as: no more than that of the query as typed. */
  readonly whole: number;
}

/** The terms of a query, ready to be looked up. Reused. */
export class Sought {
  readings: SoughtReading[] = [];
  readonly #sieve = new Uint8Array(sieveMask + 1);
  /** Term → its last place. */
  readonly #places = new Marks();
  #count = 0;
  /** [place] an earlier place of the same term, −1 if none; which word of which reading it stands for, and how much a match by it counts. */
  #earlier = new Int32Array(256);
  #reading = new Uint8Array(256);
  #word = new Uint8Array(256);
  #weight = new Float32Array(256);

  set({ readings }: TextQuery): void {
    this.#sieve.fill(0);
    this.#places.clear();
    this.#count = 0;
    const typed = readings[0]!.words;
    // With a word that nothing is known of it is no measure.
    const most = typed.every(({ idf }) => idf > 0)
      ? typed.reduce((sum, { idf }) => sum + idf, 0)
      : Number.POSITIVE_INFINITY;
    this.readings = readings.map((reading, r) => this.#add(reading, r, most));
  }

  /** Last place of a term, or −1. */
  find(term: number): number {
    return this.#sieve[term & sieveMask] === 0 ? -1 : this.#places.get(term);
  }

  /** The place at which a term stands for a word of the reading, from its last place on; −1 for none. */
  placeIn(reading: number, last: number): number {
    let place = last;
    while (place >= 0 && this.#reading[place] !== reading) place = this.#earlier[place]!;
    return place;
  }

  wordAt(place: number): number {
    return this.#word[place]!;
  }

  /** 0 to 1. */
  weightAt(place: number): number {
    return this.#weight[place]!;
  }

  #add({ words, weight }: Reading, reading: number, most: number): SoughtReading {
    const count = Math.min(words.length, readingWordsMax);
    const idf = new Float64Array(count);
    let idfSum = 0;
    for (let w = 0; w < count; w++) {
      const { terms, weights } = words[w]!;
      idf[w] = words[w]!.idf;
      idfSum += idf[w]!;
      for (let a = 0; a < terms.length; a++) this.#addTerm(terms[a]!, weights[a]!, w, reading);
    }
    idfSum = Math.max(1e-9, idfSum);
    return { count, weight, idf, idfSum, whole: Math.min(idfSum, most) };
  }

  /** A term that stands for several words of a reading counts as the one that it is most like. */
  #addTerm(term: number, weight: number, word: number, reading: number): void {
    const last = this.#places.get(term);
    let place = this.placeIn(reading, last);
    if (place < 0) {
      place = this.#count++;
      if (place === this.#word.length) this.#grow();
      this.#earlier[place] = last;
      this.#reading[place] = reading;
      this.#weight[place] = -1;
      this.#places.set(term, place);
      this.#sieve[term & sieveMask] = 1;
    }
    if (weight <= this.#weight[place]!) return;
    this.#word[place] = word;
    this.#weight[place] = weight;
  }

  #grow(): void {
    const wider = <A extends Int32Array | Uint8Array | Float32Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    const length = 2 * this.#word.length;
    this.#earlier = wider(this.#earlier, new Int32Array(length));
    this.#reading = wider(this.#reading, new Uint8Array(length));
    this.#word = wider(this.#word, new Uint8Array(length));
    this.#weight = wider(this.#weight, new Float32Array(length));
  }
}

/** Slot after slot the entries of one item that are terms of the query, of whatever reading. Reused. */
export class Seen {
  count = 0;
  /** [slot] first, and one more: the end. */
  readonly from = new Int32Array(slotCount + 1);
  /** Which entry of the slot; the word of the text at which it stands, from 0 (a boundary counts as one that matches nothing). */
  readonly entry = new Int32Array(slotCount * entriesMax);
  readonly position = new Int32Array(slotCount * entriesMax);
  /** Of how many of the entries after it it is the whole, or 0. */
  readonly wholeOf = new Uint8Array(slotCount * entriesMax);
  /** Last place of its term among the sought. */
  readonly last = new Int32Array(slotCount * entriesMax);

  /** Of the item that `documents` was opened at. */
  scan(sought: Sought, { entries, from, to }: Documents): void {
    let count = 0;
    for (let slot = 0; slot < slotCount; slot++) {
      this.from[slot] = count;
      const start = from[slot]!;
      const end = Math.min(to[slot]!, start + entriesMax);
      let wholes = 0;
      for (let i = start; i < end; i++) {
        const entry = entries[i]!;
        if (entry === boundary) continue;
        const parts = wholeOf(entry);
        const last = sought.find(termOf(entry));
        if (last >= 0) {
          this.entry[count] = i - start;
          this.position[count] = i - start - wholes;
          this.wholeOf[count] = parts;
          this.last[count++] = last;
        }
        if (parts > 0) wholes++;
      }
    }
    this.from[slotCount] = count;
    this.count = count;
  }
}

/** Of what was seen, the places where a word of one reading stands. Reused. */
export class Hits {
  count = 0;
  /** [slot] first hit, and one more: the end. */
  readonly from = new Int32Array(slotCount + 1);
  /** [hit] word of the text at which it stands, and words of the text that it covers: more than 1 for a whole. */
  readonly position = new Int32Array(slotCount * entriesMax);
  readonly span = new Uint8Array(slotCount * entriesMax);
  /** [hit] word of the reading, and how much it counts. */
  readonly word = new Uint8Array(slotCount * entriesMax);
  readonly weight = new Float32Array(slotCount * entriesMax);

  take(sought: Sought, reading: number, seen: Seen): void {
    let count = 0;
    for (let slot = 0; slot < slotCount; slot++) {
      this.from[slot] = count;
      // The parts of a whole that was found are found with it.
      let foundUpTo = -1;
      for (let s = seen.from[slot]!; s < seen.from[slot + 1]!; s++) {
        if (seen.entry[s]! <= foundUpTo) continue;
        const place = sought.placeIn(reading, seen.last[s]!);
        if (place < 0) continue;
        const parts = seen.wholeOf[s]!;
        if (parts > 0) foundUpTo = seen.entry[s]! + parts;
        this.position[count] = seen.position[s]!;
        this.span[count] = Math.max(1, parts);
        this.word[count] = sought.wordAt(place);
        this.weight[count++] = sought.weightAt(place);
      }
    }
    this.from[slotCount] = count;
    this.count = count;
  }
}
