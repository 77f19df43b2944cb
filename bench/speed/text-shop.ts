/** A shop's texts made up or as they are, indexed; and queries in it. */
import type { Analyzer } from "../../src/core/analyzer.ts";
import { stopwatchMs } from "../../src/core/clock.ts";
import type { Fields } from "../../src/core/event.ts";
import { type Random, random } from "../../src/core/random.ts";
import type { QueryWord, TextQuery } from "../../src/core/text-query.ts";
import { LexicalIndex } from "../../src/lexical/lexical-index.ts";
import { slotOfField } from "../../src/lexical/text-slots.ts";
import { percentile, threadMs } from "./benchmark.ts";

const queryCount = 1000;

/** Titles of 5 to 12 words; the word of rank r comes 1/r as often as the first. */
export function* generatedTitles(count: number): Generator<string> {
  const chance = random("titles");
  // Heaps: a larger shop has more words.
  const vocabulary = Math.round(300 * Math.sqrt(count));
  const word = (): string => spelled(Math.floor(Math.exp(chance.next() * Math.log(vocabulary))));
  for (let n = 0; n < count; n++) yield Array.from({ length: 5 + chance.int(8) }, word).join(" ");
}

const [consonants, vowels] = ["bcdfghklmnprstvz", "aeiou"];
/** A pronounceable word for each number. */
function spelled(number: number): string {
  let text = "";
  for (let left = number; left > 0 || text === ""; left = Math.floor(left / 80))
    text += consonants[left % 16]! + vowels[Math.floor(left / 16) % 5]!;
  return text;
}

/** Items of nothing but a title, made as they are asked for: a million objects would be the collector's work, not the index's. */
export function* itemsOf(titles: readonly string[]): Generator<Fields> {
  for (const title of titles) yield { title };
}

/** Words out of titles, one to five of each. */
export function queriesOf(titles: readonly string[], chance: Random = random("queries")): string[][] {
  return Array.from({ length: queryCount }, (_, n) => {
    const words = [...new Set(titles[chance.int(titles.length)]!.split(" "))];
    for (let i = words.length - 1; i > 0; i--) {
      const j = chance.int(i + 1);
      [words[i], words[j]] = [words[j]!, words[i]!];
    }
    return words.slice(0, 1 + (n % 5));
  });
}

export interface TextShop {
  readonly index: LexicalIndex;
  /** Items indexed a second of this thread's own computing, and the longest single one of it. */
  readonly perSecond: number;
  readonly longestMs: number;
}

export function built(items: Iterable<Fields>, language: Analyzer): TextShop {
  const index = new LexicalIndex({
    analyzer: language,
    slotOf: (field) => slotOfField(field, field === "title" ? "text" : "word"),
  });
  const startedMs = threadMs();
  let [count, longestMs] = [0, 0];
  for (const fields of items) {
    const beforeMs = threadMs();
    index.fold(count++, fields, () => fields);
    longestMs = Math.max(longestMs, threadMs() - beforeMs);
  }
  return { index, perSecond: (1000 * count) / (threadMs() - startedMs), longestMs };
}

export function wordOf(index: LexicalIndex, texts: readonly string[], isRequired: boolean): QueryWord {
  const terms = texts.map((text) => index.dictionary.find(text)).filter((term) => term >= 0);
  const documents = Math.max(0, ...terms.map((term) => index.dictionary.documents(term)));
  return {
    text: texts[0]!,
    terms: Int32Array.from(terms),
    weights: Float32Array.from(terms, (_, a) => (a === 0 ? 1 : 0.8)),
    idf: Math.log(1 + (index.size - documents + 0.5) / (documents + 0.5)),
    isRequired,
  };
}

export const asked = (words: readonly QueryWord[]): TextQuery => ({
  readings: [{ words, weight: 1 }],
  exact: new Int32Array(0),
  highlights: { terms: new Set(), prefixes: [] },
});

/** p50 and p99 over the queries; of each the median of five times, after one that does not count: what else the machine does is left out. */
export function timesOf<Q>(queries: readonly Q[], ask: (query: Q) => void): [number, number] {
  for (const query of queries) ask(query);
  const rounds = Array.from({ length: 5 }, () =>
    queries.map((query) => {
      const before = stopwatchMs();
      ask(query);
      return stopwatchMs() - before;
    }),
  );
  const times = Float64Array.from(queries, (_, q) =>
    percentile(Float64Array.from(rounds, (one) => one[q]!).sort(), 0.5),
  );
  times.sort();
  return [percentile(times, 0.5), percentile(times, 0.99)];
}
