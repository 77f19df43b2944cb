/** Simulated shoppers that really ask the server, and tell it what they did. */
import { setTimeout } from "node:timers/promises";
import { type Clock, hourMs, stopwatchMs } from "../core/clock.ts";
import type { Answer, EventInput } from "../core/public.ts";
import { hashText } from "../core/random.ts";
import type { SimulatedOutcome } from "../simulator/events.ts";
import { readingMs } from "../simulator/pages.ts";
import { type SimulatedShop, simulatedShop } from "../simulator/shop.ts";
import { simulatedShoppers, type Visit } from "../simulator/shoppers.ts";
import type { Language } from "../simulator/words.ts";
import type { Arm, Expected } from "./demo-comparison.ts";
import { type Pace, sessionsPerDay } from "./demo-pace.ts";
import { queries, type Typed } from "./demo-queries.ts";
import { requests } from "./demo-requests.ts";

export interface Seen {
  readonly visit: Visit;
  readonly arm: Arm;
  readonly shown: readonly string[];
  /** Items, in time order. */
  readonly clicked: readonly string[];
  /** Absent where nothing is compared: what was asked for is not in the shop, or not by that name. */
  readonly expected: Expected | undefined;
}

export interface Traffic {
  readonly shop: SimulatedShop;
  /** HTTP requests so far. */
  readonly requests: number;
  /** Tells the server the catalogue. */
  open(): Promise<void>;
  /** Tells a part of what happened before it came, in the shop's own order; false when there is no more. To be called until then, before `next`. */
  remember(): Promise<boolean>;
  /** The next page view, at its time: asks, shows, and tells what happens until the one after it. Answers the lists that have been read by then. */
  next(): Promise<readonly Seen[]>;
  /** The same list once more, with reasons, unseen by the shopper. */
  again(visit: Visit, size: number): Promise<Answer>;
}

export type SettableClock = Clock & { set(ms: number): void };

export interface TrafficOptions {
  readonly seed: number;
  /** Of the server; it is set to the simulator's time, so that everything keeps its own pace in that. */
  readonly clock: SettableClock;
  readonly language: Language;
  readonly pace: Pace;
}

const items = 3000;
const shopperCount = 160;
/** About as many as come in the first minute after: from nothing, it would take some minutes until anything is to be seen. */
const visitsBefore = 1000;
const returnChance = 0.15;
const returnMeanMs = 6 * hourMs;
/** The whole of any category. */
const candidatesMax = 200;

const batchEvents = 500;
/** Somebody may be looking at the console by now: small parts, and a rest after each, half as long as it took. */
const partEvents = 40;

export function traffic(address: string, { seed, clock, language, pace }: TrafficOptions): Traffic {
  const shop = simulatedShop({ seed, language, items, shoppers: shopperCount, assortment: "wide" });
  const often = { sessionsPerDay, returnChance, returnMeanMs };
  const shoppers = simulatedShoppers(shop, { ...often, seen: true, candidates: candidatesMax });
  const typedIn = queries(shop);
  const typedBy = (visit: Visit): Typed | undefined => (visit.surface === "search" ? typedIn(visit) : undefined);
  const inStock = shop.items.filter(({ fields }) => fields.inStock).map(({ item }) => item);
  const server = requests(address);
  const reading = listsBeingRead();
  let left = visitsBefore;

  const setClock = (atMs: number): void => clock.set(Math.max(clock.nowMs(), atMs));
  const expected = ({ user, surface, size }: Visit, shown: readonly string[], meant: readonly string[]): Expected => ({
    shown: shop.truth.clickRate(user, shown),
    own: shop.truth.clickRate(user, meant.slice(0, size)),
    best: shop.truth.bestClickRate(user, surface === "home" ? inStock : meant, size),
  });

  return {
    shop,
    get requests() {
      return server.count;
    },
    async open() {
      clock.set(shop.startMs);
      for (let i = 0; i < shop.items.length; i += batchEvents) await server.tell(shop.items.slice(i, i + batchEvents));
    },
    async remember() {
      const startMs = stopwatchMs();
      const part: EventInput[] = [];
      while (left > 0 && part.length < partEvents) {
        left--;
        const visit = shoppers.next();
        const typed = typedBy(visit);
        const shown = typed?.isForeign ? [] : (typed?.meant ?? visit.candidates).slice(0, visit.size);
        setClock(visit.atMs);
        // So that what is asked in vain is soon known as such.
        if (typed?.isForeign) {
          await server.tell(part.splice(0));
          await server.ask(visit, typed, { size: visit.size });
        } else part.push({ ...visit.slateEvent(shown) });
        part.push(...visit.respond(shown).map((outcome) => ({ ...outcome })));
      }
      setClock(Number(part.at(-1)?.time ?? 0));
      await server.tell(part);
      await setTimeout((stopwatchMs() - startMs) / 2);
      return left > 0;
    },
    async next() {
      const visit = shoppers.next();
      const { user, atMs, size, candidates } = visit;
      await pace(atMs);
      setClock(atMs);
      const typed = typedBy(visit);
      const { meant = candidates, isForeign = false } = typed ?? {};
      // Half of the shoppers, always the same ones, whatever they do.
      const arm = hashText(`${seed}:${user}`) & 1 ? "personal" : "own";
      const answer = arm === "personal" || isForeign ? await server.ask(visit, typed, { size }) : undefined;
      const shown = answer?.items.map(({ item }) => item) ?? meant.slice(0, size);
      const slate = answer?.slate ?? visit.slate;
      // Something like it is not what was wanted: they turn away.
      const outcomes = visit.respond(isForeign && answer?.relaxed ? [] : shown, slate);
      setClock(outcomes.at(-1)?.time ?? 0);
      const told = answer ? outcomes : [visit.slateEvent(shown), ...outcomes];
      await server.tell(told.map((event): EventInput => ({ ...event })));
      const compared = isForeign ? undefined : expected(visit, shown, meant);
      reading.begin(slate, { visit, arm, shown, expected: compared });
      return reading.read(outcomes, clock.nowMs());
    },
    again: (visit, size) => server.ask(visit, typedBy(visit), { size, explain: true, observe: false }),
  };
}

/** Lists in the order in which they were shown; what comes of one comes while others are shown, too. */
function listsBeingRead() {
  const lists = new Map<string, Seen & { readonly clicked: string[] }>();
  return {
    begin(slate: string, list: Omit<Seen, "clicked">): void {
      lists.set(slate, { ...list, clicked: [] });
    },
    /** Notes the clicks, and answers those whose reading is over by now. */
    read(outcomes: readonly SimulatedOutcome[], nowMs: number): Seen[] {
      for (const { action, slate = "", item } of outcomes) if (action === "click") lists.get(slate)?.clicked.push(item);
      const read: Seen[] = [];
      for (const [slate, list] of lists) {
        if (list.visit.atMs + readingMs > nowMs) break;
        read.push(list);
        lists.delete(slate);
      }
      return read;
    },
  };
}
