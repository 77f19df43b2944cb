/** Texts as completions compare them: whatever their case, accents, width and punctuation. */
import { foldedLetters } from "../core/folded-text.ts";

/** Already folded, as most queries are. */
const foldedAlready = /^(?:[a-z0-9]+(?: (?!$)|$))*$/;
/** Marks that are left are vowels. */
const notAlike = /[^\p{L}\p{N}\p{M}]+/gu;
const apostrophes = /['’‘‛′´ʼ]/g;
const ideogram = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u;
/** Beginnings of words of one text that it is found by. */
const startsMax = 8;

/** Folded, one space between words and none in front; a space at the end is kept as one, as it ends a word. */
export function foldedText(text: string): string {
  if (foldedAlready.test(text)) return text;
  return foldedLetters(text.replace(apostrophes, "")).replace(notAlike, " ").trimStart();
}

/** The folded text from its beginning on, and from each further word on; from each ideogram, too. */
export function wordStarts(folded: string): string[] {
  const whole = folded.trimEnd();
  const starts = [whole];
  for (let i = 1; i < whole.length && starts.length < startsMax; i++) {
    const isStart = whole[i - 1] === " " || (whole.charCodeAt(i) > 0x2e7f && ideogram.test(whole[i]!));
    if (isStart && whole[i] !== " ") starts.push(whole.slice(i));
  }
  return starts;
}

/** True if the folded text, or a word of it, begins so. */
export const beginsWith = (folded: string, prefix: string): boolean =>
  wordStarts(folded).some((start) => start.startsWith(prefix) || `${start} ` === prefix);
