/** Long work cut into pieces, so that the thread that answers can do it without standing still. */
import { stopwatchMs } from "./clock.ts";

/** Work that pauses wherever other work may have its turn, at least every millisecond or so; it ends with what it came to. */
export type Pieces<T> = Generator<undefined, T, undefined>;

/** Does all of it now. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Resolves when the thread has done all other work that was waiting. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Does work in turns with the rest of the thread, and knows how long it held the thread at most. */
export class Turns {
  /** Of one piece, ms. */
  readonly pieceMs: number;
  readonly #signal: AbortSignal;
  readonly #stopwatch: () => number;
  #longestMs = 0;

  /** What the signal's reason is, {@link run} and {@link turn} reject with once it is aborted. */
  constructor(signal: AbortSignal, pieceMs = 5, stopwatch: () => number = stopwatchMs) {
    this.#signal = signal;
    this.pieceMs = pieceMs;
    this.#stopwatch = stopwatch;
  }

  /** The longest piece so far, ms. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Does the work, a piece of `pieceMs` in each turn of the thread. */
  async run<T>(work: Pieces<T>, pieceMs = this.pieceMs): Promise<T> {
    try {
      for (;;) {
        const step = this.once(() => piece(work, pieceMs, this.#stopwatch));
        if (step.done === true) return step.value;
        await this.turn();
      }
    } finally {
      // What it holds open is let go of where it is given up.
      work.return(undefined as never);
    }
  }

  /** Does a piece that cannot be cut. */
  once<T>(act: () => T): T {
    this.#signal.throwIfAborted();
    const startedMs = this.#stopwatch();
    try {
      return act();
    } finally {
      this.#longestMs = Math.max(this.#longestMs, this.#stopwatch() - startedMs);
    }
  }

  async turn(): Promise<void> {
    await nextTurn();
    this.#signal.throwIfAborted();
  }
}

function piece<T>(work: Pieces<T>, pieceMs: number, stopwatch: () => number): IteratorResult<undefined, T> {
  const untilMs = stopwatch() + pieceMs;
  for (;;) {
    const step = work.next();
    if (step.done === true || stopwatch() >= untilMs) return step;
  }
}
