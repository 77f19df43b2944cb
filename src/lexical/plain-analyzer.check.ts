/** A small analyzer whose tokens can be seen at a glance, and dictionaries of words so often each: for tests of what reads them. */
import type { Analyzer, Token, TokenKind } from "../core/analyzer.ts";
import { Dictionary } from "./dictionary.ts";
import { QueryPlanner } from "./query-planner.ts";
import { type SynonymRules, Synonyms } from "./synonyms.ts";

const stopWords = new Set(["the", "for", "with", "of", "a", "und", "für"]);
const ideograms = /^\p{Script=Han}+$/u;

function kindOf(text: string): TokenKind {
  if (ideograms.test(text)) return "ideograms";
  if (/^\d{1,7}$|^\d+gb$/.test(text)) return "number";
  return /\d/.test(text) ? "identifier" : "word";
}

/** Lower case; “dv7-1211ea” and “500gb” are wholes of their parts; ideograms by twos; a plural's s is no part of the stem. */
export function plainAnalyzer(options: { compounds?: boolean; headFirst?: boolean } = {}): Analyzer {
  return {
    layout: "plain",
    analyze(text) {
      const tokens: Token[] = [];
      let position = 0;
      const put = (word: string, start: number, wholeOf: number): void => {
        const token = { text: word, start, end: start + word.length, position, kind: kindOf(word), wholeOf };
        tokens.push(token);
        if (wholeOf === 0) position++;
      };
      const written = text
        .toLowerCase()
        .matchAll(/\d+ ?gb\b|\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+(?:-[\p{L}\p{N}]+)*/gu);
      for (const { 0: word, index } of written) {
        const parts = /^\d+ ?gb$/.test(word) ? [word.replace(/ ?gb/, ""), "gb"] : word.split("-");
        if (parts.length > 1) {
          tokens.push({
            text: parts.join(""),
            start: index,
            end: index + word.length,
            position,
            kind: kindOf(parts.join("")),
            wholeOf: parts.length,
          });
          let at = index;
          for (const part of parts) {
            at = text.toLowerCase().indexOf(part, at);
            put(part, at, 0);
            at += part.length;
          }
        } else if (ideograms.test(word) && word.length > 1)
          for (let i = 0; i + 2 <= word.length; i++) put(word.slice(i, i + 2), index + i, 0);
        else put(word, index, 0);
      }
      return tokens;
    },
    stem: (word) => word.replace(/(?<=..)s$/, "").replace(/(?<=..)(?:en|e)$/, ""),
    isStopWord: (word) => stopWords.has(word),
    compounds: options.compounds ?? false,
    headFirst: options.headFirst ?? false,
  };
}

/** Words with how many items have each. */
export function dictionaryOf(words: Readonly<Record<string, number>>): Dictionary {
  const dictionary = new Dictionary();
  for (const [text, documents] of Object.entries(words)) putWord(dictionary, text, documents);
  return dictionary;
}

export function putWord(dictionary: Dictionary, text: string, documents: number): number {
  const term = dictionary.intern(text, kindOf(text));
  dictionary.counts.set(term, documents);
  return term;
}

export function plannerOf(
  words: Readonly<Record<string, number>>,
  options: { compounds?: boolean; headFirst?: boolean; synonyms?: SynonymRules; documents?: number } = {},
) {
  const analyzer = plainAnalyzer(options);
  const dictionary = dictionaryOf(words);
  const synonyms = new Synonyms(analyzer);
  synonyms.fold(options.synonyms ?? []);
  const documents = (): number => options.documents ?? 1000;
  return { planner: new QueryPlanner({ analyzer, dictionary, documents, synonyms }), dictionary, synonyms };
}
