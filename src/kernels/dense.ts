/**
 * Kernels of dense layers: forward, backward, AdaGrad; softmax; dots with rows of 8-bit integers. Each beside its plain twin, which
 * gives the same bits: sums go in the same order, every operation is rounded to 32 bits.
 *
 * Addresses are in bytes, of a {@link KernelMemory}. A row of floats takes {@link strideOf} its width; what is beyond the width is 0,
 * in weights, inputs and gradients alike, and stays so.
 */
import { denseWasm } from "./dense.wasm.ts";
import { type KernelMemory, kernel } from "./kernel-memory.ts";

export interface DenseKernels {
  /** outputs[b][o] = biases[o] + Σᵢ inputs[b][i] · weights[i][o]; at least 0 where rectified (1: a ReLU, 0: none). */
  forward(
    inputs: number,
    weights: number,
    biases: number,
    outputs: number,
    batch: number,
    inStride: number,
    outStride: number,
    isRectified: number,
  ): void;
  /** weightGradients[i][o] += Σ_b inputs[b][i] · outputGradients[b][o]; biasGradients[o] += Σ_b outputGradients[b][o]. */
  backwardWeights(
    inputs: number,
    outputGradients: number,
    weightGradients: number,
    biasGradients: number,
    batch: number,
    inStride: number,
    outStride: number,
  ): void;
  /** inputGradients[b][i] = Σₒ weights[i][o] · outputGradients[b][o]; where rectified, 0 unless the input is above 0. */
  backwardInputs(
    inputs: number,
    weights: number,
    outputGradients: number,
    inputGradients: number,
    batch: number,
    inStride: number,
    outStride: number,
    isRectified: number,
  ): void;
  /** squares += g²; weights −= rate · g / √squares; gradients = 0. `count` is a multiple of 4; squares start above 0. */
  adagrad(weights: number, squares: number, gradients: number, count: number, rate: number): void;
  /** shares[i] = e^logits[i] / Σ; up to the next multiple of four, 0. Logits are finite or −∞, one at least finite. May be in place. */
  softmax(logits: number, shares: number, count: number): void;
  /**
   * out[i] = scale · scales[r] · Σₖ rows[r][k] · query[k], with r = indices[i], or i where `indices` is 0. rows: Int8, scales and out:
   * Float32, indices: Int32, query: Int16. `width` is a multiple of 16, up to {@link widthMax}.
   */
  dots8(
    rows: number,
    scales: number,
    indices: number,
    query: number,
    scale: number,
    out: number,
    count: number,
    width: number,
  ): void;
}

/** Floats that a row of so many takes: a multiple of a cache line. */
export const strideOf = (width: number): number => Math.ceil(width / 16) * 16;

/** Largest whole numbers of rows and of queries, and the width up to which their dots cannot overflow. */
export const rowMax = 127;
export const queryMax = 2047;
export const widthMax = 8192;

/**
 * Writes values[k] / scale, rounded, and answers scale = largest / most: values ≈ scale · out. 0 for a row of zeros.
 * `most`: {@link rowMax} for a row, {@link queryMax} for a query, which costs nothing more. What is beyond the values becomes 0.
 */
export function quantise(values: Float32Array, out: Int8Array | Int16Array, most: number): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const scale = Math.fround(largest / most);
  out.fill(0);
  if (scale === 0) return 0;
  for (let k = 0; k < values.length; k++) out[k] = Math.max(-most, Math.min(most, Math.round(values[k]! / scale)));
  return scale;
}

export const denseKernels = (memory: KernelMemory): DenseKernels => kernel<DenseKernels>(denseWasm, memory);

const { fround } = Math;
/** powers[−n] = 2ⁿ, n from 0 to −126. */
const powers = Float64Array.from({ length: 127 }, (_, n) => 2 ** -n);
const coefficients = [1.98756915e-4, 1.39819995e-3, 8.33345191e-3, 4.16657959e-2, 1.66666655e-1, 5.00000012e-1];
const [p0, p1, p2, p3, p4, p5] = coefficients.map(fround) as [number, number, number, number, number, number];
const log2e = fround(Math.LOG2E);
const ln2Low = fround(-2.1219444e-4);

/** e^x of x ≤ 0, to 2 units in the last place (Cephes' expf, S. Moshier); 0 below −87. */
function exp(x: number): number {
  if (x < -87) return 0;
  const n = Math.floor(fround(fround(x * log2e) + 0.5));
  let r = fround(x - fround(n * 0.693359375));
  r = fround(r - fround(n * ln2Low));
  let p = fround(fround(p0 * r) + p1);
  p = fround(fround(p * r) + p2);
  p = fround(fround(p * r) + p3);
  p = fround(fround(p * r) + p4);
  p = fround(fround(p * r) + p5);
  return fround(fround(fround(fround(p * fround(r * r)) + r) + 1) * powers[-n]!);
}

/** The same in plain code. */
export function plainDense(memory: KernelMemory): DenseKernels {
  const all = (): Float32Array => new Float32Array(memory.buffer);
  return {
    forward(inputs, weights, biases, outputs, batch, ins, outs, isRectified) {
      const f = all();
      const sums = f.subarray(outputs >> 2);
      for (let b = 0; b < batch; b++) {
        const to = b * outs;
        for (let o = 0; o < outs; o++) sums[to + o] = f[(biases >> 2) + o]!;
        for (let i = 0; i < ins; i++) {
          const x = f[(inputs >> 2) + b * ins + i]!;
          const row = (weights >> 2) + i * outs;
          for (let o = 0; o < outs; o++) sums[to + o] = sums[to + o]! + fround(x * f[row + o]!);
        }
        if (isRectified) for (let o = 0; o < outs; o++) sums[to + o] = Math.max(sums[to + o]!, 0);
      }
    },

    backwardWeights(inputs, outputGradients, weightGradients, biasGradients, batch, ins, outs) {
      const f = all();
      const biases = biasGradients >> 2;
      for (let b = 0; b < batch; b++) {
        const g = (outputGradients >> 2) + b * outs;
        for (let o = 0; o < outs; o++) f[biases + o] = f[biases + o]! + f[g + o]!;
        for (let i = 0; i < ins; i++) {
          const x = f[(inputs >> 2) + b * ins + i]!;
          const row = (weightGradients >> 2) + i * outs;
          for (let o = 0; o < outs; o++) f[row + o] = f[row + o]! + fround(x * f[g + o]!);
        }
      }
    },

    backwardInputs(inputs, weights, outputGradients, inputGradients, batch, ins, outs, isRectified) {
      const f = all();
      for (let b = 0; b < batch; b++) {
        const g = (outputGradients >> 2) + b * outs;
        for (let i = 0; i < ins; i++) {
          const row = (weights >> 2) + i * outs;
          let [s0, s1, s2, s3] = [0, 0, 0, 0];
          for (let o = 0; o < outs; o += 4) {
            s0 = fround(s0 + fround(f[row + o]! * f[g + o]!));
            s1 = fround(s1 + fround(f[row + o + 1]! * f[g + o + 1]!));
            s2 = fround(s2 + fround(f[row + o + 2]! * f[g + o + 2]!));
            s3 = fround(s3 + fround(f[row + o + 3]! * f[g + o + 3]!));
          }
          const at = b * ins + i;
          const isPassed = !isRectified || f[(inputs >> 2) + at]! > 0;
          f[(inputGradients >> 2) + at] = isPassed ? fround(s0 + s1) + fround(s2 + s3) : 0;
        }
      }
    },

    adagrad(weights, squares, gradients, count, rate) {
      const f = all();
      const [w, s, g] = [weights >> 2, squares >> 2, gradients >> 2];
      for (let k = 0; k < count; k++) {
        const gradient = f[g + k]!;
        const square = fround(f[s + k]! + fround(gradient * gradient));
        f[s + k] = square;
        f[w + k] = f[w + k]! - fround(fround(fround(rate) * gradient) / fround(Math.sqrt(square)));
        f[g + k] = 0;
      }
    },

    softmax(logits, shares, count) {
      const f = all();
      const [from, to] = [logits >> 2, shares >> 2];
      let largest = f[from]!;
      for (let k = 1; k < count; k++) largest = Math.max(largest, f[from + k]!);
      const sums = new Float32Array(4);
      for (let k = 0; k < count; k++) {
        const share = exp(fround(f[from + k]! - largest));
        sums[k & 3] = sums[k & 3]! + share;
        f[to + k] = share;
      }
      const total = fround(fround(sums[0]! + sums[1]!) + fround(sums[2]! + sums[3]!));
      for (let k = 0; k < count; k++) f[to + k] = f[to + k]! / total;
      for (let k = count; k % 4 !== 0; k++) f[to + k] = 0;
    },

    dots8(rows, scales, indices, query, scale, out, count, width) {
      const f = all();
      const bytes = new Int8Array(memory.buffer, rows);
      const wide = new Int16Array(memory.buffer, query, width);
      const which = new Int32Array(memory.buffer);
      for (let i = 0; i < count; i++) {
        const r = indices === 0 ? i : which[(indices >> 2) + i]!;
        let sum = 0;
        for (let k = 0; k < width; k++) sum += bytes[r * width + k]! * wide[k]!;
        f[(out >> 2) + i] = fround(fround(scale) * f[(scales >> 2) + r]!) * fround(sum);
      }
    },
  };
}
