/** What every event log promises, as checks that run on each implementation. */
import { expect } from "vitest";
import type { LoggedEvent, OutcomeEvent } from "../core/event.ts";
import { random } from "../core/random.ts";
import type { BlockDisk } from "./block-disk.ts";
import type { EventLog, LoggedAt } from "./event-log.ts";

/** One implementation, as the checks need it. */
export interface Subject {
  readonly name: string;
  /** A new, empty log. */
  open(): EventLog;
  /** The log just closed, opened again; absent where nothing is kept. */
  readonly reopen?: () => EventLog;
  /** A new, empty disk of the same kind. */
  newDisk(): BlockDisk;
  /** A new log whose `works` first flushes succeed and whose later ones fail; absent where a disk cannot be broken here. */
  readonly openFailing?: (works: number) => EventLog;
}

export interface Promised {
  readonly name: string;
  /** What a subject must be able to do; one that cannot is skipped, and says why in its test. */
  readonly needs?: "reopen" | "openFailing";
  check(subject: Subject): Promise<void>;
}

export const promise = (name: string, check: Promised["check"], needs?: Promised["needs"]): Promised => ({
  name,
  check,
  ...(needs && { needs }),
});

export function click(n: number): OutcomeEvent {
  return { type: "outcome", action: "click", item: `p-${n}`, user: "u-ä€😀", time: 1000 + n, receivedAt: 2000 + n };
}

export const clicks = (from: number, to: number): LoggedEvent[] =>
  Array.from({ length: to - from }, (_, i) => click(from + i));
export const numbered = (from: number, to: number): LoggedAt[] =>
  clicks(from, to).map((event, i) => ({ offset: from + i, event }));

export async function withLog(log: EventLog, use: (log: EventLog) => unknown): Promise<void> {
  try {
    await use(log);
  } finally {
    await log.close();
  }
}

export const promises: readonly Promised[] = [
  promise("a new log is empty and has an id of its own", async ({ open }) => {
    const ids = new Set<string>();
    for (let i = 0; i < 2; i++) {
      await withLog(open(), (log) => {
        expect([log.head, log.durableHead, ...log.read(0)]).toEqual([0, 0]);
        expect(log.id).toMatch(/^[0-9a-f]{16}$/);
        ids.add(log.id);
      });
    }
    expect(ids.size).toBe(2);
  }),

  promise("an append answers its first offset, and offsets have no gaps", ({ open }) =>
    withLog(open(), (log) => {
      expect(log.append(clicks(0, 3))).toBe(0);
      expect(log.append([])).toBe(3);
      expect(log.append(clicks(3, 4))).toBe(3);
      expect(log.head).toBe(4);
      expect([...log.read(0)]).toEqual(numbered(0, 4));
    }),
  ),

  promise("the subscriber is called inside the append, in order, with what was appended", ({ open }) =>
    withLog(open(), (log) => {
      const seen: LoggedAt[] = [];
      log.append(clicks(0, 2));
      log.subscribe((event, offset) => seen.push({ offset, event }));
      log.append(clicks(2, 5));
      expect(seen).toEqual(numbered(2, 5));
      log.append(clicks(5, 6));
      expect(seen).toEqual(numbered(2, 6));
    }),
  ),

  promise("there is one subscriber, and it does not append", ({ open }) =>
    withLog(open(), (log) => {
      log.subscribe(() => log.append(clicks(9, 10)));
      expect(() => log.subscribe(() => {})).toThrow(expect.objectContaining({ code: "INTERNAL" }));
      expect(() => log.append(clicks(0, 1))).toThrow(expect.objectContaining({ code: "INTERNAL" }));
      expect([...log.read(0)]).toEqual(numbered(0, 1));
    }),
  ),

  promise("what is appended can be read at once, before it is durable, and the same afterwards", ({ open }) =>
    withLog(open(), async (log) => {
      log.append(clicks(0, 10));
      await log.durable();
      log.append(clicks(10, 20));
      expect(log.durableHead).toBe(10);
      expect([...log.read(5, 15)]).toEqual(numbered(5, 15));
      await log.durable();
      expect(log.durableHead).toBe(20);
      expect([...log.read(5, 15)]).toEqual(numbered(5, 15));
    }),
  ),

  promise("any range reads as the same slice of the whole", ({ open }) =>
    withLog(open(), async (log) => {
      const chance = random("ranges");
      while (log.head < 3000) {
        const first = log.head;
        log.append(clicks(first, first + 1 + chance.int(chance.int(4) === 0 ? 1500 : 5)));
        if (chance.int(4) === 0) await log.durable();
      }
      const whole = [...log.read(0)];
      expect(whole).toEqual(numbered(0, log.head));
      for (let i = 0; i < 100; i++) {
        const from = chance.int(log.head + 10);
        const to = chance.int(log.head + 10);
        expect([...log.read(from, to)]).toEqual(whole.slice(from, Math.max(from, to)));
      }
      expect([...log.read(-3, 2)]).toEqual(whole.slice(0, 2));
    }),
  ),

  promise("a read goes to the head at its call, however slowly it is read", ({ open }) =>
    withLog(open(), async (log) => {
      log.append(clicks(0, 5));
      const range = log.read(0);
      const seen: LoggedAt[] = [];
      for (const logged of range) {
        seen.push(logged);
        log.append(clicks(log.head, log.head + 1));
        await log.durable();
      }
      expect(seen).toEqual(numbered(0, 5));
      expect([...log.read(0)]).toEqual(numbered(0, 10));
    }),
  ),

  promise("the list given to an append may be changed afterwards", ({ open }) =>
    withLog(open(), async (log) => {
      const events = clicks(0, 3);
      log.append(events);
      events.length = 0;
      expect([...log.read(0)]).toEqual(numbered(0, 3));
      await log.durable();
      expect([...log.read(0)]).toEqual(numbered(0, 3));
    }),
  ),

  promise("bytes on their way to disk are counted until they are durable, and those on disk from then on", ({ open }) =>
    withLog(open(), async (log) => {
      const before = log.bytes;
      expect(log.queuedBytes).toBe(0);
      log.append(clicks(0, 400));
      log.append(clicks(400, 500));
      const asJson = clicks(0, 500).reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
      expect([log.queuedBytes, log.bytes]).toEqual([asJson, before]);
      await log.durable();
      expect(log.queuedBytes).toBe(0);
      expect(log.bytes).toBeGreaterThan(before + asJson);
    }),
  ),

  promise("trimmed, it begins with a later event, keeps all from the given one on, and goes on as before", ({ open }) =>
    withLog(open(), async (log) => {
      await log.trim(10);
      expect([log.start, log.head]).toEqual([0, 0]);
      const firsts: number[] = [];
      while (log.head < 400) {
        firsts.push(log.append(clicks(log.head, log.head + 1 + (log.head % 7))));
        await log.durable();
      }
      const full = log.bytes;
      let start = 0;
      for (const before of [-5, 0, 1, 250, 200, 251]) {
        await log.trim(before);
        const blockOf = firsts.findLast((first) => first <= Math.max(0, before))!;
        start = Math.max(start, blockOf);
        expect(log.start).toBe(start);
        for (const from of [0, start, start + 3])
          expect([...log.read(from)]).toEqual(numbered(Math.max(from, start), log.head));
      }
      expect(log.start).toBeGreaterThan(200);
      expect(log.bytes).toBeLessThan(full);
      log.append(clicks(log.head, log.head + 9));
      await log.durable();
      expect([...log.read(0)]).toEqual(numbered(start, log.head));
    }),
  ),

  promise("a trim leaves the last block, and what is not yet durable", ({ open }) =>
    withLog(open(), async (log) => {
      for (const first of [0, 5, 10]) {
        log.append(clicks(first, first + 5));
        await log.durable();
      }
      log.append(clicks(15, 20));
      await log.trim(1_000);
      expect(log.start).toBe(10);
      expect([...log.read(0)]).toEqual(numbered(10, 20));
      await log.durable();
      await log.trim(log.head);
      expect([...log.read(0)]).toEqual(numbered(15, 20));
    }),
  ),

  promise("a trim and appends at the same time do not disturb each other", ({ open }) =>
    withLog(open(), async (log) => {
      const chance = random("trims");
      const trims: Promise<void>[] = [];
      for (let n = 0; n < 60; n++) {
        log.append(clicks(log.head, log.head + 1 + chance.int(40)));
        if (n % 3 === 0) trims.push(log.trim(chance.int(log.head)));
        if (n % 2 === 0) await log.durable();
      }
      await Promise.all([...trims, log.durable()]);
      expect(log.start).toBeGreaterThan(0);
      expect([...log.read(0)]).toEqual(numbered(log.start, log.head));
    }),
  ),

  promise("a slow reader that a trim overtakes is told, and never skips", ({ open }) =>
    withLog(open(), async (log) => {
      for (const first of [0, 5, 10]) {
        log.append(clicks(first, first + 5));
        await log.durable();
      }
      const seen: LoggedAt[] = [];
      const read = async (): Promise<void> => {
        for (const logged of log.read(0)) {
          seen.push(logged);
          if (logged.offset === 2) await log.trim(12);
        }
      };
      await expect(read()).rejects.toMatchObject({ code: "LOG_TRIMMED", message: expect.stringContaining("10") });
      expect(seen).toEqual(numbered(0, 5));
    }),
  ),

  promise("a closed log is not trimmed", async ({ open }) => {
    const log = open();
    log.append(clicks(0, 1));
    await log.close();
    await expect(log.trim(1)).rejects.toMatchObject({ code: "CLOSED" });
    expect([log.start, log.head]).toEqual([0, 1]);
    expect(log.bytes).toBeGreaterThanOrEqual(0);
  }),

  promise(
    "trimmed, closed and opened again, it begins where it began",
    async ({ open, reopen }) => {
      const log = open();
      for (let first = 0; first < 3000; first += 1000) {
        log.append(clicks(first, first + 1000));
        await log.durable();
      }
      await log.trim(1500);
      await log.close();
      await withLog(reopen!(), async (again) => {
        expect([again.id, again.start, again.head]).toEqual([log.id, 1000, 3000]);
        expect([...again.read(0)]).toEqual(numbered(1000, 3000));
        again.append(clicks(3000, 3001));
        await again.trim(again.head);
        expect(again.start).toBe(2000);
        await again.durable();
      });
      await withLog(reopen!(), (again) => expect([...again.read(0)]).toEqual(numbered(2000, 3001)));
    },
    "reopen",
  ),

  promise("durable with nothing appended resolves", ({ open }) => withLog(open(), (log) => log.durable())),

  promise("many writers that wait together are all answered, each with its events durable", ({ open }) =>
    withLog(open(), async (log) => {
      const writers = Array.from({ length: 64 }, async () => {
        for (let i = 0; i < 5; i++) {
          const offset = log.append([click(log.head)]);
          await log.durable();
          expect(log.durableHead).toBeGreaterThan(offset);
        }
      });
      await Promise.all(writers);
      expect([...log.read(0)]).toEqual(numbered(0, 320));
    }),
  ),

  promise("an event keeps every byte: unicode, numbers, odd keys", ({ open }) =>
    withLog(open(), async (log) => {
      const fields = JSON.parse(
        '{"title":"Schärpe 😀 \\ud800 \\u0000","price":0.1,"big":1e308,"tiny":5e-324,"none":null,"__proto__":{"a":[1,[2]]}}',
      );
      const event: LoggedEvent = { type: "item", item: "p-1", fields, time: 1, receivedAt: 2 };
      log.append([event]);
      await log.durable();
      expect(JSON.stringify([...log.read(0)][0]!.event)).toBe(JSON.stringify(event));
    }),
  ),

  promise("a closed log refuses, by code, and closing twice is closing once", async ({ open }) => {
    const log = open();
    log.append(clicks(0, 1));
    await Promise.all([log.close(), log.close()]);
    const closed = expect.objectContaining({ code: "CLOSED" });
    expect(() => log.append(clicks(0, 1))).toThrow(closed);
    expect(() => [...log.read(0)]).toThrow(closed);
    expect(log.durableHead).toBe(1);
  }),

  promise(
    "closed and opened again, it goes on where it was, under the same id",
    async ({ open, reopen }) => {
      const log = open();
      log.append(clicks(0, 1200));
      log.append(clicks(1200, 1201));
      await log.close();
      await withLog(reopen!(), async (again) => {
        expect([again.id, again.head, again.durableHead]).toEqual([log.id, 1201, 1201]);
        expect(again.append(clicks(1201, 1300))).toBe(1201);
        await again.durable();
      });
      await withLog(reopen!(), (again) => expect([...again.read(0)]).toEqual(numbered(0, 1300)));
    },
    "reopen",
  ),

  promise(
    "a failed flush: waiters are refused, listeners told once, and the head is back at what is durable",
    async ({ openFailing }) => {
      const log = openFailing!(1);
      const unwritable = expect.objectContaining({ code: "LOG_UNWRITABLE" });
      const told: unknown[] = [];
      log.onFailure((error) => told.push([error, log.head]));
      log.append(clicks(0, 5));
      await log.durable();
      log.append(clicks(5, 7));
      const first = log.durable();
      // Appended while that flush is under way: lost with it.
      const second = new Promise((resolve) => setImmediate(resolve)).then(() => {
        log.append(clicks(7, 9));
        return log.durable();
      });
      expect(await Promise.allSettled([first, second])).toEqual([
        { status: "rejected", reason: unwritable },
        { status: "rejected", reason: unwritable },
      ]);
      expect(told).toEqual([[unwritable, 5]]);
      expect(log.queuedBytes).toBe(0);
      await expect(log.trim(5)).rejects.toEqual(unwritable);
      expect([log.head, log.durableHead]).toEqual([5, 5]);
      expect([...log.read(0)]).toEqual(numbered(0, 5));
      expect(() => log.append(clicks(5, 6))).toThrow(unwritable);
      await expect(log.durable()).rejects.toEqual(unwritable);
      const late: unknown[] = [];
      log.onFailure((error) => late.push(error));
      expect(late).toEqual([unwritable]);
      await log.close();
    },
    "openFailing",
  ),

  promise(
    "a close whose flush fails says so",
    async ({ openFailing }) => {
      const log = openFailing!(0);
      log.append(clicks(0, 5));
      await expect(log.close()).rejects.toMatchObject({ code: "LOG_UNWRITABLE" });
    },
    "openFailing",
  ),
];
