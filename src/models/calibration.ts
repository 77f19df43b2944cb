/**
 * Platt scaling learned online, one pair for each surface: chance = σ(a + b·logit), by gradient steps on the log-loss of every
 * shown row. It takes out what the place adds to lists that the engine ordered.
 */
import { FixedBuffer } from "../core/columns.ts";
import { type State, state } from "../core/state.ts";

const rate = 0.01;
const surfaces = 256;

export class Calibration {
  readonly state: State;
  readonly #offset = new FixedBuffer("offset", new Float64Array(surfaces));
  readonly #slope = new FixedBuffer("slope", new Float64Array(surfaces).fill(1));

  constructor() {
    this.state = state("model.calibration", 1, [this.#offset, this.#slope]);
  }

  offset(surface: number): number {
    return this.#offset.array[place(surface)]!;
  }

  slope(surface: number): number {
    return this.#slope.array[place(surface)]!;
  }

  apply(surface: number, logit: number): number {
    return this.offset(surface) + this.slope(surface) * logit;
  }

  /** One row with its raw logit and whether it was chosen. */
  learn(surface: number, logit: number, chosen: boolean): void {
    const at = place(surface);
    const bounded = Math.max(-20, Math.min(20, logit));
    const error = 1 / (1 + Math.exp(-(this.#offset.array[at]! + this.#slope.array[at]! * bounded))) - (chosen ? 1 : 0);
    this.#offset.array[at]! -= rate * error;
    this.#slope.array[at] = Math.max(0.05, this.#slope.array[at]! - (rate * error * bounded) / (1 + bounded * bounded));
  }
}

const place = (surface: number): number => (surface + 1) % surfaces;
