/** What the server says of itself while the page is open: told each second by `GET /v1/live`, or where that is not to be had, read from `/metrics`. The last five minutes are kept in this tab. */
import { signal } from "@preact/signals";
import type { LearnerReport } from "../../src/core/model-report.ts";
import { api } from "../app/api.ts";
import { opened } from "../app/scopes.ts";
import { type Happening, settle, take } from "./happenings.ts";
import { follow } from "./live-stream.ts";
import { type Metrics, parseMetrics, quantilesBetween, sumOf } from "./metrics-text.ts";

const pollMs = 2000;
const keptMax = 300;

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Levels {
  readonly offset: number;
  readonly queued: number;
  readonly items: number;
  readonly shoppers: number;
  readonly openSlates: number;
  /** What came of events, by reason. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface Reading {
  /** Unix seconds. */
  readonly at: number;
  readonly requestsPerSecond: number;
  readonly eventsPerSecond: number;
  /** ms; NaN where nothing was asked. */
  readonly answer: Quantiles;
  /** From an event's arrival until answers know of it, ms; NaN where nothing came. */
  readonly visible: Quantiles;
  readonly stateBytes: number;
  readonly memoryBytes: number;
  readonly loopLagMs: number;
  /** By learner. */
  readonly weights: Readonly<Record<string, number>>;
}

interface Status extends Levels {
  readonly requestsPerSecond: number;
  readonly eventsPerSecond: number;
  readonly answerMs: Quantiles | null;
  readonly visibleMs: Quantiles | null;
  readonly stateBytes: number;
  readonly memoryBytes: number;
  readonly loopLagMs: number;
  readonly more: number;
  readonly learners?: readonly LearnerReport[];
}

export const readings = signal<readonly Reading[]>([]);
export const levels = signal<Levels | undefined>(undefined);
export const learners = signal<readonly LearnerReport[]>([]);
export const problem = signal<unknown>(undefined);
/** Messages come by themselves. */
export const isLive = signal(false);

const nothing: Quantiles = { p50: Number.NaN, p95: Number.NaN, p99: Number.NaN };

let readers = 0;
let ending: AbortController | undefined;

/** Begins to read; the function that it answers ends it. */
export function watch(): () => void {
  if (readers++ === 0) {
    ending = new AbortController();
    void read(ending.signal);
  }
  return () => {
    if (--readers > 0) return;
    ending?.abort();
    isLive.value = false;
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function read(ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    // Nobody looks: nothing is asked.
    if (document.hidden) await pause(pollMs);
    else if (opened.value?.admin === false) await poll(ended, Number.POSITIVE_INFINITY);
    else {
      const retryMs = await listen(ended);
      // Also says what is wrong, where the server is not there at all.
      if (!ended.aborted) await poll(ended, retryMs);
    }
  }
}

/** Follows the stream until it ends; answers how long to do without. */
async function listen(ended: AbortSignal): Promise<number> {
  const leaving = new AbortController();
  const leave = (): void => {
    if (document.hidden) leaving.abort();
  };
  document.addEventListener("visibilitychange", leave);
  try {
    return await follow(
      ({ event, told }) => {
        if (event === "event") take(told as Happening);
        else if (event === "status") keep(told as Status);
      },
      AbortSignal.any([ended, leaving.signal]),
    );
  } catch {
    return leaving.signal.aborted ? 0 : 5 * pollMs;
  } finally {
    document.removeEventListener("visibilitychange", leave);
    isLive.value = false;
  }
}

function keep(status: Status): void {
  isLive.value = true;
  problem.value = undefined;
  if (status.learners) learners.value = status.learners;
  levels.value = status;
  settle(status.more);
  add({ ...status, answer: status.answerMs ?? nothing, visible: status.visibleMs ?? nothing });
}

function add({
  requestsPerSecond,
  eventsPerSecond,
  answer,
  visible,
  stateBytes,
  memoryBytes,
  loopLagMs,
}: Omit<Reading, "at" | "weights">): void {
  const weights = Object.fromEntries(learners.value.map(({ name, of, weight }) => [`${of} ${name}`, weight]));
  const told = { requestsPerSecond, eventsPerSecond, answer, visible, stateBytes, memoryBytes, loopLagMs };
  readings.value = [...readings.value, { at: Date.now() / 1000, ...told, weights }].slice(-keptMax);
}

/** What shoppers wait for; the rest is for machines. */
const isAnswer = ({ route }: Readonly<Record<string, string>>): boolean =>
  /^\/v1\/(?:search|rank|recommend|suggest)/.test(route ?? "");
/** The console's own questions are not the shop's traffic. */
const isTraffic = ({ route }: Readonly<Record<string, string>>): boolean =>
  /^\/v1\/(?:search|rank|recommend|suggest|events)/.test(route ?? "");

async function poll(ended: AbortSignal, forMs: number): Promise<void> {
  let before: { readonly metrics: Metrics; readonly atMs: number } | undefined;
  const startMs = performance.now();
  while (!ended.aborted && performance.now() - startMs < forMs) {
    try {
      if (!document.hidden) before = await measure(before);
      problem.value = undefined;
    } catch (error) {
      problem.value = error;
      before = undefined;
    }
    await pause(pollMs);
  }
}

async function measure(then: { readonly metrics: Metrics; readonly atMs: number } | undefined) {
  const metrics = parseMetrics(await api.metrics());
  if (opened.value?.admin !== false) learners.value = (await api.models()).learners;
  const now = { metrics, atMs: performance.now() };
  const gauge = (name: string): number => sumOf(metrics, `liveshelf_${name}`);
  levels.value = {
    ...{ offset: gauge("offset"), queued: gauge("queue_events"), items: gauge("items") },
    ...{ shoppers: gauge("shoppers"), openSlates: gauge("open_slates") },
    counts: Object.fromEntries(
      (metrics.get("liveshelf_fold_total") ?? []).map(({ labels, value }) => [labels.reason!, value]),
    ),
  };
  if (then === undefined || now.atMs - then.atMs > 5 * pollMs) return now;
  const seconds = (now.atMs - then.atMs) / 1000;
  const rate = (name: string, passes?: Parameters<typeof sumOf>[2]): number =>
    Math.max(0, (sumOf(metrics, name, passes) - sumOf(then.metrics, name, passes)) / seconds);
  const [p50, p95, p99] = quantilesBetween(
    then.metrics,
    metrics,
    "liveshelf_request_seconds",
    [0.5, 0.95, 0.99],
    isAnswer,
  );
  add({
    requestsPerSecond: rate("liveshelf_requests_total", isTraffic),
    eventsPerSecond: rate("liveshelf_offset"),
    answer: { p50: p50! * 1000, p95: p95! * 1000, p99: p99! * 1000 },
    visible: nothing,
    stateBytes: gauge("state_bytes"),
    memoryBytes: gauge("process_resident_memory_bytes"),
    loopLagMs: gauge("nodejs_eventloop_lag_p99_seconds") * 1000,
  });
  return now;
}
