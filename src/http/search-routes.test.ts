/** What of a request reaches the engine, and what is refused before; the engine here only writes down what it was asked. */
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../core/limits.ts";
import type { Engine, SearchAnswer, SearchRequest, SuggestRequest } from "../core/public.ts";
import { httpServer } from "./server.ts";
import { shedding } from "./shedding.ts";

const found: SearchAnswer = { slate: "s-1", items: [], model: "panel@0", tookMs: 1, total: 0 };
const asked: { search: SearchRequest[]; suggest: SuggestRequest[] } = { search: [], suggest: [] };
const engine = {
  search(request: SearchRequest) {
    asked.search.push(request);
    return found;
  },
  suggest(request: SuggestRequest) {
    asked.suggest.push(request);
    return { completions: [], items: [], tookMs: 1 };
  },
} as Partial<Engine> as Engine;

let app: FastifyInstance;
beforeAll(async () => {
  app = await httpServer(engine);
});
afterAll(() => app.close());
beforeEach(() => {
  asked.search.length = 0;
  asked.suggest.length = 0;
});

async function search(body: unknown, headers: Record<string, string> = {}) {
  const payload = JSON.stringify(body);
  const sent = { "content-type": "application/json", ...headers };
  const answer = await app.inject({ method: "POST", url: "/v1/search", headers: sent, payload });
  return { status: answer.statusCode, ...answer.json() };
}

async function suggest(query: string, headers: Record<string, string> = {}) {
  const answer = await app.inject({ method: "GET", url: `/v1/suggest${query}`, headers });
  return { status: answer.statusCode, ...answer.json() };
}

/** Without what is undefined. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));

describe("POST /v1/search", () => {
  test("every field reaches the engine as it is", async () => {
    const body = {
      query: "red scarf",
      filters: { brand: ["Acme"], price: { lte: 30 }, and: [{ tags: "wool" }] },
      facets: ["brand", { field: "category", query: "sca", size: 5 }],
      sort: "price:desc",
      from: 24,
      size: 12,
      slate: "s-9",
      group: "variantOf",
      highlight: true,
      user: "u-1",
      session: "v-3",
      surface: "search",
      context: { device: "mobile" },
      explain: true,
      observe: false,
      consent: true,
    };
    expect((await search(body)).status).toBe(200);
    expect(asked.search.map(plain)).toEqual([body]);
  });

  test("null is absent, numbers as ids and words are their digits, a list of words is a text", async () => {
    const nulls = { query: null, filters: null, facets: null, sort: null, from: null, slate: null, group: null };
    await search({ ...nulls, highlight: null, user: null, size: null });
    await search({ query: 4711, user: 17, slate: 3, facets: [{ field: "brand", query: null, size: null }] });
    await search({ query: ["red", 7, true], filters: { price: { gte: 1, lte: null } } });
    expect(asked.search.map(plain)).toEqual([
      {},
      { query: "4711", user: "17", slate: "3", facets: [{ field: "brand" }] },
      { query: "red 7 true", filters: { price: { gte: 1 } } },
    ]);
  });

  test("what is left of the caller's time goes along", async () => {
    await search({}, { "x-timeout-ms": "60000" });
    expect(asked.search[0]!.timeoutMs).toBeGreaterThan(0);
    expect(asked.search[0]!.timeoutMs).toBeLessThanOrEqual(60_000);
  });

  test("what makes no sense is refused with its place, and never reaches the engine", async () => {
    const cases: [unknown, string, string][] = [
      [{ qury: "scarf" }, "/qury", 'the nearest is "query"'],
      [{ query: {} }, "/query", "text"],
      [{ hitsPerPage: 5 }, "/hitsPerPage", 'the nearest is "size"'],
      [{ q: "scarf" }, "/q", 'the nearest is "query"'],
      [{ offset: 24 }, "/offset", 'the nearest is "from"'],
      [{ sort_by: "price" }, "/sort_by", 'the nearest is "sort"'],
      [{ from: -1 }, "/from", `from 0 to ${limits.pagedMax}`],
      [{ from: limits.pagedMax + 1 }, "/from", `from 0 to ${limits.pagedMax}`],
      [{ size: -1 }, "/size", "from 0 to 1000"],
      [{ facets: "brand" }, "/facets", "a list"],
      [{ facets: [{ name: "brand" }] }, "/facets/0/name", 'There is no "name"'],
      [{ facets: [{ query: "a" }] }, "/facets/0/field", "missing"],
      [{ facets: ["brand", { field: "brand", size: 0 }] }, "/facets/1/size", `from 1 to ${limits.facetValuesMax}`],
      [{ facets: new Array(limits.facetsMax + 1).fill("brand") }, "/facets", `at most ${limits.facetsMax} entries`],
      [{ sort: ["price"] }, "/sort", "a text"],
      [{ highlight: "yes" }, "/highlight", "true or false"],
      [{ user: "" }, "/user", "not empty"],
      [{ filters: [] }, "/filters", "an object"],
    ];
    for (const [body, at, message] of cases) {
      const { status, error } = await search(body);
      expect([status, error.code, error.at, error.message]).toEqual([
        400,
        "REQUEST_MALFORMED",
        at,
        expect.stringContaining(message),
      ]);
    }
    expect(asked.search).toEqual([]);
  });
});

describe("GET /v1/suggest", () => {
  test("numbers and booleans of the query string are what they say", async () => {
    const { status } = await suggest("?q=re%20d%C3%A9&user=u-1&session=7&size=8&consent=false");
    expect(status).toBe(200);
    await suggest("?q=");
    expect(asked.suggest.map(plain)).toEqual([
      { q: "re dé", user: "u-1", session: "7", size: 8, consent: false },
      { q: "" },
    ]);
  });

  test("what makes no sense is refused with its place", async () => {
    const cases: [string, string, string][] = [
      ["", "/q", "missing"],
      ["?q=a&q=b", "/q", "a text"],
      ["?q=a&size=0", "/size", `from 1 to ${limits.completionsMax}`],
      ["?q=a&size=many", "/size", `from 1 to ${limits.completionsMax}`],
      ["?q=a&size=1e1", "/size", "a whole number"],
      ["?q=a&consent=no", "/consent", "true or false"],
      ["?q=a&usr=u-1", "/usr", 'the nearest is "user"'],
      ["?query=a", "/query", 'the nearest is "q"'],
      ["?q=a&limit=3", "/limit", 'the nearest is "size"'],
    ];
    for (const [query, at, message] of cases) {
      const { status, error } = await suggest(query);
      expect([query, status, error.code, error.at, error.message]).toEqual([
        query,
        400,
        "REQUEST_MALFORMED",
        at,
        expect.stringContaining(message),
      ]);
    }
    expect((await suggest("?q=a", { "x-timeout-ms": "soon" })).error.at).toBe("/headers/x-timeout-ms");
    expect(asked.suggest).toEqual([]);
  });
});

test("under load those go first of whom nobody's shopper waits", async () => {
  // Whoever may wait for no longer than an anonymous one is refused.
  const anonymousOnly = {
    ...shedding({ shedAfterMs: 0 }),
    refuses: (priority: string) => priority === "anonymous",
  };
  const busy = await httpServer(engine, () => {}, { shedding: anonymousOnly });
  const status = async (options: { method: "GET" | "POST"; url: string; payload?: object }) =>
    (await busy.inject(options)).statusCode;
  const searched = (payload: object) => status({ method: "POST", url: "/v1/search", payload });
  const suggested = (query: string) => status({ method: "GET", url: `/v1/suggest?q=a${query}` });
  expect([
    await searched({}),
    await searched({ user: "u-1", observe: false }),
    await searched({ user: "u-1" }),
  ]).toEqual([503, 503, 200]);
  expect([await suggested(""), await suggested("&user=u-1&consent=false"), await suggested("&session=v-1")]).toEqual([
    503, 503, 200,
  ]);
  await busy.close();
});
