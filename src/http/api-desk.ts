/** What the search desk's calls take and answer (docs/api.md). */
import Type from "typebox";
import { limits } from "../core/limits.ts";
import { searchBody } from "./api.ts";
import { searchAnswer } from "./api-answers.ts";

const optional = Type.Optional;
const word = Type.String();
const number = Type.Number();
const count = Type.Integer({ minimum: 0 });
const closed = { additionalProperties: false };

const rules = Type.Array(Type.Union([Type.Array(word), Type.Object({ from: word, to: Type.Array(word) }, closed)]), {
  description: "A list is two-way, from/to one-way.",
});

const { query, filters, user, session, context, surface, consent, size } = searchBody.properties;

export const traceBody = Type.Object(
  {
    ...{ query, filters, user, session, context, surface, consent, size },
    synonyms: optional(
      Type.Union([Type.Array(Type.Unknown()), Type.Null()], {
        description: "A draft, as a synonyms event has it: the search is answered as if it were published.",
      }),
    ),
  },
  { ...closed, examples: [{ query: "sofa", user: "u-1", size: 24, synonyms: [["sofa", "couch"]] }] },
);

const tracedWord = Type.Object({
  text: word,
  required: Type.Boolean(),
  terms: Type.Array(Type.Object({ text: word, weight: number, items: count })),
  more: count,
});

const step = Type.Object({
  rung: Type.Enum(["as-typed", "spelling", "fewer-words", "any-word", "category", "popular"]),
  query: optional(word),
  dropped: optional(Type.Array(word)),
  readings: Type.Array(Type.Object({ weight: number, words: Type.Array(tracedWord) })),
  matches: Type.Integer({ minimum: 0, description: "Items, filters aside." }),
});

const { slate: _slate, items, ...answered } = searchAnswer.properties;

export const searchTrace = Type.Object(
  {
    ...answered,
    items: Type.Array(
      Type.Object({
        ...items.items.properties,
        tier: Type.Enum(["called", "named", "meant", "others", "out-of-stock"]),
        match: optional(Type.Number({ description: "Score of its texts for the query." })),
        matchRank: optional(Type.Integer({ minimum: 0, description: "Place by the texts alone." })),
      }),
    ),
    steps: Type.Array(step, { description: "Down to the first that something matches." }),
    intent: Type.Array(
      Type.Object({
        field: word,
        value: Type.Union([word, Type.Array(word)]),
        share: number,
        certain: Type.Boolean(),
      }),
      { description: "What shoppers who ask this turn to." },
    ),
  },
  { description: "The answer, and how it came about." },
);

export const queriesByDefault = 100;
export const queriesQuery = Type.Object(
  {
    poor: optional(
      Type.Enum(["0", "1"], { description: "1: only those that found little, only loosely, or nothing." }),
    ),
    size: optional(
      Type.Integer({
        minimum: 1,
        maximum: limits.sizeMax,
        description: `How many to answer; default ${queriesByDefault}.`,
      }),
    ),
  },
  closed,
);

export const queriesReport = Type.Object(
  {
    queries: Type.Array(
      Type.Object({
        query: word,
        asked: count,
        poor: count,
        last: Type.Enum(["found", "few", "loosened", "nothing"]),
        total: count,
        at: word,
      }),
    ),
    withheld: Type.Integer({ minimum: 0, description: "Queries of too few shoppers to be shown." }),
  },
  { description: "Queries, the most frequent first." },
);

export const synonymsPath = Type.Object({ offset: Type.String({ pattern: "^\\d{1,15}$" }) });
export const synonymsSet = Type.Object({ offset: count, synonyms: rules }, { description: "The set." });
export const synonymsReport = Type.Object(
  {
    synonyms: rules,
    history: Type.Array(Type.Object({ offset: count, time: word, rules: count, added: count, removed: count }), {
      description: "The newest first; added and removed against the one before.",
    }),
    since: Type.Integer({ minimum: 0, description: "The log was looked through from this offset on." }),
  },
  { description: "The synonyms that hold." },
);
