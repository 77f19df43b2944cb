import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { atOnce } from "../core/pieces.ts";
import { copyState } from "../core/state.ts";
import { Dictionary } from "./dictionary.ts";
import { editDistance } from "./edit-distance.ts";
import { dictionaryOf, plainAnalyzer, putWord } from "./plain-analyzer.check.ts";
import { SortedTerms } from "./sorted-terms.ts";
import { TermLookup } from "./term-lookup.ts";

const letter = fc.constantFrom(..."abcdeé鞋");
const word = fc.array(letter, { minLength: 1, maxLength: 10 }).map((letters) => letters.join(""));

/** The whole table, straight from the definition. */
function slowDistance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      if (i === 0 || j === 0) {
        table[i]![j] = i + j;
        continue;
      }
      const ways = [
        table[i - 1]![j]! + 1,
        table[i]![j - 1]! + 1,
        table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      ];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) ways.push(table[i - 2]![j - 2]! + 1);
      table[i]![j] = Math.min(...ways);
    }
  }
  return table[a.length]![b.length]!;
}

describe("the distance of two words", () => {
  test.each([
    ["scarf", "scarf", 0],
    ["scarf", "scarfs", 1],
    ["scarf", "scraf", 1],
    ["scarf", "carf", 1],
    ["panasonic", "pansaonci", 2],
    ["ca", "abc", 3],
    ["", "ab", 2],
  ])("%s and %s are %i apart", (a, b, distance) => {
    expect(editDistance(a, b, 3)).toBe(distance);
  });

  test("is that of the whole table, up to the most that is asked for", () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, max) => {
        expect(editDistance(a, b, max)).toBe(Math.min(max + 1, slowDistance(a, b)));
      }),
      { numRuns: 3000 },
    );
  });

  test("of a word longer than any that is compared is far", () => {
    expect(editDistance("a".repeat(64), "a".repeat(63), 2)).toBe(3);
  });
});

describe("sorted terms", () => {
  function begun(sorted: SortedTerms, prefix: string): number[] {
    const found: number[] = [];
    sorted.each(prefix, (terms, from, to) => found.push(...terms.slice(from, to)));
    return found;
  }

  test("give what begins so, in order, after any adding and taking away", () => {
    const change = fc.tuple(word, fc.boolean());
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), word, fc.boolean(), (changes, prefix, isRefilled) => {
        const sorted = new SortedTerms();
        const slow = new Map<string, number>();
        changes.forEach(([key, isAdded], turn) => {
          if (isAdded && !slow.has(key)) {
            slow.set(key, turn);
            sorted.add(key, turn);
          } else if (!isAdded) {
            slow.delete(key);
            sorted.remove(key);
          }
        });
        if (isRefilled) atOnce(sorted.filling([...slow.keys()], [...slow.values()]));
        for (const asked of [prefix, prefix.slice(0, 1), ""]) {
          const found = begun(sorted, asked);
          const keys = [...slow.keys()].filter((key) => key.startsWith(asked)).sort();
          expect(found).toEqual(keys.map((key) => slow.get(key)));
        }
        expect(sorted.size).toBe(slow.size);
      }),
    );
  });

  test("stay in order over many runs", () => {
    const sorted = new SortedTerms();
    const keys = Array.from({ length: 5000 }, (_, i) => ((i * 7919) % 5003).toString(36).padStart(3, "0"));
    for (const [i, key] of keys.entries()) sorted.add(key, i);
    for (const key of keys.filter((_, i) => i % 3 === 0)) sorted.remove(key);
    const left = keys.filter((_, i) => i % 3 !== 0).sort();
    for (const prefix of ["", "0", "2f", "3v", "zz"]) {
      const found = begun(sorted, prefix);
      expect(found.map((term) => keys[term])).toEqual(left.filter((key) => key.startsWith(prefix)));
    }
  });
});

describe("looking terms up", () => {
  const analyzer = plainAnalyzer({ compounds: true });
  interface Term {
    readonly term: number;
    readonly text: string;
    readonly documents: number;
  }
  const byFrequency = (a: Term, b: Term): number => b.documents - a.documents || (a.text < b.text ? -1 : 1);

  function slowly(dictionary: Dictionary) {
    const all: Term[] = [];
    for (let term = 0; term < dictionary.rows; term++) {
      const text = dictionary.text(term);
      if (text !== undefined && dictionary.documents(term) > 0)
        all.push({ term, text, documents: dictionary.documents(term) });
    }
    all.sort(byFrequency);
    const words = all.filter(({ term }) => dictionary.kind(term) === "word");
    const terms = (found: readonly Term[], size = found.length) => found.slice(0, size).map(({ term }) => term);
    return {
      byPrefix: (prefix: string, size: number) =>
        terms(
          all.filter(({ text }) => text.startsWith(prefix)),
          size,
        ),
      byEnding(end: string, size: number) {
        const stem = analyzer.stem(end);
        const key = (text: string): string => `${backwards(analyzer.stem(text))}\0${text}`;
        const found = all
          .filter(({ term, text }) => isEnded(dictionary, term) && analyzer.stem(text).endsWith(stem))
          .sort((a, b) => b.documents - a.documents || (key(a.text) < key(b.text) ? -1 : 1));
        return terms(
          found.slice(0, size).filter(({ term, text }) => {
            const isItself = dictionary.kind(term) === "word" && analyzer.stem(text) === stem;
            return !isItself && text !== end;
          }),
        );
      },
      byStem: (stem: string) => terms(words.filter(({ text }) => analyzer.stem(text) === stem)),
      near(asked: string) {
        const most = asked.length < 4 ? 0 : asked.length < 8 ? 1 : 2;
        return words
          .map((one) => ({ ...one, distance: slowDistance(asked, one.text) }))
          .filter(({ distance }) => distance > 0 && distance <= most)
          .map((one) => ({ ...one, cost: one.distance + (one.text[0] === asked[0] ? 0 : 0.5) }))
          .sort((a, b) => a.cost - b.cost || byFrequency(a, b))
          .map(({ term, text, cost }) => ({ term, text, cost }));
      },
      nearBeginnings(asked: string) {
        const isNear = (text: string): boolean =>
          text.length > asked.length &&
          [-1, 0, 1].some((more) => {
            const length = asked.length + more;
            return length <= text.length && slowDistance(asked, text.slice(0, length)) === 1;
          });
        return new Set(asked.length < 4 ? [] : terms(words.filter(({ text }) => isNear(text))));
      },
    };
  }
  const backwards = (text: string): string => [...text].reverse().join("");
  const isEnded = (dictionary: Dictionary, term: number): boolean =>
    ["word", "ideograms"].includes(dictionary.kind(term));

  test("finds what a look at every term finds, however terms came and went, restored midway or not", () => {
    const change = fc.tuple(word, fc.integer({ min: 0, max: 4 }));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 80 }),
        fc.nat(80),
        fc.array(word, { minLength: 1, maxLength: 5 }),
        (changes, restoredAt, asked) => {
          let dictionary = new Dictionary();
          let lookup = new TermLookup(dictionary, analyzer);
          changes.forEach(([text, documents], turn) => {
            if (turn === restoredAt) {
              const restored = new Dictionary();
              lookup = new TermLookup(restored, analyzer);
              copyState(dictionary.state, restored.state);
              dictionary = restored;
            }
            const term = putWord(dictionary, text, documents);
            if (documents === 0) dictionary.remove(term);
          });
          const slow = slowly(dictionary);
          for (const one of [...asked, ...changes.slice(0, 5).map(([text]) => text)]) {
            expect(lookup.byPrefix(one.slice(0, 2), 3)).toEqual(slow.byPrefix(one.slice(0, 2), 3));
            expect(lookup.byPrefix(one.slice(0, 1), 100)).toEqual(slow.byPrefix(one.slice(0, 1), 100));
            expect(lookup.byEnding(one.slice(-2), 5)).toEqual(slow.byEnding(one.slice(-2), 5));
            expect(lookup.byStem(analyzer.stem(one))).toEqual(slow.byStem(analyzer.stem(one)));
            expect(lookup.near(one, 2)).toEqual(slow.near(one));
            expect(new Set(lookup.nearBeginnings(one).map(({ term }) => term))).toEqual(slow.nearBeginnings(one));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("mends words only: numbers and identifiers stand for themselves", () => {
    const lookup = new TermLookup(dictionaryOf({ samsung: 3, "12345": 9, dv71211: 9 }), analyzer);
    expect(lookup.near("samsing", 2).map(({ text }) => text)).toEqual(["samsung"]);
    expect(lookup.near("12346", 2)).toEqual([]);
    expect(lookup.near("dv71212", 2)).toEqual([]);
  });

  test("another first letter costs half an edit", () => {
    const lookup = new TermLookup(dictionaryOf({ boots: 1, roots: 100 }), analyzer);
    expect(lookup.near("bots", 2)).toEqual([{ term: 0, text: "boots", cost: 1 }]);
    expect(lookup.near("toots", 2).map(({ text, cost }) => [text, cost])).toEqual([
      ["roots", 1.5],
      ["boots", 1.5],
    ]);
  });

  test("a short word is not mended, and a word of less than eight letters once", () => {
    const lookup = new TermLookup(dictionaryOf({ tea: 1, teas: 1, kettle: 1, headphones: 1 }), analyzer);
    expect(lookup.near("tae", 2)).toEqual([]);
    expect(lookup.near("kettel", 2)).toHaveLength(1);
    expect(lookup.near("ketels", 2)).toHaveLength(0);
    expect(lookup.near("headfones", 2)).toHaveLength(1);
    expect(lookup.near("headfones", 1)).toHaveLength(0);
  });
});
