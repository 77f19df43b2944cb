/**
 * A thread that writes a folder's log anew without the events of erased shoppers (see `erasing-folder.ts`), and beside it the snapshot from
 * which the new log is best folded: one of before the first of these events, or the base of a trimmed log without their rows.
 */
import { join } from "node:path";
import type { Config } from "./config.ts";
import { LiveshelfError } from "./core/errors.ts";
import { ErasedEvents } from "./erased-events.ts";
import { beginErasing, type ErasingFolder } from "./erasing-folder.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { lmdbLog, writingDisk } from "./event-logs/lmdb.ts";
import { rewriteLog } from "./event-logs/log-rewrite.ts";
import { carriedOn } from "./fold-up.ts";
import { watched } from "./fold-worker.ts";
import { forgetForGood, forgetSessionForGood } from "./forgetting.ts";
import { type Restored, type RestoreOptions, restoreNewest, restoreOldest } from "./restore.ts";
import { buildRooms } from "./rooms.ts";
import type { ErasureNote } from "./shoppers/pending-erasures.ts";
import { nodeFiles } from "./snapshots/files.ts";
import { folderSnapshots } from "./snapshots/folder.ts";
import { giveWay, type Inside, inThread, startThread } from "./threads.ts";

export interface RewriteTask {
  readonly notes: readonly ErasureNote[];
  /** Events below are written: durable ones, up to where a block begins. */
  readonly to: number;
}

interface Work extends RewriteTask {
  /** The folder is its `data`. */
  readonly config: Config;
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
export const rewriteInWorker = (config: Config, task: RewriteTask, signal: AbortSignal): Promise<number> =>
  startThread<Work, number>(import.meta.url, "erase", { config, ...task }, { signal }).result;

async function rewrite({ config, notes, to }: Work, { mustGoOn: mayGoOn }: Inside<never>): Promise<number> {
  giveWay();
  const mustGoOn = (): void => mayGoOn("the log was rewritten");
  const turn = async (): Promise<void> => mustGoOn();
  const { data = "" } = config;
  const folder = beginErasing(data);
  const log = lmdbLog({ folder: join(data, "log"), readOnly: true });
  try {
    const options: RestoreOptions = { config, build: () => buildRooms(config), putBack() {}, to, tell() {} };
    const files = watched(nodeFiles, mustGoOn);
    const inUse = folderSnapshots(join(data, "snapshots"), files);
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

async function run(work: Work, inside: Inside<never>): Promise<number> {
  try {
    return await rewrite(work, inside);
  } catch (error) {
    if (error instanceof LiveshelfError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new LiveshelfError("LOG_UNWRITABLE", `The log could not be written anew: ${why}`);
  }
}

await inThread("erase", run);
