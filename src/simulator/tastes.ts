import { random, shuffle } from "../core/random.ts";
import { brandsPerDepartment, departmentOf, type Stock, styleCount } from "./stock.ts";
import { type Words, words } from "./words.ts";

/** Standard deviation of a shopper's feeling for each style dimension, in logits. */
export const styleDeviation = 0.4;

/** What a shopper is drawn by, in logits. Sparse: of categories and brands most weigh nothing. */
export interface Taste {
  /** By category; 1.2–2 for the 1–3 liked ones. */
  readonly category: Float32Array;
  /** By brand; 1–1.8 for the 1–2 liked ones, which are of the departments that the shopper likes. */
  readonly brand: Float32Array;
  /** Per unit of an item's price level: −0.8 (cheap) to 0.8 (dear). */
  readonly price: number;
  /** By style dimension, normal, sd 0.4. */
  readonly style: Float32Array;
}

/** Logit of the attraction of a middling item that the shopper has no feeling for: 4.7 %. */
export const attractionBase = -3;

/**
 * Chance that an item is clicked once examined; exactly what the simulated shoppers act on. `appeals` are those of the moment.
 *
 *     attraction = 1 / (1 + e^−(base + appeal + taste · item)),  item = (category and brand as 0/1, price level, style)
 */
export function attraction(
  taste: Taste,
  { category, brand, priceLevel, style, appeal }: Stock,
  row: number,
  appeals: Float32Array = appeal,
): number {
  let logit = attractionBase + appeals[row]! + taste.category[category[row]!]! + taste.brand[brand[row]!]!;
  logit += taste.price * priceLevel[row]!;
  for (let d = 0, at = row * styleCount; d < styleCount; d++) logit += taste.style[d]! * style[at + d]!;
  return 1 / (1 + Math.exp(-logit));
}

/** `count` tastes, the same for the same seed; the first ones stay the same when there are more. Default: of the small shop. */
export function tastes(seed: number | string, count: number, { categories, brands }: Words = words.en): Taste[] {
  const chance = random(`${seed}:tastes`);
  return Array.from({ length: count }, () => {
    const category = new Float32Array(categories.length);
    const brand = new Float32Array(brands.length);
    const liked = shuffle([...category.keys()], chance).slice(0, 1 + chance.int(3));
    for (const one of liked) category[one] = 1.2 + 0.8 * chance.next();
    for (let left = 1 + chance.int(2); left > 0; left--) {
      const department = departmentOf(liked[chance.int(liked.length)]!);
      brand[department * brandsPerDepartment + chance.int(brandsPerDepartment)] = 1 + 0.8 * chance.next();
    }
    const price = 0.8 * (2 * chance.next() - 1);
    return {
      category,
      brand,
      price,
      style: Float32Array.from({ length: styleCount }, () => styleDeviation * chance.normal()),
    };
  });
}

/** A taste under a fashion that all follow: the sum of both. */
export function fashionable(taste: Taste, fashion: Taste): Taste {
  const sum = (own: Float32Array, common: Float32Array) => own.map((weight, i) => weight + common[i]!);
  return {
    category: sum(taste.category, fashion.category),
    brand: sum(taste.brand, fashion.brand),
    price: taste.price + fashion.price,
    style: sum(taste.style, fashion.style),
  };
}
