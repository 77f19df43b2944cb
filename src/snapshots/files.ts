/** The file operations that keeping snapshots takes, so that tests can bring a disk that loses, tears, flips and fills up. */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** All synchronous; what goes wrong is thrown as Node throws it, with a `code` such as ENOSPC. Descriptors are numbers. */
export interface Files {
  /** With all folders above it; durable. Nothing happens if it is there. */
  makeFolder(folder: string): void;
  /** Names in a folder; throws ENOENT if there is none. */
  names(folder: string): string[];
  /** Opens an empty file to write; what it held is gone. */
  create(path: string): number;
  open(path: string): number;
  /** Writes at the end of what was written; returns how many bytes. */
  write(descriptor: number, bytes: Uint8Array): number;
  /** Reads from `position`, in bytes, what there is, at most the target's length; returns how many bytes, 0 at the end. */
  read(descriptor: number, target: Uint8Array, position: number): number;
  /** Bytes of an open file. */
  size(descriptor: number): number;
  /** What was written to the file survives a crash; not yet its name. */
  sync(descriptor: number): void;
  close(descriptor: number): void;
  /** Replaces what has the new name. */
  rename(from: string, to: string): void;
  /** The file gets a second name, which must be free; throws EPERM or ENOTSUP where files have one name only. */
  link(from: string, to: string): void;
  /** Nothing happens if it is not there. */
  remove(path: string): void;
  /** Names made, changed and removed in the folder survive a crash. */
  syncFolder(folder: string): void;
}

export const nodeFiles: Files = {
  makeFolder(folder) {
    const made = mkdirSync(folder, { recursive: true });
    // Each folder that was made stands in the one above it.
    for (let place = folder; made !== undefined && place !== dirname(made); ) this.syncFolder((place = dirname(place)));
  },
  names: (folder) => readdirSync(folder),
  create: (path) => openSync(path, "w"),
  open: (path) => openSync(path, "r"),
  write: (descriptor, bytes) => writeSync(descriptor, bytes),
  read: (descriptor, target, position) => readSync(descriptor, target, 0, target.length, position),
  size: (descriptor) => fstatSync(descriptor).size,
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  link: linkSync,
  remove: (path) => rmSync(path, { force: true }),
  syncFolder: synced,
};

function synced(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
