/** Always the highest score: every propensity is 1. */
import type { Policy } from "./policy.ts";

let order = new Int32Array(512);

export const greedy: Policy = {
  name: "greedy",
  choose(scores, count, size, chosen, propensity) {
    if (order.length < count) order = new Int32Array(count * 2);
    const sorted = order.subarray(0, count);
    for (let i = 0; i < count; i++) sorted[i] = i;
    sorted.sort((a, b) => scores[b]! - scores[a]! || a - b);
    const taken = Math.min(size, count);
    for (let i = 0; i < taken; i++) {
      chosen[i] = sorted[i]!;
      propensity[i] = 1;
    }
    return taken;
  },
};
