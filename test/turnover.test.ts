/** Items and words of which nothing is heard any more are forgotten and their rows used again; nobody can tell from an answer. */
import { describe, expect, test } from "vitest";
import { completeConfig } from "../src/config.ts";
import { dayMs, hourMs, minuteMs } from "../src/core/clock.ts";
import type { LoggedEvent } from "../src/core/event.ts";
import { History } from "../src/core/history.ts";
import { List } from "../src/core/list.ts";
import { parseEvent, withoutConsent } from "../src/core/parse-event.ts";
import type { EventInput } from "../src/core/public.ts";
import { random } from "../src/core/random.ts";
import { Rows } from "../src/core/rows.ts";
import { checksum } from "../src/core/state.ts";
import { Learning } from "../src/learn.ts";
import { question, rankByMatch, readRows, words } from "../src/question.ts";
import { Serving } from "../src/rank.ts";
import { buildRooms, engineAt, type Rooms } from "../src/rooms.ts";
import { Searching } from "../src/search.ts";
import { type Ground, Life } from "./random-life.ts";

const short = {
  lessonWaitMs: 20_000,
  attributionWindowMs: hourMs,
  shopperExpiryMs: 3 * dayMs,
  dedupeHorizonMs: hourMs,
};
const forgetting = completeConfig({ ...short, itemExpiryMs: hourMs });
const remembering = completeConfig({ ...short, itemExpiryMs: 10_000 * dayMs });

/**
 * What only tells ids apart, by a row that is not the same where rows are used again; and what is kept in lists of fixed length, where those
 * who are gone leave more room.
 */
const mayDiffer = /^(?:item|query|surface|shopper|recent-\d|field-\d|context-\d|also-bought)$/;

class Home {
  readonly rooms: Rooms;
  readonly learning: Learning;
  readonly #history = new History();
  readonly #list = new List();
  readonly #rows: Rows;
  #offset: number;

  constructor(rooms: Rooms, offset = 0) {
    this.rooms = rooms;
    this.learning = new Learning(rooms);
    this.#rows = new Rows(rooms.listFeatures.columns.length);
    this.#offset = offset;
  }

  fold(event: LoggedEvent): void {
    this.learning.fold(event, this.#offset++);
  }

  /** Ids of what the shopper turned to. */
  known(user: string | undefined, atMs: number): string[] {
    const { history } = question(this.rooms, { atMs, user }, this.#history);
    return Array.from({ length: history.count }, (_, i) => this.rooms.items.id(history.item[i]!)!);
  }

  /** What the ranker would see of a list. */
  rowsOf(user: string | undefined, ids: readonly string[], atMs: number, query: string | undefined) {
    const asked = question(this.rooms, { atMs, user, query }, this.#history);
    this.#list.clear();
    ids.forEach((id, order) => void this.#list.push(this.rooms.items.find(id), Number.NaN, order));
    rankByMatch(this.#list);
    readRows(this.rooms, asked, this.#list, this.#rows);
    const { columns } = this.rooms.listFeatures;
    const { width, count, dense } = this.#rows;
    const compared = columns.flatMap(({ name }, c) => (mayDiffer.test(name) ? [] : [[name, c] as const]));
    return Array.from({ length: count }, (_, i) =>
      Object.fromEntries(compared.map(([name, c]) => [name, dense[i * width + c]!])),
    );
  }
}

/** A life in which other items come, are shown, turned to and go again, beside those of the shop. */
class Passing implements Ground {
  readonly homes: readonly Home[];
  readonly events: LoggedEvent[] = [];
  /** All there ever were; and those, of both, that the first home ever forgot. */
  readonly ids = new Set<string>();
  readonly queries = new Set<string>();
  readonly forgotten = new Set<string>();
  readonly #serving: Serving;
  readonly #searching: Searching;
  readonly #life: Life;
  readonly #chance;
  #passing = 0;

  constructor(life: Life, homes: readonly Home[], seed: number) {
    this.#life = life;
    this.homes = homes;
    this.#serving = new Serving(homes[0]!.rooms);
    this.#searching = new Searching(homes[0]!.rooms, this.#serving);
    this.#chance = random(`passing ${seed}`);
  }

  get nowMs(): number {
    return Math.max(this.#life.nowMs, this.homes[0]!.rooms.registers[engineAt.clockMs]!);
  }

  record(events: EventInput[]): void {
    for (const event of events) if (!withoutConsent(event)) this.#fold(parseEvent(event, this.#life.nowMs));
  }

  rank(request: Parameters<Ground["rank"]>[0]) {
    return this.#serve(request, this.#serving.rank(request, this.nowMs));
  }

  recommend(request: Parameters<Ground["recommend"]>[0]) {
    return this.#serve(request, this.#serving.recommend(request, this.nowMs));
  }

  search(request: Parameters<Ground["search"]>[0]) {
    return this.#serve(request, this.#searching.search(request, this.nowMs));
  }

  tick(): void {
    this.#fold({ type: "tick", time: this.nowMs, receivedAt: this.nowMs });
  }

  /** An item comes; guests see it and turn to it, now and then to one of the shop's too; most items are taken out or never were in. */
  pass(): void {
    const chance = this.#chance;
    const number = ++this.#passing;
    const item = `passing-${number}`;
    const guest = { user: `guest-${number % 7}` };
    const shops = `p-${1 + chance.int(40)}`;
    const fields = { title: `passing ${number}`, brand: `passing ${number}`, price: number, tags: [`only ${number}`] };
    if (chance.int(2) === 0) this.record([{ type: "item", item, fields }]);
    this.record([
      {
        type: "slate",
        slate: `g-${number}`,
        items: [shops, item, `passing-${number - 1}`],
        query: `q ${number}`,
        ...guest,
      },
      { type: "outcome", action: "click", item, slate: `g-${number}`, ...guest },
      { type: "outcome", action: "view", item: chance.int(20) === 0 ? shops : `passing-${number - 1}`, ...guest },
    ]);
    if (chance.int(10) > 0) this.record([{ type: "item-removed", item }]);
  }

  #serve(
    request: { observe?: boolean | undefined; consent?: boolean | undefined },
    served: ReturnType<Serving["rank"]>,
  ) {
    const { answer, slate } = served;
    if (request.observe === false || request.consent === false) return { slate: null, items: answer.items };
    const id = `x-${this.events.length}`;
    this.#fold({ ...slate, slate: id, time: this.nowMs, receivedAt: this.nowMs });
    return { slate: id, items: answer.items };
  }

  #fold(event: LoggedEvent): void {
    const asLogged = JSON.parse(JSON.stringify(event)) as LoggedEvent;
    this.events.push(asLogged);
    if (asLogged.type === "slate" && asLogged.query !== undefined) this.queries.add(asLogged.query);
    if (asLogged.type === "slate")
      for (const one of asLogged.items) this.ids.add(typeof one === "string" ? one : one.item);
    else if ("item" in asLogged) this.ids.add(asLogged.item);
    for (const home of this.homes) home.fold(asLogged);
    const { rooms } = this.homes[0]!;
    for (const id of this.ids) if (!this.forgotten.has(id) && rooms.items.find(id) < 0) this.forgotten.add(id);
    for (const query of this.queries)
      if (!this.forgotten.has(query) && words(rooms, { query }).query < 0) this.forgotten.add(query);
  }
}

async function lived(seed: number, homes: readonly Home[], pages: number, each = (_: Passing, __: Life) => {}) {
  const life = new Life(seed, { items: 80, shoppers: 30 });
  const ground = new Passing(life, homes, seed);
  await life.begin(ground);
  for (let page = 0; page < pages; page++) {
    await life.step(ground);
    life.nowMs += minuteMs;
    ground.pass();
    each(ground, life);
  }
  return ground;
}

describe.each([1, 2])("a shop through which items pass, seed %d", (seed) => {
  test("what is read of items that stay is the same, whether others were ever forgotten or not", async () => {
    const homes = [new Home(buildRooms(forgetting)), new Home(buildRooms(remembering))] as const;
    let compared = 0;
    let personal = 0;
    const chance = random(`asked ${seed}`);
    const { ids, forgotten } = await lived(seed, homes, 350, (ground) => {
      const { forgotten } = ground;
      const stayed = [...ground.ids].filter((id) => !forgotten.has(id));
      const user = [undefined, `u-${1 + chance.int(30)}`, `guest-${chance.int(7)}`][chance.int(3)];
      const [own, others] = homes.map((home) => home.known(user, ground.nowMs)) as [string[], string[]];
      if (own.join() !== others.join() || own.some((id) => forgotten.has(id))) return;
      const query = [...ground.queries].filter((one) => !forgotten.has(one)).at(-1 - chance.int(3));
      const asked = [user, stayed.slice(-30), ground.nowMs, query] as const;
      expect(homes[0].rowsOf(...asked)).toEqual(homes[1].rowsOf(...asked));
      compared++;
      if (own.length > 0) personal++;
    });
    const { items, words } = homes[0].rooms;
    expect(forgotten.size).toBeGreaterThan(200);
    expect(items.rows).toBeLessThan(ids.size / 2);
    expect(items.size).toBeLessThan(items.rows + 1);
    expect(words.rows).toBeLessThan(homes[1].rooms.words.rows / 2);
    expect(compared).toBeGreaterThan(100);
    expect(personal).toBeGreaterThan(30);
  });

  test("the log folded again, from its beginning or from a snapshot, ends in the same state", async () => {
    const home = new Home(buildRooms(forgetting));
    const { events } = await lived(seed, [home], 200);
    const state = checksum(home.rooms.states);
    const half = new Home(buildRooms(forgetting));
    const cut = events.length >> 1;
    for (const event of events.slice(0, cut)) half.fold(event);
    const restored = buildRooms(forgetting);
    half.rooms.states.forEach((one, s) => {
      one.buffers.forEach((buffer, b) => {
        const bytes = Buffer.concat(buffer.chunks());
        let at = 0;
        restored.states[s]!.buffers[b]!.restore(buffer.length, (target) => {
          target.set(bytes.subarray(at, (at += target.length)));
        });
      });
    });
    const further = new Home(restored, cut);
    for (const event of events.slice(cut)) for (const one of [half, further]) one.fold(event);
    expect(checksum(half.rooms.states)).toBe(state);
    expect(checksum(further.rooms.states)).toBe(state);
  });
});

test("an item in an open slate stays, however far time jumps", () => {
  const home = new Home(buildRooms(forgetting));
  const { items, attribution } = home.rooms;
  const at = (time: number) => ({ time, receivedAt: time });
  // More slates than an event forgets, all of them over the window at once.
  for (let i = 0; i < 100; i++)
    home.fold({ type: "slate", slate: `l-${i}`, items: [`p-${i}`], user: "u", ...at(i) } as LoggedEvent);
  for (let i = 0; i < 400; i++) {
    home.fold({ type: "tick", ...at(100 * dayMs + i) });
    const { slates } = attribution;
    for (let k = 0; k < 100; k++) {
      const slate = slates.find(`l-${k}`);
      if (slate >= 0) expect(items.id(slates.item(slate, 0))).toBe(`p-${k}`);
    }
  }
  expect([items.size, attribution.slates.size]).toEqual([0, 0]);
});

test("an expiry shorter than what may still be chosen is refused", () => {
  expect(() => completeConfig({ itemExpiryMs: "6 d" })).toThrow(
    /"itemExpiryMs" must be at least "attributionWindowMs"/,
  );
  expect(() => completeConfig({ attributionWindowMs: "401 d" })).toThrow(/"itemExpiryMs"/);
  expect(completeConfig({ itemExpiryMs: "7 d" }).itemExpiryMs).toBe(7 * dayMs);
});
