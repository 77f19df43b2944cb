/** What callers see of the models (docs/ranking.md). */
import type { LaterOutcome } from "./follow-up.ts";

export interface LearnerReport {
  readonly name: string;
  /** What it ranks: lists that are shown, or the retrievers' candidates for what a shopper turns to next. */
  readonly of: "lists" | "choices";
  /** Learners of one family share what they read; the panel's own name for the panel. */
  readonly family: string;
  /** In the panel, over all surfaces and on each; the panel itself has 1. */
  readonly weight: number;
  readonly surfaces: readonly { readonly surface: string | null; readonly weight: number }[];
  /** Lessons seen. */
  readonly lessons: number;
  /** Prequential, decayed: each lesson predicted before it was learned; of a shown row, or of a choice among candidates. */
  readonly logLoss: number | null;
  /** Predicted over observed choices; null for choices, whose shares sum to 1. */
  readonly calibration: number | null;
  /** One that costs more than it brings is off and comes back on trial; one that failed is put aside. */
  readonly state: "on" | "off" | "on trial" | "put aside";
  readonly reason?: string;
}

/** What follows a choice: one for each later outcome. */
export interface HeadReport {
  readonly outcome: LaterOutcome;
  /** Choices that it learned from, and how many of them the outcome followed and stayed. */
  readonly choices: number;
  readonly came: number;
  /** Share of choices that the outcome follows, over the last ten thousand or so; 0 before the first. */
  readonly rate: number;
  /** False: it says the same of every item, the rate. */
  readonly speaks: boolean;
}

/** What each place of a surface adds to the logit of a click, against the first place. */
export interface PlaceReport {
  readonly surface: string | null;
  readonly bias: readonly number[];
}
