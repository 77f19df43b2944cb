/** The words of a query, as the analyzer gives them: those that count, and which of them make up a whole. */
import type { Analyzer, Token } from "../core/analyzer.ts";
import { limits } from "../core/limits.ts";

/** A word of the query that is no whole of others. */
export interface Leaf {
  readonly token: Token;
  readonly stem: string;
  /** Adds to the score, and an item need not have it: a stop word. */
  readonly isOptional: boolean;
  readonly isStopWord: boolean;
  /** The query ends with it: it may be the beginning of a longer word. */
  readonly isOpen: boolean;
  /** Part of a whole: “dv7” of “dv7-1211ea”. */
  readonly isPart: boolean;
}

/** Several leaves written as one: a model number, a number with its unit. */
export interface Whole {
  readonly token: Token;
  /** Leaves, from and up to. */
  readonly from: number;
  readonly to: number;
}

export interface QueryWords {
  /** The query as far as it is read. */
  readonly text: string;
  readonly leaves: readonly Leaf[];
  readonly wholes: readonly Whole[];
}

/** Of what is longer, a word cut in two is left out. */
function readable(query: string): string {
  if (query.length <= limits.queryReadMax) return query;
  const cut = query.slice(0, limits.queryReadMax);
  const end = Math.max(cut.lastIndexOf(" "), cut.lastIndexOf("\n"), cut.lastIndexOf("\t"));
  return (end > 0 ? cut.slice(0, end + 1) : cut).toWellFormed();
}

/** `undefined` where the query has no word. */
export function queryWords(analyzer: Analyzer, query: string): QueryWords | undefined {
  const text = readable(query);
  const tokens = analyzer.analyze(text);
  if (tokens.length === 0) return undefined;
  const kept: { token: Token; isPart: boolean }[] = [];
  const wholes: Whole[] = [];
  const seen = new Set<string>();
  let partsUntil = 0;
  for (let t = 0; t < tokens.length; t++) {
    const token = tokens[t]!;
    const isPart = t < partsUntil;
    if (token.wholeOf > 0) {
      const parts = leavesIn(tokens, t + 1, t + 1 + token.wholeOf);
      partsUntil = Math.max(partsUntil, t + 1 + token.wholeOf);
      if (kept.length + parts > limits.queryWordsMax) break;
      wholes.push({ token, from: kept.length, to: kept.length + parts });
      continue;
    }
    // A word said again says nothing more; a part stays with its whole.
    if (!isPart && seen.has(token.text)) continue;
    if (kept.length === limits.queryWordsMax) break;
    seen.add(token.text);
    kept.push({ token, isPart });
  }
  return { text, leaves: leaves(analyzer, text, tokens, kept), wholes };
}

function leavesIn(tokens: readonly Token[], from: number, to: number): number {
  let count = 0;
  for (let t = from; t < to; t++) if (tokens[t]!.wholeOf === 0) count++;
  return count;
}

function leaves(
  analyzer: Analyzer,
  text: string,
  tokens: readonly Token[],
  kept: readonly { token: Token; isPart: boolean }[],
): Leaf[] {
  const lastToken = tokens[tokens.length - 1]!;
  const found = kept.map(({ token, isPart }): Leaf => {
    const isWord = token.kind === "word";
    const isOpen = token === lastToken && token.end === text.length;
    // A single letter at the end is more likely the beginning of something.
    const isStopWord = isWord && !isPart && !(isOpen && token.text.length === 1) && analyzer.isStopWord(token.text);
    const stem = isWord ? analyzer.stem(token.text) : token.text;
    return { token, stem, isOptional: isStopWord, isStopWord, isOpen, isPart };
  });
  // Nothing but stop words: then these are what is sought.
  return found.every(({ isOptional }) => isOptional) ? found.map((leaf) => ({ ...leaf, isOptional: false })) : found;
}

/** A pair across two words is so many times rarer than those beside it. */
const acrossRatio = 8;

/**
 * With the pairs of ideograms that go across two words made optional: “色高” of “红色高跟鞋” is hardly in any text, and both its halves are in
 * the pairs beside it. `documents`: items that have a term.
 */
export function withoutPairsAcross(words: QueryWords, documents: (text: string) => number): QueryWords {
  const { leaves } = words;
  if (!leaves.some(({ token }) => token.kind === "ideograms")) return words;
  const optional = new Set<number>();
  for (let at = 1; at + 1 < leaves.length; at++) {
    const [before, pair, after] = [leaves[at - 1]!.token, leaves[at]!.token, leaves[at + 1]!.token];
    if (pair.start >= before.end || pair.end <= after.start || optional.has(at - 1)) continue;
    const beside = Math.min(documents(before.text), documents(after.text));
    if (beside > 0 && documents(pair.text) * acrossRatio <= beside) optional.add(at);
  }
  const found = leaves.map((leaf, at) => (optional.has(at) ? { ...leaf, isOptional: true } : leaf));
  return { ...words, leaves: found };
}
