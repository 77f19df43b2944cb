/** Which fields the catalogue has: each gets a place in order of first appearance, and a type that never changes. */
import { Float64Column, Uint8Column } from "../core/columns.ts";
import { IdTable } from "../core/id-table.ts";
import { limits } from "../core/limits.ts";
import { prefixed, type State, state, whenRestored } from "../core/state.ts";
import { type FieldType, fieldTypes, fixedTypes, inferType } from "./field-types.ts";

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Number of its columns, from 0. */
  readonly place: number;
  /** Values that came and did not, or not wholly, read as the field's type. */
  readonly mistyped: number;
}

const stock = "inStock";

interface Unpacked {
  readonly list: Field[];
  readonly byName: Map<string, Field>;
  stock: Field | undefined;
}

export class FieldRegistry {
  readonly state: State;
  readonly #names = new IdTable("names", limits.catalogueFieldsMax);
  /** [place] index into {@link fieldTypes}. */
  readonly #types = new Uint8Column("types");
  readonly #mistyped = new Float64Column("mistyped");
  /** What the buffers say, unpacked; `undefined` after they were restored. */
  #unpacked: Unpacked | undefined;

  constructor() {
    const types = whenRestored(this.#types, () => {
      this.#unpacked = undefined;
    });
    this.state = state("fields", 1, [...prefixed(this.#names.state), types, this.#mistyped]);
  }

  get all(): readonly Field[] {
    return this.#unpack().list;
  }

  find(name: string): Field | undefined {
    return this.#unpack().byName.get(name);
  }

  /** The field `inStock`: asked for every candidate of every list. */
  get stock(): Field | undefined {
    return this.#unpack().stock;
  }

  /** The field of a value that came; `undefined` when the value has no type or there is no place left. */
  findOrAdd(name: string, value: unknown): Field | undefined {
    return this.find(name) ?? this.#add(name, value);
  }

  countMistyped(place: number): void {
    this.#mistyped.add(place, 1);
  }

  #add(name: string, value: unknown): Field | undefined {
    const type = inferType(name, value);
    if (type === undefined || name.length > limits.idLengthMax || !name.isWellFormed()) return undefined;
    const unpacked = this.#unpack();
    const { list, byName } = unpacked;
    if (!fixedTypes.has(name)) {
      // Names with a meaning always find a place: those that did not come yet have theirs kept free.
      let keptFree = 0;
      for (const fixed of fixedTypes.keys()) if (!byName.has(fixed)) keptFree++;
      if (list.length + keptFree >= limits.catalogueFieldsMax) return undefined;
    }
    const place = this.#names.intern(name);
    if (place < 0) return undefined;
    this.#types.set(place, fieldTypes.indexOf(type));
    this.#mistyped.set(place, 0);
    const field = this.#field(name, place);
    list.push(field);
    byName.set(name, field);
    if (name === stock) unpacked.stock = field;
    return field;
  }

  #field(name: string, place: number): Field {
    const mistyped = this.#mistyped;
    return {
      name,
      type: fieldTypes[this.#types.get(place)]!,
      place,
      get mistyped() {
        return mistyped.get(place);
      },
    };
  }

  #unpack(): Unpacked {
    if (this.#unpacked !== undefined) return this.#unpacked;
    const list: Field[] = [];
    for (let place = 0; place < this.#types.length; place++) list.push(this.#field(this.#names.id(place)!, place));
    const byName = new Map(list.map((field) => [field.name, field]));
    this.#unpacked = { list, byName, stock: byName.get(stock) };
    return this.#unpacked;
  }
}
