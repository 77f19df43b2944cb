/**
 * How much of what the shopper turned to shares the item's brand, category, … : long (touches decayed over a month) and of this
 * session. Computed from the history at the read, so it needs no table and follows what the shopper did a moment ago.
 *
 *     affinity(v) = Σ touches of items with the value v / (Σ touches + 1),   0 for a value never turned to
 */
import { decay } from "../core/decayed.ts";
import { type History, touchHalfLivesMs } from "../core/history.ts";
import type { ItemWord } from "../core/item-numbers.ts";
import type { List } from "../core/list.ts";
import { Marks } from "../core/marks.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { code, type Feature } from "./feature.ts";
import { type LearnedFields, wordPlaces } from "./item-fields.ts";

/** Items of the history that count, the latest first. */
const window = 100;
const month = 2;
/** Steps of the share; one more for “nothing known”. */
const steps = 5;

export function affinity(fields: LearnedFields): Feature {
  const values = new Marks();
  const long = new Float64Array(window);
  const now = new Float64Array(window);
  return {
    name: "affinity",
    columns: Array.from({ length: wordPlaces }, (_, k) => [
      code(`affinity-${k}`, -2),
      code(`affinity-session-${k}`, -2),
    ]).flat(),
    state: state("feature.affinity", 1, []),
    read({ history, atMs }: Request, { count, item }: List, { dense, width }: Rows, column: number) {
      for (let k = 0; k < wordPlaces; k++) {
        const word = fields.word(k);
        const totals = tally(history, atMs, word);
        for (let i = 0; i < count; i++) {
          const value = item[i]! < 0 ? -1 : word.get(item[i]!);
          const at = i * width + column + 2 * k;
          const place = values.get(value);
          dense[at] = share(value, place < 0 ? 0 : long[place]!, totals.long);
          dense[at + 1] = share(value, place < 0 ? 0 : now[place]!, totals.now);
        }
      }
    },
  };

  function tally(history: History, atMs: number, word: ItemWord): { long: number; now: number } {
    values.clear();
    const totals = { long: 0, now: 0 };
    let known = 0;
    for (let j = 0; j < Math.min(window, history.count); j++) {
      const value = word.get(history.item[j]!);
      if (value < 0) continue;
      let place = values.get(value);
      if (place < 0) {
        place = known++;
        values.set(value, place);
        long[place] = 0;
        now[place] = 0;
      }
      const touches = history.counts[month]![j]! * decay(atMs - history.lastAtMs[j]!, touchHalfLivesMs[month]!);
      long[place]! += touches;
      totals.long += touches;
      if (history.session[j] !== history.sessionNumber) continue;
      now[place]! += history.sessionTouches[j]!;
      totals.now += history.sessionTouches[j]!;
    }
    return totals;
  }
}

/** −2 the item has no value · −1 the shopper did nothing yet · else the share of touches in fifths, rounded up. */
function share(value: number, touches: number, total: number): number {
  if (value < 0) return -2;
  if (total === 0) return -1;
  return touches > 0 ? Math.ceil((steps * touches) / (total + 1)) : 0;
}
