/** A question as the rooms see it: ids interned, time clamped, nothing of HTTP. −1 stands for absent or never seen. */
import type { History } from "./history.ts";

/** Context keys that have a place of their own, in order of first appearance in the log. */
export const contextPlaces = 6;

export interface Request {
  readonly atMs: number;
  readonly shopper: number;
  readonly history: History;
  /** Word row of the normalised query. */
  readonly query: number;
  /** Word row. */
  readonly surface: number;
  /** Row of the item that a recommendation goes with. */
  readonly item: number;
  /** [place] word row of the value of the context key that has this place. */
  readonly context: Int32Array;
}

/** Compatibility composition and case fold, one space between words: what makes two queries the same query. */
export function normalQuery(query: string): string {
  return query.normalize("NFKC").toLowerCase().trim().replace(/\s+/gu, " ");
}
