/** Which weights a row has: crosses of columns by name, as slots of a table (`kernels/slots.ts`). */
import { hashText, mix } from "../core/random.ts";
import type { ColumnSpec, Rows } from "../core/rows.ts";
import type { KernelMemory } from "../kernels/kernel-memory.ts";
import { codeOf, hashed, keptApart, SlotKernel, SlotLists, slotOf, slotProgram } from "../kernels/slots.ts";

export interface SlotOptions {
  readonly columns: readonly ColumnSpec[];
  /** Crosses: names of one to three columns each. */
  readonly terms: readonly (readonly string[])[];
  /** Column whose value keeps all weights apart. */
  readonly regime?: string;
  /** log₂ of the number of slots. */
  readonly bits: number;
}

export interface SlotFinder {
  readonly lists: SlotLists;
  /** Room for `count` rows in {@link find}. Throws RangeError where there is no memory for them. */
  makeRoom(count: number): void;
  /** Fills the lists with the slots of `count` rows from `first` on, of all by default; without room for them as {@link makeRoom}. */
  find(rows: Rows, first?: number, count?: number): void;
  /** Fills out[term] with the slot of one row, −1 for a term that is left out. */
  findEach(rows: Rows, row: number, out: Int32Array): void;
  /** Slot of what a position of a surface adds. */
  place(surface: number, position: number): number;
}

/** No code of any row. */
const noCode = -2147483648;
/** Places beyond this share one bias. */
const placeMax = 49;

/** Throws RangeError for a column that is not there. */
export function slotFinder(
  memory: KernelMemory,
  { columns, terms, regime: regimeName, bits }: SlotOptions,
): SlotFinder {
  const regime = regimeName === undefined ? -1 : columnAt(columns, regimeName);
  const crosses = terms.map((term) => {
    const at = term.map((name) => columnAt(columns, name));
    // What is shared by all rows goes first: so it was when it was hashed once for all of them, and weights are kept by hash.
    const ordered = [true, false].flatMap((first) => at.filter((c) => (columns[c]!.isShared === true) === first));
    const silent = ordered.map((column) => columns[column]!.silent ?? noCode);
    return { salt: hashText(term.join(" × ")), columns: ordered, silent };
  });
  const program = slotProgram(crosses, regime, bits);
  const kernel = new SlotKernel(memory, program);
  const lists = new SlotLists(memory, program.width);
  const placeSalt = hashText("place");
  return {
    lists,
    makeRoom: (count) => kernel.makeRoom(count, columns.length, lists),
    find: (rows, first, count) => kernel.find(rows, lists, first, count),
    findEach({ dense, width }, row, out) {
      const kept = regime < 0 ? 0 : keptApart(codeOf(dense[row * width + regime]!));
      crosses.forEach(({ salt, columns: own, silent }, t) => {
        const codes = own.map((column) => codeOf(dense[row * width + column]!));
        const isLeftOut = codes.some((code, k) => code === silent[k]);
        out[t] = isLeftOut ? -1 : slotOf(codes.reduce(hashed, salt ^ kept), program.mask);
      });
    },
    place: (surface, position) => mix(hashed(hashed(placeSalt, surface), Math.min(position, placeMax))) & program.mask,
  };
}

export function columnAt(columns: readonly ColumnSpec[], name: string): number {
  const at = columns.findIndex((column) => column.name === name);
  if (at < 0)
    throw new RangeError(`There is no column "${name}" among ${columns.map((column) => column.name).join(", ")}.`);
  return at;
}
