/**
 * Field-weighted factorisation machines on vectors of 16 floats. The request's fields are the same for all candidates, so their half is
 * summed once; a candidate costs a gather of its own vectors and short dot products. Plain TypeScript here: what
 * assembly/embeddings.ts compiles to gives the same bits.
 *
 *     logit = Σ wᵢ + Σ_{i<j} r_{f(i)f(j)} ⟨vᵢ, vⱼ⟩      (Pan et al. 2018, eq. 4; all r = 1: Rendle 2010, eq. 1)
 *
 * Addresses are in bytes. `vectors`: first segment of an embedding table (models/embedding-cells.ts). `cells`: rows of that table,
 * [row][field], −1 for a field that says nothing. `weights`: r, [field][field] of the request's fields, then the candidate's own.
 */
import { embeddingsWasm } from "./embeddings.wasm.ts";
import { type KernelMemory, kernel } from "./kernel-memory.ts";
import { add, addProducts, dot, lanes, rated, step, vectorAt, views, weightAt } from "./vectors.ts";

export interface FactorKernels {
  /** cells[i] = row of code i in its field, by the index of an embedding table; `fields`: [width] numbers of the fields. */
  find(index: number, mask: number, codes: number, fields: number, width: number, count: number, cells: number): void;
  /** half: for each own field Σ r v over the request's fields (16 floats), then what these give the logit by themselves. */
  request(vectors: number, cells: number, shared: number, own: number, weights: number, half: number): void;
  /** out[i] = logit of candidate i beside `half`. */
  score(
    ...args: [
      ...[vectors: number, cells: number, count: number, shared: number, own: number],
      ...[weights: number, half: number, out: number],
    ]
  ): void;
  /**
   * Steps of the candidates' vectors by errors[i], the gradient by the logit of row i. Adds to `totals`, for each own field, Σ error · v
   * (16 floats), then Σ error; and to `gradients` those of r between own fields, in four parts each: [field][field][4], of each pair
   * in one of its two places. `scratch`: own · 16 floats.
   */
  teach(
    ...args: [
      ...[vectors: number, cells: number, count: number, shared: number, own: number, weights: number, half: number],
      ...[errors: number, totals: number, gradients: number, scratch: number],
      ...[rate: number, linearRate: number, start: number, shrink: number],
    ]
  ): void;
  /** The step of the request's vectors, by the totals of all candidates; and the gradients of their r. `scratch`: shared · 16 floats. */
  teachRequest(
    ...args: [
      ...[vectors: number, cells: number, shared: number, own: number, weights: number],
      ...[totals: number, gradients: number, scratch: number],
      ...[rate: number, linearRate: number, start: number, shrink: number],
    ]
  ): void;
  /** The step of r by its gradients, AdaGrad with the sums of their `squares`; both places of a pair hold the same. */
  teachPairs(weights: number, squares: number, gradients: number, width: number, rate: number, start: number): void;
}

const rowBits = 24;
const rowMask = (1 << rowBits) - 1;
const { fround } = Math;

/** Fields of a row at most. */
export const widthMax = 256;

/** The compiled kernels on `memory`, of which they take some. Throws RangeError where there is none. */
export function compiledFactors(memory: KernelMemory): FactorKernels {
  const noted = memory.take(widthMax * 8);
  if (noted < 0) throw new RangeError("There is no memory for the kernels of embeddings.");
  const found = kernel<FactorKernels & { use(address: number): void }>(embeddingsWasm, memory);
  found.use(noted);
  return found;
}

/** What the compiled kernels do, in plain TypeScript. */
export function plainFactors(memory: KernelMemory): FactorKernels {
  const look = views(memory);
  const present = new Int32Array(widthMax);
  const toward = new Float32Array(16);
  const weighted = new Float32Array(16);
  const sums = new Float32Array(4);
  /** Fields of a row that say something; answers how many. */
  const sift = (integers: Int32Array, cells: number, width: number): number => {
    let count = 0;
    for (let f = 0; f < width; f++) if (integers[cells + f]! >= 0) present[count++] = f;
    return count;
  };
  return {
    find(index, mask, codes, fields, width, count, cells) {
      const { integers } = look();
      const [table, from, names, to] = [index >> 2, codes >> 2, fields >> 2, cells >> 2];
      for (let i = 0; i < count * width; i++) {
        const code = integers[from + i]!;
        integers[to + i] = -1;
        if (code === -2147483648) continue;
        const field = integers[names + (i % width)]! + 1;
        let slot = hash(field, code) & mask;
        for (;;) {
          const tag = integers[table + 2 * slot + 1]!;
          if (tag === 0) break;
          if (integers[table + 2 * slot] === code && tag >>> rowBits === field) {
            integers[to + i] = tag & rowMask;
            break;
          }
          slot = (slot + 1) & mask;
        }
      }
    },

    request(vectors, cells, shared, own, weights, half) {
      const { floats, integers } = look();
      const [base, row, r, to] = [vectors >> 2, cells >> 2, weights >> 2, half >> 2];
      const stride = shared + own;
      const count = sift(integers, row, shared);
      floats.fill(0, to, to + own * 16);
      let sum = 0;
      for (let p = 0; p < count; p++) {
        const s = present[p]!;
        const cell = integers[row + s]!;
        const v = vectorAt(base, cell);
        sum = fround(sum + floats[weightAt(base, cell)]!);
        for (let q = 0; q < p; q++) {
          const other = present[q]!;
          const product = dot(floats, v, floats, vectorAt(base, integers[row + other]!));
          sum = fround(sum + fround(floats[r + s * stride + other]! * product));
        }
        for (let o = 0; o < own; o++) add(floats, to + o * 16, floats[r + s * stride + shared + o]!, floats, v);
      }
      floats[to + own * 16] = sum;
    },

    score(vectors, cells, count, shared, own, weights, half, out) {
      const { floats, integers } = look();
      const [base, u, to] = [vectors >> 2, half >> 2, out >> 2];
      const stride = shared + own;
      const r = (weights >> 2) + shared * stride + shared;
      for (let i = 0; i < count; i++) {
        const row = (cells >> 2) + i * own;
        const fields = sift(integers, row, own);
        let linear = floats[u + own * 16]!;
        sums.fill(0);
        for (let p = 0; p < fields; p++) {
          const o = present[p]!;
          const cell = integers[row + o]!;
          linear = fround(linear + floats[weightAt(base, cell)]!);
          toward.set(floats.subarray(u + o * 16, u + o * 16 + 16));
          for (let q = 0; q < p; q++) {
            const other = present[q]!;
            add(toward, 0, floats[r + o * stride + other]!, floats, vectorAt(base, integers[row + other]!));
          }
          addProducts(sums, 0, floats, vectorAt(base, cell), toward, 0);
        }
        floats[to + i] = fround(linear + lanes(sums));
      }
    },

    teach(...[vectors, cells, count, shared, own, weights, half, errors, totals, gradients, scratch, ...rates]) {
      const { floats, integers } = look();
      const [base, u, total, kept] = [vectors >> 2, half >> 2, totals >> 2, scratch >> 2];
      const stride = shared + own;
      const corner = shared * stride + shared;
      for (let i = 0; i < count; i++) {
        const error = floats[(errors >> 2) + i]!;
        if (error === 0) continue;
        const row = (cells >> 2) + i * own;
        const fields = sift(integers, row, own);
        for (let p = 0; p < fields; p++) {
          const o = present[p]!;
          const v = vectorAt(base, integers[row + o]!);
          weighted.fill(0);
          add(weighted, 0, error, floats, v);
          toward.set(floats.subarray(u + o * 16, u + o * 16 + 16));
          for (let q = 0; q < fields; q++) {
            if (q === p) continue;
            const pair = corner + o * stride + present[q]!;
            const w = vectorAt(base, integers[row + present[q]!]!);
            add(toward, 0, floats[(weights >> 2) + pair]!, floats, w);
            if (q < p) addProducts(floats, (gradients >> 2) + 4 * pair, weighted, 0, floats, w);
          }
          for (let k = 0; k < 16; k++) floats[kept + o * 16 + k] = error * toward[k]!;
          add(floats, total + o * 16, 1, weighted, 0);
        }
        for (let p = 0; p < fields; p++) {
          const o = present[p]!;
          const cell = integers[row + o]!;
          toward.set(floats.subarray(kept + o * 16, kept + o * 16 + 16));
          step(floats, base, cell, toward, error, rated(rates));
        }
        floats[total + own * 16] = floats[total + own * 16]! + error;
      }
    },

    teachRequest(...[vectors, cells, shared, own, weights, totals, gradients, scratch, ...rates]) {
      const { floats, integers } = look();
      const [base, row, total, kept] = [vectors >> 2, cells >> 2, totals >> 2, scratch >> 2];
      const [r, g] = [weights >> 2, gradients >> 2];
      const stride = shared + own;
      const error = floats[total + own * 16]!;
      const count = sift(integers, row, shared);
      for (let p = 0; p < count; p++) {
        const s = present[p]!;
        const v = vectorAt(base, integers[row + s]!);
        const t = kept + s * 16;
        floats.fill(0, t, t + 16);
        weighted.fill(0);
        add(weighted, 0, error, floats, v);
        for (let q = 0; q < count; q++) {
          if (q === p) continue;
          const pair = s * stride + present[q]!;
          const w = vectorAt(base, integers[row + present[q]!]!);
          add(floats, t, fround(error * floats[r + pair]!), floats, w);
          if (q < p) addProducts(floats, g + 4 * pair, weighted, 0, floats, w);
        }
        for (let o = 0; o < own; o++) {
          const pair = s * stride + shared + o;
          add(floats, t, floats[r + pair]!, floats, total + o * 16);
          addProducts(floats, g + 4 * pair, floats, v, floats, total + o * 16);
        }
      }
      for (let p = 0; p < count; p++) {
        const s = present[p]!;
        const cell = integers[row + s]!;
        toward.set(floats.subarray(kept + s * 16, kept + s * 16 + 16));
        step(floats, base, cell, toward, error, rated(rates));
      }
    },

    teachPairs(weights, squares, gradients, width, rate, start) {
      const { floats } = look();
      const [r, n, g] = [weights >> 2, squares >> 2, gradients >> 2];
      for (let pair = 0; pair < width * width; pair++) {
        if (floats.subarray(g + 4 * pair, g + 4 * pair + 4).every((part) => part === 0)) continue;
        const gradient = lanes(floats, g + 4 * pair);
        const sum = fround(floats[n + pair]! + fround(gradient * gradient));
        floats[n + pair] = sum;
        const by = fround(fround(fround(rate) * gradient) / fround(Math.sqrt(fround(fround(start) + sum))));
        const moved = fround(floats[r + pair]! - by);
        floats[r + pair] = moved;
        floats[r + (pair % width) * width + Math.floor(pair / width)] = moved;
      }
    },
  };
}

/** Where a code of a field begins to be looked for; `field` from 1. */
function hash(field: number, code: number): number {
  let x = Math.imul(code, 0x9e3779b1) ^ Math.imul(field, 0x85ebca77);
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}
