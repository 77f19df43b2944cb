/**
 * Items that many come for who were never seen before: the mark of accounts made to push something. An item bursts when lately it was
 * the first choice of many more newcomers than all who choose it now, had it its usual share.
 *
 *     newcomers > limit  and  newcomers > 5 · usual,   usual = (the item's choices of days + ½) · (all choices lately / all of days)
 */
import { dayMs, minuteMs } from "../core/clock.ts";
import { Float32Column, Float64Column, registers } from "../core/columns.ts";
import { decay } from "../core/decayed.ts";
import { type State, state } from "../core/state.ts";

/** Half-lives of what counts as lately, and as usual. */
const latelyMs = 30 * minuteMs;
const usualMs = 3 * dayMs;
const ratio = 5;
/** What an item that nobody chose yet is reckoned to have got. */
const unknownCount = 0.5;
/** What a choice that bursts adds to the usual: pushing does not make itself usual, and what lasts for days becomes it. */
const heldCount = 0.1;

const allLatelyAt = 0;
const allUsualAt = 1;
const allAtMsAt = 2;

export class Bursts {
  readonly state: State;
  readonly #limit: number;
  // By item row.
  readonly #newcomers = new Float32Column("newcomers");
  readonly #usual = new Float32Column("usual");
  readonly #atMs = new Float64Column("atMs");
  readonly #registers = registers("registers", 3);

  /** `limit`: newcomers of one item, decayed, that are no burst; ∞ for none ever. */
  constructor(limit: number) {
    this.#limit = limit;
    this.state = state("trust.bursts", 1, [this.#newcomers, this.#usual, this.#atMs, this.#registers]);
  }

  /** Counts a choice; true if it is a newcomer's first and the item bursts. Times that go back count as the latest. */
  note(item: number, isNewcomer: boolean, atMs: number): boolean {
    const at = this.#registers.array;
    const elapsedMs = Math.max(0, atMs - at[allAtMsAt]!);
    const nowMs = at[allAtMsAt]! + elapsedMs;
    at[allAtMsAt] = nowMs;
    at[allLatelyAt] = at[allLatelyAt]! * decay(elapsedMs, latelyMs) + 1;
    at[allUsualAt] = at[allUsualAt]! * decay(elapsedMs, usualMs) + 1;
    if (item < 0) return false;
    const itsMs = nowMs - this.#atMs.get(item);
    const before = this.#usual.get(item) * decay(itsMs, usualMs);
    const newcomers = this.#newcomers.get(item) * decay(itsMs, latelyMs) + (isNewcomer ? 1 : 0);
    this.#newcomers.set(item, newcomers);
    this.#atMs.set(item, nowMs);
    const usual = (before + unknownCount) * (at[allLatelyAt]! / at[allUsualAt]!);
    const bursts = isNewcomer && newcomers > this.#limit && newcomers > ratio * usual;
    this.#usual.set(item, before + (bursts ? heldCount : 1));
    return bursts;
  }

  forgetItem(item: number): void {
    for (const column of [this.#newcomers, this.#usual, this.#atMs]) if (item < column.length) column.set(item, 0);
  }
}
