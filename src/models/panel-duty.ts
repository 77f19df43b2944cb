/**
 * Which learners of a panel are on. A family whose weight stays below what it costs is switched off, and comes back on trial; a
 * member that says what is no number, or what no other member would, is put aside until it speaks sense again. All by lessons, so
 * that the same log decides the same.
 */
import { FixedBuffer } from "../core/columns.ts";
import type { StateBuffer } from "../core/state.ts";

export const duty = { on: 0, off: 1, onTrial: 2, putAside: 3 } as const;
export type DutyName = "on" | "off" | "on trial" | "put aside";
const names: readonly DutyName[] = ["on", "off", "on trial", "put aside"];
export const reason = { none: 0, noNumber: 1, exploded: 2, weight: 3 } as const;
const reasons = ["", "it said what is no number", "it said what no other would", "it cost more than it brought"];

/** Weight that a family must bring for each unit of its cost beyond the first, which is never worth the switch; and the most that is asked. */
const weightPerCost = 0.004;
const weightAskedMax = 0.1;
/** Lessons between two looks at the weights. */
const lookEvery = 64;
/** Lessons below what is asked until a family is switched off, which a trial lasts, too. */
const patience = 16_384;
/** Lessons that one switched off waits for its first trial; twice as long each time that it fails. */
const firstWait = 65_536;
const waitMax = 1 << 22;
/** Lessons that a member put aside waits, and twice as long each time. */
const firstAside = 1024;
/** Share of strikes kept from lesson to lesson, and how many put a member aside. */
const strikesKept = 0.99;
const strikesMax = 10;

/** Numbers kept of each family, and of each member. */
const at = { state: 0, until: 1, wait: 2, low: 3, strikes: 4, reason: 5, width: 6 } as const;

export class PanelDuty {
  readonly #familyOf: Int32Array;
  readonly #asked: Float64Array;
  readonly #families: FixedBuffer<Float64Array>;
  readonly #members: FixedBuffer<Float64Array>;

  /** `familyOf`: [member] its family; `costs`: [family]. */
  constructor(familyOf: readonly number[], costs: readonly number[]) {
    this.#familyOf = Int32Array.from(familyOf);
    this.#asked = Float64Array.from(costs, (cost) => Math.max(0, Math.min(weightAskedMax, weightPerCost * (cost - 1))));
    this.#families = new FixedBuffer("duty.families", new Float64Array(costs.length * at.width));
    this.#members = new FixedBuffer("duty.members", new Float64Array(familyOf.length * at.width));
  }

  get buffers(): readonly StateBuffer[] {
    return [this.#families, this.#members];
  }

  /** It predicts and learns. */
  isWorking(family: number): boolean {
    return this.#families.array[family * at.width]! !== duty.off;
  }

  /** What it says counts. */
  isHeard(member: number): boolean {
    return this.#members.array[member * at.width]! !== duty.putAside && this.isWorking(this.#familyOf[member]!);
  }

  describe(member: number): { readonly state: DutyName; readonly reason?: string } {
    const own = member * at.width;
    const family = this.#familyOf[member]! * at.width;
    const ownState = this.#members.array[own]!;
    const isOwn = ownState !== duty.on;
    const state = names[isOwn ? ownState : this.#families.array[family]!]!;
    if (state === "on") return { state };
    return { state, reason: reasons[isOwn ? this.#members.array[own + at.reason]! : reason.weight]! };
  }

  /** Puts a member aside; the next time that it happens it waits twice as long. */
  putAside(member: number, why: number, lesson: number): void {
    const numbers = this.#members.array;
    const own = member * at.width;
    const wait = Math.min(waitMax, numbers[own + at.wait] === 0 ? firstAside : 2 * numbers[own + at.wait]!);
    numbers[own] = duty.putAside;
    numbers[own + at.until] = lesson + wait;
    numbers[own + at.wait] = wait;
    numbers[own + at.strikes] = 0;
    numbers[own + at.reason] = why;
  }

  /** A lesson in which it did or did not say what no other would; true when that was once too often. */
  strike(member: number, isStruck: boolean): boolean {
    const own = member * at.width + at.strikes;
    const numbers = this.#members.array;
    numbers[own] = numbers[own]! * strikesKept + (isStruck ? 1 : 0);
    return numbers[own]! > strikesMax;
  }

  /** It has waited; whoever calls this decides whether it may come back. */
  isDueBack(member: number, lesson: number): boolean {
    const own = member * at.width;
    const numbers = this.#members.array;
    return numbers[own] === duty.putAside && lesson >= numbers[own + at.until]!;
  }

  /** All its members are put aside. */
  isAside(family: number): boolean {
    return this.#familyOf.every(
      (of, member) => of !== family || this.#members.array[member * at.width] === duty.putAside,
    );
  }

  waitOn(member: number, lesson: number): void {
    const own = member * at.width;
    this.#members.array[own + at.until] = lesson + this.#members.array[own + at.wait]!;
  }

  /** A member that was put aside is heard again, on trial for as long as its family would be. */
  comeBack(member: number, lesson: number): void {
    const own = member * at.width;
    this.#members.array[own] = duty.onTrial;
    this.#members.array[own + at.until] = lesson + patience;
  }

  /**
   * Looks at the weights, in some lessons only; true when a family was switched off or back on. `weightOf(family)`: the largest that
   * its members have together on any surface.
   */
  look(lesson: number, weightOf: (family: number) => number): boolean {
    if (lesson % lookEvery !== 0) return false;
    const members = this.#members.array;
    for (let own = 0; own < members.length; own += at.width) {
      if (members[own] !== duty.onTrial || lesson < members[own + at.until]!) continue;
      members[own] = duty.on;
      members[own + at.wait] = 0;
    }
    let hasChanged = false;
    const families = this.#families.array;
    for (let f = 0; f < this.#asked.length; f++) {
      const own = f * at.width;
      const state = families[own]!;
      if (state !== duty.on && lesson < families[own + at.until]!) continue;
      if (state === duty.off) {
        families[own] = duty.onTrial;
        families[own + at.until] = lesson + patience;
        hasChanged = true;
        continue;
      }
      const isLow = weightOf(f) < this.#asked[f]!;
      families[own + at.low] = isLow ? families[own + at.low]! + lookEvery : 0;
      if (state === duty.onTrial && !isLow) {
        families[own] = duty.on;
        families[own + at.wait] = 0;
      }
      if (!isLow || (state === duty.on && families[own + at.low]! < patience)) continue;
      this.#switchOff(own, lesson);
      hasChanged = true;
    }
    return hasChanged;
  }

  #switchOff(own: number, lesson: number): void {
    const families = this.#families.array;
    const wait = Math.min(waitMax, families[own + at.wait] === 0 ? firstWait : 2 * families[own + at.wait]!);
    families[own] = duty.off;
    families[own + at.until] = lesson + wait;
    families[own + at.wait] = wait;
    families[own + at.low] = 0;
  }
}
