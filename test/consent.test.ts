/** Without consent an event or a request leaves nothing behind, teaches nothing, and is answered as nobody's: at every door (docs/events.md). */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hourMs, minuteMs } from "../src/core/clock.ts";
import type { Answer, Engine, EventInput, SearchRequest } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { many, overHttp, withEngine } from "./at-limits.ts";

const shown = many(12, (i) => `p-${i}`);
const no = { consent: false } as const;
const secret = "secret-shopper";

/** A shop in which u-1 has a taste of their own: the same list is another for them than for nobody. */
async function shop(engine: Engine, clock: { advance(ms: number): void }): Promise<void> {
  await engine.record(
    shown.map((item, i) => ({
      ...{ type: "item", item },
      fields: { title: `Scarf ${item}`, brand: i % 2 === 0 ? "Acme" : "Bolt", price: 10 + i },
    })),
  );
  for (let visit = 0; visit < 10; visit++) {
    for (const user of ["u-1", "u-2"]) {
      const { slate } = engine.rank({ user, session: `v-${visit}`, items: shown });
      const item = user === "u-1" ? shown[(visit * 2) % 12]! : shown[1]!;
      clock.advance(3000);
      await engine.record({ type: "outcome", action: "click", item, user, session: `v-${visit}`, slate });
      clock.advance(minuteMs);
    }
    engine.tick();
    clock.advance(hourMs);
  }
}

const eventsOf = (user: string): EventInput[] => [
  { type: "user", user, fields: { country: "DE" }, ...no },
  { type: "slate", slate: "s-no", user, items: shown, query: "scarf", ...no },
  { type: "outcome", id: "e-no", action: "click", item: "p-3", user, slate: "s-no", ...no },
  { type: "outcome", action: "purchase", item: "p-9", user, session: "v-1", value: 9, ...no },
  // What is malformed besides is not looked at: nothing of it is wanted.
  { type: "outcome", id: "e-no-2", action: 3, user, ...no },
];

/** What an answer says, but for how long it took. */
const said = <A extends { readonly tookMs: number }>({ tookMs: _, ...answer }: A) => answer;

/** All that is kept, or counted, of what came. */
const kept = (engine: Engine): unknown => {
  const { offset, clockMs, items, shoppers, openSlates, suspects, quarantined, counts } = engine.status();
  const { withoutConsent: _, ...others } = counts;
  return {
    checksum: engine.checksum(),
    log: [...engine.events()],
    status: { offset, clockMs, items, shoppers, openSlates, suspects, quarantined, ...others },
    quarantine: engine.quarantine(),
    rejected: engine.eventsNotTaken("rejected", 100),
    duplicates: engine.eventsNotTaken("duplicate", 100),
  };
};

describe("an event without consent", () => {
  test("is acknowledged, and neither stored nor counted as anything but that it came", () =>
    withEngine(async (engine, clock) => {
      await shop(engine, clock);
      const before = kept(engine);
      const given = [...eventsOf("u-1"), ...eventsOf(secret)];
      const { offset } = engine.status();
      expect(await engine.record(given)).toEqual({ accepted: given.length, duplicates: 0, rejected: [], offset });
      expect(kept(engine)).toEqual(before);
      expect(engine.status().counts.withoutConsent).toBe(given.length);
      expect([engine.event("e-no"), engine.event("e-no-2"), engine.user(secret)]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }));

  test("is no duplicate and makes none: the same id with consent counts", () =>
    withEngine(async (engine) => {
      const click = { type: "outcome", id: "e-1", action: "click", item: "p-1", user: "u-1" };
      await engine.record({ ...click, ...no });
      expect((await engine.record(click)).accepted).toBe(1);
      expect(await engine.record({ ...click, ...no })).toMatchObject({ accepted: 1, duplicates: 0 });
    }));

  test("over HTTP alike, as one event, a list and NDJSON", () =>
    withEngine((engine, clock) =>
      overHttp(engine, async (app) => {
        await shop(engine, clock);
        const before = kept(engine);
        const given = eventsOf(secret);
        const json = { "content-type": "application/json" };
        const send = (payload: string, headers = json) =>
          app.inject({ method: "POST", url: "/v1/events", headers, payload });
        await send(JSON.stringify(given[0]));
        await send(JSON.stringify(given));
        const lines = given.map((event) => JSON.stringify(event)).join("\n");
        const answer = await send(lines, { "content-type": "application/x-ndjson" });
        expect(answer.json()).toMatchObject({ accepted: given.length, rejected: [] });
        expect(kept(engine)).toEqual(before);
      }),
    ));

  test("whose consent is neither true nor false is refused, and nothing of it is kept", () =>
    withEngine(async (engine) => {
      const click = { type: "outcome", id: "e-1", action: "click", item: "p-1", user: secret };
      const odd = ["false", 0, "no", {}].map((consent) => ({ ...click, consent }));
      const { rejected, accepted } = await engine.record(odd);
      expect([accepted, rejected.map(({ at }) => at)]).toEqual([0, odd.map(() => "/consent")]);
      expect(JSON.stringify([rejected, engine.eventsNotTaken("rejected", 9)])).not.toMatch(/e-1|secret/);
      expect(
        (
          await engine.record([
            { ...click, consent: true },
            { ...click, id: "e-2", consent: null },
          ])
        ).accepted,
      ).toBe(2);
    }));

  test("leaves none of its bytes in any file", async () => {
    const data = mkdtempSync(join(tmpdir(), "liveshelf-consent-"));
    try {
      const engine = await createEngine({ data, tickMs: 0 });
      await engine.record({ type: "outcome", action: "click", item: "p-1", user: "somebody-else" });
      await engine.record(eventsOf(secret));
      engine.rank({ user: secret, items: shown, ...no });
      await engine.snapshot();
      await engine.close();
      const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
      const holding = (text: string) =>
        files.filter(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(text)).length;
      expect(holding("somebody-else")).toBeGreaterThan(0);
      expect(holding(secret)).toBe(0);
    } finally {
      rmSync(data, { recursive: true });
    }
  });
});

describe("a request without consent", () => {
  const asks: Readonly<Record<string, (engine: Engine, who: object) => Answer>> = {
    rank: (engine, who) => engine.rank({ items: shown, query: "scarf", ...who }),
    recommend: (engine, who) => engine.recommend({ size: 6, ...who }),
    search: (engine, who) => engine.search({ query: "scarf", facets: ["brand"], ...who }),
    "a search for nothing": (engine, who) => engine.search({ ...who }),
  };

  for (const [name, ask] of Object.entries(asks)) {
    test(`${name}: is answered as nobody's and leaves nothing behind`, () =>
      withEngine(async (engine, clock) => {
        await shop(engine, clock);
        const before = kept(engine);
        const who = { user: "u-1", session: "v-1" };
        const nobodys = said(ask(engine, { observe: false }));
        expect(said(ask(engine, { ...who, ...no }))).toEqual(nobodys);
        expect(said(ask(engine, { ...who, observe: false })).items).not.toEqual(nobodys.items);
        expect(kept(engine)).toEqual(before);
      }));
  }

  test("suggest: completes as for nobody", () =>
    withEngine(async (engine, clock) => {
      await shop(engine, clock);
      const { slate, items } = engine.search({ query: "scarf of mine", user: "u-1" });
      await engine.record({ type: "outcome", action: "click", item: items[0]!.item, user: "u-1", slate });
      const before = kept(engine);
      const complete = (who: object) => engine.suggest({ q: "sc", ...who }).completions;
      expect(complete({ user: "u-1" })).not.toEqual(complete({}));
      expect(complete({ user: "u-1", ...no })).toEqual(complete({}));
      expect(kept(engine)).toEqual(before);
    }));

  test("a kept answer for nobody is theirs too, and theirs is kept without their id", () =>
    withEngine(
      async (engine, clock) => {
        await shop(engine, clock);
        const ask = (who: object) => engine.search({ query: "scarf", ...who });
        ask({ ...no });
        const { answersFromCache } = engine.status();
        ask({ user: "u-1", session: "v-1", ...no });
        ask({ user: secret, ...no });
        expect(engine.status().answersFromCache).toBe(answersFromCache + 2);
      },
      { resultCacheMs: minuteMs },
    ));

  test("goes through the pages of nobody's list, and never through a shopper's", () =>
    withEngine(async (engine, clock) => {
      await shop(engine, clock);
      const page = (request: SearchRequest) => engine.search({ query: "scarf", size: 4, ...request });
      const own = page({ user: "u-1" });
      const nobodys = said(page({ from: 4, observe: false })).items;
      expect(said(page({ user: "u-1", from: 4, slate: own.slate!, ...no })).items).toEqual(nobodys);
      const anybodys = page({});
      expect(page({ user: "u-1", from: 4, slate: anybodys.slate!, ...no }).items).toEqual(
        page({ from: 4, slate: anybodys.slate!, observe: false }).items,
      );
    }));

  test("over HTTP alike, also as ?consent=false", () =>
    withEngine((engine, clock) =>
      overHttp(engine, async (app) => {
        await shop(engine, clock);
        const before = kept(engine);
        const headers = { "content-type": "application/json" };
        const bodies = { "/v1/rank": { items: shown }, "/v1/recommend": { size: 6 }, "/v1/search": { query: "scarf" } };
        for (const [url, body] of Object.entries(bodies)) {
          const ask = async (who: object) => {
            const payload = JSON.stringify({ ...body, ...who });
            return said((await app.inject({ method: "POST", url, headers, payload })).json());
          };
          expect(await ask({ user: "u-1", ...no })).toEqual(await ask({ observe: false }));
        }
        const complete = async (who: string) =>
          said((await app.inject(`/v1/suggest?q=sc${who}`)).json<{ tookMs: number }>());
        expect(await complete("&user=u-1&consent=false")).toEqual(await complete(""));
        expect(kept(engine)).toEqual(before);
      }),
    ));
});
