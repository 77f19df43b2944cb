/** An event as the fold sees it: ids interned, time clamped. One object, reused; valid during the fold of its event. */
import type { Fields, LoggedEvent } from "./event.ts";
import type { History } from "./history.ts";

/** Items of a history, the latest first, that folding an outcome may look at. */
export const foldedHistory = 128;

export interface Fact {
  readonly type: LoggedEvent["type"];
  readonly offset: number;
  /** When it happened, Unix ms. */
  readonly atMs: number;
  /** The engine's clock after it: the largest event time so far. */
  readonly clockMs: number;
  /** Rows, −1 where absent. */
  readonly item: number;
  readonly shopper: number;
  /** The shopper's history before this event: of an outcome, its latest {@link foldedHistory} items, and of each only time, basket and action. */
  readonly history: History;
  /** The shopper turned to the item before. */
  readonly isRepeat: boolean;
  /** Outcomes: code of `core/actions.ts`, −1 otherwise. */
  readonly action: number;
  readonly reward: number;
  /** A choice, and not the view that follows a click on the same item. */
  readonly isChoice: boolean;
  /** Outcome's money, NaN if not given. */
  readonly value: number;
  readonly fields: Fields | undefined;
  /** Outcomes: word row of the query of the slate that it joined, −1 if none. */
  readonly query: number;
  /** Slates: the items shown, top first. */
  readonly shown: Shown | undefined;
}

/** What is absent from a fact; the rest is its own. */
export const bareFact: Omit<Fact, "type" | "offset" | "atMs" | "clockMs" | "history"> = {
  item: -1,
  shopper: -1,
  isRepeat: false,
  action: -1,
  reward: 0,
  isChoice: false,
  value: Number.NaN,
  fields: undefined,
  query: -1,
  shown: undefined,
};

/** Items shown in one list, top first. */
export interface Shown {
  readonly count: number;
  /** [position] row. */
  readonly item: Int32Array;
  /** Word row of the query, −1 if none. */
  readonly query: number;
  /** Position that was clicked, −1 if none was (yet). */
  readonly clicked: number;
}
