/**
 * How often each of some rows was met. As long as the table that they are rows of, and so reused: against a hash table as large as the
 * rows met are many, a facet of paths takes three quarters of the time, one of twenty thousand values a fifteenth (measured).
 */
export class RowCounts {
  /** Different rows. */
  size = 0;
  /** [row] 0 for one not met. */
  #counts = new Int32Array(1024);
  /** [i] in the order in which they were met. */
  #rows = new Int32Array(1024);

  clear(): void {
    for (let i = 0; i < this.size; i++) this.#counts[this.#rows[i]!] = 0;
    this.size = 0;
  }

  /** True if the row is met for the first time. `times`: above 0. */
  add(row: number, times = 1): boolean {
    if (row >= this.#counts.length) this.#counts = longer(this.#counts, row);
    const before = this.#counts[row]!;
    this.#counts[row] = before + times;
    if (before > 0) return false;
    if (this.size === this.#rows.length) this.#rows = longer(this.#rows, this.size);
    this.#rows[this.size++] = row;
    return true;
  }

  /** 0 for a row never met. */
  get(row: number): number {
    return this.#counts[row] ?? 0;
  }

  forEach(visit: (row: number, count: number) => void): void {
    for (let i = 0; i < this.size; i++) visit(this.#rows[i]!, this.#counts[this.#rows[i]!]!);
  }
}

function longer(array: Int32Array<ArrayBuffer>, index: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(Math.max(array.length * 2, index + 1));
  copy.set(array);
  return copy;
}
