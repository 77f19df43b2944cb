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
  /** `isPredicted`: the call before this one was {@link predict} of the lesson's rows, so what it found need not be found again. */
  learn(lesson: Lesson, isPredicted?: boolean): void;
  explain(rows: Rows, row: number): Explanation;
  /** out[i]: variance of the logit of row i; absent where the model has none. */
  variance?(rows: Rows, out: Float64Array): void;
  /** What position k adds to the logit in lists that the engine ordered on a surface; absent where none is learned. */
  placeBias?(surface: number, position: number): number;
}

/** Several models that share what they read and hold, so they are predicted and taught together. */
export interface Family {
  readonly name: string;
  /** Names of its members: the learners. */
  readonly members: readonly string[];
  readonly state: State;
  /** Lessons learned so far. */
  readonly lessons: number;
  /** What a row costs it, in µs or so, to predict and to learn: a constant that the rule for switching off weighs. */
  readonly cost: number;
  /** out[m][i]: as {@link Model.predict}, of member m. */
  predict(rows: Rows, out: readonly Float64Array[]): void;
  /** As {@link Model.learn}. */
  learn(lesson: Lesson, isPredicted?: boolean): void;
  /** As {@link Model.explain}, of member m. */
  explain(rows: Rows, row: number, member: number): Explanation;
  /** out[i]: variance of the logit of row i; absent where no member has one. */
  variance?(rows: Rows, out: Float64Array): void;
  /** What position k adds to the logit of member m in lists that the engine ordered on a surface; absent where none learns it. */
  placeBias?(surface: number, position: number, member: number): number;
}

/** A model as a family of one. */
export function alone(model: Model, cost = 1): Family {
  return {
    name: model.name,
    members: [model.name],
    state: model.state,
    get lessons() {
      return model.lessons;
    },
    cost,
    predict: (rows, [out]) => model.predict(rows, out!),
    learn: (lesson, isPredicted) => model.learn(lesson, isPredicted),
    explain: (rows, row) => model.explain(rows, row),
    ...(model.variance && { variance: (rows: Rows, out: Float64Array) => model.variance!(rows, out) }),
    ...(model.placeBias && {
      placeBias: (surface: number, position: number) => model.placeBias!(surface, position),
    }),
  };
}

/** One member of a family as a model, for checks and for evaluations; teaching it teaches the family. */
export function memberOf(family: Family, member: number): Model {
  let outs: Float64Array[] = [];
  return {
    name: family.members[member]!,
    state: family.state,
    get lessons() {
      return family.lessons;
    },
    predict(rows, out) {
      if (outs.length === 0 || outs[0]!.length < rows.count)
        outs = family.members.map(() => new Float64Array(Math.max(64, rows.count * 2)));
      family.predict(rows, outs);
      out.set(outs[member]!.subarray(0, rows.count));
    },
    learn: (lesson, isPredicted) => family.learn(lesson, isPredicted),
    explain: (rows, row) => family.explain(rows, row, member),
  };
}
