/**
 * One table of slots for several linear learners, their weights side by side in one cache line: fetching a weight costs more than
 * using it. Compiled from assembly/linear.ts; the plain twins here give the same bits.
 */
import { FloatsIn, type KernelMemory, kernel } from "./kernel-memory.ts";
import { linearWasm } from "./linear.wasm.ts";
import { type SlotLists, takeFor } from "./slots.ts";

/** Floats of a slot: w and n of four adaptive learners, m and v of two Bayesian ones, four unused. */
export const cellFloats = 16;
const squaresAt = 4;
export const meanAt = 8;
const varianceAt = 10;
/** Adaptive and Bayesian learners of a slot. */
export const adaptive = 4;
export const bayesian = 2;
/** Numbers of a row's sums: Σw of the adaptive ones, Σm and Σv of the Bayesian ones. */
export const sumsWidth = adaptive + 2 * bayesian;

export interface LinearConstants {
  /** [adaptive] w −= alpha · g / (beta + √n), n the sum of squared gradients: FTRL-proximal without l1 and l2. */
  readonly alpha: readonly number[];
  readonly beta: number;
  /** [bayesian] variance of a weight before anything was learned. */
  readonly variance: readonly number[];
  /** [bayesian] share of the way back to that variance that each lesson goes. */
  readonly drift: readonly number[];
}

/** What is compiled: addresses in bytes, rows, constants. */
interface Compiled {
  score(
    ...args: [
      cells: number,
      slots: number,
      starts: number,
      sums: number,
      first: number,
      end: number,
      v0: number,
      v1: number,
    ]
  ): void;
  update(
    ...args: [
      cells: number,
      slots: number,
      starts: number,
      row: number,
      step: number,
      alpha0: number,
      alpha1: number,
      alpha2: number,
      alpha3: number,
      beta: number,
      v0: number,
      v1: number,
      drift0: number,
      drift1: number,
    ]
  ): void;
  updateSlot(
    ...args: [
      cells: number,
      slot: number,
      step: number,
      alpha0: number,
      alpha1: number,
      alpha2: number,
      alpha3: number,
      beta: number,
      v0: number,
      v1: number,
      drift0: number,
      drift1: number,
    ]
  ): void;
}

export class LinearTable {
  readonly cells: FloatsIn;
  readonly constants: LinearConstants;
  /** Slots of the rows that are scored and taught; the caller fills them. */
  readonly lists: SlotLists;
  readonly #memory: KernelMemory;
  readonly #compiled: Compiled;
  readonly #step: FloatsIn;
  #sums: Float64Array;
  #sumsAddress = 0;
  /** A view whose memory has grown has no length of its own. */
  #sumsLength = 0;

  /** Throws RangeError where there is no memory for so many slots. */
  constructor(memory: KernelMemory, slots: number, lists: SlotLists, constants: LinearConstants) {
    this.constants = constants;
    this.lists = lists;
    this.#memory = memory;
    this.cells = new FloatsIn("cells", memory, slots * cellFloats);
    this.#step = new FloatsIn("step", memory, adaptive + 2 * bayesian);
    this.#compiled = kernel(linearWasm, memory);
    this.#sums = new Float64Array(memory.buffer, 0, 0);
  }

  /**
   * What {@link update} teaches: gradients of the adaptive learners; what the means of the Bayesian ones move by a unit of variance;
   * minus what their variances lose by a unit of their square.
   */
  get step(): Float32Array {
    return this.#step.array;
  }

  /** [row][sumsWidth] what {@link score} gives. */
  get sums(): Float64Array {
    const { buffer } = this.#memory;
    if (this.#sums.buffer !== buffer) this.#sums = new Float64Array(buffer, this.#sumsAddress, this.#sumsLength);
    return this.#sums;
  }

  /** Room for the sums of `rows` rows. Throws RangeError where there is no memory for them; nothing has changed then. */
  makeRoom(rows: number): void {
    const length = rows * sumsWidth;
    if (length <= this.#sumsLength) return;
    const most = Math.max(length, 2 * this.#sumsLength);
    this.#sumsAddress = takeFor(this.#memory, most * 8, rows);
    this.#sumsLength = most;
    this.#sums = new Float64Array(this.#memory.buffer, this.#sumsAddress, most);
  }

  /** Fills the sums of rows first … end − 1, for which there is room. */
  score(first: number, end: number): void {
    const [v0, v1] = this.constants.variance as [number, number];
    const { slotsAddress, startsAddress } = this.lists;
    this.#compiled.score(this.cells.address, slotsAddress, startsAddress, this.#sumsAddress, first, end, v0, v1);
  }

  /** Teaches the slots of a row what stands in {@link step}; `drifts`: variances go back a bit. */
  update(row: number, drifts: boolean): void {
    const { alpha, beta, variance, drift } = this.constants;
    this.#compiled.update(
      this.cells.address,
      this.lists.slotsAddress,
      this.lists.startsAddress,
      row,
      this.#step.address,
      alpha[0]!,
      alpha[1]!,
      alpha[2]!,
      alpha[3]!,
      beta,
      variance[0]!,
      variance[1]!,
      drifts ? drift[0]! : 0,
      drifts ? drift[1]! : 0,
    );
  }

  /** Teaches one slot what stands in {@link step}. */
  updateSlot(slot: number, drifts: boolean): void {
    const { alpha, beta, variance, drift } = this.constants;
    this.#compiled.updateSlot(
      this.cells.address,
      slot,
      this.#step.address,
      alpha[0]!,
      alpha[1]!,
      alpha[2]!,
      alpha[3]!,
      beta,
      variance[0]!,
      variance[1]!,
      drifts ? drift[0]! : 0,
      drifts ? drift[1]! : 0,
    );
  }

  /** Variance of one slot's weight, of a Bayesian learner. */
  varianceOf(slot: number, learner: number): number {
    return this.cells.array[slot * cellFloats + varianceAt + learner]! || this.constants.variance[learner]!;
  }
}

/** The plain twin of {@link LinearTable.score}: fills the sums of rows first … end − 1. */
export function score(table: LinearTable, first: number, end: number): void {
  const { sums } = table;
  const { slots, starts } = table.lists;
  const cells = table.cells.array;
  for (let row = first; row < end; row++) {
    const to = row * sumsWidth;
    sums.fill(0, to, to + sumsWidth);
    for (let k = starts[row]!; k < starts[row + 1]!; k++) {
      const cell = slots[k]! * cellFloats;
      for (let a = 0; a < adaptive; a++) sums[to + a]! += cells[cell + a]!;
      for (let b = 0; b < bayesian; b++) {
        sums[to + adaptive + b]! += cells[cell + meanAt + b]!;
        sums[to + adaptive + bayesian + b]! += cells[cell + varianceAt + b]! || f(table.constants.variance[b]!);
      }
    }
  }
}

/** The plain twin of {@link LinearTable.update}. */
export function update(table: LinearTable, row: number, drifts: boolean): void {
  const { slots, starts } = table.lists;
  for (let k = starts[row]!; k < starts[row + 1]!; k++) updateSlot(table, slots[k]!, drifts);
}

/** The plain twin of {@link LinearTable.updateSlot}. Every operation rounds to 32 bits, as the kernel's do. */
export function updateSlot({ cells, constants, step }: LinearTable, slot: number, drifts: boolean): void {
  const { alpha, beta, variance, drift } = constants;
  const values = cells.array;
  const cell = slot * cellFloats;
  for (let a = 0; a < adaptive; a++) {
    const gradient = step[a]!;
    const squares = f(values[cell + squaresAt + a]! + f(gradient * gradient));
    values[cell + squaresAt + a] = squares;
    values[cell + a] = values[cell + a]! - f(f(f(alpha[a]!) * gradient) / f(f(beta) + f(Math.sqrt(squares))));
  }
  for (let b = 0; b < bayesian; b++) {
    const untaught = f(variance[b]!);
    const v = values[cell + varianceAt + b]! || untaught;
    const left = f(v + f(f(v * step[adaptive + bayesian + b]!) * v));
    values[cell + meanAt + b] = values[cell + meanAt + b]! + f(v * step[adaptive + b]!);
    values[cell + varianceAt + b] = left + f(f(drifts ? drift[b]! : 0) * f(untaught - left));
  }
}

const f = Math.fround;
