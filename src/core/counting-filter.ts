/**
 * How often was a key seen lately, about: a counting Bloom filter (Fan et al. 2000) with two cells for each key, of which only the
 * smaller grows (Estan & Varghese 2002). It never says less than the truth but for what it forgot, and forgets by halves, a few cells
 * at a time.
 */
import { FixedBuffer } from "./columns.ts";
import { mix } from "./random.ts";
import type { StateBuffer } from "./state.ts";

const countMax = 255;

export class CountingFilter {
  readonly buffers: readonly StateBuffer[];
  readonly #cells: FixedBuffer<Uint8Array>;
  /** Cell that is halved next. */
  readonly #cursor = new FixedBuffer("filter-cursor", new Float64Array(1));

  /** `cells`: a power of two. */
  constructor(cells: number) {
    this.#cells = new FixedBuffer("filter", new Uint8Array(cells));
    this.buffers = [this.#cells, this.#cursor];
  }

  /** Counts a key of this hash; answers how often it was seen, this time included, at most 255. */
  add(hash: number): number {
    const { array } = this.#cells;
    const first = hash & (array.length - 1);
    const second = mix(hash ^ 0x5bd1e995) & (array.length - 1);
    const seen = Math.min(countMax, 1 + Math.min(array[first]!, array[second]!));
    if (array[first]! < seen) array[first] = seen;
    if (array[second]! < seen) array[second] = seen;
    return seen;
  }

  /** Halves the next `cells` counts. */
  forget(cells: number): void {
    const { array } = this.#cells;
    const cursor = this.#cursor.array;
    let at = cursor[0]!;
    for (let i = 0; i < cells; i++) {
      array[at] = array[at]! >>> 1;
      at = (at + 1) & (array.length - 1);
    }
    cursor[0] = at;
  }
}
