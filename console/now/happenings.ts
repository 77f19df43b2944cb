/** What shoppers see and do, a few a second: the server says which, and this list takes them in once a second, so that it can be read. */
import { signal } from "@preact/signals";

interface Told {
  readonly item: string;
  readonly title?: string;
}

/** As `GET /v1/live` tells it. */
export interface Happening extends Partial<Told> {
  readonly type: string;
  readonly offset: number;
  readonly action?: string;
  readonly surface?: string;
  readonly query?: string;
  readonly position?: number;
  readonly shown?: number;
  readonly items?: readonly Told[];
}

const shownMax = 12;
const newMax = 4;

export const happenings = signal<readonly Happening[]>([]);
/** In the latest second, beside those that are shown. */
export const untold = signal(0);
export const isPaused = signal(false);

let waiting: Happening[] = [];

export function take(one: Happening): void {
  waiting.push(one);
}

/** `more`: those that the server only counted. */
export function settle(more: number): void {
  const coming = waiting;
  waiting = [];
  if (isPaused.value) return;
  // What was done says more than what was shown, so it stays where there is too much; then by time again.
  const kept = [...coming]
    .sort((a, b) => Number(b.type === "outcome") - Number(a.type === "outcome") || b.offset - a.offset)
    .slice(0, newMax)
    .sort((a, b) => b.offset - a.offset);
  untold.value = more + coming.length - kept.length;
  if (kept.length > 0) happenings.value = [...kept, ...happenings.value].slice(0, shownMax);
}
