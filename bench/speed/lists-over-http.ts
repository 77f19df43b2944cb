/** `POST /v1/rank` of 200 candidates, `POST /v1/recommend` and `POST /v1/search`, each answer logged and folded: all the server can take, then half of that. */
import type { RankRequest } from "../../src/core/public.ts";
import { startServer } from "../../src/http/server.ts";
import type { Benchmark, Measure, Setting } from "./benchmark.ts";
import type { Load, LoadResult } from "./load.ts";
import { inChild } from "./processes.ts";
import { profiled } from "./profile.ts";
import { servedConfig, type WarmShop, warmShop } from "./warm-shop.ts";

interface Bounds {
  readonly perSecond?: Partial<Measure>;
  readonly p50?: Partial<Measure>;
  readonly p99?: Partial<Measure>;
}

export async function underLoad(setting: Setting, loads: readonly Load[]): Promise<LoadResult[]> {
  const seconds = Math.max(...loads.map((load) => load.seconds ?? 120));
  const results = await inChild<LoadResult[]>({
    ...{ file: "load.ts", message: loads, execArgv: [], limitMs: (seconds + 60) * 1000 },
  });
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  if (failed > 0 && !setting.isQuick) throw new Error(`${failed} requests failed`);
  if (failed > 0) console.error(`${failed} requests failed`);
  return results;
}

async function measured(
  setting: Setting,
  [what, path, bodies, bounds]: readonly [
    what: string,
    path: string,
    bodies: (warm: WarmShop) => readonly object[],
    bounds: Bounds,
  ],
): Promise<Measure[]> {
  const warm = await warmShop(setting, setting.folder);
  const server = await startServer(warm.engine, servedConfig(setting.folder));
  const texts = bodies(warm).map((body) => JSON.stringify(body));
  const load: Load = {
    address: server.address,
    path,
    bodies: texts,
    connections: 8,
    seconds: setting.isQuick ? 1 : 10,
  };
  await underLoad(setting, [{ ...load, seconds: setting.isQuick ? 0.5 : 4 }]);
  const [full] = await profiled(setting, "serving", () => underLoad(setting, [load]));
  const [half] = await underLoad(setting, [{ ...load, connections: 64, rate: full!.perSecond / 2 }]);
  await server.close();
  await warm.engine.close();
  return [
    { what: `${what}, throughput`, value: full!.perSecond, unit: "/s", isRate: true, ...bounds.perSecond },
    { what: `${what}, p50 at half load`, value: half!.p50, unit: "ms", ...bounds.p50 },
    { what: `${what}, p99 at half load`, value: half!.p99, unit: "ms", ...bounds.p99 },
  ];
}

const throughput = { hold: 1000, reach: 3000 };
const ranks = (more: Partial<RankRequest>) => (warm: WarmShop) =>
  warm.ranks.map((request) => ({ ...request, ...more }));

export const rankOverHttp: Benchmark = {
  name: "rank-over-http",
  limitMs: 240_000,
  run: (setting) =>
    measured(setting, [
      "POST /v1/rank 200, all answered",
      "/v1/rank",
      ranks({}),
      { perSecond: throughput, p99: { hold: 10 } },
    ]),
};

export const rankPageOverHttp: Benchmark = {
  name: "rank-page-over-http",
  limitMs: 240_000,
  run: (setting) =>
    measured(setting, ["POST /v1/rank 200, a page of 24 answered", "/v1/rank", ranks({ size: 24 }), {}]),
};

export const recommendOverHttp: Benchmark = {
  name: "recommend-over-http",
  limitMs: 240_000,
  run: (setting) =>
    measured(setting, [
      "POST /v1/recommend",
      "/v1/recommend",
      ({ recommends }) => recommends,
      { perSecond: throughput, p50: { hold: 2 } },
    ]),
};

const searched = { p50: { hold: 5, reach: 2 }, p99: { hold: 20 } };

export const searchOverHttp: Benchmark = {
  name: "search-over-http",
  limitMs: 480_000,
  run: async (setting) => [
    ...(await measured(setting, [
      "POST /v1/search, 40k items, three facets",
      "/v1/search",
      ({ searches }) => searches,
      searched,
    ])),
    ...(await measured(setting, [
      "POST /v1/search, letter by letter",
      "/v1/search",
      ({ keystrokes }) => keystrokes,
      searched,
    ])),
  ],
};
