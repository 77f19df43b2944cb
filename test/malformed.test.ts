/**
 * Ten thousand malformed events and requests against a real server (`npm run malformed` sends a million): each is refused with a documented code
 * or taken as documented, what is good beside it is kept, and the state is that of a twin which got only the good.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { manualClock } from "../src/core/clock.ts";
import { LiveshelfError } from "../src/core/errors.ts";
import type { Engine, EventInput } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { httpServer } from "../src/http/server.ts";
import { judge } from "./malformed/event-model.ts";
import { oddValues } from "./malformed/odd-values.ts";
import { playRound, RoundFailed } from "./malformed/round.ts";
import { Life } from "./random-life.ts";

const mib = 2 ** 20;

describe("malformed events and requests", () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  beforeAll(() => void process.on("unhandledRejection", note));
  afterAll(() => void process.off("unhandledRejection", note));

  test("are refused as documented, and harm nothing", async () => {
    const before = process.memoryUsage.rss();
    const round = await playRound({ seed: "test", cases: 18_000, withTable: true, large: 2 }).catch(
      (error: unknown) => {
        if (!(error instanceof RoundFailed)) throw error;
        throw new Error(`${error.message}\nsent: ${error.sent.toString().slice(0, 4000)}`, { cause: error.cause });
      },
    );
    expect(unhandled).toEqual([]);
    expect(round.cases).toBeGreaterThanOrEqual(18_000);
    expect((round.memoryBytes - before) / mib).toBeLessThan(900);
    // The cases are no use if all of them come out alike.
    for (const often of [
      "event taken",
      "event EVENT_MALFORMED",
      "rank answered",
      "recommend answered",
      "search answered",
      "bytes 400",
    ])
      expect(round.outcomes.get(often), often).toBeGreaterThan(100);
    for (const seldom of [
      "event EVENT_LIMIT",
      "event withoutConsent",
      "events BODY_MALFORMED",
      "recommend FILTER_MALFORMED",
    ])
      expect(round.outcomes.get(seldom), seldom).toBeGreaterThan(5);
  });

  test("what is huge is refused in few words", async () => {
    const engine = await createEngine({ clock: manualClock(Date.UTC(2026, 10, 22)), tickMs: 0 });
    const app = await httpServer(engine);
    await engine.record({ type: "item", item: "p-1", fields: { brand: "Acme", price: 3 } });
    const most = 5_000_000;
    const huge: readonly [url: string, body: string, code: string | undefined][] = [
      ["/v1/rank", `{"items":[],"${"a".repeat(most)}":1}`, "REQUEST_MALFORMED"],
      ["/v1/rank", `{"items":[${"1.5,".repeat(most / 4)}1]}`, "REQUEST_MALFORMED"],
      [
        "/v1/rank",
        `{"items":[],"context":{${Array.from({ length: most / 20 }, (_, i) => `"k${i}":1`).join(",")}}}`,
        "REQUEST_MALFORMED",
      ],
      ["/v1/rank", `{"items":[],"context":{"a":[${"1,".repeat(most / 2)}1]}}`, "REQUEST_MALFORMED"],
      ["/v1/rank", `{"items":[],"query":[${'"a",'.repeat(most / 4)}""]}`, "REQUEST_MALFORMED"],
      ["/v1/recommend", `{"filters":{"or":[${'{"brand":1},'.repeat(most / 12)}{}]}}`, "FILTER_MALFORMED"],
      ["/v1/recommend", `{"filters":{"brand":[${"1,".repeat(most / 2)}1]}}`, "FILTER_MALFORMED"],
      ["/v1/recommend", `{"filters":{"${"a".repeat(most)}":1}}`, "FILTER_UNKNOWN_FIELD"],
      ["/v1/recommend", `{"filters":{"price":{"${"a".repeat(most)}":1}}}`, "FILTER_MALFORMED"],
      ["/v1/recommend", `{"filters":${'{"not":'.repeat(400)}{}${"}".repeat(400)}}`, "FILTER_MALFORMED"],
      ["/v1/recommend", `{"filters":${'{"not":'.repeat(100_000)}{}${"}".repeat(100_000)}}`, "BODY_TOO_LARGE"],
      ["/v1/search", `{"facets":[${'"brand",'.repeat(most / 8)}"brand"]}`, "REQUEST_MALFORMED"],
      ["/v1/search", `{"facets":[${'{"field":1},'.repeat(most / 12)}{}]}`, "REQUEST_MALFORMED"],
      // Of what is searched for, what is too long is left out.
      ["/v1/search", `{"query":"${"a ".repeat(most / 2)}"}`, undefined],
      ["/v1/search", `{"query":[${'"a",'.repeat(most / 4)}""]}`, undefined],
      ["/v1/search", `{"sort":"${"a".repeat(most)}"}`, "REQUEST_MALFORMED"],
      ["/v1/rank", `{"items":${"[".repeat(400)}${"]".repeat(400)}}`, "REQUEST_MALFORMED"],
      ["/v1/rank", `{"items":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, "BODY_TOO_LARGE"],
      ["/v1/rank", "[".repeat(most), "BODY_TOO_LARGE"],
    ];
    for (const [url, payload, code] of huge) {
      const headers = { "content-type": "application/json" };
      const answer = await app.inject({ method: "POST", url, headers, payload });
      const said = [
        payload.slice(0, 40),
        answer.json<{ error?: { code: string } }>().error?.code,
        answer.body.length < 2000,
      ];
      expect(said).toEqual([payload.slice(0, 40), code, true]);
    }
    const lines = { "content-type": "application/x-ndjson" };
    const empty = await app.inject({ method: "POST", url: "/v1/events", headers: lines, payload: "\n".repeat(most) });
    expect(empty.json().error.code).toBe("EVENT_LIMIT");
    await app.close();
    await engine.close();
  });

  test("the model knows a fault from none", () => {
    const kindOf = (event: unknown): string => judge(event, 1_800_000_000_000).kind;
    expect(kindOf({ type: "item", item: "p-1" })).toBe("taken");
    expect(kindOf({ type: "item", item: "p-1", time: "2026-02-30" })).toBe("refused");
    expect(kindOf({ type: "outcome", action: "rating", item: "p-1", value: 6 })).toBe("refused");
    expect(kindOf({ consent: false })).toBe("withoutConsent");
  });
});

describe("in process", () => {
  /** What JSON cannot hold. */
  const beyondJson = [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    5n,
    Symbol("x"),
    () => "p-1",
    new Date(Number.NaN),
    new Map(),
    new Array(3),
  ];
  const parsed = oddValues.map((text): unknown => JSON.parse(text));

  test.each(["rank", "recommend", "search"] as const)(
    "%s: every field with every odd value is answered or refused",
    async (call) => {
      const engine = await createEngine({ clock: manualClock(Date.UTC(2026, 10, 22)), tickMs: 0 });
      await engine.record([...strange, { type: "item", item: "p-1", fields: { brand: "Acme", price: 3 } }]);
      const fine = { ...(call === "rank" ? { items: ["p-1", { item: "p-2", match: 3 }] } : {}), observe: false };
      const ask = (request: unknown): string => {
        try {
          engine[call](request as never);
          return "";
        } catch (error) {
          if (error instanceof LiveshelfError) return error.code;
          throw error;
        }
      };
      const fields = ["user", "session", "context", "surface", "size", "explain", "observe", "consent", "timeoutMs"];
      const own = {
        rank: ["items", "query", "ordered"],
        recommend: ["item", "filters", "exclude"],
        search: ["facets", "query", "filters", "sort", "from", "slate", "group", "highlight"],
      }[call];
      const codes = new Map<string, number>();
      const note = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1);
      for (const value of [...parsed, ...beyondJson]) {
        for (const field of [...fields, ...own]) note(ask({ ...fine, [field]: value }));
        for (const inside of [[value], [{ item: value }], [{ item: "p-1", match: value }]])
          note(ask({ ...fine, [own[0]!]: inside }));
        if (call === "search")
          for (const facet of [{ field: value }, { field: "brand", query: value }, { field: "brand", size: value }])
            note(ask({ ...fine, facets: [facet] }));
        note(ask({ ...fine, context: { device: value } }));
        note(ask({ ...fine, itmes: value }));
        note(ask(value));
        if (call !== "rank") note(ask({ filters: { brand: value } }));
      }
      const allowed = ["", "REQUEST_MALFORMED", "FILTER_MALFORMED", "FILTER_UNKNOWN_FIELD", "DEADLINE_PASSED"];
      expect([...codes.keys()].filter((code) => !allowed.includes(code))).toEqual([]);
      expect(codes.get("REQUEST_MALFORMED")).toBeGreaterThan(1000);
      expect(codes.get("")).toBeGreaterThan(100);
      const known = { rank: "items", recommend: "item", search: "user" } as const;
      expect(() => engine[call]({ ...fine, itmes: [] } as never)).toThrow(
        `There is no "itmes" here; the nearest is "${known[call]}".`,
      );
      await engine.close();
    },
  );

  test("record: events that JSON cannot hold are refused, each alone, or taken as the log will give them back", async () => {
    const engine = await createEngine({ clock: manualClock(Date.UTC(2026, 10, 22)), tickMs: 0 });
    const fields = [
      "type",
      "id",
      "time",
      "item",
      "fields",
      "user",
      "session",
      "slate",
      "items",
      "context",
      "query",
      "action",
      "value",
      "synonyms",
    ];
    const odd = strange.flatMap((event) =>
      fields.flatMap((field) => beyondJson.map((value) => ({ ...event, [field]: value }))),
    );
    const { accepted, rejected } = await engine.record([...beyondJson, ...odd] as never);
    expect(accepted + rejected.length).toBe(beyondJson.length + odd.length);
    expect([...new Set(rejected.map(({ code }) => code))].sort()).toEqual(["EVENT_MALFORMED"]);
    for (const { event } of engine.events()) expect(JSON.parse(JSON.stringify(event))).toEqual(event);
    await engine.close();
  });
});

/** Of a shopper and an item that nobody else has to do with. */
const strange: readonly EventInput[] = [
  { type: "outcome", action: "purchase", item: "strange", user: "stranger", session: "v-stranger", value: 5 },
  { type: "slate", slate: "s-strange", user: "stranger", surface: "search", query: "scarf", items: ["p-5", "strange"] },
  { type: "user", user: "stranger", session: "v-other", fields: { country: "DE" } },
  { type: "item", item: "strange", fields: { inStock: false } },
  { type: "item-removed", item: "strange" },
];

describe("an event from another century", () => {
  const known = Array.from({ length: 40 }, (_, i) => `p-${i + 1}`);
  const users = ["u-1", "u-2", "u-3", "u-11", "nobody"];

  /** The same life in each shop. What the engine itself would log has a name of its own in each, so nothing is asked of it. */
  async function lived(between: readonly EventInput[], settings = {}): Promise<{ engine: Engine; nowMs: number }> {
    const life = new Life("centuries", { items: 60, shoppers: 20 });
    const clock = manualClock(life.nowMs);
    const engine = await createEngine({ clock, tickMs: 0, ...settings });
    const answered = (one: unknown, position: number) => {
      const item = typeof one === "string" ? one : (one as { item: string }).item;
      return { item, score: 0.5, position, propensity: 1 };
    };
    const ground = {
      record(events: EventInput[]) {
        clock.set(life.nowMs);
        return engine.record(events);
      },
      rank: ({ items }: { items: readonly unknown[] }) => ({ slate: null, items: items.slice(0, 8).map(answered) }),
      recommend: () => ({ slate: null, items: known.slice(0, 8).map(answered) }),
      search: () => ({ slate: null, items: known.slice(0, 8).map(answered) }),
      tick: () => {},
    };
    await life.begin(ground);
    for (let step = 0; step < 60; step++) {
      if (step === 30) await engine.record(between);
      await life.step(ground);
    }
    return { engine, nowMs: life.nowMs };
  }

  test.each([...strange, { type: "outcome", action: "click", item: "p-5", user: "u-3" }])(
    "2100: it happened when it arrived ($type)",
    async (event) => {
      const far = await lived([{ ...event, time: "2100-01-01" }]);
      const now = await lived([event]);
      expect(far.engine.checksum()).toBe(now.engine.checksum());
      expect(far.engine.status().clockMs).toBeLessThanOrEqual(far.nowMs);
      await Promise.all([far.engine.close(), now.engine.close()]);
    },
  );

  const lists = ({ engine }: { engine: Engine }) =>
    users.map((user) => engine.rank({ items: known, user, surface: "search", query: "scarf", observe: false }).items);
  const recommended = ({ engine }: { engine: Engine }) =>
    users.map((user) => engine.recommend({ user, observe: false }).items);

  test("1970: nobody else sees it", async () => {
    // With one more shopper those who come later have other rows, so that their vectors begin elsewhere: without vectors of shoppers, then.
    const plain = { withoutFeatures: ["recent-items"] };
    const undisturbed = await lived([], plain);
    const unseen = [{ type: "slate", slate: "s-strange", user: "stranger", items: ["p-5", "p-6"] }, strange[2]!];
    for (const event of unseen) {
      const shop = await lived([{ ...event, time: 0 }], plain);
      const told = [lists(shop), recommended(shop)].map((all) =>
        all.map((list) => list.map(({ item, score }) => [item, score])),
      );
      const expected = [lists(undisturbed), recommended(undisturbed)].map((all) =>
        all.map((list) => list.map(({ item, score }) => [item, score])),
      );
      expect([event.type, told]).toEqual([event.type, expected]);
      await shop.engine.close();
    }
    const without = await lived([]);
    // With them, and with one more item, it moves the scores by this little.
    for (const event of strange) {
      const shop = await lived([{ ...event, time: 0 }]);
      const scores = (one: typeof shop) =>
        new Map(lists(one).flatMap((list, u) => list.map(({ item, score }) => [`${u} ${item}`, score])));
      const expected = scores(without);
      const moved = [...scores(shop)].map(([whose, score]) => Math.abs(score - expected.get(whose)!));
      expect(Math.max(...moved)).toBeLessThan(0.005);
      await shop.engine.close();
    }
    await Promise.all([without.engine.close(), undisturbed.engine.close()]);
  });
});
