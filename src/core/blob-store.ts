/** One JSON value for each row, as UTF-8 bytes in a slab: item fields, user fields. */
import { CellColumn, Int32Column } from "./columns.ts";
import { blockCellsMax, Slab } from "./slab.ts";
import { prefixed, type State, state } from "./state.ts";

const cellBytes = 32;

export class BlobStore<T> {
  readonly state: State;
  readonly #slab = new Slab("slab", 1);
  readonly #cells = new CellColumn("cells", cellBytes);
  readonly #start = new Int32Column("start", -1);
  /** Bytes of a row's JSON. */
  readonly #length = new Int32Column("length");

  constructor(name: string) {
    this.state = state(name, 1, [...prefixed(this.#slab.state), this.#cells, this.#start, this.#length]);
  }

  read(row: number): T | undefined {
    const start = row < 0 ? -1 : this.#start.get(row);
    if (start < 0) return undefined;
    const bytes = this.#cells.bytes(start, this.#length.get(row));
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")) as T;
  }

  /** Bytes of a row's value as JSON, 0 where there is none. */
  length(row: number): number {
    return this.#start.get(row) < 0 ? 0 : this.#length.get(row);
  }

  /** `undefined` forgets the row's value. False for a value too large for a block: the row then has none. */
  write(row: number, value: T | undefined): boolean {
    const old = this.#start.get(row);
    if (old >= 0) {
      const cells = cellsOf(this.#length.get(row));
      this.#cells.bytes(old, this.#length.get(row)).fill(0);
      this.#slab.free(old, cells);
    }
    const bytes = value === undefined ? undefined : Buffer.from(JSON.stringify(value), "utf8");
    if (bytes === undefined || cellsOf(bytes.length) > blockCellsMax) {
      if (old >= 0) this.#start.set(row, -1);
      return bytes === undefined;
    }
    const start = this.#slab.allocate(cellsOf(bytes.length));
    this.#cells.ensure(this.#slab.cells);
    this.#cells.bytes(start, bytes.length).set(bytes);
    this.#start.set(row, start);
    this.#length.set(row, bytes.length);
    return true;
  }
}

const cellsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / cellBytes));
