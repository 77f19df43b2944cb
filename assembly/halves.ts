/**
 * Plain factorisation machines on vectors of 16 floats; the plain twin of each function, with what the arguments mean, stands in
 * src/kernels/halves.ts and gives the same bits: the order of every sum is the same.
 */
import { dot, lanes, step, vectorAt, weightAt } from "./parts/vectors";

export function request(vectors: usize, cells: usize, width: i32, half: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let squares = s0;
  let linear: f32 = 0;
  for (let f = 0; f < width; f++) {
    const row = load<i32>(cells + (<usize>f << 2));
    if (row < 0) continue;
    const v = vectorAt(vectors, row);
    const v0 = v128.load(v);
    const v1 = v128.load(v, 16);
    const v2 = v128.load(v, 32);
    const v3 = v128.load(v, 48);
    linear += load<f32>(weightAt(vectors, row));
    s0 = f32x4.add(s0, v0);
    s1 = f32x4.add(s1, v1);
    s2 = f32x4.add(s2, v2);
    s3 = f32x4.add(s3, v3);
    squares = f32x4.add(squares, f32x4.mul(v0, v0));
    squares = f32x4.add(squares, f32x4.mul(v1, v1));
    squares = f32x4.add(squares, f32x4.mul(v2, v2));
    squares = f32x4.add(squares, f32x4.mul(v3, v3));
  }
  v128.store(half, s0);
  v128.store(half, s1, 16);
  v128.store(half, s2, 32);
  v128.store(half, s3, 48);
  store<f32>(half, linear + 0.5 * (dot(half, half) - lanes(squares)), 64);
}

export function score(vectors: usize, cells: usize, count: i32, own: i32, half: usize, out: usize): void {
  const u0 = v128.load(half);
  const u1 = v128.load(half, 16);
  const u2 = v128.load(half, 32);
  const u3 = v128.load(half, 48);
  const start = load<f32>(half, 64);
  const halved = f32x4.splat(0.5);
  let at = cells;
  for (let i = 0; i < count; i++) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let squares = s0;
    let linear = start;
    for (let o = 0; o < own; o++, at += 4) {
      const row = load<i32>(at);
      if (row < 0) continue;
      const v = vectorAt(vectors, row);
      const v0 = v128.load(v);
      const v1 = v128.load(v, 16);
      const v2 = v128.load(v, 32);
      const v3 = v128.load(v, 48);
      linear += load<f32>(weightAt(vectors, row));
      s0 = f32x4.add(s0, v0);
      s1 = f32x4.add(s1, v1);
      s2 = f32x4.add(s2, v2);
      s3 = f32x4.add(s3, v3);
      squares = f32x4.add(squares, f32x4.mul(v0, v0));
      squares = f32x4.add(squares, f32x4.mul(v1, v1));
      squares = f32x4.add(squares, f32x4.mul(v2, v2));
      squares = f32x4.add(squares, f32x4.mul(v3, v3));
    }
    let sum = f32x4.mul(s0, f32x4.add(u0, f32x4.mul(halved, s0)));
    sum = f32x4.add(sum, f32x4.mul(s1, f32x4.add(u1, f32x4.mul(halved, s1))));
    sum = f32x4.add(sum, f32x4.mul(s2, f32x4.add(u2, f32x4.mul(halved, s2))));
    sum = f32x4.add(sum, f32x4.mul(s3, f32x4.add(u3, f32x4.mul(halved, s3))));
    store<f32>(out + (<usize>i << 2), linear + lanes(f32x4.sub(sum, f32x4.mul(halved, squares))));
  }
}

export function teach(
  vectors: usize, cells: usize, count: i32, own: i32, half: usize, errors: usize, totals: usize,
  rate: f32, linearRate: f32, start: f32, shrink: f32,
): void {
  const u0 = v128.load(half);
  const u1 = v128.load(half, 16);
  const u2 = v128.load(half, 32);
  const u3 = v128.load(half, 48);
  for (let i = 0; i < count; i++) {
    const error = load<f32>(errors + (<usize>i << 2));
    if (error == 0) continue;
    const by = f32x4.splat(error);
    const row = cells + (<usize>(i * own) << 2);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let o = 0; o < own; o++) {
      const cell = load<i32>(row + (<usize>o << 2));
      if (cell < 0) continue;
      const v = vectorAt(vectors, cell);
      s0 = f32x4.add(s0, v128.load(v));
      s1 = f32x4.add(s1, v128.load(v, 16));
      s2 = f32x4.add(s2, v128.load(v, 32));
      s3 = f32x4.add(s3, v128.load(v, 48));
    }
    v128.store(totals, f32x4.add(v128.load(totals), f32x4.mul(by, s0)));
    v128.store(totals, f32x4.add(v128.load(totals, 16), f32x4.mul(by, s1)), 16);
    v128.store(totals, f32x4.add(v128.load(totals, 32), f32x4.mul(by, s2)), 32);
    v128.store(totals, f32x4.add(v128.load(totals, 48), f32x4.mul(by, s3)), 48);
    store<f32>(totals, load<f32>(totals, 64) + error, 64);
    s0 = f32x4.add(u0, s0);
    s1 = f32x4.add(u1, s1);
    s2 = f32x4.add(u2, s2);
    s3 = f32x4.add(u3, s3);
    for (let o = 0; o < own; o++) {
      const cell = load<i32>(row + (<usize>o << 2));
      if (cell < 0) continue;
      const v = vectorAt(vectors, cell);
      const g0 = f32x4.mul(by, f32x4.sub(s0, v128.load(v)));
      const g1 = f32x4.mul(by, f32x4.sub(s1, v128.load(v, 16)));
      const g2 = f32x4.mul(by, f32x4.sub(s2, v128.load(v, 32)));
      const g3 = f32x4.mul(by, f32x4.sub(s3, v128.load(v, 48)));
      step(vectors, cell, g0, g1, g2, g3, error, rate, linearRate, start, shrink);
    }
  }
}

export function teachRequest(
  vectors: usize, cells: usize, width: i32, half: usize, totals: usize,
  rate: f32, linearRate: f32, start: f32, shrink: f32,
): void {
  const error = load<f32>(totals, 64);
  const by = f32x4.splat(error);
  for (let f = 0; f < width; f++) {
    const cell = load<i32>(cells + (<usize>f << 2));
    if (cell < 0) continue;
    const v = vectorAt(vectors, cell);
    const g0 = f32x4.add(v128.load(totals), f32x4.mul(by, f32x4.sub(v128.load(half), v128.load(v))));
    const g1 = f32x4.add(v128.load(totals, 16), f32x4.mul(by, f32x4.sub(v128.load(half, 16), v128.load(v, 16))));
    const g2 = f32x4.add(v128.load(totals, 32), f32x4.mul(by, f32x4.sub(v128.load(half, 32), v128.load(v, 32))));
    const g3 = f32x4.add(v128.load(totals, 48), f32x4.mul(by, f32x4.sub(v128.load(half, 48), v128.load(v, 48))));
    step(vectors, cell, g0, g1, g2, g3, error, rate, linearRate, start, shrink);
  }
}
