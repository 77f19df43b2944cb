/**
 * Fixed-share weights (Herbster & Warmuth 1998): what predicts well gains, and a part of all is shared out again in every lesson,
 * so that none falls so low that it could not come back when the world changes.
 *
 *     w ← w · exp(−rate · loss), normalised;   w ← (1 − share) · w + share / members
 */

/** Found on logs of a shop and on generated ones, with tastes that stay, drift and jump: the panel was as good as its best member. */
const rate = 0.3;
const share = 1e-4;
/** Weight with which a member is heard again. */
const entryWeight = 0.01;
/** The largest that a lesson's losses may differ by, so that one lesson never decides. */
const differenceMax = 50;

/** `losses`: [member] in nats, of a lesson of `weight`; `isHeard`: [member] 1, or 0 where it keeps weight 0. In place, from `at` on. */
export function shareWeights(
  weights: Float64Array,
  at: number,
  losses: Float64Array,
  isHeard: Uint8Array,
  weight: number,
): void {
  let least = Number.POSITIVE_INFINITY;
  let heard = 0;
  for (let m = 0; m < losses.length; m++) {
    if (isHeard[m] === 0) continue;
    heard++;
    if (losses[m]! < least) least = losses[m]!;
  }
  let total = 0;
  for (let m = 0; m < losses.length; m++) {
    if (isHeard[m] === 0) continue;
    const behind = Math.min(differenceMax, rate * weight * (losses[m]! - least));
    total += weights[at + m] = weights[at + m]! * Math.exp(-behind);
  }
  for (let m = 0; m < losses.length; m++) {
    if (isHeard[m] === 0) continue;
    weights[at + m] = ((1 - share) * weights[at + m]!) / total + share / heard;
  }
}

/** After some were switched off or came back: those not heard have 0, those heard again a little, and all sum to 1 as before. */
export function reweigh(weights: Float64Array, at: number, isHeard: Uint8Array): void {
  let total = 0;
  let heard = 0;
  for (let m = 0; m < isHeard.length; m++) {
    if (isHeard[m] === 0) weights[at + m] = 0;
    else heard++;
    total += weights[at + m]!;
  }
  let sum = 0;
  for (let m = 0; m < isHeard.length; m++) {
    if (isHeard[m] === 0) continue;
    sum += weights[at + m] = total <= 0 ? 1 / heard : weights[at + m] === 0 ? entryWeight : weights[at + m]! / total;
  }
  for (let m = 0; m < isHeard.length; m++) weights[at + m] = isHeard[m] === 0 ? 0 : weights[at + m]! / sum;
}
