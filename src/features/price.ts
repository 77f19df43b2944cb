/** Price against the list, against the item the shopper touched last, and against the prices the shopper turned to so far. */
import type { ItemNumber } from "../core/item-numbers.ts";
import type { List } from "../core/list.ts";
import { summaryAt, summaryPriceDeciles } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { absent, clamp, ratioBucket } from "./buckets.ts";
import { code, type Feature } from "./feature.ts";

/** Items of the history that make the habit, the latest first. */
const habitItems = 10;
/** Weight of an item against the one touched after it. */
const habitDecay = 0.8;

/** `price`: of each item, in the shop's money, NaN where unknown. */
export function price(price: () => ItemNumber): Feature {
  return {
    name: "price",
    columns: [
      code("price-decile"),
      code("price-to-min"),
      code("price-to-mean"),
      code("price-to-last"),
      code("price-decile-to-last"),
      code("price-to-habit"),
    ],
    state: state("feature.price", 1, []),
    read({ history }: Request, { summary, count, item }: List, { dense, width }: Rows, column: number) {
      const of = price();
      const min = summary[summaryAt.priceMin]!;
      const mean = summary[summaryAt.priceMean]!;
      const last = history.count > 0 ? of.get(history.item[0]!) : Number.NaN;
      const lastDecile = decile(summary, last);
      const habit = habitOf(of, history.item, Math.min(history.count, habitItems));
      for (let i = 0; i < count; i++) {
        const at = i * width + column;
        const own = of.get(item[i]!);
        const ownDecile = decile(summary, own);
        dense[at] = ownDecile;
        dense[at + 1] = clamp(ratioBucket(own / min, 4, 16), 0, absent);
        dense[at + 2] = ratioBucket(own / mean, 4, 8);
        dense[at + 3] = ratioBucket(own / last, 5, 10);
        dense[at + 4] = ownDecile === absent || lastDecile === absent ? absent : ownDecile - lastDecile;
        dense[at + 5] = ratioBucket(own / habit, 4, 8);
      }
    },
  };
}

/** Deciles of the list's prices that lie below a price, 0–9. */
function decile(summary: Float64Array, price: number): number {
  if (!(price > 0)) return absent;
  let below = 0;
  for (let d = 0; d < summaryPriceDeciles; d++) if (price > summary[summaryAt.priceDecile + d]!) below++;
  return below;
}

/** Geometric mean of the positive prices of items, the later touched weighing more. */
function habitOf(price: ItemNumber, items: Int32Array, count: number): number {
  let sum = 0;
  let weights = 0;
  for (let i = 0; i < count; i++) {
    const one = price.get(items[i]!);
    if (!(one > 0)) continue;
    const weight = habitDecay ** i;
    sum += weight * Math.log(one);
    weights += weight;
  }
  return weights > 0 ? Math.exp(sum / weights) : Number.NaN;
}
