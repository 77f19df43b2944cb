/**
 * What may stand for one word of a query: itself, its other forms, synonyms, what it begins, what ends with it, what it may be a misspelling
 * of. Each term with how much a match by it counts.
 */
import type { Analyzer } from "../core/analyzer.ts";
import { limits } from "../core/limits.ts";
import type { QueryWord } from "../core/text-query.ts";
import { isDoubtful, type Misspellings } from "./misspellings.ts";
import type { NearTerm, TermLookup } from "./term-lookup.ts";

/** How much a match counts that is not by the word itself, 0 to 1. Chosen by hand: what is farther from what was typed counts less. */
export const matchWeights = {
  /** Another form: “scarves” for “scarf”. */
  form: 0.95,
  synonym: 0.9,
  /** A beginning: from the first of these, where next to nothing was typed, up to both together. */
  beginning: 0.4,
  typed: 0.4,
  /** The end of a compound: “winterjacke” for “jacke”. */
  ending: 0.5,
  /** Of an ideogram alone. */
  ideogram: 0.8,
  /** A misspelling by one edit; a further one, and another first letter, take off as much each. */
  misspelling: 0.7,
  edit: 0.2,
  /** A misspelling where the catalogue has the word as it was typed. */
  likelier: 0.4,
} as const;

/** Terms that one word is taken to be a misspelling of, at most. */
const nearMax = 24;
/** A word that so many items have is taken to be complete, unless what begins with it is so many times as frequent. */
const completeDocuments = 20;
const completeRatio = 2;
/**
 * When nothing else is found, words that few items have are mended too, by others so many times as frequent. Few: so large a share of all, or
 * the number below.
 */
const mendedRatio = 8;
const mendedShare = 0.0005;
/** A word as rare as this may still be a misspelling, of one so many times as frequent, from so many letters on. */
const rareDocuments = 5;
const likelierRatio = 100;
const likelierFrom = 5;
/** Letters from which on the ends of compounds are looked for, and letters that stand before them at least. */
const endingFrom = 4;
const modifierFrom = 3;
const endingsMax = 64;

export interface WordOptions {
  readonly isOpen: boolean;
  readonly synonyms: readonly string[];
  /** Look for misspellings: never, where nothing else stands for the word, or of any word. */
  readonly mends: "never" | "unknown" | "always";
  /** Where they are looked for. */
  readonly misspellings: Misspellings;
}

export interface Alternatives {
  readonly terms: number[];
  readonly weights: number[];
  /** Items that have the word or a form of it, about. */
  readonly documents: number;
  /** Terms from and up to which stand for the word as the beginning of theirs. */
  readonly begunFrom: number;
  readonly begunTo: number;
  /** The likeliest word that it is a misspelling of, where it probably is one. */
  readonly likelier: string | undefined;
  /** Nothing is like it but what it may be a misspelling of. */
  readonly isMended: boolean;
  /** It is mended, and may as well be a word that the catalogue lacks. */
  readonly isDoubtful: boolean;
  /** Misspellings were looked for, which takes longer than all else. */
  readonly isSought: boolean;
}

type Kind = "word" | "number" | "identifier" | "ideograms";

export class WordAlternatives {
  readonly #lookup: TermLookup;
  readonly #analyzer: Pick<Analyzer, "stem" | "isStopWord" | "compounds">;
  readonly #documents: () => number;

  constructor(
    lookup: TermLookup,
    analyzer: Pick<Analyzer, "stem" | "isStopWord" | "compounds">,
    documents: () => number,
  ) {
    this.#lookup = lookup;
    this.#analyzer = analyzer;
    this.#documents = documents;
  }

  /** A word by itself and its forms, no more. */
  plain(text: string, isRequired: boolean): QueryWord {
    const found = new Collected();
    this.#forms(text, 1, found);
    return this.#word(text, found, isRequired);
  }

  /** A part of a word: an ideogram stands in other words, too. */
  part(text: string, isRequired: boolean): QueryWord {
    const found = new Collected();
    this.#forms(text, 1, found);
    if (/^\p{Ideographic}+$/u.test(text)) this.#ideograms(text, found);
    return this.#word(text, found, isRequired);
  }

  /** The head of a compound that the catalogue lacks: other compounds that end so will do. */
  head(text: string): QueryWord {
    const found = new Collected();
    this.#forms(text, 1, found);
    this.#endings(text, found);
    return this.#word(text, found, true);
  }

  of(text: string, kind: Kind, options: WordOptions): Alternatives {
    const lookup = this.#lookup;
    const found = new Collected();
    if (kind === "word") this.#forms(text, 1, found);
    else found.add(lookup.find(text), 1);
    const documents = found.documents(lookup);
    for (const synonym of options.synonyms) this.#forms(synonym, matchWeights.synonym, found);
    if (kind === "ideograms") this.#ideograms(text, found);
    if (kind === "word") this.#endings(text, found);
    const begunFrom = found.terms.length;
    // A number that the catalogue has is meant: “8” is not the beginning of “800”.
    if (options.isOpen && (kind !== "number" || documents === 0)) this.#beginnings(text, documents, found);
    const begunTo = found.terms.length;
    const isKnown = begunTo > 0;
    const isRare = documents > 0 && documents <= rareDocuments && text.length >= likelierFrom;
    const { mends, misspellings } = options;
    const isFewEnough = documents <= Math.max(rareDocuments, this.#documents() * mendedShare);
    let likelier: NearTerm | undefined;
    let isSought = kind === "word" && mends !== "never";
    if (isSought && (!isKnown || (mends === "always" && isFewEnough)))
      likelier = this.#misspellings(
        text,
        options.isOpen && !isKnown && mends === "always",
        documents,
        misspellings,
        found,
      );
    // None can be so much more frequent where there are not so many items.
    else if (isSought && isRare && likelierRatio * documents <= this.#documents())
      likelier = this.#muchLikelier(text, documents, misspellings, found);
    else isSought = false;
    const isMended = !isKnown && found.terms.length > 0;
    return {
      terms: found.terms,
      weights: found.weights,
      documents,
      begunFrom,
      begunTo,
      likelier: likelier?.text,
      isMended,
      isDoubtful: isMended && likelier !== undefined && isDoubtful(text, likelier),
      isSought,
    };
  }

  /** As the index reads it. */
  word(text: string, { terms, weights }: Alternatives, isRequired: boolean): QueryWord {
    return this.#word(text, { terms, weights }, isRequired);
  }

  #word(text: string, { terms, weights }: { terms: number[]; weights: number[] }, isRequired: boolean): QueryWord {
    let documents = 0;
    for (let i = 0; i < terms.length; i++) documents += weights[i]! * this.#lookup.documents(terms[i]!);
    return {
      text,
      terms: new Int32Array(terms),
      weights: new Float32Array(weights),
      idf: inverseDocumentFrequency(documents, this.#documents()),
      isRequired,
    };
  }

  #forms(text: string, factor: number, into: Collected): void {
    into.add(this.#lookup.find(text), factor);
    for (const term of this.#lookup.byStem(this.#analyzer.stem(text))) into.add(term, factor * matchWeights.form);
  }

  /** “鞋” stands in the words that begin or end with it, as texts are read by twos. */
  #ideograms(text: string, into: Collected): void {
    if (into.terms.length > 0 && text.length > 1) return;
    for (const term of this.#lookup.byPrefix(text, endingsMax)) into.add(term, matchWeights.ideogram);
    for (const term of this.#lookup.byEnding(text, endingsMax)) into.add(term, matchWeights.ideogram);
  }

  #endings(text: string, into: Collected): void {
    if (!this.#analyzer.compounds || text.length < endingFrom) return;
    for (const term of this.#lookup.byEnding(text, endingsMax))
      if (this.#lookup.text(term).length >= text.length + modifierFrom) into.add(term, matchWeights.ending);
  }

  #beginnings(text: string, documents: number, into: Collected): void {
    const lookup = this.#lookup;
    const isCommon = documents >= completeDocuments;
    if (isCommon && documents * (completeRatio + 1) >= lookup.documentsBegun(text)) return;
    const begun = lookup
      .byPrefix(text, limits.queryTermsMax)
      .filter((term) => !into.has(term) && !this.#analyzer.isStopWord(lookup.text(term)));
    for (const term of begun)
      into.add(term, matchWeights.beginning + (matchWeights.typed * text.length) / lookup.text(term).length);
  }

  /** Adds the nearest words, or with `begins` what is near in its beginning. The nearest of all is what was probably meant. */
  #misspellings(
    text: string,
    begins: boolean,
    documents: number,
    misspellings: Misspellings,
    into: Collected,
  ): NearTerm | undefined {
    const likelier = (found: readonly NearTerm[]): readonly NearTerm[] =>
      found.filter(({ term }) => this.#lookup.documents(term) > mendedRatio * documents);
    let near = likelier(misspellings.near(text, 1));
    // A second edit is looked for only where one is not enough.
    if (near.length === 0) near = likelier(misspellings.near(text, 2));
    if (near.length === 0 && begins) near = likelier(misspellings.nearBeginnings(text));
    const nearest = near.slice(0, nearMax);
    for (const { term, cost } of nearest) into.add(term, misspellingWeight(cost));
    return nearest[0];
  }

  #muchLikelier(text: string, documents: number, misspellings: Misspellings, into: Collected): NearTerm | undefined {
    const likeliest = misspellings
      .near(text, 1)
      .find(
        ({ term, cost }) => cost <= 1 && !into.has(term) && this.#lookup.documents(term) >= likelierRatio * documents,
      );
    if (likeliest !== undefined) into.add(likeliest.term, matchWeights.likelier);
    return likeliest;
  }
}

const misspellingWeight = (cost: number): number => matchWeights.misspelling - matchWeights.edit * (cost - 1);

/** Terms with their weights, each once, at most `limits.queryTermsMax`; what comes first is kept. */
class Collected {
  readonly terms: number[] = [];
  readonly weights: number[] = [];
  readonly #seen = new Set<number>();

  has(term: number): boolean {
    return this.#seen.has(term);
  }

  add(term: number, weight: number): void {
    if (term < 0 || this.terms.length === limits.queryTermsMax || this.#seen.has(term)) return;
    this.#seen.add(term);
    this.terms.push(term);
    this.weights.push(weight);
  }

  documents(lookup: TermLookup): number {
    let documents = 0;
    for (const term of this.terms) documents += lookup.documents(term);
    return documents;
  }
}

/** ln(1 + (N − n + ½) / (n + ½)), above 0 for every n up to N (Robertson & Zaragoza 2009, §3.1, shifted as Lucene does). */
function inverseDocumentFrequency(documents: number, all: number): number {
  const n = Math.min(documents, all);
  return Math.log(1 + (all - n + 0.5) / (n + 0.5));
}
