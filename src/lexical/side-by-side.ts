/** In how many items two words stand side by side: what two words are that others write as one. */
import { Found } from "../core/retrieved.ts";
import type { QueryWord, TextQuery } from "../core/text-query.ts";
import { termOf, wholeOf } from "./documents.ts";
import type { LexicalIndex } from "./lexical-index.ts";

/** Items looked at: those that have the two most prominently. */
export const besideMax = 32;

export class SideBySide {
  readonly #index: Pick<LexicalIndex, "top" | "documents">;
  readonly #found = new Found();

  constructor(index: Pick<LexicalIndex, "top" | "documents">) {
    this.#index = index;
  }

  /** Of at most {@link besideMax} items that have both terms, those in which the second comes right after the first. */
  readonly beside = (first: number, second: number): number => {
    this.#index.top(both(first, second), besideMax, undefined, this.#found);
    let items = 0;
    for (let i = 0; i < this.#found.count; i++) if (this.#isIn(this.#found.item[i]!, first, second)) items++;
    return items;
  };

  #isIn(item: number, first: number, second: number): boolean {
    const { documents } = this.#index;
    documents.open(item);
    for (let slot = 0; slot < documents.from.length; slot++) {
      let before = -1;
      for (let i = documents.from[slot]!; i < documents.to[slot]!; i++) {
        const entry = documents.entries[i]!;
        if (entry >= 0 && wholeOf(entry) > 0) continue;
        const term = entry < 0 ? -1 : termOf(entry);
        if (before === first && term === second) return true;
        before = term;
      }
    }
    return false;
  }
}

function both(first: number, second: number): TextQuery {
  const word = (term: number): QueryWord => ({
    text: "",
    terms: Int32Array.of(term),
    weights: Float32Array.of(1),
    idf: 1,
    isRequired: true,
  });
  return {
    readings: [{ words: [word(first), word(second)], weight: 1 }],
    exact: new Int32Array(0),
    highlights: { terms: new Set(), prefixes: [] },
  };
}
