/** Orders of a list by what the catalogue says of items, and what makes several items one: variants of a product. */
import { LiveshelfError } from "../core/errors.ts";
import type { FieldRegistry } from "./field-registry.ts";
import { type Filterable, refuseUnknownField } from "./filter-rule.ts";

/** Item row → number: the least comes first, items without a value last, with ∞. */
export type SortKey = (item: number) => number;

/** Item row → a number that it shares with the items of its group and no other; good for one request. */
export type GroupKey = (item: number) => number;

/** Fields of which more is better. */
const descendingByDefault: ReadonlySet<string> = new Set(["rating"]);

/**
 * `sort`: `relevance`, which has no key; `newest`; or a number field, `price`, `price:asc`, `price:desc`. Throws REQUEST_MALFORMED.
 * `firstSeenAtMs`: NaN where nothing is known.
 */
export function sortKey(
  sort: string,
  source: Filterable,
  firstSeenAtMs: (item: number) => number,
): SortKey | undefined {
  if (sort === "relevance") return undefined;
  if (sort === "newest") return (item) => lastIfAbsent(-firstSeenAtMs(item));
  // A field's own name may end like a direction.
  const [, given, direction] =
    source.registry.find(sort)?.type === "number" ? [] : (/^(.*):(asc|desc)$/s.exec(sort) ?? []);
  const name = given ?? sort;
  const field = source.registry.find(name);
  if (field?.type !== "number") refuseOrder(sort, source.registry);
  const numbers = source.columns.numbers[field.place]!;
  const isDescending = direction === undefined ? descendingByDefault.has(name) : direction === "desc";
  if (isDescending) return (item) => lastIfAbsent(-numbers.get(item));
  return (item) => lastIfAbsent(numbers.get(item));
}

/** Filled in for NaN, which no number is less than. */
const lastIfAbsent = (key: number): number => (Number.isNaN(key) ? Number.POSITIVE_INFINITY : key);

function refuseOrder(sort: string, { all }: FieldRegistry): never {
  const numbers = all.filter(({ type }) => type === "number").map(({ name }) => name);
  const orders = ["relevance", "newest", ...numbers].join(", ");
  const mend = numbers.length === 0 ? "" : ` (number fields also with ":asc" or ":desc")`;
  const message = `There is no order ${JSON.stringify(sort.slice(0, 80))}; a list is sorted by ${orders}${mend}.`;
  throw new LiveshelfError("REQUEST_MALFORMED", message, "/sort");
}

/** Groups of items that have the same value of a field; one without a value is a group of its own. Throws FILTER_UNKNOWN_FIELD, REQUEST_MALFORMED. */
export function groupKey(name: string, { registry, columns }: Filterable): GroupKey {
  const field = registry.find(name);
  if (field === undefined) refuseUnknownField(name, "group by", registry, "/group");
  const { place, type } = field;
  const alone = (item: number): number => -1 - item;
  switch (type) {
    case "word":
      return (item) => {
        const row = columns.words[place]!.get(item);
        return row >= 0 ? row : alone(item);
      };
    case "path":
      return (item) => {
        const row = columns.end(place, item, true);
        return row >= 0 ? row : alone(item);
      };
    case "number":
    case "boolean": {
      // A number may be any number, that of an item alone too: groups are numbered as they are met.
      const groups = new Map<number, number>();
      return (item) => {
        const value = columns.numbers[place]!.get(item);
        if (Number.isNaN(value)) return alone(item);
        let group = groups.get(value);
        if (group === undefined) groups.set(value, (group = groups.size));
        return group;
      };
    }
    default: {
      const message = `${name} is a ${type} field; items are grouped by a field of one short word or number each, such as variantOf.`;
      throw new LiveshelfError("REQUEST_MALFORMED", message, "/group");
    }
  }
}
