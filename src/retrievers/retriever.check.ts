/** What every retriever promises, as checks that run on each implementation, and the random world in which they run. */
import { expect } from "vitest";
import { dayMs, minuteMs } from "../core/clock.ts";
import type { RowKeys } from "../core/expiring-ids.ts";
import type { Fact } from "../core/fact.ts";
import { History, touchHalfLivesMs } from "../core/history.ts";
import { type Random, random } from "../core/random.ts";
import { contextPlaces, type Request } from "../core/request.ts";
import { Found } from "../core/retrieved.ts";
import { itemInStory, ToldRows } from "../core/reused-rows.check.ts";
import { checksum, type State } from "../core/state.ts";
import type { Retriever } from "./retriever.ts";

/** One implementation; each call of `make` gives a new one, with `items` as keys of the items' rows. */
export interface Subject {
  readonly name: string;
  make(items?: RowKeys): Retriever;
  /** What it does not claim → why. */
  readonly skips: Partial<Record<Need, string>>;
}

type Need = "ties";

export interface Promised {
  readonly name: string;
  readonly needs?: Need;
  check(subject: Subject): void;
}
const promise = (name: string, check: Promised["check"], needs?: Need): Promised => ({
  name,
  check,
  ...(needs && { needs }),
});

/** Fewer than a row of neighbours holds, so that nothing is dropped. */
export const itemCount = 60;
const shopperCount = 12;
const openedMs = Date.UTC(2026, 0, 1);

export interface Folding {
  fold(fact: Fact): void;
}

interface Entry {
  readonly item: number;
  lastAtMs: number;
  counts: readonly number[];
  basket: number;
}

/** Items that one shopper turned to, kept as a plain list. */
class Past {
  #entries: Entry[] = [];
  #baskets = 0;
  #lastAtMs = Number.NaN;

  touch(item: number, atMs: number): void {
    if (atMs !== this.#lastAtMs) this.#baskets++;
    this.#lastAtMs = Math.max(atMs, this.#lastAtMs || 0);
    const known = this.#entries.find((entry) => entry.item === item);
    const entry = known ?? { item, lastAtMs: atMs, counts: touchHalfLivesMs.map(() => 0), basket: 0 };
    const lastAtMs = Math.max(atMs, entry.lastAtMs);
    const keptOf = (one: number, h: number): number => 2 ** -((lastAtMs - one) / touchHalfLivesMs[h]!);
    const counts = entry.counts.map((count, h) => Math.fround(count * keptOf(entry.lastAtMs, h) + keptOf(atMs, h)));
    const basket = atMs >= entry.lastAtMs ? this.#baskets : entry.basket;
    Object.assign(entry, { lastAtMs, counts, basket });
    this.#entries = [entry, ...this.#entries.filter((other) => other !== entry)].sort(
      (a, b) => b.lastAtMs - a.lastAtMs,
    );
  }

  forgetItem(item: number): void {
    this.#entries = this.#entries.filter((entry) => entry.item !== item);
  }

  gather(out: History): void {
    out.basketNumber = this.#baskets;
    out.lastTouchAtMs = this.#lastAtMs;
    for (const { item, lastAtMs, counts, basket } of this.#entries) {
      const i = out.push(item);
      out.lastAtMs[i] = lastAtMs;
      out.basket[i] = basket;
      counts.forEach((count, h) => {
        out.counts[h]![i] = count;
      });
    }
  }
}

/** What happens in a small shop, as retrievers are told of it. Same seed, same facts; asking changes nothing. */
export class World {
  readonly seed: number;
  clockMs = openedMs;
  steps = 0;
  readonly #chance: Random;
  readonly #shoppers = Array.from({ length: shopperCount }, () => new Past());
  readonly #history = new History();
  #shopper = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.#chance = random(seed);
  }

  step(folding: readonly Folding[]): void {
    const chance = this.#chance;
    this.steps++;
    // One in three belongs to the basket before it: same shopper, same instant.
    if (chance.int(3) > 0) {
      this.clockMs += Math.floor(chance.exponential() * (chance.int(9) === 0 ? 2 * dayMs : 20 * minuteMs));
      this.#shopper = chance.int(shopperCount + 1) - 1;
    }
    const atMs = late(this.clockMs, chance);
    const kind = chance.int(10);
    const item = chance.int(1 + chance.int(itemCount));
    const isOutcome = kind > 0;
    const isChoice = kind > 1;
    this.#history.clear();
    if (isOutcome) this.#shoppers[this.#shopper]?.gather(this.#history);
    const fact: Fact = {
      ...{ type: isOutcome ? "outcome" : "item", offset: this.steps, atMs, clockMs: this.clockMs, item, isChoice },
      ...{ shopper: isOutcome ? this.#shopper : -1, action: isOutcome ? (isChoice ? 2 : 0) : -1, reward: 0 },
      ...{ value: Number.NaN, fields: undefined, query: -1, shown: undefined, history: this.#history },
      isRepeat: this.#history.indexOf(item) >= 0,
    };
    for (const one of folding) one.fold(fact);
    if (isChoice) this.#shoppers[this.#shopper]?.touch(item, atMs);
  }

  forgetItem(item: number): void {
    for (const shopper of this.#shoppers) shopper.forgetItem(item);
  }

  /** A question, by default as of now; the same for the same step and number. */
  ask(number = 0, atMs = this.clockMs): Request {
    const chance = random(`${this.seed} ${this.steps} ${number}`);
    const shopper = chance.int(shopperCount + 1) - 1;
    const history = new History();
    this.#shoppers[shopper]?.gather(history);
    const item = chance.int(3) === 0 ? chance.int(itemCount) : -1;
    const context = new Int32Array(contextPlaces).fill(-1);
    return { atMs, shopper, history, query: -1, surface: -1, item, context };
  }
}

/** Now and then something comes late, even by years. */
function late(clockMs: number, chance: Random): number {
  const kind = chance.int(100);
  return clockMs - Math.floor(chance.next() * (kind === 0 ? 1500 * dayMs : kind < 10 ? 3 * dayMs : 0));
}

export interface Answered {
  readonly item: number;
  readonly strength: number;
}

export function retrieve(
  retriever: Retriever,
  request: Request,
  limit = 1000,
  accepts: (item: number) => boolean = () => true,
): Answered[] {
  const found = new Found();
  retriever.retrieve(request, limit, accepts, found);
  return Array.from({ length: found.count }, (_, i) => ({ item: found.item[i]!, strength: found.strength[i]! }));
}

/** Best first, of equals the lower row. */
export const bestFirst = (answers: readonly Answered[]): Answered[] =>
  answers.toSorted((a, b) => b.strength - a.strength || a.item - b.item);

/** Copies the bytes of one state into another, as a snapshot does. */
function restore(from: State, to: State): void {
  to.buffers.forEach((buffer, b) => {
    const saved = from.buffers[b]!;
    const bytes = Buffer.concat(saved.chunks());
    let at = 0;
    buffer.restore(saved.length, (target) => target.set(bytes.subarray(at, (at += target.length))));
  });
  expect(checksum([to])).toBe(checksum([from]));
}

/** Lives in two worlds and is asked after every few steps. */
function live(retriever: Retriever, asked: (request: Request, chance: Random, world: World) => void): void {
  const chance = random("asked");
  for (const seed of [1, 2]) {
    const world = new World(seed);
    for (let i = 0; i < 400; i++) {
      world.step([retriever]);
      if (i % 5 === 0) asked(world.ask(), chance, world);
    }
  }
}

const anyAccepts = (chance: Random): ((item: number) => boolean) => {
  const refused = new Set(Array.from({ length: chance.int(itemCount) }, () => chance.int(itemCount)));
  return (item) => !refused.has(item);
};

const everyItem = Array.from({ length: itemCount }, (_, item) => item);

export const promises: readonly Promised[] = [
  promise("found are distinct, accepted and at most as many as asked for, the best first", ({ make }) => {
    const retriever = make();
    let most = 0;
    live(retriever, (request, chance) => {
      const accepts = anyAccepts(chance);
      const limit = chance.int(2) === 0 ? chance.int(6) : 300;
      const found = retrieve(retriever, request, limit, accepts);
      expect(found.length).toBeLessThanOrEqual(limit);
      expect(new Set(found.map(({ item }) => item)).size).toBe(found.length);
      expect(found.every(({ item }) => accepts(item))).toBe(true);
      most = Math.max(most, found.length);
    });
    expect(most).toBeGreaterThan(10);
  }),

  promise(
    "found are those of the largest strength, sorted, of equals the lower row first",
    ({ make }) => {
      const retriever = make();
      live(retriever, (request, chance) => {
        const accepts = anyAccepts(chance);
        const limit = chance.int(2) === 0 ? chance.int(6) : 300;
        const found = retrieve(retriever, request, limit, accepts);
        const all = everyItem.filter(accepts).map((item) => ({ item, strength: retriever.strength(item) }));
        const best = bestFirst(all.filter(({ strength }) => strength > 0)).slice(0, limit);
        expect(found.slice(0, best.length)).toEqual(best);
        expect(found).toEqual(bestFirst(found));
      });
    },
    "ties",
  ),

  promise("the strength of an item is what was said of it, whoever found it", ({ make }) => {
    const retriever = make();
    live(retriever, (request) => {
      for (const { item, strength } of retrieve(retriever, request)) expect(retriever.strength(item)).toBe(strength);
      const all = everyItem.map((item) => retriever.strength(item));
      retrieve(retriever, request, 3, (item) => item % 2 === 0);
      expect(everyItem.map((item) => retriever.strength(item))).toEqual(all);
      expect(retriever.strength(100_000)).toBe(0);
    });
  }),

  promise("strengths are finite and never negative, even for what comes years late", ({ make }) => {
    const retriever = make();
    live(retriever, (_, chance, world) => {
      const request = world.ask(1, world.clockMs - chance.int(2) * chance.int(4000) * dayMs);
      retrieve(retriever, request, 5);
      for (const item of everyItem) {
        const strength = retriever.strength(item);
        if (!(strength >= 0 && strength < Number.POSITIVE_INFINITY))
          expect.fail(`strength ${strength} ${(world.clockMs - request.atMs) / dayMs} days before the clock`);
      }
    });
  }),

  promise("a smaller limit is a shorter list", ({ make }) => {
    const retriever = make();
    live(retriever, (request) => {
      const all = retrieve(retriever, request);
      for (const limit of [0, 1, 2, 7]) expect(retrieve(retriever, request, limit)).toEqual(all.slice(0, limit));
    });
  }),

  promise("before anything happened nothing is found", ({ make }) => {
    const retriever = make();
    expect(retrieve(retriever, new World(8).ask())).toEqual([]);
    expect(retriever.strength(0)).toBe(0);
  }),

  promise("retrieving changes nothing that is folded", ({ make }) => {
    const [asked, quiet] = [make(), make()];
    live(asked, (request) => {
      const before = checksum([asked.state]);
      const found = retrieve(asked, request);
      for (const { item } of found) asked.reason(item);
      expect(retrieve(asked, request)).toEqual(found);
      expect(checksum([asked.state])).toBe(before);
    });
    live(quiet, () => {});
    expect(checksum([asked.state])).toBe(checksum([quiet.state]));
  }),

  promise("saved and restored, it goes on the same", ({ make }) => {
    const [original, restored] = [make(), make()];
    const elsewhere = new World(5);
    for (let i = 0; i < 90; i++) elsewhere.step([restored]);
    const world = new World(6);
    for (let i = 0; i < 300; i++) world.step([original]);
    restore(original.state, restored.state);
    for (let i = 0; i < 300; i++) {
      world.step([original, restored]);
      const request = world.ask();
      expect(retrieve(restored, request)).toEqual(retrieve(original, request));
    }
    expect(checksum([restored.state])).toBe(checksum([original.state]));
  }),

  promise("a forgotten item leaves nothing to the next item of its row", ({ make }) => {
    const rows = [new ToldRows(true), new ToldRows(false)] as const;
    const [again, fresh] = rows.map((told) => make(told)) as [Retriever, Retriever];
    const world = new World(9);
    const folding = [again, fresh].map((retriever, r) => ({
      fold: (fact: Fact) => retriever.fold(rows[r]!.fact(fact)),
    }));
    for (let i = 0; i < 1500; i++) {
      world.step(folding);
      if (i % 50 === 49) {
        const forgotten = Math.floor(i / 50) % 14;
        world.forgetItem(forgotten);
        rows.forEach((told, r) => {
          [again, fresh][r]!.forgetItem?.(told.told(forgotten));
          told.forget(forgotten);
        });
      }
      if (i % 3 > 0) continue;
      const request = world.ask();
      const found = retrieve(again, request);
      const told = { ...request, history: rows[1].history(request.history), item: rows[1].told(request.item) };
      const other = retrieve(fresh, told).map(({ item, strength }) => ({ item: itemInStory(item), strength }));
      expect(bestFirst(other)).toEqual(bestFirst(found));
      for (const item of everyItem) expect(fresh.strength(rows[1].told(item))).toBe(again.strength(item));
    }
  }),

  promise("a reason is a text, and names a row or none", ({ make }) => {
    const retriever = make();
    live(retriever, (request) => {
      for (const { item } of retrieve(retriever, request, 20)) {
        const { text, because } = retriever.reason(item);
        expect(text).toMatch(/\w/);
        const asked = [request.item, ...request.history.item.subarray(0, request.history.count)];
        expect([-1, ...asked]).toContain(because);
      }
    });
  }),
];
