/** A seeded life of a shop, with all that real streams hold: for tests of what must hold whatever comes. */
import { dayMs, minuteMs, secondMs } from "../src/core/clock.ts";
import type { Answer, EventInput, RankRequest, RecommendRequest, SearchRequest } from "../src/core/public.ts";
import { type Random, random, shuffle } from "../src/core/random.ts";
import { simulatedShop } from "../src/simulator/shop.ts";
import { type SimulatedShoppers, simulatedShoppers, type Visit } from "../src/simulator/shoppers.ts";

/** Where a life is lived: an engine, or its rooms. */
export interface Ground {
  record(events: EventInput[]): unknown;
  rank(request: RankRequest): Pick<Answer, "slate" | "items">;
  recommend(request: RecommendRequest): Pick<Answer, "slate" | "items">;
  search(request: SearchRequest): Pick<Answer, "slate" | "items">;
  tick(): unknown;
}

interface Who {
  readonly user?: string;
  readonly session?: string;
}

const startMs = Date.UTC(2026, 0, 1);

export class Life {
  readonly #shoppers: SimulatedShoppers;
  readonly #chance: Random;
  readonly #items: EventInput[];
  readonly #sent: EventInput[] = [];
  #pages = 0;
  #ids = 0;
  nowMs = startMs;

  constructor(seed: number | string, { items = 120, shoppers = 40 } = {}) {
    const shop = simulatedShop({ seed, items, shoppers, startMs });
    this.#shoppers = simulatedShoppers(shop, { sessionsPerDay: 150, candidates: 40, size: 12, seen: true });
    this.#chance = random(`${seed}:life`);
    this.#items = shop.items.map((item) => ({ ...item }));
  }

  /** The catalogue comes in, but for some items that stay unknown. */
  async begin(ground: Ground): Promise<void> {
    await ground.record(this.#items.filter((_, i) => i % 10 !== 3));
  }

  /** One page view, and what comes of it. */
  async step(ground: Ground): Promise<void> {
    const chance = this.#chance;
    const visit = this.#shoppers.next();
    this.nowMs = Math.max(this.nowMs, visit.atMs);
    const who = this.#who(visit);
    if (chance.next() < 0.1) ground.tick();
    if (chance.next() < 0.15) await ground.record([this.#change()]);
    const { slate, items } = await this.#list(ground, visit, who);
    const outcomes = visit.respond(items, slate ?? visit.slate).map((event) => this.#asSent({ ...event }, who, visit));
    // As they come in: a few too late, a few twice, a few before others.
    const batch = outcomes.flatMap((event) => (chance.next() < 0.05 ? [event, event] : [event]));
    if (chance.next() < 0.1) shuffle(batch, chance);
    if (chance.next() < 0.1 && this.#sent.length > 0) batch.push(this.#sent[chance.int(this.#sent.length)]!);
    this.#sent.push(...outcomes.slice(0, 2));
    for (let start = 0; start < batch.length; ) {
      const size = 1 + chance.int(4);
      const part = batch.slice(start, start + size);
      const last = Math.max(...part.map((event) => event.time as number));
      this.nowMs = Math.max(this.nowMs, last + (chance.next() < 0.8 ? 0 : chance.int(5 * secondMs)));
      await ground.record(part);
      start += size;
    }
    if (this.#pages % 9 === 4) await ground.record(this.#robot());
    if (this.#pages % 60 === 30 || this.#pages % 60 === 59)
      await ground.record([{ type: "user", user: "u-3", fields: { trusted: this.#pages % 60 === 30 ? false : null } }]);
    if (++this.#pages % 100 === 0) this.nowMs += chance.int(3) * dayMs;
  }

  /** By session: as a user all along, one who logs in on the way, a session only, a user only, nobody. */
  #who({ user, session, atMs }: Visit): Who {
    const number = Number(session.slice(2));
    const isLate = atMs % 2 === 0;
    return [
      { user, session },
      isLate ? { user, session } : { session },
      isLate ? { user: `${user}-new-${session}`, session } : { session },
      { session },
      { user },
      {},
    ][number % 6]!;
  }

  /** One of a few robots has a list of its own, and opens item after item; now and then it was somebody after all, who pays. */
  #robot(): EventInput[] {
    const who = { user: `u-${50 + (this.#pages % 7)}`, session: `robot-${this.#pages % 11}` };
    const shown = Array.from({ length: 14 }, (_, n) => `p-${1 + ((this.#pages + n * 7) % this.#items.length)}`);
    const startMs = this.nowMs - shown.length * 300;
    const slate = `robot-${this.#pages}`;
    return [
      { type: "slate", slate, ...who, items: shown, time: startMs },
      ...shown.map((item, n) => ({
        ...{ type: "outcome", action: "click", item, slate, ...who },
        time: startMs + (n + 1) * 300,
      })),
      ...(this.#pages % 4 === 0
        ? [{ type: "outcome", action: "purchase", item: shown[0], ...who, time: this.nowMs }]
        : []),
    ];
  }

  #change(): EventInput {
    const chance = this.#chance;
    const item = `p-${1 + chance.int(this.#items.length)}`;
    const kind = chance.int(8);
    if (kind === 0) return { type: "item-removed", item };
    if (kind === 1) {
      const number = 1 + chance.int(60);
      // Now and then the shop says whom to trust, and takes it back.
      const trusted = [{}, { trusted: true }, { trusted: false }, { trusted: null }][(number + this.#pages) % 4];
      return { type: "user", user: `u-${number}`, fields: { country: "DE", age: null, ...trusted } };
    }
    if (kind === 2) return { type: "synonyms", synonyms: [["sofa", "couch"]] };
    if (kind === 3) return { ...this.#items[chance.int(this.#items.length)]! };
    if (kind === 4) return { type: "item", item, fields: { inStock: chance.next() < 0.7, brand: "Märchen & Söhne" } };
    if (kind === 5) return { type: "item", item, fields: { price: null, [`extra-${chance.int(4)}`]: chance.next() } };
    const time = this.nowMs - chance.int(10 * minuteMs);
    const action = ["like", "dislike", "hide", "rating", "return", "wishlist"][chance.int(6)];
    const value = action === "rating" ? 1 + chance.int(5) : undefined;
    return { type: "outcome", action, item, user: `u-${1 + chance.int(40)}`, time, value };
  }

  async #list(ground: Ground, visit: Visit, who: Who): Promise<{ slate: string | null; items: string[] }> {
    const chance = this.#chance;
    const { surface, query, size } = visit;
    const { device, category = [] } = visit.context;
    const asked = {
      ...who,
      surface,
      context: { device, category: [...category] },
      ...(chance.next() < 0.1 ? { explain: true } : {}),
    };
    const kind = chance.next();
    if (kind < 0.2) {
      // The shop's own list; sometimes as objects, with an item twice, and said late, or corrected.
      const shown: unknown[] = visit.candidates.slice(0, size);
      if (kind < 0.05) shown.push(shown[0], "new-here", "new-here", { item: "p-9", match: chance.normal(), order: 3 });
      const event = { ...visit.slateEvent(shown as string[]), user: undefined, session: undefined, ...who };
      await ground.record([event as EventInput]);
      if (kind < 0.02) await ground.record([{ ...event, items: shown.slice(1, 5) }]);
      return { slate: visit.slate, items: visit.candidates.slice(0, size) };
    }
    const { slate, items } =
      kind < 0.4
        ? this.#recommended(ground, asked)
        : kind < 0.6
          ? this.#searched(ground, asked, query)
          : this.#ranked(ground, asked, visit, query);
    const shown = items.map(({ item }) => item);
    if (slate !== null && chance.next() < 0.05) {
      shown.splice(3);
      await ground.record([{ type: "slate", slate, ...who, surface, items: shown, orderedBy: "engine" }]);
    }
    return { slate, items: shown };
  }

  #recommended(ground: Ground, asked: RecommendRequest) {
    const chance = this.#chance;
    const kind = chance.int(5);
    return ground.recommend({
      ...asked,
      size: [undefined, 3, 40][chance.int(3)],
      ...(kind === 0 ? { item: `p-${1 + chance.int(130)}` } : {}),
      ...(kind === 1 ? { filters: { price: { lte: 60 } }, exclude: ["p-1", "p-2", "never"] } : {}),
      ...(kind === 2 ? { filters: { brand: ["Alba", "Kestrel"] } } : {}),
      ...(kind === 3 ? { observe: false } : {}),
    });
  }

  /** A search, now and then with a typo, a filter, an order of its own, and on to its next page. */
  #searched(ground: Ground, asked: SearchRequest, query = "") {
    const chance = this.#chance;
    const kind = chance.int(8);
    const request: SearchRequest = {
      ...asked,
      query: kind === 0 ? query.replace(/(.)(.)$/, "$2$1") : query,
      size: [undefined, 5, 30][chance.int(3)],
      ...(kind === 1 ? { filters: { price: { lte: 60 } }, facets: ["brand", "price"] } : {}),
      ...(kind === 2 ? { sort: "price" } : {}),
      ...(kind === 3 ? { group: "brand" } : {}),
      ...(kind === 4 ? { from: 3 } : {}),
      ...(kind === 5 ? { observe: false } : {}),
    };
    const first = ground.search(request);
    if (kind < 6 || first.slate === null) return first;
    // A page may leave out what it is a page of, and who asks; or somebody else asks.
    const { user, session } = asked;
    const page = [request, { user, session }, {}, { ...request, user: "u-other", session: undefined }][chance.int(4)]!;
    return ground.search({ ...page, from: first.items.length, slate: first.slate });
  }

  #ranked(ground: Ground, asked: RecommendRequest, { candidates, size }: Visit, query: string | undefined) {
    const chance = this.#chance;
    const withMatch = chance.int(3) === 0;
    const ids = [...candidates, ...(chance.int(4) === 0 ? ["unknown-1", `unknown-${chance.int(9)}`, "p-4"] : [])];
    const isOrdered = chance.next() < 0.7;
    if (!isOrdered) shuffle(ids, chance);
    const match = (): number | undefined =>
      [undefined, -0, 0, chance.normal(), Math.round(chance.next() * 4)][chance.int(5)];
    return ground.rank({
      ...asked,
      ...(query === undefined ? {} : { query }),
      items: ids.map((item) => (withMatch ? { item, match: match() } : item)),
      ...(isOrdered ? {} : { ordered: false }),
      size: [undefined, size, 5][chance.int(3)],
      ...(chance.int(20) === 0 ? { consent: false } : {}),
    });
  }

  #asSent(event: EventInput, who: Who, visit: Visit): EventInput {
    const chance = this.#chance;
    // What comes later of lists shown earlier keeps its own shopper.
    const { user, session, ...rest } = event;
    const sender = session === visit.session ? who : { user, session };
    const named = chance.next() < 0.7 ? rest : { ...rest, slate: undefined };
    const withId = chance.next() < 0.5 ? { id: `e-${++this.#ids}` } : {};
    const late = chance.next() < 0.05 ? { time: (event.time as number) - chance.int(dayMs) } : {};
    return { ...named, ...sender, ...withId, ...late, ...(chance.next() < 0.01 ? { consent: false } : {}) };
  }
}
