import { dayMs, minuteMs, secondMs } from "../core/clock.ts";
import type { Random } from "../core/random.ts";
import type { ClickModel } from "./clicks.ts";
import type { SimulatedItem, SimulatedOutcome } from "./events.ts";
import { readingMs } from "./pages.ts";
import type { SimulatedShop } from "./shop.ts";

/** A list as it was shown, and the luck of its reading. */
export interface Showing {
  readonly user: string;
  readonly session: string;
  readonly slate: string;
  readonly atMs: number;
  readonly shown: readonly string[];
  readonly chance: Random;
}

export interface ResponseOptions {
  readonly clickModel: ClickModel;
  /** Whether examined items are reported as `seen`. */
  readonly seen: boolean;
  /** Whether carts wait as purchases do; otherwise they follow within the minute. */
  readonly lateCarts: boolean;
  /** Chance that a purchase is brought back, so much later in the mean (exponential). */
  readonly returnChance: number;
  readonly returnMeanMs: number;
}

/** Chance that what is in the cart is bought. */
export const purchaseChance = 0.4;
/** Mean time from a purchase to its return, if there is one and nothing else is said. */
export const returnMeanMs = 10 * dayMs;

/** Seven in ten wait for 20 minutes in the mean, the rest for 2 days: a mixture of two exponentials. */
const delayMs = (chance: Random): number => (chance.next() < 0.7 ? 20 * minuteMs : 2 * dayMs) * chance.exponential();

/**
 * What comes of showing a list, not in time order. The click model decides what is examined and clicked; a click opens the
 * item's page a second later; carts follow at the shop's chances for the item, purchases of what is in the cart at {@link purchaseChance}.
 */
export function responses(
  shop: SimulatedShop,
  { clickModel, seen, lateCarts, returnChance, returnMeanMs }: ResponseOptions,
) {
  const items = new Map<string, SimulatedItem>(shop.stock.items.map((item) => [item.item, item]));
  return ({ user, session, slate, atMs, shown, chance }: Showing): SimulatedOutcome[] => {
    const events: SimulatedOutcome[] = [];
    const happen = (action: SimulatedOutcome["action"], item: string, time: number, value?: number): void => {
      const outcome = { type: "outcome", action, item, time: Math.round(time), user, session, slate } as const;
      events.push(value === undefined ? outcome : { ...outcome, value });
    };
    const attractions = shown.map((item) => shop.truth.attraction(user, item, atMs));
    const { examined, clicks } = clickModel(attractions, chance);
    // Down the list in steady steps, done before the session's next page.
    const readMs = (position: number): number =>
      atMs + secondMs + ((readingMs - 5 * secondMs) * position) / shown.length;
    if (seen) for (const position of examined) happen("seen", shown[position]!, readMs(position));
    for (const position of clicks) {
      const item = shown[position]!;
      const clickedMs = readMs(position) + secondMs / 2;
      happen("click", item, clickedMs);
      happen("view", item, clickedMs + secondMs);
      const price = items.get(item)?.fields.price;
      const convinces = shop.cartChance(item);
      if (convinces === 0 || chance.next() >= convinces) continue;
      const soonMs = 10 * secondMs + 20 * secondMs * chance.exponential();
      const cartMs = clickedMs + soonMs + (lateCarts ? delayMs(chance) : 0);
      happen("cart", item, cartMs);
      if (chance.next() >= purchaseChance) continue;
      const purchaseMs = cartMs + secondMs + delayMs(chance);
      happen("purchase", item, purchaseMs, price);
      if (returnChance === 0 || chance.next() >= returnChance) continue;
      happen("return", item, purchaseMs + returnMeanMs * chance.exponential(), price);
    }
    return events;
  };
}
