/**
 * The second folder (ARCHITECTURE.md, invariant 6): a worker thread that goes on from the newest snapshot, folds the same log up to an offset and
 * writes the next snapshot, so that the serving thread never pauses for one. Under another configuration it is what a move moves to.
 */
import { join } from "node:path";
import { getHeapStatistics } from "node:v8";
import type { Config } from "./config.ts";
import { stopwatchMs } from "./core/clock.ts";
import { nextTurn } from "./core/pieces.ts";
import { bytesInUse } from "./core/state.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { lmdbLog } from "./event-logs/lmdb.ts";
import { foldUp } from "./fold-up.ts";
import { snapshotHeader } from "./restore.ts";
import { type Files, nodeFiles } from "./snapshots/files.ts";
import { folderSnapshots } from "./snapshots/folder.ts";
import type { SnapshotHeader, SnapshotStore } from "./snapshots/snapshot-store.ts";
import type { FoldAside, FoldReport, FoldTask } from "./snapshotting.ts";
import { giveWay, type Inside, inThread, startThread } from "./threads.ts";

/** What the thread is given. */
interface Work {
  readonly config: Config;
  readonly logFolder: string;
  readonly snapshotFolder: string;
  readonly task: Pick<FoldTask, "offset" | "isBase">;
}

/** What it says on the way. */
interface Said {
  readonly done: number;
  readonly total: number;
}

/** What still waits beyond the head when it is reached is folded too, as long as it gets less each time; so few need not be. */
const nearEnough = 1000;
const progressEveryMs = 200;

/**
 * Folds the log up to an offset and keeps what it comes to as a snapshot, unless there is one of that offset already.
 * Rejects with what {@link foldUp} and the store reject with, and with what `turn` does.
 */
export async function foldAside(
  given: Config,
  log: EventLog,
  store: SnapshotStore,
  { offset: wanted, isBase, config = given, onProgress }: FoldTask,
  turn: () => Promise<void> = nextTurn,
): Promise<FoldReport> {
  const startedMs = stopwatchMs();
  const to = wanted === "head" ? log.durableHead : wanted;
  const { rooms, learning, offset: from, stale, rebuilt } = await foldUp(config, store, log, { to, turn, onProgress });
  let offset = to;
  for (let behind = Number.POSITIVE_INFINITY; wanted === "head"; ) {
    const head = log.durableHead;
    if (head - offset <= nearEnough || head - offset >= behind) break;
    behind = head - offset;
    for (const entry of log.read(offset, head)) {
      learning.fold(entry.event, entry.offset);
      if (++offset % 64 === 0) await turn();
    }
  }
  const header = snapshotHeader(config, log, offset, rebuilt);
  const isSame = (saved: SnapshotHeader): boolean =>
    saved.log === header.log && saved.config === header.config && saved.offset === offset;
  const isThere = store.list().some((one) => one.isBase === isBase && isSame(one.header));
  if (from < offset || stale.length > 0 || !isThere) store.write(header, rooms.states, { isBase }).keep();
  const { total_heap_size, external_memory } = getHeapStatistics();
  const stateBytes = bytesInUse(rooms.states);
  const heapBytes = Math.max(0, total_heap_size + external_memory - stateBytes);
  return { offset, header, seconds: (stopwatchMs() - startedMs) / 1000, stateBytes, heapBytes };
}

/** {@link foldAside} on the folder `given.data`, or those that the task names, in a thread of its own. When the signal aborts, it ends soon and rejects with CLOSED. */
export const foldInWorker =
  (given: Config): FoldAside =>
  ({ config = given, onProgress, log, snapshots, offset, isBase }, signal) => {
    const work: Work = {
      config,
      logFolder: log ?? join(given.data ?? "", "log"),
      snapshotFolder: snapshots ?? join(given.data ?? "", "snapshots"),
      task: { offset, isBase },
    };
    const onSaid = ({ done, total }: Said): void => onProgress?.(done, total);
    return startThread<Work, FoldReport, Said>(import.meta.url, "fold", work, { signal, onSaid }).result;
  };

async function run(
  { config, logFolder, snapshotFolder, task }: Work,
  { say, mustGoOn: mayGoOn }: Inside<Said>,
): Promise<FoldReport> {
  giveWay();
  const mustGoOn = (): void => mayGoOn("the snapshot was written");
  let saidAtMs = stopwatchMs();
  const onProgress = (done: number, total: number): void => {
    if (stopwatchMs() - saidAtMs < progressEveryMs) return;
    saidAtMs = stopwatchMs();
    say({ done, total });
  };
  const log = lmdbLog({ folder: logFolder, readOnly: true });
  try {
    const store = folderSnapshots(snapshotFolder, watched(nodeFiles, mustGoOn));
    return await foldAside(config, log, store, { ...task, onProgress }, async () => mustGoOn());
  } finally {
    await log.close();
  }
}

/** Reading and writing gigabytes can be given up too. */
export function watched(files: Files, mustGoOn: () => void): Files {
  return {
    ...files,
    read(descriptor, target, position) {
      mustGoOn();
      return files.read(descriptor, target, position);
    },
    write(descriptor, bytes) {
      mustGoOn();
      return files.write(descriptor, bytes);
    },
  };
}

await inThread("fold", run);
