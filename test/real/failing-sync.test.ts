/** A disk that is slow, and one that fails at the sync: the real process, with the kernel's answers changed by strace. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { EventInput } from "../../src/core/public.ts";
import { lmdbLog } from "../../src/event-logs/lmdb.ts";
import { patientClient } from "./client.ts";
import { Ledger } from "./ledger.ts";
import { childrenOf, endAll, type Service, serve } from "./processes.ts";
import { whyNotTraced } from "./trace.ts";

const whyNot = whyNotTraced();
const root = mkdtempSync(join(tmpdir(), "liveshelf-slow-"));
const env = { NODE_COMPILE_CACHE: join(root, "compiled") };
afterAll(async () => {
  await endAll();
  rmSync(root, { recursive: true, force: true });
});

/** Runs the service with a call to the kernel tampered with, such as `fdatasync:error=EIO`. */
const tampered = (injected: string): string[] =>
  `strace -f --seccomp-bpf -o /dev/null -e trace=${injected.split(":")[0]} -e inject=${injected}`.split(" ");

/** From now on syncs of the service take a minute, or until they are let go: for as long as lists take on this machine. */
async function heldSyncs({ pid }: Service): Promise<{ letGo(): Promise<void> }> {
  const given = `-f -o /dev/null -e trace=fdatasync -e inject=fdatasync:delay_enter=60000000 -p ${pid}`;
  const tracer = spawn("strace", given.split(" "), { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(tracer, "close");
  let said = "";
  await new Promise<void>((resolve, reject) => {
    tracer.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
      if (said.includes("attached")) resolve();
    });
    ended.then(() => reject(new Error(said)));
  });
  return {
    async letGo() {
      tracer.kill("SIGTERM");
      await ended;
    },
  };
}

/** The tracer ends as what it traces does. */
async function stop(service: Service): Promise<number | null> {
  for (const pid of childrenOf(service.pid)) process.kill(pid, "SIGTERM");
  return (await service.ended).status;
}

const click = (number: number): EventInput => ({
  id: `e-${number}`,
  type: "outcome",
  action: "click",
  item: `p-${number % 5}`,
  user: `u-${number}`,
});
const rank = { items: ["p-1", "p-2", "p-3"], user: "u-1", observe: false };

async function compare(data: string, ledger: Ledger): Promise<void> {
  const log = lmdbLog({ folder: join(data, "log"), readOnly: true });
  ledger.compare(log.read(ledger.offset));
  await log.close();
  expect(ledger.faults).toEqual([]);
}

describe.skipIf(whyNot !== undefined)(`the sync${whyNot ? ` (skipped: ${whyNot})` : ""}`, () => {
  test("takes long: lists are answered meanwhile, events are acknowledged after it", async ({ skip }) => {
    const service = serve(join(root, "slow"), { env });
    const address = await service.listening;
    const connections = Array.from({ length: 4 }, () => patientClient(address));
    const [asking, ...sending] = connections;
    const done: string[] = [];
    const syncs = await heldSyncs(service).catch(({ message }: Error) => {
      if (!message.includes("Operation not permitted")) throw new Error(message);
      return skip(`strace may trace its own children only: ${message}`);
    });
    const sent = sending.map(async (connection, i) => {
      const { status, body } = await connection.post("/v1/events", [click(i)]);
      expect([status, body.accepted]).toEqual([200, 1]);
      done.push("event");
    });
    while (!(await asking!.get("/metrics")).body.includes("\nliveshelf_queue_events 3\n"));
    for (let i = 0; i < 5; i++) {
      expect((await asking!.post("/v1/rank", rank)).status).toBe(200);
      done.push("list");
    }
    await syncs.letGo();
    await Promise.all(sent);
    expect(done).toEqual([...Array(5).fill("list"), ...Array(3).fill("event")]);
    for (const connection of connections) connection.close();
    expect((await service.kill("SIGTERM")).status).toBe(0);
  });

  test.each([
    ["the sync of the pages", "fdatasync:error=EIO:when=6"],
    ["the write of a single page, such as the one that makes them valid,", "pwrite64:error=EIO:when=14+"],
    ["the write, for want of room", "pwrite64,writev:error=ENOSPC:when=15+"],
  ])(
    "%s fails: what waits for it is refused, lists are answered still, and all that was acknowledged is there",
    async (name, injected) => {
      const data = join(root, name.replaceAll(/\W+/g, "-"));
      const service = serve(data, { env, under: tampered(injected) });
      const connection = patientClient(await service.listening);
      const ledger = new Ledger();
      let number = 0;
      for (;;) {
        const batch = ledger.send([click(number++), click(number++)]);
        const { status, body } = await connection.post("/v1/events", batch.events);
        if (status === 200) {
          ledger.acknowledge(batch, body);
          continue;
        }
        expect([status, body.error.code]).toEqual([503, "LOG_UNWRITABLE"]);
        break;
      }
      expect(ledger.tally.acknowledged).toBeGreaterThan(0);
      expect((await connection.post("/v1/rank", { ...rank, observe: true })).body).toMatchObject({ slate: null });
      expect((await connection.get("/readyz")).status).toBe(503);
      expect((await connection.post("/v1/events", [click(number++)])).body.error.code).toBe("LOG_UNWRITABLE");
      // What was folded of it goes.
      const shoppers = [`u-${number - 2}`, `u-${number - 3}`].map((user) => `/v1/users/${user}`);
      for (const shopper of shoppers) while ((await connection.get(shopper)).status !== 404);
      expect((await connection.get("/v1/users/u-0")).status).toBe(200);
      connection.close();
      expect(await stop(service)).toBe(0);
      await compare(data, ledger);

      const again = serve(data, { env });
      const sender = patientClient(await again.listening);
      expect((await sender.get("/readyz")).body.offset).toBe(ledger.offset);
      const more = ledger.send([click(number++)]);
      ledger.acknowledge(more, (await sender.post("/v1/events", more.events)).body);
      sender.close();
      expect((await again.kill("SIGTERM")).status).toBe(0);
      await compare(data, ledger);
    },
  );
});
