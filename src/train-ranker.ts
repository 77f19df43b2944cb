/**
 * Match weights from graded queries: fitted on all of them, and, so that one knows what to expect, on parts: each query ordered by weights
 * that have not seen it, beside BM25F and the shipped weights.
 */
import { hashText } from "./core/random.ts";
import { pairedBootstrap } from "./evaluation/bootstrap.ts";
import { ndcg } from "./evaluation/metrics.ts";
import type { GradedLists } from "./graded-lists.ts";
import type { GradedRows } from "./lexical/boosted-trees.ts";
import { scoreRows, trainMatchWeights } from "./lexical/match-training.ts";
import type { MatchWeights } from "./lexical/match-weights-file.ts";

export interface TrainRankerOptions {
  /** Parts of the queries, each ordered by weights of all other parts; default 10, fewer where the queries are many. */
  readonly folds?: number;
  /** Trees done, of how many. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface RankerDifference {
  readonly a: string;
  readonly b: string;
  readonly metric: "ndcg";
  readonly mean: number;
  /** 95 % interval, paired bootstrap over queries. */
  readonly low: number;
  readonly high: number;
}

export interface TrainRankerReport {
  readonly queries: number;
  readonly grades: number;
  readonly folds: number;
  /** NDCG@10, gain 2^grade − 1; `learned`: cross-validated. */
  readonly results: readonly { readonly ranker: "bm25f" | "shipped" | "learned"; readonly ndcg: number }[];
  readonly differences: readonly RankerDifference[];
  /** Columns that trees ask for, the most asked first. */
  readonly columns: readonly { readonly column: string; readonly trees: number }[];
}

const k = 10;
const foldsFor = (queries: number): number => (queries < 1000 ? 10 : queries < 4000 ? 5 : 3);
/** Below, nothing can be learned that holds. */
export const queriesMin = 10;

/** `learned`: [row] cross-validated scores. */
export function trainRanker(
  lists: GradedLists,
  { folds = foldsFor(lists.queries.length), onProgress }: TrainRankerOptions = {},
): { readonly weights: MatchWeights; readonly learned: Float64Array; readonly report: TrainRankerReport } {
  let fits = 0;
  const fit = (rows: GradedRows): MatchWeights => {
    const weights = trainMatchWeights(rows, lists.columns, {
      onTree: (done, of) => onProgress?.(fits * of + done, (folds + 1) * of),
    });
    fits++;
    return weights;
  };
  const learned = crossValidated(lists, folds, fit);
  const weights = fit(lists);
  const scores = { bm25f: column(lists, "bm25f"), shipped: lists.shipped, learned };
  const perQuery = Object.entries(scores).map(([ranker, score]) => ({ ranker, ndcg: ndcgOfEach(lists, score) }));
  return {
    weights,
    learned,
    report: {
      queries: lists.queries.length,
      grades: lists.grades.length,
      folds,
      results: perQuery.map(({ ranker, ndcg: each }) => ({ ranker: ranker as keyof typeof scores, ndcg: mean(each) })),
      differences: differences(lists.queries, perQuery),
      columns: asked(weights),
    },
  };
}

/** [row] by weights that saw nothing of its query. */
export function crossValidated(
  lists: GradedLists,
  folds: number,
  fit: (rows: GradedLists) => MatchWeights,
): Float64Array {
  const scores = new Float64Array(lists.grades.length);
  // By the query's text: the same in whatever order the grades come.
  const foldOf = lists.queries.map((query) => (hashText(query) >>> 8) % folds);
  for (let fold = 0; fold < folds; fold++) {
    const rows = partOf(lists, (list) => foldOf[list] !== fold);
    const said = scoreRows(fit(rows), lists, lists.columns);
    foldOf.forEach((own, list) => {
      const from = lists.starts[list]!;
      if (own === fold) scores.set(said.subarray(from, lists.starts[list + 1]!), from);
    });
  }
  return scores;
}

/** Some of the lists. */
export function partOf(lists: GradedLists, isIn: (list: number) => boolean): GradedLists {
  const kept = lists.queries.flatMap((_, list) => (isIn(list) ? [list] : []));
  const rows = kept.flatMap((list) =>
    Array.from({ length: lists.starts[list + 1]! - lists.starts[list]! }, (_, i) => lists.starts[list]! + i),
  );
  const { width } = lists;
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    values.set(lists.values.subarray(row * width, (row + 1) * width), i * width);
  });
  const starts = new Int32Array(kept.length + 1);
  kept.forEach((list, i) => {
    starts[i + 1] = starts[i]! + lists.starts[list + 1]! - lists.starts[list]!;
  });
  return {
    ...lists,
    queries: kept.map((list) => lists.queries[list]!),
    values,
    starts,
    items: rows.map((row) => lists.items[row]!),
    grades: Float64Array.from(rows, (row) => lists.grades[row]!),
    shipped: Float64Array.from(rows, (row) => lists.shipped[row]!),
  };
}

export function column({ columns, values, width, grades }: GradedLists, name: string): Float64Array {
  const at = columns.indexOf(name);
  return Float64Array.from(grades, (_, row) => values[row * width + at]!);
}

/** [list] NDCG@10 of its rows by score, equal scores in the lists' own order, which says nothing. */
export function ndcgOfEach({ starts, grades }: GradedLists, scores: Float64Array): Float64Array {
  return Float64Array.from({ length: starts.length - 1 }, (_, list) => {
    const order = Array.from({ length: starts[list + 1]! - starts[list]! }, (_, i) => starts[list]! + i);
    order.sort((a, b) => scores[b]! - scores[a]! || a - b);
    const ranked = order.map((row) => grades[row]!);
    return ndcg(ranked, ranked, { k, gain: "exponential" });
  });
}

export const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of each later ranker to those before it. */
export function differences(
  queries: readonly string[],
  rankers: readonly { readonly ranker: string; readonly ndcg: Float64Array }[],
): RankerDifference[] {
  const pairs = rankers.flatMap((a, i) => rankers.slice(0, i).map((b) => ({ a, b })));
  const intervals = pairedBootstrap(
    queries,
    pairs.map(({ a, b }) => ({ a: a.ndcg, b: b.ndcg })),
  );
  return pairs.map(({ a, b }, i) => ({ a: a.ranker, b: b.ranker, metric: "ndcg", ...intervals[i]! }));
}

function asked({ trees }: MatchWeights): { column: string; trees: number }[] {
  const counts = new Map<string, number>();
  for (const { columns } of trees) for (const name of new Set(columns)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ column: name, trees: count })).sort((a, b) => b.trees - a.trees);
}
