import { beforeEach, describe, expect, test } from "vitest";
import { actionCode } from "../core/actions.ts";
import { dayMs, hourMs, minuteMs } from "../core/clock.ts";
import { History, historyMax, touchHalfLivesMs } from "../core/history.ts";
import { random } from "../core/random.ts";
import { checksum } from "../core/state.ts";
import { Shoppers } from "./shoppers.ts";

const { click, view, purchase } = actionCode;
const expiryMs = 10 * dayMs;
const history = new History();
let shoppers: Shoppers;
let told: string[];
beforeEach(() => {
  shoppers = new Shoppers(expiryMs);
  told = [];
  shoppers.listen([
    { join: (from, to) => void told.push(`${from} joins ${to}`), forget: (row) => void told.push(`${row} forgotten`) },
  ]);
});

/** An event, as the fold tells it: who, then arrival, then the touch if there is one. */
function event(who: { user?: string; session?: string }, atMs: number, item = -1, action: number = view): number {
  const row = shoppers.intern(who.user, who.session);
  shoppers.arrive(row, who.session, atMs);
  shoppers.touch(row, item, action, atMs);
  return row;
}

function read(row: number, session: string | undefined, atMs: number) {
  shoppers.gather(row, session, atMs, history);
  return Array.from({ length: history.count }, (_, i) => ({
    item: history.item[i]!,
    lastAtMs: history.lastAtMs[i]!,
    spanMs: history.spanMs[i]!,
    counts: history.counts.map((count) => count[i]!),
    touches: history.touches[i]!,
    clicks: history.clicks[i]!,
    lastAction: history.lastAction[i]!,
    session: history.session[i]!,
    sessionTouches: history.sessionTouches[i]!,
    basket: history.basket[i]!,
    sequence: history.sequence[i]!,
  }));
}

const items = (row: number): number[] => read(row, undefined, 0).map(({ item }) => item);

/** Obvious and slow: a list of entries, the latest first, each with all its touches. */
class SlowHistory {
  readonly entries: SlowEntry[] = [];
  touches = 0;
  baskets = 0;
  repeats = 0;
  last = Number.NEGATIVE_INFINITY;
  session = 0;
  sessionTouches = 0;
  lastEventMs = Number.NaN;
  sessionId: string | undefined;

  arrive(session: string | undefined, atMs: number): void {
    const isNew = Number.isNaN(this.lastEventMs) || atMs - this.lastEventMs > 30 * minuteMs;
    if (isNew || (session !== undefined && session !== this.sessionId)) {
      this.session++;
      this.sessionTouches = 0;
      this.sessionId = session ?? this.sessionId;
    }
    this.lastEventMs = Number.isNaN(this.lastEventMs) ? atMs : Math.max(this.lastEventMs, atMs);
  }

  touch(item: number, action: number, atMs: number): void {
    if (atMs !== this.last) this.baskets++;
    this.last = Math.max(this.last, atMs);
    this.touches++;
    this.sessionTouches++;
    let entry = this.entries.find((one) => one.item === item);
    if (entry) this.repeats++;
    else if (this.entries.length >= historyMax) this.entries.pop();
    const lastAtMs = entry ? Math.max(...entry.times) : Number.NEGATIVE_INFINITY;
    if (entry && atMs >= lastAtMs) this.entries.splice(this.entries.indexOf(entry), 1);
    entry ??= {
      item,
      times: [],
      clicks: 0,
      spanMs: 0,
      lastAction: 0,
      session: 0,
      sessionTouches: 0,
      basket: 0,
      sequence: 0,
    };
    entry.times.push(atMs);
    if (action === click) entry.clicks++;
    if (atMs < lastAtMs) return;
    entry.spanMs += entry.times.length > 1 ? atMs - lastAtMs : 0;
    entry.sessionTouches = entry.session === this.session ? entry.sessionTouches + 1 : 1;
    Object.assign(entry, { lastAction: action, session: this.session, basket: this.baskets, sequence: this.touches });
    const place = this.entries.findIndex((one) => Math.max(...one.times) <= atMs);
    this.entries.splice(place < 0 ? this.entries.length : place, 0, entry);
  }
}

interface SlowEntry {
  readonly item: number;
  readonly times: number[];
  clicks: number;
  spanMs: number;
  lastAction: number;
  session: number;
  sessionTouches: number;
  basket: number;
  sequence: number;
}

function expectSame(row: number, slow: SlowHistory, atMs: number): void {
  const entries = read(row, undefined, atMs);
  expect(entries.map(({ item }) => item)).toEqual(slow.entries.map(({ item }) => item));
  entries.forEach((entry, i) => {
    const twin = slow.entries[i]!;
    const { counts, spanMs, ...exact } = entry;
    const lastAtMs = Math.max(...twin.times);
    const { times, spanMs: twinSpan, clicks, sessionTouches, ...rest } = twin;
    const bounded = { clicks: Math.min(255, clicks), sessionTouches: Math.min(255, sessionTouches) };
    expect(exact).toEqual({ ...rest, ...bounded, lastAtMs, touches: times.length });
    expect(Math.abs(spanMs - twinSpan)).toBeLessThanOrEqual(twinSpan * 1e-6);
    counts.forEach((count, h) => {
      const sum = times.reduce((total, time) => total + 2 ** (-(lastAtMs - time) / touchHalfLivesMs[h]!), 0);
      expect(Math.abs(count - sum)).toBeLessThanOrEqual(1e-4 * sum);
      expect(history.indexOf(entry.item)).toBe(i);
    });
  });
  expect([history.touchNumber, history.basketNumber, history.repeats]).toEqual([
    slow.touches,
    slow.baskets,
    slow.repeats,
  ]);
}

describe("a history", () => {
  test.each([
    { known: 12, steps: 3000, shopperCount: 3 },
    { known: 700, steps: 2500, shopperCount: 1 },
  ])("agrees with a slow twin over random touches, late ones too ($known items)", ({ known, steps, shopperCount }) => {
    const chance = random(`history ${known}`);
    const twins = Array.from({ length: shopperCount }, () => new SlowHistory());
    let nowMs = dayMs;
    for (let step = 0; step < steps; step++) {
      nowMs += [0, chance.int(minuteMs), chance.int(2 * hourMs)][chance.int(3)]!;
      const atMs = nowMs - (chance.int(6) === 0 ? chance.int(3 * hourMs) : 0);
      const s = chance.int(shopperCount);
      const session = chance.int(4) === 0 ? undefined : `v-${s}-${Math.floor(step / 40)}`;
      const item = chance.int(known);
      const action = [click, view, purchase][chance.int(3)]!;
      const row = event({ user: `u-${s}`, ...(session === undefined ? {} : { session }) }, atMs, item, action);
      twins[s]!.arrive(session, atMs);
      twins[s]!.touch(item, action, atMs);
      if (step % 50 === 49) expectSame(row, twins[s]!, nowMs);
    }
    for (let s = 0; s < shopperCount; s++) expectSame(shoppers.find(`u-${s}`, undefined), twins[s]!, nowMs);
    if (known > historyMax) expect(history.count).toBe(historyMax);
  });

  test("a touch that comes late counts, but neither becomes the latest nor breaks a run", () => {
    const row = event({ user: "a" }, 1000, 1);
    event({ user: "a" }, 2000, 1);
    event({ user: "a" }, 500, 2);
    expect(items(row)).toEqual([1, 2]);
    expect([history.run, history.lastTouchAtMs, history.touchNumber]).toEqual([2, 2000, 3]);
    event({ user: "a" }, 3000, 2);
    expect([items(row), history.run]).toEqual([[2, 1], 1]);
  });

  test("nobody, and nothing, leaves no trace", () => {
    const before = checksum([shoppers.state]);
    event({}, 1, 1);
    expect(shoppers.intern(undefined, undefined)).toBe(-1);
    expect(shoppers.find("never", "seen")).toBe(-1);
    expect(read(-1, "v", 1)).toEqual([]);
    expect(checksum([shoppers.state])).toBe(before);
  });
});

describe("a session", () => {
  test("ends after half an hour without an event, or when its id changes; asking does not begin one", () => {
    const row = event({ user: "a", session: "v1" }, 0, 1);
    const numbers = (session: string | undefined, atMs: number) => {
      shoppers.gather(row, session, atMs, history);
      return [history.sessionNumber, history.sessionTouchCount, history.sessionStartMs];
    };
    expect(numbers("v1", 30 * minuteMs)).toEqual([1, 1, 0]);
    expect(numbers(undefined, 30 * minuteMs)).toEqual([1, 1, 0]);
    expect(numbers("v2", 5)).toEqual([2, 0, 5]);
    const laterMs = 30 * minuteMs + 1;
    expect(numbers("v1", laterMs)).toEqual([2, 0, laterMs]);
    expect(numbers("v1", 0)).toEqual([1, 1, 0]);
    event({ user: "a", session: "v1" }, laterMs, 2);
    event({ user: "a", session: "v2" }, laterMs + 1, 3);
    expect(numbers("v2", laterMs + 2)).toEqual([3, 1, laterMs + 1]);
    expect(read(row, "v2", laterMs + 2).map(({ session }) => session)).toEqual([3, 2, 1]);
  });
});

describe("a session joined to a user", () => {
  test("becomes all that a new user did, as it was, and goes on", () => {
    const session = event({ session: "v" }, 1000, 1, click);
    event({ session: "v" }, 2000, 2);
    event({ session: "v" }, 2000, 3);
    event({ session: "v" }, 3000, 1);
    const before = read(session, "v", 3000);
    const numbers = [
      history.touchNumber,
      history.basketNumber,
      history.repeats,
      history.run,
      history.sessionTouchCount,
    ];
    const user = shoppers.intern("u", "v");
    expect(user).not.toBe(session);
    expect(told).toEqual([`${session} joins ${user}`]);
    expect(read(user, "v", 3000)).toEqual(before);
    expect([
      ...[history.touchNumber, history.basketNumber, history.repeats, history.run, history.sessionTouchCount],
    ]).toEqual(numbers);
    expect([history.sessionNumber, history.sessionStartMs]).toEqual([1, 1000]);
    expect(read(session, undefined, 0)).toEqual([]);
    expect(shoppers.find(undefined, "v")).toBe(user);
    expect(event({ session: "v" }, 4000, 4)).toBe(user);
    expect(read(user, "v", 4000).map((entry) => entry.session)).toEqual([1, 1, 1, 1]);
  });

  test("goes on as the next session of a user known before", () => {
    event({ user: "u", session: "old" }, 0, 1, click);
    event({ user: "u", session: "old" }, 10, 2);
    event({ session: "v" }, hourMs, 2, click);
    event({ session: "v" }, hourMs + 5, 3);
    event({ session: "v" }, hourMs + 9, 3);
    const user = event({ user: "u", session: "v" }, hourMs + 20, 4);
    const entries = read(user, "v", hourMs + 20);
    expect(entries.map(({ item, touches, session }) => [item, touches, session])).toEqual([
      [4, 1, 2],
      [3, 2, 2],
      [2, 2, 2],
      [1, 1, 1],
    ]);
    expect([history.sessionNumber, history.sessionStartMs, history.sessionTouchCount]).toEqual([2, hourMs, 4]);
    expect([history.touchNumber, history.lastTouchAtMs]).toEqual([6, hourMs + 20]);
    expect(entries[2]!.clicks).toBe(1);
    const sum = 1 + 2 ** (-(hourMs - 10) / touchHalfLivesMs[1]!);
    expect(entries[2]!.counts[1]).toBeCloseTo(sum, 5);
  });

  test("does not interrupt what the user does elsewhere since", () => {
    event({ session: "phone" }, 1000, 1);
    const user = event({ user: "u", session: "desk" }, 2000, 2);
    shoppers.intern("u", "phone");
    expect(items(user)).toEqual([2, 1]);
    shoppers.gather(user, "desk", 2001, history);
    expect([history.sessionNumber, history.lastTouchAtMs]).toEqual([1, 2000]);
  });

  test("stays with its first user; another user's event is that one's own", () => {
    const first = event({ user: "a", session: "shared" }, 1, 1);
    const second = event({ user: "b", session: "shared" }, 2, 2);
    expect([items(first), items(second)]).toEqual([[1], [2]]);
    expect(event({ session: "shared" }, 3, 3)).toBe(first);
    expect(told.length).toBe(1);
    const row = Number.parseInt(told[0]!, 10);
    expect([first, second, -1].map((shopper) => shoppers.isSame(row, shopper))).toEqual([true, false, false]);
    expect([shoppers.isSame(first, first), shoppers.isSame(first, second)]).toEqual([true, false]);
  });

  test("more than a history holds leaves the latest", () => {
    for (let i = 0; i < 400; i++) event({ user: "u" }, i, i);
    for (let i = 0; i < 400; i++) event({ session: "v" }, 1000 + i, 1000 + i);
    const user = shoppers.intern("u", "v");
    const left = items(user);
    expect(left.length).toBe(historyMax);
    expect([left[0], left[399], left[400], left[511]]).toEqual([1399, 1000, 399, 288]);
  });
});

describe("expiry", () => {
  /** Moves the clock and lets the sweep come by every row. */
  const sweep = (clockMs: number): void => {
    for (let i = 0; i < 200; i++) shoppers.sweep(clockMs);
  };

  test("forgets shoppers not heard of, tells so once, and uses their rows again, empty", () => {
    const gone = event({ user: "gone" }, 0, 1);
    shoppers.mergeFields(gone, { name: "Ada" });
    const stays = event({ user: "stays" }, 2, 2);
    sweep(expiryMs);
    expect(told).toEqual([]);
    sweep(expiryMs + 1);
    expect(told).toEqual([`${gone} forgotten`]);
    expect([shoppers.find("gone", undefined), shoppers.find("stays", undefined)]).toEqual([-1, stays]);
    expect(shoppers.count).toBe(1);
    const next = event({ user: "next" }, expiryMs + 1, 9);
    expect(next).toBe(gone);
    expect(items(next)).toEqual([9]);
    expect([history.touchNumber, history.sessionNumber, history.repeats]).toEqual([1, 1, 0]);
    expect(shoppers.fields(next)).toBeUndefined();
  });

  test("a late event does not make a shopper look old", () => {
    event({ user: "a" }, dayMs, 1);
    event({ user: "a" }, 0, 2);
    sweep(expiryMs + 1);
    expect(shoppers.count).toBe(1);
  });

  test("the sessions of users who come back again and again are forgotten one by one", () => {
    for (let day = 0; day < 100; day++) {
      event({ user: "u", session: `v-${day}` }, day * dayMs, day);
      sweep(day * dayMs);
      expect(shoppers.count).toBeLessThan(15);
    }
  });

  test("a session that is still heard of keeps its user", () => {
    const user = event({ user: "u", session: "v" }, 0, 1);
    for (let day = 0; day < 40; day += 5) {
      sweep(day * dayMs);
      expect(event({ session: "v" }, day * dayMs, day)).toBe(user);
    }
  });

  test("a session never leads to a stranger who got its user's row", () => {
    const user = event({ user: "u", session: "v" }, 0, 1);
    shoppers.forget(user);
    const stranger = event({ user: "stranger" }, 1, 2);
    expect(stranger).toBe(user);
    expect(shoppers.find(undefined, "v")).not.toBe(stranger);
    const session = event({ session: "v" }, 2, 3);
    expect([items(session), items(stranger)]).toEqual([[3], [2]]);
    const again = event({ user: "u", session: "v" }, 3, 4);
    expect(items(again)).toEqual([4, 3]);
    expect(shoppers.find(undefined, "v")).toBe(again);
    expect(items(stranger)).toEqual([2]);
  });

  test("nothing of a forgotten shopper stays in the bytes", () => {
    const row = event({ user: "Ada Lovelace", session: "difference-engine" }, 0, 1);
    shoppers.mergeFields(row, { email: "ada@example.org" });
    shoppers.forget(row);
    const bytes = Buffer.concat(shoppers.state.buffers.flatMap((buffer) => buffer.chunks().map((c) => Buffer.from(c))));
    expect(bytes.includes("Lovelace")).toBe(false);
    expect(bytes.includes("ada@")).toBe(false);
  });
});

test("saved and restored, it goes on the same", () => {
  const live = (from: number, to: number): void => {
    for (let step = from; step < to; step++) {
      const chance = random(`${step}`);
      const user = chance.int(3) === 0 ? undefined : `u-${chance.int(30)}`;
      const session = chance.int(3) === 0 ? undefined : `v-${Math.floor(step / 30)}-${chance.int(20)}`;
      const who = { ...(user === undefined ? {} : { user }), ...(session === undefined ? {} : { session }) };
      const atMs = step * 20 * minuteMs - chance.int(hourMs);
      event(who, atMs, chance.int(40), click);
      if (user !== undefined && chance.int(5) === 0) shoppers.mergeFields(shoppers.find(user, undefined), { step });
      shoppers.sweep(atMs);
    }
  };
  live(0, 1500);
  const saved = shoppers.state.buffers.map((buffer) => ({
    length: buffer.length,
    bytes: Buffer.concat(buffer.chunks().map((chunk) => Buffer.from(chunk))),
  }));
  live(1500, 3000);
  expect(told.some((one) => one.includes("joins")) && told.some((one) => one.includes("forgotten"))).toBe(true);
  const whole = checksum([shoppers.state]);
  shoppers = new Shoppers(expiryMs);
  shoppers.state.buffers.forEach((buffer, b) => {
    let at = 0;
    buffer.restore(saved[b]!.length, (target) => {
      target.set(saved[b]!.bytes.subarray(at, at + target.length));
      at += target.length;
    });
  });
  live(1500, 3000);
  expect(checksum([shoppers.state])).toBe(whole);
});
