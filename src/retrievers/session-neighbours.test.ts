import { describe, expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../core/clock.ts";
import { lasting } from "../core/expiring-ids.ts";
import type { Fact } from "../core/fact.ts";
import { History } from "../core/history.ts";
import type { Request } from "../core/request.ts";
import { bytesInUse } from "../core/state.ts";
import { type Answered, bestFirst, retrieve, World } from "./retriever.check.ts";
import { sessionNeighbours } from "./session-neighbours.ts";

interface Touch {
  readonly number: number;
  readonly item: number;
  readonly atMs: number;
  readonly basket: number;
}

/** The stated formula on plain lists. `capacity`: touches remembered. */
class SlowNeighbours {
  readonly #capacity: number;
  readonly #byShopper = new Map<number, Touch[]>();
  readonly #counts = new Map<number, number>();
  #touches = 0;
  #choices = 30;
  #repeats = 10;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  fold({ isChoice, isRepeat, item, shopper, history, atMs }: Fact): void {
    if (!isChoice || shopper < 0) return;
    if (history.count > 0) {
      this.#choices++;
      if (isRepeat) this.#repeats++;
    }
    const basket = history.basketNumber + (history.lastTouchAtMs === atMs ? 0 : 1);
    const minute = Math.floor(atMs / minuteMs) * minuteMs;
    const touch = { number: this.#touches++, item, atMs: minute, basket };
    this.#byShopper.set(shopper, [...(this.#byShopper.get(shopper) ?? []), touch]);
    this.#counts.set(item, (this.#counts.get(item) ?? 0) + 1);
  }

  answer({ history, item: anchor, shopper, atMs }: Request): Answered[] {
    const asked = Array.from({ length: Math.min(10, history.count) }, (_, i) => i)
      .filter((i) => history.item[i] !== anchor)
      .map((i) => {
        const distance = history.basketNumber - history.basket[i]! + (anchor >= 0 ? 1 : 0);
        return { item: history.item[i]!, distance, share: anchor >= 0 ? 0.1 : 1 };
      });
    if (anchor >= 0) asked.unshift({ item: anchor, distance: 0, share: 1 });
    const neighbours = [...this.#byShopper]
      .filter(([other]) => other !== shopper)
      .flatMap(([, all]) => {
        const kept = all.filter(({ number }) => number >= this.#touches - this.#capacity);
        const both = asked.filter(({ item }) => kept.some((touch) => touch.item === item));
        if (both.length === 0) return [];
        const at = kept.findLastIndex((touch) => touch.item === both[0]!.item);
        const similarity = both.reduce((sum, { distance, share }) => sum + share * Math.exp(-distance / 0.8), 0);
        const ageMs = Math.max(0, atMs - kept[at]!.atMs);
        const weight = both[0]!.share * Math.exp(-both[0]!.distance / 4.9);
        return [{ kept, at, ageMs, similarity: similarity / all.length ** 0.25, weight }];
      });
    const meanMs = neighbours.reduce((sum, { ageMs }) => sum + ageMs, 0) / Math.max(1, neighbours.length);
    const scaleMs = 15 * dayMs + 3 * meanMs * (1 - neighbours.length / 500);
    const sums = new Map<number, number>();
    for (const { kept, at, ageMs, similarity, weight } of neighbours) {
      const { basket } = kept[at]!;
      for (const step of [0, -1, 1]) {
        for (let i = at + step, steps = 0; steps < 20 && kept[i] !== undefined; i += step, steps++) {
          const between = Math.abs(kept[i]!.basket - basket);
          if (between > 6) break;
          const direction = step < 0 && between > 0 ? 0.7 : 1;
          const value = similarity * Math.exp(-ageMs / scaleMs) * weight * Math.exp(-between / 2) * direction;
          sums.set(kept[i]!.item, (sums.get(kept[i]!.item) ?? 0) + value);
          if (step === 0) break;
        }
      }
    }
    const own = Math.min(10, (4 * this.#repeats) / (this.#choices - this.#repeats));
    return [...sums].map(([item, sum]) => {
      const rare = 1 + 2 * Math.max(0, Math.log(this.#touches / (this.#counts.get(item)! + 1)));
      return { item, strength: sum * rare * (history.indexOf(item) < 0 ? 1 : own) };
    });
  }
}

describe("session-neighbours", () => {
  for (const [name, capacity, steps] of [
    ["plain lists of the stated formula say the same, also of what comes late", 1e9, 1000],
    ["of a ring that is written over, the latest touches alone are known", 150, 1000],
  ] as const) {
    test(name, () => {
      const [fast, slow] = [sessionNeighbours(lasting, capacity), new SlowNeighbours(capacity)];
      const world = new World(31);
      let answered = 0;
      for (let i = 0; i < steps; i++) {
        world.step([fast, slow]);
        if (i % 5 > 0) continue;
        const request = world.ask();
        const found = retrieve(fast, request);
        const expected = new Map(slow.answer(request).map(({ item, strength }) => [item, strength]));
        expect(found.length).toBe(expected.size);
        for (const { item, strength } of found) expect(strength / expected.get(item)!).toBeCloseTo(1, 9);
        expect(found).toEqual(bestFirst(found));
        answered += found.length;
      }
      expect(answered).toBeGreaterThan(3000);
    });
  }

  /** Choices as they are folded, each by a shopper whose past is what they chose here. */
  function shop(retriever = sessionNeighbours()) {
    const pasts = new Map<number, { item: number; atMs: number; basket: number }[]>();
    const historyOf = (shopper: number): History => {
      const history = new History();
      const past = pasts.get(shopper) ?? [];
      history.basketNumber = past.length;
      history.lastTouchAtMs = past.at(-1)?.atMs ?? Number.NaN;
      for (const { item, atMs, basket } of past.toReversed()) {
        if (history.indexOf(item) >= 0) continue;
        const i = history.push(item);
        history.lastAtMs[i] = atMs;
        history.basket[i] = basket;
      }
      return history;
    };
    let atMs = 1e12;
    return {
      retriever,
      choose(shopper: number, item: number): void {
        const history = historyOf(shopper);
        const isRepeat = history.indexOf(item) >= 0;
        atMs += hourMs;
        retriever.fold({ isChoice: true, isRepeat, item, shopper, history, atMs } as Fact);
        pasts.set(shopper, [...(pasts.get(shopper) ?? []), { item, atMs, basket: history.basketNumber + 1 }]);
      },
      /** The shopper is gone, and the next one gets the row. */
      forget: (shopper: number) => pasts.delete(shopper),
      ask(shopper: number): number[] {
        const asked = { ...new World(1).ask(), atMs, shopper, item: -1, history: historyOf(shopper) };
        return retrieve(retriever, asked).map(({ item }) => item);
      },
    };
  }

  test("who turns to the same things right now is a neighbour, oneself never", () => {
    const { choose, ask } = shop();
    choose(0, 10);
    expect(ask(0)).toEqual([]);
    choose(1, 10);
    choose(1, 11);
    expect(ask(0)).toContain(11);
    expect(ask(1)).not.toContain(11);
  });

  test("nor is the session that turned out to be one's own, though it is others' neighbour", () => {
    const { choose, ask } = shop(sessionNeighbours(lasting, 1000, (row, shopper) => row === 0 && shopper === 1));
    for (const item of [1, 2]) choose(0, item);
    for (const shopper of [1, 2]) choose(shopper, 1);
    expect(ask(1)).toEqual([1]);
    expect(ask(2)).toContain(2);
  });

  test("a neighbour nearer in order comes first, and what follows before what went before", () => {
    const { choose, ask } = shop();
    for (const item of [1, 2, 3, 4, 5]) choose(0, item);
    choose(1, 3);
    expect(ask(1)).toEqual([3, 4, 2, 5, 1]);
  });

  test("what one shopper did is not taken for the next one's who gets the row", () => {
    const { choose, ask, forget } = shop();
    for (const item of [1, 2]) choose(0, item);
    choose(1, 1);
    expect(ask(1)).toContain(2);
    forget(0);
    choose(0, 1);
    choose(0, 3);
    expect(ask(1).toSorted()).toEqual([1, 3]);
  });

  test("where nobody comes back to an item, none is recommended again; where all do, the own ones come first", () => {
    const [never, always] = [shop(), shop()];
    for (let shopper = 0; shopper < 60; shopper++) {
      for (const item of [1, 2, 3, 4, 5]) never.choose(shopper, item);
      for (const item of [1, 1, 1, 1, 2]) always.choose(shopper, item);
    }
    for (const { choose } of [never, always]) choose(99, 1);
    expect(never.ask(99)[0]).not.toBe(1);
    expect(always.ask(99)[0]).toBe(1);
  });

  test("a full ring grows no more", () => {
    const { retriever, choose } = shop(sessionNeighbours(lasting, 500));
    for (let i = 0; i < 600; i++) choose(i % 7, i % 40);
    const bytes = bytesInUse([retriever.state]);
    for (let i = 0; i < 3000; i++) choose(i % 7, i % 40);
    expect(bytesInUse([retriever.state])).toBe(bytes);
  });

  test("a reason is an item of the shopper's that a neighbour shares", () => {
    const { retriever, choose, ask } = shop();
    for (const item of [1, 2]) choose(0, item);
    for (const item of [7, 1]) choose(1, item);
    expect(ask(1)).toContain(2);
    expect(retriever.reason(2).because).toBe(1);
  });
});
