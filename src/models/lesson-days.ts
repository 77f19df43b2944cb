/**
 * Which lesson was the first of each day: so that what is kept by lessons is let go of by time, without a time for each row. A lesson
 * that says no time is of the day of the one before.
 */
import { dayMs } from "../core/clock.ts";
import { FixedBuffer } from "../core/columns.ts";

/** Days that are remembered. */
export const daysMax = 511;
const places = daysMax + 1;

export class LessonDays {
  /** Number of the first lesson of the days remembered, by day modulo their number; then the day of the last lesson, −1 before any. */
  readonly buffer = new FixedBuffer("days", new Float64Array(places + 1));

  constructor() {
    this.buffer.array[places] = -1;
  }

  /** Lesson number `lesson` is taken at `atMs`, Unix ms. Time does not go back. */
  note(lesson: number, atMs: number | undefined): void {
    if (atMs === undefined) return;
    const { array } = this.buffer;
    const day = Math.floor(atMs / dayMs);
    const last = array[places]!;
    if (day <= last) return;
    // Days without a lesson: the next one's is their first.
    for (let d = last < 0 ? day : Math.max(last + 1, day - daysMax); d <= day; d++) array[d % places] = lesson;
    array[places] = day;
  }

  /** Number of the first lesson that is not older than `days` whole days, 0 while none is as old. */
  since(days: number): number {
    const last = this.buffer.array[places]!;
    return last < 0 ? 0 : this.buffer.array[(last - Math.min(daysMax, days) + places) % places]!;
  }
}
