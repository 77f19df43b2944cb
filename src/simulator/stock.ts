import { type Random, random, shuffle } from "../core/random.ts";
import type { SimulatedItem } from "./events.ts";
import type { Category, Models, Words } from "./words.ts";

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
  readonly words: Words;
  readonly items: readonly SimulatedItem[];
  readonly category: Uint8Array;
  /** Which of its category's nouns it is. */
  readonly noun: Uint8Array;
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
export function stock(seed: number | string, count: number, words: Words, timeMs: number, firstRow = 0): Stock {
  const chance = random(`${seed}:stock`);
  // Luck of its own: where there is one kind of each, all else is drawn the same.
  const kinds = random(`${seed}:kinds`);
  const category = new Uint8Array(count);
  const noun = new Uint8Array(count);
  const brand = new Uint8Array(count);
  const priceLevel = new Float32Array(count);
  const style = Float32Array.from({ length: count * styleCount }, () => chance.normal());
  const appeal = new Float32Array(count);
  const items: SimulatedItem[] = [];
  for (let row = 0; row < count; row++) {
    category[row] = chance.int(words.categories.length);
    noun[row] = kinds.int(words.categories[category[row]!]![1].length);
    // Better known houses make more: the smaller of two draws.
    const rank = Math.min(chance.int(brandsPerDepartment), chance.int(brandsPerDepartment));
    brand[row] = departmentOf(category[row]!) * brandsPerDepartment + rank;
    // Half of a price's spread is the house's: from −1.46 (first) to 1.46 (last), variance 1 over even draws.
    priceLevel[row] = Math.SQRT1_2 * ((rank - 2.5) / 1.708 + chance.normal());
    appeal[row] = appealDeviation * chance.normal();
    const details = someOf(words.categories[category[row]!]![3] ?? [], kinds);
    items.push(
      item(
        `p-${firstRow + row + 1}`,
        row,
        { words, category, noun, brand, priceLevel, style, appeal },
        details,
        chance,
        timeMs,
      ),
    );
  }
  return { words, items, category, noun, brand, priceLevel, style, appeal };
}

/** Both, the rows of `b` after those of `a`. */
export function joined(a: Stock, b: Stock): Stock {
  const bytes = (one: Uint8Array, other: Uint8Array) => Uint8Array.from(Array.from(one).concat(Array.from(other)));
  const floats = (one: Float32Array, other: Float32Array) =>
    Float32Array.from(Array.from(one).concat(Array.from(other)));
  return {
    words: a.words,
    items: [...a.items, ...b.items],
    category: bytes(a.category, b.category),
    noun: bytes(a.noun, b.noun),
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
  details: readonly string[],
  chance: Random,
  time: number,
): SimulatedItem {
  const { brands, departments, categories, prices, colours, styles, description, money, models } = truth.words;
  const category = truth.category[row]!;
  const brand = brands[truth.brand[row]!]!;
  const kind: Category = categories[category]!;
  const [path, nouns, materials] = kind;
  const noun = nouns[truth.noun[row]!]!;
  const material = materials[chance.int(materials.length)]!;
  const colour = colours[chance.int(colours.length)]!;
  const marked = markedStyles(truth.style.subarray(row * styleCount, (row + 1) * styleCount), styles);
  const title = truth.words.title({ brand, model: modelName(models, chance), material, noun, colour, details });
  const price = prices[category]! * Math.exp(0.45 * truth.priceLevel[row]!);
  const rating = Math.min(5, Math.max(1, 3.9 + 0.6 * truth.appeal[row]! + 0.3 * chance.normal()));
  return {
    type: "item",
    item: id,
    time,
    fields: {
      title,
      description: description(title, kind, marked),
      brand,
      category: [departments[departmentOf(category)]!, path],
      price: Math.max(0.9, Math.round(money * price) - 0.1),
      tags: truth.words.facets ? marked : [...marked, material, colour],
      inStock: chance.next() >= 0.04,
      rating: Math.round(rating * 10) / 10,
      ...(truth.words.facets ? { colour, material } : {}),
    },
  };
}

/** None of four in ten, one of as many, else two. */
function someOf(details: readonly string[], chance: Random): string[] {
  if (details.length === 0) return [];
  const drawn = chance.next();
  return shuffle([...details], chance).slice(0, drawn < 0.4 ? 0 : drawn < 0.8 ? 1 : 2);
}

/** The words of the two style dimensions that stand out most. */
function markedStyles(style: Float32Array, ends: Words["styles"]): string[] {
  const byMark = [...style.keys()].sort((a, b) => Math.abs(style[b]!) - Math.abs(style[a]!));
  return byMark.slice(0, 2).map((dimension) => ends[dimension]![style[dimension]! < 0 ? 0 : 1]);
}

function modelName(models: Models, chance: Random): string {
  if ("names" in models) return models.names[chance.int(models.names.length)]!;
  let name = "";
  for (let left = 2 + chance.int(2); left > 0; left--) name += models.syllables[chance.int(models.syllables.length)]!;
  return name[0]!.toUpperCase() + name.slice(1);
}
