/** What callers see of single events (docs/events.md, "What became of an event"). */
import type { ErrorCode } from "./errors.ts";
import type { LoggedEvent } from "./event.ts";

/** An event that was not taken: refused, or sent again. Who it was about is not kept. */
export interface NotTaken {
  readonly result: "rejected" | "duplicate";
  readonly id?: string;
  readonly type?: string;
  /** Of a refused one: why, and where (a JSON pointer). */
  readonly code?: ErrorCode;
  readonly message?: string;
  readonly at?: string;
  /** When it came. */
  readonly time: string;
}

/** What became of an event that was sent with an id. */
export interface EventReport {
  readonly id: string;
  /** `ignored`: it is in the log, and was not folded, as there was no room for its ids. */
  readonly result: "accepted" | "rejected" | "ignored";
  /** When it came. */
  readonly time?: string;
  /** Of an accepted one: where it stands in the log, and whether it is on disk. */
  readonly offset?: number;
  readonly durable?: boolean;
  readonly event?: LoggedEvent;
  /** Of an outcome: the slate that it joined, or why none. */
  readonly slate?: string | null;
  /** What came of it, by the names of the counts (docs/operating.md). */
  readonly counted?: readonly string[];
  /** What it taught, in words, such as the lesson, or why nothing. */
  readonly taught?: readonly string[];
  /** How often it was sent again, among the latest duplicates; how often refused before it was taken. */
  readonly duplicates?: number;
  readonly refusals?: number;
  /** Why it was refused. */
  readonly code?: string;
  readonly message?: string;
  readonly at?: string;
}
