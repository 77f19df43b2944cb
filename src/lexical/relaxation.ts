/**
 * The ladder for a query that nothing matches: mended, then without the words that say least of what is sought, one after another, then any of them.
 * What comes below (category, popular) is not a matter of words.
 */
import type { Relaxed, TextQuery } from "../core/text-query.ts";
import { byWorth } from "./query-head.ts";
import { asTyped, type Loosened, type Plan, respelt, trust } from "./query-plan.ts";
import type { QueryWords } from "./query-words.ts";

export interface Rung {
  readonly text: TextQuery;
  readonly relaxed: Relaxed;
}

/** Each rung is looser than the one before; a rung that would read the query as before is left out. */
export function* steps(words: QueryWords, headFirst: boolean, read: (loosened: Loosened) => Plan): Generator<Rung> {
  const plain = read(asTyped);
  const mended = read({ ...asTyped, mends: true });
  if (termsOf(mended) > termsOf(plain))
    yield rung("spelling", mended, { query: respelt(words, mended.byLeaf, new Set()) ?? words.text.trim() });
  yield* fewerWords(plain, headFirst, (heads, dropped) => read({ ...asTyped, heads, dropped }));
  const any = read({ ...asTyped, heads: true, any: true });
  if (any.query.readings[0]!.words.length > 1) yield rung("any-word", any, { query: words.text.trim() });
}

function rung(name: Relaxed["rung"], { query }: Plan, said: Omit<Relaxed, "rung">): Rung {
  return { text: query, relaxed: { rung: name, ...said } };
}

/**
 * First go the words that nothing in the catalogue is like, with those of which it is doubtful what they mean; then what compounds say besides
 * their heads (“jacke” for “winterjacke”); then words that were guessed, as long as half of the words are left; and of two words that are known the
 * one that says less of what is sought (see query-head.ts). Of three and more that are known none goes: any of them is enough then, and
 * the order says which items have most of them; which one is wrong cannot be told from the words alone (“purple coffee machine”). Never are
 * stop words, or what is in doubt, all that is left of several words.
 */
function* fewerWords(
  base: Plan,
  headFirst: boolean,
  read: (heads: boolean, dropped: ReadonlySet<number>) => Plan,
): Generator<Rung> {
  const { leaves } = base.words;
  // Of nothing but stop words none says what is sought.
  if (leaves.every(({ isStopWord }) => isStopWord)) return;
  const headed = read(true, new Set());
  const places = leaves.map((_, at) => at).filter((at) => !leaves[at]!.isOptional);
  const isSure = (at: number): boolean => headed.trust[at]! > trust.doubtful;
  const dropped = new Set(places.filter((at) => !isSure(at)));
  if (dropped.size === places.length) return;
  const left = byWorth(headed, together(base.words, places.filter(isSure)), headFirst);
  const said = (parts: ReadonlyMap<number, Modified>) => ({
    query: wordsLeft(base, dropped)
      .map((at) => parts.get(at)?.head ?? wordAt(base, at))
      .join(" "),
    dropped: [
      ...[...dropped].map((at) => typedAt(base, at)),
      ...[...parts].flatMap(([at, { modifiers }]) => (dropped.has(at) ? [] : modifiers)),
    ],
  });
  if (dropped.size > 0) yield rung("fewer-words", read(false, new Set(dropped)), said(new Map()));
  const parts = modified(headed);
  if (parts.size > 0) yield rung("fewer-words", read(true, new Set(dropped)), said(parts));
  for (const group of left.slice(0, Math.floor(left.length / 2))) {
    const isGuessed = group.some((at) => headed.trust[at] === trust.guessed);
    if (!isGuessed && left.length > 2) break;
    for (const at of group) dropped.add(at);
    yield rung("fewer-words", read(true, new Set(dropped)), said(parts));
  }
}

/** What is left, with the stop words between what is left, and before it where the query began with them. */
function wordsLeft({ words: { leaves } }: Plan, dropped: ReadonlySet<number>): number[] {
  const left: number[] = [];
  let between: number[] = [];
  let isAfterDropped = false;
  leaves.forEach(({ isOptional }, at) => {
    if (isOptional) between.push(at);
    else if (dropped.has(at)) {
      // “with a red” of “scarf with a red label” goes as one.
      between = [];
      isAfterDropped = true;
    } else {
      if (left.length > 0 || !isAfterDropped) left.push(...between);
      left.push(at);
      between = [];
    }
  });
  return left;
}

/** Leaves that go together: a number with its unit, any other alone. */
function together({ wholes }: QueryWords, places: readonly number[]): number[][] {
  const units = wholes.filter(({ token }) => token.kind === "number");
  const unitOf = (at: number) => units.find(({ from, to }) => from <= at && at < to);
  return places.flatMap((at) => {
    const unit = unitOf(at);
    if (unit === undefined) return [[at]];
    const group = places.filter((one) => one >= unit.from && one < unit.to);
    return at === group[0] ? [group] : [];
  });
}

interface Modified {
  readonly head: string;
  readonly modifiers: readonly string[];
}

/** Words that the catalogue has only as compounds of others, by their place. */
function modified({ words: { leaves }, compounds, byLeaf }: Plan): ReadonlyMap<number, Modified> {
  const found = new Map<number, Modified>();
  compounds.forEach(([parts], at) => {
    if (parts === undefined || byLeaf[at]!.terms.length > 0 || leaves[at]!.token.kind === "identifier") return;
    const head = parts[parts.length - 1]!;
    const modifiers = parts.length > 1 ? parts.slice(0, -1) : [leaves[at]!.token.text.slice(0, -head.length)];
    found.set(at, { head, modifiers });
  });
  return found;
}

const typedAt = ({ words: { text, leaves } }: Plan, at: number): string =>
  text.slice(leaves[at]!.token.start, leaves[at]!.token.end);

/** As it is read: a misspelt word by the likelier one. */
const wordAt = (plan: Plan, at: number): string => plan.byLeaf[at]!.likelier ?? typedAt(plan, at);

/** Alternatives of all words together. */
function termsOf({ byLeaf }: Plan): number {
  let terms = 0;
  for (const found of byLeaf) terms += found.terms.length;
  return terms;
}
