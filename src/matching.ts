/**
 * Everything in the catalogue that a search finds: down the ladder of readings to the first that something matches, with filters and
 * facets on all of it, and the score of each match. The matches are good until the next search.
 */
import type { GroupKey, SortKey } from "./catalogue/sort.ts";
import { Marks } from "./core/marks.ts";
import type { Facet, SearchRequest } from "./core/public.ts";
import type { Request } from "./core/request.ts";
import type { Relaxed, TextQuery } from "./core/text-query.ts";
import { Matches } from "./lexical/matches.ts";
import type { Rooms } from "./rooms.ts";

/** A category on which so large a share of the query's choices fell is what it means. */
const meantShare = 0.5;

export class Matching {
  count = 0;
  /** [match] row, ascending, and score: by the text, or popularity where none was left. */
  item = new Int32Array(1024);
  score = new Float64Array(1024);
  /** As the items were matched; absent where no word was left. */
  text: TextQuery | undefined;
  relaxed: Relaxed | undefined;
  facets: Readonly<Record<string, Facet>> | undefined;
  readonly #rooms: Rooms;
  readonly #matches = new Matches();
  readonly #places = new Marks();

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /** `request`: its query as text. Throws FILTER_UNKNOWN_FIELD, FILTER_MALFORMED or REQUEST_MALFORMED. */
  find(request: SearchRequest, asked: Request): void {
    const { query } = request;
    this.relaxed = undefined;
    this.text = asked.text;
    if (this.text === undefined || query === undefined) {
      this.#takeAll(request);
      return;
    }
    // What the filters leave nothing of is not loosened: who filters wants none of the rest.
    if (this.#takeMatches(request, this.text)) return;
    for (const { text, relaxed } of this.#rooms.planner.ladder(query)) {
      const isFound = this.#takeMatches(request, text);
      this.text = text;
      this.relaxed = relaxed;
      if (isFound) return;
    }
    this.text = undefined;
    const { understanding, catalogue } = this.#rooms;
    for (const { field, value, share } of understanding.intent(query, asked.atMs)) {
      if (field !== "category" || share < meantShare) continue;
      this.#takeAll(request, catalogue.filter({ category: { under: value } }));
      this.relaxed = { rung: "category" };
      if (this.count > 0) return;
    }
    this.#takeAll(request);
    this.relaxed = this.count > 0 ? { rung: "popular" } : undefined;
  }

  /** Place of an item among the matches, or −1. */
  indexOf(item: number): number {
    return this.#places.get(item);
  }

  /** Matches, or groups of them. */
  total(group: GroupKey | undefined): number {
    if (group === undefined) return this.count;
    const met = new Set<number>();
    for (let i = 0; i < this.count; i++) met.add(group(this.item[i]!));
    return met.size;
  }

  /** Rows of the matches, at most so many, by `key`, then by score, what is out of stock last; of each group the first. */
  sortedBy(key: SortKey, group: GroupKey | undefined, most: number): Int32Array {
    const { catalogue } = this.#rooms;
    const { count, item, score } = this;
    const keys = new Float64Array(count);
    const isOut = new Uint8Array(count);
    const order = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      keys[i] = key(item[i]!);
      isOut[i] = catalogue.isRecommendable(item[i]!) ? 0 : 1;
      order[i] = i;
    }
    // Two that are last for want of a value differ by nothing: ∞ − ∞ is no number.
    order.sort((a, b) => isOut[a]! - isOut[b]! || keys[a]! - keys[b]! || score[b]! - score[a]! || item[a]! - item[b]!);
    const rows = order.map((i) => item[i]!);
    return firstOfEach(rows, group, most);
  }

  /** False where nothing matches, filters aside. */
  #takeMatches(request: SearchRequest, text: TextQuery): boolean {
    const { lexical, catalogue } = this.#rooms;
    const sieve = catalogue.sieve(request.filters, request.facets ?? []);
    const matches = this.#matches;
    lexical.all(text, undefined, matches);
    this.#begin(matches.count);
    for (let i = 0; i < matches.count; i++)
      if (sieve.take(matches.item[i]!)) this.#push(matches.item[i]!, matches.score[i]!);
    this.facets = request.facets === undefined ? undefined : sieve.facets();
    return matches.count > 0;
  }

  /** What the filters, and `isMeant`, let pass of the catalogue, by popularity. */
  #takeAll(request: SearchRequest, isMeant: (item: number) => boolean = () => true): void {
    const { catalogue, popular } = this.#rooms;
    const sieve = catalogue.sieve(request.filters, request.facets ?? []);
    this.#begin(catalogue.size);
    catalogue.each((item) => {
      if (isMeant(item) && sieve.take(item)) this.#push(item, popular.strength(item));
    });
    this.facets = request.facets === undefined ? undefined : sieve.facets();
  }

  #begin(most: number): void {
    this.count = 0;
    this.#places.clear();
    if (this.item.length >= most) return;
    this.item = new Int32Array(most * 2);
    this.score = new Float64Array(most * 2);
  }

  #push(item: number, score: number): void {
    this.item[this.count] = item;
    this.score[this.count] = score;
    this.#places.set(item, this.count++);
  }
}

/** Rows in their order, of each group the first, at most so many. */
export function firstOfEach(rows: Int32Array, group: GroupKey | undefined, most: number): Int32Array {
  if (group === undefined) return rows.slice(0, most);
  const met = new Set<number>();
  return rows.filter((row) => met.size < most && met.size < met.add(group(row)).size);
}
