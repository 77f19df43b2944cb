/** The way in: what callers record → admitted, appended, durable; many at once in turns, and refused while too much waits for the disk. */
import type { Admission } from "./admission.ts";
import { type Clock, stopwatchMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import { limits } from "./core/limits.ts";
import type { EventInput, RecordReceipt } from "./core/public.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import type { Rooms } from "./rooms.ts";
import type { Watching } from "./watching.ts";

export interface RecordingParts {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly rooms: () => Rooms;
  readonly watching: Watching;
  /** Looked at after each piece; while it is short of heap nothing more is accepted. */
  readonly ceiling: { watch(): void; readonly isHeapShort: boolean };
}

/** Events folded before other work on the thread gets its turn: with a lesson for each, some 10 ms. */
const foldedAtOnce = 32;
/** A call of at most so many events is folded at once, without waiting for a turn. */
const foldedWithoutTurn = 8;

export class Recording {
  readonly #parts: RecordingParts;
  #turns: Promise<void> = Promise.resolve();
  /** Events of calls under way that are not yet appended. */
  #given = 0;
  /** When something was appended last. */
  lastReceivedMs = 0;

  constructor(parts: RecordingParts) {
    this.#parts = parts;
  }

  /** Accepted and not yet durable. */
  get queued(): number {
    const { log } = this.#parts;
    return this.#given + log.head - log.durableHead;
  }

  isOverloaded(more: number): boolean {
    const { log, ceiling } = this.#parts;
    // Nothing queued: nothing would be gained by waiting.
    if (ceiling.isHeapShort && this.queued > 0) return true;
    return this.queued + more > limits.queueEventsMax || log.queuedBytes > limits.queueBytesMax;
  }

  /** Resolves when what was accepted is durable. Rejects with EVENT_LIMIT, OVERLOADED and LOG_UNWRITABLE. */
  async record(events: EventInput | readonly EventInput[]): Promise<RecordReceipt> {
    const { log } = this.#parts;
    const given = Array.isArray(events) ? (events as readonly EventInput[]) : [events as EventInput];
    if (given.length > limits.batchEventsMax) {
      throw new LiveshelfError(
        "EVENT_LIMIT",
        `A call records at most ${limits.batchEventsMax} events; this one has ${given.length}.`,
      );
    }
    if (this.isOverloaded(given.length))
      throw new LiveshelfError("OVERLOADED", `${this.queued} events wait for the disk; send these again in a second.`);
    const rejected: RecordReceipt["rejected"][number][] = [];
    const cameAtMs = stopwatchMs();
    let accepted = 0;
    let duplicates = 0;
    let appended = 0;
    this.#given += given.length;
    try {
      while (appended < given.length) {
        if (given.length > foldedWithoutTurn) await this.#turn();
        const end = Math.min(given.length, appended + foldedAtOnce);
        const receipt = this.#append(given, appended, end, rejected, cameAtMs);
        accepted += receipt.accepted;
        duplicates += receipt.duplicates;
        this.#given -= end - appended;
        appended = end;
      }
    } finally {
      this.#given -= given.length - appended;
    }
    await log.durable();
    return { accepted, duplicates, rejected, offset: log.head };
  }

  #append(
    given: readonly EventInput[],
    start: number,
    end: number,
    rejected: RecordReceipt["rejected"][number][],
    cameAtMs: number,
  ): { readonly accepted: number; readonly duplicates: number } {
    const { log, clock, admission, ceiling, rooms, watching } = this.#parts;
    const receivedAt = clock.nowMs();
    const admitted = admission.admit(given, start, end, receivedAt, rooms(), rejected);
    watching.cameAtMs = cameAtMs;
    try {
      if (admitted.events.length > 0) log.append(admitted.events);
    } finally {
      watching.cameAtMs = Number.NaN;
    }
    this.lastReceivedMs = receivedAt;
    ceiling.watch();
    return admitted;
  }

  /** Resolves when the thread has done other work since the last turn: all calls together fold one piece in between. */
  #turn(): Promise<void> {
    this.#turns = this.#turns.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#turns;
  }
}
