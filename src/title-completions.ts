/**
 * Completions out of the catalogue's own words: of the word being typed the most frequent ones that begin so and stand in titles of items
 * in stock, and the words that go on from there in several of these titles. It changes nothing, and looks at a few items only.
 */
import type { Token } from "./core/analyzer.ts";
import { limits } from "./core/limits.ts";
import { Found } from "./core/retrieved.ts";
import type { QueryWord, TextQuery } from "./core/text-query.ts";
import { boundary, termOf, wholeOf } from "./lexical/documents.ts";
import type { Rooms } from "./rooms.ts";

/** Words typed at most; who typed more knows what they want. */
const typedMax = 6;
/** Words that begin with what was typed, the most frequent ones: tried, and told. */
const triedMax = 8;
const wordsMax = 4;
/** Items looked at for each of them, the best by their texts. */
const itemsMax = 24;
/** And to learn which words stand beside those that were typed before. */
const besideMax = 64;
/** Words that a title goes on with, and titles that must go on so, unless it is one of them as a whole. */
const furtherMax = 3;
const titlesMin = 2;
const titleSlot = 0;
/** Between words of one thought; at a comma or a bracket another begins. */
const sameThought = /^(?: ?|[-'’./&+]| & )$/u;

/** A run of words in a title. */
interface Run {
  readonly terms: readonly number[];
  /** An item in whose title it stands. */
  readonly item: number;
  titles: number;
  /** It is a title, from its beginning to its end. */
  isTitle: boolean;
}

type UsedRooms = Pick<Rooms, "analyzer" | "lexical" | "catalogue">;

export class TitleCompletions {
  readonly #rooms: UsedRooms;
  readonly #found = new Found();

  constructor(rooms: UsedRooms) {
    this.#rooms = rooms;
  }

  /**
   * At most `limit` texts in small letters: words first, the most frequent first, then what they go on with in most titles. `query`: what
   * was typed, as it is read; with `isMended` its last word is taken for what it may be a misspelling of.
   */
  of(typed: string, query: TextQuery, limit: number, isMended: boolean): string[] {
    const { analyzer, lexical } = this.#rooms;
    const tokens = analyzer.analyze(typed).filter((token) => token.wholeOf === 0);
    if (tokens.length === 0 || tokens.length > typedMax) return [];
    const isWhole = /\s$/u.test(typed);
    const before = (isWhole ? tokens : tokens.slice(0, -1)).map(({ text }) => lexical.dictionary.find(text));
    if (before.some((term) => term < 0)) return [];
    const begun = isWhole ? [-1] : this.#begun(tokens.at(-1)!.text, query, isMended);
    const beside = isWhole || before.length === 0 ? begun : this.#beside(before, begun);
    const words: Run[] = [];
    const further: Run[] = [];
    for (const term of beside.slice(0, triedMax)) {
      const runs = this.#runs(term < 0 ? before : [...before, term]);
      if (runs.length === 0) continue;
      words.push(runs[0]!);
      further.push(...runs.slice(1));
      if (words.length === wordsMax) break;
    }
    further.sort((a, b) => b.titles - a.titles);
    const texts: string[] = [];
    for (const run of [...words, ...further]) {
      const text = texts.length < limit ? this.#written(run) : undefined;
      if (text !== undefined && !texts.includes(text)) texts.push(text);
    }
    return texts;
  }

  /** Those of the terms that stand right behind others in titles of items in stock, the most frequent there first. */
  #beside(before: readonly number[], terms: readonly number[]): number[] {
    const counts = new Map<number, number>();
    const wanted = new Set(terms);
    for (const item of this.#top([...before.map((term) => word([term])), word(terms)], besideMax)) {
      const title = this.#title(item);
      const at = placeOf(before, title, wanted);
      const next = at < 0 ? -1 : title[at + before.length]!;
      if (next >= 0) counts.set(next, (counts.get(next) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([term]) => term);
  }

  /** The best items in stock. Good until the next call. */
  #top(words: readonly QueryWord[], size: number): Int32Array {
    const { lexical, catalogue } = this.#rooms;
    const found = this.#found;
    found.clear();
    lexical.top(queryOf(words), size, (item) => catalogue.isRecommendable(item), found);
    return found.item.subarray(0, found.count);
  }

  /** Terms that the word being typed may become, the most frequent first. */
  #begun(word: string, query: TextQuery, isMended: boolean): number[] {
    const { analyzer, lexical } = this.#rooms;
    const { dictionary } = lexical;
    const read = query.readings[0]!.words.at(-1)!.terms;
    const fits = (term: number): boolean => {
      const text = dictionary.text(term)!;
      return (isMended || text.startsWith(word)) && dictionary.kind(term) !== "number" && !analyzer.isStopWord(text);
    };
    const terms = [...read].filter(fits);
    // A mended one is as near as any other; otherwise who uses a word most often stands first.
    if (!isMended) terms.sort((a, b) => dictionary.documents(b) - dictionary.documents(a) || a - b);
    return terms;
  }

  /**
   * The words as they stand in titles of items in stock, and for each word that several titles go on with there: it, and what all of these
   * go on with behind it. Nothing where no title has them.
   */
  #runs(terms: readonly number[]): Run[] {
    const runs = new Map<string, Run>();
    const words = terms.map((term) => word([term]));
    for (const item of this.#top(words, itemsMax)) {
      const title = this.#title(item);
      const at = placeOf(terms, title);
      if (at < 0) continue;
      for (let end = at + terms.length; end <= Math.min(title.length, at + terms.length + furtherMax); end++) {
        const run = title.slice(at, end);
        if (run.includes(boundary) || new Set(run).size < run.length) break;
        const key = run.join(" ");
        const known = runs.get(key) ?? { terms: run, item, titles: 0, isTitle: false };
        known.titles++;
        known.isTitle ||= at === 0 && end === title.length;
        runs.set(key, known);
      }
    }
    const [plain, ...rest] = runs.values();
    if (plain === undefined) return [];
    const byNext = new Map<number, Run>();
    // A shorter one comes before those that go on from it.
    for (const run of rest) {
      const next = run.terms[terms.length]!;
      const known = byNext.get(next);
      if (this.#isWorth(run) && (known === undefined || run.titles >= known.titles)) byNext.set(next, run);
    }
    return [plain, ...byNext.values()];
  }

  #isWorth({ terms, titles, isTitle }: Run): boolean {
    const { dictionary } = this.#rooms.lexical;
    const last = dictionary.text(terms.at(-1)!)!;
    if (last.length < 2 && dictionary.kind(terms.at(-1)!) === "word") return false;
    return (titles >= titlesMin || isTitle) && !this.#rooms.analyzer.isStopWord(last);
  }

  /** Terms of an item's title, wholes left out. */
  #title(item: number): number[] {
    const { documents } = this.#rooms.lexical;
    const terms: number[] = [];
    if (!documents.open(item)) return terms;
    for (let at = documents.from[titleSlot]!; at < documents.to[titleSlot]!; at++) {
      const entry = documents.entries[at]!;
      if (entry === boundary) terms.push(boundary);
      else if (wholeOf(entry) === 0) terms.push(termOf(entry));
    }
    return terms;
  }

  /** As the title has it, in small letters; undefined where a comma or a bracket stands in between. */
  #written({ terms, item }: Run): string | undefined {
    const { analyzer, catalogue, lexical } = this.#rooms;
    const title = catalogue.fields(item)?.title;
    if (typeof title !== "string") return undefined;
    const read = title.slice(0, limits.slotTextMax);
    const tokens = analyzer.analyze(read).filter((token) => token.wholeOf === 0);
    const words = terms.map((term) => lexical.dictionary.text(term)!);
    const at = placeOf(
      words,
      tokens.map(({ text }) => text),
    );
    if (at < 0) return undefined;
    const run = tokens.slice(at, at + words.length);
    if (!run.every((token, i) => i === 0 || isSameThought(read, run[i - 1]!, token))) return undefined;
    const text = read.slice(run[0]!.start, run.at(-1)!.end).toLowerCase();
    return text.length <= limits.suggestLengthMax ? text : undefined;
  }
}

const isSameThought = (text: string, one: Token, next: Token): boolean =>
  next.start <= one.end || sameThought.test(text.slice(one.end, next.start));

function word(terms: readonly number[]): QueryWord {
  return {
    text: "",
    terms: Int32Array.from(terms),
    weights: new Float32Array(terms.length).fill(1),
    idf: 1,
    isRequired: true,
  };
}

/** All of the words, whatever they weigh. */
function queryOf(words: readonly QueryWord[]): TextQuery {
  const highlights = { terms: new Set<string>(), prefixes: [] };
  return { readings: [{ words, weight: 1 }], exact: new Int32Array(0), highlights };
}

/** Where the run begins, with one of `next` behind it where there are any; −1 where it does not stand there. */
function placeOf<T>(run: readonly T[], all: readonly T[], next?: ReadonlySet<T>): number {
  for (let at = 0; at + run.length <= all.length; at++) {
    if (next !== undefined && !next.has(all[at + run.length]!)) continue;
    if (run.every((one, i) => all[at + i] === one)) return at;
  }
  return -1;
}
