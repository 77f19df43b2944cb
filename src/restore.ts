/** Which snapshot an engine goes on from, as far as its states fit, and how one is labelled. */
import { type Config, completeConfig, foldedConfig } from "./config.ts";
import { LiveshelfError } from "./core/errors.ts";
import type { State } from "./core/state.ts";
import { version } from "./core/version.ts";
import { damagedLog } from "./event-logs/block-log.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import type { Rooms } from "./rooms.ts";
import type { LoadedSnapshot, RebuiltState, SnapshotHeader, SnapshotStore } from "./snapshots/snapshot-store.ts";

/** Rooms as a snapshot leaves them: those of its states that fit are restored, the others are empty. */
export interface Restored extends LoadedSnapshot {
  readonly rooms: Rooms;
}

export interface RestoreOptions {
  readonly config: Config;
  /** Makes empty rooms. */
  readonly build: () => Rooms;
  /** Takes back what is still empty. */
  readonly putBack: (rooms: Rooms) => void;
  /** Only snapshots up to this offset; what is not durable is in none. */
  readonly to: number;
  readonly tell: (message: string) => void;
}

type Accept = (header: SnapshotHeader, stale: readonly State[]) => boolean;

/** `rebuilt`: as {@link SnapshotHeader} has it, carried on from the snapshot that the fold went on from. */
export function snapshotHeader(
  config: Config,
  log: EventLog,
  offset: number,
  rebuilt: readonly RebuiltState[] = [],
): SnapshotHeader {
  return { format: 1, release: version, config: foldedConfig(config), log: log.id, offset, rebuilt };
}

/**
 * The newest snapshot of this log, folded under this configuration, that holds all states; of a log that is whole,
 * else the newest that holds some of them. Throws FOLDER_UNREADABLE, and LOG_DAMAGED.
 */
export function restoreNewest(store: SnapshotStore, log: EventLog, options: RestoreOptions): Restored | undefined {
  const isOf = sameLog(log, options.to);
  const isMine = (header: SnapshotHeader): boolean => isOf(header) && foldsAlike(header.config, options.config);
  const whole = load(store, options, (header, stale) => isMine(header) && stale.length === 0);
  if (whole !== undefined || log.start > 0) return whole;
  // Every other state is kept by the rows of these.
  const fits = (stale: readonly State[]): boolean => !stale.some(({ name }) => tables.includes(name));
  return load(store, options, (header, stale) => isMine(header) && fits(stale));
}

/**
 * The snapshot from which the most of a trimmed log can be folded again, usually the base, whatever its configuration
 * and however little of it fits. Throws SNAPSHOT_DAMAGED if there is none, FOLDER_UNREADABLE.
 */
export function restoreOldest(store: SnapshotStore | undefined, log: EventLog, options: RestoreOptions): Restored {
  const isOf = sameLog(log, options.to);
  const offsets = (store?.list() ?? []).flatMap(({ header }) => (isOf(header) ? [header.offset] : []));
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    const found = load(store!, options, (header) => isOf(header) && header.offset === offset);
    if (found !== undefined) return withoutOrphans(store!, options, found);
  }
  throw new LiveshelfError(
    "SNAPSHOT_DAMAGED",
    `The log begins at offset ${log.start}, what came before is in its snapshots only, and none of them is whole: restore a backup of the folder.`,
  );
}

/**
 * Whether what was folded under the `saved` configuration is what this one folds to. A setting that was not there yet
 * counts as its default: a release that adds one must by default fold as the releases before it.
 */
export function foldsAlike(saved: string, config: Config): boolean {
  const mine = foldedConfig(config);
  if (saved === mine) return true;
  const [before, now, standard] = [saved, mine, foldedConfig(completeConfig({}))].map(valuesByName);
  return (
    [...before!.keys()].every((name) => now!.has(name)) &&
    [...now!].every(([name, value]) => (before!.get(name) ?? standard!.get(name)) === value)
  );
}

const valuesByName = (folded: string): Map<string, string> =>
  new Map((JSON.parse(folded) as [string, unknown][]).map(([name, value]) => [name, JSON.stringify(value)]));

/** Throws LOG_DAMAGED at a snapshot of events that the log has lost: others would get their offsets, and it would be taken for one of these. */
function sameLog(log: EventLog, to: number): (header: SnapshotHeader) => boolean {
  return ({ log: id, offset }) => {
    if (id !== log.id) return false;
    if (offset > log.durableHead) {
      throw damagedLog("the folder", `a snapshot reflects ${offset} events, and it has ${log.durableHead} only`);
    }
    return offset >= log.start && offset <= to;
  };
}

/** Loads into rooms of their own, so that what is half restored is never seen. */
function load(store: SnapshotStore, { build, putBack, tell }: RestoreOptions, accept: Accept): Restored | undefined {
  const unfit = new Set<string>();
  for (;;) {
    const rooms = build();
    let tried: SnapshotHeader | undefined;
    const isTried = (header: SnapshotHeader, stale: readonly State[]): boolean => {
      if (unfit.has(JSON.stringify(header)) || !accept(header, stale)) return false;
      tried = header;
      return true;
    };
    const onDamage = (file: string): void => tell(`The snapshot ${file} is damaged and passed over.`);
    try {
      const loaded = store.load(rooms.states, isTried, onDamage);
      if (loaded !== undefined) return { rooms, ...loaded };
      putBack(rooms);
      return undefined;
    } catch (error) {
      if (!(error instanceof LiveshelfError) || error.code !== "SNAPSHOT_DAMAGED" || tried === undefined) throw error;
      unfit.add(JSON.stringify(tried));
      tell(`${error.message} It is passed over.`);
    }
  }
}

/** States of whose rows these hold numbers; those that are not named here may hold rows of every table. */
const rowsOf: Readonly<Record<string, readonly string[]>> = {
  engine: [],
  items: [],
  words: [],
  "context-keys": [],
  ceiling: [],
  "recent-ids": [],
  "recent-ids.offsets": [],
  erasures: [],
  "attribution.lesson-budget": [],
  shoppers: ["items"],
  catalogue: ["items", "words"],
};
const tables = ["items", "words", "context-keys", "shoppers"];

/** Where a table begins empty and the log cannot fill it again, what names its rows begins empty too. */
function withoutOrphans(store: SnapshotStore, options: RestoreOptions, found: Restored): Restored {
  const isEmpty = new Set(found.stale.map(({ name }) => name));
  for (const { name } of found.rooms.states) {
    if ((rowsOf[name] ?? tables).some((table) => isEmpty.has(table))) isEmpty.add(name);
  }
  if (isEmpty.size === found.stale.length) return found;
  const rooms = options.build();
  const same = JSON.stringify(found.header);
  const restored = rooms.states.filter(({ name }) => !isEmpty.has(name));
  if (store.load(restored, (header) => JSON.stringify(header) === same) === undefined) {
    const message = "The snapshot cannot be read a second time. Start again, or restore a backup of the folder.";
    throw new LiveshelfError("SNAPSHOT_DAMAGED", message);
  }
  return { rooms, header: found.header, stale: rooms.states.filter(({ name }) => isEmpty.has(name)) };
}
