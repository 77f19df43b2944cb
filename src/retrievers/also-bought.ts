/**
 * What others turned to after the items that this shopper turned to: rows of the co-visits of the last baskets, each
 * normalised, added with less weight the older the basket, and divided by a power of popularity.
 *
 *     strength(b) = Σ_a 0.85^distance(a) · M[a,b] / (Σ M[a,·] + 20)   ÷ √(popularity(b) + 1)
 */
import { dayMs } from "../core/clock.ts";
import { ForwardSums } from "../core/decayed.ts";
import type { Request } from "../core/request.ts";
import { prefixed, state } from "../core/state.ts";
import type { CoVisits } from "./co-visits.ts";
import type { Retriever } from "./retriever.ts";
import { Sums } from "./sums.ts";

const distanceDecay = 0.85;
const rowPrior = 20;
const popularityHalfLifeMs = 30 * dayMs;
/** Weight of the history where a recommendation goes with an item. */
const besideAnchor = 0.1;
/** Items of the history that are asked, the latest first. */
const window = 20;

/** `coVisits`: owned and folded here, read by others. */
export function alsoBought(coVisits: CoVisits): Retriever {
  const popularity = new ForwardSums("popularity", popularityHalfLifeMs);
  const sums = new Sums();
  let because: Request | undefined;

  return {
    name: "also-bought",
    share: 40,
    state: state("retriever.also-bought", 2, [...prefixed(coVisits.state), ...prefixed(popularity.state)]),
    fold(fact) {
      coVisits.fold(fact);
      if (fact.isChoice && fact.item >= 0) popularity.add(fact.item, 1, fact.atMs);
    },
    forgetItem(item) {
      coVisits.forgetItem(item);
      popularity.clear(item);
    },
    retrieve(request, limit, accepts, found) {
      because = request;
      sums.clear();
      const { history, atMs } = request;
      const seed = (item: number, weight: number): void => {
        const scale = weight / (coVisits.total(item, atMs) + rowPrior);
        coVisits.addTo(sums, item, atMs, scale);
      };
      if (request.item >= 0) seed(request.item, 1);
      for (let i = 0; i < Math.min(history.count, window); i++) {
        if (history.item[i] !== request.item) seed(history.item[i]!, seedWeight(request, i));
      }
      const now = popularity.now(atMs);
      for (let i = 0; i < sums.count; i++) sums.value[i]! /= Math.sqrt(popularity.raw(sums.item[i]!) * now + 1);
      sums.pushBest(limit, accepts, found);
    },
    strength: (item) => sums.get(item),
    reason(item) {
      let best = -1;
      let most = 0;
      const ask = (seed: number, weight: number): void => {
        const share =
          (weight * coVisits.weight(seed, item, because!.atMs)) / (coVisits.total(seed, because!.atMs) + rowPrior);
        if (share > most) {
          most = share;
          best = seed;
        }
      };
      if (because !== undefined) {
        if (because.item >= 0) ask(because.item, 1);
        for (let i = 0; i < Math.min(because.history.count, window); i++)
          ask(because.history.item[i]!, seedWeight(because, i));
      }
      return { text: "often follows", because: best };
    },
  };
}

/** Weight of history entry `i`: less the older its basket, and little beside the item that the recommendation goes with. */
function seedWeight(request: Request, i: number): number {
  return distanceDecay ** distance(request, i) * (request.item >= 0 ? besideAnchor : 1);
}

/** Baskets between the shopper's latest and the one of history entry `i`: 0 for the latest. */
export function distance({ history }: Request, i: number): number {
  return history.basketNumber - history.basket[i]!;
}
