/**
 * Sums by step of time, in one flat buffer: the last so many minutes, hours and days of UTC. A step stands at its number modulo the
 * length of its ring; moving on clears what comes round again, at most one ring however far time has jumped.
 */
import { minuteMs } from "../core/clock.ts";
import { FixedBuffer, registers } from "../core/columns.ts";
import type { QualityStep } from "../core/quality-report.ts";
import type { StateBuffer } from "../core/state.ts";

interface Ring {
  readonly step: QualityStep;
  /** Length of a step. */
  readonly minutes: number;
  /** Steps kept, the present one among them. */
  readonly kept: number;
  /** Steps of the rings before it. */
  readonly start: number;
}

export const rings: readonly Ring[] = [
  { step: "minute", minutes: 1, kept: 120, start: 0 },
  { step: "hour", minutes: 60, kept: 168, start: 120 },
  { step: "day", minutes: 24 * 60, kept: 400, start: 288 },
];
const stepsKept = 688;

/** Minutes since 1970 that 32 bits hold: up to the year 6053, after which all is one minute. */
const minuteMax = 2 ** 31 - 1;
export const minuteOf = (atMs: number): number => Math.max(0, Math.min(minuteMax, Math.floor(atMs / minuteMs)));

export class StepRings {
  readonly sums: Float64Array;
  readonly buffers: readonly StateBuffer[];
  readonly #width: number;
  readonly #now = registers("now", 1);

  /** `width`: sums of a step. */
  constructor(width: number) {
    this.#width = width;
    const steps = new FixedBuffer("steps", new Float64Array(stepsKept * width));
    this.sums = steps.array;
    this.buffers = [this.#now, steps];
  }

  /** The minute that is summed up now. */
  get minute(): number {
    return this.#now.array[0]!;
  }

  /** Goes on to a minute; never back. */
  moveTo(minute: number): void {
    const before = this.#now.array[0]!;
    if (minute <= before) return;
    for (const ring of rings) {
      const last = Math.floor(minute / ring.minutes);
      const first = Math.max(Math.floor(before / ring.minutes), last - ring.kept) + 1;
      for (let step = first; step <= last; step++) {
        const at = this.at(ring, step);
        this.sums.fill(0, at, at + this.#width);
      }
    }
    this.#now.array[0] = minute;
  }

  /** Where the sums of a step begin; it must be kept. */
  at({ start, kept }: Ring, step: number): number {
    return (start + (step % kept)) * this.#width;
  }

  /** Where the sums of each step that the ring still holds as of `minute` begin, the oldest first. */
  *kept(ring: Ring, minute: number, steps = ring.kept): Generator<{ readonly step: number; readonly at: number }> {
    const now = Math.floor(this.minute / ring.minutes);
    const last = Math.max(now, Math.floor(minute / ring.minutes));
    for (let step = Math.max(0, last - steps + 1); step <= now; step++) yield { step, at: this.at(ring, step) };
  }
}
