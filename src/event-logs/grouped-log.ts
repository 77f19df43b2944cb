/**
 * The event log over any store: delivery at the append, group commit, failure. At most one write is in flight;
 * all that is appended meanwhile becomes the next group, written and synced at once.
 */
import { assert, LiveshelfError } from "../core/errors.ts";
import type { LoggedEvent } from "../core/event.ts";
import type { Deliver, EventLog, LoggedAt } from "./event-log.ts";

/** Events that follow one another, from offset `first` on. */
export interface Run {
  readonly first: number;
  readonly events: readonly LoggedEvent[];
}

/** Where events are kept. `A`: an append as the store wants it. */
export interface Store<A extends Run> {
  readonly id: string;
  /** What the store says it is, in messages. */
  readonly place: string;
  /** Offset after the last durable event, when opened. */
  readonly head: number;
  /** Makes an append ready for {@link write}; must keep nothing of the caller's that can change. */
  prepare(append: Run): A;
  /** Resolves when all of the group survives a crash; rejects if none of it does. */
  write(group: readonly A[]): Promise<void>;
  /** Durable events in one run that holds this offset. */
  runAt(offset: number): Run;
  close(): Promise<void>;
}

interface Group<A> {
  readonly appends: A[];
  readonly written: PromiseWithResolvers<void>;
}

export function groupedLog<A extends Run>(store: Store<A>): EventLog {
  let head = store.head;
  let durableHead = store.head;
  let inFlight: Group<A> | undefined;
  let waiting: Group<A> | undefined;
  let deliver: Deliver | undefined;
  let delivering = false;
  let failure: LiveshelfError | undefined;
  let closing: Promise<void> | undefined;
  let closed = false;
  const listeners: ((error: LiveshelfError) => void)[] = [];

  async function writeGroups(): Promise<void> {
    // What is appended in one turn of the event loop is one group.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting) {
      inFlight = waiting;
      waiting = undefined;
      const last = inFlight.appends.at(-1)!;
      try {
        await store.write(inFlight.appends);
      } catch (cause) {
        return fail(cause, inFlight.written);
      }
      durableHead = last.first + last.events.length;
      inFlight.written.resolve();
      inFlight = undefined;
    }
  }

  function fail(cause: unknown, lost: PromiseWithResolvers<void>): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    const mend = "Free space on the disk or mend it, then start again: what was acknowledged is kept.";
    failure = new LiveshelfError(
      "LOG_UNWRITABLE",
      `Could not write to ${store.place}: ${why}. ${mend}`,
      undefined,
      cause,
    );
    const alsoLost = waiting;
    inFlight = waiting = undefined;
    head = durableHead;
    lost.reject(failure);
    alsoLost?.written.reject(failure);
    for (const listener of listeners) listener(failure);
  }

  function queue(append: A): void {
    const isIdle = !inFlight && !waiting;
    if (!waiting) {
      waiting = { appends: [], written: Promise.withResolvers() };
      // Nobody need wait for it: a failure is also told to the listeners and to the next append.
      waiting.written.promise.catch(() => {});
    }
    waiting.appends.push(append);
    if (isIdle) void writeGroups();
  }

  async function durable(): Promise<void> {
    if (failure) throw failure;
    await (waiting ?? inFlight)?.written.promise;
  }

  function runAt(offset: number): Run {
    if (offset < durableHead) return store.runAt(offset);
    for (const group of [inFlight, waiting]) {
      const run = group?.appends.find(({ first, events }) => offset < first + events.length);
      if (run) return run;
    }
    throw new LiveshelfError("INTERNAL", `Broken invariant: no append holds offset ${offset}, below the head`);
  }

  function* readRange(from: number, to: number): Generator<LoggedAt> {
    // The head goes back when a flush fails, so it is looked at before each run.
    for (let offset = from; offset < Math.min(to, head); ) {
      refuseIfClosed();
      const { first, events } = runAt(offset);
      const end = Math.min(to, first + events.length);
      for (; offset < end; offset++) yield { offset, event: events[offset - first]! };
    }
  }

  function refuseIfClosed(): void {
    if (closed) throw new LiveshelfError("CLOSED", `The event log in ${store.place} is closed.`);
  }

  return {
    id: store.id,
    get head() {
      return head;
    },
    get durableHead() {
      return durableHead;
    },
    subscribe(subscriber) {
      assert(deliver === undefined, "an event log has one subscriber");
      deliver = subscriber;
    },
    append(events) {
      if (closing) throw new LiveshelfError("CLOSED", `The event log in ${store.place} is closed.`);
      if (failure) throw failure;
      assert(!delivering, "the subscriber appended while being delivered to");
      const first = head;
      if (events.length === 0) return first;
      queue(store.prepare({ first, events: events.slice() }));
      head = first + events.length;
      if (!deliver) return first;
      delivering = true;
      try {
        for (let i = 0; i < events.length; i++) deliver(events[i]!, first + i);
      } finally {
        delivering = false;
      }
      return first;
    },
    durable,
    read(from, to = head) {
      refuseIfClosed();
      return readRange(Math.max(0, from), to);
    },
    onFailure(listener) {
      if (failure) listener(failure);
      else listeners.push(listener);
    },
    close() {
      const flushed = failure ? Promise.resolve() : durable();
      closing ??= flushed.finally(() => {
        closed = true;
        return store.close();
      });
      return closing;
    },
  };
}
