/**
 * What a place adds to the logit in lists that the engine ordered, by surface and position: learned beside the items by AdaGrad (Duchi
 * et al. 2011), and left out of what is predicted. Surfaces are hashed, 4,096 places in all.
 */
import { FixedBuffer } from "../core/columns.ts";
import { mixPair } from "../core/random.ts";

const cells = 4096;
/** Places beyond this share one bias. */
const placeMax = 49;
/** What the sums of squares start from. */
const start = 0.1;

export class PlaceBias {
  /** [bias · Σ of the gradient's squares][cell]. */
  readonly buffer = new FixedBuffer("places", new Float64Array(2 * cells));
  readonly #rate: number;

  constructor(rate: number) {
    this.#rate = rate;
  }

  at(surface: number, position: number): number {
    return this.buffer.array[cellOf(surface, position)]!;
  }

  learn(surface: number, position: number, gradient: number): void {
    const { array } = this.buffer;
    const cell = cellOf(surface, position);
    array[cells + cell]! += gradient * gradient;
    array[cell]! -= (this.#rate * gradient) / Math.sqrt(start + array[cells + cell]!);
  }
}

const cellOf = (surface: number, position: number): number =>
  mixPair(surface + 1, Math.min(position, placeMax)) & (cells - 1);
