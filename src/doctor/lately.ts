/** Numbers under keys, of the latest keys only: two generations of a table, of which the older goes when the younger is full. */
import { HashTable } from "../core/hash-table.ts";

export class Lately {
  readonly #keysMax: number;
  #younger = table();
  #older: HashTable | undefined;

  /** Remembers at least the `keysMax` keys put last. */
  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  /** `undefined` for what is not known, or not any more. `a` ≥ 0. */
  get(a: number, b: number): number | undefined {
    const slot = this.#younger.find(a, b);
    if (slot >= 0) return this.#younger.values[0]!.get(slot);
    const old = this.#older?.find(a, b) ?? -1;
    return old >= 0 ? this.#older!.values[0]!.get(old) : undefined;
  }

  put(a: number, b: number, value: number): void {
    this.#younger.values[0]!.set(this.#slot(a, b), value);
  }

  /** True if the key was not known; then it is, with the value 1. What is put besides must not be 0. */
  isNew(a: number, b: number): boolean {
    const slot = this.#slot(a, b);
    const [values] = this.#younger.values;
    if (values!.get(slot) !== 0) return false;
    values!.set(slot, 1);
    return this.#older === undefined || this.#older.find(a, b) < 0;
  }

  #slot(a: number, b: number): number {
    if (this.#younger.size >= this.#keysMax) {
      this.#older = this.#younger;
      this.#younger = table();
    }
    return this.#younger.put(a, b);
  }
}

const table = (): HashTable => new HashTable("lately", ["value"]);
