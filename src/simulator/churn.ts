/** Items that come into the shop after its opening, and items that leave it. */
import { dayMs } from "../core/clock.ts";
import { random } from "../core/random.ts";
import type { SimulatedItem, SimulatedRemoval } from "./events.ts";

export interface ChurnOptions {
  /** Share of the items that leave, and that come in their stead, in a day. ≥ 0. */
  readonly perDay: number;
  /** How many days this goes on; after them the shop stays as it is. */
  readonly days: number;
}

/** When each row's item is in the shop: [openAtMs, closedAtMs), Unix ms. */
export interface Lives {
  readonly openAtMs: Float64Array;
  /** +Infinity: it stays. */
  readonly closedAtMs: Float64Array;
}

/** How many items come after the opening. */
export const comingCount = (items: number, { perDay, days }: ChurnOptions): number => Math.round(items * perDay * days);

/**
 * `coming` times at random over the days: at each an item leaves, drawn evenly from those there, and a new one comes, so that there are
 * always `count`. Rows from `count` on are those that come, in order.
 */
export function lives(seed: number | string, count: number, churn: ChurnOptions, startMs: number): Lives {
  const chance = random(`${seed}:churn`);
  const coming = comingCount(count, churn);
  const openAtMs = new Float64Array(count + coming).fill(startMs);
  const closedAtMs = new Float64Array(count + coming).fill(Number.POSITIVE_INFINITY);
  const times = Float64Array.from({ length: coming }, () => startMs + Math.ceil(chance.next() * churn.days * dayMs));
  const there = Array.from({ length: count }, (_, row) => row);
  for (const [i, atMs] of times.sort().entries()) {
    const place = chance.int(count);
    closedAtMs[there[place]!] = atMs;
    openAtMs[count + i] = atMs;
    there[place] = count + i;
  }
  return { openAtMs, closedAtMs };
}

/** The events of it, in time order: of one time the leaving before the coming. `items[row]`, all of them. */
export function comingsAndGoings(
  items: readonly SimulatedItem[],
  { openAtMs, closedAtMs }: Lives,
  startMs: number,
): (SimulatedItem | SimulatedRemoval)[] {
  const events: (SimulatedItem | SimulatedRemoval)[] = [];
  for (const [row, one] of items.entries()) {
    const { item } = one;
    if (closedAtMs[row]! < Number.POSITIVE_INFINITY)
      events.push({ type: "item-removed", item, time: closedAtMs[row]! });
    if (openAtMs[row]! > startMs) events.push({ ...one, time: openAtMs[row]! });
  }
  const order = ({ type }: SimulatedItem | SimulatedRemoval): number => (type === "item" ? 1 : 0);
  return events.sort((a, b) => a.time - b.time || order(a) - order(b));
}
