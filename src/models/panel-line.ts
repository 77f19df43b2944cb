/**
 * Lines that turn a logit into one that holds: chance = σ(offset + slope · x) (Platt scaling), learned online by Newton's steps with
 * forgetting, a lesson of so many rows at a time:
 *
 *     H ← e^(−rows/horizon) · H + Σ p(1−p) (1, x)(1, x)ᵀ
 *     (offset, slope) −= (H + R)⁻¹ (Σ (p−y) (1, x) + rows/horizon · R · ((offset, slope) − (0, 1)))
 *
 * R, the pull towards a line that changes nothing, is what is believed before the first row. Of a softmax the offset falls out and
 * the slope alone is learned, from the variance of x under the shares.
 */
import { verdict } from "../core/lesson.ts";

/** Numbers of one line: offset, slope, the curvature's three (H₀₀, H₀₁, H₁₁), and rows seen, decayed like it. */
export const lineWidth = 6;
const seenAt = 5;
/** Numbers that judging adds up: the gradient's two and the curvature's three. */
export const sumsWidth = 5;

/** Rows after which what a row said counts 1/e. */
const horizonRows = 50_000;
/** Softmax lists after which what a list said counts 1/e. */
const horizonLists = 5_000;
/**
 * A young line forgets faster: what it saw first, it saw of learners that knew nothing. Its horizon begins as this share of the
 * last one and grows by so much a row seen, so that at n rows what was said at row s weighs about (s/n)².
 */
const youngest = 0.004;
const growth = 1.5;
/** R, on the diagonal. */
const pull = 10;
/** A line is fitted to logits within this; beyond, they weigh as if they stood at it. */
const fittedMax = 20;
/** Below the best of a list by more than this is as good as never chosen; what is squared stays finite. */
const deepest = 1e6;
const slopeMin = 0.05;
const slopeMax = 20;
const stepMax = 0.5;
/** No chance counts as smaller, so that one row never costs everything. */
const chanceMin = 1e-15;

export function startLine(lines: Float64Array, at: number): void {
  lines.fill(0, at, at + lineWidth);
  lines[at + 1] = 1;
}

/** What a line learned elsewhere is a beginning here, soon outweighed: its curvature counts as much as that of `share`. */
export function copyLine(lines: Float64Array, from: number, to: number, share: number): void {
  lines.copyWithin(to, from, from + lineWidth);
  for (let k = 2; k < lineWidth; k++) lines[to + k] = lines[to + k]! * share;
}

/**
 * Of the taught rows (chosen or passed over) with logits `xs`: log-loss under the line in nats, rows beside it; adds gradient and
 * curvature to `sums`. Takes xs[i] as finite.
 */
export function judgeChances(
  lines: Float64Array,
  at: number,
  xs: Float64Array,
  verdicts: Uint8Array,
  count: number,
  sums: Float64Array,
): number {
  const offset = lines[at]!;
  const slope = lines[at + 1]!;
  let loss = 0;
  // Of the chances of what came about; its logarithm is taken once for many rows.
  let likelihood = 1;
  let g0 = 0;
  let g1 = 0;
  let h00 = 0;
  let h01 = 0;
  let h11 = 0;
  for (let i = 0; i < count; i++) {
    const said = verdicts[i]!;
    if (said !== verdict.chosen && said !== verdict.passedOver) continue;
    const given = xs[i]!;
    const x = given > fittedMax ? fittedMax : given < -fittedMax ? -fittedMax : given;
    const chance = 1 / (1 + Math.exp(-(offset + slope * x)));
    const error = said === verdict.chosen ? chance - 1 : chance;
    const curvature = chance * (1 - chance);
    likelihood *= Math.max(chanceMin, error < 0 ? chance : 1 - chance);
    if (likelihood < chanceMin) {
      loss -= Math.log(likelihood);
      likelihood = 1;
    }
    g0 += error;
    g1 += error * x;
    h00 += curvature;
    h01 += curvature * x;
    h11 += curvature * x * x;
  }
  sums[0] = g0;
  sums[1] = g1;
  sums[2] = h00;
  sums[3] = h01;
  sums[4] = h11;
  return loss - Math.log(likelihood);
}

/** As {@link judgeChances} for the softmax of slope · x over the list: −Σ y log share, the choices having equal parts of y. */
export function judgeShares(
  lines: Float64Array,
  at: number,
  xs: Float64Array,
  verdicts: Uint8Array,
  count: number,
  sums: Float64Array,
): number {
  const slope = lines[at + 1]!;
  let max = Number.NEGATIVE_INFINITY;
  let chosen = 0;
  let chosenSum = 0;
  for (let i = 0; i < count; i++) {
    if (verdicts[i] === verdict.chosenBefore) continue;
    if (xs[i]! > max) max = xs[i]!;
    if (verdicts[i] !== verdict.chosen) continue;
    chosen++;
    chosenSum += xs[i]!;
  }
  sums.fill(0);
  if (chosen === 0) return 0;
  let total = 0;
  let first = 0;
  let second = 0;
  for (let i = 0; i < count; i++) {
    if (verdicts[i] === verdict.chosenBefore) continue;
    const below = Math.max(-deepest, xs[i]! - max);
    const share = Math.exp(slope * below);
    total += share;
    first += share * below;
    second += share * below * below;
  }
  const mean = first / total;
  const above = Math.max(-deepest, Math.min(0, chosenSum / chosen - max));
  sums[1] = mean - above;
  sums[4] = Math.max(0, Math.min(fittedMax * fittedMax, second / total - mean * mean));
  return Math.min(-Math.log(chanceMin), Math.log(total) - slope * above);
}

/** One step of a line by what `sums` says of `rows` rows, each of `weight`; of shares, rows are lists. */
export function stepLine(
  lines: Float64Array,
  at: number,
  sums: Float64Array,
  rows: number,
  weight: number,
  isShares: boolean,
): void {
  const horizon = isShares ? horizonLists : horizonRows;
  const seen = rows * weight;
  const keep = Math.exp(-seen / Math.min(horizon, horizon * youngest + growth * lines[at + seenAt]!));
  lines[at + seenAt] = lines[at + seenAt]! * keep + seen;
  for (let k = 2; k < seenAt; k++) lines[at + k] = lines[at + k]! * keep + weight * sums[k]!;
  const back = (seen / horizon) * pull;
  const g0 = weight * sums[0]! + back * lines[at]!;
  const g1 = weight * sums[1]! + back * (lines[at + 1]! - 1);
  const h00 = lines[at + 2]! + pull;
  const h01 = lines[at + 3]!;
  const h11 = lines[at + 4]! + pull;
  const determinant = h00 * h11 - h01 * h01;
  const step0 = (h11 * g0 - h01 * g1) / determinant;
  const step1 = (h00 * g1 - h01 * g0) / determinant;
  if (!isShares) lines[at] = lines[at]! - bounded(step0, stepMax);
  lines[at + 1] = Math.max(slopeMin, Math.min(slopeMax, lines[at + 1]! - bounded(step1, stepMax)));
}

const bounded = (value: number, max: number): number => Math.max(-max, Math.min(max, value));
