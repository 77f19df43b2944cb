/**
 * What the shopper did with an item before, as quantities: its share of decayed touches at four half-lives, how long ago in
 * time, baskets and items, and whether it is due again by its own interval. All 0 for items never turned to.
 */
import { dayMs, minuteMs } from "../core/clock.ts";
import { decay } from "../core/decayed.ts";
import { touchHalfLivesMs } from "../core/history.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { clamp } from "./buckets.ts";
import { type Feature, number } from "./feature.ts";

const halfLives = touchHalfLivesMs.length;
const width = halfLives + 13;

export function ownTouches(): Feature {
  const totals = new Float64Array(halfLives);
  return {
    name: "own-touches",
    columns: [
      number("repeated"),
      ...["30min", "1d", "30d", "1y"].map((name) => number(`share-${name}`)),
      number("minutes-ago"),
      number("days-ago"),
      number("baskets-ago"),
      number("in-last-basket"),
      number("in-basket-before"),
      number("items-ago"),
      number("items-ago-log"),
      number("due"),
      number("due-distance"),
      number("touches-log"),
      number("known-items × items-ago"),
      number("repeater × touches"),
    ],
    state: state("feature.own-touches", 1, []),
    read({ history, atMs }: Request, { count, item }: List, { dense, width: rowWidth }: Rows, column: number) {
      totals.fill(0);
      for (let j = 0; j < history.count; j++) {
        const elapsed = atMs - history.lastAtMs[j]!;
        for (let h = 0; h < halfLives; h++) totals[h]! += history.counts[h]![j]! * decay(elapsed, touchHalfLivesMs[h]!);
      }
      const known = Math.log(1 + history.count);
      const repeater = (history.repeats + 1) / (history.touchNumber + 4);
      for (let i = 0; i < count; i++) {
        let at = i * rowWidth + column;
        const entry = history.indexOf(item[i]!);
        if (entry < 0) {
          dense.fill(0, at, at + width);
          continue;
        }
        // What came late asks of the past: what was touched since counts as touched now.
        const elapsed = Math.max(0, atMs - history.lastAtMs[entry]!);
        const baskets = history.basketNumber - history.basket[entry]!;
        const touches = Math.max(1, history.touches[entry]!);
        dense[at++] = 1;
        for (let h = 0; h < halfLives; h++) {
          const value = history.counts[h]![entry]! * decay(elapsed, touchHalfLivesMs[h]!);
          dense[at + h] = value / (totals[h]! + 0.01);
        }
        at += halfLives;
        const interval = touches > 1 ? history.spanMs[entry]! / (touches - 1) : 0;
        const due = touches > 1 ? clamp(Math.log((elapsed + minuteMs) / (interval + minuteMs)), -2, 2) : 0;
        dense[at] = Math.log(1 + elapsed / minuteMs) / 10;
        dense[at + 1] = Math.log(1 + elapsed / dayMs) / 5;
        dense[at + 2] = 1 / (1 + baskets);
        dense[at + 3] = baskets === 0 ? 1 : 0;
        dense[at + 4] = baskets === 1 ? 1 : 0;
        dense[at + 5] = 1 / (1 + entry);
        dense[at + 6] = Math.log(1 + entry) / 3;
        dense[at + 7] = due;
        dense[at + 8] = Math.abs(due);
        dense[at + 9] = Math.log(touches);
        dense[at + 10] = (known * Math.log(1 + entry)) / 9;
        dense[at + 11] = repeater * Math.log(touches) * 3;
      }
    },
  };
}
