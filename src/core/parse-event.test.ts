import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LiveshelfError } from "./errors.ts";
import { limits } from "./limits.ts";
import {
  describe as describeValue,
  parseContext,
  parseEvent,
  parseQuery,
  parseTime,
  withoutConsent,
} from "./parse-event.ts";

const receivedAt = 1_800_000_000_000;
const parse = (given: unknown): unknown => parseEvent(given, receivedAt);
const common = { time: receivedAt, receivedAt };

function refusal(given: unknown): { code: string; at: string | undefined } {
  try {
    parse(given);
  } catch (error) {
    if (!(error instanceof LiveshelfError)) throw error;
    expect(error.message).toMatch(/\.$/);
    return { code: error.code, at: error.at };
  }
  return { code: "accepted", at: undefined };
}

const item = { type: "item", item: "p-1" };
const slate = { type: "slate", items: ["p-1"] };
const outcome = { type: "outcome", action: "click", item: "p-1" };
const synonyms = { type: "synonyms", synonyms: [] };
const long = (length: number): string => "x".repeat(length);
const keys = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

describe("the events of docs/api.md", () => {
  const time = "2026-11-22T09:00:00Z";
  const scarf = {
    title: "Red wool scarf",
    brand: "Acme",
    category: ["Clothing", "Scarves"],
    price: 19.9,
    inStock: true,
    rating: 4.6,
  };
  const accepted: [string, unknown, unknown][] = [
    [
      "item",
      { type: "item", item: "p-1", time, fields: scarf },
      { ...item, fields: scarf, time: Date.parse(time), receivedAt },
    ],
    ["item-removed", { type: "item-removed", item: "p-1" }, { type: "item-removed", item: "p-1", ...common }],
    [
      "user",
      { type: "user", user: "u-1", fields: { newsletter: true } },
      { type: "user", user: "u-1", fields: { newsletter: true }, ...common },
    ],
    [
      "slate",
      {
        type: "slate",
        slate: "s-9",
        user: "u-1",
        session: "v-3",
        surface: "search",
        query: "scarf",
        context: { device: "mobile" },
        items: ["p-1", { item: "p-4", propensity: 0.8, match: -2.5, order: 0 }],
        orderedBy: "engine",
      },
      {
        type: "slate",
        slate: "s-9",
        user: "u-1",
        session: "v-3",
        surface: "search",
        query: "scarf",
        context: { device: "mobile" },
        items: ["p-1", { item: "p-4", propensity: 0.8, match: -2.5, order: 0 }],
        orderedBy: "engine",
        ...common,
      },
    ],
    [
      "outcome",
      { type: "outcome", action: "purchase", item: "p-7", user: "u-1", session: "v-3", slate: "s-9", value: 19.9 },
      {
        type: "outcome",
        action: "purchase",
        item: "p-7",
        user: "u-1",
        session: "v-3",
        slate: "s-9",
        value: 19.9,
        ...common,
      },
    ],
    [
      "synonyms",
      { type: "synonyms", synonyms: [["sofa", "couch"], { from: "tv", to: ["television"] }] },
      { type: "synonyms", synonyms: [["sofa", "couch"], { from: "tv", to: ["television"] }], ...common },
    ],
  ];
  test.each(accepted)("%s", (_name, given, event) => {
    expect(parse(given)).toEqual(event);
  });

  test("the least of each", () => {
    expect(parse(item)).toEqual({ ...item, fields: {}, ...common });
    expect(parse({ type: "slate", items: [] })).toEqual({ type: "slate", items: [], ...common });
    expect(parse(outcome)).toEqual({ ...outcome, ...common });
    expect(parse(synonyms)).toEqual({ ...synonyms, ...common });
  });

  test("null is absent, and what is absent is no property", () => {
    const event = parse({
      ...slate,
      id: null,
      slate: null,
      user: null,
      session: null,
      surface: null,
      query: null,
      context: null,
      orderedBy: null,
    });
    expect(Object.keys(event as object).sort()).toEqual(["items", "receivedAt", "time", "type"]);
    expect(Object.keys(parse({ ...outcome, value: null, slate: null }) as object).sort()).toEqual([
      "action",
      "item",
      "receivedAt",
      "time",
      "type",
    ]);
  });

  test("what is not of an event is left out: an outsider cannot say what only the engine says", () => {
    const event = parse({
      ...slate,
      list: [1],
      recommended: true,
      item: "p-2",
      receivedAt: 1,
      consent: true,
      extra: 1,
    });
    expect(event).toEqual({ ...slate, ...common });
  });

  test("whole numbers may be ids", () => {
    expect(parse({ ...outcome, item: 17, user: -0, slate: Number.MAX_SAFE_INTEGER, id: 5 })).toMatchObject({
      item: "17",
      user: "0",
      slate: "9007199254740991",
      id: "5",
    });
  });

  test("the shop's own actions and rating are accepted", () => {
    for (const action of ["seen", "shared by mail"]) expect(parse({ ...outcome, action })).toMatchObject({ action });
    for (const value of [1, 4.5, 5]) expect(parse({ ...outcome, action: "rating", value })).toMatchObject({ value });
  });

  test("a rating without a value from 1 to 5, and a day that the calendar does not have, are refused", () => {
    for (const value of [undefined, 0, 6, "4"])
      expect(() => parse({ ...outcome, action: "rating", value })).toThrow(expect.objectContaining({ at: "/value" }));
    for (const time of ["2026-02-30T10:00:00Z", "2025-02-29"])
      expect(() => parse({ ...outcome, time })).toThrow(expect.objectContaining({ at: "/time" }));
  });

  test("at the limits", () => {
    const atLimits: unknown[] = [
      { ...item, item: long(limits.idLengthMax), id: long(limits.idLengthMax) },
      { ...item, fields: keys(limits.fieldsMax) },
      { ...item, fields: nested(limits.depthMax) },
      { ...slate, items: Array(limits.slateItemsMax).fill("p") },
      {
        ...slate,
        context: keys(limits.contextKeysMax),
        query: long(limits.queryLengthMax),
        surface: long(limits.nameLengthMax),
      },
      { ...outcome, action: long(limits.nameLengthMax) },
    ];
    for (const given of atLimits) expect(refusal(given).code).toBe("accepted");
  });
});

describe("refused, with code and place", () => {
  const malformed: [given: unknown, at: string][] = [
    ...[undefined, null, 1, "item", true, [], [item]].map((given): [unknown, string] => [given, ""]),
    [{}, "/type"],
    [{ type: "items", item: "p-1" }, "/type"],
    [{ type: "tick" }, "/type"],
    [{ type: "lost" }, "/type"],
    [{ type: ["item"], item: "p-1" }, "/type"],
    [{ type: "item" }, "/item"],
    [{ ...item, item: "" }, "/item"],
    [{ ...item, item: null }, "/item"],
    [{ ...item, item: 1.5 }, "/item"],
    [{ ...item, item: 2 ** 53 }, "/item"],
    [{ ...item, item: ["p-1"] }, "/item"],
    [{ ...item, item: "\ud800" }, "/item"],
    [{ ...item, id: "" }, "/id"],
    [{ ...item, id: {} }, "/id"],
    [{ ...item, fields: [] }, "/fields"],
    [{ ...item, fields: "title" }, "/fields"],
    [{ ...item, fields: { price: Number.NaN } }, "/fields"],
    [{ ...item, fields: { a: [1, Number.POSITIVE_INFINITY] } }, "/fields"],
    [{ ...item, fields: { price: 1n } }, "/fields"],
    [{ type: "item-removed" }, "/item"],
    [{ type: "user", item: "u-1" }, "/user"],
    [{ ...slate, slate: "" }, "/slate"],
    [{ ...slate, user: {} }, "/user"],
    [{ ...slate, session: true }, "/session"],
    [{ ...slate, surface: 3 }, "/surface"],
    [{ ...slate, surface: "" }, "/surface"],
    [{ ...slate, query: {} }, "/query"],
    [{ ...slate, query: ["red", null] }, "/query"],
    [{ ...slate, query: Number.NaN }, "/query"],
    [{ ...slate, context: "mobile" }, "/context"],
    [{ ...slate, context: ["mobile"] }, "/context"],
    [{ ...slate, context: { device: {} } }, "/context/device"],
    [{ ...slate, context: { "a/b~c": {} } }, "/context/a~1b~0c"],
    [{ ...slate, context: { device: ["a", ["b"]] } }, "/context/device"],
    [{ ...slate, context: { device: ["a", null] } }, "/context/device"],
    [{ ...slate, context: { hour: Number.POSITIVE_INFINITY } }, "/context/hour"],
    [{ type: "slate" }, "/items"],
    [{ type: "slate", items: "p-1" }, "/items"],
    [{ type: "slate", items: ["p-1", ""] }, "/items/1"],
    [{ type: "slate", items: ["p-1", null] }, "/items/1"],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested.
    [{ type: "slate", items: ["p-1", , "p-2"] }, "/items/1"],
    [{ type: "slate", items: [{ id: "p-1" }] }, "/items/0/item"],
    [{ type: "slate", items: [["p-1"]] }, "/items/0/item"],
    [{ type: "slate", items: [{ item: "p", propensity: 0 }] }, "/items/0/propensity"],
    [{ type: "slate", items: [{ item: "p", propensity: 1.01 }] }, "/items/0/propensity"],
    [{ type: "slate", items: [{ item: "p", propensity: "1" }] }, "/items/0/propensity"],
    [{ type: "slate", items: [{ item: "p", match: "1" }] }, "/items/0/match"],
    [{ type: "slate", items: [{ item: "p", match: Number.NaN }] }, "/items/0/match"],
    [{ type: "slate", items: [{ item: "p", order: -1 }] }, "/items/0/order"],
    [{ type: "slate", items: [{ item: "p", order: 0.5 }] }, "/items/0/order"],
    [{ ...slate, orderedBy: "shop" }, "/orderedBy"],
    [{ type: "outcome", item: "p-1" }, "/action"],
    [{ ...outcome, action: "" }, "/action"],
    [{ ...outcome, action: 7 }, "/action"],
    [{ type: "outcome", action: "click" }, "/item"],
    [{ ...outcome, value: "19.9" }, "/value"],
    [{ ...outcome, value: Number.POSITIVE_INFINITY }, "/value"],
    [{ type: "synonyms" }, "/synonyms"],
    [{ type: "synonyms", synonyms: { from: "tv", to: ["television"] } }, "/synonyms"],
    [{ type: "synonyms", synonyms: [["a"], "b"] }, "/synonyms/1"],
    [{ type: "synonyms", synonyms: [null] }, "/synonyms/0"],
    [{ type: "synonyms", synonyms: [["a", 1]] }, "/synonyms/0"],
    [{ type: "synonyms", synonyms: [["a", ""]] }, "/synonyms/0"],
    [{ type: "synonyms", synonyms: [{ from: "", to: ["a"] }] }, "/synonyms/0"],
    [{ type: "synonyms", synonyms: [{ from: "tv", to: "television" }] }, "/synonyms/0"],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested.
    [{ type: "synonyms", synonyms: [["a"], , ["b"]] }, "/synonyms/1"],
    ...[
      null,
      "",
      "yesterday",
      "1700000000000",
      -1,
      Number.NaN,
      8.64e15 + 1,
      true,
      "2026-13-01",
      "2026-11-22T25:00Z",
      "1969-12-31",
      "2026-11-22 (c)",
      {},
    ].map((time): [unknown, string] => [{ ...item, time }, "/time"]),
  ];
  test.each(malformed.map(([given, at]) => [describeGiven(given), at, given] as const))(
    "%s at “%s”",
    (_name, at, given) => {
      expect(refusal(given)).toEqual({ code: "EVENT_MALFORMED", at });
    },
  );

  const endless: Record<string, unknown> = {};
  endless.self = endless;
  const overLimit: [given: unknown, at: string][] = [
    [{ ...item, item: long(limits.idLengthMax + 1) }, "/item"],
    [{ ...item, id: long(limits.idLengthMax + 1) }, "/id"],
    [{ ...item, fields: keys(limits.fieldsMax + 1) }, "/fields"],
    [{ ...item, fields: nested(limits.depthMax + 1) }, "/fields"],
    [{ ...item, fields: { a: nested(1000) } }, "/fields"],
    [{ ...item, fields: endless }, "/fields"],
    [{ ...slate, items: Array(limits.slateItemsMax + 1).fill("p") }, "/items"],
    [{ ...slate, items: [{ item: long(limits.idLengthMax + 1) }] }, "/items/0/item"],
    [{ ...slate, context: keys(limits.contextKeysMax + 1) }, "/context"],
    [{ ...slate, query: long(limits.queryLengthMax + 1) }, "/query"],
    [{ ...slate, surface: long(limits.nameLengthMax + 1) }, "/surface"],
    [{ ...outcome, action: long(limits.nameLengthMax + 1) }, "/action"],
  ];
  test.each(overLimit.map(([given, at], i) => [i, at, given] as const))(
    "over a limit (%i) at “%s”",
    (_i, at, given) => {
      expect(refusal(given)).toEqual({ code: "EVENT_LIMIT", at });
    },
  );
});

function describeGiven(given: unknown): string {
  const text =
    JSON.stringify(given, (_key, value) =>
      typeof value === "bigint" || Number.isNaN(value) ? String(value) : value,
    ) ?? "undefined";
  return text.slice(0, 100).replaceAll("%", "%%");
}

describe("time", () => {
  const at = (time: unknown): number => parseTime(time, "/time");

  test("is Unix milliseconds or ISO 8601; without a zone UTC, whatever the machine's own", () => {
    const noon = Date.UTC(2026, 10, 22, 12);
    for (const time of [
      noon,
      noon + 0.7,
      "2026-11-22T12:00:00Z",
      "2026-11-22T12:00:00.000Z",
      "2026-11-22t12:00z",
      "2026-11-22T13:00+01:00",
      "2026-11-22T13:00:00+0100",
      "2026-11-22T12:00:00",
      "2026-11-22 12:00",
      "2026-11-22T12:00:00.000999Z",
    ]) {
      expect(at(time)).toBe(noon);
    }
    expect(at("2026-11-22")).toBe(Date.UTC(2026, 10, 22));
    expect(Object.is(at(-0), 0)).toBe(true);
    expect(at(8.64e15)).toBe(8.64e15);
  });

  test("absent, it is the arrival; later than the arrival, it stays as told (the fold takes the arrival)", () => {
    expect(parse(item)).toMatchObject(common);
    expect(parse({ ...item, time: receivedAt + 5 })).toMatchObject({ time: receivedAt + 5, receivedAt });
  });
});

describe("query and context", () => {
  test("a query is text, number, boolean, or a list of these", () => {
    expect(["scarf", 7, true, ["red", 7, false], [], "", "a\ud800"].map((query) => parseQuery(query, ""))).toEqual([
      "scarf",
      "7",
      "true",
      "red 7 false",
      "",
      "",
      "a\ufffd",
    ]);
    expect([null, undefined].map((query) => parseQuery(query, ""))).toEqual([undefined, undefined]);
  });

  test("a context keeps text, numbers, booleans and lists; null and undefined are absent", () => {
    const context = { device: "mobile", hour: 7, app: true, tags: ["a", 1, false], none: null, gone: undefined };
    expect(parseContext(context, "")).toEqual({ device: "mobile", hour: 7, app: true, tags: ["a", 1, false] });
    expect(Object.keys(parseContext({ [long(200)]: 1 }, "")!)[0]).toHaveLength(limits.nameLengthMax);
  });
});

describe("keys with a meaning in JavaScript are keys like others", () => {
  test("in fields and context", () => {
    const given = JSON.parse(
      '{"type":"slate","items":[{"item":"p","__proto__":{"match":9}}],"context":{"__proto__":"x","constructor":"y"},"__proto__":{"user":"evil"}}',
    );
    const event = parse(given) as { context: object; user?: string; items: { match?: number }[] };
    expect(event.user).toBeUndefined();
    expect(event.items[0]!.match).toBeUndefined();
    expect(Object.entries(event.context)).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
    const fields = JSON.parse('{"__proto__":{"admin":true},"toString":"z","minus":-0}');
    const parsed = parse({ ...item, fields }) as { fields: Record<string, unknown> };
    expect(parsed.fields.admin).toBeUndefined();
    expect(JSON.stringify(parsed.fields)).toBe('{"__proto__":{"admin":true},"toString":"z","minus":0}');
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});

describe("what is folded now is what is read back from the log", () => {
  test("negative zero, dates, undefined and objects of classes become what JSON makes of them", () => {
    class Money {
      toJSON(): string {
        return "5 EUR";
      }
    }
    const fields = {
      zero: -0,
      deep: [{ zero: -0 }],
      gone: undefined,
      day: new Date(0),
      price: new Money(),
      list: [undefined, () => 1],
    };
    expect(parse({ ...item, fields })).toEqual({
      ...item,
      fields: { zero: 0, deep: [{ zero: 0 }], day: "1970-01-01T00:00:00.000Z", price: "5 EUR", list: [null, null] },
      ...common,
    });
    expect(parse({ ...outcome, value: -0 })).toEqual({ ...outcome, value: 0, ...common });
  });

  const json = fc.oneof(fc.jsonValue(), fc.double(), fc.constantFrom(-0, 0, "p-1", "😀"));
  const nearly = fc.record(
    {
      type: fc.constantFrom("item", "item-removed", "user", "slate", "outcome", "synonyms", "tick"),
      item: fc.oneof({ weight: 5, arbitrary: fc.constantFrom<unknown>("p-1", 7) }, json),
      user: fc.oneof({ weight: 5, arbitrary: fc.constantFrom<unknown>("u-1", null) }, json),
      session: fc.oneof({ weight: 5, arbitrary: fc.constant<unknown>("v-1") }, json),
      action: fc.oneof({ weight: 5, arbitrary: fc.constant<unknown>("click") }, json),
      value: fc.oneof(fc.double(), json),
      time: fc.oneof(fc.double(), fc.date().map(String), fc.constant("2026-11-22"), json),
      fields: fc.oneof(fc.dictionary(fc.string(), json), json, fc.anything()),
      context: fc.oneof(fc.dictionary(fc.string(), fc.oneof(json, fc.array(json))), json),
      query: fc.oneof(fc.array(json), json),
      items: fc.oneof(
        fc.array(
          fc.oneof(
            fc.constant("p-1"),
            fc.record(
              { item: fc.constant("p"), match: json, order: json, propensity: json },
              { requiredKeys: ["item"] },
            ),
          ),
        ),
        json,
      ),
      synonyms: fc.oneof(
        fc.array(fc.oneof(fc.array(fc.string()), fc.record({ from: fc.string(), to: fc.array(fc.string()) }))),
        json,
      ),
    },
    { requiredKeys: ["type"] },
  );

  /** An event, or undefined if refused as it must be. */
  function parsed(given: unknown): unknown {
    try {
      return parse(given);
    } catch (error) {
      if (
        !(error instanceof LiveshelfError) ||
        !/^EVENT_(MALFORMED|LIMIT)$/.test(error.code) ||
        typeof error.at !== "string"
      )
        throw error;
      return undefined;
    }
  }

  test("whatever is given: an event that JSON keeps to the bit, or a refusal by code, never anything else", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 6, arbitrary: nearly }, { weight: 1, arbitrary: fc.anything() }), (given) => {
        const event = parsed(given);
        if (event === undefined) return;
        accepted++;
        // toStrictEqual tells −0 from 0 and a hole or undefined from nothing.
        expect(JSON.parse(JSON.stringify(event))).toStrictEqual(withoutPrototypes(event));
      }),
      { seed: 10, numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });

  test("the strangest values of the language", () => {
    const strange = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
      withObjectString: true,
    });
    fc.assert(
      fc.property(
        fc.constantFrom("item", "user", "slate", "outcome", "synonyms"),
        fc.array(strange, { minLength: 8, maxLength: 8 }),
        (type, values) => {
          const [item, fields, items, context, query, action, time, synonyms] = values;
          parsed({ type, item, user: "u", fields, items, context, query, action, time, synonyms });
          parsed({
            type,
            item: "p",
            user: "u",
            fields,
            items: [items],
            context: { context },
            query: [query],
            action: "click",
            synonyms: [synonyms],
          });
        },
      ),
      { seed: 11, numRuns: 3000 },
    );
  });
});

/** The same with plain prototypes: fast-check also makes objects without one. */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutPrototypes(inner)]));
}

test("consent is asked of anything", () => {
  expect([{ consent: false }, { consent: true }, {}, null, 1, "x"].map(withoutConsent)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("a value is described shortly, whatever it is", () => {
  expect([undefined, null, [1], {}, "a", 1, long(500)].map(describeValue)).toEqual([
    "missing",
    "null",
    "a list",
    "an object",
    '"a"',
    "1",
    `"${long(56)}…`,
  ]);
  expect(describeValue(Symbol("s"))).toBe("Symbol(s)");
});
