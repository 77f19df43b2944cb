/**
 * The one file where time and entropy enter the process (ARCHITECTURE.md, invariant 3; `test/tidy.test.ts` enforces it).
 * Everything else is handed a {@link Clock}.
 */
export interface Clock {
  /** Wall time, Unix milliseconds. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** Monotonic milliseconds for measuring how long something took; never part of folded state. */
export const stopwatchMs = (): number => performance.now();

/** A clock that moves only when told; for tests and replays. */
export function manualClock(startMs: number): Clock & { set(ms: number): void; advance(ms: number): void } {
  let current = startMs;
  return {
    nowMs: () => current,
    set: (ms) => {
      current = ms;
    },
    advance: (ms) => {
      current += ms;
    },
  };
}

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
