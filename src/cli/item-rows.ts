/** CSV with one item a row → item events. What columns mean is in the help of `import`. */
import { type CsvError, parse } from "csv-parse";
import { LiveshelfError } from "../core/errors.ts";
import type { FieldValue } from "../core/event.ts";
import { limits } from "../core/limits.ts";
import { type OnRefused, type OpenFile, rowFault, type Sourced, unreadable } from "./source.ts";

const rowsAtOnce = 1000;

interface Row {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

export async function* itemRows(
  path: string,
  file: OpenFile,
  idColumn: string,
  onRefused: OnRefused,
): AsyncGenerator<Sourced[]> {
  const parser = parse({
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    columns: (names: string[]) => named(path, names, idColumn),
    on_skip: (error: CsvError | undefined) => {
      const lines = (error as { lines?: number } | undefined)?.lines;
      onRefused(`${path}:${lines ?? "?"}`, "FILE_MALFORMED", rowFault(error));
      return undefined;
    },
  });
  file.bytes.on("error", (error) => parser.destroy(error));
  let rows: Sourced[] = [];
  try {
    for await (const { record, info } of file.bytes.pipe(parser) as AsyncIterable<Row>) {
      const where = `${path}:${info.lines}`;
      const item = record[idColumn]!;
      if (item === "") onRefused(where, "EVENT_MALFORMED", `The column "${idColumn}" is empty.`);
      else rows.push({ event: { type: "item", item, fields: fields(record, idColumn) }, where });
      if (rows.length < rowsAtOnce) continue;
      yield rows;
      rows = [];
    }
  } catch (error) {
    throw error instanceof LiveshelfError ? error : unreadable(path, error);
  }
  if (rows.length > 0) yield rows;
}

function named(path: string, names: string[], idColumn: string): string[] {
  const { columnsMax } = limits;
  if (names.length > columnsMax)
    throw new LiveshelfError(
      "FILE_MALFORMED",
      `${path} has ${names.length} columns; at most ${columnsMax} (columnsMax) are read.`,
    );
  const seen = new Set<string>();
  const duplicate = names.find((name) => seen.size === seen.add(name).size);
  if (duplicate !== undefined) throw new LiveshelfError("FILE_MALFORMED", `${path} has two columns "${duplicate}".`);
  if (names.includes(idColumn)) return names;
  const mend = `name the column of the item's id by --id; it has ${names.join(", ")}.`;
  throw new LiveshelfError("FILE_MALFORMED", `${path} has no column "${idColumn}": ${mend}`);
}

function fields(record: Readonly<Record<string, string>>, idColumn: string): Record<string, FieldValue> {
  const cells = Object.entries(record).filter(([name]) => name !== idColumn && name !== "");
  return Object.fromEntries(cells.map(([name, cell]) => [name, value(name, cell)]));
}

const texts = new Set(["title", "description", "brand", "image"]);
// No leading zero and at most 15 digits: what a number cannot hold, or would change, stays a text.
const number = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

/** Empty → null, which deletes the field. */
export function value(name: string, cell: string): FieldValue {
  if (cell === "") return null;
  if (texts.has(name)) return cell;
  if (name === "category") return cell.split(" > ").map((level) => level.trim());
  if (name === "tags") return cell.split(cell.includes("|") ? "|" : ",").flatMap((tag) => tag.trim() || []);
  if (name === "inStock" && /^(?:1|0|yes|no)$/i.test(cell)) return /^(?:1|yes)$/i.test(cell);
  if (/^(?:true|false)$/i.test(cell)) return cell.toLowerCase() === "true";
  return number.test(cell) ? Number(cell) : cell;
}
