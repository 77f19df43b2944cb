/**
 * Plain factorisation machines on vectors of 16 floats: the logit falls into a half of the request, which is summed once, and one of the
 * candidate, which is a gather (Rendle 2010, eq. 5). Plain TypeScript here: what assembly/halves.ts compiles to gives the same bits.
 *
 *     S = Σ v of the request's fields, I = Σ v of the candidate's own
 *     logit = Σ w + ½(|S|² − Σ|v|²) + ⟨I, S + ½I⟩ − ½Σ|v|²
 *
 * Addresses are in bytes. `vectors`: first segment of an embedding table (models/embedding-cells.ts). `cells`: rows of that table,
 * [row][field], −1 for a field that says nothing. `half`: S, then what the request's fields give by themselves.
 */
import { halvesWasm } from "./halves.wasm.ts";
import { type KernelMemory, kernel } from "./kernel-memory.ts";
import { add, addProducts, dot, lanes, rated, step, vectorAt, views, weightAt } from "./vectors.ts";

type Rates = [rate: number, linearRate: number, start: number, shrink: number];

export interface HalvesKernels {
  request(vectors: number, cells: number, width: number, half: number): void;
  /** out[i] = logit of candidate i beside `half`. */
  score(vectors: number, cells: number, count: number, own: number, half: number, out: number): void;
  /**
   * Steps of the candidates' vectors by errors[i], the gradient by the logit of row i. Adds to `totals` Σ error · I (16 floats), then
   * Σ error.
   */
  teach(
    ...args: [
      ...[vectors: number, cells: number, count: number, own: number, half: number],
      ...[errors: number, totals: number, ...Rates],
    ]
  ): void;
  /** The step of the request's vectors, by the totals of all candidates. */
  teachRequest(
    ...args: [vectors: number, cells: number, width: number, half: number, totals: number, ...rates: Rates]
  ): void;
}

const { fround } = Math;

export const compiledHalves = (memory: KernelMemory): HalvesKernels => kernel<HalvesKernels>(halvesWasm, memory);

/** What the compiled kernels do, in plain TypeScript. */
export function plainHalves(memory: KernelMemory): HalvesKernels {
  const look = views(memory);
  const sum = new Float32Array(16);
  const toward = new Float32Array(16);
  const squares = new Float32Array(4);
  const products = new Float32Array(4);
  /** Sums the vectors of a row, from `linear` on what their linear weights add up to. */
  function gather(base: number, row: number, width: number, linear: number): number {
    const { floats, integers } = look();
    sum.fill(0);
    squares.fill(0);
    for (let f = 0; f < width; f++) {
      const cell = integers[row + f]!;
      if (cell < 0) continue;
      const v = vectorAt(base, cell);
      linear = fround(linear + floats[weightAt(base, cell)]!);
      add(sum, 0, 1, floats, v);
      addProducts(squares, 0, floats, v, floats, v);
    }
    return linear;
  }
  return {
    request(vectors, cells, width, half) {
      const { floats } = look();
      const to = half >> 2;
      const linear = gather(vectors >> 2, cells >> 2, width, 0);
      floats.set(sum, to);
      floats[to + 16] = linear + fround(0.5 * fround(dot(sum, 0, sum, 0) - lanes(squares)));
    },

    score(vectors, cells, count, own, half, out) {
      const { floats } = look();
      const u = half >> 2;
      for (let i = 0; i < count; i++) {
        const linear = gather(vectors >> 2, (cells >> 2) + i * own, own, floats[u + 16]!);
        for (let k = 0; k < 16; k++) toward[k] = floats[u + k]! + fround(0.5 * sum[k]!);
        products.fill(0);
        addProducts(products, 0, sum, 0, toward, 0);
        for (let k = 0; k < 4; k++) products[k] = products[k]! - fround(0.5 * squares[k]!);
        floats[(out >> 2) + i] = linear + lanes(products);
      }
    },

    teach(...[vectors, cells, count, own, half, errors, totals, ...rates]) {
      const { floats, integers } = look();
      const [base, u, total] = [vectors >> 2, half >> 2, totals >> 2];
      for (let i = 0; i < count; i++) {
        const error = floats[(errors >> 2) + i]!;
        if (error === 0) continue;
        const row = (cells >> 2) + i * own;
        gather(base, row, own, 0);
        add(floats, total, error, sum, 0);
        floats[total + 16] = floats[total + 16]! + error;
        for (let k = 0; k < 16; k++) sum[k] = floats[u + k]! + sum[k]!;
        for (let o = 0; o < own; o++) {
          const cell = integers[row + o]!;
          if (cell < 0) continue;
          const v = vectorAt(base, cell);
          for (let k = 0; k < 16; k++) toward[k] = error * fround(sum[k]! - floats[v + k]!);
          step(floats, base, cell, toward, error, rated(rates));
        }
      }
    },

    teachRequest(...[vectors, cells, width, half, totals, ...rates]) {
      const { floats, integers } = look();
      const [base, u, total] = [vectors >> 2, half >> 2, totals >> 2];
      const error = floats[total + 16]!;
      for (let f = 0; f < width; f++) {
        const cell = integers[(cells >> 2) + f]!;
        if (cell < 0) continue;
        const v = vectorAt(base, cell);
        for (let k = 0; k < 16; k++)
          toward[k] = floats[total + k]! + fround(error * fround(floats[u + k]! - floats[v + k]!));
        step(floats, base, cell, toward, error, rated(rates));
      }
    },
  };
}
