/**
 * Backups: a data folder as it is at one moment, taken while a process writes to it, with a manifest of what it holds.
 *
 *     manifest.json      format, log, start, head, release, files with bytes and SHA-256
 *     log/data.mdb       the log up to a durable offset
 *     snapshots/…        those between its ends
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LiveshelfError } from "./core/errors.ts";
import { version } from "./core/version.ts";
import { type CopiedLog, checkLog, copyLog } from "./event-logs/log-copy.ts";
import { hasLivingWriter } from "./event-logs/writer-lock.ts";
import { nodeFiles } from "./snapshots/files.ts";
import { folderSnapshots } from "./snapshots/folder.ts";

interface SavedFile {
  /** Inside the backup, with "/". */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly format: 1;
  readonly release: string;
  /** Id of the log, and the offsets of its first event and after its last one. */
  readonly log: string;
  readonly start: number;
  readonly head: number;
  readonly files: readonly SavedFile[];
}

const manifestName = "manifest.json";
const logFile = "log/data.mdb";
const isPath = /^(?:log\/data\.mdb|snapshots\/[\w-]+\.snapshot)$/;
const unfinished = "restore.tmp";
const pieceBytes = 1 << 20;
const attemptsMax = 20;

/**
 * Copies the folder `data` to `folder`, durably, and reads the copy again. Everything that was durable at the call is in it.
 * Rejects with FOLDER_NOT_EMPTY, FOLDER_UNREADABLE, LOG_DAMAGED, or BACKUP_DAMAGED if the copy does not read as written.
 */
export async function backUp(data: string, folder: string): Promise<Manifest> {
  mustBeEmpty(folder);
  try {
    const log = await copied(data, folder);
    const paths = [logFile, ...namesIn(join(folder, "snapshots")).map((name) => `snapshots/${name}`)];
    await checkLog(join(folder, "log"), log);
    const files: SavedFile[] = [];
    for (const path of paths) files.push({ path, ...(await hashed(join(folder, path))) });
    const manifest: Manifest = { format: 1, release: version, log: log.id, start: log.start, head: log.head, files };
    await write(join(folder, manifestName), Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`));
    nodeFiles.syncFolder(folder);
    nodeFiles.syncFolder(dirname(folder));
    return manifest;
  } catch (error) {
    // Without its manifest it is no backup; nothing of it is left to be taken for one.
    for (const name of namesIn(folder)) rmSync(join(folder, name), { recursive: true, force: true });
    throw inCode(folder, error);
  }
}

/** Tries again when the log was trimmed meanwhile: the copy must reach back to a snapshot of what was trimmed. */
async function copied(data: string, folder: string): Promise<CopiedLog> {
  for (let attempt = 1; ; attempt++) {
    for (const part of ["log", "snapshots"]) rmSync(join(folder, part), { recursive: true, force: true });
    // Before the log, so that it reaches as far as they do.
    const offsets = await copySnapshots(join(data, "snapshots"), join(folder, "snapshots"));
    try {
      const log = await copyLog(join(data, "log"), join(folder, "log"));
      let fitting = 0;
      for (const [name, { log: of, offset }] of offsets) {
        if (of === log.id && offset >= log.start && offset <= log.head) fitting++;
        else rmSync(join(folder, "snapshots", name));
      }
      if (log.start === 0 || fitting > 0) return log;
      throw new LiveshelfError(
        "LOG_TRIMMED",
        `The log begins at offset ${log.start}, and no snapshot holds what was before.`,
      );
    } catch (error) {
      const isTrimmed = error instanceof LiveshelfError && error.code === "LOG_TRIMMED";
      if (!isTrimmed || attempt === attemptsMax) throw error;
    }
  }
}

/** By name, what each is of. */
async function copySnapshots(from: string, to: string): Promise<Map<string, { log: string; offset: number }>> {
  const copies = new Map<string, { log: string; offset: number }>();
  nodeFiles.makeFolder(to);
  // Opened at once: newer ones may take their places while they are copied.
  const opened = folderSnapshots(from)
    .list()
    .flatMap(({ file, header }) => {
      const source = openIfThere(file);
      return source === undefined ? [] : [{ source, header, name: basename(file) }];
    });
  try {
    for (const { source, header, name } of opened) {
      await copyTo(join(to, name), source);
      copies.set(name, header);
    }
  } finally {
    for (const { source } of opened) closeSync(source);
  }
  nodeFiles.syncFolder(to);
  return copies;
}

/** Reads a backup, checks all of it, and writes it, durably, as the data folder `data`, which must hold no log. */
export async function restoreBackup(folder: string, data: string): Promise<Manifest> {
  const manifest = readManifest(folder);
  if (hasLivingWriter(join(data, "log"))) {
    throw new LiveshelfError("FOLDER_IN_USE", `${data} is open for writing. Choose another folder.`);
  }
  const aside = join(data, unfinished);
  rmSync(aside, { recursive: true, force: true });
  mustBeEmpty(data);
  try {
    for (const part of ["log", "snapshots"]) nodeFiles.makeFolder(join(aside, part));
    for (const { path, bytes, sha256 } of manifest.files) {
      if (!existsSync(join(folder, path))) throw damagedBackup(folder, `${path} is missing`);
      const seen = await withFile(join(folder, path), (source) => copyTo(join(aside, path), source));
      if (seen.bytes !== bytes || seen.sha256 !== sha256)
        throw damagedBackup(folder, `${path} is not what was written`);
    }
    const { log: id, start, head } = manifest;
    await checkLog(join(aside, "log"), { id, start, head });
    for (const part of ["log", "snapshots"]) nodeFiles.syncFolder(join(aside, part));
    // The log last: a folder without one is nothing yet.
    for (const part of ["snapshots", "log"]) renameSync(join(aside, part), join(data, part));
    rmSync(aside, { recursive: true });
    nodeFiles.syncFolder(data);
    nodeFiles.syncFolder(dirname(data));
    return manifest;
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw inCode(data, error);
  }
}

function readManifest(folder: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, manifestName), "utf8")) as Manifest;
  } catch (error) {
    throw damagedBackup(folder, `its manifest cannot be read (${(error as Error).message})`);
  }
  const { format, files } = manifest ?? {};
  if (format !== 1) throw damagedBackup(folder, `its format is ${format}, and this release reads 1`);
  if (
    !Array.isArray(files) ||
    !files.some(({ path }) => path === logFile) ||
    !files.every(({ path }) => isPath.test(path))
  )
    throw damagedBackup(folder, "its manifest does not list its files");
  return manifest;
}

function mustBeEmpty(folder: string): void {
  try {
    nodeFiles.makeFolder(folder);
    if (readdirSync(folder).length === 0) return;
  } catch (error) {
    throw inCode(folder, error);
  }
  throw new LiveshelfError(
    "FOLDER_NOT_EMPTY",
    `${folder} is not empty, and nothing is overwritten. Name an empty folder, or one that does not exist.`,
  );
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);

type Seen = Pick<SavedFile, "bytes" | "sha256">;

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function withFile<T>(file: string, use: (descriptor: number) => Promise<T>): Promise<T> {
  const descriptor = openSync(file, "r");
  try {
    return await use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const hashed = (file: string): Promise<Seen> => withFile(file, (source) => piecewise(source, async () => {}));

/** Durable but for its name. */
async function copyTo(file: string, source: number): Promise<Seen> {
  const target = await open(file, "wx");
  try {
    const seen = await piecewise(source, (piece) => target.writeFile(piece));
    await target.sync();
    return seen;
  } finally {
    await target.close();
  }
}

async function piecewise(source: number, use: (piece: Buffer) => Promise<void>): Promise<Seen> {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (let bytes = 0; ; ) {
    const read = readSync(source, piece, 0, pieceBytes, bytes);
    if (read === 0) return { bytes, sha256: hash.digest("hex") };
    bytes += read;
    hash.update(piece.subarray(0, read));
    await use(piece.subarray(0, read));
  }
}

async function write(file: string, bytes: Buffer): Promise<void> {
  const target = await open(`${file}.tmp`, "w");
  try {
    await target.writeFile(bytes);
    await target.sync();
  } finally {
    await target.close();
  }
  renameSync(`${file}.tmp`, file);
}

function damagedBackup(folder: string, why: string): LiveshelfError {
  return new LiveshelfError("BACKUP_DAMAGED", `The backup in ${folder} cannot be used: ${why}. Use another one.`);
}

function inCode(folder: string, error: unknown): LiveshelfError {
  if (error instanceof LiveshelfError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new LiveshelfError("FOLDER_UNREADABLE", `Cannot write to ${folder}: ${why}.`, undefined, error);
}
