/**
 * Match features to one score: BM25F, and trees that correct it. Each tree asks the same question of every row at each of its
 * levels (an oblivious tree, as CatBoost's: Prokhorenkova et al. 2018), so that it is a table of at most eight values.
 *
 *     F = base · bm25f + Σ_trees values[bits],   bit d: x[columns[d]] ≥ thresholds[d]          score = e^F
 *
 * As e^F scores are above 0 and their ratios mean something, as those of other relevances do. What has no word of the query has 0; what
 * the query names exactly, as a model number, stands above everything else.
 */
import type { ItemNumber } from "../core/item-numbers.ts";
import type { TextMatcher, TextQuery } from "../core/text-query.ts";
import type { Documents } from "./documents.ts";
import { MatchFeatures, matchColumns } from "./match-features.ts";
import { type MatchWeights, numberColumn } from "./match-weights-file.ts";

/** F is kept within, so that scores stay finite in 32 bits too. */
const logScoreMax = 20;
/** Added to F of an item that holds a term that names it exactly: no other reaches it. */
const namedExactly = 2 * logScoreMax + 1;

export interface MatchModelOptions {
  readonly documents: Documents;
  readonly weights: MatchWeights;
  /** A number field of the catalogue, looked up at each scoring; absent: NaN for all. */
  number(field: string): ItemNumber | undefined;
}

interface TreeOfColumns {
  /** [level] place among the columns in use. */
  readonly columns: readonly number[];
  readonly thresholds: readonly number[];
  readonly values: Float64Array;
}

const bm25fAt = matchColumns.indexOf("bm25f");
const coverageAt = matchColumns.indexOf("coverage");
const identifierAt = matchColumns.indexOf("identifier");

export class MatchModel implements TextMatcher {
  readonly columns = matchColumns;
  readonly #features: MatchFeatures;
  readonly #base: number;
  readonly #trees: readonly TreeOfColumns[];
  /** Columns that trees ask for, by their place in {@link columns}, or the number field. */
  readonly #used: readonly (number | string)[];
  readonly #number: (field: string) => ItemNumber | undefined;
  /** [used column × item] column-major, so that a tree runs down its columns. */
  #values = new Float32Array(0);
  #bits = new Uint8Array(0);

  constructor({ documents, weights, number }: MatchModelOptions) {
    this.#features = new MatchFeatures(documents);
    this.#number = number;
    this.#base = weights.base;
    const used: (number | string)[] = [];
    const place = (name: string): number => {
      const column = matchColumns.indexOf(name as (typeof matchColumns)[number]);
      const one = column >= 0 ? column : numberColumn(name)!;
      const found = used.indexOf(one);
      return found >= 0 ? found : used.push(one) - 1;
    };
    this.#trees = weights.trees.map(({ columns, thresholds, values }) => ({
      columns: columns.map(place),
      thresholds,
      values: Float64Array.from(values),
    }));
    this.#used = used;
  }

  describe(query: TextQuery, items: Int32Array, count: number, out: Float32Array): number {
    return this.#features.describe(query, items, count, out);
  }

  score(described: Float32Array, items: Int32Array, count: number, out: Float64Array): void {
    const width = matchColumns.length;
    this.#gather(described, items, count);
    for (let i = 0; i < count; i++) out[i] = this.#base * described[i * width + bm25fAt]!;
    for (const tree of this.#trees) this.#add(tree, count, out);
    for (let i = 0; i < count; i++) {
      const row = i * width;
      if (described[row + coverageAt] === 0) out[i] = 0;
      else {
        const kept = Math.max(-logScoreMax, Math.min(logScoreMax, out[i]!));
        out[i] = Math.exp(kept + (described[row + identifierAt]! > 0 ? namedExactly : 0));
      }
    }
  }

  #gather(described: Float32Array, items: Int32Array, count: number): void {
    const width = matchColumns.length;
    if (this.#values.length < this.#used.length * count) this.#values = new Float32Array(2 * this.#used.length * count);
    if (this.#bits.length < count) this.#bits = new Uint8Array(2 * count);
    const values = this.#values;
    for (let c = 0; c < this.#used.length; c++) {
      const column = this.#used[c]!;
      const start = c * count;
      if (typeof column === "number") {
        for (let i = 0; i < count; i++) values[start + i] = described[i * width + column]!;
        continue;
      }
      const number = this.#number(column);
      for (let i = 0; i < count; i++)
        values[start + i] = items[i]! < 0 ? Number.NaN : (number?.get(items[i]!) ?? Number.NaN);
    }
  }

  /** Hot loop: level by level down a column. What is not a number is below every threshold. */
  #add({ columns, thresholds, values: leaves }: TreeOfColumns, count: number, out: Float64Array): void {
    const values = this.#values;
    const bits = this.#bits;
    if (columns.length === 2 || columns.length === 3) {
      const first = columns[0]! * count;
      const second = columns[1]! * count;
      // Of two levels the second is asked twice, and the answer counts once.
      const third = columns.at(-1)! * count;
      const [one, two] = thresholds as readonly [number, number];
      const three = thresholds.at(-1)!;
      const shift = columns.length - 1;
      for (let i = 0; i < count; i++) {
        const bits =
          Number(values[first + i]! >= one) |
          (Number(values[second + i]! >= two) << 1) |
          (Number(values[third + i]! >= three) << shift);
        out[i]! += leaves[bits]!;
      }
      return;
    }
    bits.fill(0, 0, count);
    for (let d = 0; d < columns.length; d++) {
      const start = columns[d]! * count;
      const threshold = thresholds[d]!;
      const bit = 1 << d;
      for (let i = 0; i < count; i++) if (values[start + i]! >= threshold) bits[i]! |= bit;
    }
    for (let i = 0; i < count; i++) out[i]! += leaves[bits[i]!]!;
  }
}
