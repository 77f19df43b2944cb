/**
 * Terms by prefix, by ending, by stem and by likeness. All of it follows from the dictionary alone and is no state: it is kept up
 * as terms come and go, made anew after a restore, and what is answered depends only on which terms there are.
 */
import type { Analyzer } from "../core/analyzer.ts";
import { HashTable } from "../core/hash-table.ts";
import { atOnce, type Pieces } from "../core/pieces.ts";
import { hashText } from "../core/random.ts";
import type { Dictionary } from "./dictionary.ts";
import { MostFrequent } from "./most-frequent.ts";
import { NearTerms } from "./near-terms.ts";
import { SortedTerms } from "./sorted-terms.ts";

export type Terms = Pick<Dictionary, "rows" | "find" | "text" | "kind" | "documents" | "listen">;

/** Letters that a word has at least to be mended, and to be mended twice. */
const mendedFrom = 4;
const mendedTwiceFrom = 8;
/** Terms looked at before other work on the thread may have its turn. */
const termsAtOnce = 100;

export interface NearTerm {
  readonly term: number;
  readonly text: string;
  /** Edits, and half a one more where the first letter is another: 1, 1.5, 2 or 2.5. */
  readonly cost: number;
}

export class TermLookup {
  readonly #terms: Terms;
  readonly #analyzer: Pick<Analyzer, "stem" | "compounds">;
  readonly #byPrefix = new SortedTerms();
  /** Stems spelled backwards, each with its term: of ideograms, and of words where the language writes compounds. */
  readonly #byEnding = new SortedTerms();
  /** Hash of a stem (31 bits), 0 … → term: words of one stem under successive numbers. No `Map`, which grows in one long step. */
  #stems = new HashTable("stems", ["term"]);
  readonly #near: NearTerms;
  /** [term] */
  #texts: string[] = [];
  #isStale = false;

  constructor(terms: Terms, analyzer: Pick<Analyzer, "stem" | "compounds">) {
    this.#terms = terms;
    this.#analyzer = analyzer;
    this.#near = new NearTerms((term) => this.#texts[term]!);
    this.#isStale = terms.rows > 0;
    terms.listen({
      added: (term, text) => this.#isStale || this.#add(term, text),
      removed: (term, text) => this.#isStale || this.#remove(term, text),
      restored: () => {
        this.#isStale = true;
      },
    });
  }

  /** Makes anew what a restore made stale, so that no request waits for it; otherwise the first lookup does. */
  prepare(): void {
    if (this.#isStale) atOnce(this.preparing());
  }

  /** As {@link prepare}, in pieces; no term may come or go meanwhile. */
  *preparing(): Pieces<void> {
    if (!this.#isStale) return;
    this.#clear();
    const kept = new Rebuilt();
    for (let term = 0; term < this.#terms.rows; term++) {
      if (term % termsAtOnce === 0) yield;
      const text = this.#terms.text(term);
      if (text === undefined) continue;
      this.#texts[term] = text;
      kept.prefixes.push(text);
      kept.terms.push(term);
      if (this.#hasEnding(term)) {
        kept.endings.push(this.#endingKey(text));
        kept.endingTerms.push(term);
      }
      if (this.#isWord(term)) this.#addWord(term, text);
    }
    yield* this.#byPrefix.filling(kept.prefixes, kept.terms);
    yield* this.#byEnding.filling(kept.endings, kept.endingTerms);
    this.#isStale = false;
  }

  /** Row of a word that some item has, −1 where none does. */
  find(text: string): number {
    const term = this.#terms.find(text);
    return term >= 0 && this.#terms.documents(term) > 0 ? term : -1;
  }

  text(term: number): string {
    this.prepare();
    return this.#texts[term]!;
  }

  documents(term: number): number {
    return this.#terms.documents(term);
  }

  kind(term: number): ReturnType<Terms["kind"]> {
    return this.#terms.kind(term);
  }

  /** The most frequent terms that begin with `prefix`, itself included: at most `size`, most frequent first, then by the alphabet. */
  byPrefix(prefix: string, size: number): number[] {
    this.prepare();
    const found = new MostFrequent(size, this.#terms);
    this.#byPrefix.each(prefix, (terms, from, to) => found.take(terms, from, to));
    return found.inOrder();
  }

  /** Items of all terms that begin with `prefix`, itself included; an item that has several counts as often. */
  documentsBegun(prefix: string): number {
    this.prepare();
    let documents = 0;
    this.#byPrefix.each(prefix, (terms, from, to) => {
      for (let i = from; i < to; i++) documents += this.#terms.documents(terms[i]!);
    });
    return documents;
  }

  /**
   * Terms whose stem ends with that of `ending` and begins with something, most frequent first, then by the alphabet from their ends; nothing
   * where endings are not kept (see above).
   */
  byEnding(ending: string, size: number): number[] {
    this.prepare();
    const key = backwards(this.#analyzer.stem(ending));
    const found = new MostFrequent(size, this.#terms);
    this.#byEnding.each(key, (terms, from, to) => found.take(terms, from, to));
    const itself = new Set(this.byStem(this.#analyzer.stem(ending)));
    return found.inOrder().filter((term) => !itself.has(term) && this.#texts[term] !== ending);
  }

  /** Words of one stem, most frequent first, then by the alphabet. */
  byStem(stem: string): number[] {
    this.prepare();
    const hash = hashText(stem) & 0x7fffffff;
    const found: number[] = [];
    for (let n = 0; ; n++) {
      const slot = this.#stems.find(hash, n);
      if (slot < 0) break;
      const term = this.#stems.values[0]!.get(slot);
      const isMeant = this.#analyzer.stem(this.#texts[term]!) === stem;
      if (isMeant && this.#terms.documents(term) > 0) found.push(term);
    }
    return found.length < 2 ? found : found.sort((a, b) => this.#moreFrequent(a, b));
  }

  /** The word itself, where some item has it, and then the other words of its stem, most frequent first. */
  family(text: string): number[] {
    const itself = this.find(text);
    const related = this.byStem(this.#analyzer.stem(text));
    return itself < 0 ? related : [itself, ...related.filter((term) => term !== itself)];
  }

  /**
   * Words that `text` may be a misspelling of: of 4 letters at least by 1 edit, of 8 at least by up to `most`, 1 or 2. Nearest first, then most
   * frequent, then by the alphabet.
   */
  near(text: string, most: number): NearTerm[] {
    if (text.length < mendedFrom) return [];
    this.prepare();
    const found = this.#near.find(text, text.length < mendedTwiceFrom ? 1 : most);
    return this.#byCost(text, found);
  }

  /** Longer words of which some beginning is 1 edit from `text`, of 4 letters at least: for a word still being typed. */
  nearBeginnings(text: string): NearTerm[] {
    if (text.length < mendedFrom) return [];
    this.prepare();
    return this.#byCost(text, this.#near.findBeginnings(text));
  }

  #byCost(text: string, found: readonly { term: number; text: string; distance: number }[]): NearTerm[] {
    return found
      .filter(({ term }) => this.#terms.documents(term) > 0)
      .map(({ term, text: other, distance }) => ({
        term,
        text: other,
        cost: distance + (text.charCodeAt(0) === other.charCodeAt(0) ? 0 : 0.5),
      }))
      .sort((a, b) => a.cost - b.cost || this.#moreFrequent(a.term, b.term));
  }

  #moreFrequent(a: number, b: number): number {
    const difference = this.#terms.documents(b) - this.#terms.documents(a);
    return difference !== 0 ? difference : this.#texts[a]! < this.#texts[b]! ? -1 : 1;
  }

  #clear(): void {
    this.#byPrefix.clear();
    this.#byEnding.clear();
    this.#near.clear();
    this.#stems = new HashTable("stems", ["term"]);
    this.#texts = [];
  }

  #isWord(term: number): boolean {
    return this.#terms.kind(term) === "word";
  }

  #hasEnding(term: number): boolean {
    const kind = this.#terms.kind(term);
    return kind === "ideograms" || (kind === "word" && this.#analyzer.compounds);
  }

  #endingKey(text: string): string {
    return `${backwards(this.#analyzer.stem(text))}${separator}${text}`;
  }

  #add(term: number, text: string): void {
    this.#texts[term] = text;
    this.#byPrefix.add(text, term);
    if (this.#hasEnding(term)) this.#byEnding.add(this.#endingKey(text), term);
    if (this.#isWord(term)) this.#addWord(term, text);
  }

  #addWord(term: number, text: string): void {
    this.#near.add(term, text);
    const hash = hashText(this.#analyzer.stem(text)) & 0x7fffffff;
    let n = 0;
    while (this.#stems.find(hash, n) >= 0) n++;
    const slot = this.#stems.put(hash, n);
    this.#stems.values[0]!.set(slot, term);
  }

  #remove(term: number, text: string): void {
    this.#byPrefix.remove(text);
    if (this.#hasEnding(term)) this.#byEnding.remove(this.#endingKey(text));
    if (this.#isWord(term)) this.#removeWord(term, text);
    this.#texts[term] = "";
  }

  #removeWord(term: number, text: string): void {
    this.#near.remove(term, text);
    const hash = hashText(this.#analyzer.stem(text)) & 0x7fffffff;
    const stems = this.#stems;
    const at = (n: number): number => stems.values[0]!.get(stems.find(hash, n));
    let n = 0;
    while (at(n) !== term) n++;
    // The last of its stem moves into the gap.
    let last = n;
    while (stems.find(hash, last + 1) >= 0) last++;
    stems.values[0]!.set(stems.find(hash, n), at(last));
    stems.remove(hash, last);
  }
}

/** Below every character of a word. */
const separator = "\0";

class Rebuilt {
  readonly prefixes: string[] = [];
  readonly terms: number[] = [];
  readonly endings: string[] = [];
  readonly endingTerms: number[] = [];
}

const backwards = (text: string): string => {
  let reversed = "";
  for (let i = text.length - 1; i >= 0; i--) reversed += text[i];
  return reversed;
};
