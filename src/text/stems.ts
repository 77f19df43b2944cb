/** Stems of folded words: Snowball, with what folding took from it given back, and remembered. */
import { fold } from "./fold.ts";
import type { Language } from "./languages.ts";

/** Stems remembered at a time: some megabytes. At the limit all are let go of, which costs a millisecond here and there. */
const rememberedMax = 50_000;
const stemmable = /^[\p{L}\p{M}]{3,}$/u;
const vowels = new Set("aeiouyq");

/** The stem of a folded word; of what has digits, is shorter than three letters or is not spelled, the word itself. Equal for equal words, whatever was asked before. */
export function stemOf(language: Language, stemmer: ((word: string) => string) | undefined): (word: string) => string {
  if (stemmer === undefined) return (word) => word;
  const remembered = new Map<string, string>();
  return (word) => {
    let stem = remembered.get(word);
    if (stem === undefined) {
      stem = stemmable.test(word) ? computed(word, stemmer, language) : word;
      if (remembered.size >= rememberedMax) remembered.clear();
      remembered.set(word, stem);
    }
    return stem;
  };
}

function computed(word: string, stemmer: (word: string) => string, language: Language): string {
  const { irregular, endings, digraphs } = language;
  const own = ownOf(irregular, word);
  if (own !== undefined) return own;
  const spelled = digraphs === undefined ? word : withoutDigraphs(word, digraphs);
  const ending = endings?.find(([folded]) => spelled.endsWith(folded));
  const given = ending === undefined ? spelled : spelled.slice(0, -ending[0].length) + ending[1];
  const stem = fold(stemmer(given)).text;
  // A stemmer that leaves nothing has not found a stem.
  if (stem === "") return word;
  return ownOf(irregular, stem) ?? stem;
}

/** Not what every object has: “constructor” is a word like any other. */
const ownOf = (irregular: Language["irregular"], word: string): string | undefined =>
  irregular !== undefined && Object.hasOwn(irregular, word) ? irregular[word] : undefined;

/** “muetze” → “mutze”; after a vowel or q the letters stand for themselves: “neue”, “quelle”. */
function withoutDigraphs(word: string, digraphs: Readonly<Record<string, string>>): string {
  let text = "";
  for (let i = 0; i < word.length; i++) {
    const single = digraphs[word.slice(i, i + 2)];
    if (single !== undefined && !vowels.has(word[i - 1] ?? "")) {
      text += single;
      i++;
    } else text += word[i];
  }
  return text;
}
