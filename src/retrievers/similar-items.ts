/**
 * What is turned to by those who turn to the shopper's latest items, whichever came first and however popular either is: the cosine of
 * the co-visits (item-item similarity, Deshpande & Karypis 2004), added over the latest items.
 *
 *     similarity(a, b) = (M[a,b] + M[b,a]) / √((ΣM[a,·] + 5) · (ΣM[b,·] + 5));   strength(b) = Σ_a 0.7^distance(a) · similarity(a, b)
 */
import type { Request } from "../core/request.ts";
import { state } from "../core/state.ts";
import { distance } from "./also-bought.ts";
import type { CoVisits } from "./co-visits.ts";
import type { Retriever } from "./retriever.ts";
import { Sums } from "./sums.ts";

const rowPrior = 5;
const distanceDecay = 0.7;
/** Items of the history that are asked, the latest first. */
const window = 5;
/** Weight of the history where a recommendation goes with an item. */
const besideAnchor = 0.1;

/** Reads the counts that `also-bought` owns and folds; has no state of its own. */
export function similarItems(coVisits: CoVisits): Retriever {
  const sums = new Sums();
  let asked: readonly (readonly [item: number, weight: number])[] = [];
  let atMs = 0;

  /** `total`: of a's row. */
  function similarity(a: number, total: number, b: number, there: number): number {
    const size = (total + rowPrior) * (coVisits.total(b, atMs) + rowPrior);
    return (there + coVisits.weight(b, a, atMs)) / Math.sqrt(size);
  }

  return {
    name: "similar-items",
    share: 20,
    state: state("retriever.similar-items", 1, []),
    fold() {},
    retrieve(request, limit, accepts, found) {
      sums.clear();
      atMs = request.atMs;
      asked = seeds(request);
      for (const [item, weight] of asked) {
        const total = coVisits.total(item, atMs);
        coVisits.neighbours(item, atMs, (neighbour, there) =>
          sums.add(neighbour, weight * similarity(item, total, neighbour, there)),
        );
      }
      sums.pushBest(limit, accepts, found);
    },
    strength: (item) => sums.get(item),
    reason(item) {
      let best = -1;
      let most = 0;
      for (const [seed, weight] of asked) {
        const there = coVisits.weight(seed, item, atMs);
        const part = there === 0 ? 0 : weight * similarity(seed, coVisits.total(seed, atMs), item, there);
        if (part <= most) continue;
        most = part;
        best = seed;
      }
      return { text: "the same shoppers turn to it", because: best };
    },
  };
}

function seeds(request: Request): (readonly [item: number, weight: number])[] {
  const { history, item: anchor } = request;
  const all: (readonly [number, number])[] = anchor >= 0 ? [[anchor, 1]] : [];
  for (let i = 0; i < Math.min(window, history.count); i++) {
    const weight = distanceDecay ** distance(request, i) * (anchor >= 0 ? besideAnchor : 1);
    if (history.item[i] !== anchor) all.push([history.item[i]!, weight]);
  }
  return all;
}
