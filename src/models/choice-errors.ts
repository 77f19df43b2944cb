/**
 * How far a softmax over candidates is from what was chosen, candidate by candidate: the gradient of its loss by the logits.
 *
 *     eᵢ = P(i) − yᵢ + 3 · (P(i)/P(group) − yᵢ/y(group)), with y the choices' shares and the group the repeated or the new items:
 *     the second part ranks within the group, and is 0 where nothing of the group was chosen.
 */
import { verdict } from "../core/lesson.ts";

/** Weight of ranking within the group. */
const withinGroup = 3;

export class ChoiceErrors {
  /** [candidate] e, times the lesson's weight. */
  error = new Float64Array(512);
  /** [new | repeated]: largest logit, Σ exp(logit − largest), choices. */
  readonly #max = new Float64Array(2);
  readonly #total = new Float64Array(2);
  readonly #chosen = new Float64Array(2);

  /**
   * `logits[i]` and `groups[i]` (0 new, 1 repeated) of `count` candidates. False, and nothing is said, where none was chosen.
   */
  measure(count: number, logits: Float64Array, groups: Uint8Array, verdicts: Uint8Array, weight: number): boolean {
    if (this.error.length < count) this.error = new Float64Array(count * 2);
    const shares = this.error;
    const [groupMax, groupTotal, groupChosen] = [this.#max, this.#total, this.#chosen];
    groupMax.fill(Number.NEGATIVE_INFINITY);
    groupTotal.fill(0);
    groupChosen.fill(0);
    for (let i = 0; i < count; i++) {
      const group = groups[i]!;
      if (logits[i]! > groupMax[group]!) groupMax[group] = logits[i]!;
      if (verdicts[i] === verdict.chosen) groupChosen[group]!++;
    }
    const chosen = groupChosen[0]! + groupChosen[1]!;
    if (chosen === 0) return false;
    // Each group by its own largest, or the shares of one that the other outshines would be lost in rounding.
    for (let i = 0; i < count; i++) {
      const group = groups[i]!;
      groupTotal[group]! += shares[i] = Math.exp(logits[i]! - groupMax[group]!);
    }
    const max = Math.max(groupMax[0]!, groupMax[1]!);
    const fresh = groupTotal[0]! * Math.exp(groupMax[0]! - max);
    const again = groupTotal[1]! * Math.exp(groupMax[1]! - max);
    for (let i = 0; i < count; i++) {
      const group = groups[i]!;
      const isChosen = verdicts[i] === verdict.chosen;
      const inGroup = shares[i]! / groupTotal[group]!;
      const overall = (inGroup * (group === 0 ? fresh : again)) / (fresh + again);
      const within = groupChosen[group] === 0 ? 0 : inGroup - (isChosen ? 1 / groupChosen[group]! : 0);
      this.error[i] = weight * (overall - (isChosen ? 1 / chosen : 0) + withinGroup * within);
    }
    return true;
  }
}
