/** When snapshots are written and by whom, and what of the log's head goes (docs/operating.md). */
import type { Config } from "./config.ts";
import { stopwatchMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import { bytesInUse } from "./core/state.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import type { Folded } from "./fold-up.ts";
import { foldsAlike, snapshotHeader } from "./restore.ts";
import type { Rooms } from "./rooms.ts";
import type { SecondFolder } from "./second-folder.ts";
import type { RebuiltState, SnapshotHeader, SnapshotStore } from "./snapshots/snapshot-store.ts";

/** Fold the log up to `offset` and write what it comes to as a snapshot, or as the base that a shortened log begins from. */
export interface FoldTask {
  /** `head`: on and on until it has all but caught up with who writes. */
  readonly offset: number | "head";
  readonly isBase: boolean;
  /** Folded under this; by default what the second folder was made with. */
  readonly config?: Config;
  /** Folders of the log that is folded and of the snapshots, where they are not those of the data folder. */
  readonly log?: string;
  readonly snapshots?: string;
  /** Told now and then: events folded, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What it took. */
export interface FoldReport {
  /** What the snapshot reflects. */
  readonly offset: number;
  /** Of the snapshot. */
  readonly header: SnapshotHeader;
  readonly seconds: number;
  /** Held at the end, when it is most: folded state, and all else of the thread. */
  readonly stateBytes: number;
  readonly heapBytes: number;
}

/** A second folder beside the serving thread; gives up when told to. */
export type FoldAside = (task: FoldTask, signal: AbortSignal) => Promise<FoldReport>;

export interface SnapshottingParts {
  /** What the rooms are folded under now. */
  readonly config: () => Config;
  readonly log: EventLog;
  readonly store: SnapshotStore | undefined;
  readonly foldAside: FoldAside;
  readonly secondFolder: SecondFolder;
  /** Whether memory holds the state once more. */
  readonly hasRoomAside: () => boolean;
  readonly rooms: () => Rooms;
  readonly tell: (message: string) => void;
}

/** What stays of a log that reached its bound, so that it is not shortened at every snapshot. */
const keptShare = 0.8;

export class Snapshotting {
  readonly #parts: SnapshottingParts;
  readonly #stop = new AbortController();
  #underWay: Promise<number> | undefined;
  #trimming: Promise<void> | undefined;
  #offset = 0;
  /** Where the newest snapshot, or the last failed try, stands: the next is due so many events later. */
  #triedAt = 0;
  #rebuilt: readonly RebuiltState[] = [];
  readonly last = { seconds: 0, peakBytes: 0, pauseMs: 0 };

  constructor(parts: SnapshottingParts) {
    this.#parts = parts;
  }

  /** What the newest snapshot reflects. */
  get offset(): number {
    return this.#offset;
  }

  /** The state was folded from a snapshot of this offset; one that did not hold all states is soon replaced. */
  startFrom({ offset, stale, rebuilt }: Pick<Folded, "offset" | "stale" | "rebuilt">): void {
    this.#offset = offset;
    this.#triedAt = stale.length > 0 ? 0 : offset;
    this.#rebuilt = rebuilt;
  }

  whenDue(): void {
    const { config, log, store, secondFolder, tell } = this.#parts;
    if (store === undefined || this.#stop.signal.aborted) return;
    if (log.durableHead - this.#triedAt < config().snapshotEvery) return;
    // Whoever folds aside is soon done, and what comes next asks again.
    if (this.#underWay !== undefined || this.#trimming !== undefined || secondFolder.isTaken) return;
    this.now()
      .then(() => this.#trimWhenDue())
      // More may have come meanwhile.
      .then(() => this.whenDue())
      .catch((error: unknown) => {
        if (this.#stop.signal.aborted) return;
        // The log is whole without a snapshot: a later one will be tried after as many events again.
        this.#triedAt = log.durableHead;
        tell(`A snapshot could not be written: ${error instanceof Error ? error.message : String(error)}`);
      });
  }

  /** Writes one; resolves with the offset that it reflects. */
  now(): Promise<number> {
    this.#underWay ??= this.#parts.secondFolder
      .take(() => this.#write())
      .then(({ offset, seconds, stateBytes, heapBytes }) => {
        this.#offset = this.#triedAt = offset;
        this.last.seconds = seconds;
        this.last.peakBytes = stateBytes + heapBytes;
        return offset;
      })
      .finally(() => {
        this.#underWay = undefined;
      });
    return this.#underWay;
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#stop.abort(new LiveshelfError("CLOSED", "The engine was closed."));
    await this.#underWay?.catch(() => {});
    await this.#trimming;
  }

  async #write(): Promise<FoldReport> {
    const { config, log, store, foldAside, hasRoomAside } = this.#parts;
    if (store === undefined) {
      const message = 'An engine in memory has no snapshots; give it a folder with "data".';
      throw new LiveshelfError("CONFIG_INVALID", message, "/data");
    }
    this.#stop.signal.throwIfAborted();
    if (!hasRoomAside()) return this.#writeHere(store);
    const report = await foldAside({ offset: log.durableHead, isBase: false, config: config() }, this.#stop.signal);
    this.last.pauseMs = 0;
    return report;
  }

  /** Where memory does not hold the state twice, the serving thread writes it, and stands still meanwhile. */
  async #writeHere(store: SnapshotStore): Promise<FoldReport> {
    const { config, log, rooms, tell } = this.#parts;
    const { states } = rooms();
    const startedMs = stopwatchMs();
    const offset = log.head;
    const header = snapshotHeader(config(), log, offset, this.#rebuilt);
    const draft = store.write(header, states);
    const pauseMs = stopwatchMs() - startedMs;
    this.last.pauseMs = pauseMs;
    tell(
      `Memory has no room for a second folder: the serving thread wrote the snapshot itself and paused for ${Math.round(pauseMs)} ms.`,
    );
    try {
      // It may reflect events that are still on their way to disk; without them it must not be found.
      await log.durable();
    } catch (error) {
      draft.drop();
      throw error;
    }
    draft.keep();
    return { offset, header, seconds: pauseMs / 1000, stateBytes: bytesInUse(states), heapBytes: 0 };
  }

  async #trimWhenDue(): Promise<void> {
    const { config, log, secondFolder, tell } = this.#parts;
    const { logBytesMax } = config();
    if (logBytesMax === 0 || log.bytes <= logBytesMax || this.#stop.signal.aborted) return;
    this.#trimming = secondFolder
      .take(() => this.#trim())
      .catch((error: unknown) => {
        if (this.#stop.signal.aborted) return;
        tell(`The log could not be shortened: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => {
        this.#trimming = undefined;
      });
    await this.#trimming;
  }

  /** Folds the log's head into the base snapshot, then lets go of it. */
  async #trim(): Promise<void> {
    const { log, store, foldAside, hasRoomAside } = this.#parts;
    const config = this.#parts.config();
    this.#stop.signal.throwIfAborted();
    const stays = Math.ceil((log.durableHead - log.start) * keptShare * (config.logBytesMax / log.bytes));
    let offset = log.durableHead - stays;
    // A log is let go of in whole blocks and may begin before its base; then nothing more goes than what the base holds.
    const base = store!.list().find(({ header, isBase }) => isBase && header.log === log.id)?.header.offset ?? 0;
    if (offset <= base) return log.trim(base);
    if (hasRoomAside()) {
      await foldAside({ offset, isBase: true, config }, this.#stop.signal);
    } else {
      // The older snapshot that is there already: further on, so that more goes than need be.
      const isOlder = ({ log: of, config: by, offset: at }: SnapshotHeader): boolean =>
        of === log.id && foldsAlike(by, config) && at > log.start && at < this.#offset;
      const older = store!.list().find(({ header, isBase }) => !isBase && isOlder(header));
      if (older === undefined) return;
      offset = older.header.offset;
      store!.keepBase(older.header);
    }
    await log.trim(offset);
  }
}
