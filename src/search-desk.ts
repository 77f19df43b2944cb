/** The desk of those who work on the shop's search: a search told step by step, what was asked, and the synonyms. It changes nothing. */
import { AskedQueries } from "./asked-queries.ts";
import { checkSearch } from "./check-request.ts";
import type { Config } from "./config.ts";
import { parseEvent } from "./core/parse-event.ts";
import type { SearchAnswer, SearchRequest } from "./core/public.ts";
import type {
  QueriesReport,
  SearchDesk,
  SearchTrace,
  SynonymRules,
  SynonymsReport,
  Tier,
  TracedItem,
  TracedStep,
  TracedWord,
  TraceRequest,
} from "./core/search-desk.ts";
import type { QueryWord, TextQuery } from "./core/text-query.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import type { House } from "./house.ts";
import { Matches } from "./lexical/matches.ts";
import { Synonyms } from "./lexical/synonyms.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import { Serving } from "./rank.ts";
import type { Rooms } from "./rooms.ts";
import { Searching, tierOf, tiers } from "./search.ts";
import { SynonymsHistory } from "./synonyms-history.ts";

/** Terms told of one word. */
const termsTold = 12;
const tracedByDefault = 24;
const intentsTold = 6;

const tierNames: Readonly<Record<keyof typeof tiers, Tier>> = {
  called: "called",
  named: "named",
  meant: "meant",
  others: "others",
  outOfStock: "out-of-stock",
};
const tierName: readonly Tier[] = (Object.keys(tiers) as (keyof typeof tiers)[])
  .sort((a, b) => tiers[a] - tiers[b])
  .map((tier) => tierNames[tier]);

interface DeskParts {
  readonly log: EventLog;
  readonly pseudonyms: Pseudonyms;
  readonly config: () => Config;
  readonly house: () => House;
  readonly nowMs: () => number;
}

export class Desk implements SearchDesk<SearchRequest, SearchAnswer> {
  readonly #parts: DeskParts;
  readonly #asked: AskedQueries;
  readonly #history: SynonymsHistory;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#asked = new AskedQueries(() => parts.config().suggestShoppersMin);
    this.#history = new SynonymsHistory(parts.log);
  }

  trace({ synonyms, ...given }: TraceRequest<SearchRequest>): SearchTrace<SearchAnswer> {
    checkSearch(given);
    const { pseudonyms, house, nowMs } = this.#parts;
    const asked = { size: tracedByDefault, ...withoutAbsent(given), observe: false, explain: true };
    const request: SearchRequest = pseudonyms.request(asked);
    const rooms = withDraft(house().rooms, synonyms);
    const atMs = nowMs();
    const searching = new Searching(rooms, new Serving(rooms, undefined, Number.POSITIVE_INFINITY));
    const { answer, slate } = searching.search(request, atMs);
    const { steps, text } = stepsOf(rooms, request, answer);
    const tier = tierOf(rooms, request.query, text, atMs);
    const items = answer.items.map((item, place) => {
      const shown = slate.items[place];
      const { match = undefined, matchRank = undefined } = typeof shown === "object" ? shown : {};
      const traced: TracedItem = {
        tier: tierName[tier(rooms.items.find(item.item))]!,
        ...(match === undefined ? {} : { match }),
        ...(matchRank === undefined ? {} : { matchRank }),
      };
      return { ...item, ...traced };
    });
    const intent = rooms.understanding
      .intent(request.query ?? "", atMs)
      .slice(0, intentsTold)
      .map(({ field, value, share, isCertain }) => ({ field, value, share, certain: isCertain }));
    return { ...answer, items, steps, intent };
  }

  queries(size: number, onlyPoor = false): QueriesReport {
    return this.#asked.report(size, onlyPoor);
  }

  async synonyms(): Promise<SynonymsReport> {
    const found = await this.#history.report();
    return { synonyms: this.#parts.house().rooms.synonyms.rules, ...found };
  }

  synonymsAt(offset: number): SynonymRules | undefined {
    const { log } = this.#parts;
    if (offset < log.start || offset >= log.head) return undefined;
    for (const { event } of log.read(offset, offset + 1)) if (event.type === "synonyms") return event.synonyms;
    return undefined;
  }

  /** A search that was logged: the first page of a query counts. */
  note({ query, from = 0, user, session, filters }: SearchRequest, { total, relaxed }: SearchAnswer): void {
    if (query === undefined || query.trim() === "" || from > 0) return;
    const filtered = filters !== undefined && Object.keys(filters).length > 0;
    this.#asked.note({ query, shopper: user ?? session, total, relaxed, filtered, atMs: this.#parts.nowMs() });
  }

  /** A shopper is erased: ids of theirs, as the log has them. */
  forget(ids: readonly string[]): void {
    this.#asked.forget(ids);
  }
}

const withoutAbsent = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;

function withDraft(rooms: Rooms, rules: readonly unknown[] | undefined): Rooms {
  if (rules === undefined) return rooms;
  // As it would be published.
  const event = parseEvent({ type: "synonyms", synonyms: rules }, 0);
  const draft = new Synonyms(rooms.analyzer);
  if (event.type === "synonyms") draft.fold(event.synonyms);
  return { ...rooms, planner: rooms.planner.withSynonyms(draft) };
}

/** As {@link Matching} goes down the ladder, filters aside; `text`: as it was matched in the end. */
function stepsOf(
  rooms: Rooms,
  { query }: SearchRequest,
  { relaxed, total }: Pick<SearchAnswer, "relaxed" | "total">,
): { readonly steps: readonly TracedStep[]; readonly text: TextQuery | undefined } {
  const { planner, lexical } = rooms;
  const matches = new Matches();
  const count = (text: TextQuery): number => {
    lexical.all(text, undefined, matches);
    return matches.count;
  };
  const plain = query === undefined ? undefined : planner.plan(query);
  if (query === undefined || plain === undefined) return { steps: [], text: undefined };
  const steps: TracedStep[] = [{ rung: "as-typed", readings: readingsOf(rooms, plain), matches: count(plain) }];
  if (matches.count > 0) return { steps, text: plain };
  for (const { text, relaxed } of planner.ladder(query)) {
    steps.push({ ...relaxed, readings: readingsOf(rooms, text), matches: count(text) });
    if (matches.count > 0) return { steps, text };
  }
  if (relaxed !== undefined) steps.push({ ...relaxed, readings: [], matches: total });
  return { steps, text: undefined };
}

const readingsOf = (rooms: Rooms, { readings }: TextQuery): TracedStep["readings"] =>
  readings.map(({ weight, words }) => ({ weight: rounded(weight), words: words.map((word) => wordOf(rooms, word)) }));

function wordOf({ planner: { lookup } }: Rooms, { text, terms, weights, isRequired }: QueryWord): TracedWord {
  const told = Array.from(terms.subarray(0, termsTold), (term, i) => ({
    text: lookup.text(term),
    weight: rounded(weights[i]!),
    items: lookup.documents(term),
  }));
  return { text, required: isRequired, terms: told, more: terms.length - told.length };
}

const rounded = (weight: number): number => Math.round(weight * 1000) / 1000;
