/**
 * Changing settings while the engine runs (docs/settings.md): those by which it only answers hold at once; for those that fold, the log is
 * folded aside under the new ones, and the engine moves. What cannot be is refused, and nothing has changed.
 */
import { type Config, changedSettings, completeConfig, foldedConfig, settings, withFolded } from "./config.ts";
import { stopwatchMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import type { Pieces } from "./core/pieces.ts";
import type { RebuildReport, Reconfigured } from "./core/public.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { foldUp } from "./fold-up.ts";
import type { Aside, FoldedAside, Moving } from "./moving.ts";
import { buildingRooms, type Rooms } from "./rooms.ts";
import type { SnapshotStore } from "./snapshots/snapshot-store.ts";
import type { FoldAside } from "./snapshotting.ts";

export interface ReconfiguringParts {
  readonly log: EventLog;
  readonly store: SnapshotStore | undefined;
  readonly foldAside: FoldAside;
  readonly moving: Moving;
  /** What answers now. */
  readonly config: () => Config;
  /** What answers from now on: it folds as before. */
  readonly serveBy: (config: Config) => void;
  readonly tell: (message: string) => void;
}

/** Events folded on this thread between two turns: with a lesson for each, some 2 ms. */
const foldedAtOnce = 8;

const superseded = new LiveshelfError("CONFIG_INVALID", "The settings were changed again before these held.");

export class Reconfiguring {
  readonly #parts: ReconfiguringParts;
  /** What was asked for last; a change is made over it. */
  #wanted: Config | undefined;
  /** The last one, while it is under way. `folded`: what it folds under. */
  #move: { readonly stop: AbortController; readonly folded: string; readonly held: Promise<void> } | undefined;
  /** Begun, to see whether it can be built. */
  #begun: { readonly folded: string; readonly rooms: Pieces<Rooms>; readonly tookMs: number } | undefined;
  /** The folding settings that were asked for, at the start or since. */
  #asked: string | undefined;

  constructor(parts: ReconfiguringParts) {
    this.#parts = parts;
  }

  /** Whether what answers now folds as was asked for: not where folding under the settings of the start failed, and nothing else was asked for since. */
  get isAsAsked(): boolean {
    return this.#asked === undefined || this.#asked === foldedConfig(this.#parts.config());
  }

  /** What a change would do; throws CONFIG_INVALID where it cannot be. A setting given as undefined goes back to its default. */
  compare(given: Readonly<Record<string, unknown>>): Reconfigured {
    const { changed, rebuilt } = this.#planned(given);
    return { changed, rebuilt };
  }

  /** Resolves when the settings hold. Rejects with CONFIG_INVALID, or with what folding under them did; then those that fold are as before. */
  async change(given: Readonly<Record<string, unknown>>): Promise<void> {
    const { config, serveBy } = this.#parts;
    const { wanted, rebuilt } = this.#planned(given);
    this.#wanted = wanted;
    const folded = foldedConfig(wanted);
    if (Object.keys(given).some((name) => settings[name as keyof Config].folded)) this.#asked = folded;
    serveBy(withFolded(wanted, config()));
    if (rebuilt.length === 0) {
      // Back to what answers now.
      this.#move?.stop.abort(superseded);
    } else if (this.#isUnderWay(folded)) {
      return this.#move!.held;
    } else {
      return this.moveTo(wanted);
    }
  }

  /** Throws CONFIG_INVALID where rooms of this configuration cannot be built. */
  check(wanted: Config): void {
    const folded = foldedConfig(wanted);
    if (this.#begun?.folded === folded || this.#isUnderWay(folded)) return;
    this.#begun = begun(wanted, folded);
    // For a change in this very turn of the thread: what is only compared is not kept.
    setImmediate(() => {
      this.#begun = undefined;
    });
  }

  /** Folds aside under another configuration, and moves; one that is under way is given up, and its promise follows this one's. */
  moveTo(wanted: Config): Promise<void> {
    const { config, moving, tell } = this.#parts;
    this.#wanted = wanted;
    const folded = foldedConfig(wanted);
    this.#asked ??= folded;
    const empty = this.#begun?.folded === folded ? this.#begun : undefined;
    this.#begun = undefined;
    this.#move?.stop.abort(superseded);
    const stop = new AbortController();
    const names = changedSettings(config(), wanted).filter((name) => settings[name].folded);
    tell(
      `Folding the log anew, as these settings changed: ${names.join(", ")}. What was learned under the old ones answers meanwhile.`,
    );
    const held = moving
      .move({
        ...{ why: "configuration", settings: names, signal: stop.signal, config: () => wanted },
        ...(empty === undefined ? {} : { rooms: empty.rooms, preparedMs: empty.tookMs }),
        fold: (aside) => this.#fold(aside),
      })
      .then((report) => {
        if (this.#move?.stop === stop) this.#move = undefined;
        tell(inWords(report));
      })
      .catch((error: unknown) => {
        if (this.#move !== undefined && this.#move.stop !== stop) return this.#move.held;
        this.#move = undefined;
        if (stop.signal.aborted) return undefined;
        // What is changed next is changed over what answers.
        this.#wanted = undefined;
        tell(
          `The settings could not be changed, the old ones stay: ${error instanceof Error ? error.message : String(error)}`,
        );
        throw error;
      });
    this.#move = { stop, folded, held };
    return held;
  }

  #planned(given: Readonly<Record<string, unknown>>): Reconfigured & { readonly wanted: Config } {
    const now = this.#parts.config();
    const before = this.#wanted ?? now;
    const wanted = completeConfig({ ...before, ...given });
    const fixed = changedSettings(now, wanted).find((name) => settings[name].atStart);
    if (fixed !== undefined) {
      const message = `"${fixed}" cannot be changed while the engine runs; start it again with the other value.`;
      throw new LiveshelfError("CONFIG_INVALID", message, `/${fixed}`);
    }
    const rebuilt = changedSettings(now, wanted).filter((name) => settings[name].folded);
    if (rebuilt.length > 0) this.check(wanted);
    return { changed: changedSettings(before, wanted), rebuilt, wanted };
  }

  async #fold({ config, signal, progress, turn }: Aside): Promise<FoldedAside> {
    const { log, store, foldAside, tell } = this.#parts;
    if (store !== undefined) {
      const { header } = await foldAside({ offset: "head", isBase: false, config, onProgress: progress }, signal);
      return { store, header };
    }
    const to = log.head;
    const folded = await foldUp(config, undefined, log, { to, turn, foldedAtOnce, onProgress: progress, tell });
    return { rooms: folded.rooms, learning: folded.learning, offset: to };
  }

  #isUnderWay(folded: string): boolean {
    return this.#move !== undefined && !this.#move.stop.signal.aborted && this.#move.folded === folded;
  }
}

const inWords = ({ offset, seconds = 0, pauseMs = 0 }: RebuildReport): string =>
  `The changed settings hold from offset ${offset} on, after ${seconds.toFixed(1)} s; the longest step of the move took ${pauseMs.toFixed(1)} ms.`;

/** Builds until it is certain that it can be built. */
function begun(config: Config, folded: string) {
  const startedMs = stopwatchMs();
  let isChecked = false;
  const rooms = buildingRooms(config, () => {
    isChecked = true;
  });
  while (!isChecked) rooms.next();
  return { folded, rooms, tookMs: stopwatchMs() - startedMs };
}
