/** What the engine answers (docs/api.md), for the reference; answers are written by plain JSON.stringify. */
import Type from "typebox";
import { errorCodes } from "../core/errors.ts";
import { laterOutcomes } from "../core/follow-up.ts";

const optional = Type.Optional;
const word = Type.String();
const number = Type.Number();
const count = Type.Integer({ minimum: 0 });
const fields = Type.Record(Type.String(), Type.Unknown());
const code = Type.Enum(Object.keys(errorCodes));

export const failure = Type.Object(
  { error: Type.Object({ code, message: word, at: optional(Type.String({ description: "JSON pointer." })) }) },
  { description: "Refused; the code is one of a documented, closed list." },
);

export const receipt = Type.Object(
  {
    accepted: count,
    duplicates: count,
    rejected: Type.Array(
      Type.Object({
        index: Type.Integer({ description: "Place in the list, or line of NDJSON, from 0." }),
        code,
        message: word,
        at: optional(word),
      }),
    ),
    offset: Type.Integer({ description: "Every event acknowledged here lies below it." }),
  },
  {
    description: "Acknowledged: durable, and visible to the next request.",
    examples: [{ accepted: 2, duplicates: 0, rejected: [], offset: 1041 }],
  },
);

const reason = Type.Object({ feature: word, contribution: number, text: word });

const answeredItem = {
  item: word,
  score: Type.Number({ description: "What orders the list: chance to be clicked when shown × its worth." }),
  position: count,
  propensity: number,
  fields: optional(fields),
  rawScore: optional(Type.Number({ description: "Logit of the chance to be clicked when shown." })),
  bias: optional(number),
  reasons: optional(Type.Array(reason)),
  chances: optional(Type.Record(Type.String(), number, { description: "Chance of each outcome when shown, 0 to 1." })),
};

const listAnswer = {
  slate: Type.Union([word, Type.Null()], {
    description: "Send it with outcomes; null when the answer was not logged.",
  }),
  items: Type.Array(Type.Object(answeredItem)),
  confidence: optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: "How sure the learners are of this order; 0 before anything is learned.",
    }),
  ),
  model: word,
  tookMs: number,
  skipped: optional(
    Type.Integer({
      minimum: 1,
      description: "Candidates left out because there was no time for them; absent if none.",
    }),
  ),
};

export const answer = Type.Object(listAnswer, { description: "The list, top first." });

const facetValues = Type.Array(
  Type.Object({
    value: Type.Union([word, number, Type.Boolean()]),
    count,
    path: optional(Type.Array(word, { description: "Of a path: from broad to narrow." })),
  }),
  { description: "The most frequent value first." },
);
const bound = Type.Union([number, Type.Null()]);
const numberFacet = Type.Object(
  {
    min: bound,
    max: bound,
    count: Type.Integer({ minimum: 0, description: "Matches that have a number." }),
    histogram: Type.Array(Type.Object({ from: number, to: number, count })),
  },
  { description: "Of a number field." },
);

export const searchAnswer = Type.Object(
  {
    ...listAnswer,
    items: Type.Array(
      Type.Object({
        ...answeredItem,
        highlights: optional(
          Type.Record(Type.String(), word, {
            description: "With `highlight`: texts with what matched in <em>, all else escaped as HTML.",
          }),
        ),
      }),
    ),
    total: Type.Integer({ minimum: 0, description: "Matches that pass the filters: items, or groups." }),
    facets: optional(
      Type.Record(Type.String(), Type.Union([facetValues, numberFacet]), {
        description: "Counts over all matches, but for the field's own filter.",
      }),
    ),
    relaxed: optional(
      Type.Object(
        {
          rung: Type.Enum(["spelling", "fewer-words", "any-word", "category", "popular"]),
          query: optional(word),
          dropped: optional(Type.Array(word)),
        },
        { description: "How the query was loosened, if nothing matched." },
      ),
    ),
    spelling: optional(Type.String({ description: "A likelier spelling of the query." })),
  },
  { description: "A page of the matches, top first." },
);

export const suggestAnswer = Type.Object(
  {
    completions: Type.Array(
      Type.Object({
        text: word,
        kind: Type.Enum(["query", "brand", "category"]),
        path: optional(Type.Array(word, { description: "Of a category: from broad to narrow." })),
      }),
    ),
    items: Type.Array(Type.Object({ item: word, fields })),
    tookMs: number,
  },
  { description: "Completions and a few items, the likeliest first." },
);

export const itemReport = Type.Object(
  {
    item: word,
    fields,
    removed: Type.Boolean(),
    statistics: Type.Record(Type.String(), number),
    lately: Type.Array(
      Type.Object({
        halfLife: word,
        halfLifeMs: number,
        choices: optional(number),
        shown: optional(number),
        clicks: optional(number),
        views: optional(Type.Number({ description: "Choices other than clicks." })),
        rate: optional(Type.Number({ description: "Clicks for each showing, pulled towards the shop's own." })),
        attraction: optional(
          Type.Number({ description: "Clicks for each one that its places would have brought any item." }),
        ),
      }),
      { description: "Sums that fade with these half-lives, the shortest first." },
    ),
  },
  { description: "The item." },
);

export const userReport = Type.Object(
  {
    user: word,
    fields,
    recent: Type.Array(Type.Object({ item: word, lastAction: word, at: word, touches: count })),
    affinities: Type.Array(Type.Object({ field: word, value: word, share: number })),
    sessions: count,
  },
  {
    description:
      "The shopper. An export has more: `known`, `sessionIds`, `slates`, `queries`, `suspectedFor`, `quarantined` and `events`.",
  },
);

const wordOrNull = Type.Union([word, Type.Null()]);
export const userSlatesReport = Type.Object(
  {
    slates: Type.Array(
      Type.Object({
        slate: word,
        at: word,
        surface: wordOrNull,
        query: wordOrNull,
        orderedBy: Type.Enum(["engine", "caller"]),
        closed: Type.Boolean({ description: "What was shown there and not chosen counts as passed over." }),
        items: Type.Array(
          Type.Object({
            item: word,
            position: count,
            seen: Type.Boolean({ description: "It was reported as seen, or chosen." }),
            outcomes: Type.Array(Type.Enum(["click", ...laterOutcomes]), {
              description: "`click` stands for whatever it was chosen by.",
            }),
          }),
        ),
      }),
      { description: "The newest first." },
    ),
  },
  { description: "The lists." },
);

export const erasureReceipt = Type.Object(
  {
    user: word,
    known: Type.Boolean({ description: "False: nothing was held; the log is searched all the same." }),
    erased: Type.Record(Type.String(), count, { description: "What was held and is gone, by kind." }),
    offset: Type.Integer({ description: "Events of the shopper below it leave the log." }),
    log: Type.Enum(["queued", "under way", "done"]),
  },
  { description: "Forgotten, durably." },
);

const notTaken = {
  id: optional(word),
  type: optional(word),
  code: optional(code),
  message: optional(word),
  at: optional(Type.String({ description: "JSON pointer." })),
};

export const notTakenReport = Type.Object(
  {
    events: Type.Array(
      Type.Object({
        result: Type.Enum(["rejected", "duplicate"]),
        ...notTaken,
        time: Type.String({ description: "When it came." }),
      }),
    ),
  },
  { description: "Events that were refused, or sent again. Who they were about is not kept." },
);

export const eventReport = Type.Object(
  {
    ...notTaken,
    id: word,
    result: Type.Enum(["accepted", "rejected", "ignored"]),
    time: optional(Type.String({ description: "When it came." })),
    offset: optional(count),
    durable: optional(Type.Boolean({ description: "It is on disk." })),
    event: optional(fields),
    slate: optional(
      Type.Union([word, Type.Null()], { description: "The list that it opened or joined; null where there is none." }),
    ),
    counted: optional(Type.Array(Type.String({ description: "As operating.md names the counts." }))),
    taught: optional(Type.Array(Type.String({ description: "What it taught, or why nothing, in words." }))),
    duplicates: optional(Type.Integer({ description: "How often it was sent again, of late." })),
    refusals: optional(Type.Integer({ description: "How often it was refused, of late." })),
  },
  { description: "What became of an event." },
);

export const quarantineReport = Type.Object(
  {
    suspects: count,
    held: count,
    counts: Type.Record(Type.String(), count),
    shoppers: Type.Array(
      Type.Object({ user: optional(word), session: optional(word), reason: word, since: word, held: count }),
      { description: "The first hundred." },
    ),
    events: Type.Array(Type.Object({ offset: count, event: fields }), { description: "The newest hundred." }),
  },
  { description: "Who is not taught from, why, and what of them waits." },
);

const score = Type.Union([number, Type.Null()]);
const learner = Type.Object({
  name: word,
  of: Type.Union([Type.Literal("lists"), Type.Literal("choices")]),
  family: word,
  weight: number,
  surfaces: Type.Array(Type.Object({ surface: Type.Union([word, Type.Null()]), weight: number })),
  lessons: count,
  logLoss: score,
  calibration: score,
  state: Type.Union((["on", "off", "on trial", "put aside"] as const).map((one) => Type.Literal(one))),
  reason: optional(word),
});
const head = Type.Object({ outcome: word, choices: count, came: count, rate: number, speaks: Type.Boolean() });
const place = Type.Object({ surface: Type.Union([word, Type.Null()]), bias: Type.Array(number) });
const rebuild = Type.Object(
  {
    why: Type.Enum(["configuration", "erasure"]),
    state: Type.Enum(["waiting", "folding", "loading", "catching up", "done", "failed"]),
    done: Type.Integer({ minimum: 0, description: "Events folded, of `total`." }),
    total: count,
    settings: optional(Type.Array(word, { description: "That differ from those that answered before." })),
    offset: optional(Type.Integer({ minimum: 0, description: "From which on it holds." })),
    pauseMs: optional(Type.Number({ description: "The longest time for which serving stood still for it." })),
    seconds: optional(number),
    message: optional(word),
  },
  { description: "The last move to another state, or the one under way." },
);

export const models = Type.Object(
  {
    learners: Type.Array(learner),
    heads: Type.Array(head),
    places: Type.Array(place),
    features: Type.Array(word),
    offset: count,
    rebuild: optional(rebuild),
  },
  { description: "The panel." },
);

export const effectiveSettings = Type.Object(
  {
    settings: Type.Array(
      Type.Object({
        name: word,
        value: Type.Unknown({ description: "Of a secret only whether it is set." }),
        origin: Type.Enum(["default", "file", "environment", "flag", "option"]),
        wanted: optional(Type.Unknown({ description: "What was read last, where that does not hold (yet)." })),
        rebuilds: Type.Boolean({ description: "Changing it folds the log anew." }),
        atStart: Type.Boolean({ description: "Changing it takes a new start." }),
        about: word,
      }),
    ),
    rebuild: optional(rebuild),
  },
  { description: "The settings that hold." },
);

export const reconfigured = Type.Object(
  {
    changed: Type.Array(word, { description: "Names of settings that are others now." }),
    rebuilt: Type.Array(word, {
      description: "Those that hold when the log is folded anew; GET /v1/models says how far that is.",
    }),
  },
  { description: "What changes.", examples: [{ changed: ["value", "rewards"], rebuilt: ["rewards"] }] },
);

export const health = Type.Object({ ok: Type.Boolean() }, { description: "The process answers." });
export const readiness = Type.Object(
  { ready: Type.Boolean(), offset: count },
  { description: "The state reflects the whole log." },
);

/** An answer that is no JSON. */
export const text = (mediaType: string) => ({ description: "Text.", content: { [mediaType]: { schema: word } } });
