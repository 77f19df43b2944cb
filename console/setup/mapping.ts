/** What the columns of a shop's file mean: guessed from their names and cells, and items made of rows accordingly. */
import type { Fields, FieldValue } from "../../src/core/event.ts";
import type { Broken, Row, Table } from "./table.ts";

export const roles = ["id", "title", "description", "brand", "category", "price", "image", "inStock", "tags"] as const;
export type Role = (typeof roles)[number];
/** `own`: kept under its own name. */
export type Meaning = Role | "own" | "leave";

/** In lower case; what stands first is taken first. A word with `=` is the whole name, others may be a part of it. */
const names: Readonly<Record<Role, string>> = {
  id: "=id =itemid =item =productid =product sku asin =stockcode =articleid number nummer nr no =artikelnr =artnr =itemno =handle gtin ean id 编号 编码 货号 =商品id",
  title: "title =name titel bezeichnung name =artikel 标题 名称 品名",
  description: "description =bodyhtml =body beschreibung 描述 详情",
  brand: "brand vendor manufacturer =marke =markenname hersteller 品牌",
  category: "category categories =producttype department kategorie warengruppe 分类 类目 类别",
  price: "price preis 价格 价",
  image: "image img picture photo bild foto 图片 图",
  inStock: "instock availability available verfügbar lieferbar stock inventory =quantity bestand 库存 有货",
  tags: "tags =tag keywords =labels schlagworte 标签 关键词",
};

/** Names of one thing's number, and of prices that nobody pays here. */
const isNumbering = /(?:nr|nummer|number|no|id|code|编号|编码|货号)$/;
const isOtherPrice = /^(?:ek|alt|old|was)|einkauf|cost|streich|grund|versand|shipping|compare|原价|成本|进价|市场/;

/** From 0 to 1: how well a column's name says this. */
function named(role: Role, name: string): number {
  const words = name
    .replace(/[([（【][^)\]）】]*[)\]）】]?/g, "")
    .replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ");
  const spaced = ` ${words.trim()} `;
  const joined = spaced.replaceAll(" ", "");
  if (role === "price" && isOtherPrice.test(joined)) return 0;
  let best = 0;
  for (const [i, word] of names[role].split(" ").entries()) {
    if (joined === word.replace("=", "")) return 1 - i / 200;
    if (word[0] === "=" || (role !== "id" && isNumbering.test(joined))) continue;
    const isShort = /^[a-z]{1,3}$/.test(word);
    const isIn = isShort
      ? spaced.includes(` ${word} `)
      : /[a-z]/.test(word)
        ? spaced.includes(` ${word}`) || spaced.includes(`${word} `)
        : joined.includes(word);
    if (isIn) best = Math.max(best, (0.8 * word.length) / joined.length);
  }
  return best;
}

const levels = / [>›»] /;

/** From 0 to 1: how well the cells, none of them empty, go with it. */
function fits(role: Role, cells: readonly string[], rows: number): number {
  if (cells.length === 0) return 1;
  const share = (is: (cell: string) => boolean): number => cells.filter(is).length / cells.length;
  const distinct = new Set(cells).size;
  switch (role) {
    case "id":
      return (distinct / rows) ** 2;
    case "price":
      return share((cell) => amount(cell, false) !== undefined);
    case "inStock":
      return share((cell) => stocked(cell) !== undefined);
    case "title":
      return share((cell) => /\p{L}/u.test(cell) && !levels.test(cell)) * (0.5 + distinct / cells.length / 2);
    default:
      return share((cell) => /\p{L}/u.test(cell));
  }
}

/** Rows that are looked at for a guess. */
const looked = 500;
const fitsMin = 0.05;

/** By column: the likeliest first, each meaning once. */
export function guess({ columns, rows }: Table): Meaning[] {
  const meanings = columns.map((): Meaning => "own");
  const isFree = (column: number): boolean => meanings[column] === "own";
  const isMissing = (role: Role): boolean => !meanings.includes(role);
  const sample = rows.slice(0, looked);
  const all = columns.map((_, i) => i);
  const texts = all.map((i) => sample.map(({ cells }) => String(cells[i] ?? "")).filter((text) => text !== ""));
  const likely = roles.flatMap((role) =>
    all.map((column) => {
      const name = named(role, columns[column]!);
      return { role, column, weight: name && name * fits(role, texts[column]!, sample.length) };
    }),
  );
  for (const { role, column, weight } of likely.sort((a, b) => b.weight - a.weight))
    if (weight > fitsMin && isFree(column) && isMissing(role)) meanings[column] = role;
  const take = (role: Role, weights: readonly number[]): void => {
    const most = Math.max(...weights);
    if (isMissing(role) && most > 0) meanings[weights.indexOf(most)] = role;
  };
  take(
    "category",
    all.map((i) => (isFree(i) ? texts[i]!.filter((text) => levels.test(text)).length : 0)),
  );
  take(
    "id",
    all.map((i) => (isFree(i) && sample.length > 0 && new Set(texts[i]).size === sample.length ? 1 : 0)),
  );
  take(
    "title",
    all.map((i) =>
      isFree(i) ? texts[i]!.filter((text) => /\p{L}{2}/u.test(text) && !/^https?:/.test(text)).join("").length : 0,
    ),
  );
  return meanings;
}

export interface ItemEvent {
  readonly type: "item";
  /** From the content: the same row sent again counts once. */
  readonly id: string;
  readonly item: string;
  readonly fields: Fields;
}

export interface Item {
  readonly line: number;
  readonly event: ItemEvent;
}

/** `turn` as in readTable. A row without an id is broken; rows with one id are one item, where the later one has the last word. */
export async function items(
  { columns, rows }: Table,
  meanings: readonly Meaning[],
  turn: () => Promise<void> | undefined,
): Promise<{
  readonly items: readonly Item[];
  readonly broken: readonly Broken[];
  /** Lines whose id stands before them. */
  readonly repeated: readonly number[];
}> {
  const made: Item[] = [];
  const repeated: number[] = [];
  const places = new Map<string, number>();
  const broken: Broken[] = [];
  const idColumn = meanings.indexOf("id");
  const priceColumn = meanings.indexOf("price");
  const hasCommas = rows
    .slice(0, looked)
    .some(({ cells }) => /\d,(?:\d\d?|[-–])\D*$/.test(String(cells[priceColumn] ?? "")));
  for (const row of rows) {
    const item = String(row.cells[idColumn] ?? "").trim();
    if (item === "") broken.push({ line: row.line, fault: "id" });
    else {
      const place = places.get(item) ?? made.length;
      if (place < made.length) repeated.push(row.line);
      else places.set(item, place);
      const fields = { ...made[place]?.event.fields, ...fieldsOf(row, columns, meanings, hasCommas) };
      const content = JSON.stringify([item, fields]);
      const id = `setup-${hash(content, 1)}${hash(content, 2)}`;
      made[place] = { line: row.line, event: { type: "item", id, item, fields } };
    }
    await turn();
  }
  return { items: made, broken, repeated };
}

function fieldsOf(
  { cells }: Row,
  columns: readonly string[],
  meanings: readonly Meaning[],
  hasCommas: boolean,
): Fields {
  const fields: Fields = {};
  for (const [i, meaning] of meanings.entries()) {
    if (meaning === "id" || meaning === "leave") continue;
    const name = meaning === "own" ? columns[i]! : meaning;
    // A column that JSON lacks in this row says nothing; an empty cell of CSV says that there is none.
    const value = i in cells ? readCell(meaning, cells[i], hasCommas) : undefined;
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

const whole = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

function readCell(meaning: Meaning, cell: unknown, hasCommas: boolean): FieldValue | undefined {
  if (typeof cell !== "string") return (cell ?? null) as FieldValue;
  if (cell === "") return null;
  switch (meaning) {
    case "title":
    case "description":
    case "brand":
    case "image":
      return cell;
    case "category":
      return cell.split(/\s*[>›»]\s*|\s+\/\s+/).filter((level) => level !== "");
    case "tags":
      return cell.split(/[|;]/.test(cell) ? /[|;]/ : /[,，]/).flatMap((tag) => tag.trim() || []);
    case "inStock":
      return stocked(cell);
    case "price":
      return amount(cell, hasCommas) ?? cell;
    default:
      if (/^(?:true|false)$/i.test(cell)) return cell.toLowerCase() === "true";
      return whole.test(cell) ? Number(cell) : cell;
  }
}

const pieces =
  /^[<>]?\s*(-?\d[\d.,]*)\s*\+?\s*(?:st(?:ü?ck|k)?|pcs?|pieces?|units?|items?|件|个|in stock|auf lager)?\.?$/i;
const isOut =
  /^(?:no?|nein|false|none|sold|no stock|否|无|没有)$|\bout\b|outof|sold ?out|nicht|\bnot\b|unavailable|discontinued|\bkeine?\b|ausverkauft|vergriffen|无货|售罄|缺货|断货|无库存|不可/;
const isThere =
  /^(?:y|yes|ja?|true|x|是|有|有货|现货|有库存|在库|available|(?:sofort )?(?:verfügbar|lieferbar)|auf lager|vorrätig|low stock|(?:https? schema org )?in ?stock)(?: \d+)?$/;

/** Undefined where it says neither. */
function stocked(cell: string): boolean | undefined {
  const [, number] = pieces.exec(cell) ?? [];
  if (number !== undefined) return /^[\d.,]*[1-9]/.test(number);
  const words = cell
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return isOut.test(words) ? false : isThere.test(words) || undefined;
}

/** `€ 1.299,00`, `$1,299.00`, `19.9`; undefined where it is no number. */
function amount(text: string, hasCommas: boolean): number | undefined {
  const digits = text
    .replace(/\p{L}\./gu, "")
    .replace(/[^\d.,-]/g, "")
    .replace(/[.,-]+$/, "");
  const last = digits.search(/[.,]\d+$/);
  const mark = digits[last] ?? "";
  // One or two digits are never a group; more are one after the mark that is not the column's, or comes again.
  const isDecimal = digits.length - last <= 3 || (mark === (hasCommas ? "," : ".") && digits.indexOf(mark) === last);
  const whole = (part: string): string => part.replace(/[.,]/g, "");
  const value = Number(
    last >= 0 && isDecimal ? `${whole(digits.slice(0, last))}.${digits.slice(last + 1)}` : whole(digits),
  );
  return digits === "" || Number.isNaN(value) ? undefined : value;
}

/** 64 bits of a text, mixed anew at each code unit: enough to tell the rows of a catalogue apart, in a page without a secure context too. */
function hash(text: string, seed: number): string {
  let a = seed;
  let b = ~seed;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995);
    a ^= b >>> 15;
    b ^= a >>> 13;
  }
  return [a, b].map((lane) => (lane >>> 0).toString(36).padStart(7, "0")).join("");
}
