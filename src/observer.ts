/** What an evaluation sees of the fold. */
import type { OutcomeEvent } from "./core/event.ts";
import type { List } from "./core/list.ts";
import type { Request } from "./core/request.ts";
import type { Pool } from "./core/retrieved.ts";
import type { Rows } from "./core/rows.ts";

/** Sees what is about to be folded, for evaluation. Must change nothing. */
export interface Observer {
  /** A slate with the rows that were read for it; `items[i]`: interned row of candidate i. */
  slate?(id: string, request: Request, list: List, items: Int32Array, rows: Rows): void;
  /** An outcome, before anything of it is folded. */
  outcome?(event: OutcomeEvent, item: number, isChoice: boolean, request: Request): void;
  /** The first choice of a basket by a shopper of whom something is known: the candidates as they stood before it, and their rows. */
  choice?(request: Request, pool: Pool, rows: Rows): void;
  /** The slate that the outcome joined. */
  joined?(slate: string, item: number, reward: number): void;
}
