/** Snapshots as files of a folder: the newest ones numbered as they were saved, and the base. */
import { join, resolve } from "node:path";
import { LiveshelfError } from "../core/errors.ts";
import { atOnce, type Pieces } from "../core/pieces.ts";
import type { State } from "../core/state.ts";
import { copyFile } from "./copy-file.ts";
import { type Files, nodeFiles } from "./files.ts";
import { Damage, isOf, readSnapshot, type SnapshotReader } from "./snapshot-reader.ts";
import type { Draft, LoadedSnapshot, SavedSnapshot, SnapshotHeader, SnapshotStore } from "./snapshot-store.ts";
import { headerOf, writeSnapshot } from "./snapshot-writer.ts";

const kept = 2;
const suffix = ".snapshot";
const base = "base.snapshot";
/** Until it is whole, a snapshot has this name; one that stays behind was cut off and is overwritten by the next. */
const unfinished = "unfinished.tmp";
const unfinishedBase = "unfinished-base.tmp";

/** Nothing is made in the folder before the first snapshot is written. */
export function folderSnapshots(folder: string, files: Files = nodeFiles): SnapshotStore {
  const path = resolve(folder);
  /** Files found damaged: they go before any that is whole. */
  const damaged = new Set<string>();
  /** Names what cannot be done. */
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw unusable(path, error);
    }
  };
  const store: SnapshotStore = {
    write: (header, states, { isBase } = { isBase: false }) =>
      attempt(() => {
        const temporary = join(path, isBase ? unfinishedBase : unfinished);
        write(files, path, temporary, header, states);
        return draft(temporary, isBase);
      }),
    save(header, states) {
      store.write(header, states).keep();
    },
    load: (states, accept, onDamage) => atOnce(store.loading(states, accept, onDamage)),

    *loading(states, accept, onDamage = () => {}) {
      try {
        for (const file of snapshots(files, path)) {
          const noteDamage = (): void => {
            damaged.add(file);
            onDamage(file);
          };
          const loaded = yield* opening(files, file, noteDamage, (snapshot) => load(snapshot, states, accept));
          if (loaded) return loaded;
        }
        return undefined;
      } catch (error) {
        throw unusable(path, error);
      }
    },

    keepBase: (header) =>
      attempt(() => {
        const wanted = JSON.stringify(header);
        for (const file of snapshots(files, path)) {
          const isWhole = opened(
            files,
            file,
            () => {},
            (snapshot) => {
              if (JSON.stringify(headerOf(snapshot.contents)) !== wanted) return false;
              atOnce(snapshot.check());
              return true;
            },
          );
          if (isWhole) return becomeBase(files, path, file);
        }
        throw new LiveshelfError(
          "SNAPSHOT_DAMAGED",
          `There is no such whole snapshot at offset ${header.offset} in ${path}.`,
        );
      }),
    list: () =>
      attempt(() => {
        const saved: SavedSnapshot[] = [];
        for (const file of snapshots(files, path)) {
          const found = opened(
            files,
            file,
            () => {},
            ({ contents, bytes }) => ({ header: headerOf(contents), bytes }),
          );
          if (found) saved.push({ file, ...found, isBase: file === join(path, base) });
        }
        return saved;
      }),
  };
  return store;

  function draft(temporary: string, isBase: boolean): Draft {
    return {
      keep: () =>
        attempt(() => {
          const [newest = 0] = numbers(files, path);
          files.rename(temporary, isBase ? join(path, base) : fileOf(path, newest + 1));
          files.syncFolder(path);
          const saved = numbers(files, path).map((number) => fileOf(path, number));
          const whole = saved.filter((file) => !damaged.has(file));
          for (const file of saved) if (!whole.slice(0, kept).includes(file)) files.remove(file);
        }),
      drop: () => attempt(() => files.remove(temporary)),
    };
  }
}

function write(
  files: Files,
  folder: string,
  temporary: string,
  header: SnapshotHeader,
  states: readonly State[],
): void {
  files.makeFolder(folder);
  const descriptor = files.create(temporary);
  let isWhole = false;
  try {
    writeSnapshot(files, descriptor, header, states);
    files.sync(descriptor);
    isWhole = true;
  } finally {
    files.close(descriptor);
    if (!isWhole) files.remove(temporary);
  }
}

function* load(
  snapshot: SnapshotReader,
  states: readonly State[],
  accept: (header: SnapshotHeader, stale: readonly State[]) => boolean,
): Pieces<LoadedSnapshot | undefined> {
  const { contents } = snapshot;
  if (contents.format !== 1) return undefined;
  const header = headerOf(contents);
  const stale = states.filter((state) => !contents.states.some((saved) => isOf(saved, state)));
  if (!accept(header, stale)) return undefined;
  yield* snapshot.check();
  try {
    yield* snapshot.restore(states);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `A snapshot at offset ${header.offset} does not fit the states (${why}).`;
    throw new LiveshelfError("SNAPSHOT_DAMAGED", message, undefined, error);
  }
  return { header, stale };
}

/** By a second name, so that it is there at every moment, as what it was or as what it becomes. */
function becomeBase(files: Files, folder: string, file: string): void {
  const temporary = join(folder, unfinishedBase);
  files.remove(temporary);
  try {
    files.link(file, temporary);
  } catch (error) {
    if (!["EPERM", "ENOTSUP", "ENOSYS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    atOnce(copyFile(files, file, temporary));
  }
  files.rename(temporary, join(folder, base));
  // Renaming one name of a file to another of the same file does nothing.
  files.remove(temporary);
  files.syncFolder(folder);
}

/** `undefined` for a file that is damaged or, as another process cleans up, no longer there. */
const opened = <T>(
  files: Files,
  file: string,
  onDamage: (file: string) => void,
  use: (snapshot: SnapshotReader) => T,
): T | undefined =>
  atOnce(
    // biome-ignore lint/correctness/useYield: what is done at once has one piece
    opening(files, file, onDamage, function* (snapshot) {
      return use(snapshot);
    }),
  );

/** As {@link opened}, in pieces; the file is closed where it is given up, too. */
function* opening<T>(
  files: Files,
  file: string,
  onDamage: (file: string) => void,
  use: (snapshot: SnapshotReader) => Pieces<T>,
): Pieces<T | undefined> {
  let descriptor: number | undefined;
  try {
    descriptor = files.open(file);
    return yield* use(readSnapshot(files, descriptor));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (!(error instanceof Damage) && code !== "EIO") throw error;
    onDamage(file);
    return undefined;
  } finally {
    if (descriptor !== undefined) files.close(descriptor);
  }
}

/** The files that are snapshots: the newest first, the base last. */
function snapshots(files: Files, folder: string): string[] {
  const found = numbers(files, folder).map((number) => fileOf(folder, number));
  return names(files, folder).includes(base) ? [...found, join(folder, base)] : found;
}

/** The numbers of the folder's snapshots, newest first. */
function numbers(files: Files, folder: string): number[] {
  const found = names(files, folder)
    .filter((name) => /^\d{12}\.snapshot$/.test(name))
    .map((name) => Number(name.slice(0, -suffix.length)));
  return found.sort((a, b) => b - a);
}

function names(files: Files, folder: string): string[] {
  try {
    return files.names(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

const fileOf = (folder: string, number: number): string => join(folder, `${String(number).padStart(12, "0")}${suffix}`);

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
