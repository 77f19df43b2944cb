/**
 * Moving to another state while this one answers (ARCHITECTURE.md, invariant 6): it is folded aside, loaded in pieces, brought up to the
 * log's head, and moved into in one step. By this a changed configuration comes to hold, and erased shoppers leave what was learned.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "./config.ts";
import { minuteMs, stopwatchMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import { type Pieces, Turns } from "./core/pieces.ts";
import type { RebuildReport } from "./core/public.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import type { Folded } from "./fold-up.ts";
import { type House, preparing } from "./house.ts";
import { Learning } from "./learn.ts";
import { PagedLists } from "./paged-lists.ts";
import { buildingRooms, type Rooms } from "./rooms.ts";
import type { SecondFolder } from "./second-folder.ts";
import type { RebuiltState, SnapshotHeader, SnapshotStore } from "./snapshots/snapshot-store.ts";

export interface Move {
  readonly why: RebuildReport["why"];
  /** What the new rooms are built from, asked when the turn has come; by default the configuration that answers now. */
  readonly config?: () => Config;
  /** Empty ones of that configuration, where their making has begun. */
  readonly rooms?: Pieces<Rooms>;
  /** For how long the thread stood still already, such as for what was made of these rooms, ms. */
  readonly preparedMs?: number;
  /** Settings by which it differs, for the report. */
  readonly settings?: readonly string[];
  /** Gives the move up: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Folds aside: in a worker, and then answers where its snapshot is, or in turns on this thread, and then answers the rooms. */
  readonly fold: (aside: Aside) => Promise<FoldedAside>;
  /**
   * Awaited when the new rooms have all but caught up with the log; what comes meanwhile is caught up with too. When it rejects, the
   * old house stays. What it does in one piece of some length, it does by `once`, for the report.
   */
  readonly beforeSwap?: (once: Turns["once"]) => Promise<void>;
  /** Called in the very step in which the engine moves in. */
  readonly atSwap?: () => void;
}

/** What folding aside is given. */
export interface Aside {
  readonly config: Config;
  /** Aborted: give up soon. */
  readonly signal: AbortSignal;
  /** Events folded, of how many. */
  progress(done: number, total: number): void;
  /** For a fold on this thread: resolves when all else had its turn. */
  readonly turn: () => Promise<void>;
}

export type FoldedAside =
  | { readonly store: SnapshotStore; readonly header: SnapshotHeader }
  /** Events below `offset` are folded in. */
  | FoldedHere;

interface FoldedHere {
  readonly rooms: Rooms;
  readonly learning: Learning;
  readonly offset: number;
  readonly rebuilt?: readonly RebuiltState[];
}

/** What the engine moves into: to be made a house and put in the old one's place at once. */
export interface MovedIn {
  readonly rooms: Rooms;
  readonly learning: Learning;
  readonly pages: PagedLists;
  readonly config: Config;
  /** The snapshot that it came from; absent where there is none. */
  readonly from?: Pick<Folded, "offset" | "stale" | "rebuilt">;
}

export interface MovingParts {
  readonly log: EventLog;
  readonly secondFolder: SecondFolder;
  readonly config: () => Config;
  readonly house: () => House;
  /** Whether memory holds the state once more. */
  readonly hasRoomAside: () => boolean;
  readonly moveIn: (into: MovedIn) => void;
  readonly tell: (message: string) => void;
  /** Resolves when it is time to look again whether there is room. */
  readonly pause?: (signal: AbortSignal) => Promise<void>;
}

type Report = { -readonly [K in keyof RebuildReport]: RebuildReport[K] };

/** So few events are folded in the step of the swap itself. */
const nearEnough = 16;
/** Of a piece of catching up, ms: what it begins with, and what it becomes where events come faster than it gets on. */
const pieceMs = 5;
const pieceMaxMs = 25;
const toldEveryMs = 10_000;
const longPause = (signal: AbortSignal): Promise<void> => wait(minuteMs, undefined, { signal, ref: false });

export class Moving {
  readonly #parts: MovingParts;
  readonly #stop = new AbortController();
  /** Those that have not ended, in the order in which they were asked for. */
  readonly #moves: { readonly report: Report; readonly signal: AbortSignal }[] = [];
  #ended: Report | undefined;
  #underWay: Promise<unknown> = Promise.resolve();
  /** The one whose turn it is. */
  #moved: Promise<unknown> = Promise.resolve();

  constructor(parts: MovingParts) {
    this.#parts = parts;
  }

  /** Of the move under way, else of the next, else of the one that ended last. */
  get report(): RebuildReport | undefined {
    const wanted = this.#moves.filter(({ signal }) => !signal.aborted);
    const first = wanted.find(({ report }) => report.state !== "waiting") ?? wanted[0];
    const report = first?.report ?? this.#ended;
    return report && { ...report };
  }

  /**
   * Resolves when the engine has moved in, with what it took. Moves and snapshots take turns, as they were asked for. Rejects with what the folding or
   * loading throws, with CLOSED, and with LOG_UNWRITABLE when the log failed meanwhile; the old house is then as it was.
   */
  move(plan: Move): Promise<RebuildReport> {
    const signal = plan.signal === undefined ? this.#stop.signal : AbortSignal.any([this.#stop.signal, plan.signal]);
    const { why, settings } = plan;
    const report: Report = {
      why,
      state: "waiting",
      done: 0,
      total: 0,
      ...(settings === undefined ? {} : { settings }),
    };
    const move = { report, signal };
    this.#moves.push(move);
    const moved = this.#inTurn(plan, report, signal)
      .then((): RebuildReport => report)
      .catch((error: unknown) => {
        // What a signal ends, it ends with its reason, however the thread that folds puts it.
        const reason: unknown = signal.aborted ? signal.reason : error;
        report.state = "failed";
        report.message = reason instanceof Error ? reason.message : String(reason);
        throw reason;
      })
      .finally(() => {
        this.#moves.splice(this.#moves.indexOf(move), 1);
        this.#ended = report;
      });
    this.#underWay = Promise.allSettled([this.#underWay, moved]);
    return moved;
  }

  /** Gives up all moves, for good; resolves when none holds the engine or its log any more. */
  giveUp(error: LiveshelfError): Promise<unknown> {
    this.#stop.abort(error);
    return this.#moved;
  }

  async close(): Promise<void> {
    this.giveUp(new LiveshelfError("CLOSED", "The engine was closed before it moved to the other state."));
    await this.#underWay;
  }

  /** When its turn has come, and memory has room then: who had the turn before held the state once more too. */
  async #inTurn(plan: Move, report: Report, signal: AbortSignal): Promise<void> {
    const { secondFolder, hasRoomAside, tell, pause = longPause } = this.#parts;
    for (;;) {
      const isMoved = await secondFolder.take(async () => {
        signal.throwIfAborted();
        if (!hasRoomAside()) return false;
        delete report.message;
        const moved = this.#move(plan, report, signal);
        this.#moved = moved.catch(() => {});
        await moved;
        return true;
      });
      if (isMoved) return;
      if (report.message === undefined) {
        report.message =
          "Memory has no room for the state twice: this waits until there is, or is done at the next start. What answers now goes on answering.";
        tell(report.message);
      }
      // Snapshots have their turns meanwhile.
      await pause(signal);
    }
  }

  async #move(plan: Move, report: Report, signal: AbortSignal): Promise<void> {
    const startedMs = stopwatchMs();
    const { log, moveIn } = this.#parts;
    const turns = new Turns(signal, pieceMs);
    signal.throwIfAborted();
    report.state = "folding";
    const config = plan.config?.() ?? this.#parts.config();
    const progress = this.#progress(report);
    const aside = await plan.fold({ config, signal, progress, turn: () => turns.turn() });
    signal.throwIfAborted();
    report.state = "loading";
    const folded = "store" in aside ? await this.#load(aside, config, plan.rooms, turns) : aside;
    const { rooms, learning, rebuilt = [] } = folded;
    await turns.run(preparing(rooms));
    report.state = "catching up";
    const pages = new PagedLists();
    const rowOf = rowsOf(this.#parts.house().rooms, rooms);
    await turns.run(pages.takeOver(this.#parts.house().pages, rowOf));
    let offset = await this.#catchUp(learning, folded.offset, turns, report);
    if (plan.beforeSwap !== undefined) {
      await plan.beforeSwap((act) => turns.once(act));
      offset = await this.#catchUp(learning, offset, turns, report);
    }
    turns.once(() => {
      for (const entry of log.read(offset)) learning.fold(entry.event, entry.offset);
      for (const _ of pages.takeOver(this.#parts.house().pages, rowOf));
      plan.atSwap?.();
      const from = "store" in aside ? { offset: folded.offset, stale: [], rebuilt } : undefined;
      moveIn({ rooms, learning, pages, config, ...(from === undefined ? {} : { from }) });
    });
    report.state = "done";
    // What came in the very end was folded with the swap.
    report.offset = report.done = report.total = log.head;
    report.pauseMs = Math.max(turns.longestMs, plan.preparedMs ?? 0);
    report.seconds = (stopwatchMs() - startedMs) / 1000;
  }

  async #load(
    { store, header }: { readonly store: SnapshotStore; readonly header: SnapshotHeader },
    config: Config,
    begun: Pieces<Rooms> | undefined,
    turns: Turns,
  ): Promise<FoldedHere> {
    const rooms = await turns.run(begun ?? buildingRooms(config));
    await turns.turn();
    const isIt = (found: SnapshotHeader): boolean =>
      found.log === header.log && found.offset === header.offset && found.config === header.config;
    const loaded = await turns.run(store.loading(rooms.states, (found, stale) => isIt(found) && stale.length === 0));
    if (loaded === undefined) {
      const message = `The snapshot that was folded aside, at offset ${header.offset}, cannot be read.`;
      throw new LiveshelfError("SNAPSHOT_DAMAGED", message);
    }
    const { offset, rebuilt = [] } = loaded.header;
    return { rooms, learning: turns.once(() => new Learning(rooms)), offset, rebuilt };
  }

  /** Folds what the log has from `offset` on, until next to nothing is left; answers how far that is. */
  async #catchUp(learning: Learning, from: number, turns: Turns, report: Report): Promise<number> {
    const { log } = this.#parts;
    let offset = from;
    let longMs = pieceMs;
    for (let behind = log.head - offset; behind > nearEnough; ) {
      report.total = log.head;
      offset = await turns.run(folding(log, learning, offset, report), longMs);
      await turns.turn();
      // As much came as was folded: only longer pieces get to an end.
      if (log.head - offset >= behind) longMs = Math.min(pieceMaxMs, longMs * 1.5);
      behind = log.head - offset;
    }
    return offset;
  }

  #progress(report: Report): (done: number, total: number) => void {
    let toldMs = stopwatchMs();
    return (done, total) => {
      report.done = done;
      report.total = total;
      if (stopwatchMs() - toldMs < toldEveryMs || total === 0) return;
      toldMs = stopwatchMs();
      this.#parts.tell(`Folded aside: ${Math.floor((100 * done) / total)} % (${done} of ${total} events).`);
    };
  }
}

function* folding(log: EventLog, learning: Learning, from: number, report: Report): Pieces<number> {
  let next = from;
  for (const { event, offset } of log.read(from)) {
    learning.fold(event, offset);
    report.done = next = offset + 1;
    yield;
  }
  return next;
}

/** Row of an item in other rooms, −1 where they do not know it; each is looked up once. */
function rowsOf(from: Rooms, to: Rooms): (row: number) => number {
  const unasked = -2;
  let rows = new Int32Array(from.items.rows).fill(unasked);
  return (row) => {
    if (row < 0) return -1;
    if (row >= rows.length) {
      const longer = new Int32Array(from.items.rows).fill(unasked);
      longer.set(rows);
      rows = longer;
    }
    if (rows[row] === unasked) rows[row] = to.items.find(from.items.id(row) ?? "");
    return rows[row]!;
  };
}
