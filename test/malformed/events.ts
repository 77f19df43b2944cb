/** Arbitrary events as JSON text: most of every event is fine, so that what is wrong stands among what is right. */
import fc from "fast-check";
import type { Random } from "../../src/core/random.ts";
import { hugeValues, oddKeys, oddTimes, oddValues } from "./odd-values.ts";

type Text = fc.Arbitrary<string>;

/** The presence of what is never left out. */
const always = 100;

export const quoted = (text: string): string => JSON.stringify(text);
const one = (...texts: readonly string[]): Text => fc.constantFrom(...texts);
const numbered = (prefix: string, max: number): Text =>
  fc.integer({ min: 1, max }).map((number) => `"${prefix}-${number}"`);

export const odd: Text = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...oddValues) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }).map(quoted) },
  { weight: 1, arbitrary: fc.double().map((value) => (Number.isFinite(value) ? String(value) : "1e400")) },
);

/** `good` most of the time. */
export const mostly = (good: Text, weight = 24): Text =>
  fc.oneof({ weight, arbitrary: good }, { weight: 1, arbitrary: odd });

/** A key with its value, or nothing. */
export const entry = (key: string, value: Text, presence = 6, absence = 2): Text =>
  fc.oneof(
    { weight: presence, arbitrary: value.map((text) => `${quoted(key)}:${text}`) },
    { weight: presence === always ? 0 : absence, arbitrary: fc.constant("") },
  );

/** An object of these entries, now and then with a key that does not belong there or one that comes twice. */
export function object(...entries: readonly Text[]): Text {
  const stranger = fc.tuple(one(...oddKeys), odd).map(([key, value]) => `${quoted(key)}:${value}`);
  const whole = fc.tuple(...entries).map((all) => all.filter((text) => text !== ""));
  const withStranger = fc
    .tuple(whole, stranger, fc.boolean())
    .map(([all, text, isFirst]) => (isFirst ? [text, ...all] : [...all, text]));
  const withTwice = fc
    .tuple(whole, fc.nat())
    .map(([all, place]) => [...all, ...all.slice(place % Math.max(1, all.length)).slice(0, 1)]);
  return fc
    .oneof(
      { weight: 30, arbitrary: whole },
      { weight: 1, arbitrary: withStranger },
      { weight: 1, arbitrary: withTwice },
    )
    .map((all) => `{${all.join(",")}}`);
}

export const list = (value: Text, maxLength: number): Text =>
  fc.array(value, { maxLength }).map((all) => `[${all.join(",")}]`);

export const itemId = fc.oneof(
  { weight: 10, arbitrary: numbered("p", 90) },
  { weight: 2, arbitrary: numbered("new", 400) },
  { weight: 1, arbitrary: one('"__proto__"', '"constructor"', '"toString"', "7", "-0", '"a/b é"', '"😀"') },
);
export const user = fc.oneof(
  { weight: 8, arbitrary: numbered("u", 60) },
  { weight: 1, arbitrary: one('"__proto__"', "12", '"valueOf"') },
);
export const session = numbered("v", 200);
export const surface = one('"search"', '"home"', '"category"', '"product"', '"__proto__"');
const scalar = fc.oneof(
  one("true", "false", '"mobile"', '"DE"', "3", "-0", "1e308"),
  fc.string({ maxLength: 8 }).map(quoted),
);
export const context = object(
  entry("device", mostly(scalar)),
  entry("category", mostly(list(scalar, 3)), 1),
  entry("__proto__", scalar, 1),
  entry("constructor", scalar, 1),
);
export const query = fc.oneof(
  one('"scarf"', '"red  Scarf"', "5", "true", "null", '["red","scarf"]'),
  list(scalar, 3),
  fc.string({ maxLength: 12 }).map(quoted),
);
const time = fc.oneof(
  { weight: 1, arbitrary: one(...oddTimes).map(quoted) },
  { weight: 2, arbitrary: fc.integer({ min: 1_767_000_000_000, max: 1_768_000_000_000 }).map(String) },
  { weight: 1, arbitrary: one("0", "4102444800000", '"2100-01-01"', '"1970-01-01"', "1767225600000.5") },
);
const fieldValue = fc.oneof(
  scalar,
  list(scalar, 4),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  one("null", '["Clothing","Scarves"]', '{"a":{"b":[1,{"c":null}]}}', "1e308", "-1e308", "5e-324", "-0", '"19.9"'),
);
const fieldName = one(
  "title",
  "brand",
  "category",
  "price",
  "tags",
  "inStock",
  "rating",
  "color",
  "size",
  "__proto__",
  "constructor",
  "",
);
const fields = fc
  .array(fc.tuple(fieldName, mostly(fieldValue)), { maxLength: 6 })
  .map((all) => `{${all.map(([name, value]) => `${quoted(name)}:${value}`).join(",")}}`);

const common = [
  entry("id", mostly(fc.oneof(numbered("id", 5000), fc.uuid().map(quoted))), 2),
  entry("time", mostly(time), 2),
  entry("consent", one("true", "false", "null", '"false"', "0"), 1, 60),
];
const who = [entry("user", mostly(user)), entry("session", mostly(session))];
const type = (name: string): Text => entry("type", mostly(one(quoted(name)), 60), always);
const action = one(
  ...["seen", "click", "view", "cart", "purchase", "like", "rating", "dislike", "hide", "return", "toString"].map(
    quoted,
  ),
);
const shown = fc.oneof(
  { weight: 4, arbitrary: itemId },
  {
    weight: 1,
    arbitrary: object(
      entry("item", itemId, always),
      entry("match", mostly(one("1.5", "-3", "0", "null", "1e308", "-0"))),
      entry("order", mostly(one("0", "1", "17", "1000000", "null")), 1),
      entry("propensity", mostly(one("1", "0.5", "5e-324", "null")), 1),
    ),
  },
);

/** Key and arbitrary of every field of every type of event: also the table in which each gets every odd value. */
const shapes: Readonly<Record<string, readonly Text[]>> = {
  item: [type("item"), entry("item", mostly(itemId), always), entry("fields", mostly(fields)), ...common],
  "item-removed": [type("item-removed"), entry("item", mostly(itemId), always), ...common],
  user: [
    type("user"),
    entry("user", mostly(user), always),
    entry("session", mostly(session), 1),
    entry("fields", mostly(fields)),
    ...common,
  ],
  slate: [
    ...[type("slate"), entry("slate", mostly(numbered("s", 300)), 3), ...who, entry("surface", mostly(surface))],
    ...[entry("query", mostly(query), 3), entry("context", mostly(context), 3)],
    ...[
      entry("items", mostly(list(mostly(shown, 100), 8)), always),
      entry("orderedBy", mostly(one('"caller"', '"engine"')), 1),
      ...common,
    ],
  ],
  outcome: [
    ...[type("outcome"), entry("action", mostly(action), always), entry("item", mostly(itemId), always), ...who],
    ...[
      entry("slate", mostly(numbered("s", 300)), 2),
      entry("value", mostly(one("1", "3", "5", "19.9", "null", "1e308", "-0")), 3),
      ...common,
    ],
  ],
  synonyms: [
    type("synonyms"),
    entry(
      "synonyms",
      mostly(list(mostly(one('["sofa","couch"]', '{"from":"tv","to":["television"]}', "[]")), 4)),
      always,
    ),
    ...common,
  ],
};

const weights: Readonly<Record<string, number>> = {
  item: 4,
  "item-removed": 1,
  user: 1,
  slate: 3,
  outcome: 8,
  synonyms: 1,
};

export const event: Text = fc.oneof(
  ...Object.entries(shapes).map(([name, entries]) => ({ weight: weights[name]!, arbitrary: object(...entries) })),
  { weight: 1, arbitrary: odd },
);

/** Fine events, one of each type, as entries. */
const fine: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  item: {
    type: '"item"',
    item: '"p-3"',
    fields: '{"title":"Scarf","price":19.9}',
    id: "null",
    time: "1767225600000",
    consent: "true",
  },
  "item-removed": { type: '"item-removed"', item: '"p-88"', id: "null", time: "1767225600000" },
  user: { type: '"user"', user: '"u-1"', session: '"v-1"', fields: '{"country":"DE"}', id: "null", time: "0" },
  slate: {
    ...{
      type: '"slate"',
      slate: '"s-1"',
      user: '"u-1"',
      session: '"v-1"',
      surface: '"search"',
      query: '"scarf"',
      id: "null",
    },
    ...{ context: '{"device":"mobile"}', items: '["p-1","p-2"]', orderedBy: '"caller"', time: "1767225600000" },
  },
  outcome: {
    type: '"outcome"',
    action: '"rating"',
    item: '"p-1"',
    user: '"u-1"',
    session: '"v-1"',
    slate: '"s-1"',
    value: "4",
    id: "null",
  },
  synonyms: { type: '"synonyms"', synonyms: '[["sofa","couch"]]', id: "null" },
};

/** Every field of every event with each of these values, and left out. */
export function* everyFieldOfEvents(values: readonly string[]): Generator<string> {
  for (const entries of Object.values(fine)) yield* everyField(entries, values);
}

const written = (entries: Readonly<Record<string, string>>): string =>
  `{${Object.entries(entries)
    .map(([key, value]) => `${quoted(key)}:${value}`)
    .join(",")}}`;

export function* everyField(entries: Readonly<Record<string, string>>, values: readonly string[]): Generator<string> {
  yield written(entries);
  for (const key of Object.keys(entries)) {
    const { [key]: _, ...others } = entries;
    yield written(others);
    for (const value of values) yield written({ ...entries, [key]: value });
  }
}

/** An event with one huge value, of some hundred kilobytes. */
export function hugeEvent(chance: Random): string {
  const entries = Object.values(fine)[chance.int(Object.keys(fine).length)]!;
  const key = Object.keys(entries)[chance.int(Object.keys(entries).length)]!;
  return written({ ...entries, [key]: hugeValues[chance.int(hugeValues.length)]! });
}
