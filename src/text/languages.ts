/** What depends on a shop's language: stemmer, stop words, and how numbers and short forms are written. */
import { createRequire } from "node:module";

export interface Language {
  /** Whether the libraries have a stemmer and stop words; without, there are none. */
  readonly stemmer?: false;
  /** Instead of the library's; none are empty. */
  readonly stopWords?: readonly string[];
  /** Words of the library's that are none in a shop: “down jacket”, “off white”, “all in one”. */
  readonly soldWords?: readonly string[];
  /** Words that the library's list lacks. */
  readonly moreStopWords?: readonly string[];
  /** Writes compounds as one word. */
  readonly compounds?: boolean;
  /** What is meant stands before what is said of it: “chaussures femme”. */
  readonly headFirst?: boolean;
  /** Writes 1.000,5 where English writes 1,000.5. */
  readonly decimalComma?: boolean;
  /** Words that lose their last vowel before another word's first: “l'écharpe”. */
  readonly elided?: readonly string[];
  /** Ends of folded words that the stemmer, made for words with their accents, would not know, and what it is given instead; longest first. */
  readonly endings?: readonly (readonly [folded: string, given: string])[];
  /** Folded words, or stems, whose stem is another's: what is irregular and sold in shops. */
  readonly irregular?: Readonly<Record<string, string>>;
  /** Two letters that stand for one with an accent where a keyboard lacks it: “muetze”. */
  readonly digraphs?: Readonly<Record<string, string>>;
}

const romance = { decimalComma: true, headFirst: true };
const nordic = { compounds: true, decimalComma: true };

const languages: Readonly<Record<string, Language>> = {
  none: { stemmer: false, stopWords: [] },
  arabic: { headFirst: true },
  armenian: { decimalComma: true },
  bulgarian: { decimalComma: true },
  danish: { ...nordic, digraphs: { aa: "a", oe: "o" } },
  dutch: { ...nordic },
  english: {
    moreStopWords: ["a"],
    soldWords: ["down", "off", "over", "under", "no", "not", "all", "up", "own", "same"],
    irregular: {
      women: "woman",
      men: "man",
      children: "child",
      childrens: "child",
      feet: "foot",
      teeth: "tooth",
      mice: "mous",
      geese: "goos",
      scarv: "scarf",
      knive: "knife",
      shelv: "shelf",
      loav: "loaf",
      wolv: "wolf",
      leav: "leaf",
      halv: "half",
      calv: "calf",
      hoov: "hoof",
      elv: "elf",
    },
  },
  finnish: { ...nordic },
  french: {
    ...romance,
    elided: ["l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"],
    endings: [
      ["ees", "ées"],
      ["ee", "ée"],
    ],
  },
  german: {
    ...nordic,
    digraphs: { ae: "a", oe: "o", ue: "u" },
  },
  greek: { decimalComma: true },
  hungarian: { ...nordic },
  indian: {},
  indonesian: { decimalComma: true, headFirst: true },
  irish: { headFirst: true, elided: ["d", "b", "m"] },
  italian: {
    ...romance,
    elided: ["l", "d", "c", "un", "dell", "all", "dall", "nell", "sull", "quell", "quest", "gl", "degl"],
  },
  japanese: { stemmer: false, stopWords: [] },
  lithuanian: { decimalComma: true },
  mandarin: {
    stemmer: false,
    stopWords: ["了", "吗", "呢", "吧", "和", "与", "及", "或", "我", "我想", "我要", "请问", "一个"],
  },
  nepali: {},
  norwegian: { ...nordic, digraphs: { aa: "a", oe: "o" } },
  portuguese: {
    ...romance,
    endings: [
      ["coes", "ção"],
      ["cao", "ção"],
      ["oes", "ão"],
      ["aes", "ão"],
      ["ais", "al"],
      ["eis", "el"],
    ],
  },
  romanian: { ...romance },
  russian: { decimalComma: true },
  sanskrit: {},
  serbian: { decimalComma: true },
  slovenian: { stemmer: false, decimalComma: true },
  spanish: { ...romance },
  swedish: { ...nordic },
  tamil: {},
  turkish: { decimalComma: true },
  ukrainian: { decimalComma: true },
};

export const languageNames: readonly string[] = Object.keys(languages);

/** Undefined: no such language. */
export const languageNamed = (name: string): Language | undefined =>
  Object.hasOwn(languages, name) ? languages[name] : undefined;

/** By require, as one language of thirty is wanted, now: importing them all takes a sixth of a second. */
const require = createRequire(import.meta.url);

/** The Snowball stemmer of a language, of words with their accents; undefined: none. */
export function stemmerOf(name: string): ((word: string) => string) | undefined {
  return languages[name]!.stemmer === false ? undefined : require(`@orama/stemmers/${name}`).stemmer;
}

/** Sizes and vitamins, where a list has single letters: “talla l”, “vitamine c”. */
const consonant = /^[b-df-hj-np-tv-xz]$/;

/** As the language writes them, to be folded. */
export function stopWordsOf(name: string): readonly string[] {
  const { stopWords, soldWords = [], moreStopWords = [] } = languages[name]!;
  if (stopWords !== undefined) return stopWords;
  const all: readonly string[] = require(`@orama/stopwords/${name}`).stopwords;
  return [...all.filter((word) => !soldWords.includes(word) && !consonant.test(word)), ...moreStopWords];
}
