/**
 * Events without end of a shop in which everything changes and nothing grows: items come and go, so do shoppers, queries and the words of
 * fields, at the same pace for ever. Made as they are folded, so that no log is kept.
 */
import { dayMs } from "../../src/core/clock.ts";
import type { Fields, LoggedEvent } from "../../src/core/event.ts";
import type { RankRequest, RecommendRequest } from "../../src/core/public.ts";
import { type Random, random } from "../../src/core/random.ts";

export interface TurnoverOptions {
  /** Items in the catalogue at any time. */
  readonly items: number;
  /** Named users who come at any time; half of all visits are by nobody named. */
  readonly users: number;
  readonly eventsPerDay: number;
  /** Of all events, lists that were shown. */
  readonly slateShare?: number;
}

export const turnoverStartMs = Date.parse("2026-01-01T00:00Z");
/** Share of the catalogue, and of the users, that is replaced each day. */
const replacedPerDay = 0.02;
const visitsAtOnce = 64;
const slateSize = 20;
/** Items near those that a visit is about. */
const neighbourhood = 60;
const knownQueries = 2000;

interface Visit {
  readonly user?: string;
  readonly session: string;
  readonly base: number;
  left: number;
  /** Shown last, and to be clicked on. */
  slate: string | undefined;
  shown: readonly string[];
}

export class Turnover {
  readonly #options: TurnoverOptions;
  readonly #chance: Random = random("turnover");
  readonly #visits: Visit[] = [];
  #events = 0;
  #sessions = 0;
  #slates = 0;
  #strays = 0;
  /** The catalogue holds the items from #first to #next. */
  #first = 0;
  #next = 0;
  nowMs = turnoverStartMs;

  constructor(options: TurnoverOptions) {
    this.#options = options;
  }

  /** The next event; the catalogue first, then what happens day after day. */
  next(): LoggedEvent {
    const { items, eventsPerDay } = this.#options;
    this.#events++;
    if (this.#next < items) return this.#newItem();
    this.nowMs += dayMs / eventsPerDay;
    const due = items + ((this.nowMs - turnoverStartMs) / dayMs) * replacedPerDay * items;
    if (this.#next < Math.floor(due)) return this.#newItem();
    // What is new is followed by the end of what is oldest.
    if (this.#next - this.#first > items) {
      return { type: "item-removed", item: `p-${this.#first++}`, ...this.#stamp() };
    }
    const kind = this.#chance.next();
    if (kind < (this.#options.slateShare ?? 0.05)) return this.#slate();
    if (kind >= 0.05 && kind < 0.15)
      return { type: "item", item: this.#someItem(), fields: this.#changed(), ...this.#stamp() };
    if (kind >= 0.15 && kind < 0.17) return this.#userEvent();
    return this.#outcome();
  }

  /** 200 candidates, asked for by somebody who is in the shop. */
  rankRequest(): RankRequest {
    const { user, session, base } = this.#visit();
    const items = new Set<string>();
    while (items.size < Math.min(200, this.#options.items)) items.add(this.#near(base, 4 * neighbourhood));
    const query = `query ${this.#chance.int(knownQueries)}`;
    return { ...(user && { user }), session, query, surface: "search", items: [...items] };
  }

  recommendRequest(): RecommendRequest {
    const { user, session } = this.#visit();
    return { ...(user && { user }), session, surface: "home" };
  }

  #stamp(): { id: string; time: number; receivedAt: number } {
    const time = Math.floor(this.nowMs);
    return { id: `e-${this.#events}`, time, receivedAt: time };
  }

  #newItem(): LoggedEvent {
    const number = this.#next++;
    const fields: Fields = {
      title: `item ${number}, made of ${number % 97} and ${number % 89}, for ${number % 7} of you`,
      brand: `brand ${Math.floor(number / 400)}`,
      category: [`department ${number % 12}`, `category ${number % 360}`],
      // Of every item its own: words that come and go with it.
      sku: `sku-${number}`,
      tags: [`tag ${number % 50}`, `line ${Math.floor(number / 100)}`],
      ...this.#changed(),
    };
    return { type: "item", item: `p-${number}`, fields, ...this.#stamp() };
  }

  #changed(): Fields {
    return { price: 1 + this.#chance.int(20_000) / 100, inStock: this.#chance.int(20) > 0 };
  }

  #someItem(): string {
    return this.#near(0, this.#options.items);
  }

  /** Some are turned to by many, most by few. */
  #near(base: number, width: number): string {
    const { items } = this.#options;
    const place = (base + Math.floor(Math.min(width, items) * this.#chance.next() ** 3)) % items;
    // Rows of the catalogue stay where they are while it moves on: an item keeps its neighbours.
    const turn = Math.floor(this.#first / items);
    const number = turn * items + place;
    return `p-${number < this.#first ? number + items : number}`;
  }

  #visit(): Visit {
    const at = this.#chance.int(visitsAtOnce);
    const visit = this.#visits[at];
    if (visit !== undefined && visit.left-- > 0) return visit;
    const { users, items } = this.#options;
    const days = (this.nowMs - turnoverStartMs) / dayMs;
    const user = Math.floor(days * replacedPerDay * users) + this.#chance.int(users);
    const base = (user * 37) % items;
    const began: Visit = {
      ...(this.#chance.int(2) === 0 && { user: `u-${user}` }),
      ...{ session: `s-${++this.#sessions}`, base, left: 2 + this.#chance.int(14), slate: undefined, shown: [] },
    };
    this.#visits[at] = began;
    return began;
  }

  #slate(): LoggedEvent {
    const visit = this.#visit();
    const shown = new Set<string>();
    while (shown.size < Math.min(slateSize, this.#options.items)) shown.add(this.#near(visit.base, neighbourhood * 2));
    visit.slate = `l-${++this.#slates}`;
    visit.shown = [...shown];
    const rare = this.#chance.int(5) === 0;
    const query = rare ? `rare ${this.#slates}` : `query ${Math.floor(knownQueries * this.#chance.next() ** 2)}`;
    return {
      ...{ type: "slate", slate: visit.slate, orderedBy: "caller", items: visit.shown, ...this.#who(visit) },
      ...(this.#chance.int(3) === 0 ? { surface: "home" } : { surface: "search", query }),
      ...{ context: { device: `device ${this.#chance.int(3)}` }, ...this.#stamp() },
    };
  }

  #userEvent(): LoggedEvent {
    const visit = this.#visit();
    const user = visit.user ?? `u-${visit.base}`;
    return { type: "user", user, fields: { visits: this.#sessions, segment: visit.base % 9 }, ...this.#stamp() };
  }

  #outcome(): LoggedEvent {
    const visit = this.#visit();
    const { slate, shown } = visit;
    visit.slate = undefined;
    if (slate !== undefined && this.#chance.int(3) > 0) {
      const item = shown[Math.floor(shown.length * this.#chance.next() ** 2)]!;
      return { type: "outcome", action: "click", item, slate, ...this.#who(visit), ...this.#stamp() };
    }
    const action = ["view", "view", "view", "view", "view", "view", "click", "cart", "purchase", "hide"][
      this.#chance.int(10)
    ]!;
    // Now and then an item that the catalogue never heard of.
    const item = this.#chance.int(100) === 0 ? `stray-${++this.#strays}` : this.#near(visit.base, neighbourhood);
    return {
      ...{ type: "outcome", action, item, ...this.#who(visit), ...this.#stamp() },
      ...(action === "purchase" && { value: 20 }),
    };
  }

  #who({ user, session }: Visit): { user?: string; session: string } {
    return user === undefined ? { session } : { user, session };
  }
}
