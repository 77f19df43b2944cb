/** Simulated shoppers that really ask the server over HTTP, and tell it what they did. */
import { setTimeout } from "node:timers/promises";
import type { Clock } from "../core/clock.ts";
import type { Answer, EventInput } from "../core/public.ts";
import { hashText } from "../core/random.ts";
import type { SimulatedItem } from "../simulator/events.ts";
import { type SimulatedShop, simulatedShop } from "../simulator/shop.ts";
import { simulatedShoppers, type Visit } from "../simulator/shoppers.ts";
import type { Language } from "../simulator/words.ts";
import type { Arm, Expected } from "./demo-comparison.ts";

export interface Seen {
  readonly visit: Visit;
  readonly arm: Arm;
  readonly shown: readonly string[];
  readonly clicked: readonly string[];
  readonly expected: Expected;
}

export interface Traffic {
  readonly shop: SimulatedShop;
  /** HTTP requests so far. */
  readonly requests: number;
  /** Tells the server the catalogue. */
  open(): Promise<void>;
  /** The next page view: asks, shows, and tells what came of it. */
  next(): Promise<Seen>;
  /** The same list once more, with reasons, unseen by the shopper. */
  again(visit: Visit, size: number): Promise<Answer>;
}

export type SettableClock = Clock & { set(ms: number): void };

const batchEvents = 500;
const triesMax = 100;
const againAfterMs = 100;

/** The clock is the simulator's: a day of the shop passes in seconds, and everything keeps its own pace in it. */
export function traffic(address: string, seed: number, clock: SettableClock, language: Language): Traffic {
  const shop = simulatedShop({ seed, language });
  const shoppers = simulatedShoppers(shop);
  const inStock = shop.items.filter(({ fields }) => fields.inStock).map(({ item }) => item);
  let requests = 0;

  const post = async (path: string, body: unknown, tries = triesMax): Promise<unknown> => {
    requests++;
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${address}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    // A machine with much else to do is no reason to end: nothing was applied, and simulated shoppers are patient.
    if (response.status === 503 && tries > 1) {
      await response.arrayBuffer();
      await setTimeout(againAfterMs);
      return post(path, body, tries - 1);
    }
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const ask = (visit: Visit, more: object): Promise<Answer> => {
    const { user, session, surface, query, context, candidates } = visit;
    const asker = { user, session, surface, context, ...more };
    const call =
      surface === "home" ? post("/v1/recommend", asker) : post("/v1/rank", { ...asker, query, items: candidates });
    return call as Promise<Answer>;
  };
  const tell = async (events: readonly (EventInput | SimulatedItem)[]): Promise<void> => {
    if (events.length > 0) await post("/v1/events", events);
  };

  return {
    shop,
    get requests() {
      return requests;
    },
    async open() {
      clock.set(shop.startMs);
      for (let i = 0; i < shop.items.length; i += batchEvents) await tell(shop.items.slice(i, i + batchEvents));
    },
    async next() {
      const visit = shoppers.next();
      const { user, atMs, size, candidates } = visit;
      // Half of the shoppers, always the same ones, whatever they do.
      const arm = hashText(`${seed}:${user}`) & 1 ? "personal" : "own";
      clock.set(Math.max(clock.nowMs(), atMs));
      const answer = arm === "personal" ? await ask(visit, { size }) : undefined;
      const shown = answer?.items.map(({ item }) => item) ?? candidates.slice(0, size);
      const slate = answer?.slate ?? visit.slate;
      const outcomes = visit.respond(shown, slate);
      clock.set(Math.max(clock.nowMs(), outcomes.at(-1)?.time ?? 0));
      await tell(
        [...(answer ? [] : [visit.slateEvent(shown)]), ...outcomes].map((event): EventInput => ({ ...event })),
      );
      const clicked = outcomes.filter((one) => one.slate === slate && one.action === "click").map(({ item }) => item);
      const reachable = visit.surface === "home" ? inStock : candidates;
      const expected = {
        shown: shop.truth.clickRate(user, shown),
        own: shop.truth.clickRate(user, candidates.slice(0, size)),
        best: shop.truth.bestClickRate(user, reachable, size),
      };
      return { visit, arm, shown, clicked, expected };
    },
    again: (visit, size) => ask(visit, { size, explain: true, observe: false }),
  };
}
