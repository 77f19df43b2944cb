/** One folding: whoever searches texts, completes words or looks for a facet's value takes the same letters for the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { foldedLetters } from "../../src/core/folded-text.ts";
import { foldedText } from "../../src/suggestions/folded-text.ts";
import { fold } from "../../src/text/fold.ts";

/** Letters and digits only: fractions bring a stroke along, and a mark that stands alone is none. */
const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, "");

test("every letter and digit there is folds for completions as it does for the index", () => {
  const differing: string[] = [];
  for (let code = 0; code < 0x20000; code++) {
    const letter = String.fromCodePoint(code);
    if (!/[\p{L}\p{N}]/u.test(letter)) continue;
    if (letters(fold(letter).text) !== letters(foldedLetters(letter))) differing.push(letter);
  }
  // Letters of their own in between: an apostrophe, and marks of half width.
  expect(differing.filter((letter) => !"ŉʼﾞﾟ".includes(letter))).toEqual([]);
});

test.each([
  ["Straße", "strasse"],
  ["Łóżka", "lozka"],
  ["Crème brûlée", "creme brulee"],
  ["ŒUVRE Ærø", "oeuvre aero"],
  ["İstanbul ılık", "istanbul ilik"],
  ["ＳＯＮＹ ﬁne", "sony fine"],
  ["Йод ёлка", "йод елка"],
  ["ΕΛΛΆΣ", "ελλασ"],
  ["กางเกง ทำ", "กางเกง ทา"],
  ["कपड़े", "कपड़े"],
  ["שָׁלוֹם", "שלום"],
  ["٣٤", "34"],
  ["e\u0301te\u0301", "ete"],
])("“%s” is “%s”, wherever it is looked for", (text, folded) => {
  expect([foldedLetters(text), fold(text).text, foldedText(text)]).toEqual(Array(3).fill(folded.normalize("NFC")));
});

test("words of letters and accents fold the same to both, and what is folded stays", () => {
  const written = [
    ..."aeißłøÉçЙиёαΆอกำאｶ한가",
    "e\u0301",
    "c\u0327\u0301",
    "е\u0308",
    "и\u0306",
    "о\u0301",
    "א\u05b8",
    "ｶﾞ",
  ];
  const word = fc.string({ unit: fc.constantFrom(...written) });
  fc.assert(
    fc.property(word, (text) => {
      const folded = foldedLetters(text);
      expect(letters(folded)).toBe(letters(fold(text).text));
      expect(foldedLetters(folded)).toBe(folded);
    }),
    { numRuns: 2000 },
  );
});
