/** What an engine stands on: where its log and its snapshots are, who folds beside it, and what memory there is. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { finishErasingAtStart } from "./erasing-folder.ts";
import { damagedLog } from "./event-logs/block-log.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { lmdbLog } from "./event-logs/lmdb.ts";
import { memoryLog } from "./event-logs/memory.ts";
import { foldInWorker } from "./fold-worker.ts";
import { folderSnapshots } from "./snapshots/folder.ts";
import type { SnapshotStore } from "./snapshots/snapshot-store.ts";
import type { FoldAside } from "./snapshotting.ts";

/** Tests of what happens when these fail hand in their own. */
export interface EngineParts {
  readonly log: EventLog;
  /** None: in memory. */
  readonly snapshots: SnapshotStore | undefined;
  readonly foldAside: FoldAside;
  /** Bytes of memory that the process may still take. */
  readonly availableBytes: () => number;
}

/** A log that is gone is no new one: it would begin empty, and what its snapshots hold would be driven out. */
function refuseIfGone(data: string): void {
  const folder = join(data, "log");
  if (existsSync(join(folder, "data.mdb")) || folderSnapshots(join(data, "snapshots")).list().length === 0) return;
  throw damagedLog(folder, "its file is gone, and there are snapshots of it");
}

/** Those of the folder `data`, or of an engine in memory without one. Throws FOLDER_IN_USE, FOLDER_UNREADABLE or LOG_DAMAGED. */
export function engineParts(config: Config, readOnly: boolean): EngineParts {
  const { data } = config;
  if (data !== undefined && !readOnly) {
    finishErasingAtStart(data);
    refuseIfGone(data);
  }
  return {
    log: data === undefined ? memoryLog() : lmdbLog({ folder: join(data, "log"), readOnly }),
    snapshots: data === undefined ? undefined : folderSnapshots(join(data, "snapshots")),
    foldAside: foldInWorker(config),
    availableBytes: () => process.availableMemory(),
  };
}
