/** What the quality of one data set came to: the table and the sentences that stand in RESULTS.md. */
import type { Cells } from "../table.ts";

export interface QualityReport {
  readonly title: string;
  /** Protocol: what is predicted, scored how. */
  readonly about: string;
  readonly head: Cells;
  readonly rows: readonly Cells[];
  /** Intervals, what the parameters were chosen on, how long it took. */
  readonly notes: readonly string[];
}
