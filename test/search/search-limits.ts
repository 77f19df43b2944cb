/** The limits of search and completion, each at its value and one past it: cases of test/limits.test.ts. */
import { expect } from "vitest";
import { limits } from "../../src/core/limits.ts";
import {
  type Case,
  codeOf,
  events,
  item,
  many,
  overHttp,
  post,
  searches,
  withEngine,
  withLimit,
} from "../at-limits.ts";

export const searchCases = {
  async synonymRulesMax() {
    const rules = (count: number) => ({ type: "synonyms", synonyms: many(count, (i) => [`a${i}`, `b${i}`]) });
    await events("EVENT_LIMIT", rules(limits.synonymRulesMax), rules(limits.synonymRulesMax + 1));
  },
  async synonymWordsMax() {
    const words = (count: number) => many(count, (i) => `w${i}`);
    const both = (count: number) => ({ type: "synonyms", synonyms: [words(count), { from: "a", to: words(count) }] });
    const oneWay = { type: "synonyms", synonyms: [{ from: "a", to: words(limits.synonymWordsMax + 1) }] };
    await events("EVENT_LIMIT", both(limits.synonymWordsMax), both(limits.synonymWordsMax + 1));
    await events("EVENT_LIMIT", both(limits.synonymWordsMax), oneWay);
  },
  async facetsMax() {
    const fields = many(limits.facetsMax + 1, (i) => `f${i}`);
    await withEngine(async (engine) => {
      await engine.record({ ...item, fields: Object.fromEntries(fields.map((field) => [field, 1])) });
      const { facets } = engine.search({ facets: fields.slice(1) });
      expect(Object.keys(facets!).length).toBe(limits.facetsMax);
      expect(codeOf(() => engine.search({ facets: fields }))).toBe("REQUEST_MALFORMED");
      expect(await overHttp(engine, (app) => post(app, "/v1/search", { facets: fields }))).toBe("REQUEST_MALFORMED");
    });
  },
  async facetValuesMax() {
    const sized = (size: number) => ({ facets: [{ field: "brand", size }] });
    await searches(sized(limits.facetValuesMax), sized(limits.facetValuesMax + 1));
  },
  completionsMax: () =>
    withEngine(async (engine) => {
      const [at, past] = [limits.completionsMax, limits.completionsMax + 1];
      expect([at, past].map((size) => codeOf(() => engine.suggest({ q: "a", size })))).toEqual([
        "",
        "REQUEST_MALFORMED",
      ]);
      await overHttp(engine, async (app) => {
        const statuses = [at, past].map((size) => app.inject({ method: "GET", url: `/v1/suggest?q=a&size=${size}` }));
        expect((await Promise.all(statuses)).map(({ statusCode }) => statusCode)).toEqual([200, 400]);
      });
    }),
  async pagedMax() {
    await searches({ from: limits.pagedMax }, { from: limits.pagedMax + 1 });
    await withLimit("pagedMax", 350, () =>
      withEngine(async (engine) => {
        await engine.record(many(500, (i) => ({ ...item, item: `p-${i}`, fields: { title: "plain button" } })));
        const first = engine.search({ query: "button", size: 200 });
        const page = (from: number) => engine.search({ query: "button", size: 200, from, slate: first.slate! });
        expect([first.total, page(200).items.length, page(350).items.length]).toEqual([500, 150, 0]);
      }),
    );
  },
  highlightTextMax: () =>
    withEngine(async (engine) => {
      const [title, description] = ["red scarf", `${"of ".repeat(7)}scarf`];
      await engine.record(many(2, (i) => ({ ...item, item: `p-${i}`, fields: { title, description } })));
      const marked = () => engine.search({ query: "scarf", highlight: true }).items.map(({ highlights }) => highlights);
      const both = { title: "red <em>scarf</em>", description: expect.stringContaining("<em>scarf</em>") };
      const needed = 2 * (title.length + description.length);
      await withLimit("highlightTextMax", needed, async () => expect(marked()).toEqual([both, both]));
      // The first gets the smaller half.
      await withLimit("highlightTextMax", needed - 1, async () =>
        expect(marked()).toEqual([{ title: both.title }, both]),
      );
    }),
  pagedItemsMax: "src/paged-lists.test.ts",
  askedQueriesMax: "test/search-desk.test.ts",
  pagedWithinMs: "test/search/search.test.ts",
  termsMax: "src/lexical/text-limits.test.ts",
  termLengthMax: "src/lexical/text-limits.test.ts",
  slotTermsMax: "src/lexical/text-limits.test.ts",
  slotTextMax: "src/lexical/text-limits.test.ts",
  itemTermsMax: "src/lexical/text-limits.test.ts",
  itemTextMax: "src/lexical/text-limits.test.ts",
  queryReadMax: "src/lexical/query-planner.test.ts",
  queryWordsMax: "src/lexical/query-planner.test.ts",
  queryReadingsMax: "src/lexical/query-planner.test.ts",
  queryTermsMax: "src/lexical/query-planner.test.ts",
  suggestQueriesMax: "src/suggestions/suggestions.test.ts",
  suggestLengthMax: "src/suggestions/unsafe.test.ts",
  suggestShoppersMax: "src/suggestions/suggestions.test.ts",
  suggestReadMax: "test/search/suggest.test.ts",
} as const satisfies Record<string, Case>;
