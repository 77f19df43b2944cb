/** The engine: log, fold and snapshots behind the public face of `core/public.ts`. The composition root of everything that runs. */
import { join } from "node:path";
import { type Config, completeConfig } from "./config.ts";
import { type Clock, systemClock } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import { eventAtMs, type LoggedEvent, type SlateEvent } from "./core/event.ts";
import { limits } from "./core/limits.ts";
import { parseEvent, withoutConsent } from "./core/parse-event.ts";
import type {
  Answer,
  Engine,
  EngineStatus,
  EventInput,
  RankRequest,
  RecommendRequest,
  RecordReceipt,
} from "./core/public.ts";
import { hashText, mixPair } from "./core/random.ts";
import { bytesInUse, checksum } from "./core/state.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { lmdbLog } from "./event-logs/lmdb.ts";
import { memoryLog } from "./event-logs/memory.ts";
import { foldInWorker } from "./fold-worker.ts";
import { inspectEngine, reportItem, reportModels, reportUser } from "./inspect.ts";
import { Learning } from "./learn.ts";
import { checkAsked } from "./question.ts";
import { Serving } from "./rank.ts";
import { restore } from "./restore.ts";
import { buildRooms, engineAt, type Rooms } from "./rooms.ts";
import { folderSnapshots } from "./snapshots/folder.ts";
import type { SnapshotStore } from "./snapshots/snapshot-store.ts";

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
}

/** Events folded before other work on the thread gets its turn: with a lesson for each, some 20 ms. */
const foldedAtOnce = 64;
/** A call of at most so many events is folded at once, without waiting for a turn. */
const foldedWithoutTurn = 8;

/** Opens the folder `data`, or an engine in memory without one. Rejects with CONFIG_INVALID, FOLDER_IN_USE, FOLDER_UNREADABLE or LOG_DAMAGED. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { clock = systemClock, readOnly = false, onDiagnostic, onProgress, fromLog = false, ...settings } = options;
  const config = completeConfig(settings);
  const log = config.data === undefined ? memoryLog() : lmdbLog({ folder: join(config.data, "log"), readOnly });
  try {
    const engine = new LogEngine(config, log, clock, onDiagnostic ?? (() => {}), readOnly);
    await engine.start(fromLog, onProgress ?? (() => {}));
    return engine;
  } catch (error) {
    await log.close().catch(() => {});
    throw error;
  }
}

/** Rooms with their two paths; replaced whole when the state has to be rebuilt. */
interface House {
  readonly rooms: Rooms;
  readonly learning: Learning;
  readonly serving: Serving;
}

function house(config: Config): House {
  const rooms = buildRooms(config);
  return { rooms, learning: new Learning(rooms), serving: new Serving(rooms) };
}

class LogEngine implements Engine {
  readonly #config: Config;
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #tell: (message: string) => void;
  readonly #readOnly: boolean;
  readonly #store: SnapshotStore | undefined;
  #house: House;
  #isReady = false;
  #isClosed = false;
  #failure: LiveshelfError | undefined;
  #snapshotOffset = 0;
  #snapshotUnderWay: Promise<number> | undefined;
  #lastReceivedMs = 0;
  #turns: Promise<void> = Promise.resolve();
  #ticking: NodeJS.Timeout | undefined;
  /** Refused or set aside at the door since the start, by reason; not part of the state. */
  readonly #door = { rejected: 0, duplicates: 0, withoutConsent: 0 };

  constructor(config: Config, log: EventLog, clock: Clock, tell: (message: string) => void, readOnly: boolean) {
    this.#config = config;
    this.#log = log;
    this.#clock = clock;
    this.#tell = tell;
    this.#readOnly = readOnly;
    this.#store = config.data === undefined ? undefined : folderSnapshots(join(config.data, "snapshots"));
    this.#house = house(config);
  }

  async start(fromLog: boolean, onProgress: (done: number, total: number) => void): Promise<void> {
    await this.#rebuild(fromLog, onProgress);
    this.#log.subscribe((event, offset) => this.#house.learning.fold(event, offset));
    this.#log.onFailure((error) => void this.#recover(error));
    this.#isReady = true;
    if (this.#readOnly || this.#config.tickMs === 0) return;
    this.#ticking = setInterval(() => this.#tickWhenIdle(), this.#config.tickMs);
    this.#ticking.unref();
  }

  async record(events: EventInput | readonly EventInput[]): Promise<RecordReceipt> {
    this.#mustWrite();
    const given = Array.isArray(events) ? (events as readonly EventInput[]) : [events as EventInput];
    if (given.length > limits.batchEventsMax) {
      throw new LiveshelfError(
        "EVENT_LIMIT",
        `A call records at most ${limits.batchEventsMax} events; this one has ${given.length}.`,
      );
    }
    if (this.#queued + given.length > limits.queueEventsMax) {
      throw new LiveshelfError("OVERLOADED", `${this.#queued} events wait for the disk; send these again in a second.`);
    }
    const rejected: RecordReceipt["rejected"][number][] = [];
    let accepted = 0;
    let duplicates = 0;
    for (let start = 0; start < given.length; start += foldedAtOnce) {
      if (given.length > foldedWithoutTurn) await this.#turn();
      const receipt = this.#append(given, start, Math.min(given.length, start + foldedAtOnce), rejected);
      accepted += receipt.accepted;
      duplicates += receipt.duplicates;
    }
    await this.#log.durable();
    this.#snapshotWhenDue();
    return { accepted, duplicates, rejected, offset: this.#log.head };
  }

  rank(request: RankRequest): Answer {
    this.#mustBeOpen();
    checkAsked(request);
    const nowMs = this.#nowMs();
    const { answer, slate } = this.#house.serving.rank(request, nowMs);
    return { slate: this.#logSlate(request, slate, nowMs), ...answer };
  }

  recommend(request: RecommendRequest): Answer {
    this.#mustBeOpen();
    checkAsked(request);
    const nowMs = this.#nowMs();
    const { answer, slate } = this.#house.serving.recommend(request, nowMs);
    return { slate: this.#logSlate(request, slate, nowMs), ...answer };
  }

  search(): Answer {
    throw new LiveshelfError(
      "NOT_IMPLEMENTED",
      "Search comes with a later release; rank your own search engine's results with rank().",
    );
  }

  item(id: string) {
    return reportItem(this.#house.rooms, id);
  }

  user(id: string) {
    return reportUser(this.#house.rooms, id, this.#nowMs());
  }

  models() {
    return reportModels(this.#house.rooms);
  }

  inspect(what: { readonly user?: string; readonly item?: string; readonly query?: string } = {}) {
    return inspectEngine(this.#house.rooms, this.status(), what, this.#nowMs());
  }

  status(): EngineStatus {
    const { rooms } = this.#house;
    return {
      ready: this.#isReady && this.#failure === undefined,
      offset: this.#log.head,
      durableOffset: this.#log.durableHead,
      clockMs: rooms.registers[engineAt.clockMs]!,
      items: rooms.items.size,
      shoppers: rooms.shoppers.count,
      openSlates: rooms.attribution.slates.size,
      counts: { ...rooms.attribution.counts, ...this.#door, refusedIds: rooms.registers[engineAt.refusedIds]! },
      stateBytes: bytesInUse(rooms.states),
      snapshotOffset: this.#snapshotOffset,
      queued: this.#queued,
    };
  }

  events(from = 0) {
    return this.#log.read(from);
  }

  *items(): Generator<string> {
    for (const row of this.#house.rooms.catalogue.items()) yield this.#house.rooms.items.id(row)!;
  }

  checksum(): string {
    return checksum(this.#house.rooms.states);
  }

  snapshot(): Promise<number> {
    const { data } = this.#config;
    if (data === undefined)
      return Promise.reject(
        new LiveshelfError(
          "CONFIG_INVALID",
          'An engine in memory has no snapshots; give it a folder with "data".',
          "/data",
        ),
      );
    this.#snapshotUnderWay ??= foldInWorker(this.#config, this.#log.durableHead)
      .then((offset) => {
        this.#snapshotOffset = offset;
        return offset;
      })
      .finally(() => {
        this.#snapshotUnderWay = undefined;
      });
    return this.#snapshotUnderWay;
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
    await this.#snapshotUnderWay?.catch(() => {});
    await this.#log.close();
  }

  /** Resolves when the thread has done other work since the last turn: all calls together fold one piece in between. */
  #turn(): Promise<void> {
    this.#turns = this.#turns.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#turns;
  }

  get #queued(): number {
    return this.#log.head - this.#log.durableHead;
  }

  /** The engine's time: the wall clock, never before the largest event time. */
  #nowMs(): number {
    return Math.max(this.#clock.nowMs(), this.#house.rooms.registers[engineAt.clockMs]!);
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new LiveshelfError("CLOSED", "The engine is closed.");
  }

  #mustWrite(): void {
    this.#mustBeOpen();
    if (this.#readOnly) throw new LiveshelfError("LOG_UNWRITABLE", "The folder was opened for reading only.");
    if (this.#failure !== undefined) throw this.#failure;
  }

  #append(given: readonly EventInput[], start: number, end: number, rejected: RecordReceipt["rejected"][number][]) {
    const receivedAt = this.#clock.nowMs();
    const { recentIds, registers } = this.#house.rooms;
    const batch: LoggedEvent[] = [];
    const batchIds = new Set<string>();
    let accepted = 0;
    let duplicates = 0;
    for (let index = start; index < end; index++) {
      try {
        if (withoutConsent(given[index])) {
          this.#door.withoutConsent++;
          accepted++;
          continue;
        }
        const event = parseEvent(given[index], receivedAt);
        const clockMs = Math.max(registers[engineAt.clockMs]!, eventAtMs(event));
        if (event.id !== undefined && (batchIds.has(event.id) || recentIds.has(event.id, clockMs))) {
          duplicates++;
          continue;
        }
        if (event.id !== undefined) batchIds.add(event.id);
        batch.push(event);
        accepted++;
      } catch (error) {
        if (!(error instanceof LiveshelfError)) throw error;
        rejected.push({
          index,
          code: error.code,
          message: error.message,
          ...(error.at === undefined ? {} : { at: error.at }),
        });
      }
    }
    this.#door.duplicates += duplicates;
    this.#door.rejected += end - start - accepted - duplicates;
    if (batch.length > 0) this.#log.append(batch);
    this.#lastReceivedMs = receivedAt;
    return { accepted, duplicates };
  }

  /** `time`: as of which it was answered, so that the fold reads the rows that were served. */
  #logSlate(
    request: RankRequest | RecommendRequest,
    slate: Omit<SlateEvent, "slate" | "time" | "receivedAt">,
    time: number,
  ): string | null {
    if (request.observe === false || request.consent === false || this.#readOnly || this.#failure !== undefined)
      return null;
    const id = this.#slateId();
    const event: SlateEvent = { ...slate, slate: id, time, receivedAt: time };
    const { learning, serving } = this.#house;
    learning.expect(event, serving.lastList(slate.items.length));
    this.#log.append([event]);
    this.#lastReceivedMs = time;
    this.#snapshotWhenDue();
    return id;
  }

  /** Unique in the log by the offset; not to be guessed from another without the log's id. */
  #slateId(): string {
    const { head, id } = this.#log;
    const mark = mixPair(hashText(id, this.#config.seed), head) >>> 0;
    return `${head.toString(36)}-${mark.toString(36)}`;
  }

  #tickWhenIdle(): void {
    if (this.#isClosed || this.#failure !== undefined) return;
    const { attribution, baskets } = this.#house.rooms;
    const waits = attribution.slates.firstWaiting >= 0 || !baskets.isEmpty;
    if (waits && this.#clock.nowMs() - this.#lastReceivedMs >= this.#config.tickMs) this.tick();
  }

  #snapshotWhenDue(): void {
    if (this.#store === undefined || this.#readOnly || this.#snapshotUnderWay !== undefined) return;
    if (this.#log.durableHead - this.#snapshotOffset < this.#config.snapshotEvery) return;
    this.snapshot().catch((error: unknown) => {
      // The log is whole without a snapshot: a later one will be tried after as many events again.
      this.#snapshotOffset = this.#log.durableHead;
      this.#tell(`A snapshot could not be written: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  /** Folds snapshot and log into rooms of their own, then moves in. */
  async #rebuild(fromLog: boolean, onProgress: (done: number, total: number) => void): Promise<void> {
    let next = house(this.#config);
    let offset = 0;
    if (this.#store !== undefined && !fromLog) {
      try {
        offset = restore(this.#store, next.rooms, this.#log);
      } catch (error) {
        this.#tell(
          `The snapshots cannot be used, folding the log from its start: ${error instanceof Error ? error.message : String(error)}`,
        );
        next = house(this.#config);
        offset = 0;
      }
    }
    this.#snapshotOffset = offset;
    const total = this.#log.head - offset;
    let done = 0;
    for (const entry of this.#log.read(offset)) {
      next.learning.fold(entry.event, entry.offset);
      if (++done % foldedAtOnce === 0) {
        onProgress(done, total);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    onProgress(done, total);
    this.#house = next;
  }

  /** What was folded but not durable must go (ARCHITECTURE.md, invariant 2): the state is rebuilt from what the log still has; writes stay refused. */
  async #recover(error: LiveshelfError): Promise<void> {
    this.#failure = error;
    this.#tell(`Writing to the log failed, nothing more is accepted: ${error.message}`);
    await this.#rebuild(false, () => {}).catch((cause: unknown) =>
      this.#tell(`The state could not be rebuilt: ${String(cause)}`),
    );
  }
}
