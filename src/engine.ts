/** The engine: log, fold and snapshots behind the public face of `core/public.ts`. */
import { Admission } from "./admission.ts";
import type { Served } from "./answering.ts";
import { checkRank, checkRecommend, checkSearch, checkSuggest } from "./check-request.ts";
import { type Config, completeConfig } from "./config.ts";
import { type Clock, stopwatchMs, systemClock } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import type { SlateEvent } from "./core/event.ts";
import type {
  Answer,
  Engine,
  EngineStatus,
  ErasureReceipt,
  EventInput,
  EventReport,
  RankRequest,
  RecommendRequest,
  RecordReceipt,
  SearchAnswer,
  SearchRequest,
  SuggestAnswer,
  SuggestRequest,
  UserExport,
} from "./core/public.ts";
import { bytesInUse, checksum } from "./core/state.ts";
import { type EngineParts, engineParts } from "./engine-parts.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { foldUp } from "./fold-up.ts";
import { type House, house } from "./house.ts";
import { inspectEngine, reportItem, reportModels, reportQuarantine, reportUser, whatIsKnown } from "./inspect.ts";
import { Recording } from "./recording.ts";
import { engineAt } from "./rooms.ts";
import type { Searched } from "./search.ts";
import { slateId } from "./slate-id.ts";
import type { SnapshotStore } from "./snapshots/snapshot-store.ts";
import { Snapshotting } from "./snapshotting.ts";
import { tellingOfValues } from "./value.ts";

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
}

/** Opens the folder `data`, or an engine in memory without one. Rejects with CONFIG_INVALID, FOLDER_IN_USE, FOLDER_UNREADABLE, LOG_DAMAGED or SNAPSHOT_DAMAGED. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { clock, readOnly = false, onDiagnostic, onProgress, fromLog, signal, ...settings } = options;
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
  readonly #config: Config;
  readonly #log: EventLog;
  readonly #store: SnapshotStore | undefined;
  readonly #clock: Clock;
  readonly #options: EngineOptions;
  readonly #admission = new Admission();
  readonly #recording: Recording;
  readonly #snapshotting: Snapshotting;
  #house!: House;
  #isReady = false;
  #isClosed = false;
  #failure: LiveshelfError | undefined;
  /** The wall clock when it was looked at last. */
  #wallMs = 0;
  #ticking: NodeJS.Timeout | undefined;
  readonly #tellOfValues = tellingOfValues((message) => this.#tell(message));
  /** Answers that could not be logged because too much waits for the disk. */
  #unlogged = 0;
  #answersFromCache = 0;

  constructor(config: Config, { log, snapshots, foldAside, availableBytes }: EngineParts, options: EngineOptions) {
    this.#config = config;
    this.#log = log;
    this.#store = snapshots;
    this.#clock = options.clock ?? systemClock;
    this.#options = options;
    this.#recording = new Recording({
      log,
      clock: this.#clock,
      admission: this.#admission,
      rooms: () => this.#house.rooms,
    });
    this.#snapshotting = new Snapshotting({
      config,
      log,
      store: snapshots,
      foldAside,
      availableBytes,
      rooms: () => this.#house.rooms,
      tell: (message) => this.#tell(message),
    });
  }

  async start(): Promise<void> {
    await this.#rebuild();
    this.#log.subscribe((event, offset) => this.#house.learning.fold(event, offset));
    this.#log.onFailure((error) => void this.#recover(error));
    this.#isReady = true;
    if (this.#isReadOnly || this.#config.tickMs === 0) return;
    this.#ticking = setInterval(() => this.#tickWhenIdle(), this.#config.tickMs);
    this.#ticking.unref();
  }

  async record(events: EventInput | readonly EventInput[]): Promise<RecordReceipt> {
    this.#mustWrite();
    const receipt = await this.#recording.record(events);
    this.#snapshotting.whenDue();
    return receipt;
  }

  rank(request: RankRequest): Answer {
    this.#mustBeOpen();
    checkRank(request);
    return this.#answer("rank", request, (atMs) => this.#house.serving.rank(request, atMs));
  }

  recommend(request: RecommendRequest): Answer {
    this.#mustBeOpen();
    checkRecommend(request);
    return this.#answer("recommend", request, (atMs) => this.#house.serving.recommend(request, atMs));
  }

  search(request: SearchRequest): SearchAnswer {
    this.#mustBeOpen();
    checkSearch(request);
    let served: Searched | undefined;
    const { searching } = this.#house;
    const answer = this.#answer("search", request, (atMs) => (served = searching.search(request, atMs)));
    if (answer.slate !== null && served !== undefined) searching.keep(answer.slate, served, this.#nowMs());
    return answer as SearchAnswer;
  }

  suggest(request: SuggestRequest): SuggestAnswer {
    this.#mustBeOpen();
    checkSuggest(request);
    return this.#house.suggesting.suggest(request, this.#nowMs());
  }

  item(id: string) {
    return reportItem(this.#house.rooms, id);
  }

  user(id: string) {
    return reportUser(this.#house.rooms, id, this.#nowMs());
  }

  exportUser(_id: string): UserExport | undefined {
    throw new LiveshelfError("NOT_IMPLEMENTED", "The export of a shopper's events comes with a later release.");
  }

  async erase(_id: string): Promise<ErasureReceipt> {
    throw new LiveshelfError("NOT_IMPLEMENTED", "Erasing a shopper comes with a later release.");
  }

  event(_id: string): EventReport | undefined {
    throw new LiveshelfError("NOT_IMPLEMENTED", "Asking what became of an event comes with a later release.");
  }

  async reconfigure(_settings: Readonly<Record<string, unknown>>): Promise<void> {
    throw new LiveshelfError("NOT_IMPLEMENTED", "Changing settings comes with a later release.");
  }

  models() {
    return reportModels(this.#house.rooms);
  }

  quarantine() {
    return reportQuarantine(this.#house.rooms);
  }

  inspect(what: Parameters<Engine["inspect"]>[0] = {}) {
    return inspectEngine(this.#house.rooms, this.status(), what, this.#nowMs());
  }

  status(): EngineStatus {
    const { rooms } = this.#house;
    return {
      ready: this.#isReady && this.#failure === undefined,
      offset: this.#log.head,
      durableOffset: this.#log.durableHead,
      ...whatIsKnown(rooms),
      counts: {
        ...rooms.attribution.counts,
        ...rooms.trust.counts,
        ...this.#admission.counts,
        unlogged: this.#unlogged,
        refusedIds: rooms.registers[engineAt.refusedIds]!,
      },
      stateBytes: bytesInUse(rooms.states),
      logStart: this.#log.start,
      logBytes: this.#log.bytes,
      snapshotOffset: this.#snapshotting.offset,
      snapshotSeconds: this.#snapshotting.last.seconds,
      snapshotPeakBytes: this.#snapshotting.last.peakBytes,
      snapshotPauseMs: this.#snapshotting.last.pauseMs,
      answersFromCache: this.#answersFromCache,
      queued: this.#recording.queued,
      erasures: { pending: 0, shoppers: 0, events: 0, seconds: 0 },
    };
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
    clearInterval(this.#ticking);
    await this.#snapshotting.close();
    await this.#log.close();
  }

  get #isReadOnly(): boolean {
    return this.#options.readOnly === true;
  }

  #tell(message: string): void {
    this.#options.onDiagnostic?.(message);
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

  #answer(
    kind: "rank" | "recommend" | "search",
    request: RankRequest | RecommendRequest | SearchRequest,
    serve: (atMs: number) => Served,
  ): Answer {
    const startedMs = stopwatchMs();
    const nowMs = this.#nowMs();
    // A list that is logged teaches, and is made anew each time.
    // Who asks for no item looks at counts alone: there is no list to be logged.
    const isLogged = request.observe !== false && request.consent !== false && request.size !== 0;
    const { cache, learning } = this.#house;
    const kept = isLogged ? undefined : cache?.find(kind, request, learning.changes, nowMs);
    if (kept !== undefined) {
      this.#answersFromCache++;
      return { slate: null, ...kept, tookMs: stopwatchMs() - startedMs };
    }
    const { answer, slate } = serve(nowMs);
    if (isLogged) return { slate: this.#logSlate(slate, nowMs), ...answer };
    cache?.keep(kind, request, learning.changes, nowMs, answer);
    return { slate: null, ...answer };
  }

  /** `time`: as of which it was answered, so that the fold reads the rows that were served. */
  #logSlate(slate: Served["slate"], time: number): string | null {
    if (this.#isReadOnly || this.#failure !== undefined) return null;
    if (this.#recording.isOverloaded(1)) {
      this.#unlogged++;
      return null;
    }
    const id = slateId(this.#log, this.#config.seed, this.#wallMs);
    const event: SlateEvent = { ...slate, slate: id, time, receivedAt: time };
    const { learning, serving } = this.#house;
    learning.expect(event, serving.lastList(slate.items.length));
    this.#log.append([event]);
    this.#recording.lastReceivedMs = time;
    this.#snapshotting.whenDue();
    return id;
  }

  #tickWhenIdle(): void {
    if (this.#isClosed || this.#failure !== undefined) return;
    if (this.#clock.nowMs() - this.#recording.lastReceivedMs < this.#config.tickMs) return;
    const { rooms } = this.#house;
    this.#tellOfValues(rooms);
    if (rooms.attribution.slates.firstWaiting >= 0 || !rooms.baskets.isEmpty) this.tick();
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
    const { rooms, learning } = folded;
    this.#snapshotting.startFrom(folded);
    this.#house = house(rooms, learning);
  }

  /** What was folded but not durable must go (ARCHITECTURE.md, invariant 2): the state is rebuilt from what the log still has; writes stay refused. */
  async #recover(error: LiveshelfError): Promise<void> {
    this.#failure = error;
    this.#tell(`Writing to the log failed, nothing more is accepted: ${error.message}`);
    await this.#rebuild().catch((cause: unknown) => {
      if (!this.#isClosed) this.#tell(`The state could not be rebuilt: ${String(cause)}`);
    });
  }
}
