/** What a shopper did a moment ago is in the next answer. */
import { beforeEach, expect, test } from "vitest";
import { manualClock, minuteMs } from "../src/core/clock.ts";
import type { SlateEvent } from "../src/core/event.ts";
import { limits } from "../src/core/limits.ts";
import type { Engine, EventInput } from "../src/core/public.ts";
import { createEngine } from "../src/index.ts";

let clock: ReturnType<typeof manualClock>;
let engine: Engine;
beforeEach(async () => {
  clock = manualClock(Date.UTC(2026, 10, 22));
  engine = await createEngine({ clock, tickMs: 0 });
});

const item = (id: string): EventInput => ({ type: "item", item: id, fields: {} });
const did = (action: string, id: string): EventInput => ({ type: "outcome", action, item: id, user: "u-1" });
const ids = ({ items }: { items: readonly { item: string }[] }): string[] => items.map((one) => one.item);

test.each([2, 3, 5])("one click on the last of %i moves it up, even on the first day", async (count) => {
  const items = Array.from({ length: count }, (_, i) => `p-${i}`);
  const { slate } = engine.rank({ items, user: "u-1" });
  const last = items.at(-1)!;
  await engine.record({ ...did("click", last), slate: slate! });
  expect(ids(engine.rank({ items, user: "u-1" })).indexOf(last)).toBeLessThan(count - 1);
  expect(ids(engine.rank({ items, user: "u-2" }))[0]).toBe(items[0]);
});

test.each(["hide", "dislike"])("what they %s is not recommended until they turn to it again", async (action) => {
  await engine.record([item("p-1"), item("p-2"), item("p-3"), did("view", "p-1"), did("view", "p-2")]);
  expect(ids(engine.recommend({ user: "u-1" }))).toContain("p-2");
  await engine.record(did(action, "p-2"));
  expect(ids(engine.recommend({ user: "u-1" }))).not.toContain("p-2");
  expect(ids(engine.recommend({ user: "u-2" }))).toContain("p-2");
  clock.advance(minuteMs);
  await engine.record(did("view", "p-2"));
  expect(ids(engine.recommend({ user: "u-1" }))).toContain("p-2");
});

test("every candidate is answered, however many, and explained in good time", () => {
  const items = Array.from({ length: limits.candidatesMax }, (_, i) => `p-${i}`);
  const answer = engine.rank({ items, user: "u-1", explain: true });
  expect(answer.items).toHaveLength(limits.candidatesMax);
  // What is logged can be exported and imported again.
  const logged = [...engine.events()].find(({ event }) => event.type === "slate")!.event as SlateEvent;
  expect(logged.items).toHaveLength(limits.slateItemsMax);
});

test("what a session did is the user's from the first event that names both, also one that tells of the user", async () => {
  await engine.record({ type: "outcome", action: "view", item: "p-1", session: "s-1" });
  await engine.record({ type: "user", user: "u-1", session: "s-1", fields: { country: "DE" } });
  expect(engine.user("u-1")?.recent.map((one) => one.item)).toEqual(["p-1"]);
});

test("a choice below the rows that are kept is counted and teaches no order", async () => {
  const items = Array.from({ length: limits.rowsPerSlateMax + 1 }, (_, i) => `p-${i}`);
  const first = engine.rank({ items, user: "u-1" });
  await engine.record({ ...did("click", items.at(-1)!), slate: first.slate! });
  expect(engine.status().counts).toMatchObject({ joinedById: 1, rowsGone: 1 });
  const second = engine.rank({ items, user: "u-2" });
  await engine.record({ ...did("click", items[limits.rowsPerSlateMax - 1]!), user: "u-2", slate: second.slate! });
  expect(engine.status().counts).toMatchObject({ joinedById: 2, rowsGone: 1 });
});

test("words cut at their limit inside a pair are still the same words", async () => {
  const query = `${"a".repeat(limits.idLengthMax - 3)}😀😀`;
  for (let i = 0; i < 3; i++) {
    await engine.record({
      type: "slate",
      query,
      items: ["p-1"],
      user: "u-1",
      context: { [`${"k".repeat(63)}😀`]: query },
    });
  }
  expect(engine.inspect({ query })).toMatchObject({ known: true });
});
