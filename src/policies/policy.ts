/** The contract of a policy: scored candidates → slate. The only step that may use chance; it says the probability of what it chose. */
export interface Policy {
  readonly name: string;
  /**
   * Writes the indexes of the chosen candidates to `chosen`, top first, and to `propensity` the probability of each given those above
   * it; returns how many, at most `size`. Equal scores keep the order of the candidates.
   */
  choose(scores: Float64Array, count: number, size: number, chosen: Int32Array, propensity: Float64Array): number;
}
