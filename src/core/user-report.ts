/** What callers see of a shopper (docs/privacy.md, docs/api.md). */
import type { Fields, LoggedEvent } from "./event.ts";
import type { LaterOutcome } from "./follow-up.ts";

export interface UserReport {
  readonly user: string;
  readonly fields: Fields;
  readonly recent: readonly {
    readonly item: string;
    readonly lastAction: string;
    readonly at: string;
    readonly touches: number;
  }[];
  readonly affinities: readonly { readonly field: string; readonly value: string; readonly share: number }[];
  readonly sessions: number;
}

/** A list that a shopper was shown, as attribution remembers it. */
export interface UserSlate {
  readonly slate: string;
  /** ISO 8601, by its event. */
  readonly at: string;
  readonly surface: string | null;
  /** Normalised: what makes two queries the same query. */
  readonly query: string | null;
  readonly orderedBy: "engine" | "caller";
  /** `lessonWaitMs` is over: what was shown and not chosen counts as passed over. */
  readonly closed: boolean;
  /** Top first; items that are forgotten since are left out. */
  readonly items: readonly {
    readonly item: string;
    readonly position: number;
    /** It was reported as seen, or chosen. */
    readonly seen: boolean;
    /** What came of it; `click` stands for whatever it was chosen by. */
    readonly outcomes: readonly ("click" | LaterOutcome)[];
  }[];
}

/** How many are told, unless it is said. */
export const userSlatesByDefault = 20;

export interface UserSlates {
  /** The newest first. */
  readonly slates: readonly UserSlate[];
}

/** All that is held of a shopper: the report with every item and every affinity, what else the state has, then their events. */
export interface UserExport extends UserReport {
  /** False: the state knows nothing of them; the log may still have events. */
  readonly known: boolean;
  /** Sessions that turned out to be theirs. */
  readonly sessionIds: readonly string[];
  /** The latest hundred lists that outcomes still join; the events have all that the log has. */
  readonly slates: readonly UserSlate[];
  /** The latest queries that they chose something for. */
  readonly queries: readonly string[];
  /** The rule by which they are not taught from, if any. */
  readonly suspectedFor?: string;
  readonly quarantined: readonly { readonly offset: number; readonly event: LoggedEvent }[];
  readonly events: AsyncIterable<{ readonly offset: number; readonly event: LoggedEvent }>;
}
