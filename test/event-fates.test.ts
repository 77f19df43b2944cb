/** What became of an event can be asked by its id, for those that were taken and those that were not (docs/events.md). */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { dayMs, hourMs, manualClock, minuteMs, secondMs } from "../src/core/clock.ts";
import type { EventReport } from "../src/core/event-report.ts";
import { limits } from "../src/core/limits.ts";
import type { Engine, EventInput } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { many, overHttp, withEngine, withLimit } from "./at-limits.ts";

const startMs = Date.UTC(2026, 10, 22);
const shown = many(5, (i) => `p-${i}`);
const items: EventInput[] = shown.map((item) => ({ type: "item", item, fields: { title: `Scarf ${item}` } }));
const list: EventInput = { type: "slate", id: "e-list", slate: "s-1", user: "u-1", items: shown };
const did = (id: string, action: string, rest: object = {}): EventInput => ({
  ...{ type: "outcome", id, action, item: "p-2", user: "u-1", slate: "s-1" },
  ...rest,
});
const taughtBy = (engine: Engine, id: string): string => engine.event(id)!.taught!.join(" ");

describe("an event that was taken", () => {
  test("tells its place in the log, the list that it joined and what it taught", () =>
    withEngine(async (engine) => {
      await engine.record([...items, list, did("e-1", "click")]);
      expect(engine.event("e-1")).toMatchObject({
        ...{ id: "e-1", result: "accepted", offset: 6, durable: true, slate: "s-1" },
        event: { type: "outcome", action: "click", item: "p-2" },
        counted: ["joinedById", "lessons", "choice"],
      });
      expect(taughtBy(engine, "e-1")).toContain("learned at once that the item was chosen");
      expect(engine.event("e-list")).toMatchObject({ offset: 5, slate: "s-1" });
      expect(taughtBy(engine, "e-list")).toContain("1 of its 5 items were chosen so far, 0 reported as seen");
    }));

  test("that joined no list says why", () =>
    withEngine(async (engine) => {
      await engine.record([...items, list]);
      await engine.record([
        did("e-stranger", "click", { user: "u-2", slate: undefined }),
        did("e-nobody", "click", { user: undefined, slate: undefined }),
        did("e-other", "click", { item: "p-9" }),
        did("e-unknown", "click", { slate: "s-2" }),
      ]);
      expect(engine.event("e-stranger")).toMatchObject({ slate: null, counted: ["orphans", "choice"] });
      expect(taughtBy(engine, "e-stranger")).toContain("none of this shopper's held the item within 7 d");
      expect(taughtBy(engine, "e-nobody")).toContain("nor user or session");
      expect(taughtBy(engine, "e-other")).toContain("The catalogue does not have the item");
      expect(taughtBy(engine, "e-other")).toContain("did not hold the item");
      expect(taughtBy(engine, "e-unknown")).toContain("joins when that comes within 1 min");
      await engine.record({ ...list, id: "e-late", slate: "s-2" });
      expect(taughtBy(engine, "e-unknown")).toContain("which has come since");
    }));

  test("says of an item that left the catalogue what is true, not that it was never there", () =>
    withEngine(async (engine) => {
      await engine.record([...items, list, did("e-1", "click"), { type: "item-removed", item: "p-2" }]);
      expect(taughtBy(engine, "e-1")).toContain("removed from the catalogue now");
      expect(taughtBy(engine, "e-list")).toContain("1 of them are removed from the catalogue now");
      for (const id of ["e-1", "e-list"]) expect(taughtBy(engine, id)).not.toContain("does not have");
    }));

  test("says what waits, and until when, and what it came to", () =>
    withEngine(async (engine, clock) => {
      await engine.record([...items, list, did("e-seen", "seen"), did("e-seen-2", "seen", { item: "p-3" })]);
      const closes = new Date(startMs + minuteMs).toISOString();
      expect(taughtBy(engine, "e-seen")).toContain(`unless it is chosen, at ${closes}`);
      await engine.record(did("e-click", "click"));
      expect(taughtBy(engine, "e-seen")).toContain("it was chosen there, which says more");
      clock.advance(minuteMs + secondMs);
      engine.tick();
      expect(taughtBy(engine, "e-seen-2")).toContain("looked at and passed over");
      expect(taughtBy(engine, "e-list")).toContain("It is closed: 5 of its items taught the list models");
    }));

  test("a second click, the view after a click, a purchase and a return each say what was different", () =>
    withEngine(async (engine, clock) => {
      await engine.record([...items, list]);
      for (const [id, action] of Object.entries({ click: "click", again: "click", view: "view", buy: "purchase" })) {
        clock.advance(5 * secondMs);
        await engine.record(did(id, action));
      }
      clock.advance(20 * hourMs);
      await engine.record(did("back", "return"));
      expect(taughtBy(engine, "again")).toContain("chosen there already, for as much");
      expect(taughtBy(engine, "view")).toContain("one choice with the click before it");
      expect(taughtBy(engine, "buy")).toContain("(reward 10)");
      expect(taughtBy(engine, "click")).toContain("the first that is known of the shopper");
      expect(taughtBy(engine, "again")).toContain("teaches recommendations what was turned to next");
      expect(taughtBy(engine, "back")).toContain("learned nothing more");
    }));

  test("of a suspect waits, and says so when it comes back", () =>
    withEngine(async (engine, clock) => {
      await engine.record([
        ...items,
        { type: "user", user: "u-1", fields: { trusted: false } },
        list,
        did("e-1", "click"),
      ]);
      expect(engine.event("e-1")!.counted).toEqual(["heldByName"]);
      expect(taughtBy(engine, "e-1")).toContain("(named by the shop): it waits in quarantine");
      clock.advance(minuteMs);
      await engine.record({ type: "user", user: "u-1", fields: { trusted: true } });
      expect(engine.event("e-1")!.counted).toContain("released");
      expect(taughtBy(engine, "e-1")).toContain("came back when the shopper was trusted again");
      expect(taughtBy(engine, "e-1")).toContain("learned at once that the item was chosen");
      expect(engine.event("e-1")!.slate).toBe("s-1");
    }));

  test("that made room in quarantine is not the one that left it", () =>
    withLimit("quarantineEventsMax", 1, () =>
      withEngine(async (engine) => {
        await engine.record([...items, { type: "user", user: "u-1", fields: { trusted: false } }]);
        await engine.record([did("e-1", "click"), did("e-2", "click")]);
        expect(engine.event("e-1")!.counted).toEqual(["heldByName", "leftQuarantine"]);
        expect(engine.event("e-2")!.counted).toEqual(["heldByName"]);
      }),
    ));

  test("for whose ids there was no room is ignored", () =>
    withLimit("itemsMax", 3, () =>
      withEngine(async (engine) => {
        await engine.record(items.map((event, i) => ({ ...event, id: `e-${i}` })));
        expect(many(5, (i) => engine.event(`e-${i}`)!.result)).toContain("ignored");
        expect(taughtBy(engine, "e-4")).toContain("no room");
      }),
    ));

  test("is told the same after a restart, from a snapshot and from the log", async () => {
    const data = mkdtempSync(join(tmpdir(), "liveshelf-fates-"));
    const clock = manualClock(startMs);
    try {
      const open = (fromLog = false) => createEngine({ data, clock, tickMs: 0, fromLog });
      const first = await open();
      await first.record([...items, list, did("e-1", "click")]);
      await first.snapshot();
      await first.record(did("e-2", "cart"));
      const told = ["e-list", "e-1", "e-2"].map((id) => first.event(id));
      await first.close();
      for (const fromLog of [false, true]) {
        const again = await open(fromLog);
        expect(["e-list", "e-1", "e-2"].map((id) => again.event(id))).toEqual(told);
        await again.close();
      }
    } finally {
      rmSync(data, { recursive: true });
    }
  });

  test("of an erased shopper is not known any more, at once and after", () =>
    withEngine(
      async (engine) => {
        await engine.record([
          ...items,
          list,
          did("e-1", "click"),
          did("e-session", "click", { user: undefined, session: "v-1" }),
        ]);
        await engine.record([
          { type: "user", id: "e-user", user: "u-1", session: "v-1", fields: {} },
          did("e-other", "click", { user: "u-2", slate: undefined }),
        ]);
        const known = () =>
          ["e-list", "e-1", "e-session", "e-user", "e-other"].filter((id) => engine.event(id) !== undefined);
        expect(known().length).toBe(5);
        await engine.erase("u-1");
        expect(known()).toEqual(["e-other"]);
        await vi.waitUntil(() => engine.status().erasures.pending === 0);
        expect(known()).toEqual(["e-other"]);
        await engine.record(did("e-1", "click", { user: "u-3", slate: undefined }));
        expect(known()).toEqual(["e-1", "e-other"]);
      },
      { eraseAfterMs: 0 },
    ));

  test("is forgotten with its id, and the answer says how far back is known", () =>
    withEngine(async (engine, clock) => {
      await engine.record([...items, did("e-1", "click", { slate: undefined })]);
      clock.advance(25 * hourMs);
      await engine.record(did("e-2", "click", { slate: undefined }));
      expect(engine.event("e-1")).toBeUndefined();
      expect(engine.eventsKnown()).toContain(new Date(startMs + 25 * hourMs).toISOString());
    }));

  test("older than the latest whose fate is kept still tells its place", () =>
    withLimit("fatesMax", 4, () =>
      withEngine(async (engine) => {
        await engine.record([did("e-1", "click"), ...items]);
        expect(engine.event("e-1")).toMatchObject({ offset: 0, result: "accepted" });
        expect(engine.event("e-1")!.counted).toBeUndefined();
        expect(taughtBy(engine, "e-1")).toContain("the latest 4 events");
      }),
    ));
});

describe("an event that was not taken", () => {
  test("tells why, by its id and in the list, the newest first", () =>
    withEngine(async (engine) => {
      await engine.record([
        did("e-1", "click", { time: "yesterday" }),
        { ...list, items: "p-1" },
        { type: "itm" },
        3 as never,
      ]);
      expect(engine.event("e-1")).toMatchObject({ result: "rejected", code: "EVENT_MALFORMED", at: "/time" });
      expect(engine.eventsNotTaken("rejected", 100).map(({ id, type, at }) => [id, type, at])).toEqual([
        [undefined, undefined, undefined],
        [undefined, "itm", "/type"],
        ["e-list", "slate", "/items"],
        ["e-1", "outcome", "/time"],
      ]);
      expect(engine.eventsNotTaken("rejected", 2).length).toBe(2);
      expect(engine.status().counts).toMatchObject({ rejected: 4, malformed: 4, overLimit: 0, tooLarge: 0 });
    }));

  test("mended and sent again under its id, it is the one that was taken", () =>
    withEngine(async (engine) => {
      await engine.record([did("e-1", "click", { time: "yesterday" }), did("e-1", "click"), did("e-1", "click")]);
      expect(engine.event("e-1")).toMatchObject({ result: "accepted", offset: 0, duplicates: 1, refusals: 1 });
      expect(engine.eventsNotTaken("duplicate", 9)).toMatchObject([
        { result: "duplicate", id: "e-1", type: "outcome" },
      ]);
    }));

  test("keeps nothing of who it was about", () =>
    withEngine(async (engine) => {
      await engine.record([
        { ...did("e-1", "click"), user: 1.23456789 },
        { ...did("e-2", "click"), user: "u-secret", time: "yesterday" },
        { ...did("e-3", "click"), consent: "no" },
      ]);
      const kept = engine.eventsNotTaken("rejected", 100);
      expect(kept.map(({ id }) => id)).toEqual([undefined, "e-2", "e-1"]);
      expect(JSON.stringify(kept)).not.toMatch(/1\.2345|u-secret/);
    }));

  test(`is one of the latest ${limits.refusedEventsMax}`, () =>
    withLimit("refusedEventsMax", 3, () =>
      withEngine(async (engine) => {
        await engine.record(many(5, (i) => ({ type: "itm", id: `e-${i}` })));
        expect(engine.eventsNotTaken("rejected", 100).map(({ id }) => id)).toEqual(["e-4", "e-3", "e-2"]);
        expect(engine.event("e-1")).toBeUndefined();
      }),
    ));

  test("is counted by its reason, in the counts and in the metrics", () =>
    withEngine((engine) =>
      overHttp(engine, async (app) => {
        const lines = ['{"type":"itm"}', "{", "", `{"type":"item","item":"${"x".repeat(limits.idLengthMax + 1)}"}`];
        const headers = { "content-type": "application/x-ndjson" };
        const answer = await app.inject({ method: "POST", url: "/v1/events", headers, payload: lines.join("\n") });
        expect(answer.json<{ rejected: { index: number }[] }>().rejected.map(({ index }) => index)).toEqual([0, 1, 3]);
        await engine.record([
          { ...did("e-1", "click"), time: startMs + dayMs },
          { ...did("e-2", "click"), consent: false },
        ]);
        const { body } = await app.inject("/metrics");
        for (const [reason, count] of Object.entries({
          malformed: 2,
          overLimit: 1,
          tooLarge: 0,
          timeAhead: 1,
          unknownItems: 1,
          withoutConsent: 1,
        }))
          expect(body).toContain(`liveshelf_fold_total{reason="${reason}"} ${count}\n`);
      }),
    ));
});

test("every count that a reason can be has its meaning in docs/operating.md", () =>
  withEngine((engine) => {
    const meanings = readFileSync(new URL("../docs/operating.md", import.meta.url), "utf8");
    const counts = Object.keys(engine.status().counts);
    expect(counts.filter((name) => !meanings.includes(`\`${name}\``))).toEqual([]);
  }));

describe("over HTTP", () => {
  test("an event is looked up by its id, and one of which nothing is known says how far back anything is", () =>
    withEngine((engine) =>
      overHttp(engine, async (app) => {
        await engine.record([...items, list, did("e/1 é", "click")]);
        const found = await app.inject(`/v1/events/${encodeURIComponent("e/1 é")}`);
        expect([found.statusCode, found.json<EventReport>().slate]).toEqual([200, "s-1"]);
        const unknown = await app.inject("/v1/events/e-9");
        expect(unknown.statusCode).toBe(404);
        expect(unknown.json()).toMatchObject({ error: { code: "EVENT_UNKNOWN" } });
        expect(unknown.body).toContain("Ids are remembered for 1 d of event time");
        await engine.record({ type: "itm", id: "e-bad" });
        const list1 = await app.inject("/v1/events?result=rejected&size=1");
        expect(list1.json()).toMatchObject({ events: [{ id: "e-bad", code: "EVENT_MALFORMED", at: "/type" }] });
        expect((await app.inject("/v1/events?result=lost")).statusCode).toBe(400);
      }),
    ));
});
