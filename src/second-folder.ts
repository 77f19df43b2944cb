/** One second folder at a time: each holds the state once more. Snapshots, trims and moves take turns, in the order in which they asked. */

export class SecondFolder {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Somebody folds aside, or waits for it. */
  get isTaken(): boolean {
    return this.#waiting > 0;
  }

  /** Acts when all who asked before are done; resolves and rejects as `act` does. */
  take<T>(act: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const done = this.#last.then(act).finally(() => {
      this.#waiting--;
    });
    this.#last = done.catch(() => {});
    return done;
  }
}

/** A second folder holds the state once more, growing, and a JavaScript heap of its own. */
const stateOnceMore = 1.25;
const heapOfItsOwn = 256 * 2 ** 20;

/** Whether memory, of which so much may still be taken, holds a second folder of that much state, bytes. */
export const hasRoomAside = (availableBytes: number, stateBytes: number): boolean =>
  availableBytes > stateBytes * stateOnceMore + heapOfItsOwn;
