/** Who wants to wear the server out: endless bodies, bodies nobody asked for, brackets without end. Real sockets. */
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { type Door, door, hashedKeys, keyOf } from "./at-the-door.ts";

let at: Door;
afterEach(() => at.close());

const mib = 2 ** 20;
const gib = 1024 * mib;

async function connection(): Promise<{ client: Socket; served: Socket }> {
  await at.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = at.app.server.address() as AddressInfo;
  const served = once(at.app.server, "connection") as Promise<[Socket]>;
  const client = connect({ port, host: "127.0.0.1" });
  client.on("error", () => {});
  return { client, served: (await served)[0] };
}

const head = (key: string | undefined, length: string): string =>
  [
    "POST /v1/events HTTP/1.1",
    "host: localhost",
    "content-type: application/json",
    ...(key === undefined ? [] : [`authorization: Bearer ${key}`]),
    length,
    "\r\n",
  ].join("\r\n");

/**
 * Sends what has to come before the server can refuse, waits for its answer, and goes on until a gibibyte is sent or nobody listens any more.
 * Answers the first words of the answer, and how much the server read.
 */
async function flood(first: string, before: readonly Buffer[], piece: Buffer): Promise<{ said: string; read: number }> {
  const { client, served } = await connection();
  const gone = new Promise<void>((resolve) => client.once("close", () => resolve()));
  const answered = once(client, "data") as Promise<[Buffer]>;
  client.write(first);
  for (const one of before) client.write(one);
  const said = String((await answered)[0]);
  const drained = () => new Promise<void>((resolve) => client.once("drain", resolve));
  for (let sent = 0; sent < gib && !client.destroyed; sent += piece.length)
    if (!client.write(piece)) await Promise.race([drained(), gone]);
  client.destroy();
  await gone;
  if (!served.destroyed) await once(served, "close");
  return { said, read: served.bytesRead };
}

const blank = Buffer.alloc(mib, " ");
const chunk = (piece: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);

/** What sockets hold on their way, on both sides. */
const underwayBytes = 16 * mib;

describe("a body of 1 GiB", () => {
  test("that says so is refused by its head alone", async () => {
    at = await door({ keys: hashedKeys });
    const { said, read } = await flood(head(keyOf("events"), `content-length: ${gib}`), [], blank);
    expect(said).toMatch(/^HTTP\/1.1 413 /);
    expect(said).toMatch(/\r\nconnection: close\r\n/i);
    expect(read).toBeLessThan(underwayBytes);
  });

  test("that does not say so is refused once it is over the limit, and no more of it is kept", async () => {
    at = await door({ keys: hashedKeys });
    const overLimit = new Array(limits.bodyBytesMax / mib + 1).fill(chunk(blank));
    const { said, read } = await flood(head(keyOf("events"), "transfer-encoding: chunked"), overLimit, chunk(blank));
    expect(said).toMatch(/^HTTP\/1.1 413 /);
    expect(read).toBeLessThan(limits.bodyBytesMax + underwayBytes);
  });

  test("of somebody without a key is not read at all", async () => {
    at = await door({ keys: hashedKeys });
    for (const key of [undefined, "ls_hostile-0123456789abcdef", keyOf("query")]) {
      const { said, read } = await flood(head(key, "transfer-encoding: chunked"), [], chunk(blank));
      expect(said).toMatch(/^HTTP\/1.1 40[13] /);
      expect(said).toMatch(/\r\nconnection: close\r\n/i);
      expect(read).toBeLessThan(underwayBytes);
      await at.close();
      at = await door({ keys: hashedKeys });
    }
  });
});

describe("a body that is nothing but brackets", () => {
  test("is refused before it is parsed, whatever stands in its texts", async () => {
    at = await door();
    const code = async (payload: string): Promise<string | undefined> =>
      (await at.ask({ method: "POST", url: "/v1/rank", payload, headers: { "content-type": "application/json" } }))
        .code;
    const deep = limits.bodyDepthMax + 1;
    expect(await code("[".repeat(deep) + "]".repeat(deep))).toBe("BODY_TOO_LARGE");
    // Closed in texts only, which closes nothing.
    expect(await code(`{"a":["]",`.repeat(deep))).toBe("BODY_TOO_LARGE");
    expect(await code(`["\\"]",`.repeat(deep))).toBe("BODY_TOO_LARGE");
    // Open in a text only, which opens nothing.
    expect(await code(JSON.stringify({ items: ["p-1"], query: "[".repeat(deep) }))).toBeUndefined();
    expect(await code(JSON.stringify({ items: ["p-1"], query: `\\"${"[".repeat(deep)}` }))).toBeUndefined();
    expect(await code(`"${"[".repeat(deep)}`)).toBe("BODY_MALFORMED");
  });
});
