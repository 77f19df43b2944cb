/** How large the state is, about: cheap enough to be asked every few hundred events. */
import type { State } from "./core/state.ts";
import type { Rooms } from "./rooms.ts";

/** Of a shopper's and an item's row over all rooms, and of a word: measured over the shop of the soak, without what lies in slabs. */
const shopperRowBytes = 300;
const itemRowBytes = 400;
const wordRowBytes = 60;

export class StateSize {
  #states: readonly State[] = [];
  /** Bytes of an element, by buffer in order; 0 while the buffer is empty. */
  #elementBytes = new Float64Array(0);

  /** Of these, bytes that there are without a shop: weights, filters, rings. */
  #fixedBytes = 0;

  /** Bytes of buffers that are always as long. To be asked after {@link bytes}. */
  get fixedBytes(): number {
    return this.#fixedBytes;
  }

  /** Bytes of all buffers: their elements times what one takes, which is looked up once. */
  bytes({ states }: Rooms): number {
    if (states !== this.#states) {
      this.#states = states;
      this.#elementBytes = new Float64Array(states.reduce((sum, { buffers }) => sum + buffers.length, 0));
    }
    let bytes = 0;
    let at = 0;
    this.#fixedBytes = 0;
    for (const { buffers } of states) {
      for (const buffer of buffers) {
        const { length } = buffer;
        if (length > 0 && this.#elementBytes[at] === 0)
          this.#elementBytes[at] = buffer.chunks().reduce((sum, chunk) => sum + chunk.byteLength, 0) / length;
        const ofBuffer = length * this.#elementBytes[at++]!;
        bytes += ofBuffer;
        if (buffer.isFixed === true) this.#fixedBytes += ofBuffer;
      }
    }
    return bytes;
  }
}

/** Bytes of what was freed and will be used again before anything grows, about. */
export function freeBytes(rooms: Rooms): number {
  const { shoppers, items, words, attribution, listFeatures } = rooms;
  const { rows, cells, cellsInUse, cellBytes } = shoppers.room;
  const rowCells = bufferLength(rooms, "attribution.slates", "rows");
  return (
    (rows - shoppers.count) * shopperRowBytes +
    (cells - cellsInUse) * cellBytes +
    (items.rows - items.size) * itemRowBytes +
    (words.rows - words.size) * wordRowBytes +
    Math.max(0, rowCells - attribution.slates.rowsKept) * listFeatures.columns.length * 4
  );
}

/** Elements of one buffer; 0 where there is none. */
export function bufferLength({ states }: Rooms, state: string, buffer: string): number {
  return states.find(({ name }) => name === state)?.buffers.find(({ name }) => name === buffer)?.length ?? 0;
}
