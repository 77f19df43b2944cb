/** On which surfaces the engine's own lists were shown: for reports of what places are worth there. The last {@link surfacesMax} new ones. */
import { FixedBuffer } from "../core/columns.ts";
import { type State, state } from "../core/state.ts";

const surfacesMax = 64;

export class Surfaces {
  readonly state: State;
  /** Word rows, −1 for lists without a surface, and how many were ever new. */
  readonly #rows = new FixedBuffer("rows", new Int32Array(surfacesMax));
  readonly #noted = new FixedBuffer("noted", new Float64Array(1));

  constructor() {
    this.state = state("attribution.surfaces", 1, [this.#rows, this.#noted]);
  }

  note(surface: number): void {
    const noted = this.#noted.array[0]!;
    if (this.#rows.array.subarray(0, Math.min(noted, surfacesMax)).includes(surface)) return;
    this.#rows.array[noted % surfacesMax] = surface;
    this.#noted.array[0] = noted + 1;
  }

  /** In order of appearance while there are few. A word forgotten since may have given its row to another. */
  get all(): readonly number[] {
    return [...this.#rows.array.subarray(0, Math.min(this.#noted.array[0]!, surfacesMax))];
  }
}
