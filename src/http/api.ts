/** What callers may send (docs/api.md): one schema for each body, query and path; the OpenAPI document is made from them. */
import Type, { type Static, type TSchema } from "typebox";
import { limits } from "../core/limits.ts";

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

export const recommendBody = Type.Object(
  {
    item: optional(Type.Union([idText, idNumber], described("Recommend what goes with this one."))),
    filters: optional(
      Type.Record(Type.String(), filterRule, {
        description:
          'Field to rule, all must hold: a value, a list (any of), {"gte":…,"lte":…,"gt":…,"lt":…}, {"under":["Clothing"]}; {"not":{…}} and {"or":[{…},{…}]} of such.',
      }),
    ),
    exclude: optional(Type.Array(id, { maxItems: limits.candidatesMax })),
    ...asker,
  },
  {
    ...closed,
    examples: [{ user: "u-1", surface: "home", filters: { brand: ["Acme"], price: { lte: 30 } }, size: 12 }],
  },
);
export type RecommendBody = Static<typeof recommendBody>;

export const itemPath = Type.Object({ item: idText });
export const userPath = Type.Object({ user: idText });
export const noQuery = Type.Object({}, closed);
export const userQuery = Type.Object({ export: Type.Optional(Type.Enum(["0", "1"])) }, closed);
