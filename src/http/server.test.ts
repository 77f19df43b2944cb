/** Arbitrary requests, half of them well-formed, against a real engine in memory. */
import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { manualClock } from "../core/clock.ts";
import type { Engine } from "../core/public.ts";
import { createEngine } from "../engine.ts";
import { httpServer } from "./server.ts";

let engine: Engine;
let app: FastifyInstance;

beforeAll(async () => {
  engine = await createEngine({ clock: manualClock(Date.UTC(2026, 10, 22)), tickMs: 0 });
  app = await httpServer(engine);
  await engine.record([
    { type: "item", item: "p-1", fields: { title: "Red wool scarf", brand: "Acme", price: 19.9 } },
    { type: "item", item: "p-2", fields: { title: "Blue gloves", brand: "Acme", price: 12 } },
  ]);
});
afterAll(async () => {
  await app.close();
  await engine.close();
});

describe("whatever is sent, the server answers, and never with a fault of its own", () => {
  const word = fc.oneof(fc.string(), fc.constantFrom("p-1", "p-2", "u-1", "", "__proto__", "\ud800", "brand", "price"));
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
  const scalar = fc.oneof(word, number, fc.boolean());
  const small = fc.oneof({ weight: 20, arbitrary: scalar }, { weight: 1, arbitrary: fc.jsonValue() });
  const name = fc.oneof({ weight: 20, arbitrary: fc.string({ minLength: 1 }) }, { weight: 1, arbitrary: small });
  const object = fc.dictionary(word, fc.oneof(small, fc.array(small, { maxLength: 3 })), { maxKeys: 4 });
  const bounds = fc.dictionary(fc.constantFrom("gte", "lte", "gt", "lt", "under"), number, { maxKeys: 2 });
  const filters = fc.dictionary(word, fc.oneof(small, fc.array(scalar, { maxLength: 3 }), bounds), { maxKeys: 2 });
  const ids = fc.array(fc.oneof(name, fc.record({ item: name, match: number })), { maxLength: 6 });
  const size = fc.integer({ min: 0, max: 20 });
  const asker = { user: name, session: name, context: object, surface: name, size, explain: fc.boolean() };
  const rank = fc.record({ ...asker, items: ids, query: small, ordered: fc.boolean() }, { requiredKeys: ["items"] });
  const recommend = fc.record({ ...asker, item: name, filters, exclude: ids }, { requiredKeys: [] });
  const mostly = <T>(good: fc.Arbitrary<T>, odd: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: odd });
  const facet = fc.record({ field: fc.constant("price"), size }, { requiredKeys: ["field"] });
  const found = fc.record(
    {
      ...{ ...asker, query: small, slate: name, highlight: fc.boolean(), from: mostly(fc.nat(20), number) },
      filters: mostly(fc.constantFrom({}, { brand: "Acme" }, { or: [{ price: 12 }] }), filters),
      facets: mostly(fc.constantFrom(["brand"], ["price", "inStock"], []), fc.array(fc.oneof(word, facet))),
      sort: mostly(fc.constantFrom("relevance", "newest", "price", "price:desc"), word),
      group: mostly(fc.constant("brand"), word),
    },
    { requiredKeys: [] },
  );
  const type = fc.constantFrom("item", "item-removed", "user", "slate", "outcome", "synonyms", "tick", "x");
  const action = fc.oneof(word, fc.constantFrom("click", "view", "purchase", "return", "rating"));
  const time = fc.oneof(small, fc.integer({ min: 0, max: 2e12 }), fc.constant("2026-11-22"));
  const shared = { type, id: small, time, item: word, user: small, session: word, slate: word, action };
  const event = fc.record(
    { ...shared, items: ids, fields: object, context: object, query: small, value: small, synonyms: fc.array(ids) },
    { requiredKeys: ["type"] },
  );
  const calls: readonly [path: string, body: fc.Arbitrary<unknown>][] = [
    ["/v1/rank", rank],
    ["/v1/recommend", recommend],
    ["/v1/search", found],
    ["/v1/events", fc.array(event, { maxLength: 4 })],
  ];

  test.each(calls)("%s", async (path, arbitrary) => {
    let fine = 0;
    const answered = fc.asyncProperty(arbitrary, async (given) => {
      const headers = { "content-type": "application/json" };
      const answer = await app.inject({ method: "POST", url: path, headers, payload: JSON.stringify(given) });
      if (answer.statusCode === 200) fine++;
      else expect([answer.statusCode, answer.json().error.message]).toEqual([400, expect.any(String)]);
    });
    await fc.assert(answered, { seed: 1, numRuns: 400 });
    expect(fine).toBeGreaterThan(40);
  });

  test("/v1/suggest", async () => {
    const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("re", "sca", "Acme"));
    const asked = fc.record(
      { q: text, user: name, session: name, size: fc.oneof(size, text), consent: fc.constantFrom("true", "false", "") },
      { requiredKeys: ["q"] },
    );
    let fine = 0;
    const answered = fc.asyncProperty(asked, async (given) => {
      const query = new URLSearchParams(
        Object.entries(given).map(([key, value]): [string, string] => [key, String(value)]),
      );
      const answer = await app.inject({ method: "GET", url: `/v1/suggest?${query}` });
      if (answer.statusCode === 200) fine++;
      else expect([answer.statusCode, answer.json().error.message]).toEqual([400, expect.any(String)]);
    });
    await fc.assert(answered, { seed: 1, numRuns: 400 });
    expect(fine).toBeGreaterThan(40);
  });
});
