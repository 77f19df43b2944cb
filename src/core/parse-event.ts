/**
 * The one place where an event from outside becomes an event of the log, or is refused with its place and mend.
 * Everything behind it trusts what it gets (CONTRIBUTING.md).
 */
import { LiveshelfError } from "./errors.ts";
import type { Context, ContextValue, Fields, LoggedEvent, ShownItem, SynonymsEvent } from "./event.ts";
import { limits } from "./limits.ts";

type Given = Record<string, unknown>;

const types = ["item", "item-removed", "user", "slate", "outcome", "synonyms"] as const;

function refuse(at: string, message: string): never {
  throw new LiveshelfError("EVENT_MALFORMED", message, at);
}

function overLimit(at: string, message: string): never {
  throw new LiveshelfError("EVENT_LIMIT", message, at);
}

/**
 * An event as docs/api.md describes it → an event of the log. Throws {@link LiveshelfError} EVENT_MALFORMED, EVENT_LIMIT or
 * EVENT_TOO_LARGE; a refusal that is given in an event's place, of a line that was no JSON, is thrown as it is.
 */
export function parseEvent(given: unknown, receivedAt: number): LoggedEvent {
  if (given instanceof LiveshelfError) throw given;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    refuse("", `An event is a JSON object, not ${describe(given)}.`);
  }
  const event = given as Given;
  // Whoever says anything but yes may have meant no.
  if (event.consent !== undefined && event.consent !== null && event.consent !== true)
    refuse("/consent", '"consent" must be true or false, or be left out; it is something else.');
  const time = event.time === undefined ? receivedAt : parseTime(event.time, "/time");
  const common = { ...optional("id", optionalId(event.id, "/id")), time, receivedAt };
  switch (event.type) {
    case "item":
      return { type: "item", item: id(event.item, "/item"), fields: fields(event.fields, "/fields"), ...common };
    case "item-removed":
      return { type: "item-removed", item: id(event.item, "/item"), ...common };
    case "user":
      return {
        type: "user",
        user: id(event.user, "/user"),
        ...optional("session", optionalId(event.session, "/session")),
        fields: fields(event.fields, "/fields"),
        ...common,
      };
    case "slate":
      return {
        type: "slate",
        ...optional("slate", optionalId(event.slate, "/slate")),
        ...who(event),
        ...optional("surface", optionalName(event.surface, "/surface")),
        ...optional("query", parseQuery(event.query, "/query")),
        ...optional("context", parseContext(event.context, "/context")),
        items: shownItems(event.items),
        ...optional("orderedBy", orderedBy(event.orderedBy)),
        ...common,
      };
    case "outcome":
      return {
        type: "outcome",
        action: checkedAction(event),
        item: id(event.item, "/item"),
        ...who(event),
        ...optional("slate", optionalId(event.slate, "/slate")),
        ...optional("value", optionalNumber(event.value, "/value")),
        ...common,
      };
    case "synonyms":
      return { type: "synonyms", synonyms: synonyms(event.synonyms), ...common };
    default:
      return refuse("/type", `"type" must be one of ${types.join(", ")}; it is ${describe(event.type)}.`);
  }
}

/** True for what must neither be stored nor teach. */
export function withoutConsent(given: unknown): boolean {
  return typeof given === "object" && given !== null && (given as Given).consent === false;
}

const isoTime = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/** 0 for −0, which JSON cannot hold: what is folded now and what is read back from the log must be one value. */
const unsigned = (value: number): number => (value === 0 ? 0 : value);

/** ISO 8601 or Unix milliseconds → Unix milliseconds. */
export function parseTime(given: unknown, at: string): number {
  if (typeof given === "number") {
    if (Number.isFinite(given) && given >= 0 && given <= 8.64e15) return unsigned(Math.floor(given));
    refuse(at, `"time" must be Unix milliseconds from 0 to 8.64e15; it is ${given}.`);
  }
  const iso = typeof given === "string" ? isoTime.exec(given) : null;
  if (iso) {
    const [, date, clock, zone] = iso;
    // Without a zone it is UTC: read as local time, one file would give another state on another machine.
    const time = Date.parse(clock === undefined ? `${date}T00:00Z` : `${date}T${clock}${zone ?? "Z"}`);
    // Some days are read as the first of the next month.
    if (time >= 0 && new Date(`${date}T00:00Z`).toISOString().startsWith(date!)) return time;
  }
  return refuse(
    at,
    `"time" must be ISO 8601 such as "2026-11-22T09:00:00Z", or Unix milliseconds; it is ${describe(given)}.`,
  );
}

export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  const text =
    typeof value === "string"
      ? JSON.stringify(value)
      : value === null
        ? "null"
        : Array.isArray(value)
          ? "a list"
          : typeof value === "object"
            ? "an object"
            : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

function id(given: unknown, at: string): string {
  const text = typeof given === "number" && Number.isSafeInteger(given) ? String(given) : given;
  if (typeof text !== "string" || text === "")
    refuse(at, `"${at.slice(1)}" must be a text that is not empty; it is ${describe(given)}.`);
  if (text.length > limits.idLengthMax)
    overLimit(at, `An id has at most ${limits.idLengthMax} characters; this one has ${text.length}.`);
  if (!text.isWellFormed()) refuse(at, "An id must be well-formed Unicode (it has half a surrogate pair).");
  return text;
}

function optionalId(given: unknown, at: string): string | undefined {
  return given === undefined || given === null ? undefined : id(given, at);
}

function name(given: unknown, at: string): string {
  if (typeof given !== "string" || given === "")
    refuse(at, `"${at.slice(1)}" must be a text that is not empty; it is ${describe(given)}.`);
  if (given.length > limits.nameLengthMax)
    overLimit(at, `A name has at most ${limits.nameLengthMax} characters; this one has ${given.length}.`);
  return given.toWellFormed();
}

function optionalName(given: unknown, at: string): string | undefined {
  return given === undefined || given === null ? undefined : name(given, at);
}

function checkedAction(event: Given): string {
  const action = name(event.action, "/action");
  const { value } = event;
  if (action === "rating" && !(typeof value === "number" && value >= 1 && value <= 5))
    refuse("/value", `A "rating" needs a "value" from 1 to 5; it is ${describe(value)}.`);
  return action;
}

function who(event: Given): { user?: string; session?: string } {
  return {
    ...optional("user", optionalId(event.user, "/user")),
    ...optional("session", optionalId(event.session, "/session")),
  };
}

function optionalNumber(given: unknown, at: string): number | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== "number" || !Number.isFinite(given))
    refuse(at, `"${at.split("/").at(-1)}" must be a finite number; it is ${describe(given)}.`);
  return unsigned(given);
}

/** Text, number, boolean, a list of these, or null (absent) → text. */
export function parseQuery(given: unknown, at: string): string | undefined {
  const text = queryText(given, at);
  if (text !== undefined && text.length > limits.queryLengthMax)
    overLimit(at, `A query has at most ${limits.queryLengthMax} characters; this one has ${text.length}.`);
  return text;
}

/** The same of what somebody typed to search for, who is not to see an error for a text that was pasted: a longer one is cut. */
export const parseSearched = (given: unknown, at: string): string | undefined =>
  queryText(given, at)?.slice(0, limits.queryLengthMax).toWellFormed();

function queryText(given: unknown, at: string): string | undefined {
  if (given === undefined || given === null) return undefined;
  const words = Array.isArray(given) ? given : [given];
  for (const word of words) {
    if (typeof word !== "string" && typeof word !== "boolean" && !(typeof word === "number" && Number.isFinite(word))) {
      refuse(at, `"query" must be text, number, boolean, a list of these, or null; it is ${describe(given)}.`);
    }
  }
  return words.join(" ").toWellFormed();
}

export function parseContext(given: unknown, at: string): Context | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== "object" || Array.isArray(given))
    refuse(at, `"context" must be an object; it is ${describe(given)}.`);
  const entries = Object.entries(given);
  if (entries.length > limits.contextKeysMax)
    overLimit(at, `A context has at most ${limits.contextKeysMax} keys; this one has ${entries.length}.`);
  const context: [string, ContextValue][] = [];
  let length = 0;
  for (const [key, value] of entries) {
    length += key.length;
    if (value === null || value === undefined) continue;
    if (Array.isArray(value) && value.length > limits.contextValuesMax)
      overLimit(
        `${at}/${pointerPart(key)}`,
        `A list in a context has at most ${limits.contextValuesMax} values; this one has ${value.length}.`,
      );
    const values = (Array.isArray(value) ? Array.from(value as unknown[]) : [value]).map((one) => {
      if (typeof one === "string" || typeof one === "boolean") return one;
      if (typeof one === "number" && Number.isFinite(one)) return unsigned(one);
      return refuse(
        `${at}/${pointerPart(key)}`,
        `A context value must be text, number, boolean, a list of these, or null; it is ${describe(value)}.`,
      );
    });
    for (const one of values) if (typeof one === "string") length += one.length;
    context.push([key.slice(0, limits.nameLengthMax).toWellFormed(), Array.isArray(value) ? values : values[0]!]);
  }
  if (length > limits.contextLengthMax)
    overLimit(
      at,
      `Keys and texts of a context have at most ${limits.contextLengthMax} characters; these have ${length}.`,
    );
  // fromEntries defines own properties, also for the key __proto__.
  return Object.fromEntries(context);
}

function fields(given: unknown, at: string): Fields {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" || Array.isArray(given))
    refuse(at, `"fields" must be an object; it is ${describe(given)}.`);
  const count = Object.keys(given).length;
  if (count > limits.fieldsMax)
    overLimit(at, `An event has at most ${limits.fieldsMax} fields; this one has ${count}.`);
  const isPlain = checkValue(given, limits.depthMax, at);
  const checked = (isPlain ? given : asJson(given, at)) as Fields;
  refuseTooLarge(checked, at);
  return checked;
}

function refuseTooLarge(value: unknown, at: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= limits.eventBytesMax) return;
  const message = `An event's ${at.slice(1)} have at most ${limits.eventBytesMax} bytes as JSON; these have ${bytes}.`;
  throw new LiveshelfError("EVENT_TOO_LARGE", message, at);
}

/** Refuses what JSON cannot hold; false for what JSON would hold otherwise than given (−0, undefined, a Date). */
function checkValue(value: unknown, depthLeft: number, at: string): boolean {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) refuse(at, `A number in "fields" must be finite; this one is ${value}.`);
    return !Object.is(value, -0);
  }
  if (typeof value !== "object" || value === null)
    return value === null || typeof value === "string" || typeof value === "boolean";
  if (depthLeft === 0) overLimit(at, `Fields nest at most ${limits.depthMax} levels deep.`);
  const isList = Array.isArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  let isPlain = isList || prototype === null || prototype === Object.prototype;
  for (const inner of isList ? value : Object.values(value)) {
    if (!checkValue(inner, depthLeft - 1, at)) isPlain = false;
  }
  return isPlain;
}

/** As it will be read back from the log. */
function asJson(value: object, at: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(JSON.stringify(value));
  } catch {
    refuse(at, `"fields" must be JSON.`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    refuse(at, `"fields" must be an object; it is ${describe(json)}.`);
  return json;
}

/** A key as part of a JSON pointer (RFC 6901). */
const pointerPart = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

function shownItems(given: unknown): (string | ShownItem)[] {
  if (!Array.isArray(given))
    refuse("/items", `"items" must be a list of item ids, top first; it is ${describe(given)}.`);
  if (given.length > limits.slateItemsMax)
    overLimit("/items", `A slate has at most ${limits.slateItemsMax} items; this one has ${given.length}.`);
  // Array.from, as map skips holes.
  return Array.from(given as unknown[], (one, i) => {
    const at = `/items/${i}`;
    if (typeof one !== "object" || one === null) return id(one, at);
    const { item, propensity, match, order } = one as Given;
    const chance = optionalNumber(propensity, `${at}/propensity`);
    if (chance !== undefined && !(chance > 0 && chance <= 1))
      refuse(`${at}/propensity`, `"propensity" must be above 0 and at most 1; it is ${chance}.`);
    const place = optionalNumber(order, `${at}/order`);
    if (place !== undefined && !(Number.isInteger(place) && place >= 0 && place <= limits.orderMax))
      refuse(`${at}/order`, `"order" must be a whole number from 0 to ${limits.orderMax}; it is ${place}.`);
    return {
      item: id(item, `${at}/item`),
      ...optional("propensity", chance),
      ...optional("match", optionalNumber(match, `${at}/match`)),
      ...optional("order", place),
    };
  });
}

function orderedBy(given: unknown): "caller" | "engine" | undefined {
  if (given === undefined || given === null) return undefined;
  if (given !== "caller" && given !== "engine")
    refuse("/orderedBy", `"orderedBy" must be "caller" or "engine"; it is ${describe(given)}.`);
  return given;
}

function synonyms(given: unknown): SynonymsEvent["synonyms"] {
  const mend = `"synonyms" must be a list of word lists (two-way) or {"from":"tv","to":["television"]} (one-way)`;
  if (!Array.isArray(given)) refuse("/synonyms", `${mend}; it is ${describe(given)}.`);
  const areWords = (list: unknown): list is string[] =>
    Array.isArray(list) && Array.from(list as unknown[]).every((word) => typeof word === "string" && word !== "");
  if (given.length > limits.synonymRulesMax)
    overLimit("/synonyms", `"synonyms" has at most ${limits.synonymRulesMax} rules; this one has ${given.length}.`);
  const fewEnough = (words: string[], at: string): string[] => {
    if (words.length > limits.synonymWordsMax)
      overLimit(at, `A rule has at most ${limits.synonymWordsMax} words; this one has ${words.length}.`);
    return words;
  };
  const rules = Array.from(given as unknown[], (rule, i) => {
    if (areWords(rule)) return fewEnough(rule, `/synonyms/${i}`);
    const { from, to } = (typeof rule === "object" && rule !== null ? rule : {}) as { from?: unknown; to?: unknown };
    if (typeof from === "string" && from !== "" && areWords(to))
      return { from, to: fewEnough(to, `/synonyms/${i}/to`) };
    return refuse(`/synonyms/${i}`, `${mend}; this one is ${describe(rule)}.`);
  });
  refuseTooLarge(rules, "/synonyms");
  return rules;
}
