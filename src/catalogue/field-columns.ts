/**
 * The values of fields by item, in two columns for each place, of which a field fills the one that its type needs:
 * numbers and booleans as 64-bit floats, words as rows of the shared word table, lists and paths as the first cell of a
 * block: list [count, words…], path [count, prefixes from broad to narrow…, the levels' own names…].
 */
import { Float64Column, Int32Column } from "../core/columns.ts";
import { limits } from "../core/limits.ts";
import { Slab } from "../core/slab.ts";
import { prefixed, type StateBuffer } from "../core/state.ts";
import type { Field } from "./field-registry.ts";
import {
  asBoolean,
  asNumber,
  asPath,
  asText,
  asWord,
  asWords,
  type FieldType,
  listWordsMax,
  pathLevelsMax,
  pathWord,
} from "./field-types.ts";

/** The shared table of words, as the catalogue needs it. */
export interface Words {
  /** Row of a word, −1 where there is none. */
  find(word: string): number;
  /** The same, made if need be; −1 when the table is full. */
  intern(word: string): number;
  /** The word of a row. */
  id(row: number): string | undefined;
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 1);

export class FieldColumns {
  readonly buffers: readonly StateBuffer[];
  /** [place] NaN where an item has none. */
  readonly numbers: readonly Float64Column[];
  /** [place] word row, or first cell; −1 where an item has none. */
  readonly words: readonly Int32Column[];
  readonly cells = new Int32Column("cells");
  /** [word row] how often it stands in a column or in a cell. */
  readonly #uses = new Int32Column("uses");
  readonly #slab = new Slab("slab", 1);
  readonly #wordTable: Words;
  readonly #scratch = new Int32Array(listWordsMax);

  constructor(wordTable: Words) {
    this.#wordTable = wordTable;
    const places = Array.from({ length: limits.catalogueFieldsMax }, (_, place) => place);
    this.numbers = places.map((place) => new Float64Column(`numbers.${place}`, Number.NaN));
    this.words = places.map((place) => new Int32Column(`words.${place}`, -1));
    this.buffers = [...this.numbers, ...this.words, this.cells, this.#uses, ...prefixed(this.#slab.state)];
  }

  /** True while a value of some item refers to the word. */
  refersTo(word: number): boolean {
    return this.#uses.get(word) > 0;
  }

  /** Replaces an item's value. False when it does not, or not wholly, read as the field's type. */
  set(field: Field, item: number, value: unknown): boolean {
    switch (field.type) {
      case "number":
        return this.#setNumber(field.place, item, asNumber(value));
      case "boolean":
        return this.#setNumber(field.place, item, asBoolean(value));
      case "word": {
        const word = asWord(value);
        this.#setWord(field.place, item, word === undefined ? -1 : this.#wordTable.intern(word));
        return word !== undefined;
      }
      case "word-list": {
        const words = asWords(value);
        this.#setBlock(field, item, this.#internList(words));
        return words.length === lengthOf(value);
      }
      case "path": {
        const levels = asPath(value);
        this.#setBlock(field, item, this.#internPath(levels));
        return levels.length === lengthOf(value);
      }
      case "text":
        return asText(value) !== undefined;
    }
  }

  clear(field: Field, item: number): void {
    const { type, place } = field;
    if (type === "number" || type === "boolean") this.#setNumber(place, item, Number.NaN);
    else if (type === "word") this.#setWord(place, item, -1);
    else if (type !== "text") this.#setBlock(field, item, 0);
  }

  /** Writes an item's words, or the prefixes of its path, to `out` as far as it reaches; returns how many. */
  list(place: number, item: number, out: Int32Array): number {
    const start = this.words[place]!.get(item);
    if (start < 0) return 0;
    const count = Math.min(this.cells.get(start), out.length);
    for (let i = 0; i < count; i++) out[i] = this.cells.get(start + 1 + i);
    return count;
  }

  /** The first or the last of an item's words, or prefixes of its path; −1 where it has none. */
  end(place: number, item: number, isLast: boolean): number {
    const start = this.words[place]!.get(item);
    return start < 0 ? -1 : this.cells.get(start + (isLast ? this.cells.get(start) : 1));
  }

  #setNumber(place: number, item: number, value: number): boolean {
    const column = this.numbers[place]!;
    const isAbsent = Number.isNaN(value);
    if (!isAbsent) column.set(item, value);
    else if (item < column.length) column.set(item, Number.NaN);
    return !isAbsent;
  }

  #setWord(place: number, item: number, row: number): void {
    const old = this.words[place]!.get(item);
    if (old >= 0) this.#uses.add(old, -1);
    if (row >= 0) this.#uses.add(row, 1);
    this.#setStart(place, item, row);
  }

  #setStart(place: number, item: number, start: number): void {
    const column = this.words[place]!;
    if (start >= 0 || item < column.length) column.set(item, start);
  }

  /** Puts the list of `count` that lies in scratch in the place of the item's block. */
  #setBlock(field: Field, item: number, count: number): void {
    const old = this.words[field.place]!.get(item);
    if (old >= 0) {
      const oldLength = blockLength(field.type, this.cells.get(old));
      for (let i = 1; i < oldLength; i++) this.#uses.add(this.cells.get(old + i), -1);
      this.#slab.free(old, oldLength);
    }
    if (count === 0) {
      this.#setStart(field.place, item, -1);
      return;
    }
    const length = blockLength(field.type, count);
    const start = this.#slab.allocate(length);
    this.cells.ensure(this.#slab.cells);
    this.cells.set(start, count);
    for (let i = 1; i < length; i++) {
      this.cells.set(start + i, this.#scratch[i - 1]!);
      this.#uses.add(this.#scratch[i - 1]!, 1);
    }
    this.#setStart(field.place, item, start);
  }

  /** Words to scratch, each once; those that the full word table refuses are left out. Returns how many. */
  #internList(words: readonly string[]): number {
    let count = 0;
    for (const word of words) {
      const row = this.#wordTable.intern(word);
      if (row < 0) continue;
      let known = 0;
      while (known < count && this.#scratch[known] !== row) known++;
      if (known === count) this.#scratch[count++] = row;
    }
    return count;
  }

  /** Prefixes, then names to scratch; the path ends where the full word table refuses. Returns the levels. */
  #internPath(levels: readonly string[]): number {
    let count = 0;
    let path = "";
    for (const level of levels) {
      path = count === 0 ? level : pathWord([path, level]);
      const prefix = this.#wordTable.intern(path);
      const name = this.#wordTable.intern(level);
      if (prefix < 0 || name < 0) break;
      this.#scratch[count] = prefix;
      this.#scratch[pathLevelsMax + count++] = name;
    }
    this.#scratch.copyWithin(count, pathLevelsMax, pathLevelsMax + count);
    return count;
  }
}

/** Cells of a list, or of a path with its prefixes and names. */
const blockLength = (type: FieldType, count: number): number => 1 + (type === "path" ? 2 * count : count);
