/**
 * A changed setting under load: 100,000 events of a shop of 40,000 items are folded aside under other features while events come in and
 * lists go out; how long that takes, and for how long the serving thread did nothing else at most.
 */
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import { startServer } from "../../src/http/server.ts";
import { take } from "./behaviour.ts";
import { type Benchmark, scaled, threadMs } from "./benchmark.ts";
import { underLoad } from "./lists-over-http.ts";
import { profiled } from "./profile.ts";
import { servedConfig, warmShop } from "./warm-shop.ts";

const resolutionMs = 1;
const batchEvents = 50;

export const moving: Benchmark = {
  name: "moving",
  limitMs: 300_000,
  async run(setting) {
    const warm = await warmShop(setting, setting.folder);
    const { engine, stream } = warm;
    const server = await startServer(engine, servedConfig(setting.folder));
    const batch = (): string => JSON.stringify(take(stream, batchEvents).map(({ time: _, ...now }) => now));
    const seconds = setting.isQuick ? 5 : 40;
    const load = { address: server.address, connections: 4, seconds };
    const bodies = Array.from({ length: scaled(600, setting) }, batch);
    const texts = (requests: readonly object[]): string[] => requests.map((one) => JSON.stringify(one));
    const loads = [
      { ...load, path: "/v1/events", rate: 10, bodies },
      { ...load, path: "/v1/rank", rate: 40, bodies: texts(warm.ranks) },
      { ...load, path: "/v1/search", rate: 20, bodies: texts(warm.searches) },
    ];
    await underLoad(setting, [{ ...loads[1]!, seconds: seconds / 10 }]);
    let longestCollectionMs = 0;
    const collections = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longestCollectionMs = Math.max(longestCollectionMs, duration);
    });
    const delay = monitorEventLoopDelay({ resolution: resolutionMs });
    // What the thread computed between two ticks: unlike the delay, it leaves out what other processes took.
    let longestMs = 0;
    let sinceMs = 0;
    const measured = async (): Promise<void> => {
      collections.observe({ entryTypes: ["gc"] });
      delay.enable();
      sinceMs = threadMs();
      const ticking = setInterval(() => {
        const nowMs = threadMs();
        longestMs = Math.max(longestMs, nowMs - sinceMs);
        sinceMs = nowMs;
      }, resolutionMs);
      await engine.reconfigure({ withoutFeatures: ["price", "tag-affinity"] });
      clearInterval(ticking);
      delay.disable();
      collections.disconnect();
    };
    const [results] = await profiled(setting, "moving", () => Promise.all([underLoad(setting, loads), measured()]));
    const { rebuild, offset } = engine.status();
    await server.close();
    await engine.close();
    const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs);
    return [
      { what: `move to other features, ${offset.toLocaleString("en")} events`, value: rebuild!.seconds!, unit: "s" },
      {
        what: "longest pause of the serving thread meanwhile, 500 events/s in and 60 lists/s out",
        value: ms(delay.max),
        unit: "ms",
        hold: 50,
        reach: 10,
      },
      { what: "the same in thread time, other processes left out", value: longestMs, unit: "ms", hold: 50 },
      { what: "move, the longest step of it on the serving thread", value: rebuild!.pauseMs!, unit: "ms", hold: 50 },
      { what: "move, p99.9 of the thread's pauses meanwhile", value: ms(delay.percentile(99.9)), unit: "ms" },
      { what: "move, the longest garbage collection meanwhile", value: longestCollectionMs, unit: "ms" },
      { what: "move, p99 of a ranked list, before and after included", value: results[1]!.p99, unit: "ms" },
    ];
  },
};
