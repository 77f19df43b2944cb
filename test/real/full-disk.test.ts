/** A real disk that is full: what was acknowledged stays, queries go on, and it says what to do. */
import { mkdtempSync, readdirSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { EventInput } from "../../src/core/public.ts";
import { lmdbLog } from "../../src/event-logs/lmdb.ts";
import { patientClient, type Reply } from "./client.ts";
import { Ledger, type Sent } from "./ledger.ts";
import { ballast, disk, mebibyte, remount, unmountAll, whyNotMounted } from "./mounts.ts";
import { endAll, liveshelf, serve } from "./processes.ts";

const whyNot = whyNotMounted();
const root = mkdtempSync(join(tmpdir(), "liveshelf-full-"));
const env = { NODE_COMPILE_CACHE: join(root, "compiled") };
afterEach(async () => {
  await endAll();
  unmountAll();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let disks = 0;
function newDisk(mebibytes: number): { readonly place: string; readonly data: string } {
  const place = join(root, `disk-${disks++}`);
  disk(place, mebibytes);
  return { place, data: join(place, "shop") };
}

let numbers = 0;
const items = (count: number, textLength: number): EventInput[] =>
  Array.from({ length: count }, () => {
    const number = numbers++;
    return {
      id: `i-${number}`,
      type: "item",
      item: `p-${number % 1000}`,
      fields: { title: `${number} `.padEnd(textLength, "long ") },
    };
  });
const question = 0;
const rank = { items: ["p-1", "p-2", "p-3"], user: "u-1", context: { question } };

async function compare(data: string, ledger: Ledger): Promise<void> {
  const log = lmdbLog({ folder: join(data, "log"), readOnly: true });
  ledger.compare(log.read(ledger.offset));
  await log.close();
  expect(ledger.faults).toEqual([]);
}

/** Resolves when a file of such a name comes into the folder. */
function appears(folder: string, name: RegExp): Promise<void> {
  return new Promise((resolve) => {
    const watched = watch(folder, (_, changed) => {
      if (!name.test(changed ?? "")) return;
      watched.close();
      resolve();
    });
  });
}

async function verified(data: string): Promise<void> {
  const { status, stderr } = await liveshelf(["replay", "--verify", "--data", data], { env });
  expect(status, stderr).toBe(0);
}

describe.skipIf(whyNot !== undefined)(`a full disk${whyNot ? ` (skipped: ${whyNot})` : ""}`, () => {
  test("the log: refused with 503 and a mend, lists are answered still, and after making room all acknowledged is there once", async () => {
    const { place, data } = newDisk(10);
    const ledger = new Ledger();
    const service = serve(data, { env });
    const address = await service.listening;
    const refused: Reply[] = [];
    const open: Sent[] = [];
    /** Sends until it is refused; several at once, so that some wait for the same sync. */
    const shopper = async (): Promise<void> => {
      const connection = patientClient(address);
      for (;;) {
        const batch = ledger.send(items(20, 2000));
        const reply = await connection.post("/v1/events", batch.events);
        if (reply.status === 200) {
          ledger.acknowledge(batch, reply.body);
          continue;
        }
        refused.push(reply);
        open.push(batch);
        return connection.close();
      }
    };
    await Promise.all([shopper(), shopper(), shopper(), shopper()]);
    for (const { status, body } of refused) {
      expect([status, body.error.code]).toEqual([503, "LOG_UNWRITABLE"]);
      expect(body.error.message).toContain("Free space");
    }
    expect(ledger.tally.acknowledged).toBeGreaterThan(1000);

    const connection = patientClient(address);
    const answer = await connection.post("/v1/rank", rank);
    expect([answer.status, answer.body.slate, answer.body.items.length]).toEqual([200, null, 3]);
    expect((await connection.get("/readyz")).status).toBe(503);
    expect((await connection.get("/healthz")).status).toBe(200);
    // Not even what would fit: the state no longer follows the log.
    expect((await connection.post("/v1/events", items(1, 10))).body.error.code).toBe("LOG_UNWRITABLE");
    connection.close();
    await compare(data, ledger);
    expect(ledger.offset).toBe(ledger.tally.acknowledged);
    const { status, signal, stderr } = await service.kill("SIGTERM");
    expect([status, signal], stderr).toEqual([0, null]);
    // LMDB, which would have damaged the process, never met the full disk.
    expect(stderr).not.toContain("Write error");

    // Looking needs no room.
    ballast(join(place, "ballast"), 0);
    const exported = await liveshelf(["export", "--data", data], { env });
    expect([exported.status, exported.stdout.trimEnd().split("\n").length]).toEqual([0, ledger.offset]);
    const inspected = await liveshelf(["inspect", "--data", data, "--json"], { env });
    expect([inspected.status, JSON.parse(inspected.stdout).offset]).toEqual([0, ledger.offset]);
    const stopped = await liveshelf(["serve", "--data", data, "--port", "0"], { env });
    expect([stopped.status, stopped.stderr]).toEqual([1, expect.stringMatching(/^error \w+: .*no space left/i)]);

    remount(place, "size=40m");
    const again = serve(data, { env });
    const sender = patientClient(await again.listening);
    expect((await sender.get("/readyz")).body.offset).toBe(ledger.offset);
    for (const batch of open) ledger.acknowledge(batch, (await sender.post("/v1/events", batch.events)).body);
    sender.close();
    await compare(data, ledger);
    expect(ledger.offset).toBe(ledger.tally.acknowledged);
    expect((await again.kill("SIGTERM")).status).toBe(0);
    await verified(data);
  });

  test("the snapshots alone: said, nothing half stays, the service goes on, and a later one is written", async () => {
    const { place, data } = newDisk(24);
    const ledger = new Ledger();
    const service = serve(data, { env: { ...env, LIVESHELF_SNAPSHOT_EVERY: "1100" } });
    const connection = patientClient(await service.listening);
    const send = async (events: EventInput[]): Promise<void> => {
      const batch = ledger.send(events);
      const { status, body } = await connection.post("/v1/events", events);
      expect(status, JSON.stringify(body)).toBe(200);
      ledger.acknowledge(batch, body);
    };
    // The state takes more than is left for it.
    await send(items(1000, 5000));
    ballast(join(place, "ballast"), 2 * mebibyte);
    for (let i = 0; i < 12; i++) await send(items(10, 10));
    await service.heard(/A snapshot could not be written: .*no space left/);
    expect(readdirSync(join(data, "snapshots"))).toEqual([]);
    expect((await connection.get("/readyz")).status).toBe(200);
    ledger.ask(question);
    ledger.answer(question, (await connection.post("/v1/rank", rank)).body.slate);
    await send(items(10, 10));

    rmSync(join(place, "ballast"));
    const named = appears(join(data, "snapshots"), /\.snapshot$/);
    await send(items(1100, 10));
    await named;
    expect((await connection.get("/readyz")).status).toBe(200);
    connection.close();
    expect((await service.kill("SIGTERM")).status).toBe(0);
    expect(readdirSync(join(data, "snapshots")).length).toBe(1);
    await compare(data, ledger);
    expect(ledger.tally.slatesKept).toBe(1);
    await verified(data);
  });

  test.each([0, 1, 2, 3])("a new folder on a disk with %i pages left: an error, not a signal", async (pages) => {
    const { place, data } = newDisk(2);
    ballast(join(place, "ballast"), pages * 4096);
    const { status, signal, stderr } = await liveshelf(["serve", "--data", data, "--port", "0"], { env });
    expect([status, signal, stderr]).toEqual([1, null, expect.stringMatching(/^error FOLDER_UNREADABLE: /m)]);
  });
});
