import { expect, test } from "vitest";
import type { EventInput } from "../src/core/public.ts";
import { random } from "../src/core/random.ts";
import { recommendEval } from "../src/recommend-eval.ts";

const minuteMs = 60_000;

/** Shoppers who turn to any of so many items, each as likely as another: nobody can know what comes next. */
function uniform(items: number, count: number): EventInput[] {
  const chance = random("uniform");
  return Array.from({ length: count }, (_, i) => {
    const [user, item] = [`u-${chance.int(20)}`, `p-${chance.int(items)}`];
    return { type: "outcome", action: "view", item, user, time: 1_700_000_000_000 + i * minuteMs };
  });
}

test("where nothing can be known, no recommender knows anything: none sees what it is scored on", async () => {
  const items = 8;
  const { results, outcomes } = await recommendEval(uniform(items, 4000), { k: items });
  let expected = 0;
  for (let rank = 1; rank <= items; rank++) expected += 1 / rank / items;
  expect(outcomes).toBeGreaterThan(3900);
  for (const { recommender, mrr } of results) expect(mrr, recommender).toBeLessThan(expected + 0.015);
});

test("one basket is predicted together, from before it", async () => {
  const at = (item: string, user: string, minute: number): EventInput => {
    return { type: "outcome", action: "purchase", item, user, time: 1_700_000_000_000 + minute * minuteMs };
  };
  const events = [at("a", "u", 0), at("b", "u", 5), at("c", "u", 5), at("b", "u", 5), at("d", "v", 6)];
  const { outcomes, results } = await recommendEval(events, { k: 5 });
  // The first basket of each shopper is not scored; b and c are one, new items both.
  expect(outcomes).toBe(1);
  expect(results.find(({ recommender }) => recommender === "engine")).toMatchObject({
    repeated: { count: 0 },
    new: { count: 1 },
    hitRate: 0,
  });
});

test("each learner of choices alone stands beside the engine, with the loss of the shares that it states", async () => {
  const { results, learners, differences } = await recommendEval(uniform(8, 600), { k: 3 });
  const engine = results.find(({ recommender }) => recommender === "engine")!;
  expect(learners.map(({ recommender }) => recommender)).toEqual(["choice-plain", "choice", "choice-network"]);
  // Nobody knows more than that it is one of eight.
  for (const { logLoss } of [engine, ...learners]) {
    expect(logLoss).toBeGreaterThan(Math.log(8) - 0.05);
    expect(logLoss).toBeLessThan(Math.log(8) + 0.5);
  }
  expect(results.find(({ recommender }) => recommender === "popular")!.logLoss).toBeNull();
  const others = [...results, ...learners].map(({ recommender }) => recommender).filter((name) => name !== "engine");
  expect(new Set(differences.map(({ b }) => b))).toEqual(new Set(others));
  for (const { b, metric, mean, low, high } of differences) {
    const other = [...results, ...learners].find(({ recommender }) => recommender === b)!;
    expect(mean).toBeCloseTo(engine[metric as "mrr"] - other[metric as "mrr"], 9);
    expect(low).toBeLessThanOrEqual(mean);
    expect(high).toBeGreaterThanOrEqual(mean);
  }
});
