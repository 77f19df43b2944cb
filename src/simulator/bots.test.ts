import { describe, expect, test } from "vitest";
import { dayMs, hourMs, secondMs } from "../core/clock.ts";
import { type BotKind, botKinds, isBot } from "./bots.ts";
import type { SimulatedOutcome, SimulatedSlate } from "./events.ts";
import { simulatedHistory } from "./history.ts";
import { simulatedShop } from "./shop.ts";
import type { ShoppersOptions } from "./shoppers.ts";

type Traffic = SimulatedSlate | SimulatedOutcome;

const shop = simulatedShop({ seed: 7 });

function traffic(options: ShoppersOptions, visits = 12_000): Traffic[] {
  return [...simulatedHistory(shop, { visits, ...options })].filter((event) => "user" in event);
}

const of = (kind: BotKind): Traffic[] =>
  traffic({ bots: { share: 0.2, kinds: [kind] } }).filter(({ user }) => isBot(user));
const clicksOf = (events: readonly Traffic[]): SimulatedOutcome[] =>
  events.filter((event) => event.type === "outcome" && event.action === "click") as SimulatedOutcome[];

function bySession(events: readonly Traffic[]): Map<string, Traffic[]> {
  return Map.groupBy(events, ({ session }) => session);
}

describe("bots among shoppers", () => {
  test("leave what the shoppers do as it was, to the bit", () => {
    const clean = traffic({}, 2000);
    const mixed = traffic({ bots: { share: 0.3 } }, 2000);
    expect(JSON.stringify(mixed.filter(({ user }) => !isBot(user)))).toBe(JSON.stringify(clean));
    expect(mixed.length).toBeGreaterThan(clean.length);
  });

  test("make up their share of slates and outcomes, in time order", () => {
    const shares = [1, 2, 3, 4].map((seed) => {
      const events = traffic({ seed, bots: { share: 0.2 } });
      expect(events.every(({ time }, i) => time >= (events[i - 1]?.time ?? 0))).toBe(true);
      return events.filter(({ user }) => isBot(user)).length / events.length;
    });
    expect(shares.reduce((sum, share) => sum + share / 4, 0)).toBeCloseTo(0.2, 1);
  });

  test("come of the kinds and in the time that were asked for", () => {
    const fromMs = shop.startMs + 2 * dayMs;
    const untilMs = fromMs + 3 * dayMs;
    for (const kind of botKinds) {
      const events = traffic({ bots: { share: 0.5, kinds: [kind], fromMs, untilMs } }, 6000).filter(({ user }) =>
        isBot(user),
      );
      expect(events.length).toBeGreaterThan(100);
      expect(events.every(({ user }) => user.startsWith(`b-${kind}-`))).toBe(true);
      expect(events[0]!.time).toBeGreaterThanOrEqual(fromMs);
      expect(events.at(-1)!.time).toBeLessThan(untilMs + 2 * hourMs);
    }
    expect(() => traffic({ bots: { share: 1 } }, 1)).toThrow("less than all");
  });
});

describe("each kind of bot", () => {
  test("a crawler opens every item of 3 to 12 lists, three a second", () => {
    const crawls = bySession(of("crawler"));
    expect(crawls.size).toBeGreaterThan(10);
    for (const events of crawls.values()) {
      const slates = events.filter((event) => event.type === "slate");
      expect(slates.length).toBeGreaterThanOrEqual(3);
      expect(slates.length).toBeLessThanOrEqual(12);
      const shown = slates.flatMap(({ slate, items }) => items.map((item) => slate + item));
      expect(clicksOf(events).map(({ slate, item }) => slate + item)).toEqual(shown);
      const first = clicksOf(events).filter(({ slate }) => slate === slates[0]!.slate);
      expect(first.at(-1)!.time - first[0]!.time).toBeCloseTo(((first.length - 1) * secondMs) / 3, -1);
    }
    expect(new Set([...crawls.values()].map(([event]) => event!.user)).size).toBe(3);
  });

  test("a farm's 20 to 60 new accounts open one item within the hour and a little, listed or not", () => {
    const campaigns = Map.groupBy(of("farm"), ({ user }) => user.split("-")[2]!);
    const counts = [...campaigns.values()].map((events) => {
      const opened = events.filter((event) => event.type === "outcome");
      expect(new Set(opened.map(({ item }) => item)).size).toBe(1);
      expect(events.at(-1)!.time - events[0]!.time).toBeLessThan(1.2 * hourMs);
      const accounts = bySession(events);
      for (const pages of accounts.values())
        expect(pages.filter(({ type }) => type === "slate").length).toBeLessThan(3);
      return accounts.size;
    });
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...counts)).toBeLessThanOrEqual(60);
    const views = [...campaigns.values()].flat().filter((event) => event.type === "outcome" && event.action === "view");
    const listed = views.filter(({ slate }) => slate !== undefined).length;
    expect(listed).toBe(clicksOf([...campaigns.values()].flat()).length);
    expect(listed).toBeGreaterThan(0);
    expect(listed).toBeLessThan(views.length);
  });

  test("a repeater opens one item of one list 20 to 80 times, 2 to 20 seconds apart", () => {
    const bursts = bySession(of("repeater"));
    expect(bursts.size).toBeGreaterThan(20);
    for (const events of bursts.values()) {
      const clicks = clicksOf(events);
      expect(clicks.length).toBeGreaterThanOrEqual(20);
      expect(clicks.length).toBeLessThanOrEqual(80);
      const [first, ...others] = clicks;
      expect(others.every(({ item, slate }) => item === first!.item && slate === first!.slate)).toBe(true);
      const gaps = others.map(({ time }, i) => time - clicks[i]!.time);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2 * secondMs - 1);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(20 * secondMs + 1);
    }
  });
});
