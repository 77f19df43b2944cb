/** Which fields of this shop's items are worth a facet: found in a sample of the catalogue, once. */
import { signal } from "@preact/signals";
import type { Fields } from "../../src/core/event.ts";
import { ApiError, api, type List, type Search } from "../app/api.ts";

const sampleSize = 200;
const facetsMax = 7;
/** Fields that everybody knows come first; prose, addresses and ids are no facets. */
const known = ["category", "brand", "price", "inStock", "tags", "colour", "color", "size", "material", "rating"];
const never = new Set([
  "title",
  "description",
  "image",
  "url",
  "link",
  "id",
  "sku",
  "gtin",
  "ean",
  "released",
  "currency",
]);
const wordLengthMax = 40;

/** Undefined until the sample was looked at. */
const facetFields = signal<readonly string[] | undefined>(undefined);

let asked: Promise<List> | undefined;

/** What anybody is shown of the shop, asked for once; again after it failed, or where the shop was empty. */
export function sample(): Promise<List> {
  asked ??= api.search({ query: "", size: sampleSize, observe: false, consent: false });
  asked.then(({ items }) => {
    if (items.length === 0) forgetSample();
  }, forgetSample);
  return asked;
}

/** The catalogue is another one now. */
export function forgetSample(): void {
  asked = undefined;
  facetFields.value = undefined;
}

async function findFacetFields(): Promise<void> {
  const { items } = await sample();
  if (items.length === 0) return;
  const seen = new Map<string, { count: number; values: Set<string>; isWord: boolean }>();
  for (const { fields = {} } of items) for (const [name, value] of Object.entries(fields)) look(seen, name, value);
  const useful = [...seen]
    .filter(([name, { count, values, isWord }]) => {
      if (never.has(name) || count < items.length / 4 || !isWord) return false;
      return known.includes(name) || (values.size > 1 && values.size < count * 0.6);
    })
    .map(([name]) => name);
  const place = (name: string): number => (known.includes(name) ? known.indexOf(name) : known.length);
  facetFields.value = useful.sort((a, b) => place(a) - place(b)).slice(0, facetsMax);
}

function look(
  seen: Map<string, { count: number; values: Set<string>; isWord: boolean }>,
  name: string,
  value: Fields[string] | undefined,
): void {
  let field = seen.get(name);
  if (field === undefined) seen.set(name, (field = { count: 0, values: new Set(), isWord: true }));
  if (value === null || value === undefined) return;
  field.count++;
  for (const one of [value].flat()) {
    if (typeof one === "object" || (typeof one === "string" && one.length > wordLengthMax)) field.isWord = false;
    else field.values.add(String(one));
  }
}

/** As `api.search`; a field that has no facet after all is left out from then on. */
export async function searchWithFacets(body: Search, given: AbortSignal): Promise<List> {
  if (facetFields.value === undefined) await findFacetFields();
  const facets = facetFields.value ?? [];
  try {
    return await api.search({ ...body, facets }, given);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400 || facets.length === 0) throw error;
    const named = facets.find((field) => error.message.includes(`"${field}"`));
    facetFields.value = named ? facets.filter((field) => field !== named) : [];
    return searchWithFacets(body, given);
  }
}
