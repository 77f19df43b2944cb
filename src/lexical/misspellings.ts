/**
 * What a word may be a misspelling of: of the words near it those that a slip of the hand or the ear makes likely. Each look goes over every
 * word of about its length, so what was found is kept for as long as one query is read.
 */
import type { NearTerm, TermLookup } from "./term-lookup.ts";

/** Letters of a word that something is a misspelling of: “lego” is no “leg”, though “redd” is “red”. */
const meantFrom = 4;
/** Letters from which on a letter may be wrong: of four, one makes another word as a rule. */
const wrongFrom = 5;
/** Letters from which on a wrong letter may be the first, and one wrong letter leaves little doubt what was meant: “wool” is no “wood”. */
const sureFrom = 6;
/** Letters from which on two edits leave little doubt. */
const sureTwiceFrom = 10;
/** What a letter too many or too few beside its like takes off: who types “poter” means “potter” rather than “peter”. */
const doubled = 0.25;

export class Misspellings {
  readonly #lookup: Pick<TermLookup, "near" | "nearBeginnings">;
  readonly #kept = new Map<string, readonly NearTerm[]>();

  constructor(lookup: Pick<TermLookup, "near" | "nearBeginnings">) {
    this.#lookup = lookup;
  }

  /** Words at most `most` edits away, 1 or 2; nearest first, then most frequent, then by the alphabet. */
  near(text: string, most: number): readonly NearTerm[] {
    return this.#once(`${most}${text}`, () => {
      const found = this.#lookup.near(text, most).filter((one) => isLikely(text, one));
      const costed = found.map((one) =>
        single(one.text) === single(text) ? { ...one, cost: one.cost - doubled } : one,
      );
      // A stable sort: of equals what was more frequent stays first.
      return costed.sort((a, b) => a.cost - b.cost);
    });
  }

  /** Words of which some beginning is one edit from `text`, and which go on as it ends: “barbie” does not begin “barbecue”. */
  nearBeginnings(text: string): readonly NearTerm[] {
    return this.#once(`-${text}`, () => {
      const end = text.slice(-2);
      const endsSo = (word: string): boolean =>
        [-1, 0, 1].some((more) => word.slice(0, text.length + more).endsWith(end));
      return this.#lookup.nearBeginnings(text).filter((one) => one.cost <= 1 && endsSo(one.text));
    });
  }

  #once(key: string, find: () => readonly NearTerm[]): readonly NearTerm[] {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const found = find();
    this.#kept.set(key, found);
    return found;
  }
}

function isLikely(text: string, { text: meant, cost }: NearTerm): boolean {
  if (meant.length < meantFrom && single(meant) !== single(text)) return false;
  const isSameFirst = text[0] === meant[0];
  if (cost >= 2) return isSameFirst;
  const isWrong = meant.length === text.length && !isSwapped(text, meant);
  return !isWrong || text.length >= (isSameFirst ? wrongFrom : sureFrom);
}

/** Whether the word may as well be one that the catalogue lacks: one of few letters with another one, or of not many with two edits. */
export function isDoubtful(text: string, { text: meant, cost }: NearTerm): boolean {
  if (cost >= 2) return text.length < sureTwiceFrom;
  return text.length < sureFrom && meant.length === text.length && !isSwapped(text, meant);
}

/** Of two words one edit apart, as long as each other: whether two neighbours changed places. */
function isSwapped(a: string, b: string): boolean {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return a[at] === b[at + 1] && a[at + 1] === b[at];
}

/** With each letter once that stands twice in a row. */
const single = (text: string): string => text.replace(/(.)\1/gu, "$1");
