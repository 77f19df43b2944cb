/** A process that asks a server over HTTP, so that the server has a core to itself. Told what to ask by its parent, once. */
import autocannon from "autocannon";
import { random } from "../../src/core/random.ts";
import { percentile } from "./benchmark.ts";
import { pacedLoad } from "./paced-load.ts";

export interface Load {
  readonly address: string;
  readonly path: string;
  /** JSON texts, asked in turn. */
  readonly bodies: readonly string[];
  readonly connections: number;
  /** How long; or how many, each body once. */
  readonly seconds?: number;
  /** Requests a second, arriving by chance (Poisson); absent: each connection asks again at once. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly answered: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Answers other than 200, lost connections, timeouts. */
  readonly failed: number;
}

export function summary(latencies: readonly number[], seconds: number, failed: number): LoadResult {
  const sorted = Float64Array.from(latencies).sort();
  return {
    answered: sorted.length,
    perSecond: sorted.length / seconds,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
    failed,
  };
}

/** As much as the server can take: every connection asks again as soon as it is answered. */
async function saturatingLoad({ address, path, bodies, connections, seconds }: Load): Promise<LoadResult> {
  const headers = { "content-type": "application/json" };
  let clients = 0;
  const latencies: number[] = [];
  let lastMs = 0;
  const startMs = performance.now();
  const running = autocannon({
    ...{ url: address, connections, excludeErrorStats: true, timeout: 30 },
    ...(seconds === undefined ? { amount: bodies.length } : { duration: seconds }),
    // Every connection has bodies of its own.
    setupClient(client) {
      const first = clients++;
      const own = bodies.filter((_, i) => i % connections === first % connections);
      client.setRequests(own.map((body) => ({ method: "POST", path, headers, body })));
    },
  });
  let failed = 0;
  running.on("response", (_client, status, _bytes, latencyMs) => {
    if (status === 200) latencies.push(latencyMs);
    else failed++;
    lastMs = performance.now();
  });
  const result = await running;
  return summary(latencies, (lastMs - startMs) / 1000, failed + result.errors + result.timeouts);
}

process.once("message", async (loads: readonly Load[]) => {
  const chance = random("arrivals");
  const results = await Promise.all(
    loads.map((load) => (load.rate === undefined ? saturatingLoad(load) : pacedLoad(load, load.rate, chance))),
  );
  process.send!(results, () => process.exit(0));
});
