/** What a model learns from: the rows of one slate as they were read when it was shown, and what came of them. */
import type { Rows } from "./rows.ts";

/** What a lesson says of a row. */
export const verdict = {
  /** Nothing is taught of it now; it only competes in list-wise losses. */
  silent: 0,
  chosen: 1,
  /** Shown, and not chosen. */
  passedOver: 2,
  /** Chosen before: it no longer competes. */
  chosenBefore: 3,
} as const;

export interface Lesson {
  readonly rows: Rows;
  /** [row] one of {@link verdict}. */
  readonly verdict: Uint8Array;
  /** [row] place at which it was shown, 0-based. */
  readonly position: Int32Array;
  /** The engine ordered the list, so place is a bias; else place is the caller's order, a feature. */
  readonly orderedByEngine: boolean;
  /** Word row of the surface, −1 if none. */
  readonly surface: number;
  /** True when a choice was made: list-wise losses teach; false when the rest is closed. */
  readonly isChoice: boolean;
  /** What the choice was worth: weighs list-wise losses only, never the chance to be clicked. Default 1. */
  readonly reward?: number;
  /** The choice was taught before and is now worth more: list-wise losses alone teach, by the difference. */
  readonly isWorthMore?: boolean;
  /** Weight of the lesson, 0 teaches nothing. */
  readonly weight: number;
  /** The engine's clock when it is taken, Unix ms; absent where nothing is kept by time. */
  readonly atMs?: number;
}

/** One part of a prediction, in the model's logit. */
export interface Contribution {
  /** Name of the feature, or of the crossed features joined by ×. */
  readonly feature: string;
  readonly value: number;
}

export interface Explanation {
  readonly bias: number;
  /** Bias and contributions add up to the prediction. */
  readonly contributions: readonly Contribution[];
}
