/**
 * Text of items to items of a query: every item event that changes text indexes the item anew, at once. Folded state; what it answers
 * is exact (`scores.ts`) and checked against a slow scan.
 */
import type { Analyzer } from "../core/analyzer.ts";
import { Int32Column } from "../core/columns.ts";
import type { Fields, FieldValue } from "../core/event.ts";
import { limits } from "../core/limits.ts";
import { Marks } from "../core/marks.ts";
import { hashText } from "../core/random.ts";
import { readable, readingUnits } from "../core/read-length.ts";
import type { Found } from "../core/retrieved.ts";
import { blockCellsMax } from "../core/slab.ts";
import { prefixed, type State, state } from "../core/state.ts";
import type { TextQuery } from "../core/text-query.ts";
import { Dictionary } from "./dictionary.ts";
import { boundary, Documents, Draft, entryOf, termOf } from "./documents.ts";
import type { Matches } from "./matches.ts";
import { impactMax } from "./posting-blocks.ts";
import { PostingLists } from "./posting-lists.ts";
import { Scores } from "./scores.ts";
import { occurrenceWeight, saturated, slotCount } from "./text-slots.ts";

export interface LexicalIndexOptions {
  readonly analyzer: Analyzer;
  /** Slot of a field's text (`text-slots.ts`), −1 for a field that is not searched. Must say the same for a field at all times. */
  slotOf(field: string): number;
  /** What a field counts beside others of its slot; default 1. */
  weightOf?(field: string): number;
}

/** Terms of one slot: all slots of an item together have to find room in one block. */
const slotTerms = Math.min(limits.slotTermsMax, Math.floor((blockCellsMax - 1) / slotCount) - 1);
/** Two hashes of an item's texts, so that what comes again unchanged is not analysed again. */
const seeds = [0x811c9dc5, 0x2f0b4c47] as const;
const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const address = /^(?:https?:)?\/\/\S+$/i;

export class LexicalIndex {
  readonly state: State;
  readonly dictionary = new Dictionary();
  readonly documents = new Documents();
  readonly #postings = new PostingLists(this.dictionary.counts);
  readonly #scores = new Scores(this.#postings, () => this.documents.rows);
  readonly #analyzer: Analyzer;
  readonly #slotOf: (field: string) => number;
  readonly #weightOf: (field: string) => number;
  /** [item] of its texts; 0 and 0 without. */
  readonly #hashes = [new Int32Column("hash"), new Int32Column("secondHash")] as const;

  // Scratch of one item.
  readonly #draft = new Draft(slotTerms);
  readonly #weights = Array.from({ length: slotCount }, () => new Float64Array(slotTerms));
  readonly #slotTexts: readonly { text: string; weight: number }[][] = Array.from({ length: slotCount }, () => []);
  /** Term → its place below. */
  readonly #places = new Marks();
  readonly #terms: number[] = [];
  readonly #frequencies: number[] = [];
  readonly #oldTerms: number[] = [];

  constructor({ analyzer, slotOf, weightOf = () => 1 }: LexicalIndexOptions) {
    this.#analyzer = analyzer;
    this.#slotOf = slotOf;
    this.#weightOf = weightOf;
    this.state = state("lexical", 1, [
      ...prefixed(this.documents.state),
      ...this.#hashes,
      ...prefixed(this.#postings.state),
      // Last: who listens to the dictionary is told when everything is there.
      ...prefixed(this.dictionary.state),
    ]);
  }

  /** Items with text. */
  get size(): number {
    return this.documents.size;
  }

  /** An item event, after the catalogue has folded it: `fields` answers all fields as merged. Prices and stock cost nothing. */
  fold(item: number, given: Fields, fields: () => Fields | undefined): void {
    for (const name of Object.keys(given)) {
      if (this.#slotOf(name) < 0) continue;
      this.#index(item, fields() ?? {});
      return;
    }
  }

  /** The item was removed, or its row is freed. */
  forget(item: number): void {
    this.#collectOld(item);
    for (const term of this.#oldTerms) this.#remove(term, item);
    this.documents.forget(item);
    for (const column of this.#hashes) if (item < column.length) column.set(item, 0);
  }

  /**
   * The best `k` (at most 1,024) matches that `accepts` lets pass, best first, of equal scores the lower row first. Scores as the
   * contract says: of the best reading, weight · Σ idf · alternative's weight · share.
   */
  top(query: TextQuery, k: number, accepts: ((item: number) => boolean) | undefined, found: Found): void {
    this.#scores.top(query, k, accepts, found);
  }

  /** Every match that `accepts` lets pass, rows ascending. */
  all(query: TextQuery, accepts: ((item: number) => boolean) | undefined, into: Matches): void {
    this.#scores.all(query, accepts, into);
  }

  /** True where an item has a term that names it: a model number, a code. */
  isNamed({ exact }: TextQuery, item: number): boolean {
    for (let i = 0; i < exact.length; i++) if (this.has(exact[i]!, item)) return true;
    return false;
  }

  /** True where an item has the term. */
  has(term: number, item: number): boolean {
    return this.#postings.impact(term, item) > 0;
  }

  /** Calls `visit` with each item that has the term, rows ascending. */
  items(term: number, visit: (item: number) => void): void {
    this.#scores.items(term, visit);
  }

  #index(item: number, fields: Fields): void {
    const { first, second } = this.#hashOf(fields);
    if (this.documents.has(item) && this.#hashes[0].get(item) === first && this.#hashes[1].get(item) === second) return;
    this.#analyse(fields);
    this.#collectOld(item);
    this.#collectNew();
    for (let i = 0; i < this.#terms.length; i++)
      this.#postings.put(this.#terms[i]!, item, quantised(saturated(this.#frequencies[i]!)));
    for (const term of this.#oldTerms) if (this.#places.get(term) < 0) this.#remove(term, item);
    this.documents.write(item, this.#draft);
    this.#hashes[0].set(item, this.documents.has(item) ? first : 0);
    this.#hashes[1].set(item, this.documents.has(item) ? second : 0);
  }

  #remove(term: number, item: number): void {
    this.#postings.remove(term, item);
    if (this.dictionary.documents(term) === 0) this.dictionary.remove(term);
  }

  /** Calls `visit` with each text of the fields that are searched. */
  #texts(fields: Fields, visit: (text: string, slot: number, field: string) => void): void {
    for (const field of Object.keys(fields)) {
      const slot = this.#slotOf(field);
      if (slot < 0) continue;
      const value: FieldValue = fields[field]!;
      for (const one of Array.isArray(value) ? value : [value])
        if (typeof one === "string" && one !== "" && !isoDate.test(one) && !address.test(one)) visit(one, slot, field);
    }
  }

  #hashOf(fields: Fields): { first: number; second: number } {
    let [first, second]: number[] = seeds as unknown as number[];
    this.#texts(fields, (text, slot) => {
      first = hashText(text, first! + slot);
      second = hashText(text, second! ^ slot);
    });
    return { first: first!, second: second! };
  }

  /** The texts' terms, slot by slot, to the draft: at a limit, what is in later slots is left out. */
  #analyse(fields: Fields): void {
    this.#draft.clear();
    this.#places.clear();
    for (const texts of this.#slotTexts) texts.length = 0;
    this.#texts(
      fields,
      (text, slot, field) => void this.#slotTexts[slot]!.push({ text, weight: this.#weightOf(field) }),
    );
    const left = { units: limits.itemTextMax as number, terms: limits.itemTermsMax as number };
    this.#slotTexts.forEach((texts, slot) => {
      let units: number = Math.min(limits.slotTextMax, left.units);
      left.units -= units;
      for (const { text, weight } of texts) {
        if (units <= 0) break;
        this.#analyseText(readable(text, units), slot, weight, left);
        units -= readingUnits(text, units);
      }
      left.units += Math.max(0, units);
    });
  }

  #analyseText(text: string, slot: number, weight: number, left: { terms: number }): void {
    const draft = this.#draft;
    const entries = draft.entries[slot]!;
    const weights = this.#weights[slot]!;
    let count = draft.count[slot]!;
    if (count >= entries.length - 1 || left.terms === 0) return;
    if (count > 0) entries[count++] = boundary;
    for (const token of this.#analyzer.analyze(text)) {
      if (count === entries.length || left.terms === 0) break;
      const term = this.dictionary.intern(token.text, token.kind);
      if (term < 0) continue;
      if (this.#places.get(term) < 0) {
        this.#places.set(term, 0);
        left.terms--;
      }
      weights[count] = weight;
      entries[count++] = entryOf(term, token.wholeOf);
      if (token.wholeOf === 0) draft.length[slot]!++;
    }
    draft.count[slot] = count;
  }

  /** Distinct terms of the draft with their frequencies tf~ = Σ_slots w · tf / (1 − b + b · length / pivot). */
  #collectNew(): void {
    const { entries, count, length } = this.#draft;
    this.#places.clear();
    this.#terms.length = 0;
    this.#frequencies.length = 0;
    for (let slot = 0; slot < slotCount; slot++) {
      const once = occurrenceWeight(slot, length[slot]!);
      for (let i = 0; i < count[slot]!; i++) {
        const entry = entries[slot]![i]!;
        if (entry === boundary) continue;
        const term = termOf(entry);
        const frequency = once * this.#weights[slot]![i]!;
        const place = this.#places.get(term);
        if (place >= 0) this.#frequencies[place]! += frequency;
        else {
          this.#places.set(term, this.#terms.length);
          this.#terms.push(term);
          this.#frequencies.push(frequency);
        }
      }
    }
  }

  /** Distinct terms that the item has. */
  #collectOld(item: number): void {
    this.#oldTerms.length = 0;
    if (!this.documents.open(item)) return;
    const { entries, from, to } = this.documents;
    this.#places.clear();
    for (let slot = 0; slot < slotCount; slot++) {
      for (let i = from[slot]!; i < to[slot]!; i++) {
        const entry = entries[i]!;
        if (entry === boundary || this.#places.get(termOf(entry)) >= 0) continue;
        this.#places.set(termOf(entry), 0);
        this.#oldTerms.push(termOf(entry));
      }
    }
  }
}

/** A share to an impact: at least 1, so that every match scores above 0. */
const quantised = (share: number): number => Math.max(1, Math.min(impactMax, Math.round(share * impactMax)));
