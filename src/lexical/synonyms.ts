/**
 * The shop's synonyms: the rules of the latest `synonyms` event, and by their words what a query's words may be read as. Words are compared
 * by stem, so that a rule on “sofa” holds for “sofas”; what a rule says is not followed further, from rule to rule.
 */
import type { Analyzer } from "../core/analyzer.ts";
import { BlobStore } from "../core/blob-store.ts";
import type { SynonymsEvent } from "../core/event.ts";
import { prefixed, type State, state, whenRestored } from "../core/state.ts";

export type SynonymRules = SynonymsEvent["synonyms"];

/** A word or several in a row, folded. */
export type Phrase = readonly string[];

/** What stands for a phrase: the members of each rule that names it. */
interface Meant {
  readonly phrase: Phrase;
  readonly key: string;
}

/** Words of one phrase; a longer one is passed over. */
const phraseWordsMax = 8;
/** Readings of one phrase; of more the first are kept. */
const meaningsMax = 32;

export class Synonyms {
  readonly state: State;
  readonly #rules = new BlobStore<SynonymRules>("rules");
  readonly #analyzer: Pick<Analyzer, "analyze" | "stem">;
  /** Key of a phrase → the lists of what stands for it. Follows from the rules; made when first asked for. */
  #meanings: Map<string, (readonly Meant[])[]> | undefined;
  #wordsMax = 0;

  constructor(analyzer: Pick<Analyzer, "analyze" | "stem">) {
    this.#analyzer = analyzer;
    const forget = (): void => {
      this.#meanings = undefined;
    };
    const buffers = prefixed(this.#rules.state).map((buffer) => whenRestored(buffer, forget));
    this.state = state("synonyms", 1, buffers);
  }

  /** A `synonyms` event: in place of all rules before it. */
  fold(rules: SynonymRules): void {
    this.#rules.write(0, rules.length === 0 ? undefined : rules);
    this.#meanings = undefined;
  }

  get rules(): SynonymRules {
    return this.#rules.read(0) ?? [];
  }

  /** Words of the longest phrase that has synonyms, 0 without any. */
  get wordsMax(): number {
    this.#compile();
    return this.#wordsMax;
  }

  /** What may stand for the phrase whose words have these stems, in the order of the rules. */
  of(stems: readonly string[]): readonly Phrase[] {
    const lists = this.#compile().get(stems.join(" "));
    if (lists === undefined) return [];
    const own = stems.join(" ");
    const found = new Map<string, Phrase>();
    for (const list of lists)
      for (const { key, phrase } of list)
        if (key !== own && found.size < meaningsMax && !found.has(key)) found.set(key, phrase);
    return [...found.values()];
  }

  #compile(): Map<string, (readonly Meant[])[]> {
    if (this.#meanings !== undefined) return this.#meanings;
    const meanings = new Map<string, (readonly Meant[])[]>();
    this.#wordsMax = 0;
    const put = ({ key, phrase }: Meant, list: readonly Meant[]): void => {
      this.#wordsMax = Math.max(this.#wordsMax, phrase.length);
      const lists = meanings.get(key);
      if (lists === undefined) meanings.set(key, [list]);
      else lists.push(list);
    };
    for (const rule of this.rules) {
      if ("from" in rule) {
        const to = this.#phrases(rule.to);
        for (const from of this.#phrases([rule.from])) put(from, to);
      } else {
        const list = this.#phrases(rule);
        for (const one of list) put(one, list);
      }
    }
    this.#meanings = meanings;
    return meanings;
  }

  #phrases(texts: readonly string[]): Meant[] {
    return texts.flatMap((text) => {
      const phrase = phraseOf(this.#analyzer, text);
      if (phrase.length === 0 || phrase.length > phraseWordsMax) return [];
      return { phrase, key: phrase.map((word) => this.#analyzer.stem(word)).join(" ") };
    });
  }
}

/** The words of a text, a whole (“wi-fi”) by its parts. */
function phraseOf(analyzer: Pick<Analyzer, "analyze">, text: string): Phrase {
  return analyzer
    .analyze(text)
    .filter(({ wholeOf }) => wholeOf === 0)
    .map((token) => token.text);
}
