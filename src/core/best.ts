/** The best few of many: a bounded heap with the worst at its root. Scratch, reused. */
export class Best {
  count = 0;
  readonly limit: number;
  readonly item: Int32Array;
  readonly value: Float64Array;

  constructor(limit: number) {
    this.limit = limit;
    this.item = new Int32Array(limit);
    this.value = new Float64Array(limit);
  }

  clear(): void {
    this.count = 0;
  }

  /** O(log limit), and one comparison for what is worse than all that are there. Ties: the lower item is better. */
  offer(item: number, value: number): void {
    if (this.count < this.limit) this.#rise(this.count++, item, value);
    else if (this.limit > 0 && this.#isWorse(0, item, value)) this.#sink(item, value, this.count);
  }

  /** Puts them in order, best first; offer no more before {@link clear}. */
  sort(): void {
    for (let size = this.count - 1; size > 0; size--) {
      const item = this.item[size]!;
      const value = this.value[size]!;
      this.item[size] = this.item[0]!;
      this.value[size] = this.value[0]!;
      this.#sink(item, value, size);
    }
  }

  /** True if what stands at `at` is worse than this. */
  #isWorse(at: number, item: number, value: number): boolean {
    return this.value[at]! < value || (this.value[at] === value && this.item[at]! > item);
  }

  #rise(at: number, item: number, value: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // The worst rises to the root.
      if (this.#isWorse(parent, item, value)) break;
      this.item[at] = this.item[parent]!;
      this.value[at] = this.value[parent]!;
      at = parent;
    }
    this.item[at] = item;
    this.value[at] = value;
  }

  #sink(item: number, value: number, size: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isWorse(child + 1, this.item[child]!, this.value[child]!)) child++;
      // The worse child stands above unless this is worse still.
      if (!this.#isWorse(child, item, value)) break;
      this.item[at] = this.item[child]!;
      this.value[at] = this.value[child]!;
      at = child;
    }
    this.item[at] = item;
    this.value[at] = value;
  }
}
