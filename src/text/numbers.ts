/** Numbers with what belongs to them: groups and decimals, units, measures and fractions. */
import * as characters from "./characters.ts";
import { classAt, isWordClass } from "./characters.ts";
import type { Language } from "./languages.ts";
import type { Piece, TokenList } from "./token-list.ts";
import { chineseUnitAt, isLength, unitApart, unitOf } from "./units.ts";

/** Numbers of one measure; of more, these. */
const numbersMax = 6;

export const isDigitAt = (text: string, at: number): boolean =>
  at >= 0 && at < text.length && classAt(text, at) === characters.digit;
export const isWordAt = (text: string, at: number): boolean =>
  at >= 0 && at < text.length && isWordClass(classAt(text, at));

export const isLetterAt = (text: string, at: number): boolean =>
  at < text.length && classAt(text, at) === characters.letter;

interface Numeral {
  readonly text: string;
  readonly end: number;
  /** Not a mere stretch of the text. */
  readonly isRewritten: boolean;
}

/** Digits with the signs that belong to them: `1,000` is 1000 and `3.5` stays; with a decimal comma `1.000` is 1000 and `3,5` is 3.5. */
export function numberAt(text: string, start: number, { decimalComma = false }: Language): Numeral {
  let end = digitsEnd(text, start);
  const isFraction = start > 0 && text[start - 1] === "." && !isWordAt(text, start - 2);
  let number = (isFraction ? "0." : "") + text.slice(start, end);
  if (isFraction) return { text: number, end, isRewritten: true };
  const sign = end < text.length ? classAt(text, end) : characters.separator;
  if ((sign !== characters.dot && sign !== characters.comma) || !isDigitAt(text, end + 1))
    return { text: number, end, isRewritten: false };
  const groupSign = decimalComma ? characters.dot : characters.comma;
  if (number.length <= 3) {
    while (end < text.length && classAt(text, end) === groupSign && digitsEnd(text, end + 1) === end + 4) {
      number += text.slice(end + 1, end + 4);
      end += 4;
    }
  }
  // Decimals, or further numbers of a version: 1.2.3.
  while (end < text.length && classAt(text, end) === characters.dot && isDigitAt(text, end + 1)) {
    const next = digitsEnd(text, end + 1);
    number += `.${text.slice(end + 1, next)}`;
    end = next;
  }
  if (
    /^\d+$/.test(number) &&
    end < text.length &&
    classAt(text, end) === characters.comma &&
    isDigitAt(text, end + 1)
  ) {
    // A decimal comma where the language has none too, “3,5 mm”, unless it is a list: 1,2,3.
    const next = digitsEnd(text, end + 1);
    const isList =
      (text[next] === "," && isDigitAt(text, next + 1)) || (text[start - 1] === "," && isDigitAt(text, start - 2));
    if (!isList && (decimalComma || next - end - 1 < 3)) {
      number += `.${text.slice(end + 1, next)}`;
      end = next;
    }
  }
  return { text: number, end, isRewritten: true };
}

function digitsEnd(text: string, at: number): number {
  let end = at;
  while (isDigitAt(text, end)) end++;
  return end;
}

interface Size {
  readonly parts: readonly Piece[];
  readonly sign: "x" | "/";
  readonly end: number;
}

/** `10x12`, `10 x 12 x 5 cm`, `3/4`; not `2 x 500 g`, which is two of 500 g. */
export function sizeAt(text: string, at: number, language: Language): Size | undefined {
  const first = numberAt(text, at, language);
  const parts: Piece[] = [{ text: first.text, start: at, end: first.end }];
  let { end } = first;
  if (text[end] === "/") {
    const second = digitsEnd(text, end + 1);
    if (end - at > 2 || second === end + 1 || second - end > 3 || isWordAt(text, second) || text[second] === "/")
      return undefined;
    parts.push({ text: text.slice(end + 1, second), start: end + 1, end: second });
    return { parts, sign: "/", end: second };
  }
  while (parts.length < numbersMax) {
    let next = end;
    if (text[next] === " ") next++;
    if (text[next] !== "x" && text[next] !== "*") break;
    next++;
    if (text[next] === " ") next++;
    if (!isDigitAt(text, next)) break;
    const number = numberAt(text, next, language);
    parts.push({ text: number.text, start: next, end: number.end });
    end = number.end;
  }
  if (parts.length < 2) return undefined;
  const behind = text[end] === " " ? end + 1 : end;
  const lettersEnd = wordEnd(text, behind);
  const unit = unitOf(text.slice(behind, lettersEnd));
  if (unit !== undefined && !isLength(unit) && parts.length === 2) return undefined;
  return unit === undefined && isWordAt(text, end) ? undefined : { parts, sign: "x", end };
}

function wordEnd(text: string, at: number): number {
  let end = at;
  while (isWordAt(text, end)) end++;
  return end;
}

const measure = /^(\d+(?:\.\d+)?)([^\d.]+)$/u;

/** `500gb` as 500 and gb; undefined: no unit stands right behind the number. */
export function measureParts({ text, start, end }: Piece): { text: string; parts: Piece[] } | undefined {
  const found = measure.exec(text);
  const unit = found === null ? undefined : unitOf(found[2]!);
  if (found === null || unit === undefined) return undefined;
  const middle = end - found[2]!.length;
  return {
    text: found[1]! + unit,
    parts: [
      { text: found[1]!, start, end: middle },
      { text: found[2]!, start: middle, end },
    ],
  };
}

/** A number with the unit that stands behind it: `500 gb`, `17"`, `17''`. */
export function addNumber(list: TokenList, text: string, piece: Piece, isQuoted: boolean): number {
  const { text: number, start, end } = piece;
  const sign = end < text.length ? classAt(text, end) : characters.separator;
  const isDouble = sign === characters.apostrophe && end + 1 < text.length && classAt(text, end + 1) === sign;
  if (isDouble || (sign === characters.quote && !isQuoted)) {
    const behind = end + (isDouble ? 2 : 1);
    if (!isWordAt(text, behind)) {
      list.whole(`${number}in`, start, behind, [piece]);
      return behind;
    }
  }
  if (text[end] === " " && isLetterAt(text, end + 1)) {
    const unitEnd = wordEnd(text, end + 1);
    const written = text.slice(end + 1, unitEnd);
    const unit = isJoinedAt(text, unitEnd) ? undefined : unitApart(written);
    if (unit !== undefined) {
      list.whole(number + unit, start, unitEnd, [piece, { text: written, start: end + 1, end: unitEnd }]);
      return unitEnd;
    }
  }
  const chinese = sign === characters.ideogram ? chineseUnitAt(text, end) : undefined;
  if (chinese !== undefined) {
    const unitEnd = end + chinese[0].length;
    list.whole(number + chinese[1], start, unitEnd, [piece, { text: chinese[0], start: end, end: unitEnd }]);
    return unitEnd;
  }
  list.piece(piece);
  return end;
}

/** Whether a sign binds the word that ends here to more: “510 M.2”, “2 m-long”. */
function isJoinedAt(text: string, end: number): boolean {
  if (end >= text.length) return false;
  const sign = classAt(text, end);
  const isBinding =
    sign === characters.hyphen ||
    sign === characters.apostrophe ||
    sign === characters.ampersand ||
    sign === characters.dot;
  return isBinding && isWordAt(text, end + 1);
}
