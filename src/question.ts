/**
 * From what a caller or a logged slate says to what the rooms read: the same code for serving and folding, and it only looks ids up,
 * so that both see the same (ARCHITECTURE.md, invariant 4).
 */
import type { Context, ContextValue, SlateEvent } from "./core/event.ts";
import { History } from "./core/history.ts";
import { limits } from "./core/limits.ts";
import { List, summaryWidth } from "./core/list.ts";
import { contextPlaces, queryOfWord, queryWord, type Request } from "./core/request.ts";
import type { Rows } from "./core/rows.ts";
import type { TextQuery } from "./core/text-query.ts";
import { summarize } from "./features/list-summary.ts";
import type { Rooms } from "./rooms.ts";

export interface Asked {
  readonly atMs: number;
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  readonly query?: string | undefined;
  readonly surface?: string | undefined;
  readonly context?: Context | undefined;
  readonly item?: string | undefined;
}

const context = new Int32Array(contextPlaces);

/** Gathers the shopper's history, or its latest `historyLimit` items, into `history` and looks every word up. The request is good until the next question. */
export function question(rooms: Rooms, asked: Asked, history: History, historyLimit?: number): Request {
  const shopper = rooms.shoppers.find(asked.user, asked.session);
  rooms.shoppers.gather(shopper, asked.session, asked.atMs, history, historyLimit);
  context.fill(-1);
  if (asked.context !== undefined) {
    for (const [key, value] of Object.entries(asked.context)) {
      const place = rooms.contextKeys.find(contextKey(key));
      const word = contextWord(key, value);
      if (place >= 0 && word !== undefined) context[place] = rooms.words.find(word);
    }
  }
  return {
    atMs: asked.atMs,
    shopper,
    history,
    ...words(rooms, asked),
    queryText: asked.query === undefined ? undefined : queryOfWord(queryWord(asked.query)),
    text: asked.query === undefined ? undefined : rooms.planner.plan(asked.query),
    item: asked.item === undefined ? -1 : rooms.items.find(asked.item),
    context,
  };
}

/** Word rows of query and surface, −1 where absent or never seen. */
export function words(
  rooms: Rooms,
  { query, surface }: Pick<Asked, "query" | "surface">,
): { query: number; surface: number } {
  return {
    query: query === undefined ? -1 : rooms.words.find(queryWord(query)),
    surface: surface === undefined ? -1 : rooms.words.find(surfaceWord(surface)),
  };
}

/** Interns the words of a slate, so that later questions find them. */
export function learnWords(rooms: Rooms, { query, surface, context }: SlateEvent): void {
  if (query !== undefined) rooms.words.internNamed(queryWord(query));
  if (surface !== undefined) rooms.words.intern(surfaceWord(surface));
  if (context === undefined) return;
  for (const [key, value] of Object.entries(context)) {
    const word = contextWord(key, value);
    if (word !== undefined && rooms.contextKeys.intern(contextKey(key)) >= 0) rooms.words.internNamed(word);
  }
}

const surfaceWord = (surface: string): string => `s ${surface}`;
/** The surface that a word names; undefined if it names none. */
export const surfaceName = (word: string | undefined): string | undefined =>
  word?.startsWith("s ") === true ? word.slice(2) : undefined;

/** A long key is cut: as events have it. */
const contextKey = (key: string): string => key.slice(0, limits.nameLengthMax).toWellFormed();

/** A key given as undefined is one that is not given: so the log's JSON has it. */
function contextWord(key: string, value: ContextValue | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = Array.isArray(value) ? value.map(String).sort().join("|") : String(value);
  return `c ${contextKey(key)}=${text}`.slice(0, limits.idLengthMax).toWellFormed();
}

/** Puts the items of a logged slate into `list` as the question that they answered saw them; `served`: their rows, if they are known. */
export function slateList(rooms: Rooms, slate: SlateEvent, list: List, served?: Int32Array): void {
  list.clear();
  list.recommended = slate.recommended === true;
  const isCallers = slate.orderedBy !== "engine";
  const unknown = new Map<string, number>();
  slate.items.forEach((shown, position) => {
    const isPlain = typeof shown === "string";
    const id = isPlain ? shown : shown.item;
    const row = served === undefined ? rooms.items.find(id) : served[position]!;
    if (row < 0 && unknown.has(id)) return;
    const match = isPlain ? undefined : shown.match;
    const order = isPlain ? undefined : shown.order;
    const index = list.push(row, match ?? Number.NaN, order ?? (isCallers ? position : -1));
    if (index < 0) return;
    if (row < 0) unknown.set(id, index);
    if (!isPlain && shown.matchRank !== undefined) list.matchRank[index] = shown.matchRank;
  });
  for (const [id, index] of unknown) list.unknown.set(index, id);
  if (slate.list === undefined) rankByMatch(list);
}

/** Ranks a list by the lister's relevance, best first; ties, and what has none, in list order, the latter last. */
export function rankByMatch(list: List): void {
  const ranked: number[] = [];
  const unmatched: number[] = [];
  for (let i = 0; i < list.count; i++) (Number.isNaN(list.match[i]!) ? unmatched : ranked).push(i);
  if (ranked.length === 0) return;
  ranked.sort((a, b) => list.match[b]! - list.match[a]! || a - b);
  [...ranked, ...unmatched].forEach((i, rank) => {
    list.matchRank[i] = rank;
  });
}

let described = new Float32Array(0);

/**
 * Gives every candidate the score of its text for the query as its match; `scores` is scratch for as many as the list has. False, and
 * nothing changes, where no candidate has a word of it.
 */
export function matchByText({ matcher }: Rooms, query: TextQuery, list: List, scores: Float64Array): boolean {
  const { count, item } = list;
  if (described.length < count * matcher.columns.length)
    described = new Float32Array(2 * count * matcher.columns.length);
  if (matcher.describe(query, item, count, described) === 0) return false;
  list.described = { query, rows: described };
  matcher.score(described, item, count, scores);
  for (let i = 0; i < count; i++) list.match[i] = Math.fround(scores[i]!);
  return true;
}

/** Fills the rows of a list; `summary`: as logged with an engine's slate, else it is made from the list. */
export function readRows(
  rooms: Rooms,
  request: Request,
  list: List,
  rows: Rows,
  summary?: readonly (number | null)[],
): void {
  if (summary === undefined) {
    summarize(request, list, rooms.price());
    rooms.previousList.summarize(request, list);
  } else {
    for (let i = 0; i < summaryWidth; i++) list.summary[i] = summary[i] ?? Number.NaN;
  }
  rows.surface = request.surface;
  rooms.listFeatures.assemble(request, list, rows);
}

/** Scratch of one path: serving and folding have one each, so that neither disturbs the other. */
export interface Scratch {
  readonly history: History;
  readonly list: List;
}

export const scratch = (): Scratch => ({ history: new History(), list: new List() });
