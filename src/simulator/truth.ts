import { assert } from "../core/errors.ts";
import { examination } from "./clicks.ts";
import type { Moment } from "./drift.ts";
import type { Stock } from "./stock.ts";
import { attraction } from "./tastes.ts";

/**
 * What is true, and what nobody in the shop knows. A list's clicks are those of the position-based model. `atMs`: Unix ms, by default the
 * opening; it matters where the shop drifts.
 */
export interface Truth {
  /** Chance, in [0, 1], that the item is clicked once examined; 0 for an item that is not the simulator's. */
  attraction(user: string, item: string, atMs?: number): number;
  /** Clicks to be expected of showing this list once: Σ examination(k) · attraction. ≥ 0. */
  clickRate(user: string, shown: readonly string[], atMs?: number): number;
  /** The most that any list of `size` of these items could expect. */
  bestClickRate(user: string, candidates: readonly string[], size?: number, atMs?: number): number;
  /** The list that does: most attractive first. */
  bestOrder(user: string, candidates: readonly string[], atMs?: number): string[];
}

export interface TruthOptions {
  readonly stock: Stock;
  readonly shoppers: number;
  readonly eta: number;
  readonly startMs: number;
  readonly momentAt: (atMs: number) => Moment;
}

export function truth({ stock, shoppers, eta, startMs, momentAt }: TruthOptions): Truth {
  const rows = new Map(stock.items.map(({ item }, row) => [item, row]));
  // Asked of item after item of one list.
  let last: { user: string; moment: Moment; to: (item: string) => number } | undefined;
  const attractionTo = (user: string, atMs: number) => {
    const moment = momentAt(atMs);
    if (last?.user === user && last.moment === moment) return last.to;
    const shopper = Number(user.slice(2)) - 1;
    assert(shopper >= 0 && shopper < shoppers, `${user} is a shopper of the simulated shop`);
    const taste = moment.felt(shopper);
    const to = (item: string): number => {
      const row = rows.get(item);
      return row === undefined ? 0 : attraction(taste, stock, row, moment.appeal);
    };
    last = { user, moment, to };
    return to;
  };
  const clicksOf = (attractions: ArrayLike<number>, size: number): number => {
    let clicks = 0;
    for (let k = 0; k < Math.min(size, attractions.length); k++) clicks += examination(k, eta) * attractions[k]!;
    return clicks;
  };
  return {
    attraction: (user, item, atMs = startMs) => attractionTo(user, atMs)(item),
    clickRate: (user, shown, atMs = startMs) => clicksOf(shown.map(attractionTo(user, atMs)), shown.length),
    bestClickRate: (user, candidates, size = candidates.length, atMs = startMs) =>
      clicksOf(Float64Array.from(candidates, attractionTo(user, atMs)).sort().reverse(), size),
    bestOrder(user, candidates, atMs = startMs) {
      const to = attractionTo(user, atMs);
      const attractive = new Map(candidates.map((item) => [item, to(item)]));
      return [...candidates].sort((a, b) => attractive.get(b)! - attractive.get(a)!);
    },
  };
}
