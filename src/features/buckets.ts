/** Quantities → small ordered integers, so that a hashed learner takes them as they are and a tree can still cut them. */

export const clamp = (x: number, low: number, high: number): number => (x < low ? low : x > high ? high : x);

/** Code of what is absent. */
export const absent = 99;

/** ⌊perDoubling · log₂(1 + x)⌋ up to `high`; 0 for x ≤ 0. */
export function logBucket(x: number, high: number, perDoubling = 1): number {
  return x > 0 ? Math.min(high, Math.floor(Math.log2(1 + x) * perDoubling)) : 0;
}

/** perDoubling · log₂(ratio), rounded, within ±limit; {@link absent} where the ratio is not a positive number. */
export function ratioBucket(ratio: number, perDoubling: number, limit: number): number {
  return ratio > 0 && ratio < Number.POSITIVE_INFINITY
    ? clamp(Math.round(Math.log2(ratio) * perDoubling), -limit, limit)
    : absent;
}

/** 0, 1, 2, 3 as they are, then one bucket for each factor of about 1.6. */
export function placeBucket(place: number): number {
  return place < 4 ? place : 3 + Math.floor(Math.log2(1 + (place - 3)) * 1.5);
}
