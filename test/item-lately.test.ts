/** `lately` of `GET /v1/items/{item}`: the sums that fade, against what happened, counted plainly. */
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../src/core/clock.ts";
import { many, withEngine } from "./at-limits.ts";

const startMs = Date.UTC(2026, 3, 1);
/** 2^(−age/half-life) of each time, summed. */
const faded = (timesMs: readonly number[], atMs: number, halfLifeMs: number): number =>
  timesMs.reduce((sum, oneMs) => sum + 2 ** -((atMs - oneMs) / halfLifeMs), 0);

test("an item's sums are what happened to it, each halved every half-life; together they show a rise", () =>
  withEngine(async (engine) => {
    const items = many(6, (i) => `p-${i}`);
    const [shown, clicks, views]: number[][] = [[], [], []];
    await engine.record(items.map((item) => ({ type: "item", item, fields: {}, time: startMs })));
    // Forty days of it, more and more often; the item stands second, and others are chosen too.
    let clockMs = startMs;
    for (let i = 0; clockMs < startMs + 40 * dayMs; i++) {
      clockMs += (40 - Math.min(i, 35)) * hourMs;
      const list = [items[2 + (i % 4)]!, "p-1", items[2 + ((i + 1) % 4)]!];
      const item = list[i % 3]!;
      const who = { user: `u-${i}`, slate: `s-${i}` };
      await engine.record([
        { type: "slate", ...who, items: list, time: clockMs },
        { type: "outcome", ...who, action: "click", item, time: clockMs + minuteMs },
        { type: "outcome", user: `u-${i}`, action: "purchase", item, time: clockMs + 5 * minuteMs },
      ]);
      shown!.push(clockMs + minuteMs);
      if (item !== "p-1") continue;
      clicks!.push(clockMs + minuteMs);
      views!.push(clockMs + 5 * minuteMs);
    }
    const { lately } = engine.item("p-1")!;
    const atMs = engine.status().clockMs;
    expect(lately.map(({ halfLife }) => halfLife)).toEqual(["3h", "12h", "1d", "7d", "30d", "180d"]);
    for (const { halfLifeMs, halfLife, ...told } of lately) {
      const near = (timesMs: readonly number[]) => expect.closeTo(faded(timesMs, atMs, halfLifeMs), 4);
      const choices = { choices: near([...clicks!, ...views!]) };
      const lists = {
        ...{ shown: near(shown!), clicks: near(clicks!), views: near(views!) },
        ...{ rate: expect.any(Number), attraction: expect.any(Number) },
      };
      const isOfLists = halfLife === "12h" || halfLife === "7d";
      const hasChoices = halfLife !== "12h";
      expect([halfLife, told]).toEqual([halfLife, { ...(hasChoices && choices), ...(isOfLists && lists) }]);
      // A third of what is shown is clicked, here and in the whole shop.
      if (isOfLists) expect(told.rate).toBeGreaterThan(0.25);
      if (isOfLists) expect(told.rate).toBeLessThan(0.45);
    }
    const perDay = (halfLife: string): number => {
      const one = lately.find((sums) => sums.halfLife === halfLife)!;
      return (one.choices! * Math.LN2 * dayMs) / one.halfLifeMs;
    };
    expect(perDay("1d")).toBeGreaterThan(1.5 * perDay("7d"));
  }));

test("what the settings leave out is absent, and nothing of it is told", () =>
  withEngine(
    async (engine) => {
      await engine.record({ type: "item", item: "p-1", fields: {} });
      expect(engine.item("p-1")!.lately.map(({ halfLife }) => halfLife)).toEqual(["12h", "7d"]);
      expect(engine.item("p-1")!.lately[0]).toMatchObject({ shown: 0, clicks: 0, views: 0, attraction: 1 });
    },
    { withoutFeatures: ["popularity"] },
  ));
