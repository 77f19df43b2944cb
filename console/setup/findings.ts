import type { Finding } from "../../src/doctor/finding.ts";

/** What is to be looked at, the worst first. */
export const toMend = (findings: readonly Finding[]): Finding[] =>
  (["FAIL", "WARN"] as const).flatMap((status) => findings.filter((one) => one.status === status));
