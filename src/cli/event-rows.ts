/**
 * A table of what shoppers did (sales, views) as shops export them → events, for the doctor to look at: columns are known by their names.
 * A row with a title or a price describes its item where these changed; one without an action is a sale, or a return where its quantity is below 0.
 */
import { type CsvError, parse } from "csv-parse";
import { LiveshelfError } from "../core/errors.ts";
import type { Examination } from "../doctor/examination.ts";
import { type OpenFile, rowFault, unreadable } from "./source.ts";

export const isEventTable = (path: string): boolean => /\.(?:csv|tsv)(?:\.gz)?$/.test(path);

type Role = "item" | "user" | "session" | "time" | "action" | "title" | "price" | "quantity" | "value";

/** Names of columns, in lower case with letters and digits only; the first that is there is taken. */
const names: Readonly<Record<Role, readonly string[]>> = {
  item: ["item", "itemid", "product", "productid", "sku", "stockcode", "article", "articleid", "asin", "variantid"],
  user: [
    "user",
    "userid",
    "customer",
    "customerid",
    "visitor",
    "visitorid",
    "client",
    "clientid",
    "member",
    "memberid",
  ],
  session: [
    "session",
    "sessionid",
    "invoice",
    "invoiceno",
    "order",
    "orderid",
    "orderno",
    "basket",
    "basketid",
    "transactionid",
  ],
  time: ["time", "timestamp", "unixtime", "date", "datetime", "invoicedate", "orderdate", "eventtime", "createdat"],
  action: ["action", "actiontype", "event", "eventtype", "type", "behavior", "behaviour", "activity"],
  title: ["title", "description", "name", "productname", "itemname"],
  price: ["price", "unitprice", "itemprice"],
  quantity: ["quantity", "qty", "units"],
  value: ["value", "amount", "total", "revenue"],
};

type Columns = Readonly<Record<Role, number>>;

const rowsAtOnce = 1000;

/** Throws FILE_MALFORMED where the first row does not name the columns that an event needs. `onRows`: told of some more. */
export async function eventRows(
  path: string,
  file: OpenFile,
  examined: Examination,
  onRows: (rows: number) => void,
): Promise<void> {
  let columns: Columns | undefined;
  const described = new Map<string, string>();
  const parser = parse({
    bom: true,

    trim: true,
    delimiter: [",", "\t", ";"],
    relax_column_count: true,

    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      const lines = (error as { lines?: number } | undefined)?.lines;
      line++;
      examined.refuse(`${path}:${lines ?? "?"}`, "FILE_MALFORMED", rowFault(error));
      return undefined;
    },
  });
  file.bytes.on("error", (error) => parser.destroy(error));
  let rows = 0;
  /** Of the row's beginning, from 1; counted here, as being told costs half of the time. */
  let line = 1;
  try {
    for await (const row of file.bytes.pipe(parser) as AsyncIterable<string[]>) {
      const at = line;
      line += linesOf(row);
      if (row.length === 1 && row[0] === "") continue;
      if (columns === undefined) {
        columns = columnsOf(path, row);
        continue;
      }
      takeRow(row, columns, `${path}:${at}`, examined, described);
      if (++rows % rowsAtOnce === 0) onRows(rowsAtOnce);
    }
  } catch (error) {
    throw error instanceof LiveshelfError ? error : unreadable(path, error);
  }
}

/** A cell in quotes may hold line ends. */
function linesOf(row: readonly string[]): number {
  let lines = 1;
  for (const cell of row) for (let at = cell.indexOf("\n"); at >= 0; at = cell.indexOf("\n", at + 1)) lines++;
  return lines;
}

function columnsOf(path: string, header: readonly string[]): Columns {
  const plain = header.map((name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, ""));
  const columns = Object.fromEntries(
    Object.entries(names).map(([role, known]) => [
      role,
      known.map((name) => plain.indexOf(name)).find((at) => at >= 0) ?? -1,
    ]),
  ) as Columns;
  if (columns.item >= 0 && columns.time >= 0) return columns;
  const missing = columns.item < 0 ? "item" : "time";
  throw new LiveshelfError(
    "FILE_MALFORMED",
    `${path} has no column that names the ${missing} of what shoppers did (${names[missing].join(", ")}); it has ${header.join(", ")}. If it is a catalogue, say --items; else rename the column.`,
  );
}

function takeRow(
  row: readonly string[],
  columns: Columns,
  where: string,
  examined: Examination,
  described: Map<string, string>,
): void {
  const cell = (role: Role): string | undefined => row[columns[role]] || undefined;
  const number = (role: Role): number | undefined => {
    const text = cell(role);
    return text === undefined || Number.isNaN(Number(text)) ? undefined : Number(text);
  };
  const item = cell("item");
  const timeText = cell("time");
  const time = timeText !== undefined && /^\d+(?:\.\d+)?$/.test(timeText) ? Number(timeText) : timeText;
  const [title, price, quantity] = [cell("title"), number("price"), number("quantity")];
  if (columns.title >= 0 || columns.price >= 0) {
    const fields = { ...(title !== undefined && { title }), ...(price !== undefined && { price }) };
    const known = item === undefined ? undefined : JSON.stringify(fields);
    // A price of 0 is a fault of the row, however often it comes.
    if (known !== undefined && (described.get(item!) !== known || (price !== undefined && price <= 0))) {
      if (described.size < describedMax) described.set(item!, known);
      examined.take({ type: "item", item, time, fields }, where, row);
    }
  }
  const given = cell("action");
  const sold = given ?? (columns.quantity >= 0 || columns.price >= 0 ? "purchase" : "view");
  const action = given === undefined && quantity !== undefined && quantity < 0 ? "return" : sold;
  const value = number("value") ?? (price === undefined ? undefined : Math.abs(quantity ?? 1) * price);
  const who = { ...(cell("user") && { user: cell("user") }), ...(cell("session") && { session: cell("session") }) };
  examined.take({ type: "outcome", action, item, ...who, time, ...(value !== undefined && { value }) }, where, row);
}

/** Items of which it is remembered how they were described last. */
const describedMax = 1_000_000;
