/**
 * A thread that writes a folder's log anew without the events of erased shoppers (see `erasing-folder.ts`), and beside it the snapshot from
 * which the new log is best folded: one of before the first of these events, or the base of a trimmed log without their rows.
 */
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Config } from "./config.ts";
import { type ErrorCode, LiveshelfError } from "./core/errors.ts";
import { ErasedEvents } from "./erased-events.ts";
import { beginErasing, type ErasingFolder } from "./erasing-folder.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { lmdbLog, writingDisk } from "./event-logs/lmdb.ts";
import { rewriteLog } from "./event-logs/log-rewrite.ts";
import { carriedOn } from "./fold-up.ts";
import { giveWay, watched } from "./fold-worker.ts";
import { forgetForGood, forgetSessionForGood } from "./forgetting.ts";
import { type Restored, type RestoreOptions, restoreNewest, restoreOldest } from "./restore.ts";
import { buildRooms } from "./rooms.ts";
import type { ErasureNote } from "./shoppers/pending-erasures.ts";
import { nodeFiles } from "./snapshots/files.ts";
import { folderSnapshots } from "./snapshots/folder.ts";

export interface RewriteTask {
  readonly notes: readonly ErasureNote[];
  /** Events below are written: durable ones, up to where a block begins. */
  readonly to: number;
}

interface Work extends RewriteTask {
  readonly liveshelfErase: true;
  readonly config: Config & { readonly data: string };
  readonly stop: Int32Array;
}

/** At the end: an error's class does not come over. */
interface Outcome {
  /** Events replaced. */
  readonly count?: number;
  readonly code?: ErrorCode;
  readonly message?: string;
}

/** Reads the log twice, and then knows which of its events below `to` are to go. */
export async function findErased(
  log: EventLog,
  { notes, to, shopperExpiryMs }: RewriteTask & Pick<Config, "shopperExpiryMs">,
  turn: () => Promise<void>,
  base?: Restored,
): Promise<ErasedEvents> {
  const shoppers = base?.rooms.shoppers;
  const sessionsBefore = notes.flatMap(({ user }) => shoppers?.sessionsOf(shoppers.find(user, undefined)) ?? []);
  const found = new ErasedEvents(notes, shopperExpiryMs, sessionsBefore, (session) =>
    shoppers?.ownerOfSession(session),
  );
  let read = 0;
  for (const look of ["lookForSessions", "lookForOwners"] as const) {
    for (const { event, offset } of log.read(log.start, to)) {
      found[look](event, offset);
      if (++read % 256 === 0) await turn();
    }
  }
  return found;
}

/** {@link rewrite} in a thread of its own; resolves with how many events were replaced. When the signal aborts, it ends soon and rejects with CLOSED. */
export function rewriteInWorker(config: Config, task: RewriteTask, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { liveshelfErase: true, config, ...task, stop },
    });
    const giveUp = (): void => void Atomics.store(stop, 0, 1);
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp);
    let outcome: Outcome = {};
    worker.once("message", (said: Outcome) => {
      outcome = said;
    });
    worker.once("error", reject);
    worker.once("exit", (status) => {
      signal.removeEventListener("abort", giveUp);
      const {
        count,
        code = "INTERNAL",
        message = `The worker that rewrites the log ended with code ${status}.`,
      } = outcome;
      if (count !== undefined) resolve(count);
      else reject(new LiveshelfError(code, message));
    });
  });
}

async function rewrite({ config, notes, to, stop }: Work): Promise<number> {
  giveWay();
  const mustGoOn = (): void => {
    if (Atomics.load(stop, 0) !== 0)
      throw new LiveshelfError("CLOSED", "The engine closed before the log was rewritten.");
  };
  const turn = async (): Promise<void> => mustGoOn();
  const folder = beginErasing(config.data);
  const log = lmdbLog({ folder: join(config.data, "log"), readOnly: true });
  try {
    const options: RestoreOptions = { config, build: () => buildRooms(config), putBack() {}, to, tell() {} };
    const files = watched(nodeFiles, mustGoOn);
    const inUse = folderSnapshots(join(config.data, "snapshots"), files);
    const base = log.start > 0 ? restoreOldest(inUse, log, options) : undefined;
    const found = await findErased(log, { notes, to, shopperExpiryMs: config.shopperExpiryMs }, turn, base);
    const target = writingDisk(folder.log);
    try {
      const first = await rewriteLog(log, target, { to, instead: found.instead, turn });
      const start = base ?? restoreNewest(inUse, log, { ...options, to: first });
      if (start !== undefined) {
        if (base !== undefined) forgetAll(base, notes, found);
        keepStart(start, { folder, files, id: target.id, isBase: base !== undefined });
      }
      return found.count;
    } finally {
      await target.close();
    }
  } finally {
    await log.close();
  }
}

/** Of a trimmed log: what its base holds of erased users, and of sessions that turned out to be theirs only later. */
function forgetAll({ rooms }: Restored, notes: readonly ErasureNote[], found: ErasedEvents): void {
  for (const { user } of notes) forgetForGood(rooms, user);
  for (const session of found.sessionsFromBefore()) forgetSessionForGood(rooms, session);
}

/** What the new log is folded from. */
function keepStart(
  restored: Restored,
  { folder, files, id, isBase }: { folder: ErasingFolder; files: typeof nodeFiles; id: string; isBase: boolean },
): void {
  const { rooms, header, stale } = restored;
  // Before the first event that goes nothing is known of them; a state that is not whole is no better than the log's beginning.
  if (!isBase && stale.length > 0) return;
  const names = stale.map(({ name }) => name);
  folderSnapshots(folder.snapshots, files)
    .write({ ...header, log: id, rebuilt: carriedOn(restored, names) }, rooms.states, { isBase })
    .keep();
}

async function outcomeOf(work: Work): Promise<Outcome> {
  try {
    return { count: await rewrite(work) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return error instanceof LiveshelfError
      ? { code: error.code, message: error.message }
      : { code: "LOG_UNWRITABLE", message: `The log could not be written anew: ${why}` };
  }
}

const isWork = (data: unknown): data is Work => typeof data === "object" && data !== null && "liveshelfErase" in data;
if (!isMainThread && isWork(workerData)) parentPort?.postMessage(await outcomeOf(workerData));
