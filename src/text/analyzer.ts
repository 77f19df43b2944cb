/** From text as written to tokens: folded ({@link fold}), then words, numbers and names ({@link addWords}), or runs without spaces. */
import type { Analyzer, Token } from "../core/analyzer.ts";
import * as characters from "./characters.ts";
import { classAt } from "./characters.ts";
import { fold } from "./fold.ts";
import { addIdeograms } from "./ideograms.ts";
import { type Language, languageNamed, stemmerOf, stopWordsOf } from "./languages.ts";
import type { Segmenter } from "./segmenter.ts";
import { stemOf } from "./stems.ts";
import { tagEnd } from "./tags.ts";
import { TokenList } from "./token-list.ts";
import { addWords, entityEnd } from "./words.ts";

/** Counts up when tokens or stems of some text change. */
const release = 1;

export interface AnalyzerOptions {
  /** One of `languageNames` in languages.ts; default `english`. */
  readonly language?: string | undefined;
  /** Cuts Chinese into words; default: pairs of characters. */
  readonly segmenter?: Segmenter | undefined;
}

/** The language is one of the names there are: the settings are checked before. */
export function analyzer({ language: name = "english", segmenter }: AnalyzerOptions = {}): Analyzer {
  const language = languageNamed(name);
  if (language === undefined) throw new RangeError(`no language "${name}"`);
  const stopWords = new Set(foldedStopWords(stopWordsOf(name)));
  return {
    // What is a letter, and what NFKC makes of it, is Unicode's, of which Node brings a newer one about once a year.
    layout: `text ${release} ${name} ${segmenter?.name ?? "pairs"} unicode ${process.versions.unicode}`,
    analyze: (text) => tokensOf(text, language, segmenter),
    stem: stemOf(language, stemmerOf(name)),
    isStopWord: (word) => stopWords.has(word),
    compounds: language.compounds ?? false,
    headFirst: language.headFirst ?? false,
  };
}

/** Short forms are left out: folded, “she'll” and “we'd” would be “shell” and “wed”. */
function foldedStopWords(words: readonly string[]): string[] {
  return words.filter((word) => !/['’]/.test(word)).map((word) => fold(word).text);
}

function tokensOf(text: string, language: Language, segmenter: Segmenter | undefined): readonly Token[] {
  const folded = fold(text);
  const list = new TokenList(folded);
  const { text: plain } = folded;
  let isQuoted = false;
  for (let i = 0; i < plain.length; ) {
    const one = classAt(plain, i);
    const wordEnd = one === characters.letter ? plainWordEnd(plain, i) : 0;
    if (wordEnd > 0) {
      list.one(plain.slice(i, wordEnd), i, wordEnd, "word");
      i = wordEnd;
    } else if (one === characters.letter || one === characters.digit) i = addWords(list, plain, i, language, isQuoted);
    else if (one === characters.ideogram) {
      const start = i;
      while (i < plain.length && classAt(plain, i) === characters.ideogram) i++;
      addIdeograms(list, plain, start, i, segmenter);
    } else if (one === characters.tagStart) i = Math.max(i + 1, tagEnd(plain, i));
    else if (one === characters.ampersand) i = Math.max(i + 1, entityEnd(plain, i));
    else {
      if (one === characters.quote) isQuoted = !isQuoted;
      i++;
    }
  }
  return list.tokens;
}

/** Where a word of letters ends that nothing but a space, a comma or the end follows, as most do; 0: it is not so plain. */
function plainWordEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length) {
    const one = classAt(text, end);
    if (one === characters.separator || one === characters.comma) return end;
    if (one !== characters.letter) return 0;
    end++;
  }
  return end;
}
