/**
 * Where the vectors of an embedding table are kept: rows of 16 floats, one cache line each, and beside them what learning keeps of a
 * row, in the memory of the kernels. It grows by segments, at the end of that memory, so that nothing is ever moved.
 *
 *     segment: 4,096 vectors of 16 floats, 4,096 linear weights, 4,096 pairs of Σ|gradient|²/16 and Σ of the weight's gradient's squares
 */
import type { StateBuffer } from "../core/state.ts";
import type { KernelMemory } from "../kernels/kernel-memory.ts";

export const factors = 16;
export const sumsWidth = 2;
const segmentBits = 12;
const segmentRows = 1 << segmentBits;
const segmentFloats = segmentRows * (factors + 1 + sumsWidth);
const weightsStart = segmentRows * factors;
const sumsStart = weightsStart + segmentRows;

export class EmbeddingCells {
  /** Address of the first segment, bytes. Nothing else may be taken of the memory from the first row on. */
  base = -1;
  /** Rows in use: all below it. */
  rows = 0;
  readonly buffers: readonly StateBuffer[];
  /** All of the memory; good until a row is added, as nothing else is taken of it. */
  floats: Float32Array;
  integers: Int32Array;
  readonly #memory: KernelMemory;
  #segments = 0;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
    this.floats = new Float32Array(memory.buffer);
    this.integers = new Int32Array(memory.buffer);
    this.buffers = [
      this.#buffer("vectors", factors, 0),
      this.#buffer("linear-weights", 1, weightsStart),
      this.#buffer("sums", sumsWidth, sumsStart),
    ];
  }

  /** One more row; false where no more memory is to be had. */
  grow(): boolean {
    if (!this.#ensure(this.rows + 1)) return false;
    this.rows++;
    return true;
  }

  /** Index of a row's vector, linear weight and sums, in {@link floats}. */
  vectorAt(row: number): number {
    return (this.base >> 2) + (row >>> segmentBits) * segmentFloats + (row & (segmentRows - 1)) * factors;
  }

  weightAt(row: number): number {
    return (this.base >> 2) + (row >>> segmentBits) * segmentFloats + weightsStart + (row & (segmentRows - 1));
  }

  sumsAt(row: number): number {
    const segment = (this.base >> 2) + (row >>> segmentBits) * segmentFloats;
    return segment + sumsStart + (row & (segmentRows - 1)) * sumsWidth;
  }

  #ensure(rows: number): boolean {
    while (this.#segments << segmentBits < rows) {
      const address = this.#memory.take(segmentFloats * 4);
      if (address < 0) return false;
      if (this.#segments === 0) this.base = address;
      if (address !== this.base + this.#segments * segmentFloats * 4)
        throw new Error("Something else was taken of the memory of an embedding table.");
      this.#segments++;
      // Asked for anew only here: to ask a memory for its buffer costs more than to look an embedding up.
      this.floats = new Float32Array(this.#memory.buffer);
      this.integers = new Int32Array(this.#memory.buffer);
    }
    return true;
  }

  /** The part of each segment that begins at `start` and has `width` floats a row. */
  #buffer(name: string, width: number, start: number): StateBuffer {
    const chunks = (): Uint8Array[] => {
      const found: Uint8Array[] = [];
      for (let first = 0; first < this.rows; first += segmentRows) {
        const at = this.base + ((first >>> segmentBits) * segmentFloats + start) * 4;
        const bytes = Math.min(segmentRows, this.rows - first) * width * 4;
        found.push(new Uint8Array(this.#memory.buffer, at, bytes));
      }
      return found;
    };
    const restore = (length: number, read: (target: Uint8Array) => void): void => {
      const rows = length / width;
      if (!this.#ensure(rows)) throw new RangeError(`${name}: there is no memory for ${rows} rows`);
      this.rows = rows;
      for (const chunk of chunks()) read(chunk);
    };
    const length = (): number => this.rows * width;
    return {
      name,
      get length() {
        return length();
      },
      chunks,
      restore,
    };
  }
}
