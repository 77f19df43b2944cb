import { describe, expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../core/clock.ts";
import type { SimulatedEvent, SimulatedOutcome } from "./events.ts";
import { type HistoryOptions, simulatedHistory } from "./history.ts";
import { purchaseChance, returnMeanMs } from "./responses.ts";
import { cartChance, type ShopOptions, simulatedShop } from "./shop.ts";

function history(shopOptions: Partial<ShopOptions>, options: Partial<HistoryOptions> = {}) {
  const shop = simulatedShop({ seed: 7, ...shopOptions });
  return { shop, events: [...simulatedHistory(shop, { visits: 6000, ...options })] };
}

const outcomes = (events: readonly SimulatedEvent[], action: string): SimulatedOutcome[] =>
  events.filter((event) => event.type === "outcome" && event.action === action) as SimulatedOutcome[];

test("everything comes in time order, from the items at the opening to the last purchase", () => {
  const { shop, events } = history({ churn: { perDay: 0.05, days: 10 } }, { bots: { share: 0.1 }, returnChance: 0.2 });
  expect(events.slice(0, 600)).toEqual(shop.items);
  expect(events.findIndex(({ time }, i) => time < (events[i - 1]?.time ?? 0))).toBe(-1);
  expect(events.filter(({ type }) => type === "slate").length).toBeGreaterThan(6000);
});

describe("items that come and go", () => {
  const churn = { perDay: 0.02, days: 20 };
  const { shop, events } = history({ churn });

  test("as many as were asked for; the shop keeps its size", () => {
    expect(shop.comingsAndGoings.filter(({ type }) => type === "item").length).toBe(240);
    expect(shop.comingsAndGoings.filter(({ type }) => type === "item-removed").length).toBe(240);
    for (const days of [0, 1, 7.5, 20, 100]) {
      const there = shop.rowsAt(shop.startMs + days * dayMs);
      expect(there.length).toBe(600);
      expect(shop.ownOrder(undefined, shop.startMs + days * dayMs).length).toBe(600);
    }
    expect(new Set(shop.stock.items.map(({ item }) => item)).size).toBe(840);
  });

  test("are shown only while they are there", () => {
    const there = new Set<string>();
    for (const event of events) {
      if (event.type === "item") there.add(event.item);
      else if (event.type === "item-removed") there.delete(event.item);
      else if (event.type === "slate") expect(event.items.filter((item) => !there.has(item))).toEqual([]);
    }
    const shown = new Set(events.flatMap((event) => (event.type === "slate" ? event.items : [])));
    expect(shop.stock.items.slice(600).filter(({ item }) => shown.has(item)).length).toBeGreaterThan(50);
  });

  test("leave the items at the opening as they are in a shop without", () => {
    expect(shop.items).toEqual(simulatedShop({ seed: 7 }).items);
  });
});

describe("after the click", () => {
  const { shop, events } = history({ conversion: 1 }, { visits: 20_000, lateCarts: true, returnChance: 0.25 });

  test("carts come at the item's own chance, as late as a mixture of 20 minutes and 2 days", () => {
    const clicks = outcomes(events, "click");
    const carts = outcomes(events, "cart");
    const expected = clicks.reduce((sum, { item }) => sum + shop.cartChance(item), 0);
    expect(Math.abs(carts.length - expected) / Math.sqrt(expected)).toBeLessThan(4);
    const clickedAtMs = new Map(clicks.map(({ slate, item, time }) => [slate! + item, time]));
    const waits = carts.map(({ slate, item, time }) => time - clickedAtMs.get(slate! + item)!);
    const later = (ms: number): number => waits.filter((wait) => wait > ms).length / waits.length;
    // 0.7 e^(−t / 20 min) + 0.3 e^(−t / 2 d), but for the half minute that a cart takes at least.
    for (const ms of [20 * minuteMs, 3 * hourMs, 2 * dayMs]) {
      const chance = 0.7 * Math.exp(-ms / (20 * minuteMs)) + 0.3 * Math.exp(-ms / (2 * dayMs));
      expect(Math.abs(later(ms) - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / waits.length) + 0.01);
    }
  });

  test("chances of carts differ by the spread that was asked for, around the middling one", () => {
    const inStock = shop.items.filter(({ fields }) => fields.inStock);
    const logits = inStock.map(({ item }) => Math.log(shop.cartChance(item) / (1 - shop.cartChance(item))));
    const mean = logits.reduce((sum, logit) => sum + logit / logits.length, 0);
    const deviation = Math.sqrt(logits.reduce((sum, logit) => sum + (logit - mean) ** 2 / logits.length, 0));
    expect(mean).toBeCloseTo(Math.log(cartChance / (1 - cartChance)), 0);
    expect(deviation).toBeCloseTo(1, 0);
    const soldOut = shop.items.find(({ fields }) => !fields.inStock)!;
    expect([shop.cartChance(soldOut.item), shop.cartChance("p-x")]).toEqual([0, 0]);
    const even = simulatedShop({ seed: 7 });
    expect(even.cartChance(inStock[0]!.item)).toBe(cartChance);
  });

  test("a quarter of the purchases is brought back, for what was paid, ten days later in the mean", () => {
    const purchases = outcomes(events, "purchase");
    const returns = outcomes(events, "return");
    expect(purchases.length / outcomes(events, "cart").length).toBeCloseTo(purchaseChance, 1);
    expect(returns.length / purchases.length).toBeCloseTo(0.25, 1);
    const bought = new Map(purchases.map((outcome) => [outcome.slate! + outcome.item, outcome]));
    const waits = returns.map(({ slate, item, time, value }) => {
      expect(value).toBe(bought.get(slate! + item)!.value);
      return time - bought.get(slate! + item)!.time;
    });
    const mean = waits.reduce((sum, wait) => sum + wait / waits.length, 0);
    expect(Math.abs(mean / returnMeanMs - 1)).toBeLessThan(4 / Math.sqrt(waits.length));
  });

  test("returns come as soon as was asked for", () => {
    const hasty = history({}, { visits: 8000, returnChance: 0.5, returnMeanMs: hourMs }).events;
    const bought = new Map(outcomes(hasty, "purchase").map(({ slate, item, time }) => [slate! + item, time]));
    const waits = outcomes(hasty, "return").map(({ slate, item, time }) => time - bought.get(slate! + item)!);
    const mean = waits.reduce((sum, wait) => sum + wait / waits.length, 0);
    expect(waits.length).toBeGreaterThan(100);
    expect(Math.abs(mean / hourMs - 1)).toBeLessThan(4 / Math.sqrt(waits.length));
  });
});
