/**
 * How sure an answer is of its order. Logits of two neighbours l₁ ≥ l₂ with variances v₁, v₂ stand in the true order with chance
 * Φ(d/√(v₁ + v₂)), d = l₁ − l₂; taken from even odds to certainty as 0 to 1, and averaged over the neighbours of the list:
 *
 *     confidence = mean of 2·Φ(d/√(v₁ + v₂)) − 1
 *
 * What two items have in common varies for both alike and cannot swap them; it counts all the same, so the figure is on the low side.
 */

/** `logits`, `variances`: of the first `count` places, in their order. 0 where there is nothing to compare. */
export function confidence(logits: Float64Array, variances: Float64Array, count: number): number {
  let sum = 0;
  for (let position = 1; position < count; position++) {
    const difference = Math.abs(logits[position - 1]! - logits[position]!);
    const variance = variances[position - 1]! + variances[position]!;
    if (difference > 0) sum += errorFunction(difference / Math.sqrt(2 * Math.max(0, variance)));
  }
  return count < 2 ? 0 : sum / (count - 1);
}

/** erf(x) = 2·Φ(x·√2) − 1 for x ≥ 0, to 1.5e-7 (Abramowitz & Stegun 1964, 7.1.26). */
function errorFunction(x: number): number {
  if (!(x < 6)) return Number.isNaN(x) ? 0 : 1;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.max(0, 1 - polynomial * Math.exp(-x * x));
}
