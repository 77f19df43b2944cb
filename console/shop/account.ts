/** What lifts an item above the others of its list, and what lowers it: contributions less what they are in the list on average. */
import type { AnsweredItem, Reason } from "../../src/core/public.ts";

/** What a list's scores are read against, in logits. */
export interface Scale {
  readonly average: number;
  /** How far from it they go at most. */
  readonly most: number;
  /** Of each feature the average contribution, in words that name no other item, where it has such. */
  readonly averages: ReadonlyMap<string, Reason>;
}

export interface Account {
  /** The item's score less the list's average: the sum of all lines. */
  readonly above: number;
  /** Each the longest first. */
  readonly lifts: readonly Reason[];
  readonly lowers: readonly Reason[];
}

/** What is less than this, in logits, or not among the so many longest, is told with everything else. */
const leastTold = 0.005;
const linesMax = 8;

export function scaleOf(items: readonly AnsweredItem[]): Scale {
  const scored = items.filter(({ rawScore }) => rawScore !== undefined);
  const of = Math.max(1, scored.length);
  const averages = new Map<string, Reason>();
  let average = 0;
  for (const { rawScore = 0, reasons = [] } of scored) {
    average += rawScore / of;
    for (const reason of reasons) {
      const { text, contribution } = averages.get(reason.feature) ?? { text: reason.text, contribution: 0 };
      const sum = contribution + reason.contribution / of;
      averages.set(reason.feature, { ...reason, text: isOfOne(text) ? reason.text : text, contribution: sum });
    }
  }
  const most = Math.max(0.05, ...scored.map(({ rawScore = 0 }) => Math.abs(rawScore - average)));
  return { average, most, averages };
}

/** It names an item, which belongs to the one that it was said of. */
const isOfOne = (text: string): boolean => text.includes("“");

/**
 * What an item is not told adds nothing to it, or little, and may yet be what sets it apart. What has no words for this item is in
 * “everything else”: the lines always add up.
 */
export function accountOf({ rawScore = 0, reasons = [] }: AnsweredItem, { average, averages }: Scale): Account {
  const above = rawScore - average;
  const own = new Set(reasons.map(({ feature }) => feature));
  const missing = [...averages.values()].filter(({ feature, text }) => !own.has(feature) && !isOfOne(text));
  const told = [...reasons, ...missing.map((reason) => ({ ...reason, contribution: 0 }))]
    .filter(({ feature }) => feature !== "other")
    .map((reason) => ({
      ...reason,
      contribution: reason.contribution - (averages.get(reason.feature)?.contribution ?? 0),
    }))
    .filter(({ contribution }) => Math.abs(contribution) >= leastTold)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const lines = told.slice(0, linesMax);
  const contribution = lines.reduce((left, one) => left - one.contribution, above);
  if (Math.abs(contribution) >= leastTold) lines.push({ feature: "other", contribution, text: "everything else" });
  return {
    above,
    lifts: lines.filter(({ contribution }) => contribution > 0),
    lowers: lines.filter(({ contribution }) => contribution < 0),
  };
}
