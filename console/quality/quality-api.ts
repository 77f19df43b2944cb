/** What the page asks the server for. */
import type { QualityReport, QualityStep } from "../../src/core/quality-report.ts";
import { ask } from "../app/api.ts";

export const steps: readonly QualityStep[] = ["minute", "hour", "day"];

export const standardStep: QualityStep = "hour";
/** How far back the minutes go. */
const minutesMs = 120 * 60_000;

/** Where nobody chose: what a shop that opened just now has is told by the minute; what an old history has, by the day. `began`: the first point by the hour, ISO 8601. */
export function fittingStep({ step, clock, points, places }: QualityReport, began = points[0]?.at): QualityStep {
  if (step === "day") return step;
  if (began !== undefined) return Date.parse(clock!) - Date.parse(began) < minutesMs ? "minute" : standardStep;
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
