/** `rank` of 200 candidates by an engine in memory, one after another. */
import type { RankRequest } from "../../src/core/public.ts";
import { type Benchmark, type Measure, percentile, scaled } from "./benchmark.ts";
import { profiled } from "./profile.ts";
import { warmShop } from "./warm-shop.ts";

export const rankInProcess: Benchmark = {
  name: "rank-in-process",
  limitMs: 180_000,
  async run(setting) {
    const { engine, ranks } = await warmShop(setting);
    const times = (more: Partial<RankRequest>): Float64Array => {
      const count = scaled(8000, setting);
      const took = new Float64Array(count);
      for (let i = -count / 4; i < count; i++) {
        const request = { ...ranks[Math.abs(i) % ranks.length]!, ...more };
        const startMs = performance.now();
        engine.rank(request);
        if (i >= 0) took[i] = performance.now() - startMs;
      }
      return took.sort();
    };
    const pure = await profiled(setting, "rank", () => times({ observe: false }));
    const logged = await profiled(setting, "rank-and-log", () => times({}));
    await engine.close();
    const rows = (what: string, took: Float64Array, bounds: Partial<Measure>): Measure[] => [
      { what: `${what}, p50`, value: percentile(took, 0.5), unit: "ms", ...bounds },
      { what: `${what}, p99`, value: percentile(took, 0.99), unit: "ms" },
    ];
    return [
      ...rows("rank 200 in process", pure, { hold: 1, reach: 0.3 }),
      ...rows("rank 200 in process, slate logged and folded", logged, {}),
    ];
  },
};
