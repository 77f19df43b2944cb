/**
 * A query as the index reads it. It is made of the query's text and the folded state alone, so that serving and folding read the same
 * (ARCHITECTURE.md, invariant 4); what filters leave of its matches is no part of it.
 */

/** One word of a reading: the terms of the index that stand for it. */
export interface QueryWord {
  /** As folded from what was typed. */
  readonly text: string;
  /** [alternative] term row, the word itself first where the index has it. Empty: nothing in the catalogue is like it. */
  readonly terms: Int32Array;
  /** [alternative] how much a match by it counts, 0 to 1: 1 for the word itself, less for its stem, a synonym, a prefix, a typo. */
  readonly weights: Float32Array;
  /** Inverse document frequency of the alternatives together, ≥ 0. */
  readonly idf: number;
  /** False: adds to the score, and an item need not hold it (a stop word, a word let go of). */
  readonly isRequired: boolean;
}

/** One way to read the query: “head phones” as two words, or as one. */
export interface Reading {
  readonly words: readonly QueryWord[];
  /** What its scores are multiplied by, 0 to 1; 1 for the query as typed. */
  readonly weight: number;
}

/** How a query was loosened because nothing matched it. */
export interface Relaxed {
  readonly rung: "spelling" | "fewer-words" | "any-word" | "category" | "popular";
  /** The query as it was read then; absent where no word of it was left. */
  readonly query?: string;
  /** Words let go of. */
  readonly dropped?: readonly string[];
}

export interface TextQuery {
  /** At least one, the query as typed first; an item matches that holds every required word of some reading. */
  readonly readings: readonly Reading[];
  /** Terms that name an item exactly: whole model numbers and identifiers of the query. Who holds one stands on top. */
  readonly exact: Int32Array;
  /** Terms of all readings, for highlighting: whole words, and beginnings of words. */
  readonly highlights: { readonly terms: ReadonlySet<string>; readonly prefixes: readonly string[] };
  /** A likelier spelling of the whole query, where one is much likelier. */
  readonly spelling?: string | undefined;
  /** A word that nothing in the catalogue is like was read as what it may be a misspelling of. */
  readonly isMended?: boolean;
}

/** What the list feature and the ranking of texts ask of the index. */
export interface TextMatcher {
  /** Numbers of each match, as `columns` names them. */
  readonly columns: readonly string[];
  /**
   * Writes `columns.length` numbers for each of `count` items to `out`, row-major; zeros for items without text (row −1 too). Answers
   * how many of the items hold a word of the query.
   */
  describe(query: TextQuery, items: Int32Array, count: number, out: Float32Array): number;
  /** Scores of described rows by the match model: comparable within one query, higher is better. */
  score(described: Float32Array, items: Int32Array, count: number, out: Float64Array): void;
}
