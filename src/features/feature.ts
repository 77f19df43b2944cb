/** The contract of a feature: folds events into buffers of its own, reads its columns for all candidates of a request. */
import type { Fact, Shown } from "../core/fact.ts";
import type { Lately } from "../core/lately.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { ColumnSpec, Rows } from "../core/rows.ts";
import type { State } from "../core/state.ts";

export interface Feature<Candidates extends List = List> {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
  readonly state: State;
  /** Folds an event; `fact.history` is the shopper's before it. */
  fold?(fact: Fact): void;
  /** The shopper looked at these: a list that something was chosen from, or items reported as seen. Once for each showing. */
  impressions?(shown: Shown, atMs: number): void;
  /** A shopper's row is joined to another, or freed. */
  join?(from: number, to: number): void;
  forget?(shopper: number): void;
  /** An item's row is freed: nothing of what is kept by it may be left to the next item. */
  forgetItem?(item: number): void;
  /** What it knows of an item, for people: sums by half-life, as of `atMs`; changes nothing. */
  lately?(item: number, atMs: number): readonly Omit<Lately, "halfLife">[];
  /**
   * Writes its columns for every candidate, from `column` on in each row, decayed to `request.atMs`. Depends on the candidate,
   * the state, the request and the list's summary only.
   */
  read(request: Request, list: Candidates, rows: Rows, column: number): void;
}

/** A column of small integers or ids; `silent`: the one that says nothing. */
export const code = (name: string, silent?: number): ColumnSpec => ({
  name,
  kind: "code",
  ...(silent === undefined ? {} : { silent }),
});

/** A code of the request: the same for all its candidates. */
export const sharedCode = (name: string, silent?: number): ColumnSpec => ({ ...code(name, silent), isShared: true });

/** A column of quantities. */
export const number = (name: string): ColumnSpec => ({ name, kind: "number" });
