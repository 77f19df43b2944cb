/** The items that the shop heard of last, newest first. */
import { dayMs } from "../core/clock.ts";
import { FixedBuffer, Float64Column, registers } from "../core/columns.ts";
import { decay } from "../core/decayed.ts";
import { state } from "../core/state.ts";
import type { Retriever } from "./retriever.ts";

const ringLength = 400;
const halfLifeMs = 7 * dayMs;

export function newArrivals(): Retriever {
  /** Ring of item rows + 1, in order of arrival; how many ever arrived. */
  const ring = new FixedBuffer("ring", new Int32Array(ringLength));
  const firstAtMs = new Float64Column("firstAtMs", Number.NaN);
  const arrived = registers("arrived", 1);
  let nowMs = 0;

  const strength = (item: number): number => {
    const first = firstAtMs.get(item);
    return item < 0 || Number.isNaN(first) ? 0 : decay(nowMs - first, halfLifeMs);
  };

  return {
    name: "new-arrivals",
    share: 10,
    state: state("retriever.new-arrivals", 1, [ring, firstAtMs, arrived]),
    fold({ item, atMs, type }) {
      if (item < 0 || type === "item-removed" || !Number.isNaN(firstAtMs.get(item))) return;
      firstAtMs.set(item, atMs);
      ring.array[arrived.array[0]! % ringLength] = item + 1;
      arrived.array[0]!++;
    },
    retrieve(request, limit, accepts, found) {
      nowMs = request.atMs;
      const count = arrived.array[0]!;
      for (let i = count - 1; i >= Math.max(0, count - ringLength) && found.count < limit; i--) {
        const item = ring.array[i % ringLength]! - 1;
        if (accepts(item)) found.push(item, strength(item));
      }
    },
    strength,
    reason: () => ({ text: "new in the shop", because: -1 }),
  };
}
