/** How the shopper shops: items known, share of repeats, time since the last touch, baskets so far. One value for all candidates. */
import { minuteMs } from "../core/clock.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { type Feature, number } from "./feature.ts";

export function shopper(): Feature {
  return {
    name: "shopper",
    columns: [
      number("one"),
      number("known-items"),
      number("known-items-inverse"),
      number("repeater"),
      number("gap"),
      number("baskets"),
    ],
    state: state("feature.shopper", 1, []),
    read({ history, atMs }: Request, { count }: List, { dense, width }: Rows, column: number) {
      const known = Math.log(1 + history.count) / 3;
      const repeater = (3 * (history.repeats + 1)) / (history.touchNumber + 4);
      const gap = Number.isNaN(history.lastTouchAtMs)
        ? 0
        : Math.log(1 + Math.max(0, atMs - history.lastTouchAtMs) / minuteMs) / 10;
      const baskets = Math.log(1 + history.basketNumber) / 3;
      for (let i = 0; i < count; i++) {
        const at = i * width + column;
        dense[at] = 1;
        dense[at + 1] = known;
        dense[at + 2] = 1 / (1 + history.count);
        dense[at + 3] = repeater;
        dense[at + 4] = gap;
        dense[at + 5] = baskets;
      }
    },
  };
}
