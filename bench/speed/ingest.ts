/** `POST /v1/events` in batches of 500, each answered when it is durable: views and carts, and a fifth changed items. */
import type { EventInput } from "../../src/core/public.ts";
import { random, shuffle } from "../../src/core/random.ts";
import { startServer } from "../../src/http/server.ts";
import { behaviour, take } from "./behaviour.ts";
import { type Benchmark, scaled } from "./benchmark.ts";
import { underLoad } from "./lists-over-http.ts";
import { profiled } from "./profile.ts";
import { servedConfig, warmShop } from "./warm-shop.ts";

const batchEvents = 500;
const connections = 4;

export const ingest: Benchmark = {
  name: "ingest",
  limitMs: 240_000,
  async run(setting) {
    const { engine, shop } = await warmShop(setting, setting.folder);
    const server = await startServer(engine, servedConfig(setting.folder));
    const batches = Math.max(2 * connections, scaled(400, setting));
    // Of many shoppers at once, as so many in a second are; without a time they happen on arrival.
    const views = shuffle(take(behaviour(shop, { slates: 0, views: 5 }), batches * batchEvents), random("ingest"));
    let changed = 0;
    const event = (_: unknown, i: number): EventInput => {
      const { time: _then, ...view } = views.pop()!;
      if (i % 5 !== 0) return view;
      const { item } = shop.items[changed++ % shop.items.length]!;
      return { type: "item", item, fields: { price: 1 + (changed % 100), inStock: changed % 9 !== 0 } };
    };
    const bodies = Array.from({ length: batches }, () => JSON.stringify(Array.from({ length: batchEvents }, event)));
    const load = { address: server.address, path: "/v1/events", connections };
    await underLoad(setting, [{ ...load, bodies: bodies.slice(0, batches / 4) }]);
    const [result] = await profiled(setting, "ingest", () => underLoad(setting, [{ ...load, bodies }]));
    await server.close();
    await engine.close();
    return [
      {
        what: "ingest over HTTP, durable, batches of 500 (views, a fifth items)",
        ...{ value: result!.perSecond * batchEvents, unit: "/s", isRate: true, hold: 30_000, reach: 100_000 },
      },
      { what: "ingest over HTTP, p50 of a batch", value: result!.p50, unit: "ms" },
    ];
  },
};
