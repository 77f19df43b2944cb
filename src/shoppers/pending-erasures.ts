/**
 * Users who are to leave the log: noted when they are forgotten, gone when the state is folded from a log without them. In the state, so
 * that a start goes on with them.
 */
import { Float64Column } from "../core/columns.ts";
import { IdTable } from "../core/id-table.ts";
import { limits } from "../core/limits.ts";
import { prefixed, type State, state } from "../core/state.ts";

/** A user's events below `offset` are to go, and the note that stands there. */
export interface ErasureNote {
  readonly user: string;
  readonly offset: number;
}

export class PendingErasures {
  readonly state: State;
  readonly #users = new IdTable("users", limits.erasuresMax);
  /** By user: offset of the latest note. */
  readonly #offset = new Float64Column("offset");

  constructor() {
    this.state = state("erasures", 1, [...prefixed(this.#users.state), this.#offset]);
  }

  get count(): number {
    return this.#users.size;
  }

  /** Where the user's latest note stands, undefined for one without. */
  of(user: string): number | undefined {
    const row = this.#users.find(user);
    return row < 0 ? undefined : this.#offset.get(row);
  }

  /** Where there is no room (`erasuresMax`), nothing is noted: the door has refused it. */
  note({ user, offset }: ErasureNote): void {
    const row = this.#users.intern(user);
    if (row >= 0) this.#offset.set(row, offset);
  }

  /** The notes below an offset. */
  before(offset: number): ErasureNote[] {
    const notes: ErasureNote[] = [];
    for (let row = 0; row < this.#users.rows; row++) {
      const user = this.#users.id(row);
      if (user !== undefined && this.#offset.get(row) < offset) notes.push({ user, offset: this.#offset.get(row) });
    }
    return notes;
  }

  /** The user's events have gone. */
  settle(user: string): void {
    const row = this.#users.find(user);
    if (row < 0) return;
    this.#offset.set(row, this.#offset.fill);
    this.#users.remove(row);
  }
}
