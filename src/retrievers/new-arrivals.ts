/** The items that the shop heard of last, newest first: strength halves with every fifty arrivals since. */
import { FixedBuffer, Float64Column, registers } from "../core/columns.ts";
import { state } from "../core/state.ts";
import type { Retriever } from "./retriever.ts";

const ringLength = 400;
const halfLifeArrivals = 50;
/** [arrivals since]; what is older is nearly 0. */
const faded = Float64Array.from({ length: 1024 }, (_, since) => 2 ** (-since / halfLifeArrivals));

export function newArrivals(): Retriever {
  /** Ring of item rows + 1, in order of arrival, 0 where one was forgotten; each item's arrival number from 1, 0 if it never came; how many ever came. */
  const ring = new FixedBuffer("ring", new Int32Array(ringLength));
  const number = new Float64Column("number");
  const arrived = registers("arrived", 1);

  const strength = (item: number): number => {
    const own = number.get(item);
    if (own === 0) return 0;
    const since = arrived.array[0]! - own;
    return since < faded.length ? faded[since]! : 2 ** (-since / halfLifeArrivals);
  };

  return {
    name: "new-arrivals",
    share: 10,
    state: state("retriever.new-arrivals", 2, [ring, number, arrived]),
    fold({ item, type }) {
      if (item < 0 || type === "item-removed" || number.get(item) > 0) return;
      ring.array[arrived.array[0]! % ringLength] = item + 1;
      number.set(item, ++arrived.array[0]!);
    },
    forgetItem(item) {
      const own = number.get(item);
      if (own === 0) return;
      if (ring.array[(own - 1) % ringLength] === item + 1) ring.array[(own - 1) % ringLength] = 0;
      number.set(item, 0);
    },
    retrieve(_request, limit, accepts, found) {
      const count = arrived.array[0]!;
      for (let i = count - 1; i >= Math.max(0, count - ringLength) && found.count < limit; i--) {
        const item = ring.array[i % ringLength]! - 1;
        if (item >= 0 && accepts(item)) found.push(item, strength(item));
      }
    },
    strength,
    reason: () => ({ text: "new in the shop", because: -1 }),
  };
}
