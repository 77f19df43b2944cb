import { type Fault, faultsOf, faultsOfBoth } from "./fault.ts";

/** The linear learners that share one table of slots: slots, gradients, updates, kernel and twin. */
export const linearFaults: readonly Fault[] = [
  ...faultsOf("linear", "src/models/linear.ts", [
    ["a lesson's reward weighs nothing", "Math.min(rewardMax, lesson.reward ?? 1) * weight : 0", "weight : 0"],
    ["lists teach without a choice", "const reward = lesson.isChoice ?", "const reward = !lesson.isChoice ?"],
    [
      "rows and lists are mixed the other way round",
      "lesson, (1 - listwise) * weight, pointwise",
      "lesson, listwise * weight, pointwise",
    ],
    ["a choice worth more than it was is a chance again", "if (!lesson.isWorthMore) addPointwise", "addPointwise"],
    ["the logistic loss teaches the bias only", "gradients[a]![i]! += pointwise[a]![i]!;", "gradients[a]![i]! += 0;"],
    ["PDGD learns from rows, too", "if (a === ftrls) {", "if (a > ftrls) {"],
    [
      "a Bayesian learner goes the wrong way",
      "(weight * (outcome - chance)) / damped",
      "(weight * (chance - outcome)) / damped",
    ],
    [
      "a Bayesian step is not damped by what is not known",
      "const damped = 1 + curvature * spread;",
      "const damped = 1;",
    ],
    ["the variance grows with what is seen", "= -curvature / damped;", "= curvature / damped;"],
    ["the curvature is that of a chance of one half", "weight * chance * (1 - chance);", "weight * 0.25;"],
    ["a Bayesian logit leaves out the bias", "+ cells.array[bias * cellFloats + meanAt + b]!;", ";"],
    ["a Bayesian logit leaves out the place", "        logit += cells.array[placed * cellFloats + meanAt + b]!;\n", ""],
    ["a Bayesian variance leaves out the place's", "        spread += table.varianceOf(placed, b);\n", ""],
    [
      "the place is no part of the logit that is taught",
      "logits[a]![i] = cells[bias * cellFloats + a]! + priorOf(rows, i) + place +",
      "logits[a]![i] = cells[bias * cellFloats + a]! + priorOf(rows, i) +",
    ],
    ["the place is never taught", "          table.updateSlot(placed, isTaught);\n", ""],
    ["rows after the first are taught as they were scored", "        isScored = false;\n", ""],
    ["the bias is never taught", "        table.updateSlot(bias, true);\n", ""],
    ["the bias takes the gradient of lists", "for (let a = 0; a < adaptive; a++) step[a] = pointwise[a]![i]!;", ""],
    [
      "predictions leave out the prior",
      "= start + priorOf(rows, first + i) + sums[i * sumsWidth + m]!;",
      "= start + sums[i * sumsWidth + m]!;",
    ],
    [
      "the variance is that of the mean",
      "+ sums[i * sumsWidth + adaptive + bayesian]!;",
      "+ sums[i * sumsWidth + adaptive]!;",
    ],
    ["a long list is learned by the sums of its end", "!isPredicted || rows.count > block", "!isPredicted"],
    ["each stretch of a long list has the prior of the first", "priorOf(rows, first + i)", "priorOf(rows, i)"],
    ["a lesson of weight 0 is counted", "      if (weight === 0) return;\n", ""],
  ]),
  // Each alone changes nothing.
  ...faultsOfBoth("linear", "src/models/linear.ts", "src/models/linear.ts", [
    [
      "PDGD learns places, and counts on them",
      "placed < 0 || a === ftrls ? 0",
      "placed < 0 ? 0",
      "          step[ftrls] = 0;\n",
      "",
    ],
  ]),
  ...faultsOf("linear gradients", "src/models/linear-gradients.ts", [
    [
      "silent rows are passed over",
      "if (said[i] !== verdict.chosen && said[i] !== verdict.passedOver) continue;",
      "if (said[i] === verdict.chosenBefore) continue;",
    ],
    [
      "several choices count as one each",
      "(share - (said[i] === verdict.chosen ? 1 / chosen : 0));",
      "(share - (said[i] === verdict.chosen ? 1 : 0));",
    ],
    ["rho is left out", "(scale * rho * chosen * other)", "(scale * chosen * other)"],
    [
      "a pair pulls the chosen down",
      "      out[rowAt[c]!]! -= pull;\n      out[rowAt[k]!]! += pull;",
      "      out[rowAt[c]!]! += pull;\n      out[rowAt[k]!]! -= pull;",
    ],
    ["a pair moves the chosen alone", "      out[rowAt[k]!]! += pull;\n", ""],
    [
      "of a list that the engine ordered, all below the chosen count",
      "lesson.orderedByEngine ? 1 : reachMax",
      "reachMax",
    ],
    [
      "the product begins one place too high",
      "for (let k = upper + 1; k <= lower; k++)",
      "for (let k = upper; k <= lower; k++)",
    ],
    ["rho is that of the order shown", "return 1 / (1 + 1 / ratio);", "return 1 / (1 + ratio);"],
    ["rows are paired as they come, not as they were shown", "if (!isSorted) rowAt", "if (isSorted) rowAt"],
  ]),
  ...faultsOf("linear slots", "src/models/linear-slots.ts", [
    [
      "a cross is explained by its first column alone",
      "codes.reduce(hashed, salt ^ kept)",
      "hashed(salt ^ kept, codes[0]!)",
    ],
    [
      "places of all surfaces are one",
      "hashed(hashed(placeSalt, surface), Math.min(position, placeMax))",
      "hashed(hashed(placeSalt, 0), Math.min(position, placeMax))",
    ],
    ["places far down have a bias each", "Math.min(position, placeMax)", "position"],
    ["a silent column is a code like others", "columns[column]!.silent ?? noCode", "noCode"],
    ["regimes are not kept apart", "regimeName === undefined ? -1 : columnAt(columns, regimeName)", "-1"],
  ]),
  ...faultsOfBoth("slot kernel and twin", "assembly/slots.ts", "src/kernels/slots.ts", [
    [
      "a cross of two is silent if both are",
      "      said = v128.andnot(said, silent(c, block + headBytes + columnBytes));\n      to = pack(step(step(v128.xor(v128.load(block), start), a), c), said",
      "      to = pack(step(step(v128.xor(v128.load(block), start), a), c), said",
      "if (code === words[column + lanes]) isSaid = false;",
      "if (code === words[column + lanes] && column === block + 2 * lanes + lane) isSaid = false;",
    ],
    [
      "regimes are not kept apart",
      "const start = i32x4.splat(kept);",
      "const start = i32x4.splat(0);",
      "let hash = words[block + lane]! ^ kept;",
      "let hash = words[block + lane]!;",
    ],
  ]),
  ...faultsOfBoth("linear kernel and twin", "assembly/linear.ts", "src/kernels/linear.ts", [
    [
      "weights go up the gradient",
      "v128.store(cell, f32x4.sub(v128.load(cell), down));",
      "v128.store(cell, f32x4.add(v128.load(cell), down));",
      "values[cell + a] = values[cell + a]! - f(",
      "values[cell + a] = values[cell + a]! + f(",
    ],
    [
      "the rate is divided by the squares, not their root",
      "f32x4.add(beta, f32x4.sqrt(n))",
      "f32x4.add(beta, n)",
      "f(f(beta) + f(Math.sqrt(squares)))",
      "f(f(beta) + squares)",
    ],
    [
      "variances do not drift back",
      "  m = f32x4.add(m, f32x4.mul(drift, f32x4.sub(untaught, m)));\n",
      "",
      "left + f(f(drifts ? drift[b]! : 0) * f(untaught - left))",
      "left",
    ],
  ]),
  ...faultsOf("linear kernel", "assembly/linear.ts", [
    [
      "the second half of the weights is summed as the first",
      "b = f64x2.add(b, f64x2.promote_low_f32x4(i64x2.shuffle(w, w, 1, 0)));",
      "b = f64x2.add(b, f64x2.promote_low_f32x4(w));",
    ],
    ["squares are not kept", "  v128.store(cell, n, 16);\n", ""],
    ["the rate is divided by the squares, not their root", "f32x4.add(beta, f32x4.sqrt(n))", "f32x4.add(beta, n)"],
    ["variances do not drift back", "  m = f32x4.add(m, f32x4.mul(drift, f32x4.sub(untaught, m)));\n", ""],
    [
      "the loss of a variance is not of its square",
      "const weight = i64x2.shuffle(f32x4.splat(1), v, 0, 2);",
      "const weight = i64x2.shuffle(f32x4.splat(1), v, 0, 0);",
    ],
    [
      "a variance never taught is 0",
      "  m = v128.bitselect(untaught, m, v128.and(f32x4.eq(m, f32x4.splat(0)), i32x4(0, 0, -1, -1)));\n",
      "",
    ],
  ]),
  ...faultsOf("linear twin", "src/kernels/linear.ts", [
    [
      "weights go up the gradient",
      "values[cell + a] = values[cell + a]! - f(",
      "values[cell + a] = values[cell + a]! + f(",
    ],
    [
      "the mean is moved without its variance",
      "values[cell + meanAt + b]! + f(v * step[adaptive + b]!);",
      "values[cell + meanAt + b]! + step[adaptive + b]!;",
    ],
  ]),
];
