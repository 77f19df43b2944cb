import { dayMs, secondMs } from "../core/clock.ts";
import { type Random, random } from "../core/random.ts";
import type { SimulatedContext, Surface } from "./events.ts";
import type { SimulatedShop } from "./shop.ts";
import { brandsPerDepartment, departmentOf } from "./stock.ts";
import type { Taste } from "./tastes.ts";
import { timeline } from "./timeline.ts";

/** A page view as it is planned, before anything is shown. */
export interface Page {
  readonly user: string;
  readonly session: string;
  readonly atMs: number;
  readonly surface: Surface;
  readonly device: SimulatedContext["device"];
  readonly query?: string;
  readonly category?: readonly string[];
}

/** Between two pages of a session lie a minute, in which the list is read, and an exponential rest. */
export const readingMs = 60 * secondMs;
const restMeanMs = 45 * secondMs;
/** A session goes on to another page with this chance: 4 pages in the mean. */
const goesOn = 0.75;
export const pagesPerSession = 1 / (1 - goesOn);

/**
 * Page views of all shoppers in time order, without end. Sessions begin as a Poisson process of `sessionsPerDay` from the
 * shop's opening on; some shoppers come often, most seldom (log-normal, sd 1 in log).
 */
export function pages(shop: SimulatedShop, seed: number | string, sessionsPerDay: number) {
  const arrivals = random(`${seed}:arrivals`);
  const whoComes = weightedChoice(Float64Array.from(shop.tastes, () => Math.exp(arrivals.normal())));
  const planned = timeline<Page>();
  let sessions = 0;
  let arrivalMs = shop.startMs;
  const arrive = (): void => {
    const shopper = whoComes(arrivals);
    const plan = random(`${seed}:session:${++sessions}`);
    for (const page of sessionPages(shop, shopper, `v-${sessions}`, arrivalMs, plan)) planned.add(page.atMs, page);
    arrivalMs += Math.ceil((arrivals.exponential() * dayMs) / sessionsPerDay);
  };
  arrivalMs += Math.ceil((arrivals.exponential() * dayMs) / sessionsPerDay);
  const settle = (): void => {
    while (arrivalMs <= planned.nextMs()) arrive();
  };
  return {
    /** When the next page is viewed, Unix ms. */
    nextMs(): number {
      settle();
      return planned.nextMs();
    },
    next(): Page {
      settle();
      return planned.take()!;
    },
  };
}

function sessionPages(shop: SimulatedShop, shopper: number, session: string, startMs: number, chance: Random): Page[] {
  const device = pick(["mobile", "mobile", "mobile", "desktop", "desktop", "tablet"] as const, chance);
  const taste = shop.momentAt(startMs).own(shopper);
  const liked = [...taste.category.keys()].filter((category) => taste.category[category]! > 0);
  // Mostly they come for what they like, sometimes for a present; and mostly they stay with it.
  const wish = (): number => (chance.next() < 0.85 ? pick(liked, chance) : chance.int(taste.category.length));
  const focus = wish();
  const shared = { user: `u-${shopper + 1}`, session, device };
  const list: Page[] = [];
  for (let atMs = startMs; ; atMs += Math.ceil(readingMs + restMeanMs * chance.exponential())) {
    list.push({ ...shared, atMs, ...wanted(shop, taste, chance.next() < 0.75 ? focus : wish(), chance) });
    if (chance.next() >= goesOn) return list;
  }
}

/** Half searches (three in ten name a brand that they like, if it makes such things), a quarter each category pages and home. */
function wanted(shop: SimulatedShop, { brand: weights }: Taste, category: number, chance: Random) {
  const { brands, categories, departments, space } = shop.stock.words;
  const [path, nouns] = categories[category]!;
  const kind = chance.next();
  if (kind < 0.25) return { surface: "home" } as const;
  if (kind < 0.5) return { surface: "category", category: [departments[departmentOf(category)]!, path] } as const;
  const department = departmentOf(category);
  const houses = brands.filter(
    (_, brand) => weights[brand]! > 0 && Math.floor(brand / brandsPerDepartment) === department,
  );
  const named = chance.next() < 0.3 && houses.length > 0;
  const noun = nouns.length === 1 ? nouns[0]! : pick(nouns, chance);
  return { surface: "search", query: named ? `${pick(houses, chance)}${space}${noun}` : noun } as const;
}

export const pick = <T>(list: readonly T[], chance: Random): T => list[chance.int(list.length)]!;

/** Draws places with chances in proportion to `weights`; by bisection of their running sum. */
function weightedChoice(weights: Float64Array): (chance: Random) => number {
  for (let i = 1; i < weights.length; i++) weights[i]! += weights[i - 1]!;
  return (chance) => {
    const drawn = chance.next() * weights.at(-1)!;
    let low = 0;
    let high = weights.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (weights[middle]! > drawn) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
