/** How often the item follows the last items that the shopper touched: Σ_j M[a_j, item] / (Σ M[a_j, ·] + 2) / (1 + j). */
import type { CoVisitation } from "../core/co-visitation.ts";
import type { List } from "../core/list.ts";
import { Marks } from "../core/marks.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { clamp } from "./buckets.ts";
import { code, type Feature } from "./feature.ts";

/** Items of the history that are asked, the latest first. */
const window = 3;
const prior = 2;

export function alsoBoughtStrength(coVisitation: CoVisitation): Feature {
  const places = new Marks();
  let strength = new Float64Array(256);
  return {
    name: "also-bought",
    columns: [code("also-bought")],
    state: state("feature.also-bought", 1, []),
    read({ history, atMs }: Request, { count, item }: List, { dense, width }: Rows, column: number) {
      places.clear();
      if (strength.length < count) strength = new Float64Array(count * 2);
      for (let i = 0; i < count; i++) {
        strength[i] = 0;
        if (item[i]! >= 0) places.set(item[i]!, i);
      }
      for (let j = 0; j < Math.min(window, history.count); j++) {
        const seed = history.item[j]!;
        const scale = 1 / ((coVisitation.total(seed, atMs) + prior) * (1 + j));
        coVisitation.neighbours(seed, atMs, (neighbour, weight) => {
          const i = places.get(neighbour);
          if (i >= 0) strength[i]! += weight * scale;
        });
      }
      for (let i = 0; i < count; i++) {
        const value = strength[i]!;
        dense[i * width + column] =
          value > 0 ? 7 + clamp(Math.round(Math.log2(value)), -6, 1) : history.count > 0 ? 0 : -1;
      }
    },
  };
}
