import { assert } from "../core/errors.ts";
import { hashText, mixPair, random } from "../core/random.ts";
import { type BotKind, type BotPage, type BotsOptions, botPages, botResponse } from "./bots.ts";
import { type ClickModel, positionBased } from "./clicks.ts";
import type { SimulatedContext, SimulatedOutcome, SimulatedSlate, Surface } from "./events.ts";
import { type Page, pages } from "./pages.ts";
import { returnMeanMs as defaultReturnMeanMs, responses } from "./responses.ts";
import type { SimulatedShop } from "./shop.ts";
import { timeline } from "./timeline.ts";

export interface ShoppersOptions {
  /** Default: the shop's. */
  readonly seed?: number | string;
  /** Mean number of sessions begun in a day, all shoppers together; default half as many as there are shoppers. */
  readonly sessionsPerDay?: number;
  /** How many items a visit offers to be ordered, at most; default 60. */
  readonly candidates?: number;
  /** How many of them a page shows; default 20. */
  readonly size?: number;
  /** Whether examined items are reported as `seen`; default false. */
  readonly seen?: boolean;
  /** Default: position-based with the shop's eta, which is what the shop's truth reckons with. */
  readonly clickModel?: ClickModel;
  /** Whether carts come late, as purchases always do: 7 in 10 after 20 minutes in the mean, the rest after 2 days; default false: within the minute. */
  readonly lateCarts?: boolean;
  /** Chance that a purchase is brought back; default 0. */
  readonly returnChance?: number;
  /** After how long in the mean; default 10 days. */
  readonly returnMeanMs?: number;
  /** Bots among the shoppers; what the shoppers do stays the same with them. Default none. */
  readonly bots?: BotsOptions;
}

/** One page view: a shopper asks for a list. Which visits come, and when, never depends on what is shown. */
export interface Visit {
  readonly user: string;
  readonly session: string;
  /** Unix ms, never before the visit that came earlier. */
  readonly atMs: number;
  readonly surface: Surface;
  /** Of a search. */
  readonly query?: string;
  /** Of a category page, broad to narrow. */
  readonly category?: readonly string[];
  readonly context: SimulatedContext;
  /** Ids in the shop's own order. */
  readonly candidates: readonly string[];
  /** How many of them to show. */
  readonly size: number;
  /** Which bot asks; absent of a shopper. */
  readonly bot?: BotKind;
  /** An id for the list, when nobody else gives one. */
  readonly slate: string;
  /** The event that says what was shown. Default `orderedBy`: `caller`. */
  slateEvent(shown: readonly string[], orderedBy?: "caller" | "engine"): SimulatedSlate;
  /**
   * The shopper reads the list, top first. Answers the events, in time order, that happen until the next page view of anybody:
   * of this list and, as carts and purchases come late, of earlier ones. Once per visit, before the
   * next one; a list that nobody answers is never read.
   */
  respond(shown: readonly string[], slate?: string): SimulatedOutcome[];
}

export interface SimulatedShoppers {
  next(): Visit;
  /** What is still to come of the lists shown so far, in time order. */
  rest(): SimulatedOutcome[];
}

/** The shop's shoppers at work. Arrivals are a Poisson process; the same options and answers give the same events. */
export function simulatedShoppers(
  shop: SimulatedShop,
  {
    seed = shop.seed,
    sessionsPerDay = shop.tastes.length / 2,
    candidates = 60,
    size = 20,
    seen = false,
    clickModel = positionBased(shop.eta),
    lateCarts = false,
    returnChance = 0,
    returnMeanMs = defaultReturnMeanMs,
    bots = { share: 0 },
  }: ShoppersOptions = {},
): SimulatedShoppers {
  const views = pages(shop, seed, sessionsPerDay);
  const botViews = botPages(shop, seed, sessionsPerDay, bots);
  const respond = responses(shop, { clickModel, seen, lateCarts, returnChance, returnMeanMs });
  const responseSeed = hashText(`${seed}:responses`);
  const botSeed = hashText(`${seed}:bot-responses`);
  const coming = timeline<SimulatedOutcome>();
  let visits = 0;
  let botVisits = 0;
  const nextMs = (): number => Math.min(views.nextMs(), botViews.nextMs());

  const happened = (untilMs: number): SimulatedOutcome[] => {
    const events: SimulatedOutcome[] = [];
    while (coming.nextMs() < untilMs) events.push(coming.take()!);
    return events;
  };

  const visit = (page: Page | BotPage): Visit => {
    const isBots = "bot" in page;
    const number = isBots ? ++botVisits : ++visits;
    const ownSlate = isBots ? `s-b-${number}` : `s-${number}`;
    const { user, session, atMs, surface, query, category, device } = page;
    const search = query === undefined ? {} : { query };
    const context = category === undefined ? { device } : { device, category };
    let responded = false;
    return {
      ...{ user, session, atMs, surface, ...search, ...(category === undefined ? {} : { category }), context },
      candidates: shop.ownOrder(query ?? category?.at(-1), atMs).slice(0, candidates),
      size,
      ...(isBots ? { bot: page.bot } : {}),
      slate: ownSlate,
      slateEvent: (items, orderedBy = "caller") => ({
        type: "slate",
        ...{ slate: ownSlate, time: atMs, user, session, surface, ...search, context, items, orderedBy },
      }),
      respond(shown, slate = ownSlate) {
        assert(!responded, `visit ${number} is answered once`);
        responded = true;
        // Luck of its own for every visit: what is shown in one never changes the luck of another.
        const chance = random(mixPair(isBots ? botSeed : responseSeed, number));
        const showing = { user, session, slate, atMs, shown, chance };
        const events = isBots ? botResponse(page, showing) : respond(showing);
        for (const event of events) coming.add(event.time, event);
        return happened(nextMs());
      },
    };
  };
  const next = (): Visit => visit(botViews.nextMs() < views.nextMs() ? botViews.next() : views.next());
  return { next, rest: () => happened(Number.POSITIVE_INFINITY) };
}
