/** What an item and a shopper take, and what lists, folds and lessons cost, in shops of 10,000, 100,000 and a million of each; a process each. */
import { type Benchmark, type Measure, scaled } from "./benchmark.ts";
import type { Grown } from "./grown.ts";
import { inChild } from "./processes.ts";

const sizes = [10_000, 100_000, 1_000_000];

export const growth: Benchmark = {
  name: "growth",
  limitMs: 2_400_000,
  async run(setting) {
    const measures: Measure[] = [];
    for (const size of sizes.map((full) => scaled(full, setting))) {
      const grown = await inChild<Grown>({
        file: "grown.ts",
        args: [String(size)],
        execArgv: ["--expose-gc"],
        limitMs: growth.limitMs,
      });
      const of = (what: string, value: number, unit: Measure["unit"], rest: Partial<Measure> = {}): void =>
        void measures.push({ what: `${size.toLocaleString("en")} items and shoppers: ${what}`, value, unit, ...rest });
      of("bytes an item", Math.round(grown.itemBytes), "");
      of("bytes a shopper with 10 events", Math.round(grown.shopperBytes), "");
      of("state", grown.stateBytes / 2 ** 30, "GiB");
      of("events folded, without choice lessons", grown.perSecond, "/s", { isRate: true });
      of("a list of 20 shown and clicked on, with its lessons", grown.listMs, "ms");
      of("lessons of such a list", grown.lessonsOfList, "");
      of("a view that teaches a choice", grown.choiceMs, "ms");
      of("choice lessons of such a view", grown.lessonsOfChoice, "");
      of("state of the learners", grown.learnersBytes / 2 ** 30, "GiB");
      of("all state after the lessons", grown.taughtBytes / 2 ** 30, "GiB");
      of("resident memory", grown.rss / 2 ** 30, "GiB");
      of("share of shoppers who are suspects", grown.suspectShare, "");
      of("rank 200, p50", grown.rankMs[0], "ms");
      of("recommend, p50", grown.recommendMs[0], "ms");
      of("recommend, p99", grown.recommendMs[1], "ms");
      of("longest single fold of new items", grown.longestItemMs, "ms");
      of("longest single fold of new shoppers' events", grown.longestEventMs, "ms");
    }
    return measures;
  },
};
