/** An erasure that was cut off anywhere is finished or begun again at the next start; and what of it a trimmed log allows. */
import { cpSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import { createEngine } from "../src/engine.ts";
import { erasingFolder } from "../src/erasing-folder.ts";
import { rewriteInWorker } from "../src/erasing-worker.ts";
import { foldInWorker } from "../src/fold-worker.ts";
import { buildRooms } from "../src/rooms.ts";
import { folderSnapshots } from "../src/snapshots/folder.ts";
import {
  erased,
  eventsOf,
  expectExact,
  filesWith,
  fill,
  folder,
  gone,
  open,
  root,
  shop,
  trimmed,
} from "./erased-twin.ts";

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder in which some wait to be erased, and what its log holds. */
async function waiting(): Promise<{ data: string; events: ReturnType<typeof eventsOf> }> {
  const data = folder();
  const engine = await open(data, 1e9);
  await fill(engine);
  await engine.snapshot();
  for (const user of gone) await engine.erase(user);
  await fill(engine, shop.visits, 20);
  expect(engine.status().erasures.pending).toBe(gone.length);
  const events = eventsOf(engine);
  await engine.close();
  return { data, events };
}

test("who waits to be erased is erased after the next start, however that folds, and not heard of meanwhile", async () => {
  const { data, events } = await waiting();
  const later = await open(data, 1e9);
  expect(later.status().erasures.pending).toBe(gone.length);
  for (const user of gone.slice(0, 3)) expect(later.user(user)?.sessions ?? 0).toBeLessThan(3);
  await later.snapshot();
  await later.close();
  const engine = await open(data);
  await erased(engine);
  await expectExact(engine, events);
  await engine.close();
});

test("a crash at any step of the exchange leaves the old log or the new one, and the next start does the rest", async () => {
  const { data, events } = await waiting();
  const config = completeConfig({ data, tickMs: 0 });
  const notes = events.flatMap((event, offset) => (event.type === "erase" ? [{ user: event.user, offset }] : []));
  const signal = new AbortController().signal;
  await rewriteInWorker(config, { notes, to: events.length }, signal);
  const { log, old, snapshots, root: aside } = erasingFolder(data);
  const task = { offset: events.length, isBase: false, log, snapshots };
  await foldInWorker(config)(task, signal);
  const steps: ((at: string) => void)[] = [
    () => {},
    (at) => rmSync(join(erasingFolder(at).log, "data.mdb")),
    (at) => renameSync(join(at, "log"), erasingFolder(at).old),
    (at) => renameSync(erasingFolder(at).log, join(at, "log")),
    (at) => renameSync(join(at, "snapshots"), join(erasingFolder(at).old, "snapshots")),
    (at) => renameSync(erasingFolder(at).snapshots, join(at, "snapshots")),
    (at) => rmSync(join(erasingFolder(at).old, "data.mdb")),
  ];
  writeFileSync(join(data, "log", "data.mdb.damaged-1"), "kept");
  expect([log, snapshots, aside].every(existsSync) && !existsSync(old)).toBe(true);
  for (const [step] of steps.entries()) {
    const at = folder();
    cpSync(data, at, { recursive: true });
    // The second step is a crash while the new log was being written, and leads nowhere.
    for (const [n, act] of steps.slice(0, step + 1).entries()) if (n !== 1 || step === 1) act(at);
    const engine = await open(at, step < 2 ? 20 : 1e9);
    if (step < 2) await erased(engine);
    expect(engine.status().erasures.pending).toBe(0);
    await expectExact(engine, events);
    expect(readdirSync(at).sort()).toEqual(["log", "snapshots"]);
    expect(readdirSync(join(at, "log"))).toContain("data.mdb.damaged-1");
    for (const user of gone)
      expect(filesWith(at, `"${user}"`)).toEqual(stillThere(events, user) ? [expect.any(String)] : []);
    await engine.close();
  }
});

test("of a trimmed log the base loses the shopper's rows too, and what the state comes to is what base and log fold to", async () => {
  const data = folder();
  const trimming = { data, tickMs: 0, snapshotEvery: 400, logBytesMax: 150_000, eraseAfterMs: 20 };
  let engine = await createEngine(trimming);
  await fill(engine);
  await engine.snapshot();
  await trimmed(engine);
  const { logStart, offset } = engine.status();
  for (const user of gone) await engine.erase(user);
  await erased(engine);
  expect(engine.status()).toMatchObject({ logStart, offset: offset + gone.length });
  for (const user of gone) {
    expect(engine.user(user)).toBeUndefined();
    expect(filesWith(data, user)).toEqual([]);
  }
  const checksum = engine.checksum();
  await engine.close();
  for (const fromLog of [false, true]) {
    engine = await createEngine({ ...trimming, readOnly: true, fromLog });
    expect(engine.checksum()).toBe(checksum);
    await engine.close();
  }
});

test("of a trimmed log the base loses a session, too, that turned out to be the shopper's only in what is left of it", async () => {
  const data = folder();
  const engine = await createEngine({ data, tickMs: 0, snapshotEvery: 400, logBytesMax: 150_000, eraseAfterMs: 20 });
  const viewed = { type: "outcome", action: "view", item: "p-1", session: "before-the-login" };
  await engine.record(viewed);
  await fill(engine);
  await engine.snapshot();
  await trimmed(engine);
  await engine.record({ ...viewed, user: "logged-in-late" });
  expect(engine.user("logged-in-late")?.recent).toMatchObject([{ item: "p-1", touches: 2 }]);
  await engine.erase("logged-in-late");
  await erased(engine);
  await engine.close();
  for (const id of ["before-the-login", "logged-in-late"]) expect(filesWith(data, id)).toEqual([]);
});

test("what the base of a trimmed log began without, the rewritten one says too", async () => {
  const data = folder();
  const engine = await createEngine({ data, tickMs: 0, snapshotEvery: 400, logBytesMax: 150_000, eraseAfterMs: 1e9 });
  await fill(engine);
  await engine.snapshot();
  await trimmed(engine);
  const { offset } = engine.status();
  await engine.close();
  const store = folderSnapshots(join(data, "snapshots"));
  const { header } = store.list().find(({ isBase }) => isBase)!;
  const { states } = buildRooms(completeConfig({}));
  store.load(states, (found) => found.offset === header.offset);
  for (const { file } of store.list()) rmSync(file, { force: true });
  // As a release leaves it that does not have this state.
  const missing = states.at(-1)!.name;
  store
    .write(
      header,
      states.filter(({ name }) => name !== missing),
      { isBase: true },
    )
    .keep();
  const config = completeConfig({ data, tickMs: 0 });
  const notes = [{ user: gone[0]!, offset }];
  await rewriteInWorker(config, { notes, to: offset }, new AbortController().signal);
  const [rewritten] = folderSnapshots(erasingFolder(data).snapshots).list();
  expect(rewritten?.header).toMatchObject({
    offset: header.offset,
    rebuilt: [{ state: missing, offset: header.offset }],
  });
});

/** True of one who came again after the note. */
function stillThere(events: ReturnType<typeof eventsOf>, user: string): boolean {
  const note = events.findIndex((event) => event.type === "erase" && event.user === user);
  return events.slice(note + 1).some((event) => "user" in event && event.user === user);
}
