/**
 * What can be said of how an item's texts match a query: BM25F and its parts, how much of the query is covered and where, phrases, order
 * and proximity, and how much of the title the query is. All of it depends on the query and the item alone, never on the other
 * candidates (ARCHITECTURE.md, invariant 4), and is scale-free but for the first column: shares of the query's idf or words.
 */
import { limits } from "../core/limits.ts";
import type { TextQuery } from "../core/text-query.ts";
import { boundary, type Documents, termOf } from "./documents.ts";
import { Hits, readingWordsMax, Seen, Sought, type SoughtReading } from "./match-hits.ts";
import { occurrenceWeight, saturated, slotB, slotCount, slotPivot, type TextSlot, textSlots } from "./text-slots.ts";

/** 1: a column that says how well the texts match, more of it never counts less; −1: more of it never counts more; 0: either way. */
type Direction = 1 | 0 | -1;

const slotDirections = Object.fromEntries(textSlots.map((slot) => [`bm25-${slot}`, 1])) as Readonly<
  Record<`bm25-${TextSlot}`, Direction>
>;

/** In the order in which {@link MatchFeatures} writes them, each with the direction that learned weights keep to. */
const directions = {
  // BM25F over all slots, as it orders what is found; the same as a share of the query's idf.
  bm25f: 1,
  share: 1,
  // BM25 of one slot alone, as a share of the query's idf.
  ...slotDirections,
  // Share of the query's idf that is matched: anywhere, in the title, in short texts, in the slot that has most of it.
  coverage: 1,
  "coverage-title": 1,
  "coverage-short": 1,
  "coverage-slot": 1,
  // Share of the query's words that the best slot has; words that no text has; share of the largest idf that goes unmatched.
  "words-slot": 1,
  "words-missed": -1,
  "rarest-missed": -1,
  "query-words": 0,
  "slots-matched": 0,
  // 1 where every matched word stands there as typed, less by what stands for it.
  literalness: 1,
  // The query is the title, the title begins with so much of the query, lies whole in the query, consists of it by this share.
  "title-exact": 1,
  "title-begins": 1,
  "title-within": 1,
  "title-share": 1,
  // Longest run of the query's words side by side, and how many follow their predecessor, as shares of the query.
  "title-phrase": 1,
  phrase: 1,
  "tags-phrase": 1,
  "title-order": 1,
  // Matched words over the shortest window that holds them all.
  "title-window": 1,
  "description-window": 1,
  // Words before the first match of the title and after the last; farther than any match where it has none.
  "title-first": -1,
  "title-last": -1,
  // Share of the slot's words that the query covers.
  "brand-share": 1,
  "words-share": 1,
  // Words of the title; ln(1 + words of all texts).
  "title-length": 0,
  "text-length": 0,
  // The item has a term that names it exactly.
  identifier: 1,
} as const satisfies Readonly<Record<string, Direction>>;

export type MatchColumn = keyof typeof directions;
export const matchColumns = Object.keys(directions) as readonly MatchColumn[];
/** Of a match column or any other, as a number field is one. */
export const directionOf = (column: string): Direction => directions[column as MatchColumn] ?? 0;

const at = Object.fromEntries(matchColumns.map((name, column) => [name, column])) as Readonly<
  Record<MatchColumn, number>
>;
const width = matchColumns.length;

const title = textSlots.indexOf("title");
const brand = textSlots.indexOf("brand");
const tags = textSlots.indexOf("tags");
const words = textSlots.indexOf("words");
const description = textSlots.indexOf("description");
/** Slots of short texts. */
const isShort = textSlots.map((slot) => slot !== "description" && slot !== "texts");
/** Words to the match of a title that has none: a place no worse than it stands nowhere. */
const noPlace = limits.slotTermsMax;
/** k₁ of a slot alone; within one slot a word said again says little. */
const slotSaturation = 1.2;

export class MatchFeatures {
  readonly #documents: Documents;
  readonly #sought = new Sought();
  readonly #seen = new Seen();
  /** Of the best reading so far, and of the one at hand. */
  #hits = new Hits();
  #others = new Hits();

  // Of one item and reading: [word × slot] occurrences, each by its weight; [word] the same as BM25F counts them, the largest weight.
  readonly #frequency = new Float64Array(readingWordsMax * slotCount);
  readonly #weighted = new Float64Array(readingWordsMax);
  readonly #best = new Float64Array(readingWordsMax);
  /** [slot] what an occurrence counts. */
  readonly #once = new Float64Array(slotCount);
  /** [word] 1 where a short text has it. */
  readonly #short = new Uint8Array(readingWordsMax);
  /** [word] hits of the slot, and hits inside a window. */
  readonly #inSlot = new Int32Array(readingWordsMax);
  readonly #inWindow = new Int32Array(readingWordsMax);

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /**
   * Writes `matchColumns.length` numbers for each of `count` items to `out`, row-major; zeros where an item (or −1) has no word of the query.
   * Of several readings the one by which an item has the highest BM25F. Returns how many items have a word of it.
   */
  describe(query: TextQuery, items: Int32Array, count: number, out: Float32Array): number {
    this.#sought.set(query);
    let matched = 0;
    out.fill(0, 0, count * width);
    for (let i = 0; i < count; i++) {
      if (items[i]! < 0 || !this.#documents.open(items[i]!)) continue;
      this.#seen.scan(this.#sought, this.#documents);
      if (this.#seen.count === 0) continue;
      matched++;
      this.#write(this.#bestReading(), out, i * width);
      if (query.exact.length > 0 && this.#hasOneOf(query.exact)) out[i * width + at.identifier] = 1;
    }
    return matched;
  }

  /** The reading by which the opened item scores best, of those of which it has a word; its hits are in `#hits`. */
  #bestReading(): SoughtReading {
    const { readings } = this.#sought;
    for (let slot = 0; slot < slotCount; slot++)
      this.#once[slot] = occurrenceWeight(slot, this.#documents.length[slot]!);
    let best = readings[0]!;
    let bestScore = -1;
    for (let r = 0; r < readings.length; r++) {
      this.#others.take(this.#sought, r, this.#seen);
      if (this.#others.count === 0) continue;
      const score = readings.length === 1 ? 1 : this.#score(readings[r]!, this.#others);
      if (score <= bestScore) continue;
      best = readings[r]!;
      bestScore = score;
      const hits = this.#hits;
      this.#hits = this.#others;
      this.#others = hits;
    }
    return best;
  }

  /**
   * Σ_words idf · w · tf~/(k₁ + tf~), w the largest weight by which the word is matched, tf~ its weighted frequency with each occurrence
   * counted by its own weight over w: a word's forms add up. Times the reading's own weight, and as if it had no more idf than the query
   * as typed. Leaves `#frequency`, `#weighted` and `#best` filled.
   */
  #score(sought: SoughtReading, { count, from, word, weight }: Hits): number {
    const weighted = this.#weighted.fill(0, 0, sought.count);
    const best = this.#best.fill(0, 0, sought.count);
    const frequency = this.#frequency.fill(0, 0, sought.count * slotCount);
    for (let slot = 0, h = 0; h < count; slot++) {
      const once = this.#once[slot]!;
      for (; h < from[slot + 1]!; h++) {
        const w = word[h]!;
        const counts = weight[h]!;
        frequency[w * slotCount + slot]! += counts;
        weighted[w]! += counts * once;
        if (counts > best[w]!) best[w] = counts;
      }
    }
    let score = 0;
    for (let w = 0; w < sought.count; w++)
      if (best[w]! > 0) score += sought.idf[w]! * best[w]! * saturated(weighted[w]! / best[w]!);
    return (sought.weight * score * sought.whole) / sought.idfSum;
  }

  #write(sought: SoughtReading, out: Float32Array, row: number): void {
    const hits = this.#hits;
    const { length } = this.#documents;
    const score = this.#score(sought, hits);
    const { idfSum, whole } = sought;
    out[row + at.bm25f] = score;
    out[row + at.share] = score / whole;
    this.#writeSlots(sought, idfSum, out, row);
    this.#writeWords(sought, idfSum, out, row);
    out[row + at["query-words"]] = sought.count;
    out[row + at["title-length"]] = length[title]!;
    out[row + at["text-length"]] = Math.log1p(sum(length));
    out[row + at["title-first"]] = noPlace;
    out[row + at["title-last"]] = noPlace;
    this.#short.fill(0, 0, sought.count);
    for (let slot = 0; slot < slotCount; slot++)
      if (hits.from[slot]! < hits.from[slot + 1]!) this.#writeSlot(sought, idfSum, slot, out, row);
    let short = 0;
    for (let w = 0; w < sought.count; w++) if (this.#short[w] === 1) short += sought.idf[w]!;
    out[row + at["coverage-short"]] = short / idfSum;
  }

  /** BM25 of each slot by itself. */
  #writeSlots(sought: SoughtReading, idfSum: number, out: Float32Array, row: number): void {
    for (let slot = 0; slot < slotCount; slot++) {
      if (this.#hits.from[slot] === this.#hits.from[slot + 1]) continue;
      const b = slotB[slot]!;
      const once = 1 / (1 - b + (b * this.#documents.length[slot]!) / slotPivot[slot]!);
      let score = 0;
      for (let w = 0; w < sought.count; w++) {
        const frequency = once * this.#frequency[w * slotCount + slot]!;
        score += (sought.idf[w]! * frequency) / (slotSaturation + frequency);
      }
      out[row + at["bm25-title"] + slot] = score / idfSum;
    }
  }

  /** Which words are matched at all. */
  #writeWords(sought: SoughtReading, idfSum: number, out: Float32Array, row: number): void {
    let covered = 0;
    let missed = 0;
    let rarest = 0;
    let rarestMissed = 0;
    let literalness = 1;
    for (let w = 0; w < sought.count; w++) {
      const idf = sought.idf[w]!;
      const best = this.#best[w]!;
      if (idf > rarest) rarest = idf;
      if (best > 0) {
        covered += idf;
        if (best < literalness) literalness = best;
      } else {
        missed++;
        if (idf > rarestMissed) rarestMissed = idf;
      }
    }
    out[row + at.coverage] = covered / idfSum;
    out[row + at["words-missed"]] = missed;
    out[row + at["rarest-missed"]] = rarest > 0 ? rarestMissed / rarest : 0;
    out[row + at.literalness] = literalness;
  }

  /** What the hits of one slot say; it has some. */
  #writeSlot(sought: SoughtReading, idfSum: number, slot: number, out: Float32Array, row: number): void {
    const { from, position, span, word } = this.#hits;
    const start = from[slot]!;
    const end = from[slot + 1]!;
    const count = sought.count;
    const inSlot = this.#inSlot.fill(0, 0, count);
    let matched = 0;
    let coverage = 0;
    let covered = 0;
    let longest = 0;
    let run = 0;
    let ordered = 0;
    let begins = 0;
    for (let h = start; h < end; h++) {
      const w = word[h]!;
      if (inSlot[w]!++ === 0) {
        matched++;
        coverage += sought.idf[w]!;
        if (isShort[slot]) this.#short[w] = 1;
      }
      if (begins === h - start && w === begins && position[h] === covered) begins++;
      covered += span[h]!;
      const follows = h > start && w === word[h - 1]! + 1;
      run = follows && position[h] === position[h - 1]! + span[h - 1]! ? run + 1 : 1;
      if (run > longest) longest = run;
      if (follows) ordered++;
    }
    coverage /= idfSum;
    const phrase = longest / count;
    const length = Math.max(1, this.#documents.length[slot]!);
    out[row + at["slots-matched"]]!++;
    out[row + at["coverage-slot"]] = Math.max(out[row + at["coverage-slot"]]!, coverage);
    out[row + at["words-slot"]] = Math.max(out[row + at["words-slot"]]!, matched / count);
    out[row + at.phrase] = Math.max(out[row + at.phrase]!, phrase);
    if (slot === title) {
      out[row + at["coverage-title"]] = coverage;
      out[row + at["title-exact"]] = begins === count && end - start === count && covered === length ? 1 : 0;
      out[row + at["title-begins"]] = begins / count;
      out[row + at["title-within"]] = covered === length && longest === end - start ? 1 : 0;
      out[row + at["title-share"]] = Math.min(1, covered / length);
      out[row + at["title-phrase"]] = phrase;
      out[row + at["title-order"]] = count > 1 ? Math.min(1, ordered / (count - 1)) : 0;
      out[row + at["title-window"]] = matched / this.#shortestWindow(start, end, matched, count);
      out[row + at["title-first"]] = position[start]!;
      out[row + at["title-last"]] = Math.max(0, length - position[end - 1]! - span[end - 1]!);
    } else if (slot === brand) out[row + at["brand-share"]] = Math.min(1, covered / length);
    else if (slot === words) out[row + at["words-share"]] = Math.min(1, covered / length);
    else if (slot === tags) out[row + at["tags-phrase"]] = phrase;
    else if (slot === description && matched > 1)
      out[row + at["description-window"]] = matched / this.#shortestWindow(start, end, matched, count);
  }

  /** Words of the shortest stretch of a slot that has each of its `matched` words; at least 1. Two ends that both only move on. */
  #shortestWindow(start: number, end: number, matched: number, count: number): number {
    const { position, span, word } = this.#hits;
    const inWindow = this.#inWindow.fill(0, 0, count);
    let shortest = Number.POSITIVE_INFINITY;
    let held = 0;
    for (let first = start, last = start; last < end; last++) {
      if (inWindow[word[last]!]!++ === 0) held++;
      for (; held === matched; first++) {
        shortest = Math.min(shortest, position[last]! + span[last]! - position[first]!);
        if (--inWindow[word[first]!]! === 0) held--;
      }
    }
    return Math.max(1, shortest);
  }

  /** True where the opened item has one of the terms; only in short texts, as descriptions name other items too. */
  #hasOneOf(terms: Int32Array): boolean {
    const { entries, from, to } = this.#documents;
    for (let slot = 0; slot < slotCount; slot++) {
      if (!isShort[slot]) continue;
      for (let i = from[slot]!; i < to[slot]!; i++)
        if (entries[i] !== boundary && terms.includes(termOf(entries[i]!))) return true;
    }
    return false;
  }
}

function sum(values: Int32Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
