import { type Random, random } from "../core/random.ts";
import type { SimulatedItem } from "./events.ts";
import { type Language, middlingPrices, type Words, words } from "./words.ts";

export const categoryCount = middlingPrices.length;
export const brandCount = words.en.brands.length;
export const styleCount = 6;
/** Brand b is at home in department ⌊b / 6⌋. */
export const brandsPerDepartment = 6;
const categoriesPerDepartment = 3;
/** Standard deviation of what all see in an item, in logits. */
export const appealDeviation = 0.5;

/** A category's department; a brand keeps to one. */
export const departmentOf = (category: number): number => Math.floor(category / categoriesPerDepartment);

/** The shop's items, and what is true of them behind their fields: columns by row, row r being item `p-(r + 1)`. */
export interface Stock {
  readonly items: readonly SimulatedItem[];
  readonly category: Uint8Array;
  readonly brand: Uint8Array;
  /** Price against the category's middle, in standard deviations of log-price; standard normal. */
  readonly priceLevel: Float32Array;
  /** rows × {@link styleCount}, standard normal; the two most marked ones show as tags. */
  readonly style: Float32Array;
  /** What all shoppers see in it at the opening, in logits: normal, sd {@link appealDeviation}; shows, blurred, as `rating`. */
  readonly appeal: Float32Array;
}

/**
 * `count` items, the same for the same seed, the first being item `p-(firstRow + 1)`. Prices: log-normal around the category's middle, sd 0.45 in
 * log.
 */
export function stock(seed: number | string, count: number, language: Language, timeMs: number, firstRow = 0): Stock {
  const chance = random(`${seed}:stock`);
  const category = new Uint8Array(count);
  const brand = new Uint8Array(count);
  const priceLevel = new Float32Array(count);
  const style = Float32Array.from({ length: count * styleCount }, () => chance.normal());
  const appeal = new Float32Array(count);
  const items: SimulatedItem[] = [];
  for (let row = 0; row < count; row++) {
    category[row] = chance.int(categoryCount);
    // Better known houses make more: the smaller of two draws.
    const rank = Math.min(chance.int(brandsPerDepartment), chance.int(brandsPerDepartment));
    brand[row] = departmentOf(category[row]!) * brandsPerDepartment + rank;
    // Half of a price's spread is the house's: from −1.46 (first) to 1.46 (last), variance 1 over even draws.
    priceLevel[row] = Math.SQRT1_2 * ((rank - 2.5) / 1.708 + chance.normal());
    appeal[row] = appealDeviation * chance.normal();
    items.push(
      item(
        `p-${firstRow + row + 1}`,
        row,
        { category, brand, priceLevel, style, appeal },
        words[language],
        chance,
        timeMs,
      ),
    );
  }
  return { items, category, brand, priceLevel, style, appeal };
}

/** Both, the rows of `b` after those of `a`. */
export function joined(a: Stock, b: Stock): Stock {
  const bytes = (one: Uint8Array, other: Uint8Array) => Uint8Array.from(Array.from(one).concat(Array.from(other)));
  const floats = (one: Float32Array, other: Float32Array) =>
    Float32Array.from(Array.from(one).concat(Array.from(other)));
  return {
    items: [...a.items, ...b.items],
    category: bytes(a.category, b.category),
    brand: bytes(a.brand, b.brand),
    priceLevel: floats(a.priceLevel, b.priceLevel),
    style: floats(a.style, b.style),
    appeal: floats(a.appeal, b.appeal),
  };
}

function item(
  id: string,
  row: number,
  truth: Omit<Stock, "items">,
  spoken: Words,
  chance: Random,
  time: number,
): SimulatedItem {
  const { brands, departments, categories, colours, styles, description, money } = spoken;
  const category = truth.category[row]!;
  const brand = brands[truth.brand[row]!]!;
  const [path, noun, materials] = categories[category]!;
  const material = materials[chance.int(materials.length)]!;
  const colour = colours[chance.int(colours.length)]!;
  const marked = markedStyles(truth.style.subarray(row * styleCount, (row + 1) * styleCount), styles);
  const title = spoken.title({ brand, model: modelName(spoken.syllables, chance), material, noun, colour });
  const price = middlingPrices[category]! * Math.exp(0.45 * truth.priceLevel[row]!);
  const rating = Math.min(5, Math.max(1, 3.9 + 0.6 * truth.appeal[row]! + 0.3 * chance.normal()));
  return {
    type: "item",
    item: id,
    time,
    fields: {
      title,
      description: description(title, path, marked),
      brand,
      category: [departments[departmentOf(category)]!, path],
      price: Math.max(0.9, Math.round(money * price) - 0.1),
      tags: [...marked, material, colour],
      inStock: chance.next() >= 0.04,
      rating: Math.round(rating * 10) / 10,
    },
  };
}

/** The words of the two style dimensions that stand out most. */
function markedStyles(style: Float32Array, ends: Words["styles"]): string[] {
  const byMark = [...style.keys()].sort((a, b) => Math.abs(style[b]!) - Math.abs(style[a]!));
  return byMark.slice(0, 2).map((dimension) => ends[dimension]![style[dimension]! < 0 ? 0 : 1]);
}

function modelName(syllables: readonly string[], chance: Random): string {
  let name = "";
  for (let left = 2 + chance.int(2); left > 0; left--) name += syllables[chance.int(syllables.length)]!;
  return name[0]!.toUpperCase() + name.slice(1);
}
