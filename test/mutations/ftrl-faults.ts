import { type Fault, faultsOf } from "./fault.ts";

/** FTRL, choices, and the line that turns logits into chances. */
export const ftrlFaults: readonly Fault[] = [
  ...faultsOf("ftrl", "src/models/ftrl.ts", [
    [
      "the gradient of a row goes the wrong way",
      "(1 / (1 + Math.exp(-logits[i]!)) - chosen)",
      "(chosen - 1 / (1 + Math.exp(-logits[i]!)))",
    ],
    [
      "a row is taught whether it was looked at or not",
      "verdicts[i] === verdict.passedOver);\n        const chosen",
      "verdicts[i] === verdict.silent);\n        const chosen",
    ],
    [
      "the pull back to the old weight is left out",
      "zs[slot]! + gradient - ((after - before) / alpha) * w.array[slot]!",
      "zs[slot]! + gradient",
    ],
    [
      "squares are added as they are, not squared",
      "    ns[slot] = ns[slot]! + gradient * gradient;\n",
      "    ns[slot] = ns[slot]! + Math.abs(gradient);\n",
    ],
    [
      "the rate does not fall with what was learned",
      "-shrunk / ((beta + after) / alpha + l2)",
      "-shrunk / (beta / alpha + l2)",
    ],
    ["l1 pushes away from 0", "moved > l1 ? moved - l1", "moved > l1 ? moved + l1"],
    ["the bias is never taught", "        if (pointwise !== 0) updateBias(pointwise);\n", ""],
    [
      "the bias's weight keeps its sign",
      "const biasWeight = (): number => -fixed",
      "const biasWeight = (): number => fixed",
    ],
    [
      "the place is not part of what is predicted while learning",
      "logits[i] = logits[i]! + w.array[placeSlot(surface, position[i]!)]!;",
      "logits[i] = logits[i]!;",
    ],
    [
      "the place is never taught",
      "        if (orderedByEngine) update(placeSlot(surface, position[i]!), gradient);\n",
      "",
    ],
    ["places of all positions are one", "Math.min(position, placeMax)", "Math.min(position, 0)"],
    [
      "the softmax teaches the chosen of a list nothing",
      "out[i] = scale * (share - (verdicts[i] === verdict.chosen ? 1 / chosen : 0));",
      "out[i] = scale * share;",
    ],
    [
      "what was chosen before competes",
      "    if (verdicts[i] === verdict.chosenBefore) continue;\n    const share",
      "    const share",
    ],
    [
      "lists are weighed as rows are",
      "const pointwise = isTaught ? (1 - listwise) *",
      "const pointwise = isTaught ? listwise *",
    ],
    ["a lesson's weight is ignored", "(1 - listwise) * weight * (1 /", "(1 - listwise) * (1 /"],
    [
      "a cross of two forgets its second column",
      "slotOf(step(step(shared[t]!, a), b))",
      "slotOf(step(step(shared[t]!, a), a))",
    ],
    ["weights of regimes are not kept apart", "regime < 0 ? 0 : Math.imul(codes[regime]! + 1, 0x9e3779b1)", "0"],
    ["a reward weighs nothing", "Math.min(rewardMax, lesson.reward ?? 1)", "1"],
    [
      "what is only worth more is taught as a choice again",
      "const isTaught = !lesson.isWorthMore && ",
      "const isTaught = ",
    ],
    ["lessons are not counted", "      fixed.array[lessonsAt]!++;\n", ""],
  ]),
  ...faultsOf("choice", "src/models/choice.ts", [
    ["it learns the wrong way", "weights.array[c]! -= (rate * g)", "weights.array[c]! += (rate * g)"],
    ["new and repeated items share their weights", "=== 1 ? width : 0);", "=== 1 ? 0 : 0);"],
    ["squares are not added up", "      squares.array[c]! += g * g;\n", ""],
    ["a product is a square", "* dense[from + crossedB[k]!]!", "* dense[from + crossedA[k]!]!"],
  ]),
  ...faultsOf("choice errors", "src/models/choice-errors.ts", [
    [
      "the gradient leaves out what was chosen",
      "weight * (overall - (isChosen ? 1 / chosen : 0) +",
      "weight * (overall +",
    ],
    [
      "within the group, several choices count as one each",
      "inGroup - (isChosen ? 1 / groupChosen[group]! : 0)",
      "inGroup - (isChosen ? 1 : 0)",
    ],
    ["the group is not ranked apart", "+ withinGroup * within)", ")"],
    [
      "shares of the group stand for those of all",
      "(inGroup * (group === 0 ? fresh : again)) / (fresh + again)",
      "inGroup",
    ],
    [
      "each group's largest logit is not given back",
      "const again = groupTotal[1]! * Math.exp(groupMax[1]! - max);",
      "const again = groupTotal[1]!;",
    ],
    ["a lesson's weight is ignored", "this.error[i] = weight * (overall", "this.error[i] = (overall"],
  ]),
  ...faultsOf("choice network", "src/models/choice-network.ts", [
    ["it learns the wrong way", "weights.array[w]! -= (by * g)", "weights.array[w]! += (by * g)"],
    ["new and repeated items share their weights", "=== 1 ? 1 : 0);", "=== 1 ? 0 : 0);"],
    ["squares are not added up", "      squares.array[w]! += g * g;\n", ""],
    ["what comes back to a unit is not by its weight", "error * out.weights.array[group * units + h]!", "error"],
    ["units learn where they are off", "      if (above === 0) continue;\n", ""],
    ["a unit's own bias learns nothing", "      bias.gradient[h]! += back[h]!;\n", ""],
    ["a unit's weight is taught by the error alone", "+= error * above;", "+= error;"],
  ]),
];
