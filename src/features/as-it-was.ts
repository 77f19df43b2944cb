/**
 * The order things had before anything was learned, as the logit that the model starts from: the engine's own choice model where it
 * found the candidates itself, else the lister's relevance, else the caller's order.
 */
import type { History } from "../core/history.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { code, type Feature, number } from "./feature.ts";

/** Logit lost for each e-fold of rank: what a typical list loses by place, halved, so that evidence soon outweighs it. */
const perRank = 0.5;

/** Logit that an item starts with that the shopper turned to last, or before: the next list shows that they were heard. */
const turnedToLast = 0.7;
const turnedToBefore = 0.35;

/** Weights of lists of different regimes are kept apart. */
const regimes = { none: 0, order: 1, match: 2, recommended: 3 } as const;

export function asItWas(): Feature {
  return {
    name: "as-it-was",
    columns: [number("prior"), code("regime")],
    state: state("feature.as-it-was", 1, []),
    read({ history }: Request, list: List, { dense, width }: Rows, column: number) {
      for (let i = 0; i < list.count; i++) {
        const at = i * width + column;
        if (list.recommended) {
          dense[at] = list.match[i]!;
          dense[at + 1] = regimes.recommended;
        } else if (list.matchRank[i]! >= 0) {
          dense[at] = turnedTo(history, list.item[i]!) - perRank * Math.log(1 + list.matchRank[i]!);
          dense[at + 1] = regimes.match;
        } else if (list.order[i]! >= 0) {
          dense[at] = turnedTo(history, list.item[i]!) - perRank * Math.log(1 + list.order[i]!);
          dense[at + 1] = regimes.order;
        } else {
          dense[at] = turnedTo(history, list.item[i]!);
          dense[at + 1] = regimes.none;
        }
      }
    },
  };
}

function turnedTo(history: History, item: number): number {
  const entry = history.indexOf(item);
  if (entry < 0 || history.isRejected(item)) return 0;
  return entry === 0 ? turnedToLast : turnedToBefore;
}
