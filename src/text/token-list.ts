/** Tokens as they are found: positions counted, long ones cut. */
import type { Token, TokenKind } from "../core/analyzer.ts";
import { limits } from "../core/limits.ts";
import type { Folded } from "./fold.ts";
import { kindOf } from "./units.ts";

/** A stretch of the folded text, with its text where that is another than what stands there: “1000” of “1,000”. */
export interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export class TokenList {
  readonly tokens: Token[] = [];
  private position = 0;
  private readonly folded: Folded;

  constructor(folded: Folded) {
    this.folded = folded;
  }

  one(text: string, start: number, end: number, kind: TokenKind = kindOf(text)): void {
    this.add(text, start, end, 0, kind);
    this.position++;
  }

  piece({ text, start, end }: Piece): void {
    this.one(text, start, end);
  }

  /** A whole and its parts, which come with it. */
  whole(text: string, start: number, end: number, parts: readonly Piece[], kind?: TokenKind): void {
    this.add(text, start, end, parts.length, kind ?? kindOf(text));
    for (const part of parts) this.one(part.text, part.start, part.end, kind);
  }

  private add(text: string, start: number, end: number, wholeOf: number, kind: TokenKind): void {
    const { from, to } = this.folded;
    this.tokens.push({
      text: text.length > limits.termLengthMax ? cut(text) : text,
      start: from === undefined ? start : from[start]!,
      end: to === undefined ? end : to[end - 1]!,
      position: this.position,
      kind,
      wholeOf,
    });
  }
}

/** Not through the middle of a character beyond 16 bits. */
function cut(text: string): string {
  const last = text.charCodeAt(limits.termLengthMax - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? limits.termLengthMax - 1 : limits.termLengthMax);
}
