/**
 * Which requests are let in when more comes than one thread can answer. Overload shows as requests that wait in sockets while the
 * event loop is in its turn: nothing tells how long one waited, but it came after the loop had last looked, so that is its bound.
 *
 *     previous turn             this turn
 *     ├─ request ─ request … ───┼─ request ─ request ─ here
 *     looked                    looked        waited at most since the previous look
 *
 * After K. Nichols and V. Jacobson, “Controlling queue delay” (ACM Queue 2012): a burst may wait for long, a queue that does not empty may not.
 */
import { stopwatchMs } from "../core/clock.ts";

/** Who goes first: `anonymous` queries have no shopper, or are not learned from. */
export type Priority = "anonymous" | "query" | "events";

/** How long each may wait, in times of what a query may: while the queue does not empty, while it did lately, and in a burst after a calm time. */
const strict: Readonly<Record<Priority, number>> = { anonymous: 0.5, query: 1, events: 100 };
const patient: Readonly<Record<Priority, number>> = { anonymous: 2, query: 4, events: 400 };
const burst: Readonly<Record<Priority, number>> = { anonymous: 10, query: 10, events: 400 };
/** The queue emptied lately if it did within so many times what a query may wait. */
const lately = 4;
/** After so long without a refusal, a queue may take so long to empty: a pause of the process, or many who come at once, are no overload. */
const calmAfterMs = 2000;
const burstMs = 60;
/** After a calm time, so few at once are no overload, however long the first take: the process, or the machine, paused. */
const few = 12;
/** A process that has just started answers slowly until its code is compiled. So many requests, for so long, count as a burst; they may wait longer. */
const coldRequests = 3000;
const coldMs = 15_000;
const coldPatience = 25;
/** So long after a known shopper was turned away nobody else takes their place, in times of `shedAfterMs`. */
const heldFor = 40;
/** Where answers take long, who waits for so many of them has not waited for long. */
const answersAhead = 4;
/** What the latest turn counts in the mean of what an answer takes. */
const newest = 0.1;
const surpriseMax = 4;

export interface SheddingOptions {
  /** How long a query may wait while the queue does not empty, ms, or longer if answers take long; 0: nothing is refused. */
  readonly shedAfterMs: number;
  readonly stopwatch?: () => number;
  /** The process has been answering for a while. */
  readonly isWarm?: boolean;
  /** Calls back once the loop has handled what it found when it last looked. */
  readonly afterTurn?: (callback: () => void) => void;
}

export interface Shedding {
  /** A request is there; before anything else is asked of it. */
  arrived(): void;
  /** How long what is being handled, a request or the rest of one, has waited at most, ms. */
  waitedMs(): number;
  /** Whether a request of this priority is to be refused now; it is counted then. */
  refuses(priority: Priority): boolean;
  /** From now on. */
  change(options: Pick<SheddingOptions, "shedAfterMs">): void;
  /** Refused so far. */
  readonly counts: Readonly<Record<Priority, number>>;
}

export function shedding(options: SheddingOptions): Shedding {
  let { shedAfterMs } = options;
  const { stopwatch = stopwatchMs, isWarm = false, afterTurn = nextCheck } = options;
  const counts = { anonymous: 0, query: 0, events: 0 };
  let isInTurn = false;
  /** The turn before this one had requests too: nobody knows that the queue was empty. */
  let follows = false;
  let turnAtMs = 0;
  let lookedAtMs = 0;
  let emptyAtMs = 0;
  /** Came since the queue was empty. */
  let sinceEmpty = 0;
  /** Let in since the turn began. */
  let letIn = 0;
  /** Came since the turn began. */
  let found = 0;
  /** The turn before this one found one request. */
  let wasAlone = false;
  let answerMs = 0;
  let refusedAtMs = Number.NEGATIVE_INFINITY;
  let queryRefusedAtMs = Number.NEGATIVE_INFINITY;
  let coldLeft = isWarm ? 0 : coldRequests;
  let coldUntilMs = Number.POSITIVE_INFINITY;

  function turnEnds(): void {
    follows = isInTurn;
    if (!isInTurn) return;
    // One request in a turn is nobody's queue: whoever asks one after the other waits for the server's own work only.
    wasAlone = found <= 1;
    found = 0;
    isInTurn = false;
    lookedAtMs = turnAtMs;
    // A pause that has nothing to do with answers counts little.
    const mostMs = surpriseMax * Math.max(answerMs, shedAfterMs);
    if (letIn > 0) answerMs += newest * (Math.min((stopwatch() - turnAtMs) / letIn, mostMs) - answerMs);
    letIn = 0;
    // Once more, to see whether the next look finds anything.
    afterTurn(turnEnds);
  }

  /** The time, in a turn: also of one that began with the rest of a body. */
  function turnMs(): number {
    const nowMs = stopwatch();
    if (isInTurn) return nowMs;
    isInTurn = true;
    turnAtMs = nowMs;
    if (!follows || wasAlone) {
      emptyAtMs = nowMs;
      sinceEmpty = 0;
    }
    if (follows) return nowMs;
    lookedAtMs = nowMs;
    afterTurn(turnEnds);
    return nowMs;
  }

  /** How long a request may wait now, ms. */
  function mayWaitMs(priority: Priority, nowMs: number): number {
    const unitMs = Math.max(shedAfterMs, answersAhead * answerMs);
    const emptyForMs = nowMs - emptyAtMs;
    const isCalm = nowMs - refusedAtMs > calmAfterMs;
    if (isCalm && sinceEmpty <= few) return Number.POSITIVE_INFINITY;
    if (coldLeft > 0 && nowMs < coldUntilMs) return coldPatience * burst[priority] * unitMs;
    if (isCalm && emptyForMs <= burstMs) return burst[priority] * unitMs;
    return (emptyForMs <= lately * unitMs ? patient : strict)[priority] * unitMs;
  }

  return {
    counts,
    change: (changed) => {
      ({ shedAfterMs } = changed);
    },
    arrived() {
      letIn++;
      found++;
      const nowMs = turnMs();
      sinceEmpty++;
      if (coldLeft-- === coldRequests) coldUntilMs = nowMs + coldMs;
    },
    waitedMs: () => turnMs() - lookedAtMs,
    refuses(priority) {
      if (shedAfterMs === 0) return false;
      const nowMs = turnMs();
      const isHeld = priority === "anonymous" && nowMs - queryRefusedAtMs < heldFor * shedAfterMs;
      const isRefused = isHeld || nowMs - lookedAtMs > mayWaitMs(priority, nowMs);
      if (!isRefused) return false;
      counts[priority]++;
      letIn--;
      refusedAtMs = nowMs;
      if (priority === "query") queryRefusedAtMs = nowMs;
      return true;
    },
  };
}

const nextCheck = (callback: () => void): void => void setImmediate(callback);
