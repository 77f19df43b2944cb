import type { BehaviourRule } from "./behaviour.ts";

/** What trust is judged by: rules on one shopper, bursts on an item, and how much one shopper may teach. */
export type TrustRule = BehaviourRule | "burst" | "lessons";

/**
 * What is no offence yet; ∞: the rule does not hold. The unit of each is that of its count (docs/operating.md). Chosen so that on
 * each of four public logs less than one shopper in three hundred goes beyond any.
 */
export type TrustLimits = Readonly<Record<TrustRule, number>>;

export const standardLimits: TrustLimits = {
  pace: 40,
  volume: 250,
  dwell: 10,
  repetition: 6,
  breadth: 300,
  burst: 5,
  lessons: 1000,
};

/** Names that a shop may give limits for; `all` stands for every rule that is not named itself. */
export const trustLimitNames: readonly string[] = [...Object.keys(standardLimits), "all"];

/** The limits with those given in their place; 0 turns a rule off. */
export function trustLimits(given: Readonly<Record<string, number>>): TrustLimits {
  const { all } = given;
  const limit = (rule: TrustRule): number => {
    const asked = given[rule] ?? all ?? standardLimits[rule];
    return asked === 0 ? Number.POSITIVE_INFINITY : asked;
  };
  const rules = Object.keys(standardLimits) as TrustRule[];
  return Object.fromEntries(rules.map((rule) => [rule, limit(rule)])) as unknown as TrustLimits;
}
