/**
 * From the text of a query to its readings: words to terms of the index, and words written together or apart, with synonyms and mended where
 * they have to be. Made of the text and the folded state alone: who asks twice is read the same.
 */
import type { Analyzer } from "../core/analyzer.ts";
import { limits } from "../core/limits.ts";
import type { QueryWord, Reading, TextQuery } from "../core/text-query.ts";
import { Misspellings } from "./misspellings.ts";
import { headAmong } from "./query-head.ts";
import { type Edge, readings } from "./query-lattice.ts";
import { asTyped, type Loosened, type Plan, ReadQuery, type Trust, trust } from "./query-plan.ts";
import { type Leaf, type QueryWords, queryWords, type Whole, withoutPairsAcross } from "./query-words.ts";
import { type Rung, steps } from "./relaxation.ts";
import type { SideBySide } from "./side-by-side.ts";
import type { Synonyms } from "./synonyms.ts";
import { TermLookup, type Terms } from "./term-lookup.ts";
import { type Alternatives, matchWeights, WordAlternatives } from "./word-alternatives.ts";
import { WordParts } from "./word-parts.ts";

/** What a reading that is not as typed takes off. Chosen by hand, like {@link matchWeights}. */
const readingWeights = {
  /** Parts of a whole, each: “dv7 1211ea” for “dv7-1211ea”. */
  part: 0.97,
  /** “headphones” for “head phones”. */
  joined: 0.9,
  /** “head phones” for “headphones”, which the catalogue has, or has not. */
  split: 0.6,
  splitUnknown: 0.8,
  /** “jacke” for “winterjacke”, when nothing else is left. */
  head: 0.5,
  /** Where any word is enough: each that does not say what the thing is. */
  besideHead: 0.7,
} as const;

/** Words written apart that are one. */
const joinedMax = 3;
/** Words of one query of which misspellings are looked for: each is a look at every word of about its length. */
const mendedMax = 4;
/** Letters from which on a part of a whole is mended: “shirt” of “t-shirt” is no “short”. */
const mendedPartFrom = 6;
/** An identifier names an item where so few have it; one that is no whole by so many letters and digits. */
const namedMax = 32;
/** Where it is all of the query, so many items at most. */
const namedAloneMax = 256;
const namingFrom = 5;
/** Letters from which on a word before a number is a name, and the two no model number. */
const nameFrom = 4;

/** What was found for a query's words, for as long as it is read. */
interface Sought {
  readonly misspellings: Misspellings;
  /** By leaf and how it is mended. */
  readonly alternatives: Map<string, Alternatives>;
  /** [leaf] */
  readonly parts: (readonly (readonly string[])[])[];
}

export interface QueryPlannerOptions {
  readonly analyzer: Analyzer;
  readonly dictionary: Terms;
  /** Items with text. */
  documents(): number;
  readonly synonyms: Pick<Synonyms, "wordsMax" | "of">;
  /** See {@link SideBySide}; default: as many as it takes. */
  readonly beside?: SideBySide["beside"];
  /** Over the dictionary; made where it is not given. */
  readonly lookup?: TermLookup;
}

export class QueryPlanner {
  /** To be made ready once restored, see {@link TermLookup.prepare}. */
  readonly lookup: TermLookup;
  readonly #options: QueryPlannerOptions;
  readonly #alternatives: WordAlternatives;
  readonly #parts: WordParts;

  constructor(options: QueryPlannerOptions) {
    this.#options = options;
    this.lookup = options.lookup ?? new TermLookup(options.dictionary, options.analyzer);
    this.#alternatives = new WordAlternatives(this.lookup, options.analyzer, options.documents);
    this.#parts = new WordParts(this.lookup, options);
  }

  /** Reads queries as this one would with other synonyms. */
  withSynonyms(synonyms: QueryPlannerOptions["synonyms"]): QueryPlanner {
    return new QueryPlanner({ ...this.#options, synonyms, lookup: this.lookup });
  }

  /** `undefined` where the query has no word. */
  plan(query: string): TextQuery | undefined {
    const words = this.#words(query);
    return words === undefined ? undefined : this.#read(words, asTyped, this.#sought()).query;
  }

  /** Looser and looser ways to read a query that nothing matches, each made when it is asked for. */
  ladder(query: string): Iterable<Rung> {
    const words = this.#words(query);
    if (words === undefined) return [];
    const sought = this.#sought();
    return steps(words, this.#options.analyzer.headFirst ?? false, (loosened) => this.#read(words, loosened, sought));
  }

  #sought(): Sought {
    return { misspellings: new Misspellings(this.lookup), alternatives: new Map(), parts: [] };
  }

  #words(query: string): QueryWords | undefined {
    const words = queryWords(this.#options.analyzer, query);
    return words && withoutPairsAcross(words, (text) => this.#frequency(text));
  }

  #frequency(text: string): number {
    const term = this.lookup.find(text);
    return term < 0 ? 0 : this.lookup.documents(term);
  }

  #read(words: QueryWords, loosened: Loosened, kept: Sought): Plan {
    const { leaves } = words;
    const edges: Edge[] = [];
    for (const whole of words.wholes) this.#whole(words, whole, loosened, kept, edges);
    const joined = this.#joined(words, loosened, edges);
    const phrases = this.#phrases(words, loosened, edges);
    const compounds = leaves.map((leaf, at) => {
      const parts = (kept.parts[at] ??= this.#parts.of(leaf));
      return parts.length === 0 && loosened.heads ? this.#parts.head(leaf) : parts;
    });
    const byLeaf: Alternatives[] = [];
    const trusted: Trust[] = [];
    const singles: Edge[] = [];
    let sought = 0;
    const hasWord = leaves.some(({ token, isOptional }) => token.kind !== "number" && !isOptional);
    leaves.forEach((leaf, at) => {
      const { token, isOpen, isOptional, isPart } = leaf;
      const isMended = !isOptional && sought < mendedMax && !(isPart && token.text.length < mendedPartFrom);
      const mends = !isMended ? "never" : loosened.mends ? "always" : joined.has(at) ? "never" : "unknown";
      const key = `${at} ${mends}`;
      const found =
        kept.alternatives.get(key) ??
        this.#alternatives.of(token.text, token.kind, {
          isOpen: isOpen && !isOptional,
          synonyms: phrases.byLeaf[at] ?? [],
          mends,
          misspellings: kept.misspellings,
        });
      kept.alternatives.set(key, found);
      if (found.isSought) sought++;
      byLeaf.push(found);
      const word = this.#alternatives.word(token.text, found, isRequired(leaves, at, at + 1, loosened));
      const unit = knownUnit(words, at, edges);
      if (unit === undefined)
        singles.push({ from: at, to: at + 1, words: [word], weight: isPart ? readingWeights.part : 1 });
      const isUnknown = found.terms.length === 0;
      const isHeadEnough = loosened.heads && isUnknown && this.#parts.isHeadEnough(leaf);
      for (const parts of compounds[at]!) {
        singles.push(this.#compound(at, parts, found, word, isHeadEnough));
        this.#phrasesOf(parts, at, at + 1, word.isRequired, edges);
      }
      trusted.push(unit === undefined ? trustIn(leaf, found, compounds[at]!.length > 0, hasWord) : trust.known);
    });
    const ofCompounds = compounds.map((ways, at) => (this.#parts.isHeadEnough(leaves[at]!) ? ways : []));
    const found = loosened.any
      ? [this.#anyOf(words, edges, singles, trusted, byLeaf)]
      : ways(leaves.length, edges, singles);
    const { dropped } = loosened;
    const query = new ReadQuery(found, this.#exact(words, edges), { lookup: this.lookup, words, byLeaf, dropped });
    return { query, words, byLeaf, trust: trusted, compounds: ofCompounds };
  }

  /** “dv7-1211ea” as one term. */
  #whole(
    words: QueryWords,
    { token, from, to }: Whole,
    loosened: Loosened,
    { misspellings }: Sought,
    into: Edge[],
  ): void {
    const isOpen = words.leaves[to - 1]!.isOpen;
    const found = this.#alternatives.of(token.text, token.kind, { isOpen, synonyms: [], mends: "never", misspellings });
    if (found.terms.length === 0) return;
    const word = this.#alternatives.word(token.text, found, isRequired(words.leaves, from, to, loosened));
    into.push({ from, to, words: [word], weight: 1 });
  }

  /** “head phones” as “headphones”, “wh 1000 xm4” as the model number. Answers the leaves that are so covered. */
  #joined({ leaves, wholes }: QueryWords, loosened: Loosened, into: Edge[]): ReadonlySet<number> {
    const covered = new Set<number>();
    for (let from = 0; from < leaves.length; from++) {
      let text = leaves[from]!.token.text;
      for (let to = from + 2; to <= Math.min(leaves.length, from + joinedMax); to++) {
        text += leaves[to - 1]!.token.text;
        if (wholes.some((whole) => whole.from === from && whole.to === to)) continue;
        const required = isRequired(leaves, from, to, loosened);
        this.#phrasesOf([text], from, to, required, into);
        const word = this.#alternatives.plain(text, required);
        if (word.terms.length === 0) continue;
        into.push({ from, to, words: [word], weight: readingWeights.joined });
        for (let at = from; at < to; at++) covered.add(at);
      }
    }
    return covered;
  }

  /** Synonyms: of a word by a word they are alternatives, all others are ways of their own. */
  #phrases({ leaves }: QueryWords, loosened: Loosened, into: Edge[]): { byLeaf: Record<number, string[]> } {
    const byLeaf: Record<number, string[]> = {};
    const { synonyms } = this.#options;
    const longest = Math.min(synonyms.wordsMax, leaves.length);
    for (let from = 0; from < leaves.length; from++) {
      const stems: string[] = [];
      for (let to = from + 1; to <= Math.min(leaves.length, from + longest); to++) {
        stems.push(leaves[to - 1]!.stem);
        for (const phrase of synonyms.of(stems)) {
          const required = isRequired(leaves, from, to, loosened);
          if (to === from + 1 && phrase.length === 1) (byLeaf[from] ??= []).push(phrase[0]!);
          else this.#phrase(phrase, from, to, required, into);
        }
      }
    }
    return { byLeaf };
  }

  /** Synonyms of words that are written together or apart otherwise than in the query. */
  #phrasesOf(written: readonly string[], from: number, to: number, required: boolean, into: Edge[]): void {
    const { synonyms, analyzer } = this.#options;
    if (written.length > synonyms.wordsMax) return;
    for (const phrase of synonyms.of(written.map((word) => analyzer.stem(word))))
      this.#phrase(phrase, from, to, required, into);
  }

  #phrase(phrase: readonly string[], from: number, to: number, isRequired: boolean, into: Edge[]): void {
    const words = phrase.map((text) =>
      this.#alternatives.plain(text, isRequired && !(phrase.length > 1 && this.#options.analyzer.isStopWord(text))),
    );
    if (words.some((word) => word.isRequired && word.terms.length === 0)) return;
    into.push({ from, to, words, weight: matchWeights.synonym });
  }

  /** “winterjacke” as “winter” and “jacke”, of which the second is enough when loosened. */
  #compound(at: number, parts: readonly string[], found: Alternatives, whole: QueryWord, heads: boolean): Edge {
    const words = parts.map((part, i) => {
      const isEnough = whole.isRequired && heads && i === parts.length - 1;
      return isEnough ? this.#alternatives.head(part) : this.#alternatives.part(part, whole.isRequired && !heads);
    });
    const isHeadAlone = parts.length === 1;
    const { split, splitUnknown, head } = readingWeights;
    if (isHeadAlone || found.documents === 0)
      return { from: at, to: at + 1, words, weight: isHeadAlone ? head : splitUnknown };
    // Two words together count more than one, and these are the same said in two: what is as typed stays above.
    const idf = words.reduce((sum, word) => sum + word.idf, 0);
    return { from: at, to: at + 1, words, weight: split * Math.min(1, whole.idf / idf) };
  }

  /** All words together, and those that several of them make, none of them required; what the thing is counts most. */
  #anyOf(
    words: QueryWords,
    edges: readonly Edge[],
    singles: readonly Edge[],
    trusted: readonly Trust[],
    byLeaf: readonly Alternatives[],
  ): Reading {
    const { leaves } = words;
    const says = leaves.map((leaf, at) => !leaf.isOptional && trusted[at] !== trust.doubtful);
    const places = leaves.map((_, at) => at).filter((at) => says[at] && trusted[at] === trust.known);
    const head = places.length < 2 ? -1 : headAmong(words, byLeaf, places, this.#options.analyzer.headFirst ?? false);
    const found = [...singles, ...edges]
      .filter(
        ({ words, from, to }) => words.length === 1 && words[0]!.terms.length > 0 && (to > from + 1 || says[from]),
      )
      .map(({ words: [word], from, to }): QueryWord => {
        const isHead = head < 0 || (from <= head && head < to);
        const weights = isHead ? word!.weights : word!.weights.map((weight) => weight * readingWeights.besideHead);
        return { ...word!, weights, isRequired: false };
      });
    return { words: found, weight: 1 };
  }

  /** Terms of model numbers, whole or written apart, of article numbers, and of an identifier that is all of the query. */
  #exact({ leaves, wholes }: QueryWords, edges: readonly Edge[]): Int32Array {
    const found = new Set<number>();
    const take = (text: string, most = namedMax): void => {
      const term = this.lookup.find(text);
      if (term < 0 || this.lookup.kind(term) !== "identifier") return;
      if (this.lookup.documents(term) <= most) found.add(term);
    };
    for (const { token, from, to } of wholes) if (!isNameWithNumber(leaves, from, to)) take(token.text);
    for (const { words, from, to } of edges) {
      const isJoined = words.length === 1 && to - from > 1;
      const holdsIdentifier = leaves.slice(from, to).some(({ token }) => token.kind === "identifier");
      if (isJoined && holdsIdentifier) take(words[0]!.text);
    }
    for (const { token, isPart } of leaves) {
      if (leaves.length === 1) take(token.text, namedAloneMax);
      else if (!isPart && token.text.length >= namingFrom) take(token.text);
    }
    return Int32Array.from(found);
  }
}

/** “iphone12”, which is also said of what goes with it. */
function isNameWithNumber(leaves: readonly Leaf[], from: number, to: number): boolean {
  const [first, second] = [leaves[from]!.token, leaves[to - 1]!.token];
  return to - from === 2 && first.kind === "word" && first.text.length >= nameFrom && second.kind === "number";
}

/** A number with its unit that the catalogue has is read as one: apart, “500” and “gb” are said of other things. */
function knownUnit({ wholes }: QueryWords, at: number, edges: readonly Edge[]): Edge | undefined {
  const unit = wholes.find(({ token, from, to }) => token.kind === "number" && from <= at && at < to);
  return unit && edges.find(({ from, to, weight }) => from === unit.from && to === unit.to && weight === 1);
}

/** What is as typed comes first. */
function ways(leaves: number, edges: readonly Edge[], singles: readonly Edge[]): Reading[] {
  const wholes = edges.filter(({ weight }) => weight === 1);
  const others = edges.filter(({ weight }) => weight < 1);
  return readings(leaves, [...wholes, ...singles, ...others], limits.queryReadingsMax);
}

/** A number without a unit, or a letter, says little without the word beside it; but a title may be all numbers. */
function trustIn({ token }: Leaf, found: Alternatives, isParted: boolean, hasWord: boolean): Trust {
  if (found.terms.length === 0) return isParted ? trust.guessed : trust.unknown;
  if (found.isDoubtful || (token.kind === "number" && hasWord) || (token.kind === "word" && token.text.length === 1))
    return trust.doubtful;
  return found.isMended ? trust.guessed : trust.known;
}

/** Of several words read as one it is enough that one is. */
function isRequired(leaves: readonly Leaf[], from: number, to: number, { dropped }: Loosened): boolean {
  for (let at = from; at < to; at++) if (!leaves[at]!.isOptional && !dropped.has(at)) return true;
  return false;
}
