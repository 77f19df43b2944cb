/** Files of events and items: opened as streams, unpacked, read in order; what cannot be read is reported and passed over. */
import { createReadStream, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { CsvError } from "csv-parse";
import { LiveshelfError } from "../core/errors.ts";
import type { EventInput } from "../core/public.ts";

/** An event, and where it stood. */
export interface Sourced {
  readonly event: EventInput;
  /** File and line, from 1. */
  readonly where: string;
}

/** Called with what was refused: where, and why. */
export type OnRefused = (where: string, code: string, message: string) => void;

export interface OpenFile {
  readonly bytes: Readable;
  /** How much of the file was read, 0 to 1; undefined when its size is not known. */
  share(): number | undefined;
}

/** `-` is standard input; `.gz` is unpacked. */
export function openFile(path: string): OpenFile {
  if (path === "-") return { bytes: process.stdin, share: () => undefined };
  let size: number;
  try {
    size = statSync(path).size;
  } catch (error) {
    throw new LiveshelfError("FILE_MALFORMED", `Cannot read ${path}: ${reason(error)}.`);
  }
  const packed = createReadStream(path, { highWaterMark: 1 << 18 });
  let read = 0;
  packed.on("data", (chunk) => {
    read += chunk.length;
  });
  const share = () => (size > 0 ? read / size : undefined);
  if (!path.endsWith(".gz")) return { bytes: packed, share };
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  packed.on("error", (error) => unpacked.destroy(error));
  return { bytes: packed.pipe(unpacked), share };
}

export function unreadable(path: string, error: unknown): LiveshelfError {
  return new LiveshelfError("FILE_MALFORMED", `Cannot read ${path}: ${reason(error)}.`, undefined, error);
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  return code === "Z_DATA_ERROR" || code === "Z_BUF_ERROR" ? "it is not a whole gzip file" : message;
}

/** Why a row of CSV cannot be read. */
export function rowFault(error: CsvError | undefined): string {
  if (error?.code !== "CSV_QUOTE_NOT_CLOSED") return error?.message ?? "The row cannot be read.";
  return 'A quotation mark opens a cell and is never closed, so that all after it is that one cell: close it, or write "" for one inside a cell.';
}
