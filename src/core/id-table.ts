/**
 * Ids interned once to dense rows (ARCHITECTURE.md, “state in columns”): a hash table over a heap of UTF-8 bytes. No
 * JavaScript `Map`: that ends at 16.7 million entries and cannot be written to a file.
 */
import { Int32Column, registers, segmentBits, segmentMask, Uint8Column } from "./columns.ts";
import { HashTable } from "./hash-table.ts";
import { hashText } from "./random.ts";
import { Slab } from "./slab.ts";
import { prefixed, type State, state } from "./state.ts";

const freeHeadAt = 0;
const sizeAt = 1;

export class IdTable {
  readonly state: State;
  readonly capacity: number;
  /** hash (31 bits), probe number → row. Ids with one hash stand under successive probe numbers. */
  readonly #index: HashTable;
  readonly #bytes = new Uint8Column("bytes");
  readonly #slab: Slab;
  /** First cell of a row's bytes; −1 for a free row. */
  readonly #start = new Int32Column("start", -1);
  /** Bytes of a row's id, or the next free row + 1. */
  readonly #length = new Int32Column("length");
  readonly #registers = registers("registers", 2);

  /** At `capacity` ids, {@link intern} answers −1 until one is removed. */
  constructor(name: string, capacity = 16_000_000) {
    this.capacity = capacity;
    this.#index = new HashTable("index", ["row"]);
    this.#slab = new Slab("slab", 4);
    this.state = state(name, 1, [
      ...prefixed(this.#index.state),
      ...prefixed(this.#slab.state),
      this.#bytes,
      this.#start,
      this.#length,
      this.#registers,
    ]);
  }

  /** Ids held. */
  get size(): number {
    return this.#registers.array[sizeAt]!;
  }

  /** One more than the largest row ever used: the length of columns by row. */
  get rows(): number {
    return this.#start.length;
  }

  /** Row of an id, or −1 if it was never interned. */
  find(id: string): number {
    const hash = hashText(id) & 0x7fffffff;
    for (let probe = 0; ; probe++) {
      const slot = this.#index.find(hash, probe);
      if (slot < 0) return -1;
      const row = this.#index.values[0]!.get(slot);
      if (this.#equals(row, id)) return row;
    }
  }

  /** Row of an id, new if need be; −1 when the table is full. */
  intern(id: string): number {
    const hash = hashText(id) & 0x7fffffff;
    let probe = 0;
    for (; ; probe++) {
      const slot = this.#index.find(hash, probe);
      if (slot < 0) break;
      const row = this.#index.values[0]!.get(slot);
      if (this.#equals(row, id)) return row;
    }
    if (this.size >= this.capacity) return -1;
    const row = this.#newRow();
    const bytes = Buffer.from(id, "utf8");
    const cells = Math.max(1, bytes.length);
    const start = this.#slab.allocate(cells);
    this.#bytes.ensure(this.#slab.cells);
    for (let i = 0; i < bytes.length; i++) this.#bytes.set(start + i, bytes[i]!);
    this.#start.set(row, start);
    this.#length.set(row, bytes.length);
    this.#index.values[0]!.set(this.#index.put(hash, probe), row);
    this.#registers.array[sizeAt]!++;
    return row;
  }

  /** The id of a row, or `undefined` for a free one. */
  id(row: number): string | undefined {
    const start = row < 0 ? -1 : this.#start.get(row);
    if (start < 0) return undefined;
    const segment = this.#bytes.segments[start >>> segmentBits]!;
    const at = start & segmentMask;
    return Buffer.from(segment.buffer, segment.byteOffset + at, this.#length.get(row)).toString("utf8");
  }

  /** Frees a row for another id. The caller has forgotten all it kept under that row. */
  remove(row: number): void {
    const id = this.id(row);
    if (id === undefined) return;
    const hash = hashText(id) & 0x7fffffff;
    let probe = 0;
    while (this.#index.values[0]!.get(this.#index.find(hash, probe)) !== row) probe++;
    // The last of the chain moves into the gap, so that chains stay without holes.
    let last = probe;
    while (this.#index.find(hash, last + 1) >= 0) last++;
    const lastRow = this.#index.values[0]!.get(this.#index.find(hash, last));
    this.#index.values[0]!.set(this.#index.find(hash, probe), lastRow);
    this.#index.remove(hash, last);
    // An erased shopper's id must not stay behind in a snapshot.
    const start = this.#start.get(row);
    const length = this.#length.get(row);
    const at = start & segmentMask;
    this.#bytes.segments[start >>> segmentBits]!.fill(0, at, at + length);
    this.#slab.free(start, Math.max(1, length));
    this.#start.set(row, -1);
    this.#length.set(row, this.#registers.array[freeHeadAt]!);
    this.#registers.array[freeHeadAt] = row + 1;
    this.#registers.array[sizeAt]!--;
  }

  #newRow(): number {
    const free = this.#registers.array[freeHeadAt]! - 1;
    if (free < 0) return this.#start.push(-1);
    this.#registers.array[freeHeadAt] = this.#length.get(free);
    return free;
  }

  #equals(row: number, id: string): boolean {
    const length = this.#length.get(row);
    if (length < id.length) return false;
    const start = this.#start.get(row);
    const segment = this.#bytes.segments[start >>> segmentBits]!;
    const at = start & segmentMask;
    for (let i = 0; i < id.length; i++) {
      const code = id.charCodeAt(i);
      if (code > 127) return this.id(row) === id;
      if (segment[at + i] !== code) return false;
    }
    return length === id.length;
  }
}
