/** The controller on a clock and a loop of its own: a queue whose true waits are known. */
import { describe, expect, test } from "vitest";
import { type Priority, type SheddingOptions, shedding } from "./shedding.ts";

interface Arrival {
  readonly atMs: number;
  readonly priority: Priority;
}
interface Handled extends Arrival {
  readonly waitedMs: number;
  readonly isRefused: boolean;
}

/** What an event loop does: looks once, handles all that it found, looks again. Refusing takes 0.1 ms; `ownMs`: what it does besides in each turn. */
function loop(
  arrivals: readonly Arrival[],
  shedAfterMs: number,
  answerMs = 1,
  isWarm = true,
  ownMs = 0,
): { handled: Handled[]; boundHolds: boolean } {
  let nowMs = 0;
  let after: (() => void)[] = [];
  const afterTurn = (one: () => void): void => void after.push(one);
  const options: SheddingOptions = { shedAfterMs, stopwatch: () => nowMs, isWarm, afterTurn };
  const shed = shedding(options);
  const handled: Handled[] = [];
  let boundHolds = true;
  for (let next = 0; next < arrivals.length || after.length > 0; ) {
    const idle = next < arrivals.length && after.length === 0;
    if (idle) nowMs = Math.max(nowMs, arrivals[next]!.atMs);
    const lookedAtMs = nowMs;
    for (; next < arrivals.length && arrivals[next]!.atMs <= lookedAtMs; next++) {
      const { atMs, priority } = arrivals[next]!;
      shed.arrived();
      const waitedMs = nowMs - atMs;
      if (shed.waitedMs() < waitedMs) boundHolds = false;
      const isRefused = shed.refuses(priority);
      nowMs += isRefused ? 0.1 : answerMs;
      handled.push({ atMs, priority, waitedMs, isRefused });
    }
    const due = after;
    after = [];
    for (const one of due) one();
    nowMs += ownMs;
  }
  return { handled, boundHolds };
}

/** Evenly, with the three priorities in turn. */
function evenly(perSecond: number, fromMs: number, untilMs: number, of: readonly Priority[]): Arrival[] {
  const count = Math.floor(((untilMs - fromMs) * perSecond) / 1000);
  return Array.from({ length: count }, (_, i) => ({
    atMs: fromMs + (i * 1000) / perSecond,
    priority: of[i % of.length]!,
  }));
}

const all: readonly Priority[] = ["query", "anonymous", "query", "events"];
const refusedShare = (handled: readonly Handled[], priority: Priority): number => {
  const mine = handled.filter((one) => one.priority === priority);
  return mine.filter(({ isRefused }) => isRefused).length / mine.length;
};

describe("shedding", () => {
  const shedAfterMs = 8;

  test("the wait that it tells is never shorter than the true one", () => {
    for (const perSecond of [300, 900, 1100, 3000, 20_000]) {
      expect(loop(evenly(perSecond, 5, 2000, all), shedAfterMs).boundHolds, `${perSecond}`).toBe(true);
    }
  });

  test("nothing is refused while all can be answered, nor when a short burst comes at once", () => {
    const burst = Array.from({ length: 50 }, (): Arrival => ({ atMs: 3000, priority: "anonymous" }));
    const { handled } = loop([...evenly(800, 5, 2000, all), ...burst], shedAfterMs);
    expect(handled.filter(({ isRefused }) => isRefused)).toEqual([]);
  });

  test("at three times the capacity who is let in has not waited long, and the thread is kept busy", () => {
    const { handled } = loop(evenly(3000, 5, 5000, all), shedAfterMs);
    const settled = handled.filter(({ atMs, priority }) => atMs > 300 && priority !== "events");
    const letIn = settled.filter(({ isRefused }) => !isRefused);
    expect(Math.max(...letIn.map(({ waitedMs }) => waitedMs))).toBeLessThanOrEqual(shedAfterMs);
    const answered = handled.filter(({ isRefused }) => !isRefused).length;
    expect(answered).toBeGreaterThan(0.7 * 5000);
  });

  test("anonymous queries go first, known shoppers' next, events last", () => {
    const { handled } = loop(evenly(3000, 5, 5000, all), shedAfterMs);
    const [anonymous, query, events] = (["anonymous", "query", "events"] as const).map((one) =>
      refusedShare(handled, one),
    );
    expect(anonymous).toBeGreaterThan(0.95);
    expect(query).toBeGreaterThan(0.5);
    expect(query).toBeLessThan(anonymous!);
    expect(events).toBe(0);
  });

  test("where leaving anonymous queries out is enough, few others are refused", () => {
    const { handled } = loop(evenly(1600, 5, 5000, ["query", "anonymous"]), shedAfterMs);
    expect(refusedShare(handled, "query")).toBeLessThan(0.05);
    expect(refusedShare(handled, "anonymous")).toBeGreaterThan(0.5);
  });

  test("events too are refused when they alone are too many for long", () => {
    const { handled } = loop(evenly(3000, 5, 5000, ["events"]), shedAfterMs);
    expect(refusedShare(handled, "events")).toBeGreaterThan(0.3);
    expect(Math.max(...handled.filter(({ isRefused }) => !isRefused).map(({ waitedMs }) => waitedMs))).toBeLessThan(
      3000,
    );
  });

  test("once the load is over, the next is let in; who goes first, soon after", () => {
    const after = evenly(200, 3200, 3700, all);
    const { handled } = loop([...evenly(3000, 5, 3000, all), ...after], shedAfterMs);
    const refused = handled.filter(({ atMs, isRefused }) => atMs >= 3200 && isRefused);
    expect(refused.filter(({ priority, atMs }) => priority !== "anonymous" || atMs > 3600)).toEqual([]);
  });

  test("where answers take long, those who wait for a few of them are let in", () => {
    const pairs = Array.from({ length: 300 }, (_, i): Arrival => ({ atMs: Math.floor(i / 2) * 40, priority: "query" }));
    const { handled } = loop(pairs, shedAfterMs, 20);
    // It has seen by then how long they take.
    expect(handled.filter(({ atMs, isRefused }) => isRefused && atMs > 1000)).toEqual([]);
  });

  test("how long a client takes to send its body is no wait", () => {
    let nowMs = 0;
    const after: (() => void)[] = [];
    const shed = shedding({ shedAfterMs, stopwatch: () => nowMs, afterTurn: (one) => after.push(one) });
    shed.arrived();
    while (after.length > 0) for (const one of after.splice(0)) one();
    nowMs = 5000;
    expect(shed.refuses("anonymous")).toBe(false);
    expect(shed.waitedMs()).toBe(0);
    nowMs = 5020;
    expect(shed.waitedMs()).toBe(20);
  });

  test("a pause of the process, however busy it is, refuses nobody", () => {
    const pause: Arrival = { atMs: 2000, priority: "events" };
    const busy = evenly(400, 5, 5000, all);
    const arrivals = [...busy, ...Array.from({ length: 30 }, () => pause)].sort((a, b) => a.atMs - b.atMs);
    expect(loop(arrivals, shedAfterMs).handled.filter(({ isRefused }) => isRefused)).toEqual([]);
  });

  test("a few at once after a calm time are no overload, however long the first of them take", () => {
    const calm: Arrival = { atMs: 0, priority: "query" };
    const atOnce = (count: number) => Array.from({ length: count }, (): Arrival => ({ atMs: 5000, priority: "query" }));
    const refused = (count: number) =>
      loop([calm, ...atOnce(count)], shedAfterMs, 400).handled.filter(({ isRefused }) => isRefused).length;
    expect(refused(12)).toBe(0);
    expect(refused(13)).toBe(1);
  });

  test("nor in a process that has just started", () => {
    const two = [0, 1].map((atMs): Arrival => ({ atMs, priority: "query" }));
    expect(loop(two, shedAfterMs, 6000, false).handled.map(({ isRefused }) => isRefused)).toEqual([false, false]);
  });

  test("who asks one after the other is let in, whatever the process does besides", () => {
    for (const ownMs of [10, 25, 60]) {
      // Each comes while the work beside the one before is done.
      const arrivals = Array.from({ length: 400 }, (_, i): Arrival => ({ atMs: i * (ownMs + 1), priority: "query" }));
      const { handled } = loop(arrivals, shedAfterMs, 1, true, ownMs);
      expect(handled.filter(({ isRefused }) => isRefused)).toEqual([]);
    }
  });

  test("a process that has just started may take its time, but not for good", () => {
    const atOnce = Array.from({ length: 200 }, (): Arrival => ({ atMs: 0, priority: "query" }));
    expect(loop(atOnce, shedAfterMs, 5, false).handled.filter(({ isRefused }) => isRefused)).toEqual([]);
    const { handled } = loop(evenly(3000, 5, 5000, all), shedAfterMs, 1, false);
    expect(handled.findIndex(({ isRefused }) => isRefused)).toBeGreaterThan(1000);
    expect(refusedShare(handled.slice(6000), "query")).toBeGreaterThan(0.4);
  });

  test("at 0 nothing is ever refused", () => {
    const { handled } = loop(evenly(3000, 5, 3000, all), 0);
    expect(handled.filter(({ isRefused }) => isRefused)).toEqual([]);
  });
});
