/**
 * What a field's values are, and how a value reads as one of that type. A field's type is that of its first value; some
 * names have theirs always. A value that does not read as its field's type stays in the item's fields without a column.
 */
export type FieldType = "number" | "boolean" | "word" | "word-list" | "path" | "text";

/** Folded state keeps a type as its place here. */
export const fieldTypes: readonly FieldType[] = ["number", "boolean", "word", "word-list", "path", "text"];

/** Types whose name is also what `typeof` says of their values. */
export const isScalar = (type: FieldType): boolean => type === "number" || type === "boolean";

/** Names with a meaning (docs/events.md). */
export const fixedTypes: ReadonlyMap<string, FieldType> = new Map([
  ["title", "text"],
  ["description", "text"],
  ["brand", "word"],
  ["category", "path"],
  ["price", "number"],
  ["tags", "word-list"],
  ["inStock", "boolean"],
  ["rating", "number"],
  ["image", "text"],
]);

/** UTF-16 code units of a word, a list's word, a path's level; longer text has no column. */
export const wordLengthMax = 64;
/** Words of one list that are in the column. */
export const listWordsMax = 256;
/** Levels of one path that are in the column. */
export const pathLevelsMax = 16;

/** Between the levels of a path's prefix, written as one word. */
const levelSeparator = "\u001f";

const address = /^https?:\/\//i;

/** The type that a first value gives its field; `undefined` for objects, which read as none. */
export function inferType(name: string, value: unknown): FieldType | undefined {
  const fixed = fixedTypes.get(name);
  if (fixed !== undefined) return fixed;
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  // An address is another for each item: as words they would fill the shared table.
  if (typeof value === "string") return value.length > wordLengthMax || address.test(value) ? "text" : "word";
  return Array.isArray(value) ? "word-list" : undefined;
}

const numberText = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** A finite number or number-like text such as "19.90"; NaN for anything else. */
export function asNumber(value: unknown): number {
  let number = Number.NaN;
  if (typeof value === "number") number = value;
  else if (typeof value === "string" && value.length <= wordLengthMax && numberText.test(value)) number = Number(value);
  // + 0: JSON has no −0, and a column must hold what the JSON says. The constant: only one NaN's bits may be state.
  return Number.isFinite(number) ? number + 0 : Number.NaN;
}

/** 1 or 0 for true or false, also as "true", "false", 1, 0; NaN for anything else. */
export function asBoolean(value: unknown): number {
  switch (typeof value === "string" && value.length <= 5 ? value.toLowerCase() : value) {
    case true:
    case 1:
    case "true":
    case "1":
      return 1;
    case false:
    case 0:
    case "false":
    case "0":
      return 0;
    default:
      return Number.NaN;
  }
}

/** A text, or a finite number as its text. */
export function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" && Number.isFinite(value) ? String(value) : undefined;
}

/** A text of up to {@link wordLengthMax}, or a number as its text. Well-formed: half a surrogate pair cannot be interned. */
export function asWord(value: unknown): string | undefined {
  const text = asText(value);
  return text === undefined || text.length > wordLengthMax ? undefined : text.toWellFormed();
}

/** Those of a list that are words; a single word is a list of one. */
export function asWords(value: unknown): string[] {
  const words: string[] = [];
  for (const one of Array.isArray(value) ? value : [value]) {
    const word = asWord(one);
    if (word !== undefined && words.length < listWordsMax) words.push(word);
  }
  return words;
}

/** Levels from broad to narrow, up to the first that is no word; a single word is a path of one. */
export function asPath(value: unknown): string[] {
  const levels: string[] = [];
  for (const one of Array.isArray(value) ? value : [value]) {
    const level = asLevel(one);
    if (level === undefined || levels.length === pathLevelsMax) break;
    levels.push(level);
  }
  return levels;
}

export function asLevel(value: unknown): string | undefined {
  return asWord(value)?.replaceAll(levelSeparator, " ");
}

/** How a path is written as one word; a path of one is its level's own name. */
export const pathWord = (levels: readonly string[]): string => levels.join(levelSeparator);

/** The levels of a word that {@link pathWord} wrote. */
export const pathLevels = (word: string): string[] => word.split(levelSeparator);

const isoDate = /^\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** ISO 8601 or Unix ms → Unix ms; NaN for anything else. A time without a zone is UTC: the fold knows no time zone. */
export function asTimeMs(value: unknown): number {
  if (typeof value === "number") return Number.isFinite(value) ? value : Number.NaN;
  const match = typeof value === "string" && value.length <= wordLengthMax ? isoDate.exec(value) : null;
  if (match === null) return Number.NaN;
  const isLocal = match[0].length > 10 && match[1] === undefined;
  const time = Date.parse(match[0].replace(" ", "T") + (isLocal ? "Z" : ""));
  return Number.isNaN(time) ? Number.NaN : time;
}
