/** `liveshelf doctor --data`: what a data folder holds and how it is, without a byte of it being changed. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeConfig } from "../../src/config.ts";
import { hourMs, manualClock, minuteMs } from "../../src/core/clock.ts";
import type { LoggedEvent } from "../../src/core/event.ts";
import type { EventInput } from "../../src/core/public.ts";
import type { DoctorReport } from "../../src/doctor/examination.ts";
import { createEngine } from "../../src/engine.ts";
import { lmdbLog } from "../../src/event-logs/lmdb.ts";
import { examination } from "../../src/examine.ts";
import { examineFolder } from "../../src/examine-folder.ts";
import { folderSnapshots } from "../../src/snapshots/folder.ts";

const main = resolve(import.meta.dirname, "../../src/cli/main.ts");
const root = mkdtempSync(join(tmpdir(), "doctor-folder-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const startMs = Date.UTC(2026, 0, 1);
const clock = manualClock(startMs);

const items = Array.from(
  { length: 20 },
  (_, i): EventInput => ({
    type: "item",
    item: `p-${i}`,
    fields: { title: `Scarf number ${i}`, price: 10 + i, category: ["Clothing"] },
  }),
);
const views = Array.from(
  { length: 400 },
  (_, i): EventInput => ({
    type: "outcome",
    action: "view",
    item: `p-${(i * 7) % 20}`,
    user: `u-${i % 40}`,
    time: startMs + i * minuteMs,
  }),
);

let whole: string;
beforeAll(async () => {
  whole = join(root, "whole");
  const engine = await createEngine({ data: whole, tickMs: 0, clock });
  await engine.record(items);
  clock.advance(500 * minuteMs);
  await engine.record(views.slice(0, 200));
  await engine.snapshot();
  await engine.record(views.slice(200));
  await engine.close();
});

const examined = async (data: string, settings = {}): Promise<DoctorReport> =>
  examineFolder(completeConfig({ data, ...settings }), examination({ clock, isLog: true }), () => {});
const found = ({ findings }: DoctorReport, code: string) => findings.find((one) => one.code === code)!;

let copies = 0;
function copy(): string {
  const data = join(root, `copy-${++copies}`);
  cpSync(whole, data, { recursive: true });
  return data;
}

/** A log of just these events. */
async function logOf(events: readonly object[]): Promise<string> {
  const data = join(root, `log-${++copies}`);
  const log = lmdbLog({ folder: join(data, "log") });
  log.append(events as LoggedEvent[]);
  await log.durable();
  await log.close();
  return data;
}

const hashes = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [
        join(parentPath, name),
        createHash("sha256")
          .update(readFileSync(join(parentPath, name)))
          .digest("hex"),
      ]),
  );

test("a whole folder passes, and no byte of it changes", async () => {
  const before = hashes(whole);
  const { status, stdout } = spawnSync(process.execPath, [main, "doctor", "--data", whole, "--json"], {
    encoding: "utf8",
  });
  const report = JSON.parse(stdout) as DoctorReport;
  expect(status).toBe(0);
  expect(report.events).toBe(420);
  for (const code of [
    "log-damage",
    "log-retention",
    "lost-events",
    "snapshots-damaged",
    "snapshot-age",
    "snapshot-settings",
    "erasures-pending",
    "disk-room",
  ])
    expect(found(report, code), code).toMatchObject({ status: "PASS" });
  expect(found(report, "snapshot-age").count).toBe(200);
  expect(hashes(whole)).toEqual(before);
});

test("docs/doctor.md lists exactly the checks that there are", async () => {
  const document = readFileSync(resolve(import.meta.dirname, "../../docs/doctor.md"), "utf8");
  const listed = [...document.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code!);
  const codes = (await examined(whole)).findings.map(({ code }) => code);
  expect(listed.toSorted()).toEqual([...codes, "beyond-the-limit"].toSorted());
});

test("a folder that a process writes to is looked at beside it", async () => {
  const data = copy();
  const engine = await createEngine({ data, tickMs: 0, clock });
  try {
    await engine.record(views.slice(0, 10));
    const report = await examined(data);
    expect(report.events).toBe(430);
    expect(found(report, "log-damage")).toMatchObject({ status: "PASS" });
  } finally {
    await engine.close();
  }
});

test("what the disk changed is damage, named by its place; the other events are looked at all the same", async () => {
  const data = copy();
  const file = join(data, "log", "data.mdb");
  const bytes = readFileSync(file);
  for (let at = bytes.indexOf('"Scarf number 7"'); at >= 0; at = bytes.indexOf('"Scarf number 7"', at + 1))
    bytes.write("#", at);
  writeFileSync(file, bytes);
  const report = await examined(data);
  expect(report).toMatchObject({ status: "FAIL", events: 419 });
  expect(found(report, "log-damage")).toMatchObject({ status: "FAIL", count: 1, example: { where: "offset 7" } });
});

test("a folder without a log is said to be none", async () => {
  await expect(examined(join(root, "nothing"))).rejects.toMatchObject({ code: "FOLDER_UNREADABLE" });
});

describe("snapshots", () => {
  test("one that the disk changed is damaged", async () => {
    const data = copy();
    const [name] = readdirSync(join(data, "snapshots"));
    const file = join(data, "snapshots", name!);
    const bytes = readFileSync(file);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(file, bytes);
    expect(found(await examined(data), "snapshots-damaged")).toMatchObject({
      status: "WARN",
      count: 1,
      example: { where: name },
    });
  });

  test("one that is far behind costs a start its time", async () => {
    const report = await examined(whole, { snapshotEvery: 10 });
    expect(found(report, "snapshot-age").status).toBe("PASS");
    const time = { time: 1, receivedAt: 1 };
    const many = await logOf(Array.from({ length: 250_000 }, () => ({ type: "tick", ...time })));
    expect(found(await examined(many), "snapshot-age")).toMatchObject({ status: "WARN", count: 250_000 });
  });

  test("one that was folded under other settings is named", async () => {
    expect(found(await examined(whole, { seed: 9 }), "snapshot-settings")).toMatchObject({ status: "WARN" });
  });
});

describe("the log", () => {
  const view = { type: "outcome", action: "view", item: "p-1", user: "u-1" };

  test("notes of lost and erased events are counted, and are no events", async () => {
    const note = { time: startMs, receivedAt: startMs };
    const data = await logOf([
      { type: "lost", ...note },
      { type: "erase", user: "u-1", ...note },
      { type: "erase", user: "u-2", ...note },
      { type: "erased", time: 0, receivedAt: 0 },
      { ...view, ...note },
    ]);
    const report = await examined(data);
    expect(report.events).toBe(1);
    expect(found(report, "lost-events")).toMatchObject({ status: "WARN", count: 1 });
    expect(found(report, "erasures-pending")).toMatchObject({ status: "WARN", count: 2 });
  });

  test("one that was trimmed needs a snapshot of what is gone", async () => {
    const data = join(root, "trimmed");
    const log = lmdbLog({ folder: join(data, "log") });
    for (let i = 0; i < 40; i++) {
      log.append([{ ...view, time: startMs + i, receivedAt: startMs + i } as LoggedEvent]);
      await log.durable();
    }
    await log.trim(30);
    const { id, start } = log;
    await log.close();
    expect(start).toBe(30);
    expect(found(await examined(data), "log-retention")).toMatchObject({ status: "FAIL", count: 30 });
    folderSnapshots(join(data, "snapshots")).save({ format: 1, release: "0", config: "[]", log: id, offset: 35 }, []);
    expect(found(await examined(data), "log-retention")).toMatchObject({ status: "PASS", count: 30 });
  });

  test("what always arrives two hours after its time was stamped in another zone", async () => {
    const late = Array.from({ length: 200 }, (_, i) => {
      const receivedAt = startMs + i * minuteMs;
      return { ...view, user: `u-${i % 20}`, time: receivedAt - 2 * hourMs - i, receivedAt };
    });
    const report = await examined(await logOf(late));
    expect(found(report, "whole-hours-late")).toMatchObject({ status: "WARN", count: 200, parts: { "2 h": 200 } });
  });

  test("what came without a time of its own joins its list all the same", async () => {
    const shown = Array.from({ length: 60 }, (_, i) => [
      {
        type: "slate",
        slate: `s-${i}`,
        surface: "home",
        user: `u-${i}`,
        items: ["p-1", "p-2"],
        time: startMs + i,
        receivedAt: startMs + i,
      },
      { ...view, action: "click", user: `u-${i}`, slate: `s-${i}`, time: startMs + i, receivedAt: startMs + i },
    ]).flat();
    const report = await examined(await logOf(shown));
    expect(found(report, "outcomes-without-slates")).toMatchObject({ status: "PASS", count: 0, of: 60 });
    expect(found(report, "enough-to-rank")).toMatchObject({ count: 1, parts: { home: 60 } });
  });

  test("times after their arrival are in the future; without a time of its own an event has none to be wrong", async () => {
    const report = await examined(
      await logOf([
        { ...view, time: startMs + hourMs, receivedAt: startMs },
        { ...view, time: startMs, receivedAt: startMs },
      ]),
    );
    expect(found(report, "times-in-the-future")).toMatchObject({ count: 1, of: 1 });
    expect(found(report, "times-missing")).toMatchObject({ status: "PASS", count: 0 });
  });
});

test("of a trimmed folder it says that its catalogue is not judged, not that there is none", async () => {
  const examined = examination({ clock, isLog: true });
  views.slice(0, 50).forEach((view, i) => {
    examined.takeLogged({ ...view, time: startMs, receivedAt: startMs } as LoggedEvent, 1000 + i);
  });
  examined.beginsLate();
  const report = examined.report();
  for (const code of ["catalogue", "unknown-items"]) expect(found(report, code)).toMatchObject({ status: "PASS" });
  expect(found(report, "catalogue").message).toContain("was not judged");
  expect(found(report, "unknown-items").message).toContain("cannot be judged");
});
