/**
 * Folding: what is written differently and read the same becomes the same. Unicode NFKC (full width, ligatures, composed and
 * decomposed), lower case, accents of Latin and Greek letters off, vowel points of Arabic and Hebrew off, all decimal digits as 0–9, one
 * form of each dash and apostrophe; invisible characters go, © ® ™ are separators. Of Cyrillic, й and ї stay letters of their
 * own and ё is е, as Russian prints it; marks of other scripts are their vowels and stay.
 */

import { ownLetters } from "../core/folded-text.ts";

export interface Folded {
  readonly text: string;
  /** [code unit of `text`] from where in the text as written, and up to where; absent where nothing moved. */
  readonly from: Int32Array | undefined;
  readonly to: Int32Array | undefined;
}

const ascii = /^[\0-\x7f]*$/;
/** What joins the character before it: marks, joiners, half-width voicing, the later letters of a Hangul syllable. */
const extension = /^(?:\p{M}|\u200c|\u200d|[\u1160-\u11ff]|[\uff9e\uff9f])$/u;
const invisible = /\p{Cf}|\p{Variation_Selector}|\u034f/gu;
const wordless = /[\u200b©®™℠]/u;
const ownForms: Readonly<Record<string, string>> = {
  ...ownLetters,
  "‐": "-",
  "‑": "-",
  "‒": "-",
  "−": "-",
  "’": "'",
  "‘": "'",
  "‛": "'",
  "′": "'",
  "´": "'",
  ʼ: "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "⁄": "/",
  "×": "x",
};
/** Letters whose marks are more than spelling; of all others they go, as they are typed without as often as with them. */
const ownMarks = /^(?![\p{Script=Latin}\p{Script=Greek}])\p{L}/u;
const cyrillic = /^\p{Script=Cyrillic}/u;
/** Vowels of Hebrew and Arabic, written in poems and for children; and what stretches an Arabic word. */
const points = /[\u0591-\u05c7\u0640\u064b-\u0652\u0670]/g;
const decimal = /^\p{Nd}$/u;

/** Folded forms of single characters, by code point; as many as there are characters at most, and few in practice. */
const singles = new Map<number, string>();

/** Folds a text; {@link Folded.from} and `to` lead back. Folding what is folded changes nothing. */
export function fold(text: string): Folded {
  if (ascii.test(text)) return { text: text.toLowerCase(), from: undefined, to: undefined };
  let folded = "";
  let from = new Int32Array(text.length + 16);
  let to = new Int32Array(text.length + 16);
  for (let i = 0; i < text.length; ) {
    const end = clusterEnd(text, i);
    const form = foldedCluster(text, i, end);
    const length = folded.length;
    if (length + form.length > from.length) {
      from = longer(from, length + form.length);
      to = longer(to, length + form.length);
    }
    for (let k = length; k < length + form.length; k++) {
      from[k] = i;
      to[k] = end;
    }
    folded += form;
    i = end;
  }
  return { text: folded, from, to };
}

function longer(array: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(Math.max(least, array.length * 2));
  copy.set(array);
  return copy;
}

/** Code units of one character with its marks. No script needs as many; to compose thousands of marks takes the square of that. */
const clusterLengthMax = 32;

function clusterEnd(text: string, at: number): number {
  const first = text.charCodeAt(at);
  let end = at + (first >= 0xd800 && first < 0xdc00 && at + 1 < text.length ? 2 : 1);
  const last = Math.min(text.length, at + clusterLengthMax);
  while (end < last && extendsAt(text, end)) end += text.codePointAt(end)! > 0xffff ? 2 : 1;
  return end;
}

/** [code unit] 0: not asked yet, 1: no, 2: yes. */
const extensions = new Uint8Array(65_536);

function extendsAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  // Nothing below the first combining mark extends anything.
  if (code < 0x300) return false;
  if (code >= 0xd800 && code < 0xdc00) return extension.test(text.slice(at, at + 2));
  if (extensions[code] === 0) extensions[code] = extension.test(text[at]!) ? 2 : 1;
  return extensions[code] === 2;
}

function foldedCluster(text: string, start: number, end: number): string {
  if (end - start > 2) return foldedForm(text.slice(start, end));
  const code = text.codePointAt(start)!;
  if (end - start === 2 && code <= 0xffff) return foldedForm(text.slice(start, end));
  let form = singles.get(code);
  if (form === undefined) {
    form = foldedForm(String.fromCodePoint(code));
    singles.set(code, form);
  }
  return form;
}

/** Once more where the first time brought forth what folds further, as “ﬅ” does by way of “ſt”. */
function foldedForm(cluster: string): string {
  let form = foldedOnce(cluster);
  for (let again = foldedOnce(form); again !== form; again = foldedOnce(form)) form = again;
  return form;
}

function foldedOnce(cluster: string): string {
  // Before NFKC, which takes some of them apart.
  const own = ownForms[cluster];
  if (own !== undefined) return own;
  if (wordless.test(cluster)) return " ";
  const plain = cluster.replaceAll(invisible, "").normalize("NFKC").toLowerCase();
  const stripped = withoutAccents(plain);
  let form = "";
  for (const character of stripped) {
    if (character > "\x7f" && decimal.test(character)) form += digitOf(character);
    else form += ownForms[character] ?? character;
  }
  return form;
}

function withoutAccents(text: string): string {
  if (!ownMarks.test(text)) return text.normalize("NFD").replaceAll(/\p{M}/gu, "").normalize("NFC");
  if (cyrillic.test(text))
    return text
      .normalize("NFD")
      .replaceAll(/[\u0300\u0301]/g, "")
      .normalize("NFC")
      .replaceAll("ё", "е");
  return text.replaceAll(points, "");
}

/** Decimal digits stand in runs of ten from zero. */
function digitOf(character: string): string {
  const code = character.codePointAt(0)!;
  let before = 0;
  while (decimal.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}
