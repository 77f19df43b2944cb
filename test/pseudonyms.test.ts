/** With `pseudonymKey`, nothing behind the door holds the shop's own ids of shoppers, and every look-up by them works as before (docs/events.md). */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { manualClock, secondMs } from "../src/core/clock.ts";
import { LiveshelfError } from "../src/core/errors.ts";
import { isOwnNote } from "../src/core/event.ts";
import type { Engine, EventInput } from "../src/core/public.ts";
import { createEngine, type EngineOptions } from "../src/engine.ts";
import { many, withEngine } from "./at-limits.ts";

const startMs = Date.UTC(2026, 10, 22);
const pseudonymKey = "a key that nobody guesses";
const shown = many(8, (i) => `p-${i}`);
const user = "anna@example.org";
const session = "cookie-of-anna";
const mark = /^~[A-Za-z0-9_-]{28}$/;

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "liveshelf-pseudonyms-"));
});
afterEach(() => rmSync(data, { recursive: true }));

/** Lists, choices and fields of two shoppers; one of them is found out as a robot, so that events of theirs are held. */
async function life(engine: Engine, clock: ReturnType<typeof manualClock>): Promise<void> {
  await engine.record(shown.map((item) => ({ type: "item", item, fields: { title: `Scarf ${item}`, brand: "Acme" } })));
  await engine.record({ type: "user", user, session, fields: { country: "DE" } });
  await engine.record({ type: "slate", id: "e-0", slate: "s-0", user, session, items: shown });
  for (const who of [{ user, session }, { session: "robot-session" }]) {
    for (let i = 0; i < 20; i++) {
      clock.advance("user" in who ? 5 * secondMs : 300);
      const { slate, items } = engine.search({ query: "scarf", ...who });
      const item = items[i % items.length]!.item;
      await engine.record({ type: "outcome", action: "click", item, slate, ...who, time: clock.nowMs() - 1 });
    }
  }
  expect(engine.status().quarantined).toBeGreaterThan(0);
}

/** Files of the folder that hold the text. */
const holding = (text: string): string[] =>
  readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => readFileSync(file).includes(text));

async function lived(options: EngineOptions): Promise<{ engine: Engine; said: string[] }> {
  const clock = manualClock(startMs);
  const said: string[] = [];
  const engine = await createEngine({
    data,
    clock,
    tickMs: 0,
    onDiagnostic: (message) => said.push(message),
    ...options,
  });
  await life(engine, clock);
  await engine.snapshot();
  return { engine, said };
}

test("neither log, snapshots, reports nor diagnostics hold an id as it came", async () => {
  const { engine, said } = await lived({ pseudonymKey });
  await engine.record({ type: "outcome", action: "click", item: "p-1", user, time: "yesterday" });
  const told = JSON.stringify([
    [...engine.events()].map(({ event }) => event),
    engine.quarantine(),
    engine.event("e-0"),
    engine.eventsNotTaken("rejected", 9),
    engine.status(),
    said,
  ]);
  await engine.close();
  for (const id of [user, session, "robot-session"]) {
    expect(holding(id), id).toEqual([]);
    expect(told).not.toContain(id);
  }
});

test("without a key ids are kept as they come", async () => {
  const { engine } = await lived({});
  await engine.close();
  expect(holding(user).length).toBeGreaterThan(0);
});

test("answers and look-ups are those of the shop's own ids", async () => {
  const { engine } = await lived({ pseudonymKey });
  const plain = await withEngine(async (other, clock) => {
    await life(other, clock);
    return [said(other), other.user(user), other.inspect({ user })];
  });
  expect([said(engine), engine.user(user), engine.inspect({ user })]).toEqual(plain);
  expect(engine.user("somebody else")).toBeUndefined();
  expect(await engine.erase(user)).toMatchObject({ user, known: true });
  expect(engine.user(user)).toBeUndefined();
  await engine.close();
});

const said = (engine: Engine) => [
  engine.recommend({ user, session, observe: false }).items,
  engine.suggest({ q: "sc", user }).completions,
];

test("an export, imported under the same key, is the same shop; under another, everybody is new", async () => {
  const { engine } = await lived({ pseudonymKey });
  const exported = [...engine.events()].flatMap(({ event }) => (isOwnNote(event.type) ? [] : [event]));
  const known = engine.user(user);
  await engine.close();
  expect(known).toBeDefined();
  const imported = async (key: string) =>
    withEngine(
      async (other, clock) => {
        clock.advance(3_600_000);
        await other.record(exported as unknown as EventInput[]);
        return { events: [...other.events()].map(({ event }) => event), user: other.user(user) };
      },
      { pseudonymKey: key },
    );
  const same = await imported(pseudonymKey);
  const who = (events: readonly object[]) => events.map((event) => ("user" in event ? event.user : undefined));
  expect(who(same.events)).toEqual(who(exported));
  expect(same.user?.recent.length).toBe(known!.recent.length);
  const other = await imported(`another ${pseudonymKey}`);
  expect(other.user).toBeUndefined();
  expect(new Set(who(other.events).filter((one) => who(exported).includes(one)))).toEqual(new Set([undefined]));
});

describe("a pseudonym", () => {
  const logged = async (events: EventInput[], key = pseudonymKey) =>
    withEngine(
      async (engine) => {
        await engine.record(events);
        return [...engine.events()].map(({ event }) => event as { user?: string; session?: string });
      },
      { pseudonymKey: key },
    );
  const click = { type: "outcome", action: "click", item: "p-1" };

  test("is the same for the same id, and another for a session that is called alike", async () => {
    const [first, again, other] = await logged([
      { ...click, user: "a", session: "a" },
      { ...click, user: "a" },
      { ...click, user: "b" },
    ]);
    expect(first!.user).toMatch(mark);
    expect(first!.session).toMatch(mark);
    expect(again!.user).toBe(first!.user);
    expect(first!.session).not.toBe(first!.user);
    expect(other!.user).not.toBe(first!.user);
  });

  test("cannot be made by somebody without the key", async () => {
    const forged = `~${"A".repeat(28)}`;
    const [event] = await logged([{ ...click, user: forged }]);
    expect(event!.user).toMatch(mark);
    expect(event!.user).not.toBe(forged);
  });
});

test("a key that can be guessed is refused, and no message shows it", async () => {
  const short = "too short";
  const error = await createEngine({ pseudonymKey: short }).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(LiveshelfError);
  expect(error).toMatchObject({ code: "CONFIG_INVALID", at: "/pseudonymKey" });
  expect((error as Error).message).not.toContain(short);
});
