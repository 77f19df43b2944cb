/** `liveshelf repair`, as its users run it, on a folder whose disk changed what was written. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventInput } from "../src/core/public.ts";
import { createEngine, type EngineOptions } from "../src/engine.ts";
import { repair } from "../src/repair.ts";

const root = mkdtempSync(join(tmpdir(), "repair-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const main = new URL("../src/cli/main.ts", import.meta.url).pathname;
const settings = { tickMs: 0, clock: { nowMs: () => 1e12 } } satisfies EngineOptions;
const snapshotAt = 20;
const events = Array.from({ length: 30 }, (_, i): EventInput => ({ type: "item", item: `p-${i}`, fields: { n: i } }));

const liveshelf = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });

let whole: string;
beforeAll(async () => {
  whole = join(root, "whole");
  const engine = await createEngine({ ...settings, data: whole });
  for (const [from, to] of [
    [0, 10],
    [10, snapshotAt],
    [snapshotAt, 30],
  ]) {
    await engine.record(events.slice(from, to));
    if (to === snapshotAt) await engine.snapshot();
  }
  await engine.close();
});

let folders = 0;
/** The folder, with the records of these items changed on disk. */
function damaged(...items: readonly string[]): string {
  const data = join(root, String(++folders));
  cpSync(whole, data, { recursive: true });
  const file = join(data, "log", "data.mdb");
  const bytes = readFileSync(file);
  for (const item of items)
    for (let at = bytes.indexOf(`"${item}"`); at >= 0; at = bytes.indexOf(`"${item}"`, at + 1)) bytes.write('"x', at);
  writeFileSync(file, bytes);
  return data;
}

async function itemsOf(data: string, options: EngineOptions = {}): Promise<string[]> {
  const engine = await createEngine({ ...settings, ...options, data });
  const items = [...engine.items()];
  await engine.close();
  return items;
}

const without = (...lost: readonly string[]): string[] =>
  events.map(({ item }) => item as string).filter((item) => !lost.includes(item));

test("a whole log needs nothing, with --yes or without", () => {
  for (const yes of [[], ["--yes"]]) {
    const { status, stdout } = liveshelf("repair", "--data", whole, ...yes);
    expect(stdout).toBe("The log is whole: 30 events, offsets 0 to 30. There is nothing to do.\n");
    expect(status).toBe(0);
  }
  expect(readdirSync(join(whole, "log"))).not.toContain("data.mdb.damaged-1");
});

test("it shows what is lost, where, and what would be done; only with --yes is anything changed", async () => {
  const data = damaged("p-4", "p-25");
  const file = join(data, "log", "data.mdb");
  const before = readFileSync(file);
  await expect(createEngine({ ...settings, data })).rejects.toMatchObject({
    code: "LOG_DAMAGED",
    message: expect.stringMatching(/offset 25 .* 1 of the 10 events from offset 20 .*liveshelf repair --data/),
  });

  const shown = liveshelf("repair", "--data", data);
  expect(shown.status).toBe(1);
  for (const said of [
    "28 of 30 events can be read",
    "2 are lost",
    "offset 4\n",
    "offset 25\n",
    "Nothing was changed",
    "--yes",
  ])
    expect(shown.stdout).toContain(said);
  expect(shown.stdout).toMatch(/snapshot at offset 20 .*do not delete it/);
  expect(readFileSync(file).equals(before)).toBe(true);

  const done = liveshelf("repair", "--data", data, "--yes", "--json");
  expect(done.status).toBe(0);
  const report = JSON.parse(done.stdout);
  expect(report).toMatchObject({ lost: 2, changed: true, snapshot: snapshotAt, start: 0, head: 30, wrongPages: [] });
  expect(report.losses).toEqual([
    { first: 4, count: 1 },
    { first: 25, count: 1 },
  ]);
  expect(readFileSync(report.damagedFile).equals(before)).toBe(true);
  expect(liveshelf("repair", "--data", data).stdout).toContain("nothing to do");

  const exported = join(root, "exported.jsonl");
  writeFileSync(exported, liveshelf("export", "--data", data).stdout);
  const imported = liveshelf("import", exported, "--data", join(root, "imported"), "--json");
  expect(JSON.parse(imported.stdout)).toMatchObject({ accepted: 28 });

  // The snapshot has learned of item 4; a fold of the log has not.
  expect(await itemsOf(data)).toEqual(without("p-25"));
  expect(await itemsOf(data, { fromLog: true })).toEqual(without("p-4", "p-25"));
});

test("of blocks side by side, damaged both, the rest of each is kept", async () => {
  const data = damaged("p-8", "p-9", "p-10", "p-29");
  const { losses, head } = await repair(data, true);
  expect([head, losses]).toEqual([
    30,
    [
      { first: 8, count: 3 },
      { first: 29, count: 1 },
    ],
  ]);
  expect(await itemsOf(data, { fromLog: true })).toEqual(without("p-8", "p-9", "p-10", "p-29"));
});

test("a lost event changes nothing of the state, not even the clock", async () => {
  const data = damaged("p-25");
  await repair(data, true);
  const engine = await createEngine({ ...settings, data });
  const event = [...engine.events(25)][0]?.event;
  expect(event).toEqual({ type: "lost", time: 1e12, receivedAt: 1e12 });
  expect(engine.status().clockMs).toBe(1e12);
  // It can go on, and nobody can send such a note.
  const { rejected } = await engine.record([{ type: "lost" }, events[25]!]);
  expect(rejected).toMatchObject([{ index: 0, code: "EVENT_MALFORMED" }]);
  expect(engine.item("p-25")).toBeDefined();
  await engine.close();
});

test("events that a snapshot reflects and the log no longer has keep their offsets, so that the snapshot stays true", async () => {
  const data = join(root, String(++folders));
  cpSync(whole, data, { recursive: true });
  // The log of an earlier moment, as a file system brings it back.
  const earlier = join(root, String(++folders));
  const engine = await createEngine({ ...settings, data: earlier });
  await engine.record(events.slice(0, 10));
  await engine.close();
  const bytes = readFileSync(join(earlier, "log", "data.mdb"));
  const idOf = (file: Buffer): string => /"id":"([0-9a-f]{16})"/.exec(file.toString("latin1"))![1]!;
  const [old, mine] = [idOf(bytes), idOf(readFileSync(join(data, "log", "data.mdb")))];
  for (let at = bytes.indexOf(old); at >= 0; at = bytes.indexOf(old, at + 1)) bytes.write(mine, at);
  writeFileSync(join(data, "log", "data.mdb"), bytes);

  const report = await repair(data, true);
  expect(report).toMatchObject({ head: snapshotAt, losses: [{ first: 10, count: 10 }], changed: true });
  expect(await itemsOf(data)).toEqual(events.slice(0, snapshotAt).map(({ item }) => item));
  expect(await itemsOf(data, { fromLog: true })).toEqual(events.slice(0, 10).map(({ item }) => item));
});

test("refused while a process writes, and where there is no log", async () => {
  const data = damaged("p-4");
  const engine = await createEngine({ ...settings, data });
  const { status, stderr } = liveshelf("repair", "--data", data);
  expect([status, stderr]).toEqual([1, expect.stringContaining("FOLDER_IN_USE")]);
  await engine.close();
  expect(liveshelf("repair", "--data", join(root, "none")).stderr).toContain("FOLDER_UNREADABLE");
});
