/**
 * `node bench/quality/shipped-weights.ts`: fits the match weights that the package ships, on both graded sets together, and writes
 * `src/lexical/match-weights.ts`. Of the match columns those that say how well texts match, more of it never for less. How long a title
 * is good for, what a description says beside the title, or what a price or a year is worth, is each shop's own.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { catalogueRooms, type GradedLists, gradedLists } from "../../src/graded-lists.ts";
import type { GradedRows } from "../../src/lexical/boosted-trees.ts";
import { directionOf, matchColumns } from "../../src/lexical/match-features.ts";
import { trainMatchWeights } from "../../src/lexical/match-training.ts";
import type { MatchWeights } from "../../src/lexical/match-weights-file.ts";
import { partOf } from "../../src/train-ranker.ts";
import { chorus } from "../datasets/chorus.ts";
import { folderOf } from "../datasets/dataset.ts";
import { msrd, trainTenths } from "../datasets/msrd.ts";

/** Of the many queries on films every eighth is taken: more of them bring nothing. */
const filmShare = 8;
/**
 * Of those tried (40 to 80 trees of 2 or 3 levels, 0.05 to 0.2 of a step) ones by which each set does better than by BM25F with weights
 * of the other alone.
 */
const sizes = { trees: 60, levels: 3, rate: 0.1 };
/**
 * With lengths, with how many fields match, or with one field by itself as columns, the weights carry less far. That titles end with
 * what is sold holds for electronics: elsewhere it puts "30 x 40 cm" above "Vitamin C tablets" for "c".
 */
const columns = matchColumns.filter(
  (name) => directionOf(name) !== 0 && !/^(bm25|description)-|^title-last$/.test(name),
);

export interface GradedSets {
  readonly goods: GradedLists | undefined;
  readonly films: GradedLists | undefined;
}

/** Of those that are given, each set with the same weight in sum. */
export function jointWeights({ goods, films }: GradedSets): MatchWeights {
  const some = films && partOf(films, (list) => list % filmShare === 0);
  const sets = [goods, some].filter((set) => set !== undefined);
  // At most 1 for a list: with more, what keeps leaves small would no longer keep them small.
  const least = Math.min(...sets.map(({ queries }) => queries.length));
  return trainMatchWeights(joined(sets.map((set) => ({ set, weight: least / set.queries.length }))), columns, {
    sizes,
  });
}

function joined(parts: readonly { readonly set: GradedLists; readonly weight: number }[]): GradedRows {
  const width = columns.length;
  const count = parts.reduce((sum, { set }) => sum + set.grades.length, 0);
  const values = new Float32Array(count * width);
  const starts: number[] = [];
  const listWeights: number[] = [];
  let row = 0;
  for (const { set, weight } of parts) {
    for (const start of set.starts.subarray(0, -1)) {
      starts.push(row + start);
      listWeights.push(weight);
    }
    for (let r = 0; r < set.grades.length; r++)
      columns.forEach((name, c) => {
        values[(row + r) * width + c] = set.values[r * set.width + set.columns.indexOf(name)]!;
      });
    row += set.grades.length;
  }
  return {
    width,
    values,
    starts: Int32Array.from([...starts, row]),
    grades: Float64Array.from(parts.flatMap(({ set }) => [...set.grades])),
    listWeights: Float64Array.from(listWeights),
  };
}

function source({ base, trees }: MatchWeights): string {
  const lines = trees.map(
    ({ columns, thresholds, values }) => `    ${JSON.stringify([columns.join(" "), thresholds, values])},`,
  );
  return `/**
 * The match weights that a shop starts with, fitted by \`node bench/quality/shipped-weights.ts\` on two graded sets with the same weight:
 * electronics (Chorus, 84 queries) and films (MSRD, an eighth of its training queries). Whatever says that texts match better
 * never lowers a score. Each set is ordered as well as by BM25F or better by weights of the other alone: the figures stand in
 * bench/RESULTS.md. Written by a program: do not edit.
 */
import { type MatchWeights, matchWeightsFormat } from "./match-weights-file.ts";

// biome-ignore format: a line for each tree
const trees: readonly (readonly [columns: string, thresholds: readonly number[], values: readonly number[]])[] = [
${lines.join("\n")}
];

export const shippedMatchWeights: MatchWeights = {
  format: matchWeightsFormat,
  base: ${base},
  trees: trees.map(([columns, thresholds, values]) => ({ columns: columns.split(" "), thresholds, values })),
};
`;
}

if (import.meta.main) {
  const goods = folderOf("chorus");
  const films = folderOf("msrd");
  if (goods === undefined || films === undefined) throw new Error("It takes both graded sets: see DATASETS_FOLDER.");
  const products = chorus(goods);
  const movies = msrd(films);
  const weights = jointWeights({
    goods: gradedLists(await catalogueRooms(products.items), products.grades),
    films: gradedLists(await catalogueRooms(movies.items), movies.of(trainTenths).grades),
  });
  writeFileSync(resolve(import.meta.dirname, "../../src/lexical/match-weights.ts"), source(weights));
  console.log(`${weights.trees.length} trees written.`);
}
