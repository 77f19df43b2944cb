/**
 * The dense kernels against plain code that does the same: their twins, which round as they do, and the same loops without rounding, as
 * one would write them. Shapes: a network of 480 inputs, 64 and 32 between and one output (30 fields of 16), and rows of 64.
 */
import { random } from "../../src/core/random.ts";
import { type DenseKernels, denseKernels, plainDense } from "../../src/kernels/dense.ts";
import { DenseNetwork } from "../../src/kernels/dense-network.ts";
import { KernelMemory } from "../../src/kernels/kernel-memory.ts";
import type { Benchmark, Measure, Setting } from "./benchmark.ts";

const widths = [480, 64, 32, 1];
const rate = 0.01;
const batch = 32;
const candidates = 1000;
const rowWidth = 64;
const rounds = 5;

/** Runs a second, best of some rounds of about so many ms. */
function perSecond(work: () => void, { isQuick }: Setting): number {
  const roundMs = isQuick ? 10 : 200;
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const beganMs = performance.now();
    let runs = 0;
    let tookMs = 0;
    while (tookMs < roundMs) {
      for (let k = 0; k < 4; k++) work();
      runs += 4;
      tookMs = performance.now() - beganMs;
    }
    best = Math.max(best, (1000 * runs) / tookMs);
  }
  return best;
}

function network(make: (memory: KernelMemory) => DenseKernels): DenseNetwork {
  const memory = new KernelMemory();
  const made = new DenseNetwork(make(memory), memory, { name: "net", widths, batchMax: candidates, seed: 1 });
  const chance = random(2);
  for (let k = 0; k < made.inputs.length; k++) made.inputs[k] = chance.normal();
  return made;
}

function teach(made: DenseNetwork, rows: number): void {
  made.forward(rows);
  for (let b = 0; b < rows; b++) made.outputGradients[16 * b] = 1e-3 * made.outputs[16 * b]!;
  made.backward(rows);
  made.learn(rate);
}

/** The same network in plain loops of 64 bits. */
function plainNetwork(): { forward(rows: number): void; teach(rows: number): void } {
  const chance = random(1);
  const layers = widths.slice(1).map((outs, l) => {
    const ins = widths[l]!;
    const numbers = (count: number, fill = 0): Float32Array => new Float32Array(count).fill(fill);
    const weights = numbers(ins * outs).map(() => Math.sqrt(2 / ins) * chance.normal());
    const of = { ins, outs, weights, biases: numbers(outs), gradients: numbers(ins * outs), given: numbers(outs) };
    return { ...of, squares: numbers(ins * outs, 0.1), biasSquares: numbers(outs, 0.1), biasGradients: numbers(outs) };
  });
  const values = widths.map((width) => Float32Array.from({ length: width }, () => chance.normal()));
  const one = (): void => {
    layers.forEach(({ ins, outs, weights, biases }, l) => {
      const [x, y] = [values[l]!, values[l + 1]!];
      y.set(biases);
      for (let i = 0; i < ins; i++) {
        const xi = x[i]!;
        if (xi === 0) continue;
        for (let o = 0; o < outs; o++) y[o] = y[o]! + xi * weights[i * outs + o]!;
      }
      if (l + 1 < layers.length) for (let o = 0; o < outs; o++) if (y[o]! < 0) y[o] = 0;
    });
  };
  const step = (weights: Float32Array, squares: Float32Array, gradients: Float32Array): void => {
    for (let k = 0; k < weights.length; k++) {
      const g = gradients[k]!;
      const square = squares[k]! + g * g;
      squares[k] = square;
      weights[k] = weights[k]! - (rate * g) / Math.sqrt(square);
      gradients[k] = 0;
    }
  };
  return {
    forward(rows) {
      for (let b = 0; b < rows; b++) one();
    },
    teach(rows) {
      for (let b = 0; b < rows; b++) {
        one();
        layers.at(-1)!.given[0] = 1e-3 * values.at(-1)![0]!;
        for (let l = layers.length - 1; l >= 0; l--) {
          const { ins, outs, weights, gradients, given, biasGradients } = layers[l]!;
          const x = values[l]!;
          const to = l > 0 ? layers[l - 1]!.given : undefined;
          for (let o = 0; o < outs; o++) biasGradients[o] = biasGradients[o]! + given[o]!;
          for (let i = 0; i < ins; i++) {
            const xi = x[i]!;
            let sum = 0;
            for (let o = 0; o < outs; o++) {
              sum += weights[i * outs + o]! * given[o]!;
              gradients[i * outs + o] = gradients[i * outs + o]! + xi * given[o]!;
            }
            if (to !== undefined) to[i] = xi > 0 ? sum : 0;
          }
        }
      }
      for (const { weights, squares, gradients, biases, biasSquares, biasGradients } of layers) {
        step(weights, squares, gradients);
        step(biases, biasSquares, biasGradients);
      }
    },
  };
}

function plainSoftmax(logits: Float32Array, shares: Float32Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) largest = Math.max(largest, logit);
  let total = 0;
  for (let k = 0; k < logits.length; k++) total += shares[k] = Math.exp(logits[k]! - largest);
  for (let k = 0; k < shares.length; k++) shares[k] = shares[k]! / total;
}

/** Of kernel, twin and plain code: the last two as what share of the kernel's time they would leave. */
function compared(what: string, rows: number, works: readonly (() => void)[], setting: Setting): Measure[] {
  const [fast, twin, plain] = works.map((work) => rows * perSecond(work, setting)) as [number, number, number];
  const ratio = (of: string, slow: number): Measure => ({
    what: `${what}: kernel over ${of}`,
    ...{ value: Math.round((10 * fast) / slow) / 10, unit: "", isRate: true },
  });
  return [
    { what: `${what}: kernel`, value: fast, unit: "/s", isRate: true },
    ratio("its plain twin", twin),
    ratio("plain code of 64 bits", plain),
  ];
}

function softmaxes(count: number, setting: Setting): Measure[] {
  const works = [denseKernels, plainDense].map((make) => {
    const memory = new KernelMemory();
    const kernels = make(memory);
    const [from, to] = [memory.take(4 * count), memory.take(4 * count)];
    const chance = random(3);
    for (let k = 0; k < count; k++) memory.floats(from, count)[k] = chance.normal();
    return () => kernels.softmax(from, to, count);
  });
  const chance = random(3);
  const logits = Float32Array.from({ length: count }, () => chance.normal());
  const shares = new Float32Array(count);
  return compared(`softmax of ${count}`, count, [...works, () => plainSoftmax(logits, shares)], setting);
}

function dots(setting: Setting): Measure[] {
  const rows = 100_000;
  const works = [denseKernels, plainDense].map((make) => {
    const memory = new KernelMemory();
    const kernels = make(memory);
    const [at, scales] = [memory.take(rows * rowWidth), memory.take(rows * 4)];
    const [indices, query, out] = [memory.take(rows * 4), memory.take(rowWidth * 2), memory.take(rows * 4)];
    const chance = random(4);
    const bytes = new Int8Array(memory.buffer, at, rows * rowWidth);
    for (let k = 0; k < bytes.length; k++) bytes[k] = chance.int(255) - 127;
    memory.floats(scales, rows).fill(0.01);
    for (let k = 0; k < rows; k++) memory.integers(indices, rows)[k] = chance.int(rows);
    new Int16Array(memory.buffer, query, rowWidth).fill(77);
    const run = (which: number, count: number) => () =>
      kernels.dots8(at, scales, which, query, 0.1, out, count, rowWidth);
    return { all: run(0, rows), gathered: run(indices, candidates) };
  });
  const chance = random(4);
  const plainRows = Float32Array.from({ length: rows * rowWidth }, () => chance.normal());
  const query = Float32Array.from({ length: rowWidth }, () => chance.normal());
  const out = new Float32Array(rows);
  const which = Int32Array.from({ length: rows }, () => chance.int(rows));
  const plain = (count: number, isGathered: boolean) => () => {
    for (let i = 0; i < count; i++) {
      const row = (isGathered ? which[i]! : i) * rowWidth;
      let sum = 0;
      for (let k = 0; k < rowWidth; k++) sum += plainRows[row + k]! * query[k]!;
      out[i] = sum;
    }
  };
  const all = [...works.map((one) => one.all), plain(rows, false)];
  const gathered = [...works.map((one) => one.gathered), plain(candidates, true)];
  return [
    ...compared(`dots with ${rows / 1000}k rows of ${rowWidth} bytes`, rows, all, setting),
    ...compared(
      `dots with ${candidates} rows of ${rowWidth} bytes, anywhere in ${rows / 1000}k`,
      candidates,
      gathered,
      setting,
    ),
  ];
}

export const kernels: Benchmark = {
  name: "kernels",
  limitMs: 180_000,
  async run(setting) {
    const [fast, twin, plain] = [network(denseKernels), network(plainDense), plainNetwork()];
    const about = widths.join("-");
    const forward = [1, candidates].flatMap((rows) => {
      const works = [() => fast.forward(rows), () => twin.forward(rows), () => plain.forward(rows)];
      return compared(`dense ${about} forward, ${rows} at once, rows`, rows, works, setting);
    });
    const learned = [1, batch].flatMap((rows) => {
      const works = [() => teach(fast, rows), () => teach(twin, rows), () => plain.teach(rows)];
      return compared(`dense ${about} learning with AdaGrad, ${rows} at once, rows`, rows, works, setting);
    });
    return [...forward, ...learned, ...softmaxes(25, setting), ...softmaxes(1000, setting), ...dots(setting)];
  },
};
