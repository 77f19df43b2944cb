/**
 * The contract of an event log: the truth, and the only way in (ARCHITECTURE.md, invariant 1). Its promises run on every implementation
 * in `event-log.check.ts`.
 */
import type { LiveshelfError } from "../core/errors.ts";
import type { LoggedEvent } from "../core/event.ts";
import type { NextDisk } from "./block-disk.ts";

export type Deliver = (event: LoggedEvent, offset: number) => void;

/** Ordered events under offsets that rise by one, from 0 on, without gaps; the oldest may have been trimmed. */
export interface EventLog {
  /** 16 hexadecimal digits, made once when the log is created and kept with it: tells a snapshot which log it is of. Another after {@link switchTo}. */
  readonly id: string;

  /** Offset of the first event that is kept: 0, unless the log was trimmed. */
  readonly start: number;

  /** The offset that the next event will get; also how many events there have been. */
  readonly head: number;

  /** Events below this offset survive a crash. `head − durableHead` events are on their way to disk. */
  readonly durableHead: number;

  /** Bytes, as JSON, of the events that are on their way to disk. */
  readonly queuedBytes: number;

  /** Bytes that the durable events take, with what the log needs to find them. */
  readonly bytes: number;

  /**
   * Names the one subscriber, which folds. It is called inside {@link append}, at the append itself, in the log's order;
   * it must not append. What it throws leaves through `append`; the events are in the log all the same.
   * Events from before it subscribed it must {@link read}.
   */
  subscribe(deliver: Deliver): void;

  /**
   * Queues the events for the disk, delivers them, returns the offset of the first.
   * Throws LOG_UNWRITABLE after a failed flush or when opened read-only, CLOSED after {@link close}; then nothing was
   * queued or delivered.
   */
  append(events: readonly LoggedEvent[]): number;

  /**
   * Resolves when all that was appended so far survives a crash. Whoever waits for the same group of appends is
   * answered together, after one sync. Rejects with LOG_UNWRITABLE if it could not be made durable.
   */
  durable(): Promise<void>;

  /**
   * Events from offset `from` up to, not including, `to` (by default the head at the call), those included that are
   * not yet durable. A `from` below {@link start} begins there; LOG_TRIMMED is thrown where a trim overtakes the reader.
   * Throws LOG_DAMAGED, naming the offset, where what the disk gives back is not what was written.
   */
  read(from: number, to?: number): Iterable<LoggedAt>;

  /**
   * Removes events below offset `before`, the oldest first, as far as whole blocks go; the last block stays. Resolves when
   * that is durable and {@link start} has moved. Rejects with LOG_UNWRITABLE, or CLOSED; then any part of them may be
   * gone, and the log has no gap all the same.
   */
  trim(before: number): Promise<void>;

  /**
   * Goes on upon another disk, on which this log's events stand up to an offset, some of them replaced; what came since is copied.
   * No offset moves, readers go on, and what is appended meanwhile waits in memory. Rejects with LOG_UNWRITABLE, CLOSED or
   * LOG_DAMAGED, and with what `commit` throws: then all is as it was, and the other disk is the caller's to close.
   */
  switchTo(next: NextDisk): Promise<void>;

  /**
   * Tells the listener once, when a flush fails. By then `head` has gone back to `durableHead`: the events above it
   * are not in the log, and what was folded of them must go (ARCHITECTURE.md, invariant 2).
   */
  onFailure(listener: (error: LiveshelfError) => void): void;

  /** Flushes, then lets go of the folder. Rejects with LOG_UNWRITABLE if that last flush fails; lets go all the same. */
  close(): Promise<void>;
}

export interface LoggedAt {
  readonly offset: number;
  readonly event: LoggedEvent;
}
