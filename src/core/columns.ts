/**
 * Columns: typed arrays in segments of {@link segmentRows}, so that growing adds one segment and never copies what is
 * there (a bounded piece at a time, ARCHITECTURE.md, invariant 7). One class for each element type, written out: made by one function they
 * share what V8 learns of their loops, and a whole evaluation took a fifth longer (measured).
 */
import { segments } from "./segments.ts";
import type { StateBuffer } from "./state.ts";

export const segmentBits = segments.bits;
/** Rows in one segment. */
export const segmentRows = 1 << segmentBits;
export const segmentMask = segmentRows - 1;

type NumberArray = Float64Array | Float32Array | Int32Array | Uint16Array | Uint8Array;

function usedBytes(segments: readonly NumberArray[], length: number, rowBytes?: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let s = 0, left = length; left > 0; s++, left -= segmentRows) {
    const segment = segments[s]!;
    chunks.push(
      new Uint8Array(segment.buffer, 0, Math.min(left, segmentRows) * (rowBytes ?? segment.BYTES_PER_ELEMENT)),
    );
  }
  return chunks;
}

/** A growing column of 64-bit floats; rows beyond `length` read as `fill`. */
export class Float64Column implements StateBuffer {
  readonly name: string;
  readonly fill: number;
  readonly segments: Float64Array[] = [];
  length = 0;

  constructor(name: string, fill = 0) {
    this.name = name;
    this.fill = fill;
  }

  get(row: number): number {
    return row >>> 0 < this.length ? this.segments[row >>> segmentBits]![row & segmentMask]! : this.fill;
  }

  /** Grows to hold `row` if need be. */
  set(row: number, value: number): void {
    if (row >= this.length) this.ensure(row + 1);
    this.segments[row >>> segmentBits]![row & segmentMask] = value;
  }

  add(row: number, value: number): void {
    if (row >= this.length) this.ensure(row + 1);
    const segment = this.segments[row >>> segmentBits]!;
    segment[row & segmentMask] = segment[row & segmentMask]! + value;
  }

  push(value: number): number {
    const row = this.length;
    this.set(row, value);
    return row;
  }

  ensure(length: number): void {
    while (this.segments.length << segmentBits < length) {
      const segment = new Float64Array(segmentRows);
      if (this.fill !== 0) segment.fill(this.fill);
      this.segments.push(segment);
    }
    if (length > this.length) this.length = length;
  }

  /** Copies `count` rows; neither range may cross a segment, which blocks of a {@link Slab} never do. */
  copy(from: number, to: number, count: number): void {
    this.ensure(Math.max(from, to) + count);
    const source = this.segments[from >>> segmentBits]!;
    const start = from & segmentMask;
    this.segments[to >>> segmentBits]!.set(source.subarray(start, start + count), to & segmentMask);
  }

  chunks(): Uint8Array[] {
    return usedBytes(this.segments, this.length);
  }

  restore(length: number, read: (target: Uint8Array) => void): void {
    this.segments.length = 0;
    this.length = 0;
    this.ensure(length);
    for (const chunk of this.chunks()) read(chunk);
  }
}

/** A growing column of 32-bit floats; rows beyond `length` read as `fill`. */
export class Float32Column implements StateBuffer {
  readonly name: string;
  readonly fill: number;
  readonly segments: Float32Array[] = [];
  length = 0;

  constructor(name: string, fill = 0) {
    this.name = name;
    this.fill = fill;
  }

  get(row: number): number {
    return row >>> 0 < this.length ? this.segments[row >>> segmentBits]![row & segmentMask]! : this.fill;
  }

  /** Grows to hold `row` if need be. */
  set(row: number, value: number): void {
    if (row >= this.length) this.ensure(row + 1);
    this.segments[row >>> segmentBits]![row & segmentMask] = value;
  }

  add(row: number, value: number): void {
    if (row >= this.length) this.ensure(row + 1);
    const segment = this.segments[row >>> segmentBits]!;
    segment[row & segmentMask] = segment[row & segmentMask]! + value;
  }

  push(value: number): number {
    const row = this.length;
    this.set(row, value);
    return row;
  }

  ensure(length: number): void {
    while (this.segments.length << segmentBits < length) {
      const segment = new Float32Array(segmentRows);
      if (this.fill !== 0) segment.fill(this.fill);
      this.segments.push(segment);
    }
    if (length > this.length) this.length = length;
  }

  /** Copies `count` rows; neither range may cross a segment, which blocks of a {@link Slab} never do. */
  copy(from: number, to: number, count: number): void {
    this.ensure(Math.max(from, to) + count);
    const source = this.segments[from >>> segmentBits]!;
    const start = from & segmentMask;
    this.segments[to >>> segmentBits]!.set(source.subarray(start, start + count), to & segmentMask);
  }

  chunks(): Uint8Array[] {
    return usedBytes(this.segments, this.length);
  }

  restore(length: number, read: (target: Uint8Array) => void): void {
    this.segments.length = 0;
    this.length = 0;
    this.ensure(length);
    for (const chunk of this.chunks()) read(chunk);
  }
}

/** A growing column of 32-bit integers; rows beyond `length` read as `fill`. */
export class Int32Column implements StateBuffer {
  readonly name: string;
  readonly fill: number;
  readonly segments: Int32Array[] = [];
  length = 0;

  constructor(name: string, fill = 0) {
    this.name = name;
    this.fill = fill;
  }

  get(row: number): number {
    return row >>> 0 < this.length ? this.segments[row >>> segmentBits]![row & segmentMask]! : this.fill;
  }

  /** Grows to hold `row` if need be. */
  set(row: number, value: number): void {
    if (row >= this.length) this.ensure(row + 1);
    this.segments[row >>> segmentBits]![row & segmentMask] = value;
  }

  add(row: number, value: number): void {
    if (row >= this.length) this.ensure(row + 1);
    const segment = this.segments[row >>> segmentBits]!;
    segment[row & segmentMask] = segment[row & segmentMask]! + value;
  }

  push(value: number): number {
    const row = this.length;
    this.set(row, value);
    return row;
  }

  ensure(length: number): void {
    while (this.segments.length << segmentBits < length) {
      const segment = new Int32Array(segmentRows);
      if (this.fill !== 0) segment.fill(this.fill);
      this.segments.push(segment);
    }
    if (length > this.length) this.length = length;
  }

  /** Copies `count` rows; neither range may cross a segment, which blocks of a {@link Slab} never do. */
  copy(from: number, to: number, count: number): void {
    this.ensure(Math.max(from, to) + count);
    const source = this.segments[from >>> segmentBits]!;
    const start = from & segmentMask;
    this.segments[to >>> segmentBits]!.set(source.subarray(start, start + count), to & segmentMask);
  }

  chunks(): Uint8Array[] {
    return usedBytes(this.segments, this.length);
  }

  restore(length: number, read: (target: Uint8Array) => void): void {
    this.segments.length = 0;
    this.length = 0;
    this.ensure(length);
    for (const chunk of this.chunks()) read(chunk);
  }
}

/** A growing column of bytes; rows beyond `length` read as `fill`. */
export class Uint8Column implements StateBuffer {
  readonly name: string;
  readonly fill: number;
  readonly segments: Uint8Array[] = [];
  length = 0;

  constructor(name: string, fill = 0) {
    this.name = name;
    this.fill = fill;
  }

  get(row: number): number {
    return row >>> 0 < this.length ? this.segments[row >>> segmentBits]![row & segmentMask]! : this.fill;
  }

  /** Grows to hold `row` if need be. */
  set(row: number, value: number): void {
    if (row >= this.length) this.ensure(row + 1);
    this.segments[row >>> segmentBits]![row & segmentMask] = value;
  }

  add(row: number, value: number): void {
    if (row >= this.length) this.ensure(row + 1);
    const segment = this.segments[row >>> segmentBits]!;
    segment[row & segmentMask] = segment[row & segmentMask]! + value;
  }

  push(value: number): number {
    const row = this.length;
    this.set(row, value);
    return row;
  }

  ensure(length: number): void {
    while (this.segments.length << segmentBits < length) {
      const segment = new Uint8Array(segmentRows);
      if (this.fill !== 0) segment.fill(this.fill);
      this.segments.push(segment);
    }
    if (length > this.length) this.length = length;
  }

  /** Copies `count` rows; neither range may cross a segment, which blocks of a {@link Slab} never do. */
  copy(from: number, to: number, count: number): void {
    this.ensure(Math.max(from, to) + count);
    const source = this.segments[from >>> segmentBits]!;
    const start = from & segmentMask;
    this.segments[to >>> segmentBits]!.set(source.subarray(start, start + count), to & segmentMask);
  }

  chunks(): Uint8Array[] {
    return usedBytes(this.segments, this.length);
  }

  restore(length: number, read: (target: Uint8Array) => void): void {
    this.segments.length = 0;
    this.length = 0;
    this.ensure(length);
    for (const chunk of this.chunks()) read(chunk);
  }
}

/** A growing column of 16-bit unsigned integers; rows beyond `length` read as `fill`. */
export class Uint16Column implements StateBuffer {
  readonly name: string;
  readonly fill: number;
  readonly segments: Uint16Array[] = [];
  length = 0;

  constructor(name: string, fill = 0) {
    this.name = name;
    this.fill = fill;
  }

  get(row: number): number {
    return row >>> 0 < this.length ? this.segments[row >>> segmentBits]![row & segmentMask]! : this.fill;
  }

  /** Grows to hold `row` if need be. */
  set(row: number, value: number): void {
    if (row >= this.length) this.ensure(row + 1);
    this.segments[row >>> segmentBits]![row & segmentMask] = value;
  }

  add(row: number, value: number): void {
    if (row >= this.length) this.ensure(row + 1);
    const segment = this.segments[row >>> segmentBits]!;
    segment[row & segmentMask] = segment[row & segmentMask]! + value;
  }

  push(value: number): number {
    const row = this.length;
    this.set(row, value);
    return row;
  }

  ensure(length: number): void {
    while (this.segments.length << segmentBits < length) {
      const segment = new Uint16Array(segmentRows);
      if (this.fill !== 0) segment.fill(this.fill);
      this.segments.push(segment);
    }
    if (length > this.length) this.length = length;
  }

  /** Copies `count` rows; neither range may cross a segment, which blocks of a {@link Slab} never do. */
  copy(from: number, to: number, count: number): void {
    this.ensure(Math.max(from, to) + count);
    const source = this.segments[from >>> segmentBits]!;
    const start = from & segmentMask;
    this.segments[to >>> segmentBits]!.set(source.subarray(start, start + count), to & segmentMask);
  }

  chunks(): Uint8Array[] {
    return usedBytes(this.segments, this.length);
  }

  restore(length: number, read: (target: Uint8Array) => void): void {
    this.segments.length = 0;
    this.length = 0;
    this.ensure(length);
    for (const chunk of this.chunks()) read(chunk);
  }
}

/** A buffer of fixed size in one piece: weights, rings, registers. */
export class FixedBuffer<A extends NumberArray> implements StateBuffer {
  readonly name: string;
  readonly isFixed = true;
  readonly array: A;

  constructor(name: string, array: A) {
    this.name = name;
    this.array = array;
  }

  get length(): number {
    return this.array.length;
  }

  chunks(): Uint8Array[] {
    return [new Uint8Array(this.array.buffer, this.array.byteOffset, this.array.byteLength)];
  }

  restore(length: number, read: (target: Uint8Array) => void): void {
    if (length !== this.array.length)
      throw new RangeError(`${this.name}: ${length} elements saved, ${this.array.length} expected`);
    for (const chunk of this.chunks()) read(chunk);
  }
}

/** A few named numbers that must be saved: cursors, totals. */
export function registers(name: string, count: number): FixedBuffer<Float64Array> {
  return new FixedBuffer(name, new Float64Array(count));
}

/** A growing column of cells of `cellBytes` bytes each, for values that are read as a stretch: JSON, rows of floats. */
export class CellColumn implements StateBuffer {
  readonly name: string;
  readonly cellBytes: number;
  readonly #segments: ArrayBuffer[] = [];
  /** Cells in use. */
  length = 0;

  /** `cellBytes`: a multiple of 4 where floats are read. */
  constructor(name: string, cellBytes: number) {
    this.name = name;
    this.cellBytes = cellBytes;
  }

  ensure(length: number): void {
    while (this.#segments.length << segmentBits < length)
      this.#segments.push(new ArrayBuffer(segmentRows * this.cellBytes));
    if (length > this.length) this.length = length;
  }

  /** A view of `byteLength` bytes from the start of `cell`; must not leave its segment, as blocks of a slab never do. */
  bytes(cell: number, byteLength: number): Uint8Array {
    return new Uint8Array(this.#segments[cell >>> segmentBits]!, (cell & segmentMask) * this.cellBytes, byteLength);
  }

  /** The same as 32-bit floats. */
  floats(cell: number, count: number): Float32Array {
    return new Float32Array(this.#segments[cell >>> segmentBits]!, (cell & segmentMask) * this.cellBytes, count);
  }

  chunks(): Uint8Array[] {
    return usedBytes(
      this.#segments.map((segment) => new Uint8Array(segment)),
      this.length,
      this.cellBytes,
    );
  }

  restore(length: number, read: (target: Uint8Array) => void): void {
    this.#segments.length = 0;
    this.length = 0;
    this.ensure(length);
    for (const chunk of this.chunks()) read(chunk);
  }
}
