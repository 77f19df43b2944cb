/**
 * The contract of a snapshot store. A snapshot is a cache: what the log folds to up to an offset (ARCHITECTURE.md, invariant 1), kept so
 * that a start need not fold everything again. Losing one costs time, never events.
 */
import type { State } from "../core/state.ts";

/** What a snapshot is of; by it a caller decides whether it still holds. */
export interface SnapshotHeader {
  readonly format: 1;
  /** Release that folded it. */
  readonly release: string;
  /** Hash of the configuration it was folded under. */
  readonly config: string;
  /** `id` of the event log. */
  readonly log: string;
  /** Events below this offset are folded in. */
  readonly offset: number;
}

export interface SavedSnapshot {
  readonly file: string;
  readonly header: SnapshotHeader;
  readonly bytes: number;
}

export interface SnapshotStore {
  /**
   * Writes the states, durably, beside what is there, and keeps the two newest. Synchronous: a worker calls it. A crash
   * at any moment leaves the older snapshots whole. Throws FOLDER_UNREADABLE when it cannot write, leaving nothing behind.
   */
  save(header: SnapshotHeader, states: readonly State[]): void;

  /**
   * Restores the newest snapshot that `accept` takes, that was saved of states with the same names, versions and
   * buffers, and that is whole: all checks are done before any state is touched. `undefined` if there is none; then the
   * states are as they were.
   * Throws SNAPSHOT_DAMAGED when a whole snapshot does not fit the states' sizes: they are half restored, build new ones.
   */
  load(states: readonly State[], accept: (header: SnapshotHeader) => boolean): SnapshotHeader | undefined;

  /** The snapshots with a readable header, newest first. */
  list(): readonly SavedSnapshot[];
}
