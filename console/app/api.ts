/** The engine's HTTP API, as anybody has it. Addresses are relative: the console works behind a proxy with a path. */
import { signal } from "@preact/signals";
import type { LearnerReport } from "../../src/core/model-report.ts";
import type {
  Answer,
  ErasureReceipt,
  Filters,
  ItemReport,
  QuarantineReport,
  SearchAnswer,
  SuggestAnswer,
} from "../../src/core/public.ts";
import type { UserReport, UserSlates } from "../../src/core/user-report.ts";
import { remembered } from "./remembered.ts";

/** Sent with every call where the server has keys; kept as long as the tab. */
export const key = remembered<string | null>("key", null, "session");
/** The server wants a key, or another one. */
export const isLocked = signal(false);
/** The last call reached the server. */
export const isReachable = signal(true);

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** No sooner is there any use in asking again. */
  readonly waitMs: number;
  constructor(status: number, code: string, message: string, waitMs = pauseMs) {
    super(message);
    this.status = status;
    this.code = code;
    this.waitMs = waitMs;
  }
}

interface Call {
  readonly method?: "GET" | "HEAD" | "POST" | "DELETE";
  /** A blob goes as it is, under its own type; anything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** A server that has too much to do says when to ask again; a list is worth two more tries. */
const triesMax = 3;
const pauseMs = 1000;

/** Rejects with {@link ApiError} where the server refuses. */
export async function ask(path: string, call: Call = {}, tries = triesMax): Promise<Response> {
  const { method = "GET", body, signal: given } = call;
  const headers: Record<string, string> = {};
  const isBlob = body instanceof Blob;
  if (body !== undefined) headers["content-type"] = isBlob ? body.type : "application/json";
  const used = key.value;
  if (used) headers.authorization = `Bearer ${used}`;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: isBlob ? body : JSON.stringify(body) }),
      ...(given ? { signal: given } : {}),
    });
  } catch (error) {
    if ((error as Error).name !== "AbortError") isReachable.value = false;
    throw error;
  }
  const isAway = response.status >= 502 && response.status <= 504;
  // What stands before a server answers as well where there is none behind it.
  if (!isAway) isReachable.value = true;
  if (response.ok) return response;
  const { error } = (await response.json().catch(() => ({}))) as { error?: { code: string; message: string } };
  // Of the key before, it says nothing of this one.
  if (response.status === 401 && key.value === used) isLocked.value = true;
  const waitMs = Math.max(pauseMs, Number(response.headers.get("retry-after")) * 1000 || 0);
  if (response.status === 503 && tries > 1 && !given?.aborted) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return ask(path, call, tries - 1);
  }
  const { status, statusText } = response;
  throw new ApiError(status, error?.code ?? String(status), error?.message ?? statusText, waitMs);
}

/** It will pass by itself: no server there, one that is not ready, or has too much to do. */
const passes = (error: unknown): boolean =>
  !(error instanceof ApiError) || (error.status >= 502 && error.status <= 504 && error.code !== "LOG_UNWRITABLE");

/** Asks again for as long as the server does not answer; rejects with what it refuses, and once `given` is aborted. */
export async function untilAnswered<T>(asking: () => Promise<T>, given: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await asking();
    } catch (error) {
      if (given.aborted || !passes(error)) throw error;
      const { code, waitMs = pauseMs } = error as Partial<ApiError>;
      if (code !== "OVERLOADED" && code !== "DEADLINE_PASSED") isReachable.value = false;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      given.throwIfAborted();
    }
  }
}

const json = async <T>(path: string, call?: Call): Promise<T> => (await ask(path, call)).json() as Promise<T>;
const post = <T>(path: string, body: unknown, given?: AbortSignal): Promise<T> =>
  json<T>(path, { method: "POST", body, signal: given });

export interface Asker {
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  readonly surface?: string;
  readonly size?: number;
  readonly explain?: boolean;
  readonly observe?: boolean;
  readonly consent?: boolean;
}

export interface Search extends Asker {
  readonly query?: string;
  readonly filters?: Filters;
  readonly facets?: readonly string[];
  readonly sort?: string | undefined;
  readonly from?: number;
  readonly slate?: string;
}

/** Of a search with what it found besides, of a recommendation without. */
export type List = Answer & Partial<SearchAnswer>;

export interface Panel {
  readonly learners: readonly LearnerReport[];
  readonly features: readonly string[];
  readonly offset: number;
}

/** Users whom the server showed a list since the page was opened: it knows them. */
export const shownTo = signal<ReadonlySet<string>>(new Set());

async function list(path: string, body: Asker, given?: AbortSignal): Promise<List> {
  const answer = await post<List>(path, body, given);
  const { user } = body;
  if (user !== undefined && answer.slate !== null && !shownTo.value.has(user))
    shownTo.value = new Set([...shownTo.value, user]);
  return answer;
}

async function erase(user: string): Promise<ErasureReceipt> {
  const receipt = await json<ErasureReceipt>(`v1/users/${encodeURIComponent(user)}`, { method: "DELETE" });
  shownTo.value = new Set([...shownTo.value].filter((one) => one !== user));
  return receipt;
}

export const api = {
  search: (body: Search, given?: AbortSignal) => list("v1/search", body, given),
  recommend: (
    body: Asker & { readonly item?: string; readonly exclude?: readonly string[]; readonly filters?: Filters },
    given?: AbortSignal,
  ) => list("v1/recommend", body, given),
  suggest: (query: Readonly<Record<string, string>>, given?: AbortSignal) =>
    json<SuggestAnswer>(`v1/suggest?${new URLSearchParams(query)}`, { signal: given }),
  item: (item: string) => json<ItemReport>(`v1/items/${encodeURIComponent(item)}`),
  user: (user: string) => json<UserReport>(`v1/users/${encodeURIComponent(user)}`),
  userSlates: (user: string, size: number) =>
    json<UserSlates>(`v1/users/${encodeURIComponent(user)}/slates?size=${size}`),
  erase,
  models: () => json<Panel>("v1/models"),
  quarantine: () => json<QuarantineReport>("v1/quarantine"),
  ready: () => json<{ readonly ready: boolean; readonly offset: number }>("readyz"),
  metrics: async () => (await ask("metrics")).text(),
};
