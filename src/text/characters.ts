/** What a character of folded text is to the tokens: one byte for each UTF-16 code unit, worked out when it is first met. */

export const separator = 0;
export const letter = 1;
export const digit = 2;
/** Of a script that puts no spaces between words, and Hangul, whose words carry endings: cut by two, or by a segmenter. */
export const ideogram = 3;
export const apostrophe = 4;
export const hyphen = 5;
export const dot = 6;
export const comma = 7;
export const ampersand = 8;
export const plus = 9;
export const hash = 10;
export const slash = 11;
export const quote = 12;
export const tagStart = 13;
/** The halves of a character beyond 16 bits: the pair decides. */
const surrogate = 14;
const unknown = 255;

const signs: Readonly<Record<string, number>> = {
  "'": apostrophe,
  "`": apostrophe,
  "-": hyphen,
  _: hyphen,
  ".": dot,
  ",": comma,
  "&": ampersand,
  "+": plus,
  "#": hash,
  "/": slash,
  '"': quote,
  "<": tagStart,
};

const unspaced =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc\u3099\u309a]$/u;
const ofWords = /^[\p{L}\p{M}\p{N}]$/u;
const ideographic = /^[\p{Script=Han}]+$/u;
const mark = /^\p{M}$/u;

const classes = new Uint8Array(65_536).fill(unknown);

/** The class of the code unit at `at`. */
export function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  const known = classes[code]!;
  if (known < surrogate) return known;
  if (known === unknown) {
    classes[code] = code >= 0xd800 && code < 0xe000 ? surrogate : classOf(String.fromCharCode(code));
    return classAt(text, at);
  }
  const isSecond = code >= 0xdc00;
  const pair = isSecond ? text.slice(Math.max(0, at - 1), at + 1) : text.slice(at, at + 2);
  return classOf(pair);
}

function classOf(character: string): number {
  if (character >= "0" && character <= "9") return digit;
  const sign = signs[character];
  if (sign !== undefined) return sign;
  if (!ofWords.test(character)) return separator;
  return unspaced.test(character) ? ideogram : letter;
}

export const isWordClass = (one: number): boolean => one === letter || one === digit;

/** Chinese characters only, without Japanese or Korean between. */
export const isHan = (run: string): boolean => ideographic.test(run);

/** End of the character at `at` with the marks that belong to it, in code units. */
export function characterEnd(text: string, at: number, end: number): number {
  let next = at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
  while (next < end && mark.test(text[next]!)) next++;
  return next;
}
