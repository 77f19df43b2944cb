/** Ways to take a word of a query apart that others write apart, by the catalogue's own words. */
import type { Analyzer } from "../core/analyzer.ts";
import { compoundHead, compoundParts } from "./compounds.ts";
import type { Leaf } from "./query-words.ts";
import { besideMax, type SideBySide } from "./side-by-side.ts";
import type { TermLookup } from "./term-lookup.ts";

/** Letters of each part of a compound where the language writes compounds, and of the longest where it does not. */
const partMin = 3;
const longPartMin = 4;
const headMin = 4;
/**
 * Where the language writes none, a part is a word of several items, a short one (from two letters) of so large a share of all; and of a word
 * that the catalogue has, short parts are so many times as frequent as it is: “fullhd”, “mouse pad”.
 */
const shortPartMin = 2;
const severalDocuments = 3;
const severalShare = 0.001;
const shortDocumentsMax = 50;
const farMore = 8;
/** Letters and digits of an identifier that is also read apart although the catalogue has it: “8400gs”. */
const partedFrom = 5;
const partedDocuments = 50;
const partedShare = 0.01;

export interface WordPartsOptions {
  readonly analyzer: Pick<Analyzer, "isStopWord" | "compounds">;
  documents(): number;
  readonly beside?: SideBySide["beside"];
}

export class WordParts {
  readonly #lookup: TermLookup;
  readonly #options: WordPartsOptions;

  constructor(lookup: TermLookup, options: WordPartsOptions) {
    this.#lookup = lookup;
    this.#options = options;
  }

  /** Each way the parts, of which the last is the head; none where the catalogue has no such parts. */
  of({ token, isOptional }: Leaf): readonly (readonly string[])[] {
    const { analyzer } = this.#options;
    if (isOptional) return [];
    const { text, kind } = token;
    const documents = this.#frequency(text);
    const isStopWord = (word: string): boolean => analyzer.isStopWord(word);
    if (kind === "ideograms") {
      if (documents > 0 || text.length < 2) return [];
      const parts = compoundParts(this.#lookup, text, { partMin: 1, compounds: false, isStopWord });
      // Of what no text has so, the ideograms may each stand in other words.
      return parts.length > 0 ? parts : [[...text]];
    }
    if (kind === "identifier") return this.#identifierParts(text, documents);
    if (kind !== "word" || documents > this.#partedMax()) return [];
    const { compounds } = analyzer;
    if (compounds) return compoundParts(this.#lookup, text, { partMin, compounds, isStopWord });
    const share = this.#options.documents() * severalShare;
    const several = Math.ceil(Math.min(severalDocuments, share));
    const short = Math.max(severalDocuments, Math.min(shortDocumentsMax, share), farMore * documents);
    const least = (part: string): number => (part.length < longPartMin ? short : several);
    const options = { partMin: shortPartMin, compounds, isStopWord, longPartMin, least };
    const ways = compoundParts(this.#lookup, text, options);
    const isLong = (part: string): boolean => part.length >= longPartMin;
    return documents === 0 ? ways : ways.filter((parts) => parts.every(isLong) || this.#standBeside(parts, documents));
  }

  /** “jacke” for a “winterjacke” of which the catalogue has no “winter”. */
  head(leaf: Leaf): readonly (readonly string[])[] {
    const { text } = leaf.token;
    if (leaf.isOptional || !this.isHeadEnough(leaf) || this.#lookup.find(text) >= 0) return [];
    const head = compoundHead(this.#lookup, text, headMin);
    return head === undefined ? [] : [[head]];
  }

  /** The head of a compound says what it is; “pods” of “airpods” does not. */
  isHeadEnough({ token }: Leaf): boolean {
    return token.kind === "ideograms" || (token.kind === "word" && this.#options.analyzer.compounds);
  }

  /**
   * “hp364xl”, which the catalogue lacks, as “hp 364xl” or “hp 364 xl”, as far as it has these; “8400gs”, which it has, as “8400 gs” where that is
   * written more often.
   */
  #identifierParts(text: string, documents: number): readonly (readonly string[])[] {
    const pieces = text.match(/\p{L}+|\p{N}+/gu) ?? [];
    if (pieces.length < 2 || pieces.join("") !== text) return [];
    const ways = pieces.length === 2 ? [pieces] : [[pieces[0]!, pieces.slice(1).join("")], pieces];
    if (documents === 0) return ways.filter((parts) => parts.every((part) => this.#frequency(part) > 0));
    const isParted = pieces.length === 2 && text.length >= partedFrom && pieces.every((piece) => piece.length > 1);
    const isFrequent = isParted && pieces.every((piece) => this.#frequency(piece) > documents);
    return isFrequent && this.#standBeside(pieces, documents) ? [pieces] : [];
  }

  /** Whether more items have the two parts side by side than have them as one word. */
  #standBeside([first, second]: readonly string[], documents: number): boolean {
    const { beside } = this.#options;
    if (beside === undefined) return true;
    const [a, b] = [this.#lookup.find(first!), this.#lookup.find(second!)];
    return a >= 0 && b >= 0 && beside(a, b) > Math.min(documents, besideMax / 2);
  }

  /** A word that more items have than this is not also read in parts: little would come to what it finds. */
  #partedMax(): number {
    return Math.max(partedDocuments, this.#options.documents() * partedShare);
  }

  #frequency(text: string): number {
    const term = this.#lookup.find(text);
    return term < 0 ? 0 : this.#lookup.documents(term);
  }
}
