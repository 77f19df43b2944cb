/** What is damaged in a data folder's log, and the mend: what the snapshots know of the log is taken into account. */
import { join } from "node:path";
import { repairLog } from "./event-logs/log-repair.ts";
import { isDamaged, type Loss, type Reflected } from "./event-logs/log-survey.ts";
import { folderSnapshots } from "./snapshots/folder.ts";

export interface RepairReport {
  /** Offsets of the first event that is kept, and after the last one. */
  readonly start: number;
  readonly head: number;
  readonly isDamaged: boolean;
  /** Events that are lost, and where. */
  readonly lost: number;
  readonly losses: readonly Loss[];
  /** Blocks that are damaged; those of which nothing is lost included. */
  readonly damagedBlocks: number;
  /** What is wrong with the file itself. */
  readonly wrongPages: readonly string[];
  /** More events may have followed the last one. */
  readonly isEndUnknown: boolean;
  /** Offset of the newest snapshot of this log that reflects a lost event; it keeps what it learned of it. */
  readonly snapshot?: number;
  readonly changed: boolean;
  /** Where the damaged file is kept. */
  readonly damagedFile?: string;
}

/** Changes nothing unless `change`. Rejects with FOLDER_IN_USE while a writer lives, FOLDER_UNREADABLE or LOG_UNWRITABLE. */
export async function repair(data: string, change: boolean): Promise<RepairReport> {
  const known = (id: string | undefined): Reflected | undefined => reflected(join(data, "snapshots"), id);
  const { seen, damagedFile } = await repairLog(join(data, "log"), known, change);
  const { start, head, losses, wrongPages, isEndUnknown, found } = seen;
  const newest = known(seen.id)?.offset;
  return {
    start,
    head,
    isDamaged: isDamaged(seen),
    lost: losses.reduce((sum, { count }) => sum + count, 0),
    losses,
    damagedBlocks: found.filter(({ isWhole }) => !isWhole).length,
    wrongPages,
    isEndUnknown,
    ...(newest !== undefined && losses.some(({ first }) => first < newest) && { snapshot: newest }),
    changed: damagedFile !== undefined,
    ...(damagedFile !== undefined && { damagedFile }),
  };
}

function reflected(folder: string, id: string | undefined): Reflected | undefined {
  const saved = folderSnapshots(folder).list();
  const log = id ?? saved[0]?.header.log;
  const offsets = saved.flatMap(({ header }) => (header.log === log ? [header.offset] : []));
  return log === undefined || offsets.length === 0 ? undefined : { id: log, offset: Math.max(...offsets) };
}
