/** Snapshots as files of a folder, numbered as they were saved. */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { LiveshelfError } from "../core/errors.ts";
import type { State } from "../core/state.ts";
import { Damage, isOf, readSnapshot, type SnapshotReader } from "./snapshot-reader.ts";
import type { SavedSnapshot, SnapshotHeader, SnapshotStore } from "./snapshot-store.ts";
import { writeSnapshot } from "./snapshot-writer.ts";

const kept = 2;
const suffix = ".snapshot";
/** Until it is whole, a snapshot has this name; one that stays behind was cut off and goes at the next save. */
const unfinished = "unfinished.tmp";

export function folderSnapshots(folder: string): SnapshotStore {
  const path = resolve(folder);
  return {
    save(header, states) {
      try {
        save(path, header, states);
      } catch (error) {
        throw unusable(path, error);
      }
    },
    load(states, accept) {
      for (const number of numbers(path)) {
        const header = opened(fileOf(path, number), (snapshot) => load(snapshot, states, accept));
        if (header) return header;
      }
      return undefined;
    },
    list() {
      const saved: SavedSnapshot[] = [];
      for (const number of numbers(path)) {
        const file = fileOf(path, number);
        const header = opened(file, ({ contents }) => headerOf(contents));
        if (header) saved.push({ file, header, bytes: statSync(file).size });
      }
      return saved;
    },
  };
}

function save(folder: string, header: SnapshotHeader, states: readonly State[]): void {
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, unfinished);
  const descriptor = openSync(temporary, "w");
  try {
    writeSnapshot(descriptor, header, states);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, fileOf(folder, (numbers(folder)[0] ?? 0) + 1));
  syncFolder(folder);
  for (const old of numbers(folder).slice(kept)) rmSync(fileOf(folder, old), { force: true });
}

function load(
  snapshot: SnapshotReader,
  states: readonly State[],
  accept: (header: SnapshotHeader) => boolean,
): SnapshotHeader | undefined {
  const header = headerOf(snapshot.contents);
  if (header.format !== 1 || !accept(header) || !isOf(snapshot.contents, states)) return undefined;
  snapshot.check();
  try {
    snapshot.restore(states);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `A snapshot at offset ${header.offset} does not fit the states (${why}). Delete it and start again.`;
    throw new LiveshelfError("SNAPSHOT_DAMAGED", message, undefined, error);
  }
  return header;
}

/** `undefined` for a file that is damaged. */
function opened<T>(file: string, use: (snapshot: SnapshotReader) => T): T | undefined {
  const descriptor = openSync(file, "r");
  try {
    return use(readSnapshot(descriptor));
  } catch (error) {
    if (error instanceof Damage) return undefined;
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** The numbers of the folder's snapshots, newest first. */
function numbers(folder: string): number[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unusable(folder, error);
  }
  const found = names
    .filter((name) => /^\d{12}\.snapshot$/.test(name))
    .map((name) => Number(name.slice(0, -suffix.length)));
  return found.sort((a, b) => b - a);
}

const fileOf = (folder: string, number: number): string => join(folder, `${String(number).padStart(12, "0")}${suffix}`);

function headerOf({ format, release, config, log, offset }: SnapshotHeader): SnapshotHeader {
  return { format, release, config, log, offset };
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function unusable(folder: string, error: unknown): LiveshelfError {
  if (error instanceof LiveshelfError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const mend = "It must be a folder that this user may read and write, on a disk with room.";
  return new LiveshelfError(
    "FOLDER_UNREADABLE",
    `Cannot keep snapshots in ${folder}: ${why}. ${mend}`,
    undefined,
    error,
  );
}
