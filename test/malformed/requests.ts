/** Arbitrary requests as JSON text, and what docs/api.md says of them, written again plainly. */
import fc from "fast-check";
import { limits } from "../../src/core/limits.ts";
import { contextOf, isObject, queryOf } from "./event-model.ts";
import {
  context,
  entry,
  everyField,
  itemId,
  list,
  mostly,
  object,
  odd,
  query,
  quoted,
  session,
  surface,
  user,
} from "./events.ts";

type Text = fc.Arbitrary<string>;
export const calls = ["rank", "recommend", "search"] as const;
export type Call = (typeof calls)[number];

const one = (...texts: readonly string[]): Text => fc.constantFrom(...texts);
const flag = one("true", "false", "null");
const asker = [
  ...[
    entry("user", mostly(user)),
    entry("session", mostly(session)),
    entry("surface", mostly(surface)),
    entry("context", mostly(context), 2),
  ],
  ...[entry("size", mostly(one("1", "5", "12", "1000", "null")), 3), entry("explain", mostly(flag), 1)],
  ...[entry("observe", mostly(flag), 1), entry("consent", mostly(flag), 1)],
];
const candidate = fc.oneof(
  { weight: 3, arbitrary: itemId },
  {
    weight: 1,
    arbitrary: object(
      entry("item", mostly(itemId, 60), 100),
      entry("match", mostly(one("1", "-2.5", "0", "-0", "1e308", "null"), 60)),
    ),
  },
);
const bounds = object(
  ...["gte", "lte", "gt", "lt"].map((name) => entry(name, mostly(one("0", "30", "1e308", "-0", "null")), 1)),
);
const rule: Text = fc.oneof(
  one('"Alba"', '["Alba","Kestrel"]', "true", "30", '{"under":["Clothing"]}', '{"under":"x"}', "[]", "{}"),
  bounds,
  odd,
);
const filterName = one(
  "brand",
  "price",
  "category",
  "inStock",
  "tags",
  "title",
  "rating",
  "color",
  "__proto__",
  "constructor",
  "or",
  "not",
  "nope",
  "",
);
const plainFilters = fc
  .array(fc.tuple(filterName, rule), { maxLength: 3 })
  .map((all) => `{${all.map(([name, value]) => `${quoted(name)}:${value}`).join(",")}}`);
const deeper = (inner: Text): Text =>
  fc.oneof(
    inner,
    inner.map((text) => `{"not":${text}}`),
    fc.array(inner, { maxLength: 4 }).map((all) => `{"or":[${all.join(",")}]}`),
  );
const filters = fc.oneof(
  { weight: 3, arbitrary: one('{"price":{"lte":60}}', '{"brand":"Alba"}', "{}", "null") },
  { weight: 2, arbitrary: deeper(deeper(plainFilters)) },
);

const facetField = one('"brand"', '"category"', '"price"', '"tags"', '"inStock"', '"title"', '"nope"', '"__proto__"');
const facet = fc.oneof(
  { weight: 3, arbitrary: one('"brand"', '"category"', '"price"', '"tags"') },
  {
    weight: 2,
    arbitrary: object(
      entry("field", mostly(facetField, 60), 100),
      entry("query", mostly(one('"a"', '""', '"sca b"', "null"), 60), 2),
      entry("size", mostly(one("1", "1000", "null"), 60), 2),
    ),
  },
);

export const request: Readonly<Record<Call, Text>> = {
  rank: object(
    entry("items", mostly(list(mostly(candidate, 60), 12), 20), 100),
    entry("query", mostly(query)),
    entry("ordered", mostly(flag), 1),
    ...asker,
  ),
  recommend: object(
    entry("item", mostly(itemId), 1),
    entry("filters", mostly(filters, 40), 2),
    entry("exclude", mostly(list(itemId, 4)), 1),
    ...asker,
  ),
  search: object(
    entry("query", mostly(query), 9),
    entry("filters", mostly(filters, 40), 2),
    entry("facets", mostly(list(mostly(facet, 60), 4), 40), 3),
    entry("sort", mostly(one('"relevance"', '"newest"', '"price"', '"rating:asc"', '"title"', "null"), 40), 2),
    entry("from", mostly(one("0", "3", "10000", "null")), 2),
    entry("slate", mostly(one('"s-1"', '"0-x"', "7", "null")), 1),
    entry("group", mostly(one('"brand"', '"category"', '"tags"', '"nope"', "null"), 40), 1),
    entry("highlight", mostly(flag), 1),
    ...asker,
  ),
};

const fine: Readonly<Record<Call, Readonly<Record<string, string>>>> = {
  rank: {
    ...{
      items: '["p-1",{"item":"p-2","match":3}]',
      query: '"scarf"',
      ordered: "true",
      user: '"u-1"',
      session: '"v-1"',
    },
    ...{
      surface: '"search"',
      context: '{"device":"mobile"}',
      size: "2",
      explain: "true",
      observe: "true",
      consent: "true",
    },
  },
  recommend: {
    ...{ item: '"p-1"', filters: "{}", exclude: '["p-2"]', user: '"u-1"', session: '"v-1"', surface: '"home"' },
    ...{ context: '{"device":"mobile"}', size: "2", explain: "true", observe: "true", consent: "true" },
  },
  search: {
    ...{ query: '"scarf"', filters: "{}", facets: '["brand"]', sort: '"price"', from: "1", slate: '"s-1"' },
    ...{ group: '"brand"', highlight: "true", user: '"u-1"', session: '"v-1"', surface: '"search"' },
    ...{ context: '{"device":"mobile"}', size: "2", explain: "true", observe: "true", consent: "true" },
  },
};

/** Every field of a request with each of these values; filters also inside a rule. */
export function* everyFieldOf(call: Call, values: readonly string[]): Generator<string> {
  yield* everyField(fine[call], values);
  if (call === "rank") return;
  for (const field of ["price", "brand", "category", "inStock", "tags", "title", "or", "not", "nope"])
    for (const value of values) yield `{"filters":{${quoted(field)}:${value}}}`;
  if (call !== "search") return;
  for (const value of values) {
    yield `{"facets":[${value}]}`;
    for (const key of ["field", "query", "size"]) yield `{"facets":[{"field":"brand",${quoted(key)}:${value}}]}`;
  }
}

/** The codes with which a request may be refused, none if it has to be answered; filters may always be refused by their own. */
export function judgeRequest(call: Call, body: unknown): ReadonlySet<string> {
  if (!isObject(body)) return refused;
  const isFine = Object.entries(body).every(([key, value]) => isFineValue(call, key, value));
  if (call === "rank") return isFine && Array.isArray(body.items) ? answered : refused;
  // Whether a field can be counted, sorted and grouped by, the catalogue says.
  const asksCatalogue = ["facets", "sort", "group"].some((key) => body[key] != null);
  if (call === "search" && asksCatalogue) return isFine ? new Set(["", ...refusedAnyhow]) : refusedAnyhow;
  return isFine ? (body.filters == null ? answered : mayBeRefused) : body.filters == null ? refused : refusedAnyhow;
}

const answered: ReadonlySet<string> = new Set([""]);
const refused: ReadonlySet<string> = new Set(["REQUEST_MALFORMED"]);
const mayBeRefused: ReadonlySet<string> = new Set(["", "FILTER_MALFORMED", "FILTER_UNKNOWN_FIELD"]);
const refusedAnyhow: ReadonlySet<string> = new Set(["REQUEST_MALFORMED", "FILTER_MALFORMED", "FILTER_UNKNOWN_FIELD"]);

const isId = (value: unknown): boolean =>
  Number.isSafeInteger(value) ||
  (typeof value === "string" && value !== "" && value.length <= limits.idLengthMax && !/\p{Surrogate}/u.test(value));

function isFineValue(call: Call, key: string, value: unknown): boolean {
  if (key === "items")
    return call === "rank" && Array.isArray(value) && value.length <= limits.candidatesMax && value.every(isCandidate);
  if (value === null) return isKnown(call, key);
  switch (key) {
    case "user":
    case "session":
      return isId(value);
    case "surface":
      return (
        typeof value === "string" &&
        value !== "" &&
        value.length <= limits.nameLengthMax &&
        !/\p{Surrogate}/u.test(value)
      );
    case "context":
      return isWithoutFault((faults) => contextOf(value, faults));
    case "size":
      return (
        Number.isInteger(value) &&
        (value as number) >= (call === "search" ? 0 : 1) &&
        (value as number) <= limits.sizeMax
      );
    case "explain":
    case "observe":
    case "consent":
      return typeof value === "boolean";
  }
  if (!isKnown(call, key)) return false;
  switch (key) {
    case "query":
      // Of what is searched for, what is too long is left out.
      return isWithoutFault(({ malformed, limit }) =>
        queryOf(value, { malformed, limit: call === "search" ? () => undefined : limit }),
      );
    case "ordered":
      return typeof value === "boolean";
    case "highlight":
      return typeof value === "boolean";
    case "item":
    case "slate":
      return isId(value);
    case "from":
      return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= limits.pagedMax;
    case "sort":
      return typeof value === "string" && value.length <= limits.idLengthMax + ":desc".length;
    case "group":
      return typeof value === "string" && value.length <= limits.idLengthMax;
    case "facets":
      return Array.isArray(value) && value.length <= limits.facetsMax && value.every(isFacet);
    case "filters":
      return isObject(value);
    default:
      return Array.isArray(value) && value.length <= limits.candidatesMax && value.every(isId);
  }
}

const isKnown = (call: Call, key: string): boolean => Object.hasOwn(fine[call], key);

function isFacet(value: unknown): boolean {
  if (!isObject(value)) return typeof value === "string" && value.length <= limits.idLengthMax;
  const { field, query: searched, size, ...others } = value;
  const isFineSize =
    size == null || (Number.isInteger(size) && Number(size) >= 1 && Number(size) <= limits.facetValuesMax);
  const isFineQuery = searched == null || (typeof searched === "string" && searched.length <= limits.queryLengthMax);
  return isFacet(field) && typeof field === "string" && isFineQuery && isFineSize && Object.keys(others).length === 0;
}

function isCandidate(value: unknown): boolean {
  if (!isObject(value)) return isId(value);
  const { item, match, ...others } = value;
  return isId(item) && (match == null || Number.isFinite(match)) && Object.keys(others).length === 0;
}

function isWithoutFault(read: (faults: { malformed(): undefined; limit(): undefined }) => unknown): boolean {
  let isFine = true;
  const fault = (): undefined => void (isFine = false);
  read({ malformed: fault, limit: fault });
  return isFine;
}

/** Ids of the candidates of a rank request that was answered, each once. */
export const candidatesOf = (body: unknown): Set<string> =>
  new Set(
    ((body as { items: (unknown | { item: unknown })[] }).items ?? []).map((one) =>
      String(isObject(one) ? one.item : one),
    ),
  );
