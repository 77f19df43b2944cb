/** Scores of recommended lists against what the shopper turned to, repeated and new items apart (docs/evaluation.md). */

export interface Score {
  /** Baskets that held something to be found. */
  readonly count: number;
  readonly hitRate: number;
  readonly mrr: number;
  readonly ndcg: number;
}

export interface ListScore extends Omit<Score, "count"> {
  /** Share of all items that stood in any list. */
  readonly coverage: number;
  /** The same lists, but only items that the shopper turned to before (not before) count as found. */
  readonly repeated: Score;
  readonly new: Score;
  /** The lists, too, hold only such items. */
  readonly repeatedOnly: Score;
  readonly newOnly: Score;
}

export class ListScores {
  readonly #k: number;
  readonly #all = new Sums();
  readonly #repeated = new Sums();
  readonly #new = new Sums();
  readonly #repeatedOnly = new Sums();
  readonly #newOnly = new Sums();
  readonly #shown = new Set<number>();
  /** [basket] of all items, in the order in which they were added: what intervals are made of. */
  readonly values = { hitRate: [] as number[], mrr: [] as number[], ndcg: [] as number[] };

  constructor(k: number) {
    this.#k = k;
  }

  /** One basket: `list` best first, as long as the recommender has it; `known`: what the shopper turned to before. */
  add(list: Int32Array, basket: ReadonlySet<number>, known: ReadonlySet<number>): void {
    const top = list.subarray(0, this.#k);
    for (const item of top) this.#shown.add(item);
    const repeatedTop: number[] = [];
    const newTop: number[] = [];
    for (let i = 0; i < list.length && (repeatedTop.length < this.#k || newTop.length < this.#k); i++) {
      (known.has(list[i]!) ? repeatedTop : newTop).push(list[i]!);
    }
    const repeated = new Set<number>();
    const fresh = new Set<number>();
    for (const item of basket) (known.has(item) ? repeated : fresh).add(item);
    const { hit, reciprocal, ndcg } = this.#score(this.#all, top, basket);
    this.values.hitRate.push(hit);
    this.values.mrr.push(reciprocal);
    this.values.ndcg.push(ndcg);
    this.#score(this.#repeated, top, repeated);
    this.#score(this.#new, top, fresh);
    this.#score(this.#repeatedOnly, repeatedTop, repeated);
    this.#score(this.#newOnly, newTop, fresh);
  }

  report(catalogueSize: number): ListScore {
    const { hitRate, mrr, ndcg } = this.#all.means();
    return {
      hitRate,
      mrr,
      ndcg,
      coverage: catalogueSize === 0 ? 0 : this.#shown.size / catalogueSize,
      repeated: this.#repeated.means(),
      new: this.#new.means(),
      repeatedOnly: this.#repeatedOnly.means(),
      newOnly: this.#newOnly.means(),
    };
  }

  #score(sums: Sums, list: ArrayLike<number>, wanted: ReadonlySet<number>): BasketScore {
    if (wanted.size === 0) return nothing;
    let first = 0;
    let gain = 0;
    for (let place = 0; place < Math.min(list.length, this.#k); place++) {
      if (!wanted.has(list[place]!)) continue;
      if (first === 0) first = place + 1;
      gain += 1 / Math.log2(place + 2);
    }
    let ideal = 0;
    for (let place = 0; place < Math.min(this.#k, wanted.size); place++) ideal += 1 / Math.log2(place + 2);
    const score = { hit: first > 0 ? 1 : 0, reciprocal: first > 0 ? 1 / first : 0, ndcg: gain / ideal };
    sums.add(score);
    return score;
  }
}

interface BasketScore {
  readonly hit: number;
  readonly reciprocal: number;
  readonly ndcg: number;
}

const nothing: BasketScore = { hit: 0, reciprocal: 0, ndcg: 0 };

class Sums {
  #count = 0;
  #hits = 0;
  #reciprocal = 0;
  #ndcg = 0;

  add({ hit, reciprocal, ndcg }: BasketScore): void {
    this.#count++;
    this.#hits += hit;
    this.#reciprocal += reciprocal;
    this.#ndcg += ndcg;
  }

  means(): Score {
    const count = Math.max(1, this.#count);
    return { count: this.#count, hitRate: this.#hits / count, mrr: this.#reciprocal / count, ndcg: this.#ndcg / count };
  }
}
