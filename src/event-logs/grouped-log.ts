/**
 * The event log over any store: delivery at the append, group commit, failure. At most one write is in flight;
 * all that is appended meanwhile becomes the next group, written and synced at once.
 */
import { assert, LiveshelfError } from "../core/errors.ts";
import type { LoggedEvent } from "../core/event.ts";
import { HalfCommitted, type NextDisk } from "./block-disk.ts";
import type { Deliver, EventLog, LoggedAt } from "./event-log.ts";

/** Events that follow one another, from offset `first` on. */
export interface Run {
  readonly first: number;
  readonly events: readonly LoggedEvent[];
}

/** An append as the store wants it. */
export interface Prepared extends Run {
  /** As JSON. */
  readonly bytes: number;
}

/** Where events are kept. */
export interface Store<A extends Prepared> {
  readonly id: string;
  /** What the store says it is, in messages. */
  readonly place: string;
  /** Offset of the first event that is kept. */
  readonly start: number;
  /** Bytes that durable events take. */
  readonly bytes: number;
  /** Offset after the last durable event, when opened. */
  readonly head: number;
  /** Makes an append ready for {@link write}; must keep nothing of the caller's that can change. */
  prepare(append: Run): A;
  /** Resolves when all of the group survives a crash; rejects if none of it does. */
  write(group: readonly A[]): Promise<void>;
  /** Durable events in one run that holds this offset. */
  runAt(offset: number): Run;
  /** Moves `start` up to `before`, or to less; resolves when durable. */
  trim(before: number): Promise<void>;
  /** Goes on upon another disk; writes wait meanwhile. */
  switchTo(next: NextDisk): Promise<void>;
  close(): Promise<void>;
}

interface Group<A> {
  readonly appends: A[];
  readonly written: PromiseWithResolvers<void>;
}

export function groupedLog<A extends Prepared>(store: Store<A>): EventLog {
  let head = store.head;
  let durableHead = store.head;
  let queuedBytes = 0;
  let inFlight: Group<A> | undefined;
  let waiting: Group<A> | undefined;
  let deliver: Deliver | undefined;
  let delivering = false;
  let failure: LiveshelfError | undefined;
  let closing: Promise<void> | undefined;
  let closed = false;
  let asides: Promise<unknown> = Promise.resolve();
  const listeners: ((error: LiveshelfError) => void)[] = [];

  async function writeGroups(): Promise<void> {
    // What is appended in one turn of the event loop is one group.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting) {
      const { appends, written } = (inFlight = waiting);
      waiting = undefined;
      const last = appends.at(-1)!;
      try {
        await store.write(appends);
      } catch (cause) {
        return fail(cause);
      }
      durableHead = last.first + last.events.length;
      for (const { bytes } of appends) queuedBytes -= bytes;
      written.resolve();
      inFlight = undefined;
    }
  }

  /** Once: what fails after it is a write that was given up then. */
  function fail(cause: unknown): void {
    if (failure) return;
    failure = unwritable(cause, "Free space on the disk or mend it, then start again: what was acknowledged is kept.");
    const lost = [inFlight, waiting];
    inFlight = waiting = undefined;
    head = durableHead;
    queuedBytes = 0;
    for (const group of lost) group?.written.reject(failure);
    for (const listener of listeners) listener(failure);
  }

  function unwritable(cause: unknown, mend: string): LiveshelfError {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `Could not write to ${store.place}: ${why}. ${mend}`;
    return new LiveshelfError("LOG_UNWRITABLE", message, undefined, cause);
  }

  function queue(append: A): void {
    const isIdle = !inFlight && !waiting;
    if (!waiting) {
      waiting = { appends: [], written: Promise.withResolvers() };
      // Nobody need wait for it: a failure is also told to the listeners and to the next append.
      waiting.written.promise.catch(() => {});
    }
    waiting.appends.push(append);
    queuedBytes += append.bytes;
    if (isIdle) void writeGroups();
  }

  async function durable(): Promise<void> {
    if (failure) throw failure;
    await (waiting ?? inFlight)?.written.promise;
  }

  function runAt(offset: number): Run {
    if (offset < store.start) throw trimmed(store.start);
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

  async function trim(before: number): Promise<void> {
    refuseIfClosing();
    if (failure) throw failure;
    try {
      await store.trim(Math.min(before, durableHead));
    } catch (cause) {
      throw unwritable(cause, "The oldest events stay until there is room to remove them.");
    }
  }

  async function switchTo(next: NextDisk): Promise<void> {
    refuseIfClosing();
    if (failure) throw failure;
    try {
      await store.switchTo(next);
    } catch (cause) {
      if (cause instanceof HalfCommitted) fail(cause);
      if (failure) throw failure;
      throw cause instanceof LiveshelfError ? cause : unwritable(cause, "The log stays as it was.");
    }
  }

  /** Work beside the writes, that {@link EventLog.close} waits for. */
  function aside(work: Promise<void>): Promise<void> {
    asides = Promise.allSettled([asides, work]);
    return work;
  }

  function refuseIfClosing(): void {
    if (closing) throw new LiveshelfError("CLOSED", `The event log in ${store.place} is closed.`);
  }

  function refuseIfClosed(): void {
    if (closed) throw new LiveshelfError("CLOSED", `The event log in ${store.place} is closed.`);
  }

  return {
    get id() {
      return store.id;
    },
    get start() {
      return store.start;
    },
    get head() {
      return head;
    },
    get durableHead() {
      return durableHead;
    },
    get queuedBytes() {
      return queuedBytes;
    },
    get bytes() {
      return store.bytes;
    },
    subscribe(subscriber) {
      assert(deliver === undefined, "an event log has one subscriber");
      deliver = subscriber;
    },
    append(events) {
      refuseIfClosing();
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
    trim: (before) => aside(trim(before)),
    switchTo: (next) => aside(switchTo(next)),
    read(from, to = head) {
      refuseIfClosed();
      return readRange(Math.max(store.start, from), to);
    },
    onFailure(listener) {
      if (failure) listener(failure);
      else listeners.push(listener);
    },
    close() {
      closing ??= (failure ? Promise.resolve() : durable()).finally(async () => {
        await asides;
        closed = true;
        await store.close();
      });
      return closing;
    },
  };
}

export function trimmed(start: number): LiveshelfError {
  const message = `The events below offset ${start} were removed while they were read. Read on from there.`;
  return new LiveshelfError("LOG_TRIMMED", message);
}
