/** Backups taken while an engine writes: what is restored is a prefix of the log, at least as far as was acknowledged, and its state. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backUp, restoreBackup } from "../src/backup.ts";
import { secondMs } from "../src/core/clock.ts";
import type { Engine, EventInput } from "../src/core/public.ts";
import { random } from "../src/core/random.ts";
import { createEngine } from "../src/engine.ts";
import { settled } from "./settled.ts";

const root = mkdtempSync(join(tmpdir(), "backup-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const main = new URL("../src/cli/main.ts", import.meta.url).pathname;
let folders = 0;
const newFolder = (): string => join(root, String(++folders));
const startMs = Date.UTC(2026, 0, 1);
const settings = { snapshotEvery: 60, tickMs: 0, lessonWaitMs: 20_000 } as const;
const batchSize = 12;

/** Event `i` of batch `b` has the id `b-i`. */
function batch(number: number): EventInput[] {
  const chance = random(`backup:${number}`);
  return Array.from({ length: batchSize }, (_, i) => {
    const common = { id: `${number}-${i}`, time: startMs + number * 7 * secondMs };
    const item = `p-${chance.int(80)}`;
    const user = `u-${chance.int(20)}`;
    if (i === 0) return { ...common, type: "item", item, fields: { brand: `b-${chance.int(5)}` } };
    const items = Array.from({ length: 6 }, () => `p-${chance.int(80)}`);
    if (i === 1) return { ...common, type: "slate", slate: `s-${number}`, user, items };
    return { ...common, type: "outcome", action: ["click", "view", "purchase"][chance.int(3)], item, user };
  });
}

/** An engine that gets batch after batch of a seeded stream. */
interface Life {
  readonly engine: Engine;
  /** Answers the offset after it. */
  next(): Promise<number>;
}

async function writing(data: string, more: object = {}): Promise<Life> {
  let nowMs = startMs;
  let number = 0;
  const engine = await createEngine({ ...settings, ...more, data, clock: { nowMs: () => nowMs } });
  return {
    engine,
    async next() {
      nowMs = startMs + number * 7 * secondMs;
      const { rejected, offset } = await engine.record(batch(number++));
      expect(rejected).toEqual([]);
      return offset;
    },
  };
}

const eventsOf = (engine: Engine): string[] => [...engine.events()].map((logged) => JSON.stringify(logged));

/**
 * Backs a folder up by a process, and writes meanwhile: once it has begun it is stopped until `atLeast` was written, however quick it is, and
 * then `more`, if anything, is written until it ends. Answers the offset acknowledged before it began.
 */
async function backUpDuring(
  { data, backup, life }: { readonly data: string; readonly backup: string; readonly life: Life },
  atLeast: () => Promise<unknown>,
  more?: () => Promise<unknown>,
): Promise<number> {
  let acknowledged = 0;
  for (let i = 0; i < 30; i++) acknowledged = await life.next();
  const child = spawn(process.execPath, [main, "backup", backup, "--data", data], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  while (!existsSync(join(backup, "snapshots")) && !isOver()) await new Promise(setImmediate);
  child.kill("SIGSTOP");
  await atLeast();
  child.kill("SIGCONT");
  while (more !== undefined && !isOver()) await more();
  expect(await ended).toEqual([0, null]);
  return acknowledged;
}

/** Writes until the log begins later than it does now, no faster than the thread can follow that shortens it. */
async function writeUntilShortened({ engine, next }: Life): Promise<void> {
  for (const { logStart } = engine.status(); engine.status().logStart === logStart; ) {
    for (let i = 0; i < 30; i++) await next();
    await settled(engine);
  }
}

async function mustBeAPrefix(restored: string, whole: readonly string[], acknowledged: number): Promise<Engine> {
  const engine = await createEngine({ ...settings, data: restored, clock: { nowMs: () => 0 } });
  const events = eventsOf(engine);
  const { offset } = engine.status();
  expect(offset).toBeGreaterThanOrEqual(acknowledged);
  expect(events.at(-1)).toBe(whole.find((one) => one.startsWith(`{"offset":${offset - 1},`)));
  const from = whole.indexOf(events[0]!);
  expect(events.length).toBeGreaterThan(0);
  expect(whole.slice(from, from + events.length)).toEqual(events);
  return engine;
}

/** The state that the log of a folder folds to. */
async function folded(data: string): Promise<string> {
  const engine = await createEngine({ ...settings, data, fromLog: true, readOnly: true });
  const state = engine.checksum();
  await engine.close();
  return state;
}

describe("a backup taken while an engine writes", () => {
  test("is a prefix of the log, at least as far as was acknowledged, and leads to the state that its log folds to", async () => {
    const [data, backup, restored] = [newFolder(), newFolder(), newFolder()];
    const life = await writing(data);
    await life.next();
    await life.engine.snapshot();
    const some = async (): Promise<void> => {
      for (let i = 0; i < 4; i++) await life.next();
    };
    const acknowledged = await backUpDuring({ data, backup, life }, some, life.next);
    const whole = eventsOf(life.engine);
    await life.engine.close();
    await promisify(execFile)(process.execPath, [main, "restore", backup, "--data", restored]);

    const state = await folded(restored);
    const engine = await mustBeAPrefix(restored, whole, acknowledged);
    expect(engine.status().snapshotOffset).toBeGreaterThan(0);
    expect(engine.checksum()).toBe(state);
    // It goes on as any other.
    expect((await engine.record(batch(100_000))).accepted).toBe(batchSize);
    await engine.close();
  });

  test("of a log that is shortened meanwhile holds a snapshot of what is gone", async () => {
    const [data, backup, restored] = [newFolder(), newFolder(), newFolder()];
    const life = await writing(data, { logBytesMax: 60_000 });
    await writeUntilShortened(life);
    // No more than that: where the log were shortened faster than it is copied, no copy would come to an end.
    const acknowledged = await backUpDuring({ data, backup, life }, () => writeUntilShortened(life));
    const whole = eventsOf(life.engine);
    const { logStart } = life.engine.status();
    await life.engine.close();
    await restoreBackup(backup, restored);
    const engine = await createEngine({ ...settings, data: restored, clock: { nowMs: () => 0 } });
    const { offset, snapshotOffset, logStart: start } = engine.status();
    expect(start).toBeGreaterThan(0);
    expect(snapshotOffset).toBeGreaterThanOrEqual(start);
    expect(offset).toBeGreaterThanOrEqual(acknowledged);
    const both = eventsOf(engine).filter((_, i) => start + i >= logStart);
    expect(whole.slice(Math.max(0, start - logStart)).slice(0, both.length)).toEqual(both);
    await engine.close();
    const exported = await promisify(execFile)(process.execPath, [main, "export", "--from", "1", "--data", restored]);
    expect(exported.stderr).toContain(`the log begins at offset ${start}`);
    expect(exported.stdout.trimEnd().split("\n").length).toBe(offset - start);
  });
});

describe("a backup", () => {
  let data: string;
  let whole: string;
  beforeAll(async () => {
    [data, whole] = [newFolder(), newFolder()];
    const life = await writing(data);
    for (let i = 0; i < 12; i++) await life.next();
    await life.engine.snapshot();
    await life.next();
    await life.engine.close();
    await backUp(data, whole);
  });
  const notEmpty = { code: "FOLDER_NOT_EMPTY" };

  test("lists its files, and nothing else is in it", async () => {
    const manifest = JSON.parse(readFileSync(join(whole, "manifest.json"), "utf8"));
    const snapshots = readdirSync(join(whole, "snapshots")).map((name) => `snapshots/${name}`);
    expect(snapshots.length).toBeGreaterThan(0);
    expect(manifest.files.map(({ path }: { path: string }) => path)).toEqual(["log/data.mdb", ...snapshots]);
    expect([...readdirSync(whole), ...readdirSync(join(whole, "log"))]).toEqual([
      ...["log", "manifest.json", "snapshots"],
      "data.mdb",
    ]);
    expect(manifest).toMatchObject({ format: 1, start: 0, head: 13 * batchSize });
  });

  test("overwrites nothing, and neither does a restore", async () => {
    await expect(backUp(data, whole)).rejects.toMatchObject(notEmpty);
    await expect(restoreBackup(whole, data)).rejects.toMatchObject(notEmpty);
    const engine = await createEngine({ data });
    await expect(restoreBackup(whole, data)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    await engine.close();
    await expect(backUp(newFolder(), newFolder())).rejects.toMatchObject({ code: "FOLDER_UNREADABLE" });
  });

  test("is refused if anything of it is not what was written, and then nothing is restored", async () => {
    const spoiled = async (spoil: (folder: string) => void): Promise<void> => {
      const [folder, restored] = [newFolder(), newFolder()];
      cpSync(whole, folder, { recursive: true });
      spoil(folder);
      await expect(restoreBackup(folder, restored)).rejects.toMatchObject({ code: "BACKUP_DAMAGED" });
      expect(existsSync(restored) ? readdirSync(restored) : []).toEqual([]);
    };
    const chance = random("spoiled");
    const { files } = JSON.parse(readFileSync(join(whole, "manifest.json"), "utf8"));
    for (const { path, bytes } of files) {
      await spoiled((folder) => rmSync(join(folder, path)));
      await spoiled((folder) => truncateSync(join(folder, path), bytes - 1));
      for (let n = 0; n < 5; n++)
        await spoiled((folder) => {
          const content = readFileSync(join(folder, path));
          const at = chance.int(content.length);
          content[at] = content[at]! ^ (1 << chance.int(8));
          writeFileSync(join(folder, path), content);
        });
    }
    const manifest = (folder: string): string => join(folder, "manifest.json");
    await spoiled((folder) => rmSync(manifest(folder)));
    for (const text of ["{", "null", "[]", '{"format":1}', '{"format":2,"files":[]}'])
      await spoiled((folder) => writeFileSync(manifest(folder), text));
    const elsewhere = { format: 1, files: [{ path: "log/data.mdb" }, { path: "../x" }] };
    await spoiled((folder) => writeFileSync(manifest(folder), JSON.stringify(elsewhere)));
  });

  test("of a damaged log is refused, and leaves an empty folder", async () => {
    const [damaged, backup] = [newFolder(), newFolder()];
    cpSync(data, damaged, { recursive: true });
    const file = join(damaged, "log", "data.mdb");
    const bytes = readFileSync(file);
    for (let at = bytes.indexOf('"3-2"'); at >= 0; at = bytes.indexOf('"3-2"', at + 1)) bytes.write('"9-2"', at);
    writeFileSync(file, bytes);
    await expect(backUp(damaged, backup)).rejects.toMatchObject({ code: "LOG_DAMAGED" });
    expect(readdirSync(backup)).toEqual([]);
  });
});
