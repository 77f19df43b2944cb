/** The two evaluations, on a simulated shop of 10,000 items. */
import type { EventInput } from "../../src/core/public.ts";
import { evaluate } from "../../src/evaluate.ts";
import { recommendEval } from "../../src/recommend-eval.ts";
import { simulatedShop } from "../../src/simulator/shop.ts";
import { behaviour, take } from "./behaviour.ts";
import { type Benchmark, scaled } from "./benchmark.ts";
import { profiled } from "./profile.ts";

const shop = () => simulatedShop({ seed: 1, items: 10_000, shoppers: 4000 });

export const evaluation: Benchmark = {
  name: "evaluate",
  limitMs: 240_000,
  async run(setting) {
    const goods = shop();
    const items = goods.items.map((item): EventInput => ({ ...item }));
    const lists = take(behaviour(goods, { views: 2, size: 25 }), 4 * scaled(6000, setting));
    const { slates, seconds } = await profiled(setting, "evaluate", () => evaluate([...items, ...lists], { k: 10 }));
    const what = "evaluate, all rankers, slates of 25";
    return [{ what, value: slates / seconds, unit: "/s", isRate: true, hold: 300, reach: 1500 }];
  },
};

export const recommendEvaluation: Benchmark = {
  name: "recommend-eval",
  limitMs: 240_000,
  async run(setting) {
    const goods = shop();
    const items = goods.items.map((item): EventInput => ({ ...item }));
    const views = take(behaviour(goods, { slates: 0, views: 5 }), scaled(40_000, setting));
    const { perSecond } = await profiled(setting, "recommend-eval", () =>
      recommendEval([...items, ...views], { k: 20 }),
    );
    const what = "recommend-eval, all recommenders, 10,000 items";
    return [{ what, value: perSecond, unit: "/s", isRate: true, hold: 500, reach: 2000 }];
  },
};
