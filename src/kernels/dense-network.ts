/**
 * A network of dense layers with ReLU between them, learned by AdaGrad (Duchi et al. 2011) from gradients that the caller gives:
 *
 *     x₀ = inputs;   xₗ₊₁ = max(0, xₗ Wₗ + bₗ), the last layer without max
 *
 * Weights begin as He et al. 2015 have it, normal with variance 2 / inputs, from a seed.
 */
import { random } from "../core/random.ts";
import type { StateBuffer } from "../core/state.ts";
import { type DenseKernels, strideOf } from "./dense.ts";
import { FloatsIn, type KernelMemory } from "./kernel-memory.ts";

export interface DenseNetworkOptions {
  readonly name: string;
  /** Numbers of inputs, of each layer between, and of outputs. */
  readonly widths: readonly number[];
  /** Rows at once, at most. */
  readonly batchMax: number;
  readonly seed: number | string;
  /** What the sums of squares start from, above 0. */
  readonly squaresStart?: number;
}

interface Layer {
  readonly ins: number;
  readonly outs: number;
  /** Places of the weights [ins][outs] and of the biases [outs] among the parameters. */
  readonly weights: number;
  readonly biases: number;
}

export class DenseNetwork {
  readonly widths: readonly number[];
  readonly batchMax: number;
  /** To be saved and restored: parameters, layer by layer, and AdaGrad's sums of their squared gradients. */
  readonly buffers: readonly StateBuffer[];
  readonly #layers: readonly Layer[];
  readonly #kernels: DenseKernels;
  readonly #parameters: FloatsIn;
  readonly #squares: FloatsIn;
  readonly #gradients: FloatsIn;
  /** [layer] values that go into it [batch][stride], of all rows; the last are the outputs. And their gradients. */
  readonly #values: readonly FloatsIn[];
  readonly #valueGradients: readonly FloatsIn[];

  /** Throws RangeError where the memory has no room for it. */
  constructor(kernels: DenseKernels, memory: KernelMemory, options: DenseNetworkOptions) {
    const { name, widths, batchMax, seed, squaresStart = 0.1 } = options;
    this.#kernels = kernels;
    this.widths = widths;
    this.batchMax = batchMax;
    let size = 0;
    this.#layers = widths.slice(1).map((width, l) => {
      const [ins, outs] = [strideOf(widths[l]!), strideOf(width)];
      const weights = size;
      size += (ins + 1) * outs;
      return { ins, outs, weights, biases: weights + ins * outs };
    });
    this.#parameters = new FloatsIn(`${name}.parameters`, memory, size);
    this.#squares = new FloatsIn(`${name}.squares`, memory, size);
    this.#gradients = new FloatsIn(`${name}.gradients`, memory, size);
    const rows = (kind: string) =>
      widths.map((width, l) => new FloatsIn(`${name}.${kind}-${l}`, memory, batchMax * strideOf(width)));
    this.#values = rows("values");
    this.#valueGradients = rows("value-gradients");
    this.buffers = [this.#parameters, this.#squares];
    this.#squares.array.fill(squaresStart);
    const chance = random(seed);
    const parameters = this.#parameters.array;
    for (const [l, { outs, weights }] of this.#layers.entries()) {
      const spread = Math.sqrt(2 / widths[l]!);
      for (let i = 0; i < widths[l]!; i++)
        for (let o = 0; o < widths[l + 1]!; o++) parameters[weights + i * outs + o] = spread * chance.normal();
    }
  }

  /** Row b begins at b · {@link strideOf}(widths[0]); what is beyond its width must stay 0. Not to be kept: memory may grow. */
  get inputs(): Float32Array {
    return this.#values[0]!.array;
  }

  /** As {@link inputs}, of the last layer. */
  get outputs(): Float32Array {
    return this.#values.at(-1)!.array;
  }

  /** Of the loss by the outputs: to be written before {@link backward}. */
  get outputGradients(): Float32Array {
    return this.#valueGradients.at(-1)!.array;
  }

  /** Of the loss by the inputs, after {@link backward}. */
  get inputGradients(): Float32Array {
    return this.#valueGradients[0]!.array;
  }

  /** Outputs of the first `batch` rows of inputs. */
  forward(batch: number): void {
    this.#layers.forEach((layer, l) => {
      const isRectified = l + 1 < this.#layers.length ? 1 : 0;
      const [from, to] = [this.#values[l]!.address, this.#values[l + 1]!.address];
      const { address } = this.#parameters;
      const [weights, biases] = [address + 4 * layer.weights, address + 4 * layer.biases];
      this.#kernels.forward(from, weights, biases, to, batch, layer.ins, layer.outs, isRectified);
    });
  }

  /** After {@link forward} of the same rows: adds to the gradients of the parameters, and writes those of the inputs. */
  backward(batch: number): void {
    for (let l = this.#layers.length - 1; l >= 0; l--) {
      const { ins, outs, weights, biases } = this.#layers[l]!;
      const inputs = this.#values[l]!.address;
      const given = this.#valueGradients[l + 1]!.address;
      const { address } = this.#gradients;
      this.#kernels.backwardWeights(inputs, given, address + 4 * weights, address + 4 * biases, batch, ins, outs);
      const from = this.#parameters.address + 4 * weights;
      const to = this.#valueGradients[l]!.address;
      this.#kernels.backwardInputs(inputs, from, given, to, batch, ins, outs, l > 0 ? 1 : 0);
    }
  }

  /** A step of AdaGrad along the gradients added up since the last one. */
  learn(rate: number): void {
    const { address, length } = this.#parameters;
    this.#kernels.adagrad(address, this.#squares.address, this.#gradients.address, length, rate);
  }

  /** Place of a parameter of layer l among those saved: from input i to output o; i = −1: the bias of o. */
  place(l: number, i: number, o: number): number {
    const { outs, weights, biases } = this.#layers[l]!;
    return i < 0 ? biases + o : weights + i * outs + o;
  }
}
