/** How the client's events wait and go: with a network and a store made by hand, and time that is told. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Dated, openOutbox } from "../../client/outbox.ts";
import { openStore, type Store } from "../../client/store.ts";
import type { Refusal } from "../../client/types.ts";

/** In the store's way of a browser. */
class FakeStorage {
  [key: string]: unknown;
  getItem(key: string): string | null {
    return (this[key] as string | undefined) ?? null;
  }
  setItem(key: string, text: string): void {
    this[key] = text;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

const startMs = Date.UTC(2026, 10, 22, 9);
const hourMs = 3_600_000;

let refused: Refusal[];
/** Ids of the events of each call. */
let calls: string[][];
let answer: (events: readonly Dated[]) => Response | Promise<Response>;

const receipt = (events: readonly Dated[], rejected: readonly object[] = []): Response =>
  Response.json({ accepted: events.length, duplicates: 0, rejected, offset: 1 });

beforeEach(() => {
  vi.useFakeTimers({ now: startMs });
  vi.spyOn(Math, "random").mockReturnValue(1);
  [refused, calls, answer] = [[], [], receipt];
  vi.stubGlobal("localStorage", new FakeStorage());
  vi.stubGlobal("fetch", async (_url: string, { body }: RequestInit) => {
    const events = JSON.parse(body as string) as Dated[];
    calls.push(events.map(({ id }) => id));
    return answer(events);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const outboxOver = (store: Store, timed = true) =>
  openOutbox({
    ...{ url: "/v1/events", headers: {}, store, prefix: "shelf.event.", batchMs: 200, timed },
    ...{ onRefused: (refusal) => refused.push(refusal), onAnswer: () => {} },
  });

const events = (...ids: string[]): Dated[] =>
  ids.map((id) => ({ id, time: Date.now(), type: "outcome", action: "view", item: "p-1" }));

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("events on their way", () => {
  test("go together after a moment, in the order in which they were recorded", async () => {
    const outbox = outboxOver(openStore());
    for (const id of ["z", "a", "m"]) outbox.add(events(id));
    expect(calls).toEqual([]);
    await pass(200);
    expect(calls).toEqual([["z", "a", "m"]]);
    expect(outbox.pending).toBe(0);
  });

  test("are tried again after one second, two, four, up to a minute, until the server answers", async () => {
    const outbox = outboxOver(openStore());
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    outbox.add(events("e-1"));
    const whenMs: number[] = [];
    for (let count = 0; whenMs.length < 9; await pass(50)) {
      if (calls.length > count) whenMs.push(Date.now() - startMs);
      count = calls.length;
    }
    const waits = whenMs.slice(1).map((ms, i) => Math.round((ms - whenMs[i]!) / 1000));
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    answer = receipt;
    await pass(61_000);
    expect(outbox.pending).toBe(0);
    expect(new Set(calls.flat())).toEqual(new Set(["e-1"]));
  });

  test("wait as long as the server asks", async () => {
    const outbox = outboxOver(openStore());
    answer = () => new Response("{}", { status: 503, headers: { "retry-after": "30" } });
    outbox.add(events("e-1"));
    await pass(30_000);
    expect(calls).toHaveLength(1);
    answer = receipt;
    await pass(300);
    expect(outbox.pending).toBe(0);
  });

  test("are not given up to a network that answers for the server, nor to a key that is refused", async () => {
    const outbox = outboxOver(openStore());
    outbox.add(events("e-1"));
    const answers = [
      new Response("<html>Please log in</html>"),
      Response.json({ status: "ok" }),
      new Response("{}", { status: 401 }),
      new Response("", { status: 404 }),
      new Response("", { status: 429 }),
    ];
    answer = (given) => answers.shift() ?? receipt(given);
    await pass(60_000);
    expect(answers).toEqual([]);
    expect(outbox.pending).toBe(0);
    expect(calls).toHaveLength(6);
    expect(refused).toEqual([]);
  });

  test("that are too much for the server are sent in halves, and the one that it will not take is named", async () => {
    const outbox = outboxOver(openStore());
    answer = (given) =>
      given.some(({ id }) => id === "e-5")
        ? Response.json({ error: { code: "BODY_MALFORMED", message: "No." } }, { status: 400 })
        : receipt(given);
    outbox.add(events(...Array.from({ length: 12 }, (_, i) => `e-${i}`)));
    await pass(1000);
    expect(outbox.pending).toBe(0);
    expect(refused).toMatchObject([{ code: "BODY_MALFORMED", message: "No.", event: { id: "e-5" } }]);
  });

  test("that the server refuses are named, and gone", async () => {
    const outbox = outboxOver(openStore());
    answer = (given) => receipt(given, [{ index: 1, code: "EVENT_MALFORMED", message: "No.", at: "/item" }]);
    outbox.add(events("e-0", "e-1"));
    await pass(200);
    expect(refused).toMatchObject([{ event: { id: "e-1" }, code: "EVENT_MALFORMED", at: "/item" }]);
    expect(outbox.pending).toBe(0);
  });

  test("are at most a thousand; the oldest go", async () => {
    const outbox = outboxOver(openStore());
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    for (let i = 0; i < 1003; i++) outbox.add(events(`e-${i}`));
    expect(outbox.pending).toBe(1000);
    expect(refused.map(({ code, event }) => [code, event.id])).toEqual([0, 1, 2].map((i) => ["QUEUE_FULL", `e-${i}`]));
  });

  test("outlive the page; what may have arrived is not sent again once the server may have forgotten its id", async () => {
    const page = outboxOver(openStore());
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    page.add(events("tried"));
    await pass(300);
    page.add(events("untried"));
    vi.clearAllTimers();
    vi.setSystemTime(startMs + 21 * hourMs);
    answer = receipt;
    calls = [];
    const next = outboxOver(openStore());
    expect(await next.flush()).toBe(true);
    expect(calls).toEqual([["untried"]]);
    expect(refused).toMatchObject([{ code: "TOO_OLD", event: { id: "tried" } }]);
  });

  test("that waited for a week are not sent at all", async () => {
    outboxOver(openStore()).add(events("e-1"));
    vi.clearAllTimers();
    vi.setSystemTime(startMs + 7 * 24 * hourMs + 1);
    expect(await outboxOver(openStore()).flush()).toBe(true);
    expect(calls).toEqual([]);
    expect(refused).toMatchObject([{ code: "TOO_OLD" }]);
  });

  test("a store that is full or forbidden leaves them in the page's memory", async () => {
    const storage = new FakeStorage();
    storage.setItem = () => {
      throw new Error("QuotaExceededError");
    };
    vi.stubGlobal("localStorage", storage);
    const outbox = outboxOver(openStore());
    outbox.add(events("e-1"));
    expect(outbox.pending).toBe(1);
    await pass(200);
    expect(calls).toEqual([["e-1"]]);
    expect(outbox.pending).toBe(0);
  });

  test("go without their times where the server keeps a time of its own, and in order all the same", async () => {
    const outbox = outboxOver(openStore(), false);
    let sent: readonly Dated[] = [];
    answer = (given) => receipt((sent = given));
    for (const id of ["z", "a"]) outbox.add(events(id));
    await pass(200);
    expect(sent.map((event) => [event.id, "time" in event])).toEqual([
      ["z", false],
      ["a", false],
    ]);
    expect(outbox.pending).toBe(0);
  });

  test("what another program wrote in their place is passed over", async () => {
    const store = openStore();
    store.set("shelf.event.000000000000000.x", "nonsense");
    const outbox = outboxOver(store);
    outbox.add(events("e-1"));
    await pass(200);
    expect(calls).toEqual([["e-1"]]);
    expect(outbox.pending).toBe(0);
  });
});
