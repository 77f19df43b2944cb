/** How high an order puts what was chosen; and the orders that the columns of the rows tell. */
import type { Lesson } from "../core/lesson.ts";
import { type QualityOrder, qualityOrders } from "../core/quality-report.ts";
import type { ColumnSpec } from "../core/rows.ts";

/**
 * One over the rank of row `chosen` by `values`, the largest first, of `count` rows. Of those alike the row before goes first: a list's
 * rows come as they were shown. In (0, 1]; what is no number stands last.
 */
export function reciprocalRank(values: Float64Array, count: number, chosen: number): number {
  const own = values[chosen]!;
  if (Number.isNaN(own)) return 1 / count;
  let rank = 1;
  for (let i = 0; i < count; i++) if (values[i]! > own || (values[i] === own && i < chosen)) rank++;
  return 1 / rank;
}

/** Fills `out` with what orders the rows of a lesson, the largest first. */
type Order = (lesson: Lesson, out: Float64Array) => void;

/** Beside the engine's own; undefined where the columns are configured away. In the order of {@link qualityOrders}. */
export function plainOrders(columns: readonly ColumnSpec[]): readonly (Order | undefined)[] {
  const place = (name: string): number => columns.findIndex((column) => column.name === name);
  const views = place("item-views");
  const clicks = place("item-click-rate");
  const touched = place("touch-rank");
  const orders: Record<Exclude<QualityOrder, "engine">, Order | undefined> = {
    shown({ rows, position }, out) {
      for (let i = 0; i < rows.count; i++) out[i] = -position[i]!;
    },
    popular: views < 0 ? undefined : ({ rows }, out) => byViews(rows, views, clicks, out),
    "last-touched-first":
      touched < 0
        ? undefined
        : ({ rows: { count, dense, width } }, out) => {
            for (let i = 0; i < count; i++) {
              const rank = dense[i * width + touched]!;
              out[i] = rank >= 0 ? -rank : Number.NEGATIVE_INFINITY;
            }
          },
  };
  return qualityOrders.slice(1).map((name) => orders[name as keyof typeof orders]);
}

/** Codes of how often an item is clicked when shown lie within this. */
const clickCodes = 16;

/** By how often an item was viewed lately; of those alike by how often it is clicked when shown. Both are codes that rise with it. */
function byViews({ count, dense, width }: Lesson["rows"], views: number, clicks: number, out: Float64Array): void {
  for (let i = 0; i < count; i++) {
    const clicked = clicks < 0 ? 0 : dense[i * width + clicks]! / clickCodes;
    out[i] = dense[i * width + views]! + clicked;
  }
}
