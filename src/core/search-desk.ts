/** What the search desk is asked and answers (docs/api.md, "Search desk"): for people who work on a shop's search. */
import type { SynonymsEvent } from "./event.ts";

export type SynonymRules = SynonymsEvent["synonyms"];

type Traced = "query" | "filters" | "user" | "session" | "context" | "surface" | "consent" | "size";

/** `Request`: a search. */
export type TraceRequest<Request extends { readonly [Key in Traced]?: unknown }> = Pick<Request, Traced> & {
  /** A draft, as a synonyms event has it: read as if these rules were published, in place of the present ones. */
  readonly synonyms?: readonly unknown[] | undefined;
};

/** A word of a reading, and what of the catalogue stands for it. */
export interface TracedWord {
  readonly text: string;
  /** False: an item need not have it. */
  readonly required: boolean;
  /** The first dozen: how much each counts, 0 to 1, and how many items have it. */
  readonly terms: readonly { readonly text: string; readonly weight: number; readonly items: number }[];
  /** Further ones. */
  readonly more: number;
}

/** A step of the ladder: how the query was read, and how many items match that, filters aside. */
export interface TracedStep {
  readonly rung: "as-typed" | "spelling" | "fewer-words" | "any-word" | "category" | "popular";
  readonly query?: string;
  readonly dropped?: readonly string[];
  /** Ways to read it; none where no word of it is left. */
  readonly readings: readonly { readonly weight: number; readonly words: readonly TracedWord[] }[];
  readonly matches: number;
}

export type Tier = "called" | "named" | "meant" | "others" | "out-of-stock";

export interface TracedItem {
  /** Who stands in an earlier tier stands above, whatever the scores. */
  readonly tier: Tier;
  /** Score of its texts for the query; absent where none was read. */
  readonly match?: number;
  /** Place by the texts alone, from 0. */
  readonly matchRank?: number;
}

/** `Answer`: a search's. */
export type SearchTrace<Answer extends { readonly items: readonly unknown[]; readonly slate: unknown }> = Omit<
  Answer,
  "items" | "slate"
> & {
  /** Down to the first that something matches. */
  readonly steps: readonly TracedStep[];
  /** What shoppers who ask this turn to, the likeliest first; `certain`: what is of it comes first. */
  readonly intent: readonly {
    readonly field: "brand" | "category";
    readonly value: string | readonly string[];
    readonly share: number;
    readonly certain: boolean;
  }[];
  /** With all reasons, none summed up. */
  readonly items: readonly (Answer["items"][number] & TracedItem)[];
};

export type QueryResult = "found" | "few" | "loosened" | "nothing";

export interface QueryReport {
  readonly query: string;
  /** How often it was asked since the server started, and how often with few matches, only loosened ones, or none. */
  readonly asked: number;
  readonly poor: number;
  /** How it went the last time, and when that was. */
  readonly last: QueryResult;
  readonly total: number;
  readonly at: string;
}

export interface QueriesReport {
  /** The most often asked first; with `poor`, the most often asked in vain. */
  readonly queries: readonly QueryReport[];
  /** Queries that too few shoppers asked, or that may name a person: counted, never shown. */
  readonly withheld: number;
}

export interface SynonymsReport {
  readonly synonyms: SynonymRules;
  /** The latest sets, the newest first; `added` and `removed` against the one before. */
  readonly history: readonly {
    readonly offset: number;
    readonly time: string;
    readonly rules: number;
    readonly added: number;
    readonly removed: number;
  }[];
  /** The events from here on were looked through. */
  readonly since: number;
}

export interface SearchDesk<
  Request extends { readonly [Key in Traced]?: unknown },
  Answer extends { readonly items: readonly unknown[]; readonly slate: unknown },
> {
  /** A search, told step by step; it is not logged and teaches nothing. Throws as `search` does, and EVENT_MALFORMED or EVENT_LIMIT for a draft. */
  trace(request: TraceRequest<Request>): SearchTrace<Answer>;
  queries(size: number, onlyPoor?: boolean): QueriesReport;
  synonyms(): Promise<SynonymsReport>;
  /** The rules of the event at an offset; undefined where it is none of synonyms, or no longer there. */
  synonymsAt(offset: number): SynonymRules | undefined;
}
