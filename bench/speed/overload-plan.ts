/** What the overload benchmark and its load process tell each other. */
import type { RankRequest } from "../../src/core/public.ts";

export interface OverloadPlan {
  readonly address: string;
  /** Of this round's events: an id seen before would cost nothing. */
  readonly idPrefix: string;
  readonly ranks: readonly RankRequest[];
  readonly seconds: number;
  /** Of the capacity. */
  readonly unloadedShare: number;
  readonly overloadTimes: number;
}

/** By who asks: half of the lists are for known users, a third for nobody or not to be learned from, the rest for a session; and events. */
export const kinds = ["user", "session", "anonymous", "events"] as const;
export type Kind = (typeof kinds)[number];
export const connectionsOf: Readonly<Record<Kind, number>> = { user: 3, session: 1, anonymous: 2, events: 2 };

export interface KindResult {
  readonly answered: number;
  readonly perSecond: number;
  /** Of the answers with 200, ms. */
  readonly p50: number;
  readonly p99: number;
  /** Other answers, lost connections, timeouts. */
  readonly failed: number;
  /** Refused with 503. */
  readonly refused: number;
}
export type PhaseResult = Readonly<Record<Kind, KindResult>>;

export interface OverloadResult {
  readonly capacity: number;
  readonly unloaded: PhaseResult;
  readonly overload: PhaseResult;
  readonly offered: number;
  /** From the end of the load until every answer is 200 and as fast as unloaded. */
  readonly recoverySeconds: number;
  /** Ids of events that were answered with 200, one each. */
  readonly acknowledged: readonly string[];
}
