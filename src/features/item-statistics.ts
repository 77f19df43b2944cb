/**
 * What everybody did with an item: choices, clicks for each showing pulled towards the shop's own rate, and clicks for each click that
 * its places would have brought any item; at two half-lives.
 *
 *     rate     = (clicks + strength · prior) / (showings + strength),  prior = the shop's rate over all places
 *     strength of attraction = (clicks + s) / (Σ click rate of the places it was shown at + s)
 */
import { actionCode } from "../core/actions.ts";
import { dayMs, hourMs, minuteMs } from "../core/clock.ts";
import { FixedBuffer, Float64Column } from "../core/columns.ts";
import { ForwardSums } from "../core/decayed.ts";
import type { Fact, Shown } from "../core/fact.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { prefixed, state } from "../core/state.ts";
import { clamp, logBucket } from "./buckets.ts";
import { code, type Feature } from "./feature.ts";

const halfLivesMs = [12 * hourMs, 7 * dayMs] as const;
const strength = 10;
/** By half-life: what {@link attractionOf} begins with. */
const calm = [0.5, 1] as const;
/** Places beyond the last count as the last. */
const placeCount = 64;

const rateOf = (clicks: number, shown: number, prior: number): number =>
  (clicks + strength * prior) / (shown + strength);
const attractionOf = (clicks: number, expected: number, h: number): number =>
  (clicks + calm[h]!) / (expected + calm[h]!);

/** `firstSeenAtMs`: when an item came into the shop, by the catalogue; NaN where it does not know. */
export function itemStatistics(firstSeenAtMs: (item: number) => number): Feature {
  const sums = (kind: string) => halfLivesMs.map((halfLife, h) => new ForwardSums(`${kind}${h}`, halfLife));
  const clicks = sums("clicks");
  const showings = sums("showings");
  const expected = sums("expected");
  const views = sums("views");
  /** Showings and clicks of each place, over all items and time. */
  const placeShowings = new FixedBuffer("placeShowings", new Float64Array(placeCount));
  const placeClicks = new FixedBuffer("placeClicks", new Float64Array(placeCount));
  const firstAtMs = new Float64Column("firstAtMs", Number.NaN);
  const tables = [...clicks, ...showings, ...expected, ...views];

  const cameAtMs = (item: number): number => {
    const known = firstSeenAtMs(item);
    return Number.isNaN(known) ? firstAtMs.get(item) : known;
  };

  const shopRate = (): number => {
    let shown = 0;
    let clicked = 0;
    for (let p = 0; p < placeCount; p++) {
      shown += placeShowings.array[p]!;
      clicked += placeClicks.array[p]!;
    }
    return (clicked + 1) / (shown + 20);
  };

  return {
    name: "item-statistics",
    columns: [
      code("item-views-short"),
      code("item-views"),
      code("item-click-rate-short"),
      code("item-click-rate"),
      code("item-attraction-short"),
      code("item-attraction"),
      code("item-age"),
    ],
    state: state("feature.item-statistics", 1, [
      ...tables.flatMap((table) => prefixed(table.state)),
      placeShowings,
      placeClicks,
      firstAtMs,
    ]),
    fold({ item, atMs, isChoice, action }: Fact) {
      if (item < 0) return;
      if (Number.isNaN(firstAtMs.get(item))) firstAtMs.set(item, atMs);
      if (!isChoice) return;
      const tables = action === actionCode.click ? clicks : views;
      for (const table of tables) table.add(item, 1, atMs);
    },
    forgetItem(item) {
      for (const table of tables) table.clear(item);
      if (item < firstAtMs.length) firstAtMs.set(item, Number.NaN);
    },
    impressions({ item, count, clicked }: Shown, atMs) {
      for (let position = 0; position < count; position++) {
        const place = Math.min(position, placeCount - 1);
        const chance = (placeClicks.array[place]! + 0.05) / (placeShowings.array[place]! + 1);
        placeShowings.array[place]!++;
        if (position === clicked) placeClicks.array[place]!++;
        if (item[position]! < 0) continue;
        for (let h = 0; h < halfLivesMs.length; h++) {
          showings[h]!.add(item[position]!, 1, atMs);
          expected[h]!.add(item[position]!, chance, atMs);
        }
      }
    },
    lately(item, atMs) {
      const prior = shopRate();
      return halfLivesMs.map((halfLifeMs, h) => {
        const [clicked, shown, hoped, viewed] = [clicks, showings, expected, views].map(
          (sums) => sums[h]!.raw(item) * sums[h]!.now(atMs),
        ) as [number, number, number, number];
        return {
          ...{ halfLifeMs, shown, clicks: clicked, views: viewed },
          rate: rateOf(clicked, shown, prior),
          attraction: attractionOf(clicked, hoped, h),
        };
      });
    },
    read({ atMs }: Request, { count, item }: List, { dense, width }: Rows, column: number) {
      const prior = shopRate();
      for (let h = 0; h < halfLivesMs.length; h++) {
        const nowClicks = clicks[h]!.now(atMs);
        const nowShowings = showings[h]!.now(atMs);
        const nowExpected = expected[h]!.now(atMs);
        const nowViews = views[h]!.now(atMs);
        for (let i = 0; i < count; i++) {
          const row = item[i]!;
          const at = i * width + column + h;
          const clicked = clicks[h]!.raw(row) * nowClicks;
          const rate = rateOf(clicked, showings[h]!.raw(row) * nowShowings, prior);
          const attraction = attractionOf(clicked, expected[h]!.raw(row) * nowExpected, h);
          dense[at] = logBucket(views[h]!.raw(row) * nowViews * 2, 8);
          dense[at + 2] = clamp(Math.round(2 * Math.log2(rate / prior)), -6, 6);
          dense[at + 4] = clamp(Math.round(2 * Math.log2(attraction)), -5, 5);
        }
      }
      for (let i = 0; i < count; i++) {
        const row = item[i]!;
        dense[i * width + column + 6] = row < 0 ? -1 : logBucket((atMs - cameAtMs(row)) / minuteMs, 20);
      }
    },
  };
}
