/** The slow, obvious twin of the index: plain objects, every score computed anew from the texts; and small worlds for both. */
import type { Analyzer, Token } from "../core/analyzer.ts";
import type { Fields } from "../core/event.ts";
import type { QueryWord, Reading, TextQuery } from "../core/text-query.ts";
import { saturation, slotB, slotPivot, slotWeight, textSlots } from "./text-slots.ts";

/** Words between spaces; “a+b” is a whole of two parts. */
export const splitter: Analyzer = {
  layout: "splitter",
  analyze(text) {
    const tokens: Token[] = [];
    let position = 0;
    for (const { 0: word, index } of text.matchAll(/\S+/g)) {
      const parts = word.split("+").filter((part) => part !== "");
      const place = { start: index, end: index + word.length };
      if (parts.length > 1)
        tokens.push({ text: parts.join(""), ...place, position, kind: "identifier", wholeOf: parts.length });
      for (const part of parts)
        tokens.push({
          text: part,
          ...place,
          position: position++,
          kind: /^\d+$/.test(part) ? "number" : "word",
          wholeOf: 0,
        });
    }
    return tokens;
  },
  stem: (word) => word,
  isStopWord: () => false,
  compounds: false,
};

const slots: Readonly<Record<string, number>> = { title: 0, brand: 1, tags: 3, model: 4, description: 5 };
export const slotOf = (field: string): number => slots[field] ?? -1;
export const weightOf = (field: string): number => (field === "model" ? 2 : 1);

const isText = (value: unknown): value is string =>
  typeof value === "string" && !/^https?:/.test(value) && !/^\d{4}-\d{2}-\d{2}/.test(value);

export class SlowIndex {
  readonly items = new Map<number, Fields>();

  /** Term → share of its idf, quantised; of an item. */
  impacts(item: number): Map<string, number> {
    const frequency = new Map<string, number>();
    const fields = this.items.get(item) ?? {};
    for (let slot = 0; slot < textSlots.length; slot++) {
      const tokens: { text: string; weight: number; wholeOf: number }[] = [];
      for (const [name, value] of Object.entries(fields))
        if (slotOf(name) === slot)
          for (const text of [value].flat().filter(isText))
            tokens.push(...splitter.analyze(text).map((token) => ({ ...token, weight: weightOf(name) })));
      const length = tokens.filter(({ wholeOf }) => wholeOf === 0).length;
      const normal = 1 - slotB[slot]! + (slotB[slot]! * length) / slotPivot[slot]!;
      for (const { text, weight } of tokens)
        frequency.set(text, (frequency.get(text) ?? 0) + (slotWeight[slot]! / normal) * weight);
    }
    const impactOf = (tf: number): number => Math.max(1, Math.round((255 * tf) / (saturation + tf)));
    return new Map([...frequency].map(([text, tf]) => [text, impactOf(tf)]));
  }

  documents(text: string): number {
    return [...this.items.keys()].filter((item) => this.impacts(item).has(text)).length;
  }

  /** Scores of all matches, by row. `text`: of a term row. */
  all({ readings }: TextQuery, text: (term: number) => string): [item: number, score: number][] {
    const scores: [number, number][] = [];
    for (const item of [...this.items.keys()].sort((a, b) => a - b)) {
      const impacts = this.impacts(item);
      const score = Math.max(
        0,
        ...readings.map((reading) => readingScore(reading, (term) => impacts.get(text(term)) ?? 0)),
      );
      if (score > 0) scores.push([item, score]);
    }
    return scores;
  }
}

/** weight · Σ idf · max over alternatives of weight · share, each product in whole 4096ths of 1/255; 0 for no match. */
function readingScore({ words, weight }: Reading, impact: (term: number) => number): number {
  const sums = words.map(({ terms, weights, idf }) =>
    Math.max(
      0,
      ...Array.from(terms, (term, a) => Math.max(1, Math.round(idf * weights[a]! * weight * 4096)) * impact(term)),
    ),
  );
  const required = words.map(({ isRequired }) => isRequired);
  if (required.some((is, w) => is && sums[w] === 0)) return 0;
  return sums.reduce((sum, one) => sum + one, 0) / 4096 / 255;
}

export const word = (terms: readonly number[], rest: Partial<QueryWord> = {}): QueryWord => ({
  text: "",
  terms: Int32Array.from(terms),
  weights: new Float32Array(terms.length).fill(1),
  idf: 1,
  isRequired: true,
  ...rest,
});

export const query = (...readings: readonly Reading[]): TextQuery => ({
  readings,
  exact: new Int32Array(0),
  highlights: { terms: new Set(), prefixes: [] },
});
