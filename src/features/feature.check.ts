/** What every feature promises, as checks that run on each implementation, and the random world in which they run. */
import { expect } from "vitest";
import { dayMs, hourMs, minuteMs } from "../core/clock.ts";
import type { CoVisitation } from "../core/co-visitation.ts";
import { lasting, type RowKeys } from "../core/expiring-ids.ts";
import type { Fact, Shown } from "../core/fact.ts";
import { History, touchHalfLivesMs } from "../core/history.ts";
import { type List, summaryAt } from "../core/list.ts";
import { hashText, type Random, random, shuffle } from "../core/random.ts";
import { contextPlaces, type Request } from "../core/request.ts";
import { Pool } from "../core/retrieved.ts";
import { itemInStory, ToldRows } from "../core/reused-rows.check.ts";
import { Rows } from "../core/rows.ts";
import { checksum, type State } from "../core/state.ts";
import type { TextMatcher, TextQuery } from "../core/text-query.ts";
import type { Feature } from "./feature.ts";
import { summarize } from "./list-summary.ts";
import type { PreviousList } from "./previous-list.ts";
import { type QueryFieldsOptions, queryPlaces } from "./query-fields.ts";

export type AnyFeature = Feature<Pool>;

/** One implementation; each call of `make` gives a new one, with `items` as keys of the items' rows. */
export interface Subject {
  readonly name: string;
  make(items?: RowKeys): AnyFeature;
}

/** Rows of items that facts are about; requests also ask about others, and about items never seen. */
const itemCount = 40;
const itemsAsked = 700;
const shopperCount = 5;
/** This shopper turned to more items than a history holds. */
const busiest = 4;
const openedMs = Date.UTC(2026, 0, 1);

/** Absent, free, negative, too much, next to nothing; else something ordinary. */
const extremes = [Number.NaN, 0, -5, 1e308, 1e-308] as const;
const extreme = (item: number, salt: string): number => extremes[hashText(`${salt} ${item}`) & 15] ?? 1 + (item % 13);
/** What the shop says of a row, it says of the item that has it. */
const said = itemInStory;
export const price = { get: (item: number): number => extreme(said(item), "price") };
export const fields = {
  word: (place: number) => ({ get: (item: number): number => (hashText(`${place} ${said(item)}`) % 5) - (item % 2) }),
  number: (place: number) => ({ get: (item: number): number => extreme(said(item), `number ${place}`) }),
  words: () => ({
    get(row: number, out: Int32Array): number {
      const item = said(row);
      for (let k = 0; k < item % 4; k++) out[k] = (item + k) % 7;
      return item % 4;
    },
  }),
};
/** The catalogue knows it of some items, and of some that they came later than what is told of them. */
export const firstSeenAtMs = (row: number): number =>
  said(row) % 3 === 0 ? openedMs + ((said(row) % 7) - 3) * 40 * hourMs : Number.NaN;
/** Item a is followed by a + 1, a + 2, … : the way there is not the way back. */
export const coVisits = (told = (row: number): number => row): CoVisitation => ({
  total: (item) => (said(item) % 3 === 0 ? 0 : 3),
  neighbours(row, _atMs, visit) {
    const item = said(row);
    for (let k = 1; k <= item % 3; k++) visit(told((item + k) % itemCount), 2 / k);
  },
});
export const retrieverNames = ["one", "two", "three"] as const;
/** As asked: the words of the rows, in other orders, and of none. */
const queries = ["red scarf", "scarf", "hats of blue wool", "red wool", "lamp", "the"];
/** What the words of a query's row are, and which of the item's words a query is understood by. */
export const queryWorld: QueryFieldsOptions = {
  analyzer: {
    layout: "plain",
    analyze: (text) =>
      text.split(" ").map((word, position) => ({ text: word, start: 0, end: 0, position, kind: "word", wholeOf: 0 })),
    stem: (word) => word.replace(/s$/, ""),
    isStopWord: (word) => word === "the",
  },
  queryText: (word) => ["the red scarf", "scarfs", "blue hat in wool"][word],
  words: lasting,
  field: (place) => fields.word(queryPlaces.indexOf(place)),
};

/** What a query says of items' texts: another share of each for each item. */
export const textWorld: TextMatcher = {
  columns: [
    "share",
    "coverage",
    "coverage-title",
    "title-begins",
    "title-share",
    "title-exact",
    "phrase",
    "literalness",
    "identifier",
  ],
  describe({ readings }, items, count, out) {
    for (let i = 0; i < count; i++)
      for (let c = 0; c < 9; c++)
        out[i * 9 + c] = items[i]! < 0 ? 0 : (hashText(`${readings.length} ${c} ${said(items[i]!)}`) & 7) / 7;
    return count;
  },
  score() {},
};
const typed: TextQuery = { readings: [], exact: new Int32Array(), highlights: { terms: new Set(), prefixes: [] } };

interface Touched {
  readonly item: number;
  readonly firstAtMs: number;
  lastAtMs: number;
  counts: number[];
  touches: number;
  clicks: number;
  action: number;
  session: number;
  sessionTouches: number;
  basket: number;
  sequence: number;
}

/** One shopper's past, kept as plain lists. */
class Past {
  readonly sessionStartMs = openedMs;
  sessionNumber = 1;
  #entries: Touched[] = [];
  #baskets = 0;
  #touches = 0;
  #repeats = 0;
  #run = 0;
  #lastAtMs = Number.NaN;

  touch(item: number, action: number, atMs: number): void {
    const known = this.#entries.find((entry) => entry.item === item);
    this.#run = known !== undefined && known === this.#entries[0] ? this.#run + 1 : 1;
    if (atMs !== this.#lastAtMs) this.#baskets++;
    this.#touches++;
    if (known) this.#repeats++;
    const session = this.sessionNumber;
    const entry: Touched = known ?? {
      ...{ item, action, session, firstAtMs: atMs, lastAtMs: atMs, counts: touchHalfLivesMs.map(() => 0) },
      ...{ touches: 0, clicks: 0, sessionTouches: 0, basket: 0, sequence: 0 },
    };
    const lastAtMs = Math.max(entry.lastAtMs, atMs);
    const keptOf = (one: number, h: number): number => 2 ** -((lastAtMs - one) / touchHalfLivesMs[h]!);
    entry.counts = entry.counts.map((count, h) => Math.fround(count * keptOf(entry.lastAtMs, h) + keptOf(atMs, h)));
    entry.sessionTouches = entry.session === session ? entry.sessionTouches + 1 : 1;
    Object.assign(entry, { lastAtMs, action, session, basket: this.#baskets, sequence: this.#touches });
    entry.touches++;
    if (action === 1) entry.clicks++;
    this.#lastAtMs = Math.max(atMs, this.#lastAtMs || 0);
    this.#entries = [entry, ...this.#entries.filter((other) => other !== entry)]
      .sort((a, b) => b.lastAtMs - a.lastAtMs)
      .slice(0, 512);
  }

  forgetItem(item: number): void {
    this.#entries = this.#entries.filter((entry) => entry.item !== item);
  }

  gather(out: History): void {
    out.clear();
    const { sessionNumber, sessionStartMs } = this;
    const own = { basketNumber: this.#baskets, touchNumber: this.#touches, repeats: this.#repeats, run: this.#run };
    Object.assign(out, { ...own, sessionNumber, sessionStartMs, lastTouchAtMs: this.#lastAtMs });
    for (const entry of this.#entries) {
      const i = out.push(entry.item);
      out.lastAtMs[i] = entry.lastAtMs;
      out.spanMs[i] = entry.lastAtMs - entry.firstAtMs;
      entry.counts.forEach((count, h) => {
        out.counts[h]![i] = count;
      });
      out.touches[i] = entry.touches;
      out.clicks[i] = entry.clicks;
      out.lastAction[i] = entry.action;
      out.session[i] = entry.session;
      out.sessionTouches[i] = entry.sessionTouches;
      out.basket[i] = entry.basket;
      out.sequence[i] = entry.sequence;
      if (entry.session === sessionNumber) out.sessionTouchCount += entry.sessionTouches;
    }
  }
}

/** What happens in a small shop, as features are told of it. Same seed, same facts; asking changes nothing. */
export class World {
  readonly seed: number;
  clockMs = openedMs;
  steps = 0;
  readonly #chance: Random;
  readonly #shoppers = Array.from({ length: shopperCount }, () => new Past());
  readonly #history = new History();

  constructor(seed: number) {
    this.seed = seed;
    this.#chance = random(seed);
    for (let i = 0; i < 600; i++) this.#shoppers[busiest]!.touch(i, 2, openedMs - (700 - i) * hourMs);
  }

  step(folding: readonly Feature<never>[]): void {
    const chance = this.#chance;
    this.steps++;
    const wait = chance.int(10);
    this.clockMs += Math.floor(chance.exponential() * (wait === 0 ? 0 : wait < 8 ? minuteMs : 20 * hourMs));
    const atMs = late(this.clockMs, chance);
    const shopper = chance.int(shopperCount + 1) - 1;
    const past = this.#shoppers[shopper];
    if (chance.int(10) === 0 && past) past.sessionNumber++;
    this.#gather(shopper, this.#history);
    const kind = chance.int(20);
    if (kind < 10) {
      const action = chance.int(10);
      const isChoice = action >= 1 && action <= 5;
      const item = chance.int(1 + chance.int(itemCount));
      this.#fold(folding, { type: "outcome", item, shopper, action, isChoice, query: chance.int(4) - 1 }, atMs);
      if (isChoice) past?.touch(item, action, atMs);
    } else if (kind < 15) {
      this.#fold(folding, { type: "slate", shopper, shown: shown(chance) }, atMs);
    } else if (kind < 18) {
      const seen = shown(chance);
      for (const feature of folding) feature.impressions?.(seen, this.clockMs);
    } else if (kind < 19) {
      this.#fold(folding, { type: "item", item: chance.int(itemCount) }, atMs);
    } else if (shopper >= 0) {
      const other = (shopper + 1 + chance.int(shopperCount - 1)) % shopperCount;
      const isJoin = chance.int(2) === 0;
      for (const feature of folding) isJoin ? feature.join?.(shopper, other) : feature.forget?.(shopper);
    }
  }

  forgetItem(item: number): void {
    for (const shopper of this.#shoppers) shopper.forgetItem(item);
  }

  /** A question as of now, the same for the same step and number. `told`: the row of each item. */
  ask(number = 0, told = (row: number): number => row): { request: Request; list: Pool } {
    const chance = random(`${this.seed} ${this.steps} ${number}`);
    const shopper = chance.int(shopperCount + 1) - 1;
    const request: Request = {
      ...{ atMs: late(this.clockMs, chance), shopper, query: chance.int(4) - 1, surface: chance.int(3) - 1, item: -1 },
      queryText: this.steps % 4 === 0 ? undefined : queries[(this.steps + number) % queries.length],
      history: new History(),
      context: Int32Array.from({ length: contextPlaces }, () => chance.int(4) - 1),
      text: this.steps % 4 === 0 ? undefined : typed,
    };
    this.#gather(shopper, request.history);
    const list = new Pool(retrieverNames.length);
    list.recommended = chance.int(3) === 0;
    const hasOrder = !list.recommended && chance.int(3) > 0;
    const items = chance.int(8) === 0 ? 0 : 1 + chance.int(chance.int(8) === 0 ? 300 : 20);
    for (let i = 0; i < items; i++) {
      const item = chance.int(10) === 0 ? -1 : chance.int(chance.int(5) === 0 ? itemsAsked : itemCount);
      const match = list.recommended ? 3 * chance.normal() : ([...extremes, 7][chance.int(8)] ?? chance.next());
      const at = list.push(told(item), match, hasOrder ? i : -1);
      for (let r = 0; r < retrieverNames.length && at >= 0; r++) {
        list.strength[r]![at] = chance.int(2) * chance.exponential() * 10 ** -chance.int(9);
        list.rank[r]![at] = chance.int(2) * (1 + chance.int(300));
      }
    }
    const ranked = shuffle(
      Array.from({ length: list.count }, (_, i) => i).filter((i) => !Number.isNaN(list.match[i]!)),
      chance,
    );
    ranked.forEach((i, rank) => {
      list.matchRank[i] = rank;
    });
    list.best.set([1, 0, 1e-6]);
    return { request, list };
  }

  #gather(shopper: number, history: History): void {
    history.clear();
    this.#shoppers[shopper]?.gather(history);
  }

  #fold(folding: readonly Feature<never>[], said: Partial<Fact>, atMs: number): void {
    const fact: Fact = {
      ...{ type: "tick", offset: this.steps, atMs, clockMs: this.clockMs, item: -1, shopper: -1, action: -1 },
      ...{ reward: 0, isChoice: false, value: Number.NaN, fields: undefined, query: -1, shown: undefined },
      history: this.#history,
      isRepeat: this.#history.indexOf(said.item ?? -1) >= 0,
      ...said,
    };
    for (const feature of folding) feature.fold?.(fact);
  }
}

/** Now and then something comes late, even by years. */
function late(clockMs: number, chance: Random): number {
  const kind = chance.int(100);
  return clockMs - Math.floor(chance.next() * (kind === 0 ? 2000 * dayMs : kind < 12 ? 3 * dayMs : 0));
}

function shown(chance: Random): Shown {
  const count = chance.int(5) === 0 ? chance.int(90) : chance.int(9);
  const items = [...new Set(Array.from({ length: count }, () => chance.int(1 + chance.int(itemCount))))];
  if (chance.int(4) === 0) items.push(-1);
  if (count > 60) for (let item = itemCount; item < 2 * itemCount; item++) items.push(item);
  const clicked = items.length > 0 && chance.int(2) === 0 ? chance.int(items.length) : -1;
  return { count: items.length, item: Int32Array.from(items), query: chance.int(4) - 1, clicked };
}

interface Question {
  readonly request: Request;
  readonly list: Pool;
}

/** Stands before and after a feature's own columns, and in them before it writes. */
const untouched = -987_654;

/** Fills the summary and reads all rows of a list, a column of somebody else on each side. */
export function ask(feature: AnyFeature, request: Request, list: Pool): Float32Array {
  summarize(request, list, price);
  list.summary[summaryAt.previousOverlap] = 0;
  (feature as Partial<PreviousList>).summarize?.(request, list);
  return read(feature, request, list);
}

function read(feature: AnyFeature, request: Request, list: Pool): Float32Array {
  const rows = new Rows(feature.columns.length + 2);
  rows.resize(list.count);
  rows.dense.fill(untouched);
  feature.read(request, list, rows, 1);
  return rows.dense.slice(0, list.count * rows.width);
}

export function sameBits(actual: Float32Array, expected: Float32Array): void {
  const [a, b] = [actual, expected].map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  if (!a!.equals(b!)) expect.fail(`${[...actual]}\nis not\n${[...expected]}`);
}

const single = new Pool(retrieverNames.length);

/** One candidate of a list; the summary is that of the list as a logged slate gives it back. */
function alone(list: Pool, i: number, summary: readonly number[]): Pool {
  single.clear();
  single.recommended = list.recommended;
  single.push(list.item[i]!, list.match[i]!, list.order[i]!);
  single.matchRank[0] = list.matchRank[i]!;
  single.summary.set(summary);
  for (let r = 0; r < retrieverNames.length; r++) {
    single.strength[r]![0] = list.strength[r]![i]!;
    single.rank[r]![0] = list.rank[r]![i]!;
  }
  single.best.set(list.best);
  return single;
}

/** Copies the bytes of one state into another, as a snapshot does. */
export function restore(from: State, to: State): void {
  to.buffers.forEach((buffer, b) => {
    const saved = from.buffers[b]!;
    const bytes = Buffer.concat(saved.chunks());
    let at = 0;
    buffer.restore(saved.length, (target) => target.set(bytes.subarray(at, (at += target.length))));
  });
  expect(checksum([to])).toBe(checksum([from]));
}

export interface Promised {
  readonly name: string;
  check(subject: Subject): void;
}
const promise = (name: string, check: Promised["check"]): Promised => ({ name, check });

/** Lives in a world and is asked after every few steps. */
function live(feature: AnyFeature, asked: (request: Request, list: Pool, world: World) => void, steps = 300): void {
  for (const seed of [1, 2]) {
    const world = new World(seed);
    for (let i = 0; i < steps / 2; i++) {
      world.step([feature]);
      if (i % 3 > 0) continue;
      const { request, list } = world.ask();
      asked(request, list, world);
    }
  }
}

export const promises: readonly Promised[] = [
  promise("reading changes nothing", ({ make }) => {
    const feature = make();
    live(feature, (request, list) => {
      const before = checksum([feature.state]);
      const values = ask(feature, request, list);
      sameBits(ask(feature, request, list), values);
      expect(checksum([feature.state])).toBe(before);
    });
  }),

  promise("many candidates read as each alone, given the list's summary as it is logged", ({ make }) => {
    const feature = make();
    live(feature, (request, list) => {
      const all = ask(feature, request, list);
      const width = feature.columns.length + 2;
      const logged: (number | null)[] = JSON.parse(JSON.stringify([...list.summary]));
      const summary = logged.map((figure) => figure ?? Number.NaN);
      for (let i = 0; i < list.count; i++)
        sameBits(read(feature, request, alone(list, i, summary)), all.subarray(i * width, (i + 1) * width));
    });
  }),

  promise("it writes every column of its own in every row, and no other", ({ make }) => {
    const feature = make();
    live(feature, (request, list) => {
      const width = feature.columns.length + 2;
      ask(feature, request, list).forEach((value, at) => {
        const isOthers = at % width === 0 || at % width === width - 1;
        if (isOthers !== (value === untouched)) expect.fail(`${value} in column ${(at % width) - 1} of its own`);
      });
    });
  }),

  promise("a column that the request's candidates share has one value for all of them", ({ make }) => {
    const feature = make();
    const width = feature.columns.length + 2;
    live(feature, (request, list) => {
      const values = ask(feature, request, list);
      feature.columns.forEach(({ name, isShared }, c) => {
        const own = new Set(values.filter((_, at) => at % width === c + 1));
        if (isShared && own.size > 1) expect.fail(`${name} is ${[...own]}`);
      });
    });
  }),

  promise("under extreme rows codes stay whole numbers that a 32-bit float holds, and quantities small", ({ make }) => {
    const feature = make();
    const width = feature.columns.length + 2;
    const check = (values: Float32Array, when: string): void => {
      values.forEach((value, at) => {
        const column = feature.columns[(at % width) - 1];
        const isCode = Number.isInteger(value) && Math.abs(value) < 2 ** 24;
        // Models weigh a quantity as it is: one that is a hundred times the usual would spoil what is learned.
        if (column && !(column.kind === "code" ? isCode : Math.abs(value) < 20))
          expect.fail(`${column.name} is ${value} ${when}`);
      });
    };
    live(
      feature,
      (request, list, world) => {
        check(ask(feature, request, list), "as of now");
        const days = 2 ** (world.steps % 12);
        const late = { ...request, atMs: world.clockMs - days * dayMs };
        check(ask(feature, late, list), `for a request ${days} days late`);
      },
      1000,
    );
  }),

  promise("an event after the request never changes a value read for it", ({ make }) => {
    const answers: Float32Array[] = [];
    const feature = make();
    const world = new World(3);
    for (let i = 0; i < 200; i++) {
      const { request, list } = world.ask();
      answers.push(ask(feature, request, list));
      world.step([feature]);
    }
    for (const steps of [0, 1, 50, 199]) {
      const fresh = make();
      const again = new World(3);
      for (let i = 0; i < steps; i++) again.step([fresh]);
      const { request, list } = again.ask();
      sameBits(ask(fresh, request, list), answers[steps]!);
    }
  }),

  promise("the same stream leaves the same bits", ({ make }) => {
    const [one, other] = [make(), make()];
    live(one, () => {});
    live(other, (request, list) => ask(other, request, list));
    expect(checksum([other.state])).toBe(checksum([one.state]));
  }),

  promise("saved and restored, it goes on the same", ({ make }) => {
    const [original, restored] = [make(), make()];
    const elsewhere = new World(5);
    for (let i = 0; i < 80; i++) elsewhere.step([restored]);
    const world = new World(6);
    for (let i = 0; i < 250; i++) world.step([original]);
    restore(original.state, restored.state);
    for (let i = 0; i < 250; i++) {
      world.step([original, restored]);
      const { request, list } = world.ask();
      sameBits(ask(restored, request, list), ask(original, request, list));
    }
    expect(checksum([restored.state])).toBe(checksum([original.state]));
  }),

  promise("a forgotten item leaves nothing to the next item of its row", ({ make }) => {
    const rows = [new ToldRows(true), new ToldRows(false)] as const;
    const [again, fresh] = rows.map((told) => make(told)) as [AnyFeature, AnyFeature];
    const telling = (feature: AnyFeature, told: ToldRows): AnyFeature => ({
      ...feature,
      fold: (fact) => feature.fold?.(told.fact(fact)),
      impressions: (shown, atMs) => feature.impressions?.(told.shown(shown), atMs),
    });
    const folding = [telling(again, rows[0]), telling(fresh, rows[1])];
    const world = new World(9);
    const itemAt = again.columns.findIndex(({ name }) => name === "item");
    for (let i = 0; i < 600; i++) {
      world.step(folding);
      const forgotten = i % 40 === 39 ? ((i / 4) % 11) | 0 : -1;
      if (forgotten >= 0) {
        world.forgetItem(forgotten);
        rows.forEach((told, r) => {
          [again, fresh][r]!.forgetItem?.(told.told(forgotten));
          told.forget(forgotten);
        });
      }
      const [one, other] = rows.map(({ told }) => world.ask(0, told)) as [Question, Question];
      const history = rows[1].history(one.request.history);
      const values = ask(again, one.request, one.list);
      const expected = ask(fresh, { ...other.request, history }, other.list);
      if (itemAt >= 0) {
        const width = again.columns.length + 2;
        for (let at = itemAt + 1; at < values.length; at += width) {
          const row = one.list.item[(at / width) | 0]!;
          expect(values[at]).toBe(rows[0].code(row));
          expected[at] = values[at]!;
        }
      }
      again.columns.forEach(({ name }, column) => {
        if (!name.startsWith("recent-")) return;
        const recent = one.request.history.item[Number(name.slice("recent-".length))]!;
        for (let at = column + 1; at < values.length; at += again.columns.length + 2) {
          if (expected[at] === -1) continue;
          expect(values[at]).toBe(rows[0].code(recent));
          expected[at] = values[at]!;
        }
      });
      sameBits(values, expected);
    }
  }),

  promise("an empty list is read", ({ make }) => {
    const { request, list } = new World(7).ask();
    list.clear();
    expect(ask(make(), request, list)).toHaveLength(0);
  }),
];

/** Items of a list as an array. */
export const itemsOf = (list: List): number[] => [...list.item.subarray(0, list.count)];
