/**
 * The session's previous list: whether an item stood there and where, and how this list resembles it. Remembers of each
 * shopper the last list shown.
 */
import { actionCode } from "../core/actions.ts";
import { Float64Column, Int32Column } from "../core/columns.ts";
import type { RowKeys } from "../core/expiring-ids.ts";
import type { Fact } from "../core/fact.ts";
import { type List, summaryAt } from "../core/list.ts";
import { Marks } from "../core/marks.ts";
import type { Request } from "../core/request.ts";
import { Slab } from "../core/slab.ts";
import { prefixed, state } from "../core/state.ts";
import { absent, clamp, logBucket, placeBucket } from "./buckets.ts";
import { code, type Feature, sharedCode } from "./feature.ts";

/** Items of a list that are remembered. */
const itemsMax = 64;

export interface PreviousList extends Feature {
  /** Fills the figures of a summary that compare a list with the previous one; before `read` of a served list. */
  summarize(request: Request, list: List): void;
}

/** `keys`: of the items' rows. */
export function previousList(keys: RowKeys): PreviousList {
  const slab = new Slab("slab", 2);
  /** Keys of the items shown. */
  const items = new Int32Column("items", -1);
  // By shopper.
  const start = new Int32Column("start", -1);
  const length = new Int32Column("length");
  const sessionNumber = new Int32Column("sessionNumber", -1);
  const atMs = new Float64Column("atMs", Number.NaN);
  /** Lists of the session so far; key of the item clicked last in the list, and its place there. */
  const lists = new Int32Column("lists");
  const clicked = new Int32Column("clicked", -1);
  const clickedPlace = new Int32Column("clickedPlace", -1);
  const byShopper = [start, length, sessionNumber, atMs, lists, clicked, clickedPlace];
  const places = new Marks();

  function forget(shopper: number): void {
    if (start.get(shopper) >= 0) slab.free(start.get(shopper), length.get(shopper));
    for (const column of byShopper) if (shopper < column.length) column.set(shopper, column.fill);
  }

  function remember({ shopper, shown, history, atMs: now }: Fact): void {
    const count = Math.min(shown!.count, itemsMax);
    const isSameSession = sessionNumber.get(shopper) === history.sessionNumber;
    const listsBefore = isSameSession ? lists.get(shopper) : 0;
    if (start.get(shopper) >= 0) slab.free(start.get(shopper), length.get(shopper));
    if (count === 0) {
      start.set(shopper, -1);
      return;
    }
    const cell = slab.allocate(count);
    items.ensure(slab.cells);
    for (let i = 0; i < count; i++) items.set(cell + i, keys.key(shown!.item[i]!));
    start.set(shopper, cell);
    length.set(shopper, count);
    sessionNumber.set(shopper, history.sessionNumber);
    atMs.set(shopper, now);
    lists.set(shopper, listsBefore + 1);
    clicked.set(shopper, -1);
    clickedPlace.set(shopper, -1);
  }

  function noteClick({ shopper, item }: Fact): void {
    const cell = start.get(shopper);
    if (cell < 0) return;
    const key = keys.key(item);
    for (let i = 0; i < length.get(shopper); i++) {
      if (items.get(cell + i) !== key) continue;
      clicked.set(shopper, key);
      clickedPlace.set(shopper, i);
      return;
    }
  }

  /** True if the shopper saw a list in this session; its places are then marked. */
  function mark({ shopper, history }: Request): boolean {
    places.clear();
    if (shopper < 0 || start.get(shopper) < 0 || sessionNumber.get(shopper) !== history.sessionNumber) return false;
    for (let i = 0; i < length.get(shopper); i++) {
      const item = keys.rowOf(items.get(start.get(shopper) + i));
      if (item >= 0) places.set(item, i);
    }
    return true;
  }

  return {
    name: "previous-list",
    columns: [
      sharedCode("previous-overlap"),
      code("previous-place"),
      code("previous-in"),
      code("previous-to-clicked"),
      code("place-to-previous-clicked"),
      code("previous-clicked"),
      sharedCode("lists-so-far"),
      code("touched-since"),
    ],
    state: state("feature.previous-list", 2, [...prefixed(slab.state), items, ...byShopper]),
    fold(fact) {
      if (fact.shopper < 0) return;
      if (fact.type === "slate") remember(fact);
      else if (fact.action === actionCode.click) noteClick(fact);
    },
    join(from, to) {
      if (start.get(from) < 0) return;
      forget(to);
      for (const column of byShopper) column.set(to, column.get(from));
      for (const column of byShopper) column.set(from, column.fill);
    },
    forget,
    summarize(request, list) {
      const { summary } = list;
      summary[summaryAt.previousOverlap] = 0;
      summary[summaryAt.previousClickedOrder] = Number.NaN;
      if (!mark(request)) return;
      const { shopper } = request;
      let common = 0;
      let isSameOrder = list.count === length.get(shopper);
      for (let i = 0; i < list.count; i++) {
        const before = places.get(list.item[i]!);
        if (before >= 0) common++;
        if (before !== (list.order[i]! >= 0 ? list.order[i] : i)) isSameOrder = false;
      }
      const isSameSet = common === list.count && list.count === length.get(shopper);
      summary[summaryAt.previousOverlap] = isSameOrder
        ? 1
        : isSameSet
          ? 2
          : 3 + Math.floor((2.99 * common) / Math.max(1, list.count));
      const at = list.indexOf(keys.rowOf(clicked.get(shopper)));
      if (at >= 0 && list.order[at]! >= 0) summary[summaryAt.previousClickedOrder] = list.order[at]!;
    },
    read(request, { summary, count, item, order }, { dense, width }, column) {
      const { shopper, history } = request;
      const isKnown = mark(request);
      const clickedItem = isKnown ? keys.rowOf(clicked.get(shopper)) : -1;
      const clickedAt = isKnown ? clickedPlace.get(shopper) : -1;
      const clickedOrder = summary[summaryAt.previousClickedOrder]!;
      const listCount = isKnown ? Math.min(lists.get(shopper), 5) : 0;
      const overlap = summary[summaryAt.previousOverlap]!;
      for (let i = 0; i < count; i++) {
        const at = i * width + column;
        const before = places.get(item[i]!);
        const entry = history.indexOf(item[i]!);
        dense[at] = overlap;
        dense[at + 1] = !isKnown ? -2 : before < 0 ? -1 : placeBucket(before);
        dense[at + 2] = !isKnown ? 0 : before < 0 ? 1 : 2;
        dense[at + 3] = !isKnown ? absent : before < 0 || clickedAt < 0 ? 98 : clamp(before - clickedAt, -7, 7);
        dense[at + 4] = order[i]! >= 0 && clickedOrder >= 0 ? clamp(order[i]! - clickedOrder, -7, 7) : absent;
        dense[at + 5] = clickedItem >= 0 && clickedItem === item[i] ? 1 : 0;
        dense[at + 6] = listCount;
        const isSince =
          entry >= 0 &&
          isKnown &&
          history.lastAtMs[entry]! > atMs.get(shopper) &&
          history.lastAction[entry] !== actionCode.click;
        dense[at + 7] = entry < 0 ? -1 : isSince ? logBucket(history.sessionTouches[entry]!, 4) : 0;
      }
    },
  };
}
