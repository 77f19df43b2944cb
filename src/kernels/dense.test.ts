import { describe, expect, test } from "vitest";
import { type Random, random } from "../core/random.ts";
import {
  type DenseKernels,
  denseKernels,
  plainDense,
  quantise,
  queryMax,
  rowMax,
  strideOf,
  widthMax,
} from "./dense.ts";
import { DenseNetwork } from "./dense-network.ts";
import { KernelMemory } from "./kernel-memory.ts";

/** Kernel and plain twin on memories of the same content. */
function twins(): readonly [readonly [DenseKernels, KernelMemory], readonly [DenseKernels, KernelMemory]] {
  const [fast, plain] = [new KernelMemory(), new KernelMemory()];
  return [
    [denseKernels(fast), fast],
    [plainDense(plain), plain],
  ];
}

/** Normal numbers, some of them 0, large or small; 0 beyond the width. */
function rowsOf(chance: Random, count: number, width: number, scale = 1): Float32Array {
  const rows = new Float32Array(count * strideOf(width));
  const spread = [0, 1, 1, 1, 1e-20, 1e3];
  for (let r = 0; r < count; r++)
    for (let k = 0; k < width; k++)
      rows[r * strideOf(width) + k] = scale * spread[chance.int(spread.length)]! * chance.normal();
  return rows;
}

/** Runs the same on both; fails unless all of their memory has the same bits. */
function bothGive(place: (memory: KernelMemory) => (kernels: DenseKernels) => void): KernelMemory {
  const [fast, plain] = twins();
  for (const [kernels, memory] of [fast, plain]) place(memory)(kernels);
  expect(Buffer.from(fast[1].buffer).equals(Buffer.from(plain[1].buffer))).toBe(true);
  return fast[1];
}

function placed(memory: KernelMemory, values: ArrayLike<number>): number {
  const address = memory.take(values.length * 4);
  memory.floats(address, values.length).set(values);
  return address;
}

describe("the plain twins", () => {
  test("forward and backward have the same bits, whatever the shapes", () => {
    for (let seed = 0; seed < 60; seed++) {
      bothGive((memory) => {
        const chance = random(seed);
        const [batch, width, outWidth] = [chance.int(11), 1 + chance.int(70), 1 + chance.int(70)];
        const [ins, outs] = [strideOf(width), strideOf(outWidth)];
        const weightRows = new Float32Array(ins * outs);
        weightRows.set(rowsOf(chance, width, outWidth));
        const x = placed(memory, rowsOf(chance, batch, width));
        const w = placed(memory, weightRows);
        const biases = placed(memory, rowsOf(chance, 1, outWidth));
        const y = memory.take(batch * outs * 4);
        const g = placed(memory, rowsOf(chance, batch, outWidth));
        const xg = memory.take(batch * ins * 4);
        const wg = placed(memory, weightRows);
        const bg = placed(memory, rowsOf(chance, 1, outWidth));
        return (kernels) => {
          kernels.forward(x, w, biases, y, batch, ins, outs, seed % 2);
          kernels.backwardWeights(x, g, wg, bg, batch, ins, outs);
          kernels.backwardInputs(x, w, g, xg, batch, ins, outs, seed % 3 === 0 ? 1 : 0);
          kernels.adagrad(w, wg, bg, outs, 0.1);
        };
      });
    }
  });

  test("a step of AdaGrad has the same bits, and moves against the gradient", () => {
    const count = 4 * 33;
    const memory = bothGive((memory) => {
      const chance = random("adagrad");
      const w = placed(memory, rowsOf(chance, 1, count));
      const squares = placed(
        memory,
        rowsOf(chance, 1, count).map((x) => 0.1 + x * x),
      );
      const g = placed(memory, rowsOf(chance, 1, count));
      return (kernels) => kernels.adagrad(w, squares, g, count, 0.05);
    });
    // The gradients that were are 0 again.
    const third = 64 + 2 * 4 * strideOf(count);
    expect(memory.floats(third, count).every((g) => g === 0)).toBe(true);
  });

  test("softmax has the same bits at any length, in place or not, and adds up to 1", () => {
    for (let seed = 0; seed < 80; seed++) {
      const chance = random(seed);
      const count = 1 + chance.int(70);
      const logits = Float32Array.from({ length: count }, () => chance.normal() * [1, 10, 60, 1e4][seed % 4]!);
      if (count > 1) logits[chance.int(count - 1)] = Number.NEGATIVE_INFINITY;
      logits[count - 1] = 5;
      let to = 0;
      const memory = bothGive((memory) => {
        const from = placed(memory, logits);
        to = seed % 2 === 0 ? from : memory.take(count * 4);
        return (kernels) => kernels.softmax(from, to, count);
      });
      const shares = memory.floats(to, count);
      const largest = Math.max(...logits);
      const exact = Array.from(logits, (logit) => Math.exp(logit - largest));
      const total = exact.reduce((sum, share) => sum + share, 0);
      shares.forEach((share, k) => {
        const [expected, below] = [exact[k]! / total, Math.min(87, largest - logits[k]!)];
        expect(Math.abs(share - expected)).toBeLessThanOrEqual((1e-6 + 1e-7 * below) * expected + 1e-37);
      });
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    }
  });

  test("dots of 8-bit rows have the same bits, in order and by index, up to the widest and the largest", () => {
    for (let seed = 0; seed < 40; seed++) {
      bothGive((memory) => {
        const chance = random(seed);
        const rows = 1 + chance.int(20);
        const width = seed === 0 ? widthMax : 16 * (1 + chance.int(12));
        const extreme = seed < 2;
        const at = memory.take(rows * width);
        const bytes = new Int8Array(memory.buffer, at, rows * width);
        for (let k = 0; k < bytes.length; k++) bytes[k] = extreme ? rowMax : chance.int(2 * rowMax + 1) - rowMax;
        const query = memory.take(2 * width);
        const wide = new Int16Array(memory.buffer, query, width);
        for (let k = 0; k < width; k++) wide[k] = extreme ? queryMax : chance.int(2 * queryMax + 1) - queryMax;
        const scales = placed(
          memory,
          Float32Array.from({ length: rows }, () => chance.next()),
        );
        const count = seed % 2 === 0 ? rows : 30;
        const indices = memory.take(count * 4);
        for (let k = 0; k < count; k++) memory.integers(indices, count)[k] = chance.int(rows);
        const out = memory.take(count * 4);
        return (kernels) => kernels.dots8(at, scales, seed % 2 === 0 ? 0 : indices, query, 0.037, out, count, width);
      });
    }
  });
});

describe("dots of 8-bit rows", () => {
  test("are near those of the numbers that they stand for", () => {
    const chance = random("quantised");
    const width = 64;
    const numbers = (): Float32Array => Float32Array.from({ length: width }, () => chance.normal());
    const [rows, query] = [Array.from({ length: 50 }, numbers), numbers()];
    const memory = new KernelMemory();
    const at = memory.take(50 * width);
    const scales = memory.take(50 * 4);
    const asked = memory.take(2 * width);
    const out = memory.take(50 * 4);
    rows.forEach((row, r) => {
      const to = new Int8Array(memory.buffer, at + r * width, width);
      memory.floats(scales, 50)[r] = quantise(row, to, rowMax);
    });
    const scale = quantise(query, new Int16Array(memory.buffer, asked, width), queryMax);
    denseKernels(memory).dots8(at, scales, 0, asked, scale, out, 50, width);
    const length = (values: Float32Array): number => Math.hypot(...values);
    rows.forEach((row, r) => {
      const exact = row.reduce((sum, x, k) => sum + x * query[k]!, 0);
      // Rounding to a 127th of the largest, which is some three standard deviations: about 0.7 % of a standard deviation.
      expect(Math.abs(memory.floats(out, 50)[r]! - exact)).toBeLessThan(0.03 * length(query));
      expect(length(row)).toBeGreaterThan(0);
    });
  });

  test("of a row of zeros is 0", () => {
    const out = new Int8Array(16).fill(3);
    expect(quantise(new Float32Array(8), out, rowMax)).toBe(0);
    expect([...out]).toEqual(new Array(16).fill(0));
  });
});

/** Half the sum of the squares of outputs less what they should be, of a network without ReLU's kinks nearby. */
function lossOf(network: DenseNetwork, wanted: Float64Array, batch: number): number {
  const width = network.widths.at(-1)!;
  network.forward(batch);
  let loss = 0;
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < width; o++)
      loss += 0.5 * (network.outputs[b * strideOf(width) + o]! - wanted[b * width + o]!) ** 2;
  return loss;
}

function gradientsOf(network: DenseNetwork, wanted: Float64Array, batch: number): void {
  const width = network.widths.at(-1)!;
  network.forward(batch);
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < width; o++) {
      const at = b * strideOf(width) + o;
      network.outputGradients[at] = network.outputs[at]! - wanted[b * width + o]!;
    }
  network.backward(batch);
}

/** The numbers of a network's buffer, which is its own memory. */
function numbers(network: DenseNetwork, buffer: number): Float32Array {
  const [chunk] = network.buffers[buffer]!.chunks();
  return new Float32Array(chunk!.buffer, chunk!.byteOffset, chunk!.byteLength / 4);
}

/** What a network of a world needs, with inputs and wanted outputs that are random. */
function world(widths: readonly number[], batch: number, seed: number, kernels = denseKernels) {
  const memory = new KernelMemory();
  const network = new DenseNetwork(kernels(memory), memory, { name: "net", widths, batchMax: batch, seed });
  const chance = random(seed);
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < widths[0]!; i++) network.inputs[b * strideOf(widths[0]!) + i] = chance.normal();
  const wanted = Float64Array.from({ length: batch * widths.at(-1)! }, () => chance.normal());
  return { memory, network, wanted, chance };
}

const shapes: readonly (readonly number[])[] = [
  [7, 3],
  [5, 9, 2],
  [17, 20, 6, 1],
  [3, 33, 18, 5, 2],
  [16, 32, 16],
  [1, 1],
];

describe("a network", () => {
  test("has the gradients of finite differences, of every kind of parameter and of its inputs", () => {
    for (const [seed, widths] of shapes.entries()) {
      const batch = 1 + 2 * seed;
      const { network, wanted, chance } = world(widths, batch, seed);
      // Biases away from 0, so that they are told from weights.
      for (let l = 0; l + 1 < widths.length; l++)
        for (let o = 0; o < widths[l + 1]!; o++) numbers(network, 0)[network.place(l, -1, o)] = 0.3 * chance.normal();
      gradientsOf(network, wanted, batch);
      const ofInputs = network.inputGradients.slice();
      // From sums of squares of 1 a step of rate 1 says the gradient: after = before − g / √(1 + g²).
      numbers(network, 1).fill(1);
      const before = numbers(network, 0).slice();
      network.learn(1);
      const after = numbers(network, 0).slice();
      numbers(network, 0).set(before);
      const slope = (values: Float32Array, at: number): number => {
        const by = 1e-3;
        const kept = values[at]!;
        const [up, down] = [kept + by, kept - by].map((value) => {
          values[at] = value;
          return lossOf(network, wanted, batch);
        });
        values[at] = kept;
        return (up! - down!) / (2 * by);
      };
      let checked = 0;
      let outside = 0;
      const agree = (found: number, expected: number): void => {
        checked++;
        if (Math.abs(found - expected) > 0.02 * Math.abs(expected) + 0.01) outside++;
      };
      for (let l = 0; l + 1 < widths.length; l++)
        for (let i = -1; i < widths[l]!; i++)
          for (let o = 0; o < widths[l + 1]!; o++) {
            const at = network.place(l, i, o);
            const step = before[at]! - after[at]!;
            agree(step / Math.sqrt(1 - step * step), slope(numbers(network, 0), at));
          }
      for (let b = 0; b < batch; b++)
        for (let i = 0; i < widths[0]!; i++) {
          const at = b * strideOf(widths[0]!) + i;
          agree(ofInputs[at]!, slope(network.inputs, at));
        }
      expect(checked).toBeGreaterThan(2);
      // A kink of a ReLU may lie within a difference.
      expect(outside / checked).toBeLessThan(0.01);
    }
  });

  test("learned by kernels or by plain code, it has the same bits", () => {
    for (const [seed, widths] of shapes.entries()) {
      const [fast, plain] = [world(widths, 6, seed), world(widths, 6, seed, plainDense)];
      for (let step = 0; step < 20; step++)
        for (const { network, wanted } of [fast, plain]) {
          gradientsOf(network, wanted, 1 + (step % 6));
          network.learn(0.05);
        }
      expect(numbers(fast.network, 0)).toEqual(numbers(plain.network, 0));
      expect(numbers(fast.network, 1)).toEqual(numbers(plain.network, 1));
    }
  });

  test("learns what no linear model can: which of two, but not both", () => {
    const widths = [2, 8, 1];
    const { network } = world(widths, 4, 5);
    const rows = [
      [0, 0, -1],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, -1],
    ];
    rows.forEach((row, b) => {
      network.inputs.set(row.slice(0, 2), b * strideOf(2));
    });
    const wanted = Float64Array.from(rows, (row) => row[2]!);
    for (let step = 0; step < 500; step++) {
      gradientsOf(network, wanted, 4);
      network.learn(0.1);
    }
    expect(lossOf(network, wanted, 4)).toBeLessThan(0.01);
  });

  test("many rows come out as each alone, bit for bit", () => {
    const widths = [19, 33, 7];
    const { network } = world(widths, 9, 3);
    network.forward(9);
    const [ins, outs] = [strideOf(19), strideOf(7)];
    const [all, inputs] = [network.outputs.slice(), network.inputs.slice()];
    for (let b = 0; b < 9; b++) {
      network.inputs.set(inputs.subarray(b * ins, (b + 1) * ins));
      network.forward(1);
      expect(network.outputs.subarray(0, outs)).toEqual(all.subarray(b * outs, (b + 1) * outs));
    }
  });

  test("what lies beyond its widths stays 0, and memory that grows cuts nothing off", () => {
    const widths = [5, 9, 3];
    const { network, wanted, memory } = world(widths, 4, 1);
    for (let step = 0; step < 5; step++) {
      gradientsOf(network, wanted, 4);
      network.learn(0.1);
      memory.take(1 << 20);
    }
    const inside = new Set<number>();
    for (let l = 0; l + 1 < widths.length; l++)
      for (let i = -1; i < widths[l]!; i++) for (let o = 0; o < widths[l + 1]!; o++) inside.add(network.place(l, i, o));
    expect([...numbers(network, 0)].every((weight, at) => inside.has(at) || weight === 0)).toBe(true);
    expect([...inside].some((at) => numbers(network, 0)[at] !== 0)).toBe(true);
  });

  test("saved and restored, it goes on the same", () => {
    const widths = [6, 12, 2];
    const [one, other] = [world(widths, 3, 1), world(widths, 3, 2)];
    const learn = (network: DenseNetwork): void => {
      gradientsOf(network, one.wanted, 3);
      network.learn(0.1);
    };
    learn(one.network);
    one.network.buffers.forEach((buffer, b) => {
      const bytes = Buffer.concat(buffer.chunks());
      other.network.buffers[b]!.restore(buffer.length, (target) => target.set(bytes));
    });
    other.network.inputs.set(one.network.inputs);
    for (const { network } of [one, other]) learn(network);
    expect(numbers(other.network, 0)).toEqual(numbers(one.network, 0));
    expect(numbers(other.network, 1)).toEqual(numbers(one.network, 1));
  });
});
