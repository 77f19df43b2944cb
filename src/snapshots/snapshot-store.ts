/**
 * The contract of a snapshot store. A snapshot is a cache: what the log folds to up to an offset (ARCHITECTURE.md, invariant 1), kept so
 * that a start need not fold everything again. Losing one costs time, never events; only what a log was shortened
 * to is no cache: the base, in which what is no longer in the log is folded.
 */
import type { Pieces } from "../core/pieces.ts";
import type { State } from "../core/state.ts";

/** What a snapshot is of; by it a caller decides whether it still holds. */
export interface SnapshotHeader {
  readonly format: 1;
  /** Release that folded it. */
  readonly release: string;
  /** The configuration it was folded under, as far as the fold depends on it. */
  readonly config: string;
  /** `id` of the event log. */
  readonly log: string;
  /** Events below this offset are folded in. */
  readonly offset: number;
  /** States that another release folded anew, while those that learn from them went on; none if absent. */
  readonly rebuilt?: readonly RebuiltState[];
}

export interface RebuiltState {
  readonly state: string;
  /** Of the snapshot in which it was replaced. */
  readonly offset: number;
}

export interface SavedSnapshot {
  readonly file: string;
  readonly header: SnapshotHeader;
  readonly bytes: number;
  /** The base; it may be one of the newest under a second name, and is then listed twice. */
  readonly isBase: boolean;
}

/** A snapshot that is written and synced, and not yet one that is found. One of `keep` and `drop` must follow. */
export interface Draft {
  /** It becomes the newest snapshot, or the base, durably; what it supersedes goes. Throws FOLDER_UNREADABLE. */
  keep(): void;
  /** It goes. */
  drop(): void;
}

export interface LoadedSnapshot {
  readonly header: SnapshotHeader;
  /** States that the snapshot does not hold, or holds of another version or shape: untouched. */
  readonly stale: readonly State[];
}

export interface SnapshotStore {
  /**
   * Writes and syncs the states beside what is there: as the next of the newest two, or as the base. Synchronous: a
   * worker calls it. One at a time of each kind. Throws FOLDER_UNREADABLE when it cannot write, leaving nothing behind.
   */
  write(header: SnapshotHeader, states: readonly State[], as?: { readonly isBase: boolean }): Draft;

  /** Writes the states and keeps them. A crash at any moment leaves the older snapshots whole. Throws FOLDER_UNREADABLE. */
  save(header: SnapshotHeader, states: readonly State[]): void;

  /**
   * Restores the newest snapshot that `accept` takes, the base last, as far as it holds these states: by name, in the
   * same version, layout and buffers. One with any damage is passed over for the next; everything is checked before any
   * state is touched. `undefined` if there is none: all states are as they were.
   * Throws FOLDER_UNREADABLE; and SNAPSHOT_DAMAGED when a snapshot that is whole does not fit the states after all:
   * then they are half restored and must be thrown away.
   *
   * `accept`: is asked for each header, with the states that would be stale. `onDamage`: told of each one passed over.
   */
  load(
    states: readonly State[],
    accept: (header: SnapshotHeader, stale: readonly State[]) => boolean,
    onDamage?: (file: string) => void,
  ): LoadedSnapshot | undefined;

  /** As {@link load}, in pieces: for states of which nobody reads or changes anything meanwhile. */
  loading(
    states: readonly State[],
    accept: (header: SnapshotHeader, stale: readonly State[]) => boolean,
    onDamage?: (file: string) => void,
  ): Pieces<LoadedSnapshot | undefined>;

  /**
   * The kept snapshot with that header becomes the base as well, durably; the base before it goes.
   * Throws SNAPSHOT_DAMAGED if there is no such snapshot or it is damaged, FOLDER_UNREADABLE.
   */
  keepBase(header: SnapshotHeader): void;

  /** The snapshots with a readable header: the newest first, the base last. */
  list(): readonly SavedSnapshot[];
}
