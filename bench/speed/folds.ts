/** How many events a second the fold takes, lessons included: slates, items, views. */
import type { Config } from "../../src/config.ts";
import type { EventInput } from "../../src/core/public.ts";
import { simulatedShop } from "../../src/simulator/shop.ts";
import { behaviour, take } from "./behaviour.ts";
import { type Benchmark, type Setting, scaled } from "./benchmark.ts";
import { Fold } from "./fold.ts";
import { profiled } from "./profile.ts";

const shopOf = ({ isQuick }: Setting) => simulatedShop({ seed: 1, items: isQuick ? 8000 : 40_000, shoppers: 4000 });
const asEvents = (events: readonly object[]): EventInput[] => events.map((event) => ({ ...event }));

export const foldSlates: Benchmark = {
  name: "fold-slates",
  limitMs: 180_000,
  async run(setting) {
    const shop = shopOf(setting);
    const fold = new Fold();
    fold.all(asEvents(shop.items));
    const stream = behaviour(shop, { views: 0 });
    fold.all(take(stream, 2 * scaled(4000, setting)));
    const slates = scaled(12_000, setting);
    const seconds = await profiled(setting, "fold-slates", () => fold.all(take(stream, 2 * slates)));
    const value = slates / seconds;
    const what = "fold and learn, slates of 20 with one click";
    return [{ what, value, unit: "/s", isRate: true, hold: 1500, reach: 5000 }];
  },
};

const bounds = { unit: "/s", isRate: true, hold: 50_000, reach: 200_000 } as const;

export const foldItems: Benchmark = {
  name: "fold-items",
  limitMs: 120_000,
  async run(setting) {
    const items = asEvents(shopOf(setting).items);
    const change = (i: number) => ({ price: 5 + (i % 90), inStock: i % 9 > 0 });
    const changes = items.map((event, i): EventInput => ({ ...event, fields: change(i) }));
    const fold = new Fold();
    const added = await profiled(setting, "new-items", () => fold.all(items));
    const changed = await profiled(setting, "changed-items", () => fold.all(changes));
    return [
      { what: "fold of new items with 8 fields", value: items.length / added, ...bounds },
      { what: "fold of changed prices and stock", value: items.length / changed, ...bounds },
    ];
  },
};

export const foldViews: Benchmark = {
  name: "fold-views",
  limitMs: 300_000,
  async run(setting) {
    const shop = shopOf(setting);
    const count = scaled(50_000, setting);
    const rates = async (name: string, settings: Partial<Config>): Promise<number[]> => {
      const fold = new Fold(settings);
      fold.all(asEvents(shop.items));
      const stream = behaviour(shop, { slates: 0, views: 6 });
      const first = count / fold.all(take(stream, count));
      fold.all(take(stream, 2 * count));
      const later = count / (await profiled(setting, name, () => fold.all(take(stream, count))));
      return [first, later];
    };
    const [first, later] = await rates("views", {});
    const [, alone] = await rates("views-without-lessons", { choiceLessonsPerSecond: 0 });
    return [
      { what: "fold of views, a shop's first 50,000: every one teaches", value: first!, ...bounds },
      { what: "fold of views, after 150,000: about a third teaches", value: later!, ...bounds },
      { what: "fold of views that teach nothing", value: alone!, ...bounds },
    ];
  },
};
