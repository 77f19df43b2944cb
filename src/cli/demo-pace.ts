/** The pace of the demo: neither as fast as the machine can, nor as slow as life. */
import { setTimeout } from "node:timers/promises";
import { dayMs, secondMs, stopwatchMs } from "../core/clock.ts";
import { pagesPerSession } from "../simulator/pages.ts";

/** Page views a second in the mean; they come as a Poisson process of sessions. */
const viewsPerSecond = 30;
/** Seconds of the shop in one: what a visitor of the console does stays lately for minutes, and what was bought is brought back before they leave. */
const clockSpeed = 120;
export const sessionsPerDay = (viewsPerSecond * (dayMs / secondMs)) / clockSpeed / pagesPerSession;

const lateMaxMs = secondMs / 2;

/** Waits until it is time for what happens at `atMs`, Unix ms by the shop's clock. */
export type Pace = (atMs: number) => Promise<void>;

/** The first that is waited for is due at once. What is much too late is not made up for: then the shop's clock has waited, too. */
export function steadyPace(): Pace {
  let originMs: number | undefined;
  return async (atMs) => {
    const nowMs = stopwatchMs();
    originMs ??= nowMs - atMs / clockSpeed;
    const waitMs = originMs + atMs / clockSpeed - nowMs;
    if (waitMs > 0) await setTimeout(waitMs);
    else if (waitMs < -lateMaxMs) originMs -= waitMs;
  };
}
