/** What the columns of a shop's file mean: guessed from their names and cells, and items made of rows accordingly. */
import type { Fields, FieldValue } from "../../src/core/event.ts";
import type { Broken, Row, Table } from "./table.ts";

export const roles = ["id", "title", "description", "brand", "category", "price", "image", "inStock", "tags"] as const;
export type Role = (typeof roles)[number];
/** `own`: kept under its own name. */
export type Meaning = Role | "own" | "leave";

/** In lower case, letters and digits only; what stands first is taken first. */
const names: Readonly<Record<Role, string>> = {
  id: "id itemid item productid product sku asin stockcode articleid articlenumber artikelnummer artikelnr handle gtin ean 编号 商品编号 商品id",
  title: "title producttitle productname itemname name titel bezeichnung 标题 商品标题 名称 商品名称",
  description: "description bodyhtml body longdescription beschreibung 描述 详情 商品描述",
  brand: "brand brandname vendor manufacturer marke hersteller 品牌",
  category:
    "category categories categorypath producttype productcategory googleproductcategory department kategorie 分类 类目 类别",
  price: "price saleprice unitprice variantprice listprice preis 价格 售价 单价",
  image: "image imageurl imagelink imagesrc img picture photo bild 图片 图片链接",
  inStock: "instock availability available stock stocklevel inventory quantity bestand lagerbestand 库存 有货",
  tags: "tags tag keywords labels schlagworte 标签 关键词",
};

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Rows that are looked at for a guess. */
const looked = 500;

/** By column. */
export function guess({ columns, rows }: Table): Meaning[] {
  const meanings = columns.map((): Meaning => "own");
  const isFree = (column: number): boolean => meanings[column] === "own";
  for (const role of roles)
    for (const name of names[role].split(" ")) {
      const column = columns.findIndex((one, i) => isFree(i) && plain(one) === name);
      if (column < 0) continue;
      meanings[column] = role;
      break;
    }
  const sample = rows.slice(0, looked);
  const texts = (column: number): string[] => sample.map(({ cells }) => String(cells[column] ?? ""));
  const isMissing = (role: Role): boolean => !meanings.includes(role);
  const all = columns.map((_, i) => i);
  if (isMissing("id")) {
    const unique = all.find((i) => isFree(i) && sample.length > 0 && new Set(texts(i)).size === sample.length);
    if (unique !== undefined) meanings[unique] = "id";
  }
  if (isMissing("title")) {
    const lengths = all.map((i) =>
      isFree(i)
        ? texts(i)
            .filter((text) => /\p{L}{2}/u.test(text) && !/^https?:/.test(text))
            .join("").length
        : 0,
    );
    const longest = lengths.indexOf(Math.max(...lengths));
    if (lengths[longest]! > 0) meanings[longest] = "title";
  }
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

/** `turn` as in readTable. A row without an id is broken. */
export async function items(
  { columns, rows }: Table,
  meanings: readonly Meaning[],
  turn: () => Promise<void> | undefined,
): Promise<{ readonly items: readonly Item[]; readonly broken: readonly Broken[] }> {
  const made: Item[] = [];
  const broken: Broken[] = [];
  const idColumn = meanings.indexOf("id");
  const priceColumn = meanings.indexOf("price");
  const hasCommas = rows.slice(0, looked).some(({ cells }) => /\d,\d\d?\D*$/.test(String(cells[priceColumn] ?? "")));
  for (const row of rows) {
    const item = String(row.cells[idColumn] ?? "").trim();
    if (item === "") broken.push({ line: row.line, fault: "id" });
    else {
      const fields = fieldsOf(row, columns, meanings, hasCommas);
      const content = JSON.stringify([item, fields]);
      const id = `setup-${hash(content, 1)}${hash(content, 2)}`;
      made.push({ line: row.line, event: { type: "item", id, item, fields } });
    }
    await turn();
  }
  return { items: made, broken };
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
    if (i in cells) fields[name] = readCell(meaning, cells[i], hasCommas);
  }
  return fields;
}

const whole = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

function readCell(meaning: Meaning, cell: unknown, hasCommas: boolean): FieldValue {
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
      if (/^-?\d+(?:\.\d+)?$/.test(cell)) return Number(cell) > 0;
      return !/^(?:no|nein|false|none|否|无|缺货|.*out.*|sold.*)$/i.test(cell);
    case "price":
      return amount(cell, hasCommas) ?? cell;
    default:
      if (/^(?:true|false)$/i.test(cell)) return cell.toLowerCase() === "true";
      return whole.test(cell) ? Number(cell) : cell;
  }
}

/** `€ 1.299,00`, `$1,299.00`, `19.9`; undefined where it is no number. */
function amount(text: string, hasCommas: boolean): number | undefined {
  const digits = text.replace(/[^\d.,-]/g, "");
  const number = hasCommas ? digits.replaceAll(".", "").replace(",", ".") : digits.replaceAll(",", "");
  const value = Number(number);
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
