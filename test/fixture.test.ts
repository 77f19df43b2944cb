/** What earlier releases left is read, and means what it meant. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import { dayMs } from "../src/core/clock.ts";
import { version } from "../src/core/version.ts";
import { createEngine } from "../src/engine.ts";
import { lmdbLog } from "../src/event-logs/lmdb.ts";
import { foldUp } from "../src/fold-up.ts";
import { Learning } from "../src/learn.ts";
import { buildRooms } from "../src/rooms.ts";
import { folderSnapshots } from "../src/snapshots/folder.ts";
import { canonical, fixtures, unpack } from "./fixture.ts";
import { differingStates } from "./same-states.ts";

const root = mkdtempSync(join(tmpdir(), "fixture-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/**
 * By fixture, the states that a later release folds otherwise only because what they learn from was given another
 * version: they go on with what they learned (docs/decisions/0011-states-are-rebuilt-one-by-one.md).
 */
const carriedOn: Readonly<Record<string, readonly string[]>> = {};

test("this release has left one: node scripts/write-fixture.ts", () => {
  expect(fixtures()).toContain(`release-${version}`);
});

describe.each(fixtures())("%s", (fixture) => {
  const data = join(root, fixture);
  const about = unpack(fixture, data);
  const config = completeConfig({ ...about.settings, data });
  const store = folderSnapshots(join(data, "snapshots"));

  test("its log gives every event as it was written", async () => {
    const log = lmdbLog({ folder: join(data, "log"), readOnly: true });
    const hash = createHash("sha256");
    let count = 0;
    for (const { event, offset } of log.read(0)) {
      expect(offset).toBe(count++);
      hash.update(`${canonical(event)}\n`);
    }
    await log.close();
    expect([count, hash.digest("hex")]).toEqual([about.events, about.sha256]);
  });

  test("its snapshot holds what this release folds its log to, but for states of another version", async () => {
    const saved = buildRooms(config);
    const found = store.load(saved.states, ({ offset }) => offset === about.snapshot);
    expect(found?.header, "its snapshot cannot be read").toMatchObject({ release: about.release });
    const folded = buildRooms(config);
    const learning = new Learning(folded);
    const log = lmdbLog({ folder: join(data, "log"), readOnly: true });
    for (const { event, offset } of log.read(0, about.snapshot)) learning.fold(event, offset);
    await log.close();
    const rebuilt = (found?.stale ?? []).map(({ name }) => name);
    const differing = differingStates(saved.states, folded.states).filter((name) => !rebuilt.includes(name));
    expect(
      differing,
      `This release folds these states otherwise than ${about.release} did (under Node ${about.node}; this is ${process.version}), and says nothing of it. Raise the version of each, where state("NAME", version, …) stands, so that data folders rebuild it; or, if it differs only because what it learns from has another version, list it in carriedOn`,
    ).toEqual(carriedOn[fixture] ?? []);
  });

  test("an engine goes on from it", async () => {
    const log = lmdbLog({ folder: join(data, "log"), readOnly: true });
    const { offset, stale } = await foldUp(config, store, log);
    await log.close();
    expect(offset).toBe(about.snapshot);

    const told: string[] = [];
    const clock = { nowMs: () => Date.UTC(2026, 0, 1) + 100 * dayMs };
    const engine = await createEngine({ ...config, clock, onDiagnostic: (message) => told.push(message) });
    expect(told.length).toBe(stale.length > 0 ? 1 : 0);
    expect(engine.status()).toMatchObject({ ready: true, offset: about.events, snapshotOffset: about.snapshot });
    if (about.release === version && stale.length === 0) expect(engine.checksum(), "its state").toBe(about.checksum);
    const { items, slate } = engine.recommend({ user: "u-1" });
    expect(items.length).toBeGreaterThan(0);
    const receipt = await engine.record({ type: "outcome", action: "click", item: items[0]!.item, user: "u-1", slate });
    expect(receipt).toMatchObject({ accepted: 1, offset: about.events + 2 });
    const checksum = engine.checksum();
    await engine.close();
    const again = await createEngine({ ...config, clock, readOnly: true });
    expect(again.checksum()).toBe(checksum);
    await again.close();
  });
});
