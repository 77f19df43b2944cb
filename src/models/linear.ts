/**
 * Several logistic regressions on hashed crosses of columns that share what they read, each weight beside those of the others
 * (`kernels/linear.ts`):
 *
 * - `ftrl-slow`, `ftrl`, `ftrl-fast`: FTRL-proximal (McMahan et al. 2013, Algorithm 1) at three rates. Without l1 and l2 it is
 *   w −= alpha · g / (beta + √Σg²); g mixes the logistic loss of the row with the softmax loss of its list.
 * - `pdgd`: the same steps on the pairwise gradient of Oosterhuis & de Rijke 2018.
 * - `bayes`, `bayes-drift`: Bayesian logistic regression by an extended Kalman filter with a diagonal covariance, row by row;
 *   the second one's variances drift back, so that it never stops to learn. They say how sure they are.
 *
 * The logit starts at the row's prior: what is not yet learned leaves things as they were.
 */
import { registers } from "../core/columns.ts";
import { type Explanation, type Lesson, verdict } from "../core/lesson.ts";
import type { ColumnSpec, Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { KernelMemory } from "../kernels/kernel-memory.ts";
import { adaptive, bayesian, cellFloats, LinearTable, meanAt, sumsWidth } from "../kernels/linear.ts";
import { addPairwise, addPointwise, addSoftmax } from "./linear-gradients.ts";
import { columnAt, slotFinder } from "./linear-slots.ts";
import type { Family } from "./model.ts";

export interface LinearOptions {
  readonly name?: string;
  readonly columns: readonly ColumnSpec[];
  /** Crosses: names of one to three columns each. */
  readonly terms: readonly (readonly string[])[];
  /** Column whose value the logit starts at; and column whose value keeps all weights apart. */
  readonly prior?: string;
  readonly regime?: string;
  /** log₂ of the number of slots. */
  readonly bits?: number;
  /** Share of the softmax loss in the gradient of the FTRL learners, 0 to 1. */
  readonly listwise?: number;
  /** Rates of the three FTRL learners, then of PDGD. */
  readonly alpha?: readonly [number, number, number, number];
  readonly beta?: number;
  /** Of the Bayesian learners: variance of a weight at first, and the share of the way back to it that each lesson goes. */
  readonly variance?: readonly [number, number];
  readonly drift?: readonly [number, number];
}

const members = ["ftrl-slow", "ftrl", "ftrl-fast", "pdgd", "bayes", "bayes-drift"] as const;
/** Adaptive learners that take the pointwise and list-wise gradient; the one after them is PDGD. */
const ftrls = 3;
/** A reward weighs at most this many clicks. */
const rewardMax = 10;
const lessonsAt = 0;
/** Rows that are predicted at once. What they take is taken when it is made: a prediction never asks for memory, so it cannot fail for want of it. */
const block = 256;
/** About what a row costs, µs. */
const cost = 2;

export function linear(options: LinearOptions): Family {
  const { name = "linear", columns, bits = 20, listwise = 0.3, beta = 1 } = options;
  const { alpha = [0.02, 0.05, 0.1, 0.06], variance = [0.04, 0.01], drift = [0, 3e-4] } = options;
  /** The last slot is the bias. */
  const bias = 1 << bits;
  const memory = new KernelMemory((bias + 1) * cellFloats * 4);
  const finder = slotFinder(memory, { ...options, bits });
  const table = new LinearTable(memory, bias + 1, finder.lists, { alpha, beta, variance, drift });
  table.makeRoom(block);
  finder.makeRoom(block);
  const fixed = registers("registers", 1);
  const prior = options.prior === undefined ? -1 : columnAt(columns, options.prior);
  /** [adaptive learner][row] logits, place included. */
  let logits = Array.from({ length: adaptive }, () => new Float64Array(64));
  /** [adaptive learner][row] gradients; of the bias, where they are others: those that know of no list. */
  let gradients = logits.map((one) => one.slice());
  let pointwise = logits.map((one) => one.slice());
  const slotsOfTerms = new Int32Array(options.terms.length);

  function makeRoom(count: number): void {
    if (logits[0]!.length >= count) return;
    const longer = () => logits.map(() => new Float64Array(2 * count));
    [logits, gradients, pointwise] = [longer(), longer(), longer()];
  }

  /** Sums of `count` rows from `first` on, the first at place 0. */
  function score(rows: Rows, first: number, count: number): void {
    finder.find(rows, first, count);
    table.makeRoom(count);
    table.score(0, count);
  }

  /** Calls `then` with each stretch of rows whose sums are found. */
  function inBlocks(rows: Rows, then: (first: number, count: number) => void): void {
    for (let first = 0; first < rows.count; first += block) {
      const count = Math.min(block, rows.count - first);
      score(rows, first, count);
      then(first, count);
    }
  }

  const priorOf = ({ dense, width }: Rows, row: number): number => (prior < 0 ? 0 : dense[row * width + prior]!);
  /** Place in a cell of a member's weight. */
  const weightAt = (member: number): number => (member < adaptive ? member : meanAt + member - adaptive);

  /** Gradients of the adaptive learners, of all rows. */
  function findGradients(lesson: Lesson): void {
    const { rows, weight } = lesson;
    const reward = lesson.isChoice ? Math.min(rewardMax, lesson.reward ?? 1) * weight : 0;
    for (let a = 0; a < adaptive; a++) {
      gradients[a]!.fill(0, 0, rows.count);
      pointwise[a]!.fill(0, 0, rows.count);
      if (a === ftrls) {
        addPairwise(logits[a]!, lesson, reward, gradients[a]!);
        continue;
      }
      addSoftmax(logits[a]!, lesson, listwise * reward, gradients[a]!);
      if (!lesson.isWorthMore) addPointwise(logits[a]!, lesson, (1 - listwise) * weight, pointwise[a]!);
      for (let i = 0; i < rows.count; i++) gradients[a]![i]! += pointwise[a]![i]!;
    }
  }

  /**
   * Steps of the Bayesian learners on one row, as the rows before it have left them: with h = weight · p · (1 − p) and V = Σv,
   *
   *     m += v · weight · (y − p) / (1 + h·V);   v −= v² · h / (1 + h·V)
   *
   * the extended Kalman filter (Murphy 2012, 18.5.1) of the diagonal of the covariance alone.
   */
  function findBayesianSteps({ rows, verdict: said, weight }: Lesson, row: number, placed: number): void {
    const { step, sums, cells } = table;
    const outcome = said[row] === verdict.chosen ? 1 : 0;
    const start = priorOf(rows, row);
    for (let b = 0; b < bayesian; b++) {
      let logit = start + sums[row * sumsWidth + adaptive + b]! + cells.array[bias * cellFloats + meanAt + b]!;
      let spread = sums[row * sumsWidth + adaptive + bayesian + b]! + table.varianceOf(bias, b);
      if (placed >= 0) {
        logit += cells.array[placed * cellFloats + meanAt + b]!;
        spread += table.varianceOf(placed, b);
      }
      const chance = 1 / (1 + Math.exp(-logit));
      const curvature = weight * chance * (1 - chance);
      const damped = 1 + curvature * spread;
      step[adaptive + b] = (weight * (outcome - chance)) / damped;
      step[adaptive + bayesian + b] = -curvature / damped;
    }
  }

  return {
    name,
    members,
    state: state(`model.${name}`, 1, [table.cells, fixed]),
    get lessons() {
      return fixed.array[lessonsAt]!;
    },
    cost,
    predict(rows, out) {
      inBlocks(rows, (first, count) => {
        const { sums, cells } = table;
        for (let m = 0; m < members.length; m++) {
          const start = cells.array[bias * cellFloats + weightAt(m)]!;
          const to = out[m]!;
          for (let i = 0; i < count; i++) to[first + i] = start + priorOf(rows, first + i) + sums[i * sumsWidth + m]!;
        }
      });
    },
    variance(rows, out) {
      inBlocks(rows, (first, count) => {
        const { sums } = table;
        for (let i = 0; i < count; i++)
          out[first + i] = table.varianceOf(bias, 0) + sums[i * sumsWidth + adaptive + bayesian]!;
      });
    },
    learn(lesson, isPredicted = false) {
      const { rows, weight, orderedByEngine, surface, position, verdict: said } = lesson;
      if (weight === 0) return;
      fixed.array[lessonsAt]!++;
      makeRoom(rows.count);
      if (!isPredicted || rows.count > block) score(rows, 0, rows.count);
      const cells = table.cells.array;
      const { sums, step } = table;
      const placeOf = (row: number): number => (orderedByEngine ? finder.place(surface, position[row]!) : -1);
      for (let i = 0; i < rows.count; i++) {
        const placed = placeOf(i);
        for (let a = 0; a < adaptive; a++) {
          // PDGD corrects for places by itself.
          const place = placed < 0 || a === ftrls ? 0 : cells[placed * cellFloats + a]!;
          logits[a]![i] = cells[bias * cellFloats + a]! + priorOf(rows, i) + place + sums[i * sumsWidth + a]!;
        }
      }
      findGradients(lesson);
      let isScored = true;
      for (let i = 0; i < rows.count; i++) {
        const isTaught = !lesson.isWorthMore && (said[i] === verdict.chosen || said[i] === verdict.passedOver);
        let isMoved = isTaught;
        for (let a = 0; a < adaptive; a++) {
          step[a] = gradients[a]![i]!;
          if (step[a] !== 0) isMoved = true;
        }
        if (!isMoved) continue;
        const placed = placeOf(i);
        // What the rows before it have taught counts; the first finds all as it was scored.
        if (isTaught && !isScored) table.score(i, i + 1);
        if (isTaught) findBayesianSteps(lesson, i, placed);
        else for (let b = adaptive; b < sumsWidth; b++) step[b] = 0;
        table.update(i, isTaught);
        isScored = false;
        if (placed >= 0) {
          step[ftrls] = 0;
          table.updateSlot(placed, isTaught);
        }
        if (!isTaught) continue;
        for (let a = 0; a < adaptive; a++) step[a] = pointwise[a]![i]!;
        table.updateSlot(bias, true);
      }
    },
    explain(rows, row, member): Explanation {
      finder.findEach(rows, row, slotsOfTerms);
      const cells = table.cells.array;
      const weight = (slot: number): number => (slot < 0 ? 0 : cells[slot * cellFloats + weightAt(member)]!);
      const contributions = options.terms.map((term, t) => ({
        feature: term.join(" × "),
        value: weight(slotsOfTerms[t]!),
      }));
      if (prior >= 0) contributions.unshift({ feature: options.prior!, value: priorOf(rows, row) });
      return { bias: weight(bias), contributions };
    },
    placeBias(surface, position, member) {
      return member === ftrls ? 0 : table.cells.array[finder.place(surface, position) * cellFloats + weightAt(member)]!;
    },
  };
}
