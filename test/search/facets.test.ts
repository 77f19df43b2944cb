/** What a facet promises, asked over HTTP: so many items come if this value is chosen, whoever asks. */
import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manualClock } from "../../src/core/clock.ts";
import type { Engine, Facet, FacetValue, FilterRule, Filters, SearchAnswer } from "../../src/core/public.ts";
import { random } from "../../src/core/random.ts";
import { createEngine } from "../../src/engine.ts";
import { httpServer } from "../../src/http/server.ts";

let engine: Engine;
let app: FastifyInstance;

const colours = ["red", "blue", "green"];
const kinds = ["scarf", "hat", "glove", "lamp"];

beforeAll(async () => {
  engine = await createEngine({ clock: manualClock(Date.UTC(2026, 10, 22)), tickMs: 0 });
  app = await httpServer(engine);
  const chance = random("facets");
  const one = <T>(of: readonly T[]): T => of[chance.int(of.length)]!;
  await engine.record(
    Array.from({ length: 400 }, (_, i) => {
      const kind = one(kinds);
      const fields = {
        title: `${one(colours)} ${kind} ${i}`,
        category: kind === "lamp" ? ["Home", "Lamps"] : ["Clothing", `${kind}s`],
        ...(chance.next() < 0.9 ? { brand: `Brand ${chance.int(8)}` } : {}),
        ...(chance.next() < 0.9 ? { price: chance.int(4000) / 100 } : {}),
        tags: Array.from({ length: chance.int(4) }, () => `tag ${chance.int(6)}`),
        ...(chance.next() < 0.5 ? { inStock: chance.next() < 0.7 } : {}),
        variantOf: `v-${chance.int(150)}`,
      };
      return { type: "item", item: `p-${i}`, fields };
    }),
  );
});
afterAll(async () => {
  await app.close();
  await engine.close();
});

async function search(body: object): Promise<SearchAnswer> {
  const answer = await app.inject({ method: "POST", url: "/v1/search", payload: { observe: false, ...body } });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<SearchAnswer>();
}

const query = fc.constantFrom("scarf", "red hat", "blue", "green lamp", "lamp hat", "", "!!!", "redd", "zzzzz");
const filters = fc.record(
  {
    brand: fc.oneof(
      fc.constant("Brand 1"),
      fc.uniqueArray(
        fc.nat(7).map((n) => `Brand ${n}`),
        { minLength: 1 },
      ),
    ),
    category: fc.constantFrom<FilterRule>("Clothing", { under: ["Clothing", "hats"] }, ["scarfs", "Lamps"]),
    tags: fc.constantFrom<FilterRule>("tag 1", ["tag 1", "tag 2"]),
    price: fc.constantFrom<FilterRule>({ lte: 20 }, { gte: 10, lt: 30 }),
    inStock: fc.boolean(),
    not: fc.constantFrom<Filters>({ brand: "Brand 2" }, { tags: ["tag 3"], brand: ["Brand 3"] }),
    and: fc.constant<Filters[]>([{ tags: "tag 1" }, { tags: "tag 4" }]),
  },
  { requiredKeys: [] },
);
const names = ["brand", "category", "tags", "price", "inStock"];

/** The rule that chooses each value, and how many items the facet says have it. */
function choices(facet: Facet): { rule: FilterRule; count: number }[] {
  if (Array.isArray(facet))
    return (facet as readonly FacetValue[]).map(({ value, path, count }) => ({
      rule: path === undefined ? value : { under: path },
      count,
    }));
  const { histogram } = facet as Exclude<Facet, readonly FacetValue[]>;
  return histogram.map(({ from, to, count }, i) => ({
    rule: i === histogram.length - 1 ? { gte: from, lte: to } : { gte: from, lt: to },
    count,
  }));
}

test("a value's count is the total when it is chosen in place of the field's own filter", async () => {
  let chosen = 0;
  const property = fc.asyncProperty(query, filters, fc.constantFrom(...names), async (text, given, field) => {
    const { facets, total, relaxed } = await search({ query: text, filters: given, facets: names, size: 1 });
    // What is loosened is loosened as far as these filters need.
    if (relaxed !== undefined || total === 0) return;
    for (const { rule, count } of choices(facets![field]!)) {
      const asked = await search({ query: text, filters: { ...given, [field]: rule }, size: 1 });
      expect([rule, asked.relaxed === undefined ? asked.total : 0]).toEqual([rule, count]);
      chosen++;
    }
  });
  await fc.assert(property, { numRuns: 150, seed: 6 });
  expect(chosen).toBeGreaterThan(150);
});

test("counts, totals and ranges are the same for everybody, on every page, in every order", async () => {
  const asked = { query: "scarf", filters: { price: { lte: 30 } }, facets: names, size: 5 };
  const { facets, total } = await search(asked);
  expect(total).toBeGreaterThan(20);
  await engine.record([1, 5, 9].map((i) => ({ type: "outcome", action: "click", item: `p-${i}`, user: "u-1" })));
  for (const other of [{ user: "u-1" }, { session: "v-1" }, { from: 10 }, { sort: "price:desc" }, { size: 100 }]) {
    const answer = await search({ ...asked, ...other });
    expect([answer.facets, answer.total]).toEqual([facets, total]);
  }
  const grouped = await search({ ...asked, group: "variantOf" });
  expect(grouped.facets).toEqual(facets);
  expect(grouped.total).toBeLessThan(total);
});

test("who asks for no item gets the counts alone, and nothing is logged", async () => {
  const before = engine.status().offset;
  for (const body of [{ query: "scarf" }, { query: "scarf", sort: "price" }, {}, { query: "scarf", from: 20 }]) {
    const { facets, total } = await search({ ...body, facets: names });
    const counts = await search({ ...body, facets: names, size: 0, user: "u-1", observe: true });
    expect([counts.items, counts.slate, counts.total, counts.facets]).toEqual([[], null, total, facets]);
  }
  expect(engine.status().offset).toBe(before);
});

test("in process too, a name from elsewhere is told what it is called here", () => {
  const names = { hitsPerPage: "size", offset: "from", q: "query" };
  for (const [name, own] of Object.entries(names))
    expect(() => engine.search({ [name]: 1 })).toThrow(`There is no "${name}" here; the nearest is "${own}".`);
});

test("what cannot be counted, sorted or grouped by is refused with its place, and nothing is logged", async () => {
  const before = engine.status().offset;
  const cases: [object, string, string][] = [
    [{ facets: ["colour"] }, "FILTER_UNKNOWN_FIELD", "/facets/0"],
    [{ facets: ["brand", { field: "colour" }] }, "FILTER_UNKNOWN_FIELD", "/facets/1/field"],
    [{ facets: ["title"] }, "REQUEST_MALFORMED", "/facets/0"],
    [{ facets: ["brand", "brand"] }, "REQUEST_MALFORMED", "/facets/1"],
    [{ filters: { colour: 1 } }, "FILTER_UNKNOWN_FIELD", "/filters/colour"],
    [{ filters: { or: [{ price: {} }] } }, "FILTER_MALFORMED", "/filters/or/0/price"],
    [{ sort: "cheapest" }, "REQUEST_MALFORMED", "/sort"],
    [{ group: "colour" }, "FILTER_UNKNOWN_FIELD", "/group"],
    [{ group: "tags" }, "REQUEST_MALFORMED", "/group"],
  ];
  for (const [body, code, at] of cases) {
    const answer = await app.inject({ method: "POST", url: "/v1/search", payload: { query: "scarf", ...body } });
    const { error } = answer.json<{ error: { code: string; at: string } }>();
    expect([body, answer.statusCode, error.code, error.at]).toEqual([body, 400, code, at]);
  }
  expect(engine.status().offset).toBe(before);
});
