/** Under which configuration an engine can answer at once, while it folds under the one that it was started with. */
import { type Config, completeConfig, withFolded } from "./config.ts";
import { LiveshelfError } from "./core/errors.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { foldsAlike } from "./restore.ts";
import { buildRooms } from "./rooms.ts";
import type { SavedSnapshot, SnapshotStore } from "./snapshots/snapshot-store.ts";

export interface Former {
  /** As the given one, but for what the snapshot was folded under. */
  readonly config: Config;
  readonly snapshot: SavedSnapshot;
}

/**
 * That of the newest snapshot of this log, where it folds otherwise than the given one and all of its states are as this release keeps
 * them. None where the log has to be folded before anything can be answered, or where the snapshot fits as it is.
 */
export function formerConfig(store: SnapshotStore | undefined, log: EventLog, given: Config): Former | undefined {
  const newest = newestOf(store, log);
  if (store === undefined || newest === undefined || foldsAlike(newest.header.config, given)) return undefined;
  try {
    const config = configOf(newest, given);
    let isWhole = false;
    // Looked at, and not loaded.
    store.load(buildRooms(config).states, ({ offset, config: by }, stale) => {
      isWhole ||= offset === newest.header.offset && by === newest.header.config && stale.length === 0;
      return false;
    });
    return isWhole ? { config, snapshot: newest } : undefined;
  } catch (error) {
    // A feature or a file that is no longer there: then there is no going back to it.
    if (error instanceof LiveshelfError && error.code === "CONFIG_INVALID") return undefined;
    throw error;
  }
}

function newestOf(store: SnapshotStore | undefined, log: EventLog): SavedSnapshot | undefined {
  try {
    return store
      ?.list()
      .find(({ header }) => header.log === log.id && header.offset >= log.start && header.offset <= log.head);
  } catch (error) {
    if (error instanceof LiveshelfError && error.code === "FOLDER_UNREADABLE") return undefined;
    throw error;
  }
}

/** Throws CONFIG_INVALID where a setting of then is none of now. */
export function configOf({ header }: SavedSnapshot, given: Config): Config {
  const saved = (JSON.parse(header.config) as [string, unknown][]).map(([name, value]) => [name, value ?? undefined]);
  return withFolded(given, completeConfig(Object.fromEntries(saved)));
}
