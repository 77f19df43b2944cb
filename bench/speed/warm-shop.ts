/** An engine that knows a shop of 40,000 items and some days of its shoppers, and what they may ask next. */
import { completeConfig } from "../../src/config.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { Engine, EventInput, RankRequest, RecommendRequest, SearchRequest } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { type SimulatedShop, simulatedShop } from "../../src/simulator/shop.ts";
import { simulatedShoppers } from "../../src/simulator/shoppers.ts";
import { behaviour, take } from "./behaviour.ts";
import { type Setting, scaled } from "./benchmark.ts";

const askedLists = 1000;

export interface WarmShop {
  readonly engine: Engine;
  readonly shop: SimulatedShop;
  /** 200 candidates each, by shoppers whom the engine knows. */
  readonly ranks: readonly RankRequest[];
  readonly recommends: readonly RecommendRequest[];
  /** Pages of 24 with three facets, for what shoppers of the shop ask, as wide as a whole category. */
  readonly searches: readonly SearchRequest[];
  /** The same, typed letter by letter and not observed. */
  readonly keystrokes: readonly SearchRequest[];
  /** What the shoppers go on to do. */
  readonly stream: Iterator<EventInput>;
}

/** With `data`, on a log in that folder with a snapshot of just now; otherwise in memory. */
export async function warmShop(setting: Setting, data?: string): Promise<WarmShop> {
  const shop = simulatedShop({ seed: 1, items: setting.isQuick ? 8000 : 40_000, shoppers: 4000 });
  const stream = behaviour(shop, { views: 6 });
  // The shop's past ends now, and time goes on from there.
  let shiftMs = shop.startMs - systemClock.nowMs();
  const clock = { nowMs: () => systemClock.nowMs() + shiftMs };
  const engine = await createEngine({ clock, ...(data === undefined ? {} : { data }) });
  await recordAll(
    engine,
    [...shop.items].map((item): EventInput => ({ ...item })),
  );
  const past = take(stream, scaled(80_000, setting));
  const endMs = Math.max(...past.map(({ time }) => time as number));
  shiftMs = endMs - systemClock.nowMs();
  await recordAll(engine, past);
  if (data !== undefined) await engine.snapshot();
  const shoppers = simulatedShoppers(shop, { candidates: 200, seed: "asked" });
  const visits = Array.from({ length: askedLists }, () => shoppers.next());
  const searches = visits
    .filter(({ query }) => query !== undefined)
    .map(({ user, session, query, context }) => ({
      ...{ user, session, surface: "search", query, context: { device: context.device }, size: 24 },
      facets: ["brand", "category", "price"],
    }));
  return {
    engine,
    shop,
    searches,
    keystrokes: searches
      .slice(0, 100)
      .flatMap((search) =>
        Array.from(search.query!, (_, i) => ({ ...search, query: search.query!.slice(0, i + 1), observe: false })),
      ),
    ranks: visits.map(({ user, session, surface, query, context, candidates }) => ({
      ...{ user, session, surface, query, context: { device: context.device }, items: candidates },
    })),
    recommends: visits.map(({ user, session, context }) => ({
      ...{ user, session, surface: "home", context: { device: context.device } },
    })),
    stream,
  };
}

export async function recordAll(engine: Engine, events: readonly EventInput[]): Promise<void> {
  const atOnce = 2000;
  for (let start = 0; start < events.length; start += atOnce) {
    const { rejected } = await engine.record(events.slice(start, start + atOnce));
    if (rejected.length > 0) throw new Error(`an event of the benchmark was refused: ${rejected[0]!.message}`);
  }
}

/** The default settings on a free port, but for refusing under load: how much it can take is what is measured. */
export const servedConfig = (data: string) => completeConfig({ data, port: 0, shedAfterMs: 0 });
