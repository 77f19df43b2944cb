/**
 * What a shopper turns to next, among the retrievers' candidates: a linear softmax (multinomial logit, McFadden 1974) over
 * numeric columns and products of two, with separate weights for items turned to before and for new ones, learned by AdaGrad (Duchi et al. 2011) from
 * each choice as it comes.
 *
 *     P(i) ∝ exp(w_r(i) · xᵢ);   gradient Σᵢ eᵢ xᵢ with the errors of choice-errors.ts;   w −= rate · g / √(Σ g²)
 */
import { FixedBuffer, registers } from "../core/columns.ts";
import type { Explanation, Lesson } from "../core/lesson.ts";
import type { ColumnSpec, Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { ChoiceErrors } from "./choice-errors.ts";
import type { Model } from "./model.ts";

export interface ChoiceOptions {
  readonly name?: string;
  readonly rate?: number;
  readonly columns: readonly ColumnSpec[];
  /** Column that is 1 for items that the shopper turned to before. */
  readonly repeated: string;
  /** Pairs of columns whose products are columns too; those of columns that are not there are left out. */
  readonly crosses?: readonly (readonly [string, string])[];
  /** Weights to start from: column → for new items, for repeated ones. */
  readonly prior: Readonly<Record<string, readonly [fresh: number, repeated: number]>>;
}

/** Rows whose share is this near to what it should be teach nothing. */
const negligible = 1e-5;

export function choice(options: ChoiceOptions): Model {
  const { name = "choice", rate = 0.3, columns, repeated, prior } = options;
  const place = (column: string): number => columns.findIndex((spec) => spec.name === column);
  const crosses = (options.crosses ?? []).map(([a, b]) => [place(a), place(b)] as const);
  const kept = crosses.filter(([a, b]) => a >= 0 && b >= 0);
  const [crossedA, crossedB] = [Int32Array.from(kept, ([a]) => a), Int32Array.from(kept, ([, b]) => b)];
  const names = [
    ...columns.map((column) => column.name),
    ...kept.map(([a, b]) => `${columns[a]!.name} × ${columns[b]!.name}`),
  ];
  const width = names.length;
  const repeatedAt = place(repeated);
  /** [new | repeated][column]. */
  const weights = new FixedBuffer("weights", new Float64Array(2 * width));
  const squares = new FixedBuffer("squares", new Float64Array(2 * width).fill(1));
  const lessons = registers("lessons", 1);
  const gradient = new Float64Array(2 * width);
  let logits = new Float64Array(512);
  let groups = new Uint8Array(512);
  const errors = new ChoiceErrors();
  for (const [column, [fresh, again]] of Object.entries(prior)) {
    const at = place(column);
    if (at < 0) throw new RangeError(`There is no column "${column}".`);
    weights.array[at] = fresh;
    weights.array[width + at] = again;
  }

  const half = (rows: Rows, row: number): number => (rows.dense[row * rows.width + repeatedAt] === 1 ? width : 0);

  /** [row][column, then product]: the rows with their products, `width` to a row. */
  let widened = new Float32Array(0);
  function widen({ dense, count, width: given }: Rows): Float32Array {
    if (crossedA.length === 0) return dense;
    if (widened.length < count * width) widened = new Float32Array(count * width * 2);
    for (let i = 0; i < count; i++) {
      const from = i * given;
      const to = i * width;
      for (let c = 0; c < given; c++) widened[to + c] = dense[from + c]!;
      for (let k = 0; k < crossedA.length; k++)
        widened[to + given + k] = dense[from + crossedA[k]!]! * dense[from + crossedB[k]!]!;
    }
    return widened;
  }

  /** Fills {@link logits}; answers the rows with their products. */
  function score(rows: Rows): Float32Array {
    const { count } = rows;
    if (logits.length < count) {
      logits = new Float64Array(count * 2);
      groups = new Uint8Array(count * 2);
    }
    const dense = widen(rows);
    const from = weights.array;
    for (let i = 0; i < count; i++) {
      const row = i * width;
      const base = half(rows, i);
      let sum = 0;
      for (let c = 0; c < width; c++) sum += from[base + c]! * dense[row + c]!;
      logits[i] = sum;
    }
    return dense;
  }

  return {
    name,
    state: state(`model.${name}`, 1, [weights, squares, lessons]),
    get lessons() {
      return lessons.array[0]!;
    },
    predict(rows: Rows, out: Float64Array) {
      score(rows);
      for (let i = 0; i < rows.count; i++) out[i] = logits[i]!;
    },
    learn({ rows, verdict: verdicts, weight }: Lesson, isPredicted = false) {
      const { count } = rows;
      if (weight === 0 || count === 0) return;
      const dense = !isPredicted ? score(rows) : crossedA.length === 0 ? rows.dense : widened;
      for (let i = 0; i < count; i++) groups[i] = half(rows, i) === 0 ? 0 : 1;
      if (!errors.measure(count, logits, groups, verdicts, weight)) return;
      lessons.array[0]!++;
      gradient.fill(0);
      for (let i = 0; i < count; i++) {
        const base = half(rows, i);
        const error = errors.error[i]!;
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
      const dense = widen(rows);
      const contributions = names.map((feature, c) => ({
        feature,
        value: weights.array[base + c]! * dense[row * width + c]!,
      }));
      return { bias: 0, contributions };
    },
  };
}
