import { random } from "../core/random.ts";
import { departmentOf, type Stock } from "./stock.ts";
import { attraction, type Taste } from "./tastes.ts";
import type { Category } from "./words.ts";

/** Of how many shoppers popularity is the mean, at most: 100,000 items must not wait for as many shoppers. */
const popularitySample = 128;
/** The blur of the shop's own order: normal, in logits of popularity. */
const ownOrderNoise = 0.6;

/** The lists that the shop would show to anybody, of rows: for a query, a category, a department, or nothing. See `SimulatedShop.ownOrder`. */
export function ownOrder(
  { stock, seed }: { stock: Stock; seed: number | string },
  people: readonly Taste[],
): (wanted?: string) => readonly number[] {
  const { items, category, noun, brand } = stock;
  const sample = people.slice(0, popularitySample);
  const chance = random(`${seed}:own-order`);
  const popularity = Float64Array.from(items, ({ fields }, row) => {
    let sum = 0;
    for (const taste of sample) sum += attraction(taste, stock, row);
    const mean = sum / sample.length;
    return Math.log(mean / (1 - mean)) + ownOrderNoise * chance.normal() - (fields.inStock ? 0 : 1e6);
  });
  const rows = Array.from(items.keys()).sort((a, b) => popularity[b]! - popularity[a]!);
  const { brands, categories, departments, space } = stock.words;
  const lists = new Map<string, readonly number[]>();
  return (wanted = "") => {
    const asked = ` ${wanted.toLowerCase()} `;
    const says = (name: string): boolean => asked.includes(space + name.toLowerCase() + space);
    const department = departments.findIndex(says);
    const kind = categories.findIndex(([path, nouns]) => says(path) || nouns.some(says));
    const house = brands.findIndex(says);
    const thing = kind < 0 ? -1 : thingSaid(categories[kind]!, says);
    const key = `${department} ${kind} ${thing} ${house}`;
    let list = lists.get(key);
    if (list === undefined) {
      const ofHouse = (row: number): boolean => house < 0 || brand[row] === house;
      const fits = (row: number): boolean => {
        if (kind >= 0) return category[row] === kind && (thing < 0 || noun[row] === thing);
        return department >= 0 ? departmentOf(category[row]!) === department : ofHouse(row);
      };
      const fitting = rows.filter(fits);
      list = [...fitting.filter(ofHouse), ...fitting.filter((row) => !ofHouse(row))];
      lists.set(key, list);
    }
    return list;
  };
}

/** Which of the category's nouns: “bath towel” says “towel”, too, so the longest. −1: none of them, or no more than the category's own name. */
function thingSaid([path, nouns]: Category, says: (name: string) => boolean): number {
  let thing = -1;
  let length = says(path) ? path.length : 0;
  for (const [i, noun] of nouns.entries()) {
    if (noun.length <= length || !says(noun)) continue;
    thing = i;
    length = noun.length;
  }
  return thing;
}
