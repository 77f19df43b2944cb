/**
 * Compounds taken apart by the catalogue's own words: “winterjacke” is “winter” and “jacke” where the catalogue has both
 * (Koehn & Knight 2003, “Empirical methods for compound splitting”: by the frequencies of the parts, with filler letters between them).
 */
import type { TermLookup } from "./term-lookup.ts";

/** Letters that German, Dutch and the Scandinavian languages put between the parts; longer ones first. */
const fillers = ["ens", "es", "en", "er", "s", "n", "e"];
/** Parts of one compound at most. */
const partsMax = 3;

export interface CompoundOptions {
  /** Letters that each part has at least. */
  readonly partMin: number;
  /** Try filler letters, and more than two parts. */
  readonly compounds: boolean;
  isStopWord(word: string): boolean;
  /** Letters that some part has at least; default: as all. */
  readonly longPartMin?: number;
  /** Items that have each part at least; default 1. */
  least?(part: string): number;
}

/**
 * Parts of a word, of which the last is the head: the fewest, and the likeliest where these are others. None where the catalogue has no such
 * parts.
 */
export function compoundParts(lookup: TermLookup, word: string, options: CompoundOptions): string[][] {
  const fewest = split(lookup, word, options, 2);
  const likeliest = options.compounds ? split(lookup, word, options, partsMax) : undefined;
  const found = [fewest, likeliest].flatMap((one) => (one === undefined ? [] : [one.parts]));
  return found.length === 2 && found[0]!.length === found[1]!.length ? [found[0]!] : found;
}

/** The longest ending of at least `least` letters that is a word of the catalogue: what a compound is a kind of. */
export function compoundHead(lookup: TermLookup, word: string, least: number): string | undefined {
  for (let at = 2; at <= word.length - least; at++) if (frequency(lookup, word.slice(at)) > 0) return word.slice(at);
  return undefined;
}

interface Split {
  readonly parts: string[];
  /** Mean of the logarithms of the parts' frequencies: Koehn & Knight's geometric mean. */
  readonly likelihood: number;
}

function split(lookup: TermLookup, word: string, options: CompoundOptions, most: number): Split | undefined {
  const { partMin, longPartMin = partMin, isStopWord, least = () => 1 } = options;
  let best: Split | undefined;
  for (let at = word.length - partMin; at >= partMin; at--) {
    const head = word.slice(at);
    const headDocuments = frequency(lookup, head);
    if (headDocuments < least(head) || isStopWord(head)) continue;
    if (head.length < longPartMin && at < longPartMin) continue;
    const modifier = asPart(lookup, word.slice(0, at), options, most - 1);
    if (modifier === undefined) continue;
    const count = modifier.parts.length;
    const likelihood = (modifier.likelihood * count + Math.log(headDocuments)) / (count + 1);
    if (best === undefined || likelihood > best.likelihood) best = { parts: [...modifier.parts, head], likelihood };
  }
  return best;
}

/** What stands before a head: a word, a word with filler letters, or a compound again. */
function asPart(lookup: TermLookup, text: string, options: CompoundOptions, most: number): Split | undefined {
  const { partMin, isStopWord, compounds, least = () => 1 } = options;
  const whole = (word: string): Split | undefined => {
    const documents = frequency(lookup, word);
    return documents < least(word) || isStopWord(word) ? undefined : { parts: [word], likelihood: Math.log(documents) };
  };
  const plain = whole(text);
  if (plain !== undefined || !compounds) return plain;
  for (const filler of fillers) {
    if (!text.endsWith(filler) || text.length - filler.length < partMin) continue;
    const found = whole(text.slice(0, -filler.length));
    if (found !== undefined) return found;
  }
  return most < 2 ? undefined : split(lookup, text, options, most);
}

/** Items that have the word, or else another form of it: “jacken” where there is only “jacke”. */
function frequency(lookup: TermLookup, word: string): number {
  const first = lookup.find(word);
  if (first >= 0) return lookup.documents(first);
  const form = lookup.family(word)[0];
  return form === undefined ? 0 : lookup.documents(form);
}
