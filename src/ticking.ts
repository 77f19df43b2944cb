/** Lets time pass for an engine to which nothing comes, so that waits end and windows close. */
import type { Config } from "./config.ts";
import type { Clock } from "./core/clock.ts";
import type { Recording } from "./recording.ts";
import type { Rooms } from "./rooms.ts";
import { tellingOfValues } from "./value.ts";

export interface TickingParts {
  readonly config: () => Config;
  readonly rooms: () => Rooms;
  readonly clock: Clock;
  readonly recording: Recording;
  readonly tell: (message: string) => void;
  /** Writes the time to the log, where that can be written. */
  readonly tick: () => void;
}

export class Ticking {
  readonly #parts: TickingParts;
  readonly #tellOfValues: (rooms: Rooms) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: TickingParts) {
    this.#parts = parts;
    this.#tellOfValues = tellingOfValues(parts.tell);
  }

  /** From now on every `tickMs`; never where that is 0. */
  begin(): void {
    this.end();
    const { tickMs } = this.#parts.config();
    if (tickMs === 0) return;
    this.#timer = setInterval(() => this.#whenIdle(tickMs), tickMs);
    this.#timer.unref();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #whenIdle(tickMs: number): void {
    const { clock, recording, tick } = this.#parts;
    if (clock.nowMs() - recording.lastReceivedMs < tickMs) return;
    const rooms = this.#parts.rooms();
    this.#tellOfValues(rooms);
    if (rooms.attribution.slates.firstWaiting >= 0 || !rooms.baskets.isEmpty) tick();
  }
}
