import { type Fault, faultsOf, faultsOfBoth } from "./fault.ts";

/** Factorisation machines, matrix factorisation, their vectors and the tables of these, and places. */
export const factorFaults: readonly Fault[] = [
  ...faultsOf("factorization machine", "src/models/factorization-machine.ts", [
    [
      "a choice worth more than it was is a chance again",
      "if (lesson.isWorthMore !== true) addPointwise",
      "addPointwise",
    ],
    ["a reward weighs nothing", "Math.min(rewardMax, lesson.reward ?? 1)", "1"],
    [
      "lists teach without a choice",
      "    if (lesson.isChoice)\n      addSoftmax",
      "    if (!lesson.isChoice)\n      addSoftmax",
    ],
    ["the bias goes up the gradient", "fixed.array[biasAt]! -= ", "fixed.array[biasAt]! += "],
    ["the bias's squares are not added up", "    fixed.array[biasSquaresAt]! += gradient * gradient;\n", ""],
    [
      "places are not part of what is predicted while learning",
      "if (orderedByEngine) for (let i = 0; i < count; i++) logits[i]! += placeBias.at(surface, position[i]!);",
      "",
    ],
    [
      "places are never taught",
      "if (errors[i] !== 0) placeBias.learn(surface, position[i]!, errors[i]!);",
      "if (errors[i] === 0) placeBias.learn(surface, position[i]!, errors[i]!);",
    ],
    ["rows and lists are mixed the other way round", "(1 - listwise) * weight, errors", "listwise * weight, errors"],
    ["nothing expires", "    vectors.table.expire(days.since(expiryDays));\n", ""],
    ["the bias is not predicted", "out[i] = out[i]! + bias;", "out[i] = out[i]!;"],
    [
      "explanations leave out the weights of pairs",
      "value: weights.array[f * width + other]! * product",
      "value: product",
    ],
  ]),
  ...faultsOf("matrix factorisation", "src/models/matrix-factorization.ts", [
    [
      "a pair pulls the chosen down",
      "        errors[i]! -= pull;\n        errors[j]! += pull;",
      "        errors[i]! += pull;\n        errors[j]! -= pull;",
    ],
    ["a pair moves the chosen alone", "        errors[j]! += pull;\n", ""],
    ["pairs are judged the wrong way round", "Math.exp(logits[i]! - logits[j]!)", "Math.exp(logits[j]! - logits[i]!)"],
    [
      "a longer list teaches more",
      "(weight * (isChoice ? Math.min(rewardMax, reward) : 1)) / rivals",
      "weight * (isChoice ? Math.min(rewardMax, reward) : 1)",
    ],
    ["a reward weighs nothing", "(isChoice ? Math.min(rewardMax, reward) : 1)", "1"],
    [
      "what was chosen before competes",
      "if (said[j] === verdict.chosen || said[j] === verdict.chosenBefore) continue;",
      "if (said[j] === verdict.chosen) continue;",
    ],
    ["the sum of what was turned to is not a mean", "s === 0 ? 1 : 1 / Math.sqrt(Math.max(1, turnedTo))", "1"],
    ["what was turned to is not read", "s === 0 ? 1 : 1 / Math.sqrt(Math.max(1, turnedTo))", "s === 0 ? 1 : 0"],
    [
      "the shopper is not read",
      "s === 0 ? 1 : 1 / Math.sqrt(Math.max(1, turnedTo))",
      "s === 0 ? 0 : 1 / Math.sqrt(Math.max(1, turnedTo))",
    ],
    [
      "places are not part of what is predicted while learning",
      "if (orderedByEngine) for (let i = 0; i < count; i++) logits[i]! += placeBias.at(surface, position[i]!);",
      "",
    ],
    ["places are never taught", "if (errors[i] !== 0) placeBias.learn(surface, position[i]!, errors[i]!);", ";"],
  ]),
  ...faultsOf("field vectors", "src/models/field-vectors.ts", [
    [
      "gradients of pairs are kept from lesson to lesson",
      "    if (this.#halves === undefined) this.#gradients.array.fill(0);\n",
      "",
    ],
    ["scores of later blocks go to the first rows", "out[first + i]! += found[i]!;", "out[i]! += found[i]!;"],
    [
      "weights of pairs are never taught",
      "    this.#factors.teachPairs(...pairs, shared + own, pairRate, start);\n",
      "",
    ],
    [
      "the request's vectors are never taught",
      "      this.#halves.teachRequest(base, request, shared, half, totals, ...rates);\n",
      "",
    ],
    [
      "errors of the first block are taken for all",
      "errors.subarray(first, first + count)",
      "errors.subarray(0, count)",
    ],
    ["totals are kept from lesson to lesson", "    this.#totals.array.fill(0);\n", ""],
    ["what is silent has a vector", "return code === this.#silent[f] ? noCode : code;", "return code;"],
    [
      "shared fields are read of each candidate",
      "columns[placeOf(column)]!.isShared === true;",
      "columns[placeOf(column)]!.isShared !== true;",
    ],
  ]),
  ...faultsOfBoth("factor kernel and twin", "assembly/embeddings.ts", "src/kernels/embeddings.ts", [
    [
      "weights of pairs go up the gradient",
      "load<f32>(weights + (pair << 2)) - (rate * gradient)",
      "load<f32>(weights + (pair << 2)) + (rate * gradient)",
      "fround(floats[r + pair]! - by)",
      "fround(floats[r + pair]! + by)",
    ],
    [
      "the weight of a pair is not that of the pair turned round",
      "      store<f32>(weights + (<usize>(b * width + a) << 2), moved);\n",
      "",
      "        floats[r + (pair % width) * width + Math.floor(pair / width)] = moved;\n",
      "",
    ],
  ]),
  ...faultsOfBoth("vectors of kernels and twins", "assembly/parts/vectors.ts", "src/kernels/vectors.ts", [
    [
      "linear weights go up the gradient",
      "load<f32>(weight) - (linearRate * error)",
      "load<f32>(weight) + (linearRate * error)",
      "floats[weight]! - linear;",
      "floats[weight]! + linear;",
    ],
    [
      "squares are not divided by the width",
      "lanes(sum) * 0.0625",
      "lanes(sum)",
      "fround(dot(gradient, 0, gradient, 0) * 0.0625)",
      "dot(gradient, 0, gradient, 0)",
    ],
    [
      "vectors are pushed away from 0",
      "const pull = f32x4.splat(shrink);",
      "const pull = f32x4.splat(-shrink);",
      "add(gradient, 0, shrink, floats, v);",
      "add(gradient, 0, -shrink, floats, v);",
    ],
  ]),
  ...faultsOf("places", "src/models/place-bias.ts", [
    ["the step goes up the gradient", "array[cell]! -= (this.#rate", "array[cell]! += (this.#rate"],
    ["squares are not added up", "    array[cells + cell]! += gradient * gradient;\n", ""],
    ["surfaces share their places", "mixPair(surface + 1,", "mixPair(1,"],
  ]),
  ...faultsOf("embedding table", "src/models/embedding-table.ts", [
    [
      "fields share their codes",
      "integers[base + 2 * slot] === code && tag >>> rowBits === field + 1",
      "integers[base + 2 * slot] === code",
    ],
    [
      "what is seen again is not noted as seen",
      "        this.#unchain(found);\n        this.#chain(found, now);\n",
      "",
    ],
    [
      "the newest leaves for others",
      "    const oldest = fixed[oldestAt]!;\n    // Seen",
      "    const oldest = fixed[newestAt]!;\n    // Seen",
    ],
    [
      "a code is admitted one time too early",
      "this.#filter.add(hashOf(field, code)) < admission",
      "this.#filter.add(hashOf(field, code)) < admission - 1",
    ],
    [
      "a row given to another keeps what it learned",
      "    begin(this.cells, row, field, code, spread);\n    return row;",
      "    return row;",
    ],
    ["what is expired is never given again", "      this.#registers.array[freeAt] = oldest;\n", ""],
    ["an index that was restored is not made anew", "      this.#isStale = true;\n", ""],
    [
      "what is deleted cuts off those behind it",
      "if (((slot - home) & this.mask) < ((slot - hole) & this.mask)) continue;",
      "continue;",
    ],
  ]),
  ...faultsOf("counting filter", "src/core/counting-filter.ts", [
    [
      "it counts in one cell",
      "1 + Math.min(array[first]!, array[second]!)",
      "1 + Math.max(array[first]!, array[second]!)",
    ],
    ["it never forgets", "array[at] = array[at]! >>> 1;", "array[at] = array[at]!;"],
  ]),
];
