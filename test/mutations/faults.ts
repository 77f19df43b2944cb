/** All faults that `npm run mutate` plants, by the model or kernel that they are in. */
import { denseFaults } from "./dense-faults.ts";
import { factorFaults } from "./factor-faults.ts";
import type { Fault } from "./fault.ts";
import { ftrlFaults } from "./ftrl-faults.ts";
import { headFaults } from "./head-faults.ts";
import { linearFaults } from "./linear-faults.ts";
import { panelFaults } from "./panel-faults.ts";

export const faults: readonly Fault[] = [
  ...[...ftrlFaults, ...linearFaults, ...factorFaults],
  ...[...panelFaults, ...headFaults, ...denseFaults],
];
