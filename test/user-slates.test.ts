/** `GET /v1/users/{user}/slates`: what a shopper was shown, with what came of it, for as long as outcomes join it. */
import type { FastifyInstance } from "fastify";
import { describe, expect, test } from "vitest";
import { dayMs, type manualClock, secondMs } from "../src/core/clock.ts";
import { limits } from "../src/core/limits.ts";
import type { Engine } from "../src/core/public.ts";
import { codeOf, many, overHttp, withEngine } from "./at-limits.ts";

const shown = many(5, (i) => `p-${i}`);
const ask = async (app: FastifyInstance, path: string) => {
  const { statusCode, body } = await app.inject({ method: "GET", url: path });
  return { status: statusCode, body: JSON.parse(body) as { slates?: unknown; error?: { code: string } } };
};

/** One list that answered a search, with outcomes, and one of the shop's own after it. */
async function lists(engine: Engine, clock: ReturnType<typeof manualClock>): Promise<string> {
  await engine.record(shown.map((item) => ({ type: "item", item, fields: { title: `Red scarf ${item}` } })));
  await engine.record({ type: "slate", slate: "before", session: "v-1", query: "early", items: ["p-3", "p-4"] });
  clock.advance(secondMs);
  const { slate } = engine.search({ query: "  Red SCARF ", user: "u-1", session: "v-1", surface: "search" });
  const outcome = { type: "outcome", user: "u-1", slate };
  await engine.record([
    { ...outcome, action: "seen", item: "p-2" },
    { ...outcome, action: "click", item: "p-1" },
    { ...outcome, action: "cart", item: "p-1" },
    { ...outcome, action: "purchase", item: "p-0" },
    { ...outcome, action: "return", item: "p-0" },
  ]);
  clock.advance(secondMs);
  await engine.record({ type: "slate", slate: "own", user: "u-1", items: ["p-0", "never-told-of"] });
  return slate!;
}

describe("a shopper's lists", () => {
  test("are told newest first, with query, surface, places and outcomes; those of a session that turned out to be theirs too", () =>
    withEngine(async (engine, clock) => {
      const slate = await lists(engine, clock);
      const { slates } = engine.userSlates("u-1")!;
      expect(slates.map((one) => one.slate)).toEqual(["own", slate, "before"]);
      const [own, searched, before] = slates;
      const unseen = { seen: false, outcomes: [] };
      expect(own).toEqual({
        ...{ slate: "own", surface: null, query: null, orderedBy: "caller", closed: false },
        at: new Date(clock.nowMs()).toISOString(),
        items: [
          { item: "p-0", position: 0, ...unseen },
          { item: "never-told-of", position: 1, ...unseen },
        ],
      });
      expect(searched).toMatchObject({ surface: "search", query: "red scarf", orderedBy: "engine", closed: false });
      expect(searched!.items.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4]);
      expect(Object.fromEntries(searched!.items.map(({ item, seen, outcomes }) => [item, { seen, outcomes }]))).toEqual(
        {
          // Bought, and brought back: the purchase is taken back, the choice stands.
          "p-0": { seen: true, outcomes: ["click"] },
          "p-1": { seen: true, outcomes: ["click", "cart"] },
          "p-2": { seen: true, outcomes: [] },
          "p-3": unseen,
          "p-4": unseen,
        },
      );
      expect(before).toMatchObject({ query: "early", surface: null, items: [{ item: "p-3" }, { item: "p-4" }] });
    }));

  test("are closed when the wait is over, and gone when the window is", () =>
    withEngine(
      async (engine, clock) => {
        await lists(engine, clock);
        clock.advance(dayMs / 2);
        engine.tick();
        expect(engine.userSlates("u-1")!.slates.map(({ closed }) => closed)).toEqual([true, true, true]);
        clock.advance(dayMs);
        engine.tick();
        expect(engine.userSlates("u-1")).toEqual({ slates: [] });
      },
      { attributionWindowMs: dayMs },
    ));

  test("over HTTP: as many as asked for; 404 for who is not known, and from an erasure on", () =>
    withEngine(async (engine, clock) => {
      const slate = await lists(engine, clock);
      await overHttp(engine, async (app) => {
        expect(await ask(app, "/v1/users/u-1/slates")).toEqual({ status: 200, body: engine.userSlates("u-1") });
        const two = await ask(app, "/v1/users/u-1/slates?size=2");
        expect(two).toMatchObject({ status: 200, body: { slates: [{ slate: "own" }, { slate }] } });
        for (const size of ["0", `${limits.userSlatesMax + 1}`, "many", "1.5"]) {
          const refused = await ask(app, `/v1/users/u-1/slates?size=${size}`);
          expect([size, refused.status, refused.body.error!.code]).toEqual([size, 400, "REQUEST_MALFORMED"]);
        }
        expect(await ask(app, "/v1/users/v-1/slates")).toMatchObject({
          status: 404,
          body: { error: { code: "USER_UNKNOWN" } },
        });
        await app.inject({ method: "DELETE", url: "/v1/users/u-1" });
        expect(await ask(app, "/v1/users/u-1/slates")).toMatchObject({ status: 404 });
        // Who has the id again afterwards begins without a list.
        await engine.record({ type: "user", user: "u-1", fields: {} });
        expect(engine.userSlates("u-1")).toEqual({ slates: [] });
      });
    }));

  test("are found under the shop's own id where log and state have pseudonyms", () =>
    withEngine(
      async (engine, clock) => {
        await lists(engine, clock);
        expect(engine.userSlates("u-1")!.slates).toHaveLength(3);
        expect(JSON.stringify([...engine.events()])).not.toContain("u-1");
      },
      { pseudonymKey: "a key that nobody guesses" },
    ));
});

test("as many lists of one shopper as the limit says are answered at once", () =>
  withEngine(async (engine) => {
    await engine.record(
      many(limits.userSlatesMax + 1, (i) => ({ type: "slate", slate: `s-${i}`, user: "u", items: ["p"] })),
    );
    expect(engine.userSlates("u")!.slates).toHaveLength(20);
    expect(engine.userSlates("u", limits.userSlatesMax)!.slates).toHaveLength(limits.userSlatesMax);
    expect(codeOf(() => engine.userSlates("u", limits.userSlatesMax + 1))).toBe("REQUEST_MALFORMED");
  }));
