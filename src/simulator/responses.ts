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

/** Chance that an item whose page was opened goes into the cart, and that one in the cart is bought. */
export const cartChance = 0.15;
export const purchaseChance = 0.4;

/**
 * What comes of showing a list, not in time order. The click model decides what is examined and clicked; a click opens the
 * item's page a second later; carts and purchases follow at {@link cartChance} and {@link purchaseChance}, if it is in stock.
 * Of the purchases, seven in ten come after 20 minutes in the mean, the rest after 2 days.
 */
export function responses(shop: SimulatedShop, clickModel: ClickModel, seen: boolean) {
  const items = new Map<string, SimulatedItem>(shop.items.map((item) => [item.item, item]));
  return ({ user, session, slate, atMs, shown, chance }: Showing): SimulatedOutcome[] => {
    const events: SimulatedOutcome[] = [];
    const happen = (action: SimulatedOutcome["action"], item: string, time: number, value?: number): void => {
      const outcome = { type: "outcome", action, item, time: Math.round(time), user, session, slate } as const;
      events.push(value === undefined ? outcome : { ...outcome, value });
    };
    const attractions = shown.map((item) => shop.truth.attraction(user, item));
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
      const fields = items.get(item)?.fields;
      if (!fields?.inStock || chance.next() >= cartChance) continue;
      const cartMs = clickedMs + 10 * secondMs + 20 * secondMs * chance.exponential();
      happen("cart", item, cartMs);
      if (chance.next() >= purchaseChance) continue;
      const delayMs = (chance.next() < 0.7 ? 20 * minuteMs : 2 * dayMs) * chance.exponential();
      happen("purchase", item, cartMs + secondMs + delayMs, fields.price);
    }
    return events;
  };
}
