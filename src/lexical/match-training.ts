/** Graded rows of match features → match weights. What is chosen here was chosen on both graded sets that there were, by cross-validation. */
import { type BoostedTree, boost, type GradedRows } from "./boosted-trees.ts";
import { directionOf } from "./match-features.ts";
import { type MatchWeights, matchWeightsFormat } from "./match-weights-file.ts";

/** What BM25F counts beside the trees as they are fitted. With a tenth of it, weights learned on one set fail on another. */
const base = 1;
/** What both are multiplied by in the end: the order stays, and e to the score of a long query is still a number of 32 bits. */
const scale = 0.25;
/** From so many queries on, more and bolder trees hold. */
const manyQueries = 1000;

export interface TreeSizes {
  readonly trees: number;
  readonly levels: number;
  /** Share of its Newton step that each tree goes. */
  readonly rate: number;
}

const sizesFor = (lists: number): TreeSizes =>
  lists >= manyQueries ? { trees: 200, levels: 2, rate: 0.15 } : { trees: 100, levels: 3, rate: 0.05 };

export interface MatchTrainingOptions {
  /** Default: as the number of lists allows. */
  readonly sizes?: TreeSizes;
  readonly onTree?: (done: number, of: number) => void;
}

/** `columns`: names of the rows' columns, match columns and numbers; one of them is "bm25f". */
export function trainMatchWeights(
  rows: GradedRows,
  columns: readonly string[],
  { sizes = sizesFor(rows.starts.length - 1), onTree }: MatchTrainingOptions = {},
): MatchWeights {
  let done = 0;
  const boosted = boost(
    rows,
    {
      ...sizes,
      baseColumn: columns.indexOf("bm25f"),
      base,
      directions: Int8Array.from(columns, directionOf),
      columnShare: 0.6,
    },
    () => onTree?.(++done, sizes.trees),
  );
  return { format: matchWeightsFormat, base: scale * base, trees: boosted.map((tree) => named(tree, columns)) };
}

const named = (
  { columns, thresholds, values }: BoostedTree,
  names: readonly string[],
): MatchWeights["trees"][number] => ({
  columns: columns.map((column) => names[column]!),
  thresholds,
  // More digits say nothing and make the file twice as long.
  values: Array.from(values, (value) => Number((scale * value).toPrecision(4))),
});

/** [row] what weights say of rows that have their columns; the logarithm of what the match model says. */
export function scoreRows(
  { base: ofBm25f, trees }: MatchWeights,
  rows: GradedRows,
  names: readonly string[],
): Float64Array {
  const { values, width, grades } = rows;
  const bm25f = names.indexOf("bm25f");
  const scores = Float64Array.from(grades, (_, row) => ofBm25f * values[row * width + bm25f]!);
  for (const { columns, thresholds, values: leaves } of trees) {
    const places = columns.map((name) => names.indexOf(name));
    for (let row = 0; row < scores.length; row++) {
      let bits = 0;
      for (let d = 0; d < places.length; d++)
        if (places[d]! >= 0 && values[row * width + places[d]!]! >= thresholds[d]!) bits |= 1 << d;
      scores[row]! += leaves[bits]!;
    }
  }
  return scores;
}
