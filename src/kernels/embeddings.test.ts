import { describe, expect, test } from "vitest";
import { type Random, random } from "../core/random.ts";
import { compiledFactors, type FactorKernels, plainFactors } from "./embeddings.ts";
import { KernelMemory } from "./kernel-memory.ts";

const k = 16;
/** Floats of a segment of vectors, and where in it linear weights and sums begin. */
const segment = 4096 * 19;
const weightsStart = 4096 * k;
const sums = 4096 * (k + 1);

interface World {
  readonly kernels: FactorKernels;
  readonly memory: KernelMemory;
  readonly shared: number;
  readonly own: number;
  readonly count: number;
  /** Addresses. */
  readonly at: Readonly<Record<Part, number>>;
}
type Part =
  | "weights"
  | "half"
  | "totals"
  | "squares"
  | "gradients"
  | "scratch"
  | "errors"
  | "scores"
  | "cells"
  | "request"
  | "vectors";

/** Two segments of vectors, and rows of cells that point into both; the same from the same seed, whichever kernels. */
function world(make: (memory: KernelMemory) => FactorKernels, seed: string, absent = 4): World {
  const chance = random(seed);
  const memory = new KernelMemory();
  const kernels = make(memory);
  const [shared, own, count] = [chance.int(6), chance.int(7), 1 + chance.int(9)];
  const width = shared + own;
  const take = (floats: number): number => memory.take(Math.max(1, floats) * 4);
  const at = {
    ...{ weights: take(width * width), half: take(own * k + 1), totals: take(own * k + 1) },
    ...{
      squares: take(width * width),
      gradients: take(4 * width * width),
      scratch: take(width * k),
      errors: take(count),
      scores: take(count),
    },
    ...{ cells: take(count * own), request: take(shared), vectors: take(2 * segment) },
  };
  const fill = (address: number, length: number, value: () => number): void => {
    const to = memory.floats(address, length);
    for (let i = 0; i < length; i++) to[i] = value();
  };
  fill(at.weights, width * width, () => chance.normal());
  for (let a = 0; a < width; a++)
    for (let b = 0; b < a; b++)
      memory.floats(at.weights, width * width)[b * width + a] = memory.floats(at.weights, width * width)[
        a * width + b
      ]!;
  fill(at.errors, count, () => (chance.int(5) === 0 ? 0 : chance.normal()));
  const row = (): number => (chance.int(absent) === 0 ? -1 : chance.int(2) * 4096 + chance.int(30));
  const { memory: wasm } = memory;
  const cells = new Int32Array(wasm.buffer, at.cells, count * own).map(row);
  new Int32Array(wasm.buffer, at.cells, count * own).set(cells);
  new Int32Array(wasm.buffer, at.request, shared).set(new Int32Array(shared).map(row));
  for (const start of [0, segment]) {
    fill(at.vectors + start * 4, 30 * k, () => 0.3 * chance.normal());
    fill(at.vectors + (start + weightsStart) * 4, 30, () => chance.next());
    fill(at.vectors + (start + sums) * 4, 30 * 2, () => chance.next());
  }
  return { kernels, memory, shared, own, count, at };
}

function score({ kernels, memory, shared, own, count, at }: World): Float32Array {
  kernels.request(at.vectors, at.request, shared, own, at.weights, at.half);
  kernels.score(at.vectors, at.cells, count, shared, own, at.weights, at.half, at.scores);
  return memory.floats(at.scores, count);
}

const rates = [0.1, 0.2, 0.3, 0.01] as const;

function teach(
  { kernels, shared, own, count, at }: World,
  by: readonly [number, number, number, number] = rates,
): void {
  const learned = [at.totals, at.gradients, at.scratch] as const;
  kernels.teach(at.vectors, at.cells, count, shared, own, at.weights, at.half, at.errors, ...learned, ...by);
  kernels.teachRequest(at.vectors, at.request, shared, own, at.weights, ...learned, ...by);
}

function teachPairs({ kernels, shared, own, at }: World): void {
  kernels.teachPairs(at.weights, at.squares, at.gradients, shared + own, 0.1, 0.3);
}

/** All that outlives a call. */
function bytes({ memory, at }: World): Buffer {
  const { scratch, vectors } = at;
  return Buffer.concat([
    Buffer.from(memory.buffer, at.weights, scratch - at.weights),
    Buffer.from(memory.buffer, vectors, 2 * segment * 4),
  ]);
}

test("compiled and plain give the same bits on every shape", () => {
  for (let n = 0; n < 120; n++) {
    const [one, other] = [world(compiledFactors, `shape ${n}`), world(plainFactors, `shape ${n}`)];
    expect(one.shared + one.own).toBe(other.shared + other.own);
    // The compiled kernels took some memory of their own, so addresses differ, and nothing else.
    for (let lesson = 0; lesson < 3; lesson++) {
      expect([...score(one)]).toEqual([...score(other)]);
      for (const each of [one, other]) {
        teach(each);
        teachPairs(each);
      }
    }
    expect(bytes(one).equals(bytes(other)), `shape ${n}`).toBe(true);
  }
});

test("a code's row is found by the index, as the plain twin finds it, and −1 for what is not there", () => {
  for (const make of [compiledFactors, plainFactors]) {
    const memory = new KernelMemory();
    const kernels = make(memory);
    const [index, codes, fields, cells] = [memory.take(64 * 8), memory.take(80), memory.take(8), memory.take(80)];
    const table = new Int32Array(memory.buffer, index, 128);
    // A table in which every slot but one is taken by others: all of it is looked through.
    for (let slot = 0; slot < 63; slot++) table.set([1000 + slot, 5 | (9 << 24)], 2 * slot);
    table.set([7, 3 | (2 << 24)], 2 * 30);
    table.set([7, 4 | (1 << 24)], 2 * 31);
    new Int32Array(memory.buffer, fields, 2).set([0, 1]);
    new Int32Array(memory.buffer, codes, 6).set([7, 7, 8, -2147483648, -7, 1003]);
    kernels.find(index, 63, codes, fields, 2, 3, cells);
    expect([...new Int32Array(memory.buffer, cells, 6)].map((row) => (row < 0 ? row : 0))).toEqual(
      [...new Int32Array(memory.buffer, cells, 6)].map((row) => (row === 3 || row === 4 ? 0 : -1)),
    );
    expect(new Int32Array(memory.buffer, cells, 6)[3]).toBe(-1);
  }
});

describe.each([
  ["compiled", compiledFactors],
  ["plain", plainFactors],
] as const)("%s", (_, make) => {
  /** Σ error · logit, whose gradient by a parameter is what a step goes against. */
  function loss(of: World): number {
    const errors = of.memory.floats(of.at.errors, of.count);
    return score(of).reduce((sum, logit, i) => sum + errors[i]! * logit, 0);
  }

  /** Rows of vectors each used once in all rows, so that a step of one row cannot move what the next reads. */
  function apart(seed: string, chance: Random): World {
    const of = world(make, seed);
    const rows = Array.from({ length: 60 }, (_, i) => (i % 2) * 4096 + (i >> 1));
    for (let i = rows.length - 1; i > 0; i--) {
      const j = chance.int(i + 1);
      [rows[i], rows[j]] = [rows[j]!, rows[i]!];
    }
    const [cells, request] = [
      new Int32Array(of.memory.buffer, of.at.cells, of.count * of.own),
      new Int32Array(of.memory.buffer, of.at.request, of.shared),
    ];
    for (const list of [cells, request]) for (let i = 0; i < list.length; i++) if (list[i]! >= 0) list[i] = rows.pop()!;
    return of;
  }

  test("steps go against the gradient: as finite differences have it, of vectors, linear weights and pairs", () => {
    let compared = 0;
    for (let n = 0; n < 25; n++) {
      const [shown, taught] = [apart(`differences ${n}`, random(n)), apart(`differences ${n}`, random(n))];
      for (const of of [shown, taught]) {
        // From sums of squares of 0 and a start of 1, the first step is rate · g / √(1 + |g|²/16).
        for (const start of [0, segment]) {
          of.memory.floats(of.at.vectors + (start + sums) * 4, 30 * 2).fill(0);
        }
      }
      score(taught);
      teach(taught, [1, 1, 1, 0]);
      const width = shown.shared + shown.own;
      const derivative = (address: number, index: number): number => {
        const floats = shown.memory.floats(address, index + 1);
        const kept = floats[index]!;
        const values = [0.02, -0.02].map((by) => {
          floats[index] = kept + by;
          const at = floats[index]!;
          return { at, loss: loss(shown) };
        });
        floats[index] = kept;
        return (values[0]!.loss - values[1]!.loss) / (values[0]!.at - values[1]!.at);
      };
      for (let row = 0; row < 60; row++) {
        const start = shown.at.vectors + ((row % 2) * segment + (row >> 1) * k) * 4;
        const after = taught.memory.floats(start, k);
        const before = shown.memory.floats(start, k);
        const gradient = Array.from({ length: k }, (_, j) => derivative(start, j));
        const norm = Math.sqrt(1 + gradient.reduce((sum, g) => sum + g * g, 0) / k);
        gradient.forEach((g, j) => {
          expect(Math.abs(before[j]! - after[j]! - g / norm)).toBeLessThan(2e-3 * (1 + Math.abs(g)));
          if (g !== 0) compared++;
        });
        const side = shown.at.vectors + ((row % 2) * segment + weightsStart + (row >> 1)) * 4;
        const linear = derivative(side, 0);
        const moved = shown.memory.floats(side, 1)[0]! - taught.memory.floats(side, 1)[0]!;
        expect(Math.abs(moved - linear / Math.sqrt(1 + linear * linear))).toBeLessThan(2e-3);
      }
      const parts = taught.memory.floats(taught.at.gradients, 4 * width * width);
      const found = (pair: number): number => [0, 1, 2, 3].reduce((sum, part) => sum + parts[4 * pair + part]!, 0);
      const weights = (): number[] => [...taught.memory.floats(taught.at.weights, width * width)];
      const before = weights();
      teachPairs(taught);
      for (let a = 0; a < width; a++) {
        for (let b = 0; b < a; b++) {
          // Both places of the pair hold its weight, and only one is read: the gradient is of the two together.
          const [pair, mirrored] = [a * width + b, b * width + a];
          const gradient = derivative(shown.at.weights, pair) + derivative(shown.at.weights, mirrored);
          expect(Math.abs(found(pair) + found(mirrored) - gradient)).toBeLessThan(2e-3 * (1 + Math.abs(gradient)));
          const step = (0.1 * gradient) / Math.sqrt(0.3 + gradient * gradient);
          expect(Math.abs(before[pair]! - weights()[pair]! - step)).toBeLessThan(2e-3);
          expect(weights()[mirrored]).toBe(weights()[pair]);
        }
      }
    }
    expect(compared).toBeGreaterThan(3000);
  });

  test("a row whose error is 0 teaches nothing, and what no row or field holds is never touched", () => {
    const of = world(make, "untouched");
    of.memory.floats(of.at.errors, of.count).fill(0);
    const before = Buffer.from(bytes(of));
    const from = of.at.scratch - of.at.weights;
    score(of);
    teach(of, [0.1, 0.1, 0.1, 0]);
    expect(bytes(of).subarray(from).equals(before.subarray(from))).toBe(true);
  });
});
