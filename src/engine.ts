/** The engine: log, fold and snapshots behind the public face of `core/public.ts`. */
import { Admission } from "./admission.ts";
import { Answers } from "./answers.ts";
import { type Config, completeConfig, withFolded } from "./config.ts";
import { type Clock, systemClock } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import type { EventReport, NotTaken } from "./core/event-report.ts";
import type {
  Answer,
  Engine,
  EngineStatus,
  ErasureReceipt,
  EventInput,
  RankRequest,
  RecommendRequest,
  RecordReceipt,
  SearchAnswer,
  SearchRequest,
  SuggestAnswer,
  SuggestRequest,
} from "./core/public.ts";
import type { QualityQuery } from "./core/quality-report.ts";
import { bytesInUse, checksum } from "./core/state.ts";
import { type EngineParts, engineParts } from "./engine-parts.ts";
import { engineStatus } from "./engine-status.ts";
import { Erasing } from "./erasing.ts";
import { eventsKnown, reportEvent } from "./event-fates.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { reportFeatures } from "./feature-report.ts";
import { foldUp } from "./fold-up.ts";
import { formerConfig } from "./former-config.ts";
import { type House, house } from "./house.ts";
import { inspectEngine, reportItem, reportModels, reportQuarantine, reportUser } from "./inspect.ts";
import { MemoryCeiling } from "./memory-ceiling.ts";
import { type MovedIn, Moving } from "./moving.ts";
import { type Pseudonyms, pseudonyms } from "./pseudonyms.ts";
import { reportQuality } from "./quality-report.ts";
import { Reconfiguring } from "./reconfiguring.ts";
import { Recording } from "./recording.ts";
import { engineAt } from "./rooms.ts";
import { Desk } from "./search-desk.ts";
import { hasRoomAside, SecondFolder } from "./second-folder.ts";
import type { SnapshotStore } from "./snapshots/snapshot-store.ts";
import { Snapshotting } from "./snapshotting.ts";
import { Ticking } from "./ticking.ts";
import { exportOf } from "./user-export.ts";
import { reportUserSlates } from "./user-slates.ts";
import { Watching } from "./watching.ts";

export interface EngineOptions extends Partial<Config> {
  readonly clock?: Clock;
  /** Reads a folder that another process may be writing; nothing can be recorded. */
  readonly readOnly?: boolean;
  /** Told what an operator may want to know. */
  readonly onDiagnostic?: (message: string) => void;
  /** Told how far the fold of the log's tail is. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ignore snapshots: fold the whole log. */
  readonly fromLog?: boolean;
  /** Gives up while it opens; then createEngine rejects with what the signal says. */
  readonly signal?: AbortSignal;
  /** Where a setting that folds was changed: answers by the newest snapshot at once, not `ready` until the log is folded anew aside. */
  readonly serveWhileRebuilding?: boolean;
  /** Room for the folded state; tests give it, else it is what `memoryMax` leaves. */
  readonly stateMaxBytes?: () => number;
}

/** Opens the folder `data`, or an engine in memory without one. Rejects with CONFIG_INVALID, FOLDER_IN_USE, FOLDER_UNREADABLE, LOG_DAMAGED or SNAPSHOT_DAMAGED. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const {
    clock,
    readOnly = false,
    onDiagnostic,
    onProgress,
    fromLog,
    signal,
    serveWhileRebuilding,
    stateMaxBytes,
    ...settings
  } = options;
  const config = completeConfig(settings);
  return openEngine(config, engineParts(config, readOnly), options);
}

/** An engine over these parts, once its state reflects the whole log; closes the log if that fails. */
export async function openEngine(config: Config, parts: EngineParts, options: EngineOptions = {}): Promise<Engine> {
  try {
    const engine = new LogEngine(config, parts, options);
    await engine.start();
    return engine;
  } catch (error) {
    await parts.log.close().catch(() => {});
    throw error;
  }
}

class LogEngine implements Engine {
  /** What answers now. */
  #config: Config;
  readonly #log: EventLog;
  readonly #store: SnapshotStore | undefined;
  readonly #clock: Clock;
  readonly #options: EngineOptions;
  readonly #pseudonyms: Pseudonyms;
  readonly #admission: Admission;
  readonly #ceiling: MemoryCeiling;
  readonly #recording: Recording;
  readonly #answers: Answers;
  readonly desk: () => Desk;
  readonly #snapshotting: Snapshotting;
  readonly #moving: Moving;
  readonly #reconfiguring: Reconfiguring;
  readonly #erasing: Erasing;
  readonly #ticking: Ticking;
  readonly #availableBytes: () => number;
  #house!: House;
  #isReady = false;
  #isClosed = false;
  #failure: LiveshelfError | undefined;
  /** The wall clock when it was looked at last. */
  #wallMs = 0;
  readonly #watching = new Watching();
  readonly watch = this.#watching.watch;
  readonly readiness = () => ({ ready: this.#isReady && this.#failure === undefined, offset: this.#log.head });
  readonly #tell = (message: string): void => this.#options.onDiagnostic?.(message);

  constructor(config: Config, { log, snapshots, foldAside, availableBytes }: EngineParts, options: EngineOptions) {
    this.#config = config;
    this.#log = log;
    this.#store = snapshots;
    this.#clock = options.clock ?? systemClock;
    this.#options = options;
    this.#pseudonyms = pseudonyms(config.pseudonymKey);
    this.#admission = new Admission(this.#pseudonyms);
    const secondFolder = new SecondFolder();
    this.#ceiling = new MemoryCeiling({
      ...{ clock: this.#clock, rooms: () => this.#house.rooms, memoryMax: () => this.#config.memoryMax },
      append: (note) => log.append([note]),
      isFoldingAside: () => secondFolder.isTaken,
      ...(options.stateMaxBytes && { stateMaxBytes: options.stateMaxBytes }),
      tell: (message) => this.#tell(message),
    });
    this.#recording = new Recording({
      ...{ log, clock: this.#clock, admission: this.#admission, ceiling: this.#ceiling },
      ...{ rooms: () => this.#house.rooms, watching: this.#watching },
    });
    this.#availableBytes = () => Math.min(availableBytes(), this.#ceiling.roomBytes);
    const parts = {
      ...{ log, store: snapshots, foldAside, secondFolder, pseudonyms: this.#pseudonyms },
      ...{ config: () => this.#config, nowMs: () => this.#nowMs(), tell: (message: string) => this.#tell(message) },
      hasRoomAside: () => hasRoomAside(this.#availableBytes(), bytesInUse(this.#house.rooms.states)),
      ...{ rooms: () => this.#house.rooms, house: () => this.#house },
    };
    const desk = new Desk(parts);
    this.desk = () => desk;
    this.#snapshotting = new Snapshotting(parts);
    this.#answers = new Answers({
      ...parts,
      ...{ recording: this.#recording, desk, wallMs: () => this.#wallMs },
      mayLog: () => !this.#isReadOnly && this.#failure === undefined,
      logged: () => {
        this.#ceiling.watch();
        this.#snapshotting.whenDue();
      },
    });
    this.#moving = new Moving({ ...parts, moveIn: (into) => this.#moveIn(into) });
    this.#erasing = new Erasing({ ...parts, desk, clock: this.#clock, moving: this.#moving });
    this.#reconfiguring = new Reconfiguring({ ...parts, moving: this.#moving, serveBy: (by) => this.#serveBy(by) });
    this.#ticking = new Ticking({
      ...{ ...parts, clock: this.#clock, recording: this.#recording },
      tick: () => void (this.#failure === undefined && this.tick()),
    });
  }

  async start(): Promise<void> {
    const given = this.#config;
    const isBehind = this.#beginsAsBefore();
    await this.#rebuild();
    const letGo = (): void => void (this.#house = undefined!);
    if (!this.#isReadOnly) await this.#erasing.eraseWithoutRoom(letGo, () => this.#rebuild(), this.#options.signal);
    this.#log.subscribe(this.#watching.after((event, offset) => this.#house.learning.fold(event, offset)));
    this.#log.onFailure((error) => void this.#recover(error));
    this.#isReady = !isBehind;
    // Why it failed is told, and it is tried again when the settings are read again.
    if (isBehind) this.#reconfiguring.moveTo(given).catch(() => {});
    if (this.#isReadOnly) return;
    this.#erasing.schedule();
    this.#ticking.begin();
    // What was imported and closed, or killed, before a snapshot was written has none; the next start is not to fold it once more.
    this.#snapshotting.whenDue();
  }

  async record(events: EventInput | readonly EventInput[]): Promise<RecordReceipt> {
    this.#mustWrite();
    const receipt = await this.#recording.record(events);
    this.#snapshotting.whenDue();
    return receipt;
  }

  rank(request: RankRequest): Answer {
    this.#mustBeOpen();
    return this.#answers.rank(request);
  }

  recommend(request: RecommendRequest): Answer {
    this.#mustBeOpen();
    return this.#answers.recommend(request);
  }

  search(request: SearchRequest): SearchAnswer {
    this.#mustBeOpen();
    return this.#answers.search(request);
  }

  suggest(request: SuggestRequest): SuggestAnswer {
    this.#mustBeOpen();
    return this.#answers.suggest(request);
  }

  item(id: string) {
    return reportItem(this.#house.rooms, id);
  }

  user(id: string) {
    const report = reportUser(this.#house.rooms, this.#pseudonyms.user(id), this.#nowMs());
    return report && { ...report, user: id };
  }

  userSlates(id: string, size?: number) {
    return reportUserSlates(this.#house.rooms, this.#pseudonyms.user(id), size);
  }

  exportUser(id: string) {
    this.#mustBeOpen();
    return { ...exportOf(this.#house.rooms, this.#log, this.#pseudonyms.user(id), this.#nowMs()), user: id };
  }

  async erase(id: string): Promise<ErasureReceipt> {
    this.#mustWrite();
    return { ...(await this.#erasing.erase(this.#pseudonyms.user(id))), user: id };
  }

  event(id: string): EventReport | undefined {
    return reportEvent({ rooms: this.#house.rooms, log: this.#log, refused: this.#admission.refused }, id);
  }

  eventsKnown(): string {
    return eventsKnown(this.#house.rooms);
  }

  eventsNotTaken(result: NotTaken["result"], size: number): readonly NotTaken[] {
    return this.#admission.refused.latest(result, size);
  }

  async reconfigure(settings: Readonly<Record<string, unknown>>): Promise<void> {
    this.#mustWrite();
    return this.#reconfiguring.change(settings);
  }

  compareSettings(settings: Readonly<Record<string, unknown>>) {
    return this.#reconfiguring.compare(settings);
  }

  settings() {
    return { ...this.#config };
  }

  models() {
    return { ...reportModels(this.#house.rooms), ...(this.#moving.report && { rebuild: this.#moving.report }) };
  }

  quality(query?: QualityQuery) {
    return reportQuality(this.#house.rooms, query);
  }

  quarantine() {
    return reportQuarantine(this.#house.rooms);
  }

  inspect(what: Parameters<Engine["inspect"]>[0] = {}) {
    if (what.event !== undefined)
      return { ...(this.event(what.event) ?? { event: what.event, known: false, why: this.eventsKnown() }) };
    if (what.user !== undefined) return { ...(this.user(what.user) ?? { user: what.user, known: false }) };
    if (what.features) return { ...reportFeatures(this.#house.rooms, this.#log) };
    return inspectEngine(this.#house.rooms, this.status(), what, this.#nowMs());
  }

  status(): EngineStatus {
    return engineStatus(this.readiness().ready, {
      ...{ rooms: this.#house.rooms, log: this.#log, admission: this.#admission, answers: this.#answers },
      ...{ recording: this.#recording, snapshotting: this.#snapshotting, moving: this.#moving },
      ...{ erasing: this.#erasing, ceiling: this.#ceiling },
    });
  }

  events(from = 0) {
    return this.#log.read(from);
  }

  *items(): Generator<string> {
    const { catalogue, items } = this.#house.rooms;
    for (const row of catalogue.items()) yield items.id(row)!;
  }

  checksum(): string {
    return checksum(this.#house.rooms.states);
  }

  async snapshot(): Promise<number> {
    this.#mustBeOpen();
    if (this.#isReadOnly) throw new LiveshelfError("LOG_UNWRITABLE", "The folder was opened for reading only.");
    return this.#snapshotting.now();
  }

  tick(): void {
    this.#mustWrite();
    const now = this.#clock.nowMs();
    this.#log.append([{ type: "tick", time: now, receivedAt: now }]);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ticking.end();
    await Promise.all([this.#erasing.close(), this.#moving.close(), this.#snapshotting.close()]);
    await this.#log.close();
  }

  get #isReadOnly(): boolean {
    return this.#options.readOnly === true;
  }

  /** The engine's time: the wall clock, never before the largest event time. */
  #nowMs(): number {
    this.#wallMs = this.#clock.nowMs();
    return Math.max(this.#wallMs, this.#house.rooms.registers[engineAt.clockMs]!);
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new LiveshelfError("CLOSED", "The engine is closed.");
  }

  #mustWrite(): void {
    this.#mustBeOpen();
    if (this.#isReadOnly) throw new LiveshelfError("LOG_UNWRITABLE", "The folder was opened for reading only.");
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Folds snapshot and log into rooms of their own, then moves in. */
  async #rebuild(): Promise<void> {
    const { fromLog, onProgress, signal } = this.#options;
    const folded = await foldUp(this.#config, this.#store, this.#log, {
      fromLog,
      onProgress: (done: number, total: number) => {
        signal?.throwIfAborted();
        onProgress?.(done, total);
      },
      tell: (message: string) => this.#tell(message),
    });
    this.#snapshotting.startFrom(folded);
    this.#house = house(folded.rooms, folded.learning, this.#config);
  }

  /** Takes the configuration of the newest snapshot where that can answer at once, and true is answered; throws CONFIG_INVALID where the given one cannot be. */
  #beginsAsBefore(): boolean {
    if (this.#options.serveWhileRebuilding !== true || this.#isReadOnly) return false;
    const former = formerConfig(this.#store, this.#log, this.#config);
    // It is held twice in the end, and by then has grown.
    if (former === undefined || !hasRoomAside(this.#availableBytes(), 2 * former.snapshot.bytes)) return false;
    this.#reconfiguring.check(this.#config);
    this.#config = former.config;
    return true;
  }

  /** The other state takes the place of this one, at once. What answers only may have changed since it began. */
  #moveIn({ rooms, learning, pages, config, from }: MovedIn): void {
    this.#config = withFolded(this.#config, config);
    this.#house = house(rooms, learning, this.#config, pages);
    this.#isReady ||= this.#reconfiguring.isAsAsked;
    if (from !== undefined) this.#snapshotting.startFrom(from);
  }

  #serveBy(config: Config): void {
    this.#config = config;
    const { rooms, learning, pages } = this.#house;
    this.#house = house(rooms, learning, config, pages);
    this.#isReady ||= this.#reconfiguring.isAsAsked;
    if (!this.#isReadOnly) this.#ticking.begin();
  }

  /** What was folded but not durable must go (ARCHITECTURE.md, invariant 2): the state is rebuilt from what the log still has; writes stay refused. */
  async #recover(error: LiveshelfError): Promise<void> {
    this.#failure = error;
    this.#tell(`Writing to the log failed, nothing more is accepted: ${error.message}`);
    await this.#moving.giveUp(error);
    await this.#rebuild().catch((cause: unknown) => {
      if (!this.#isClosed) this.#tell(`The state could not be rebuilt: ${String(cause)}`);
    });
  }
}
