/** A scratch map from rows to small integers that is emptied in one step; never part of state. */
export class Marks {
  #stamps = new Int32Array(1024).fill(-1);
  #values = new Int32Array(1024);
  #stamp = 0;

  /** Forgets every mark. */
  clear(): void {
    this.#stamp++;
  }

  set(row: number, value: number): void {
    if (row >= this.#stamps.length) this.#grow(row);
    this.#stamps[row] = this.#stamp;
    this.#values[row] = value;
  }

  /** The mark of a row, or −1. */
  get(row: number): number {
    return row >= 0 && this.#stamps[row] === this.#stamp ? this.#values[row]! : -1;
  }

  #grow(row: number): void {
    let length = this.#stamps.length;
    while (length <= row) length *= 2;
    const stamps = new Int32Array(length).fill(-1);
    stamps.set(this.#stamps);
    const values = new Int32Array(length);
    values.set(this.#values);
    this.#stamps = stamps;
    this.#values = values;
  }
}
