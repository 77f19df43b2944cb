/**
 * From snapshot and log to rooms at an offset of the log: the one procedure of start, recovery and the second folder
 * (docs/decisions/0011-states-are-rebuilt-one-by-one.md).
 */
import type { Config } from "./config.ts";
import { LiveshelfError } from "./core/errors.ts";
import { nextTurn } from "./core/pieces.ts";
import { copyState } from "./core/state.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { Learning } from "./learn.ts";
import { foldsAlike, type Restored, type RestoreOptions, restoreNewest, restoreOldest } from "./restore.ts";
import { buildRooms, type Rooms } from "./rooms.ts";
import type { RebuiltState, SnapshotStore } from "./snapshots/snapshot-store.ts";

export interface FoldUpOptions {
  /** Events below this offset are folded; by default all. */
  readonly to?: number | undefined;
  /** Go on from no snapshot, or, of a trimmed log, from the oldest: fold all that the log has. */
  readonly fromLog?: boolean | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Resolves when other work on the thread had its turn; what it rejects with ends the fold. */
  readonly turn?: (() => Promise<void>) | undefined;
  /** Events folded before that. */
  readonly foldedAtOnce?: number | undefined;
  readonly tell?: ((message: string) => void) | undefined;
  /** Makes empty rooms. */
  readonly build?: ((config: Config) => Rooms) | undefined;
}

export interface Folded {
  readonly rooms: Rooms;
  readonly learning: Learning;
  /** Of the snapshot gone on from; 0 without one. */
  readonly offset: number;
  /** States that the snapshot did not hold as this release keeps them: folded anew, or begun empty where the log is trimmed. */
  readonly stale: readonly string[];
  /** The same with what earlier snapshots say; the header of the next one has it. */
  readonly rebuilt: readonly RebuiltState[];
}

/** Events folded before other work on the thread gets its turn: with a lesson for each, some 20 ms. */
const foldedByDefault = 64;

type Fold = (learning: Learning, from: number, to: number) => Promise<void>;

/** Another process may trim the log meanwhile, and no faster than it writes a base. */
const triesMax = 3;

/**
 * Rejects with SNAPSHOT_DAMAGED where the log is trimmed and no snapshot holds what it lost, with FOLDER_UNREADABLE
 * there if the snapshots cannot be read, with LOG_DAMAGED, with LOG_TRIMMED where it is overtaken again and again, and with CONFIG_INVALID as {@link buildRooms} throws it.
 */
export async function foldUp(
  config: Config,
  store: SnapshotStore | undefined,
  log: EventLog,
  options: FoldUpOptions = {},
): Promise<Folded> {
  for (let tries = 1; ; tries++) {
    try {
      return await foldOnce(config, store, log, options);
    } catch (error) {
      const isOvertaken = error instanceof LiveshelfError && error.code === "LOG_TRIMMED";
      if (!isOvertaken || tries === triesMax) throw error;
    }
  }
}

async function foldOnce(
  config: Config,
  store: SnapshotStore | undefined,
  log: EventLog,
  options: FoldUpOptions,
): Promise<Folded> {
  const { to = log.head, onProgress = () => {}, turn = nextTurn, tell = () => {} } = options;
  const { foldedAtOnce = foldedByDefault } = options;
  const untouched: Rooms[] = [];
  const build = (): Rooms => untouched.pop() ?? (options.build ?? buildRooms)(config);
  const putBack = (rooms: Rooms): void => void untouched.push(rooms);
  const said = new Set<string>();
  const tellOnce = (message: string): void => {
    if (!said.has(message)) tell(message);
    said.add(message);
  };
  const restored = restore(store, log, { config, build, putBack, to, tell: tellOnce }, options.fromLog ?? false);
  const offset = restored?.header.offset ?? 0;
  const stale = (restored?.stale ?? []).map(({ name }) => name);
  const again = log.start === 0 && stale.length > 0 ? offset : 0;

  let done = 0;
  const total = again + to - offset;
  const fold: Fold = async (learning, from, end) => {
    let next = from;
    for (const entry of log.read(from, end)) {
      if (entry.offset !== next++) throw overtaken(entry.offset);
      learning.fold(entry.event, entry.offset);
      if (++done % foldedAtOnce > 0) continue;
      onProgress(done, total);
      await turn();
    }
  };
  if (restored !== undefined) sayWhatIsStale(restored, log, config, stale, tell);
  if (restored !== undefined && again > 0) await rebuild(restored, build(), stale, fold);
  const rooms = restored?.rooms ?? build();
  const learning = new Learning(rooms);
  await fold(learning, offset, to);
  onProgress(done, total);
  return { rooms, learning, offset, stale, rebuilt: carriedOn(restored, stale) };
}

const overtaken = (offset: number): LiveshelfError =>
  new LiveshelfError("LOG_TRIMMED", `The log was trimmed to offset ${offset} while it was folded: try again.`);

function restore(
  store: SnapshotStore | undefined,
  log: EventLog,
  options: RestoreOptions,
  fromLog: boolean,
): Restored | undefined {
  const isWhole = log.start === 0;
  try {
    const newest = fromLog || store === undefined ? undefined : restoreNewest(store, log, options);
    return newest !== undefined || isWhole ? newest : restoreOldest(store, log, options);
  } catch (error) {
    if (!isWhole || !(error instanceof LiveshelfError) || error.code !== "FOLDER_UNREADABLE") throw error;
    options.tell(`The snapshots cannot be used, folding the log from its start: ${error.message}`);
    return undefined;
  }
}

/** Folds the stale states anew in rooms of their own and moves their bytes over; the others stay as the snapshot has them. */
async function rebuild({ rooms, header }: Restored, aside: Rooms, stale: readonly string[], fold: Fold): Promise<void> {
  const { ranker, quality, outcomeHeads, chooser, baskets } = aside;
  const isAnyOf = (parts: readonly { readonly state: { readonly name: string } }[]): boolean =>
    parts.some(({ state }) => stale.includes(state.name));
  const heads = outcomeHeads.state.map((one) => ({ state: one }));
  const taught = { lists: isAnyOf([ranker, quality, ...heads]), choices: isAnyOf([chooser, baskets]) };
  await fold(new Learning(aside, taught), 0, header.offset);
  for (const [i, state] of rooms.states.entries()) {
    if (stale.includes(state.name)) copyState(aside.states[i]!, state);
  }
}

function sayWhatIsStale(
  { header }: Restored,
  log: EventLog,
  config: Config,
  stale: readonly string[],
  tell: (message: string) => void,
): void {
  const names = stale.join(", ");
  if (log.start === 0) {
    if (stale.length > 0) tell(`This release keeps some states otherwise and folds them from the log again: ${names}.`);
    return;
  }
  if (!foldsAlike(header.config, config)) {
    tell(
      `The log begins at offset ${log.start}: what came before stays as another configuration folded it, the rest is folded again from offset ${header.offset}.`,
    );
  }
  if (stale.length > 0) {
    tell(
      `This release keeps some states otherwise, and the log that it could fold them from begins at offset ${log.start} only. They begin empty at offset ${header.offset}: ${names}.`,
    );
  }
}

/** What the next snapshot says of states that were folded again or begun empty; `stale`: names of those of `restored`. */
export function carriedOn(restored: Restored | undefined, stale: readonly string[]): RebuiltState[] {
  if (restored === undefined) return [];
  const { offset, rebuilt = [] } = restored.header;
  return [...rebuilt.filter(({ state }) => !stale.includes(state)), ...stale.map((state) => ({ state, offset }))];
}
