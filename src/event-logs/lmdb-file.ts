/**
 * Looks at an LMDB file before LMDB does: that maps what it is given into memory, so a foreign file or one that was cut
 * off ends the process (SIGSEGV, SIGBUS) instead of failing.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";

/** Layout of a meta page, `MDB_meta` in mdb.c, after a page header of 24 bytes. */
const magic = 0xbeefc0de;
const magicAt = 24;
const pageBytesAt = 48;
const lastPageAt = 144;
const metaBytes = 160;

/**
 * What is wrong with the file, if anything. With `mend`, for the only writer, the pages that are missing at the end are
 * put back as zeros: LMDB may leave free pages unwritten there; any other is then found damaged when it is read.
 */
export function wrongWith(file: string, mend: boolean): string | undefined {
  const descriptor = openSync(file, mend ? "r+" : "r");
  try {
    const fileBytes = fstatSync(descriptor).size;
    const first = readMeta(descriptor, 0);
    const second = first && readMeta(descriptor, first.pageBytes);
    if (!first || !second) return "its file is not an event log, or is cut off";
    const wholeBytes = (Math.max(first.lastPage, second.lastPage) + 1) * first.pageBytes;
    if (fileBytes >= wholeBytes) return undefined;
    if (!mend || wholeBytes > fileBytes + 2 ** 40) return "its file is cut off";
    ftruncateSync(descriptor, wholeBytes);
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

function readMeta(descriptor: number, position: number): { pageBytes: number; lastPage: number } | undefined {
  const meta = Buffer.alloc(metaBytes);
  if (readSync(descriptor, meta, 0, metaBytes, position) !== metaBytes) return undefined;
  const pageBytes = meta.readUInt32LE(pageBytesAt);
  if (meta.readUInt32LE(magicAt) !== magic || pageBytes < 512 || pageBytes > 65_536) return undefined;
  return { pageBytes, lastPage: Number(meta.readBigUInt64LE(lastPageAt)) };
}
