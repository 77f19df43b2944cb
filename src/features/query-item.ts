/** How an item fares for this query: clicks for each showing of the pair, decayed. Pairs of items or words that are gone expire unread. */
import { actionCode } from "../core/actions.ts";
import type { Bounds } from "../core/bounds.ts";
import { dayMs } from "../core/clock.ts";
import { DecayedPairs } from "../core/decayed.ts";
import type { RowKeys } from "../core/expiring-ids.ts";
import type { Fact, Shown } from "../core/fact.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { prefixed, state } from "../core/state.ts";
import { absent, clamp, logBucket } from "./buckets.ts";
import { code, type Feature } from "./feature.ts";

const halfLifeMs = 30 * dayMs;
const expiryMs = 90 * dayMs;
const clicksAt = 0;
const showingsAt = 1;
const strength = 5;
const shopRate = 0.05;

/** `words`, `items`: keys of their rows. `bounds`: how many pairs may be kept at present. */
export function queryItem(words: RowKeys, items: RowKeys, bounds?: Bounds): Feature {
  const pairs = new DecayedPairs("pairs", ["clicks", "showings"], halfLifeMs, expiryMs, bounds);
  return {
    name: "query-item",
    columns: [code("query-item-rate"), code("query-item-clicks"), code("query-item-showings")],
    state: state("feature.query-item", 2, prefixed(pairs.state)),
    fold({ action, query, item, atMs }: Fact) {
      if (action === actionCode.click && query >= 0 && item >= 0)
        pairs.add(words.key(query), items.key(item), clicksAt, 1, atMs);
    },
    impressions({ item, count, query }: Shown, atMs) {
      if (query < 0) return;
      const asked = words.key(query);
      for (let i = 0; i < count; i++) if (item[i]! >= 0) pairs.add(asked, items.key(item[i]!), showingsAt, 1, atMs);
    },
    read({ query, atMs }: Request, { count, item }: List, { dense, width }: Rows, column: number) {
      const asked = words.key(query);
      for (let i = 0; i < count; i++) {
        const at = i * width + column;
        const slot = asked < 0 || item[i]! < 0 ? -1 : pairs.find(asked, items.key(item[i]!));
        const clicks = pairs.value(slot, clicksAt, atMs);
        const showings = pairs.value(slot, showingsAt, atMs);
        const rate = (clicks + strength * shopRate) / (showings + strength);
        dense[at] = slot < 0 ? absent : clamp(Math.round(2 * Math.log2(rate / shopRate)), -6, 6);
        dense[at + 1] = slot < 0 ? -1 : Math.min(6, Math.round(clicks * 2));
        dense[at + 2] = slot < 0 ? -1 : logBucket(showings, 10);
      }
    },
  };
}
