/**
 * Completions of what was typed so far: the shopper's own queries first, then brands and categories that they turn to, the shop's queries,
 * what else of brands and categories fits, and words of titles; beside them the best items. It changes nothing.
 */
import { stopwatchMs } from "./core/clock.ts";
import { decay } from "./core/decayed.ts";
import { History, touchHalfLivesMs } from "./core/history.ts";
import type { ItemWord } from "./core/item-numbers.ts";
import { limits } from "./core/limits.ts";
import type { Completion, SuggestAnswer, SuggestRequest } from "./core/public.ts";
import { Found } from "./core/retrieved.ts";
import type { TextQuery } from "./core/text-query.ts";
import type { QueryFields, QueryPlace } from "./features/query-fields.ts";
import { queryPlace } from "./past-queries.ts";
import { question } from "./question.ts";
import type { Rooms } from "./rooms.ts";
import type { FieldValue, FieldValues } from "./suggestions/field-values.ts";
import { beginsWith, foldedText } from "./suggestions/folded-text.ts";
import type { Suggestions } from "./suggestions/suggestions.ts";
import { TitleCompletions } from "./title-completions.ts";

const completionsByDefault = 8;
/** Of the completions, own queries at most; brands and categories a quarter each, as long as there are queries enough. */
const ownMax = 3;
const fieldShare = 4;
const itemsMax = 4;
/** A brand or category that so large a share of what the shopper turned to has stands before the shop's queries: with two touches at least. */
const personalShare = 0.4;
/** Touches of nothing in particular that shares are counted with, so that one touch is no taste yet. */
const tasteStrength = 3;
/** What a query that means nothing but what the shopper turns to counts more than one that means nothing of it. */
const tasteWeight = 3;
/** Queries looked at for each that is answered, as the most chosen ones are not the most personal. */
const lookedAt = 3;
/** And so many more, as some are written like others. */
const alikeMax = 4;
/** Items of the history that tell the shopper's taste, the latest ones, and the half-life that counts. */
const tasteItems = 100;
const month = 2;
/** A shorter text, or one with digits, is taken as it was typed. */
const forgivenLength = 4;
/** What it may have been meant to be. */
const nearMax = 8;

export interface SuggestingOptions {
  /** What was typed, its last word as a beginning, as a search reads it; undefined without words. */
  read(typed: string): TextQuery | undefined;
  /** Rows of the best items whose texts have it; at most `size`. */
  find(query: TextQuery, size: number): Iterable<number>;
  /** Completions out of titles: see {@link TitleCompletions.of}. */
  titles(typed: string, query: TextQuery, limit: number, isMended: boolean): readonly string[];
  stem(word: string): string;
  /** What an item has at the places that queries are understood by. */
  field(place: QueryPlace): ItemWord;
  readonly queryFields: QueryFields;
  readonly suggestions: Suggestions;
  /** Words, folded, that are in no completion. */
  readonly without: readonly string[];
}

/** [place] word row → share of what the shopper turned to, 0 to 1. */
type Taste = Readonly<Record<QueryPlace, ReadonlyMap<number, number>>>;
const noTaste: Taste = { "category-broad": new Map(), category: new Map(), brand: new Map() };

export class Suggesting {
  readonly #rooms: Rooms;
  readonly #options: SuggestingOptions;
  readonly #stopwatch: () => number;
  readonly #history = new History();
  readonly #without: readonly string[];

  constructor(rooms: Rooms, options: SuggestingOptions, stopwatch: () => number = stopwatchMs) {
    this.#rooms = rooms;
    this.#options = options;
    this.#stopwatch = stopwatch;
    this.#without = options.without.map((word) => ` ${foldedText(word).trim()} `).filter((word) => word.trim() !== "");
  }

  suggest({ q, user, session, size = completionsByDefault, consent }: SuggestRequest, atMs: number): SuggestAnswer {
    const startedMs = this.#stopwatch();
    const isPersonal = consent !== false && (user !== undefined || session !== undefined);
    const asked = question(this.#rooms, isPersonal ? { user, session, atMs } : { atMs }, this.#history);
    const taste = isPersonal ? this.#taste(atMs) : noTaste;
    const text = q.slice(0, limits.suggestReadMax).toWellFormed();
    const typed = foldedText(text);
    const read = once(() => this.#options.read(text));
    const titles = (isMended: boolean) => (limit: number) => {
      const query = typed === "" ? undefined : read();
      const found = query === undefined ? [] : this.#options.titles(text, query, limit + 1, isMended);
      // What is there already is no completion.
      return found.filter((one) => foldedText(one) !== typed.trimEnd());
    };
    let completions = this.#complete([typed], asked.shopper, taste, size, atMs, titles(false));
    if (completions.length === 0 && typed.length >= forgivenLength && !/\d/.test(typed)) {
      const isMended = read()?.isMended === true;
      completions = this.#complete(this.#near(typed), asked.shopper, taste, size, atMs, titles(isMended));
    }
    return { completions, items: this.#items(read, typed), tookMs: this.#stopwatch() - startedMs };
  }

  /** `typed`: folded; or several, where it was meant to be one of them. */
  #complete(
    typed: readonly string[],
    shopper: number,
    taste: Taste,
    size: number,
    atMs: number,
    titles: (limit: number) => readonly string[],
  ): Completion[] {
    const { suggestions } = this.#options;
    const quota = Math.max(1, Math.floor(size / fieldShare));
    const seen = new Alike(this.#options.stem);
    const isNew = (row: number): boolean => seen.add(suggestions.queries.text(row)!);
    const own = this.#own(typed, shopper).filter(isNew).slice(0, ownMax);
    const queries = this.#queries(typed, own, taste, size, atMs).filter(isNew).slice(0, size);
    const room = Math.max(quota, Math.ceil((size - own.length - queries.length) / 2));
    // Nothing typed is no beginning of a name.
    const named = typed.includes("") ? 0 : room;
    const brands = this.#values(suggestions.brands, typed, taste.brand, named);
    const categories = this.#values(suggestions.categories, typed, taste.category, named);
    const isPersonal = ({ share }: Valued): boolean => share >= personalShare;
    const fields = [...categories.map(category), ...brands.map(brand)];
    const first = fields.filter(isPersonal);
    const last = fields.filter((one) => !isPersonal(one));
    // Places that brands and categories need are left free of queries.
    const rest = Math.max(0, size - own.length - Math.min(fields.length, 2 * quota, Math.floor(size / 2)));
    // What shoppers asked says more than titles do, which get half of the places that are left.
    const left = Math.max(0, size - own.length - first.length - queries.length);
    const names = new Set(fields.map(({ completion }) => foldedText(completion.text)));
    const isFresh = (text: string): boolean => !names.has(foldedText(text)) && this.#mayShow(text) && seen.add(text);
    const written = left === 0 ? [] : titles(left).filter(isFresh);
    const places = Math.max(Math.floor(left / 2), left - last.length);
    const completed = written.slice(0, places).map((text): Completion => ({ text, kind: "query" }));
    const query = (row: number): Completion => ({ text: suggestions.queries.text(row)!, kind: "query" });
    return [
      ...own.map(query),
      ...first.map(({ completion }) => completion),
      ...queries.slice(0, rest).map(query),
      ...last.slice(0, left === 0 ? size : left - completed.length).map(({ completion }) => completion),
      ...queries.slice(rest).map(query),
      ...completed,
    ].slice(0, size);
  }

  /** What some completion begins with, one letter aside. */
  #near(typed: string): string[] {
    const { queries, brands, categories } = this.#options.suggestions;
    const near = new Set([...queries.near(typed), ...brands.near(typed), ...categories.near(typed)]);
    return [...near].slice(0, nearMax);
  }

  /** Rows of the shopper's own queries that fit, the latest first. */
  #own(typed: readonly string[], shopper: number): number[] {
    const { own, queries } = this.#options.suggestions;
    const fits = (text: string): boolean => typed.some((prefix) => beginsWith(text, prefix));
    const rows = own.of(shopper).map((key) => queries.rowOf(key));
    return rows.filter((row) => row >= 0 && fits(foldedText(queries.text(row)!)) && this.#mayShowQuery(row));
  }

  /** Rows of the shop's queries, the most chosen first, those first that mean what the shopper turns to. */
  #queries(typed: readonly string[], known: readonly number[], taste: Taste, size: number, atMs: number): number[] {
    const { queries } = this.#options.suggestions;
    const isFine = (row: number): boolean => !known.includes(row) && this.#mayShowQuery(row);
    const looked = (taste === noTaste ? 1 : lookedAt) * size + alikeMax;
    const weights = new Map<number, number>();
    for (const prefix of typed) {
      for (const { query, weight } of queries.best(prefix, looked, isFine)) {
        const liking = taste === noTaste ? 0 : this.#liking(queries.text(query)!, taste, atMs);
        weights.set(query, Math.max(weights.get(query) ?? 0, weight * (1 + (tasteWeight - 1) * liking)));
      }
    }
    const found = [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    return found.slice(0, size + alikeMax).map(([row]) => row);
  }

  #mayShowQuery(row: number): boolean {
    return this.#without.length === 0 || this.#mayShow(this.#options.suggestions.queries.text(row)!);
  }

  /** How much of what a query means the shopper turns to, 0 to 1. */
  #liking(text: string, taste: Taste, atMs: number): number {
    return this.#options.queryFields.worth(text, atMs, (place, value) => taste[place].get(value) ?? 0) / 2;
  }

  #values(values: FieldValues, typed: readonly string[], liked: ReadonlyMap<number, number>, limit: number): Tasted[] {
    const isFine = ({ name }: FieldValue): boolean => this.#mayShow(name);
    const fitting = new Map<number, FieldValue>();
    for (const prefix of typed)
      for (const value of values.best(prefix, lookedAt * limit, isFine)) fitting.set(value.node, value);
    const shares = values.shares(liked);
    const found = Array.from(fitting.values(), (value, place) => ({
      ...{ value, place },
      share: shares.get(value.node) ?? 0,
    }));
    const personal = (one: Tasted): number => (one.share >= personalShare ? one.share : 0);
    return found.sort((a, b) => personal(b) - personal(a) || a.place - b.place).slice(0, limit);
  }

  #mayShow(text: string): boolean {
    if (this.#without.length === 0) return true;
    const folded = ` ${foldedText(text).trim()} `;
    return !this.#without.some((word) => folded.includes(word));
  }

  /** Of what the gathered history holds, by touches that fade over a month. */
  #taste(atMs: number): Taste {
    const shares = (place: QueryPlace): Map<number, number> => {
      const word = this.#options.field(place);
      const sums = new Map<number, number>();
      let total = 0;
      for (let i = 0; i < Math.min(tasteItems, this.#history.count); i++) {
        const value = word.get(this.#history.item[i]!);
        const elapsedMs = atMs - this.#history.lastAtMs[i]!;
        const touches = this.#history.counts[month]![i]! * decay(elapsedMs, touchHalfLivesMs[month]!);
        total += touches;
        if (value >= 0) sums.set(value, (sums.get(value) ?? 0) + touches);
      }
      for (const [value, touches] of sums) sums.set(value, touches / (total + tasteStrength));
      return sums;
    };
    return this.#history.count === 0 ? noTaste : { ...noTaste, category: shares("category"), brand: shares("brand") };
  }

  #items(read: () => TextQuery | undefined, typed: string): SuggestAnswer["items"][number][] {
    // One letter says nothing of an item, but an ideogram does.
    if (typed.length < 2 && !(typed > "\u2e7f")) return [];
    const query = read();
    if (query === undefined) return [];
    const { items, catalogue } = this.#rooms;
    const found: SuggestAnswer["items"][number][] = [];
    for (const row of this.#options.find(query, itemsMax)) {
      const [item, fields] = [items.id(row), catalogue.fields(row)];
      if (item !== undefined && fields !== undefined && found.push({ item, fields }) === itemsMax) break;
    }
    return found;
  }
}

/** Reading a query takes longer than most of the rest, and a first letter seldom needs it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Texts of which no two are alike: the same letters whatever stands between them, or the same words but for their endings. */
class Alike {
  readonly #seen = new Set<string>();
  readonly #stem: (word: string) => string;

  constructor(stem: (word: string) => string) {
    this.#stem = stem;
  }

  /** False where one like it was added before. */
  add(text: string): boolean {
    const words = foldedText(text).trimEnd().split(" ");
    const keys = [words.join(""), words.map(this.#stem).join(" ")];
    const isNew = !keys.some((key) => this.#seen.has(key));
    if (isNew) for (const key of keys) this.#seen.add(key);
    return isNew;
  }
}

interface Tasted {
  readonly value: FieldValue;
  readonly place: number;
  readonly share: number;
}

interface Valued {
  readonly completion: Completion;
  readonly share: number;
}

const brand = ({ value, share }: Tasted): Valued => ({ completion: { text: value.name, kind: "brand" }, share });
const category = ({ value, share }: Tasted): Valued => ({
  completion: { text: value.name, kind: "category", path: value.path },
  share,
});

/** Completions over the rooms of an engine; the items are the best by their texts that are in stock. */
export function suggestingOver(rooms: Rooms): Suggesting {
  const found = new Found();
  const titles = new TitleCompletions(rooms);
  rooms.suggestions.prepare();
  return new Suggesting(rooms, {
    read: (typed) => rooms.planner.plan(typed),
    find(query, size) {
      found.clear();
      rooms.lexical.top(query, size, (item) => rooms.catalogue.isRecommendable(item), found);
      return found.item.subarray(0, found.count);
    },
    titles: (typed, query, limit, isMended) => titles.of(typed, query, limit, isMended),
    stem: (word) => rooms.analyzer.stem(word),
    field: queryPlace(rooms.catalogue),
    queryFields: rooms.queryFields,
    suggestions: rooms.suggestions,
    without: rooms.config.suggestWithout,
  });
}
