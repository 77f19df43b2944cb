/**
 * The serving path of a search: query → matches, filters and facets → the best few hundred → the engine's order → a page. No algorithm
 * here, only the rooms in the order in which the query visits them. Nothing that is folded changes; what is kept are the lists that
 * later pages go on through.
 */
import { asker, type Listed, type Served } from "./answering.ts";
import type { GroupKey } from "./catalogue/sort.ts";
import { Best } from "./core/best.ts";
import { stopwatchMs } from "./core/clock.ts";
import { limits } from "./core/limits.ts";
import { parseSearched } from "./core/parse-event.ts";
import type { Answer, AnsweredItem, SearchAnswer, SearchRequest } from "./core/public.ts";
import { readingUnits } from "./core/read-length.ts";
import type { Request } from "./core/request.ts";
import { Found } from "./core/retrieved.ts";
import type { TextQuery } from "./core/text-query.ts";
import { isCalled } from "./lexical/named-items.ts";
import { firstOfEach, Matching } from "./matching.ts";
import { type PagedList, PagedLists } from "./paged-lists.ts";
import { matchByText, question, rankByMatch, scratch } from "./question.ts";
import { dueMs, type Serving } from "./rank.ts";
import type { Rooms } from "./rooms.ts";
import { highlight } from "./text/highlight.ts";
import { TimeBudget } from "./time-budget.ts";

const answeredByDefault = 24;
/** Of all matches the best by their text, which the engine ranks, and the most popular beside them. */
const rankedMax = 200;
const popularMax = 50;
/** Of the shopper's latest items, those that match are ranked too. */
const latestOwn = 20;

/**
 * Whatever was learned, an item stands on top whose own number the query is, then one that has it in its texts, and what is out of stock
 * last; what is not of the category or brand that the query all but certainly means, by its clicks, comes after what is.
 */
export const tiers = { called: 0, named: 1, meant: 2, others: 3, outOfStock: 4 } as const;
/** Items that a query names, of those that it finds, that are ranked whatever their score. */
const namedMax = 100;

/** What was answered, the slate to be logged for it, and the list that it is a page of. */
export interface Searched extends Served<Omit<SearchAnswer, "slate">> {
  readonly list: PagedList;
}

interface Unfinished extends Served<Omit<Answer, "slate" | "tookMs">> {
  readonly list: PagedList;
  readonly facets?: SearchAnswer["facets"];
  /** Matches that for want of time were not ranked with the others. */
  readonly skipped: number;
}

export class Searching {
  readonly #rooms: Rooms;
  readonly #serving: Serving;
  readonly #stopwatch: () => number;
  readonly #scratch = scratch();
  readonly #matching: Matching;
  readonly #best = new Best(rankedMax);
  readonly #popular = new Found();
  readonly #pages: PagedLists;
  readonly #budget = new TimeBudget();
  #tiers = new Uint8Array(512);

  /** `pages`: the lists that were begun. */
  constructor(rooms: Rooms, serving: Serving, stopwatch: () => number = stopwatchMs, pages = new PagedLists()) {
    this.#rooms = rooms;
    this.#serving = serving;
    this.#pages = pages;
    this.#stopwatch = stopwatch;
    this.#matching = new Matching(rooms);
  }

  /** Searches as of `atMs`. Throws FILTER_UNKNOWN_FIELD, FILTER_MALFORMED, REQUEST_MALFORMED or DEADLINE_PASSED. */
  search(given: SearchRequest, atMs: number): Searched {
    const startedMs = this.#stopwatch();
    const untilMs = dueMs(given, startedMs);
    const request = { ...given, query: given.query === undefined ? undefined : parseSearched(given.query, "/query") };
    const kept = this.#pages.find(request, atMs);
    const query = (kept?.request ?? request).query;
    const asked = question(this.#rooms, { ...asker(request), query, atMs }, this.#scratch.history);
    const most = untilMs === Number.POSITIVE_INFINITY ? untilMs : this.#budget.fitting(untilMs - startedMs);
    const { answer, slate, list, facets, skipped } =
      kept === undefined ? this.#begin(request, asked, most) : this.#page(kept, request, asked);
    const highlights = list.highlights ?? asked.text?.highlights;
    const isMarked = request.highlight === true && highlights !== undefined;
    const items = isMarked ? this.#highlighted(answer.items, highlights) : answer.items;
    const tookMs = this.#stopwatch() - startedMs;
    this.#budget.observe(this.#scratch.list.count, tookMs);
    const more = { ...(facets === undefined ? {} : { facets }), ...(skipped > 0 ? { skipped } : {}) };
    return { answer: { ...answer, ...list.said, ...more, items, tookMs }, slate, list };
  }

  /** The answer was logged under this id, by which later pages may be asked for. */
  keep(slate: string, { list }: Searched, nowMs: number): void {
    this.#pages.keep(slate, list, nowMs);
  }

  #begin(request: SearchRequest, asked: Request, most: number): Unfinished {
    const { catalogue } = this.#rooms;
    const { query, from = 0, size = answeredByDefault } = request;
    const sorted = catalogue.sortKey(request.sort ?? "relevance");
    const group = request.group === undefined ? undefined : catalogue.groupKey(request.group);
    const matching = this.#matching;
    matching.find(request, asked);
    const { facets } = matching;
    // They are counted already.
    const unfaceted = { ...request, facets: undefined };
    const list = this.#newList(request, asked, group);
    if (size === 0) {
      // What is asked for are the counts: nothing is put in order.
      list.isWhole = true;
      return { ...this.#page(list, unfaceted, asked), facets };
    }
    if (sorted !== undefined) {
      list.isSorted = true;
      list.items = matching.sortedBy(sorted, group, limits.pagedMax);
      list.isWhole = true;
      return { ...this.#page(list, unfaceted, asked), facets };
    }
    const skipped = this.#rank(request, asked, most);
    const listed: Listed = { request, query, asked, size, group, list: this.#scratch.list, tiers: this.#tiers };
    const { answering } = this.#serving;
    const answered = from === 0 ? answering.answer(listed) : undefined;
    if (answered === undefined) answering.arrange(listed);
    this.#keepOrder(list, listed.list);
    // Of what was ranked, groups may leave less than a page.
    const isFull = list.isWhole || size <= list.items.length;
    if (answered !== undefined && isFull) return { ...answered, list, facets, skipped };
    return { ...this.#page(list, unfaceted, asked), facets, skipped };
  }

  #newList(request: SearchRequest, { atMs, text }: Request, group: GroupKey | undefined): PagedList {
    const { relaxed, text: matched } = this.#matching;
    const spelling = text?.spelling;
    return {
      request,
      said: {
        total: this.#matching.total(group),
        ...(relaxed === undefined ? {} : { relaxed }),
        ...(spelling === undefined ? {} : { spelling }),
      },
      highlights: relaxed === undefined ? undefined : matched?.highlights,
      recommended: matched === undefined,
      isSorted: false,
      items: new Int32Array(),
      match: new Float64Array(),
      matchRank: new Int32Array(),
      isWhole: false,
      madeAtMs: atMs,
    };
  }

  /** Fills the list with the few hundred matches that the engine orders, and the tiers; answers how many there was no time for. */
  #rank(request: SearchRequest, asked: Request, most: number): number {
    const { list } = this.#scratch;
    const { text } = this.#matching;
    const skipped = text === undefined ? this.#recommended(request, asked, most) : this.#bestByText(asked, text, most);
    const tier = tierOf(this.#rooms, request.query, text, asked.atMs);
    if (this.#tiers.length < list.count) this.#tiers = new Uint8Array(list.count * 2);
    for (let i = 0; i < list.count; i++) this.#tiers[i] = tier(list.item[i]!);
    return skipped;
  }

  /** The best by their text, what the query names, the most popular ones, and those that the shopper knows. */
  #bestByText(asked: Request, text: TextQuery, most: number): number {
    const { list } = this.#scratch;
    const { catalogue, popular, lexical } = this.#rooms;
    const matching = this.#matching;
    list.clear();
    this.#best.clear();
    const offer = (inStock: boolean): void => {
      for (let i = 0; i < matching.count; i++)
        if (catalogue.isRecommendable(matching.item[i]!) === inStock)
          this.#best.offer(matching.item[i]!, matching.score[i]!);
    };
    offer(true);
    // What is out of stock comes after all that is not, and that may be more than is ranked.
    const isAllInStock = this.#best.count === rankedMax;
    if (!isAllInStock) offer(false);
    const isWanted = (item: number): boolean =>
      matching.indexOf(item) >= 0 && (!isAllInStock || catalogue.isRecommendable(item));
    const push = (item: number): void => {
      if (isWanted(item)) list.push(item, 0, -1);
    };
    this.#best.sort();
    for (let i = 0; i < Math.min(most, this.#best.count); i++) list.push(this.#best.item[i]!, 0, -1);
    const skipped = this.#best.count - list.count;
    const named = list.count + namedMax;
    for (const term of text.exact) lexical.items(term, (item) => void (list.count < named && push(item)));
    if (matching.count > list.count && most >= rankedMax) {
      this.#popular.clear();
      popular.retrieve(asked, popularMax, isWanted, this.#popular);
      for (let i = 0; i < this.#popular.count; i++) list.push(this.#popular.item[i]!, 0, -1);
      const { history } = asked;
      for (let i = 0; i < Math.min(latestOwn, history.count); i++) push(history.item[i]!);
    }
    const scores = this.#serving.answering.logits(list.count);
    if (matchByText(this.#rooms, text, list, scores)) rankByMatch(list);
    return skipped;
  }

  /** Without a word to go by: what is popular, personally. */
  #recommended(request: SearchRequest, asked: Request, most: number): number {
    const { list } = this.#scratch;
    const matching = this.#matching;
    const size = (request.from ?? 0) + (request.size ?? answeredByDefault);
    const wanted = Math.min(size, rankedMax);
    return this.#serving.recommendable(
      asked,
      {},
      wanted,
      list,
      () => Math.max(wanted, most),
      (item) => matching.indexOf(item) >= 0,
    );
  }

  /** Remembers the order of the list just arranged. */
  #keepOrder(kept: PagedList, list: Listed["list"]): void {
    const order = this.#serving.answering.order;
    kept.match = Float64Array.from(order, (i) => list.match[i]!);
    kept.matchRank = order.map((i) => list.matchRank[i]!);
    kept.isWhole = this.#matching.count <= list.count;
    kept.items = order.map((i) => list.item[i]!);
  }

  /** A page of a list that stands; facets are counted anew where they are asked for. */
  #page(kept: PagedList, request: SearchRequest, asked: Request): Unfinished {
    const { list } = this.#scratch;
    const { catalogue } = this.#rooms;
    const { from = 0, size = kept.request.size ?? answeredByDefault } = request;
    const isFurther = !kept.isWhole && from + size > kept.items.length;
    if (isFurther || request.facets !== undefined)
      this.#matching.find({ ...kept.request, facets: request.facets }, asked);
    if (isFurther) this.#complete(kept);
    list.clear();
    list.recommended = kept.recommended && !kept.isSorted;
    for (let place = from; place < Math.min(from + size, kept.items.length); place++) {
      const item = kept.items[place]!;
      if (!catalogue.isKnown(item)) continue;
      const isRanked = place < kept.match.length;
      const i = list.push(item, isRanked ? kept.match[place]! : Number.NaN, kept.isSorted ? place : -1);
      if (isRanked) list.matchRank[i] = kept.matchRank[place]!;
    }
    // What nobody ranked has no logit of its own: it is none of the recommended.
    if (from + size > kept.match.length) list.recommended = false;
    if (list.recommended && request.explain === true) this.#serving.readChoices(asked, list);
    const { query } = kept.request;
    const listed = { request, query, asked, list, size, from, isSorted: kept.isSorted };
    const facets = request.facets === undefined ? undefined : this.#matching.facets;
    return { ...this.#serving.answering.answer(listed), list: kept, facets, skipped: 0 };
  }

  /** Behind the ranked ones come all other matches, just found, by their text or popularity, what is out of stock last. */
  #complete(kept: PagedList): void {
    const { group } = kept.request;
    const ranked = new Set(kept.items);
    const others = this.#matching.sortedBy(() => 0, undefined, limits.pagedMax + ranked.size);
    const all = Int32Array.from([...kept.items, ...others.filter((row) => !ranked.has(row))]);
    const groupOf = group === undefined ? undefined : this.#rooms.catalogue.groupKey(group);
    kept.items = firstOfEach(all, groupOf, limits.pagedMax);
    kept.isWhole = true;
  }

  /** What may be read is shared out: of each item a share of what is left for it and those after it. */
  #highlighted(items: readonly AnsweredItem[], { terms, prefixes }: TextQuery["highlights"]): AnsweredItem[] {
    let left: number = limits.highlightTextMax;
    return items.map((answered, i) => {
      let share = Math.floor(left / (items.length - i));
      left -= share;
      const told: Record<string, string> = {};
      for (const [field, value] of Object.entries(answered.fields ?? {})) {
        if (typeof value !== "string" || this.#rooms.searchedSlot(field) < 0) continue;
        const units = Math.min(share, limits.slotTextMax);
        const marked = highlight(this.#rooms.analyzer, value, terms, prefixes, units);
        share -= Math.min(units, readingUnits(value, units));
        if (marked !== undefined) told[field] = marked;
      }
      left += share;
      return { ...answered, highlights: told };
    });
  }
}

/** In which of the {@link tiers} an item stands of what a search finds; `text`: as it was matched, absent where no word was left. */
export function tierOf(
  { catalogue, lexical, understanding }: Rooms,
  query: string | undefined,
  text: TextQuery | undefined,
  atMs: number,
): (item: number) => number {
  const filter = text === undefined ? undefined : understanding.filter(query ?? "", atMs);
  const isMeant = filter === undefined ? () => true : catalogue.filter(filter);
  return (item) => {
    if (!catalogue.isRecommendable(item)) return tiers.outOfStock;
    if (text !== undefined && lexical.isNamed(text, item))
      return isCalled(lexical.documents, text, item) ? tiers.called : tiers.named;
    return isMeant(item) ? tiers.meant : tiers.others;
  };
}
