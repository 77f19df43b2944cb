/** Rooms with the paths through them; replaced whole when the state has to be rebuilt, and when the engine moves to another. */
import type { Config } from "./config.ts";
import type { Pieces } from "./core/pieces.ts";
import { Rows } from "./core/rows.ts";
import type { Learning } from "./learn.ts";
import { PagedLists } from "./paged-lists.ts";
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
  /** The lists that searches began. */
  readonly pages: PagedLists;
  /** Absent where `resultCacheMs` is 0. */
  readonly cache: ResultCache | undefined;
}

/** `config`: what answers by it, where that is not what the rooms were built with; it must fold alike. */
export function house(
  rooms: Rooms,
  learning: Learning,
  config: Config = rooms.config,
  pages = new PagedLists(),
): House {
  const served: Rooms = config === rooms.config ? rooms : { ...rooms, config };
  // What a restore made stale is made anew now, and no request waits for it.
  served.planner.lookup.prepare();
  served.suggestions.shoppersMin = config.suggestShoppersMin;
  const serving = new Serving(served);
  return {
    rooms: served,
    learning,
    serving,
    searching: new Searching(served, serving, undefined, pages),
    suggesting: suggestingOver(served),
    pages,
    cache: config.resultCacheMs > 0 ? new ResultCache(config.resultCacheMs) : undefined,
  };
}

/** In pieces, what {@link house} and the first event would have to make of rooms that were just restored. */
export function* preparing(rooms: Rooms): Pieces<void> {
  yield* rooms.planner.lookup.preparing();
  yield* rooms.suggestions.preparing();
  yield;
  // Embeddings are indexed when they are first asked for.
  const rows = new Rows(rooms.listFeatures.columns.length, 1);
  rows.resize(1);
  rooms.ranker.predict(rows, new Float64Array(1));
}
