/**
 * What everybody turns to: choices decayed with one half-life. Kept “forward decayed” (Cormode et al. 2009): an event at t
 * adds 2^((t − t₀)/halfLife) and nothing is ever multiplied down, so the order of items changes only where something is
 * added, and the exact top list is maintained by moving one item up.
 */
import { Float64Column, Int32Column, registers } from "../core/columns.ts";
import type { Fact } from "../core/fact.ts";
import type { Request } from "../core/request.ts";
import type { Found } from "../core/retrieved.ts";
import { type State, state } from "../core/state.ts";
import type { Retriever } from "./retriever.ts";

const listLength = 400;
/** Half-lives after which the origin t₀ moves, so that sums stay finite. */
const rebaseHalfLives = 400;

const originAt = 0;
const lengthAt = 1;

export interface PopularOptions {
  readonly name: string;
  readonly halfLifeMs: number;
  readonly share: number;
  readonly text: string;
}

export function popular({ name, halfLifeMs, share, text }: PopularOptions): Retriever {
  const sum = new Float64Column("sum");
  /** Items of the top list, best first, and each item's place in it. */
  const top = new Int32Column("top", -1);
  const place = new Int32Column("place", -1);
  const fixed = registers("registers", 2);
  const registersArray = (): Float64Array => fixed.array;
  const own: State = state(`retriever.${name}`, 1, [sum, top, place, fixed]);
  let now = 1;

  function weight(atMs: number): number {
    const at = registersArray();
    if (at[originAt] === 0) at[originAt] = atMs;
    const halfLives = (atMs - at[originAt]!) / halfLifeMs;
    if (halfLives <= rebaseHalfLives) return 2 ** halfLives;
    const shift = Math.floor(halfLives);
    for (let item = 0; item < sum.length; item++) sum.set(item, sum.get(item) * 2 ** -shift);
    at[originAt] = at[originAt]! + shift * halfLifeMs;
    return 2 ** (halfLives - shift);
  }

  function rise(item: number): void {
    const at = registersArray();
    const value = sum.get(item);
    let position = place.get(item);
    if (position < 0) {
      if (at[lengthAt]! < listLength) position = at[lengthAt]!++;
      else {
        position = listLength - 1;
        const last = top.get(position);
        if (sum.get(last) >= value) return;
        place.set(last, -1);
      }
    }
    while (position > 0 && sum.get(top.get(position - 1)) < value) {
      const passed = top.get(position - 1);
      top.set(position, passed);
      place.set(passed, position);
      position--;
    }
    top.set(position, item);
    place.set(item, position);
  }

  return {
    name,
    share,
    state: own,
    fold(fact: Fact) {
      if (!fact.isChoice || fact.item < 0) return;
      sum.add(fact.item, weight(fact.atMs));
      rise(fact.item);
    },
    retrieve(request: Request, limit: number, accepts, found: Found) {
      const at = registersArray();
      now = at[originAt] === 0 ? 1 : 2 ** -((request.atMs - at[originAt]!) / halfLifeMs);
      for (let i = 0; i < at[lengthAt]! && found.count < limit; i++) {
        const item = top.get(i);
        if (accepts(item)) found.push(item, sum.get(item) * now);
      }
    },
    strength: (item) => sum.get(item) * now,
    reason: () => ({ text, because: -1 }),
  };
}
