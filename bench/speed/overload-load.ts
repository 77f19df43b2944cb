/**
 * A process that asks a server of everything at once, first as much as it can take, then a fifth of that, then three times as much,
 * and then watches it come back to normal. Told by its parent, once.
 */
import { Agent, request } from "node:http";
import autocannon from "autocannon";
import type { EventInput, RankRequest } from "../../src/core/public.ts";
import { type Random, random } from "../../src/core/random.ts";
import { percentile } from "./benchmark.ts";
import {
  connectionsOf,
  type Kind,
  kinds,
  type OverloadPlan,
  type OverloadResult,
  type PhaseResult,
} from "./overload-plan.ts";

/** Connections, as so many times {@link connectionsOf}. */
const copies = { full: 1, unloaded: 2, overload: 12 };
/** Different lists that a connection asks for in turn: few, as making them would keep this process busy while others are being timed. */
const ownRequests = 20;
const json = { "content-type": "application/json" };

class Asking {
  readonly #plan: OverloadPlan;
  readonly #chance: Random = random("overload");
  readonly acknowledged: string[] = [];
  #ids = 0;

  constructor(plan: OverloadPlan) {
    this.#plan = plan;
  }

  /**
   * Every connection asks again as soon as it is answered; with `rate`, so many requests a second in all, and each connection begins its
   * share of a second at a time of its own.
   */
  async phase(seconds: number, copies: number, rate?: number): Promise<{ result: PhaseResult; offered: number }> {
    const seen = Object.fromEntries(kinds.map((kind) => [kind, { latencies: [] as number[], refused: 0, failed: 0 }]));
    const asking = Array.from({ length: copies }, () =>
      kinds.flatMap((kind) => new Array<Kind>(connectionsOf[kind]).fill(kind)),
    ).flat();
    const share = rate === undefined ? {} : { overallRate: Math.max(1, Math.round(rate / asking.length)) };
    await Promise.all(
      asking.map(async (kind, i) => {
        // Neighbours are of one kind, and begin far from each other.
        if (rate !== undefined) await new Promise((resolve) => setTimeout(resolve, ((i * 0.382) % 1) * 1000));
        const running = autocannon({
          ...{ url: this.#plan.address, connections: 1, excludeErrorStats: true, timeout: 30, duration: seconds },
          ...share,
          setupClient: (client) => client.setRequests(this.#requests(kind)),
        });
        const mine = seen[kind]!;
        running.on("response", (_client, status, _bytes, latencyMs) => {
          if (status === 200) mine.latencies.push(latencyMs);
          else if (status === 503) mine.refused++;
          else mine.failed++;
        });
        const { errors, timeouts } = await running;
        mine.failed += errors + timeouts;
      }),
    );
    const result = Object.fromEntries(
      kinds.map((kind) => {
        const { latencies, refused, failed } = seen[kind]!;
        const sorted = Float64Array.from(latencies).sort();
        const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
        return [kind, { answered: sorted.length, perSecond: sorted.length / seconds, p50, p99, refused, failed }];
      }),
    ) as PhaseResult;
    const offered = kinds.reduce((sum, kind) => sum + result[kind].answered + result[kind].refused, 0);
    return { result, offered: offered / seconds };
  }

  #requests(kind: Kind) {
    const path = kind === "events" ? "/v1/events" : "/v1/rank";
    let ids: string[] = [];
    const setupRequest = <R extends { body: string }>(one: R): R => {
      const events = this.#events();
      ids = events.map(({ id }) => id as string);
      one.body = JSON.stringify(events);
      return one;
    };
    const onResponse = (status: number): void => {
      if (status === 200) this.acknowledged.push(...ids);
    };
    if (kind === "events")
      return [{ method: "POST" as const, path, headers: json, body: "[]", setupRequest, onResponse }];
    return Array.from({ length: ownRequests }, (_, i) => {
      const body = JSON.stringify(this.rank(kind, i));
      return { method: "POST" as const, path, headers: json, body };
    });
  }

  /** 50 to 200 candidates. */
  rank(kind: Exclude<Kind, "events">, i: number): RankRequest {
    const { ranks } = this.#plan;
    const { user, session, items, ...rest } = ranks[this.#chance.int(ranks.length)]!;
    const who = {
      user: { user, session },
      session: { session },
      anonymous: i % 2 === 0 ? {} : { user, observe: false },
    };
    return { ...rest, ...who[kind], items: items.slice(0, 50 + this.#chance.int(151)) };
  }

  /** One to three. */
  #events(): EventInput[] {
    const { user, session, items } = this.#plan.ranks[this.#chance.int(this.#plan.ranks.length)]!;
    return Array.from({ length: 1 + this.#chance.int(3) }, () => {
      const item = items[this.#chance.int(items.length)]!;
      return { type: "outcome", action: "view", id: `${this.#plan.idPrefix}-${this.#ids++}`, item, user, session };
    });
  }
}

const probeEveryMs = 20;
const probeForMs = 2000;

/** Seconds from now until the last answer that is none, or later than `limitMs`. */
async function recovery(asking: Asking, address: string, limitMs: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const startMs = performance.now();
  let lastBadMs = startMs;
  const probe = async (i: number): Promise<void> => {
    const sentMs = performance.now();
    const status = await new Promise<number | undefined>((resolve) => {
      request(`${address}/v1/rank`, { method: "POST", agent, headers: json }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode));
      })
        .once("error", () => resolve(undefined))
        .end(JSON.stringify(asking.rank("user", i)));
    });
    if (status !== 200 || performance.now() - sentMs > limitMs) lastBadMs = performance.now();
  };
  const probes: Promise<void>[] = [];
  for (let i = 0; performance.now() < startMs + probeForMs; i++) {
    probes.push(probe(i));
    await new Promise((resolve) => setTimeout(resolve, probeEveryMs));
  }
  await Promise.all(probes);
  agent.destroy();
  return (lastBadMs - startMs) / 1000;
}

process.once("message", async (plan: OverloadPlan) => {
  const asking = new Asking(plan);
  // Once as many connections as there are kinds' shares: enough to keep one thread busy, too few to be refused.
  await asking.phase(plan.seconds / 4, copies.full);
  const { result: full } = await asking.phase(plan.seconds / 2, copies.full);
  const capacity = kinds.reduce((sum, kind) => sum + full[kind].perSecond, 0);
  const { result: unloaded } = await asking.phase(plan.seconds, copies.unloaded, capacity * plan.unloadedShare);
  const { result: overload, offered } = await asking.phase(
    plan.seconds,
    copies.overload,
    capacity * plan.overloadTimes,
  );
  const usual = Math.max(...kinds.map((kind) => unloaded[kind].p99));
  const recoverySeconds = await recovery(asking, plan.address, 3 * usual);
  const { acknowledged } = asking;
  process.send!({ capacity, unloaded, overload, offered, recoverySeconds, acknowledged } satisfies OverloadResult, () =>
    process.exit(0),
  );
});
