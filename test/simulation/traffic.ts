/** What clients send: events each with a serial number of its own that the log gives back, good ones, bad ones, late ones, and again. */
import { dayMs, minuteMs } from "../../src/core/clock.ts";
import type { LoggedEvent } from "../../src/core/event.ts";
import type { EventInput, RankRequest, RecommendRequest } from "../../src/core/public.ts";
import { type Random, random, shuffle } from "../../src/core/random.ts";
import type { Plan } from "./plan.ts";

/** One event as it was made once; it may be sent several times. */
export interface Sent {
  readonly serial: number;
  readonly id: string | undefined;
  readonly input: EventInput;
  /** What must come of it. */
  readonly kind: "good" | "bad" | "without consent";
  /** Users named without a session, and items, whose reports tell of it at once. */
  readonly user: string | undefined;
  readonly item: string | undefined;
}

const actions = ["click", "view", "cart", "purchase", "like", "dislike", "hide", "return", "seen", "wishlist"];
const again = 400;

/** The serial number of an event, −1 for one that the engine made itself. */
export function serialOf(event: LoggedEvent): number {
  switch (event.type) {
    case "item":
    case "user":
      return event.fields.n as number;
    case "outcome":
      return event.value!;
    case "slate":
      return event.slate?.startsWith("own-") ? Number(event.slate.slice(4)) : -1;
    case "item-removed":
    case "synonyms":
      return Number(event.id!.slice(1));
    default:
      return -1;
  }
}

export class Traffic {
  readonly #plan: Plan;
  #serials = 0;
  /** Sent lately, with ids: to be sent again. */
  readonly #recent: Sent[] = [];
  /** Sent and never answered, in calls as they were. */
  readonly unanswered: Sent[][] = [];
  readonly #slates: string[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Made so far. */
  get made(): number {
    return this.#serials;
  }

  /** Chance of one client. */
  chance(life: number, client: number): Random {
    return random(`client:${this.#plan.seed}:${life}:${client}`);
  }

  shown(slate: string): void {
    this.#slates.push(slate);
    if (this.#slates.length > 30) this.#slates.shift();
  }

  /** A call's events, some of them sent before. */
  batch(chance: Random, nowMs: number): Sent[] {
    if (this.unanswered.length > 0 && chance.int(2) === 0) {
      const resent = this.unanswered.splice(chance.int(this.unanswered.length), 1)[0]!;
      // Who gets no answer sends again what can be told apart.
      const apart = resent.filter(({ id }) => id !== undefined);
      if (chance.int(3) === 0) shuffle(apart, chance);
      if (apart.length > 0) return apart;
    }
    const { batchMax } = this.#plan;
    const size = 1 + (chance.int(3) > 0 ? chance.int(Math.min(batchMax, 4)) : chance.int(batchMax));
    const batch: Sent[] = [];
    while (batch.length < (this.#plan.isLarge ? batchMax : size)) {
      const kind = chance.int(20);
      if (kind === 0 && this.#recent.length > 0) batch.push(this.#recent[chance.int(this.#recent.length)]!);
      else if (kind === 1 && batch.length > 0) batch.push(batch[chance.int(batch.length)]!);
      else batch.push(this.#event(chance, nowMs));
    }
    // The same without an id is another event each time.
    return batch.filter((sent, i) => sent.id !== undefined || batch.indexOf(sent) === i);
  }

  #event(chance: Random, nowMs: number): Sent {
    const serial = ++this.#serials;
    const made = this.#input(chance, nowMs, serial);
    const { type } = made;
    const needsId = type === "item-removed" || type === "synonyms";
    const id = needsId || chance.int(4) > 0 ? `e${serial}` : undefined;
    const kind = chance.int(25) > 0 ? "good" : chance.int(3) === 0 ? "without consent" : "bad";
    let input: EventInput = { ...made, ...(id === undefined ? {} : { id }) };
    if (kind === "without consent") input = { ...input, consent: false };
    if (kind === "bad") input = spoilt(input, chance);
    const { user, session, item } = made;
    const sent: Sent = {
      serial,
      id,
      input,
      kind,
      user: user !== undefined && session === undefined ? (user as string) : undefined,
      item: item as string | undefined,
    };
    if (id !== undefined) {
      this.#recent.push(sent);
      if (this.#recent.length > again) this.#recent.splice(0, again / 2);
    }
    return sent;
  }

  #input(chance: Random, nowMs: number, serial: number): EventInput {
    const { isLarge } = this.#plan;
    const item = this.#item(chance);
    const time = this.#time(chance, nowMs);
    const kind = chance.int(100);
    // A shop's beginning is its catalogue; of a large one most is, so that every item gets a row.
    if (kind < (isLarge ? 88 : 18) || (!isLarge && serial <= this.#plan.items))
      return { type: "item", item: isLarge ? `p-${serial}` : item, fields: this.#itemFields(chance, serial), ...time };
    if (kind < (isLarge ? 89 : 21)) return { type: "item-removed", item, ...time };
    if (kind < (isLarge ? 90 : 27))
      return { type: "user", user: this.#user(chance), fields: { n: serial, tier: chance.int(3), old: null }, ...time };
    if (kind < (isLarge ? 91 : 36)) {
      const items = Array.from({ length: 1 + chance.int(6) }, () => this.#item(chance));
      return { type: "slate", slate: `own-${serial}`, ...this.#who(chance), items, surface: "home", ...time };
    }
    if (kind === 99) return { type: "synonyms", synonyms: [["sofa", "couch"]], ...time };
    const action = actions[chance.int(actions.length)]!;
    const slate =
      this.#slates.length > 0 && chance.int(2) === 0 ? { slate: this.#slates[chance.int(this.#slates.length)] } : {};
    return { type: "outcome", action, item, ...this.#who(chance), ...slate, value: serial, ...time };
  }

  #itemFields(chance: Random, serial: number): Record<string, unknown> {
    return {
      n: serial,
      price: chance.int(5) === 0 ? null : chance.int(90) / 2,
      brand: ["Alba", "Kestrel", "Märchen & Söhne"][chance.int(3)],
      ...(chance.int(3) === 0 ? { inStock: chance.int(3) > 0 } : {}),
      ...(chance.int(4) === 0 ? { tags: ["a", "b"].slice(chance.int(2)) } : {}),
    };
  }

  #time(chance: Random, nowMs: number): { time?: number } {
    const kind = chance.int(20);
    if (kind < 6) return {};
    if (kind === 6) return { time: nowMs + chance.int(400 * dayMs) };
    if (kind === 7) return { time: Math.max(0, nowMs - chance.int(2 * dayMs)) };
    return { time: Math.max(0, nowMs - chance.int(kind < 12 ? minuteMs : 1000)) };
  }

  #item = (chance: Random): string => `p-${1 + chance.int(this.#plan.items)}`;
  #user = (chance: Random): string => `u-${1 + chance.int(this.#plan.shoppers)}`;

  /** Users without a session, users with one, sessions, one that logs in on the way, nobody. */
  #who(chance: Random): { user?: string; session?: string } {
    const number = 1 + chance.int(this.#plan.shoppers);
    const kind = chance.int(10);
    if (kind < 5) return { user: `u-${number}` };
    if (kind < 7) return { user: `v-${number}`, session: `s-${number}-${chance.int(2)}` };
    if (kind < 9) return { session: `s-${number}-${chance.int(2)}` };
    return {};
  }

  request(chance: Random): { readonly rank?: RankRequest; readonly recommend?: RecommendRequest } {
    const asked = {
      ...this.#who(chance),
      surface: ["home", "cart"][chance.int(2)]!,
      ...(chance.int(5) === 0 ? { observe: false } : {}),
      ...(chance.int(12) === 0 ? { consent: false } : {}),
    };
    if (chance.int(3) === 0) {
      const with_ = chance.int(3) === 0 ? { item: this.#item(chance) } : {};
      return { recommend: { ...asked, ...with_, size: 1 + chance.int(8) } };
    }
    const items = [...new Set(Array.from({ length: 1 + chance.int(8) }, () => this.#item(chance)))];
    if (chance.int(8) === 0) items.push(`new-${chance.int(9)}`);
    return { rank: { ...asked, items } };
  }
}

/** Refused in any case. */
function spoilt(input: EventInput, chance: Random): EventInput {
  const kind = chance.int(6);
  if (kind === 0) return { ...input, type: "nonsense" };
  if (kind === 1) return { ...input, time: -1 };
  if (kind === 2) return { ...input, id: "x".repeat(600) };
  if (kind === 3) return { ...input, time: "yesterday" };
  if (kind === 4) return { ...input, type: "lost" };
  return { ...input, id: "" };
}
