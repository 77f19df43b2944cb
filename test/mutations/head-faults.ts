import { type Fault, faultsOf } from "./fault.ts";

/** Heads of later outcomes, and of cart and purchase given a click. */
export const headFaults: readonly Fault[] = faultsOf("outcome heads", "src/models/outcome-heads.ts", [
  ["a “no” weighs as much as a “yes”", "      weight *= 1 - chance;\n", ""],
  ["a “yes” is not made up for what its “no” taught", "let weight = 1 + chance;", "let weight = 1;"],
  [
    "what is taken back teaches as one more “no”",
    'if (step === "takenBack") weight *= (1 - chance) / Math.max(chanceMin, chance);',
    "",
  ],
  [
    "what is taken back teaches a “yes” again",
    'single.verdict[0] = step === "came" ? verdict.chosen',
    'single.verdict[0] = step !== "chosen" ? verdict.chosen',
  ],
  ["what is taken back still counts as come", 'const sign = step === "came" ? 1 : -1;', "const sign = 1;"],
  ["the rate does not fade", "sums.array[from + at.came]! *= keep;", ""],
  [
    "outcomes of one kind teach all heads",
    'if (step === "chosen" || one === outcome) teach(head, step);',
    "teach(head, step);",
  ],
  [
    "the logit does not start at the shop's rate",
    "startAt(Math.log(rate / (1 - rate)));\n    if",
    "startAt(0);\n    if",
  ],
  ["a head speaks before enough came", "if (sums.array[from + at.cameEver]! < cameMin) return undefined;", ""],
  ["a head speaks though the rate was better", "let best = 0;", "let best = Number.NEGATIVE_INFINITY;"],
  ["a head that is silent says nothing of the shop's rate", "? rate : 0, 0, rows.count);", "? 0 : 0, 0, rows.count);"],
  [
    "what comes counts against the learner that foresaw it",
    'sums.array[saved]! += (step === "came" ? 1 : -1) * (logit[0]! - start);',
    'sums.array[saved]! -= (step === "came" ? 1 : -1) * (logit[0]! - start);',
  ],
  ["the worse learner speaks", "if (saved > best) [best, found]", "if (saved > 0) [best, found]"],
  ["other columns are read than were declared", "dense[i * width + places[k]!]!", "dense[i * width + k]!"],
]);
