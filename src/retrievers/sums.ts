/** Scratch for adding up strengths of items met in any order; emptied in one step. */
import { Marks } from "../core/marks.ts";

export class Sums {
  count = 0;
  /** Items met, in order of first meeting. */
  item = new Int32Array(1024);
  acceptedCount = 0;
  #value = new Float64Array(1024);
  #accepted = new Int32Array(1024);
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
      this.#value[place] = 0;
      this.#places.set(item, place);
    }
    this.#value[place]! += value;
  }

  scale(item: number, factor: number): void {
    this.#value[this.#places.get(item)]! *= factor;
  }

  get(item: number): number {
    const place = this.#places.get(item);
    return place < 0 ? 0 : this.#value[place]!;
  }

  /** The items met that `accepts` takes; `acceptedCount` of them. */
  accepted(accepts: (item: number) => boolean): Int32Array {
    this.acceptedCount = 0;
    for (let i = 0; i < this.count; i++)
      if (accepts(this.item[i]!)) this.#accepted[this.acceptedCount++] = this.item[i]!;
    return this.#accepted;
  }

  #grow(): void {
    const item = new Int32Array(this.item.length * 2);
    item.set(this.item);
    this.item = item;
    const value = new Float64Array(item.length);
    value.set(this.#value);
    this.#value = value;
    this.#accepted = new Int32Array(item.length);
  }
}
