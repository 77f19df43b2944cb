/** Items that a query names: by a model number or a code that stands in their texts, or is all that one of their fields says. */
import type { TextQuery } from "../core/text-query.ts";
import { boundary, type Documents, termOf, wholeOf } from "./documents.ts";
import { textSlots } from "./text-slots.ts";

/** Slots of short fields, where a model number or a code has a value of its own. */
const codeSlots = [textSlots.indexOf("words"), textSlots.indexOf("tags")];

/** True where some value of a short field of the item is a term that the query names and nothing else: `model`, `sku`, one of its codes. */
export function isCalled(documents: Documents, { exact }: TextQuery, item: number): boolean {
  if (exact.length === 0 || !documents.open(item)) return false;
  const { entries, from, to } = documents;
  for (const slot of codeSlots) {
    let start = from[slot]!;
    for (let at = start; at <= to[slot]!; at++) {
      if (at < to[slot]! && entries[at] !== boundary) continue;
      if (at > start && isWholly(entries, start, at, exact)) return true;
      start = at + 1;
    }
  }
  return false;
}

/** True where the entries from `start` up to `end` are one of the terms, with its parts if it is a whole. */
function isWholly(entries: Int32Array, start: number, end: number, exact: Int32Array): boolean {
  const first = entries[start]!;
  return end - start === 1 + wholeOf(first) && exact.includes(termOf(first));
}
