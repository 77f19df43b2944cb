/** More than can be answered: who is refused at the door, by a clock of the test; and a stop under load, by the real process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { manualClock } from "../src/core/clock.ts";
import type { EventInput } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { httpServer } from "../src/http/server.ts";
import { shedding } from "../src/http/shedding.ts";

const root = mkdtempSync(join(tmpdir(), "load-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const json = { "content-type": "application/json" };

describe("at the door", () => {
  /** A server in the midst of a turn that began `ms` ago and has not ended; what waits for its end is called by `turnEnds`. */
  async function busy() {
    let nowMs = 1000;
    let after: (() => void)[] = [];
    const engine = await createEngine({ clock: manualClock(Date.UTC(2026, 10, 22)), tickMs: 0 });
    await engine.record({ type: "item", item: "p-1", fields: { price: 1 } });
    const shed = shedding({
      shedAfterMs: 10,
      stopwatch: () => nowMs,
      isWarm: true,
      afterTurn: (one) => after.push(one),
    });
    const app = await httpServer(engine, () => {}, { shedding: shed });
    return {
      app,
      passes(ms: number): void {
        nowMs += ms;
      },
      /** So many come in a turn that what takes long then is no pause of the process. */
      async begins(): Promise<void> {
        for (let i = 0; i < 20; i++) await app.inject({ url: "/healthz" });
      },
      turnEnds(): void {
        const due = after;
        after = [];
        for (const one of due) one();
      },
      async status(
        path: string,
        body?: unknown,
        method: "GET" | "POST" | "DELETE" = body === undefined ? "GET" : "POST",
      ) {
        const payload = typeof body === "string" ? body : JSON.stringify(body);
        const answer = await app.inject({
          method,
          url: path,
          ...(body === undefined ? {} : { headers: json, payload }),
        });
        if (answer.statusCode !== 503) return answer.statusCode;
        expect(answer.headers["retry-after"]).toBe("1");
        expect(answer.json().error.code).toBe("OVERLOADED");
        return 503;
      },
      async close(): Promise<void> {
        await app.close();
        await engine.close();
      },
    };
  }

  const known = { items: ["p-1"], user: "u-1" };
  const event = { type: "outcome", action: "view", item: "p-1", user: "u-1" };

  test("who waits too long is refused: first what nobody's shopper waits for, then lists and look-ups, last events", async () => {
    const { status, begins, passes, turnEnds, app, close } = await busy();
    await begins();
    const atWait = async (): Promise<Record<string, number>> => ({
      nobody: await status("/v1/rank", { items: ["p-1"] }),
      unobserved: await status("/v1/rank", { ...known, observe: false }),
      withoutConsent: await status("/v1/recommend", { user: "u-1", consent: false }),
      known: await status("/v1/rank", known),
      session: await status("/v1/recommend", { session: "v-1" }),
      item: await status("/v1/items/p-1"),
      event: await status("/v1/events", event),
    });
    const none = { nobody: 200, unobserved: 200, withoutConsent: 200, known: 200, session: 200, item: 200, event: 200 };
    const firsts = { nobody: 503, unobserved: 503, withoutConsent: 503 };
    const queries = { ...none, ...firsts, known: 503, session: 503, item: 503 };
    expect(await atWait()).toEqual(none);
    // A burst after a calm time may wait; one that does not end is an overload.
    passes(50);
    expect(await atWait()).toEqual(none);
    passes(150);
    expect(await atWait()).toEqual(queries);
    turnEnds();
    turnEnds();
    passes(500);
    await status("/healthz");
    expect(await atWait()).toEqual(none);
    passes(25);
    expect(await atWait()).toEqual({ ...none, ...firsts });
    passes(20);
    expect(await atWait()).toEqual(queries);
    passes(1000);
    expect(await atWait()).toEqual({ ...queries, event: 503 });
    expect(await status("/v1/items/p-1", undefined, "DELETE")).toBe(503);
    for (const path of ["/healthz", "/readyz", "/metrics", "/", "/openapi.json"]) expect(await status(path)).toBe(200);
    // Whose body was not read counts as a query.
    const counted = (await app.inject("/metrics")).body;
    expect(counted).toContain('liveshelf_shed_total{priority="anonymous"} 3\n');
    expect(counted).toContain('liveshelf_shed_total{priority="query"} 18\n');
    expect(counted).toContain('liveshelf_shed_total{priority="events"} 2\n');
    expect(counted).toContain('liveshelf_requests_total{route="/v1/rank",status="503"} 11\n');
    await close();
  });

  test("a refused list is not read, and not logged", async () => {
    const { status, begins, passes, app, close } = await busy();
    await begins();
    passes(1000);
    expect(await status("/v1/rank", '{"items":')).toBe(503);
    expect((await app.inject("/readyz")).json().offset).toBe(1);
    await close();
  });

  test("when the queue is empty again, all are let in", async () => {
    const { status, begins, passes, turnEnds, close } = await busy();
    await begins();
    passes(1000);
    expect(await status("/v1/rank", known)).toBe(503);
    // This turn ends; the next look finds nothing.
    turnEnds();
    turnEnds();
    passes(1);
    expect(await status("/v1/rank", known)).toBe(200);
    passes(400);
    turnEnds();
    turnEnds();
    expect(await status("/v1/rank", { items: ["p-1"] })).toBe(200);
    await close();
  });
});

describe("a stop under load", () => {
  interface Answered {
    readonly status: number;
    readonly connection: string | undefined;
    readonly body: string;
  }

  function ask(address: string, agent: Agent, path: string, body: string): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const options = { method: "POST", agent, headers: { ...json, "content-length": Buffer.byteLength(body) } };
      request(`${address}${path}`, options, (response) => void whole(response).then(resolve, reject))
        .once("error", reject)
        .end(body);
    });
  }

  async function whole(response: IncomingMessage): Promise<Answered> {
    let body = "";
    for await (const chunk of response) body += chunk;
    return { status: response.statusCode!, connection: response.headers.connection, body };
  }

  /** The real process on a folder; resolves when it serves. */
  async function serve(data: string) {
    const main = new URL("../src/cli/main.ts", import.meta.url).pathname;
    const server = spawn(process.execPath, [main, "serve", "--data", data, "--port", "0"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(server, "exit");
    for await (const line of createInterface(server.stdout!)) {
      const address = /^listening on (\S+)$/.exec(line)?.[1];
      if (address !== undefined) return { server, address, ended };
    }
    throw new Error("it ended before it listened");
  }

  /** Resolves when nobody takes connections there any more. */
  async function refusesConnections(port: number): Promise<void> {
    for (;;) {
      const probe = connect({ port, host: "127.0.0.1" });
      const isOpen = await new Promise((resolve) => {
        probe.once("connect", () => resolve(true)).once("error", () => resolve(false));
      });
      probe.destroy();
      if (!isOpen) return;
    }
  }

  test("what is under way is answered, new connections are refused, and all that was acknowledged is in the log", async () => {
    const data = join(root, "shop");
    const { server, address, ended } = await serve(data);
    const port = Number(new URL(address).port);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const acknowledged: string[] = [];
    let lists = 0;
    let next = 0;
    let enough = (): void => {};
    const hasMuch = new Promise<void>((resolve) => {
      enough = resolve;
    });
    /** Events and lists, one after the other, until nobody answers. */
    const stream = async (): Promise<void> => {
      for (;;) {
        const events = Array.from({ length: 12 }, (): EventInput => {
          const id = `e-${next++}`;
          return { type: "outcome", action: "view", id, item: `p-${next % 50}`, user: `u-${next % 9}` };
        });
        try {
          const recorded = await ask(address, agent, "/v1/events", JSON.stringify(events));
          if (recorded.status === 200) acknowledged.push(...events.map(({ id }) => id as string));
          const asked = JSON.stringify({ items: ["p-1", "p-2", "p-3"], user: "u-1" });
          const { status } = await ask(address, agent, "/v1/rank", asked);
          expect([200, 503]).toContain(status);
          if (status === 200) lists++;
        } catch (error) {
          // A kept connection that the server closed as we asked, or a new one.
          expect(["ECONNRESET", "ECONNREFUSED", "EPIPE"]).toContain((error as NodeJS.ErrnoException).code);
          return;
        }
        if (acknowledged.length > 600) enough();
      }
    };
    const streams = Array.from({ length: 6 }, stream);
    await hasMuch;

    // One request that the server has half of when it is told to stop.
    const late: EventInput[] = [{ type: "outcome", action: "view", id: "late", item: "p-1", user: "u-1" }];
    const text = JSON.stringify(late);
    const client = connect({ port, host: "127.0.0.1" });
    const head = `POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\nexpect: 100-continue\r\n\r\n`;
    client.write(head);
    const [go] = (await once(client, "data")) as [Buffer];
    expect(go.toString()).toMatch(/^HTTP\/1.1 100 /);
    server.kill("SIGTERM");
    await refusesConnections(port);
    client.write(text);
    let said = "";
    for await (const chunk of client) said += chunk;
    expect(said).toMatch(/^HTTP\/1.1 200 /);
    expect(said).toMatch(/\r\nconnection: close\r\n/i);
    expect(said).toContain('"accepted":1');

    await Promise.all(streams);
    agent.destroy();
    expect(await ended).toEqual([0, null]);
    expect(lists).toBeGreaterThan(20);
    const engine = await createEngine({ data, readOnly: true });
    const times = new Map<string, number>();
    for (const { event } of engine.events())
      if (event.id !== undefined) times.set(event.id, (times.get(event.id) ?? 0) + 1);
    await engine.close();
    expect([...acknowledged, "late"].filter((id) => times.get(id) !== 1)).toEqual([]);
    expect(Math.max(...times.values())).toBe(1);
  });
});
