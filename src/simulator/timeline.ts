/** Things that will happen, earliest first; at the same time, in the order in which they were added. A binary heap. */
export interface Timeline<T> {
  /** Time of the earliest, Unix ms; +Infinity when there is none. */
  nextMs(): number;
  add(atMs: number, what: T): void;
  /** Takes the earliest; undefined when there is none. */
  take(): T | undefined;
}

export function timeline<T>(): Timeline<T> {
  const heap: { readonly atMs: number; readonly number: number; readonly what: T }[] = [];
  let added = 0;
  const before = (a: number, b: number): boolean =>
    heap[a]!.atMs < heap[b]!.atMs || (heap[a]!.atMs === heap[b]!.atMs && heap[a]!.number < heap[b]!.number);
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  return {
    nextMs: () => heap[0]?.atMs ?? Number.POSITIVE_INFINITY,
    add(atMs, what) {
      heap.push({ atMs, number: added++, what });
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!before(at, parent)) break;
        swap(at, parent);
        at = parent;
      }
    },
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (last === undefined || first === undefined || heap.length === 0) return first?.what;
      heap[0] = last;
      for (let at = 0; ; ) {
        let least = at;
        for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && before(child, least)) least = child;
        if (least === at) return first.what;
        swap(at, least);
        at = least;
      }
    },
  };
}
