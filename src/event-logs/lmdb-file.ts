/**
 * Looks at an LMDB file before LMDB does: that maps what it is given into memory, so a foreign file, one that was cut off or
 * one with a damaged page ends the process (SIGSEGV, SIGBUS) or reads as an older log, instead of failing.
 */
import { closeSync, fstatSync, ftruncateSync, openSync } from "node:fs";
import { type Meta, metasOf, wrongPage } from "./lmdb-pages.ts";

export interface Look {
  /**
   * For the only writer: the pages that are missing at the end are put back as zeros. LMDB may leave free pages unwritten
   * there; any other is then found damaged.
   */
  readonly mend: boolean;
  /** The log was being made when its process ended: its file may be empty. */
  readonly isNew: boolean;
  /** Somebody else may be writing: only what does not change is looked at. */
  readonly changes: boolean;
}

/** What is wrong with the file, if anything. Reads each page of its tree, and of its values none. */
export function wrongWith(file: string, { mend, isNew, changes }: Look): string | undefined {
  const descriptor = openSync(file, mend ? "r+" : "r");
  try {
    if (isNew && fstatSync(descriptor).size === 0) return undefined;
    const [newest, older] = metasOf(descriptor);
    if (!newest || !older) return "its file is not an event log, or its beginning is damaged";
    if (changes) return cutOff(descriptor, newest, false);
    if (newest.transaction - older.transaction > 1) return "its file names commits that do not follow one another";
    const wrong = cutOff(descriptor, newest, mend) ?? wrongPage(descriptor, newest);
    if (wrong === undefined) return undefined;
    // A writer that came meanwhile has looked for itself.
    const isChanging = !mend && metasOf(descriptor)[0]?.transaction !== newest.transaction;
    return isChanging ? undefined : wrong;
  } finally {
    closeSync(descriptor);
  }
}

function cutOff(descriptor: number, { lastPage, pageBytes }: Meta, mend: boolean): string | undefined {
  const fileBytes = fstatSync(descriptor).size;
  const wholeBytes = (lastPage + 1) * pageBytes;
  if (fileBytes >= wholeBytes) return undefined;
  if (!mend) return "its file is cut off";
  ftruncateSync(descriptor, wholeBytes);
  return undefined;
}
