/**
 * How much of what the shopper turned to shares the item's tags: for each tag the share of touches of items that have it, long
 * (touches decayed over a month) and of this session; of an item, the mean over its tags.
 */
import { decay } from "../core/decayed.ts";
import { touchHalfLivesMs } from "../core/history.ts";
import type { List } from "../core/list.ts";
import { Marks } from "../core/marks.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { code, type Feature } from "./feature.ts";
import type { LearnedFields } from "./item-fields.ts";

/** Items of the history that count, the latest first; tags of an item that are read. */
const window = 50;
const tagsMax = 16;
const month = 2;
const steps = 6;

export function tagAffinity(fields: LearnedFields): Feature {
  const tags = new Int32Array(tagsMax);
  const places = new Marks();
  const long = new Float64Array(window * tagsMax);
  const now = new Float64Array(window * tagsMax);
  return {
    name: "tag-affinity",
    columns: [code("tag-affinity", -2), code("tag-affinity-session", -2)],
    state: state("feature.tag-affinity", 1, []),
    read({ history, atMs }: Request, { count, item }: List, { dense, width }: Rows, column: number) {
      const words = fields.words();
      places.clear();
      let known = 0;
      let totalLong = 0;
      let totalNow = 0;
      for (let j = 0; j < Math.min(window, history.count); j++) {
        const touches = history.counts[month]![j]! * decay(atMs - history.lastAtMs[j]!, touchHalfLivesMs[month]!);
        const touchesNow = history.session[j] === history.sessionNumber ? history.sessionTouches[j]! : 0;
        const found = words.get(history.item[j]!, tags);
        if (found === 0) continue;
        totalLong += touches;
        totalNow += touchesNow;
        for (let k = 0; k < found; k++) {
          let place = places.get(tags[k]!);
          if (place < 0) {
            place = known++;
            places.set(tags[k]!, place);
            long[place] = 0;
            now[place] = 0;
          }
          long[place]! += touches;
          now[place]! += touchesNow;
        }
      }
      for (let i = 0; i < count; i++) {
        const at = i * width + column;
        const found = item[i]! < 0 ? 0 : words.get(item[i]!, tags);
        let sumLong = 0;
        let sumNow = 0;
        for (let k = 0; k < found; k++) {
          const place = places.get(tags[k]!);
          if (place < 0) continue;
          sumLong += long[place]!;
          sumNow += now[place]!;
        }
        dense[at] = meanShare(found, sumLong, totalLong);
        dense[at + 1] = meanShare(found, sumNow, totalNow);
      }
    },
  };
}

/** −2 the item has no tags · −1 the shopper did nothing yet · else the mean share in sixths, rounded up. */
function meanShare(tags: number, touches: number, total: number): number {
  if (tags === 0) return -2;
  if (total === 0) return -1;
  return touches > 0 ? Math.ceil((steps * touches) / (tags * (total + 1))) : 0;
}
