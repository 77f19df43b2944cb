import { expect, test } from "vitest";
import { type Random, random } from "../core/random.ts";
import { plainFactors } from "./embeddings.ts";
import { compiledHalves, type HalvesKernels, plainHalves } from "./halves.ts";
import { KernelMemory } from "./kernel-memory.ts";

const k = 16;
/** Floats of a segment of vectors, and where in it linear weights and sums begin. */
const segment = 4096 * 19;
const weightsStart = 4096 * k;
const sums = 4096 * (k + 1);

interface World {
  readonly memory: KernelMemory;
  readonly shared: number;
  readonly own: number;
  readonly count: number;
  readonly half: number;
  readonly totals: number;
  readonly errors: number;
  readonly scores: number;
  readonly cells: number;
  readonly request: number;
  readonly vectors: number;
}

/** Two segments of vectors, and rows of cells that point into both. `isApart`: no vector stands in two places. */
function world(seed: string, isApart = false): World {
  const chance: Random = random(seed);
  const memory = new KernelMemory();
  const [shared, own, count] = [chance.int(6), 1 + chance.int(7), 1 + chance.int(7)];
  const take = (floats: number): number => memory.take(Math.max(1, floats) * 4);
  const made = {
    ...{ memory, shared, own, count, half: take(k + 1), totals: take(k + 1), errors: take(count) },
    ...{ scores: take(count), cells: take(count * own), request: take(shared), vectors: take(2 * segment) },
  };
  const fill = (address: number, length: number, value: () => number): void => {
    const to = memory.floats(address, length);
    for (let i = 0; i < length; i++) to[i] = value();
  };
  fill(made.errors, count, () => (chance.int(5) === 0 ? 0 : chance.normal()));
  let used = 0;
  const row = (): number => {
    const next = isApart ? used++ : chance.int(60);
    return chance.int(4) === 0 ? -1 : (next % 2) * 4096 + (next >> 1);
  };
  for (const [address, length] of [
    [made.cells, count * own],
    [made.request, shared],
  ] as const)
    for (let i = 0; i < length; i++) memory.integers(address, length)[i] = row();
  for (const start of [0, segment]) {
    fill(made.vectors + start * 4, 30 * k, () => 0.3 * chance.normal());
    fill(made.vectors + (start + weightsStart) * 4, 30, () => chance.next());
    fill(made.vectors + (start + sums) * 4, 30 * 2, () => chance.next());
  }
  return made;
}

const rates = [0.1, 0.2, 0.3, 0.01] as const;

function score(by: HalvesKernels, { vectors, request, shared, half, cells, count, own, scores, memory }: World) {
  by.request(vectors, request, shared, half);
  by.score(vectors, cells, count, own, half, scores);
  return memory.floats(scores, count);
}

function teach(by: HalvesKernels, { vectors, request, shared, half, cells, count, own, errors, totals }: World): void {
  by.teach(vectors, cells, count, own, half, errors, totals, ...rates);
  by.teachRequest(vectors, request, shared, half, totals, ...rates);
}

test("compiled and plain give the same bits on every shape", () => {
  for (let n = 0; n < 120; n++) {
    const [one, other] = [world(`shape ${n}`), world(`shape ${n}`)];
    for (let lesson = 0; lesson < 3; lesson++) {
      expect([...score(compiledHalves(one.memory), one)]).toEqual([...score(plainHalves(other.memory), other)]);
      teach(compiledHalves(one.memory), one);
      teach(plainHalves(other.memory), other);
    }
    expect(Buffer.from(one.memory.buffer).equals(Buffer.from(other.memory.buffer)), `shape ${n}`).toBe(true);
  }
});

test("halves say and learn what the field-weighted machine does whose weights are all 1", () => {
  for (const make of [compiledHalves, plainHalves]) {
    for (let n = 0; n < 60; n++) {
      const [one, other] = [world(`weights ${n}`, true), world(`weights ${n}`, true)];
      const { memory, shared, own, count, vectors, cells, request, errors, scores } = other;
      const factors = plainFactors(memory);
      const width = shared + own;
      const [weights, half, totals, gradients, scratch] = [
        width * width,
        own * k + 1,
        own * k + 1,
        4 * width * width,
        width * k,
      ].map((floats) => memory.take(floats * 4)) as [number, number, number, number, number];
      memory.floats(weights, width * width).fill(1);
      factors.request(vectors, request, shared, own, weights, half);
      factors.score(vectors, cells, count, shared, own, weights, half, scores);
      const said = score(make(one.memory), one);
      memory.floats(scores, count).forEach((logit, i) => {
        expect(Math.abs(logit - said[i]!)).toBeLessThan(1e-4);
      });
      teach(make(one.memory), one);
      const learned = [totals, gradients, scratch] as const;
      factors.teach(vectors, cells, count, shared, own, weights, half, errors, ...learned, ...rates);
      factors.teachRequest(vectors, request, shared, own, weights, ...learned, ...rates);
      for (const [start, length] of [0, segment].flatMap(
        (at) =>
          [
            [at, 30 * k],
            [at + weightsStart, 30],
            [at + sums, 30 * 2],
          ] as const,
      )) {
        const found = one.memory.floats(one.vectors + start * 4, length);
        memory.floats(vectors + start * 4, length).forEach((value, i) => {
          expect(Math.abs(value - found[i]!)).toBeLessThan(1e-4);
        });
      }
    }
  }
});
