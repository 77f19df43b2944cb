/**
 * What a panel holds of each surface: weights, every member's line, and the line of the whole; and how logits are mixed by them.
 * A surface not met before starts from all of them together, slot 0.
 */
import { FixedBuffer } from "../core/columns.ts";
import type { StateBuffer } from "../core/state.ts";
import { copyLine, lineWidth, startLine } from "./panel-line.ts";
import { PanelSurfaces, slotsMax } from "./panel-surfaces.ts";
import { reweigh } from "./panel-weights.ts";

/** A member's logit counts as if it stood at this, where it is beyond. */
export const logitMax = 50;
/** What all surfaces together say of a line weighs this much for a new one. */
const inherited = 0.02;
/** Share of the mean place bias that a lesson replaces. */
const placeRate = 0.02;

export class PanelMixture {
  readonly width: number;
  readonly surfaces = new PanelSurfaces();
  /** [slot][member] */
  readonly #weights: FixedBuffer<Float64Array>;
  /** [slot][member][number of a line] */
  readonly #lines: FixedBuffer<Float64Array>;
  /** [slot][number of a line] */
  readonly #wholeLines: FixedBuffer<Float64Array>;
  /** [slot][member] mean of what the places shown added. */
  readonly #placeMeans: FixedBuffer<Float64Array>;
  #missing = new Float64Array(64);

  /** `width`: members. */
  constructor(width: number) {
    this.width = width;
    this.#weights = new FixedBuffer("weights", new Float64Array(slotsMax * width).fill(1 / width));
    this.#lines = new FixedBuffer("lines", new Float64Array(slotsMax * width * lineWidth));
    this.#wholeLines = new FixedBuffer("whole-lines", new Float64Array(slotsMax * lineWidth));
    this.#placeMeans = new FixedBuffer("place-means", new Float64Array(slotsMax * width));
    for (const { array } of [this.#lines, this.#wholeLines])
      for (let at = 0; at < array.length; at += lineWidth) startLine(array, at);
  }

  get buffers(): readonly StateBuffer[] {
    return [this.#weights, this.#lines, this.#wholeLines, this.#placeMeans, ...this.surfaces.buffers];
  }

  get weights(): Float64Array {
    return this.#weights.array;
  }

  get lines(): Float64Array {
    return this.#lines.array;
  }

  get wholeLines(): Float64Array {
    return this.#wholeLines.array;
  }

  weight(slot: number, member: number): number {
    return this.weights[slot * this.width + member]!;
  }

  lineAt(slot: number, member: number): number {
    return (slot * this.width + member) * lineWidth;
  }

  offset(slot: number, member: number): number {
    return this.lines[this.lineAt(slot, member)]!;
  }

  slope(slot: number, member: number): number {
    return this.lines[this.lineAt(slot, member) + 1]!;
  }

  wholeOffset(slot: number): number {
    return this.wholeLines[slot * lineWidth]!;
  }

  wholeSlope(slot: number): number {
    return this.wholeLines[slot * lineWidth + 1]!;
  }

  /** The surface's slot, from now on its own. */
  slotToTeach(surface: number, lesson: number): number {
    let slot = this.surfaces.find(surface);
    if (slot === 0) {
      slot = this.surfaces.take(surface);
      this.weights.copyWithin(slot * this.width, 0, this.width);
      this.#placeMeans.array.copyWithin(slot * this.width, 0, this.width);
      for (let m = 0; m < this.width; m++) copyLine(this.lines, this.lineAt(0, m), this.lineAt(slot, m), inherited);
      copyLine(this.wholeLines, 0, slot * lineWidth, inherited);
    }
    this.surfaces.teach(slot, lesson);
    return slot;
  }

  /** out[i] = Σ wₘ (aₘ + bₘ sₘ), `said[m][i]` being sₘ; what is no number is left out, row by row. */
  pool(slot: number, said: readonly Float64Array[], count: number, out: Float64Array): void {
    const { width, weights, lines } = this;
    out.fill(0, 0, count);
    let heard = 0;
    let isWhole = true;
    for (let m = 0; m < width; m++) {
      const weight = weights[slot * width + m]!;
      if (weight === 0) continue;
      heard += weight;
      const line = (slot * width + m) * lineWidth;
      const offset = lines[line]!;
      const slope = lines[line + 1]!;
      const logits = said[m]!;
      for (let i = 0; i < count; i++) {
        const logit = offset + slope * logits[i]!;
        if (logit <= logitMax && logit >= -logitMax) out[i]! += weight * logit;
        else if (!Number.isNaN(logit)) out[i]! += weight * (logit > 0 ? logitMax : -logitMax);
        else {
          if (isWhole) this.#noneMissing(count);
          isWhole = false;
          this.#missing[i]! += weight;
        }
      }
    }
    // With nobody left to ask what comes out is no number either: whoever answers has a fallback.
    if (heard === 0) out.fill(Number.NaN, 0, count);
    if (isWhole) return;
    for (let i = 0; i < count; i++) if (this.#missing[i] !== 0) out[i]! /= heard - this.#missing[i]!;
  }

  #noneMissing(count: number): void {
    if (this.#missing.length < count) this.#missing = new Float64Array(count * 2);
    this.#missing.fill(0, 0, count);
  }

  /** Those not heard get weight 0, those heard again a little. */
  reweigh(isHeard: Uint8Array): void {
    for (let slot = 0; slot < slotsMax; slot++) reweigh(this.weights, slot * this.width, isHeard);
  }

  /** The member begins anew: its lines do, and the mean of its places. */
  forget(member: number): void {
    for (let slot = 0; slot < slotsMax; slot++) {
      startLine(this.lines, this.lineAt(slot, member));
      this.#placeMeans.array[slot * this.width + member] = 0;
    }
  }

  /** The member's lines learn anew, from where they are. */
  loosen(member: number): void {
    for (let slot = 0; slot < slotsMax; slot++) {
      const at = this.lineAt(slot, member);
      copyLine(this.lines, at, at, inherited);
    }
  }

  /** Mean of what places added to a member's logits; `seen`: of this lesson, of which it then holds. */
  placeMean(slot: number, member: number, seen: number): number {
    const means = this.#placeMeans.array;
    const mean = means[slot * this.width + member]!;
    for (const at of [slot, 0]) {
      const own = at * this.width + member;
      means[own] = means[own]! + placeRate * (seen - means[own]!);
    }
    return mean;
  }

  /** Of the members for which `counts`, the largest sum of weights on a surface taught since lesson `since`. */
  largestWeight(counts: (member: number) => boolean, since: number): number {
    let largest = 0;
    for (let slot = 0; slot < slotsMax; slot++) {
      if (this.surfaces.taughtAt(slot) === 0 || this.surfaces.taughtAt(slot) < since) continue;
      let sum = 0;
      for (let m = 0; m < this.width; m++) if (counts(m)) sum += this.weight(slot, m);
      if (sum > largest) largest = sum;
    }
    return largest;
  }
}
