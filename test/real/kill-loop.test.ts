/** Acknowledged is durable (ARCHITECTURE.md, invariant 5): the real service, killed under load; `npm run kill-loop` does more of it. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { LoggedEvent } from "../../src/core/event.ts";
import { killLoop } from "./kill-loop.ts";
import { atomicMax, Ledger } from "./ledger.ts";
import { endAll } from "./processes.ts";

const folder = mkdtempSync(join(tmpdir(), "liveshelf-kills-"));
afterAll(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

test("killed twenty times under load, it keeps all that was acknowledged, once, and the state is that of the log", async () => {
  const report = await killLoop({ seed: 30, kills: 20, compareEvery: 10, folder });
  expect(report.faults).toEqual([]);
  expect(report).toMatchObject({ kills: 20, lost: 0, doubled: 0, strange: 0, torn: 0, checksumsDiffering: 0 });
  expect(report.acknowledged).toBeGreaterThan(200);
  expect(report.slatesKept).toBeGreaterThan(20);
  // Which of the two, a machine's speed decides.
  expect(report.insideSnapshot + report.fromSnapshot).toBeGreaterThan(0);
  expect(report.checksums).toBeGreaterThanOrEqual(3);
  expect(readdirSync(folder)).toEqual([]);
});

describe("the ledger finds out", () => {
  const receipt = (accepted: number) => ({ accepted, duplicates: 0, rejected: [], offset: 0 });
  const click = (id: string) => ({ id, type: "outcome", action: "click", item: "p-1", user: "u-1" });
  const at = (offset: number, event: object) => ({
    offset,
    event: { ...event, time: 1, receivedAt: 1 } as LoggedEvent,
  });

  /** Three events sent and acknowledged, two that were not, and what the log is said to hold. */
  function compared(...events: object[]): Ledger {
    const ledger = new Ledger();
    ledger.acknowledge(ledger.send(["a", "b", "c"].map(click)), receipt(3));
    ledger.send(["d", "e"].map(click));
    ledger.ask(7);
    ledger.answer(7, "s-7");
    ledger.compare(events.map((event, offset) => at(offset, event)));
    return ledger;
  }
  const slate = (name: string, question: number) => ({
    type: "slate",
    slate: name,
    items: ["p-1"],
    context: { question },
  });

  test("nothing, where all is in order", () => {
    for (const more of [[], ["d", "e"].map(click), [slate("s-7", 7)]]) {
      expect(compared(...["a", "b", "c"].map(click), ...more).faults).toEqual([]);
    }
  });

  test.each([
    ["lost", ["a", "b"].map(click)],
    ["doubled", ["a", "b", "c", "a"].map(click)],
    ["torn", ["a", "b", "c", "d"].map(click)],
    ["strange", ["a", "b", "c", "x"].map(click)],
    ["strange", [...["a", "b"].map(click), { ...click("c"), item: "p-2" }]],
    ["strange", [...["a", "b", "c"].map(click), slate("s-8", 8)]],
    ["strange", [...["a", "b", "c"].map(click), slate("s-7", 8)]],
    ["doubled", [...["a", "b", "c"].map(click), slate("s-7", 7), slate("s-9", 7)]],
  ] as const)("what is %s (%#)", (kind, events) => {
    expect(compared(...events).tally[kind]).toBeGreaterThan(0);
  });

  test("an acknowledged batch that is accepted again, and a slate that two lists are given", () => {
    const ledger = new Ledger();
    const batch = ledger.send([click("a")]);
    ledger.acknowledge(batch, receipt(1));
    ledger.acknowledge(batch, { ...receipt(0), duplicates: 1 });
    expect(ledger.tally.doubled).toBe(0);
    // Sent twice at once, and the second call's answer heard first.
    ledger.acknowledge(batch, receipt(1), false);
    expect(ledger.tally.doubled).toBe(0);
    ledger.acknowledge(batch, receipt(1));
    ledger.answer(1, "s");
    ledger.answer(2, "s");
    expect(ledger.tally.doubled).toBe(2);
  });

  test("no tear in a batch too large for one piece", () => {
    const ledger = new Ledger();
    ledger.send(Array.from({ length: atomicMax + 1 }, (_, i) => click(`e-${i}`)));
    ledger.compare([at(0, click("e-0"))]);
    expect(ledger.faults).toEqual([]);
  });
});
