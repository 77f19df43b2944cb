import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

// Small segments, and windows of as many rows.
vi.mock("../core/segments.ts", () => ({ segments: { bits: 9 } }));

import type { Fields } from "../core/event.ts";
import { random } from "../core/random.ts";
import { Found } from "../core/retrieved.ts";
import { checksum, copyState } from "../core/state.ts";
import type { TextQuery } from "../core/text-query.ts";
import { boundary, termOf } from "./documents.ts";
import { LexicalIndex } from "./lexical-index.ts";
import { Matches } from "./matches.ts";
import { query, SlowIndex, slotOf, splitter, weightOf, word } from "./slow-index.check.ts";

const newIndex = (): LexicalIndex => new LexicalIndex({ analyzer: splitter, slotOf, weightOf });

/** An index and its twin, told the same. */
class Both {
  index = newIndex();
  readonly slow = new SlowIndex();

  fold(item: number, given: Fields): void {
    const merged: Fields = { ...this.slow.items.get(item), ...given };
    for (const [name, value] of Object.entries(merged)) if (value === null) delete merged[name];
    this.slow.items.set(item, merged);
    this.index.fold(item, given, () => merged);
  }

  forget(item: number): void {
    this.slow.items.delete(item);
    this.index.forget(item);
  }

  reopen(): void {
    const restored = newIndex();
    copyState(this.index.state, restored.state);
    expect(checksum([restored.state])).toBe(checksum([this.index.state]));
    this.index = restored;
  }

  /** A query of words in the index; `-1`-like words stay without terms. */
  readonly text = (term: number): string => this.index.dictionary.text(term)!;

  expectSame(asked: TextQuery, k = 5): void {
    const expected = this.slow.all(asked, this.text);
    const matches = new Matches();
    this.index.all(asked, undefined, matches);
    expect(pairs(matches.item, matches.score, matches.count)).toEqual(
      expected.map(([item, score]) => [item, near(score)]),
    );
    for (const accepts of [undefined, (item: number) => item % 3 !== 0]) {
      const best = expected.filter(([item]) => accepts?.(item) ?? true).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
      const found = new Found();
      this.index.top(asked, k, accepts, found);
      expect(pairs(found.item, found.strength, found.count)).toEqual(
        best.slice(0, k).map(([item, score]) => [item, near(score)]),
      );
    }
  }
}

const near = (score: number): number => Math.round(score * 255 * 4096);
const pairs = (item: Int32Array, score: Float64Array, count: number): [number, number][] =>
  Array.from({ length: count }, (_, i) => [item[i]!, near(score[i]!)]);

const vocabulary = ["a", "b", "c", "d", "e", "f+g", "h", "12", "rare"];
const text = fc.array(fc.constantFrom(...vocabulary), { maxLength: 6 }).map((words) => words.join(" "));
const given = fc.record<Fields>(
  {
    title: fc.option(text),
    brand: fc.constantFrom("a", "h", null, 7),
    tags: fc.array(text, { maxLength: 3 }),
    model: fc.constantFrom("d", "f+g", "https://d.e/", "2026-11-22"),
    description: text,
    price: fc.nat(9),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Fields>;

type Step = { item: number } & ({ given: Fields } | { forget: true } | { reopen: true });
/** Far apart, over several windows. */
const row = (items: number) => fc.nat(items).map((item) => item * 97);
const steps = (items: number) =>
  fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ item: row(items), given }) },
      { weight: 2, arbitrary: fc.record({ item: row(items), forget: fc.constant(true as const) }) },
      { weight: 1, arbitrary: fc.record({ item: fc.constant(0), reopen: fc.constant(true as const) }) },
    ) as fc.Arbitrary<Step>,
    { maxLength: 60 },
  );

const alternative = fc.record({ term: fc.nat(), weight: fc.constantFrom(1, 0.8, 0.35) });
const queryWord = fc.record({
  alternatives: fc.array(alternative, { maxLength: 4 }),
  idf: fc.constantFrom(0, 0.2, 1, 5.5),
  isRequired: fc.boolean(),
});
const readings = fc.array(
  fc.record({ words: fc.array(queryWord, { minLength: 1, maxLength: 4 }), weight: fc.constantFrom(1, 0.9) }),
  { minLength: 1, maxLength: 3 },
);

/** Words over the terms that there are. */
function askedOf(both: Both, drawn: typeof readings extends fc.Arbitrary<infer R> ? R : never): TextQuery {
  const terms: number[] = [];
  for (let term = 0; term < both.index.dictionary.rows; term++)
    if (both.index.dictionary.text(term) !== undefined) terms.push(term);
  return query(
    ...drawn.map(({ words, weight }) => ({
      weight,
      words: words.map(({ alternatives, idf, isRequired }) => {
        const some = terms.length === 0 ? [] : alternatives;
        return word(
          some.map(({ term }) => terms[term % terms.length]!),
          { weights: Float32Array.from(some, (one) => one.weight), idf, isRequired },
        );
      }),
    })),
  );
}

describe("the index and a slow scan", () => {
  test("agree after any items, updates, removals and restores, on any query", () => {
    fc.assert(
      fc.property(steps(12), fc.array(readings, { minLength: 1, maxLength: 4 }), (told, queries) => {
        const both = new Both();
        for (const step of told) {
          if ("given" in step) both.fold(step.item, step.given);
          else if ("forget" in step) both.forget(step.item);
          else both.reopen();
        }
        for (const drawn of queries) both.expectSame(askedOf(both, drawn));
        for (const one of ["a", "12", "fg", "rare", "none"]) {
          const term = both.index.dictionary.find(one);
          expect(term < 0 ? 0 : both.index.dictionary.documents(term)).toBe(both.slow.documents(one));
        }
      }),
      { numRuns: 300, seed: 20261122 },
    );
  });
});

test("the best few are the best of all, however much is passed over", () => {
  const chance = random("the best few");
  const index = newIndex();
  const words = Array.from({ length: 60 }, (_, n) => `w${n}`);
  const some = (count: number): string[] =>
    Array.from({ length: count }, () => words[Math.floor(60 * chance.next() ** 3)]!);
  for (let item = 0; item < 6000; item++) {
    const fields = { title: some(1 + chance.int(6)).join(" "), description: some(chance.int(9)).join(" ") };
    index.fold(item, fields, () => fields);
  }
  const found = new Found();
  const matches = new Matches();
  for (let n = 0; n < 600; n++) {
    const isOpen = chance.int(2) === 0;
    const asked = query(
      ...Array.from({ length: 1 + (chance.int(4) === 0 ? 1 : 0) }, () => ({
        weight: 0.5 + chance.int(2) / 2,
        words: some(1 + chance.int(4)).map((one) => {
          const terms = [one, ...some(chance.int(3) === 0 ? chance.int(8) : 0)].map((each) =>
            index.dictionary.find(each),
          );
          const idf = Math.log(1 + 6000 / (1 + index.dictionary.documents(terms[0]!)));
          const weights = Float32Array.from(terms, (_, a) => 1 / (1 + a));
          return word(terms, { idf, weights, isRequired: !isOpen && chance.int(5) > 0 });
        }),
      })),
    );
    const accepts = chance.int(3) === 0 ? (item: number): boolean => item % 4 !== 1 : undefined;
    const k = [1, 10, 200, 1000][chance.int(4)]!;
    index.all(asked, accepts, matches);
    const best = pairs(matches.item, matches.score, matches.count).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    index.top(asked, k, accepts, found);
    expect(pairs(found.item, found.strength, found.count)).toEqual(best.slice(0, k));
  }
});

test("a filter that throws leaves nothing behind for the next query", () => {
  const both = new Both();
  for (let item = 0; item < 700; item++) both.fold(item, { title: item % 2 === 0 ? "a b" : "b c" });
  const [a, b] = ["a", "b"].map((one) => word([both.index.dictionary.find(one)], { isRequired: false }));
  const asked = query({ words: [a!, b!], weight: 1 });
  const thrown = (): boolean => {
    throw new Error("no");
  };
  expect(() => both.index.top(asked, 5, thrown, new Found())).toThrow("no");
  expect(() => both.index.all(asked, thrown, new Matches())).toThrow("no");
  both.expectSame(asked);
});

describe("what is kept", () => {
  test("items folded in another order, then all forgotten, leave an index that holds nothing", () => {
    const both = new Both();
    for (let item = 0; item < 50; item++) both.fold(item, { title: `a b t${item}`, description: "c" });
    expect(both.index.size).toBe(50);
    for (let item = 49; item >= 0; item -= 2) both.forget(item);
    for (let item = 0; item < 50; item += 2) both.forget(item);
    expect(both.index.size).toBe(0);
    expect(both.index.dictionary.size).toBe(0);
    both.fold(3, { title: "a" });
    expect(both.index.dictionary.find("a")).toBeGreaterThanOrEqual(0);
    expect(both.index.dictionary.rows).toBeLessThanOrEqual(53);
  });

  test("prices do not read the fields, texts that come again unchanged are not analysed again", () => {
    const index = newIndex();
    const fields = { title: "a b", price: 3 };
    index.fold(1, fields, () => fields);
    const before = checksum([index.state]);
    index.fold(1, { price: 4 }, () => {
      throw new Error("read");
    });
    index.fold(1, fields, () => fields);
    expect(checksum([index.state])).toBe(before);
  });

  test("numbers, booleans, addresses and dates are no text; taking a text away takes its terms away", () => {
    const both = new Both();
    both.fold(1, { title: "a", brand: 7, model: "https://b.c/d" });
    both.fold(2, { tags: ["b", true, 7, "2026-11-22T10:00:00Z"] });
    expect(["a", "7", "b", "c", "true"].map((one) => both.index.dictionary.find(one) >= 0)).toEqual([
      ...[true, false, true, false, false],
    ]);
    both.fold(1, { title: null });
    expect(both.index.dictionary.find("a")).toBe(-1);
    expect(both.index.size).toBe(1);
  });

  test("the forward index has the terms slot by slot in order, wholes before their parts, values apart", () => {
    const both = new Both();
    both.fold(4, { title: "a f+g b", tags: ["c d", "e"] });
    const { documents, dictionary } = both.index;
    expect(documents.open(4)).toBe(true);
    const words = (slot: number): string[] =>
      Array.from(documents.entries.subarray(documents.from[slot], documents.to[slot]), (entry) =>
        entry === boundary ? "|" : dictionary.text(termOf(entry))!,
      );
    expect(words(0)).toEqual(["a", "fg", "f", "g", "b"]);
    expect(words(3)).toEqual(["c", "d", "|", "e"]);
    expect([...documents.length]).toEqual([4, 0, 0, 3, 0, 0, 0]);
    expect(documents.open(5)).toBe(false);
    expect([...documents.to]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  test("of texts longer than an item has room for, the beginnings are found", () => {
    const index = newIndex();
    const words = (slot: string): string =>
      Array.from({ length: 3000 }, (_, n) => `${slot}${n < 2999 ? n % 400 : n}`).join(" ");
    const long = { title: words("title"), description: words("description") };
    index.fold(1, long, () => long);
    expect(index.dictionary.find("description0")).toBeGreaterThanOrEqual(0);
    expect(index.dictionary.find("description2999")).toBe(-1);
    index.fold(1, { title: "a" }, () => ({ title: `a ${"x".repeat(500)}` }));
    expect(index.dictionary.size).toBe(2);
    expect(index.dictionary.find("x".repeat(499))).toBeGreaterThanOrEqual(0);
  });

  test("listeners hear of every term that comes and goes, and of a restore once all is there", () => {
    const both = new Both();
    const heard: string[] = [];
    both.index.dictionary.listen({
      added: (_, one) => heard.push(`+${one}`),
      removed: (_, one) => heard.push(`-${one}`),
      restored: () => heard.push(`restored with ${both.index.size}`),
    });
    both.fold(1, { title: "a b" });
    both.fold(1, { title: "b c" });
    const saved = newIndex();
    saved.fold(7, { title: "z" }, () => ({ title: "z" }));
    copyState(saved.state, both.index.state);
    expect(heard).toEqual(["+a", "+b", "+c", "-a", "restored with 1"]);
  });
});
