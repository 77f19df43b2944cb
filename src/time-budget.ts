/** How many candidates fit into the time that a caller gives, by what candidates cost lately. */

/** Of the time that is left: the rest is for logging the list and sending it. */
const shareForWork = 0.5;
/** Before anything was measured. */
const microsAtFirst = 10;
const candidatesAtFirst = 200;
const microsAtLeast = 0.1;
/** What each request leaves of the ones before it. */
const memory = 0.95;
/** A pause that has nothing to do with the candidates counts at most so many times what they cost before. */
const surpriseMax = 4;

export class TimeBudget {
  #micros = microsAtFirst * candidatesAtFirst;
  #candidates = candidatesAtFirst;

  /** µs. The ratio of two decayed sums, so that long lists, where it matters, count most. */
  get microsPerCandidate(): number {
    return Math.max(microsAtLeast, this.#micros / this.#candidates);
  }

  observe(candidates: number, tookMs: number): void {
    if (candidates === 0) return;
    const micros = Math.min(tookMs * 1000, this.microsPerCandidate * candidates * surpriseMax);
    this.#micros = this.#micros * memory + micros;
    this.#candidates = this.#candidates * memory + candidates;
  }

  /** At least one: a request whose time is not over gets an answer. */
  fitting(leftMs: number): number {
    return Math.max(1, Math.floor((leftMs * 1000 * shareForWork) / this.microsPerCandidate));
  }
}
