/** The items: their fields as given and merged, and the same in columns, for features, filters and facets. */
import { Float64Column, registers, segmentRows, Uint8Column } from "../core/columns.ts";
import type { Fields } from "../core/event.ts";
import type { FacetRequest, Filters } from "../core/public.ts";
import { type State, state } from "../core/state.ts";
import type { Words } from "./field-columns.ts";
import type { Field } from "./field-registry.ts";
import { asTimeMs, type FieldType, isScalar } from "./field-types.ts";
import { compileFilter } from "./filter.ts";
import type { ItemTest } from "./filter-rule.ts";
import { ItemFields } from "./item-fields.ts";
import type { ItemList } from "./item-list.ts";
import { type Sieve, sieve } from "./sieve.ts";
import { type GroupKey, groupKey, type SortKey, sortKey } from "./sort.ts";

export interface NumberColumn {
  /** NaN where the item has none. */
  get(item: number): number;
}

export interface WordColumn {
  /** Row in the shared word table, −1 where the item has none. */
  get(item: number): number;
}

export interface WordListColumn {
  /** Writes word rows to `out` as far as it reaches, of a path its prefixes from broad to narrow; returns how many. */
  get(item: number, out: Int32Array): number;
}

/** Items are rows of the caller's id table. Columns and tests handed out are good until the state is restored. */
export interface Catalogue {
  readonly state: State;
  /** Items known and not removed. */
  readonly size: number;
  /** Item events whose fields were left out because the item would have held too much (see `merge.ts`). */
  readonly overLimit: number;
  /** An item event. */
  fold(item: number, fields: Fields, atMs: number): void;
  /** An item-removed event: the fields are forgotten. */
  remove(item: number): void;
  /** The item's row is freed: all that is known of it goes, that it was removed included. */
  forgetItem(item: number): void;
  /** True while a field of some item holds the word. */
  refersTo(word: number): boolean;
  isKnown(item: number): boolean;
  isRemoved(item: number): boolean;
  /** Not removed and not out of stock; whether it was ever heard of is the caller's matter. */
  isRecommendable(item: number): boolean;
  /** As given and merged; a copy of the caller's own. */
  fields(item: number): Fields | undefined;
  /** Its `released`, or else the time of its earliest item event; NaN if unknown. Never later than the event that said so. */
  firstSeenAtMs(item: number): number;
  /** A number field, or a boolean one as 0 and 1. */
  number(field: string): NumberColumn | undefined;
  word(field: string): WordColumn | undefined;
  /** A list field, or a path. */
  wordList(field: string): WordListColumn | undefined;
  /** Of a path field: its broadest level, or the whole path, as one word. */
  pathWord(field: string, which: "broadest" | "whole"): WordColumn | undefined;
  /** Of a field that some item had; undefined of any other. */
  fieldType(field: string): FieldType | undefined;
  /** In order of first appearance. */
  readonly fieldNames: readonly Field[];
  /** Throws {@link LiveshelfError} FILTER_UNKNOWN_FIELD or FILTER_MALFORMED. */
  filter(filters: Filters): ItemTest;
  /** The same for the matches of one request, with counts for facets on the way, good until the next; throws REQUEST_MALFORMED too. */
  sieve(filters: Filters | undefined, facets: readonly FacetRequest[] | undefined): Sieve;
  /** Undefined for `relevance`; throws REQUEST_MALFORMED. */
  sortKey(sort: string): SortKey | undefined;
  /** Throws FILTER_UNKNOWN_FIELD or REQUEST_MALFORMED. */
  groupKey(field: string): GroupKey;
  /** Rows known and not removed. */
  items(): Iterable<number>;
  /** The same in a loop, for requests that look at all of them: a fifth of the time. */
  each(visit: (item: number) => void): void;
}

const known = 1;
const removed = 2;
const sizeAt = 0;
const overLimitAt = 1;

/** `words`: the shared word table, saved by its owner; values are interned there as text. */
export function itemCatalogue(words: Words): Catalogue {
  const items = new ItemFields(words);
  const { registry, columns } = items;
  /** [item] 0 never heard of, {@link known} or {@link removed}. */
  const status = new Uint8Column("status");
  const firstEventAtMs = new Float64Column("firstEventAtMs", Number.NaN);
  const releasedAtMs = new Float64Column("releasedAtMs", Number.NaN);
  const counts = registers("counts", 2);

  function setReleased(item: number, value: unknown, atMs: number): void {
    const time = asTimeMs(value);
    if (!Number.isNaN(time)) releasedAtMs.set(item, Math.min(time, atMs));
    else if (item < releasedAtMs.length) releasedAtMs.set(item, Number.NaN);
  }

  const inStock = (item: number): boolean => {
    const field = registry.stock;
    return field === undefined || columns.numbers[field.place]!.get(item) !== 0;
  };

  const sifted: ItemList[] = [];
  const source = { registry, columns, words, fields: (item: number) => items.read(item) };
  const firstSeenAtMs = (item: number): number => {
    const released = releasedAtMs.get(item);
    return Number.isNaN(released) ? firstEventAtMs.get(item) : released;
  };

  return {
    state: state("catalogue", 2, [...items.buffers, status, firstEventAtMs, releasedAtMs, counts]),
    get size() {
      return counts.array[sizeAt]!;
    },
    get overLimit() {
      return counts.array[overLimitAt]!;
    },
    get fieldNames() {
      return registry.all;
    },
    fold(item, given, atMs) {
      if (status.get(item) !== known) counts.array[sizeAt]!++;
      status.set(item, known);
      const first = firstEventAtMs.get(item);
      if (!(first <= atMs)) firstEventAtMs.set(item, atMs);
      if (!items.merge(item, given)) counts.array[overLimitAt]!++;
      else if (given.released !== undefined) setReleased(item, given.released, atMs);
    },
    remove(item) {
      if (status.get(item) === known) counts.array[sizeAt]!--;
      status.set(item, removed);
      items.forget(item);
      setReleased(item, null, 0);
    },
    forgetItem(item) {
      if (status.get(item) === known) this.remove(item);
      for (const column of [status, firstEventAtMs, releasedAtMs])
        if (item < column.length) column.set(item, column.fill);
    },
    refersTo: (word) => columns.refersTo(word),
    isKnown: (item) => status.get(item) === known,
    isRemoved: (item) => status.get(item) === removed,
    isRecommendable: (item) => status.get(item) !== removed && inStock(item),
    fields: (item) => items.read(item),
    firstSeenAtMs,
    fieldType: (name) => registry.find(name)?.type,
    number(name) {
      const field = registry.find(name);
      return field !== undefined && isScalar(field.type) ? columns.numbers[field.place] : undefined;
    },
    word(name) {
      const field = registry.find(name);
      return field?.type === "word" ? columns.words[field.place] : undefined;
    },
    pathWord(name, which) {
      const field = registry.find(name);
      if (field?.type !== "path") return undefined;
      return { get: (item) => columns.end(field.place, item, which === "whole") };
    },
    wordList(name) {
      const field = registry.find(name);
      if (field?.type !== "word-list" && field?.type !== "path") return undefined;
      const { place } = field;
      return { get: (item, out) => columns.list(place, item, out) };
    },
    filter: (filters) => compileFilter(filters, source),
    sieve: (filters, facets) => sieve(filters, facets, source, sifted),
    sortKey: (sort) => sortKey(sort, source, firstSeenAtMs),
    groupKey: (field) => groupKey(field, source),
    *items() {
      for (let item = 0; item < status.length; item++) if (status.get(item) === known) yield item;
    },
    each(visit) {
      status.segments.forEach((segment, s) => {
        // Beyond the column's length a segment holds what it is filled with: never heard of.
        for (let i = 0; i < segment.length; i++) if (segment[i] === known) visit(s * segmentRows + i);
      });
    },
  };
}
