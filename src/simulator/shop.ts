import { assert } from "../core/errors.ts";
import { random } from "../core/random.ts";
import { type Assortment, wordsOf } from "./assortments.ts";
import { type ChurnOptions, comingCount, comingsAndGoings, type Lives, lives } from "./churn.ts";
import type { examination } from "./clicks.ts";
import { type Drift, type Moment, moments } from "./drift.ts";
import type { SimulatedItem, SimulatedRemoval } from "./events.ts";
import { ownOrder } from "./own-order.ts";
import { joined, type Stock, stock } from "./stock.ts";
import { type Taste, tastes } from "./tastes.ts";
import { type Truth, truth } from "./truth.ts";
import type { Language } from "./words.ts";

export interface ShopOptions {
  readonly seed: number | string;
  /** How many there are at any time; default 600. */
  readonly items?: number;
  /** Default 400. */
  readonly shoppers?: number;
  readonly language?: Language;
  /** What it sells; default `small`. */
  readonly assortment?: Assortment;
  /** How fast the look tires going down a list, see {@link examination}; default 0.8. */
  readonly eta?: number;
  /** When the shop opens: the items' time, Unix ms; default 2026-01-01. */
  readonly startMs?: number;
  /**
   * What all shoppers like beyond their own tastes: weights of categories and brands, normal with this standard deviation in logits, and of price and
   * styles with half of it. Default 0: there is no fashion.
   */
  readonly fashion?: number;
  /** How what shoppers like changes with time; default: not at all. */
  readonly drift?: Drift;
  /** Items that come and go; default none. */
  readonly churn?: ChurnOptions;
  /** How much items differ in how often they are put into the cart once opened: standard deviation in logits; default 0. */
  readonly conversion?: number;
}

export interface SimulatedShop {
  readonly seed: number | string;
  readonly language: Language;
  readonly eta: number;
  readonly startMs: number;
  /** Those at the opening. */
  readonly items: readonly SimulatedItem[];
  /** What comes and goes after the opening, in time order. */
  readonly comingsAndGoings: readonly (SimulatedItem | SimulatedRemoval)[];
  /** Of all items that ever are: those at the opening, then those that come, in order. */
  readonly stock: Stock;
  /** Shopper s is user `u-(s + 1)`; at the opening. */
  readonly tastes: readonly Taste[];
  /** What is felt at a time, Unix ms. */
  momentAt(atMs: number): Moment;
  /** The rows of the stock that are in the shop at a time, ascending. */
  rowsAt(atMs: number): readonly number[];
  /**
   * The item ids as the shop would list them to anybody: for a query (a category word, or brand and category word, whose
   * brand comes first), a category or department, or nothing (the whole shop). By popularity as it was at the opening, blurred; sold out last.
   * Words it does not know are ignored. Without a time: at the opening.
   */
  ownOrder(wanted?: string, atMs?: number): readonly string[];
  /** Chance, in [0, 1], that the opened item is put into the cart; 0 when it is sold out or not the simulator's. */
  cartChance(item: string): number;
  readonly truth: Truth;
}

/** Chance that an item in stock whose page was opened goes into the cart: of the middling one, where they differ. */
export const cartChance = 0.15;

/** A small shop with items and shoppers whose tastes are known. Same options, same shop. */
export function simulatedShop({
  seed,
  items = 600,
  shoppers = 400,
  language = "en",
  assortment = "small",
  eta = 0.8,
  startMs = 1_767_225_600_000,
  fashion = 0,
  drift = { kind: "none" },
  churn = { perDay: 0, days: 0 },
  conversion = 0,
}: ShopOptions): SimulatedShop {
  assert(items >= 1 && shoppers >= 1, "a simulated shop has items and shoppers");
  const words = wordsOf(assortment, language);
  const atOpening = stock(seed, items, words, startMs);
  const coming = comingCount(items, churn);
  const goods = coming === 0 ? atOpening : joined(atOpening, stock(`${seed}:coming`, coming, words, startMs, items));
  const living = lives(seed, items, churn, startMs);
  const people = tastes(seed, shoppers, words);
  const momentAt = moments({ seed, stock: goods, people, fashion, startMs, drift });
  const opening = momentAt(startMs);
  const felt = people.map((_, shopper) => opening.felt(shopper));
  return {
    ...{ seed, language, eta, startMs, momentAt },
    items: atOpening.items,
    comingsAndGoings: comingsAndGoings(goods.items, living, startMs),
    stock: goods,
    tastes: people,
    rowsAt: (atMs) => [...goods.items.keys()].filter((row) => isThere(living, row, atMs)),
    ownOrder: ids(goods, living, ownOrder({ stock: goods, seed }, felt), startMs),
    cartChance: cartChances(goods, seed, conversion),
    truth: truth({ stock: goods, shoppers, eta, startMs, momentAt }),
  };
}

const isThere = ({ openAtMs, closedAtMs }: Lives, row: number, atMs: number): boolean =>
  openAtMs[row]! <= atMs && atMs < closedAtMs[row]!;

/** Lists of rows as ids of the items that are there. */
function ids(
  { items }: Stock,
  living: Lives,
  order: (wanted?: string) => readonly number[],
  startMs: number,
): SimulatedShop["ownOrder"] {
  const never = living.closedAtMs.every((atMs) => atMs === Number.POSITIVE_INFINITY);
  const whole = new Map<readonly number[], readonly string[]>();
  return (wanted, atMs = startMs) => {
    const rows = order(wanted);
    if (!never) return rows.filter((row) => isThere(living, row, atMs)).map((row) => items[row]!.item);
    let list = whole.get(rows);
    if (list === undefined) whole.set(rows, (list = rows.map((row) => items[row]!.item)));
    return list;
  };
}

/** cart chance = 1 / (1 + e^−(logit of the middling one + conversion · normal)) */
function cartChances({ items }: Stock, seed: number | string, conversion: number): (item: string) => number {
  const middling = Math.log(cartChance / (1 - cartChance));
  const chance = random(`${seed}:conversion`);
  const byItem = new Map(
    items.map(({ item, fields }) => {
      const convinces = conversion === 0 ? cartChance : 1 / (1 + Math.exp(-(middling + conversion * chance.normal())));
      return [item, fields.inStock ? convinces : 0];
    }),
  );
  return (item) => byItem.get(item) ?? 0;
}
