/** Clients that send slowly, do not read, or just stay: real sockets, small bounds, and nobody waits for a time but the server. */
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { manualClock } from "../src/core/clock.ts";
import type { Engine } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import type { Bounds } from "../src/http/bounds.ts";
import { httpServer } from "../src/http/server.ts";

let engine: Engine;
let app: FastifyInstance;
let clients: Socket[] = [];

beforeAll(async () => {
  engine = await createEngine({ clock: manualClock(Date.UTC(2026, 10, 22)), tickMs: 0 });
});
afterAll(() => engine.close());
afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  await app.close();
});

async function listening(bounds: Partial<Bounds>, overrides: Partial<Engine> = {}): Promise<void> {
  const get = (target: Engine, key: keyof Engine) => overrides[key] ?? target[key].bind(target);
  const some = new Proxy(engine, { get: (target, key) => get(target, key as keyof Engine) });
  app = await httpServer(some, () => {}, { bounds });
  await app.listen({ host: "127.0.0.1", port: 0 });
}

/** A connection, and the server's end of it. */
async function connection(): Promise<{ client: Socket; served: Socket }> {
  const { port } = app.server.address() as AddressInfo;
  const served = once(app.server, "connection") as Promise<[Socket]>;
  const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  clients.push(client);
  client.on("error", () => {});
  return { client, served: (await served)[0] };
}

/** All that the server says until it has no more to say. */
async function lastWords(client: Socket): Promise<string> {
  let said = "";
  client.on("data", (chunk) => {
    said += chunk;
  });
  await once(client, "end");
  return said;
}

/** The next answer on a connection: status line to the end of a body whose length is given. */
function nextAnswer(client: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const take = (chunk: Buffer): void => {
      said += chunk;
      const [head, body] = said.split("\r\n\r\n", 2);
      const length = Number(/content-length: (\d+)/i.exec(head!)?.[1]);
      if (body === undefined || body.length < length) return;
      client.off("data", take);
      resolve(said);
    };
    client.on("data", take).once("end", () => reject(new Error(`ended after ${said}`)));
  });
}

/** A byte now and then for as long as the other end takes it. */
function trickle(client: Socket, text: string): void {
  const everyMs = 5;
  const dropping = setInterval(() => client.write(text), everyMs);
  client.once("end", () => clearInterval(dropping)).once("close", () => clearInterval(dropping));
}

const health = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
const events = (length: number): string =>
  `POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

describe("those who send slowly", () => {
  const bounds = { headersWithinMs: 60, requestWithinMs: 120 };

  test.each([
    ["say nothing", "", ""],
    ["trickle a head", "GET /healthz HTTP/1.1\r\nx-long: ", "a"],
    ["trickle a body", events(100_000), " "],
    [
      "announce chunks and send little",
      `${events(1).replace(/content-length.*\r\n\r\n/, "transfer-encoding: chunked\r\n\r\n")}`,
      "1\r\n \r\n",
    ],
  ])("and %s are told so, and the connection ends", async (_name, first, drop) => {
    await listening(bounds);
    const { client, served } = await connection();
    const gone = once(served, "close");
    client.write(first);
    if (drop !== "") trickle(client, drop);
    const said = await lastWords(client);
    expect(said).toMatch(/^HTTP\/1.1 408 /);
    expect(JSON.parse(said.split("\r\n\r\n")[1]!).error.code).toBe("REQUEST_TIMEOUT");
    client.end();
    await gone;
  });
});

describe("those who do not read", () => {
  test("an endless answer is made no further than they read, and given up", async () => {
    let made = 0;
    let isGivenUp = false;
    function* endless(): Generator<string> {
      try {
        for (;;) yield `item-${made++}`;
      } finally {
        isGivenUp = true;
      }
    }
    await listening({ stalledWithinMs: 60 }, { items: endless });
    // On a machine that stands still, a connection may be given up before its request is read.
    while (made === 0) {
      const { client, served } = await connection();
      client.pause();
      client.write("GET /v1/items HTTP/1.1\r\nhost: x\r\n\r\n");
      await once(served, "close");
    }
    // What the buffers of both sides hold, not what there is.
    expect(made).toBeLessThan(2_000_000);
    while (!isGivenUp) await new Promise((resolve) => setImmediate(resolve));
  });
});

describe("those who stay", () => {
  test("and ask nothing more are let go of", async () => {
    await listening({ idleWithinMs: 50 });
    const { client, served } = await connection();
    const gone = once(served, "close");
    client.write(health);
    expect(await nextAnswer(client)).toMatch(/^HTTP\/1.1 200 /);
    client.once("end", () => client.end());
    await gone;
  });

  test("and have said all that they will say get their answer", async () => {
    await listening({});
    const { client } = await connection();
    client.end(health);
    expect(await lastWords(client)).toMatch(/^HTTP\/1.1 200 /);
  });

  test("and close without a word are forgotten", async () => {
    await listening({});
    const { client, served } = await connection();
    const gone = once(served, "close");
    client.end();
    await gone;
  });
});

describe("those who are too many", () => {
  test("connections over the limit are closed at once and counted; where one ends there is room again", async () => {
    await listening({ connectionsMax: 2 });
    const [first, second] = [await connection(), await connection()];
    const { port } = app.server.address() as AddressInfo;
    const dropped = once(app.server, "drop");
    const third = connect({ port, host: "127.0.0.1" });
    third.on("error", () => {});
    await dropped;
    if (!third.closed) await once(third, "close");
    const gone = once(first.served, "close");
    first.client.destroy();
    await gone;
    const { client } = await connection();
    client.write("GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n");
    expect(await nextAnswer(client)).toContain("\nliveshelf_connections_refused_total 1\n");
    second.client.write(health);
    expect(await nextAnswer(second.client)).toMatch(/^HTTP\/1.1 200 /);
  });

  const body = JSON.stringify(Array.from({ length: 20 }, () => ({ type: "item-removed", item: "p-1" })));
  const half = body.slice(0, body.length / 2);
  const rest = body.slice(half.length);
  const bounds = { bodiesBytesMax: Math.floor(body.length * 1.6) };

  /** Sends half a body and waits until the server has it. */
  async function sendHalf(): Promise<{ client: Socket; served: Socket }> {
    const both = await connection();
    const head = events(body.length);
    both.client.write(head + half);
    while (both.served.bytesRead < head.length + half.length) await new Promise((resolve) => setImmediate(resolve));
    return both;
  }

  test("bodies over the limit together are refused before they are read on; the others are taken", async () => {
    await listening(bounds);
    const [first, second] = [await sendHalf(), await sendHalf()];
    const { client: third } = await connection();
    third.write(events(body.length) + body.slice(1));
    const refused = await nextAnswer(third);
    expect(refused).toMatch(/^HTTP\/1.1 503 /);
    expect(refused).toMatch(/retry-after: 1/i);
    expect(refused).toContain('"OVERLOADED"');
    expect(refused).toMatch(/connection: close/i);
    for (const { client } of [first, second]) {
      client.write(rest);
      expect(await nextAnswer(client)).toContain('"accepted":20');
      client.destroy();
    }
  });

  test("what was cut off no longer counts", async () => {
    await listening(bounds);
    for (let i = 0; i < 5; i++) {
      const { client, served } = await sendHalf();
      const gone = once(served, "close");
      client.destroy();
      await gone;
    }
    const { client } = await connection();
    client.write(events(body.length) + body);
    expect(await nextAnswer(client)).toContain('"accepted":20');
  });

  test("a body over its own limit is refused, announced or not", async () => {
    await listening({ bodyBytesMax: 100 });
    const announced = await connection();
    announced.client.write(events(101));
    expect(await nextAnswer(announced.client)).toContain('"BODY_TOO_LARGE"');
    const chunked = await connection();
    chunked.client.write(events(1).replace(/content-length.*\r\n\r\n/, "transfer-encoding: chunked\r\n\r\n"));
    chunked.client.write(`65\r\n${" ".repeat(101)}\r\n`);
    expect(await nextAnswer(chunked.client)).toContain('"BODY_TOO_LARGE"');
  });
});
