/** Folders that cannot be written to, or that somebody else writes to: refused by the real process with a sentence, and nothing is harmed. */
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventInput } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { patientClient } from "./client.ts";
import { readOnlyView, unmountAll, whyNotMounted } from "./mounts.ts";
import { endAll, liveshelf, serve } from "./processes.ts";

const root = mkdtempSync(join(tmpdir(), "liveshelf-folders-"));
const env = { NODE_COMPILE_CACHE: join(root, "compiled") };
const count = 300;
const click = (number: number): EventInput => ({
  id: `e-${number}`,
  type: "outcome",
  action: "click",
  item: `p-${number % 20}`,
  user: `u-${number % 5}`,
});
const file = join(root, "events.jsonl");
writeFileSync(file, `${JSON.stringify(click(count))}\n`);

let folders = 0;
/** A data folder with a log of {@link count} events. */
async function written(): Promise<string> {
  const data = join(root, `data-${folders++}`);
  const engine = await createEngine({ data });
  await engine.record(Array.from({ length: count }, (_, i) => click(i)));
  await engine.close();
  return data;
}

/** Every file with its bytes and its times. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    files.map((name) => {
      const { mtimeMs, size } = statSync(join(folder, name));
      const isFile = statSync(join(folder, name)).isFile();
      return [name, `${mtimeMs} ${size} ${isFile ? readFileSync(join(folder, name)).toString("base64") : ""}`];
    }),
  );
}

const offsets = (exported: string): string[] =>
  exported
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).id as string);
const ids = (until: number): string[] => Array.from({ length: until }, (_, i) => `e-${i}`);

afterAll(async () => {
  await endAll();
  unmountAll();
  rmSync(root, { recursive: true, force: true });
});

/** That a folder is refused for writing in one line with exit status 1, read all the same, and left as it was. */
async function onlyRead(data: string, asSeen: string, uid?: number): Promise<void> {
  const options = { env, ...(uid === undefined ? {} : { uid }) };
  const before = contents(data);
  for (const writing of [
    ["serve", "--port", "0"],
    ["import", file],
  ]) {
    const { status, stdout, stderr } = await liveshelf([...writing, "--data", asSeen], options);
    expect([status, stdout, stderr.trimEnd().split("\n").length], stderr).toEqual([1, "", 1]);
    expect(stderr).toMatch(/^error (?:FOLDER_UNREADABLE|LOG_UNWRITABLE): .*(?:read-only|permission denied)/i);
  }
  const exported = await liveshelf(["export", "--data", asSeen], options);
  expect([exported.status, exported.stderr]).toEqual([0, ""]);
  expect(offsets(exported.stdout)).toEqual(ids(count));
  const inspected = await liveshelf(["inspect", "--data", asSeen, "--json"], options);
  expect([inspected.status, JSON.parse(inspected.stdout).offset]).toEqual([0, count]);
  const replayed = await liveshelf(["replay", "--data", asSeen], options);
  expect(replayed.status, replayed.stderr).toBe(0);
  expect(contents(data)).toEqual(before);
}

const whyNotRoot = whyNotMounted();
describe.skipIf(whyNotRoot !== undefined)(`read-only${whyNotRoot ? ` (skipped: ${whyNotRoot})` : ""}`, () => {
  /** Who owns nothing. */
  const nobody = 65_534;

  test("a disk that is mounted read-only is refused for writing, read all the same, and left as it was", async () => {
    const data = await written();
    const view = join(root, "view");
    readOnlyView(data, view);
    await onlyRead(data, view);
  });

  test("a folder that is not there, on such a disk", async () => {
    const view = join(root, "empty-view");
    mkdirSync(join(root, "empty"));
    readOnlyView(join(root, "empty"), view);
    const { status, stderr } = await liveshelf(["serve", "--data", join(view, "shop"), "--port", "0"], { env });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^error FOLDER_UNREADABLE: .*may read and write/)]);
  });

  describe("as a user who may not write there", () => {
    beforeAll(() => {
      // It has to be reached, and compiled code may not be kept there.
      chownSync(root, nobody, nobody);
    });

    test("a folder of somebody else is refused for writing, read all the same, and left as it was", async () => {
      const data = await written();
      await onlyRead(data, data, nobody);
    });

    test("snapshots that cannot be written are said; the service goes on", async () => {
      const data = join(root, `data-${folders++}`);
      for (const [folder, owner] of [
        [data, nobody],
        [join(data, "log"), nobody],
        [join(data, "snapshots"), 0],
      ] as const) {
        mkdirSync(folder);
        chownSync(folder, owner, owner);
      }
      const service = serve(data, { env: { ...env, LIVESHELF_SNAPSHOT_EVERY: "10" }, uid: nobody });
      const connection = patientClient(await service.listening);
      const sent = await connection.post(
        "/v1/events",
        ids(20).map((_, i) => click(i)),
      );
      expect([sent.status, sent.body.accepted]).toEqual([200, 20]);
      await service.heard(/A snapshot could not be written: .*permission denied/i);
      expect((await connection.post("/v1/events", [click(20)])).body.accepted).toBe(1);
      expect((await connection.get("/readyz")).status).toBe(200);
      connection.close();
      expect((await service.kill("SIGTERM")).status).toBe(0);
      expect(readdirSync(join(data, "snapshots"))).toEqual([]);
    });
  });
});

describe("one folder, several processes", () => {
  test("a second writer is refused by name of the first, which goes on; readers see what is durable", async () => {
    const data = await written();
    const first = serve(data, { env });
    const connection = patientClient(await first.listening);
    let sent = count;
    let stopped = false;
    const sending = (async () => {
      while (!stopped) {
        const { status, body } = await connection.post("/v1/events", [click(sent)]);
        expect([status, body.accepted]).toEqual([200, 1]);
        sent++;
      }
    })();
    try {
      for (const writing of [
        ["serve", "--port", "0"],
        ["import", file],
      ]) {
        const { status, stdout, stderr } = await liveshelf([...writing, "--data", data], { env });
        expect([status, stdout]).toEqual([1, ""]);
        expect(stderr).toMatch(/^error FOLDER_IN_USE: .*\n$/);
        expect(stderr).toContain(`process ${first.pid}`);
      }
      const before = sent;
      const [one, two] = await Promise.all([
        liveshelf(["export", "--data", data], { env }),
        liveshelf(["inspect", "--data", data, "--json"], { env }),
      ]);
      expect([one.status, two.status]).toEqual([0, 0]);
      const seen = offsets(one.stdout);
      expect(seen).toEqual(ids(seen.length));
      for (const offset of [seen.length, JSON.parse(two.stdout).offset]) {
        expect(offset).toBeGreaterThanOrEqual(before);
        expect(offset).toBeLessThanOrEqual(sent + 1);
      }
    } finally {
      stopped = true;
      await sending;
    }
    expect((await connection.get("/readyz")).body.offset).toBe(sent);
    connection.close();
    expect((await first.kill("SIGTERM")).status).toBe(0);
    const exported = await liveshelf(["export", "--data", data], { env });
    expect(offsets(exported.stdout)).toEqual(ids(sent));
  });

  test("of two that start at once, one serves and the other is refused by name of it", async () => {
    const data = join(root, `data-${folders++}`);
    const both = [serve(data, { env }), serve(data, { env })];
    const refused = await Promise.race(both.map(async (one) => ({ one, ended: await one.ended })));
    const winner = both.find((one) => one !== refused.one)!;
    expect([refused.ended.status, refused.ended.stderr]).toEqual([1, expect.stringContaining("error FOLDER_IN_USE")]);
    expect(refused.ended.stderr).toContain(`process ${winner.pid}`);
    const connection = patientClient(await winner.listening);
    expect((await connection.post("/v1/events", [click(0)])).body.accepted).toBe(1);
    connection.close();
    expect((await winner.kill("SIGTERM")).status).toBe(0);
  });

  test("the lock of a process that was killed is taken over, and goes at an orderly end", async () => {
    const data = await written();
    const killed = serve(data, { env });
    await killed.listening;
    await killed.kill();
    expect(JSON.parse(readFileSync(join(data, "log", "writer.lock"), "utf8")).pid).toBe(killed.pid);
    const next = serve(data, { env });
    const connection = patientClient(await next.listening);
    expect((await connection.get("/readyz")).body.offset).toBe(count);
    connection.close();
    expect((await next.kill("SIGTERM")).status).toBe(0);
    expect(
      readdirSync(join(data, "log"))
        .filter((name) => name.includes("lock"))
        .sort(),
    ).toEqual(["lock.mdb"]);
  });

  test.each([
    [
      "whose process id another process has since",
      JSON.stringify({ pid: process.pid, started: "another boot:1", token: "t" }),
    ],
    ["that was cut off", '{"pid":'],
    ["that is empty", ""],
  ])("a lock file %s is taken over", async (_, lock) => {
    const data = await written();
    writeFileSync(join(data, "log", "writer.lock"), lock);
    const service = serve(data, { env });
    await service.listening;
    expect((await service.kill("SIGTERM")).status).toBe(0);
  });

  test("a log that was being made when its process was killed is made", async () => {
    const data = join(root, `data-${folders++}`);
    mkdirSync(join(data, "log"), { recursive: true });
    writeFileSync(join(data, "log", "making"), "");
    writeFileSync(join(data, "log", "data.mdb"), "");
    const service = serve(data, { env });
    const connection = patientClient(await service.listening);
    expect((await connection.post("/v1/events", [click(0)])).body.accepted).toBe(1);
    connection.close();
    expect((await service.kill("SIGTERM")).status).toBe(0);
  });
});
