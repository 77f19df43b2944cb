/** The queries that each shopper chose something for, the latest few: shown to nobody but them. */
import { Int32Column } from "../core/columns.ts";
import { Slab } from "../core/slab.ts";
import { prefixed, type State, state } from "../core/state.ts";

/** Queries kept of one shopper, and the cells of their block. */
export const ownQueriesMax = 8;

export class OwnQueries {
  readonly state: State;
  /** By shopper: first cell of the block, −1 without one. In it keys of queries, the latest first, −1 after the last. */
  readonly #start = new Int32Column("start", -1);
  readonly #slab = new Slab("slab", Math.log2(ownQueriesMax));
  readonly #cells = new Int32Column("cells", -1);

  constructor() {
    this.state = state("suggestions.own-queries", 1, [this.#start, ...prefixed(this.#slab.state), this.#cells]);
  }

  /** The shopper chose something for the query just now. */
  add(shopper: number, query: number): void {
    if (shopper < 0) return;
    const known = this.of(shopper).filter((one) => one !== query);
    this.#write(shopper, [query, ...known]);
  }

  /** Keys of queries, the latest first. */
  of(shopper: number): number[] {
    const start = shopper < 0 ? -1 : this.#start.get(shopper);
    const found: number[] = [];
    for (let i = 0; start >= 0 && i < ownQueriesMax; i++) {
      const query = this.#cells.get(start + i);
      if (query >= 0) found.push(query);
    }
    return found;
  }

  /** What one did is the other's: the session that comes to a user is the latest. */
  join(from: number, to: number): void {
    const own = this.of(from);
    if (own.length === 0) return;
    const others = this.of(to).filter((query) => !own.includes(query));
    this.#write(to, [...own, ...others]);
    this.forget(from);
  }

  forget(shopper: number): void {
    const start = this.#start.get(shopper);
    if (start < 0) return;
    for (let i = 0; i < ownQueriesMax; i++) this.#cells.set(start + i, -1);
    this.#slab.free(start, ownQueriesMax);
    this.#start.set(shopper, -1);
  }

  #write(shopper: number, queries: readonly number[]): void {
    let start = this.#start.get(shopper);
    if (start < 0) {
      start = this.#slab.allocate(ownQueriesMax);
      this.#cells.ensure(this.#slab.cells);
      this.#start.set(shopper, start);
    }
    for (let i = 0; i < ownQueriesMax; i++) this.#cells.set(start + i, queries[i] ?? -1);
  }
}
