/** How the shopper's session stands: its length, the time since the last touch, what was done last, how often in a row. */
import { actionCode } from "../core/actions.ts";
import { secondMs } from "../core/clock.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { logBucket } from "./buckets.ts";
import { type Feature, sharedCode } from "./feature.ts";

export function session(): Feature {
  return {
    name: "session",
    columns: [
      sharedCode("gap"),
      sharedCode("run"),
      sharedCode("session-length"),
      sharedCode("last-action"),
      sharedCode("session-age"),
      sharedCode("sessions"),
      sharedCode("known-items"),
    ],
    state: state("feature.session", 1, []),
    read({ history, atMs }: Request, { count }: List, { dense, width }: Rows, column: number) {
      const isKnown = history.count > 0;
      const gap = isKnown ? logBucket((atMs - history.lastTouchAtMs) / secondMs, 12) : -1;
      const run = logBucket(history.run, 8, 1.5);
      const length = logBucket(history.sessionTouchCount, 10, 1.5);
      const lastAction = !isKnown ? 0 : history.lastAction[0] === actionCode.click ? 2 : 1;
      const age = logBucket((atMs - history.sessionStartMs) / secondMs, 14);
      for (let i = 0; i < count; i++) {
        const at = i * width + column;
        dense[at] = gap;
        dense[at + 1] = run;
        dense[at + 2] = length;
        dense[at + 3] = lastAction;
        dense[at + 4] = age;
        dense[at + 5] = Math.min(history.sessionNumber, 3);
        dense[at + 6] = Math.min(history.count, 6);
      }
    },
  };
}
