/** The contract of a retriever: candidates for a request, and its strength for candidates that others found. */
import type { Fact } from "../core/fact.ts";
import type { Request } from "../core/request.ts";
import type { Found } from "../core/retrieved.ts";
import type { State } from "../core/state.ts";

export interface Retriever {
  readonly name: string;
  /** How many of its best go into the union of candidates. */
  readonly share: number;
  readonly state: State;
  /** Folds an event; `fact.history` is the shopper's before it. */
  fold(fact: Fact): void;
  /** The item's row is freed: nothing of what is kept by it may be left to the next item. */
  forgetItem?(item: number): void;
  /** Fills `found` with at most `limit` items that `accepts` takes, best first (ties: lower row), and remembers the request. */
  retrieve(request: Request, limit: number, accepts: (item: number) => boolean, found: Found): void;
  /** Strength of any item for the request last retrieved, ≥ 0; equal to what `retrieve` said of it. */
  strength(item: number): number;
  /** What a shopper is told: “bought together with …”. `item` is the one recommended. */
  reason(item: number): { readonly text: string; readonly because: number };
}
