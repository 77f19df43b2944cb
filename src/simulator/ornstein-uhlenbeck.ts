import type { Random } from "../core/random.ts";

export interface OrnsteinUhlenbeckOptions {
  /** Values at step 0; drawn from the stationary distribution, they stay in it. */
  readonly start: Float32Array;
  /** [i] stationary standard deviation of process i, around 0. */
  readonly deviation: ArrayLike<number>;
  /** Steps after which a deviation has fallen to 1/e in the mean. > 0. */
  readonly timeConstant: number;
  readonly chance: Random;
}

/**
 * Independent Ornstein–Uhlenbeck processes around 0, at whole steps from 0, by their exact transition:
 *
 *     x(t + 1) = r · x(t) + deviation · √(1 − r²) · normal,   r = e^(−1 / timeConstant)
 *
 * Steps are made when first asked for and all are kept, so any may be asked for in any order; the arrays are not to be written.
 */
export function ornsteinUhlenbeck({ start, deviation, timeConstant, chance }: OrnsteinUhlenbeckOptions) {
  const keep = Math.exp(-1 / timeConstant);
  const spread = Math.sqrt(1 - keep * keep);
  const steps = [start];
  return (step: number): Float32Array => {
    while (steps.length <= step) {
      const last = steps.at(-1)!;
      steps.push(last.map((value, i) => keep * value + spread * deviation[i]! * chance.normal()));
    }
    return steps[Math.max(0, step)]!;
  };
}
