/** What callers of the engine see (docs/api.md): requests in, answers out. `index.ts` re-exports it; `http/` and `cli/` speak it. */
import type { ErrorCode } from "./errors.ts";
import type { Context, Fields, LoggedEvent } from "./event.ts";
import type { EventReport, NotTaken } from "./event-report.ts";
import type { LaterOutcome } from "./follow-up.ts";
import type { Lately } from "./lately.ts";
import type { HeadReport, LearnerReport, PlaceReport } from "./model-report.ts";
import type { QualityQuery, QualityReport } from "./quality-report.ts";
import type { SearchDesk } from "./search-desk.ts";
import type { Relaxed } from "./text-query.ts";
import type { UserExport, UserReport, UserSlates } from "./user-report.ts";

/** An event as docs/api.md describes it; `record` checks it. */
export type EventInput = Record<string, unknown>;

export interface RecordReceipt {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly {
    readonly index: number;
    readonly code: ErrorCode;
    readonly message: string;
    readonly at?: string;
  }[];
  /** Offset that the next event will get: every event acknowledged here lies below it. */
  readonly offset: number;
}

export type FilterValue = string | number | boolean;
export type FilterRule =
  | FilterValue
  | readonly FilterValue[]
  | { readonly gte?: number; readonly lte?: number; readonly gt?: number; readonly lt?: number }
  | { readonly under: readonly string[] | string };
/** Field name → rule; all must hold. */
export type Filters = { readonly [field: string]: FilterRule | Filters | readonly Filters[] } & {
  readonly not?: Filters;
  readonly or?: readonly Filters[];
  readonly and?: readonly Filters[];
};

interface Asker {
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  readonly context?: Context | undefined;
  readonly surface?: string | undefined;
  /** How many items to answer; default: rank all, recommend 12. */
  readonly size?: number | undefined;
  readonly explain?: boolean | undefined;
  /** `false`: the answer is not logged and teaches nothing. */
  readonly observe?: boolean | undefined;
  /** `false`: answered impersonally, not logged. */
  readonly consent?: boolean | undefined;
  /** The answer is wanted within so many milliseconds from now: what does not fit is left out, and `skipped` says how much. */
  readonly timeoutMs?: number | undefined;
}

export interface RankRequest extends Asker {
  readonly items: readonly (string | { readonly item: string; readonly match?: number | undefined })[];
  readonly query?: string | readonly (string | number | boolean)[] | number | boolean | null | undefined;
  /** `false`: the order of `items` means nothing. */
  readonly ordered?: boolean | undefined;
}

export interface RecommendRequest extends Asker {
  /** “Goes with this one.” */
  readonly item?: string | undefined;
  readonly filters?: Filters | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/** A facet to count: a field, or a field with what its values have to begin with or hold a word that does. */
export type FacetRequest =
  | string
  | {
      readonly field: string;
      /** Only values of which a word begins with this, whatever its case and accents. */
      readonly query?: string | undefined;
      /** At most so many values, the most frequent first; default 100. */
      readonly size?: number | undefined;
    };

export interface SearchRequest extends Asker {
  /** None, or none with a word in it: what is popular, personally. */
  readonly query?: string | undefined;
  readonly filters?: Filters | undefined;
  readonly facets?: readonly FacetRequest[] | undefined;
  /** `relevance` (default), `newest`, or a number field: `price`, `price:desc`, `rating:asc`. */
  readonly sort?: string | undefined;
  /** Items passed over: the page begins here. */
  readonly from?: number | undefined;
  /** The first page's slate: pages on through the very list that it began. */
  readonly slate?: string | undefined;
  /** One item for each value of this field. */
  readonly group?: string | undefined;
  readonly highlight?: boolean | undefined;
}

export interface SuggestRequest {
  /** What was typed so far. */
  readonly q: string;
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  /** Completions at most; default 8. */
  readonly size?: number | undefined;
  readonly consent?: boolean | undefined;
}

export interface Completion {
  readonly text: string;
  readonly kind: "query" | "brand" | "category";
  /** Of a category: from broad to narrow. */
  readonly path?: readonly string[];
}

export interface SuggestAnswer {
  readonly completions: readonly Completion[];
  readonly items: readonly { readonly item: string; readonly fields: Fields }[];
  readonly tookMs: number;
}

/** Counts of a field's values over all matches but for the field's own filter; of numbers their range. */
export type Facet =
  | readonly FacetValue[]
  | {
      readonly min: number | null;
      readonly max: number | null;
      /** Matches that have a number. */
      readonly count: number;
      /** Matches from each bound to the next, ten of equal width. */
      readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
    };

export interface FacetValue {
  readonly value: string | number | boolean;
  readonly count: number;
  /** Of a path: from broad to narrow; `value` is its own level. */
  readonly path?: readonly string[];
}

export interface Reason {
  readonly feature: string;
  readonly contribution: number;
  readonly text: string;
}

export interface AnsweredItem {
  readonly item: string;
  /** What orders the list: chance to be clicked when shown × what that is worth (docs/ranking.md, "Value"). */
  readonly score: number;
  readonly position: number;
  readonly propensity: number;
  readonly fields?: Fields;
  /** With `highlight`: texts of fields with what matched in `<em>`, all else escaped as HTML. */
  readonly highlights?: Readonly<Record<string, string>>;
  /** With `explain`: logit of the chance to be clicked when shown; bias and all contributions add up to it. */
  readonly rawScore?: number;
  readonly bias?: number;
  readonly reasons?: readonly Reason[];
  /** With `explain`: chance of each outcome when shown, 0 to 1. */
  readonly chances?: Readonly<Record<"click" | LaterOutcome, number>>;
}

export interface Answer {
  /** Id of the logged slate, to be sent with outcomes; null when the answer was not observed. */
  readonly slate: string | null;
  readonly items: readonly AnsweredItem[];
  /** How sure the learners are of this order, 0 to 1; 0 before anything is learned. */
  readonly confidence?: number;
  /** Which model at which offset. */
  readonly model: string;
  readonly tookMs: number;
  /** Candidates left out because there was no time for them; absent if none. */
  readonly skipped?: number;
}

export interface SearchAnswer extends Answer {
  /** Matches that pass the filters: items, or groups. */
  readonly total: number;
  readonly facets?: Readonly<Record<string, Facet>>;
  /** How the query was loosened, if nothing matched. */
  readonly relaxed?: Relaxed;
  /** A likelier spelling, to be asked as “did you mean”. */
  readonly spelling?: string;
}

export interface ItemReport {
  readonly item: string;
  readonly fields: Fields;
  readonly removed: boolean;
  readonly statistics: Readonly<Record<string, number>>;
  /** By half-life, the shortest first; without what the settings leave out (`withoutFeatures`). */
  readonly lately: readonly Lately[];
}

/** Who is not taught from, why, and what of them waits (docs/operating.md, "Bots and bursts"). */
export interface QuarantineReport {
  readonly suspects: number;
  readonly held: number;
  readonly counts: Readonly<Record<string, number>>;
  /** The first hundred. */
  readonly shoppers: readonly {
    readonly user?: string;
    readonly session?: string;
    readonly reason: string;
    readonly since: string;
    readonly held: number;
  }[];
  /** The newest hundred. */
  readonly events: readonly { readonly offset: number; readonly event: LoggedEvent }[];
}

/** What was erased of a shopper (docs/privacy.md). */
export interface ErasureReceipt {
  readonly user: string;
  /** False: nothing was held in the state; the log is searched all the same. */
  readonly known: boolean;
  /** What was held and is gone: fields, items turned to, sessions. */
  readonly erased: Readonly<Record<string, number>>;
  /** The note in the log; all of the shopper's events below it leave log and snapshots. */
  readonly offset: number;
  /** How far that is; `erasures` of the status says more. */
  readonly log: "queued" | "under way" | "done";
}

/** How far erased shoppers are out of log and snapshots. */
export interface ErasuresReport {
  /** Shoppers whose events are still in the log. */
  readonly pending: number;
  /** Since the start: shoppers, and events that went. */
  readonly shoppers: number;
  readonly events: number;
  /** Of the last one. */
  readonly seconds: number;
  readonly failure?: string;
}

/** Moving to another state, folded aside: under another configuration, or without erased shoppers (docs/operating.md). */
export interface RebuildReport {
  readonly why: "configuration" | "erasure";
  readonly state: "waiting" | "folding" | "loading" | "catching up" | "done" | "failed";
  /** Events folded, of how many. */
  readonly done: number;
  readonly total: number;
  /** Settings that differ from those that answer now. */
  readonly settings?: readonly string[];
  /** At which offset it was moved in, and how long serving stood still at most. */
  readonly offset?: number;
  readonly pauseMs?: number;
  readonly seconds?: number;
  /** Why it failed; what answered before goes on answering. */
  readonly message?: string;
}

/** What a change of settings does: their names. */
export interface Reconfigured {
  readonly changed: readonly string[];
  /** Of all that differ from what answers now, those for which the log is folded anew. */
  readonly rebuilt: readonly string[];
}

/** How near memory is to its ceiling, and what gives way for it. All in bytes. */
export interface MemoryReport {
  /** What the process may take (`memoryMax`; absent without a ceiling), and what it takes. */
  readonly maxBytes?: number;
  readonly processBytes: number;
  /** What the state may take of that, what it takes, and what of it is free and will be used again before it grows. */
  readonly stateMaxBytes?: number;
  readonly stateBytes: number;
  readonly freeBytes: number;
  /** What gives way at present, and as a number from 0: within `histories` there are several. */
  readonly step: "none" | "admission" | "expiry" | "histories" | "full";
  readonly level: number;
  readonly bounds: Readonly<Record<string, number>>;
}

export interface EngineStatus {
  readonly ready: boolean;
  readonly offset: number;
  readonly durableOffset: number;
  /** Largest event time so far, Unix ms; 0 before the first event. */
  readonly clockMs: number;
  readonly items: number;
  readonly shoppers: number;
  readonly openSlates: number;
  /** Shoppers who are not taught from now, and events of theirs that wait. */
  readonly suspects: number;
  readonly quarantined: number;
  /** What came of events, by reason: see docs/operating.md. */
  readonly counts: Readonly<Record<string, number>>;
  readonly stateBytes: number;
  /** First offset that the log still has; 0 unless a retention shortened it. */
  readonly logStart: number;
  readonly logBytes: number;
  readonly snapshotOffset: number;
  /** Of the last snapshot: how long it took, what the second folder held, how long serving stood still for it. */
  readonly snapshotSeconds: number;
  readonly snapshotPeakBytes: number;
  readonly snapshotPauseMs: number;
  /** Answers given again (`resultCacheMs`), since the start. */
  readonly answersFromCache: number;
  /** Events accepted and not yet durable. */
  readonly queued: number;
  /** The last move to another state, or the one under way; absent before the first. */
  readonly rebuild?: RebuildReport;
  readonly erasures: ErasuresReport;
  readonly memory: MemoryReport;
}

/** `delayMs`: from the call that brought the event until it was folded; NaN: it is the engine's own. */
export type Watcher = (event: LoggedEvent, offset: number, delayMs: number) => void;

export interface Engine {
  /** Resolves when what was accepted is durable; visible to the next request at once. One event or many. */
  record(events: EventInput | readonly EventInput[]): Promise<RecordReceipt>;
  rank(request: RankRequest): Answer;
  recommend(request: RecommendRequest): Answer;
  search(request: SearchRequest): SearchAnswer;
  /** Completions of what was typed so far. */
  suggest(request: SuggestRequest): SuggestAnswer;
  item(id: string): ItemReport | undefined;
  user(id: string): UserReport | undefined;
  /** The lists that a shopper was shown within `attributionWindowMs`, at most `size` (default 20, up to 100), the newest first; undefined for one who is not known. */
  userSlates(id: string, size?: number): UserSlates | undefined;
  /** All that is held of a shopper, for the shopper who asks; what the state has as of the call, then what the log has as it is read. */
  exportUser(id: string): UserExport;
  /** Forgets a shopper: at once in every answer, soon in log and snapshots. Resolves when that is durable. */
  erase(id: string): Promise<ErasureReceipt>;
  /** What became of the event with this id; undefined where nothing is known of it. */
  event(id: string): EventReport | undefined;
  /** How far back {@link event} knows, in words. */
  eventsKnown(): string;
  /** The latest events that were refused, or sent again, the latest first. */
  eventsNotTaken(result: NotTaken["result"], size: number): readonly NotTaken[];
  /** Changes settings: those that fold are rebuilt aside while the old state answers. Resolves when they hold; rejects with CONFIG_INVALID, and nothing changed. */
  reconfigure(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** What {@link reconfigure} would do; throws CONFIG_INVALID where it would reject with it. */
  compareSettings(settings: Readonly<Record<string, unknown>>): Reconfigured;
  /** The settings that answer now, by name: secrets too. */
  settings(): Readonly<Record<string, unknown>>;
  quarantine(): QuarantineReport;
  /** For those who work on the shop's search. */
  desk(): SearchDesk<SearchRequest, SearchAnswer>;
  models(): {
    readonly learners: readonly LearnerReport[];
    readonly heads: readonly HeadReport[];
    readonly places: readonly PlaceReport[];
    readonly features: readonly string[];
    readonly offset: number;
    /** As in {@link EngineStatus}. */
    readonly rebuild?: RebuildReport;
  };
  /** How well lists are ordered and chances hold, each lesson judged before it was learned; of a surface that is not kept apart it is empty. */
  quality(query?: QualityQuery): QualityReport;
  /** What the engine knows of a user, item or query, or of itself; for people. */
  inspect(what?: {
    readonly user?: string;
    readonly item?: string;
    readonly query?: string;
    /** By its id. */
    readonly event?: string;
    readonly quarantine?: true;
    readonly features?: true;
  }): Readonly<Record<string, unknown>>;
  status(): EngineStatus;
  /** Of the status what costs nothing to ask. */
  readiness(): Pick<EngineStatus, "ready" | "offset">;
  /** Tells of each event from now on, once it is folded; answers what ends it. The watcher must neither throw nor record. */
  watch(watcher: Watcher): () => void;
  /** The log from an offset on. */
  events(from?: number): Iterable<{ readonly offset: number; readonly event: LoggedEvent }>;
  /** Every item of the catalogue that was not removed. */
  items(): Iterable<string>;
  /** SHA-256 of the whole folded state. */
  checksum(): string;
  /** Writes a snapshot now, in a worker that folds; resolves with the offset it reflects. */
  snapshot(): Promise<number>;
  /** Moves the clock on to now, so that windows close. */
  tick(): void;
  close(): Promise<void>;
}
