/**
 * At most so many requests a second of each caller, by the generic cell rate algorithm (ITU-T I.371): of a caller only the time is kept until which
 * the requests so far reach at the rate allowed.
 *
 *     until = max(until, now) + 1 / rate;   refused where until − now would be more than a burst, one second of requests
 */
import { secondMs } from "../core/clock.ts";

export class RateLimit {
  readonly #intervalMs: number;
  readonly #burstMs: number;
  readonly #callersMax: number;
  /** By caller, the one not heard of for the longest first: ms. */
  readonly #untilMs = new Map<string, number>();

  /** `perSecond` above 0. */
  constructor(perSecond: number, callersMax: number) {
    this.#intervalMs = secondMs / perSecond;
    this.#burstMs = Math.max(secondMs, this.#intervalMs);
    this.#callersMax = callersMax;
  }

  /** Callers remembered now. */
  get size(): number {
    return this.#untilMs.size;
  }

  /** Counts a request; answers 0, or how long the caller has to wait, ms: then it does not count. */
  waitMs(caller: string, nowMs: number): number {
    const before = this.#untilMs.get(caller);
    const untilMs = Math.max(before ?? nowMs, nowMs) + this.#intervalMs;
    const waitMs = untilMs - nowMs - this.#burstMs;
    // Sums of intervals are not exact.
    const isRefused = waitMs > 1e-6;
    if (before !== undefined) this.#untilMs.delete(caller);
    this.#untilMs.set(caller, isRefused ? before! : untilMs);
    if (this.#untilMs.size > this.#callersMax) this.#untilMs.delete(this.#untilMs.keys().next().value!);
    return isRefused ? waitMs : 0;
  }
}
