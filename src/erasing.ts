/**
 * Erasing shoppers: a note in the log forgets them at once, and soon after, several together, their events leave log and snapshots: the log is
 * written anew without them and folded aside, and the engine moves to what that comes to (docs/privacy.md).
 */
import { checkUser } from "./check-request.ts";
import type { Config } from "./config.ts";
import { type Clock, minuteMs, stopwatchMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import { limits } from "./core/limits.ts";
import { nextTurn } from "./core/pieces.ts";
import type { ErasureReceipt, ErasuresReport } from "./core/public.ts";
import { type ErasureParts, erasureAside } from "./erasing-aside.ts";
import { heldOf } from "./forgetting.ts";
import type { House } from "./house.ts";
import type { Moving } from "./moving.ts";
import type { Desk } from "./search-desk.ts";

export interface ErasingParts extends ErasureParts {
  readonly config: () => Config;
  readonly clock: Clock;
  readonly house: () => House;
  readonly moving: Moving;
  readonly desk: Pick<Desk, "forget">;
  /** Whether memory holds the state once more. */
  readonly hasRoomAside: () => boolean;
}

/** What failed is tried again after this. */
const againMs = 10 * minuteMs;
/** Nothing has failed then, but nothing goes on either. */
const noRoom =
  "Memory has no room for the state twice: erased shoppers leave the log when it has, or at the next start, before that answers.";

export class Erasing {
  readonly #parts: ErasingParts;
  readonly #since = { shoppers: 0, events: 0, seconds: 0 };
  #failure: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #underWay: Promise<void> | undefined;
  /** The batch under way: notes below this offset. */
  #to = 0;

  constructor(parts: ErasingParts) {
    this.#parts = parts;
  }

  get report(): ErasuresReport {
    const pending = this.#parts.house().rooms.erasures.count;
    return { pending, ...this.#since, ...(this.#failure === undefined ? {} : { failure: this.#failure }) };
  }

  /** Forgets a user at once; resolves when that is durable. Rejects with REQUEST_MALFORMED, OVERLOADED, LOG_UNWRITABLE and CLOSED. */
  async erase(user: string): Promise<ErasureReceipt> {
    checkUser(user);
    const { log, clock, house, desk } = this.#parts;
    const { rooms, pages } = house();
    const { shoppers, erasures } = rooms;
    const row = shoppers.find(user, undefined);
    const noted = erasures.of(user);
    if (noted === undefined && erasures.count >= limits.erasuresMax) {
      const message = `${erasures.count} shoppers wait to leave the log; send this again when some have (GET /readyz and the metrics tell).`;
      throw new LiveshelfError("OVERLOADED", message);
    }
    const erased = heldOf(rooms, user);
    const sessions = new Set(shoppers.sessionsOf(row));
    let offset = noted;
    // Who is not known to the state, for want of room or after a long time, may still have come again since the note.
    if (offset === undefined || offset < log.head - 1) {
      const nowMs = clock.nowMs();
      offset = log.append([{ type: "erase", user, time: nowMs, receivedAt: nowMs }]);
    }
    pages.forget((of) => of.user === user || (of.session !== undefined && sessions.has(of.session)));
    desk.forget([user, ...sessions]);
    await log.durable();
    // What failed is not waited for when there is more to do.
    if (this.#failure !== undefined) this.#unschedule();
    this.schedule();
    return { user, known: row >= 0, erased, offset, log: offset < this.#to ? "under way" : "queued" };
  }

  /**
   * Before anybody is answered: where memory has no room for the state twice, erases those who wait while there is no state here.
   * `letGo` of the state, `foldAnew` afterwards; what `foldAnew` rejects with, this does.
   */
  async eraseWithoutRoom(
    letGo: () => void,
    foldAnew: () => Promise<void>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<void> {
    const { config, log, house, hasRoomAside, tell } = this.#parts;
    const notes = house().rooms.erasures.before(log.durableHead);
    if (notes.length === 0 || hasRoomAside()) return;
    tell(
      `${notes.length} shoppers wait to be erased, and memory has no room for the state twice: they leave the log first.`,
    );
    const startedMs = stopwatchMs();
    const erasure = erasureAside(config(), this.#parts);
    letGo();
    try {
      let events = 0;
      const counted = (count: number): void => void (events = count);
      const aside = { config: config(), signal, progress() {}, turn: nextTurn };
      await erasure.fold({ notes, to: log.durableHead }, aside, counted);
      await erasure.switchLog((act) => act());
      this.#succeed(notes.length, events, startedMs);
    } catch (error) {
      await erasure.drop().catch(() => {});
      this.#fail(error);
    }
    await foldAnew();
  }

  /** Soon goes on with those who wait, if any do. */
  schedule(afterMs = this.#parts.config().eraseAfterMs): void {
    if (this.#isClosed || this.#timer !== undefined || this.#underWay !== undefined) return;
    if (this.#parts.house().rooms.erasures.count === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#underWay = this.#eraseAll().finally(() => {
        this.#underWay = undefined;
        this.#to = 0;
        this.schedule(this.#failure === undefined ? undefined : againMs);
      });
    }, afterMs);
    this.#timer.unref();
  }

  /** Begins nothing more; resolves when what was under way has ended, with the move that it is part of. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unschedule();
    await this.#underWay;
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #eraseAll(): Promise<void> {
    const { config, log, moving, house, hasRoomAside } = this.#parts;
    const startedMs = stopwatchMs();
    const erasure = erasureAside(config(), this.#parts);
    let shoppers = 0;
    let events = 0;
    if (!hasRoomAside()) this.#failure = noRoom;
    try {
      await moving.move({
        why: "erasure",
        fold: async (aside) => {
          if (this.#failure === noRoom) this.#failure = undefined;
          await log.durable();
          this.#to = log.durableHead;
          const notes = house().rooms.erasures.before(this.#to);
          shoppers = notes.length;
          const counted = (count: number): void => void (events = count);
          return erasure.fold({ notes, to: this.#to }, aside, counted);
        },
        beforeSwap: (once) => erasure.switchLog(once),
      });
      this.#succeed(shoppers, events, startedMs);
    } catch (error) {
      await erasure.drop().catch(() => {});
      if (!this.#isClosed) this.#fail(error);
    }
  }

  #succeed(shoppers: number, events: number, startedMs: number): void {
    this.#failure = undefined;
    this.#since.shoppers += shoppers;
    this.#since.events += events;
    this.#since.seconds = (stopwatchMs() - startedMs) / 1000;
    const { tell } = this.#parts;
    tell(`${shoppers} shoppers were erased with ${events} events in ${this.#since.seconds.toFixed(1)} s.`);
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error.message : String(error);
    this.#parts.tell(`Erased shoppers are still in the log, this is tried again in 10 minutes: ${this.#failure}`);
  }
}
