/**
 * Vectors of 16 floats and what learning keeps beside them, in segments of 4,096 (models/embedding-cells.ts): what the plain twins of
 * the kernels of embeddings have in common. Indexes are of 32-bit floats; sums go by four lanes, as those of SIMD do.
 */

/** What learning takes steps by, row-wise AdaGrad: v −= rate · g / √(start + Σ|g|²/16), and linear weights likewise. */
export interface FactorRates {
  readonly rate: number;
  readonly linearRate: number;
  /** What sums of squares start from. */
  readonly start: number;
  /** What pulls vectors to 0: this share of a vector in its gradient. */
  readonly shrink: number;
}
export type RateList = readonly [rate: number, linearRate: number, start: number, shrink: number];

const { fround } = Math;

export const rated = ([rate, linearRate, start, shrink]: RateList): FactorRates => ({
  rate: fround(rate),
  linearRate: fround(linearRate),
  start: fround(start),
  shrink: fround(shrink),
});

const segmentBits = 12;
const segmentRows = 1 << segmentBits;
const segmentFloats = segmentRows * 19;
const weightsStart = segmentRows * 16;
const sumsStart = segmentRows * 17;

export const vectorAt = (base: number, row: number): number =>
  base + (row >>> segmentBits) * segmentFloats + (row & (segmentRows - 1)) * 16;
export const weightAt = (base: number, row: number): number =>
  base + (row >>> segmentBits) * segmentFloats + weightsStart + (row & (segmentRows - 1));
const sumsAt = (base: number, row: number): number =>
  base + (row >>> segmentBits) * segmentFloats + sumsStart + (row & (segmentRows - 1)) * 2;

/** sum[lane] += Σ a · b, four products to a lane. */
export function addProducts(
  sum: Float32Array,
  s: number,
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
): void {
  for (let k = 0; k < 16; k++) sum[s + (k & 3)] = sum[s + (k & 3)]! + fround(a[i + k]! * b[j + k]!);
}

export const lanes = (sum: Float32Array, s = 0): number =>
  fround(fround(sum[s]! + sum[s + 1]!) + fround(sum[s + 2]! + sum[s + 3]!));

const four = new Float32Array(4);

/** Σ a[i + k] · b[j + k] over 16. */
export function dot(a: Float32Array, i: number, b: Float32Array, j: number): number {
  four.fill(0);
  addProducts(four, 0, a, i, b, j);
  return lanes(four);
}

/** to[t + k] += scale · from[f + k] over 16. */
export function add(to: Float32Array, t: number, scale: number, from: Float32Array, f: number): void {
  for (let k = 0; k < 16; k++) to[t + k] = to[t + k]! + fround(scale * from[f + k]!);
}

/** One step of a row's vector by its gradient, and of its linear weight by `error`. `gradient` is used up. */
export function step(
  floats: Float32Array,
  base: number,
  row: number,
  gradient: Float32Array,
  error: number,
  { rate, linearRate, start, shrink }: FactorRates,
): void {
  const [v, weight, sums] = [vectorAt(base, row), weightAt(base, row), sumsAt(base, row)];
  add(gradient, 0, shrink, floats, v);
  const squares = fround(floats[sums]! + fround(dot(gradient, 0, gradient, 0) * 0.0625));
  floats[sums] = squares;
  const by = fround(rate / fround(Math.sqrt(fround(start + squares))));
  for (let k = 0; k < 16; k++) floats[v + k] = floats[v + k]! - fround(by * gradient[k]!);
  const errors = fround(floats[sums + 1]! + fround(error * error));
  floats[sums + 1] = errors;
  const linear = fround(fround(linearRate * error) / fround(Math.sqrt(fround(start + errors))));
  floats[weight] = floats[weight]! - linear;
}

/** All of a memory as floats and as whole numbers, whatever it grows to. */
export function views(memory: { readonly buffer: ArrayBuffer }): () => {
  readonly floats: Float32Array;
  readonly integers: Int32Array;
} {
  let found = { floats: new Float32Array(memory.buffer), integers: new Int32Array(memory.buffer) };
  return () => {
    if (found.floats.buffer !== memory.buffer)
      found = { floats: new Float32Array(memory.buffer), integers: new Int32Array(memory.buffer) };
    return found;
  };
}
