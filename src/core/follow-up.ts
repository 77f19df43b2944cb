/** What comes of an item after it was chosen from a list: the vocabulary between attribution and the heads that learn it. */
import type { Rows } from "./rows.ts";

/** Outcomes that follow a choice, each learned by a head of its own. `dislike` stands for hiding and low ratings too. */
export const laterOutcomes = ["cart", "purchase", "dislike"] as const;
export type LaterOutcome = (typeof laterOutcomes)[number];

export interface FollowUp {
  /** One row: the impression as it was read when it was shown. */
  readonly rows: Rows;
  /** `chosen`: the item was chosen, and nothing followed yet. `came`: the outcome came, the first of its kind. `takenBack`: it came, and was undone. */
  readonly step: "chosen" | "came" | "takenBack";
  /** Which outcome; absent with `chosen`. */
  readonly outcome?: LaterOutcome;
}
