/** The snapshots of a log that was written anew take the place of those of the log before it, file by file: a folder may be a mount point. */
import { dirname, join, resolve } from "node:path";
import type { Pieces } from "../core/pieces.ts";
import { copyFile } from "./copy-file.ts";
import { type Files, nodeFiles } from "./files.ts";
import { folderSnapshots } from "./folder.ts";

/** A mount point may hold others, such as `lost+found`. */
const isOurs = (name: string): boolean => /\.(snapshot|tmp)$/.test(name);

/**
 * Moves the snapshots in `from` to `to` and removes what is not of their log there. Cut off, it is done by doing it again; what was written
 * of that log to `to` meanwhile is newer, and stays. Throws what the file system throws, and FOLDER_UNREADABLE.
 */
export function* exchangeSnapshots(from: string, to: string, files: Files = nodeFiles): Pieces<void> {
  const moved = folderSnapshots(from, files).list();
  const log = moved[0]?.header.log;
  if (log === undefined) return;
  files.makeFolder(to);
  const newer = folderSnapshots(to, files)
    .list()
    .filter(({ header }) => header.log === log);
  const stays = new Set(newer.map(({ file }) => file));
  for (const name of files.names(to).filter(isOurs)) {
    const file = resolve(to, name);
    if (!stays.has(file)) files.remove(file);
  }
  yield;
  for (const name of files.names(from).filter(isOurs)) {
    const [source, target] = [join(from, name), resolve(to, name)];
    if (!stays.has(target)) yield* move(files, source, target);
    else files.remove(source);
    yield;
  }
  files.syncFolder(to);
}

function* move(files: Files, from: string, to: string): Pieces<void> {
  try {
    files.rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    const whole = `${to}.tmp`;
    yield* copyFile(files, from, whole);
    files.rename(whole, to);
    // Before it goes where it was.
    files.syncFolder(dirname(to));
    files.remove(from);
  }
}
