/**
 * Which items go with this shopper, and with what they turned to last: matrix factorisation learned by pairs (BPR, Rendle et al. 2009,
 * eq. 5), a step for each choice as it comes. Beside a vector of their own, shoppers are the sum of what they turned to last (SVD++,
 * Koren 2008, eq. 15), so that a new one is known from their first item on:
 *
 *     x_ui = start + b_i + ⟨p_u + Σ_k y_{recent k} / √n, q_i⟩;   loss −ln σ(x_ui − x_uj), the mean over the j that were not chosen
 */
import { registers } from "../core/columns.ts";
import { type Explanation, type Lesson, verdict } from "../core/lesson.ts";
import { type ColumnSpec, Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { factors } from "./embedding-cells.ts";
import { FieldVectors, type VectorOptions } from "./field-vectors.ts";
import { LessonDays } from "./lesson-days.ts";
import type { Model } from "./model.ts";
import { PlaceBias } from "./place-bias.ts";

export interface MatrixFactorizationOptions extends VectorOptions {
  readonly name?: string;
  readonly columns: readonly ColumnSpec[];
  /** Columns of codes: of the shopper and of the items turned to last, the same for all rows of a request; and of the item. */
  readonly shopper: string;
  readonly recent: readonly string[];
  readonly item: string;
  /** Column whose value the logit starts at. */
  readonly prior?: string;
  /** A code not seen for so many days leaves, at most 511. */
  readonly expiryDays?: number;
}

const rewardMax = 10;
/** Which vectors a column's codes have. */
const vocabulary = { shopper: 0, turnedTo: 1, item: 2 } as const;

/** Throws RangeError for a column that is not there. */
export function matrixFactorization(options: MatrixFactorizationOptions): Model {
  const { name = "matrix-factorization", columns, shopper, recent, item, prior } = options;
  const { expiryDays = 180 } = options;
  for (const column of [shopper, item, ...recent, ...(prior === undefined ? [] : [prior])])
    if (!columns.some((spec) => spec.name === column)) throw new RangeError(`There is no column "${column}".`);
  const fields = [
    { column: shopper, vocabulary: vocabulary.shopper },
    ...recent.map((column) => ({ column, vocabulary: vocabulary.turnedTo })),
    { column: item, vocabulary: vocabulary.item },
  ];
  const vectors = new FieldVectors(columns, fields, {
    ...options,
    rates: { rate: 0.05, linearRate: 0.05, start: 0.1, shrink: 1e-3, ...options.rates },
  });
  const { own, shared } = vectors;
  if (own !== 1)
    throw new RangeError(`"${shopper}" and what was turned to last must be the same for all rows of a request.`);
  const width = own + shared;
  const days = new LessonDays();
  const placeBias = new PlaceBias(vectors.rates.linearRate);
  const lessons = registers("lessons", 1);
  const priorAt = columns.findIndex((column) => column.name === prior);
  let logits = new Float64Array(64);
  let errors = new Float64Array(64);
  const one = new Float64Array(1);
  const single = new Rows(columns.length, 1);

  /** The item's vector goes with each of the shopper's, and these not with each other. */
  function weigh(rows: Rows): void {
    let turnedTo = 0;
    for (let s = 1; s < shared; s++) if (vectors.cellOf(rows, 0, s) >= 0) turnedTo++;
    const r = vectors.weights.array;
    r.fill(0);
    for (let s = 0; s < shared; s++) {
      const weight = s === 0 ? 1 : 1 / Math.sqrt(Math.max(1, turnedTo));
      r[s * width + shared] = weight;
      r[shared * width + s] = weight;
    }
  }

  function predict(rows: Rows, out: Float64Array): void {
    const { count, dense } = rows;
    if (count === 0) return;
    for (let i = 0; i < count; i++) out[i] = priorAt < 0 ? 0 : dense[i * rows.width + priorAt]!;
    weigh(rows);
    vectors.score(rows, out);
  }

  /** errors[i] = gradient by the logit of row i; false where there is no pair to learn from. */
  function pairErrors({ rows, verdict: said, weight, isChoice, reward = 1 }: Lesson): boolean {
    const { count } = rows;
    let chosen = 0;
    let rivals = 0;
    for (let i = 0; i < count; i++) {
      if (said[i] === verdict.chosen) chosen++;
      else if (said[i] !== verdict.chosenBefore) rivals++;
    }
    if (chosen === 0 || rivals === 0) return false;
    errors.fill(0, 0, count);
    const scale = (weight * (isChoice ? Math.min(rewardMax, reward) : 1)) / rivals;
    for (let i = 0; i < count; i++) {
      if (said[i] !== verdict.chosen) continue;
      for (let j = 0; j < count; j++) {
        if (said[j] === verdict.chosen || said[j] === verdict.chosenBefore) continue;
        const pull = scale / (1 + Math.exp(logits[i]! - logits[j]!));
        errors[i]! -= pull;
        errors[j]! += pull;
      }
    }
    return true;
  }

  return {
    name,
    state: state(`model.${name}`, 1, [lessons, placeBias.buffer, days.buffer, ...vectors.table.buffers]),
    get lessons() {
      return lessons.array[0]!;
    },
    predict,
    learn(lesson: Lesson) {
      const { rows, orderedByEngine, surface, position } = lesson;
      const { count } = rows;
      if (lesson.weight === 0) return;
      const now = ++lessons.array[0]!;
      if (count === 0) return;
      if (logits.length < count) {
        logits = new Float64Array(count * 2);
        errors = new Float64Array(count * 2);
      }
      days.note(now, lesson.atMs);
      vectors.table.expire(days.since(expiryDays));
      vectors.see(rows, now);
      predict(rows, logits);
      if (orderedByEngine) for (let i = 0; i < count; i++) logits[i]! += placeBias.at(surface, position[i]!);
      if (!pairErrors(lesson)) return;
      vectors.teach(rows, errors);
      if (!orderedByEngine) return;
      for (let i = 0; i < count; i++) if (errors[i] !== 0) placeBias.learn(surface, position[i]!, errors[i]!);
    },
    placeBias: (surface, position) => placeBias.at(surface, position),
    explain(rows: Rows, row: number): Explanation {
      single.resize(1);
      single.dense.set(rows.dense.subarray(row * rows.width, (row + 1) * rows.width));
      predict(single, one);
      const { cells } = vectors.table;
      const { floats } = cells;
      const found = vectors.names.map((_, f) => vectors.cellOf(single, 0, f));
      const contributions = priorAt < 0 ? [] : [{ feature: prior!, value: single.dense[priorAt]! }];
      const q = found[shared]!;
      if (q >= 0) {
        contributions.push({ feature: item, value: floats[cells.weightAt(q)]! });
        for (let s = 0; s < shared; s++) {
          if (found[s]! < 0) continue;
          let product = 0;
          for (let k = 0; k < factors; k++)
            product += floats[cells.vectorAt(q) + k]! * floats[cells.vectorAt(found[s]!) + k]!;
          const value = vectors.weights.array[s * width + shared]! * product;
          contributions.push({ feature: `${vectors.names[s]} × ${item}`, value });
        }
      }
      // What 32-bit arithmetic rounded off is of no column.
      return { bias: contributions.reduce((rest, { value }) => rest - value, one[0]!), contributions };
    },
  };
}
