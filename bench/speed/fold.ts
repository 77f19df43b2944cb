/** The fold alone, without log or HTTP: parsed events in, state out. */
import { completeConfig } from "../../src/config.ts";
import { eventAtMs, type LoggedEvent } from "../../src/core/event.ts";
import { parseEvent } from "../../src/core/parse-event.ts";
import type { EventInput } from "../../src/core/public.ts";
import { bytesInUse } from "../../src/core/state.ts";
import { Learning } from "../../src/learn.ts";
import { buildRooms } from "../../src/rooms.ts";
import { simulatedShop } from "../../src/simulator/shop.ts";
import { behaviour, take } from "./behaviour.ts";
import { type Benchmark, type Setting, scaled } from "./benchmark.ts";

export class Fold {
  readonly #rooms = buildRooms(completeConfig({}));
  readonly #learning = new Learning(this.#rooms);
  #offset = 0;

  one(event: LoggedEvent): void {
    this.#learning.fold(event, this.#offset++);
  }

  /** Seconds that it took. */
  all(events: readonly EventInput[]): number {
    const parsed = events.map((event) => parseEvent(event, Number.MAX_SAFE_INTEGER));
    parsed.sort((a, b) => eventAtMs(a) - eventAtMs(b));
    const startMs = performance.now();
    for (const event of parsed) this.one(event);
    return (performance.now() - startMs) / 1000;
  }

  get stateBytes(): number {
    return bytesInUse(this.#rooms.states);
  }
}

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
    const value = slates / fold.all(take(stream, 2 * slates));
    const what = "fold and learn, slates of 20 with one click";
    return [{ what, value, unit: "/s", isRate: true, hold: 1500, reach: 5000 }];
  },
};

export const foldOthers: Benchmark = {
  name: "fold-others",
  limitMs: 240_000,
  async run(setting) {
    const shop = shopOf(setting);
    const fold = new Fold();
    const items = asEvents(shop.items);
    const added = items.length / fold.all(items);
    const changes = items.map(
      (event, i): EventInput => ({ ...event, fields: { price: 5 + (i % 90), inStock: i % 9 > 0 } }),
    );
    const changed = items.length / fold.all(changes);
    const stream = behaviour(shop, { slates: 0, views: 6 });
    const count = scaled(100_000, setting);
    const first = count / fold.all(take(stream, count));
    fold.all(take(stream, 2 * count));
    const later = count / fold.all(take(stream, count));
    const bounds = { unit: "/s", isRate: true, hold: 50_000, reach: 200_000 } as const;
    return [
      { what: "fold of new items with 8 fields", value: added, ...bounds },
      { what: "fold of changed prices and stock", value: changed, ...bounds },
      { what: "fold of views, a shop's first 100,000", value: first, ...bounds },
      { what: "fold of views, after 300,000", value: later, ...bounds },
    ];
  },
};
