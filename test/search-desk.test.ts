/** The search desk over HTTP: a search told step by step, drafts of synonyms, their history, and what was asked in vain. */
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { manualClock } from "../src/core/clock.ts";
import { limits } from "../src/core/limits.ts";
import type { Engine, SearchAnswer } from "../src/core/public.ts";
import type { QueriesReport, SearchTrace, SynonymsReport } from "../src/core/search-desk.ts";
import { createEngine } from "../src/engine.ts";
import { httpServer } from "../src/http/server.ts";
import { withLimit } from "./at-limits.ts";

const clock = manualClock(Date.UTC(2026, 10, 22));
let engine: Engine;
let app: FastifyInstance;

const titles = ["Red wool scarf", "Blue wool scarf", "Leather sofa", "Grey couch", "Garden table", "Stone table"];

beforeEach(async () => {
  engine = await createEngine({ clock, tickMs: 0 });
  app = await httpServer(engine);
  await engine.record(
    titles.map((title, i) => ({ type: "item", item: `p-${i}`, fields: { title, category: ["Shop"], price: 10 + i } })),
  );
});

afterEach(async () => {
  await app.close();
  await engine.close();
});

async function post<T>(path: string, body: object): Promise<T> {
  const { statusCode, body: text } = await app.inject({ method: "POST", url: path, payload: body });
  expect(statusCode, text).toBe(200);
  return JSON.parse(text) as T;
}
const get = async <T>(path: string): Promise<T> => {
  const { statusCode, body } = await app.inject({ method: "GET", url: path });
  expect(statusCode, body).toBe(200);
  return JSON.parse(body) as T;
};
type Trace = SearchTrace<SearchAnswer>;
const trace = (body: object): Promise<Trace> => post("/v1/search/trace", body);
const publish = (synonyms: unknown): Promise<unknown> => engine.record({ type: "synonyms", synonyms });
const ids = ({ items }: Trace): string[] => items.map(({ item }) => item).sort();

test("a trace answers what the search answers, with the readings, every match and all reasons; and leaves nothing behind", async () => {
  await engine.record({ type: "outcome", action: "click", item: "p-1", user: "u-1" });
  const { offset } = engine.status();
  const asked = { query: "wool scarf", user: "u-1" };
  const told = await trace(asked);
  const plain = await post<SearchAnswer>("/v1/search", { ...asked, observe: false });
  expect(told.items.map(({ item, score }) => [item, score])).toEqual(
    plain.items.map(({ item, score }) => [item, score]),
  );
  expect(told.steps).toMatchObject([{ rung: "as-typed", matches: 2 }]);
  expect(told.steps[0]!.readings[0]!.words.map(({ text, terms }) => [text, terms[0]])).toEqual([
    ["wool", { text: "wool", weight: 1, items: 2 }],
    ["scarf", { text: "scarf", weight: 1, items: 2 }],
  ]);
  for (const { rawScore, bias, reasons, match, matchRank, tier } of told.items) {
    expect(reasons!.reduce((sum, { contribution }) => sum + contribution, bias!)).toBeCloseTo(rawScore!, 9);
    expect(reasons!.map(({ feature }) => feature)).not.toContain("other");
    expect([typeof match, typeof matchRank, tier]).toEqual(["number", "number", "meant"]);
  }
  expect(engine.status().offset).toBe(offset);
});

test("each step of the ladder is told, down to the one that something matches", async () => {
  const { steps, relaxed } = await trace({ query: "wool qqqqq" });
  expect(steps.map(({ rung, matches }) => [rung, matches])).toEqual([
    ["as-typed", 0],
    ["fewer-words", 2],
  ]);
  expect(steps[1]).toMatchObject({ query: "wool", dropped: ["qqqqq"] });
  expect(relaxed!.rung).toBe("fewer-words");
  const nothing = await trace({ query: "qqqqq" });
  expect(nothing.steps.at(-1)).toMatchObject({ rung: "popular", readings: [], matches: titles.length });
  expect((await trace({ query: "" })).steps).toEqual([]);
});

test("a draft of synonyms is read as it will be once it is published, and changes nothing before", async () => {
  const draft = [["sofa", "couch"]];
  const before = await trace({ query: "sofa" });
  expect(ids(before)).toEqual(["p-2"]);
  const drafted = await trace({ query: "sofa", synonyms: draft });
  expect(ids(drafted)).toEqual(["p-2", "p-3"]);
  expect(ids(await trace({ query: "sofa" }))).toEqual(["p-2"]);
  await publish(draft);
  const published = await trace({ query: "sofa" });
  expect({ ...published, tookMs: 0 }).toEqual({ ...drafted, tookMs: 0 });
  expect(ids(await trace({ query: "sofa", synonyms: [] }))).toEqual(["p-2"]);
});

test("a draft that could not be published is refused with its place", async () => {
  const { statusCode, body } = await app.inject({
    method: "POST",
    url: "/v1/search/trace",
    payload: { query: "sofa", synonyms: [["sofa", 1]] },
  });
  expect(statusCode).toBe(400);
  expect(JSON.parse(body).error).toMatchObject({ code: "EVENT_MALFORMED", at: "/synonyms/0" });
});

test("the sets of synonyms are listed with what changed, and each can be had again", async () => {
  expect(await get("/v1/synonyms")).toEqual({ synonyms: [], history: [], since: 0 });
  await publish([["sofa", "couch"]]);
  const { offset } = engine.status();
  await publish([["sofa", "couch"], { from: "tv", to: ["television"] }]);
  expect((await get<SynonymsReport>("/v1/synonyms")).history.map(({ rules }) => rules)).toEqual([2, 1]);
  await publish([{ from: "tv", to: ["television"] }]);
  const { synonyms, history, since } = await get<SynonymsReport>("/v1/synonyms");
  expect(synonyms).toEqual([{ from: "tv", to: ["television"] }]);
  expect(since).toBe(0);
  expect(history.map(({ rules, added, removed }) => [rules, added, removed])).toEqual([
    [1, 0, 1],
    [2, 1, 0],
    [1, 1, 0],
  ]);
  expect(await get(`/v1/synonyms/${offset - 1}`)).toEqual({ offset: offset - 1, synonyms: [["sofa", "couch"]] });
  for (const wrong of [0, 1e6]) {
    const { statusCode, body } = await app.inject(`/v1/synonyms/${wrong}`);
    expect([statusCode, JSON.parse(body).error.code]).toEqual([404, "EVENT_UNKNOWN"]);
  }
});

const ask = (query: string, user: string, more: object = {}): Promise<SearchAnswer> =>
  post("/v1/search", { query, user, ...more });
const queries = (options = ""): Promise<QueriesReport> => get(`/v1/queries?${options}`);

test("queries that found little are listed once enough shoppers asked them; of the others only how many they are", async () => {
  for (const user of ["u-1", "u-2", "u-3"]) {
    await ask("Qqqqq ", user);
    await ask("wool scarf", user);
    await ask("garden chair", user);
  }
  for (let i = 0; i < 5; i++) await ask("my own secret", "u-1");
  await ask("jane@example.com", "u-1");
  const { queries: poor, withheld } = await queries("poor=1");
  expect(poor.map(({ query, asked, poor, last, total }) => [query, asked, poor, last, total])).toEqual([
    ["garden chair", 3, 3, "loosened", 1],
    ["qqqqq", 3, 3, "nothing", 6],
    ["wool scarf", 3, 3, "few", 2],
  ]);
  expect(withheld).toBe(1);
  expect((await queries("size=1")).queries).toHaveLength(1);
});

test("what is not logged, further pages, and few matches under a filter are not counted as asked in vain", async () => {
  for (const user of ["u-1", "u-2", "u-3"]) {
    await ask("sofa", user, { observe: false });
    await ask("couch", user, { consent: false });
    await ask("table", user, { from: 1 });
    await ask("scarf", user, { filters: { price: { lte: 10 } } });
    await trace({ query: "scarf", user });
  }
  expect(await queries("poor=1")).toEqual({ queries: [], withheld: 0 });
  expect((await queries()).queries.map(({ query, asked, last }) => [query, asked, last])).toEqual([
    ["scarf", 3, "found"],
  ]);
});

test("an erased shopper leaves no query that too few others asked", async () => {
  for (const user of ["u-1", "u-2", "u-3"]) await ask("qqqqq", user);
  for (const user of ["u-1", "u-2", "u-3", "u-4"]) await ask("wwwww", user);
  await ask("alone", "u-1");
  await engine.erase("u-1");
  const { queries: left, withheld } = await queries();
  expect(left.map(({ query }) => query)).toEqual(["wwwww"]);
  expect(withheld).toBe(0);
});

test(`of queries those asked last are counted, ${limits.askedQueriesMax} of them`, () =>
  withLimit("askedQueriesMax", 2, async () => {
    for (const query of ["sofa", "couch", "table"]) for (const user of ["u-1", "u-2", "u-3"]) await ask(query, user);
    expect((await queries()).queries.map(({ query }) => query)).toEqual(["couch", "table"]);
  }));
