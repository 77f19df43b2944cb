/** Live, honest scores: of predictions made before their lesson was learned. Decayed over the last thousands of rows; part of the state. */
import { FixedBuffer } from "../core/columns.ts";
import type { StateBuffer } from "../core/state.ts";

/** Weight that a row keeps with each row after it. */
const kept = 0.9999;
const at = { rows: 0, loss: 1, predicted: 2, observed: 3, width: 4 } as const;

export interface LiveScore {
  /** Mean log-loss in nats: of a row, or of a list where shares are predicted; null before the first. */
  readonly logLoss: number | null;
  /** Predicted over observed choices; null before the first choice, and of shares. */
  readonly calibration: number | null;
}

export class LiveScores {
  readonly #sums: FixedBuffer<Float64Array>;

  /** Of so many who predict. */
  constructor(count: number) {
    this.#sums = new FixedBuffer("scores", new Float64Array(count * at.width));
  }

  get buffers(): readonly StateBuffer[] {
    return [this.#sums];
  }

  /** `rows` rows (lists, of shares) together: log-loss, sum of the chances, choices. */
  note(who: number, rows: number, loss: number, predicted: number, observed: number): void {
    const sums = this.#sums.array;
    const own = who * at.width;
    const left = kept ** rows;
    sums[own + at.rows] = sums[own + at.rows]! * left + rows;
    sums[own + at.loss] = sums[own + at.loss]! * left + loss;
    sums[own + at.predicted] = sums[own + at.predicted]! * left + predicted;
    sums[own + at.observed] = sums[own + at.observed]! * left + observed;
  }

  score(who: number): LiveScore {
    const [rows, loss, predicted, observed] = this.#sums.array.subarray(who * at.width) as unknown as number[];
    return {
      logLoss: rows! > 0 ? loss! / rows! : null,
      calibration: observed! > 0 && predicted! > 0 ? predicted! / observed! : null,
    };
  }

  /** Who predicts begins anew. */
  forget(who: number): void {
    this.#sums.array.fill(0, who * at.width, (who + 1) * at.width);
  }
}
