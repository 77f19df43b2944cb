/** A wall clock that goes on by what the traffic takes, and jumps both ways by plan. */
import { dayMs, hourMs, minuteMs, secondMs } from "../../src/core/clock.ts";
import type { Random } from "../../src/core/random.ts";

const startMs = Date.UTC(2026, 0, 1);
const farMs = [Date.UTC(1971, 5, 1), Date.UTC(2100, 0, 1), startMs];

export class JumpyClock {
  readonly #chance: Random;
  #jumpShare = 0;
  #jumpsFar = false;
  #currentMs = startMs;

  constructor(chance: Random) {
    this.#chance = chance;
  }

  /** `jumpShare`: of the steps; `jumpsFar`: also by decades. */
  behave(jumpShare: number, jumpsFar: boolean): void {
    this.#jumpShare = jumpShare;
    this.#jumpsFar = jumpsFar;
  }

  nowMs(): number {
    return this.#currentMs;
  }

  step(): void {
    const chance = this.#chance;
    this.#currentMs += 1 + (chance.int(4) === 0 ? chance.int(40 * secondMs) : chance.int(300));
    if (chance.next() >= this.#jumpShare) return;
    if (this.#jumpsFar && chance.int(3) === 0) {
      this.#currentMs = farMs[chance.int(farMs.length)]!;
      return;
    }
    const size = [secondMs, minuteMs, hourMs, dayMs, 9 * dayMs][chance.int(5)]!;
    this.#currentMs = Math.max(0, this.#currentMs + Math.round((chance.next() * 2 - 1) * size));
  }
}
