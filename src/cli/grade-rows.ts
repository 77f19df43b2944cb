/** CSV of graded queries: columns `query`, `item` and `grade` by name, others passed over. */
import { type CsvError, parse } from "csv-parse";
import { LiveshelfError } from "../core/errors.ts";
import type { Grade } from "../graded-lists.ts";
import { type OnRefused, openFile, unreadable } from "./source.ts";

const needed = ["query", "item", "grade"] as const;
/** The gain of a grade is 2^grade − 1: more would drown all others. */
const gradeMax = 20;

interface Row {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

export async function* gradeRows(path: string, onRefused: OnRefused): AsyncGenerator<Grade> {
  const parser = parse({
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    columns: (names: string[]) => named(path, names),
    on_skip: (error: CsvError | undefined) => {
      const lines = (error as { lines?: number } | undefined)?.lines;
      onRefused(`${path}:${lines ?? "?"}`, "FILE_MALFORMED", error?.message ?? "The row cannot be read.");
      return undefined;
    },
  });
  const { bytes } = openFile(path);
  bytes.on("error", (error) => parser.destroy(error));
  try {
    for await (const { record, info } of bytes.pipe(parser) as AsyncIterable<Row>) {
      const { query, item, grade } = record as { query: string; item: string; grade: string };
      const number = grade === "" ? Number.NaN : Number(grade);
      const where = `${path}:${info.lines}`;
      if (query === "" || item === "") onRefused(where, "FILE_MALFORMED", "The query or the item is empty.");
      else if (number >= 0 && number <= gradeMax) yield { query, item, grade: number };
      else onRefused(where, "FILE_MALFORMED", `The grade must be a number from 0 to ${gradeMax}.`);
    }
  } catch (error) {
    throw error instanceof LiveshelfError ? error : unreadable(path, error);
  }
}

function named(path: string, names: string[]): string[] {
  const lacking = needed.filter((name) => !names.includes(name));
  if (lacking.length === 0) return names;
  const mend = `its first line must name ${needed.join(", ")}; it names ${names.join(", ")}`;
  throw new LiveshelfError("FILE_MALFORMED", `${path} has no column ${lacking.join(", ")}: ${mend}.`);
}
