import { chance, type Store } from "./store.ts";
import type { Refusal } from "./types.ts";

/** An event with an id and a time. */
export type Dated = Readonly<Record<string, unknown>> & { readonly id: string; readonly time: number };

interface OutboxOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly store: Store;
  /** What the keys of its events in the store begin with. */
  readonly prefix: string;
  readonly batchMs: number;
  /** Whether the server is told their times; here they wait by them in any case. */
  readonly timed?: boolean;
  readonly onRefused: (refusal: Refusal) => void;
  readonly onAnswer: (response: Response) => void;
}

/**
 * Events on their way. Each is in the store under a key of its own from when it was recorded until the server has answered
 * for it: reloads, other tabs and lost answers cost nothing, as the id makes it count once.
 */
interface Outbox {
  add(events: readonly Dated[]): void;
  /** Sends what there is; false when something is left, to be tried again later. */
  flush(): Promise<boolean>;
  /** The page is shown, at first or again. */
  arrive(): void;
  /** What this page has not sent goes with it; whether it arrived, the next page asks by sending it again. */
  leave(): void;
  /** After a wait that may have become needless, as when the network is back. */
  retry(): void;
  readonly pending: number;
  /** Deletes everything, also what is being sent. */
  clear(): void;
}

const eventsMax = 1000;
const batchEventsMax = 100;
/** A browser carries 64 KiB past the end of a page. A code unit takes up to three bytes. */
const batchUnitsMax = 20_000;
const answerWithinMs = 10_000;
const firstRetryMs = 1000;
const lastRetryMs = 60_000;
const hourMs = 3_600_000;
/** The server knows an id again for a day of event time: what may have arrived is not sent again after that. */
const triedWithinMs = 20 * hourMs;
const untriedWithinMs = 7 * 24 * hourMs;

/** `first try, Unix ms or nothing|event as JSON` */
const separator = "|";

/** Undefined of what is no longer what was stored. */
function eventOf(json: string): Dated | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export function openOutbox({
  url,
  headers,
  store,
  prefix,
  batchMs,
  timed = true,
  onRefused,
  onAnswer,
}: OutboxOptions): Outbox {
  const locks = globalThis.document && (navigator.locks as LockManager | undefined);
  /** Each page sends what it recorded itself, and takes over from pages that are gone: the lock of a page says that it is there. */
  let own = "";
  const pages = new Set<string>();
  /** Lets go of all locks. A page that kept one would not be kept for the way back. */
  let letGo = (): void => {};
  let hasLeft: Promise<void>;
  let isHere = true;
  let sending: Promise<void> | undefined;
  /** Of the call under way. */
  let abort: AbortController | undefined;
  /** Tells events of one millisecond apart, in order. */
  let sequence = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let retryAtMs = 0;
  let most = batchEventsMax;

  const keys = (): string[] => store.keys(prefix);
  const pageOf = (key: string): string => key.slice(key.lastIndexOf(".") + 1);
  const ours = (): string[] => keys().filter((key) => pages.has(pageOf(key)));

  /** False: the page is still there. */
  function hold(page: string, ifAvailable: boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const held = (lock: Lock | null): Promise<void> | undefined => {
        resolve(lock !== null);
        return lock ? hasLeft : undefined;
      };
      // Pages without an origin have no locks, and nothing stored.
      locks?.request(prefix + page, { ifAvailable }, held).catch(() => resolve(true));
    });
  }

  async function takeOver(): Promise<void> {
    const others = new Set(keys().map(pageOf));
    for (const page of others) if (!pages.has(page) && locks && (await hold(page, true))) pages.add(page);
  }

  function arrive(): void {
    letGo();
    isHere = true;
    hasLeft = new Promise((resolve) => {
      letGo = resolve;
    });
    own = chance();
    pages.clear();
    // Without locks it cannot be told who is gone; what two send counts once.
    if (!locks) for (const key of keys()) pages.add(pageOf(key));
    pages.add(own);
    void hold(own, false);
  }

  function schedule(ms: number): void {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void flush();
    }, ms);
  }

  /** The oldest of these, as many as go together; marks them as tried. `isFirst`: none that was tried before. */
  function batchOf(candidates: readonly string[], isFirst = false): { key: string; event: Dated }[] {
    const batch: { key: string; event: Dated }[] = [];
    const nowMs = Date.now();
    let units = 0;
    for (const key of candidates) {
      const text = store.get(key);
      if (text === null) continue;
      const at = text.indexOf(separator);
      const triedMs = Number(text.slice(0, at));
      if (isFirst && triedMs) continue;
      const json = text.slice(at + 1);
      units += json.length;
      if (batch.length > 0 && (units > batchUnitsMax || batch.length >= most)) break;
      const event = eventOf(json);
      if (event === undefined) {
        store.remove(key);
        continue;
      }
      if (triedMs ? nowMs - triedMs > triedWithinMs : nowMs - event.time > untriedWithinMs) {
        store.remove(key);
        onRefused({ event, code: "TOO_OLD", message: "It waited too long to be sent." });
        continue;
      }
      if (!triedMs) store.set(key, nowMs + separator + json);
      batch.push({ key, event });
    }
    return batch;
  }

  const body = (batch: readonly { event: Dated }[]): string =>
    JSON.stringify(batch.map(({ event }) => (timed ? event : { ...event, time: undefined })));

  function failed(waitMs = 0): void {
    const backOffMs = Math.min(lastRetryMs, firstRetryMs * 2 ** failures++);
    const wait = Math.max(waitMs, backOffMs * (0.5 + Math.random() / 2));
    retryAtMs = Date.now() + wait;
  }

  async function sendBatch(): Promise<void> {
    const batch = batchOf(ours());
    if (batch.length === 0) return;
    const text = body(batch);
    const controller = new AbortController();
    abort = controller;
    const late = setTimeout(() => controller.abort(), answerWithinMs);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body: text,
        // Goes on when the page is left.
        keepalive: text.length <= batchUnitsMax * 1.05,
        signal: controller.signal,
      });
      onAnswer(response);
      const { status } = response;
      if (status === 200) {
        const { accepted, rejected } = await response.json();
        // What a hotel's network answers is no receipt.
        if (!(accepted >= 0)) throw new Error();
        for (const { key } of batch) store.remove(key);
        for (const { index, ...why } of rejected) onRefused({ event: batch[index]!.event, ...why });
        failures = 0;
        most = batchEventsMax;
      } else if ([400, 413, 415, 422].includes(status)) {
        // One of them is more than the server takes: smaller batches find which.
        most = batch.length >> 1;
        if (most === 0) {
          most = 1;
          const [{ key, event }] = batch as [{ key: string; event: Dated }];
          store.remove(key);
          const { error } = await response.json().catch(() => ({}));
          onRefused({ event, code: `HTTP_${status}`, message: "The server does not take it.", ...error });
        }
      } else {
        failed(Number(response.headers.get("retry-after")) * 1000 || 0);
      }
    } catch {
      failed();
    } finally {
      clearTimeout(late);
    }
  }

  async function flush(): Promise<boolean> {
    // The last thing that a page is told is that it is hidden; all that it had has gone by then.
    if (!isHere) return false;
    await takeOver();
    while (ours().length > 0 && Date.now() >= retryAtMs) {
      sending ??= sendBatch().finally(() => {
        sending = undefined;
      });
      await sending;
    }
    const isAllSent = ours().length === 0;
    // A timer may ring a moment early.
    if (!isAllSent) schedule(Math.max(0, retryAtMs - Date.now()) + 1);
    return isAllSent;
  }

  arrive();
  return {
    add(events) {
      for (const event of events) {
        const place = event.time.toString(36).padStart(9, "0") + String(sequence++).padStart(6, "0");
        store.set(`${prefix + place}.${own}`, separator + JSON.stringify(event));
      }
      const all = keys();
      for (const key of all.slice(0, Math.max(0, all.length - eventsMax))) {
        const text = store.get(key)!;
        store.remove(key);
        const event = eventOf(text.slice(text.indexOf(separator) + 1)) ?? {};
        onRefused({ event, code: "QUEUE_FULL", message: `More than ${eventsMax} events wait to be sent.` });
      }
      schedule(Math.max(batchMs, retryAtMs - Date.now()));
    },
    flush,
    arrive,
    leave() {
      const batch = batchOf(ours(), true);
      letGo();
      isHere = false;
      clearTimeout(timer);
      timer = undefined;
      if (batch.length === 0) return;
      const text = body(batch);
      // A beacon carries cookies and no key: for the page's own server only.
      const isPlain = headers.authorization === undefined && globalThis.document;
      const isHome = isPlain && new URL(url, location.href).origin === location.origin;
      if (isHome && navigator.sendBeacon?.(url, new Blob([text], { type: "application/json" }))) return;
      fetch(url, { method: "POST", headers, body: text, keepalive: true }).catch(() => {});
    },
    retry() {
      retryAtMs = 0;
      void flush();
    },
    get pending() {
      return keys().length;
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      abort?.abort();
      for (const key of keys()) store.remove(key);
    },
  };
}
