/**
 * Which of many matches pass the filters, and what facets say of them. A facet passes over the rules of its own field, so that who chose
 * one brand still sees how many there are of the others: an item that fails one field's rules alone counts in that field's facet.
 */
import { LiveshelfError } from "../core/errors.ts";
import type { Facet, FacetRequest, Filters } from "../core/public.ts";
import { type FacetCounter, facetCounter } from "./facets.ts";
import { compileFilterTests } from "./filter.ts";
import type { Filterable, ItemTest } from "./filter-rule.ts";
import { ItemList } from "./item-list.ts";

export interface Sieve {
  /** True if the item passes all filters; nothing is counted. */
  passes(item: number): boolean;
  /** The same of a match, each told once, for the facets to count. */
  take(item: number): boolean;
  /** Field → what was counted, in the order asked for. */
  facets(): Record<string, Facet>;
}

/**
 * Throws FILTER_MALFORMED, FILTER_UNKNOWN_FIELD, or REQUEST_MALFORMED for a field of which there is no facet. `scratch` holds what was
 * taken: the sieve is good until it is given to another.
 */
export function sieve(
  filters: Filters | undefined,
  facets: readonly FacetRequest[] | undefined,
  source: Filterable,
  scratch: ItemList[],
): Sieve {
  const counters = (facets ?? []).map((one, i) => facetCounter(one, source, `/facets/${i}`));
  refuseTwice(counters);
  const tests: ItemTest[] = [];
  /** [test] facet that passes over it, −1 for none. */
  const facetOf: number[] = [];
  for (const { field, test } of filters === undefined ? [] : compileFilterTests(filters, source)) {
    const facet = field === undefined ? -1 : counters.findIndex((counter) => counter.field === field);
    // Who fails for good is found first.
    if (facet < 0) tests.unshift(test);
    else tests.push(test);
    if (facet < 0) facetOf.unshift(facet);
    else facetOf.push(facet);
  }
  const [taken, ...missed] = emptied(scratch, counters.length + 1) as [ItemList, ...ItemList[]];

  function passes(item: number): boolean {
    for (let t = 0; t < tests.length; t++) if (!tests[t]!(item)) return false;
    return true;
  }

  function take(item: number): boolean {
    let failed = -1;
    for (let t = 0; t < tests.length; t++) {
      if (tests[t]!(item)) continue;
      const facet = facetOf[t]!;
      if (facet < 0 || (failed >= 0 && failed !== facet)) return false;
      failed = facet;
    }
    (failed < 0 ? taken : missed[failed]!).add(item);
    return failed < 0;
  }

  return {
    passes,
    take: counters.length === 0 ? passes : take,
    facets: () => Object.fromEntries(counters.map((counter, f) => [counter.field, counter.count([taken, missed[f]!])])),
  };
}

/** The first `count` lists, made as need be: a list of many thousand items costs more to make than to fill. */
function emptied(lists: ItemList[], count: number): ItemList[] {
  while (lists.length < count) lists.push(new ItemList());
  for (const list of lists) list.count = 0;
  return lists.slice(0, count);
}

function refuseTwice(counters: readonly FacetCounter[]): void {
  counters.forEach(({ field }, i) => {
    const first = counters.findIndex((other) => other.field === field);
    if (first === i) return;
    const message = `The facet of ${field} is asked for twice; /facets/${first} is the first.`;
    throw new LiveshelfError("REQUEST_MALFORMED", message, `/facets/${i}`);
  });
}
