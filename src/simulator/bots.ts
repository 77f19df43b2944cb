/** Visitors that are no shoppers: they read no list, feel nothing and leave clicks that say nothing of what anybody wants. */
import { dayMs, hourMs, minuteMs, secondMs } from "../core/clock.ts";
import { assert } from "../core/errors.ts";
import { type Random, random } from "../core/random.ts";
import type { SimulatedOutcome } from "./events.ts";
import { type Page, pages, pagesPerSession, pick } from "./pages.ts";
import { purchaseChance, type Showing } from "./responses.ts";
import { cartChance, type SimulatedShop } from "./shop.ts";
import { departmentOf } from "./stock.ts";
import { timeline } from "./timeline.ts";

/**
 * - `crawler`: opens every item of list after list, three a second, 3–12 lists in a row. Three of them, users `b-crawler-1` to 3, who come again.
 * - `farm`: within an hour 20–60 new accounts (`b-farm-CAMPAIGN-ACCOUNT`), one or two pages each, all open the one item that they are paid to push:
 *   from the list a few seconds after it came, or, where it is not in it, straight.
 * - `repeater`: one new account (`b-repeater-N`) opens one item of its list 20–80 times, every 2–20 seconds.
 */
export type BotKind = "crawler" | "farm" | "repeater";

export const botKinds: readonly BotKind[] = ["crawler", "farm", "repeater"];

export interface BotsOptions {
  /** Share of all slates and outcomes (`seen` aside) that is theirs, in [0, 1): in the mean, if pages of 20 are shown in the shop's own order. */
  readonly share: number;
  /** Default: all, each with an even part of their events. */
  readonly kinds?: readonly BotKind[];
  /** When they come, Unix ms; default: as long as the shop is open. */
  readonly fromMs?: number;
  readonly untilMs?: number;
}

/** What a bot does with its page: a list of the item to be opened at each turn, if it has one in mind. */
export interface BotPage extends Page {
  readonly bot: BotKind;
  /** Item of a farm. */
  readonly target?: string;
}

/** True for the users of bots; shoppers are `u-…`. */
export const isBot = (user: string): boolean => user.startsWith("b-");

/** Slates and outcomes of a visit in the mean: 7.5 lists of 20 clicks and views; 40 accounts of 1.5 pages; 50 clicks and views. */
const eventsPerArrival: Readonly<Record<BotKind, number>> = {
  crawler: 7.5 * 41,
  farm: 40 * 1.5 * 3,
  repeater: 101,
};
const crawlers = 3;

/** Page views of bots in time order, without end. Each kind arrives as a Poisson process; none knows what was shown before. */
export function botPages(shop: SimulatedShop, seed: number | string, sessionsPerDay: number, options: BotsOptions) {
  const { share, kinds = botKinds, fromMs = shop.startMs, untilMs = Number.POSITIVE_INFINITY } = options;
  assert(share >= 0 && share < 1 && kinds.length > 0, "bots make up less than all traffic");
  const eventsPerDay = share === 0 ? 0 : sessionsPerDay * pagesPerSession * eventsPerPage(shop, seed, sessionsPerDay);
  const perDay = ((share / (1 - share)) * eventsPerDay) / kinds.length;
  const planned = timeline<BotPage>();
  const arrivals = timeline<BotKind>();
  const chances = new Map(kinds.map((kind) => [kind, random(`${seed}:bots:${kind}`)] as const));
  const came = new Map<BotKind, number>();
  const comeAfter = (kind: BotKind, atMs: number): void => {
    const nextMs = atMs + Math.ceil((chances.get(kind)!.exponential() * eventsPerArrival[kind] * dayMs) / perDay);
    if (nextMs < untilMs) arrivals.add(nextMs, kind);
  };
  if (share > 0) for (const kind of kinds) comeAfter(kind, fromMs);
  const settle = (): void => {
    while (arrivals.nextMs() <= planned.nextMs() && arrivals.nextMs() < Number.POSITIVE_INFINITY) {
      const atMs = arrivals.nextMs();
      const kind = arrivals.take()!;
      const visit = (came.get(kind) ?? 0) + 1;
      came.set(kind, visit);
      for (const page of plans[kind](shop, visit, atMs, chances.get(kind)!)) planned.add(page.atMs, page);
      comeAfter(kind, atMs);
    }
  };
  return {
    /** When the next page is viewed, Unix ms; +Infinity when none comes. */
    nextMs(): number {
      settle();
      return planned.nextMs();
    },
    next(): BotPage {
      settle();
      return planned.take()!;
    },
  };
}

/** Slates and outcomes of a shopper's page to be expected: of the first pages that come, a click with its view, perhaps a cart and a purchase. */
function eventsPerPage(shop: SimulatedShop, seed: number | string, sessionsPerDay: number): number {
  const views = pages(shop, seed, sessionsPerDay);
  const sample = 400;
  let clicks = 0;
  for (let left = sample; left > 0; left--) {
    const { user, query, category } = views.next();
    clicks += shop.truth.clickRate(user, shop.ownOrder(query ?? category?.at(-1)).slice(0, 20)) / sample;
  }
  return 1 + clicks * (2 + cartChance * (1 + purchaseChance));
}

/** Crawlers open three items a second. */
const crawlStepMs = secondMs / 3;

type Plan = (shop: SimulatedShop, visit: number, startMs: number, chance: Random) => BotPage[];

const plans: Readonly<Record<BotKind, Plan>> = {
  crawler(shop, visit, startMs, chance) {
    const user = `b-crawler-${1 + chance.int(crawlers)}`;
    const first = chance.int(shop.stock.words.categories.length);
    return Array.from({ length: 3 + chance.int(10) }, (_, page) => {
      const atMs = startMs + page * 10 * secondMs;
      return { bot: "crawler", user, session: `b-crawl-${visit}`, atMs, ...listing(shop, first + page) };
    });
  },
  farm(shop, visit, startMs, chance) {
    const rows = shop.rowsAt(startMs);
    const row = rows[chance.int(rows.length)]!;
    const target = shop.stock.items[row]!.item;
    const noun = shop.stock.words.categories[shop.stock.category[row]!]![1][shop.stock.noun[row]!]!;
    const pages: BotPage[] = [];
    for (let account = 20 + chance.int(41); account > 0; account--) {
      const user = `b-farm-${visit}-${account}`;
      const shared = { bot: "farm", user, session: user, target, device: "mobile" } as const;
      let atMs = startMs + Math.floor(hourMs * chance.next());
      for (let left = 1 + chance.int(2); left > 0; left--) {
        pages.push({ ...shared, atMs, surface: "search", query: noun });
        atMs += Math.floor(minuteMs * (0.5 + 4.5 * chance.next()));
      }
    }
    return pages;
  },
  repeater(shop, visit, startMs, chance) {
    const user = `b-repeater-${visit}`;
    return [
      {
        bot: "repeater",
        user,
        session: user,
        atMs: startMs,
        ...listing(shop, chance.int(shop.stock.words.categories.length)),
      },
    ];
  },
};

function listing(shop: SimulatedShop, number: number) {
  const { departments, categories } = shop.stock.words;
  const category = number % categories.length;
  const path = [departments[departmentOf(category)]!, categories[category]![0]];
  return { surface: "category", category: path, device: "desktop" } as const;
}

/** What a bot does with a list, not in time order. Nothing of it depends on anybody's taste. */
export function botResponse(page: BotPage, { user, session, slate, atMs, shown, chance }: Showing): SimulatedOutcome[] {
  const events: SimulatedOutcome[] = [];
  const open = (item: string, openedMs: number, isListed = true): void => {
    const who = { type: "outcome", item, user, session, ...(isListed ? { slate } : {}) } as const;
    if (isListed) events.push({ ...who, action: "click", time: Math.round(openedMs) });
    events.push({ ...who, action: "view", time: Math.round(openedMs + secondMs / 10) });
  };
  switch (page.bot) {
    case "crawler":
      for (const [k, item] of shown.entries()) open(item, atMs + (k + 1) * crawlStepMs);
      break;
    case "farm":
      open(page.target!, atMs + 2 * secondMs + 18 * secondMs * chance.next(), shown.includes(page.target!));
      break;
    case "repeater": {
      if (shown.length === 0) break;
      const item = pick(shown, chance);
      let openedMs = atMs;
      for (let left = 20 + chance.int(61); left > 0; left--) {
        openedMs += secondMs * (2 + 18 * chance.next());
        open(item, openedMs);
      }
    }
  }
  return events;
}
