/**
 * Liveshelf in the browser: asks, reports what shoppers do, and keeps to what they allowed. No dependency. On a server it can
 * be imported, and asks; there is no page to watch then, and nothing outlives the process.
 */
import { openOutbox } from "./outbox.ts";
import { chance, openStore } from "./store.ts";
import type {
  Answer,
  RankRequest,
  RecommendRequest,
  Refusal,
  SearchAnswer,
  SearchRequest,
  ShopEvent,
  SuggestAnswer,
  SuggestRequest,
} from "./types.ts";
import { openVisit } from "./visit.ts";
import { watchItems } from "./watching.ts";

export type * from "./types.ts";

export interface ClientOptions {
  /** Where `/v1` lies: an address, or a path of the page's own server that is forwarded. Default: the page's own server. */
  readonly server?: string;
  /** Sent as a bearer token. Whoever sees the page can read it. */
  readonly key?: string | undefined;
  /** The shopper, where known. */
  readonly user?: string | undefined;
  /** An id of your own for who has no name; otherwise the client makes one and keeps it in `localStorage`. */
  readonly session?: string | undefined;
  /** What the shopper allowed. Without it answers are impersonal, and nothing is stored or reported. */
  readonly consent: boolean;
  /** Distinguishes what several clients of one page keep in `localStorage`. */
  readonly name?: string;
  /** Events wait so long for others to go with; default 200. */
  readonly batchMs?: number;
  /** `false`: events go without the time of the shopper's act, and count as of when they arrive. For a server that keeps a time of its own, as a demo's. */
  readonly timed?: boolean;
  /** Of each event that will not be sent again; default: a warning on the console. */
  readonly onRefused?: (refusal: Refusal) => void;
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Wanted within so many ms: the server leaves out what does not fit, and after twice that the call fails. */
  readonly timeoutMs?: number;
}

export interface Client {
  /** These three send what was recorded first, so that the answer knows it. They reject with `ShelfError`, or as `fetch` does. */
  search(request: SearchRequest, options?: AskOptions): Promise<SearchAnswer>;
  recommend(request?: RecommendRequest, options?: AskOptions): Promise<Answer>;
  rank(request: RankRequest, options?: AskOptions): Promise<Answer>;
  suggest(request: SuggestRequest, options?: AskOptions): Promise<SuggestAnswer>;
  /** What happened, with the shopper and the time. Events of one call have the same time: for a purchase, one basket. */
  record(events: ShopEvent | readonly ShopEvent[]): void;
  /** Reports of the elements with `data-item` in `container` which were seen, and clicked unless told otherwise. Returns its end. */
  watch(
    container: Element,
    list: { readonly slate: string | null },
    options?: { readonly clicks?: boolean },
  ): () => void;
  /** Who it is from now on; undefined: signed out. What was done without a name becomes theirs. */
  identify(user: string | undefined): void;
  /** Withdrawn: what waits is deleted, and every id with it, in all tabs. */
  setConsent(consent: boolean): void;
  /** Sends what waits now; true when the server has all of it. */
  flush(): Promise<boolean>;
  /** Sends what waits once more, and leaves the rest to the next client of this name. */
  close(): Promise<boolean>;
  readonly user: string | undefined;
  /** Undefined without consent. */
  readonly session: string | undefined;
  readonly consent: boolean;
  /** Events that the server has not answered for. */
  readonly pending: number;
}

/** Refused by the server, with its code (docs/errors.md). */
export class ShelfError extends Error {
  override readonly name = "ShelfError";
  readonly code: string;
  readonly status: number;
  readonly at: string | undefined;
  constructor(status: number, { code = `HTTP_${status}`, message = "", at = undefined as string | undefined } = {}) {
    super(message || code);
    this.code = code;
    this.status = status;
    this.at = at;
  }
}

/** An answer waits so long for what was recorded before it. */
const freshWithinMs = 250;
/** The server's (docs/limits.md). */
const idLengthMax = 512;
/** Items remembered as reported. */
const seenMax = 5000;

/** It says itself who it is of. */
function isNamed(given: object): boolean {
  const { user, session } = given as { readonly user?: unknown; readonly session?: unknown };
  return (user ?? session) !== undefined;
}

export function createClient(options: ClientOptions): Client {
  const { server = "", key, name = "liveshelf", batchMs = 200, timed = true } = options;
  const { onRefused = (refusal) => console.warn("liveshelf", refusal) } = options;
  const address = `${server.replace(/\/$/, "")}/v1/`;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (key !== undefined) headers.authorization = `Bearer ${key}`;
  const store = openStore();
  const visitKey = `${name}.visit`;
  const visit = openVisit(store, visitKey);
  const onAnswer = (response: Response): void => visit.serverSaid(response.headers.get("date"));
  const outbox = openOutbox({
    ...{ url: `${address}events`, headers, store, prefix: `${name}.event.`, batchMs, timed, onRefused, onAnswer },
  });
  let { user, consent } = options;
  let lastMs = 0;
  const seen = new Set<string>();
  const listening = new AbortController();

  const session = (): string => options.session ?? visit.session(user);

  function forget(): void {
    outbox.clear();
    visit.forget();
    seen.clear();
  }

  /** Who asks: somebody else where the request says so. */
  function asked<Request extends object>(request: Request & { consent?: boolean | undefined }): object {
    if (!consent || request.consent === false)
      return { ...request, user: undefined, session: undefined, consent: false };
    return isNamed(request) ? request : { ...request, user, session: session() };
  }

  async function ask<Answered>(path: string, body: object | undefined, { signal, timeoutMs }: AskOptions = {}) {
    if (body && consent && outbox.pending > 0)
      await Promise.race([outbox.flush(), new Promise((resolve) => setTimeout(resolve, freshWithinMs))]);
    const controller = new AbortController();
    const stop = (): void => controller.abort(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { signal: controller.signal });
    const late = timeoutMs && setTimeout(() => controller.abort(new DOMException("", "TimeoutError")), 2 * timeoutMs);
    try {
      const response = await fetch(address + path, {
        headers: timeoutMs ? { ...headers, "x-timeout-ms": String(timeoutMs) } : headers,
        signal: controller.signal,
        ...(body && { method: "POST", body: JSON.stringify(body) }),
      });
      onAnswer(response);
      const answer = await response.json().catch(() => ({}));
      if (!response.ok) throw new ShelfError(response.status, answer.error);
      return answer as Answered;
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", stop);
    }
  }

  function record(events: ShopEvent | readonly ShopEvent[]): void {
    if (!consent) return;
    // By the server's clock; no two calls at one time, as that would be one basket.
    lastMs = Math.max(lastMs + 1, Math.round(Date.now() + visit.skewMs()));
    const own = { user, session: session() };
    outbox.add(
      [events].flat().map((event) => ({
        type: "outcome",
        ...event,
        ...(isNamed(event) ? {} : own),
        ...{ id: event.id ?? lastMs.toString(36) + chance(), time: event.time ?? lastMs },
      })),
    );
  }

  const on = (target: EventTarget | undefined, type: string, what: (event: Event) => void): void =>
    target?.addEventListener(type, what, { signal: listening.signal });
  const page = globalThis.window as Window | undefined;
  on(page, "pagehide", () => outbox.leave());
  on(page, "online", () => outbox.retry());
  on(page, "pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) outbox.arrive();
    void outbox.flush();
  });
  // A page that is hidden may never be heard of again.
  on(page?.document, "visibilitychange", () => void outbox.flush());
  // Another tab deleted it: consent was withdrawn there.
  on(page, "storage", (event) => {
    const { key, newValue } = event as StorageEvent;
    if (key === visitKey && newValue === null) client.setConsent(false);
  });

  const client: Client = {
    search: (request, how) => ask<SearchAnswer>("search", asked(request), how),
    recommend: (request = {}, how) => ask<Answer>("recommend", asked(request), how),
    rank: (request, how) => ask<Answer>("rank", asked(request), how),
    suggest(request, how) {
      const given = Object.entries(asked(request)).filter(([, value]) => value !== undefined);
      return ask<SuggestAnswer>(`suggest?${new URLSearchParams(Object.fromEntries(given))}`, undefined, how);
    },
    record,
    watch: (container, { slate }, { clicks = true } = {}) =>
      watchItems(container, {
        onSeen(item) {
          const id = `seen ${slate} ${item}`;
          if (slate === null || !consent || seen.has(id)) return;
          if (seen.size >= seenMax) seen.clear();
          seen.add(id);
          record({ action: "seen", item, slate, ...(id.length <= idLengthMax && { id }) });
        },
        onClick: clicks ? (item) => record({ action: "click", item, slate }) : undefined,
      }),
    identify(given) {
      user = given;
    },
    setConsent(given) {
      consent = given;
      if (consent) void outbox.flush();
      else forget();
    },
    flush: () => outbox.flush(),
    async close() {
      listening.abort();
      const isAllSent = await outbox.flush();
      outbox.leave();
      return isAllSent;
    },
    get user() {
      return user;
    },
    get session() {
      return consent ? session() : undefined;
    },
    get consent() {
      return consent;
    },
    get pending() {
      return outbox.pending;
    },
  };
  // What an earlier page left: sent, or deleted where consent was withdrawn since.
  client.setConsent(consent === true);
  return client;
}
