/** One field's rule of a filter: values that it may have, a range of numbers, or a place in the tree of paths. */
import { LiveshelfError } from "../core/errors.ts";
import type { Fields } from "../core/event.ts";
import type { FieldColumns, Words } from "./field-columns.ts";
import type { Field, FieldRegistry } from "./field-registry.ts";
import { asBoolean, asLevel, asNumber, asPath, asText, asWord, pathWord } from "./field-types.ts";

export type ItemTest = (item: number) => boolean;

/** What filters are compiled against. */
export interface Filterable {
  readonly registry: FieldRegistry;
  readonly columns: FieldColumns;
  readonly words: Words;
  readonly fields: (item: number) => Fields | undefined;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function malformed(at: string, message: string): never {
  throw new LiveshelfError("FILTER_MALFORMED", message, at);
}

export function compileRule(field: Field, rule: unknown, source: Filterable, at: string): ItemTest {
  if (isObject(rule)) return "under" in rule ? under(field, rule, source, at) : range(field, rule, source, at);
  const numbers = source.columns.numbers[field.place]!;
  const words = source.columns.words[field.place]!;
  switch (field.type) {
    case "number":
      return isOneOf(numbers, valuesOf(rule, numberOf, "a number", at));
    case "boolean": {
      const absent = field.name === "inStock" ? 1 : Number.NaN;
      const wanted = new Set(valuesOf(rule, booleanOf, "true or false", at));
      return (item) => {
        const value = numbers.get(item);
        return wanted.has(Number.isNaN(value) ? absent : value);
      };
    }
    case "word":
      return isOneOf(words, rowsOf(rule, asWord, source.words, at));
    case "word-list":
    case "path":
      return holdsOneOf(field, rowsOf(rule, field.type === "path" ? asLevel : asWord, source.words, at), source);
    case "text": {
      const wanted = new Set(valuesOf(rule, asText, "a text", at));
      return (item) => {
        const fields = source.fields(item);
        if (fields === undefined || !Object.hasOwn(fields, field.name)) return false;
        const text = asText(fields[field.name]);
        return text !== undefined && wanted.has(text);
      };
    }
  }
}

/** Every item is in stock until the shop says otherwise of one. */
export function inStockUnheardOf(rule: unknown, at: string): ItemTest {
  const isWanted = valuesOf(rule, booleanOf, "true or false", at).includes(1);
  return () => isWanted;
}

/** The values of a rule, each read as the field needs it. */
function valuesOf<T>(rule: unknown, read: (value: unknown) => T | undefined, wanted: string, at: string): T[] {
  const list = Array.isArray(rule);
  return (list ? rule : [rule]).map((value, i) => {
    const one = read(value);
    return one ?? malformed(list ? `${at}/${i}` : at, `This field is filtered by ${wanted}, or a list of such values.`);
  });
}

const numberOf = (value: unknown): number | undefined => presentOf(asNumber(value));
const booleanOf = (value: unknown): number | undefined => presentOf(asBoolean(value));
const presentOf = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);

/** Rows of the words of a rule; words that no item ever had have none. */
function rowsOf(rule: unknown, asOne: (value: unknown) => string | undefined, words: Words, at: string): number[] {
  return valuesOf(rule, asText, "a text", at)
    .map((text) => words.find(asOne(text) ?? text))
    .filter((row) => row >= 0);
}

function isOneOf(column: { get(item: number): number }, values: readonly number[]): ItemTest {
  if (values.length === 1) {
    const [only] = values;
    return (item) => column.get(item) === only;
  }
  const wanted = new Set(values);
  return (item) => wanted.has(column.get(item));
}

/** Of a list any word, of a path the own name of any level. */
function holdsOneOf(field: Field, rows: readonly number[], { columns }: Filterable): ItemTest {
  const wanted = new Set(rows);
  const starts = columns.words[field.place]!;
  const { cells } = columns;
  return (item) => {
    const start = starts.get(item);
    if (start < 0) return false;
    const count = cells.get(start);
    const first = field.type === "path" ? start + 1 + count : start + 1;
    for (let cell = first; cell < first + count; cell++) if (wanted.has(cells.get(cell))) return true;
    return false;
  };
}

function under(field: Field, rule: Readonly<Record<string, unknown>>, source: Filterable, at: string): ItemTest {
  if (field.type !== "path") malformed(at, `"under" is for category; ${field.name} is a ${field.type} field.`);
  if (Object.keys(rule).length > 1) malformed(at, `"under" stands alone in its rule.`);
  const given = Array.isArray(rule.under) ? rule.under : [rule.under];
  const bad = given.findIndex((level) => asText(level) === undefined);
  if (given.length === 0 || bad >= 0) {
    malformed(`${at}/under`, `"under" is a path from broad to narrow, such as ["Clothing","Scarves"].`);
  }
  const levels = asPath(given);
  const row = levels.length === given.length ? source.words.find(pathWord(levels)) : -1;
  if (row < 0) return () => false;
  const starts = source.columns.words[field.place]!;
  const { cells } = source.columns;
  return (item) => {
    const start = starts.get(item);
    return start >= 0 && cells.get(start) >= levels.length && cells.get(start + levels.length) === row;
  };
}

function range(field: Field, rule: Readonly<Record<string, unknown>>, source: Filterable, at: string): ItemTest {
  if (field.type !== "number") malformed(at, `A range is for numbers; ${field.name} is a ${field.type} field.`);
  if (Object.keys(rule).length === 0) malformed(at, `A range says at least one of "gte", "lte", "gt", "lt".`);
  const bounds = { gte: -Infinity, lte: Infinity, gt: -Infinity, lt: Infinity };
  for (const [name, value] of Object.entries(rule)) {
    const boundAt = `${at}/${name.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (!Object.hasOwn(bounds, name)) {
      malformed(boundAt, `A rule is a value, a list, {"gte","lte","gt","lt"} or {"under"}.`);
    }
    if (value === undefined) continue;
    if (typeof value !== "number" || Number.isNaN(value)) malformed(boundAt, `"${name}" is a number.`);
    bounds[name as keyof typeof bounds] = value;
  }
  const { gte, lte, gt, lt } = bounds;
  const numbers = source.columns.numbers[field.place]!;
  return (item) => {
    const value = numbers.get(item);
    return value >= gte && value <= lte && value > gt && value < lt;
  };
}
