/**
 * Words, numbers and names of things as shops write them, from folded text. What is written in one and in several ways gets a whole and
 * its parts: `dv7-1211ea`, `HTS3541/12`, `t-shirt`, `AT&T`, `500 GB`, `17"`, `10 x 12 cm`, `RTX3080`, `S21+`.
 */
import * as characters from "./characters.ts";
import { classAt } from "./characters.ts";
import type { Language } from "./languages.ts";
import { addNumber, isDigitAt, isLetterAt, isWordAt, measureParts, numberAt, sizeAt } from "./numbers.ts";
import type { Piece, TokenList } from "./token-list.ts";
import { kindOf, unitOf } from "./units.ts";

/** Parts of one whole; what has more is no name, and gives its parts alone. */
const partsMax = 6;
/** Digits of numbers joined by hyphens that name a thing together: an ISBN, no span of years. */
const joinedDigitsMin = 9;
/** What a maker puts behind the slash of a model number. */
const variantLengthMax = 3;
/** What may come after a dot inside a word, `node.js`; longer is the next sentence. */
const suffixLengthMax = 3;

/** Adds the tokens that begin with the letter or digit at `at`; answers where they end. */
export function addWords(list: TokenList, text: string, at: number, language: Language, isQuoted: boolean): number {
  if (classAt(text, at) === characters.digit) {
    const size = sizeAt(text, at, language);
    if (size !== undefined) {
      list.whole(size.parts.map((part) => part.text).join(size.sign), at, size.end, size.parts);
      return size.end;
    }
  } else {
    const end = initialsEnd(text, at);
    if (end > 0) {
      list.one(text.slice(at, end).replaceAll(".", ""), at, end);
      return end;
    }
  }
  const { pieces, isAmpersand } = joinedAt(text, at, language);
  const slashed = slashedEnd(list, text, pieces, language);
  if (slashed > 0) return slashed;
  if (pieces.length === 1) return addSingle(list, text, pieces[0]!, language, isQuoted);
  return addJoined(list, text, pieces, isAmpersand);
}

/** Pieces that hyphens, ampersands or dots join. */
function joinedAt(text: string, at: number, language: Language): { pieces: readonly Piece[]; isAmpersand: boolean } {
  const first = pieceAt(text, at, language);
  const pieces = [first];
  let isAmpersand = false;
  let end = first.end;
  while (isWordAt(text, end + 1)) {
    const sign = classAt(text, end);
    if (sign !== characters.hyphen && sign !== characters.ampersand && sign !== characters.dot) break;
    if (sign === characters.ampersand && entityEnd(text, end) > 0) break;
    const next = pieceAt(text, end + 1, language);
    if (sign === characters.dot && !isSuffix(text, end, next)) break;
    isAmpersand ||= sign === characters.ampersand;
    pieces.push(next);
    end = next.end;
  }
  return { pieces, isAmpersand };
}

/**
 * A model number with what makers put behind a slash, `HTS3541/12`, `FS-2000D/DN`: a whole beside all that stands there without the
 * slash. 0 for anything else: `and/or`, `10mb/s`, `c770/c772`, `dn/dw/n`. Answers where it ends.
 */
function slashedEnd(list: TokenList, text: string, model: readonly Piece[], language: Language): number {
  const end = model.at(-1)!.end;
  if (!isWordAt(text, end + 1) || classAt(text, end) !== characters.slash) return 0;
  const name = model.map((piece) => piece.text).join("");
  if (kindOf(name) !== "identifier" || !hasLetter.test(name)) return 0;
  const { pieces: variant } = joinedAt(text, end + 1, language);
  const last = variant.at(-1)!;
  if (variant[0]!.text.length > variantLengthMax || measureParts(variant[0]!) !== undefined) return 0;
  if (last.end < text.length && classAt(text, last.end) === characters.slash) return 0;
  const whole = wholeOf([...model, ...variant]);
  if (whole === undefined) return 0;
  list.whole(whole, model[0]!.start, last.end, [...apart(model), ...apart(variant)]);
  return last.end;
}

const hasLetter = /\p{L}/u;

/** Pieces as a whole and one by one, or a single one as it is and in two. */
function apart(pieces: readonly Piece[]): readonly Piece[] {
  const [first] = pieces as [Piece];
  if (pieces.length > 1) {
    const text = wholeOf(pieces);
    return text === undefined ? pieces : [{ text, start: first.start, end: pieces.at(-1)!.end }, ...pieces];
  }
  return [first, ...(namedParts(first) ?? [])];
}

const entity = /&(?:[a-z]{2,8}|#\d{1,6}|#x[\da-f]{1,5});/y;

/** Where an HTML entity such as `&nbsp;` ends; 0: none is here. */
export function entityEnd(text: string, at: number): number {
  entity.lastIndex = at;
  return entity.test(text) ? entity.lastIndex : 0;
}

/** Letters and digits without a sign between, but for apostrophes, which go, and the signs inside numbers. */
function pieceAt(text: string, start: number, language: Language): Piece {
  let end = start;
  let folded = "";
  let from = start;
  while (end < text.length) {
    const one = classAt(text, end);
    if (one === characters.letter) end++;
    else if (one === characters.digit) {
      const number = numberAt(text, end, language);
      if (number.isRewritten) {
        folded += text.slice(from, end) + number.text;
        from = number.end;
      }
      end = number.end;
    } else if (one === characters.apostrophe && end > start && isLetterAt(text, end - 1) && isLetterAt(text, end + 1)) {
      folded += text.slice(from, end);
      from = ++end;
    } else break;
  }
  return { text: from === start ? text.slice(start, end) : folded + text.slice(from, end), start, end };
}

/** Where `u.s.a.` ends, single letters with dots; 0: none are here. */
function initialsEnd(text: string, at: number): number {
  let end = at;
  while (isLetterAt(text, end) && end + 1 < text.length && classAt(text, end + 1) === characters.dot) end += 2;
  if (end < at + 4) return end === at + 2 && isLetterAt(text, end) && !isWordAt(text, end + 1) ? end + 1 : 0;
  if (!isWordAt(text, end)) return end;
  return isWordAt(text, end + 1) ? 0 : end + 1;
}

/** A dot behind a letter joins what is short: `node.js`, `M.2`; `dr.oetker` stays apart. */
const isSuffix = (text: string, dot: number, next: Piece): boolean =>
  next.text.length <= suffixLengthMax && isLetterAt(text, dot - 1);

const lettersThenDigits = /^(\p{L}{3,})(\d+)$/u;

/** `rtx3080` as `rtx` and `3080`; undefined for what is otherwise. */
function namedParts({ text, start, end }: Piece): Piece[] | undefined {
  const named = lettersThenDigits.exec(text);
  if (named === null || text.length !== end - start) return undefined;
  const middle = start + named[1]!.length;
  return [
    { text: named[1]!, start, end: middle },
    { text: named[2]!, start: middle, end },
  ];
}

function addSingle(list: TokenList, text: string, piece: Piece, language: Language, isQuoted: boolean): number {
  const { text: word, start, end } = piece;
  const isNumber = isDigitAt(text, start);
  if (isNumber && kindOf(word) === "number" && isDigitAt(text, end - 1)) return addNumber(list, text, piece, isQuoted);
  const attached = isNumber ? measureParts(piece) : undefined;
  if (attached !== undefined) {
    list.whole(attached.text, start, end, attached.parts);
    return end;
  }
  const signed = signedEnd(text, end);
  if (signed > end && (word.length === 1 || classAt(text, end) === characters.hash)) {
    // Languages and keys: c++, c#, f#.
    list.one(word + text.slice(end, signed), start, signed);
    return signed;
  }
  if (signed > end) {
    list.whole(word + text.slice(end, signed), start, signed, [piece]);
    return signed;
  }
  const elided = language.elided === undefined ? undefined : elidedPart(text, piece, language.elided);
  const parts = elided !== undefined ? [elided] : isDigitAt(text, end - 1) ? namedParts(piece) : undefined;
  if (parts === undefined) list.piece(piece);
  else list.whole(word, start, end, parts);
  return end;
}

/** Behind the signs of `c++`, `c#`, `s21+`; `end` where there are none, or a word follows. */
function signedEnd(text: string, end: number): number {
  if (end >= text.length) return end;
  const sign = classAt(text, end);
  if (sign !== characters.plus && sign !== characters.hash) return end;
  let behind = end + 1;
  if (sign === characters.plus && behind < text.length && classAt(text, behind) === sign) behind++;
  return isWordAt(text, behind) || isJoinedSign(text, behind) ? end : behind;
}

const isJoinedSign = (text: string, at: number): boolean =>
  at < text.length && (classAt(text, at) === characters.plus || classAt(text, at) === characters.hash);

/** “écharpe” of “l'écharpe”. */
function elidedPart(text: string, piece: Piece, elided: readonly string[]): Piece | undefined {
  const sign = text.slice(piece.start, piece.end).search(/['`]/);
  if (sign < 1) return undefined;
  const before = text.slice(piece.start, piece.start + sign);
  return elided.includes(before)
    ? { text: piece.text.slice(sign), start: piece.start + sign + 1, end: piece.end }
    : undefined;
}

/** Parts that signs join, `dv7-1211ea`; answers where they end. Of numbers, as in `18-55 mm`, the last may have its unit behind it. */
function addJoined(list: TokenList, text: string, pieces: readonly Piece[], isAmpersand: boolean): number {
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  const measured = pieces.map(measureParts);
  const whole = pieces.length === 2 && !isAmpersand ? measureOf(first, last) : wholeOf(pieces);
  if (whole !== undefined) {
    const parts = pieces.map((piece, i) => ({ ...piece, text: measured[i]?.text ?? piece.text }));
    list.whole(whole, first.start, last.end, parts);
    return last.end;
  }
  pieces.forEach((piece, i) => {
    const one = measured[i];
    if (one !== undefined) list.whole(one.text, piece.start, piece.end, one.parts);
    else if (piece !== last) list.piece(piece);
  });
  if (measured.at(-1) !== undefined) return last.end;
  if (kindOf(last.text) === "number") return addNumber(list, text, last, false);
  list.piece(last);
  return last.end;
}

function measureOf(number: Piece, unit: Piece): string | undefined {
  const form = digitsAndDots.test(number.text) ? unitOf(unit.text) : undefined;
  return form === undefined ? wholeOf([number, unit]) : number.text + form;
}

const digitsAndDots = /^[\d.]+$/;
const beginsWithDigit = /^\d/;

/** Undefined for spans of numbers and measures, which name nothing, unless they are as long as an ISBN; and for chains of words. */
function wholeOf(pieces: readonly Piece[]): string | undefined {
  if (pieces.length > partsMax) return undefined;
  const text = pieces.map((piece) => piece.text).join("");
  const areNumbers = pieces.every((piece) => beginsWithDigit.test(piece.text) && kindOf(piece.text) !== "identifier");
  return areNumbers && !(text.length >= joinedDigitsMin && /^\d+$/.test(text)) ? undefined : text;
}
