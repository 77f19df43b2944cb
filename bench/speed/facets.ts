/** Filters and facets of one search: twenty thousand matches among forty thousand items, sifted and counted. */
import { type Catalogue, itemCatalogue } from "../../src/catalogue/catalogue.ts";
import { IdTable } from "../../src/core/id-table.ts";
import type { FacetRequest, Filters } from "../../src/core/public.ts";
import { random } from "../../src/core/random.ts";
import { type Benchmark, type Measure, scaled, threadMs } from "./benchmark.ts";

/** Brands with a long tail, 720 categories on three levels, a price, tags; and a number of its own for each item. */
function catalogueOf(items: number): Catalogue {
  const shop = itemCatalogue(new IdTable("words"));
  const chance = random("facets");
  for (let item = 0; item < items; item++) {
    const category = [`top ${chance.int(12)}`, `middle ${chance.int(10)}`, `leaf ${chance.int(6)}`];
    const fields = {
      ...{ title: `item ${item}`, brand: `brand ${Math.floor(500 * chance.next() ** 3)}`, category },
      ...{ price: chance.int(20_000) / 100, tags: [`wide ${chance.int(50)}`, `deep ${chance.int(50)}`] },
      ...{ inStock: chance.next() < 0.9, partNumber: `part ${item}` },
    };
    shop.fold(item, fields, 1);
  }
  return shop;
}

const three: readonly FacetRequest[] = ["brand", "category", "price"];
const cases: readonly (readonly [what: string, filters: Filters, facets: readonly FacetRequest[], hold?: number])[] = [
  ["filters alone", { inStock: true }, []],
  ["three facets", {}, three, 1],
  ["three facets, filters on two of them", { brand: ["brand 0", "brand 1", "brand 5"], price: { lte: 100 } }, three],
  ["three facets, filter on another field", { inStock: true }, three],
  ["a facet of lists of words", {}, ["tags"]],
  ["a facet of brands, searched", {}, [{ field: "brand", query: "brand 77" }]],
  ["a facet of which each item has a value of its own", {}, ["partNumber"]],
];

export const facets: Benchmark = {
  name: "facets",
  limitMs: 120_000,
  async run(setting) {
    const items = scaled(40_000, setting);
    const shop = catalogueOf(items);
    const rounds = scaled(400, setting);
    const sift = (filters: Filters, wanted: readonly FacetRequest[]): void => {
      const sieve = shop.sieve(filters, wanted);
      for (let item = 0; item < items; item += 2) sieve.take(item);
      sieve.facets();
    };
    return cases.map(([what, filters, wanted, hold]): Measure => {
      for (let i = 0; i < rounds / 4; i++) sift(filters, wanted);
      // A mean: the thread's time is told in steps that are longer than one search.
      const startMs = threadMs();
      for (let i = 0; i < rounds; i++) sift(filters, wanted);
      const tookMs = (threadMs() - startMs) / rounds;
      const bounds = hold === undefined ? {} : { hold };
      return { what: `20,000 matches, ${what}`, value: tookMs, unit: "ms", ...bounds };
    });
  },
};
