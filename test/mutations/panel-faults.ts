import { type Fault, faultsOf } from "./fault.ts";

/** The panel: weights, lines, who is heard, and what surfaces keep apart. */
export const panelFaults: readonly Fault[] = [
  ...faultsOf("panel weights", "src/models/panel-weights.ts", [
    ["who predicts badly gains", "weights[at + m]! * Math.exp(-behind)", "weights[at + m]! * Math.exp(behind)"],
    ["nothing is shared out", "/ total + share / heard;", "/ total;"],
    ["a lesson's weight is ignored", "rate * weight * (losses", "rate * (losses"],
    ["one not heard is weighed", "    if (isHeard[m] === 0) continue;\n    const behind", "    const behind"],
  ]),
  ...faultsOf("panel lines", "src/models/panel-line.ts", [
    ["the gradient of the slope is that of the offset", "    g1 += error * x;\n", "    g1 += error;\n"],
    [
      "a chance is judged by its opposite",
      "Math.max(chanceMin, error < 0 ? chance : 1 - chance)",
      "Math.max(chanceMin, error < 0 ? 1 - chance : chance)",
    ],
    [
      "the line goes up the gradient",
      "lines[at] = lines[at]! - bounded(step0, stepMax)",
      "lines[at] = lines[at]! + bounded(step0, stepMax)",
    ],
    ["the slope is pulled to 0", "back * (lines[at + 1]! - 1)", "back * lines[at + 1]!"],
    ["the curvature of offset and slope is left out", "    h01 += curvature * x;\n", ""],
    ["nothing is forgotten", "lines[at + k]! * keep + weight * sums[k]!", "lines[at + k]! + weight * sums[k]!"],
    [
      "slopes may turn the order round",
      "Math.max(slopeMin, Math.min(slopeMax,",
      "Math.max(-slopeMax, Math.min(slopeMax,",
    ],
    ["of shares, the slope goes up the gradient", "sums[1] = mean - above;", "sums[1] = above - mean;"],
    ["of shares, the curvature is the second moment", "second / total - mean * mean", "second / total"],
    [
      "a line learned elsewhere counts as if learned here",
      "lines[to + k] = lines[to + k]! * share;",
      "lines[to + k] = lines[to + k]!;",
    ],
  ]),
  ...faultsOf("panel mixture", "src/models/panel-mixture.ts", [
    [
      "members are mixed without their weights",
      "if (logit <= logitMax && logit >= -logitMax) out[i]! += weight * logit;",
      "if (logit <= logitMax && logit >= -logitMax) out[i]! += logit;",
    ],
    [
      "members are mixed without their offsets",
      "const logit = offset + slope * logits[i]!;",
      "const logit = slope * logits[i]!;",
    ],
    [
      "a new surface starts from equal weights",
      "      this.weights.copyWithin(slot * this.width, 0, this.width);\n",
      "",
    ],
    ["a surface's means of places are those of all", "for (const at of [slot, 0])", "for (const at of [0, 0])"],
    ["one that says no number takes part", "this.#missing[i]! += weight;", "out[i]! += weight * logit;"],
  ]),
  ...faultsOf("panel", "src/models/panel.ts", [
    [
      "members are judged after they have learned",
      "      weighAsTaught(lesson);\n      for (let f = 0; f < families.length; f++) if (duty.isWorking(f)) families[f]!.learn(lesson, isAnew[f] === 0);",
      "      for (let f = 0; f < families.length; f++) if (duty.isWorking(f)) families[f]!.learn(lesson, isAnew[f] === 0);\n      ask(lesson.rows);\n      weighAsTaught(lesson);",
    ],
    [
      "all members are judged by the line of the first",
      "const line = mixture.lineAt(slot, m);",
      "const line = mixture.lineAt(slot, 0);",
    ],
    [
      "the weights of all surfaces follow this one's lines",
      "shareWeights(weights, 0, allLosses, isHeard, weight);",
      "shareWeights(weights, 0, losses, isHeard, weight);",
    ],
    ["a surface has no weights of its own", "shareWeights(weights, slot * width, losses, isHeard, weight);", ""],
    [
      "members are never told what was chosen",
      "if (duty.isWorking(f)) families[f]!.learn(lesson, isAnew",
      "if (!duty.isWorking(f)) families[f]!.learn(lesson, isAnew",
    ],
    ["who begins anew learns by what was said before", "learn(lesson, isAnew[f] === 0)", "learn(lesson, true)"],
    ["who says no number is heard on", "duty.putAside(m, reason.noNumber, lesson);", ";"],
    ["who says what no other would is heard on", "duty.putAside(m, reason.exploded, lesson);", ";"],
    [
      "a family that begins anew keeps what it learned",
      "copyState(makers[family]!().state, families[family]!.state);",
      "",
    ],
    ["members are judged without what places add", "if (isHeard[m] === 1) addPlaces(m, slot, lesson);", ""],
    ["a choice that is only worth more is judged again", "    if (lesson.isWorthMore) return;\n", ""],
    ["explanations leave out the members' slopes", "+ part * slope * value);", "+ part * value);"],
    [
      "a member's own logits are not calibrated",
      "out[m]![i] = offset + slope * said[m]![i]!;",
      "out[m]![i] = said[m]![i]!;",
    ],
    [
      "the variance is that of one member's logit, not of the panel's",
      "out[i] = scale * out[i]!;",
      "out[i] = out[i]!;",
    ],
    ["places are not in the panel's scale", "(mixture.wholeSlope(slot) * sum) / heard", "sum / heard"],
  ]),
  ...faultsOf("panel duty", "src/models/panel-duty.ts", [
    ["cost asks for nothing", "weightPerCost * (cost - 1)", "0 * (cost - 1)"],
    [
      "a family low for once is low for ever",
      "isLow ? families[own + at.low]! + lookEvery : 0;",
      "families[own + at.low]! + lookEvery;",
    ],
    [
      "one switched off never comes back",
      "        families[own] = duty.onTrial;\n        families[own + at.until] = lesson + patience;\n        hasChanged = true;\n",
      "",
    ],
    [
      "a trial failed is as short as the first",
      "families[own + at.wait] === 0 ? firstWait : 2 * families[own + at.wait]!",
      "firstWait",
    ],
    [
      "one member put aside takes its family along",
      "of !== family || this.#members.array[member * at.width] === duty.putAside",
      "of !== family || this.#members.array[member * at.width] !== duty.putAside",
    ],
    [
      "strikes are never forgiven",
      "numbers[own]! * strikesKept + (isStruck ? 1 : 0)",
      "numbers[own]! + (isStruck ? 1 : 0)",
    ],
  ]),
  ...faultsOf("panel scores", "src/models/panel-scores.ts", [
    ["scores count what was long ago like what is now", "const left = kept ** rows;", "const left = 1;"],
    ["calibration is observed over predicted", "? predicted! / observed! : null", "? observed! / predicted! : null"],
  ]),
  ...faultsOf("panel surfaces", "src/models/panel-surfaces.ts", [
    [
      "the surface taught last makes room",
      "if (taughtAt[s]! < taughtAt[slot]!) slot = s;",
      "if (taughtAt[s]! > taughtAt[slot]!) slot = s;",
    ],
  ]),
];
