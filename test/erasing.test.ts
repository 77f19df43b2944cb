/** Erased shoppers are gone at once from what is answered, and soon from log, state and files, to the bit. */
import { readdirSync, rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { backUp } from "../src/backup.ts";
import type { LoggedEvent } from "../src/core/event.ts";
import { erased, eventsOf, expectExact, filesWith, fill, folder, gone, open, root, shop } from "./erased-twin.ts";
import { sessionOf, userOf } from "./many-shoppers.ts";

afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each(["in a folder", "in memory"])(
  "%s, an erased shopper is unknown at once, and soon state and log are those without their events, while others go on",
  async (where) => {
    const data = where === "in a folder" ? folder() : undefined;
    const engine = await open(data);
    await fill(engine);
    const recorded: LoggedEvent[] = [];
    for (const user of gone) {
      const isKnown = engine.user(user) !== undefined;
      expect(await engine.erase(user)).toMatchObject({ user, known: isKnown, log: "queued" });
      expect(engine.user(user)).toBeUndefined();
    }
    recorded.push(...eventsOf(engine));
    const load = (async () => {
      for (let from = shop.visits; from < shop.visits + 60; from += 5) {
        const head = engine.status().offset;
        await fill(engine, from, 5);
        const items = ["item-1", "item-2", "item-3"];
        expect(engine.rank({ user: userOf(1), session: sessionOf(from), items }).items).toHaveLength(3);
        recorded.push(...[...engine.events(head)].map(({ event }) => event));
        await wait(1);
      }
    })();
    await Promise.all([load, erased(engine)]);
    await expectExact(engine, recorded);
    const { erasures, rebuild, offset } = engine.status();
    expect(erasures).toMatchObject({ pending: 0, shoppers: gone.length });
    expect(rebuild).toMatchObject({ why: "erasure", state: "done" });
    expect(offset).toBe(recorded.length);
    await engine.close();
  },
);

test("no byte of an erased shopper is left in any file, a later snapshot and a later backup included", async () => {
  const data = folder();
  const engine = await open(data);
  await fill(engine);
  await engine.snapshot();
  const events = eventsOf(engine);
  const sessions = new Set(
    events.flatMap((event) => {
      const { user, session } = event as { user?: string; session?: string };
      return user !== undefined && session !== undefined && gone.includes(user) ? [session] : [];
    }),
  );
  expect(sessions.size).toBeGreaterThan(10);
  for (const id of [gone[0]!, [...sessions][0]!]) expect(filesWith(data, id).length).toBeGreaterThan(1);
  for (const user of gone) await engine.erase(user);
  await erased(engine);
  await engine.snapshot();
  const backup = folder();
  await backUp(data, backup);
  for (const place of [data, backup]) for (const id of [...gone, ...sessions]) expect(filesWith(place, id)).toEqual([]);
  expect(filesWith(data, userOf(1)).length).toBeGreaterThan(1);
  expect(readdirSync(data).sort()).toEqual(["log", "snapshots"]);
  await engine.close();
  const again = await open(data);
  await expectExact(again, eventsOf(again));
  await again.close();
});
