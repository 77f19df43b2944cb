/**
 * The lists that searches began, so that later pages go on through them while the state moves. Not state: they belong to one process
 * and can be gone at any time; a page of a list that is gone is cut from a fresh one.
 */
import { isDeepStrictEqual } from "node:util";
import { limits } from "./core/limits.ts";
import type { Pieces } from "./core/pieces.ts";
import type { SearchAnswer, SearchRequest } from "./core/public.ts";
import type { TextQuery } from "./core/text-query.ts";

export interface PagedList {
  /** What the first page was asked for, its query as text: later pages are of the same search. */
  readonly request: SearchRequest;
  /** What every page says. */
  readonly said: Pick<SearchAnswer, "total" | "relaxed" | "spelling">;
  /** What to mark of a query that was loosened, as the terms were then; of any other, what its own words say. */
  readonly highlights: TextQuery["highlights"] | undefined;
  /** No text, but what the shopper might turn to. */
  readonly recommended: boolean;
  /** In an order that the shopper asked for. */
  isSorted: boolean;
  /** [place] row; those that were ranked first. */
  items: Int32Array;
  /** [place] of the ranked ones: match and rank by match as they were served. */
  match: Float64Array;
  matchRank: Int32Array;
  /** False while `items` holds the ranked ones only. */
  isWhole: boolean;
  readonly madeAtMs: number;
}

export class PagedLists {
  readonly #itemsMax: number;
  readonly #keptMs: number;
  /** By slate, the oldest first. */
  readonly #lists = new Map<string, PagedList>();
  #items = 0;
  /** What lists of another house became here. */
  readonly #taken = new WeakMap<PagedList, PagedList>();

  constructor(itemsMax: number = limits.pagedItemsMax, keptMs: number = limits.pagedWithinMs) {
    this.#itemsMax = itemsMax;
    this.#keptMs = keptMs;
  }

  /** The list that a page goes on through: of the same search, by the same shopper, or begun by nobody in particular. */
  find(request: SearchRequest, nowMs: number): PagedList | undefined {
    const list = request.slate === undefined ? undefined : this.#lists.get(request.slate);
    if (list === undefined || nowMs - list.madeAtMs > this.#keptMs) return undefined;
    return isSameSearch(list.request, request) && mayRead(list.request, request) ? list : undefined;
  }

  /** The same list may be found by the slates of several of its pages, and counts for each. */
  keep(slate: string, list: PagedList, nowMs: number): void {
    this.#lists.set(slate, list);
    this.#items += weight(list);
    for (const [oldest, one] of this.#lists) {
      if (this.#items <= this.#itemsMax && nowMs - one.madeAtMs <= this.#keptMs) break;
      this.#lists.delete(oldest);
      this.#items -= weight(one);
    }
  }

  /** Drops the lists that were asked for so. */
  forget(isTheirs: (request: SearchRequest) => boolean): void {
    for (const [slate, list] of this.#lists) {
      if (!isTheirs(list.request)) continue;
      this.#lists.delete(slate);
      this.#items -= weight(list);
    }
  }

  /**
   * The lists of another house, its rows called as they are here; `rowOf`: −1 for an item that is not known here. Once more, it is what
   * came since, without what went since.
   */
  *takeOver(from: PagedLists, rowOf: (row: number) => number): Pieces<void> {
    for (const [slate, list] of from.#lists) {
      const known = this.#taken.get(list);
      // Meanwhile somebody may have turned so far that all of it was found.
      if (known !== undefined && known.isWhole === list.isWhole && this.#lists.has(slate)) continue;
      const taken = known ?? { ...list };
      taken.items = list.items.map(rowOf);
      taken.isWhole = list.isWhole;
      this.#taken.set(list, taken);
      if (this.#lists.has(slate)) continue;
      this.#lists.set(slate, taken);
      this.#items += weight(taken);
      yield;
    }
    for (const [slate, list] of this.#lists) {
      if (from.#lists.has(slate)) continue;
      this.#lists.delete(slate);
      this.#items -= weight(list);
    }
  }
}

/** What is not said again is as it was. */
function isSameSearch(first: SearchRequest, page: SearchRequest): boolean {
  const same = (key: "query" | "filters" | "sort" | "group"): boolean =>
    page[key] === undefined || isDeepStrictEqual(page[key], first[key]);
  return same("query") && same("filters") && same("sort") && same("group");
}

/** An order is its shopper's own; that of nobody in particular is anybody's. */
function mayRead(first: SearchRequest, page: SearchRequest): boolean {
  if (first.consent === false || (first.user === undefined && first.session === undefined)) return true;
  if (page.consent === false) return false;
  const isSameUser = first.user !== undefined && first.user === page.user;
  const isSameSession = first.session !== undefined && first.session === page.session;
  return isSameUser || (isSameSession && (first.user === undefined || page.user === undefined));
}

/** Items that weigh as much as an empty list with its question. */
const weightOfAny = 50;

/** In items: as many as it may come to hold, so that a list weighs the same when it goes as when it came, and what it was asked. */
function weight({ said, request, highlights }: PagedList): number {
  const values = request.filters === undefined ? 0 : JSON.stringify(request.filters).length / 8;
  return weightOfAny + Math.min(said.total, limits.pagedMax) + values + 4 * (highlights?.terms.size ?? 0);
}
