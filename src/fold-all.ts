/** Folds events that are no log's, as evaluations do: one after the other, with as much room for the state as there would be. */
import { systemClock } from "./core/clock.ts";
import type { LoggedEvent } from "./core/event.ts";
import type { MemoryReport } from "./core/public.ts";
import type { Learning } from "./learn.ts";
import { MemoryCeiling } from "./memory-ceiling.ts";
import type { Rooms } from "./rooms.ts";

export interface FoldAllOptions {
  readonly onProgress?: (done: number) => void;
  /** Bytes that the state may take, as under a ceiling on memory; by default any number. */
  readonly stateMaxBytes?: number;
  /** Told how large the state is in the end, and what gave way for it. */
  readonly onFolded?: (memory: MemoryReport) => void;
}

export function foldAll(
  rooms: Rooms,
  learning: Learning,
  events: readonly LoggedEvent[],
  { onProgress, onFolded, stateMaxBytes = Number.POSITIVE_INFINITY }: FoldAllOptions,
): void {
  let offset = 0;
  const ceiling = new MemoryCeiling({
    ...{ rooms: () => rooms, clock: systemClock, memoryMax: () => 0, stateMaxBytes: () => stateMaxBytes },
    append: (note) => learning.fold(note, offset++),
    isFoldingAside: () => false,
    tell: () => {},
  });
  for (const [done, event] of events.entries()) {
    learning.fold(event, offset++);
    ceiling.watch();
    if (done % 1000 === 0) onProgress?.(done);
  }
  onFolded?.(ceiling.report());
}
