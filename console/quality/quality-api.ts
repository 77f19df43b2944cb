/** What the page asks the server for. */
import type { QualityReport, QualityStep } from "../../src/core/quality-report.ts";
import { ask } from "../app/api.ts";

export const steps: readonly QualityStep[] = ["minute", "hour", "day"];

export const standardStep: QualityStep = "hour";
const pointsLeast = 4;

/** Where nobody chose: what a shop that opened today has is told by the minute; what an old history has, by the day. */
export function fittingStep({ step, points, places }: QualityReport): QualityStep {
  if (step !== standardStep || points.length >= pointsLeast) return step;
  if (points.length > 0) return "minute";
  return places.some(({ shown }) => shown > 0) ? "day" : step;
}

export const stepMs: Readonly<Record<QualityStep, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Of all surfaces, or of one. */
export async function askQuality(
  step: QualityStep,
  surface: string | undefined,
  ended: AbortSignal,
): Promise<QualityReport> {
  const query = new URLSearchParams({ step, ...(surface === undefined ? {} : { surface }) });
  return (await (await ask(`v1/quality?${query}`, { signal: ended }, 1)).json()) as QualityReport;
}
