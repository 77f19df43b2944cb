/** What the shopper turned to before: by touches decayed over a year, with a little more for the last month. */
import { decay } from "../core/decayed.ts";
import { touchHalfLivesMs } from "../core/history.ts";
import type { Request } from "../core/request.ts";
import { state } from "../core/state.ts";
import type { Retriever } from "./retriever.ts";
import { Sums } from "./sums.ts";

const year = 3;
const month = 2;
const monthWeight = 0.1;

export function ownItems(): Retriever {
  const sums = new Sums();
  return {
    name: "own-items",
    share: 50,
    state: state("retriever.own-items", 1, []),
    fold() {},
    retrieve({ history, atMs }: Request, limit, accepts, found) {
      sums.clear();
      for (let i = 0; i < history.count; i++) {
        const elapsed = atMs - history.lastAtMs[i]!;
        // Equal counts: the later touched first, by a term too small to matter otherwise.
        const recency = 1e-9 * (history.count - i);
        const value =
          history.counts[year]![i]! * decay(elapsed, touchHalfLivesMs[year]!) +
          monthWeight * decay(elapsed, touchHalfLivesMs[month]!);
        sums.add(history.item[i]!, value + recency);
      }
      sums.pushBest(limit, accepts, found);
    },
    strength: (item) => sums.get(item),
    reason: () => ({ text: "you turned to it before", because: -1 }),
  };
}
