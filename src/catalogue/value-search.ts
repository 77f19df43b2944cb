/** Searching among the values of a facet: “new b” finds “New Balance”, “creme” finds “Crème brûlée”. */

import { foldedLetters } from "../core/folded-text.ts";

/** Scripts that put no spaces between words: one may begin at any letter. */
const withoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const letter = /[\p{L}\p{N}\p{M}]/u;

/** A test of values: whether for each word of `query` one of the value begins with it; every value passes when it has no word. */
export function valueTest(query: string): (value: string) => boolean {
  const wanted = foldedLetters(query).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return (value) => {
    const text = foldedLetters(value);
    return wanted.every((word) => beginsWord(text, word));
  };
}

function beginsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || withoutSpaces.test(word[0]!) || !letter.test(text[at - 1]!)) return true;
  }
  return false;
}
