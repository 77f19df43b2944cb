/** The fold alone, without log or HTTP: parsed events in, state out. */
import { type Config, completeConfig } from "../../src/config.ts";
import { eventAtMs, type LoggedEvent } from "../../src/core/event.ts";
import { parseEvent } from "../../src/core/parse-event.ts";
import type { EventInput } from "../../src/core/public.ts";
import { bytesInUse } from "../../src/core/state.ts";
import { Learning } from "../../src/learn.ts";
import { buildRooms, type Rooms } from "../../src/rooms.ts";

export class Fold {
  readonly #rooms: Rooms;
  readonly #learning: Learning;
  #offset = 0;

  constructor(settings: Partial<Config> = {}, rooms: Rooms = buildRooms(completeConfig(settings))) {
    this.#rooms = rooms;
    this.#learning = new Learning(this.#rooms);
  }

  one(event: LoggedEvent): void {
    this.#learning.fold(event, this.#offset++);
  }

  /** Seconds that it took. */
  all(events: readonly EventInput[]): number {
    const parsed = events.map((event) => parseEvent(event, Number.MAX_SAFE_INTEGER));
    parsed.sort((a, b) => eventAtMs(a) - eventAtMs(b));
    const startMs = performance.now();
    for (const event of parsed) this.one(event);
    return (performance.now() - startMs) / 1000;
  }

  get stateBytes(): number {
    return bytesInUse(this.#rooms.states);
  }
}
