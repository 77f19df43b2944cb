/** What the shopper did with the item before: how often, how long ago, in which order, in this session or an earlier one. */
import { actionCode } from "../core/actions.ts";
import { secondMs } from "../core/clock.ts";
import { type History, historyMax } from "../core/history.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { logBucket } from "./buckets.ts";
import { code, type Feature } from "./feature.ts";

export function touches(): Feature {
  return {
    name: "touches",
    columns: [
      code("touch-rank"),
      code("touch-rank-session"),
      code("touch-age"),
      code("touch-ago"),
      code("touch-count"),
      code("touch-count-session"),
      code("touch-action"),
      code("touch-session"),
      code("clicks-before"),
      code("touch-span"),
      code("touch-rank-unclicked"),
    ],
    state: state("feature.touches", 1, []),
    read({ history, atMs }: Request, { count, item }: List, { dense, width }: Rows, column: number) {
      rankUnclicked(history);
      for (let i = 0; i < count; i++) {
        const at = i * width + column;
        const entry = history.indexOf(item[i]!);
        if (entry < 0) {
          for (let c = 0; c < 11; c++) dense[at + c] = -1;
          continue;
        }
        const isNow = history.session[entry] === history.sessionNumber;
        dense[at] = Math.min(entry, 6);
        dense[at + 1] = isNow ? Math.min(entry, 6) : 10 + Math.min(entry, 3);
        dense[at + 2] = logBucket((atMs - history.lastAtMs[entry]!) / secondMs, 17);
        dense[at + 3] = logBucket(history.touchNumber - history.sequence[entry]!, 10, 1.5);
        dense[at + 4] = logBucket(history.touches[entry]!, 8, 1.5);
        dense[at + 5] = isNow ? logBucket(history.sessionTouches[entry]!, 10, 1.5) : -2;
        dense[at + 6] =
          history.lastAction[entry] === actionCode.view ? 1 : history.lastAction[entry] === actionCode.click ? 2 : 3;
        dense[at + 7] = isNow ? 2 : 1;
        dense[at + 8] = Math.min(history.clicks[entry]!, 3);
        dense[at + 9] = logBucket(history.spanMs[entry]! / secondMs, 14);
        dense[at + 10] = unclicked[entry]!;
      }
    },
  };
}

const unclicked = new Int8Array(historyMax);

/** [entry]: 7 touched in an earlier session only · 8 clicked in this one · else its place among those that are neither, up to 4. */
function rankUnclicked(history: History): void {
  let rank = 0;
  for (let entry = 0; entry < history.count; entry++) {
    const isNow = history.session[entry] === history.sessionNumber;
    const isClicked = history.lastAction[entry] === actionCode.click;
    unclicked[entry] = !isNow ? 7 : isClicked ? 8 : Math.min(rank++, 4);
  }
}
