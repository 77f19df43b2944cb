/**
 * What a shopper turns to next, as the choice model says (choice.ts), plus what a layer of sixteen rectified units finds in the columns
 * together. Weights out of the layer are separate for new and repeated items; all are learned by AdaGrad, from each choice as it comes.
 *
 *     s(i) = w_r(i) · xᵢ + v_r(i) · max(0, U xᵢ + b)
 *
 * For one candidate the layer is linear in the units that are above 0, so contributions are exact: the column's x times what leads from it to s.
 */
import { FixedBuffer, registers } from "../core/columns.ts";
import type { Explanation, Lesson } from "../core/lesson.ts";
import { random } from "../core/random.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import type { ChoiceOptions } from "./choice.ts";
import { ChoiceErrors } from "./choice-errors.ts";
import type { Model } from "./model.ts";

const units = 16;
/** Rows whose share is this near to what it should be teach nothing. */
const negligible = 1e-4;
const linearStart = 1;
const layerStart = 0.1;
/** Sd of the weights out of the layer before the first lesson: it says next to nothing. */
const outSd = 0.01;

export interface ChoiceNetworkOptions extends Omit<ChoiceOptions, "crosses"> {
  /** Of the layer; `rate` is that of the linear part. */
  readonly layerRate?: number;
}

/** Weights with their sums of squared gradients. */
function learned(name: string, length: number, squares: number) {
  return {
    weights: new FixedBuffer(name, new Float64Array(length)),
    squares: new FixedBuffer(`${name}.squares`, new Float64Array(length).fill(squares)),
    gradient: new Float64Array(length),
  };
}

/** Throws RangeError for a prior of a column that is not there. */
export function choiceNetwork(options: ChoiceNetworkOptions): Model {
  const { name = "choice-network", rate = 0.3, layerRate = 0.1, columns, repeated, prior } = options;
  const width = columns.length;
  const repeatedAt = columns.findIndex((column) => column.name === repeated);
  /** [new | repeated][column], [column][unit], [unit], [new | repeated][unit] */
  const linear = learned("linear", 2 * width, linearStart);
  const into = learned("into", units * width, layerStart);
  const bias = learned("bias", units, layerStart);
  const out = learned("out", 2 * units, layerStart);
  const lessons = registers("lessons", 1);
  const parts = [linear, into, bias, out];
  for (const [column, [fresh, again]] of Object.entries(prior)) {
    const at = columns.findIndex((spec) => spec.name === column);
    if (at < 0) throw new RangeError(`There is no column "${column}".`);
    linear.weights.array[at] = fresh;
    linear.weights.array[width + at] = again;
  }
  const chance = random(name);
  const intoSd = Math.sqrt(2 / width);
  for (let w = 0; w < into.weights.array.length; w++) into.weights.array[w] = chance.normal() * intoSd;
  for (let w = 0; w < out.weights.array.length; w++) out.weights.array[w] = chance.normal() * outSd;

  const errors = new ChoiceErrors();
  let logits = new Float64Array(512);
  let groups = new Uint8Array(512);
  /** [row][unit] */
  let active = new Float64Array(512 * units);
  /** [unit] what comes back to it. */
  const back = new Float64Array(units);

  const groupOf = (rows: Rows, row: number): number => (rows.dense[row * width + repeatedAt] === 1 ? 1 : 0);

  /** Fills {@link logits} and {@link active}. */
  function score(rows: Rows): void {
    const { dense, count } = rows;
    if (logits.length < count) {
      logits = new Float64Array(count * 2);
      groups = new Uint8Array(count * 2);
      active = new Float64Array(count * units * 2);
    }
    const [w, u, b, v] = [linear.weights.array, into.weights.array, bias.weights.array, out.weights.array];
    for (let i = 0; i < count; i++) {
      const row = i * width;
      const group = groupOf(rows, i);
      let logit = 0;
      for (let c = 0; c < width; c++) logit += w[group * width + c]! * dense[row + c]!;
      const first = i * units;
      for (let h = 0; h < units; h++) active[first + h] = b[h]!;
      // Many columns are 0 of an item that the shopper never turned to.
      for (let c = 0; c < width; c++) {
        const x = dense[row + c]!;
        if (x === 0) continue;
        for (let h = 0; h < units; h++) active[first + h]! += u[c * units + h]! * x;
      }
      for (let h = 0; h < units; h++) {
        const above = Math.max(0, active[first + h]!);
        active[first + h] = above;
        logit += v[group * units + h]! * above;
      }
      logits[i] = logit;
    }
  }

  function addGradient(dense: Float32Array, row: number, group: number, error: number): void {
    const from = row * width;
    for (let c = 0; c < width; c++) linear.gradient[group * width + c]! += error * dense[from + c]!;
    for (let h = 0; h < units; h++) {
      const above = active[row * units + h]!;
      back[h] = 0;
      if (above === 0) continue;
      out.gradient[group * units + h]! += error * above;
      back[h] = error * out.weights.array[group * units + h]!;
      bias.gradient[h]! += back[h]!;
    }
    for (let c = 0; c < width; c++) {
      const x = dense[from + c]!;
      if (x === 0) continue;
      for (let h = 0; h < units; h++) into.gradient[c * units + h]! += back[h]! * x;
    }
  }

  function step({ weights, squares, gradient }: (typeof parts)[number], by: number): void {
    for (let w = 0; w < gradient.length; w++) {
      const g = gradient[w]!;
      if (g === 0) continue;
      squares.array[w]! += g * g;
      weights.array[w]! -= (by * g) / Math.sqrt(squares.array[w]!);
    }
  }

  return {
    name,
    state: state(`model.${name}`, 1, [...parts.flatMap(({ weights, squares }) => [weights, squares]), lessons]),
    get lessons() {
      return lessons.array[0]!;
    },
    predict(rows: Rows, to: Float64Array) {
      score(rows);
      for (let i = 0; i < rows.count; i++) to[i] = logits[i]!;
    },
    learn({ rows, verdict: verdicts, weight }: Lesson, isPredicted = false) {
      const { dense, count } = rows;
      if (weight === 0 || count === 0) return;
      if (!isPredicted) score(rows);
      for (let i = 0; i < count; i++) groups[i] = groupOf(rows, i);
      if (!errors.measure(count, logits, groups, verdicts, weight)) return;
      lessons.array[0]!++;
      for (const { gradient } of parts) gradient.fill(0);
      for (let i = 0; i < count; i++) {
        const error = errors.error[i]!;
        if (Math.abs(error) >= negligible) addGradient(dense, i, groups[i]!, error);
      }
      for (const part of parts) step(part, part === linear ? rate : layerRate);
    },
    explain(rows: Rows, row: number): Explanation {
      const group = groupOf(rows, row);
      const x = (c: number): number => rows.dense[row * width + c]!;
      const through = columns.map((_, c) => linear.weights.array[group * width + c]!);
      let rest = 0;
      for (let h = 0; h < units; h++) {
        let sum = bias.weights.array[h]!;
        for (let c = 0; c < width; c++) sum += into.weights.array[c * units + h]! * x(c);
        if (sum <= 0) continue;
        const v = out.weights.array[group * units + h]!;
        rest += v * bias.weights.array[h]!;
        for (let c = 0; c < width; c++) through[c]! += v * into.weights.array[c * units + h]!;
      }
      return {
        bias: rest,
        contributions: columns.map(({ name: feature }, c) => ({ feature, value: through[c]! * x(c) })),
      };
    },
  };
}
