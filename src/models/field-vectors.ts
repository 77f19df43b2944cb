/**
 * Vectors of the codes that stand in the fields of rows, and what they say together: the part that factorisation machines and matrix
 * factorisation share. The request's fields come first, then the candidate's own; r[a][b] weighs the product of two fields' vectors.
 */
import type { Bounds } from "../core/bounds.ts";
import type { ColumnSpec, Rows } from "../core/rows.ts";
import { compiledFactors, type FactorKernels, plainFactors, widthMax } from "../kernels/embeddings.ts";
import { compiledHalves, type HalvesKernels, plainHalves } from "../kernels/halves.ts";
import { FloatsIn, KernelMemory } from "../kernels/kernel-memory.ts";
import type { FactorRates } from "../kernels/vectors.ts";
import { factors } from "./embedding-cells.ts";
import { type Embeddings, EmbeddingTable, HashedTable } from "./embedding-table.ts";

/** How vectors are kept and learned; see {@link FactorRates}. */
export interface VectorOptions {
  readonly rates?: Partial<FactorRates>;
  /** New vectors are uniform in ±spread. */
  readonly spread?: number;
  /** Codes that have a vector at most, and how often one is seen before it has. */
  readonly capacity?: number;
  readonly admission?: number;
  /** What of both is granted at present. */
  readonly bounds?: Bounds;
  /** Rows are hashes of their codes: for comparison. */
  readonly isHashed?: boolean;
  /** Pairs of fields have weights r; else all are 1, and each half of a row is summed by itself. */
  readonly isFieldWeighted?: boolean;
  /** False: plain code instead of compiled kernels, to the same bits. */
  readonly isCompiled?: boolean;
}

/** A column, and the vocabulary that its codes are of: columns of one vocabulary share vectors. */
export interface Field {
  readonly column: string;
  readonly vocabulary: number;
}

const noCode = -2147483648;
/** Rows that the kernels look at in one call. */
const block = 256;

export class FieldVectors {
  readonly table: Embeddings;
  /** Fields that are there, by name, the request's first. */
  readonly names: readonly string[];
  readonly shared: number;
  readonly own: number;
  /** r, [field][field]; and the sums of its gradients' squares. */
  readonly weights: FloatsIn;
  readonly squares: FloatsIn;
  readonly rates: FactorRates;
  readonly #memory = new KernelMemory();
  readonly #factors: FactorKernels;
  /** Where pairs have no weights. */
  readonly #halves: HalvesKernels | undefined;
  readonly #places: Int32Array;
  readonly #vocabularies: Int32Array;
  readonly #silent: Int32Array;
  readonly #gradients: FloatsIn;
  readonly #half: FloatsIn;
  readonly #totals: FloatsIn;
  readonly #scratch: FloatsIn;
  readonly #scores: FloatsIn;
  readonly #codes: FloatsIn;
  readonly #cells: FloatsIn;
  readonly #requestCells: FloatsIn;
  readonly #ownVocabularies: FloatsIn;

  /** Fields whose column is not there are left out. */
  constructor(columns: readonly ColumnSpec[], fields: readonly Field[], options: VectorOptions = {}) {
    const placeOf = (column: string): number => columns.findIndex(({ name }) => name === column);
    const found = fields.filter(({ column }) => placeOf(column) >= 0);
    const isShared = ({ column }: Field): boolean => columns[placeOf(column)]!.isShared === true;
    const ordered = [...found.filter(isShared), ...found.filter((field) => !isShared(field))];
    if (ordered.length > widthMax) throw new RangeError(`${ordered.length} fields are crossed, ${widthMax} may be.`);
    this.names = ordered.map(({ column }) => column);
    this.shared = found.filter(isShared).length;
    this.own = ordered.length - this.shared;
    this.#places = Int32Array.from(this.names, placeOf);
    this.#vocabularies = Int32Array.from(ordered, ({ vocabulary }) => vocabulary);
    this.#silent = Int32Array.from(this.#places, (place) => columns[place]!.silent ?? noCode);
    this.rates = { rate: 0.02, linearRate: 0.03, start: 0.1, shrink: 1e-5, ...options.rates };

    const memory = this.#memory;
    const { isCompiled = true, isFieldWeighted = true } = options;
    this.#factors = (isCompiled ? compiledFactors : plainFactors)(memory);
    this.#halves = isFieldWeighted ? undefined : (isCompiled ? compiledHalves : plainHalves)(memory);
    const take = (name: string, length: number): FloatsIn => new FloatsIn(name, memory, Math.max(1, length));
    const width = this.names.length;
    this.weights = take("pair-weights", width * width);
    this.squares = take("pair-squares", width * width);
    this.#gradients = take("gradients", width * width * 4);
    this.#half = take("half", Math.max(1, this.own) * factors + 1);
    this.#totals = take("totals", Math.max(1, this.own) * factors + 1);
    this.#scratch = take("scratch", width * factors);
    this.#scores = take("scores", block);
    this.#codes = take("codes", block * this.own);
    this.#cells = take("cells", block * this.own);
    this.#requestCells = take("request-cells", this.shared);
    this.#ownVocabularies = take("vocabularies", this.own);
    const { capacity = 1 << 18, admission = 4, spread = 0.05, bounds } = options;
    // The table comes last: it grows at the end of the memory.
    this.table =
      options.isHashed === true
        ? new HashedTable({ memory, rows: 2 ** Math.floor(Math.log2(capacity)), spread })
        : new EmbeddingTable({ memory, capacity, admission, spread, ...(bounds && { bounds }) });
    this.weights.array.fill(1);
    this.#at(this.#ownVocabularies).set(this.#vocabularies.subarray(this.shared));
  }

  /** Code that field `f` has in a row; −2³¹ where it says nothing. */
  codeOf({ dense, width }: Rows, row: number, f: number): number {
    const code = dense[row * width + this.#places[f]!]! | 0;
    return code === this.#silent[f] ? noCode : code;
  }

  /** Row of the table for field `f` of a row, −1 where there is none. */
  cellOf(rows: Rows, row: number, f: number): number {
    const code = this.codeOf(rows, row, f);
    return code === noCode ? -1 : this.table.find(this.#vocabularies[f]!, code);
  }

  /** Notes the codes of a list as seen at `now`; one that several rows in turn share is seen once. */
  see(rows: Rows, now: number): void {
    const { count } = rows;
    for (let f = 0; f < this.names.length; f++) {
      let before = noCode;
      for (let i = 0; i < (f < this.shared ? Math.min(1, count) : count); i++) {
        const code = this.codeOf(rows, i, f);
        if (code !== noCode && code !== before) this.table.see(this.#vocabularies[f]!, code, now);
        before = code;
      }
    }
  }

  /** out[i] += Σ w + Σ r ⟨v, v⟩ of row i. */
  score(rows: Rows, out: Float64Array): void {
    if (rows.count === 0) return;
    const { shared, own } = this;
    const { base } = this.table.cells;
    const [cells, half, scores] = [this.#cells.address, this.#half.address, this.#scores.address];
    this.#findRequest(rows);
    if (this.#halves !== undefined) this.#halves.request(base, this.#requestCells.address, shared, half);
    else this.#factors.request(base, this.#requestCells.address, shared, own, this.weights.address, half);
    this.#inBlocks(rows, (first, count) => {
      if (this.#halves !== undefined) this.#halves.score(base, cells, count, own, half, scores);
      else this.#factors.score(base, cells, count, shared, own, this.weights.address, half, scores);
      const found = this.#scores.array;
      for (let i = 0; i < count; i++) out[first + i]! += found[i]!;
    });
  }

  /** Takes the steps of the list scored last, by errors[i], the gradient by the logit of row i; those of r by `pairRate`. */
  teach(rows: Rows, errors: Float64Array, pairRate = 0): void {
    const { shared, own } = this;
    const { rate, linearRate, start, shrink } = this.rates;
    const { base } = this.table.cells;
    const rates = [rate, linearRate, start, shrink] as const;
    const [cells, half, taught, totals] = [this.#cells, this.#half, this.#scores, this.#totals].map(
      ({ address }) => address,
    ) as [number, number, number, number];
    const request = this.#requestCells.address;
    const learned = [totals, this.#gradients.address, this.#scratch.address] as const;
    this.#totals.array.fill(0);
    if (this.#halves === undefined) this.#gradients.array.fill(0);
    this.#inBlocks(rows, (first, count) => {
      this.#scores.array.set(errors.subarray(first, first + count));
      if (this.#halves !== undefined) this.#halves.teach(base, cells, count, own, half, taught, totals, ...rates);
      else
        this.#factors.teach(
          ...([base, cells, count, shared, own, this.weights.address, half, taught] as const),
          ...learned,
          ...rates,
        );
    });
    if (this.#halves !== undefined) {
      this.#halves.teachRequest(base, request, shared, half, totals, ...rates);
      return;
    }
    this.#factors.teachRequest(base, request, shared, own, this.weights.address, ...learned, ...rates);
    if (pairRate === 0) return;
    const pairs = [this.weights.address, this.squares.address, this.#gradients.address] as const;
    this.#factors.teachPairs(...pairs, shared + own, pairRate, start);
  }

  #findRequest(rows: Rows): void {
    for (let s = 0; s < this.shared; s++) {
      const cell = this.cellOf(rows, 0, s);
      this.#at(this.#requestCells)[s] = cell;
    }
  }

  /** Calls `then` with each stretch of rows whose own cells are found. */
  #inBlocks(rows: Rows, then: (first: number, count: number) => void): void {
    const { own } = this;
    const { table } = this;
    const places = this.#places.subarray(this.shared);
    const silent = this.#silent.subarray(this.shared);
    for (let first = 0; first < rows.count; first += block) {
      const count = Math.min(block, rows.count - first);
      const to = this.#at(this.#codes);
      readCodes(rows, first, count, places, silent, to);
      if (table instanceof EmbeddingTable) {
        table.prepare();
        this.#factors.find(
          ...([table.index, table.mask, this.#codes.address, this.#ownVocabularies.address] as const),
          ...([own, count, this.#cells.address] as const),
        );
      } else {
        const cells = this.#at(this.#cells);
        for (let k = 0; k < count * own; k++)
          cells[k] = to[k] === noCode ? -1 : table.find(this.#vocabularies[this.shared + (k % own)]!, to[k]!);
      }
      then(first, count);
    }
  }

  /** The same stretch of memory as whole numbers. */
  #at({ address, length }: FloatsIn): Int32Array {
    return this.table.cells.integers.subarray(address >> 2, (address >> 2) + length);
  }
}

/** to[row][k] = code of the column at places[k], −2³¹ where it is silent. */
function readCodes(
  { dense, width }: Rows,
  first: number,
  count: number,
  places: Int32Array,
  silent: Int32Array,
  to: Int32Array,
): void {
  const { length } = places;
  for (let i = 0, next = 0; i < count; i++) {
    const row = (first + i) * width;
    for (let k = 0; k < length; k++, next++) {
      const code = dense[row + places[k]!]! | 0;
      to[next] = code === silent[k] ? noCode : code;
    }
  }
}
