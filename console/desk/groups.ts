/** Features in four groups, and what a list looks like without some of these. */
import type { Trace } from "./desk-api.ts";

export type Item = Trace["items"][number];

export const groups = ["text", "shopper", "everybody", "thing"] as const;
export type Group = (typeof groups)[number];

const groupOf: Readonly<Record<string, Group>> = {
  "as-it-was": "text",
  "caller-order": "text",
  "text-match": "text",
  "query-item": "everybody",
  "query-fields": "everybody",
  "item-statistics": "everybody",
  popularity: "everybody",
  popular: "everybody",
  trending: "everybody",
  price: "thing",
  "item-fields": "thing",
  "new-arrivals": "thing",
  context: "thing",
};

/** What tells shoppers apart is the rest. */
export const contribution = (item: Item, group: Group): number =>
  (item.reasons ?? []).reduce(
    (sum, reason) => sum + ((groupOf[reason.feature] ?? "shopper") === group ? reason.contribution : 0),
    0,
  );

const tiers: readonly Item["tier"][] = ["called", "named", "meant", "others", "out-of-stock"];
const chance = (logit: number): number => 1 / (1 + Math.exp(-logit));

export interface Placed {
  readonly item: Item;
  readonly logit: number;
  /** Among those shown, from 0. */
  readonly place: number;
}

/**
 * The items in the order that their scores would give without these groups: sums without their contributions, times what a click is
 * worth, within the tiers. Nobody learned anything without them: it is the same models' account with some of its lines struck out.
 */
export function without(items: readonly Item[], left: ReadonlySet<Group>): Placed[] {
  const scored = items.map((item) => {
    const { rawScore = 0, score } = item;
    const logit = [...left].reduce((sum, group) => sum - contribution(item, group), rawScore);
    const worth = score / chance(rawScore);
    return { item, logit, score: left.size === 0 ? score : chance(logit) * worth };
  });
  if (left.size > 0)
    scored.sort(
      (a, b) =>
        tiers.indexOf(a.item.tier) - tiers.indexOf(b.item.tier) ||
        b.score - a.score ||
        a.item.position - b.item.position,
    );
  return scored.map(({ item, logit }, place) => ({ item, logit, place }));
}
