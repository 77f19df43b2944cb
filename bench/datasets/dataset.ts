/** Public data sets as events of ours. The files are not part of the repository: see `folderOf`. */
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import { parse } from "csv-parse";
import type { EventInput } from "../../src/core/public.ts";

export interface Dataset {
  /** In time order; can be read once. */
  readonly events: AsyncIterable<EventInput>;
  /** Score from this time on, Unix ms; absent: all of it. */
  readonly from?: number;
}

/** A catalogue with graded queries. */
export interface GradedSet {
  readonly items: readonly EventInput[];
  readonly grades: readonly { readonly query: string; readonly item: string; readonly grade: number }[];
}

export type Row = Readonly<Record<string, string>>;

const root = resolve(import.meta.dirname, "../..", process.env.DATASETS_FOLDER ?? "../shared/data");

/** Where the set lies under DATASETS_FOLDER (default `../shared/data` beside the repository); undefined if it is not there. */
export function folderOf(name: string): string | undefined {
  const folder = join(root, name);
  return existsSync(folder) ? folder : undefined;
}

/** The rows of a gzipped table whose first line names the columns. */
export function rows(path: string, delimiter = ","): AsyncIterable<Row> {
  // Its errors come out of the iteration.
  return pipeline(createReadStream(path), createGunzip(), parse({ columns: true, delimiter }), () => {});
}

/** Lines of a gzipped text, but for empty ones. */
export function unpackedLines(path: string): string[] {
  return gunzipSync(readFileSync(path))
    .toString()
    .split("\n")
    .filter((line) => line !== "");
}

/** An item event of what is given; a field without a value is left out. All at one time: these sets have none. */
export function itemEvent(item: string, fields: Readonly<Record<string, unknown>>): EventInput {
  const isGiven = (value: unknown): boolean =>
    value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => isGiven(value)));
  return { type: "item", item, time: 1_400_000_000_000, fields: given };
}
