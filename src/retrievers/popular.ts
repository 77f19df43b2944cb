/**
 * What everybody turns to: choices decayed with one half-life. The sums are forward decayed, so the order of items changes only
 * where something is added, and the exact top list is maintained by moving one item up; when one leaves, the next is sought by and by.
 */
import { Int32Column, registers } from "../core/columns.ts";
import { ForwardSums } from "../core/decayed.ts";
import { prefixed, state } from "../core/state.ts";
import type { Retriever } from "./retriever.ts";

const listLength = 400;
/** After an item left a full list, so many rows are looked through with each choice for the one that comes after the last. */
const soughtAtOnce = 64;
const lengthAt = 0;
const soughtAt = 1;

export interface PopularOptions {
  readonly name: string;
  readonly halfLifeMs: number;
  readonly share: number;
  readonly text: string;
}

export function popular({ name, halfLifeMs, share, text }: PopularOptions): Retriever {
  const sums = new ForwardSums("choices", halfLifeMs);
  /** Items of the top list, best first, and each item's place in it. */
  const top = new Int32Column("top", -1);
  const place = new Int32Column("place", -1);
  /** Items in the list; rows yet to be looked through. */
  const counts = registers("counts", 2);
  let now = 1;

  function rise(item: number): void {
    const value = sums.raw(item);
    let position = place.get(item);
    if (position < 0) {
      if (counts.array[lengthAt]! < listLength) position = counts.array[lengthAt]!++;
      else {
        position = listLength - 1;
        const last = top.get(position);
        if (!isAbove(value, item, sums.raw(last), last)) return;
        place.set(last, -1);
      }
    }
    while (position > 0) {
      const above = top.get(position - 1);
      if (!isAbove(value, item, sums.raw(above), above)) break;
      top.set(position, above);
      place.set(above, position);
      position--;
    }
    top.set(position, item);
    place.set(item, position);
  }

  function seek(): void {
    for (let i = 0; i < soughtAtOnce && counts.array[soughtAt]! > 0; i++) {
      const item = --counts.array[soughtAt]!;
      if (place.get(item) < 0 && sums.raw(item) > 0) rise(item);
    }
  }

  return {
    name,
    share,
    state: state(`retriever.${name}`, 2, [...prefixed(sums.state), top, place, counts]),
    fold({ isChoice, item, atMs }) {
      if (!isChoice || item < 0) return;
      sums.add(item, 1, atMs);
      rise(item);
      if (counts.array[soughtAt]! > 0) seek();
    },
    forgetItem(item) {
      sums.clear(item);
      const position = place.get(item);
      if (position < 0) return;
      if (counts.array[lengthAt] === listLength) counts.array[soughtAt] = sums.rows;
      const last = --counts.array[lengthAt]!;
      for (let i = position; i < last; i++) {
        top.set(i, top.get(i + 1));
        place.set(top.get(i), i);
      }
      top.set(last, -1);
      place.set(item, -1);
    },
    retrieve({ atMs }, limit, accepts, found) {
      now = sums.now(atMs);
      for (let i = 0; i < counts.array[lengthAt]! && found.count < limit; i++) {
        const item = top.get(i);
        if (accepts(item)) found.push(item, sums.raw(item) * now);
      }
    },
    strength: (item) => sums.raw(item) * now,
    reason: () => ({ text, because: -1 }),
  };
}

/** The larger value stands above; of equals the lower row. */
const isAbove = (value: number, item: number, other: number, otherItem: number): boolean =>
  value > other || (value === other && item < otherItem);
