/**
 * Oblivious trees boosted by LambdaMART (Burges 2010, §7), as LightGBM's lambdarank computes its gradients: of each pair of a list that
 * differs in grade, at least one of them among the first `truncation`,
 *
 *     λ = |ΔNDCG| · ρ,  h = |ΔNDCG| · ρ · (1 − ρ),  ρ = 1/(1 + e^(s_better − s_worse)),  gain 2^grade − 1,
 *
 * |ΔNDCG| over 0.01 + |s_better − s_worse|, and a list's sum of λ damped to its logarithm. Each tree is fitted by Newton steps on a random
 * part of lists and columns, cuts falling between quantiles. Columns with a direction keep to it: leaves that would go against it are
 * pooled to one. Deterministic by its seed.
 */
import { type Random, random } from "../core/random.ts";

/** Rows of graded lists. */
export interface GradedRows {
  readonly width: number;
  /** [row × width] row-major; NaN: absent, below every threshold. */
  readonly values: Float32Array;
  /** [list] first row, and one more: the end. */
  readonly starts: Int32Array;
  /** [row] 0 and more. */
  readonly grades: Float64Array;
  /** [list] what it counts; default 1. */
  readonly listWeights?: Float64Array;
}

export interface BoostingOptions {
  readonly trees: number;
  readonly levels: number;
  readonly rate: number;
  /** Column that the score starts from, and what it is multiplied by. */
  readonly baseColumn: number;
  readonly base: number;
  /** [column] 1: more of it never counts less, whatever else a row has, −1: never more, 0: either. */
  readonly directions?: Int8Array;
  /** Shares of lists and of columns that each tree sees. */
  readonly listShare?: number;
  readonly columnShare?: number;
  readonly seed?: number;
}

/** [level] column, and from which value on a row goes right; [2^levels] what is added, bit d: right at level d. */
export interface BoostedTree {
  readonly columns: readonly number[];
  readonly thresholds: readonly number[];
  readonly values: Float64Array;
}

const binsMax = 32;
const truncation = 13;
/** Added to the second derivatives of a leaf (L2), and the least that a side of a cut must have of them. */
const shrinkage = 1;
const curvatureMin = 1;

/** `onTree` is told of each tree. */
export function boost(rows: GradedRows, options: BoostingOptions, onTree?: (tree: BoostedTree) => void): BoostedTree[] {
  const { listShare = 0.7, columnShare = 0.7, seed = 1 } = options;
  const chance = random(seed);
  const { count, edges, bins } = binned(rows);
  const { values, width } = rows;
  const scores = Float64Array.from({ length: count }, (_, r) => options.base * values[r * width + options.baseColumn]!);
  const gradients = new Gradients(rows);
  const grower = new Grower(count, edges, bins, options);
  const trees: BoostedTree[] = [];
  for (let t = 0; t < options.trees; t++) {
    gradients.compute(scores, listShare, chance);
    const columns = edges.flatMap((cuts, c) => (cuts.length > 0 && chance.next() < columnShare ? [c] : []));
    const tree = grower.grow(gradients, columns);
    if (tree === undefined) continue;
    for (let r = 0; r < count; r++) scores[r]! += tree.values[grower.leaf[r]!]!;
    trees.push(tree);
    onTree?.(tree);
  }
  return trees;
}

/** [column] ascending thresholds; [column][row] how many of them the value reaches. */
function binned({ values, width, grades }: GradedRows) {
  const count = grades.length;
  const edges: Float32Array[] = [];
  const bins: Uint8Array[] = [];
  const column = new Float32Array(count);
  for (let c = 0; c < width; c++) {
    for (let r = 0; r < count; r++) column[r] = values[r * width + c]!;
    const cuts = thresholds(column);
    const bin = new Uint8Array(count);
    for (let r = 0; r < count; r++) bin[r] = reached(cuts, column[r]!);
    edges.push(cuts);
    bins.push(bin);
  }
  return { count, edges, bins };
}

/** Cuts between a column's distinct values, or at its quantiles where these are many. */
function thresholds(column: Float32Array): Float32Array {
  const ascending = column.filter((value) => !Number.isNaN(value)).sort();
  const distinct = ascending.filter((value, i) => i === 0 || value !== ascending[i - 1]);
  if (distinct.length <= binsMax) {
    // One that is absent is told apart from the smallest there is.
    const first = ascending.length < column.length ? 0 : 1;
    return distinct.subarray(first);
  }
  const cuts: number[] = [];
  for (let k = 1; k < binsMax; k++) {
    const value = ascending[Math.floor((k * ascending.length) / binsMax)]!;
    if (value > (cuts.at(-1) ?? distinct[0]!)) cuts.push(value);
  }
  return Float32Array.from(cuts);
}

function reached(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= cuts[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** [rank] from 0. */
const discounts = Float64Array.from({ length: 1024 }, (_, rank) => 1 / Math.log2(rank + 2));
const discount = (rank: number): number => discounts[rank] ?? 1 / Math.log2(rank + 2);

/** First and second derivatives of each row of the lists drawn; 0 and 0 of others. */
class Gradients {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly #rows: GradedRows;
  /** [row] 2^grade − 1. */
  readonly #gains: Float64Array;
  /** [list] the best DCG@10 there is. */
  readonly #ideal: Float64Array;

  constructor(rows: GradedRows) {
    this.#rows = rows;
    this.#gains = rows.grades.map((grade) => 2 ** grade - 1);
    this.first = new Float64Array(rows.grades.length);
    this.second = new Float64Array(rows.grades.length);
    this.#ideal = Float64Array.from({ length: rows.starts.length - 1 }, (_, l) => {
      const grades = rows.grades
        .slice(rows.starts[l]!, rows.starts[l + 1]!)
        .sort()
        .reverse();
      return grades.subarray(0, 10).reduce((sum, grade, rank) => sum + (2 ** grade - 1) * discount(rank), 0);
    });
  }

  compute(scores: Float64Array, share: number, chance: Random): void {
    this.first.fill(0);
    this.second.fill(0);
    for (let list = 0; list < this.#ideal.length; list++)
      if (chance.next() < share && this.#ideal[list]! > 0) this.#addList(list, scores);
  }

  #addList(list: number, scores: Float64Array): void {
    const { starts, grades, listWeights } = this.#rows;
    const from = starts[list]!;
    const to = starts[list + 1]!;
    const order = Int32Array.from({ length: to - from }, (_, i) => from + i).sort(
      (a, b) => scores[b]! - scores[a]! || a - b,
    );
    const isSpread = scores[order[0]!] !== scores[order.at(-1)!];
    let total = 0;
    const { first, second } = this;
    const gains = this.#gains;
    const ideal = this.#ideal[list]!;
    for (let i = 0; i < Math.min(truncation, order.length - 1); i++) {
      const a = order[i]!;
      for (let j = i + 1; j < order.length; j++) {
        const b = order[j]!;
        if (grades[a] === grades[b]) continue;
        const better = grades[a]! > grades[b]! ? a : b;
        const worse = better === a ? b : a;
        const gap = scores[better]! - scores[worse]!;
        const gain = (gains[better]! - gains[worse]!) * (discount(i) - discount(j));
        const weight = gain / ideal / (isSpread ? 0.01 + Math.abs(gap) : 1);
        const rho = 1 / (1 + Math.exp(gap));
        const curvature = weight * rho * (1 - rho);
        first[better]! += weight * rho;
        first[worse]! -= weight * rho;
        second[better]! += curvature;
        second[worse]! += curvature;
        total += 2 * weight * rho;
      }
    }
    if (total === 0) return;
    const scale = ((listWeights?.[list] ?? 1) * Math.log2(1 + total)) / total;
    for (let r = from; r < to; r++) {
      this.first[r]! *= scale;
      this.second[r]! *= scale;
    }
  }
}

/** Best cut of a column over all leaves of a level. */
interface Cut {
  column: number;
  bin: number;
  gain: number;
}

/** Leaves of a tree with Newton steps that keep to the directions of its levels. */
class Leaves {
  /** [leaf] sums of its rows' derivatives, to be set before {@link settle}. */
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
  /** [leaf] its step. */
  readonly values: Float64Array;
  /** [leaf] the first of those that it is one with; [such a first one] their sums. */
  readonly #group: Uint8Array;
  readonly #gradients: Float64Array;
  readonly #curvatures: Float64Array;

  constructor(levelsMax: number) {
    const count = 1 << levelsMax;
    this.gradient = new Float64Array(count);
    this.curvature = new Float64Array(count);
    this.values = new Float64Array(count);
    this.#group = new Uint8Array(count);
    this.#gradients = new Float64Array(count);
    this.#curvatures = new Float64Array(count);
  }

  /**
   * Sets the steps of the first 2^levels leaves and returns what they gain. As long as a row would lose by what it has more of, the two
   * leaves that are most at odds become one, with all that are one with them.
   */
  settle(directions: readonly number[]): number {
    const count = 1 << directions.length;
    for (let leaf = 0; leaf < count; leaf++) {
      this.#group[leaf] = leaf;
      this.#gradients[leaf] = this.gradient[leaf]!;
      this.#curvatures[leaf] = this.curvature[leaf]!;
      this.values[leaf] = this.gradient[leaf]! / (this.curvature[leaf]! + shrinkage);
    }
    for (;;) {
      let most = 0;
      let low = -1;
      let high = -1;
      for (let d = 0; d < directions.length; d++) {
        const bit = 1 << d;
        if (directions[d] === 0) continue;
        for (let leaf = 0; leaf < count; leaf++) {
          const odds = leaf & bit ? 0 : directions[d]! * (this.values[leaf]! - this.values[leaf | bit]!);
          if (odds <= most) continue;
          most = odds;
          low = leaf;
          high = leaf | bit;
        }
      }
      if (low < 0) break;
      this.#join(this.#group[low]!, this.#group[high]!, count);
    }
    let gain = 0;
    for (let leaf = 0; leaf < count; leaf++) gain += this.values[leaf]! * this.gradient[leaf]!;
    return gain;
  }

  #join(one: number, other: number, count: number): void {
    this.#gradients[one]! += this.#gradients[other]!;
    this.#curvatures[one]! += this.#curvatures[other]!;
    const value = this.#gradients[one]! / (this.#curvatures[one]! + shrinkage);
    for (let leaf = 0; leaf < count; leaf++) {
      if (this.#group[leaf] !== one && this.#group[leaf] !== other) continue;
      this.#group[leaf] = one;
      this.values[leaf] = value;
    }
  }
}

class Grower {
  /** [row] leaf of the tree grown last. */
  readonly leaf: Uint8Array;
  readonly #edges: readonly Float32Array[];
  readonly #bins: readonly Uint8Array[];
  readonly #options: BoostingOptions;
  readonly #leaves: Leaves;
  /** [leaf × bin × 2] sums of first and second derivatives of one column. */
  readonly #sums: Float64Array;
  /** Rows of lists drawn. */
  readonly #drawn: Int32Array;

  constructor(count: number, edges: readonly Float32Array[], bins: readonly Uint8Array[], options: BoostingOptions) {
    this.leaf = new Uint8Array(count);
    this.#edges = edges;
    this.#bins = bins;
    this.#options = options;
    this.#leaves = new Leaves(options.levels);
    this.#sums = new Float64Array(2 ** options.levels * binsMax * 4);
    this.#drawn = new Int32Array(count);
  }

  /** `undefined` where no cut gains anything. */
  grow({ first, second }: Gradients, among: readonly number[]): BoostedTree | undefined {
    const { levels, rate } = this.#options;
    this.leaf.fill(0);
    let drawn = 0;
    for (let r = 0; r < this.leaf.length; r++) if (second[r]! > 0) this.#drawn[drawn++] = r;
    const columns: number[] = [];
    const cuts: number[] = [];
    let gain = this.#settle([], drawn, first, second);
    while (columns.length < levels) {
      const best: Cut = { column: -1, bin: 0, gain: gain + 1e-9 };
      for (const column of among) this.#offer(column, columns, drawn, first, second, best);
      if (best.column < 0) break;
      const bit = 1 << columns.length;
      columns.push(best.column);
      cuts.push(this.#edges[best.column]![best.bin]!);
      const bins = this.#bins[best.column]!;
      for (let r = 0; r < this.leaf.length; r++) if (bins[r]! > best.bin) this.leaf[r]! |= bit;
      gain = best.gain;
    }
    if (columns.length === 0) return undefined;
    this.#settle(columns, drawn, first, second);
    const values = this.#leaves.values.slice(0, 1 << columns.length).map((value) => rate * value);
    return { columns, thresholds: cuts, values };
  }

  #settle(columns: readonly number[], drawn: number, first: Float64Array, second: Float64Array): number {
    const { gradient, curvature } = this.#leaves;
    gradient.fill(0);
    curvature.fill(0);
    for (let k = 0; k < drawn; k++) {
      const r = this.#drawn[k]!;
      gradient[this.leaf[r]!]! += first[r]!;
      curvature[this.leaf[r]!]! += second[r]!;
    }
    return this.#leaves.settle(this.#directionsOf(columns));
  }

  #directionsOf(columns: readonly number[]): number[] {
    return columns.map((column) => this.#options.directions?.[column] ?? 0);
  }

  /** Puts the best cut of a column, below the levels of `columns`, into `best` if it gains more. */
  #offer(
    column: number,
    columns: readonly number[],
    drawn: number,
    first: Float64Array,
    second: Float64Array,
    best: Cut,
  ): void {
    const bins = this.#bins[column]!;
    const width = this.#edges[column]!.length + 1;
    const above = 1 << columns.length;
    const sums = this.#sums.fill(0, 0, above * width * 2);
    for (let k = 0; k < drawn; k++) {
      const r = this.#drawn[k]!;
      const at = (this.leaf[r]! * width + bins[r]!) * 2;
      sums[at]! += first[r]!;
      sums[at + 1]! += second[r]!;
    }
    const directions = this.#directionsOf([...columns, column]);
    const { gradient, curvature } = this.#leaves;
    gradient.fill(0);
    curvature.fill(0);
    let left = 0;
    let right = 0;
    for (let leaf = 0; leaf < above; leaf++)
      for (let bin = 0; bin < width; bin++) {
        gradient[leaf | above]! += sums[(leaf * width + bin) * 2]!;
        curvature[leaf | above]! += sums[(leaf * width + bin) * 2 + 1]!;
        right += sums[(leaf * width + bin) * 2 + 1]!;
      }
    // Bin after bin goes from the right to the left.
    for (let bin = 0; bin < width - 1; bin++) {
      for (let leaf = 0; leaf < above; leaf++) {
        const at = (leaf * width + bin) * 2;
        gradient[leaf]! += sums[at]!;
        gradient[leaf | above]! -= sums[at]!;
        curvature[leaf]! += sums[at + 1]!;
        curvature[leaf | above]! -= sums[at + 1]!;
        left += sums[at + 1]!;
        right -= sums[at + 1]!;
      }
      if (left < curvatureMin || right < curvatureMin) continue;
      const gain = this.#leaves.settle(directions);
      if (gain <= best.gain) continue;
      best.column = column;
      best.bin = bin;
      best.gain = gain;
    }
  }
}
