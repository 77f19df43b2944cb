/**
 * The second folder (ARCHITECTURE.md, invariant 6): a worker thread that loads the newest snapshot, folds the same log up to an offset and writes the
 * next snapshot, so that the serving thread never pauses for one.
 */
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Config } from "./config.ts";
import { LiveshelfError } from "./core/errors.ts";
import { lmdbLog } from "./event-logs/lmdb.ts";
import { Learning } from "./learn.ts";
import { restore, snapshotHeader } from "./restore.ts";
import { buildRooms } from "./rooms.ts";
import { folderSnapshots } from "./snapshots/folder.ts";

interface Task {
  readonly liveshelfFold: true;
  readonly config: Config & { readonly data: string };
  readonly offset: number;
}

/** Folds the log of `config.data` up to `offset` in a worker and saves the snapshot there; resolves with the offset it reflects. */
export function foldInWorker(config: Config, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const task = { liveshelfFold: true, config, offset };
    const worker = new Worker(new URL(import.meta.url), { workerData: task });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => {
      if (code !== 0) reject(new LiveshelfError("INTERNAL", `The worker that folds ended with code ${code}.`));
    });
  });
}

async function run({ config, offset }: Task): Promise<number> {
  const log = lmdbLog({ folder: join(config.data, "log"), readOnly: true });
  try {
    const store = folderSnapshots(join(config.data, "snapshots"));
    const rooms = buildRooms(config);
    const learning = new Learning(rooms);
    const from = restore(store, rooms, log);
    for (const entry of log.read(from, offset)) learning.fold(entry.event, entry.offset);
    if (offset > from) store.save(snapshotHeader(config, log, offset), rooms.states);
    return Math.max(from, offset);
  } finally {
    await log.close();
  }
}

const isTask = (data: unknown): data is Task => typeof data === "object" && data !== null && "liveshelfFold" in data;
if (!isMainThread && isTask(workerData)) parentPort?.postMessage(await run(workerData));
