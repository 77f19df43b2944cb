/**
 * Which words of a query say most of what is sought, told by where they stand. What a thing is (its head) stands last in most languages, before
 * what is put behind it by “for” or “with”: “mechanical keyboard”, “gloves for men”; in others it stands first: “chaussures femme”.
 */
import { type Plan, trust } from "./query-plan.ts";
import type { Leaf, QueryWords } from "./query-words.ts";
import type { Alternatives } from "./word-alternatives.ts";

/** Stop words that put something behind the thing that is sought. Not “in” or “on”: “in ear”, “built in”, “all in one”. */
const behind = new Set(
  (
    "for with from of to without by at under fur fuer mit aus von zu ohne bei ab unter zum zur voor met zonder van uit " +
    "med for till fran utan av til fra uten uden dla z ze od do na bez для с из на от без"
  ).split(" "),
);
/** A model number or another identifier names an item from so many letters and digits on. */
const namingFrom = 5;
/** A last word so short, and so many times rarer than a longer one before it, is said of that: “gaming laptop rgb”. */
const addedMax = 3;
const addedRatio = 4;

/**
 * The groups of leaves in the order in which to let go of them: guessed words before known ones; then what stands behind the head, then
 * what stands before it, what is farther from it first; then the head, and names of items last.
 */
export function byWorth(plan: Plan, groups: readonly number[][], headFirst: boolean): number[][] {
  const head = headAmong(plan.words, plan.byLeaf, groups.flat(), headFirst);
  const { leaves } = plan.words;
  // Each step of the order outweighs all places together.
  const step = 4 * leaves.length;
  const worth = (at: number): number => {
    const known = plan.trust[at] === trust.known ? 4 * step : 0;
    if (isName(leaves[at]!) && known > 0) return known + 3 * step;
    if (at === head) return known + 2 * step;
    return known + (at < head ? step + at - head : head - at);
  };
  const worths = new Map(groups.map((group) => [group, Math.max(...group.map(worth))]));
  return [...groups].sort((a, b) => worths.get(a)! - worths.get(b)!);
}

/** The leaf among `places`, ascending and at least one, that says what the thing is. */
export function headAmong(
  { leaves }: QueryWords,
  byLeaf: readonly Alternatives[],
  places: readonly number[],
  headFirst: boolean,
): number {
  const words = places.filter((at) => ["word", "ideograms"].includes(leaves[at]!.token.kind));
  const sought = words.length > 0 ? words : places;
  if (headFirst) return sought[0]!;
  const from = sought[0]!;
  const end = leaves.findIndex(({ token, isOptional }, at) => at > from && isOptional && behind.has(token.text));
  const before = end < 0 ? sought : sought.filter((at) => at < end);
  const last = before[before.length - 1]!;
  const other = before[before.length - 2];
  if (before.length < 3 || other === undefined) return last;
  const isAdded =
    leaves[last]!.token.text.length <= addedMax &&
    leaves[other]!.token.text.length > addedMax &&
    byLeaf[other]!.documents >= addedRatio * byLeaf[last]!.documents;
  return isAdded ? other : last;
}

function isName({ token, isPart }: Leaf): boolean {
  return token.kind === "identifier" && (isPart || token.text.length >= namingFrom);
}
