/** A question as the rooms see it: ids interned, time clamped, nothing of HTTP. −1 stands for absent or never seen. */
import type { History } from "./history.ts";
import { limits } from "./limits.ts";
import type { TextQuery } from "./text-query.ts";

/** Context keys that have a place of their own, in order of first appearance in the log. */
export const contextPlaces = 6;

export interface Request {
  readonly atMs: number;
  readonly shopper: number;
  readonly history: History;
  /** Word row of the normalised query. */
  readonly query: number;
  /** The normalised query itself, as far as it is told from others; absent without one. */
  readonly queryText?: string | undefined;
  /** The query as the index reads it; absent without one, or without a word in it. */
  readonly text?: TextQuery | undefined;
  /** Word row. */
  readonly surface: number;
  /** Row of the item that a recommendation goes with. */
  readonly item: number;
  /** [place] word row of the value of the context key that has this place. */
  readonly context: Int32Array;
}

/** The word that a query is interned as. */
export const queryWord = (query: string): string =>
  `q ${normalQuery(query)}`.slice(0, limits.idLengthMax).toWellFormed();

/** The query, normalised, that a word is of; undefined if it is of none. */
export const queryOfWord = (word: string | undefined): string | undefined =>
  word?.startsWith("q ") === true ? word.slice(2) : undefined;

/** Compatibility composition and case fold, one space between words: what makes two queries the same query. */
export function normalQuery(query: string): string {
  return query.normalize("NFKC").toLowerCase().trim().replace(/\s+/gu, " ");
}
