/**
 * Linear learners that share one table of slots: 16 floats a slot, one cache line.
 *
 *     w₀ w₁ w₂ w₃ | n₀ n₁ n₂ n₃ | m₀ m₁ v₀ v₁ | unused
 *
 * w, n: weight and sum of squared gradients of four adaptive learners; m, v: mean and variance of two Bayesian ones, v = 0 for a
 * slot that was never taught. The plain twin of each function stands in src/kernels/linear.ts.
 */

/** sums[8 · row …]: Σw of four learners, Σm of two, Σv of two, over the slots of rows first … end − 1. */
export function score(
  cells: usize, slots: usize, starts: usize, sums: usize, first: i32, end: i32, untaught0: f32, untaught1: f32,
): void {
  const untaught = f32x4(0, 0, untaught0, untaught1);
  const zero = f32x4.splat(0);
  for (let row = first; row < end; row++) {
    let at = slots + (<usize>load<u32>(starts + (<usize>row << 2)) << 2);
    const until = slots + (<usize>load<u32>(starts + (<usize>row << 2), 4) << 2);
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    let c = f64x2.splat(0);
    let d = f64x2.splat(0);
    for (; at < until; at += 4) {
      const cell = cells + (<usize>load<u32>(at) << 6);
      const w = v128.load(cell);
      let m = v128.load(cell, 32);
      m = v128.bitselect(untaught, m, v128.and(f32x4.eq(m, zero), i32x4(0, 0, -1, -1)));
      a = f64x2.add(a, f64x2.promote_low_f32x4(w));
      b = f64x2.add(b, f64x2.promote_low_f32x4(i64x2.shuffle(w, w, 1, 0)));
      c = f64x2.add(c, f64x2.promote_low_f32x4(m));
      d = f64x2.add(d, f64x2.promote_low_f32x4(i64x2.shuffle(m, m, 1, 0)));
    }
    const out = sums + (<usize>row << 6);
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
  }
}

/**
 * Teaches the slots of one row. step: gradients of four learners, then what the means of two move by a unit of variance, then minus
 * what their variances lose by a unit of their square. rates: alpha of four learners; drift: how far variances return to `untaught`.
 */
export function update(
  cells: usize, slots: usize, starts: usize, row: i32, step: usize,
  rate0: f32, rate1: f32, rate2: f32, rate3: f32, beta: f32,
  untaught0: f32, untaught1: f32, drift0: f32, drift1: f32,
): void {
  const rates = f32x4(rate0, rate1, rate2, rate3);
  const untaught = f32x4(1, 1, untaught0, untaught1);
  const drift = f32x4(0, 0, drift0, drift1);
  let at = slots + (<usize>load<u32>(starts + (<usize>row << 2)) << 2);
  const until = slots + (<usize>load<u32>(starts + (<usize>row << 2), 4) << 2);
  for (; at < until; at += 4) teach(cells + (<usize>load<u32>(at) << 6), step, rates, f32x4.splat(beta), untaught, drift);
}

/** Teaches one slot. */
export function updateSlot(
  cells: usize, slot: u32, step: usize,
  rate0: f32, rate1: f32, rate2: f32, rate3: f32, beta: f32,
  untaught0: f32, untaught1: f32, drift0: f32, drift1: f32,
): void {
  const rates = f32x4(rate0, rate1, rate2, rate3);
  const untaught = f32x4(1, 1, untaught0, untaught1);
  teach(cells + (<usize>slot << 6), step, rates, f32x4.splat(beta), untaught, f32x4(0, 0, drift0, drift1));
}

// @ts-ignore: a decorator of the compiler
@inline
function teach(cell: usize, step: usize, rates: v128, beta: v128, untaught: v128, drift: v128): void {
  const g = v128.load(step);
  const n = f32x4.add(v128.load(cell, 16), f32x4.mul(g, g));
  v128.store(cell, n, 16);
  const down = f32x4.div(f32x4.mul(rates, g), f32x4.add(beta, f32x4.sqrt(n)));
  v128.store(cell, f32x4.sub(v128.load(cell), down));
  let m = v128.load(cell, 32);
  m = v128.bitselect(untaught, m, v128.and(f32x4.eq(m, f32x4.splat(0)), i32x4(0, 0, -1, -1)));
  const v = i64x2.shuffle(m, m, 1, 1);
  // 1 for the means, v for the variances.
  const weight = i64x2.shuffle(f32x4.splat(1), v, 0, 2);
  m = f32x4.add(m, f32x4.mul(f32x4.mul(v, v128.load(step, 16)), weight));
  m = f32x4.add(m, f32x4.mul(drift, f32x4.sub(untaught, m)));
  v128.store(cell, m, 32);
}
