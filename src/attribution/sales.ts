/**
 * What was bought from lists of late, with the rows as they were shown: a return comes when its slate is long forgotten, or joins a
 * newer one that showed the item again. A ring; the oldest sale leaves.
 */
import { CellColumn, FixedBuffer } from "../core/columns.ts";
import type { Rows } from "../core/rows.ts";
import { type State, state } from "../core/state.ts";

const nobody = -1;

export class Sales {
  readonly state: State;
  /** [place] who bought it, {@link nobody} when it was taken back or its shopper or item is forgotten; and what. */
  readonly #shopper: FixedBuffer<Int32Array>;
  readonly #item: FixedBuffer<Int32Array>;
  readonly #rows: CellColumn;
  /** Sales ever. */
  readonly #noted = new FixedBuffer("noted", new Float64Array(1));
  readonly #width: number;

  constructor(width: number, salesMax: number) {
    this.#width = width;
    this.#shopper = new FixedBuffer("shopper", new Int32Array(salesMax).fill(nobody));
    this.#item = new FixedBuffer("item", new Int32Array(salesMax));
    this.#rows = new CellColumn("rows", width * 4);
    this.state = state("attribution.sales", 1, [this.#shopper, this.#item, this.#rows, this.#noted]);
  }

  /** `rows`: the one row of what was bought. Sales to nobody known are not noted. */
  note(shopper: number, item: number, rows: Rows): void {
    if (shopper < 0) return;
    const place = this.#noted.array[0]!++ % this.#shopper.array.length;
    this.#rows.ensure(place + 1);
    this.#shopper.array[place] = shopper;
    this.#item.array[place] = item;
    this.#rows.floats(place, this.#width).set(rows.dense.subarray(0, this.#width));
  }

  /** Takes the latest sale of the item to the shopper out, its row to `rows`, as the only one; false if there is none. */
  take(shopper: number, item: number, rows: Rows): boolean {
    let latest = -1;
    let latestAge = Number.POSITIVE_INFINITY;
    for (const place of this.#placesOf(this.#shopper.array, shopper)) {
      if (this.#item.array[place] !== item || this.#age(place) >= latestAge) continue;
      latest = place;
      latestAge = this.#age(place);
    }
    if (latest < 0) return false;
    this.#shopper.array[latest] = nobody;
    rows.resize(1);
    rows.surface = -1;
    rows.dense.set(this.#rows.floats(latest, this.#width));
    return true;
  }

  joinShopper(from: number, to: number): void {
    for (const place of this.#placesOf(this.#shopper.array, from)) this.#shopper.array[place] = to;
  }

  forgetShopper(shopper: number): void {
    this.joinShopper(shopper, nobody);
  }

  forgetItem(item: number): void {
    for (const place of this.#placesOf(this.#item.array, item)) this.#shopper.array[place] = nobody;
  }

  /** Sales since that one. */
  #age(place: number): number {
    const { length } = this.#shopper.array;
    return (this.#noted.array[0]! - 1 - place) % length;
  }

  *#placesOf(column: Int32Array, value: number): Iterable<number> {
    if (value < 0) return;
    const used = column.subarray(0, Math.min(this.#noted.array[0]!, column.length));
    for (let place = used.indexOf(value); place >= 0; place = used.indexOf(value, place + 1)) yield place;
  }
}
