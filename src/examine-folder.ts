/** What is good and what is wrong with a data folder: its log, its snapshots, its room, and the events in it. Nothing is written to it. */
import { closeSync, existsSync, openSync, readdirSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { LiveshelfError } from "./core/errors.ts";
import type { LoggedEvent } from "./core/event.ts";
import { atOnce } from "./core/pieces.ts";
import type { DoctorReport, Examination } from "./doctor/examination.ts";
import { type Finding, judged, whole } from "./doctor/finding.ts";
import { decodeBlock, salvage } from "./event-logs/block.ts";
import { lmdbLog } from "./event-logs/lmdb.ts";
import { isDamaged, type Loss, type Survey, survey } from "./event-logs/log-survey.ts";
import { hasLivingWriter } from "./event-logs/writer-lock.ts";
import { foldsAlike } from "./restore.ts";
import { nodeFiles } from "./snapshots/files.ts";
import { folderSnapshots } from "./snapshots/folder.ts";
import { Damage, readSnapshot } from "./snapshots/snapshot-reader.ts";
import type { SavedSnapshot } from "./snapshots/snapshot-store.ts";

const manyEvents = 500_000;
const spareBytesMin = 64 * 2 ** 20;

interface Log {
  readonly id: string | undefined;
  readonly start: number;
  readonly head: number;
  readonly bytes: number;
}

/**
 * Throws FOLDER_UNREADABLE where there is no log. `examined`: gets the events; what is damaged is passed over.
 * `onProgress`: events read, of how many.
 */
export async function examineFolder(
  config: Config,
  examined: Examination,
  onProgress: (done: number, total: number) => void,
): Promise<DoctorReport> {
  const { data } = config;
  const folder = join(data!, "log");
  const file = join(folder, "data.mdb");
  if (!existsSync(file))
    throw new LiveshelfError("FOLDER_UNREADABLE", `${data} holds no event log. Check the name of the folder.`);
  const notes = { lost: 0, erase: 0 };
  const take = (event: LoggedEvent, offset: number, log: Log): void => {
    if (event.type === "lost") notes.lost++;
    if (event.type === "erase") notes.erase++;
    examined.takeLogged(event, offset);
    if (offset % 4096 === 0) onProgress(offset - log.start, log.head - log.start);
  };
  const saved = folderSnapshots(join(data!, "snapshots")).list();
  const isWritten = hasLivingWriter(folder);
  const { log, findings } = isWritten ? await readBeside(folder, take) : readAlone(file, saved, take);
  if (log.start > 0) examined.beginsLate();
  return examined.report([
    ...findings,
    retention(log, saved),
    lostNotes(notes.lost, log),
    ...snapshotFindings(config, join(data!, "snapshots"), saved, log),
    erasures(notes.erase, log),
    room(data!, log, saved),
    leftOver(data!),
  ]);
}

type Take = (event: LoggedEvent, offset: number, log: Log) => void;

/** While a process writes: as any reader does. */
async function readBeside(folder: string, take: Take): Promise<{ log: Log; findings: Finding[] }> {
  const reader = lmdbLog({ folder, readOnly: true });
  const log = { id: reader.id, start: reader.start, head: reader.head, bytes: reader.bytes };
  try {
    for (const { event, offset } of reader.read(log.start, log.head)) take(event, offset, log);
    return {
      log,
      findings: [
        wholeLog(
          "Every event of the log can be read (a process is writing to it: of the file's pages only these were looked at).",
        ),
      ],
    };
  } catch (error) {
    if (!(error instanceof LiveshelfError) || error.code !== "LOG_DAMAGED") throw error;
    return { log, findings: [damagedLog(error.message, 1, "log")] };
  } finally {
    await reader.close();
  }
}

/** Without a writer: every page of the file, without opening it as a log. */
function readAlone(file: string, saved: readonly SavedSnapshot[], take: Take): { log: Log; findings: Finding[] } {
  const descriptor = openSync(file, "r");
  try {
    const seen = survey(descriptor, (id) => reflected(saved, id));
    const log = { id: seen.id, start: seen.start, head: seen.head, bytes: statSync(file).size };
    for (const found of seen.found) {
      const block = found.block();
      const events = found.isWhole ? decodeBlock(block) : undefined;
      const records =
        events ?? salvage(block, found.count).records.map((record) => record && (JSON.parse(record) as LoggedEvent));
      for (const [i, event] of records.entries()) if (event) take(event, found.first + i, log);
    }
    return { log, findings: [surveyed(seen, log)] };
  } finally {
    closeSync(descriptor);
  }
}

function reflected(
  saved: readonly SavedSnapshot[],
  id: string | undefined,
): { id: string; offset: number } | undefined {
  const log = id ?? saved[0]?.header.log;
  const offsets = saved.flatMap(({ header }) => (header.log === log ? [header.offset] : []));
  return log === undefined || offsets.length === 0 ? undefined : { id: log, offset: Math.max(...offsets) };
}

function surveyed(seen: Survey, { start, head }: Log): Finding {
  if (!isDamaged(seen)) return wholeLog(`The log is whole: offsets ${whole(start)} to ${whole(head)}.`);
  const lost = seen.losses.reduce((sum, { count }) => sum + count, 0);
  const [first] = seen.losses;
  const message = [
    `${whole(lost)} of ${whole(head - start)} events cannot be read.`,
    ...seen.wrongPages.map((wrong) => `The file: ${wrong}.`),
  ];
  return damagedLog(message.join(" "), lost, first === undefined ? "log" : placeOf(first));
}

const placeOf = ({ first, count }: Loss): string =>
  count === 1 ? `offset ${first}` : `offsets ${first} to ${first + count - 1}`;

const wholeLog = (message: string): Finding => ({ code: "log-damage", status: "PASS", message });

const damagedLog = (message: string, count: number, where: string): Finding => ({
  code: "log-damage",
  status: "FAIL",
  message,
  count,
  example: { where, excerpt: "not what was written" },
  costs: "A start that has to read these places fails, and what they held is lost unless a backup has it.",
  mend: "Stop the process; `liveshelf repair --data DIR` shows what can be saved before it changes anything; or restore a backup.",
});

function retention({ id, start, head }: Log, saved: readonly SavedSnapshot[]): Finding {
  const code = "log-retention";
  if (start === 0) return { code, status: "PASS", message: "The log goes back to its beginning." };
  const hasBase = saved.some(({ header }) => header.log === id && header.offset >= start && header.offset <= head);
  if (hasBase)
    return {
      code,
      status: "PASS",
      message: `The log was trimmed and begins at offset ${whole(start)}; what came before is in its snapshots.`,
      count: start,
    };
  return {
    code,
    status: "FAIL",
    message: `The log was trimmed and begins at offset ${whole(start)}, and no snapshot holds what came before.`,
    count: start,
    costs: "The folder does not open.",
    mend: "Restore a backup (`liveshelf restore`).",
  };
}

const lostNotes = (count: number, { start, head }: Log): Finding =>
  judged({
    code: "lost-events",
    count,
    of: head - start,
    fine: "No event was lost to a damage before.",
    wrong: "events were lost to a damage; a repair put notes in their places.",
    costs: "What they taught is in older snapshots at most.",
    mend: "Nothing, or restore a backup from before the damage and import what came later; keep the snapshots.",
  });

function snapshotFindings(config: Config, folder: string, saved: readonly SavedSnapshot[], log: Log): Finding[] {
  const { id, head } = log;
  const mine = saved.filter(({ header }) => header.log === id && header.offset <= head);
  const newest = mine[0]?.header;
  const behind = head - (newest?.offset ?? 0);
  const isBehind = behind > Math.max(4 * config.snapshotEvery, 2 * 50_000);
  const isOther = newest !== undefined && !foldsAlike(newest.config, config);
  const damaged = damagedSnapshots(folder, saved);
  return [
    {
      code: "snapshots-damaged",
      status: damaged.length === 0 ? "PASS" : "WARN",
      message:
        damaged.length === 0
          ? `${saved.length} snapshots, all of them whole.`
          : `${damaged.length} snapshots are damaged.`,
      count: damaged.length,
      ...(damaged.length > 0 && {
        example: { where: damaged[0]!, excerpt: "not what was written" },
        costs: "They are passed over: a start takes an older one, or folds the whole log.",
        mend: "They go by themselves once newer ones are written. Look at the disk that damaged them.",
      }),
    },
    {
      code: "snapshot-age",
      status: isBehind ? "WARN" : "PASS",
      message:
        newest === undefined
          ? `There is no snapshot; a start folds all ${whole(behind)} events.`
          : `The newest snapshot is ${whole(behind)} events behind.`,
      count: behind,
      ...(isBehind && {
        costs: `A start folds ${whole(behind)} events first${behind > manyEvents ? ", which takes minutes" : ""}.`,
        mend: "Start the engine once and let it write one; look at its diagnostics for why it could not.",
      }),
    },
    {
      code: "snapshot-settings",
      status: isOther ? "WARN" : "PASS",
      message: isOther
        ? "The newest snapshot was folded under other settings."
        : "The newest snapshot fits the settings.",
      ...(isOther && {
        costs: "The log is folded anew under the settings given here.",
        mend: "Nothing, if that is meant; else give the settings that the server has (--config).",
      }),
    },
  ];
}

function damagedSnapshots(folder: string, saved: readonly SavedSnapshot[]): string[] {
  const listed = new Set(saved.map(({ file }) => file));
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".snapshot")) : [];
  const unread = names.filter((name) => ![...listed].some((file) => file.endsWith(name)));
  const wrong = [...listed].filter((file) => {
    let descriptor: number | undefined;
    try {
      descriptor = nodeFiles.open(file);
      atOnce(readSnapshot(nodeFiles, descriptor).check());
      return false;
    } catch (error) {
      // One that goes while it is looked at was superseded.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      if (error instanceof Damage || (error as NodeJS.ErrnoException).code === "EIO") return true;
      throw error;
    } finally {
      if (descriptor !== undefined) nodeFiles.close(descriptor);
    }
  });
  return [...unread, ...wrong.map((file) => file.slice(folder.length).replace(/^.*[/\\]/, ""))];
}

const erasures = (count: number, { start, head }: Log): Finding =>
  judged({
    code: "erasures-pending",
    count,
    of: head - start,
    fine: "No erased shopper's events are left in the log.",
    wrong: "notes of erased shoppers: their events are still in the log and its snapshots.",
    costs: "They are out of every answer, but their ids and events are in the files until the log is written anew.",
    mend: "Keep the server running until its status says that none is pending; look at its diagnostics if that stays so.",
  });

function room(data: string, log: Log, saved: readonly SavedSnapshot[]): Finding {
  const { bavail, bsize } = statfsSync(data);
  const free = bavail * bsize;
  const largest = Math.max(0, ...saved.map(({ bytes }) => bytes));
  const wanted = Math.max(spareBytesMin, largest + 0.2 * log.bytes);
  const status = free < spareBytesMin ? "FAIL" : free < wanted ? "WARN" : "PASS";
  const mib = (bytes: number): string => `${whole(Math.round(bytes / 2 ** 20))} MiB`;
  return {
    code: "disk-room",
    status,
    message: `The disk has ${mib(free)} free; log and snapshots take ${mib(log.bytes + saved.reduce((sum, { bytes }) => sum + bytes, 0))}.`,
    count: free,
    ...(status !== "PASS" && {
      costs: "On a full disk events are refused (LOG_UNWRITABLE), and no snapshot is written.",
      mend: `Make room: ${mib(wanted)} for the next snapshot and some growth; or bound the log by logBytesMax.`,
    }),
  };
}

/** What a repair or an erasure set aside: it still holds what was taken out. */
function leftOver(data: string): Finding {
  const names = readdirSync(join(data, "log")).filter((name) => /^data\.mdb\.damaged-\d+$/.test(name));
  return {
    code: "damaged-files-kept",
    status: names.length > 0 ? "WARN" : "PASS",
    message:
      names.length > 0
        ? `${names.length} damaged files are kept beside the log.`
        : "No damaged file is kept beside the log.",
    count: names.length,
    ...(names.length > 0 && {
      example: { where: "log", excerpt: names[0]! },
      costs: "They take room, and hold events of shoppers who were erased since.",
      mend: "Delete them when you do not need them any more.",
    }),
  };
}
