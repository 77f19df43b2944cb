/** What suspects do teaches nothing, can be looked at, and comes back when the verdict changes. */
import { describe, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import { type manualClock, minuteMs } from "../src/core/clock.ts";
import type { LoggedEvent } from "../src/core/event.ts";
import { limits } from "../src/core/limits.ts";
import type { Engine, EventInput } from "../src/core/public.ts";
import { checksum } from "../src/core/state.ts";
import { createEngine } from "../src/index.ts";
import { Learning } from "../src/learn.ts";
import { buildRooms, type Rooms } from "../src/rooms.ts";
import { many, overHttp, withEngine, withLimit } from "./at-limits.ts";

const startMs = Date.UTC(2026, 10, 22);
const items = many(30, (i) => `p-${i}`);
const did = (action: string, item: string, user: string, rest: object = {}): EventInput => ({
  ...{ type: "outcome", action, item, user },
  ...rest,
});
const says = (user: string, trusted: boolean | null): EventInput => ({ type: "user", user, fields: { trusted } });
const list = (slate: string, user: string, shown: readonly string[] = items.slice(0, 5)): EventInput => ({
  ...{ type: "slate", slate, user },
  items: shown,
});

/** A life of two shoppers and a robot that leaves an item every 300 ms, lists of the engine's own included. */
async function life(engine: Engine, clock: ReturnType<typeof manualClock>): Promise<void> {
  await engine.record(items.map((item, i) => ({ type: "item", item, fields: { price: 10 + i } })));
  for (let turn = 0; turn < 12; turn++) {
    for (const user of ["u-1", "robot", "u-2"]) {
      const { slate, items: shown } = engine.rank({ user, items: items.slice(turn, turn + 10), surface: "search" });
      const clicked = user === "robot" ? shown : shown.slice(turn % 3, (turn % 3) + 1);
      for (const { item } of clicked) {
        clock.advance(user === "robot" ? 300 : 20_000);
        await engine.record(did("click", item, user, { slate, time: clock.nowMs() - 1 }));
      }
      clock.advance(minuteMs);
    }
  }
}

function folded(events: readonly EventInput[]): Rooms {
  const rooms = buildRooms(completeConfig({}));
  const learning = new Learning(rooms);
  events.forEach((event, offset) => {
    const time = startMs + 10_000 * offset;
    learning.fold({ time, receivedAt: time, ...event } as unknown as LoggedEvent, offset);
  });
  return rooms;
}

/** Checksum of all that answers to others are made of: not who the shoppers are, what of them is held, and what became of their events. */
const learned = ({ states }: Rooms): string =>
  checksum(states.filter(({ name }) => !/^(?:engine|shoppers|trust|fates)(?:\.|$)/.test(name)));

describe("a suspect", () => {
  test("leaves no trace in what is learned", () => {
    const bots = [
      list("s-2", "bot", ["p-3", "p-new"]),
      did("click", "p-3", "bot", { slate: "s-2" }),
      ...["view", "seen", "cart", "hide"].map((action) => did(action, "p-other", "bot")),
    ];
    const shops = [list("s-1", "u-1"), did("click", "p-2", "u-1", { slate: "s-1" }), did("view", "p-4", "u-1")];
    const all = [says("bot", false), shops[0]!, ...bots, shops[1]!, ...bots, shops[2]!].map((event, n) => {
      const time = startMs + 10_000 * n;
      return { ...event, time, receivedAt: time };
    });
    const few = all.map((event, n) => {
      const isBots = n > 0 && "user" in event && event.user === "bot";
      return isBots ? { type: "tick", time: event.time, receivedAt: event.time } : event;
    });
    expect(learned(folded(all))).toBe(learned(folded(few)));
  });

  test("is found out by a robot's pace, and shoppers are not", async () => {
    await withEngine(async (engine, clock) => {
      await life(engine, clock);
      const { shoppers, suspects, held, counts } = engine.quarantine();
      expect(shoppers.map(({ user, reason }) => [user, reason])).toEqual([["robot", "dwell"]]);
      expect(suspects).toBe(1);
      expect(held).toBe(limits.quarantineOfOneMax);
      expect(counts).toMatchObject({ released: 0 });
      expect(counts.heldForDwell).toBe(held + counts.leftQuarantine!);
    });
  });

  test("is told by the times that clients give: what is stamped at its arrival only may be late, and many at once", async () => {
    await withEngine(async (engine, clock) => {
      for (let n = 0; n < 200; n++) {
        clock.advance(300);
        await engine.record(did("click", `p-${n % 20}`, "u-1"));
        if (n === 90) expect(engine.status().suspects).toBe(0);
      }
      expect(engine.status()).toMatchObject({ suspects: 1 });
    });
  });

  test("is nobody who comes back to a favourite, list after list", async () => {
    await withEngine(async (engine, clock) => {
      for (let n = 0; n < 60; n++) {
        const { slate } = engine.rank({ user: "u-1", items });
        clock.advance(minuteMs);
        await engine.record(did("click", "p-7", "u-1", { slate, time: clock.nowMs() - 1 }));
      }
      expect(engine.status()).toMatchObject({ suspects: 0 });
    });
  });

  test("is one in a replay at the very same event", async () => {
    await withEngine(async (engine, clock) => {
      await life(engine, clock);
      await engine.record(says("robot", true));
      await life(engine, clock);
      const rooms = buildRooms(completeConfig({}));
      const learning = new Learning(rooms);
      for (const { event, offset } of engine.events()) learning.fold(event, offset);
      expect(checksum(rooms.states)).toBe(engine.checksum());
      expect(rooms.trust.counts.released).toBe(limits.quarantineOfOneMax);
    });
  });
});

describe("what is held", () => {
  const doing = [list("s-1", "u-1"), did("click", "p-2", "u-1", { slate: "s-1" }), did("cart", "p-2", "u-1")];

  test("comes back when the verdict changes, in its order, and teaches then", async () => {
    await withEngine(async (engine, clock) => {
      await engine.record([says("u-1", false), ...doing]);
      expect(engine.status()).toMatchObject({ suspects: 1, quarantined: 3, openSlates: 0 });
      expect(engine.status().counts).toMatchObject({ heldByName: 3, lessons: 0, joinedById: 0 });
      expect(engine.user("u-1")!.recent).toEqual([]);
      clock.advance(minuteMs);
      await engine.record(says("u-1", true));
      expect(engine.status()).toMatchObject({ suspects: 0, quarantined: 0, openSlates: 1 });
      expect(engine.status().counts).toMatchObject({ released: 3, lessons: 2, joinedById: 1, joinedByShopper: 1 });
      expect(engine.user("u-1")!.recent).toMatchObject([{ item: "p-2", lastAction: "cart", touches: 2 }]);
    });
  });

  test("is remembered of who did it, and once only when it comes back", async () => {
    await withEngine(async (engine) => {
      await engine.record([{ type: "item", item: "p-2", fields: {} }, says("u-1", false), ...doing]);
      const recent = [{ item: "p-2", lastAction: "cart", touches: 2 }];
      expect(engine.user("u-1")!.recent).toMatchObject(recent);
      await engine.record(says("u-1", true));
      expect(engine.status().counts).toMatchObject({ released: 3, joinedById: 1 });
      expect(engine.user("u-1")!.recent).toMatchObject(recent);
    });
  });

  test("never comes where nobody says so", async () => {
    await withEngine(async (engine, clock) => {
      await engine.record([says("u-1", false), ...doing]);
      for (let n = 0; n < 60; n++) {
        clock.advance(10 * minuteMs);
        await engine.record(did("click", `p-${n % 20}`, "u-1"));
      }
      expect(engine.status()).toMatchObject({ suspects: 1, openSlates: 0 });
    });
  });

  test("comes with the first outcome after a session turned out to be a trusted user's", async () => {
    await withEngine(async (engine, clock) => {
      await engine.record(says("u-1", true));
      for (let n = 0; n < 30; n++) {
        clock.advance(300);
        await engine.record({
          ...did("click", `p-${n}`, ""),
          user: undefined,
          session: "v-1",
          time: clock.nowMs() - 1,
        });
      }
      expect(engine.quarantine()).toMatchObject({ suspects: 1, shoppers: [{ session: "v-1", reason: "dwell" }] });
      const { held } = engine.quarantine();
      expect(held).toBeGreaterThan(10);
      clock.advance(minuteMs);
      await engine.record(did("click", "p-1", "u-1", { session: "v-1" }));
      expect(engine.quarantine()).toMatchObject({ suspects: 0, held: 0, counts: { released: held } });
      expect(engine.user("u-1")!.recent).toHaveLength(20);
    });
  });

  test("is listed, the newest first, in process and over HTTP", async () => {
    await withEngine((engine) =>
      overHttp(engine, async (app) => {
        await engine.record([says("u-1", false), ...doing]);
        const report = engine.quarantine();
        expect(report.events.map(({ offset, event }) => [offset, event.type])).toEqual([
          [3, "outcome"],
          [2, "outcome"],
          [1, "slate"],
        ]);
        expect(engine.inspect({ quarantine: true })).toEqual(report);
        const answer = await app.inject("/v1/quarantine");
        expect([answer.statusCode, answer.json()]).toEqual([200, JSON.parse(JSON.stringify(report))]);
      }),
    );
  });

  test("is bounded: quarantineOfOneMax, quarantineEventsMax, quarantineBytesMax", async () => {
    const hold = (users: number, times: number) => async (engine: Engine) => {
      for (let user = 0; user < users; user++) await engine.record(says(`u-${user}`, false));
      for (let n = 0; n < times; n++)
        for (let user = 0; user < users; user++) await engine.record(did("click", "p-1", `u-${user}`));
      const { held, counts } = engine.quarantine();
      return [held, counts.leftQuarantine];
    };
    const one = limits.quarantineOfOneMax;
    expect(await withEngine(hold(1, one))).toEqual([one, 0]);
    expect(await withEngine(hold(1, one + 1))).toEqual([one, 1]);
    expect(await withLimit("quarantineEventsMax", 6, () => withEngine(hold(2, 3)))).toEqual([6, 0]);
    expect(await withLimit("quarantineEventsMax", 6, () => withEngine(hold(7, 1)))).toEqual([6, 1]);
    const [held, left] = await withLimit("quarantineBytesMax", 1000, () => withEngine(hold(2, 10)));
    expect(held! + left!).toBe(20);
    expect(left).toBeGreaterThan(5);
  });
});

test("a shopper teaches no more than the lessons of a day", async () => {
  const run = (settings: object) =>
    withEngine(async (engine, clock) => {
      for (let n = 0; n < 8; n++) {
        await engine.record([list(`s-${n}`, "u-1"), did("click", `p-${n % 5}`, "u-1", { slate: `s-${n}` })]);
        clock.advance(2 * minuteMs);
      }
      return engine.status().counts;
    }, settings);
  expect((await run({})).overBudget).toBe(0);
  expect((await run({ trustLimits: { lessons: 5 } })).overBudget).toBeGreaterThan(5);
});

test("a limit of no rule is refused with the nearest one", async () => {
  await expect(createEngine({ trustLimits: { repetitions: 3 } })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    at: "/trustLimits/repetitions",
    message: expect.stringContaining('"repetition"'),
  });
  await expect(createEngine({ trustLimits: { pace: -1 } })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});
