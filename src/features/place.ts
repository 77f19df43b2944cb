/** Where an item stands in the caller's order relative to the items of the list that the shopper touched. */
import { actionCode } from "../core/actions.ts";
import { secondMs } from "../core/clock.ts";
import type { List } from "../core/list.ts";
import { summaryAt } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { absent, clamp, logBucket, placeBucket } from "./buckets.ts";
import { code, type Feature, sharedCode } from "./feature.ts";

const distanceMax = 7;
/** The shopper touched nothing yet. */
const nothingTouched = 98;

export function place(): Feature {
  return {
    name: "place",
    columns: [
      code("place-to-last"),
      code("place-to-last-here"),
      code("place-to-furthest"),
      code("place-to-first"),
      code("place-to-before-last"),
      sharedCode("last-place"),
      sharedCode("furthest-place"),
      sharedCode("touched-in-list"),
      sharedCode("touched-in-list-session"),
      sharedCode("clicked-in-list"),
      sharedCode("last-in-list"),
      sharedCode("state"),
    ],
    state: state("feature.place", 1, []),
    read({ history, atMs }: Request, { summary, count, order }: List, { dense, width }: Rows, column: number) {
      const last = summary[summaryAt.lastTouchedOrder]!;
      const lastHere = summary[summaryAt.lastTouchedHereOrder]!;
      const furthest = summary[summaryAt.furthestTouchedOrder]!;
      const first = summary[summaryAt.firstTouchedOrder]!;
      const beforeLast = summary[summaryAt.beforeLastTouchedOrder]!;
      const touched = summary[summaryAt.touchedCount]!;
      const isKnown = history.count > 0;
      const lastIn = last >= 0 ? 3 : !isKnown ? 0 : touched > 0 ? 1 : 2;
      const gap = logBucket((atMs - history.lastTouchAtMs) / secondMs, 12);
      const lastAction = !isKnown ? 0 : history.lastAction[0] === actionCode.click ? 2 : 1;
      const standing = 9 * (last >= 0 ? 3 : isKnown ? 1 : 0) + 3 * lastAction + (gap < 4 ? 0 : gap < 8 ? 1 : 2);
      for (let i = 0; i < count; i++) {
        const at = i * width + column;
        const own = order[i]!;
        dense[at] = last >= 0 ? relative(own, last) : isKnown ? absent : nothingTouched;
        dense[at + 1] = relative(own, lastHere);
        dense[at + 2] = relative(own, furthest);
        dense[at + 3] = relative(own, first);
        dense[at + 4] = relative(own, beforeLast);
        dense[at + 5] = last >= 0 ? placeBucket(last) : -1;
        dense[at + 6] = furthest >= 0 ? placeBucket(furthest) : -1;
        dense[at + 7] = Math.min(touched, 5);
        dense[at + 8] = Math.min(summary[summaryAt.touchedSessionCount]!, 5);
        dense[at + 9] = logBucket(summary[summaryAt.clickedCount]!, 3);
        dense[at + 10] = lastIn;
        dense[at + 11] = standing;
      }
    },
  };
}

function relative(own: number, other: number): number {
  return own >= 0 && other >= 0 ? clamp(own - other, -distanceMax, distanceMax) : absent;
}
