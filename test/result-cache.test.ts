/** A kept answer is given again only as long as no event changed what it read (docs/operating.md, "Kept answers"). */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dayMs, manualClock, minuteMs, secondMs } from "../src/core/clock.ts";
import type { Answer, Engine, EventInput, RankRequest, RecommendRequest, SearchRequest } from "../src/core/public.ts";
import { random } from "../src/core/random.ts";
import { createEngine } from "../src/engine.ts";
import { ResultCache } from "../src/result-cache.ts";
import { Life } from "./random-life.ts";

type Asked = RankRequest & RecommendRequest & SearchRequest;

const settings = { tickMs: 0, lessonWaitMs: 20 * secondMs, shopperExpiryMs: dayMs } as const;

/** Things fade as time passes, which a kept answer may miss; what happens at one instant it must not. */
const sameInstantMs = 0.5;

/** What an answer says, but for its own id and how long it took. */
const said = ({ slate, tookMs: _, ...answer }: Answer) => ({ ...answer, isLogged: slate !== null });

describe("whatever happens in between", () => {
  for (const seed of [1, 2]) {
    test(`an engine that keeps answers gives those of one that does not, life ${seed}`, async () => {
      const life = new Life(`kept ${seed}`);
      const clock = { nowMs: () => life.nowMs };
      const keeping = await createEngine({ ...settings, clock, resultCacheMs: sameInstantMs });
      const fresh = await createEngine({ ...settings, clock });
      const chance = random(`kept ${seed}`);
      const questions: { kind: "rank" | "recommend" | "search"; request: Asked }[] = [];
      /** Ids of one list in the two engines: they are of the log. */
      const slates = new Map<unknown, unknown>();
      let given = 0;
      const compare = (): void => {
        for (const { kind, request } of questions) {
          // Once more at the same instant: kept, if it can be.
          for (let again = 0; again < 2; again++) {
            expect(said(keeping[kind](request))).toEqual(said(fresh[kind](request)));
            given++;
          }
        }
      };
      const both = {
        async record(events: EventInput[]) {
          for (let start = 0; start < events.length; start += 2) {
            const some = events.slice(start, start + 2);
            await fresh.record(some);
            await keeping.record(some.map((event) => ({ ...event, slate: slates.get(event.slate) ?? event.slate })));
            if (start < 6) compare();
          }
        },
        rank: (request: RankRequest) => ask("rank", request as Asked),
        recommend: (request: RecommendRequest) => ask("recommend", request as Asked),
        search: ({ slate, ...request }: SearchRequest) => ask("search", request as Asked),
        tick() {
          fresh.tick();
          keeping.tick();
          compare();
        },
      };
      function ask(kind: "rank" | "recommend" | "search", asked: Asked): Answer {
        const anonymous = { ...asked, user: undefined, session: undefined };
        const request = (chance.next() < 0.3 ? anonymous : asked) as Asked;
        if (chance.next() < 0.3) questions.push({ kind, request: { ...request, observe: false } });
        if (questions.length > 4) questions.shift();
        const answer = fresh[kind](request);
        const same = keeping[kind](request);
        expect(said(same)).toEqual(said(answer));
        slates.set(answer.slate, same.slate);
        compare();
        return answer;
      }
      await life.begin(both);
      for (let step = 0; step < 40; step++) await life.step(both);
      expect(given).toBeGreaterThan(200);
      expect(keeping.status().answersFromCache).toBeGreaterThan(given / 5);
      await keeping.close();
      await fresh.close();
    });
  }
});

describe("a kept answer", () => {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  let engine: Engine;
  const items = ["p-1", "p-2", "p-3"];
  const fromCache = (): number => engine.status().answersFromCache;

  beforeEach(async () => {
    engine = await createEngine({ ...settings, clock, resultCacheMs: minuteMs });
    await engine.record(items.map((item) => ({ type: "item", item, fields: { title: item } })));
  });
  afterEach(() => engine.close());

  test("is none by default", async () => {
    const usual = await createEngine({ ...settings, clock });
    for (let i = 0; i < 3; i++) usual.rank({ items, observe: false });
    expect(usual.status().answersFromCache).toBe(0);
    await usual.close();
  });

  test("that is logged is made anew", () => {
    const first = engine.rank({ items });
    expect(engine.rank({ items }).slate).not.toBe(first.slate);
    expect(fromCache()).toBe(0);
  });

  test("goes with the next event", async () => {
    engine.rank({ items, observe: false });
    await engine.record({ type: "outcome", action: "click", item: "p-2", user: "somebody" });
    engine.rank({ items, observe: false });
    expect(fromCache()).toBe(0);
  });

  test("of a shopper goes with the next list of any shopper; of nobody it stays", () => {
    engine.rank({ items, user: "u", observe: false });
    engine.rank({ items, observe: false });
    engine.rank({ items, user: "v" });
    engine.rank({ items, user: "u", observe: false });
    expect(fromCache()).toBe(0);
    engine.rank({ items, observe: false });
    expect(fromCache()).toBe(1);
  });

  test("goes with the list of a suspect, too", async () => {
    await engine.record({ type: "user", user: "v", fields: { trusted: false } });
    engine.rank({ items, user: "v" });
    engine.rank({ items, user: "v", observe: false });
    engine.rank({ items, user: "v" });
    engine.rank({ items, user: "v", observe: false });
    expect(fromCache()).toBe(0);
  });

  test("goes when it is too old", () => {
    engine.rank({ items, observe: false });
    clock.advance(minuteMs);
    engine.rank({ items, observe: false });
    expect(fromCache()).toBe(1);
    clock.advance(1);
    engine.rank({ items, observe: false });
    expect(fromCache()).toBe(1);
  });

  test("grows no younger when the clock is put back, and is the caller's own", () => {
    clock.advance(2 * secondMs);
    const first = engine.rank({ items, observe: false });
    (first.items as unknown[]).reverse();
    const second = engine.rank({ items, observe: false });
    expect(second.items.map(({ item }) => item)).toEqual(items);
    (second.items as unknown[]).length = 0;
    expect(engine.rank({ items, observe: false }).items).toHaveLength(items.length);
    expect(fromCache()).toBe(2);
    clock.advance(-secondMs);
    engine.rank({ items, observe: false });
    expect(fromCache()).toBe(2);
  });

  test("counts with its question: long ones do not pile up", () => {
    const cache = new ResultCache(minuteMs, 100);
    const changes = { common: 0, personal: 0 };
    const answer = { items: [], model: "m@0", tookMs: 0 };
    const asked = (i: number) => ({ items: [`${i}`, "x".repeat(3000)] });
    for (let i = 0; i < 5; i++) cache.keep("rank", asked(i), changes, 0, answer);
    expect([0, 1, 2, 3, 4].map((i) => cache.find("rank", asked(i), changes, 0) !== undefined)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  test("counts with the values of its facets, of which one search may answer many thousand", () => {
    const cache = new ResultCache(minuteMs, 1000);
    const values = Array.from({ length: 600 }, (_, i) => ({ value: `brand ${i}`, count: 1 }));
    const price = { min: 1, max: 2, count: 600, histogram: [] };
    const answer = { items: [], model: "panel@0", tookMs: 1, facets: { brand: values, price } };
    const unchanged = { common: 0, personal: 0 };
    for (const query of ["a", "b"]) cache.keep("search", { query }, unchanged, 0, answer);
    const isKept = (query: string) => cache.find("search", { query }, unchanged, 0) !== undefined;
    expect(["a", "b"].map(isKept)).toEqual([false, true]);
  });

  test("is of the same question only", () => {
    engine.rank({ items, observe: false });
    engine.rank({ items: items.toReversed(), observe: false });
    engine.rank({ items, observe: false, context: { device: "mobile" } });
    engine.rank({ items, observe: false, explain: true });
    engine.recommend({ observe: false });
    expect(fromCache()).toBe(0);
  });
});
