/** The embedded event log: one LMDB file in a folder, one record for each block, its key the first offset. */
import { randomBytes } from "node:crypto";
import { accessSync, closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { open, type RootDatabase } from "lmdb";
import { LiveshelfError } from "../core/errors.ts";
import { countOf, decodeBlock, encodeBlocks, type Lines } from "./block.ts";
import type { EventLog, LoggedAt } from "./event-log.ts";
import { groupedLog, type Run } from "./grouped-log.ts";
import { wrongWith } from "./lmdb-file.ts";
import { lockForWriting } from "./writer-lock.ts";

export interface LmdbLogOptions {
  /** Made if need be. One writer at a time; any number of readers beside it. */
  readonly folder: string;
  /** Sees what is committed, in another thread or process than the writer or without one; refuses to append. */
  readonly readOnly?: boolean;
}

type Database = RootDatabase<Buffer, number | string>;

/** Key of the record about the log itself; text sorts after all numbers. */
const aboutKey = "log";
const format = 1;

/** Readers of this thread, by folder. LMDB shares one file among them and a writer, and what it opened first to read stays so. */
const readers = new Map<string, number>();

export function lmdbLog({ folder, readOnly = false }: LmdbLogOptions): EventLog {
  const path = resolve(folder);
  return readOnly ? readOnlyLog(path) : writableLog(path);
}

function writableLog(folder: string): EventLog {
  const release = prepared(folder);
  let db: Database | undefined;
  try {
    const { id, head } = translated(folder, () => {
      db = openDatabase(folder, false);
      const head = headOf(db, folder);
      return { id: head > 0 || db.get(aboutKey) ? idOf(db, folder) : create(db, folder), head };
    });
    return groupedLog<Run & Lines>({
      id,
      place: folder,
      head,
      prepare: (append) => ({ ...append, lines: append.events.map((event) => JSON.stringify(event)) }),
      write: (group) => write(db!, group),
      runAt: (offset) => blockAt(db!, offset, folder),
      async close() {
        await db!.close();
        release();
      },
    });
  } catch (error) {
    void db?.close();
    release();
    throw error;
  }
}

function readOnlyLog(folder: string): EventLog {
  if (!existsSync(join(folder, "data.mdb"))) {
    throw new LiveshelfError("FOLDER_UNREADABLE", `${folder} holds no event log. Check the name of the folder.`);
  }
  const db = translated(folder, () => openDatabase(folder, true));
  const id = translated(folder, () => idOf(db, folder));
  readers.set(folder, (readers.get(folder) ?? 0) + 1);
  let closed = false;
  const refuseIfClosed = (): void => {
    if (closed) throw new LiveshelfError("CLOSED", `The event log in ${folder} is closed.`);
  };
  const head = (): number => {
    refuseIfClosed();
    // Otherwise the snapshot of this turn of the event loop would be seen for as long as the turn lasts.
    db.resetReadTxn();
    return translated(folder, () => headOf(db, folder));
  };
  function* readRange(from: number, to: number): Generator<LoggedAt> {
    for (let offset = from; offset < to; ) {
      refuseIfClosed();
      const { first, events } = blockAt(db, offset, folder);
      const end = Math.min(to, first + events.length);
      for (; offset < end; offset++) yield { offset, event: events[offset - first]! };
    }
  }
  return {
    id,
    get head() {
      return head();
    },
    get durableHead() {
      return head();
    },
    subscribe() {},
    append() {
      throw new LiveshelfError("LOG_UNWRITABLE", `${folder} was opened read-only.`);
    },
    durable: async () => {},
    read: (from, to = Number.POSITIVE_INFINITY) => readRange(Math.max(0, from), Math.min(to, head())),
    onFailure() {},
    async close() {
      if (closed) return;
      closed = true;
      await db.close();
      readers.set(folder, readers.get(folder)! - 1);
    },
  };
}

/** The folder made, checked and locked. */
function prepared(folder: string): () => void {
  if (readers.get(folder)) throw inUseByReader(folder);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return lockForWriting(folder);
  } catch (error) {
    throw error instanceof LiveshelfError ? error : unreadable(folder, error);
  }
}

function openDatabase(folder: string, readOnly: boolean): Database {
  const file = join(folder, "data.mdb");
  const wrong = existsSync(file) ? wrongWith(file, !readOnly) : undefined;
  if (wrong) throw damaged(folder, wrong);
  return open<Buffer, number | string>({
    path: folder,
    noSubdir: false,
    encoding: "binary",
    readOnly,
    // A commit resolves after its sync and rejects if that fails. With overlapping syncs the promise of a flush never rejects.
    overlappingSync: false,
  });
}

/** What `use` throws, under a code of ours. */
function translated<T>(folder: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof LiveshelfError) throw error;
    if (/MDB_/.test(String(error))) throw damaged(folder, String(error), error);
    if (/No transaction to renew/.test(String(error))) throw inUseByReader(folder);
    throw unreadable(folder, error);
  }
}

/** Records what the log is, durably, with its place in the folder. */
function create(db: Database, folder: string): string {
  const id = randomBytes(8).toString("hex");
  db.putSync(aboutKey, Buffer.from(JSON.stringify({ format, id })));
  for (const place of [folder, dirname(folder)]) {
    const descriptor = openSync(place, "r");
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
  return id;
}

function idOf(db: Database, folder: string): string {
  const about = JSON.parse(db.get(aboutKey)?.toString("utf8") ?? "{}") as { format?: number; id?: string };
  if (about.format !== format || about.id === undefined)
    throw damaged(folder, `its format is ${about.format}, not ${format}`);
  return about.id;
}

/** One transaction, all or nothing, and only if nobody else has written here. */
async function write(db: Database, group: readonly Lines[]): Promise<void> {
  const blocks = encodeBlocks(group);
  const { first } = blocks[0]!;
  try {
    const isOurs = await db.ifNoExists(first, () => {
      for (const block of blocks) db.put(block.first, block.bytes);
    });
    if (!isOurs) throw new Error(`another process wrote offset ${first}`);
  } catch (error) {
    throw await causeOf(error);
  }
}

/** lmdb keeps the cause of a failed commit in a promise that rejects with it. */
async function causeOf(error: unknown): Promise<unknown> {
  const commitError = (error as { commitError?: Promise<unknown> }).commitError;
  return commitError ? commitError.catch((cause: unknown) => cause) : error;
}

function headOf(db: Database, folder: string): number {
  for (const { key, value } of db.getRange({ start: Number.MAX_SAFE_INTEGER, reverse: true, limit: 1 })) {
    const first = key as number;
    return first + (countOf(value) ?? refuse(folder, first));
  }
  return 0;
}

function blockAt(db: Database, offset: number, folder: string): Run {
  return translated(folder, () => findBlock(db, offset, folder));
}

function findBlock(db: Database, offset: number, folder: string): Run {
  const exact = db.get(offset);
  if (exact) return { first: offset, events: decodeBlock(exact) ?? refuse(folder, offset) };
  for (const { key, value } of db.getRange({ start: offset, reverse: true, limit: 1 })) {
    const first = key as number;
    const events = decodeBlock(value) ?? refuse(folder, first);
    if (offset < first + events.length) return { first, events };
  }
  return refuse(folder, offset);
}

function refuse(folder: string, offset: number): never {
  throw damaged(folder, `the events from offset ${offset} on are not what was written`);
}

function damaged(folder: string, why: string, cause?: unknown): LiveshelfError {
  const message = `The event log in ${folder} is damaged: ${why}. Restore the folder from a backup.`;
  return new LiveshelfError("LOG_DAMAGED", message, undefined, cause);
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
