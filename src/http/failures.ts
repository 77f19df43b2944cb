/** Every refusal leaves as `{"error":{"code","message","at"}}` with a code of `core/errors.ts`; nothing of the inside shows. */
import { type IncomingMessage, maxHeaderSize, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { safeHeaders } from "./headers.ts";
import { nameless } from "./nameless.ts";

/** `fields`: the same for machines. */
export type OnDiagnostic = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

export function sendFailure(reply: FastifyReply, failure: LiveshelfError): FastifyReply {
  if (failure.status === 503) reply.header("retry-after", "1");
  return reply
    .code(failure.status)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify(envelope(failure)));
}

function envelope({ code, message, at }: LiveshelfError) {
  return { error: at === undefined || at === "" ? { code, message } : { code, message, at } };
}

/** For fastify's `setErrorHandler` and `frameworkErrors`. */
export function onFailure(onDiagnostic: OnDiagnostic, mayNameShoppers: () => boolean) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const failure = asFailure(error);
    // A path that cannot be read is answered before any hook.
    safeHeaders(reply, false);
    if (failure.status === 500) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const told = `${request.method} ${request.routeOptions?.url ?? request.url} failed: ${what}`;
      onDiagnostic(mayNameShoppers() ? told : nameless(told, request));
    }
    return sendFailure(reply, failure);
  };
}

const concealed = "The request failed inside the server; its diagnostics say why. Please report it.";

function asFailure(error: unknown): LiveshelfError {
  if (error instanceof LiveshelfError) return shown(error);
  const { code, statusCode } = (error ?? {}) as Partial<FastifyError>;
  switch (code) {
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new LiveshelfError(
        "MEDIA_TYPE_UNSUPPORTED",
        'Send "content-type: application/json" (events also as application/x-ndjson).',
      );
    case "FST_ERR_BAD_URL":
    case "FST_ERR_MAX_PARAM_LENGTH":
      return new LiveshelfError(
        "REQUEST_MALFORMED",
        "The path cannot be read: percent-encode it as UTF-8, at most 512 characters an id.",
      );
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new LiveshelfError("REQUEST_MALFORMED", "The request could not be read.");
  }
  return new LiveshelfError("INTERNAL", concealed);
}

/** What of these is for the operator alone, such as the folders of this machine, is left to the diagnostics. */
function shown(error: LiveshelfError): LiveshelfError {
  const { code, message, at, status } = error;
  if (status === 500) return new LiveshelfError(code, concealed, at);
  if (code === "LOG_UNWRITABLE")
    return new LiveshelfError(
      code,
      "Nothing can be written now; the diagnostics say why. Free space on the disk or mend it, then start again: what was acknowledged is kept.",
      at,
    );
  if (code === "CLOSED") return new LiveshelfError(code, "The server is stopping; ask again in a moment.", at);
  if (code === "CONFIG_INVALID" || code === "FILE_MALFORMED")
    return new LiveshelfError(code, withoutPaths(message), at);
  return error;
}

const withoutPaths = (message: string): string =>
  message.replaceAll(/(?<=^|[\s'"`(])(?:[A-Za-z]:\\|\.{0,2}\/)[^\s'"`),;]+/g, "(a file)");

/** Of each connection, the answer that was begun last. */
const begun = new WeakMap<Socket, ServerResponse>();

/** A listener for requests: tells {@link onClientError} whose turn it is. */
export function noteAnswer({ socket }: IncomingMessage, response: ServerResponse): void {
  begun.set(socket, response);
}

/** What is not HTTP at all never reaches a route. It is answered in its turn, or its refusal would be read as the answer to the request before it. */
export function onClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return;
  const before = begun.get(socket);
  if (before?.req.complete && !before.writableFinished) {
    before.once("close", () => onClientError(error, socket));
    return;
  }
  const failure = unread(error.code);
  const body = JSON.stringify(envelope(failure));
  const head = `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}`;
  socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`);
}

function unread(code: string | undefined): LiveshelfError {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new LiveshelfError("REQUEST_TIMEOUT", "The request did not arrive in time; send it again.");
    case "HPE_HEADER_OVERFLOW":
      return new LiveshelfError(
        "REQUEST_MALFORMED",
        `The request's head is too large: its first line and its headers have at most ${maxHeaderSize} bytes together.`,
      );
    default:
      return new LiveshelfError("REQUEST_MALFORMED", "This is not a request that HTTP allows.");
  }
}
