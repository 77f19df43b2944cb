/** `X-Timeout-Ms` and `timeoutMs`: what does not fit is left out, and the answer says so. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import { manualClock } from "../src/core/clock.ts";
import type { LoggedEvent } from "../src/core/event.ts";
import { parseEvent } from "../src/core/parse-event.ts";
import type { Engine, RankRequest } from "../src/core/public.ts";
import { Rows } from "../src/core/rows.ts";
import { createEngine } from "../src/engine.ts";
import { httpServer } from "../src/http/server.ts";
import { shedding } from "../src/http/shedding.ts";
import { Learning } from "../src/learn.ts";
import { Serving } from "../src/rank.ts";
import { buildRooms } from "../src/rooms.ts";
import { Searching } from "../src/search.ts";
import { TimeBudget } from "../src/time-budget.ts";

const startMs = Date.UTC(2026, 10, 22);
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `p-${i}`);

/** Rooms with a shop of `items`, served under a stopwatch that moves on by `stepMs` whenever it is looked at. */
function shop(items: number, stepMs: number) {
  const rooms = buildRooms(completeConfig({}));
  const learning = new Learning(rooms);
  let offset = 0;
  const fold = (event: LoggedEvent): void =>
    void learning.fold(JSON.parse(JSON.stringify(event)) as LoggedEvent, offset++);
  for (const item of ids(items)) {
    const fields = { title: "plain button", brand: `b-${item.length}`, price: items };
    fold(parseEvent({ type: "item", item, fields }, startMs));
    fold(parseEvent({ type: "outcome", action: "click", item, user: `u-${offset % 7}` }, startMs));
  }
  let nowMs = 0;
  const stopwatch = (): number => {
    nowMs += stepMs;
    return nowMs;
  };
  const serving = new Serving(rooms, stopwatch);
  return { rooms, learning, serving, searching: new Searching(rooms, serving, stopwatch), fold };
}

describe("search", () => {
  test("with little time fewer are ranked, and the page is full all the same", () => {
    const { searching } = shop(300, 0.1);
    const { answer: whole } = searching.search({ query: "button", size: 50 }, startMs);
    expect([whole.items.length, whole.total, "skipped" in whole]).toEqual([50, 300, false]);
    const { answer } = searching.search({ query: "button", size: 50, timeoutMs: 1 }, startMs);
    expect([answer.items.length, answer.total]).toEqual([50, 300]);
    expect(answer.skipped).toBeGreaterThan(100);
  });
});

describe("rank", () => {
  test("without a timeout, or with enough time, every candidate is considered", () => {
    const { serving } = shop(300, 0.1);
    for (const more of [{}, { timeoutMs: 10_000 }]) {
      const { answer } = serving.rank({ items: ids(300), ...more }, startMs);
      expect(answer.items.length).toBe(300);
      expect("skipped" in answer).toBe(false);
    }
  });

  test("with little time only the first are, as many as fit by what candidates cost", () => {
    const { serving } = shop(300, 0.1);
    const asked: RankRequest = { items: ids(300), user: "u-1", timeoutMs: 1 };
    const { answer, slate } = serving.rank(asked, startMs);
    const considered = answer.items.map(({ item }) => item).sort();
    expect(considered.length).toBeGreaterThan(10);
    expect(considered.length).toBeLessThan(100);
    expect(answer.skipped).toBe(300 - considered.length);
    expect(considered).toEqual(ids(considered.length).sort());
    expect(slate.items.length).toBe(considered.length);
  });

  test("a caller whose time is not over gets at least one candidate ranked", () => {
    const { serving } = shop(20, 5);
    const { answer } = serving.rank({ items: ids(20), timeoutMs: 0.001 }, startMs);
    expect([answer.items.map(({ item }) => item), answer.skipped]).toEqual([["p-0"], 19]);
  });

  test("the slate is of what was shown: its rows are folded as they were served", () => {
    const { rooms, learning, serving, fold } = shop(120, 0.1);
    const { width } = learning.lastRows;
    for (const timeoutMs of [0.4, 0.7, 1, 2]) {
      const { answer, slate } = serving.rank(
        { items: ids(120), user: "u-1", session: "v-1", timeoutMs },
        startMs + 1000,
      );
      const count = answer.items.length;
      expect(answer.skipped).toBe(120 - count);
      const served = new Rows(width);
      serving.lastList(count).copyRows(served);
      const before = served.dense.slice(0, count * width);
      fold({ ...slate, slate: `s-${timeoutMs}`, time: startMs + 1000, receivedAt: startMs + 1000 });
      expect(learning.lastRows.count).toBe(count);
      expect(learning.lastRows.dense.slice(0, count * width)).toEqual(before);
    }
    expect(rooms.attribution.slates.size).toBe(4);
  });
});

describe("recommend", () => {
  test("with little time from a smaller pool, and the page is full all the same", () => {
    const { serving } = shop(400, 0.1);
    const ample = serving.recommend({ user: "u-1", size: 12 }, startMs).answer;
    expect([ample.items.length, ample.skipped]).toEqual([12, undefined]);
    const hurried = serving.recommend({ user: "u-1", size: 12, timeoutMs: 0.5 }, startMs).answer;
    expect(hurried.items.length).toBe(12);
    expect(hurried.skipped).toBeGreaterThan(50);
  });
});

describe("what a request may say", () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, "5" as unknown as number])("%s is no time", async (timeoutMs) => {
    const engine = await createEngine();
    const refusal = expect.objectContaining({ code: "REQUEST_MALFORMED", at: "/timeoutMs" });
    expect(() => engine.rank({ items: ["p-0"], timeoutMs })).toThrow(refusal);
    expect(() => engine.recommend({ timeoutMs })).toThrow(refusal);
    await engine.close();
  });

  test.each([0, -3])("with %s ms left the time is over before the work begins", (timeoutMs) => {
    const { serving } = shop(1, 0.1);
    const refusal = expect.objectContaining({ code: "DEADLINE_PASSED" });
    expect(() => serving.rank({ items: ["p-0"], timeoutMs }, startMs)).toThrow(refusal);
    expect(() => serving.recommend({ timeoutMs }, startMs)).toThrow(refusal);
  });
});

describe("the estimate", () => {
  test("follows what candidates cost lately, long lists more than short ones", () => {
    const budget = new TimeBudget();
    for (let i = 0; i < 200; i++) budget.observe(200, 4);
    expect(budget.microsPerCandidate).toBeCloseTo(20, 1);
    expect(budget.fitting(8)).toBe(200);
    for (let i = 0; i < 3; i++) budget.observe(1, 4);
    expect(budget.microsPerCandidate).toBeLessThan(30);
    for (let i = 0; i < 200; i++) budget.observe(200, 1);
    expect(budget.microsPerCandidate).toBeCloseTo(5, 1);
  });

  test("one long pause moves it little", () => {
    const budget = new TimeBudget();
    for (let i = 0; i < 200; i++) budget.observe(200, 2);
    budget.observe(200, 5000);
    expect(budget.microsPerCandidate).toBeLessThan(15);
  });
});

describe("over HTTP", () => {
  let engine: Engine;
  const json = { "content-type": "application/json" };
  beforeAll(async () => {
    engine = await createEngine({ clock: manualClock(startMs), tickMs: 0 });
  });
  afterAll(() => engine.close());

  /** A server in which a request has waited `waitedMs` already, and what its engine was asked. */
  async function asked(path: string, timeout: string, waitedMs: number) {
    const requests: unknown[] = [];
    const get = (target: Engine, key: keyof Engine) => {
      if (key !== "rank" && key !== "recommend") return target[key].bind(target);
      return (request: RankRequest) => {
        requests.push(request);
        return key === "rank" ? target.rank(request) : target.recommend(request);
      };
    };
    const watched = new Proxy(engine, { get: (target, key) => get(target, key as keyof Engine) });
    const app = await httpServer(watched, () => {}, {
      shedding: { ...shedding({ shedAfterMs: 0 }), waitedMs: () => waitedMs },
    });
    const payload = path === "/v1/rank" ? '{"items":["p-1"]}' : "{}";
    const headers = { ...json, "x-timeout-ms": timeout };
    const answer = await app.inject({ method: "POST", url: path, headers, payload });
    await app.close();
    const { timeoutMs } = (requests[0] ?? {}) as RankRequest;
    return { status: answer.statusCode, headers: answer.headers, body: answer.json(), timeoutMs };
  }

  test.each(["/v1/rank", "/v1/recommend"])("%s: the time that it has waited counts", async (path) => {
    const { status, timeoutMs } = await asked(path, "100000", 40_000);
    expect(status).toBe(200);
    expect(timeoutMs).toBeGreaterThan(0);
    expect(timeoutMs).toBeLessThanOrEqual(60_000);
    const late = await asked(path, "40000", 40_000);
    expect([late.status, late.body.error.code, late.headers["retry-after"]]).toEqual([503, "DEADLINE_PASSED", "1"]);
    expect(late.timeoutMs).toBeUndefined();
  });

  test.each(["0", "-1", "1.5", "1e3", "soon", "", "9".repeat(40)])('"%s" is refused', async (timeout) => {
    const { status, body } = await asked("/v1/rank", timeout, 0);
    expect([status, body.error.code, body.error.at]).toEqual([400, "REQUEST_MALFORMED", "/headers/x-timeout-ms"]);
  });

  test("the reference knows the header and what is left out", async () => {
    const app = await httpServer(engine);
    const { paths } = (await app.inject("/openapi.json")).json();
    await app.close();
    for (const path of ["/v1/rank", "/v1/recommend"]) {
      const { parameters, responses } = paths[path].post;
      expect(parameters).toContainEqual(
        expect.objectContaining({ in: "header", name: "x-timeout-ms", required: false }),
      );
      expect(responses["200"].content["application/json"].schema.properties.skipped).toBeDefined();
    }
  });
});
