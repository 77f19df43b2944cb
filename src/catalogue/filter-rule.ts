/** One field's rule of a filter: values that it may have, a range of numbers, or a place in the tree of paths. */
import { LiveshelfError } from "../core/errors.ts";
import type { Fields } from "../core/event.ts";
import { limits } from "../core/limits.ts";
import type { FieldColumns, Words } from "./field-columns.ts";
import type { Field, FieldRegistry } from "./field-registry.ts";
import { asBoolean, asLevel, asNumber, asPath, asText, asWord, pathWord } from "./field-types.ts";

const scannedMax = 8;

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

/** `purpose` goes on after “There is no field … to”. */
export function refuseUnknownField(name: string, purpose: string, { all }: FieldRegistry, at: string): never {
  const unknown = `There is no field ${JSON.stringify(name.slice(0, limits.nameLengthMax))} to ${purpose}`;
  const full = all.length >= limits.catalogueFieldsMax ? ` (no more than ${limits.catalogueFieldsMax} can be)` : "";
  const mend =
    all.length === 0
      ? ": the catalogue is empty. Send item events first."
      : `; the fields are ${all.map((field) => field.name).join(", ")}${full}.`;
  throw new LiveshelfError("FILTER_UNKNOWN_FIELD", unknown + mend, at);
}

export function compileRule(field: Field, rule: unknown, source: Filterable, at: string): ItemTest {
  if (isObject(rule)) {
    refuseUnknownRule(field, rule, at);
    return "under" in rule ? under(field, rule, source, at) : range(field, rule, source, at);
  }
  const numbers = source.columns.numbers[field.place]!;
  const words = source.columns.words[field.place]!;
  switch (field.type) {
    case "number":
      return isOneOf(numbers, valuesOf(rule, numberOf, "a number", at));
    case "boolean": {
      const wanted = valuesOf(rule, booleanOf, "true or false", at);
      const [yes, no] = [wanted.includes(1), wanted.includes(0)];
      const unsaid = field.name === "inStock" && yes;
      return (item) => {
        const value = numbers.get(item);
        return value === 1 ? yes : value === 0 ? no : unsaid;
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
  // A few are compared one by one sooner than a set answers.
  if (values.length <= scannedMax) return (item) => values.includes(column.get(item));
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

const ruleNames: ReadonlySet<string> = new Set(["gte", "lte", "gt", "lt", "under"]);

/** Names of rules elsewhere → how it is written here, of a field. */
const written: readonly (readonly [names: readonly string[], mend: (field: string) => string])[] = [
  [["eq", "equals", "is"], (field) => `a value that a field must have stands alone: {${field}:…}`],
  [["in", "any", "anyof", "or"], (field) => `values of which it may have any are a list: {${field}:[…,…]}`],
  [["not", "ne", "neq", "nin", "notin"], (field) => `what it must not have stands in "not": {"not":{${field}:…}}`],
  [["min", "from", "ge"], (field) => `the least is {${field}:{"gte":…}}`],
  [["max", "to", "le"], (field) => `the most is {${field}:{"lte":…}}`],
  [["all", "and"], (field) => `several that it must have are a list of rules: {"and":[{${field}:…},{${field}:…}]}`],
];

/** Of the rule of any field: what it does not know is no fault of its type. */
function refuseUnknownRule({ name: field }: Field, rule: Readonly<Record<string, unknown>>, at: string): void {
  const unknown = Object.keys(rule).find((name) => !ruleNames.has(name));
  if (unknown === undefined && Object.keys(rule).length > 0) return;
  const known = `A rule is a value, a list of values, {"gte","lte","gt","lt"} of numbers or {"under"} of category`;
  if (unknown === undefined) malformed(at, `${known}; this one is empty.`);
  const name = unknown.slice(0, limits.nameLengthMax).toWellFormed();
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, "");
  const mend = written.find(([names]) => names.includes(plain))?.[1](
    JSON.stringify(field.slice(0, limits.nameLengthMax)),
  );
  const place = `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  malformed(place, `There is no rule ${JSON.stringify(name)}; ${mend ?? `a${known.slice(1)}`}.`);
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
  const bounds = { gte: -Infinity, lte: Infinity, gt: -Infinity, lt: Infinity };
  for (const [name, value] of Object.entries(rule)) {
    if (value === undefined) continue;
    if (typeof value !== "number" || Number.isNaN(value)) malformed(`${at}/${name}`, `"${name}" is a number.`);
    bounds[name as keyof typeof bounds] = value;
  }
  const { gte, lte, gt, lt } = bounds;
  const numbers = source.columns.numbers[field.place]!;
  return (item) => {
    const value = numbers.get(item);
    return value >= gte && value <= lte && value > gt && value < lt;
  };
}
