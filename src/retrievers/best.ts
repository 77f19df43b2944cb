/** The k best of many by a bounded heap: O(n log k), nothing allocated but scratch that is kept. */
import type { Found } from "../core/retrieved.ts";

let heap = new Int32Array(2048);

/** Pushes to `found` the `limit` items of the largest strength, best first; ties: lower row first. */
export function pushBest(
  items: Int32Array,
  count: number,
  strength: (item: number) => number,
  limit: number,
  found: Found,
): void {
  if (limit <= 0) return;
  if (heap.length < limit) heap = new Int32Array(limit * 2);
  const worse = (a: number, b: number): boolean => {
    const difference = strength(a) - strength(b);
    return difference < 0 || (difference === 0 && a > b);
  };
  let size = 0;
  for (let i = 0; i < count; i++) {
    const item = items[i]!;
    if (size < limit) {
      let at = size++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!worse(item, heap[parent]!)) break;
        heap[at] = heap[parent]!;
        at = parent;
      }
      heap[at] = item;
    } else if (worse(heap[0]!, item)) {
      sink(item, size, worse);
    }
  }
  const sorted = heap.slice(0, size).sort((a, b) => (worse(a, b) ? 1 : -1));
  for (const item of sorted) found.push(item, strength(item));
}

/** Puts `item` at the root of the heap of `size` and lets it sink to its place. */
function sink(item: number, size: number, worse: (a: number, b: number) => boolean): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && worse(heap[child + 1]!, heap[child]!)) child++;
    if (!worse(heap[child]!, item)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = item;
}
