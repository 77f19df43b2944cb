/** Bytes → JSON. Plain `JSON.parse`: any key is a key, also `__proto__`, and nothing is ever merged by assignment. */
import { isUtf8 } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { LiveshelfError } from "../core/errors.ts";

type Done = (error: Error | null, body?: unknown) => void;

const byteOrderMark = "\uFEFF";

export function readJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    (request: FastifyRequest, body: Buffer, done: Done) => {
      // Some clients name a type also where they send nothing.
      if (body.length === 0 && request.method !== "POST") return done(null, undefined);
      try {
        done(null, parseJson(body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/** Adds NDJSON, which stays a buffer: a broken line must not stop the others. */
export function readLinesToo(app: FastifyInstance): void {
  const types = ["application/x-ndjson", "application/ndjson", "application/jsonl"];
  app.addContentTypeParser(types, { parseAs: "buffer" }, (_request: FastifyRequest, body: Buffer, done: Done) =>
    done(null, body),
  );
}

export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new LiveshelfError("BODY_MALFORMED", "The body is not valid UTF-8; encode it as UTF-8.");
  const text = bytes.toString();
  try {
    return JSON.parse(text.startsWith(byteOrderMark) ? text.slice(1) : text);
  } catch (error) {
    const why = bytes.length === 0 ? "it is empty" : (error as Error).message;
    throw new LiveshelfError("BODY_MALFORMED", `The body is not JSON: ${why}.`);
  }
}

/** Lines of NDJSON with their numbers from 0; empty lines are passed over. */
export function* lines(bytes: Buffer): Generator<{ readonly index: number; readonly line: Buffer }> {
  let start = 0;
  for (let index = 0; start < bytes.length; index++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    if (line.length > 0 && !(line.length === 1 && line[0] === 0x0d)) yield { index, line };
    start = end + 1;
  }
}
