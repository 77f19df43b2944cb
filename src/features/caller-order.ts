/** Where an item stands in the caller's own order, and how the caller's relevance ranks it. */
import type { List } from "../core/list.ts";
import { summaryAt } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { logBucket, placeBucket, ratioBucket } from "./buckets.ts";
import { code, type Feature, sharedCode } from "./feature.ts";

/** Places beyond this are one. */
const placeMax = 63;

export function callerOrder(): Feature {
  return {
    name: "caller-order",
    columns: [
      code("order", -1),
      code("order-bucket", -1),
      code("match-rank", -1),
      code("match-share", -1),
      sharedCode("list-length"),
    ],
    state: state("feature.caller-order", 1, []),
    read(_request: Request, list: List, { dense, width }: Rows, column: number) {
      const matchMax = list.summary[summaryAt.matchMax]!;
      const length = logBucket(list.summary[summaryAt.count]!, 20, 2);
      for (let i = 0; i < list.count; i++) {
        const at = i * width + column;
        const order = list.order[i]!;
        const isRanked = list.matchRank[i]! >= 0 && !list.recommended;
        dense[at] = Math.min(order, placeMax);
        dense[at + 1] = order < 0 ? -1 : placeBucket(order);
        dense[at + 2] = isRanked ? placeBucket(list.matchRank[i]!) : -1;
        dense[at + 3] = isRanked ? ratioBucket(list.match[i]! / matchMax, 3, 12) : -1;
        dense[at + 4] = length;
      }
    },
  };
}
