/** What callers may send (docs/api.md): one schema for each body, query and path; the OpenAPI document is made from them. */
import Type, { type Static, type TSchema } from "typebox";
import { limits } from "../core/limits.ts";
import { userSlatesByDefault } from "../core/user-report.ts";

/** A field that may be left out, or null, which means the same. */
const optional = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
const described = (description: string) => ({ description });

/** Limits count UTF-16 code units; `maxLength` counts characters, so `requests.ts` looks at the length again. */
const idText = Type.String({ minLength: 1, maxLength: limits.idLengthMax });
const idNumber = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
/** An id; a whole number is read as its digits. */
const id = Type.Union([idText, idNumber]);
const name = Type.String({ minLength: 1, maxLength: limits.nameLengthMax });
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

const context = Type.Record(Type.String(), Type.Union([scalar, Type.Array(scalar), Type.Null()]), {
  maxProperties: limits.contextKeysMax,
  description: "What is known of the situation, such as device or country.",
  examples: [{ device: "mobile" }],
});

const asker = {
  user: optional(id),
  session: optional(id),
  context: optional(context),
  surface: optional(name),
  size: optional(Type.Integer({ minimum: 1, maximum: limits.sizeMax, description: "How many items to answer." })),
  explain: optional(Type.Boolean(described("Say of each item why it stands where it stands."))),
  observe: optional(Type.Boolean(described("false: the answer is not logged and teaches nothing."))),
  consent: optional(Type.Boolean(described("false: answered impersonally, neither logged nor learned from."))),
};

const closed = { additionalProperties: false };
const query = Type.Union([Type.String({ maxLength: limits.queryLengthMax }), Type.Number(), Type.Boolean()]);
const candidate = Type.Object({ item: id, match: optional(Type.Number(described("Your own relevance."))) }, closed);

export const rankBody = Type.Object(
  {
    items: Type.Array(Type.Union([idText, idNumber, candidate]), {
      maxItems: limits.candidatesMax,
      description: "Candidates in your own order, as ids or with your own relevance.",
    }),
    query: optional(Type.Union([...query.anyOf, Type.Array(query)])),
    ordered: optional(Type.Boolean(described("false: the order of items means nothing."))),
    ...asker,
  },
  {
    ...closed,
    examples: [{ items: ["p-1", { item: "p-7", match: 12.3 }], user: "u-1", query: "scarf", size: 20, explain: true }],
  },
);
export type RankBody = Static<typeof rankBody>;

/** The catalogue reads rules and says what is wrong with one: it knows the fields. */
const filterRule = Type.Unknown();

const filters = Type.Record(Type.String(), filterRule, {
  description:
    'Field to rule, all must hold: a value, a list (any of), {"gte":…,"lte":…,"gt":…,"lt":…}, {"under":["Clothing"]}; {"not":{…}}, {"or":[{…},{…}]} and {"and":[{…},{…}]} of such.',
});

export const recommendBody = Type.Object(
  {
    item: optional(Type.Union([idText, idNumber], described("Recommend what goes with this one."))),
    filters: optional(filters),
    exclude: optional(Type.Array(id, { maxItems: limits.candidatesMax })),
    ...asker,
  },
  {
    ...closed,
    examples: [{ user: "u-1", surface: "home", filters: { brand: ["Acme"], price: { lte: 30 } }, size: 12 }],
  },
);
export type RecommendBody = Static<typeof recommendBody>;

const field = Type.String({ maxLength: limits.idLengthMax });
const facet = Type.Object(
  {
    field,
    query: optional(
      Type.String({
        maxLength: limits.queryLengthMax,
        description: "Only values of which a word begins with this, whatever its case and accents.",
      }),
    ),
    size: optional(
      Type.Integer({
        minimum: 1,
        maximum: limits.facetValuesMax,
        description: "At most so many values, the most frequent first; default 100.",
      }),
    ),
  },
  closed,
);

export const searchBody = Type.Object(
  {
    query: optional(
      Type.Union([...scalar.anyOf, Type.Array(scalar)], described("What was typed; without a word, what is popular.")),
    ),
    filters: optional(filters),
    facets: optional(
      Type.Array(Type.Union([field, facet]), {
        maxItems: limits.facetsMax,
        description: "Fields whose values are to be counted over all matches.",
      }),
    ),
    sort: optional(
      Type.String({
        maxLength: limits.idLengthMax + 5,
        description: "relevance (default), newest, or a number field: price, price:desc, rating:asc.",
      }),
    ),
    from: optional(
      Type.Integer({ minimum: 0, maximum: limits.pagedMax, description: "Items passed over: the page begins here." }),
    ),
    slate: optional(
      Type.Union([idText, idNumber], described("The first page's: pages on through the list that it began.")),
    ),
    group: optional(
      Type.String({ maxLength: limits.idLengthMax, description: "One item for each value of this field." }),
    ),
    highlight: optional(Type.Boolean(described("Answer texts with what matched in <em>."))),
    ...asker,
    size: optional(
      Type.Integer({
        minimum: 0,
        maximum: limits.sizeMax,
        description: "How many items to answer; 0 for facets alone.",
      }),
    ),
  },
  {
    ...closed,
    examples: [
      { query: "red scarf", user: "u-1", filters: { price: { lte: 30 } }, facets: ["brand", "category", "price"] },
    ],
  },
);
export type SearchBody = Static<typeof searchBody>;

export const suggestQuery = Type.Object(
  {
    q: Type.String(described("What was typed so far.")),
    user: Type.Optional(idText),
    session: Type.Optional(idText),
    size: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: limits.completionsMax,
        description: "How many completions to answer; default 8.",
      }),
    ),
    consent: Type.Optional(Type.Boolean(described("false: answered impersonally."))),
  },
  closed,
);
export type SuggestQuery = Static<typeof suggestQuery>;

export const itemPath = Type.Object({ item: idText });
export const eventPath = Type.Object({ event: idText });
export const notTakenByDefault = 100;
export const notTakenQuery = Type.Object(
  {
    result: Type.Optional(Type.Enum(["rejected", "duplicate"], described("Refused (default), or sent again."))),
    size: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: limits.refusedEventsMax,
        description: `How many to answer; default ${notTakenByDefault}.`,
      }),
    ),
  },
  closed,
);
export const userPath = Type.Object({ user: idText });
export const userSlatesQuery = Type.Object(
  {
    size: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: limits.userSlatesMax,
        description: `How many lists to answer; default ${userSlatesByDefault}.`,
      }),
    ),
  },
  closed,
);
export const noQuery = Type.Object({}, closed);
export const liveQuery = Type.Object(
  {
    shoppers: Type.Optional(
      Type.Enum(["0", "1"], { description: "1: events name user and session; default: nobody is named." }),
    ),
  },
  closed,
);
export const userQuery = Type.Object({ export: Type.Optional(Type.Enum(["0", "1"])) }, closed);
