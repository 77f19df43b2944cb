/** Facets: which values a field has among many items, and how often. */
import { Best } from "../core/best.ts";
import { segmentBits, segmentMask } from "../core/columns.ts";
import { LiveshelfError } from "../core/errors.ts";
import type { Facet, FacetRequest, FacetValue } from "../core/public.ts";
import type { Field } from "./field-registry.ts";
import { pathLevels } from "./field-types.ts";
import { type Filterable, refuseUnknownField } from "./filter-rule.ts";
import { chunkItems, gather, type ItemList } from "./item-list.ts";
import { numberFacet } from "./number-facet.ts";
import { RowCounts } from "./row-counts.ts";
import { valueTest } from "./value-search.ts";

/** Values answered of a facet that does not say how many. */
const valuesByDefault = 100;
/** Texts that are read at most to put values that are equally frequent in order: so many times those wanted, or so many. */
const tiesRead = 4;
const tiesReadMin = 256;

/** A facet made ready: counts the values of a field over the items of some lists. */
export interface FacetCounter {
  readonly field: string;
  count(lists: readonly ItemList[]): Facet;
}

/** Throws FILTER_UNKNOWN_FIELD, or REQUEST_MALFORMED for what cannot be counted; `at`: JSON pointer of the request for the facet. */
export function facetCounter(request: FacetRequest, source: Filterable, at: string): FacetCounter {
  const { field: name, query, size = valuesByDefault } = typeof request === "string" ? { field: request } : request;
  const fieldAt = typeof request === "string" ? at : `${at}/field`;
  const wanted = { size, test: query === undefined ? undefined : valueTest(query) };
  const field = source.registry.find(name);
  if (field === undefined && name !== "inStock") refuseUnknownField(name, "count", source.registry, fieldAt);
  if (field?.type === "number" && query !== undefined)
    refuse(`${name} is a number field: its facet has no values to be searched.`, `${at}/query`);
  if (field?.type === "text")
    refuse(
      `${name} is a text field, another text for each item; facets are of words, lists, paths, numbers and booleans.`,
      fieldAt,
    );
  return { field: name, count: (lists) => count(field, lists, wanted, source) };
}

function refuse(message: string, at: string): never {
  throw new LiveshelfError("REQUEST_MALFORMED", message, at);
}

type Read = (row: number) => Omit<FacetValue, "count">;

interface Wanted {
  readonly size: number;
  readonly test: ((value: string) => boolean) | undefined;
}

/** `field`: absent for `inStock` before an item had it. */
function count(field: Field | undefined, lists: readonly ItemList[], wanted: Wanted, source: Filterable): Facet {
  switch (field?.type) {
    case "number":
      return numberFacet(source.columns.numbers[field.place]!, lists);
    case "word":
      return best(countWords(field, lists, source), wanted, (row) => ({ value: source.words.id(row)! }));
    case "word-list":
      return best(countLists(field, lists, source), wanted, (row) => ({ value: source.words.id(row)! }));
    case "path":
      return best(countPaths(field, lists, source), wanted, (row) => {
        const path = pathLevels(source.words.id(row)!);
        return { value: path.at(-1)!, path };
      });
    default:
      return best(countBooleans(field, lists, source), wanted, (row) => ({ value: row === 1 }));
  }
}

/** [i] of the chunk at hand: word rows, or first cells of blocks. */
const values = new Int32Array(chunkItems);
/** Of the facet at hand; and of a path's deepest levels before that. */
const counts = new RowCounts();
const wholes = new RowCounts();

function countWords({ place }: Field, lists: readonly ItemList[], { columns }: Filterable): RowCounts {
  counts.clear();
  for (const list of lists) {
    for (let from = 0; from < list.count; from += chunkItems) {
      const count = gather(columns.words[place]!, list, from, values);
      for (let i = 0; i < count; i++) if (values[i]! >= 0) counts.add(values[i]!);
    }
  }
  return counts;
}

function countLists({ place }: Field, lists: readonly ItemList[], { columns }: Filterable): RowCounts {
  counts.clear();
  const { segments } = columns.cells;
  for (const list of lists) {
    for (let from = 0; from < list.count; from += chunkItems) {
      const count = gather(columns.words[place]!, list, from, values);
      for (let i = 0; i < count; i++) {
        const first = values[i]!;
        if (first < 0) continue;
        // A block lies in one segment.
        const cells = segments[first >>> segmentBits]!;
        const start = first & segmentMask;
        for (let cell = start + cells[start]!; cell > start; cell--) counts.add(cells[cell]!);
      }
    }
  }
  return counts;
}

/** By prefix. Whole paths are counted first and then, once for each, the prefixes that an item's block has beside it. */
function countPaths({ place }: Field, lists: readonly ItemList[], { columns }: Filterable): RowCounts {
  wholes.clear();
  /** First cell of a block of each whole path. */
  const blocks: number[] = [];
  const { cells } = columns;
  const { segments } = cells;
  for (const list of lists) {
    for (let from = 0; from < list.count; from += chunkItems) {
      const count = gather(columns.words[place]!, list, from, values);
      for (let i = 0; i < count; i++) {
        const first = values[i]!;
        if (first < 0) continue;
        const segment = segments[first >>> segmentBits]!;
        const start = first & segmentMask;
        if (wholes.add(segment[start + segment[start]!]!)) blocks.push(first);
      }
    }
  }
  counts.clear();
  for (const first of blocks) {
    const end = first + cells.get(first);
    const times = wholes.get(cells.get(end));
    for (let cell = first + 1; cell <= end; cell++) counts.add(cells.get(cell), times);
  }
  return counts;
}

/** By 0 and 1. An item without `inStock` is in stock, as filters have it. */
function countBooleans(field: Field | undefined, lists: readonly ItemList[], { columns }: Filterable): RowCounts {
  counts.clear();
  const numbers = field === undefined ? undefined : columns.numbers[field.place]!;
  const isInStock = field === undefined || field.name === "inStock";
  for (const { rows, count } of lists) {
    for (let i = 0; i < count; i++) {
      const value = numbers === undefined ? Number.NaN : numbers.get(rows[i]!);
      if (!Number.isNaN(value)) counts.add(value);
      else if (isInStock) counts.add(1);
    }
  }
  return counts;
}

/** The most frequent values, ties in the order of their text; the text is read of values only that may be among them. */
function best(counts: RowCounts, { size, test }: Wanted, read: Read): FacetValue[] {
  return test === undefined ? mostFrequent(counts, size, read) : searched(counts, size, test, read);
}

/**
 * Where every item has a value of its own, all are tied, and thousands of texts would be read to find which come first. So of `tiesRead`
 * times as many as are wanted, those with the lower rows, the first ones by their text are taken: the same each time.
 */
function mostFrequent(counts: RowCounts, size: number, read: Read): FacetValue[] {
  const top = new Best(Math.min(counts.size, Math.max(tiesRead * size, tiesReadMin)));
  counts.forEach((row, count) => {
    top.offer(row, count);
  });
  top.sort();
  const found: FacetValue[] = [];
  for (let i = 0; i < top.count && (i < size || top.value[i] === top.value[size - 1]); i++)
    found.push({ ...read(top.item[i]!), count: top.value[i]! });
  return found.sort((a, b) => (comesBefore(a, b) ? -1 : 1)).slice(0, size);
}

/** Of those that pass. */
function searched(counts: RowCounts, size: number, test: (value: string) => boolean, read: Read): FacetValue[] {
  const found: FacetValue[] = [];
  let least = 0;
  counts.forEach((row, count) => {
    if (count < least) return;
    const value: FacetValue = { ...read(row), count };
    if (!test(String(value.value))) return;
    let low = 0;
    for (let high = found.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (comesBefore(found[middle]!, value)) low = middle + 1;
      else high = middle;
    }
    if (low === size) return;
    if (found.length === size) found.pop();
    found.splice(low, 0, value);
    if (found.length === size) least = found[size - 1]!.count;
  });
  return found;
}

function comesBefore(a: FacetValue, b: FacetValue): boolean {
  if (a.count !== b.count) return a.count > b.count;
  const [text, other] = [String(a.value), String(b.value)];
  return text === other ? String(a.path) < String(b.path) : text < other;
}
