/** A process that can die between any two of its steps: whoever works for it asks whether it still lives. */

/** Resolves when all else that is due on the thread had its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a call of a process that died gets: no answer. */
export const never = (): Promise<never> => new Promise(() => {});

/** Leaves through synchronous code of a process that has died. */
export class Died extends Error {}

export class Process {
  readonly #listeners: (() => void)[] = [];
  /** Where it died; `undefined` while it lives. */
  diedAt: string | undefined;

  get isAlive(): boolean {
    return this.diedAt === undefined;
  }

  onCrash(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** From here on nothing that it does has any effect. */
  crash(where: string): Promise<never> {
    if (this.isAlive) {
      this.diedAt = where;
      for (const listener of this.#listeners) listener();
    }
    return never();
  }
}
