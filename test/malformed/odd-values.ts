/** Values that nobody means to send, as JSON text: what JSON.stringify cannot write (−0, 1e999, doubled keys) stands beside what it can. */
const quoted = (text: string): string => JSON.stringify(text);

const numbers = [
  ...["0", "-0", "1", "-1", "0.5", "1.5", "5", "6", "1e2", "1e21", "1e308", "-1e308", "1.8e308", "1e999", "-1e999"],
  ...["5e-324", "9007199254740991", "9007199254740993", "-9007199254740992", "18446744073709551616"],
  ...["0.1e-400", "4102444800000", "4102444800000.7", "8.64e15", "8640000000000001", "-62135596800000"],
];

/** Times as text, sensible and not. */
export const oddTimes = [
  ...["1970-01-01", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
  ...["2026-11-22", "2026-11-22T09:00", "2026-11-22t09:00:00z", "2026-11-22 09:00:00.5+01:00", "2026-11-22T09:00+0530"],
  ...["2026-02-29", "2028-02-29", "2026-02-30", "2026-04-31T10:00Z", "2026-13-01", "2026-00-10", "2026-11-00"],
  ...["2026-11-22T24:00", "2026-11-22T24:00:01", "2026-11-22T25:00:00Z", "2026-11-22T09:60Z", "2026-11-22T09:00:60Z"],
  ...["2026-11-22T09:00:00+99:99", "2026-11-22T09:00:00+23:59", "2026-11-22T09:00:00-24:00", "2026-11-22T09:00:00+01"],
  ...["2026-11-22T09:00:00+00:60", "1970-01-01T00:30:00+01:00", "2026-11-22T09:00:00.1234567899Z", "2026-11-22T09"],
  ...["0000-01-01", "+275760-09-13T00:00:00Z", "-000001-01-01", "22.11.2026", "11/22/2026", "2026-W47", "20261122"],
  ...[
    "Sun, 22 Nov 2026 09:00:00 GMT",
    "now",
    "yesterday",
    "1800000000000",
    " 2026-11-22",
    "2026-11-22\n",
    "２０２６-11-22",
  ],
];

const texts = [
  ...[
    "",
    " ",
    "NaN",
    "Infinity",
    "-0",
    "null",
    "undefined",
    "true",
    "false",
    "0",
    "[object Object]",
    "p-1",
    "click",
    "rating",
  ],
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "valueOf",
    "hasOwnProperty",
    "__defineGetter__",
    "then",
    "length",
  ],
  ...[
    "\u0000",
    "a\u0000b",
    "\ud800",
    "\udc00a",
    "a\ud83d",
    "\ufeff",
    "\ufffe",
    "\u2028",
    "\u202etxet",
    "e\u0301",
    "ﬁ",
    "İ",
    "😀",
  ],
  ...[
    "a\nb",
    "\r\n\r\n",
    '"',
    "\\",
    "a/b",
    "~0~1",
    "#1",
    "../../etc",
    "%00",
    "%ff",

    "{{1}}",
    "' OR 1=1",
    "<b>",
    "q x",
    "c a=b",
  ],
  ...[63, 64, 65, 511, 512, 513, 4096, 4097, 10_000].map((length) => "x".repeat(length)),
  "é".repeat(512),
  "😀".repeat(257),
];

const nested = (open: string, close: string, levels: number): string =>
  `${open.repeat(levels)}1${close.repeat(levels)}`;

const containers = [
  ...[
    "[]",
    "{}",
    "[[]]",
    "[null]",
    "[{}]",
    '[""]',
    '["a"]',
    '["p-1","p-1"]',
    "[1,2]",
    "[true,false]",
    "[1e999]",
    '[["a","b"]]',
  ],
  ...[
    '{"a":1}',
    '{"":1}',
    '{"a":1,"a":2}',
    '{"item":"p-1"}',
    '{"item":null}',
    '{"item":"p-1","item":5}',
    '{"length":3}',
  ],
  ...[
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"__proto__":null}',
    '{"toString":null}',
  ],
  ...[
    '{"toJSON":1}',
    '{"then":1}',
    '{"valueOf":1,"toString":1}',
    '{"0":"a","1":"b","length":2}',
    '{"from":"a","to":["b"]}',
  ],
  ...[
    '{"from":"a","to":"b"}',
    '[{"from":"","to":[]}]',
    '[{"from":"a","to":["b"]}]',
    '{"gte":1}',
    '{"under":["a"]}',
    '{"not":{}}',
  ],
  ...[
    '{"or":[{}]}',
    '[{"item":"p-1","match":1e308,"order":1000000,"propensity":5e-324}]',
    '[{"item":"p-2","order":1000001}]',
  ],
  ...['[{"item":"p-1","propensity":0}]', '[{"item":"p-1","match":"1"}]', '["p-1",{"item":"p-1"},"p-1"]'],
  ...[nested("[", "]", 15), nested("[", "]", 16), nested("[", "]", 17), nested("[", "]", 200)],
  ...[nested('{"a":', "}", 15), nested('{"a":', "}", 16), nested('{"a":', "}", 17), nested('{"not":', "}", 40)],
  `[${new Array(33).fill('"w"').join(",")}]`,
  `[${new Array(65).fill('"w"').join(",")}]`,
  `{${Array.from({ length: 32 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
  `{${Array.from({ length: 33 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
  `{${Array.from({ length: 256 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
  `{${Array.from({ length: 257 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
];

/** Every kind of wrong value, each as JSON text. */
export const oddValues: readonly string[] = [
  ...["null", "true", "false"],
  ...numbers,
  ...texts.map(quoted),
  '"\\ud800"',
  ...containers,
];

/** Too large to be sent often: levels of nesting and code units by the hundred thousand. */
export const hugeValues: readonly string[] = [
  nested("[", "]", 100_000),
  nested('{"a":', "}", 100_000),
  quoted("x".repeat(200_000)),
  quoted("é".repeat(140_000)),
  quoted("\u0000".repeat(50_000)),
  `[${new Array(40_000).fill('"w"').join(",")}]`,
  `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
  `{"${"k".repeat(100_000)}":1}`,
  `"${"\\ud83d".repeat(20_000)}"`,
  "9".repeat(100_000),
  `0.${"0".repeat(100_000)}1`,
];

/** Keys that a prototype knows, and others that mean nothing here. */
export const oddKeys = [
  "__proto__",
  "constructor",
  "toString",
  "",
  "itme",
  "Type",
  "\u0000",
  "\ud800",
  "receivedAt",
  "list",
];
