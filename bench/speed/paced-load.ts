/**
 * Requests that arrive by chance at a mean rate, whether or not earlier ones are answered: what “p99 at half load” means.
 * (autocannon sends a second's share at once and then waits for the next second, which is full load, half of the time.)
 */
import { Agent, request } from "node:http";
import type { Random } from "../../src/core/random.ts";
import { type Load, type LoadResult, summary } from "./load.ts";

export async function pacedLoad(
  { address, path, bodies, connections, seconds = 10 }: Load,
  rate: number,
  chance: Random,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  let failed = 0;
  let sent = 0;
  const send = (dueMs: number): Promise<void> =>
    new Promise((resolve) => {
      const body = bodies[sent++ % bodies.length]!;
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const fail = (): void => {
        failed++;
        resolve();
      };
      request(`${address}${path}`, { method: "POST", agent, headers, timeout: 30_000 }, (response) => {
        response.resume().once("error", fail);
        response.once("end", () => {
          if (response.statusCode !== 200) return fail();
          // From when it was due: waiting for a connection or for this very loop counts.
          latencies.push(performance.now() - dueMs);
          resolve();
        });
      })
        .once("error", fail)
        .end(body);
    });
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  const answers: Promise<void>[] = [];
  for (let dueMs = startMs; dueMs < endMs; dueMs += (1000 * chance.exponential()) / rate) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    answers.push(send(dueMs));
  }
  await Promise.all(answers);
  agent.destroy();
  return summary(latencies, (performance.now() - startMs) / 1000, failed);
}
