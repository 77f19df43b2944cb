/** The contract of a model: predict many rows, learn a lesson, explain a prediction. Deterministic; all state in buffers. */
import type { Explanation, Lesson } from "../core/lesson.ts";
import type { Rows } from "../core/rows.ts";
import type { State } from "../core/state.ts";

export interface Model {
  readonly name: string;
  readonly state: State;
  /** Lessons learned so far. */
  readonly lessons: number;
  /** out[i]: the logit of row i, without what the place adds. Changes nothing. */
  predict(rows: Rows, out: Float64Array): void;
  learn(lesson: Lesson): void;
  explain(rows: Rows, row: number): Explanation;
}
