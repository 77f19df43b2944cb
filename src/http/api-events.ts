/** Events as the reference page shows them. The engine itself checks them, one by one (`core/parse-event.ts`). */
import Type from "typebox";
import { limits } from "../core/limits.ts";

const optional = Type.Optional;
const id = Type.String({ minLength: 1, maxLength: limits.idLengthMax });
const time = Type.Union([Type.String({ format: "date-time" }), Type.Integer()], {
  description: "ISO 8601 or Unix milliseconds; when absent, the time of arrival.",
});
const common = {
  id: optional(Type.String({ description: "Sent again within the dedupe horizon, it counts once." })),
  time: optional(time),
  consent: optional(Type.Boolean({ description: "false: neither stored nor learned from." })),
};
const who = { user: optional(id), session: optional(id) };
const fields = Type.Record(Type.String(), Type.Unknown(), { maxProperties: limits.fieldsMax });

const itemEvent = Type.Object(
  { type: Type.Literal("item"), item: id, fields: optional(fields), ...common },
  {
    title: "item",
    description: "Fields given replace those fields, null deletes one, others stay.",
    examples: [{ type: "item", item: "p-1", fields: { title: "Red wool scarf", price: 19.9, inStock: true } }],
  },
);
const itemRemovedEvent = Type.Object(
  { type: Type.Literal("item-removed"), item: id, ...common },
  { title: "item-removed", examples: [{ type: "item-removed", item: "p-1" }] },
);
const userEvent = Type.Object(
  { type: Type.Literal("user"), user: id, fields: optional(fields), ...common },
  { title: "user", examples: [{ type: "user", user: "u-1", fields: { country: "DE" } }] },
);
const shownItem = Type.Object({
  item: id,
  propensity: optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
  match: optional(Type.Number({ description: "The lister's own relevance." })),
  order: optional(Type.Integer({ minimum: 0, description: "Its place in the caller's own order." })),
});
const slateEvent = Type.Object(
  {
    type: Type.Literal("slate"),
    slate: optional(id),
    ...who,
    surface: optional(Type.String({ maxLength: limits.nameLengthMax })),
    query: optional(
      Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.Unknown()), Type.Null()]),
    ),
    context: optional(Type.Record(Type.String(), Type.Unknown(), { maxProperties: limits.contextKeysMax })),
    items: Type.Array(Type.Union([id, shownItem]), { maxItems: limits.slateItemsMax }),
    orderedBy: optional(Type.Enum(["caller", "engine"])),
    ...common,
  },
  {
    title: "slate",
    description: "What was shown, top first. Answers of this engine are logged as slates by the engine itself.",
    examples: [{ type: "slate", slate: "s-9", user: "u-1", surface: "search", query: "scarf", items: ["p-1", "p-7"] }],
  },
);
const outcomeEvent = Type.Object(
  {
    type: Type.Literal("outcome"),
    action: Type.String({
      maxLength: limits.nameLengthMax,
      description: "seen, click, view, cart, purchase, like, rating, dislike, hide, return, or the shop's own.",
    }),
    item: id,
    ...who,
    slate: optional(id),
    value: optional(Type.Number({ description: "Money of a purchase, 1–5 of a rating." })),
    ...common,
  },
  { title: "outcome", examples: [{ type: "outcome", action: "click", item: "p-7", user: "u-1", slate: "s-9" }] },
);
const words = Type.Array(Type.String());
const synonymsEvent = Type.Object(
  {
    type: Type.Literal("synonyms"),
    synonyms: Type.Array(Type.Union([words, Type.Object({ from: Type.String(), to: words })])),
    ...common,
  },
  { title: "synonyms", description: "Replaces the shop's set; a list is two-way, from/to one-way." },
);

const event = Type.Union([itemEvent, itemRemovedEvent, userEvent, slateEvent, outcomeEvent, synonymsEvent]);

export const eventsBody = {
  content: {
    "application/json": { schema: Type.Union([event, Type.Array(event, { maxItems: limits.batchEventsMax })]) },
    "application/x-ndjson": { schema: Type.String({ description: "One event a line." }) },
  },
};
