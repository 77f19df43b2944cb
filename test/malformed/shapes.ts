/** Bytes that are almost HTTP: request smuggling, broken chunks, odd paths, headers without end. `marker` says what the log may get of each. */
import { gzipSync } from "node:zlib";
import { oddTimes } from "./odd-values.ts";

/** An event that no other case sends; bodies carry it, and ambiguous requests try to smuggle it in. */
export const marker = { type: "outcome", action: "seen", item: "marker" };
const event = JSON.stringify(marker);
const smuggled = `POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${event.length}\r\n\r\n${event}`;

export interface Shape {
  readonly name: string;
  readonly parts: readonly Buffer[];
  /** How many markers the log gets; undefined: as many as the answers say. */
  readonly taken: number | undefined;
  readonly isHead: boolean;
  /** Status of the first answer, where it must be this one. */
  readonly first?: number;
}

const shape = (name: string, bytes: string | Buffer | readonly string[], taken?: number): Shape => {
  const parts = Buffer.isBuffer(bytes) ? [bytes] : [bytes].flat().map((part) => Buffer.from(part as string, "latin1"));
  return { name, parts, taken, isHead: parts[0]!.subarray(0, 5).toString() === "HEAD " };
};

const json = "content-type: application/json\r\n";
const post = (headers: string, body: string, path = "/v1/events", method = "POST"): string =>
  `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n${body}`;
const lengthOf = (body: string): string => `content-length: ${Buffer.byteLength(body, "latin1")}\r\n`;
const sized = (body: string, headers = json): string => post(`${headers}${lengthOf(body)}`, body);
const chunked = (body: string, headers = ""): string => post(`${json}transfer-encoding: chunked\r\n${headers}`, body);
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const half = Math.floor(event.length / 2);

const lengths: readonly Shape[] = [
  shape("a plain event", sized(event), 1),
  shape("a head in two parts", [sized(event).slice(0, 30), sized(event).slice(30)].join("")),
  shape("twice the same length", post(`${json}${lengthOf(event)}${lengthOf(event)}`, event), 0),
  shape("two lengths", post(`${json}content-length: 0\r\n${lengthOf(event)}`, event), 0),
  shape("two lengths, the other way", post(`${json}${lengthOf(event)}content-length: 0\r\n`, event), 0),
  shape("a list of lengths", post(`${json}content-length: ${event.length}, ${event.length}\r\n`, event), 0),
  ...[
    "+5",
    "-1",
    "0x10",
    "1e2",
    "5 5",
    "",
    " ",
    "five",
    "٣",
    "99999999999999999999",
    "18446744073709551617",
    "5;",
    "5\t6",
  ].map((length) =>
    shape(`content-length ${JSON.stringify(length)}`, post(`${json}content-length: ${length}\r\n`, smuggled), 0),
  ),
  shape(
    "length and chunked",
    post(`${json}${lengthOf(event)}transfer-encoding: chunked\r\n`, `0\r\n\r\n${smuggled}`),
    0,
  ),
  shape(
    "chunked and length",
    post(`${json}transfer-encoding: chunked\r\ncontent-length: 4\r\n`, `${chunk(event)}0\r\n\r\n`),
    0,
  ),
  shape("a body that is cut off", sized(event).slice(0, -5), 0),
  shape("a body that is longer than it says", post(`${json}content-length: ${half}\r\n`, event), 0),
  shape("a body and no length", post(json, event), 0),
  shape("a length and no body", post(`${json}content-length: 10\r\n`, ""), 0),
  shape("a length of 33 MiB and no body", post(`${json}content-length: ${33 * 1024 * 1024 + 1}\r\n`, ""), 0),
  shape("a length of 2^63 and no body", post(`${json}content-length: 9223372036854775807\r\n`, ""), 0),
  shape("a GET with a body", post(`${json}${lengthOf(smuggled)}`, smuggled, "/healthz", "GET"), 0),
  shape("a GET with a body and no length", post("", smuggled, "/healthz", "GET"), 1),
  shape("a DELETE with a body", post(`${json}${lengthOf(event)}`, event, "/v1/items/never-heard-of", "DELETE")),
  shape("a HEAD", "HEAD /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", 0),
  shape("a body of nothing", sized(""), 0),
];

const chunks: readonly Shape[] = [
  shape("chunks", chunked(`${chunk(event.slice(0, half))}${chunk(event.slice(half))}0\r\n\r\n`), 1),
  shape("a chunk with an extension", chunked(`${event.length.toString(16)};a=b\r\n${event}\r\n0\r\n\r\n`), 1),
  shape("chunks with a trailer", chunked(`${chunk(event)}0\r\nx: y\r\n\r\n`), 1),
  shape("chunks with a forbidden trailer", chunked(`${chunk(event)}0\r\ncontent-length: 5\r\n\r\n`)),
  shape("chunks and then another request", chunked(`${chunk(event)}0\r\n\r\n${smuggled}`), 2),
  ...[
    "zz",
    "-1",
    "+5",
    "0x5",
    "ffffffffffffffffff",
    "7fffffffffffffff",
    "",
    " 5",
    "5 ",
    "5\t",
    ";",
    "5;\n",
    "5\n5",
  ].map((size) => shape(`a chunk size ${JSON.stringify(size)}`, chunked(`${size}\r\n${event}\r\n0\r\n\r\n`), 0)),
  shape("a chunk longer than it says", chunked(`5\r\n${event}\r\n0\r\n\r\n`), 0),
  shape("a chunk shorter than it says", chunked(`${(event.length + 9).toString(16)}\r\n${event}\r\n0\r\n\r\n`), 0),
  shape("no last chunk", chunked(chunk(event)), 0),
  shape("bare line feeds between chunks", chunked(`${event.length.toString(16)}\n${event}\n0\n\n`), 0),
  shape("a bare line feed in a chunk's extension", chunked(`${event.length.toString(16)};x\n${event}\r\n0\r\n\r\n`), 0),
  ...[
    "xchunked",
    "chunked, identity",
    "identity",
    "gzip, chunked",
    "chunked, chunked",
    "\x0bchunked",
    "chunked\x00",
    '"chunked"',
    "chunk",
    "",
  ].map((coding) =>
    shape(
      `transfer-encoding ${JSON.stringify(coding)}`,
      post(`${json}transfer-encoding: ${coding}\r\n`, `0\r\n\r\n${smuggled}`),
    ),
  ),
  shape("a space before the colon", post(`${json}transfer-encoding : chunked\r\n${lengthOf(event)}`, event), 0),
  shape("a folded transfer-encoding", post(`${json}transfer-encoding:\r\n chunked\r\n`, `${chunk(event)}0\r\n\r\n`)),
  shape(
    "two transfer-encodings",
    post(`${json}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n`, `0\r\n\r\n${smuggled}`),
    0,
  ),
];

const heads: readonly Shape[] = [
  shape("bare line feeds", sized(event).replaceAll("\r\n", "\n")),
  shape("one bare line feed", sized(event).replace("shop\r\n", "shop\n")),
  shape("bare carriage returns", sized(event).replaceAll("\r\n", "\r"), 0),
  shape(
    "a carriage return in a value",
    post(`x: a\rtransfer-encoding: chunked\r\n${json}${lengthOf(event)}`, event),
    0,
  ),
  shape("a NUL in a value", post(`x: a\0b\r\n${json}${lengthOf(event)}`, event), 0),
  shape("a NUL in a name", post(`x\0y: a\r\n${json}${lengthOf(event)}`, event), 0),
  shape("a folded header", post(`x: a\r\n\tb\r\n${json}${lengthOf(event)}`, event)),
  shape("a header without a name", post(`: a\r\n${json}${lengthOf(event)}`, event), 0),
  shape("a header without a colon", post(`nothing\r\n${json}${lengthOf(event)}`, event), 0),
  shape("a space in a header's name", post(`a b: c\r\n${json}${lengthOf(event)}`, event), 0),
  shape("bytes beyond ASCII in a value", post(`x: \xff\xfe\r\n${json}${lengthOf(event)}`, event)),
  shape("no host", sized(event).replace("host: localhost\r\n", ""), 1),
  shape("two hosts", sized(event).replace("host: localhost\r\n", "host: localhost\r\nhost: b\r\n")),
  shape("an empty line before the request", `\r\n${sized(event)}`),
  shape(
    "header names in capitals",
    sized(event).replace("content-type", "CONTENT-TYPE").replace("content-length", "CONTENT-LENGTH"),
    1,
  ),
  shape("a header of 20,000 bytes", post(`x: ${"a".repeat(20_000)}\r\n${json}${lengthOf(event)}`, event), 0),
  shape("2,500 headers", post(`${"x: y\r\n".repeat(2500)}${json}${lengthOf(event)}`, event)),
  shape("a head that does not end", `POST /v1/events HTTP/1.1\r\nhost: localhost\r\n${json}`, 0),
  shape("a head without line ends", "a".repeat(100_000), 0),
  shape("HTTP/1.0", sized(event).replace("HTTP/1.1", "HTTP/1.0"), 1),
  ...["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3", "http/1.1", "HTTP/1.1.1", "HTTP/11", "ICE/1.0", "RTSP/1.0", ""].map(
    (version) => shape(`version ${version}`, sized(event).replace("HTTP/1.1", version)),
  ),
  shape("HTTP/2 in the clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0),
  shape("TLS", Buffer.from("16030100d9010000d503034c1d2f4a7f5e0d3b2a19", "hex"), 0),
  shape("nothing", "", 0),
  shape("NUL bytes", Buffer.alloc(2000), 0),
  shape("all bytes", Buffer.from(Array.from({ length: 256 }, (_, i) => i)), 0),
  shape("five requests at once", sized(event).repeat(5), 5),
  { ...shape("a fine request before a broken one", `${sized(event)}nonsense\r\n\r\n`, 1), first: 200 },
  shape("a fine request after a refused one", `${sized("{")}${sized(event)}`, 1),
  shape("connection: close before another request", `${sized(event, `${json}connection: close\r\n`)}${sized(event)}`),
  shape(
    "an upgrade to HTTP/2",
    post(
      `connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n${json}${lengthOf(event)}`,
      event,
    ),
  ),
  shape(
    "an upgrade to a web socket",
    post(
      "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: eA==\r\nsec-websocket-version: 13\r\n",
      "",
      "/",
      "GET",
    ),
    0,
  ),
  shape("expect: 100-continue", [post(`${json}${lengthOf(event)}expect: 100-continue\r\n`, ""), event], 1),
  shape("expect: 100-continue, and no body", post(`${json}${lengthOf(event)}expect: 100-continue\r\n`, ""), 0),
  shape("expect something else", post(`${json}${lengthOf(event)}expect: a miracle\r\n`, event), 1),
];

const types: readonly Shape[] = [
  ...[
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "application/json;",
    "application/x-ndjson",
    "application/json; a=b; c",
  ].map((type) => shape(`content-type ${type}`, sized(event, `content-type: ${type}\r\n`))),
  ...[
    "text/plain",
    "text/html",
    "application/xml",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/jsonx",
    "json",
  ].map((type) => shape(`content-type ${type}`, sized(event, `content-type: ${type}\r\n`), 0)),
  ...["", "/", "*/*", "application/json, text/plain", "a".repeat(5000), "\xff", "application/__proto__"].map((type) =>
    shape(`content-type ${type.slice(0, 40)}`, sized(event, `content-type: ${type}\r\n`)),
  ),
  shape("no content-type", sized(event, ""), 0),
  shape("two content-types", sized(event, `${json}content-type: text/plain\r\n`)),
  shape("gzip that is not decoded", sized(gzipSync(event).toString("latin1"), `${json}content-encoding: gzip\r\n`), 0),
  shape("said to be gzip", sized(event, `${json}content-encoding: gzip\r\n`)),
  shape(
    "UTF-16",
    sized(Buffer.from(event, "utf16le").toString("latin1"), "content-type: application/json; charset=utf-16\r\n"),
    0,
  ),
  shape("UTF-16 with a byte order mark", sized(Buffer.from(`\ufeff${event}`, "utf16le").toString("latin1")), 0),
  shape("a byte order mark", sized(`\xef\xbb\xbf${event}`), 1),
  shape("two byte order marks", sized(`\xef\xbb\xbf\xef\xbb\xbf${event}`), 0),
  shape("Latin-1", sized('{"type":"item-removed","item":"\xe9"}'), 0),
  ...["1", "0", "-1", "1e3", "abc", "", " ", "99999999999999999999", "0.5", "NaN", "5, 5"].map((given) =>
    shape(
      `x-timeout-ms ${given}`,
      post(
        `${json}x-timeout-ms: ${given}\r\n${lengthOf('{"items":[],"observe":false}')}`,
        '{"items":[],"observe":false}',
        "/v1/rank",
      ),
      0,
    ),
  ),
];

const methods = [
  "OPTIONS",
  "PATCH",
  "PUT",
  "TRACE",
  "CONNECT",
  "PROPFIND",
  "M-SEARCH",
  "QUERY",
  "PURGE",
  "get",
  "POSTT",
  "P OST",
  "",
  "G\0T",
  "A".repeat(5000),
];
const paths = [
  ...[
    "*",
    "//",
    "/../..",
    "/v1/../v1/events",
    "/%",
    "/%00",
    "/%zz",
    "/v1/items/%ff",
    "/v1/items/%ed%a0%80",
    "/v1/items/%2e%2e%2f",
    "/v1/items/%",
    "/v1/items/%e0%a4%a",
  ],
  ...[
    "/v1/items/",
    "/v1/items//",
    "/v1/items/a/b",
    `/v1/items/${"a".repeat(512)}`,
    `/v1/items/${"a".repeat(513)}`,
    `/v1/items/${"%41".repeat(2000)}`,
  ],
  ...[
    `/v1/items/${"%F0%9F%98%80".repeat(300)}`,
    `/${"a".repeat(15_000)}`,
    `/${"a".repeat(20_000)}`,
    `/${"a/".repeat(5000)}`,
    "/v1/users/__proto__",
    "/v1/items/constructor",
  ],
  ...[
    "/v1/users/u-1?export",
    "/v1/users/u-1?export=1",
    "/v1/users/u-1?export=2",
    "/v1/users/u-1?__proto__=1",
    "/v1/users/u-1?export=1&export=0",
    "/v1/items?limit=1",
  ],
  ...[
    `/v1/items?${"a=b&".repeat(3000)}`,
    "/v1/items?%ff=%fe",
    "/v1/items?a[b][c]=d",
    "?",
    "#",
    "/#/",
    "/v1/events#x",
    "/ v1",
    "/v1/items/a b",
    "/v1/items/\xff",
    "/v1/items/é",
  ],
  ...[
    "http://shop/healthz",
    "http://other:99/v1/items/p-1",
    "https://shop/",
    "ftp://x",
    "shop:80",
    "//shop/healthz",
    "/healthz/",
    "/HEALTHZ",
    "/healthz;a=b",
    "/healthz?",
  ],
  ...[
    "/v1/suggest?q=%00",
    "/v1/events/e-1",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/docs/../..",
    "/docs/%2e%2e/%2e%2e/etc/passwd",
    "/docs/..%2fpackage.json",
    "/__proto__",
    "/v1/__proto__",
  ],
];
const targets: readonly Shape[] = [
  ...methods.flatMap((method) =>
    ["/v1/events", "/v1/items/p-1", "/nowhere"].map((path) =>
      shape(`${method.slice(0, 20)} ${path}`, post(`${json}${lengthOf(event)}`, event, path, method)),
    ),
  ),
  ...paths.map((path) => shape(`GET ${path.slice(0, 60)}`, `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`, 0)),
  ...paths
    .slice(0, 24)
    .map((path) =>
      shape(
        `POST ${path.slice(0, 60)}`,
        post(`${json}${lengthOf(event)}`, event, path),
        path === "/v1/../v1/events" ? undefined : 0,
      ),
    ),
  ...oddTimes
    .slice(0, 3)
    .map((time) =>
      shape(`HEAD ${time}`, `HEAD /v1/items/${encodeURIComponent(time)} HTTP/1.1\r\nhost: localhost\r\n\r\n`, 0),
    ),
];

export const shapes: readonly Shape[] = [...lengths, ...chunks, ...heads, ...types, ...targets];

/** Whole requests that are fine, to be mutated. */
export const fineRequests: readonly Buffer[] = [
  ...[
    sized(event),
    chunked(`${chunk(event.slice(0, half))}${chunk(event.slice(half))}0\r\n\r\n`),
    sized(event).repeat(2),
  ],
  sized(`${event}\n${event}\n`, "content-type: application/x-ndjson\r\n"),
  post(`${json}${lengthOf('{"items":["p-1"],"observe":false}')}`, '{"items":["p-1"],"observe":false}', "/v1/rank"),
  "GET /v1/items/p-1 HTTP/1.1\r\nhost: localhost\r\n\r\n",
  "GET /v1/users/u-1?export=0 HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\n\r\n",
].map((text) => Buffer.from(text, "latin1"));
