/** The engine in process: what docs/api.md promises of recording, ranking and recommending. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { dayMs, hourMs, manualClock, minuteMs } from "../src/core/clock.ts";
import { LiveshelfError } from "../src/core/errors.ts";
import { limits } from "../src/core/limits.ts";
import type { Engine, EventInput } from "../src/core/public.ts";
import { createEngine } from "../src/index.ts";

const root = mkdtempSync(join(tmpdir(), "engine-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const startMs = Date.UTC(2026, 10, 22);
let clock: ReturnType<typeof manualClock>;
let engine: Engine;
beforeEach(async () => {
  clock = manualClock(startMs);
  engine = await createEngine({ clock, tickMs: 0 });
});

const item = (id: string, fields: object = {}): EventInput => ({ type: "item", item: id, fields });
const did = (action: string, id: string, rest: object = { user: "u-1" }): EventInput => ({
  ...{ type: "outcome", action, item: id },
  ...rest,
});
const ids = ({ items }: { items: readonly { item: string }[] }): string[] => items.map((one) => one.item);
const logged = () => [...engine.events()].map(({ event }) => event);

/** The error that a call throws or rejects with. */
async function errorOf(call: () => unknown): Promise<LiveshelfError> {
  try {
    await call();
  } catch (error) {
    expect(error).toBeInstanceOf(LiveshelfError);
    return error as LiveshelfError;
  }
  throw new Error("it did not fail");
}

describe("record", () => {
  test("answers what was accepted and what was not, by index, and the offset after it", async () => {
    const receipt = await engine.record([
      item("p-1"),
      { type: "outcome", action: "click" },
      did("click", "p-1"),
      "not an event" as unknown as EventInput,
      { ...item("p-2"), id: "x".repeat(limits.idLengthMax + 1) },
    ]);
    expect(receipt).toMatchObject({ accepted: 2, duplicates: 0, offset: 2 });
    expect(receipt.rejected.map(({ index, code, at }) => [index, code, at])).toEqual([
      [1, "EVENT_MALFORMED", "/item"],
      [3, "EVENT_MALFORMED", ""],
      [4, "EVENT_LIMIT", "/id"],
    ]);
    for (const { message } of receipt.rejected) expect(message).toMatch(/\.$/);
    expect(await engine.record([])).toEqual({ accepted: 0, duplicates: 0, rejected: [], offset: 2 });
    expect(engine.status()).toMatchObject({ offset: 2, durableOffset: 2, queued: 0, counts: { rejected: 3 } });
  });

  test("an id counts once: in one call, across calls, across the parts of a long call, while it is on its way", async () => {
    const once = { ...did("click", "p-1"), id: "e-1" };
    expect(await engine.record([once, once, item("p-1")])).toMatchObject({ accepted: 2, duplicates: 1 });
    expect(await engine.record(once)).toMatchObject({ accepted: 0, duplicates: 1, offset: 2 });
    const long = Array.from({ length: 1000 }, (_, i) => ({ ...did("view", "p-1"), id: `l-${i % 600}` }));
    expect(await engine.record(long)).toMatchObject({ accepted: 600, duplicates: 400 });
    const [first, second] = await Promise.all([
      engine.record({ ...once, id: "e-2" }),
      engine.record({ ...once, id: "e-2" }),
    ]);
    expect([first.accepted, second.accepted, second.duplicates]).toEqual([1, 0, 1]);
    expect(engine.status().counts.duplicates).toBe(403);
  });

  test("an id is forgotten beyond the horizon of event time, and then counts again", async () => {
    const event = { ...did("view", "p-1"), id: "e-1" };
    await engine.record(event);
    clock.advance(dayMs);
    expect(await engine.record(event)).toMatchObject({ accepted: 0, duplicates: 1 });
    clock.advance(1);
    expect(await engine.record(event)).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await engine.record(event)).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(engine.user("u-1")!.recent[0]!.touches).toBe(2);
  });

  test("a time later than the arrival counts as the arrival", async () => {
    await engine.record({ ...did("view", "p-1"), time: startMs + hourMs });
    expect(engine.status().clockMs).toBe(startMs);
    expect(engine.user("u-1")!.recent[0]!.at).toBe(new Date(startMs).toISOString());
  });

  test("without consent it is acknowledged, and neither stored nor teaching", async () => {
    const before = engine.checksum();
    const receipt = await engine.record([
      { ...did("click", "p-1"), consent: false },
      { type: "user", user: "u-9", fields: { name: "Ada" }, consent: false },
    ]);
    expect(receipt).toMatchObject({ accepted: 2, rejected: [], offset: 0 });
    expect([engine.checksum(), logged().length]).toEqual([before, 0]);
    expect(engine.user("u-1")).toBeUndefined();
  });

  test("more than a call may hold is refused whole", async () => {
    const error = await errorOf(() => engine.record(new Array(limits.batchEventsMax + 1).fill(item("p-1"))));
    expect([error.code, engine.status().offset]).toEqual(["EVENT_LIMIT", 0]);
  });
});

describe("an engine that is closed", () => {
  test("refuses by code; closing twice is no fault", async () => {
    await engine.close();
    await engine.close();
    const calls = [
      () => engine.record(item("p-1")),
      () => engine.rank({ items: ["p-1"] }),
      () => engine.recommend({}),
      () => engine.tick(),
    ];
    for (const call of calls) expect((await errorOf(call)).code).toBe("CLOSED");
  });
});

describe("an engine on a folder", () => {
  test("comes back as it was; another reads beside it and cannot write", async () => {
    const data = join(root, "shop");
    const first = await createEngine({ data, clock, tickMs: 0 });
    await first.record([item("p-1"), did("click", "p-1")]);
    first.rank({ items: ["p-1", "p-2"], user: "u-1" });
    expect((await errorOf(() => createEngine({ data, clock }))).code).toBe("FOLDER_IN_USE");
    const state = first.checksum();
    await first.close();

    const reader = await createEngine({ data, clock, readOnly: true });
    expect(reader.checksum()).toBe(state);
    expect((await errorOf(() => reader.record(item("p-2")))).code).toBe("LOG_UNWRITABLE");
    expect((await errorOf(() => reader.tick())).code).toBe("LOG_UNWRITABLE");
    const answer = reader.rank({ items: ["p-2", "p-1"], user: "u-1" });
    expect([answer.slate, answer.items.length]).toEqual([null, 2]);
    expect(reader.checksum()).toBe(state);
    await reader.close();

    const second = await createEngine({ data, clock, tickMs: 0 });
    expect([second.checksum(), second.status().offset]).toEqual([state, 3]);
    expect(await second.snapshot()).toBe(3);
    await second.close();
  });

  test("what the log could not give back is refused before it is asked, so that the folder opens again", async () => {
    const data = join(root, "poison");
    const first = await createEngine({ data, clock, tickMs: 0 });
    const long = "x".repeat(20_000);
    const asked = [
      () => first.rank({ items: [long] }),
      () => first.rank({ items: [7 as unknown as string] }),
      () => first.rank({ items: [{ item: "p", match: Number.NaN }] }),
      () => first.rank({ items: ["\ud800"] }),
      () => first.rank({ items: ["p"], user: long }),
      () => first.recommend({ session: long }),
      () => first.recommend({ surface: long }),
      () => first.recommend({ item: long }),
    ];
    for (const ask of asked) expect((await errorOf(ask)).code).toBe("REQUEST_MALFORMED");
    expect((await errorOf(() => first.rank({ items: ["p"], context: { a: Number.NaN } }))).at).toBe("/context/a");
    expect(first.status().offset).toBe(0);
    first.rank({ items: ["p"], context: { absent: undefined as unknown as null, kept: "x" } });
    const state = first.checksum();
    await first.close();
    const second = await createEngine({ data, clock });
    expect(second.checksum()).toBe(state);
    await second.close();
  });

  test("an engine in memory has no snapshots", async () => {
    expect((await errorOf(() => engine.snapshot())).code).toBe("CONFIG_INVALID");
  });

  test("a setting that there is not is named, with the nearest", async () => {
    const error = await errorOf(() => createEngine({ lessonWaitMS: 1 } as object));
    expect([error.code, error.message]).toEqual(["CONFIG_INVALID", expect.stringContaining("lessonWaitMs")]);
  });
});

describe("rank", () => {
  const letters = ["a", "b", "c", "d", "e"];

  test("untaught, leaves the caller's order, known items or not, whoever asks", async () => {
    await engine.record([item("b", { price: 5 }), item("e")]);
    for (const user of [undefined, "u-1"]) expect(ids(engine.rank({ items: letters, user }))).toEqual(letters);
    const many = Array.from({ length: 500 }, (_, i) => `x-${i}`);
    expect(ids(engine.rank({ items: many }))).toEqual(many);
  });

  test("untaught, goes by match, ties by the caller's order", () => {
    const matches = [0.1, 3, 0.1, 9, 3];
    const items = letters.map((one, i) => ({ item: one, match: matches[i] }));
    expect(ids(engine.rank({ items, ordered: false }))).toEqual(["d", "b", "e", "a", "c"]);
    expect(ids(engine.rank({ items: letters, ordered: false }))).toEqual(letters);
  });

  test("says places, chances and what was asked for; answers each item once, `size` of them", () => {
    const { items, slate, model, tookMs } = engine.rank({
      items: ["a", "b", "a", { item: "b", match: 3 }, "c"],
      size: 2,
    });
    expect(items.map(({ item, position, propensity }) => [item, position, propensity])).toEqual([
      ["a", 0, 1],
      ["b", 1, 1],
    ]);
    expect([typeof slate, typeof model, tookMs >= 0]).toEqual(["string", "string", true]);
    expect(engine.rank({ items: [] }).items).toEqual([]);
    expect(items[0]!.reasons).toBeUndefined();
    const explained = engine.rank({ items: ["a"], explain: true }).items[0]!;
    expect(explained.rawScore).toBeCloseTo(explained.bias!, 6);
  });

  test("its answer is logged as a slate, with the id that outcomes name", async () => {
    const { slate } = engine.rank({ items: letters, user: "u-1", query: "Scarf", surface: "search", size: 3 });
    expect(logged().at(-1)).toMatchObject({ type: "slate", slate, user: "u-1", query: "Scarf", orderedBy: "engine" });
    await engine.record(did("click", "b", { user: "u-1", slate }));
    expect(engine.status().counts).toMatchObject({ joinedById: 1, lessons: 1 });
    const others = new Set(Array.from({ length: 100 }, () => engine.rank({ items: ["a"] }).slate));
    expect(others.size).toBe(100);
  });

  test("not observed or without consent, it is not logged; without consent, it knows nobody", async () => {
    for (let i = 0; i < 30; i++) {
      const { slate } = engine.rank({ items: letters, user: "u-1" });
      await engine.record(did("click", "e", { user: "u-1", slate }));
      clock.advance(2 * minuteMs);
    }
    expect(ids(engine.rank({ items: letters, user: "u-1" }))[0]).toBe("e");
    const { offset } = engine.status();
    const before = engine.checksum();
    expect(engine.rank({ items: letters, user: "u-1", observe: false }).slate).toBeNull();
    const impersonal = engine.rank({ items: letters, user: "u-1", consent: false });
    expect(impersonal.slate).toBeNull();
    const nobody = engine.rank({ items: letters, observe: false });
    expect(impersonal.items).toEqual(nobody.items);
    expect(engine.recommend({ user: "u-1", consent: false }).slate).toBeNull();
    expect([engine.status().offset, engine.checksum()]).toEqual([offset, before]);
  });

  test("a click changes the answer", async () => {
    const request = { items: letters, user: "u-1", observe: false };
    const scores = () => engine.rank(request).items.map(({ item, score }) => `${item} ${score}`);
    const untaught = scores();
    const { slate } = engine.rank({ items: letters, user: "u-1" });
    await engine.record(did("click", "d", { user: "u-1", slate }));
    expect(scores()).not.toEqual(untaught);
  });

  test("is answered and logged as of one instant, however fast time goes", async () => {
    let readings = 0;
    const hasty = await createEngine({ clock: { nowMs: () => startMs + ++readings * hourMs }, tickMs: 0 });
    for (const answer of [() => hasty.rank({ items: letters }), () => hasty.recommend({})]) {
      const before = readings;
      answer();
      expect(readings).toBe(before + 1);
      expect([...hasty.events()].at(-1)!.event.time).toBe(startMs + readings * hourMs);
    }
    await hasty.close();
  });

  test("refuses what is over the limits or makes no sense", async () => {
    const tooMany = Array.from({ length: limits.candidatesMax + 1 }, (_, i) => `x-${i}`);
    expect(await errorOf(() => engine.rank({ items: tooMany }))).toMatchObject({
      code: "REQUEST_MALFORMED",
      at: "/items",
    });
    for (const size of [0, -1, 1.5, Number.NaN, limits.sizeMax + 1])
      expect(await errorOf(() => engine.rank({ items: ["a"], size }))).toMatchObject({ at: "/size" });
    const query = "x".repeat(limits.queryLengthMax + 1);
    expect((await errorOf(() => engine.rank({ items: ["a"], query }))).at).toBe("/query");
    expect(engine.status().offset).toBe(0);
  });
});

describe("recommend", () => {
  const stock = Array.from({ length: 300 }, (_, i) =>
    item(`p-${i}`, {
      brand: i % 50 === 7 ? "Rare" : "Common",
      price: i,
      category: ["All", `C-${i % 10}`],
      ...(i % 3 === 0 ? { inStock: false } : {}),
    }),
  );
  beforeEach(async () => {
    await engine.record(stock);
    const choices = Array.from({ length: 200 }, (_, i) => did("view", `p-${(i * 7) % 60}`, { user: `u-${i % 9}` }));
    await engine.record(choices);
  });

  test("never answers what is excluded, out of stock, removed, or asked about", async () => {
    await engine.record([
      { type: "item-removed", item: "p-7" },
      { type: "item-removed", item: "p-14" },
    ]);
    for (const user of [undefined, "u-1", "u-2"]) {
      const answer = ids(engine.recommend({ user, size: 300, exclude: ["p-1", "p-2", "never"], item: "p-4" }));
      expect(new Set(answer).size).toBe(answer.length);
      for (const gone of ["p-7", "p-14", "p-1", "p-2", "p-4", "p-0", "p-3"]) expect(answer).not.toContain(gone);
      expect(answer.length).toBe(200 - 2 - 3);
    }
    await engine.record(item("p-7"));
    expect(ids(engine.recommend({ size: 300 }))).toContain("p-7");
    await engine.record(item("p-1", { inStock: false }));
    expect(ids(engine.recommend({ size: 300 }))).not.toContain("p-1");
  });

  test("a page is full whenever the shop has the items, however narrow the filters", () => {
    const page = (filters: object, size = 12) =>
      ids(engine.recommend({ user: "u-1", filters: filters as never, size }));
    expect(ids(engine.recommend({})).length).toBe(12);
    expect(page({ brand: "Rare" }).sort()).toEqual(["p-107", "p-157", "p-257", "p-7"]);
    expect(page({ price: { gte: 290 } }).length).toBe(7);
    expect(page({ price: { gte: 200 }, category: { under: ["All", "C-3"] } }, 5).length).toBe(5);
    expect(page({ brand: "Nobody" })).toEqual([]);
    expect(page({}, 150).length).toBe(150);
    for (const id of page({ price: { lt: 50, gt: 10 } }, 20)) expect(Number(id.slice(2))).toBeLessThan(50);
  });

  test("answers fields, places and a slate that outcomes name", async () => {
    const { items, slate } = engine.recommend({ user: "u-1", surface: "home", size: 3, explain: true });
    expect(items.map(({ position }) => position)).toEqual([0, 1, 2]);
    expect(items[0]!.fields).toMatchObject({ category: ["All", expect.any(String)] });
    expect(items[0]!.reasons!.length).toBeGreaterThan(0);
    expect(logged().at(-1)).toMatchObject({ type: "slate", slate, recommended: true, surface: "home" });
    await engine.record(did("click", items[1]!.item, { user: "u-1", slate }));
    expect(engine.status().counts.joinedById).toBe(1);
  });

  test("a filter on a field that there is not lists the fields; one that makes no sense says where", async () => {
    const unknown = await errorOf(() => engine.recommend({ filters: { colour: "red" } }));
    expect(unknown.code).toBe("FILTER_UNKNOWN_FIELD");
    for (const field of ["brand", "price", "category", "inStock"]) expect(unknown.message).toContain(field);
    const malformed = await errorOf(() => engine.recommend({ filters: { price: { about: 3 } as never } }));
    expect(malformed.code).toBe("FILTER_MALFORMED");
  });

  test("an empty shop has nothing to recommend", async () => {
    const empty = await createEngine({ clock });
    expect(empty.recommend({ user: "u-1" }).items).toEqual([]);
    await empty.close();
  });

  test("a choice is in the next answer", async () => {
    const top = (): string | undefined => ids(engine.recommend({ user: "u-new", size: 5, observe: false }))[0];
    const before = ids(engine.recommend({ user: "u-new", size: 300, observe: false }));
    await engine.record([did("view", "p-200", { user: "u-new" }), did("purchase", "p-200", { user: "u-new" })]);
    const after = ids(engine.recommend({ user: "u-new", size: 300, observe: false }));
    expect(after.indexOf("p-200")).toBeLessThan(before.indexOf("p-200"));
    expect(top()).toBeDefined();
  });
});

test("the example of the documentation", async () => {
  const shop = await createEngine();
  await shop.record({ type: "outcome", action: "click", item: "p-7", user: "u-1" });
  const { items } = shop.recommend({ user: "u-1", size: 24 });
  expect(ids({ items })).toEqual(["p-7"]);
  await shop.record({ type: "item", item: "p-7", fields: { title: "Blue scarf" } });
  expect(ids(shop.search({ query: "scarf", user: "u-1", size: 24 }))).toEqual(["p-7"]);
  await shop.close();
});

test("a report of what is known: items, users, models, the engine itself", async () => {
  await engine.record([item("p-1", { brand: "Acme" }), did("click", "p-1"), { type: "item-removed", item: "p-2" }]);
  expect(engine.item("p-1")).toMatchObject({ item: "p-1", fields: { brand: "Acme" }, removed: false });
  expect(engine.item("p-2")).toMatchObject({ removed: true });
  expect(engine.item("p-3")).toBeUndefined();
  expect(engine.user("u-1")).toMatchObject({ recent: [{ item: "p-1", lastAction: "click", touches: 1 }], sessions: 1 });
  expect(engine.user("u-2")).toBeUndefined();
  expect([...engine.items()]).toEqual(["p-1"]);
  expect(engine.models().learners.length).toBeGreaterThan(0);
  expect(engine.inspect({ user: "nobody" })).toMatchObject({ known: false });
});

test("a tick closes the windows of a quiet night", async () => {
  const { slate } = engine.rank({ items: ["a", "b"], user: "u-1" });
  await engine.record(did("click", "a", { user: "u-1", slate }));
  expect(engine.status().counts.lessons).toBe(1);
  clock.advance(minuteMs);
  engine.tick();
  expect(engine.status().counts.lessons).toBe(2);
  clock.advance(7 * dayMs);
  engine.tick();
  expect(engine.status().openSlates).toBe(0);
});
