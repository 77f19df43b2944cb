import { type Fault, faultsOf, faultsOfBoth } from "./fault.ts";

export const denseFaults: readonly Fault[] = [
  ...faultsOf("dense kernel", "assembly/dense.ts", [
    [
      "four rows at once take the third row's input for the fourth",
      "x = v128.load_splat<f32>(x3 + i);",
      "x = v128.load_splat<f32>(x2 + i);",
    ],
    [
      "one row is rectified the other way round",
      "      if (isRectified) {\n        a0 = f32x4.max(a0, zero); a1 = f32x4.max(a1, zero); a2 = f32x4.max(a2, zero); a3 = f32x4.max(a3, zero);\n      }\n      v128.store(y0 + o, a0)",
      "      if (isRectified) {\n        a0 = f32x4.min(a0, zero); a1 = f32x4.max(a1, zero); a2 = f32x4.max(a2, zero); a3 = f32x4.max(a3, zero);\n      }\n      v128.store(y0 + o, a0)",
    ],
    [
      "the gradient of the weights forgets what was added before",
      "let a0 = v128.load(r0 + o), c0 = v128.load(r0 + o, 16);",
      "let a0 = f32x4.splat(0), c0 = v128.load(r0 + o, 16);",
    ],
    [
      "the gradient of an input goes to its neighbour",
      "let sum = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));",
      "let sum = f32x4.add(f32x4.add(s1, s0), f32x4.add(s2, s2));",
    ],
    [
      "an input at 0 passes the gradient of its ReLU",
      "f32x4.gt(v128.load(inputs + at + i), zero)",
      "f32x4.ge(v128.load(inputs + at + i), zero)",
    ],
    [
      "AdaGrad adds the gradient to the squares, not its square",
      "v128.load(squares + k), f32x4.mul(g, g))",
      "v128.load(squares + k), f32x4.abs(g))",
    ],
    ["gradients are not put back to 0", "    v128.store(gradients + k, zero);\n", ""],
    [
      "the end of a list counts for one share too many",
      "i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count & 3))",
      "i32x4.le_s(i32x4(0, 1, 2, 3), i32x4.splat(count & 3))",
    ],
    [
      "dots by index take the rows in order",
      "indices == 0 ? i : load<i32>(indices + (<usize>i << 2))",
      "indices == 0 ? i : i",
    ],
    [
      "dots of 8 bits take the scale of another row",
      "f32.load(scales + (r << 2))",
      "f32.load(scales + (<usize>i << 2))",
    ],
  ]),
  ...faultsOf("dense twin", "src/kernels/dense.ts", [
    ["AdaGrad goes up the gradient", "f[w + k] = f[w + k]! - fround(", "f[w + k] = f[w + k]! + fround("],
    ["numbers are quantised without their scale", "Math.round(values[k]! / scale)", "Math.round(values[k]!)"],
  ]),
  ...faultsOfBoth("dense kernel and twin", "assembly/dense.ts", "src/kernels/dense.ts", [
    [
      "AdaGrad goes up the gradient",
      "f32x4.sub(v128.load(weights + k), f32x4.div(",
      "f32x4.add(v128.load(weights + k), f32x4.div(",
      "f[w + k] = f[w + k]! - fround(",
      "f[w + k] = f[w + k]! + fround(",
    ],
    [
      "an input passes its gradient where its ReLU was shut",
      "if (isRectified) sum = v128.and(sum, f32x4.gt(v128.load(inputs + at + i), zero));",
      "",
      "const isPassed = !isRectified || f[(inputs >> 2) + at]! > 0;",
      "const isPassed = true;",
    ],
    ["gradients are not put back to 0", "    v128.store(gradients + k, zero);\n", "", "        f[g + k] = 0;\n", ""],
    [
      "the gradient of the biases is left out",
      "    v128.store(biasGradients + o, sum);\n",
      "",
      "f[biases + o] = f[biases + o]! + f[g + o]!;",
      "f[biases + o] = f[biases + o]!;",
    ],
    [
      "shares are not divided by their sum",
      "v128.store(shares + k, f32x4.div(v128.load(shares + k), total));",
      "v128.store(shares + k, v128.load(shares + k));",
      "f[to + k] = f[to + k]! / total;",
      "f[to + k] = f[to + k]!;",
    ],
    [
      "dots of 8 bits leave out the rows' scales",
      "scale * f32.load(scales + (r << 2)) * <f32>sum",
      "scale * <f32>sum",
      "fround(fround(scale) * f[(scales >> 2) + r]!) * fround(sum)",
      "fround(scale) * fround(sum)",
    ],
  ]),
  ...faultsOf("dense network", "src/kernels/dense-network.ts", [
    ["the last layer is rectified too", "l + 1 < this.#layers.length ? 1 : 0", "l < this.#layers.length ? 1 : 0"],
    ["the gradient of layers between ignores their ReLU", "ins, outs, l > 0 ? 1 : 0)", "ins, outs, 0)"],
    ["the gradient of the inputs is rectified", "ins, outs, l > 0 ? 1 : 0)", "ins, outs, 1)"],
    [
      "biases share the place of the last weights",
      "biases: weights + ins * outs }",
      "biases: weights + (ins - 1) * outs }",
    ],
    [
      "the sums of squares are not saved",
      "this.buffers = [this.#parameters, this.#squares];",
      "this.buffers = [this.#parameters];",
    ],
  ]),
];
