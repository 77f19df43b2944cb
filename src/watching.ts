/** Who is told of each event once it is folded, such as a page that shows what happens now. While nobody is, an event costs one comparison. */
import { stopwatchMs } from "./core/clock.ts";
import type { LoggedEvent } from "./core/event.ts";
import type { Watcher } from "./core/public.ts";
import type { Deliver } from "./event-logs/event-log.ts";

export class Watching {
  readonly #watchers = new Set<Watcher>();
  /** By the stopwatch, when the call came whose events are being appended; NaN: they are the engine's own. */
  cameAtMs = Number.NaN;

  /** Called inside the append, after the fold: it must neither throw nor record. Answers what ends it. */
  readonly watch = (watcher: Watcher): (() => void) => {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  };

  after(fold: Deliver): Deliver {
    return (event, offset) => {
      fold(event, offset);
      if (this.#watchers.size > 0) this.#tell(event, offset);
    };
  }

  #tell(event: LoggedEvent, offset: number): void {
    const delayMs = stopwatchMs() - this.cameAtMs;
    for (const watcher of this.#watchers) watcher(event, offset, delayMs);
  }
}
