/**
 * The inverted index: building it, the best 200 of a query by text alone, every match (as facets want it), and what an item takes.
 * Generated titles with words as Zipf found them, and Chorus' products where they are there. Queries are words out of titles.
 */

import { Found } from "../../src/core/retrieved.ts";
import { bytesInUse } from "../../src/core/state.ts";
import type { TextQuery } from "../../src/core/text-query.ts";
import type { LexicalIndex } from "../../src/lexical/lexical-index.ts";
import { Matches } from "../../src/lexical/matches.ts";
import { QueryPlanner } from "../../src/lexical/query-planner.ts";
import { Synonyms } from "../../src/lexical/synonyms.ts";
import { analyzer } from "../../src/text/analyzer.ts";
import { chorusProducts } from "../datasets/chorus.ts";
import { type Benchmark, type Measure, scaled } from "./benchmark.ts";
import { asked, built, generatedTitles, itemsOf, queriesOf, type TextShop, timesOf, wordOf } from "./text-shop.ts";

const language = analyzer({ language: "english" });
/** Items found, as search asks for them. */
const wanted = 200;
/** Terms that the beginning of a word stands for at most. */
const beginningsMax = 256;

/** Bounds of the best 200, ms. */
interface Bounds {
  readonly p50: { readonly hold: number; readonly reach: number };
  readonly p99?: { readonly hold: number };
}
const smallShop: Bounds = { p50: { hold: 0.25, reach: 0.08 }, p99: { hold: 2 } };
const largeShop: Bounds = { p50: { hold: 2, reach: 0.5 } };

function measured(what: string, shop: TextShop, queries: readonly string[][], bounds: Bounds): Measure[] {
  const { index, perSecond, longestMs } = shop;
  const measures: Measure[] = [
    { what: `${what}: items indexed`, value: perSecond, unit: "/s", isRate: true, hold: 20_000 },
    { what: `${what}: longest single one`, value: longestMs, unit: "ms", hold: 50 },
    { what: `${what}: bytes an item`, value: Math.round(bytesInUse([index.state]) / index.size), unit: "" },
    { what: `${what}: terms`, value: index.dictionary.size, unit: "" },
  ];
  const found = new Found();
  const matches = new Matches();
  const best = (query: TextQuery): void => index.top(query, wanted, undefined, found);
  const every = (query: TextQuery): void => index.all(query, undefined, matches);
  const of = (kind: string, [p50, p99]: [number, number], held?: Bounds): void => {
    measures.push(
      { what: `${what}: ${kind}, p50`, value: p50, unit: "ms", ...held?.p50 },
      { what: `${what}: ${kind}, p99`, value: p99, unit: "ms", ...held?.p99 },
    );
  };
  const [all, any, typed] = [words(index, queries, true), words(index, queries, false), beginnings(index, queries)];
  of("best 200, all words", timesOf(all, best), bounds);
  of("best 200, any word", timesOf(any, best), bounds);
  of("best 200, last word's first two letters", timesOf(typed, best), bounds);
  of("every match, all words", timesOf(all, every));
  of("every match, any word", timesOf(any, every));
  const planner = new QueryPlanner({
    analyzer: language,
    dictionary: index.dictionary,
    documents: () => index.size,
    synonyms: new Synonyms(language),
  });
  const read = (text: string): void => {
    const query = planner.plan(text);
    if (query !== undefined) best(query);
  };
  const texts = queries.map((one) => one.join(" "));
  of(
    "query read by the planner",
    timesOf(texts, (text) => void planner.plan(text)),
  );
  of("the same and its best 200", timesOf(texts, read));
  return measures;
}

/** Each word as it stands. */
const words = (index: LexicalIndex, queries: readonly string[][], isRequired: boolean): TextQuery[] =>
  queries.map((query) => asked(query.map((text) => wordOf(index, [text], isRequired))));

/** As typed: of the last word two letters are there. */
function beginnings(index: LexicalIndex, queries: readonly string[][]): TextQuery[] {
  const { dictionary } = index;
  const documents = (text: string): number => dictionary.documents(dictionary.find(text));
  const beginningWith = Map.groupBy(textsOf(dictionary), (text) => text.slice(0, 2));
  for (const texts of beginningWith.values()) texts.sort((a, b) => documents(b) - documents(a));
  return queries.map((query) => {
    const texts = beginningWith.get(query.at(-1)!.slice(0, 2)) ?? [query.at(-1)!];
    const before = query.slice(0, -1).map((text) => wordOf(index, [text], true));
    return asked([...before, wordOf(index, texts.slice(0, beginningsMax), true)]);
  });
}

function* textsOf(dictionary: LexicalIndex["dictionary"]): Generator<string> {
  for (let term = 0; term < dictionary.rows; term++) {
    const text = dictionary.text(term);
    if (text !== undefined) yield text;
  }
}

function ofTitles(count: number, bounds: Bounds): Measure[] {
  const titles = [...generatedTitles(count)];
  const shop = built(itemsOf(titles), language);
  return measured(`${count.toLocaleString("en")} generated titles`, shop, queriesOf(titles), bounds);
}

export const lexical: Benchmark = {
  name: "lexical",
  limitMs: 900_000,
  async run(setting) {
    const measures = [10_000, 40_000, 100_000, 1_000_000].flatMap((count) =>
      ofTitles(scaled(count, setting), count > 100_000 ? largeShop : smallShop),
    );
    const products = chorusProducts();
    if (products === undefined) return measures;
    const titles = products.map(({ title }) => String(title ?? "").toLowerCase());
    const shop = built(products, language);
    return [...measures, ...measured("Chorus' products", shop, queriesOf(titles), smallShop)];
  },
};
