/**
 * The longest time for which the serving thread did nothing else: events in batches of 500 (new items and shoppers among them),
 * lists ranked and recommended at the same time, snapshots as often as by default.
 */
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import type { EventInput } from "../../src/core/public.ts";
import { startServer } from "../../src/http/server.ts";
import { take } from "./behaviour.ts";
import { type Benchmark, scaled } from "./benchmark.ts";
import { underLoad } from "./lists-over-http.ts";
import { profiled } from "./profile.ts";
import { servedConfig, warmShop } from "./warm-shop.ts";

const resolutionMs = 1;
const batchEvents = 500;

export const pause: Benchmark = {
  name: "pause",
  limitMs: 300_000,
  async run(setting) {
    const warm = await warmShop(setting, setting.folder);
    const { engine, shop, stream } = warm;
    const server = await startServer(engine, servedConfig(setting.folder));
    let added = 0;
    const event = (_: unknown, i: number): EventInput => {
      if (i % 5 === 0) return { ...shop.items[++added % shop.items.length]!, item: `n-${added}` };
      const { time: _now, ...more } = take(stream, 1)[0]!;
      return i % 5 === 1 ? { ...more, user: `n-${i}-${added}` } : more;
    };
    const batch = (): string => JSON.stringify(Array.from({ length: batchEvents }, event));
    // Well below what the server can take: a queue is no pause.
    const seconds = setting.isQuick ? 5 : 60;
    const load = { address: server.address, connections: 16, seconds };
    const eventLoad = {
      ...load,
      path: "/v1/events",
      rate: 3,
      bodies: Array.from({ length: scaled(180, setting) }, batch),
    };
    const rankLoad = { ...load, path: "/v1/rank", rate: 60, bodies: warm.ranks.map((one) => JSON.stringify(one)) };
    const recommendLoad = {
      ...load,
      path: "/v1/recommend",
      rate: 60,
      bodies: warm.recommends.map((one) => JSON.stringify(one)),
    };
    await underLoad(setting, [{ ...rankLoad, seconds: seconds / 10 }]);
    let snapshots = 0;
    let snapshotOffset = engine.status().snapshotOffset;
    const watching = setInterval(() => {
      if (engine.status().snapshotOffset === snapshotOffset) return;
      snapshotOffset = engine.status().snapshotOffset;
      snapshots++;
    }, 200);
    let longestCollectionMs = 0;
    const collections = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longestCollectionMs = Math.max(longestCollectionMs, duration);
    });
    collections.observe({ entryTypes: ["gc"] });
    const delay = monitorEventLoopDelay({ resolution: resolutionMs });
    delay.enable();
    const loads = [eventLoad, rankLoad, recommendLoad];
    const results = await profiled(setting, "pause", () => underLoad(setting, loads));
    delay.disable();
    collections.disconnect();
    clearInterval(watching);
    await server.close();
    await engine.close();
    const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs);
    return [
      {
        what: "longest pause of the serving thread, 1,500 events/s in and 120 lists/s out",
        value: ms(delay.max),
        unit: "ms",
        hold: 50,
        reach: 10,
      },
      { what: "serving thread, p99.9 of its pauses", value: ms(delay.percentile(99.9)), unit: "ms" },
      { what: "serving thread, longest garbage collection", value: longestCollectionMs, unit: "ms" },
      { what: "serving thread, snapshots meanwhile", value: snapshots, unit: "" },
      { what: "serving thread, p99 of a ranked list meanwhile", value: results[1]!.p99, unit: "ms" },
    ];
  },
};
