/** The embedded event log: one LMDB file in a folder, one record for each block, its key the first offset. */
import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { open, type RangeOptions, type RootDatabase } from "lmdb";
import { LiveshelfError } from "../core/errors.ts";
import type { EncodedBlock } from "./block.ts";
import type { BlockDisk } from "./block-disk.ts";
import { blockLog, damagedLog, readOnlyBlockLog } from "./block-log.ts";
import type { EventLog } from "./event-log.ts";
import { wrongWith } from "./lmdb-file.ts";
import { hasLivingWriter, lockForWriting } from "./writer-lock.ts";

export interface LmdbLogOptions {
  /** Made if need be. One writer at a time; any number of readers beside it. */
  readonly folder: string;
  /** Sees what is committed, in another thread or process than the writer or without one; refuses to append. */
  readonly readOnly?: boolean;
}

type Database = RootDatabase<Buffer, number | string>;

/** Key of the record about the log itself; text sorts after all numbers. */
const aboutKey = "log";
const format = 2;
/** Stands in the folder while a log is made: without it, an empty file is one that lost all it had. */
const making = "making";
/** Room that a log asks of its disk beside what is written: pages of the tree, and what others write meanwhile. */
const spareBytes = 2 ** 20;
const removedAtOnce = 1000;
/** Looks at a folder that has no log, and the pause between two. */
const opensMax = 2;
const switchedWithinMs = 20;

/** Readers of this thread, by folder. LMDB shares one file among them and a writer, and what it opened first to read stays so. */
const readers = new Map<string, number>();

export function lmdbLog({ folder, readOnly = false }: LmdbLogOptions): EventLog {
  const path = resolve(folder);
  if (readOnly) return readOnlyBlockLog(readingDisk(path));
  const disk = writingDisk(path);
  try {
    return blockLog(disk);
  } catch (error) {
    disk.abandon();
    throw error;
  }
}

export interface WritingDisk extends BlockDisk {
  /** Lets go of the folder at once; nothing may be under way. */
  abandon(): void;
  /** The folder has another name now: what is open stays so. */
  renamed(folder: string): void;
}

export interface WritingOptions {
  /** Of the log, if there is none in the folder yet. */
  readonly newId?: string | undefined;
  /** Its file was looked at, every page, since it was written last. */
  readonly isKnownWhole?: boolean;
}

/** Blocks in a folder. */
export function writingDisk(
  folder: string,
  { newId = randomBytes(8).toString("hex"), isKnownWhole = false }: WritingOptions = {},
): WritingDisk {
  const release = prepared(folder);
  const home = { folder };
  const closed = (): void => release(home.folder);
  let db: Database | undefined;
  const abandon = (): void => {
    void db?.close();
    closed();
  };
  const renamed = (to: string): void => {
    home.folder = to;
  };
  try {
    return translated(folder, () => {
      db = openDatabase(folder, false, isKnownWhole);
      const id = lastOf(db) || db.get(aboutKey) ? idOf(db, folder) : create(db, folder, newId);
      rmSync(join(folder, making), { force: true });
      return Object.assign(blockDisk(db, home, id, closed), { abandon, renamed });
    });
  } catch (error) {
    abandon();
    throw error;
  }
}

export function readingDisk(folder: string): BlockDisk {
  const db = translated(folder, () => openToRead(folder));
  let id: string;
  try {
    id = translated(folder, () => idOf(db, folder));
  } catch (error) {
    void db.close();
    throw error;
  }
  readers.set(folder, (readers.get(folder) ?? 0) + 1);
  const forget = (): void => void readers.set(folder, readers.get(folder)! - 1);
  // Otherwise what was seen first in this turn of the event loop would be seen for as long as the turn lasts.
  return blockDisk(db, { folder }, id, forget, () => db.resetReadTxn());
}

/** `refresh` comes before each look at the ends of the log. */
function blockDisk(
  db: Database,
  home: { readonly folder: string },
  id: string,
  closed: () => void,
  refresh: () => void = () => {},
): BlockDisk {
  let isClosed = false;
  let bytes = 0;
  const seen = <T>(read: () => T): T => translated(home.folder, read);
  const fresh = <T>(read: () => T): T =>
    seen(() => {
      refresh();
      return read();
    });
  return {
    get place() {
      return home.folder;
    },
    id,
    async write(blocks) {
      refuseIfFull(
        home.folder,
        blocks.reduce((sum, { bytes }) => sum + bytes.length, 0),
      );
      try {
        await write(db, blocks);
      } catch (error) {
        // After a failed write of its meta page, LMDB refuses even to read in this environment.
        isClosed = true;
        await db.close();
        db = openDatabase(home.folder, true);
        isClosed = false;
        throw error;
      }
    },
    at: (offset) => seen(() => blockAt(db, offset)),
    first: () => fresh(() => firstOf(db)),
    last: () => fresh(() => lastOf(db)),
    async remove(before) {
      refuseIfFull(home.folder, 0);
      await remove(db, id, before);
    },
    get bytes() {
      if (!isClosed) bytes = fresh(() => bytesOf(db));
      return bytes;
    },
    async close() {
      isClosed = true;
      await db.close();
      closed();
    },
  };
}

/** The folder made, checked and locked. */
function prepared(folder: string): (renamed?: string) => void {
  if (readers.get(folder)) throw inUseByReader(folder);
  try {
    const made = mkdirSync(folder, { recursive: true });
    for (let place = folder; made !== undefined && place !== dirname(made); ) syncFolder((place = dirname(place)));
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if (!existsSync(join(folder, "data.mdb"))) {
      refuseIfFull(folder, 0);
      writeFileSync(join(folder, making), "");
    }
    return lockForWriting(folder);
  } catch (error) {
    throw error instanceof LiveshelfError ? error : unreadable(folder, error);
  }
}

/**
 * LMDB must not meet a full disk. It maps a lock file that it does not write: the process would end at its first use. And what it says of a page
 * that it could not write it puts into a buffer too short for it (lmdb 3.5.6, `mdb_page_flush`): the heap is broken, and the process ends by
 * SIGABRT, now or later.
 */
function refuseIfFull(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const [left, needed] = [bavail * bsize, bytes + spareBytes];
  if (left < needed) throw new Error(`no space left: the disk has ${left} bytes, and ${needed} are needed`);
}

/** A log that is switched to another (see event-log.ts, `switchTo`) is another folder under the same name, and for a moment none. */
function openToRead(folder: string): Database {
  for (let tries = 1; ; tries++) {
    const before = inodeOf(folder);
    if (existsSync(join(folder, "data.mdb"))) {
      const db = openDatabase(folder, true);
      // Else its file may be of one log, and its lock file of the other.
      if (inodeOf(folder) === before) return db;
      void db.close();
    } else if (tries === opensMax) {
      throw new LiveshelfError("FOLDER_UNREADABLE", `${folder} holds no event log. Check the name of the folder.`);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, switchedWithinMs);
  }
}

const inodeOf = (folder: string): number | undefined => statSync(folder, { throwIfNoEntry: false })?.ino;

function openDatabase(folder: string, readOnly: boolean, isKnownWhole = false): Database {
  const file = join(folder, "data.mdb");
  const isNew = !readOnly && existsSync(join(folder, making));
  const look = { mend: !readOnly, isNew, changes: isKnownWhole || (readOnly && hasLivingWriter(folder)) };
  const wrong = existsSync(file) ? wrongWith(file, look) : undefined;
  if (wrong) throw damagedLog(folder, wrong);
  return open<Buffer, number | string>({
    path: folder,
    noSubdir: false,
    encoding: "binary",
    readOnly,
    // A commit resolves after its sync and rejects if that fails. With overlapping syncs the promise of a flush never rejects.
    overlappingSync: false,
    // The log makes its own groups; of a group that lmdb makes, a failed commit is a rejection that nobody can catch.
    eventTurnBatching: false,
  });
}

/** What `use` throws, under a code of ours. */
function translated<T>(folder: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof LiveshelfError) throw error;
    if (/MDB_/.test(String(error))) throw damagedLog(folder, String(error), error);
    if (/No transaction to renew/.test(String(error))) throw inUseByReader(folder);
    throw unreadable(folder, error);
  }
}

/** Records what the log is, durably, with its place in the folder. */
function create(db: Database, folder: string, id: string): string {
  db.putSync(aboutKey, about(id, 0));
  syncFolder(folder);
  return id;
}

/** `start`: no event below it is kept, or will be once a removal is over; for a repair that cannot find the first. */
const about = (id: string, start: number): Buffer => Buffer.from(JSON.stringify({ format, id, start }));

export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function idOf(db: Database, folder: string): string {
  const about = JSON.parse(db.get(aboutKey)?.toString("utf8") ?? "{}") as { format?: number; id?: string };
  if (about.format !== undefined && about.format !== format) {
    const mend = "Export it with the release that wrote it, and import that into a new folder.";
    throw new LiveshelfError(
      "FOLDER_UNREADABLE",
      `The format of the event log in ${folder} is ${about.format}; this release reads ${format}. ${mend}`,
    );
  }
  if (about.id === undefined) throw damagedLog(folder, "the record about it is gone");
  return about.id;
}

/** One transaction, all or nothing, and only if nobody else has written here. */
async function write(db: Database, blocks: readonly EncodedBlock[]): Promise<void> {
  const { first } = blocks[0]!;
  try {
    const isOurs = await db.ifNoExists(first, () => {
      for (const block of blocks) db.put(block.first, block.bytes as Buffer);
    });
    if (!isOurs) throw new Error(`another process wrote offset ${first}`);
  } catch (error) {
    throw await causeOf(error);
  }
}

/** In transactions of some, so that the writes between them need not wait for all. */
async function remove(db: Database, id: string, before: number): Promise<void> {
  try {
    for (;;) {
      const old = [...db.getKeys({ start: 0, end: before, limit: removedAtOnce, snapshot: false })];
      if (old.length === 0) return;
      await db.batch(() => {
        db.put(aboutKey, about(id, before));
        for (const first of old) db.remove(first);
      });
    }
  } catch (error) {
    throw await causeOf(error);
  }
}

/** lmdb keeps the cause of a failed commit in a promise that rejects with it. */
async function causeOf(error: unknown): Promise<unknown> {
  const commitError = (error as { commitError?: Promise<unknown> }).commitError;
  return commitError ? commitError.catch((cause: unknown) => cause) : error;
}

function blockAt(db: Database, offset: number): EncodedBlock | undefined {
  const exact = db.get(offset);
  return exact ? { first: offset, bytes: exact } : firstIn(db, { start: offset, reverse: true });
}

const firstOf = (db: Database): EncodedBlock | undefined => firstIn(db, { start: 0, end: Number.MAX_SAFE_INTEGER });
const lastOf = (db: Database): EncodedBlock | undefined =>
  firstIn(db, { start: Number.MAX_SAFE_INTEGER, reverse: true });

function firstIn(db: Database, range: RangeOptions): EncodedBlock | undefined {
  for (const { key, value } of db.getRange({ ...range, limit: 1 })) return { first: key as number, bytes: value };
  return undefined;
}

/** Pages in use, without those that are free and will be used again. */
function bytesOf(db: Database): number {
  const stats = db.getStats() as Record<
    "pageSize" | "treeBranchPageCount" | "treeLeafPageCount" | "overflowPages",
    number
  >;
  return stats.pageSize * (stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages);
}

function inUseByReader(folder: string): LiveshelfError {
  return new LiveshelfError(
    "FOLDER_IN_USE",
    `${folder} is open for reading in this process (${process.pid}). Close that first.`,
  );
}

function unreadable(folder: string, error: unknown): LiveshelfError {
  const why = error instanceof Error ? error.message : String(error);
  const message = `Cannot use ${folder}: ${why}. It must be a folder that this user may read and write.`;
  return new LiveshelfError("FOLDER_UNREADABLE", message, undefined, error);
}
