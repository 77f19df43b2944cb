/**
 * Field-weighted factorisation machines on vectors of 16 floats; the plain twin of each function, with what the arguments mean, stands
 * in src/kernels/embeddings.ts and gives the same bits: the order of every sum is the same.
 */

import { add, addProducts, dot, lanes, step, vectorAt, weightAt } from "./parts/vectors";

const rowMask: u32 = 0xffffff;

/** Fields of the row at hand that say something: where the vector begins, and the field's place. Room for 256 of them. */
let present: usize = 0;

/** Where to note them: 2,048 bytes. */
export function use(address: usize): void {
  present = address;
}

/** Notes the fields of a row that say something; answers how many. */
@inline
function sift(vectors: usize, cells: usize, width: i32): i32 {
  let count = 0;
  for (let f = 0; f < width; f++) {
    const row = load<i32>(cells + (<usize>f << 2));
    if (row < 0) continue;
    const at = present + (<usize>count << 3);
    store<u32>(at, <u32>vectorAt(vectors, row));
    store<i32>(at, f, 4);
    count++;
  }
  return count;
}

@inline
function vectorOf(p: i32): usize {
  return <usize>load<u32>(present + (<usize>p << 3));
}

@inline
function fieldOf(p: i32): i32 {
  return load<i32>(present + (<usize>p << 3), 4);
}

@inline
function hash(field: i32, code: i32): u32 {
  let x: u32 = (<u32>code * 0x9e3779b1) ^ (<u32>field * 0x85ebca77);
  x ^= x >> 16;
  x *= 0x85ebca6b;
  x ^= x >> 13;
  x *= 0xc2b2ae35;
  return x ^ (x >> 16);
}

export function find(index: usize, mask: u32, codes: usize, fields: usize, width: i32, count: i32, cells: usize): void {
  let at: usize = 0;
  for (let i = 0; i < count; i++) {
    for (let f = 0; f < width; f++, at += 4) {
      const code = load<i32>(codes + at);
      let row = -1;
      if (code != i32.MIN_VALUE) {
        const field = load<i32>(fields + (<usize>f << 2)) + 1;
        let slot = hash(field, code) & mask;
        for (;;) {
          const entry = index + (<usize>slot << 3);
          const tag = load<u32>(entry, 4);
          if (tag == 0) break;
          if (load<i32>(entry) == code && <i32>(tag >> 24) == field) {
            row = <i32>(tag & rowMask);
            break;
          }
          slot = (slot + 1) & mask;
        }
      }
      store<i32>(cells + at, row);
    }
  }
}

export function request(vectors: usize, cells: usize, shared: i32, own: i32, weights: usize, half: usize): void {
  const stride = shared + own;
  const count = sift(vectors, cells, shared);
  memory.fill(half, 0, <usize>own << 6);
  let sum: f32 = 0;
  for (let p = 0; p < count; p++) {
    const s = fieldOf(p);
    const v = vectorOf(p);
    const r = weights + (<usize>(s * stride) << 2);
    sum += load<f32>(weightAt(vectors, load<i32>(cells + (<usize>s << 2))));
    for (let q = 0; q < p; q++) sum += load<f32>(r + (<usize>fieldOf(q) << 2)) * dot(v, vectorOf(q));
    for (let o = 0; o < own; o++) add(half + (<usize>o << 6), load<f32>(r + (<usize>(shared + o) << 2)), v);
  }
  store<f32>(half + (<usize>own << 6), sum);
}

export function score(
  vectors: usize, cells: usize, count: i32, shared: i32, own: i32, weights: usize, half: usize, out: usize,
): void {
  const stride = shared + own;
  const pairs = weights + (<usize>(shared * stride + shared) << 2);
  const start = load<f32>(half + (<usize>own << 6));
  for (let i = 0; i < count; i++) {
    const row = cells + (<usize>(i * own) << 2);
    const fields = sift(vectors, row, own);
    let linear = start;
    let sum = f32x4.splat(0);
    for (let p = 0; p < fields; p++) {
      const o = fieldOf(p);
      const v = vectorOf(p);
      const u = half + (<usize>o << 6);
      const r = pairs + (<usize>(o * stride) << 2);
      linear += load<f32>(weightAt(vectors, load<i32>(row + (<usize>o << 2))));
      let t0 = v128.load(u);
      let t1 = v128.load(u, 16);
      let t2 = v128.load(u, 32);
      let t3 = v128.load(u, 48);
      for (let q = 0; q < p; q++) {
        const w = vectorOf(q);
        const by = v128.load32_splat(r + (<usize>fieldOf(q) << 2));
        t0 = f32x4.add(t0, f32x4.mul(by, v128.load(w)));
        t1 = f32x4.add(t1, f32x4.mul(by, v128.load(w, 16)));
        t2 = f32x4.add(t2, f32x4.mul(by, v128.load(w, 32)));
        t3 = f32x4.add(t3, f32x4.mul(by, v128.load(w, 48)));
      }
      sum = f32x4.add(sum, f32x4.mul(v128.load(v), t0));
      sum = f32x4.add(sum, f32x4.mul(v128.load(v, 16), t1));
      sum = f32x4.add(sum, f32x4.mul(v128.load(v, 32), t2));
      sum = f32x4.add(sum, f32x4.mul(v128.load(v, 48), t3));
    }
    store<f32>(out + (<usize>i << 2), linear + lanes(sum));
  }
}

export function teach(
  vectors: usize, cells: usize, count: i32, shared: i32, own: i32, weights: usize, half: usize,
  errors: usize, totals: usize, gradients: usize, scratch: usize,
  rate: f32, linearRate: f32, start: f32, shrink: f32,
): void {
  const stride = shared + own;
  const corner = shared * stride + shared;
  for (let i = 0; i < count; i++) {
    const error = load<f32>(errors + (<usize>i << 2));
    if (error == 0) continue;
    const by = f32x4.splat(error);
    const row = cells + (<usize>(i * own) << 2);
    const fields = sift(vectors, row, own);
    for (let p = 0; p < fields; p++) {
      const o = fieldOf(p);
      const v = vectorOf(p);
      const t = scratch + (<usize>o << 6);
      const u = half + (<usize>o << 6);
      const across = corner + o * stride;
      const e0 = f32x4.mul(by, v128.load(v));
      const e1 = f32x4.mul(by, v128.load(v, 16));
      const e2 = f32x4.mul(by, v128.load(v, 32));
      const e3 = f32x4.mul(by, v128.load(v, 48));
      let t0 = v128.load(u);
      let t1 = v128.load(u, 16);
      let t2 = v128.load(u, 32);
      let t3 = v128.load(u, 48);
      for (let q = 0; q < fields; q++) {
        if (q == p) continue;
        const w = vectorOf(q);
        const pair = across + fieldOf(q);
        const r = v128.load32_splat(weights + (<usize>pair << 2));
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        const w2 = v128.load(w, 32);
        const w3 = v128.load(w, 48);
        t0 = f32x4.add(t0, f32x4.mul(r, w0));
        t1 = f32x4.add(t1, f32x4.mul(r, w1));
        t2 = f32x4.add(t2, f32x4.mul(r, w2));
        t3 = f32x4.add(t3, f32x4.mul(r, w3));
        if (q < p) {
          const g = gradients + (<usize>pair << 4);
          let sum = f32x4.add(v128.load(g), f32x4.mul(e0, w0));
          sum = f32x4.add(sum, f32x4.mul(e1, w1));
          sum = f32x4.add(sum, f32x4.mul(e2, w2));
          v128.store(g, f32x4.add(sum, f32x4.mul(e3, w3)));
        }
      }
      v128.store(t, f32x4.mul(by, t0));
      v128.store(t, f32x4.mul(by, t1), 16);
      v128.store(t, f32x4.mul(by, t2), 32);
      v128.store(t, f32x4.mul(by, t3), 48);
      const total = totals + (<usize>o << 6);
      v128.store(total, f32x4.add(v128.load(total), e0));
      v128.store(total, f32x4.add(v128.load(total, 16), e1), 16);
      v128.store(total, f32x4.add(v128.load(total, 32), e2), 32);
      v128.store(total, f32x4.add(v128.load(total, 48), e3), 48);
    }
    for (let p = 0; p < fields; p++) {
      const o = fieldOf(p);
      const cell = load<i32>(row + (<usize>o << 2));
      const t = scratch + (<usize>o << 6);
      step(vectors, cell, v128.load(t), v128.load(t, 16), v128.load(t, 32), v128.load(t, 48), error, rate, linearRate, start, shrink);
    }
    const total = totals + (<usize>own << 6);
    store<f32>(total, load<f32>(total) + error);
  }
}

export function teachRequest(
  vectors: usize, cells: usize, shared: i32, own: i32, weights: usize,
  totals: usize, gradients: usize, scratch: usize,
  rate: f32, linearRate: f32, start: f32, shrink: f32,
): void {
  const stride = shared + own;
  const error = load<f32>(totals + (<usize>own << 6));
  const count = sift(vectors, cells, shared);
  for (let p = 0; p < count; p++) {
    const s = fieldOf(p);
    const v = vectorOf(p);
    const t = scratch + (<usize>s << 6);
    memory.fill(t, 0, 64);
    for (let q = 0; q < count; q++) {
      if (q == p) continue;
      const w = vectorOf(q);
      const pair = s * stride + fieldOf(q);
      add(t, error * load<f32>(weights + (<usize>pair << 2)), w);
      if (q < p) addProducts(gradients + (<usize>pair << 4), error, v, w);
    }
    for (let o = 0; o < own; o++) {
      const pair = s * stride + shared + o;
      const total = totals + (<usize>o << 6);
      add(t, load<f32>(weights + (<usize>pair << 2)), total);
      addProducts(gradients + (<usize>pair << 4), 1, v, total);
    }
  }
  for (let p = 0; p < count; p++) {
    const s = fieldOf(p);
    const cell = load<i32>(cells + (<usize>s << 2));
    const t = scratch + (<usize>s << 6);
    step(vectors, cell, v128.load(t), v128.load(t, 16), v128.load(t, 32), v128.load(t, 48), error, rate, linearRate, start, shrink);
  }
}

export function teachPairs(weights: usize, squares: usize, gradients: usize, width: i32, rate: f32, start: f32): void {
  for (let a = 0; a < width; a++) {
    for (let b = 0; b < width; b++) {
      const pair = <usize>(a * width + b);
      const lane = v128.load(gradients + (pair << 4));
      if (!v128.any_true(lane)) continue;
      const gradient = lanes(lane);
      const sum = load<f32>(squares + (pair << 2)) + gradient * gradient;
      store<f32>(squares + (pair << 2), sum);
      const moved = load<f32>(weights + (pair << 2)) - (rate * gradient) / sqrt<f32>(start + sum);
      store<f32>(weights + (pair << 2), moved);
      store<f32>(weights + (<usize>(b * width + a) << 2), moved);
    }
  }
}
