/** What lifts an item above the others of its list, and what lowers it: contributions less what they are in the list on average. */
import type { AnsweredItem, Reason } from "../../src/core/public.ts";

/** What a list's scores are read against, in logits. */
export interface Scale {
  readonly average: number;
  /** How far from it they go at most. */
  readonly most: number;
  readonly averageOf: ReadonlyMap<string, number>;
}

export interface Account {
  /** The item's score less the list's average: the sum of all lines. */
  readonly above: number;
  /** Each the longest first. */
  readonly lifts: readonly Reason[];
  readonly lowers: readonly Reason[];
}

/** What is less than this, in logits, is told with everything else. */
const leastTold = 0.005;

export function scaleOf(items: readonly AnsweredItem[]): Scale {
  const scored = items.filter(({ rawScore }) => rawScore !== undefined);
  const of = Math.max(1, scored.length);
  const averageOf = new Map<string, number>();
  let average = 0;
  for (const { rawScore = 0, reasons = [] } of scored) {
    average += rawScore / of;
    for (const { feature, contribution } of reasons)
      averageOf.set(feature, (averageOf.get(feature) ?? 0) + contribution / of);
  }
  const most = Math.max(0.05, ...scored.map(({ rawScore = 0 }) => Math.abs(rawScore - average)));
  return { average, most, averageOf };
}

/** What the item is not told, and others are, is in “everything else”: the lines always add up. */
export function accountOf({ rawScore = 0, reasons = [] }: AnsweredItem, { average, averageOf }: Scale): Account {
  const above = rawScore - average;
  const told = reasons
    .filter(({ feature }) => feature !== "other")
    .map((reason) => ({ ...reason, contribution: reason.contribution - (averageOf.get(reason.feature) ?? 0) }))
    .filter(({ contribution }) => Math.abs(contribution) >= leastTold);
  const contribution = told.reduce((left, one) => left - one.contribution, above);
  const lines = told.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  if (Math.abs(contribution) >= leastTold) lines.push({ feature: "other", contribution, text: "everything else" });
  return {
    above,
    lifts: lines.filter(({ contribution }) => contribution > 0),
    lowers: lines.filter(({ contribution }) => contribution < 0),
  };
}
