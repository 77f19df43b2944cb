import { assert } from "../core/errors.ts";
import { random } from "../core/random.ts";
import { examination } from "./clicks.ts";
import type { SimulatedItem } from "./events.ts";
import { departmentOf, type Stock, stock } from "./stock.ts";
import { attraction, type Taste, tastes } from "./tastes.ts";
import { brands, type Language, words } from "./words.ts";

export interface ShopOptions {
  readonly seed: number | string;
  /** Default 600. */
  readonly items?: number;
  /** Default 400. */
  readonly shoppers?: number;
  readonly language?: Language;
  /** How fast the look tires going down a list, see {@link examination}; default 0.8. */
  readonly eta?: number;
  /** When the shop opens: the items' time, Unix ms; default 2026-01-01. */
  readonly startMs?: number;
}

/** What is true, and what nobody in the shop knows. A list's clicks are those of the position-based model. */
export interface Truth {
  /** Chance, in [0, 1], that the item is clicked once examined; 0 for an item that is not the simulator's. */
  attraction(user: string, item: string): number;
  /** Clicks to be expected of showing this list once: Σ examination(k) · attraction. ≥ 0. */
  clickRate(user: string, shown: readonly string[]): number;
  /** The most that any list of `size` of these items could expect. */
  bestClickRate(user: string, candidates: readonly string[], size?: number): number;
  /** The list that does: most attractive first. */
  bestOrder(user: string, candidates: readonly string[]): string[];
}

export interface SimulatedShop {
  readonly seed: number | string;
  readonly language: Language;
  readonly eta: number;
  readonly startMs: number;
  readonly items: readonly SimulatedItem[];
  readonly stock: Stock;
  /** Shopper s is user `u-(s + 1)`. */
  readonly tastes: readonly Taste[];
  /**
   * The item ids as the shop would list them to anybody: for a query (a category word, or brand and category word, whose
   * brand comes first), a category or department, or nothing (the whole shop). By popularity, blurred; sold out last.
   * Words it does not know are ignored.
   */
  ownOrder(wanted?: string): readonly string[];
  readonly truth: Truth;
}

/** Of how many shoppers popularity is the mean, at most: 100,000 items must not wait for as many shoppers. */
const popularitySample = 128;
/** The blur of the shop's own order: normal, in logits of popularity. */
const ownOrderNoise = 0.6;

/** A small shop with items and shoppers whose tastes are known. Same options, same shop. */
export function simulatedShop({
  seed,
  items = 600,
  shoppers = 400,
  language = "en",
  eta = 0.8,
  startMs = 1_767_225_600_000,
}: ShopOptions): SimulatedShop {
  assert(items >= 1 && shoppers >= 1, "a simulated shop has items and shoppers");
  const goods = stock(seed, items, language, startMs);
  const people = tastes(seed, shoppers);
  return {
    seed,
    language,
    eta,
    startMs,
    items: goods.items,
    stock: goods,
    tastes: people,
    ownOrder: ownOrder(goods, people.slice(0, popularitySample), seed, language),
    truth: truth(goods, people, eta),
  };
}

function truth(goods: Stock, people: readonly Taste[], eta: number): Truth {
  const rows = new Map(goods.items.map(({ item }, row) => [item, row]));
  const attractionTo = (user: string) => {
    const taste = people[Number(user.slice(2)) - 1];
    assert(taste !== undefined, `${user} is a shopper of the simulated shop`);
    return (item: string): number => {
      const row = rows.get(item);
      return row === undefined ? 0 : attraction(taste, goods, row);
    };
  };
  const clicksOf = (attractions: ArrayLike<number>, size: number): number => {
    let clicks = 0;
    for (let k = 0; k < Math.min(size, attractions.length); k++) clicks += examination(k, eta) * attractions[k]!;
    return clicks;
  };
  return {
    attraction: (user, item) => attractionTo(user)(item),
    clickRate: (user, shown) => clicksOf(shown.map(attractionTo(user)), shown.length),
    bestClickRate: (user, candidates, size = candidates.length) =>
      clicksOf(Float64Array.from(candidates, attractionTo(user)).sort().reverse(), size),
    bestOrder(user, candidates) {
      const attractive = new Map(candidates.map((item) => [item, attractionTo(user)(item)]));
      return [...candidates].sort((a, b) => attractive.get(b)! - attractive.get(a)!);
    },
  };
}

function ownOrder(goods: Stock, sample: readonly Taste[], seed: number | string, language: Language) {
  const { items, category, brand } = goods;
  const chance = random(`${seed}:own-order`);
  const popularity = Float64Array.from(items, ({ fields }, row) => {
    let sum = 0;
    for (const taste of sample) sum += attraction(taste, goods, row);
    const mean = sum / sample.length;
    return Math.log(mean / (1 - mean)) + ownOrderNoise * chance.normal() - (fields.inStock ? 0 : 1e6);
  });
  const rows = Array.from(items.keys()).sort((a, b) => popularity[b]! - popularity[a]!);
  const { categories, departments } = words[language];
  const lists = new Map<string, readonly string[]>();
  return (wanted = ""): readonly string[] => {
    const asked = ` ${wanted.toLowerCase()} `;
    const says = (name: string): boolean => asked.includes(` ${name.toLowerCase()} `);
    const department = departments.findIndex(says);
    const kind = categories.findIndex(([path, noun]) => says(path) || says(noun));
    const house = brands.findIndex(says);
    const key = `${department} ${kind} ${house}`;
    let list = lists.get(key);
    if (list === undefined) {
      const ofHouse = (row: number): boolean => house < 0 || brand[row] === house;
      const fits = (row: number): boolean => {
        if (kind >= 0) return category[row] === kind;
        return department >= 0 ? departmentOf(category[row]!) === department : ofHouse(row);
      };
      const fitting = rows.filter(fits);
      const ordered = [...fitting.filter(ofHouse), ...fitting.filter((row) => !ofHouse(row))];
      list = ordered.map((row) => items[row]!.item);
      lists.set(key, list);
    }
    return list;
  };
}
