/** Bytes → JSON. Plain `JSON.parse`: any key is a key, also `__proto__`, and nothing is ever merged by assignment. */
import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Bounds } from "./bounds.ts";
import { goOn } from "./continuing.ts";

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
    read({ headers, raw }, stream, done, fail) {
      // What is announced counts only once it comes: otherwise a few who send nothing would keep everybody out.
      const announced = Number(headers["content-length"]);
      const packed = encodingFault(headers);
      if (packed !== undefined) return fail(packed);
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
      goOn(raw);
    },
  };
}

/** A few bytes can be packed that unpack to more than a machine has: bodies are taken as they are only. */
export function encodingFault(headers: IncomingHttpHeaders): LiveshelfError | undefined {
  const encoding = headers["content-encoding"]?.trim() ?? "";
  if (encoding === "" || encoding.toLowerCase() === "identity") return undefined;
  const message = `A body with content-encoding "${encoding.slice(0, 40)}" is not unpacked here; send it as it is, without that header.`;
  return new LiveshelfError("MEDIA_TYPE_UNSUPPORTED", message, "/headers/content-encoding");
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

/** Throws BODY_MALFORMED and BODY_TOO_LARGE. `whyNot`: the end of a sentence on a text that is no JSON; by default V8's, which quotes it. */
export function parseJson(
  bytes: Buffer,
  whyNot: (text: string, error: Error) => string = (_text, { message }) => message,
): unknown {
  if (!isUtf8(bytes)) throw new LiveshelfError("BODY_MALFORMED", "The body is not valid UTF-8; encode it as UTF-8.");
  refuseTooManyParts(bytes);
  const whole = bytes.toString();
  const text = whole.startsWith(byteOrderMark) ? whole.slice(1) : whole;
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = bytes.length === 0 ? "it is empty" : whyNot(text, error as Error);
    throw new LiveshelfError("BODY_MALFORMED", `The body is not JSON: ${why}.`);
  }
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * Lists and objects take many times their bytes of memory, and of time: what is nothing but brackets is refused unread, and so is what is nested so
 * deep that whoever walks through it would run out of stack. What is no JSON is counted as well as can be.
 */
function refuseTooManyParts(bytes: Buffer): void {
  const { bodyPartsMax, bodyDepthMax } = limits;
  if (bytes.length <= bodyDepthMax) return;
  let parts = 0;
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === quote) i = endOfText(bytes, i + 1);
    // [ and { are 0x5b and 0x7b, ] and } two above.
    else if ((byte & 0xdf) === 0x5b) {
      parts++;
      if (++depth > deepest) deepest = depth;
    } else if ((byte & 0xdf) === 0x5d) depth--;
  }
  if (deepest > bodyDepthMax) {
    const message = `A body is nested at most ${bodyDepthMax} levels deep; this one has ${deepest}. No call takes such.`;
    throw new LiveshelfError("BODY_TOO_LARGE", message);
  }
  if (parts <= bodyPartsMax) return;
  const message = `A body has at most ${bodyPartsMax} lists and objects; this one has ${parts}. Send it in several.`;
  throw new LiveshelfError("BODY_TOO_LARGE", message);
}

/** Where the quotation mark is that ends the text which begins at `from`; the end of the bytes, if there is none. */
function endOfText(bytes: Buffer, from: number): number {
  let i = from;
  for (; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === quote) return i;
    if (byte === backslash) i++;
  }
  return i;
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
