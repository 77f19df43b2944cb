/**
 * The list that a request is about: candidates with what the caller said of each, and a summary of the whole. Features
 * may depend on the single candidate and on the summary only, because a logged slate carries the shown items and the
 * summary (ARCHITECTURE.md, invariant 4): so the fold reads the very rows that were served.
 */
import { Marks } from "./marks.ts";
import type { TextQuery } from "./text-query.ts";

/** Deciles of the prices that a summary keeps. */
const priceDeciles = 9;

/** Where each figure stands in a summary. NaN stands for absent. */
export const summaryAt = {
  count: 0,
  priceMin: 1,
  priceMean: 2,
  /** Nine deciles, ascending. */
  priceDecile: 3,
  matchMax: 12,
  /** Order (place in the caller's order) of touched items: the latest touched of the shopper, the one before it. */
  lastTouchedOrder: 13,
  beforeLastTouchedOrder: 14,
  /** The latest touched among the items of this list. */
  lastTouchedHereOrder: 15,
  furthestTouchedOrder: 16,
  firstTouchedOrder: 17,
  /** Items of the list that the shopper touched, touched in this session, clicked. */
  touchedCount: 18,
  touchedSessionCount: 19,
  clickedCount: 20,
  /** 0 no previous list in this session · 1 the very same list · 2 the same items · 3–5 by the share of items in common. */
  previousOverlap: 21,
  /** Order, in this list, of the item clicked last in the session's previous list. */
  previousClickedOrder: 22,
} as const;

export const summaryWidth = 23;
export const summaryPriceDeciles = priceDeciles;

export class List {
  count = 0;
  /** Row of the item, −1 if never seen. */
  item = new Int32Array(256);
  /** The lister's relevance, NaN if not given. */
  match = new Float64Array(256);
  /** Place in the caller's order, −1 if there is none. */
  order = new Int32Array(256);
  /** Rank by match among the candidates (0 best), −1 without match. */
  matchRank = new Int32Array(256);
  readonly summary = new Float64Array(summaryWidth);
  /** Ids of candidates that were never seen, by index. */
  readonly unknown = new Map<number, string>();
  /** Recommended by the engine: match is the logit of its own choice model. */
  recommended = false;
  /** What the matcher said of all candidates for a query, row-major, where it was asked already; scratch of one request. */
  described: { readonly query: TextQuery; readonly rows: Float32Array } | undefined;
  readonly #places = new Marks();

  clear(): void {
    this.count = 0;
    this.recommended = false;
    this.described = undefined;
    this.unknown.clear();
    this.#places.clear();
  }

  /** Appends a candidate unless its item is there; returns its index, or −1 if it was there. */
  push(item: number, match: number, order: number): number {
    if (item >= 0 && this.#places.get(item) >= 0) return -1;
    const index = this.count++;
    this.described = undefined;
    if (index >= this.item.length) this.#grow();
    this.item[index] = item;
    this.match[index] = match;
    this.order[index] = order;
    this.matchRank[index] = -1;
    if (item >= 0) this.#places.set(item, index);
    return index;
  }

  /** Index of an item, or −1. */
  indexOf(item: number): number {
    return this.#places.get(item);
  }

  #grow(): void {
    const wider = <A extends Int32Array | Float64Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    const length = this.item.length * 2;
    this.item = wider(this.item, new Int32Array(length));
    this.match = wider(this.match, new Float64Array(length));
    this.order = wider(this.order, new Int32Array(length));
    this.matchRank = wider(this.matchRank, new Int32Array(length));
  }
}
