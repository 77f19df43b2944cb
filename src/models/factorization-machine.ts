/**
 * Factorisation machines (Rendle 2010) and field-weighted ones (Pan et al. 2018), learned as choices come: what two codes say together
 * is the product of their vectors, so that a pair that was never seen together is known by what each did with others.
 *
 *     logit = start + bias + Σ wᵢ + Σ_{i<j} r_{f(i)f(j)} ⟨vᵢ, vⱼ⟩
 *
 * Vectors and linear weights by row-wise AdaGrad, the r of pairs of fields by AdaGrad each (all 1 in a plain one). The gradient of a
 * row mixes the logistic loss of the single row with the softmax loss of its list. Steps of a lesson: each candidate's own vectors, row
 * by row, then the request's vectors and the r, once.
 */
import { registers } from "../core/columns.ts";
import type { Contribution, Explanation, Lesson } from "../core/lesson.ts";
import { type ColumnSpec, Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { factors } from "./embedding-cells.ts";
import { FieldVectors, type VectorOptions } from "./field-vectors.ts";
import { LessonDays } from "./lesson-days.ts";
import { addPointwise, addSoftmax } from "./linear-gradients.ts";
import type { Model } from "./model.ts";
import { PlaceBias } from "./place-bias.ts";

export interface FactorizationOptions extends VectorOptions {
  readonly name?: string;
  readonly columns: readonly ColumnSpec[];
  /** Columns of codes that are crossed with each other; those that are not there are left out. */
  readonly fields: readonly string[];
  /** Column whose value the logit starts at; or the model upon whose logit it is learned. */
  readonly prior?: string;
  readonly upon?: Model;
  /** Share of the softmax loss in the gradient, 0 to 1. */
  readonly listwise?: number;
  /** Rate of the pairs' weights. */
  readonly pairRate?: number;
  /** A code not seen for so many days leaves, at most 511. */
  readonly expiryDays?: number;
}

/** A reward weighs at most this many clicks. */
const rewardMax = 10;
/** Registers: bias, Σ of its gradient's squares, lessons. */
const biasAt = 0;
const biasSquaresAt = 1;
const lessonsAt = 2;

export function factorizationMachine(options: FactorizationOptions): Model {
  const { isFieldWeighted = true, prior, upon, listwise = 0.3, columns, fields } = options;
  const { name = isFieldWeighted ? "fwfm" : "fm", pairRate = 0.01, expiryDays = 180 } = options;
  const vectors = new FieldVectors(
    columns,
    fields.map((column, vocabulary) => ({ column, vocabulary })),
    options,
  );
  const { linearRate, start } = vectors.rates;
  const { weights } = vectors;
  const width = vectors.names.length;
  const pairs = isFieldWeighted ? [weights, vectors.squares] : [];
  const fixed = registers("registers", 3);
  const days = new LessonDays();
  const placeBias = new PlaceBias(linearRate);
  const priorAt = prior === undefined ? -1 : columns.findIndex((column) => column.name === prior);
  if (prior !== undefined && priorAt < 0) throw new RangeError(`There is no column "${prior}".`);
  let logits = new Float64Array(64);
  let errors = new Float64Array(64);

  function predict(rows: Rows, out: Float64Array): void {
    const { count, dense } = rows;
    const bias = fixed.array[biasAt]!;
    if (upon !== undefined) upon.predict(rows, out);
    else for (let i = 0; i < count; i++) out[i] = priorAt < 0 ? 0 : dense[i * rows.width + priorAt]!;
    for (let i = 0; i < count; i++) out[i] = out[i]! + bias;
    vectors.score(rows, out);
  }

  function learn(lesson: Lesson): void {
    const { rows, weight, orderedByEngine, surface, position } = lesson;
    const { count } = rows;
    if (weight === 0) return;
    const lessons = ++fixed.array[lessonsAt]!;
    if (count === 0) return;
    if (logits.length < count) {
      logits = new Float64Array(count * 2);
      errors = new Float64Array(count * 2);
    }
    days.note(lessons, lesson.atMs);
    vectors.table.expire(days.since(expiryDays));
    vectors.see(rows, lessons);
    predict(rows, logits);
    if (orderedByEngine) for (let i = 0; i < count; i++) logits[i]! += placeBias.at(surface, position[i]!);
    errors.fill(0, 0, count);
    if (lesson.isWorthMore !== true) addPointwise(logits, lesson, (1 - listwise) * weight, errors);
    learnBias(errors.subarray(0, count));
    if (lesson.isChoice)
      addSoftmax(logits, lesson, listwise * weight * Math.min(rewardMax, lesson.reward ?? 1), errors);
    vectors.teach(rows, errors, pairRate);
    if (!orderedByEngine) return;
    for (let i = 0; i < count; i++) if (errors[i] !== 0) placeBias.learn(surface, position[i]!, errors[i]!);
  }

  /** By the errors of single rows alone: that of a list says nothing of how high all are. */
  function learnBias(pointwise: Float64Array): void {
    let gradient = 0;
    for (const error of pointwise) gradient += error;
    fixed.array[biasSquaresAt]! += gradient * gradient;
    fixed.array[biasAt]! -= (linearRate * gradient) / Math.sqrt(start + fixed.array[biasSquaresAt]!);
  }

  /** What each field and each pair of them gives the logit of a row. */
  function parts(rows: Rows, row: number): Contribution[] {
    const { cells } = vectors.table;
    const { floats } = cells;
    const found = vectors.names.map((_, f) => vectors.cellOf(rows, row, f));
    const said: Contribution[] = [];
    found.forEach((cell, f) => {
      if (cell < 0) return;
      said.push({ feature: vectors.names[f]!, value: floats[cells.weightAt(cell)]! });
      for (let other = 0; other < f; other++) {
        if (found[other]! < 0) continue;
        const [v, w] = [cells.vectorAt(cell), cells.vectorAt(found[other]!)];
        let product = 0;
        for (let k = 0; k < factors; k++) product += floats[v + k]! * floats[w + k]!;
        const feature = `${vectors.names[other]} × ${vectors.names[f]}`;
        said.push({ feature, value: weights.array[f * width + other]! * product });
      }
    });
    return said;
  }

  return {
    name,
    state: state(`model.${name}`, 1, [fixed, placeBias.buffer, days.buffer, ...pairs, ...vectors.table.buffers]),
    get lessons() {
      return fixed.array[lessonsAt]!;
    },
    predict,
    learn,
    placeBias: (surface, position) => placeBias.at(surface, position),
    explain(rows: Rows, row: number): Explanation {
      const single = new Rows(rows.width, 1);
      single.resize(1);
      single.surface = rows.surface;
      single.dense.set(rows.dense.subarray(row * rows.width, (row + 1) * rows.width));
      const logit = new Float64Array(1);
      predict(single, logit);
      const contributions = upon === undefined ? [] : [...upon.explain(rows, row).contributions];
      if (upon === undefined && priorAt >= 0) contributions.push({ feature: prior!, value: single.dense[priorAt]! });
      contributions.push(...parts(rows, row));
      // What 32-bit arithmetic rounded off is of no field.
      return { bias: contributions.reduce((rest, { value }) => rest - value, logit[0]!), contributions };
    },
  };
}
