/** What the request says of itself: the query, the values of its context, the hour and the day (UTC). */
import { dayMs, hourMs } from "../core/clock.ts";
import type { RowKeys } from "../core/expiring-ids.ts";
import type { List } from "../core/list.ts";
import { contextPlaces, type Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { type Feature, sharedCode } from "./feature.ts";

/** 1 January 1970 was a Thursday. */
const firstWeekday = 4;

/** `words`: codes of their rows. */
export function context(words: RowKeys): Feature {
  const codes = new Int32Array(contextPlaces);
  return {
    name: "context",
    columns: [
      sharedCode("query", -1),
      sharedCode("surface"),
      sharedCode("hour"),
      sharedCode("weekday"),
      ...Array.from({ length: contextPlaces }, (_, k) => sharedCode(`context-${k}`, -1)),
    ],
    state: state("feature.context", 1, []),
    read({ query, surface, atMs, context }: Request, { count }: List, { dense, width }: Rows, column: number) {
      const hour = Math.floor((atMs % dayMs) / hourMs);
      const weekday = (Math.floor(atMs / dayMs) + firstWeekday) % 7;
      const queryCode = words.code(query);
      const surfaceCode = words.code(surface);
      for (let k = 0; k < contextPlaces; k++) codes[k] = words.code(context[k]!);
      for (let i = 0; i < count; i++) {
        const at = i * width + column;
        dense[at] = queryCode;
        dense[at + 1] = surfaceCode;
        dense[at + 2] = hour;
        dense[at + 3] = weekday;
        for (let k = 0; k < contextPlaces; k++) dense[at + 4 + k] = codes[k]!;
      }
    },
  };
}
