/** Graded queries and the shop's catalogue → what the match model sees of each graded item: one list of rows for each query. */
import { type Config, completeConfig } from "./config.ts";
import type { EventInput } from "./core/public.ts";
import { hashText } from "./core/random.ts";
import { normalQuery } from "./core/request.ts";
import { Learning } from "./learn.ts";
import { columnOfNumber } from "./lexical/match-weights-file.ts";
import { buildRooms, type Rooms } from "./rooms.ts";
import { timeOrdered } from "./time-ordered.ts";

export interface Grade {
  readonly query: string;
  readonly item: string;
  /** 0: of no use; more is better. The gain of a grade is 2^grade − 1. */
  readonly grade: number;
}

export interface GradedLists {
  /** [list] query as first given. */
  readonly queries: readonly string[];
  /** [column] match columns, then number fields of the catalogue. */
  readonly columns: readonly string[];
  readonly width: number;
  /** [row × width] row-major, NaN where an item has no such number. */
  readonly values: Float32Array;
  /** [list] first row, and one more: the end. */
  readonly starts: Int32Array;
  /** [row] id of the item, and its grade. */
  readonly items: readonly string[];
  readonly grades: Float64Array;
  /** [row] score by the shipped match weights. */
  readonly shipped: Float64Array;
  /** Grades of items that the catalogue lacks, and queries without a word or without a grade above 0: left out. */
  readonly unknownItems: number;
  readonly leftOut: number;
}

/** A number that fewer of the items have says little, and fields beyond these are left out. */
const shareMin = 0.2;
const numbersMax = 16;

/** The catalogue as a shop of its own, with the shipped match weights. */
export async function catalogueRooms(
  events: Iterable<EventInput> | AsyncIterable<EventInput>,
  config: Readonly<Record<string, unknown>> | Partial<Config> = {},
): Promise<Rooms> {
  const rooms = buildRooms(completeConfig({ ...config, matchWeights: undefined }));
  const learning = new Learning(rooms);
  const ordered = await timeOrdered(events);
  ordered.forEach((event, offset) => {
    learning.fold(event, offset);
  });
  return rooms;
}

/** Of an item graded twice for a query the last grade counts. */
export function gradedLists(rooms: Rooms, grades: Iterable<Grade>): GradedLists {
  const { lists, unknownItems } = byQuery(rooms, grades);
  const kept = [...lists.values()].filter(
    ({ query, items }) => [...items.values()].some((grade) => grade > 0) && rooms.planner.plan(query) !== undefined,
  );
  const fields = numberFields(rooms);
  const { matcher } = rooms;
  const columns = [...matcher.columns, ...fields.map(columnOfNumber)];
  const count = kept.reduce((sum, { items }) => sum + items.size, 0);
  const of = {
    values: new Float32Array(count * columns.length),
    starts: new Int32Array(kept.length + 1),
    grades: new Float64Array(count),
    shipped: new Float64Array(count),
  };
  const ids: string[] = [];
  let row = 0;
  kept.forEach(({ query, items: graded }, list) => {
    of.starts[list] = row;
    const items = Int32Array.from(inNoOrder(query, [...graded.keys()], rooms));
    const described = new Float32Array(items.length * matcher.columns.length);
    const scores = new Float64Array(items.length);
    matcher.describe(rooms.planner.plan(query)!, items, items.length, described);
    matcher.score(described, items, items.length, scores);
    items.forEach((item, i) => {
      const from = i * matcher.columns.length;
      const to = row * columns.length;
      of.values.set(described.subarray(from, from + matcher.columns.length), to);
      fields.forEach((field, f) => {
        of.values[to + matcher.columns.length + f] = rooms.catalogue.number(field)!.get(item);
      });
      ids.push(rooms.items.id(item)!);
      of.grades[row] = graded.get(item)!;
      of.shipped[row++] = scores[i]!;
    });
  });
  of.starts[kept.length] = row;
  const queries = kept.map(({ query }) => query);
  return {
    ...of,
    items: ids,
    queries,
    columns,
    width: columns.length,
    unknownItems,
    leftOut: lists.size - kept.length,
  };
}

function byQuery(rooms: Rooms, grades: Iterable<Grade>) {
  const lists = new Map<string, { readonly query: string; readonly items: Map<number, number> }>();
  let unknownItems = 0;
  for (const { query, item, grade } of grades) {
    const row = rooms.items.find(item);
    if (row < 0 || !rooms.catalogue.isKnown(row)) {
      unknownItems++;
      continue;
    }
    const key = normalQuery(query);
    let list = lists.get(key);
    if (list === undefined) lists.set(key, (list = { query, items: new Map() }));
    list.items.set(row, grade);
  }
  return { lists, unknownItems };
}

/** An order that says nothing of the grades: whoever wrote them down may have sorted them. */
function inNoOrder(query: string, items: readonly number[], { items: ids }: Rooms): number[] {
  const keyOf = (row: number): number => hashText(`${query} ${ids.id(row)}`);
  return items
    .map((row) => [keyOf(row), row] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map(([, row]) => row);
}

/** Number fields that enough items have, in order of first appearance. */
function numberFields({ catalogue }: Rooms): string[] {
  const rows = [...catalogue.items()];
  return catalogue.fieldNames
    .filter(({ name, type }) => {
      if (type !== "number") return false;
      const column = catalogue.number(name)!;
      return rows.filter((row) => !Number.isNaN(column.get(row))).length >= shareMin * rows.length;
    })
    .map(({ name }) => name)
    .slice(0, numbersMax);
}
