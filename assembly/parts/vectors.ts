/**
 * Vectors of 16 floats and what learning keeps beside them, in segments of 4,096 (src/models/embedding-cells.ts): what the kernels of
 * embeddings have in common. The order of every sum is that of the plain twins.
 */

const segmentBits: u32 = 12;
const segmentBytes: usize = 4096 * 76;
const weightsStart: usize = 4096 * 64;
const sumsStart: usize = 4096 * 68;

@inline
export function vectorAt(vectors: usize, row: u32): usize {
  return vectors + <usize>(row >> segmentBits) * segmentBytes + (<usize>(row & 4095) << 6);
}

@inline
export function weightAt(vectors: usize, row: u32): usize {
  return vectors + <usize>(row >> segmentBits) * segmentBytes + weightsStart + (<usize>(row & 4095) << 2);
}

@inline
export function sumsAt(vectors: usize, row: u32): usize {
  return vectors + <usize>(row >> segmentBits) * segmentBytes + sumsStart + (<usize>(row & 4095) << 3);
}

@inline
export function lanes(sum: v128): f32 {
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
}

@inline
export function dot(a: usize, b: usize): f32 {
  let sum = f32x4.mul(v128.load(a), v128.load(b));
  sum = f32x4.add(sum, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
  sum = f32x4.add(sum, f32x4.mul(v128.load(a, 32), v128.load(b, 32)));
  sum = f32x4.add(sum, f32x4.mul(v128.load(a, 48), v128.load(b, 48)));
  return lanes(sum);
}

@inline
export function add(to: usize, scale: f32, from: usize): void {
  const by = f32x4.splat(scale);
  v128.store(to, f32x4.add(v128.load(to), f32x4.mul(by, v128.load(from))));
  v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(by, v128.load(from, 16))), 16);
  v128.store(to, f32x4.add(v128.load(to, 32), f32x4.mul(by, v128.load(from, 32))), 32);
  v128.store(to, f32x4.add(v128.load(to, 48), f32x4.mul(by, v128.load(from, 48))), 48);
}

/** to[lane] += scale · a · b, four products to a lane. */
@inline
export function addProducts(to: usize, scale: f32, a: usize, b: usize): void {
  const by = f32x4.splat(scale);
  let sum = f32x4.add(v128.load(to), f32x4.mul(f32x4.mul(by, v128.load(a)), v128.load(b)));
  sum = f32x4.add(sum, f32x4.mul(f32x4.mul(by, v128.load(a, 16)), v128.load(b, 16)));
  sum = f32x4.add(sum, f32x4.mul(f32x4.mul(by, v128.load(a, 32)), v128.load(b, 32)));
  v128.store(to, f32x4.add(sum, f32x4.mul(f32x4.mul(by, v128.load(a, 48)), v128.load(b, 48))));
}

/** One step of a vector by its gradient, and of its linear weight by `error`. */
@inline
export function step(
  vectors: usize, row: u32, g0: v128, g1: v128, g2: v128, g3: v128, error: f32,
  rate: f32, linearRate: f32, start: f32, shrink: f32,
): void {
  const v = vectorAt(vectors, row);
  const weight = weightAt(vectors, row);
  const sums = sumsAt(vectors, row);
  const pull = f32x4.splat(shrink);
  const v0 = v128.load(v);
  const v1 = v128.load(v, 16);
  const v2 = v128.load(v, 32);
  const v3 = v128.load(v, 48);
  g0 = f32x4.add(g0, f32x4.mul(pull, v0));
  g1 = f32x4.add(g1, f32x4.mul(pull, v1));
  g2 = f32x4.add(g2, f32x4.mul(pull, v2));
  g3 = f32x4.add(g3, f32x4.mul(pull, v3));
  let sum = f32x4.mul(g0, g0);
  sum = f32x4.add(sum, f32x4.mul(g1, g1));
  sum = f32x4.add(sum, f32x4.mul(g2, g2));
  sum = f32x4.add(sum, f32x4.mul(g3, g3));
  const squares = load<f32>(sums) + lanes(sum) * 0.0625;
  store<f32>(sums, squares);
  const pace = f32x4.splat(rate / sqrt<f32>(start + squares));
  v128.store(v, f32x4.sub(v0, f32x4.mul(pace, g0)));
  v128.store(v, f32x4.sub(v1, f32x4.mul(pace, g1)), 16);
  v128.store(v, f32x4.sub(v2, f32x4.mul(pace, g2)), 32);
  v128.store(v, f32x4.sub(v3, f32x4.mul(pace, g3)), 48);
  const errors = load<f32>(sums, 4) + error * error;
  store<f32>(sums, errors, 4);
  store<f32>(weight, load<f32>(weight) - (linearRate * error) / sqrt<f32>(start + errors));
}
