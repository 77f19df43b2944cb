import { expect, test } from "vitest";
import { lasting } from "../core/expiring-ids.ts";
import type { List } from "../core/list.ts";
import { absent, clamp, logBucket, placeBucket } from "./buckets.ts";
import { ask, itemsOf, World } from "./feature.check.ts";
import type { Feature } from "./feature.ts";
import { previousList } from "./previous-list.ts";

test("previous-list agrees with a slow twin that keeps every list", () => {
  const feature = previousList(lasting);
  const logs = new Map<number, Told[]>();
  const told = (shopper: number): Told[] => logs.get(shopper) ?? logs.set(shopper, []).get(shopper)!;
  const slow: Feature = {
    ...feature,
    fold({ type, shopper, shown, action, item, history, atMs }) {
      if (shopper < 0) return;
      if (type === "slate") {
        const items = [...shown!.item.subarray(0, Math.min(64, shown!.count))];
        told(shopper).push({ items, session: history.sessionNumber, atMs, clicked: -1 });
      } else if (action === 1 && told(shopper).at(-1)?.items.includes(item)) told(shopper).at(-1)!.clicked = item;
    },
    join(from, to) {
      if ((told(from).at(-1)?.items.length ?? 0) === 0) return;
      logs.set(to, told(from));
      logs.delete(from);
    },
    forget: (shopper) => logs.delete(shopper),
  };
  const world = new World(12);
  for (let i = 0; i < 1500; i++) {
    world.step([feature, slow]);
    const { request, list } = world.ask();
    const rows = ask(feature, request, list);
    const { history, shopper } = request;
    const log = told(shopper).filter(({ items }) => items.length > 0);
    const last = told(shopper).at(-1);
    const known = last && last.items.length > 0 && last.session === history.sessionNumber ? last : undefined;
    const lists = known ? log.length - 1 - log.findLastIndex(({ session }) => session !== known.session) : 0;
    const overlap = overlapOf(known?.items, list);
    itemsOf(list).forEach((item, k) => {
      const before = item < 0 ? -1 : (known?.items.indexOf(item) ?? -1);
      const clickedAt = known ? known.items.indexOf(known.clicked === -1 ? -2 : known.clicked) : -1;
      const clickedOrder = clickedAt < 0 ? -1 : (list.order[list.indexOf(known!.clicked)] ?? -1);
      const entry = history.indexOf(item);
      const isSince = known && history.lastAtMs[entry]! > known.atMs && history.lastAction[entry] !== 1;
      const expected = [
        overlap,
        !known ? -2 : before < 0 ? -1 : placeBucket(before),
        !known ? 0 : before < 0 ? 1 : 2,
        !known ? absent : before < 0 || clickedAt < 0 ? 98 : clamp(before - clickedAt, -7, 7),
        list.order[k]! >= 0 && clickedOrder >= 0 ? clamp(list.order[k]! - clickedOrder, -7, 7) : absent,
        clickedAt >= 0 && known!.clicked === item ? 1 : 0,
        Math.min(lists, 5),
        entry < 0 ? -1 : isSince ? logBucket(history.sessionTouches[entry]!, 4) : 0,
      ];
      const width = feature.columns.length + 2;
      expect([...rows.subarray(k * width + 1, (k + 1) * width - 1)], `after ${i} steps`).toEqual(expected);
    });
  }
});

interface Told {
  readonly items: readonly number[];
  readonly session: number;
  readonly atMs: number;
  clicked: number;
}

/** 0 no previous list · 1 the very same · 2 the same items · 3–5 by the share of items in common. */
function overlapOf(before: readonly number[] | undefined, list: List): number {
  if (!before) return 0;
  const items = itemsOf(list);
  const known = before.filter((item) => item >= 0);
  const ordered = items.map((item, i) => ({ item, place: list.order[i]! >= 0 ? list.order[i]! : i }));
  if (items.length === before.length && ordered.every(({ item, place }) => item >= 0 && before[place] === item))
    return 1;
  const common = items.filter((item) => known.includes(item)).length;
  if (common === items.length && items.length === before.length) return 2;
  return 3 + Math.floor((2.99 * common) / Math.max(1, items.length));
}
