// Dense layers, softmax and dots of 8-bit rows; src/kernels/dense.ts has the plain twin, bit for bit. Addresses are in bytes; a row of floats
// takes a multiple of 16 of them (`ins`, `outs`: that multiple), what is beyond its width is 0.

/**
 * outputs[b][o] = biases[o] + Σᵢ inputs[b][i] · weights[i][o], i ascending; below 0 it is 0 where `isRectified`.
 * Four rows at once fetch each weight once; the order of the sums is that of one row.
 */
export function forward(
  inputs: usize, weights: usize, biases: usize, outputs: usize, batch: i32, ins: i32, outs: i32, isRectified: bool,
): void {
  const inBytes = <usize>ins << 2;
  const outBytes = <usize>outs << 2;
  const zero = f32x4.splat(0);
  let b = 0;
  for (; b + 4 <= batch; b += 4) {
    const x0 = inputs + <usize>b * inBytes;
    const x1 = x0 + inBytes;
    const x2 = x1 + inBytes;
    const x3 = x2 + inBytes;
    const y0 = outputs + <usize>b * outBytes;
    for (let o: usize = 0; o < outBytes; o += 32) {
      const left = v128.load(biases + o);
      const right = v128.load(biases + o, 16);
      let a0 = left, a1 = left, a2 = left, a3 = left;
      let c0 = right, c1 = right, c2 = right, c3 = right;
      let row = weights + o;
      for (let i: usize = 0; i < inBytes; i += 4) {
        const w = v128.load(row);
        const v = v128.load(row, 16);
        row += outBytes;
        let x = v128.load_splat<f32>(x0 + i);
        a0 = f32x4.add(a0, f32x4.mul(x, w));
        c0 = f32x4.add(c0, f32x4.mul(x, v));
        x = v128.load_splat<f32>(x1 + i);
        a1 = f32x4.add(a1, f32x4.mul(x, w));
        c1 = f32x4.add(c1, f32x4.mul(x, v));
        x = v128.load_splat<f32>(x2 + i);
        a2 = f32x4.add(a2, f32x4.mul(x, w));
        c2 = f32x4.add(c2, f32x4.mul(x, v));
        x = v128.load_splat<f32>(x3 + i);
        a3 = f32x4.add(a3, f32x4.mul(x, w));
        c3 = f32x4.add(c3, f32x4.mul(x, v));
      }
      if (isRectified) {
        a0 = f32x4.max(a0, zero); a1 = f32x4.max(a1, zero); a2 = f32x4.max(a2, zero); a3 = f32x4.max(a3, zero);
        c0 = f32x4.max(c0, zero); c1 = f32x4.max(c1, zero); c2 = f32x4.max(c2, zero); c3 = f32x4.max(c3, zero);
      }
      let y = y0 + o;
      v128.store(y, a0); v128.store(y, c0, 16);
      y += outBytes;
      v128.store(y, a1); v128.store(y, c1, 16);
      y += outBytes;
      v128.store(y, a2); v128.store(y, c2, 16);
      y += outBytes;
      v128.store(y, a3); v128.store(y, c3, 16);
    }
  }
  for (; b < batch; b++) {
    const x0 = inputs + <usize>b * inBytes;
    const y0 = outputs + <usize>b * outBytes;
    for (let o: usize = 0; o < outBytes; o += 64) {
      let a0 = v128.load(biases + o);
      let a1 = v128.load(biases + o, 16);
      let a2 = v128.load(biases + o, 32);
      let a3 = v128.load(biases + o, 48);
      let row = weights + o;
      for (let i: usize = 0; i < inBytes; i += 4) {
        const x = v128.load_splat<f32>(x0 + i);
        a0 = f32x4.add(a0, f32x4.mul(x, v128.load(row)));
        a1 = f32x4.add(a1, f32x4.mul(x, v128.load(row, 16)));
        a2 = f32x4.add(a2, f32x4.mul(x, v128.load(row, 32)));
        a3 = f32x4.add(a3, f32x4.mul(x, v128.load(row, 48)));
        row += outBytes;
      }
      if (isRectified) {
        a0 = f32x4.max(a0, zero); a1 = f32x4.max(a1, zero); a2 = f32x4.max(a2, zero); a3 = f32x4.max(a3, zero);
      }
      v128.store(y0 + o, a0); v128.store(y0 + o, a1, 16); v128.store(y0 + o, a2, 32); v128.store(y0 + o, a3, 48);
    }
  }
}

/**
 * Adds to the gradients of a layer's parameters, b ascending:
 * weightGradients[i][o] += Σ_b inputs[b][i] · outputGradients[b][o];   biasGradients[o] += Σ_b outputGradients[b][o]
 */
export function backwardWeights(
  inputs: usize, outputGradients: usize, weightGradients: usize, biasGradients: usize, batch: i32, ins: i32, outs: i32,
): void {
  const inBytes = <usize>ins << 2;
  const outBytes = <usize>outs << 2;
  for (let o: usize = 0; o < outBytes; o += 16) {
    let sum = v128.load(biasGradients + o);
    let g = outputGradients + o;
    for (let b = 0; b < batch; b++) {
      sum = f32x4.add(sum, v128.load(g));
      g += outBytes;
    }
    v128.store(biasGradients + o, sum);
  }
  for (let i: usize = 0; i < inBytes; i += 16) {
    const r0 = weightGradients + (i >> 2) * outBytes;
    const r1 = r0 + outBytes;
    const r2 = r1 + outBytes;
    const r3 = r2 + outBytes;
    for (let o: usize = 0; o < outBytes; o += 32) {
      let a0 = v128.load(r0 + o), c0 = v128.load(r0 + o, 16);
      let a1 = v128.load(r1 + o), c1 = v128.load(r1 + o, 16);
      let a2 = v128.load(r2 + o), c2 = v128.load(r2 + o, 16);
      let a3 = v128.load(r3 + o), c3 = v128.load(r3 + o, 16);
      let g = outputGradients + o;
      let from = inputs + i;
      for (let b = 0; b < batch; b++) {
        const left = v128.load(g);
        const right = v128.load(g, 16);
        let x = v128.load_splat<f32>(from);
        a0 = f32x4.add(a0, f32x4.mul(x, left));
        c0 = f32x4.add(c0, f32x4.mul(x, right));
        x = v128.load_splat<f32>(from, 4);
        a1 = f32x4.add(a1, f32x4.mul(x, left));
        c1 = f32x4.add(c1, f32x4.mul(x, right));
        x = v128.load_splat<f32>(from, 8);
        a2 = f32x4.add(a2, f32x4.mul(x, left));
        c2 = f32x4.add(c2, f32x4.mul(x, right));
        x = v128.load_splat<f32>(from, 12);
        a3 = f32x4.add(a3, f32x4.mul(x, left));
        c3 = f32x4.add(c3, f32x4.mul(x, right));
        g += outBytes;
        from += inBytes;
      }
      v128.store(r0 + o, a0); v128.store(r0 + o, c0, 16);
      v128.store(r1 + o, a1); v128.store(r1 + o, c1, 16);
      v128.store(r2 + o, a2); v128.store(r2 + o, c2, 16);
      v128.store(r3 + o, a3); v128.store(r3 + o, c3, 16);
    }
  }
}

/**
 * inputGradients[b][i] = Σₒ weights[i][o] · outputGradients[b][o], in four sums over o ≡ 0, 1, 2, 3 (mod 4), added (0 + 1) + (2 + 3);
 * where `isRectified`, 0 where the input is not above 0: it came out of a ReLU.
 */
export function backwardInputs(
  inputs: usize, weights: usize, outputGradients: usize, inputGradients: usize, batch: i32, ins: i32, outs: i32, isRectified: bool,
): void {
  const inBytes = <usize>ins << 2;
  const outBytes = <usize>outs << 2;
  const zero = f32x4.splat(0);
  for (let b = 0; b < batch; b++) {
    const g = outputGradients + <usize>b * outBytes;
    const at = <usize>b * inBytes;
    let r0 = weights;
    for (let i: usize = 0; i < inBytes; i += 16) {
      const r1 = r0 + outBytes;
      const r2 = r1 + outBytes;
      const r3 = r2 + outBytes;
      let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
      for (let o: usize = 0; o < outBytes; o += 16) {
        const gradient = v128.load(g + o);
        a0 = f32x4.add(a0, f32x4.mul(v128.load(r0 + o), gradient));
        a1 = f32x4.add(a1, f32x4.mul(v128.load(r1 + o), gradient));
        a2 = f32x4.add(a2, f32x4.mul(v128.load(r2 + o), gradient));
        a3 = f32x4.add(a3, f32x4.mul(v128.load(r3 + o), gradient));
      }
      r0 = r3 + outBytes;
      // Transposed: lane k of the four vectors below is sum 0, 1, 2, 3 of row k.
      const p0 = v128.shuffle<f32>(a0, a1, 0, 4, 1, 5);
      const p1 = v128.shuffle<f32>(a2, a3, 0, 4, 1, 5);
      const p2 = v128.shuffle<f32>(a0, a1, 2, 6, 3, 7);
      const p3 = v128.shuffle<f32>(a2, a3, 2, 6, 3, 7);
      const s0 = v128.shuffle<f32>(p0, p1, 0, 1, 4, 5);
      const s1 = v128.shuffle<f32>(p0, p1, 2, 3, 6, 7);
      const s2 = v128.shuffle<f32>(p2, p3, 0, 1, 4, 5);
      const s3 = v128.shuffle<f32>(p2, p3, 2, 3, 6, 7);
      let sum = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
      if (isRectified) sum = v128.and(sum, f32x4.gt(v128.load(inputs + at + i), zero));
      v128.store(inputGradients + at + i, sum);
    }
  }
}

/** squares += g², weights −= rate · g / √squares, gradients = 0 (AdaGrad); `count` is a multiple of 4, squares start above 0. */
export function adagrad(weights: usize, squares: usize, gradients: usize, count: i32, rate: f32): void {
  const zero = f32x4.splat(0);
  const rates = f32x4.splat(rate);
  const end = <usize>count << 2;
  for (let k: usize = 0; k < end; k += 16) {
    const g = v128.load(gradients + k);
    const square = f32x4.add(v128.load(squares + k), f32x4.mul(g, g));
    v128.store(squares + k, square);
    v128.store(weights + k, f32x4.sub(v128.load(weights + k), f32x4.div(f32x4.mul(rates, g), f32x4.sqrt(square))));
    v128.store(gradients + k, zero);
  }
}

/** e^x of x ≤ 0, to 2 units in the last place (Cephes' expf, S. Moshier); 0 below −87. */
// @ts-ignore: decorator
@inline
function exp(x: v128): v128 {
  const isSeen = f32x4.ge(x, f32x4.splat(-87));
  const bounded = f32x4.max(x, f32x4.splat(-87));
  const n = f32x4.floor(f32x4.add(f32x4.mul(bounded, f32x4.splat(1.44269504)), f32x4.splat(0.5)));
  let r = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.39819995e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.33345191e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.16657959e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.66666655e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.00000012e-1));
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.and(f32x4.mul(y, power), isSeen);
}

/**
 * shares[i] = e^(logits[i] − largest) / Σ, in four sums over i ≡ 0, 1, 2, 3 (mod 4). Shares up to the next multiple of four become 0.
 * `shares` may be `logits`.
 */
export function softmax(logits: usize, shares: usize, count: i32): void {
  const end = <usize>count << 2;
  const whole = end & ~15;
  let max = f32.load(logits);
  let largest = f32x4.splat(max);
  for (let k: usize = 0; k < whole; k += 16) largest = f32x4.max(largest, v128.load(logits + k));
  for (let k = whole; k < end; k += 4) max = f32.max(max, f32.load(logits + k));
  max = f32.max(max, f32.max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)));
  max = f32.max(max, f32.max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)));
  largest = f32x4.splat(max);
  let sums = f32x4.splat(0);
  for (let k: usize = 0; k < whole; k += 16) {
    const share = exp(f32x4.sub(v128.load(logits + k), largest));
    sums = f32x4.add(sums, share);
    v128.store(shares + k, share);
  }
  if (whole < end) {
    const isCounted = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count & 3));
    const share = v128.and(exp(f32x4.sub(v128.load(logits + whole), largest)), isCounted);
    sums = f32x4.add(sums, share);
    v128.store(shares + whole, share);
  }
  const total = f32x4.splat(
    f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3)),
  );
  for (let k: usize = 0; k < end; k += 16) v128.store(shares + k, f32x4.div(v128.load(shares + k), total));
}

/**
 * out[i] = scale · scales[r] · Σₖ rows[r][k] · query[k], r = indices[i], or i where `indices` is 0. Rows of 8-bit integers, the query
 * of 16-bit ones; `width` is a multiple of 16.
 */
export function dots8(
  rows: usize, scales: usize, indices: usize, query: usize, scale: f32, out: usize, count: i32, width: i32,
): void {
  const wide = <usize>width;
  for (let i = 0; i < count; i++) {
    const r = <usize>(indices == 0 ? i : load<i32>(indices + (<usize>i << 2)));
    const row = rows + r * wide;
    let left = i32x4.splat(0);
    let right = i32x4.splat(0);
    for (let k: usize = 0; k < wide; k += 16) {
      const bytes = v128.load(row + k);
      const q = query + (k << 1);
      left = i32x4.add(left, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(bytes), v128.load(q)));
      right = i32x4.add(right, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(bytes), v128.load(q, 16)));
    }
    const sums = i32x4.add(left, right);
    const sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
    f32.store(out + (<usize>i << 2), scale * f32.load(scales + (r << 2)) * <f32>sum);
  }
}
