import { assert } from "../core/errors.ts";
import { type Random, random } from "../core/random.ts";

/** One comparison: a value of each of two rankers per slate (or basket), same order as the users. Finite. */
export interface Pair {
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
}

/** Mean of a − b over all slates, and its interval. `low` and `high` are NaN below two users: nothing is known then. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Default 1,000; the ends of the interval wobble by about 4 % of its half-width (one sd) then. */
  readonly resamples?: number;
  /** Chance that the interval holds the truth, in (0, 1); default 0.95. */
  readonly level?: number;
  readonly seed?: number | string;
}

/**
 * Paired bootstrap by user (Efron 1979; Field & Welsh 2007 for clusters): percentile intervals of mean differences.
 *
 * `users[i]` is who saw slate i. A shopper's slates resemble each other, so whole users are drawn, with replacement, as
 * many as there are; each resample's value is a ratio of sums, so that every slate weighs the same:
 *
 *     Σ_{drawn users} Σ_{slates} (a − b)  /  Σ_{drawn users} slates
 *
 * All pairs share the same draws; an answer depends on its own pair, the users and the seed alone. Below some 30 users the
 * percentile interval is too narrow. Cost: resamples × users × pairs additions, whatever the number of slates.
 */
export function pairedBootstrap(
  users: ArrayLike<string | number>,
  pairs: readonly Pair[],
  { resamples = 1000, level = 0.95, seed = 1 }: BootstrapOptions = {},
): Interval[] {
  const { sums, userCount, width } = sumsPerUser(users, pairs);
  const total = new Float64Array(width);
  for (let i = 0; i < sums.length; i++) total[i % width]! += sums[i]!;
  const draws = pairs.map(() => new Float64Array(resamples));
  if (userCount > 1) {
    const chance = random(seed);
    const drawn = new Float64Array(width);
    for (let resample = 0; resample < resamples; resample++) {
      drawUsers(sums, userCount, drawn, chance);
      for (let pair = 0; pair < pairs.length; pair++) draws[pair]![resample] = drawn[pair]! / drawn[width - 1]!;
    }
  }
  return draws.map((values, pair) => {
    const mean = total[pair]! / total[width - 1]!;
    if (userCount < 2 || resamples < 1 || Number.isNaN(mean)) return { mean, low: Number.NaN, high: Number.NaN };
    values.sort();
    const tail = (1 - level) / 2;
    return { mean, low: quantile(values, tail), high: quantile(values, 1 - tail) };
  });
}

/** `sums`: users × (pairs + 1), row-major; the differences' sums, then the number of slates. Users in order of appearance. */
function sumsPerUser(users: ArrayLike<string | number>, pairs: readonly Pair[]) {
  for (const { a, b } of pairs) {
    assert(a.length === users.length && b.length === users.length, "a bootstrap pair has a value of each per slate");
  }
  const rows = new Map<string | number, number>();
  const rowOf = Int32Array.from({ length: users.length }, (_, slate) => {
    const user = users[slate]!;
    let row = rows.get(user);
    if (row === undefined) rows.set(user, (row = rows.size));
    return row;
  });
  const width = pairs.length + 1;
  const sums = new Float64Array(rows.size * width);
  for (let slate = 0; slate < rowOf.length; slate++) {
    const start = rowOf[slate]! * width;
    for (let pair = 0; pair < pairs.length; pair++)
      sums[start + pair]! += pairs[pair]!.a[slate]! - pairs[pair]!.b[slate]!;
    sums[start + pairs.length]! += 1;
  }
  return { sums, userCount: rows.size, width };
}

/** Hot loop: the column sums of `userCount` rows drawn with replacement, into `drawn`. */
function drawUsers(sums: Float64Array, userCount: number, drawn: Float64Array, chance: Random): void {
  const width = drawn.length;
  drawn.fill(0);
  for (let draw = 0; draw < userCount; draw++) {
    const start = chance.int(userCount) * width;
    for (let column = 0; column < width; column++) drawn[column]! += sums[start + column]!;
  }
}

/** Of ascending values, interpolated between neighbours (type 7 of Hyndman & Fan 1996). */
function quantile(ascending: Float64Array, share: number): number {
  const place = share * (ascending.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below]! + (place - below) * (ascending[above]! - ascending[below]!);
}
