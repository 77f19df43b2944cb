import { describe, expect, test } from "vitest";
import { dayMs } from "../core/clock.ts";
import { random } from "../core/random.ts";
import { examination } from "./clicks.ts";
import { type Drift, moments } from "./drift.ts";
import { simulatedHistory } from "./history.ts";
import { ornsteinUhlenbeck } from "./ornstein-uhlenbeck.ts";
import { type ShopOptions, simulatedShop } from "./shop.ts";
import { appealDeviation } from "./stock.ts";

const shopOf = (drift: Drift, more: Partial<ShopOptions> = {}) => simulatedShop({ seed: 7, drift, ...more });

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const covariance = (a: readonly number[], b: readonly number[]): number => {
  const middle = [mean(a), mean(b)];
  return mean(a.map((value, i) => (value - middle[0]!) * (b[i]! - middle[1]!)));
};
const correlation = (a: readonly number[], b: readonly number[]): number =>
  covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));

describe("Ornstein–Uhlenbeck", () => {
  test("keeps its deviation, and 1/e of what was after its time constant", () => {
    const chance = random(3);
    const start = Float32Array.from({ length: 20_000 }, () => 2 * chance.normal());
    const at = ornsteinUhlenbeck({ start, deviation: new Float32Array(20_000).fill(2), timeConstant: 10, chance });
    const [first, tenth, thirtieth] = [0, 10, 30].map((step) => [...at(step)]);
    // Of 20,000: ±0.04 is four standard errors of a deviation of 2, ±0.03 of a correlation.
    for (const values of [first!, tenth!, thirtieth!]) {
      expect(Math.abs(mean(values))).toBeLessThan(0.06);
      expect(Math.abs(Math.sqrt(covariance(values, values)) - 2)).toBeLessThan(0.04);
    }
    expect(Math.abs(correlation(first!, tenth!) - Math.exp(-1))).toBeLessThan(0.03);
    expect(Math.abs(correlation(first!, thirtieth!) - Math.exp(-3))).toBeLessThan(0.03);
  });

  test("answers any step in any order alike, and its start before the first", () => {
    const walk = () =>
      ornsteinUhlenbeck({ start: Float32Array.of(1, -1), deviation: [1, 1], timeConstant: 5, chance: random(1) });
    const up = walk();
    const down = walk();
    const upwards = [0, 1, 2, 3].map((step) => [...up(step)]);
    expect([3, 2, 1, 0].map((step) => [...down(step)]).reverse()).toEqual(upwards);
    expect([...up(-1)]).toEqual([1, -1]);
  });
});

describe("drift", () => {
  const { startMs } = shopOf({ kind: "none" });
  const everything = (drift: Drift, atMs: number): number[] => {
    const shop = shopOf(drift, { items: 200, shoppers: 50, fashion: 0.5 });
    return shop.tastes.flatMap((_, s) =>
      shop.items.map(({ item }) => {
        const p = shop.truth.attraction(`u-${s + 1}`, item, atMs);
        return Math.log(p / (1 - p));
      }),
    );
  };

  test("of no kind: what is true is true at any time", () => {
    expect(everything({ kind: "none" }, startMs + 100 * dayMs)).toEqual(everything({ kind: "none" }, startMs));
  });

  test("of every kind: the opening is that of a shop that does not drift", () => {
    const opening = everything({ kind: "none" }, startMs);
    expect(everything({ kind: "slow" }, startMs)).toEqual(opening);
    expect(everything({ kind: "sudden", atMs: startMs + dayMs }, startMs)).toEqual(opening);
  });

  test("slow: the further in time, the less alike; attractions stay as spread as they were", () => {
    const at = (days: number) => everything({ kind: "slow" }, startMs + days * dayMs);
    const opening = at(0);
    const alike = [1, 3, 10, 40].map((days) => correlation(opening, at(days)));
    expect(alike).toEqual([...alike].sort((a, b) => b - a));
    expect(alike[0]).toBeGreaterThan(0.9);
    expect(alike[3]).toBeLessThan(0.75);
    expect(covariance(at(40), at(40)) / covariance(opening, opening)).toBeGreaterThan(0.7);
    expect(covariance(at(40), at(40)) / covariance(opening, opening)).toBeLessThan(1.4);
  });

  test("sudden: nothing before, all at once, nothing after; shoppers then want something else", () => {
    const drift = { kind: "sudden", atMs: startMs + 10 * dayMs } as const;
    const opening = everything(drift, startMs);
    const jumped = everything(drift, drift.atMs);
    expect(everything(drift, drift.atMs - 1)).toEqual(opening);
    expect(everything(drift, drift.atMs + 90 * dayMs)).toEqual(jumped);
    expect(Math.abs(correlation(opening, jumped))).toBeLessThan(0.25);
    expect(covariance(jumped, jumped) / covariance(opening, opening)).toBeGreaterThan(0.7);
    expect(covariance(jumped, jumped) / covariance(opening, opening)).toBeLessThan(1.4);
    const { momentAt } = shopOf(drift);
    expect(momentAt(startMs).own(0).category).not.toEqual(momentAt(drift.atMs).own(0).category);
  });

  test("appeals are drawn again from what they were drawn from", () => {
    const shop = shopOf({ kind: "sudden", atMs: startMs + dayMs }, { items: 20_000, shoppers: 1 });
    for (const days of [0, 1]) {
      const appeal = [...shop.momentAt(startMs + days * dayMs).appeal];
      expect(Math.abs(Math.sqrt(covariance(appeal, appeal)) - appealDeviation)).toBeLessThan(0.01);
    }
  });

  test("a fashion is common to all: it moves each shopper's taste by the same", () => {
    const plain = shopOf({ kind: "none" });
    const options = { seed: 7, stock: plain.stock, people: plain.tastes, startMs, drift: { kind: "none" } } as const;
    const [without, with_] = [0, 0.5].map((fashion) => moments({ ...options, fashion })(startMs));
    expect(without!.felt(3)).toEqual(plain.tastes[3]);
    const moved = (shopper: number) =>
      with_!.felt(shopper).brand.map((weight, i) => weight - plain.tastes[shopper]!.brand[i]!);
    for (const [i, shift] of moved(0).entries()) expect(moved(1)[i]).toBeCloseTo(shift, 5);
    expect(with_!.own(3)).toEqual(plain.tastes[3]);
  });

  test("clicks follow the truth of their time", () => {
    const drift = { kind: "sudden", atMs: startMs + 10 * dayMs } as const;
    const shop = shopOf(drift, { fashion: 0.5 });
    // Observed less expected clicks, in standard deviations, by the truth before and after the jump.
    const z = { right: 0, wrong: 0 };
    let variance = 0;
    for (const event of simulatedHistory(shop, { visits: 16_000 })) {
      if (event.type === "slate" && event.time >= drift.atMs) {
        for (const [k, item] of event.items.entries()) {
          const p = examination(k, shop.eta) * shop.truth.attraction(event.user, item, event.time);
          z.right -= p;
          z.wrong -= examination(k, shop.eta) * shop.truth.attraction(event.user, item, startMs);
          variance += p * (1 - p);
        }
      } else if (event.type === "outcome" && event.action === "click" && event.time >= drift.atMs) {
        z.right++;
        z.wrong++;
      }
    }
    expect(Math.abs(z.right / Math.sqrt(variance))).toBeLessThan(4);
    expect(Math.abs(z.wrong / Math.sqrt(variance))).toBeGreaterThan(8);
  });
});
