/** What a shopper turns to next, over the whole catalogue: sessions of clicks, baskets of purchases, reviews. */
import { type RecommendEvalReport, recommendEval } from "../../src/recommend-eval.ts";
import { amazonBeauty } from "../datasets/amazon-beauty.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { onlineRetail } from "../datasets/online-retail.ts";
import { yoochoose } from "../datasets/yoochoose.ts";
import { type Cells, fixed } from "../table.ts";
import { onlineRetailFigures, yoochooseFigures } from "./figures.ts";
import type { QualityReport } from "./report.ts";

type Result = RecommendEvalReport["results"][number];

interface Protocol {
  readonly title: string;
  readonly k: number;
  readonly load: (folder: string) => Promise<Dataset>;
  readonly about: string;
  readonly columns: Readonly<Record<string, (result: Result) => number>>;
  /** What the differences are of. */
  readonly compared: "mrr" | "ndcg";
  readonly figures: readonly Cells[];
  readonly note?: string;
}

const sessions: Protocol = {
  title: "yoochoose: the next click of a session",
  k: 20,
  load: yoochoose,
  about: "Each click of a test session from those before it in the session.",
  columns: {
    "hit rate@20": ({ hitRate }) => hitRate,
    "MRR@20": ({ mrr }) => mrr,
    "hit rate@20 of new items": (result) => result.new.hitRate,
    "MRR@20 of new items": (result) => result.new.mrr,
    coverage: ({ coverage }) => coverage,
  },
  compared: "mrr",
  figures: yoochooseFigures.map((row) => [...row, "–", "–", "–"]),
};

const baskets: Protocol = {
  title: "online_retail: the next basket",
  k: 10,
  load: onlineRetail,
  about: "Baskets of customers seen before, from 2010-10-12 on (the last quarter).",
  columns: {
    "NDCG@10": ({ ndcg }) => ndcg,
    "NDCG@10, bought before only": ({ repeatedOnly }) => repeatedOnly.ndcg,
    "NDCG@10, new only": ({ newOnly }) => newOnly.ndcg,
    "hit rate@10": ({ hitRate }) => hitRate,
    coverage: ({ coverage }) => coverage,
  },
  compared: "ndcg",
  figures: onlineRetailFigures.map((row) => [...row, "–", "–", "–"]),
};

const reviews: Protocol = {
  title: "amazon_beauty: the next review",
  k: 10,
  load: amazonBeauty,
  about: "Every review from 2014-01-01 on of somebody who wrote one before, live.",
  columns: {
    "hit rate@10": ({ hitRate }) => hitRate,
    "NDCG@10": ({ ndcg }) => ndcg,
    "NDCG@10, new only": ({ newOnly }) => newOnly.ndcg,
    coverage: ({ coverage }) => coverage,
  },
  compared: "ndcg",
  figures: [],
  note: "Published and own figures for others on this set are of other protocols (leave-last-out, one split in time), so none stand here.",
};

const report =
  ({ title, k, load, about, columns, compared, figures, note }: Protocol) =>
  async (folder: string): Promise<QualityReport> => {
    const { events, from } = await load(folder);
    const { outcomes, perSecond, results, learners, differences } = await recommendEval(events, {
      k,
      ...(from === undefined ? {} : { from }),
    });
    const engine = results.find(({ recommender }) => recommender === "engine")!;
    const differenceTo = (name: string): string => {
      const found = differences.find(({ b, metric }) => b === name && metric === compared);
      return found === undefined ? "" : `${fixed(found.mean)} (${fixed(found.low)} to ${fixed(found.high)})`;
    };
    const error = Math.sqrt((engine.hitRate * (1 - engine.hitRate)) / Math.max(1, outcomes));
    return {
      title,
      about: `${about} ${outcomes} scored.`,
      head: [
        "",
        ...Object.keys(columns),
        "log-loss of choices",
        `engine minus it, ${compared === "mrr" ? "MRR" : "NDCG"}`,
      ],
      rows: [
        ...[...results, ...learners].map((result) => [
          result.recommender,
          ...Object.values(columns).map((read) => fixed(read(result))),
          result.logLoss === null ? "–" : fixed(result.logLoss),
          differenceTo(result.recommender),
        ]),
        ...figures.map(([name, ...cells]) => [`*${name}*`, ...cells]),
      ],
      notes: [
        ...(note === undefined ? [] : [note]),
        `Standard error of the engine's hit rate: ${fixed(error)} (binomial).`,
        "Parameters were chosen on what came before that time, but for three bounds of the co-visits (rows of 64, ten of a basket, eight ways back), set for speed with these figures in sight.",
        `${perSecond.toFixed(0)} scored outcomes a second, all recommenders and the learning included.`,
      ],
    };
  };

export const nextClick = report(sessions);
export const nextBasket = report(baskets);
export const nextReview = report(reviews);
