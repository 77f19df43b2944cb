import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dayMs, hourMs } from "../core/clock.ts";
import type { Fact } from "../core/fact.ts";
import { History } from "../core/history.ts";
import { random } from "../core/random.ts";
import type { Request } from "../core/request.ts";
import { prefixed, state } from "../core/state.ts";
import { alsoBought } from "./also-bought.ts";
import { boughtNext } from "./bought-next.ts";
import { CoVisits } from "./co-visits.ts";
import { newArrivals } from "./new-arrivals.ts";
import { ownItems } from "./own-items.ts";
import { popular } from "./popular.ts";
import { type Answered, bestFirst, itemCount, promises, retrieve, type Subject, World } from "./retriever.check.ts";
import type { Retriever } from "./retriever.ts";
import { sessionNeighbours } from "./session-neighbours.ts";
import { similarItems } from "./similar-items.ts";

/** One that reads counts which another owns, with these counts. */
function withCounts(make: (coVisits: CoVisits) => Retriever, coVisits: CoVisits): Retriever {
  const retriever = make(coVisits);
  const counts = state("with counts", 1, prefixed(coVisits.state));
  const forgetItem = (item: number): void => coVisits.forgetItem(item);
  return { ...retriever, state: counts, fold: (fact) => coVisits.fold(fact), forgetItem };
}

const trending = { name: "popular", halfLifeMs: dayMs, share: 20, text: "many turn to it right now" };
const subjects: readonly Subject[] = [
  { name: "also-bought", make: (items) => alsoBought(new CoVisits(items)), skips: {} },
  { name: "bought-next", make: (items) => withCounts(boughtNext, new CoVisits(items)), skips: {} },
  {
    name: "new-arrivals",
    make: newArrivals,
    skips: {},
  },
  { name: "own-items", make: ownItems, skips: {} },
  { name: "popular", make: () => popular(trending), skips: {} },
  { name: "session-neighbours", make: (items) => sessionNeighbours(items, 400), skips: {} },
  { name: "similar-items", make: (items) => withCounts(similarItems, new CoVisits(items)), skips: {} },
];

for (const subject of subjects) {
  describe(subject.name, () => {
    for (const { name, needs, check } of promises) {
      const reason = needs && subject.skips[needs];
      if (reason) test.skip(`${name} (${reason})`, () => {});
      else test(name, () => check(subject));
    }
  });
}

test("every file of the folder is a retriever that is checked here, or part of one", () => {
  const parts = [
    "co-visits",
    "co-visits.test",
    "retriever",
    "retriever.check",
    "retrievers.test",
    "session-neighbours.test",
    "sums",
    "touch-ring",
  ];
  const files = readdirSync(import.meta.dirname).map((file) => file.replace(/\.ts$/, ""));
  expect(files.sort()).toEqual([...parts, ...subjects.map(({ name }) => name)].sort());
  for (const { name, make } of subjects) expect(make().name).toBe(name);
});

function choice(item: number, atMs: number, history = new History(), rest: Partial<Fact> = {}): Fact {
  return {
    ...{ type: "outcome", offset: 0, atMs, clockMs: atMs, item, shopper: 0, action: 2, reward: 0, isChoice: true },
    ...{ value: Number.NaN, fields: undefined, query: -1, shown: undefined, history },
    isRepeat: history.indexOf(item) >= 0,
    ...rest,
  };
}

/** A history of items, the latest first, each a basket of its own one hour before the next. */
function historyOf(items: readonly number[], lastAtMs: number): History {
  const history = new History();
  history.basketNumber = items.length;
  history.lastTouchAtMs = items.length > 0 ? lastAtMs : Number.NaN;
  for (const item of items) {
    const i = history.push(item);
    history.lastAtMs[i] = lastAtMs - i * hourMs;
    history.basket[i] = items.length - i;
  }
  return history;
}

/** Same items, and strengths equal to within this share. */
function near(found: readonly Answered[], expected: readonly Answered[], share: number): void {
  expect(found).toHaveLength(expected.length);
  const strengthOf = new Map(expected.map(({ item, strength }) => [item, strength]));
  for (const [place, { item, strength }] of found.entries()) {
    // Items that differ by less than the share may stand either way round.
    for (const other of [strengthOf.get(item) ?? Number.NaN, expected[place]!.strength])
      if (!(Math.abs(strength - other) <= share * other)) expect.fail(`${item} at ${place}: ${strength}, not ${other}`);
  }
}

describe("popular", () => {
  /** 2^(−elapsed/half-life), summed over every choice ever. */
  function fullSort(choices: readonly Fact[], halfLifeMs: number, atMs: number): Answered[] {
    const sums = new Map<number, number>();
    for (const { item, atMs: then } of choices)
      sums.set(item, (sums.get(item) ?? 0) + 2 ** -((atMs - then) / halfLifeMs));
    return bestFirst([...sums].map(([item, strength]) => ({ item, strength })));
  }

  test("when items leave a full list, those that come after them move up", () => {
    const retriever = popular({ ...trending, halfLifeMs: 30 * dayMs });
    const chance = random("leave");
    let choices: Fact[] = [];
    const choose = (item: number, atMs: number): void => {
      choices.push(choice(item, atMs));
      retriever.fold(choices.at(-1)!);
    };
    for (let i = 0; i < 3000; i++) choose(chance.int(1 + chance.int(1000)), 1e12 + i * hourMs);
    const best = retrieve(retriever, new World(1).ask(0, 1e12), 400).map(({ item }) => item);
    expect(best).toHaveLength(400);
    for (const item of best.filter((_, i) => i % 3 === 0)) {
      retriever.forgetItem!(item);
      choices = choices.filter((one) => one.item !== item);
    }
    expect(retriever.strength(best[0]!)).toBe(0);
    for (let i = 0; i < 40; i++) choose(best[1]!, 1e12 + (3000 + i) * hourMs);
    const atMs = 1e12 + 4000 * hourMs;
    near(retrieve(retriever, new World(1).ask(0, atMs), 400), fullSort(choices, 30 * dayMs, atMs).slice(0, 400), 1e-9);
  });

  for (const [name, stepHours, items] of [
    ["a full sort says the same, also of what comes late", 0.05, 300],
    ["and of more items than the list holds", 0.02, 2000],
    ["and after the origin has moved several times", 3, 300],
  ] as const) {
    test(name, () => {
      const chance = random(name);
      const retriever = popular({ ...trending, halfLifeMs: 2 * hourMs });
      const choices: Fact[] = [];
      let clockMs = Date.UTC(2026, 0, 1);
      for (let i = 0; i < 4000; i++) {
        clockMs += Math.floor(chance.exponential() * stepHours * hourMs);
        const atMs = clockMs - (chance.int(3) === 0 ? Math.floor(chance.next() * 20 * hourMs) : 0);
        choices.push(choice(chance.int(1 + chance.int(items)), atMs));
        retriever.fold(choices.at(-1)!);
        if (i % 25 > 0) continue;
        const request = { ...new World(1).ask(), atMs: clockMs };
        const expected = fullSort(choices, 2 * hourMs, clockMs)
          .slice(0, 400)
          .filter(({ strength }) => strength > 1e-200);
        near(retrieve(retriever, request).slice(0, expected.length), expected, 1e-9);
      }
      if (stepHours > 1) expect(clockMs - choices[0]!.atMs).toBeGreaterThan(4000 * 2 * hourMs);
    });
  }

  test("only a choice counts", () => {
    const retriever = popular(trending);
    retriever.fold(choice(3, 5000, new History(), { isChoice: false }));
    retriever.fold(choice(-1, 5000));
    expect(retrieve(retriever, { ...new World(1).ask(), atMs: 5000 })).toEqual([]);
  });
});

/** The stated formula on a plain map: every addition is kept with its time. */
class SlowCoVisits {
  readonly #added = new Map<string, { weight: number; atMs: number }[]>();

  fold({ isChoice, item, history, atMs }: Fact): void {
    if (!isChoice) return;
    const isNew = history.lastTouchAtMs !== atMs;
    let others = 0;
    for (let i = 0; i < history.count; i++) {
      const other = history.item[i]!;
      if (other === item) continue;
      const isTogether = history.lastAtMs[i] === atMs;
      if (!isTogether && ++others > 20) return;
      const d = Math.max(1, history.basketNumber + (isNew ? 1 : 0) - history.basket[i]!);
      this.#add(other, item, isTogether ? 1 : d ** -0.7, atMs);
      if (isTogether || others <= 8) this.#add(item, other, isTogether ? 1 : 0.3 * d ** -0.7, atMs);
    }
  }

  #add(a: number, b: number, weight: number, atMs: number): void {
    const key = `${a} ${b}`;
    this.#added.set(key, [...(this.#added.get(key) ?? []), { weight, atMs }]);
  }

  weight(a: number, b: number, atMs: number): number {
    const added = this.#added.get(`${a} ${b}`) ?? [];
    return added.reduce((sum, one) => sum + one.weight * 2 ** -((atMs - one.atMs) / (30 * dayMs)), 0);
  }
}

describe("co-visits", () => {
  const items = Array.from({ length: itemCount }, (_, item) => item);

  test("a plain map of the stated formula says the same, also of what comes late", () => {
    for (const seed of [21, 22]) {
      const [fast, slow] = [new CoVisits(), new SlowCoVisits()];
      const world = new World(seed);
      // The second lives on for years, so that rows are rescaled.
      for (let i = 0; i < 1500; i++) {
        world.step([fast, slow]);
        if (seed === 22) world.clockMs += 3 * dayMs;
        if (i % 250 > 0) continue;
        for (const a of items) {
          const expected = items.map((b) => slow.weight(a, b, world.clockMs));
          const actual = items.map((b) => fast.weight(a, b, world.clockMs));
          const total = expected.reduce((sum, weight) => sum + weight, 0);
          expect(Math.abs(fast.total(a, world.clockMs) - total)).toBeLessThanOrEqual(1e-9 * total);
          expected.forEach((weight, b) => {
            if (Math.abs(actual[b]! - weight) > 1e-4 * weight + 1e-12)
              expect.fail(`${a} → ${b}: ${actual[b]}, by the map ${weight}`);
          });
          const visited = new Map<number, number>();
          fast.neighbours(a, world.clockMs, (b, weight) => visited.set(b, weight));
          expect(items.map((b) => visited.get(b) ?? 0)).toEqual(actual);
        }
      }
    }
  });

  test("the way there weighs more than the way back", () => {
    const coVisits = new CoVisits();
    coVisits.fold(choice(2, 1e12 + dayMs, historyOf([1], 1e12)));
    expect(coVisits.weight(1, 2, 1e12 + dayMs)).toBeCloseTo(1, 6);
    expect(coVisits.weight(2, 1, 1e12 + dayMs)).toBeCloseTo(0.3, 6);
  });

  test("a row at its bound loses the smallest, and only that; its total forgets nothing", () => {
    const coVisits = new CoVisits();
    const atMs = 1e12;
    const follow = (neighbour: number, times: number): void => {
      for (let n = 0; n < times; n++) coVisits.fold(choice(neighbour, atMs + 1, historyOf([0], atMs)));
    };
    for (let neighbour = 1; neighbour <= 64; neighbour++) follow(neighbour, neighbour === 40 ? 1 : 2 + (neighbour % 5));
    const total = coVisits.total(0, atMs);
    follow(65, 1);
    const kept: number[] = [];
    coVisits.neighbours(0, atMs, (neighbour) => kept.push(neighbour));
    const expected = Array.from({ length: 65 }, (_, i) => i + 1).filter((neighbour) => neighbour !== 40);
    expect(kept.sort((a, b) => a - b)).toEqual(expected);
    expect(coVisits.weight(0, 41, atMs)).toBeCloseTo(3, 4);
    expect(coVisits.weight(0, 65, atMs)).toBeCloseTo(1, 4);
    expect(coVisits.total(0, atMs)).toBeCloseTo(total + 1, 6);
  });

  /** Σ over seeds of what follows them, by the counts' own words. */
  function addedUp(coVisits: CoVisits, seeds: readonly (readonly [item: number, weight: number])[], atMs: number) {
    const sums = new Map<number, number>();
    for (const [seed, weight] of seeds)
      coVisits.neighbours(seed, atMs, (item, count) =>
        sums.set(item, (sums.get(item) ?? 0) + (weight * count) / (coVisits.total(seed, atMs) + 20)),
      );
    return [...sums].map(([item, strength]) => ({ item, strength }));
  }

  test("also-bought is the stated sum over the last baskets, divided by a power of popularity", () => {
    const coVisits = new CoVisits();
    const retriever = alsoBought(coVisits);
    const world = new World(23);
    const choices: Fact[] = [];
    const keep = { fold: (fact: Fact) => void (fact.isChoice && choices.push({ ...fact })) };
    let answered = 0;
    for (let i = 0; i < 900; i++) {
      world.step([retriever, keep]);
      if (i % 6 > 0) continue;
      const request = world.ask();
      const { history, atMs, item: anchor } = request;
      const seeds = seedsOf(request).map(([item, distance]) => {
        return [item, 0.85 ** distance * (anchor >= 0 ? 0.1 : 1)] as const;
      });
      if (anchor >= 0) seeds.unshift([anchor, 1]);
      const expected = addedUp(coVisits, seeds, atMs).map(({ item, strength }) => {
        const own = choices.filter((fact) => fact.item === item);
        const popularity = own.reduce((sum, fact) => sum + 2 ** -((atMs - fact.atMs) / (30 * dayMs)), 0);
        return { item, strength: strength / Math.sqrt(popularity + 1) };
      });
      const found = retrieve(retriever, request);
      near(found, bestFirst(expected), 1e-5);
      answered += found.length;
      if (found[0])
        expect([anchor, ...history.item.subarray(0, 20)]).toContain(retriever.reason(found[0].item).because);
    }
    expect(answered).toBeGreaterThan(300);
  });

  test("bought-next asks the request's item, else those of the latest basket, and nothing of the past", () => {
    const coVisits = new CoVisits();
    const retriever = boughtNext(coVisits);
    const world = new World(24);
    let answered = 0;
    for (let i = 0; i < 900; i++) {
      world.step([coVisits]);
      if (i % 30 > 0) continue;
      const request = world.ask();
      const all = seedsOf(request);
      const older = all.findIndex(([, distance]) => distance > 0);
      const latest = all.slice(0, older < 0 ? undefined : older).map(([item]) => [item, 1] as const);
      const seeds = request.item >= 0 ? [[request.item, 1] as const] : latest;
      const found = retrieve(retriever, request);
      near(found, bestFirst(addedUp(coVisits, seeds, request.atMs)), 1e-9);
      answered += found.length;
    }
    expect(answered).toBeGreaterThan(200);
  });

  test("similar-items are those of the largest cosine, whichever was turned to first", () => {
    const coVisits = new CoVisits();
    const retriever = similarItems(coVisits);
    const world = new World(26);
    let answered = 0;
    for (let i = 0; i < 900; i++) {
      world.step([coVisits]);
      if (i % 30 > 0) continue;
      const request = world.ask();
      const { atMs, item: anchor } = request;
      const seeds = seedsOf(request, 5).map(([item, distance]) => {
        return [item, 0.7 ** distance * (anchor >= 0 ? 0.1 : 1)] as const;
      });
      if (anchor >= 0) seeds.unshift([anchor, 1]);
      const expected = items.flatMap((b) => {
        const parts = seeds
          .filter(([a]) => coVisits.weight(a, b, atMs) > 0)
          .map(([a, weight]) => {
            const size = (coVisits.total(a, atMs) + 5) * (coVisits.total(b, atMs) + 5);
            return (weight * (coVisits.weight(a, b, atMs) + coVisits.weight(b, a, atMs))) / Math.sqrt(size);
          });
        return parts.length === 0 ? [] : [{ item: b, strength: parts.reduce((sum, part) => sum + part, 0) }];
      });
      const found = retrieve(retriever, request);
      near(found, bestFirst(expected), 1e-9);
      answered += found.length;
    }
    expect(answered).toBeGreaterThan(200);
  });

  /** The latest items of the history but the request's own, with their distance in baskets. */
  const seedsOf = ({ history, item }: Request, most = 20): (readonly [item: number, distance: number])[] =>
    Array.from({ length: Math.min(most, history.count) }, (_, i) => i)
      .filter((i) => history.item[i] !== item)
      .map((i) => [history.item[i]!, history.basketNumber - history.basket[i]!] as const);
});

test("own-items are those of the history, by touches of a year and a little of the month", () => {
  const retriever = ownItems();
  const world = new World(25);
  for (let i = 0; i < 600; i++) {
    world.step([]);
    const request = world.ask();
    const { history, atMs } = request;
    const expected = Array.from({ length: history.count }, (_, k) => {
      const days = Math.max(0, atMs - history.lastAtMs[k]!) / dayMs;
      const strength = history.counts[3]![k]! * 2 ** -(days / 365) + 0.1 * 2 ** -(days / 30);
      return { item: history.item[k]!, strength };
    });
    near(retrieve(retriever, request), bestFirst(expected), 1e-6);
  }
});

test("new-arrivals are the last items heard of, the latest first, halved with every fifty since", () => {
  const retriever = newArrivals();
  const chance = random("arrivals");
  const arrived: { item: number; atMs: number }[] = [];
  let clockMs = Date.UTC(2026, 0, 1);
  for (let i = 0; i < 3000; i++) {
    clockMs += Math.floor(chance.exponential() * hourMs);
    const item = chance.int(10) === 0 ? -1 : chance.int(1200);
    const isRemoved = chance.int(20) === 0;
    const type = isRemoved ? "item-removed" : chance.int(2) === 0 ? "item" : "outcome";
    retriever.fold(choice(item, clockMs, new History(), { type, isChoice: false }));
    if (item >= 0 && !isRemoved && !arrived.some((one) => one.item === item)) arrived.unshift({ item, atMs: clockMs });
    if (i % 100 > 0) continue;
    const request = { ...new World(1).ask(), atMs: clockMs };
    const isOdd = (row: number): boolean => row % 2 === 1;
    const expected = arrived.slice(0, 400).map((one, since) => ({ item: one.item, strength: 2 ** (-since / 50) }));
    near(retrieve(retriever, request), expected, 1e-9);
    const odd = expected.filter((one) => isOdd(one.item));
    near(retrieve(retriever, request, 150, isOdd), odd.slice(0, 150), 1e-9);
  }
  expect(arrived.length).toBeGreaterThan(800);
});
