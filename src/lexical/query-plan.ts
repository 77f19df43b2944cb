/** A query as it was read, and how loosely. */
import type { TextQuery } from "../core/text-query.ts";
import type { QueryWords } from "./query-words.ts";
import type { TermLookup } from "./term-lookup.ts";
import type { Alternatives } from "./word-alternatives.ts";

/** How much is let go of. */
export interface Loosened {
  /** Misspellings are looked for even of words that the catalogue has. */
  readonly mends: boolean;
  /** Of compounds only the head is required. */
  readonly heads: boolean;
  /** Leaves that an item need not have. */
  readonly dropped: ReadonlySet<number>;
  /** Any word is enough; stop words are no words then. */
  readonly any: boolean;
}

export const asTyped: Loosened = { mends: false, heads: false, dropped: new Set(), any: false };

/** How sure it is what a word of the query means, from nothing being like it to the catalogue having it as it was typed. */
export const trust = { unknown: 0, doubtful: 1, guessed: 2, known: 3 } as const;
export type Trust = (typeof trust)[keyof typeof trust];

/** A query as it was read, and what the ladder needs to know of it. */
export interface Plan {
  readonly query: TextQuery;
  readonly words: QueryWords;
  readonly byLeaf: readonly Alternatives[];
  /** [leaf] of a number and its unit that of the two together. */
  readonly trust: readonly Trust[];
  /** [leaf] ways to take it apart, each parts of which the last is the head and may stand for it. */
  readonly compounds: readonly (readonly (readonly string[])[])[];
}

interface Origin {
  readonly lookup: TermLookup;
  readonly words: QueryWords;
  readonly byLeaf: readonly Alternatives[];
  readonly dropped: ReadonlySet<number>;
}

/** Highlights and spelling are made when asked for: most requests never do. */
export class ReadQuery implements TextQuery {
  readonly readings: TextQuery["readings"];
  readonly exact: Int32Array;
  readonly isMended: boolean;
  readonly #origin: Origin;

  constructor(readings: TextQuery["readings"], exact: Int32Array, origin: Origin) {
    this.readings = readings;
    this.exact = exact;
    this.isMended = origin.byLeaf.some(({ isMended }) => isMended);
    this.#origin = origin;
  }

  get highlights(): TextQuery["highlights"] {
    const { lookup, words, byLeaf } = this.#origin;
    const terms = new Set<string>();
    const begun = new Set<number>();
    const prefixes: string[] = [];
    byLeaf.forEach(({ terms: found, begunFrom, begunTo }, at) => {
      for (let i = begunFrom; i < begunTo; i++) begun.add(found[i]!);
      if (begunTo > begunFrom) prefixes.push(words.leaves[at]!.token.text);
    });
    for (const { words: read } of this.readings)
      for (const word of read) for (const term of word.terms) if (!begun.has(term)) terms.add(lookup.text(term));
    return { terms, prefixes };
  }

  /** The query with each word that is likely misspelt replaced. */
  get spelling(): string | undefined {
    const { words, byLeaf, dropped } = this.#origin;
    return respelt(words, byLeaf, dropped);
  }
}

/** The text with the likelier words in their places, but for those let go of; `undefined` where there are none. */
export function respelt(
  { text, leaves }: QueryWords,
  byLeaf: readonly Alternatives[],
  dropped: ReadonlySet<number>,
): string | undefined {
  let spelt = "";
  let from = 0;
  byLeaf.forEach(({ likelier }, at) => {
    if (likelier === undefined || dropped.has(at)) return;
    const { start, end } = leaves[at]!.token;
    spelt += text.slice(from, start) + likelier;
    from = end;
  });
  return from === 0 ? undefined : (spelt + text.slice(from)).trim();
}
