/** What is refused at the door before a body is read, and what is kept of lines that nobody could read. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Door, door, hashedKeys, keyOf } from "./at-the-door.ts";

let at: Door;
afterEach(() => at.close());

async function listening(settings: Readonly<Record<string, unknown>> = {}): Promise<number> {
  at = await door(settings);
  await at.app.listen({ host: "127.0.0.1", port: 0 });
  return (at.app.server.address() as { port: number }).port;
}

/** All that comes until the server closes, or until `enough` has come. */
async function answered(port: number, text: string, enough?: { readonly has: string; readonly next: string }) {
  const socket = connect(port, "127.0.0.1");
  let came = "";
  let isSent = false;
  socket.setEncoding("utf8").on("error", () => {});
  socket.on("data", (chunk) => {
    came += chunk;
    if (enough === undefined || isSent || !came.includes(enough.has)) return;
    isSent = true;
    socket.write(enough.next);
  });
  socket.write(text);
  await once(socket, "close");
  return came;
}

const event = '{"type":"item","item":"p-1"}';
const asking = (more: string): string =>
  `POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${event.length}\r\nexpect: 100-continue\r\n${more}\r\n`;

test("who asks before sending is refused at once without a key, and told to go on with one", async () => {
  const port = await listening({ keys: hashedKeys });
  const refused = await answered(port, asking(""));
  expect(refused).toMatch(/^HTTP\/1\.1 401 /);
  expect(refused).not.toContain("100 Continue");
  expect(refused.toLowerCase()).toContain("connection: close");
  const key = `authorization: Bearer ${keyOf("events")}\r\nconnection: close\r\n`;
  const taken = await answered(port, asking(key), { has: "100 Continue", next: event });
  expect(taken).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  expect(taken).toContain('"accepted":1');
});

test("a head that is too large is said to be so", async () => {
  const port = await listening();
  const long = await answered(port, `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-long: ${"x".repeat(1_000_000)}`);
  expect(long).toContain("REQUEST_MALFORMED");
  expect(long).toContain("head is too large");
});

test.each(["/v1/events", "/v1/doctor"])("a packed body is refused with its encoding's name: %s", async (url) => {
  at = await door();
  const headers = { "content-type": "application/x-ndjson", "content-encoding": "gzip" };
  const { status, code, message } = await at.ask({ method: "POST", url, headers, payload: event });
  expect([status, code]).toEqual([415, "MEDIA_TYPE_UNSUPPORTED"]);
  expect(message).toContain('"gzip"');
  const plain = { ...headers, "content-encoding": "identity" };
  expect((await at.ask({ method: "POST", url, headers: plain, payload: event })).status).toBe(200);
});

test.each([{}, { pseudonymKey: "a-key-of-enough-characters" }])(
  "of a line that is no JSON its place is kept and nothing of its text (%j)",
  async (settings) => {
    at = await door(settings);
    const line = '{"type":"outcome","consent":false,"user":secret-shopper@example.com}';
    const headers = { "content-type": "application/x-ndjson" };
    const { body } = await at.ask({ method: "POST", url: "/v1/events", headers, payload: `${event}\n${line}` });
    const kept = await at.ask({ method: "GET", url: "/v1/events?result=rejected" });
    for (const text of [body, kept.body]) {
      expect(text).toContain("The line is not JSON: look at column 42.");
      expect(text).not.toMatch(/secret|shopper/);
    }
  },
);
