/** What each retriever says of a candidate, relative to its best: the logarithm of the strength, and the rank. */
import type { Request } from "../core/request.ts";
import type { Pool } from "../core/retrieved.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { type Feature, number } from "./feature.ts";

/** Strengths below e^−7 of the best count as none; so do ranks beyond this. */
const foldsMax = 7;
const rankMax = 300;

/** `retrievers`: their names, in the order of the pool. */
export function retrieved(retrievers: readonly string[]): Feature<Pool> {
  return {
    name: "retrieved",
    columns: retrievers.flatMap((name) => [number(`${name}.strength`), number(`${name}.rank`)]),
    state: state("feature.retrieved", 1, []),
    read(_request: Request, pool: Pool, { dense, width }: Rows, column: number) {
      for (let r = 0; r < retrievers.length; r++) {
        const strength = pool.strength[r]!;
        const rank = pool.rank[r]!;
        const best = pool.best[r]! + 1e-12;
        for (let i = 0; i < pool.count; i++) {
          const at = i * width + column + 2 * r;
          const relative = strength[i]! / best;
          dense[at] = relative > 1e-6 ? Math.max(0, 1 + Math.log(relative) / foldsMax) : 0;
          dense[at + 1] = rank[i]! > 0 ? Math.max(0, 1 - Math.log(rank[i]!) / Math.log(1 + rankMax)) : 0;
        }
      }
    },
  };
}
