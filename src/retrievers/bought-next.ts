/** What others turned to right after the items of this shopper's latest basket: the co-visits without popularity or past. */
import { state } from "../core/state.ts";
import { distance } from "./also-bought.ts";
import type { CoVisits } from "./co-visits.ts";
import type { Retriever } from "./retriever.ts";
import { Sums } from "./sums.ts";

const rowPrior = 20;
const window = 20;

/** Reads the counts that `also-bought` owns and folds; has no state of its own. */
export function boughtNext(coVisits: CoVisits): Retriever {
  const sums = new Sums();
  let because = -1;

  return {
    name: "bought-next",
    share: 0,
    state: state("retriever.bought-next", 1, []),
    fold() {},
    retrieve(request, limit, accepts, found) {
      sums.clear();
      const { history, atMs } = request;
      const seed = (item: number): void => {
        const scale = 1 / (coVisits.total(item, atMs) + rowPrior);
        coVisits.addTo(sums, item, atMs, scale);
      };
      because = request.item >= 0 ? request.item : history.count > 0 ? history.item[0]! : -1;
      if (request.item >= 0) seed(request.item);
      else
        for (let i = 0; i < Math.min(history.count, window) && distance(request, i) === 0; i++) seed(history.item[i]!);
      sums.pushBest(limit, accepts, found);
    },
    strength: (item) => sums.get(item),
    reason: () => ({ text: "often comes right after", because }),
  };
}
