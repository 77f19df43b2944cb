/** The contract of text analysis: from text as written to the terms that are indexed and looked up, the same for items and queries. */

/**
 * A function of the token's text. `number`: up to seven digits, with decimals, a unit or as a measure too: 500gb, 10x15. `identifier`: letters with
 * other digits, or eight digits and more. `ideograms`: characters of a script without spaces, or Korean.
 */
export type TokenKind = "word" | "number" | "identifier" | "ideograms";

export interface Token {
  /** Folded: case, accents, width. */
  readonly text: string;
  /** UTF-16 code units of the text as written: from, and up to. */
  readonly start: number;
  readonly end: number;
  /** Counts words from 0; a whole stands at the position of its first part. */
  readonly position: number;
  readonly kind: TokenKind;
  /** 0, or of how many of the tokens right after it this one is the whole: “dv7-1211ea” of two, “500 GB” of two. */
  readonly wholeOf: number;
}

export interface Analyzer {
  /** Names all that the tokens depend on: an index made under another layout is made anew. */
  readonly layout: string;
  /** In order of appearance, a whole before its parts. */
  analyze(text: string): readonly Token[];
  /** The stem of a folded word; of anything else, and where the language has no stemmer, the word itself. */
  stem(word: string): string;
  isStopWord(word: string): boolean;
  /** True where the language writes compounds as one word, as German does. */
  readonly compounds: boolean;
  /** True where what is meant stands before what is said of it, as in “chaussures femme”; default false: “women's shoes”. */
  readonly headFirst?: boolean;
}
