/** What callers see of how well the engine orders and predicts (docs/quality.md): each lesson judged before it was learned. */

/** The orders that are compared: the engine's own prediction, the list as it was shown, and two plain ones. */
export const qualityOrders = ["engine", "shown", "popular", "last-touched-first"] as const;
export type QualityOrder = (typeof qualityOrders)[number];

/** The last 120 minutes, 168 hours or 400 days of the engine's event clock. */
export const qualitySteps = ["minute", "hour", "day"] as const;
export type QualityStep = (typeof qualitySteps)[number];

/** Of fewer lists no interval is told: those that happen to be alike would feign certainty. */
export const intervalListsMin = 30;

export interface QualityQuery {
  /** By default hour. */
  readonly step?: QualityStep;
  /** Name of one surface; absent: all of them. */
  readonly surface?: string;
}

/** A step in which something was shown or judged. */
export interface QualityPoint {
  /** Its begin: ISO 8601, UTC. */
  readonly at: string;
  /** Lists of which something was chosen: what the mean reciprocal ranks are over. */
  readonly lists: number;
  /** Mean reciprocal rank of the item chosen first, of each of `orders`; null without lists. */
  readonly mrr: readonly (number | null)[];
  /** 95 % interval of the engine's, within [0, 1]; null with fewer than {@link intervalListsMin} lists. */
  readonly low: number | null;
  readonly high: number | null;
  /** Rows of which it is known whether they were chosen. */
  readonly rows: number;
  /** Mean negative log-likelihood per row (nats) of the chances that the engine gave them; null without rows. */
  readonly logLoss: number | null;
  /** The same of always saying the surface's own share of chosen rows, as it stood before. */
  readonly rateLogLoss: number | null;
  /** Mean predicted chance, and the share that was chosen; null without rows. */
  readonly predicted: number | null;
  readonly observed: number | null;
  /** Distinct items shown in the step, on all surfaces. */
  readonly items: number;
}

/** A mean with its 95 % interval. */
export interface QualityMean {
  readonly mean: number;
  /** Null with fewer than {@link intervalListsMin} lists: too few to tell. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface QualityOrderTotal {
  readonly name: QualityOrder;
  /** Null without lists. */
  readonly mrr: number | null;
  /** Its 95 % interval, within [0, 1]; null with fewer than {@link intervalListsMin} lists. */
  readonly low: number | null;
  readonly high: number | null;
  /** The engine's reciprocal rank less this order's, list by list; null of the engine itself and without lists. */
  readonly difference: QualityMean | null;
}

/** Rows that were predicted to be chosen with a chance between `from` and `to`. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  /** Mean of the chances given. */
  readonly predicted: number;
  /** Share that was chosen, with its 95 % interval (Wilson). */
  readonly observed: number;
  readonly low: number;
  readonly high: number;
  /** A sum of weights: they fade by rows, to about a third after 100,000. */
  readonly rows: number;
}

/** A place of a list. */
export interface PlaceQuality {
  /** 0-based. */
  readonly place: number;
  /** Rows there of which it is known whether they were chosen, and how many were: fading likewise. */
  readonly shown: number;
  readonly clicks: number;
  readonly rate: number;
  /** 95 % interval (Wilson). */
  readonly low: number;
  readonly high: number;
  /** What the model says that the place adds to the logit in lists that the engine ordered; null without such a list. */
  readonly bias: number | null;
}

export interface QualityCoverage {
  /** Items that the engine knows, in its catalogue or not: never fewer than were shown. */
  readonly items: number;
  /** Distinct items shown in the last hour, day and week of the event clock: whole steps of the ring, the present one among them. */
  readonly hour: number;
  readonly day: number;
  readonly week: number;
}

export interface QualityReport {
  readonly step: QualityStep;
  /** The largest event time: ISO 8601; null before the first event. */
  readonly clock: string | null;
  /** Of which the points and totals are; null: of all. */
  readonly surface: string | null;
  /** Those that can be asked for, with the lists judged on each within the ring; a null name: the others together. */
  readonly surfaces: readonly { readonly surface: string | null; readonly lists: number }[];
  /** Which orders were judged: those whose columns the configuration keeps. */
  readonly orders: readonly QualityOrder[];
  /** Oldest first. */
  readonly points: readonly QualityPoint[];
  /** Over the points. */
  readonly total: {
    readonly lists: number;
    readonly orders: readonly QualityOrderTotal[];
    readonly rows: number;
    readonly logLoss: number | null;
    readonly rateLogLoss: number | null;
    /** Mean predicted chance over the share that was chosen: 1 is right, above it the engine promises too much; null without choices. */
    readonly calibration: number | null;
  };
  /** Lowest chances first; bins without rows are left out. */
  readonly calibration: readonly CalibrationBin[];
  /** From the top down. */
  readonly places: readonly PlaceQuality[];
  readonly coverage: QualityCoverage;
}
