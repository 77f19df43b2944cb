/** Gradients of one lesson by the logits of its rows. Each is added to `out`. */
import { type Lesson, verdict } from "../core/lesson.ts";

/** `scale` · (σ(logit) − chosen), the gradient of the logistic loss, of each row that was chosen or passed over. */
export function addPointwise(
  logits: Float64Array,
  { rows, verdict: said }: Lesson,
  scale: number,
  out: Float64Array,
): void {
  if (scale === 0) return;
  for (let i = 0; i < rows.count; i++) {
    if (said[i] !== verdict.chosen && said[i] !== verdict.passedOver) continue;
    out[i]! += scale * (1 / (1 + Math.exp(-logits[i]!)) - (said[i] === verdict.chosen ? 1 : 0));
  }
}

/**
 * `scale` · (softmax over the list − 1 for the chosen), the gradient of the list-wise loss −log softmax; nothing for rows chosen
 * before, which no longer compete. Several chosen share the mass.
 */
export function addSoftmax(
  logits: Float64Array,
  { rows, verdict: said }: Lesson,
  scale: number,
  out: Float64Array,
): void {
  if (scale === 0) return;
  let max = Number.NEGATIVE_INFINITY;
  let chosen = 0;
  for (let i = 0; i < rows.count; i++) {
    if (said[i] === verdict.chosenBefore) continue;
    if (logits[i]! > max) max = logits[i]!;
    if (said[i] === verdict.chosen) chosen++;
  }
  if (chosen === 0) return;
  let total = 0;
  for (let i = 0; i < rows.count; i++) if (said[i] !== verdict.chosenBefore) total += Math.exp(logits[i]! - max);
  for (let i = 0; i < rows.count; i++) {
    if (said[i] === verdict.chosenBefore) continue;
    const share = Math.exp(logits[i]! - max) / total;
    out[i]! += scale * (share - (said[i] === verdict.chosen ? 1 / chosen : 0));
  }
}

/** Logits below the best are cut here, so that shares stay above 0. */
const depthMax = 50;
/** Rows between the two of a pair at most: what it costs grows with the square. */
const reachMax = 50;

let exponentials = new Float64Array(64);
/** [place] Σ of the exponentials of that place and all below it. */
let below = new Float64Array(65);
let rowAt = new Int32Array(64);

/**
 * Pairwise differentiable gradient descent (Oosterhuis & de Rijke 2018, eq. 9–12): of each chosen row i against each row j that was
 * looked at and not chosen,
 *
 *     rho · σ(sᵢ − sⱼ) · σ(sⱼ − sᵢ) · (∇sⱼ − ∇sᵢ),   rho = P(R*) / (P(R) + P(R*))
 *
 * P(R): chance of the shown order under the logits (Plackett–Luce), R* with i and j exchanged. P(R*)/P(R) is the product over the
 * places after the upper of both, down to the lower, of Dₖ / (Dₖ − e^lower + e^upper), Dₖ the sum of the exponentials from place k on.
 *
 * Looked at are the rows above i and one below. In lists that somebody else ordered, all rows count: place is a feature there, and of
 * pairs with rows above alone a model would learn that lower is better.
 */
export function addPairwise(logits: Float64Array, lesson: Lesson, scale: number, out: Float64Array): void {
  const said = lesson.verdict;
  if (scale === 0) return;
  const count = shownOrder(lesson);
  if (count < 2) return;
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) max = Math.max(max, logits[rowAt[k]!]!);
  below[count] = 0;
  for (let k = count - 1; k >= 0; k--) {
    exponentials[k] = Math.exp(Math.max(-depthMax, logits[rowAt[k]!]! - max));
    below[k] = below[k + 1]! + exponentials[k]!;
  }
  for (let c = 0; c < count; c++) {
    if (said[rowAt[c]!] !== verdict.chosen) continue;
    const last = Math.min(count - 1, c + (lesson.orderedByEngine ? 1 : reachMax));
    for (let k = Math.max(0, c - reachMax); k <= last; k++) {
      if (said[rowAt[k]!] === verdict.chosen) continue;
      const rho = exchangedShare(Math.min(c, k), Math.max(c, k));
      const [chosen, other] = [exponentials[c]!, exponentials[k]!];
      const pull = (scale * rho * chosen * other) / (chosen + other) ** 2;
      out[rowAt[c]!]! -= pull;
      out[rowAt[k]!]! += pull;
    }
  }
}

/** rho of the rows at two places. */
function exchangedShare(upper: number, lower: number): number {
  let ratio = 1;
  for (let k = upper + 1; k <= lower; k++) {
    // The row that moved down is among what is left, so the sum is never below its own exponential.
    const exchanged = Math.max(exponentials[upper]!, below[k]! - exponentials[lower]! + exponentials[upper]!);
    ratio *= below[k]! / exchanged;
  }
  // Infinite or 0 it may be: a share is 1 or 0 then.
  return 1 / (1 + 1 / ratio);
}

/** Rows that compete, by the place at which they were shown; answers how many. */
function shownOrder({ rows, verdict: said, position }: Lesson): number {
  if (rowAt.length < rows.count) {
    rowAt = new Int32Array(2 * rows.count);
    exponentials = new Float64Array(2 * rows.count);
    below = new Float64Array(2 * rows.count + 1);
  }
  let count = 0;
  let isSorted = true;
  for (let i = 0; i < rows.count; i++) {
    if (said[i] === verdict.chosenBefore) continue;
    if (count > 0 && position[i]! < position[rowAt[count - 1]!]!) isSorted = false;
    rowAt[count++] = i;
  }
  if (!isSorted) rowAt.subarray(0, count).sort((a, b) => position[a]! - position[b]! || a - b);
  return count;
}
