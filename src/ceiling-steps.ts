/**
 * What gives way as memory comes near its ceiling, in this order: who and what is new is let in later, what was not heard of for longest
 * leaves, histories become shorter, and in the end nothing new is let in.
 */
import type { BoundName } from "./core/bounds.ts";
import { historyMax } from "./core/history.ts";
import type { Rooms } from "./rooms.ts";
import { bufferLength } from "./state-size.ts";

export type CeilingStep = "none" | "admission" | "expiry" | "histories" | "full";

/** Share of the room for state at which each step is taken; it is taken back when a tenth of the room below that is in use. */
const takenAt = [0, 0.7, 0.8, 0.86, 0.89, 0.915, 0.94, 0.96, 0.98] as const;
export const stepsMax = takenAt.length - 1;
const expiryFrom = 2;
const historiesFrom = 3;
const takenBackBelow = 0.1;
/** A step is taken only where nearly so much of the room is in use: else what was freed is used first. At the end of the room, whenever it grows. */
const inUseBelow = 0.08;
const endsAt = 0.95;
const grownBy = 0.005;

/** Occurrences before something new gets a row, by step. */
const admissions = [1, 2, 2, 2, 3, 3, 4, 4, 4] as const;
/** What each step after the first of expiry keeps of what the one before kept. */
const keptShare = 0.9;
/** Neighbours of an item at most and at least, and items of a history at least. */
const neighboursMax = 64;
const neighboursMin = 16;
const touchesMin = 16;

/** No bound is below these: with less there is no shop. */
const floors = {
  shoppers: 500,
  items: 1000,
  words: 1000,
  slates: 200,
  rows: 2000,
  eventIds: 2000,
  queryItems: 2000,
  queryValues: 2000,
  embeddings: 4096,
} as const;
type Kept = keyof typeof floors;

export function stepName(step: number): CeilingStep {
  if (step === 0) return "none";
  if (step < expiryFrom) return "admission";
  if (step < historiesFrom) return "expiry";
  return step < stepsMax ? "histories" : "full";
}

export interface Fullness {
  /** Of the room for state: what is allocated, and what of it is in use. */
  readonly allocated: number;
  readonly inUse: number;
  /** What was allocated at the last step. */
  readonly allocatedThen: number;
}

/** The step to be taken now, one up or down at most. */
export function nextStep(step: number, { allocated, inUse, allocatedThen }: Fullness, mayGoBack: boolean): number {
  const further = takenAt[step + 1];
  if (further !== undefined && allocated >= further) {
    const isAtTheEnd = allocated >= endsAt && allocated >= allocatedThen + grownBy;
    if (inUse >= further - inUseBelow || isAtTheEnd) return step + 1;
  }
  return mayGoBack && step > 0 && inUse < takenAt[step]! - takenBackBelow ? step - 1 : step;
}

/** What is bounded at a step, coming from the step and bounds before. */
export function boundsOf(step: number, rooms: Rooms): Partial<Record<BoundName, number>> {
  if (step === 0) return {};
  const admission = admissions[step]!;
  if (step < expiryFrom) return { admission };
  const halvings = Math.max(0, step - historiesFrom + 1);
  return {
    admission,
    ...kept(step, rooms),
    neighbours: Math.max(neighboursMin, neighboursMax - 8 * (halvings + 1)),
    ...(halvings > 0 && { touches: Math.max(touchesMin, historyMax >> halvings) }),
    ...(step === stepsMax && { full: 1 }),
  };
}

/** At the first step of expiry what there is stays and nothing is added to it; each further one keeps less, each taken back more. */
function kept(step: number, rooms: Rooms): Partial<Record<Kept, number>> {
  const before = rooms.bounds.present;
  const isFurther = step > rooms.bounds.step;
  const bounds: Partial<Record<Kept, number>> = {};
  for (const [name, size] of Object.entries(sizes(rooms)) as [Kept, number][]) {
    const last = before[name];
    const bound = last === undefined ? size : isFurther ? Math.min(last, size) * keptShare : last / keptShare;
    bounds[name] = Math.max(floors[name], Math.ceil(bound));
  }
  return bounds;
}

/** Learners with a table of vectors. */
const embeddingTables = ["fm", "matrix-factorization"];
/** A page of a hash table is filled to two thirds on the mean. */
const filledShare = 0.66;

function sizes(rooms: Rooms): Record<Kept, number> {
  const { shoppers, items, words, attribution, recentIds } = rooms;
  return {
    shoppers: shoppers.count,
    items: items.size,
    words: words.size,
    slates: attribution.slates.size,
    rows: attribution.slates.rowsKept,
    eventIds: recentIds.size,
    queryItems: filledShare * bufferLength(rooms, "feature.query-item", "pairs.pairs.a"),
    queryValues: filledShare * bufferLength(rooms, "feature.query-fields", "shares.pairs.a"),
    embeddings: Math.max(
      ...embeddingTables.map((name) => bufferLength(rooms, "model.panel", `model.${name}.linear-weights`)),
    ),
  };
}
