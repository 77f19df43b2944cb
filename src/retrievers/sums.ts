/** Scratch for adding up strengths of items met in any order; emptied in one step. */
import { Marks } from "../core/marks.ts";
import type { Found } from "../core/retrieved.ts";

export class Sums {
  count = 0;
  /** Items met, in order of first meeting, and their sums. */
  item = new Int32Array(4096);
  value = new Float64Array(4096);
  /** Places of a bounded heap, the worst at the root. */
  #heap = new Int32Array(1024);
  readonly #places = new Marks();

  clear(): void {
    this.count = 0;
    this.#places.clear();
  }

  add(item: number, value: number): void {
    let place = this.#places.get(item);
    if (place < 0) {
      place = this.count++;
      if (place >= this.item.length) this.#grow();
      this.item[place] = item;
      this.value[place] = 0;
      this.#places.set(item, place);
    }
    this.value[place]! += value;
  }

  get(item: number): number {
    const place = this.#places.get(item);
    return place < 0 ? 0 : this.value[place]!;
  }

  /** Pushes to `found` the `limit` items of the largest sums that `accepts` takes, best first; ties: lower row first. O(n log limit). */
  pushBest(limit: number, accepts: (item: number) => boolean, found: Found): void {
    if (limit <= 0) return;
    if (this.#heap.length < limit) this.#heap = new Int32Array(limit * 2);
    const heap = this.#heap;
    let size = 0;
    for (let place = 0; place < this.count; place++) {
      if (size >= limit && !this.#isWorse(heap[0]!, place)) continue;
      if (!accepts(this.item[place]!)) continue;
      if (size < limit) this.#rise(size++, place);
      else this.#sink(size, place);
    }
    const first = found.count;
    found.count += size;
    while (size > 0) {
      const worst = heap[0]!;
      found.item[first + size - 1] = this.item[worst]!;
      found.strength[first + size - 1] = this.value[worst]!;
      size--;
      if (size > 0) this.#sink(size, heap[size]!);
    }
  }

  #isWorse(a: number, b: number): boolean {
    const difference = this.value[a]! - this.value[b]!;
    return difference < 0 || (difference === 0 && this.item[a]! > this.item[b]!);
  }

  #rise(at: number, place: number): void {
    const heap = this.#heap;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(place, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = place;
  }

  /** Puts `place` at the root of the heap of `size` and lets it sink to where it belongs. */
  #sink(size: number, place: number): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isWorse(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isWorse(heap[child]!, place)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = place;
  }

  #grow(): void {
    const item = new Int32Array(this.item.length * 2);
    item.set(this.item);
    this.item = item;
    const value = new Float64Array(item.length);
    value.set(this.value);
    this.value = value;
  }
}
