/**
 * Did what was said to be likely come about? By bins of the chance and by place of the list, of each group of surfaces apart; and the
 * share of chosen rows, what one would say who knows nothing else. Decayed by rows: of {@link horizonRows} rows ago 1/e is left.
 */
import { FixedBuffer } from "../core/columns.ts";
import { type Lesson, verdict } from "../core/lesson.ts";
import { limits } from "../core/limits.ts";
import type { StateBuffer } from "../core/state.ts";

const horizonRows = 100_000;
/** Decayed at once for so many rows. */
const piece = 1000;
const left = Math.exp(-piece / horizonRows);

/** Bins are of equal width in the logit, from a chance of 0.00005 to 0.95; the outer ones take what lies beyond. */
const bins = 26;
const binWidth = 0.5;
const firstLogit = -10;
const places = limits.rowsPerSlateMax;

/** Of a group: rows since it was decayed; rows and choices; by bin rows, sum of chances, choices; by place rows, choices. */
const at = { since: 0, rows: 1, chosen: 2, bins: 3, places: 3 + 3 * bins } as const;
const width = at.places + 2 * places;

/** No chance counts as smaller, so that one row never costs everything. */
const chanceMin = 1e-15;
const chanceOf = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Of the rows of a lesson that were chosen or passed over. Losses in nats. */
export interface Judged {
  rows: number;
  chosen: number;
  /** Sum of the chances. */
  predicted: number;
  loss: number;
  /** Of having said the group's share of chosen rows, as it stood before. */
  rateLoss: number;
}

export class Chances {
  readonly buffer: StateBuffer;
  readonly #sums: Float64Array;
  readonly #judged: Judged = { rows: 0, chosen: 0, predicted: 0, loss: 0, rateLoss: 0 };

  constructor(groups: number) {
    const sums = new FixedBuffer("chances", new Float64Array(groups * width));
    this.buffer = sums;
    this.#sums = sums.array;
  }

  /** `logits[i]`: of the chance that was given to row i. Noted under `group` and under 0, all of them; good until the next call. */
  judge({ rows: { count }, verdict: verdicts, position }: Lesson, logits: Float64Array, group: number): Judged {
    const sums = this.#sums;
    const own = group * width;
    let rows = 0;
    let chosen = 0;
    let predicted = 0;
    let loss = 0;
    // Of the chances of what came about; its logarithm is taken once for many rows.
    let likelihood = 1;
    for (let i = 0; i < count; i++) {
      const said = verdicts[i]!;
      const logit = logits[i]!;
      if ((said !== verdict.chosen && said !== verdict.passedOver) || Number.isNaN(logit)) continue;
      const chance = chanceOf(logit);
      const outcome = said === verdict.chosen ? 1 : 0;
      rows++;
      chosen += outcome;
      predicted += chance;
      likelihood *= Math.max(chanceMin, outcome === 1 ? chance : 1 - chance);
      if (likelihood < chanceMin) {
        loss -= Math.log(likelihood);
        likelihood = 1;
      }
      const bin = Math.max(0, Math.min(bins - 1, Math.floor((logit - firstLogit) / binWidth)));
      const ofBin = at.bins + 3 * bin;
      sums[ofBin]!++;
      sums[ofBin + 1]! += chance;
      sums[ofBin + 2]! += outcome;
      sums[own + ofBin]!++;
      sums[own + ofBin + 1]! += chance;
      sums[own + ofBin + 2]! += outcome;
      if (position[i]! >= places) continue;
      const ofPlace = at.places + 2 * position[i]!;
      sums[ofPlace]!++;
      sums[ofPlace + 1]! += outcome;
      sums[own + ofPlace]!++;
      sums[own + ofPlace + 1]! += outcome;
    }
    const rate = (sums[own + at.chosen]! + 1) / (sums[own + at.rows]! + 2);
    const judged = this.#judged;
    judged.rows = rows;
    judged.chosen = chosen;
    judged.predicted = predicted;
    judged.loss = loss - Math.log(likelihood);
    judged.rateLoss = -chosen * Math.log(rate) - (rows - chosen) * Math.log(1 - rate);
    this.#count(0, judged);
    this.#count(group, judged);
    return judged;
  }

  /** What was noted under one group counts as another's; the first begins anew. */
  move(from: number, to: number): void {
    for (let k = 0; k < width; k++) {
      this.#sums[to * width + k]! += this.#sums[from * width + k]!;
      this.#sums[from * width + k] = 0;
    }
  }

  /** Bins that have rows, the lowest chances first; rows and choices are decayed. */
  bins(group: number) {
    const told = Array.from({ length: bins }, (_, bin) => {
      const own = group * width + at.bins + 3 * bin;
      return {
        from: bin === 0 ? 0 : chanceOf(firstLogit + bin * binWidth),
        to: bin === bins - 1 ? 1 : chanceOf(firstLogit + (bin + 1) * binWidth),
        rows: this.#sums[own]!,
        predicted: this.#sums[own + 1]!,
        chosen: this.#sums[own + 2]!,
      };
    });
    return told.filter(({ rows }) => rows > 0);
  }

  /** Places that have rows, from the top down. */
  places(group: number) {
    const told = Array.from({ length: places }, (_, place) => {
      const own = group * width + at.places + 2 * place;
      return { place, rows: this.#sums[own]!, chosen: this.#sums[own + 1]! };
    });
    return told.filter(({ rows }) => rows > 0);
  }

  #count(group: number, { rows, chosen }: Judged): void {
    const sums = this.#sums;
    const own = group * width;
    sums[own + at.rows]! += rows;
    sums[own + at.chosen]! += chosen;
    sums[own + at.since]! += rows;
    while (sums[own + at.since]! >= piece) {
      sums[own + at.since]! -= piece;
      for (let k = at.rows; k < width; k++) sums[own + k]! *= left;
    }
  }
}
