/** How choices of everybody at one half-life compare with the next longer (rising or fading), over five; how often they repeat; age. */
import { dayMs, hourMs } from "../core/clock.ts";
import { Float32Column, Float64Column } from "../core/columns.ts";
import { ForwardSums } from "../core/decayed.ts";
import type { Fact } from "../core/fact.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { prefixed, state } from "../core/state.ts";
import { type Feature, number } from "./feature.ts";

const halfLivesMs = [3 * hourMs, dayMs, 7 * dayMs, 30 * dayMs, 180 * dayMs] as const;

export function popularity(): Feature {
  const choices = halfLivesMs.map((halfLife, h) => new ForwardSums(`choices${h}`, halfLife));
  const all = new Float32Column("all");
  const repeats = new Float32Column("repeats");
  const firstAtMs = new Float64Column("firstAtMs", Number.NaN);
  const now = new Float64Array(halfLivesMs.length);
  const names = ["3h", "1d", "7d", "30d", "180d"];
  return {
    name: "popularity",
    columns: [
      ...names.slice(1).map((name, h) => number(`trend-${names[h]}-${name}`)),
      number("repeat-share"),
      number("age-days"),
    ],
    state: state("feature.popularity", 1, [
      ...choices.flatMap((sums) => prefixed(sums.state)),
      all,
      repeats,
      firstAtMs,
    ]),
    fold({ isChoice, item, atMs, isRepeat }: Fact) {
      if (!isChoice || item < 0) return;
      for (const sums of choices) sums.add(item, 1, atMs);
      all.add(item, 1);
      if (isRepeat) repeats.add(item, 1);
      if (Number.isNaN(firstAtMs.get(item))) firstAtMs.set(item, atMs);
    },
    forgetItem(item) {
      for (const sums of choices) sums.clear(item);
      for (const column of [all, repeats, firstAtMs]) if (item < column.length) column.set(item, column.fill);
    },
    lately: (item, atMs) =>
      choices.map((sums) => ({ halfLifeMs: sums.halfLifeMs, choices: sums.raw(item) * sums.now(atMs) })),
    read({ atMs }: Request, { count, item }: List, { dense, width }: Rows, column: number) {
      for (let h = 0; h < halfLivesMs.length; h++) now[h] = choices[h]!.now(atMs);
      for (let i = 0; i < count; i++) {
        const row = item[i]!;
        const at = i * width + column;
        let shorter = choices[0]!.raw(row) * now[0]!;
        for (let h = 1; h < halfLivesMs.length; h++) {
          const value = choices[h]!.raw(row) * now[h]!;
          const steady = (10 * value * halfLivesMs[h - 1]!) / halfLivesMs[h]!;
          dense[at + h - 1] = Math.log((10 * shorter + 1) / (steady + 1)) / 2;
          shorter = value;
        }
        dense[at + 4] = Math.log((repeats.get(row) + 0.5) / (all.get(row) + 2)) / 2;
        const first = row < 0 ? Number.NaN : firstAtMs.get(row);
        dense[at + 5] = Number.isNaN(first) ? 0 : Math.log(1 + Math.max(0, atMs - first) / dayMs) / 5;
      }
    },
  };
}
