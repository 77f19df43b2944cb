/** The terms that texts of the catalogue have: each a row, freed when no item has the term any more. */
import type { TokenKind } from "../core/analyzer.ts";
import { Int32Column, Uint8Column } from "../core/columns.ts";
import { IdTable } from "../core/id-table.ts";
import { limits } from "../core/limits.ts";
import { prefixed, type State, state, whenRestored } from "../core/state.ts";

/** Folded state keeps a kind as its place here. */
const kinds: readonly TokenKind[] = ["word", "number", "identifier", "ideograms"];

/** Told of every change, in order: what looks terms up by prefix, stem or likeness keeps lists of its own. */
export interface DictionaryListener {
  added(term: number, text: string): void;
  /** The row goes to the next new term. */
  removed(term: number, text: string): void;
  /** Everything is another than it was. */
  restored(): void;
}

export class Dictionary {
  readonly state: State;
  /** [term] items that have it; kept by the posting lists. */
  readonly counts = new Int32Column("documents");
  readonly #texts = new IdTable("texts", limits.termsMax);
  readonly #kinds = new Uint8Column("kinds");
  readonly #listeners: DictionaryListener[] = [];

  constructor() {
    // The last of the buffers: all others are there by then.
    const told = whenRestored(this.counts, () => {
      for (const listener of this.#listeners) listener.restored();
    });
    this.state = state("dictionary", 1, [...prefixed(this.#texts.state), this.#kinds, told]);
  }

  /** Terms held. */
  get size(): number {
    return this.#texts.size;
  }

  /** One more than the largest row ever used. */
  get rows(): number {
    return this.#texts.rows;
  }

  listen(listener: DictionaryListener): void {
    this.#listeners.push(listener);
  }

  /** Row of a folded word, −1 where no item has it. */
  find(text: string): number {
    return this.#texts.find(cut(text));
  }

  /** `undefined` for a free row. */
  text(term: number): string | undefined {
    return this.#texts.id(term);
  }

  /** Items that have the term. */
  documents(term: number): number {
    return this.counts.get(term);
  }

  kind(term: number): TokenKind {
    return kinds[this.#kinds.get(term)]!;
  }

  /** Row of a term, new if need be; −1 when there are `limits.termsMax`. */
  intern(text: string, kind: TokenKind): number {
    const word = cut(text);
    const found = this.#texts.find(word);
    if (found >= 0) return found;
    const term = this.#texts.intern(word);
    if (term < 0) return -1;
    this.#kinds.set(term, kinds.indexOf(kind));
    this.counts.set(term, 0);
    for (const listener of this.#listeners) listener.added(term, word);
    return term;
  }

  /** Frees the row of a term that no item has any more. */
  remove(term: number): void {
    const text = this.#texts.id(term);
    if (text === undefined) return;
    for (const listener of this.#listeners) listener.removed(term, text);
    this.#texts.remove(term);
  }
}

/** Longer words count by their beginning. Well-formed: half a surrogate pair cannot be interned. */
function cut(text: string): string {
  return text.length <= limits.termLengthMax ? text : text.slice(0, limits.termLengthMax).toWellFormed();
}
