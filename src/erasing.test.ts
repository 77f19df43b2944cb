/** When erased shoppers leave the log, and what happens when that fails. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { completeConfig } from "./config.ts";
import { manualClock } from "./core/clock.ts";
import { Erasing, type ErasingParts } from "./erasing.ts";
import { beginErasing, commitErasing, finishErasing } from "./erasing-folder.ts";
import { memoryLog } from "./event-logs/memory.ts";
import { Learning } from "./learn.ts";
import type { Move } from "./moving.ts";
import { PagedLists } from "./paged-lists.ts";
import { buildRooms } from "./rooms.ts";

const root = mkdtempSync(join(tmpdir(), "erasing-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function erasingOver(move: (plan: Move) => Promise<void>, hasRoomAside = (): boolean => true) {
  const config = completeConfig({ tickMs: 0, eraseAfterMs: 0 });
  const log = memoryLog();
  const rooms = buildRooms(config);
  const learning = new Learning(rooms);
  log.subscribe((event, offset) => learning.fold(event, offset));
  const told: string[] = [];
  const parts = {
    ...{ log, config: () => config, clock: manualClock(1), tell: (message: string) => told.push(message) },
    house: () => ({ rooms, pages: new PagedLists() }),
    ...{ moving: { move }, desk: { forget: () => {} }, hasRoomAside },
    foldAside: () => Promise.reject(new Error("nobody folds here")),
  } as unknown as ErasingParts;
  const settle = (): void => {
    for (const { user } of rooms.erasures.before(log.head)) rooms.erasures.settle(user);
  };
  return { erasing: new Erasing(parts), log, told, settle };
}

/** However slow the machine is: by itself vitest waits a second. */
const until = (isSo: () => void): Promise<void> => vi.waitFor(isSo, { timeout: 60_000 });

test("what fails is told and counted as pending, and tried again when more is to be erased", async () => {
  let tries = 0;
  const { erasing, told, settle } = erasingOver(async () => {
    if (++tries === 1) throw new Error("no space left");
    settle();
  });
  await erasing.erase("u-1");
  await until(() => expect(erasing.report).toMatchObject({ pending: 1, shoppers: 0, failure: "no space left" }));
  expect(told).toEqual([expect.stringContaining("no space left")]);
  await erasing.erase("u-2");
  await until(() => expect(erasing.report.pending).toBe(0));
  expect([tries, erasing.report.failure]).toEqual([2, undefined]);
  await erasing.close();
});

test("while memory has no room for the state twice the report says so, and no more once it has", async () => {
  const turn = Promise.withResolvers<void>();
  const { erasing, settle } = erasingOver(
    async ({ fold }) => {
      await turn.promise;
      await fold({} as never).catch(() => {});
      expect(erasing.report.failure).toBeUndefined();
      settle();
    },
    () => false,
  );
  await erasing.erase("u-1");
  await until(() => expect(erasing.report.failure).toMatch(/no room for the state twice.*at the next start/));
  turn.resolve();
  await until(() => expect(erasing.report).toMatchObject({ pending: 0, shoppers: 1 }));
  expect(erasing.report.failure).toBeUndefined();
  await erasing.close();
});

test("sent again it is noted again, known or not, unless nothing came since", async () => {
  const { erasing, log } = erasingOver(async () => {});
  expect((await erasing.erase("u-1")).offset).toBe(0);
  expect((await erasing.erase("u-1")).offset).toBe(0);
  log.append([{ type: "tick", time: 1, receivedAt: 1 }]);
  expect(await erasing.erase("u-1")).toMatchObject({ known: false, offset: 2 });
  expect(erasing.report.pending).toBe(1);
  await erasing.close();
});

test("an id that no event could name is refused, and nothing is noted", async () => {
  const { erasing } = erasingOver(async () => {});
  for (const user of ["", "x".repeat(513), 7 as never])
    await expect(erasing.erase(user)).rejects.toMatchObject({ code: "REQUEST_MALFORMED", at: "/user" });
  expect(erasing.report.pending).toBe(0);
});

test("closed, nothing more begins", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    let tries = 0;
    const { erasing } = erasingOver(async () => void tries++);
    await erasing.erase("u-1");
    await erasing.close();
    erasing.schedule();
    await vi.runAllTimersAsync();
    expect([tries, erasing.report.pending]).toEqual([0, 1]);
  } finally {
    vi.useRealTimers();
  }
});

test("where the names cannot be changed, the log in use stays, and what was begun is thrown away", async () => {
  const data = mkdtempSync(join(root, "data-"));
  mkdirSync(join(data, "log"));
  writeFileSync(join(data, "log", "data.mdb"), "in use");
  const { log, old } = beginErasing(data);
  mkdirSync(log);
  mkdirSync(join(old, "in the way"), { recursive: true });
  expect(() => commitErasing(data)).toThrow(/ENOTEMPTY|EEXIST/);
  await finishErasing(data);
  expect([readdirSync(data), existsSync(join(data, "log", "data.mdb"))]).toEqual([["log"], true]);
});
