import fc from "fast-check";
import { expect, test } from "vitest";
import type { Fields } from "../core/event.ts";
import type { TextQuery } from "../core/text-query.ts";
import { LexicalIndex } from "./lexical-index.ts";
import { type MatchColumn, MatchFeatures, matchColumns } from "./match-features.ts";
import { slotOf, splitter } from "./slow-index.check.ts";
import { saturation, slotB, slotPivot, slotWeight } from "./text-slots.ts";

function indexOf(...items: readonly Fields[]): LexicalIndex {
  const index = new LexicalIndex({ analyzer: splitter, slotOf });
  items.forEach((fields, item) => {
    index.fold(item, fields, () => fields);
  });
  return index;
}

/** One reading: words by spaces, each with what else stands for it after a slash and its weight of ½. */
function asked(index: LexicalIndex, ...readings: readonly string[]): TextQuery {
  const words = (text: string) =>
    text.split(" ").map((word, w) => {
      const alternatives = word.split("/");
      const terms = alternatives.map((one) => index.dictionary.find(one));
      return {
        text: word,
        terms: Int32Array.from(terms.filter((term) => term >= 0)),
        weights: Float32Array.from(terms.flatMap((term, a) => (term < 0 ? [] : [a === 0 ? 1 : 0.5]))),
        idf: 1 + w,
        isRequired: true,
      };
    });
  return {
    readings: readings.map((text, r) => ({ words: words(text), weight: 1 / (1 + r) })),
    exact: new Int32Array(),
    highlights: { terms: new Set(), prefixes: [] },
  };
}

function describe(index: LexicalIndex, query: TextQuery, item: number): Record<MatchColumn, number> {
  const out = new Float32Array(matchColumns.length).fill(7);
  new MatchFeatures(index.documents).describe(query, Int32Array.of(item), 1, out);
  return Object.fromEntries(matchColumns.map((name, c) => [name, out[c]!])) as Record<MatchColumn, number>;
}

test("a query that is the title is told apart from one that begins it, lies in it or has it inside", () => {
  const index = indexOf({ title: "red wool scarf" }, { title: "wool scarf" }, { title: "warm red wool scarf" });
  const query = asked(index, "red wool scarf");
  const [same, inside, longer] = [0, 1, 2].map((item) => describe(index, query, item));
  expect(same).toMatchObject({ "title-exact": 1, "title-begins": 1, "title-within": 1, "title-share": 1 });
  expect(inside).toMatchObject({ "title-exact": 0, "title-begins": 0, "title-within": 1, "title-share": 1 });
  expect(longer).toMatchObject({ "title-exact": 0, "title-begins": 0, "title-within": 0, "title-share": 0.75 });
  expect(longer).toMatchObject({ "title-phrase": 1, "title-first": 1, "title-last": 0, "title-length": 4 });
});

test("words side by side in the query's order are a phrase, across two values they are none", () => {
  const index = indexOf({ tags: ["wool scarf"] }, { tags: ["wool", "scarf"] }, { tags: ["scarf wool"] });
  const query = asked(index, "wool scarf");
  expect([0, 1, 2].map((item) => describe(index, query, item)["tags-phrase"])).toEqual([1, 0.5, 0.5]);
});

test("what a word matches by counts: its own form whole, another by its weight", () => {
  const index = indexOf({ title: "scarf" }, { title: "scarves" });
  const query = asked(index, "scarf/scarves");
  const [own, other] = [describe(index, query, 0), describe(index, query, 1)];
  expect([own.literalness, other.literalness]).toEqual([1, 0.5]);
  expect(other.bm25f).toBeCloseTo(own.bm25f / 2, 6);
});

test("a whole is found with its parts, and covers as many words of the title", () => {
  const index = indexOf({ title: "laptop dv7+1211ea black" });
  const found = describe(index, asked(index, "laptop dv71211ea"), 0);
  expect(found).toMatchObject({ "title-share": 0.75, "title-phrase": 1, "title-length": 4, "title-last": 1 });
});

test("of several readings an item is described by the one that fits it best", () => {
  const index = indexOf({ title: "head phones" }, { title: "headphones" });
  const query = asked(index, "head phones", "headphones");
  expect(describe(index, query, 0)["query-words"]).toBe(2);
  expect(describe(index, query, 1)["query-words"]).toBe(1);
  expect(describe(index, query, 1)["title-exact"]).toBe(1);
});

test("a title without a match is farther from the query's words than any that has one", () => {
  const index = indexOf({ title: "coat", description: "scarf" }, { title: `${"long ".repeat(400)}scarf` });
  const [none, far] = [0, 1].map((item) => describe(index, asked(index, "scarf"), item));
  expect(none!["title-first"]).toBeGreaterThan(far!["title-first"]);
  expect(none!["title-last"]).toBeGreaterThan(far!["title-first"]);
});

test("a reading of more words scores no more than the word that it stands for", () => {
  const index = indexOf({ title: "headphones" }, { title: "head phones" });
  const query = asked(index, "headphones", "head phones");
  const [word, words] = [0, 1].map((item) => describe(index, query, item));
  expect(words!.bm25f).toBeLessThan(word!.bm25f);
  expect(words!.share).toBeLessThan(word!.share);
  // Nothing is known of a word that no item has: then the words say what they say.
  const [first, second] = query.readings;
  const unknown = { ...query, readings: [{ ...first!, words: [{ ...first!.words[0]!, idf: 0 }] }, second!] };
  expect(describe(index, unknown, 1).bm25f).toBeGreaterThan(words!.bm25f);
});

test("an item that is named exactly is marked, but not by what a description mentions", () => {
  const index = indexOf({ title: "ab12 cable" }, { title: "cable", description: "for ab12" });
  const query = { ...asked(index, "ab12 cable"), exact: Int32Array.of(index.dictionary.find("ab12")) };
  expect([0, 1].map((item) => describe(index, query, item).identifier)).toEqual([1, 0]);
});

test("items without a word of the query, without text, or that are none are all zeros, and are not counted", () => {
  const index = indexOf({ title: "scarf" }, { title: "hat" });
  const features = new MatchFeatures(index.documents);
  const out = new Float32Array(4 * matchColumns.length).fill(7);
  expect(features.describe(asked(index, "scarf"), Int32Array.of(1, 5, -1, 0), 4, out)).toBe(1);
  expect(out.subarray(0, 3 * matchColumns.length).every((value) => value === 0)).toBe(true);
  expect(out[3 * matchColumns.length]).toBeGreaterThan(0);
});

const words = ["a", "b", "c", "d", "e"];
const text = fc.array(fc.constantFrom(...words), { maxLength: 8 }).map((list) => list.join(" "));
const query = fc.uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 4 });

/** The same figures the slow way, from words between spaces. */
function slowly(fields: { title: string; description: string }, sought: readonly string[]) {
  const idf = sought.map((_, w) => 1 + w);
  const slots = [fields.title, fields.description].map((text) => text.split(" ").filter((word) => word !== ""));
  const weightIn = (slot: number, length: number): number =>
    slotWeight[slot]! / (1 - slotB[slot]! + (slotB[slot]! * length) / slotPivot[slot]!);
  let bm25f = 0;
  let coverage = 0;
  sought.forEach((word, w) => {
    let frequency = 0;
    for (const [s, slot] of [0, 5].entries())
      frequency += weightIn(slot, slots[s]!.length) * slots[s]!.filter((one) => one === word).length;
    bm25f += (idf[w]! * frequency) / (saturation + frequency);
    if (frequency > 0) coverage += idf[w]!;
  });
  const title = slots[0]!;
  let phrase = 0;
  let begins = 0;
  for (let from = 0; from < title.length; from++)
    for (let to = from + 1; to <= title.length; to++) {
      const part = title.slice(from, to).join(" ");
      if (` ${sought.join(" ")} `.includes(` ${part} `)) phrase = Math.max(phrase, to - from);
    }
  while (begins < sought.length && title[begins] === sought[begins]) begins++;
  const held = new Set(title.filter((word) => sought.includes(word)));
  let window = Number.POSITIVE_INFINITY;
  for (let from = 0; from < title.length; from++)
    for (let to = from + 1; to <= title.length; to++)
      if ([...held].every((word) => title.slice(from, to).includes(word))) window = Math.min(window, to - from);
  const sum = idf.reduce((a, b) => a + b, 0);
  return {
    bm25f,
    share: bm25f / sum,
    coverage: coverage / sum,
    "title-phrase": phrase / sought.length,
    "title-begins": begins / sought.length,
    "title-window": held.size > 0 ? held.size / window : 0,
    "title-exact": title.join(" ") === sought.join(" ") ? 1 : 0,
    "title-share": title.length > 0 ? title.filter((word) => sought.includes(word)).length / title.length : 0,
  };
}

test("scores, phrases and windows are what a slow count of the words says", () => {
  fc.assert(
    fc.property(text, text, query, (title, description, sought) => {
      const index = indexOf({ title, description }, { title: "a b c d e" });
      const found = describe(index, asked(index, sought.join(" ")), 0);
      for (const [name, value] of Object.entries(slowly({ title, description }, sought)))
        expect([name, found[name as MatchColumn]]).toEqual([name, expect.closeTo(value, 5)]);
    }),
  );
});

test("many items are described as each alone", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 6 }), query, (titles, sought) => {
      const index = indexOf(...titles.map((title) => ({ title })));
      const query = asked(index, sought.join(" "));
      const items = Int32Array.from(titles, (_, item) => item);
      const all = new Float32Array(titles.length * matchColumns.length);
      new MatchFeatures(index.documents).describe(query, items, items.length, all);
      const each = titles.flatMap((_, item) => Object.values(describe(index, query, item)));
      expect([...all]).toEqual(each);
    }),
  );
});
