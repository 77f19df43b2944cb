/**
 * The best k of what is added, by sum, of equal sums the lower row first. What is added is kept aside and now and then cut to the best k
 * (quickselect, Hoare 1961): some ten times cheaper than a heap at k = 200. Reused.
 */

/** One number for a match: sums below 2²⁹ over rows below 2²⁴, lower rows higher; a 64-bit float holds it exactly. */
const rowSpan = 2 ** 24;
export const sumMax = 2 ** 29 - 1;
const keyOf = (item: number, sum: number): number => sum * rowSpan + (rowSpan - 1 - item);

export class TopMatches {
  #k = 0;
  #count = 0;
  #keys = new Float64Array(0);
  #floorKey = 0;
  /** A sum below it is not among the best; rows after those added need one above it. 0, which no match has, while there is room. */
  floor = 0;

  begin(k: number): void {
    this.#k = k;
    this.#count = 0;
    this.#floorKey = 0;
    this.floor = k === 0 ? sumMax : 0;
    const length = Math.max(256, 2 * k);
    if (length > this.#keys.length) this.#keys = new Float64Array(length);
  }

  /** True if it would be among the best of what was added so far. */
  takes(item: number, sum: number): boolean {
    return sum >= this.floor && keyOf(item, sum) > this.#floorKey;
  }

  /** Adds what {@link takes} says yes to. */
  add(item: number, sum: number): void {
    this.#keys[this.#count++] = keyOf(item, sum);
    if (this.#count === this.#keys.length || this.#count === this.#k) this.#cut();
  }

  /** Cuts to the best k, so that {@link floor} is as high as it can be. */
  settle(): void {
    if (this.#count > this.#k) this.#cut();
  }

  /** Calls `visit` with the best k, best first. */
  drain(visit: (item: number, sum: number) => void): void {
    this.settle();
    const best = this.#keys.subarray(0, this.#count).sort();
    for (let i = this.#count - 1; i >= 0; i--) {
      const sum = Math.floor(best[i]! / rowSpan);
      visit(rowSpan - 1 - (best[i]! - sum * rowSpan), sum);
    }
  }

  #cut(): void {
    if (this.#k === 0) {
      this.#count = 0;
      return;
    }
    selectLargest(this.#keys, this.#count, this.#k);
    this.#count = this.#k;
    let lowest = this.#keys[0]!;
    for (let i = 1; i < this.#k; i++) if (this.#keys[i]! < lowest) lowest = this.#keys[i]!;
    this.#floorKey = lowest;
    this.floor = Math.floor(lowest / rowSpan);
  }
}

/** Brings the `k` largest of the first `count` keys to the front, in no order. Keys are distinct. */
function selectLargest(keys: Float64Array, count: number, k: number): void {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = median(keys[low]!, keys[(low + high) >> 1]!, keys[high]!);
    let i = low;
    let j = high;
    while (i <= j) {
      while (keys[i]! > pivot) i++;
      while (keys[j]! < pivot) j--;
      if (i > j) break;
      const moved = keys[i]!;
      keys[i++] = keys[j]!;
      keys[j--] = moved;
    }
    if (k - 1 <= j) high = j;
    else if (k - 1 >= i) low = i;
    else return;
  }
}

const median = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
