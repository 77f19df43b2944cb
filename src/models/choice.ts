/**
 * What a shopper turns to next, among the retrievers' candidates: a linear softmax (multinomial logit, McFadden 1974) over
 * numeric columns, with separate weights for items turned to before and for new ones, learned by AdaGrad (Duchi et al. 2011) from
 * each choice as it comes.
 *
 *     P(i) ∝ exp(w_r(i) · xᵢ);   gradient Σᵢ eᵢ xᵢ;   w −= rate · g / √(Σ g²)
 *     eᵢ = P(i) − yᵢ + 3 · (P(i)/P(group) − yᵢ/y(group)), with y the choices' shares and the group the repeated or the new items:
 *     the second part ranks within the group, and is 0 where nothing of the group was chosen.
 */
import { FixedBuffer, registers } from "../core/columns.ts";
import { type Explanation, type Lesson, verdict } from "../core/lesson.ts";
import type { ColumnSpec, Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import type { Model } from "./model.ts";

export interface ChoiceOptions {
  readonly name?: string;
  readonly rate?: number;
  readonly columns: readonly ColumnSpec[];
  /** Column that is 1 for items that the shopper turned to before. */
  readonly repeated: string;
  /** Weights to start from: column → for new items, for repeated ones. */
  readonly prior: Readonly<Record<string, readonly [fresh: number, repeated: number]>>;
}

/** Weight of ranking within the group. */
const withinGroup = 3;
/** Rows whose share is this near to what it should be teach nothing. */
const negligible = 1e-5;

export function choice({ name = "choice", rate = 0.3, columns, repeated, prior }: ChoiceOptions): Model {
  const width = columns.length;
  const repeatedAt = columns.findIndex((column) => column.name === repeated);
  /** [new | repeated][column]. */
  const weights = new FixedBuffer("weights", new Float64Array(2 * width));
  const squares = new FixedBuffer("squares", new Float64Array(2 * width).fill(1));
  const lessons = registers("lessons", 1);
  const gradient = new Float64Array(2 * width);
  let shares = new Float64Array(512);
  /** [new | repeated]: largest logit, Σ exp(logit − largest), choices. */
  const groupMax = new Float64Array(2);
  const groupTotal = new Float64Array(2);
  const groupChosen = new Float64Array(2);
  for (const [column, [fresh, again]] of Object.entries(prior)) {
    const at = columns.findIndex((spec) => spec.name === column);
    if (at < 0) throw new RangeError(`There is no column "${column}".`);
    weights.array[at] = fresh;
    weights.array[width + at] = again;
  }

  const half = (rows: Rows, row: number): number => (rows.dense[row * rows.width + repeatedAt] === 1 ? width : 0);

  function predict(rows: Rows, out: Float64Array): void {
    const { dense, count } = rows;
    const from = weights.array;
    for (let i = 0; i < count; i++) {
      const row = i * width;
      const base = half(rows, i);
      let sum = 0;
      for (let c = 0; c < width; c++) sum += from[base + c]! * dense[row + c]!;
      out[i] = sum;
    }
  }

  return {
    name,
    state: state(`model.${name}`, 1, [weights, squares, lessons]),
    get lessons() {
      return lessons.array[0]!;
    },
    predict,
    learn({ rows, verdict: verdicts, weight }: Lesson) {
      const { dense, count } = rows;
      if (weight === 0 || count === 0) return;
      if (shares.length < count) shares = new Float64Array(count * 2);
      predict(rows, shares);
      groupMax.fill(Number.NEGATIVE_INFINITY);
      groupTotal.fill(0);
      groupChosen.fill(0);
      for (let i = 0; i < count; i++) {
        const group = half(rows, i) === 0 ? 0 : 1;
        if (shares[i]! > groupMax[group]!) groupMax[group] = shares[i]!;
        if (verdicts[i] === verdict.chosen) groupChosen[group]!++;
      }
      const chosen = groupChosen[0]! + groupChosen[1]!;
      if (chosen === 0) return;
      lessons.array[0]!++;
      // Each group by its own largest, or the shares of one that the other outshines would be lost in rounding.
      for (let i = 0; i < count; i++) {
        const group = half(rows, i) === 0 ? 0 : 1;
        groupTotal[group]! += shares[i] = Math.exp(shares[i]! - groupMax[group]!);
      }
      const max = Math.max(groupMax[0]!, groupMax[1]!);
      const fresh = groupTotal[0]! * Math.exp(groupMax[0]! - max);
      const again = groupTotal[1]! * Math.exp(groupMax[1]! - max);
      gradient.fill(0);
      for (let i = 0; i < count; i++) {
        const base = half(rows, i);
        const group = base === 0 ? 0 : 1;
        const isChosen = verdicts[i] === verdict.chosen;
        const inGroup = shares[i]! / groupTotal[group]!;
        const overall = (inGroup * (group === 0 ? fresh : again)) / (fresh + again);
        const within = groupChosen[group] === 0 ? 0 : inGroup - (isChosen ? 1 / groupChosen[group]! : 0);
        const error = weight * (overall - (isChosen ? 1 / chosen : 0) + withinGroup * within);
        if (Math.abs(error) < negligible) continue;
        for (let c = 0; c < width; c++) gradient[base + c]! += error * dense[i * width + c]!;
      }
      for (let c = 0; c < 2 * width; c++) {
        const g = gradient[c]!;
        if (g === 0) continue;
        squares.array[c]! += g * g;
        weights.array[c]! -= (rate * g) / Math.sqrt(squares.array[c]!);
      }
    },
    explain(rows: Rows, row: number): Explanation {
      const base = half(rows, row);
      const contributions = columns.map((column, c) => ({
        feature: column.name,
        value: weights.array[base + c]! * rows.dense[row * width + c]!,
      }));
      return { bias: 0, contributions };
    },
  };
}
