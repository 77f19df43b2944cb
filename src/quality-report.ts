/** How well the engine orders and predicts, as a report: intervals are drawn here, sums are kept in `quality/`. */
import { minuteMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import type {
  CalibrationBin,
  PlaceQuality,
  QualityMean,
  QualityOrderTotal,
  QualityPoint,
  QualityQuery,
  QualityReport,
} from "./core/quality-report.ts";
import { intervalListsMin, qualityOrders, qualitySteps } from "./core/quality-report.ts";
import { sumAt } from "./quality/quality.ts";
import { rings } from "./quality/step-rings.ts";
import { surfaceName, words as wordsOf } from "./question.ts";
import { engineAt, type Rooms } from "./rooms.ts";

/** Two-sided 95 % of the normal distribution. */
const z = 1.959964;

/** Of a surface that is not kept apart the report is empty. Throws REQUEST_MALFORMED. */
export function reportQuality(rooms: Rooms, { step = "hour", surface }: QualityQuery = {}): QualityReport {
  const { quality, registers } = rooms;
  const clockMs = registers[engineAt.clockMs]!;
  const ring = rings.find((one) => one.step === step);
  if (ring === undefined)
    throw new LiveshelfError("REQUEST_MALFORMED", `"step" must be one of ${qualitySteps.join(", ")}.`, "/step");
  const row = surface === undefined ? -1 : wordsOf(rooms, { surface }).surface;
  const group = surface !== undefined && row < 0 ? undefined : quality.find(row);
  const steps = group === undefined ? [] : [...quality.steps(group, ring, clockMs)];
  const kept = quality.orders.map((name) => qualityOrders.indexOf(name));
  const points = steps
    .filter(({ items, sums }) => items > 0 || sums[sumAt.rows]! > 0)
    .map(({ step: number, items, sums }) => point(number * ring.minutes * minuteMs, items, sums, kept));
  const total = added(steps.map(({ sums }) => sums));
  return {
    step,
    clock: registers[engineAt.events] === 0 ? null : new Date(clockMs).toISOString(),
    surface: surface ?? null,
    surfaces: surfaces(rooms, ring, clockMs),
    orders: quality.orders,
    points,
    total: {
      lists: total[sumAt.lists]!,
      orders: kept.map((order) => orderTotal(total, order)),
      rows: total[sumAt.rows]!,
      ...losses(total),
      calibration: ratio(total[sumAt.predicted]!, total[sumAt.chosen]!),
    },
    calibration: group === undefined ? [] : quality.bins(group).map(calibrationBin),
    places: group === undefined ? [] : places(rooms, group, row),
    coverage: { items: rooms.items.size, ...quality.covered(clockMs) },
  };
}

function surfaces({ quality, words }: Rooms, ring: (typeof rings)[number], clockMs: number) {
  return quality.surfaces.flatMap(({ group, surface }) => {
    const name = surface < 0 ? null : (surfaceName(words.id(surface)) ?? null);
    const lists = added([...quality.steps(group, ring, clockMs)].map(({ sums }) => sums))[sumAt.lists]!;
    return lists === 0 ? [] : [{ surface: name, lists }];
  });
}

function point(atMs: number, items: number, sums: Float64Array, kept: readonly number[]): QualityPoint {
  return {
    at: new Date(atMs).toISOString(),
    lists: sums[sumAt.lists]!,
    mrr: kept.map((order) => ratio(sums[sumAt.ranks + order]!, sums[sumAt.lists]!)),
    ...within01(mean(sums[sumAt.lists]!, sums[sumAt.ranks]!, sums[sumAt.rankSquares]!)),
    rows: sums[sumAt.rows]!,
    ...losses(sums),
    predicted: ratio(sums[sumAt.predicted]!, sums[sumAt.rows]!),
    observed: ratio(sums[sumAt.chosen]!, sums[sumAt.rows]!),
    items,
  };
}

const losses = (sums: Float64Array) => ({
  logLoss: ratio(sums[sumAt.loss]!, sums[sumAt.rows]!),
  rateLogLoss: ratio(sums[sumAt.rateLoss]!, sums[sumAt.rows]!),
});

function orderTotal(sums: Float64Array, order: number): QualityOrderTotal {
  const lists = sums[sumAt.lists]!;
  const ranks = sums[sumAt.ranks + order]!;
  const ofDifference = sums[sumAt.differenceSquares + order]!;
  return {
    name: qualityOrders[order]!,
    mrr: ratio(ranks, lists),
    ...within01(mean(lists, ranks, sums[sumAt.rankSquares + order]!)),
    difference: order === 0 || lists === 0 ? null : mean(lists, sums[sumAt.ranks]! - ranks, ofDifference),
  };
}

/** Mean and interval of `count` values by their sum and the sum of their squares; no interval of few. */
function mean(count: number, sum: number, squares: number): QualityMean {
  const middle = sum / count;
  if (count < intervalListsMin) return { mean: middle, low: null, high: null };
  const variance = Math.max(0, (squares - sum * middle) / (count - 1));
  const wide = z * Math.sqrt(variance / count);
  return { mean: middle, low: middle - wide, high: middle + wide };
}

/** The interval of a mean of reciprocal ranks. */
const within01 = ({ low, high }: QualityMean) => ({
  low: low === null ? null : Math.max(0, low),
  high: high === null ? null : Math.min(1, high),
});

const ratio = (sum: number, count: number): number | null => (count > 0 ? sum / count : null);

function added(all: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(sumAt.differenceSquares + qualityOrders.length);
  for (const one of all) for (let k = 0; k < sum.length; k++) sum[k]! += one[k]!;
  return sum;
}

/** Interval of a share of `count` (Wilson 1927). */
function wilson(share: number, count: number): { readonly low: number; readonly high: number } {
  const grown = 1 + (z * z) / count;
  const middle = share + (z * z) / (2 * count);
  const wide = z * Math.sqrt(Math.max(0, share * (1 - share)) / count + (z * z) / (4 * count * count));
  return { low: Math.max(0, (middle - wide) / grown), high: Math.min(1, (middle + wide) / grown) };
}

function calibrationBin({ from, to, rows, predicted, chosen }: ReturnType<Rooms["quality"]["bins"]>[number]) {
  const observed = chosen / rows;
  return { from, to, predicted: predicted / rows, observed, ...wilson(observed, rows), rows } satisfies CalibrationBin;
}

/** `surface`: its word row; −1: all of them, whose places are worth what they are on average where the engine's own lists were shown. */
function places({ quality, attribution, ranker, words }: Rooms, group: number, surface: number): PlaceQuality[] {
  const own = attribution.surfaces.all.filter((one) => one < 0 || surfaceName(words.id(one)) !== undefined);
  const asked = surface < 0 ? own : own.filter((one) => one === surface);
  const bias = (place: number): number | null => {
    if (asked.length === 0) return null;
    const sum = asked.reduce((sum, one) => sum + ranker.placeBias(one, place) - ranker.placeBias(one, 0), 0);
    return sum / asked.length;
  };
  return quality.places(group).map(({ place, rows, chosen }) => {
    const rate = chosen / rows;
    return { place, shown: rows, clicks: chosen, rate, ...wilson(rate, rows), bias: bias(place) };
  });
}
