/** Live, honest scores: every lesson is predicted before it is learned. Decayed over the last thousands of rows; part of the state. */
import { FixedBuffer } from "../core/columns.ts";
import { type State, state } from "../core/state.ts";

/** Weight that a row keeps with each row after it. */
const keep = 0.9999;
const at = { rows: 0, loss: 1, predicted: 2, observed: 3, width: 4 } as const;

export class Prequential {
  readonly state: State;
  readonly #names: readonly string[];
  readonly #sums: FixedBuffer<Float64Array>;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#sums = new FixedBuffer("sums", new Float64Array(names.length * at.width));
    this.state = state("model.prequential", 1, [this.#sums]);
  }

  /** One row: the chance that was predicted, and whether it was chosen. */
  note(name: string, chance: number, chosen: boolean): void {
    const base = this.#names.indexOf(name) * at.width;
    const sums = this.#sums.array;
    const bounded = Math.max(1e-15, Math.min(1 - 1e-15, chance));
    const row = [1, -Math.log(chosen ? bounded : 1 - bounded), chance, chosen ? 1 : 0];
    for (let i = 0; i < at.width; i++) sums[base + i] = sums[base + i]! * keep + row[i]!;
  }

  /** Mean log-loss a row, and predicted over observed; null before the first row, or the first choice. */
  report(name: string): { readonly logLoss: number | null; readonly calibration: number | null } {
    const base = this.#names.indexOf(name) * at.width;
    if (base < 0) return { logLoss: null, calibration: null };
    const [rows, loss, predicted, observed] = this.#sums.array.subarray(base, base + at.width) as unknown as [
      number,
      number,
      number,
      number,
    ];
    return { logLoss: rows > 0 ? loss / rows : null, calibration: observed > 0 ? predicted / observed : null };
  }
}
