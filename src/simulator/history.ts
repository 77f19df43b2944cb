import type { SimulatedEvent } from "./events.ts";
import type { SimulatedShop } from "./shop.ts";
import { type ShoppersOptions, simulatedShoppers, type Visit } from "./shoppers.ts";

export interface HistoryOptions extends ShoppersOptions {
  /** Visits of shoppers; those of bots come on top. */
  readonly visits: number;
  /** What a visitor is shown; default: the top of the shop's own order. Called once for each visit, in time order. */
  readonly order?: (visit: Visit) => readonly string[];
}

/**
 * All that happens in a shop, in time order: its items, lists shown, what came of them, items that come and go. Ends with what is still to
 * come of the lists shown.
 */
export function* simulatedHistory(
  shop: SimulatedShop,
  { visits, order = ({ candidates, size }) => candidates.slice(0, size), ...options }: HistoryOptions,
): Generator<SimulatedEvent> {
  yield* shop.items;
  const shoppers = simulatedShoppers(shop, options);
  let changed = 0;
  function* changesBefore(atMs: number) {
    for (; changed < shop.comingsAndGoings.length; changed++) {
      if (shop.comingsAndGoings[changed]!.time > atMs) return;
      yield shop.comingsAndGoings[changed]!;
    }
  }
  function* merged(events: Iterable<SimulatedEvent>) {
    for (const event of events) {
      yield* changesBefore(event.time);
      yield event;
    }
  }
  for (let left = visits; left > 0; ) {
    const visit = shoppers.next();
    if (visit.bot === undefined) left--;
    const shown = order(visit);
    yield* merged([visit.slateEvent(shown)]);
    yield* merged(visit.respond(shown));
  }
  yield* merged(shoppers.rest());
}
