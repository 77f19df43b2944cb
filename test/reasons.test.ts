/** What an answer says of its reasons is of its own shopper. */
import { expect, test } from "vitest";
import { dayMs, manualClock } from "../src/core/clock.ts";
import { createEngine } from "../src/engine.ts";

test("reasons of a ranked list name nothing that others turned to", async () => {
  const clock = manualClock(Date.UTC(2026, 10, 22));
  const shop = await createEngine({ clock, tickMs: 0 });
  const items = Array.from({ length: 12 }, (_, i) => `p-${i}`);
  await shop.record(items.map((item) => ({ type: "item", item, fields: { title: `Title of ${item}` } })));
  // Everybody turns to 1 after 0, and to 3 after 2.
  for (let i = 0; i < 60; i++) {
    for (const item of i % 2 ? ["p-0", "p-1"] : ["p-2", "p-3"]) {
      await shop.record({ type: "outcome", action: "click", item, user: `u-${i}` });
      clock.advance(1000);
    }
  }
  for (let i = 0; i < 100; i++) {
    const { slate } = shop.rank({ items, user: `u-${i % 60}` });
    await shop.record({ type: "outcome", action: "click", item: i % 2 ? "p-1" : "p-3", user: `u-${i % 60}`, slate });
    clock.advance(dayMs / 100);
  }
  const told = () =>
    shop.rank({ items, user: "a", explain: true, observe: false }).items.flatMap(({ reasons }) => reasons!);
  await shop.record({ type: "outcome", action: "view", item: "p-0", user: "a" });
  for (const item of ["p-2", "p-5"]) {
    await shop.record({ type: "outcome", action: "view", item, user: "b" });
    clock.advance(1000);
    expect(told().map(({ feature }) => feature)).toContain("also-bought");
    expect(
      told()
        .map(({ text }) => text)
        .filter((text) => text.includes("Title of")),
    ).toEqual([]);
  }
  await shop.close();
});
