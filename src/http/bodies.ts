/** Bytes → JSON. Plain `JSON.parse`: any key is a key, also `__proto__`, and nothing is ever merged by assignment. */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Bounds } from "./bounds.ts";

type Done = (error: Error | null, body?: unknown) => void;

const byteOrderMark = "\uFEFF";

/** Reads bodies whole, each up to its bound, and all that are on their way at one time up to another. */
export interface BodyReader {
  /** Bytes that came and wait for the rest of their body. */
  readonly heldBytes: number;
  read(
    request: FastifyRequest,
    stream: IncomingMessage,
    done: (body: Buffer) => void,
    fail: (error: Error) => void,
  ): void;
}

export function bodyReader({
  bodyBytesMax,
  bodiesBytesMax,
}: Pick<Bounds, "bodyBytesMax" | "bodiesBytesMax">): BodyReader {
  let heldBytes = 0;
  const tooLarge = () =>
    new LiveshelfError(
      "BODY_TOO_LARGE",
      `A body has at most ${bodyBytesMax} bytes; send the events in smaller batches.`,
    );
  const tooMany = () =>
    new LiveshelfError(
      "OVERLOADED",
      `More than ${bodiesBytesMax} bytes are being received; send this again in a second.`,
    );
  return {
    get heldBytes() {
      return heldBytes;
    },
    read({ headers }, stream, done, fail) {
      // What is announced counts only once it comes: otherwise a few who send nothing would keep everybody out.
      const announced = Number(headers["content-length"]);
      if (announced > bodyBytesMax) return fail(tooLarge());
      const chunks: Buffer[] = [];
      let length = 0;
      const take = (chunk: Buffer): void => {
        length += chunk.length;
        heldBytes += chunk.length;
        chunks.push(chunk);
        if (length > bodyBytesMax) giveUp(tooLarge());
        else if (heldBytes > bodiesBytesMax) giveUp(tooMany());
      };
      const letGo = (): void => {
        heldBytes -= length;
        stream.off("data", take).off("end", whole).off("error", cutOff).off("close", cutOff);
      };
      const whole = (): void => {
        letGo();
        // Never a view of the socket's own buffer.
        if (Number.isNaN(announced) || announced === length) done(Buffer.concat(chunks, length));
        else fail(new LiveshelfError("BODY_MALFORMED", "The body is shorter or longer than its content-length says."));
      };
      const giveUp = (error: Error): void => {
        letGo();
        // What comes until the connection is closed is thrown away.
        stream.on("error", () => {}).resume();
        fail(error);
      };
      const cutOff = (): void =>
        giveUp(new LiveshelfError("BODY_MALFORMED", "The connection was closed before the body was whole."));
      stream.on("data", take).once("end", whole).once("error", cutOff).once("close", cutOff);
    },
  };
}

function attempt(parse: () => unknown, done: Done): void {
  let parsed: unknown;
  try {
    parsed = parse();
  } catch (error) {
    done(error as Error);
    return;
  }
  done(null, parsed);
}

export function readJsonOnly(app: FastifyInstance, reader: BodyReader): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", (request: FastifyRequest, stream: IncomingMessage, done: Done) => {
    const parse = (body: Buffer): void => {
      // Some clients name a type also where they send nothing.
      if (body.length === 0 && request.method !== "POST") done(null, undefined);
      else attempt(() => parseJson(body), done);
    };
    reader.read(request, stream, parse, done);
  });
}

/** Adds NDJSON, which stays a buffer: a broken line must not stop the others. */
export function readLinesToo(app: FastifyInstance, reader: BodyReader): void {
  const types = ["application/x-ndjson", "application/ndjson", "application/jsonl"];
  app.addContentTypeParser(types, (request: FastifyRequest, stream: IncomingMessage, done: Done) =>
    reader.read(request, stream, (body) => done(null, body), done),
  );
}

export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new LiveshelfError("BODY_MALFORMED", "The body is not valid UTF-8; encode it as UTF-8.");
  refuseTooManyParts(bytes);
  const text = bytes.toString();
  try {
    return JSON.parse(text.startsWith(byteOrderMark) ? text.slice(1) : text);
  } catch (error) {
    const why = bytes.length === 0 ? "it is empty" : (error as Error).message;
    throw new LiveshelfError("BODY_MALFORMED", `The body is not JSON: ${why}.`);
  }
}

/** Lists and objects take many times their bytes of memory, and of time: what is nothing but brackets is refused unread. */
function refuseTooManyParts(bytes: Buffer): void {
  if (bytes.length <= limits.bodyPartsMax) return;
  let parts = 0;
  for (const byte of bytes) if (byte === 0x5b || byte === 0x7b) parts++;
  if (parts <= limits.bodyPartsMax) return;
  const message = `A body has at most ${limits.bodyPartsMax} lists and objects; this one has ${parts}. Send it in several.`;
  throw new LiveshelfError("BODY_TOO_LARGE", message);
}

/** Lines of NDJSON with their numbers from 0; empty lines are passed over. Throws EVENT_LIMIT where there are more lines, empty ones too. */
export function* lines(bytes: Buffer, linesMax: number): Generator<{ readonly index: number; readonly line: Buffer }> {
  let start = 0;
  for (let index = 0; start < bytes.length; index++) {
    if (index >= linesMax)
      throw new LiveshelfError("EVENT_LIMIT", `One call takes at most ${linesMax} events; send them in several.`);
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    if (line.length > 0 && !(line.length === 1 && line[0] === 0x0d)) yield { index, line };
    start = end + 1;
  }
}
