/** What tests of limits share: at the limit and one past it, in process and over HTTP, and with a smaller limit where the real one is out of reach. */
import type { FastifyInstance } from "fastify";
import { expect } from "vitest";
import { completeConfig } from "../src/config.ts";
import { manualClock } from "../src/core/clock.ts";
import { LiveshelfError } from "../src/core/errors.ts";
import { limits } from "../src/core/limits.ts";
import type { Engine, EventInput, RankRequest, RecommendRequest, SearchRequest } from "../src/core/public.ts";
import { createEngine, type EngineOptions, openEngine } from "../src/engine.ts";
import { memoryLog } from "../src/event-logs/memory.ts";
import { httpServer } from "../src/http/server.ts";

export type Limit = keyof typeof limits;
/** A test, or the file that has it and names the limit. */
export type Case = (() => Promise<void>) | string;

const startMs = Date.UTC(2026, 10, 22);
export const long = (length: number): string => "x".repeat(length);
export const many = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));
export const keys = <T>(count: number, value: T): Record<string, T> =>
  Object.fromEntries(many(count, (i) => [`k${i}`, value]));
export const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

export async function withEngine<T>(
  use: (engine: Engine, clock: ReturnType<typeof manualClock>) => Promise<T> | T,
  options: EngineOptions = {},
): Promise<T> {
  const clock = manualClock(startMs);
  const engine = await createEngine({ clock, tickMs: 0, ...options });
  try {
    return await use(engine, clock);
  } finally {
    await engine.close();
  }
}

/** With another value of a limit that is too large to be reached here. */
export async function withLimit<T>(limit: Limit, value: number, use: () => Promise<T>): Promise<T> {
  const changed = limits as Record<Limit, number>;
  const before = changed[limit];
  changed[limit] = value;
  try {
    return await use();
  } finally {
    changed[limit] = before;
  }
}

/** Code of what is thrown; "" when nothing is. */
export function codeOf(run: () => unknown): string {
  try {
    run();
    return "";
  } catch (error) {
    if (error instanceof LiveshelfError) return error.code;
    throw error;
  }
}

export const item = { type: "item", item: "p-1" };
export const slate = { type: "slate", items: ["p-1"] };
export const outcome = { type: "outcome", action: "click", item: "p-1" };

/** The event at the limit is taken, the one past it refused with `code`, in the same call. */
export async function events(code: string, at: EventInput, past: EventInput): Promise<void> {
  await withEngine(async (engine) => {
    const { accepted, rejected } = await engine.record([at, past]);
    expect([accepted, rejected.map((one) => [one.index, one.code])]).toEqual([1, [[1, code]]]);
  });
}

const codesOf = (engine: Engine, requests: readonly RankRequest[]): string[] =>
  requests.map((request) => codeOf(() => engine.rank(request)));

/** In process and over HTTP: the request at the limit is answered, the one past it refused. */
export async function ranks(at: Partial<RankRequest>, past: Partial<RankRequest>): Promise<void> {
  await withEngine(async (engine) => {
    const requests = [at, past].map((one) => ({ items: ["p-1"], ...one }));
    expect(codesOf(engine, requests)).toEqual(["", "REQUEST_MALFORMED"]);
    const answers = await overHttp(engine, (app) => Promise.all(requests.map((one) => post(app, "/v1/rank", one))));
    expect(answers).toEqual(["", "REQUEST_MALFORMED"]);
  });
}

export async function recommends(code: string, at: RecommendRequest, past: RecommendRequest): Promise<void> {
  await withEngine(async (engine) => {
    await engine.record({ ...item, fields: { brand: "Acme", price: 3 } });
    expect([at, past].map((one) => codeOf(() => engine.recommend(one)))).toEqual(["", code]);
    const answers = await overHttp(engine, (app) =>
      Promise.all([at, past].map((one) => post(app, "/v1/recommend", one))),
    );
    expect(answers).toEqual(["", code]);
  });
}

export async function searches(at: SearchRequest, past: SearchRequest): Promise<void> {
  await withEngine(async (engine) => {
    await engine.record({ ...item, fields: { title: "Red scarf", brand: "Acme", price: 3 } });
    expect([at, past].map((one) => codeOf(() => engine.search(one)))).toEqual(["", "REQUEST_MALFORMED"]);
    const answers = await overHttp(engine, (app) => Promise.all([at, past].map((one) => post(app, "/v1/search", one))));
    expect(answers).toEqual(["", "REQUEST_MALFORMED"]);
  });
}

export async function overHttp<T>(engine: Engine, use: (app: FastifyInstance) => Promise<T>): Promise<T> {
  const app = await httpServer(engine);
  try {
    return await use(app);
  } finally {
    await app.close();
  }
}

export async function post(
  app: FastifyInstance,
  url: string,
  body: unknown,
  type = "application/json",
): Promise<string> {
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
  const { error, rejected } = answer.json<{ error?: { code: string }; rejected?: { code: string }[] }>();
  return error?.code ?? rejected?.[0]?.code ?? "";
}

/** With so much on its way to disk, nothing more is accepted and answers are not logged; when it is durable, all is well again. */
export async function queued(full: readonly EventInput[]): Promise<void> {
  const disk = Promise.withResolvers<void>();
  const parts = {
    log: memoryLog({ sync: () => disk.promise }),
    snapshots: undefined,
    foldAside: () => Promise.reject(new Error("there are no snapshots")),
    availableBytes: () => Number.POSITIVE_INFINITY,
  };
  const engine = await openEngine(completeConfig({ tickMs: 0 }), parts, { clock: manualClock(startMs) });
  const recorded = engine.record(full);
  const before = engine.status();
  await expect(engine.record(outcome)).rejects.toMatchObject({ code: "OVERLOADED" });
  expect(engine.rank({ items: ["p-1", "p-2"] })).toMatchObject({
    slate: null,
    items: [{ position: 0 }, { position: 1 }],
  });
  expect(engine.status()).toMatchObject({ offset: before.offset, counts: { unlogged: 1 } });
  disk.resolve();
  expect((await recorded).accepted).toBe(full.length);
  expect((await engine.record(outcome)).accepted).toBe(1);
  expect(engine.rank({ items: ["p-1"] }).slate).not.toBeNull();
  await engine.close();
}
