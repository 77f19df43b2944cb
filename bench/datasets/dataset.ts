/** Public data sets as events of ours. The files are not part of the repository: see `folderOf`. */
import { createReadStream, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import type { EventInput } from "../../src/core/public.ts";

export interface Dataset {
  /** In time order; can be read once. */
  readonly events: AsyncIterable<EventInput>;
  /** Score from this time on, Unix ms; absent: all of it. */
  readonly from?: number;
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
