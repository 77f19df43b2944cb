import { describe, expect, test } from "vitest";
import { dayMs } from "../core/clock.ts";
import { examination } from "./clicks.ts";
import type { SimulatedOutcome } from "./events.ts";
import { purchaseChance } from "./responses.ts";
import { cartChance, simulatedShop } from "./shop.ts";
import { type ShoppersOptions, simulatedShoppers, type Visit } from "./shoppers.ts";

const shop = simulatedShop({ seed: 7 });

type Order = (visit: Visit) => readonly string[];
const own: Order = ({ candidates, size }) => candidates.slice(0, size);
const personal: Order = ({ user, candidates, size }) => shop.truth.bestOrder(user, candidates).slice(0, size);

function run(count: number, order: Order, options: ShoppersOptions = {}) {
  const shoppers = simulatedShoppers(shop, options);
  const visits: Visit[] = [];
  const shown = new Map<string, readonly string[]>();
  const outcomes: SimulatedOutcome[] = [];
  for (let i = 0; i < count; i++) {
    const visit = shoppers.next();
    visits.push(visit);
    shown.set(visit.slate, order(visit));
    outcomes.push(...visit.respond(shown.get(visit.slate)!));
  }
  return { visits, shown, outcomes: [...outcomes, ...shoppers.rest()] };
}

const many = run(20_000, own, { seen: true });
const ofAction = (action: string) => many.outcomes.filter((outcome) => outcome.action === action);

describe("visits", () => {
  test("same options and answers, same visits and events, to the bit", () => {
    const text = (seed: number) => JSON.stringify(run(300, own, { seed }));
    expect(text(1)).toBe(text(1));
    expect(text(1)).not.toBe(text(2));
  });

  test("never depend on what is shown; nor does the luck of a position", () => {
    const plan = ({ visits }: { visits: Visit[] }) =>
      visits.map(({ user, session, atMs, query }) => [user, session, atMs, query]);
    const other = run(300, personal, { seen: true });
    const same = run(300, own, { seen: true });
    expect(plan(other)).toEqual(plan(same));
    const looks = ({ outcomes, shown }: typeof same) =>
      outcomes
        .filter(({ action }) => action === "seen")
        .map(({ slate, item }) => `${slate} ${shown.get(slate!)!.indexOf(item)}`)
        .sort();
    expect(looks(other)).toEqual(looks(same));
  });

  test("come in time order, the pages of a session well apart, sessions as a Poisson process", () => {
    const starts = new Map<string, number>();
    const lastOf = new Map<string, number>();
    let before = shop.startMs;
    for (const { session, atMs } of many.visits) {
      expect(atMs).toBeGreaterThanOrEqual(before);
      if (lastOf.has(session)) expect(atMs - lastOf.get(session)!).toBeGreaterThanOrEqual(60_000);
      else starts.set(session, atMs);
      lastOf.set(session, (before = atMs));
    }
    const gaps = [...starts.values()].map((start, i, all) => start - (all[i - 1] ?? shop.startMs));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const sd = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(mean / (dayMs / 200)).toBeCloseTo(1, 1);
    expect(sd / mean).toBeCloseTo(1, 1);
    expect(many.visits.length / starts.size).toBeGreaterThan(3.8);
    expect(many.visits.length / starts.size).toBeLessThan(4.2);
  });

  test("are searches, category pages and home, each with the shop's own order", () => {
    const share = (surface: string) =>
      many.visits.filter((visit) => visit.surface === surface).length / many.visits.length;
    expect(share("search")).toBeCloseTo(0.5, 1);
    expect(share("category")).toBeCloseTo(0.25, 1);
    expect(share("home")).toBeCloseTo(0.25, 1);
    for (const { surface, query, category, context, candidates } of many.visits) {
      expect([surface === "search", surface === "category"]).toEqual([query !== undefined, category !== undefined]);
      expect(context.category).toEqual(category);
      expect(candidates).toEqual(shop.ownOrder(query ?? category?.[1]).slice(0, 60));
    }
  });

  test("say what was shown, and are answered once", () => {
    const visit = simulatedShoppers(shop).next();
    const { user, session, atMs, slate, context, surface } = visit;
    const event = visit.slateEvent(["p-1"], "engine");
    expect(event).toMatchObject({ type: "slate", slate, user, session, surface, context, time: atMs, items: ["p-1"] });
    expect(event.orderedBy).toBe("engine");
    visit.respond(["p-1", "added-by-hand"], "another-slate");
    expect(() => visit.respond(["p-1"])).toThrow("once");
  });
});

describe("outcomes", () => {
  test("come in time order over all visits, each after its list was shown, and of an item in it", () => {
    const shownAtMs = new Map(many.visits.map(({ slate, atMs }) => [slate, atMs]));
    const misplaced = many.outcomes.filter(
      ({ time, slate, item }, i, all) =>
        time < (all[i - 1]?.time ?? 0) || time <= shownAtMs.get(slate!)! || !many.shown.get(slate!)!.includes(item),
    );
    expect(misplaced).toEqual([]);
  });

  test("each answer ends before the next visit begins", () => {
    const shoppers = simulatedShoppers(shop);
    let visit = shoppers.next();
    for (let i = 0; i < 2000; i++) {
      const events = visit.respond(own(visit));
      visit = shoppers.next();
      for (const { time } of events) expect(time).toBeLessThan(visit.atMs);
    }
  });

  test("clicks match the model's chances, position by position and in all", () => {
    // z-scores of observed against Σ of the known chances; the sum of their squares is chi-square with 20 degrees of freedom.
    const expected = new Float64Array(20);
    const variance = new Float64Array(20);
    const clicked = new Float64Array(20);
    for (const { user, slate } of many.visits) {
      for (const [k, item] of many.shown.get(slate)!.entries()) {
        const p = examination(k, 0.8) * shop.truth.attraction(user, item);
        expected[k]! += p;
        variance[k]! += p * (1 - p);
      }
    }
    for (const { slate, item } of ofAction("click")) clicked[many.shown.get(slate!)!.indexOf(item)]! += 1;
    const chiSquare = clicked.reduce((sum, clicks, k) => sum + (clicks - expected[k]!) ** 2 / variance[k]!, 0);
    expect(chiSquare).toBeLessThan(45.3); // its 99.9 % quantile
    expect(chiSquare).toBeGreaterThan(5.9); // its 0.1 % quantile
    const rate = many.visits.reduce(
      (sum, { user, slate }) => sum + shop.truth.clickRate(user, many.shown.get(slate)!),
      0,
    );
    expect(ofAction("click").length / rate).toBeCloseTo(1, 1);
  });

  test("positions are seen with chance (k + 1)^−0.8", () => {
    const full = many.visits.filter(({ slate }) => many.shown.get(slate)!.length === 20).length;
    const seen = new Float64Array(20);
    for (const { slate, item } of ofAction("seen")) {
      const list = many.shown.get(slate!)!;
      if (list.length === 20) seen[list.indexOf(item)]! += 1;
    }
    for (const [k, count] of seen.entries()) {
      const p = (k + 1) ** -0.8;
      expect(Math.abs(count / full - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / full));
    }
  });

  test("a click opens the item's page; carts and late purchases of items in stock follow at their chances", () => {
    const fieldsOf = new Map(shop.items.map(({ item, fields }) => [item, fields]));
    const clicks = ofAction("click");
    expect(ofAction("view").map(({ slate, item }) => slate + item)).toEqual(
      clicks.map(({ slate, item }) => slate + item),
    );
    const inStock = clicks.filter(({ item }) => fieldsOf.get(item)!.inStock).length;
    const carts = ofAction("cart").length;
    const purchases = ofAction("purchase");
    expect(carts / inStock / cartChance).toBeCloseTo(1, 1);
    expect(purchases.length / carts / purchaseChance).toBeCloseTo(1, 1);
    for (const { item, value } of purchases) expect(value).toBe(fieldsOf.get(item)!.price);
    const cartAtMs = new Map(ofAction("cart").map(({ slate, item, time }) => [slate + item, time]));
    const late = purchases.filter(({ slate, item, time }) => time - cartAtMs.get(slate + item)! > 3 * 3_600_000).length;
    // 0.7 e^−9 + 0.3 e^−0.0625
    expect(late / purchases.length).toBeCloseTo(0.28, 1);
  });

  test("a personal order earns the clicks that truth promises it", () => {
    const best = run(5000, personal);
    const promised = best.visits.reduce(
      (sum, { user, candidates, size }) => sum + shop.truth.bestClickRate(user, candidates, size),
      0,
    );
    const clicks = ({ outcomes }: typeof best) => outcomes.filter(({ action }) => action === "click").length;
    expect(clicks(best) / promised).toBeCloseTo(1, 1);
    expect(clicks(best) / clicks(run(5000, own))).toBeGreaterThan(1.6);
  });
});
