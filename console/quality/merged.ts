/** Steps taken together until a point rests on enough lists to say something. */
import type { QualityPoint, QualityReport, QualityStep } from "../../src/core/quality-report.ts";
import { stepMs } from "./quality-api.ts";

/** How many steps may be one point, for each step. */
const factors: Readonly<Record<QualityStep, readonly number[]>> = {
  minute: [1, 2, 5, 10, 15, 30],
  hour: [1, 2, 3, 6, 12, 24],
  day: [1, 2, 7, 14, 28],
};
const listsWanted = 30;
const pointsWanted = 8;
const pointsMost = 120;

export interface MergedPoint extends Omit<QualityPoint, "items" | "predicted" | "observed"> {
  /** Its begin, ms since 1970. */
  readonly atMs: number;
}

export interface Merged {
  readonly points: readonly MergedPoint[];
  /** How long a point is. */
  readonly spanMs: number;
  readonly steps: number;
}

/** As few steps to a point as give it {@link listsWanted} lists on the mean and the whole no more than {@link pointsMost} points, while there are {@link pointsWanted}. */
export function merged({ points, step, total }: Pick<QualityReport, "points" | "step" | "total">): Merged {
  let best: Merged | undefined;
  for (const steps of factors[step]) {
    const spanMs = steps * stepMs[step];
    const groups = Map.groupBy(points, ({ at }) => Math.floor(Date.parse(at) / spanMs));
    if (best !== undefined && groups.size < pointsWanted) break;
    const together = ([group, all]: readonly [number, readonly QualityPoint[]]) =>
      mean(group * spanMs, all, deviation(total));
    best = { points: [...groups].map(together), spanMs, steps };
    if (total.lists / groups.size >= listsWanted && groups.size <= pointsMost) break;
  }
  return best!;
}

/** Standard deviation of the engine's reciprocal ranks, from the interval of their mean. */
function deviation({ orders, lists }: QualityReport["total"]): number {
  const { mrr, low, high } = orders.find(({ name }) => name === "engine") ?? { mrr: null, low: null, high: null };
  if (mrr === null || low === null || high === null) return Number.NaN;
  // One side may be cut off at 0 or 1.
  return (Math.max(high - mrr, mrr - low) / 1.96) * Math.sqrt(lists);
}

/** Its interval by the deviation `sd` of the whole, whatever it rests on: a few lists that are alike by chance do not make it narrow. */
function mean(atMs: number, all: readonly QualityPoint[], sd: number): MergedPoint {
  const sum = (read: (point: QualityPoint) => number): number => all.reduce((sum, point) => sum + read(point), 0);
  const lists = sum((point) => point.lists);
  const rows = sum((point) => point.rows);
  const mrr = all[0]!.mrr.map((_, i) => (lists > 0 ? sum((point) => point.lists * (point.mrr[i] ?? 0)) / lists : null));
  const half = (1.96 * sd) / Math.sqrt(lists);
  const engine = mrr[0];
  const hasBand = typeof engine === "number" && Number.isFinite(half);
  return {
    ...{ at: new Date(atMs).toISOString(), atMs, lists, mrr, rows },
    low: hasBand ? Math.max(0, engine - half) : null,
    high: hasBand ? Math.min(1, engine + half) : null,
    logLoss: rows > 0 ? sum((point) => point.rows * (point.logLoss ?? 0)) / rows : null,
    rateLogLoss: rows > 0 ? sum((point) => point.rows * (point.rateLogLoss ?? 0)) / rows : null,
  };
}
