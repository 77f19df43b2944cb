/** JSONL → events, a chunk at a time: what one read of the file brought. A line that is no JSON is reported alone. */
import { isUtf8 } from "node:buffer";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { EventInput } from "../core/public.ts";
import { type OnRefused, type OpenFile, type Sourced, unreadable } from "./source.ts";

const newline = 0x0a;
/** Longer lines are never kept whole, so that a file without line ends cannot fill the memory. */
const lineBytesMax = 2 * limits.eventBytesMax;

export async function* eventLines(path: string, file: OpenFile, onRefused: OnRefused): AsyncGenerator<Sourced[]> {
  const name = path === "-" ? "standard input" : path;
  let rest: Buffer[] = [];
  let restBytes = 0;
  let line = 1;
  const parsed: Sourced[] = [];

  const take = (part: Buffer): void => {
    const bytes = restBytes === 0 ? part : Buffer.concat([...rest, part]);
    const tooLong = restBytes + part.length > lineBytesMax;
    rest = [];
    restBytes = 0;
    const where = `${name}:${line++}`;
    if (tooLong) onRefused(where, "EVENT_TOO_LARGE", `A line has at most ${limits.eventBytesMax} bytes.`);
    else parse(bytes, where, parsed, onRefused);
  };

  try {
    let isFirst = true;
    for await (const chunk of file.bytes as AsyncIterable<Buffer>) {
      if (isFirst && beginsList.test(chunk.toString("utf8", 0, 64))) throw oneList(name);
      isFirst = false;
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        take(chunk.subarray(start, end));
        start = end + 1;
      }
      if (start < chunk.length) {
        // Of a line that is too long already only its length is of interest.
        if (restBytes <= lineBytesMax) rest.push(chunk.subarray(start));
        restBytes += chunk.length - start;
      }
      if (parsed.length > 0) yield parsed.splice(0);
    }
  } catch (error) {
    throw error instanceof LiveshelfError && error.code === "FILE_MALFORMED" ? error : unreadable(path, error);
  }
  if (restBytes > 0) take(Buffer.alloc(0));
  if (parsed.length > 0) yield parsed;
}

/** All events as one list, in one line or in many: each of these lines would be refused, and none would say why. */
const beginsList = /^\uFEFF?\s*\[\s*(?:\{|$)/;

const oneList = (name: string): LiveshelfError =>
  new LiveshelfError(
    "FILE_MALFORMED",
    `${name} is one JSON list; events stand one to a line. \`jq -c '.[]' FILE > FILE.jsonl\` writes it so.`,
  );

function parse(bytes: Buffer, where: string, into: Sourced[], onRefused: OnRefused): void {
  if (!isUtf8(bytes)) {
    onRefused(where, "EVENT_MALFORMED", "The line is not valid UTF-8.");
    return;
  }
  const text = bytes.toString().replace(/^\uFEFF/, "");
  if (text.trim() === "") return;
  try {
    into.push({ event: JSON.parse(text) as EventInput, where });
  } catch (error) {
    onRefused(where, "EVENT_MALFORMED", `The line is not JSON: ${(error as Error).message}.`);
  }
}
