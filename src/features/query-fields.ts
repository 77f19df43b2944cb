/**
 * What a query means by the shop's own fields: how likely a click for it falls on the item's category, at its broadest level and whole,
 * and on its brand. Learned from clicks, with Dirichlet back-off from the whole query to its words, and from these to the shop:
 *
 *     P(v)         = n(v) / (n + 1)
 *     P(v | word)  = (n(word, v) + ν · P(v)) / (n(word) + ν)
 *     P(v | words) = Σ trust(word) · P(v | word) / Σ trust(word)
 *     P(v | query) = (n(query, v) + μ · P(v | words)) / (n(query) + μ)
 *
 * n: decayed clicks. A word is trusted as far as it alone foretold the clicks that came: “scarf” speaks of the category, “red” hardly. The
 * whole query is the set of its stems: “red scarf” and “Scarves, red” are one, asked before or not.
 */
import type { Analyzer } from "../core/analyzer.ts";
import type { Bounds } from "../core/bounds.ts";
import { dayMs } from "../core/clock.ts";
import type { RowKeys } from "../core/expiring-ids.ts";
import type { Fact } from "../core/fact.ts";
import type { ItemWord } from "../core/item-numbers.ts";
import type { List } from "../core/list.ts";
import { Marks } from "../core/marks.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { laidOut, prefixed, state } from "../core/state.ts";
import { absent, clamp } from "./buckets.ts";
import { code, type Feature } from "./feature.ts";
import { leadersMax, type ShareKey, shareKey, ValueShares } from "./value-shares.ts";

const halfLifeMs = 30 * dayMs;
const expiryMs = 120 * dayMs;
/** ν and μ: clicks that the fall-back counts for. */
const wordStrength = 2;
const queryStrength = 3;
/** Trust in a word without clicks, and of how many clicks that is the worth. */
const firstTrust = 0.1;
/** Words of a query that count. */
const wordsMax = 8;
/** Texts whose keys are remembered. */
const analysedMax = 4096;
/** Clicks below which nothing is said. */
const clicksMin = 0.5;
/** Codes of a share: half doublings from 1 / 64 up. */
const shareSteps = 12;

/** What a query is understood by, in the order of the columns. */
export const queryPlaces = ["category-broad", "category", "brand"] as const;
export type QueryPlace = (typeof queryPlaces)[number];

/** One value that a query may mean. */
export interface Meaning {
  readonly place: QueryPlace;
  /** Word row. */
  readonly value: number;
  /** P(value | query), 0 to 1. */
  readonly share: number;
  /** Decayed clicks for the whole query on it, and at least how many shoppers clicked for the query, up to 32. */
  readonly clicks: number;
  readonly shoppers: number;
}

export interface QueryFields extends Feature {
  /** Σ share · worth of the values that lead the query's narrow places, by clicks for the whole query alone: cheap, for many queries at once. */
  worth(query: string, atMs: number, of: (place: QueryPlace, value: number) => number): number;
  /** The likeliest values of each place, by falling share; none where nothing is known. */
  meanings(query: string, atMs: number): readonly Meaning[];
}

export interface QueryFieldsOptions {
  readonly analyzer: Pick<Analyzer, "layout" | "analyze" | "stem" | "isStopWord">;
  /** Text of a query's word row; undefined where it has none. */
  queryText(word: number): string | undefined;
  /** Keys of word rows. */
  readonly words: RowKeys;
  /** The item's word at a place. */
  field(place: QueryPlace): ItemWord;
  /** How many pairs of a query and a value may be kept at present. */
  readonly bounds?: Bounds;
}

/** Keys of a query: of its words, and of all of them together. */
interface Keys {
  readonly words: readonly ShareKey[];
  /** The word itself where there is one only. */
  readonly whole: ShareKey;
}

const shop = shareKey("");

export function queryFields({ analyzer, queryText, words, field, bounds }: QueryFieldsOptions): QueryFields {
  const shares = new ValueShares("shares", queryPlaces.length, halfLifeMs, expiryMs, bounds);
  const values = new Int32Array(queryPlaces.length);
  const priors = new Float64Array(queryPlaces.length);
  const codes = new Marks();
  /** Keys of texts: they follow from the text alone. */
  const analysed = new Map<string, Keys | undefined>();

  function keysOfText(text: string): Keys | undefined {
    if (analysed.has(text)) return analysed.get(text);
    const keys = keysOf(analyzer.analyze(text).flatMap(({ text: term, wholeOf }) => (wholeOf === 0 ? [term] : [])));
    if (analysed.size >= analysedMax) analysed.clear();
    analysed.set(text, keys);
    return keys;
  }

  function keysOf(terms: readonly string[]): Keys | undefined {
    const telling = terms.filter((term) => !analyzer.isStopWord(term));
    const stems = [...new Set((telling.length > 0 ? telling : terms).map((term) => analyzer.stem(term)))];
    if (stems.length === 0) return undefined;
    // In one order, so that sums over the words are the same in any.
    const counted = stems.slice(0, wordsMax).sort();
    const keys = counted.map((stem) => shareKey(`w ${stem}`));
    return { words: keys, whole: keys.length === 1 ? keys[0]! : shareKey(`q ${counted.join(" ")}`) };
  }

  /** True where clicks say something of the query, or of one of its words, for a place. */
  function isKnown({ whole, words }: Keys, place: number, atMs: number): boolean {
    if (shares.clicks(shares.find(whole), place, atMs) >= clicksMin) return true;
    return words.some((word) => shares.clicks(shares.find(word), place, atMs) >= clicksMin);
  }

  const shareInShop = (place: number, value: number, atMs: number): number =>
    shares.clicksOn(shop, place, value, atMs) / (shares.clicks(shares.find(shop), place, atMs) + 1);

  const shareOfWord = (word: ShareKey, place: number, value: number, prior: number, atMs: number): number =>
    (shares.clicksOn(word, place, value, atMs) + wordStrength * prior) /
    (shares.clicks(shares.find(word), place, atMs) + wordStrength);

  function share({ whole, words }: Keys, place: number, value: number, atMs: number): number {
    const prior = shareInShop(place, value, atMs);
    let trusted = 0;
    let said = 0;
    for (const word of words) {
      const slot = shares.find(word);
      const trust = (shares.foretold(slot, place, atMs) + firstTrust) / (shares.clicks(slot, place, atMs) + 1);
      trusted += trust;
      said += trust * shareOfWord(word, place, value, prior, atMs);
    }
    const byWords = said / trusted;
    if (words.length === 1) return byWords;
    const clicks = shares.clicks(shares.find(whole), place, atMs);
    return (shares.clicksOn(whole, place, value, atMs) + queryStrength * byWords) / (clicks + queryStrength);
  }

  function learn({ words: ofWords, whole }: Keys, shopper: number, atMs: number): void {
    for (let p = 0; p < queryPlaces.length; p++) priors[p] = values[p]! < 0 ? 0 : shareInShop(p, values[p]!, atMs);
    const before = { prior: priors, strength: wordStrength };
    for (const word of ofWords) shares.add(word, values, before, shopper, atMs);
    if (ofWords.length > 1) shares.add(whole, values, before, shopper, atMs);
    shares.add(shop, values, before, shopper, atMs);
  }

  return {
    name: "query-fields",
    columns: queryPlaces.map((place) => code(`query-${place}`, absent)),
    // Of words as they are analysed.
    state: laidOut(state("feature.query-fields", 1, prefixed(shares.state)), [analyzer.layout]),
    fold({ isChoice, query, item, shopper, atMs }: Fact) {
      if (!isChoice || query < 0 || item < 0) return;
      const text = queryText(query);
      const keys = text === undefined ? undefined : keysOfText(text);
      if (keys === undefined) return;
      for (let p = 0; p < queryPlaces.length; p++) values[p] = words.key(field(queryPlaces[p]!).get(item));
      learn(keys, shopper, atMs);
    },
    /** −1 the item has no value · {@link absent} nothing known of the query · else half doublings of the share, 0 for 1/64 and less, 12 for 1. */
    read({ queryText: typed, atMs }: Request, { count, item }: List, { dense, width }: Rows, column: number) {
      // By its text, asked before or not: it means the same the second time.
      const keys = typed === undefined ? undefined : keysOfText(typed);
      for (let p = 0; p < queryPlaces.length; p++) {
        const word = field(queryPlaces[p]!);
        const isSilent = keys === undefined || !isKnown(keys, p, atMs);
        codes.clear();
        for (let i = 0; i < count; i++) {
          const at = i * width + column + p;
          const value = item[i]! < 0 ? -1 : word.get(item[i]!);
          if (isSilent || value < 0) {
            dense[at] = isSilent ? absent : -1;
            continue;
          }
          let known = codes.get(value);
          if (known < 0) {
            const log = Math.log2(share(keys, p, words.key(value), atMs));
            known = shareSteps + clamp(Math.round(2 * log), -shareSteps, 0);
            codes.set(value, known);
          }
          dense[at] = known;
        }
      }
    },
    worth(query, atMs, of) {
      const whole = keysOfText(query)?.whole;
      const slot = whole === undefined ? -1 : shares.find(whole);
      let worth = 0;
      for (let p = 0; p < queryPlaces.length && slot >= 0; p++) {
        if (queryPlaces[p] === "category-broad") continue;
        for (let l = 0; l < leadersMax; l++) {
          const key = shares.leader(slot, p, l);
          const value = words.rowOf(key);
          const each = value < 0 ? 0 : of(queryPlaces[p]!, value);
          if (each === 0) continue;
          worth += (each * shares.clicksOn(whole!, p, key, atMs)) / (shares.clicks(slot, p, atMs) + queryStrength);
        }
      }
      return worth;
    },
    meanings(query, atMs) {
      const keys = keysOfText(query);
      return keys === undefined ? [] : queryPlaces.flatMap((_, p) => leading(keys, p, atMs));
    },
  };

  function leading(keys: Keys, p: number, atMs: number): Meaning[] {
    if (!isKnown(keys, p, atMs)) return [];
    const whole = shares.find(keys.whole);
    const candidates = new Set<number>();
    for (const slot of [whole, ...keys.words.map((word) => shares.find(word))])
      for (let l = 0; l < leadersMax; l++) candidates.add(shares.leader(slot, p, l));
    const found: Meaning[] = [];
    for (const key of candidates) {
      const value = words.rowOf(key);
      if (value < 0) continue;
      const clicks = shares.clicksOn(keys.whole, p, key, atMs);
      const shoppers = shares.shoppers(whole);
      found.push({ place: queryPlaces[p]!, value, share: share(keys, p, key, atMs), clicks, shoppers });
    }
    return found.sort((a, b) => b.share - a.share || a.value - b.value).slice(0, leadersMax);
  }
}
