/** Rooms with the paths through them; replaced whole when the state has to be rebuilt. */
import type { Learning } from "./learn.ts";
import { Serving } from "./rank.ts";
import { ResultCache } from "./result-cache.ts";
import type { Rooms } from "./rooms.ts";
import { Searching } from "./search.ts";
import { type Suggesting, suggestingOver } from "./suggest.ts";

export interface House {
  readonly rooms: Rooms;
  readonly learning: Learning;
  readonly serving: Serving;
  readonly searching: Searching;
  readonly suggesting: Suggesting;
  /** Absent where `resultCacheMs` is 0. */
  readonly cache: ResultCache | undefined;
}

export function house(rooms: Rooms, learning: Learning): House {
  const { resultCacheMs } = rooms.config;
  // What a restore made stale is made anew now, and no request waits for it.
  rooms.planner.lookup.prepare();
  const serving = new Serving(rooms);
  return {
    rooms,
    learning,
    serving,
    searching: new Searching(rooms, serving),
    suggesting: suggestingOver(rooms),
    cache: resultCacheMs > 0 ? new ResultCache(resultCacheMs) : undefined,
  };
}
