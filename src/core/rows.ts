/**
 * What a model sees of one request: `count` candidates × `width` numbers, row-major. A column holds a number (NaN: absent) or
 * an interned id (−1: absent), which a 32-bit float holds exactly because every id table ends below 2²⁴ (`core/limits.ts`).
 */
export interface ColumnSpec {
  readonly name: string;
  /** `code`: a small integer or an id, compared for equality only. `number`: a quantity. */
  readonly kind: "number" | "code";
  /** Code that says nothing of the item: a model leaves out what is made of it. */
  readonly silent?: number;
  /** One value for all rows of a request. */
  readonly isShared?: boolean;
}

export class Rows {
  readonly width: number;
  count = 0;
  /** Word row of the request's surface, −1 if none. */
  surface = -1;
  dense: Float32Array;

  constructor(width: number, capacity = 256) {
    this.width = width;
    this.dense = new Float32Array(width * capacity);
  }

  /** Makes room for `count` rows; contents are undefined until written. */
  resize(count: number): void {
    if (count * this.width > this.dense.length)
      this.dense = new Float32Array(Math.max(count * this.width, this.dense.length * 2));
    this.count = count;
  }
}
