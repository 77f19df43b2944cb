/** What shoppers of a simulated shop do, as a stream of events: lists of 20 with one click each, and views of single items. */
import type { EventInput } from "../../src/core/public.ts";
import { random } from "../../src/core/random.ts";
import type { SimulatedShop } from "../../src/simulator/shop.ts";
import { simulatedShoppers } from "../../src/simulator/shoppers.ts";

export interface BehaviourOptions {
  /** Per visit one slate with a click (default 1). */
  readonly slates?: number;
  /** Views that follow it. */
  readonly views: number;
  /** Items of a slate. */
  readonly size?: number;
}

/** Endless, in time order but for a minute. About as many visits a day as there are shoppers. */
export function* behaviour(
  shop: SimulatedShop,
  { slates = 1, views, size = 20 }: BehaviourOptions,
): Generator<EventInput> {
  const shoppers = simulatedShoppers(shop, { candidates: 200, size });
  const chance = random("behaviour");
  // The upper half of a list is looked at more.
  const place = (count: number): number => Math.floor(count * chance.next() ** 2);
  for (;;) {
    const { candidates, user, session, slate, atMs, slateEvent } = shoppers.next();
    const shown = candidates.slice(0, size);
    const who = { user, session };
    if (slates > 0) {
      yield { ...slateEvent(shown) };
      const item = shown[place(shown.length)];
      yield { type: "outcome", action: "click", item, slate, ...who, time: atMs + 1000 };
    }
    for (let i = 1; i <= views; i++) {
      const item = candidates[place(candidates.length)];
      yield { type: "outcome", action: i % 8 === 0 ? "cart" : "view", item, ...who, time: atMs + 1000 + 5000 * i };
    }
  }
}

export function take<T>(stream: Iterator<T>, count: number): T[] {
  return Array.from({ length: count }, () => stream.next().value as T);
}
