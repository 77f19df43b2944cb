/**
 * How many choice lessons may be taught: one costs a retrieval, and events may come a hundred times faster. A token bucket over the
 * time of arrival bounds what lessons take of each second; as arrival is logged, every fold of the log teaches the same.
 */
import { secondMs } from "../core/clock.ts";
import { registers } from "../core/columns.ts";
import { type State, state } from "../core/state.ts";

/** Seconds' worth of lessons that may come at once. */
const burstSeconds = 4;
const tokensAt = 0;
const filledAtMsAt = 1;

export class LessonBudget {
  readonly state: State;
  /** A token was asked for in vain; scratch, set back by who reads it. */
  wasRefused = false;
  readonly #perSecond: number;
  readonly #registers = registers("registers", 2);

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.state = state("attribution.lesson-budget", 1, [this.#registers]);
  }

  /** Takes a token if there is one. */
  take(receivedAtMs: number): boolean {
    const at = this.#registers.array;
    const elapsedMs = Math.max(0, receivedAtMs - at[filledAtMsAt]!);
    const filled = at[tokensAt]! + (elapsedMs * this.#perSecond) / secondMs;
    const tokens = Math.min(filled, this.#perSecond * burstSeconds);
    const isGranted = tokens >= 1;
    at[tokensAt] = isGranted ? tokens - 1 : tokens;
    at[filledAtMsAt] = Math.max(receivedAtMs, at[filledAtMsAt]!);
    this.wasRefused = !isGranted;
    return isGranted;
  }
}
