/** Bytes to a server on loopback and back, without any client that would mend them on the way. */
import { connect, type Socket } from "node:net";

export interface Response {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** A connection on which nothing has come for so long hangs. */
const hangsAfterMs = 60_000;

const headEnd = Buffer.from("\r\n\r\n");

/** The whole responses at the start of `bytes`, and what is left. `isHead`: they have no bodies. */
export function readResponses(
  bytes: Buffer,
  isHead = false,
): { readonly responses: Response[]; readonly rest: Buffer } {
  const responses: Response[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf(headEnd);
    if (end < 0) return { responses, rest };
    const [line, ...fields] = rest.subarray(0, end).toString("latin1").split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(`${line} `)?.[1]);
    if (Number.isNaN(status)) throw new Error(`this is no HTTP: ${line}`);
    const headers = new Map(
      fields.map((field) => {
        const colon = field.indexOf(":");
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
      }),
    );
    const after = rest.subarray(end + headEnd.length);
    const isEmpty = isHead || status < 200 || status === 204 || status === 304;
    const body = isEmpty ? { bytes: Buffer.alloc(0), length: 0 } : bodyAt(after, headers);
    if (body === undefined) return { responses, rest };
    responses.push({ status, headers, body: body.bytes });
    rest = after.subarray(body.length);
  }
}

function bodyAt(after: Buffer, headers: ReadonlyMap<string, string>): { bytes: Buffer; length: number } | undefined {
  if (headers.get("transfer-encoding") !== "chunked") {
    // Without a length it goes on to the end of the connection.
    const length = Number(headers.get("content-length") ?? after.length);
    return after.length < length ? undefined : { bytes: after.subarray(0, length), length };
  }
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = after.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(after.subarray(at, lineEnd).toString(), 16);
    at = lineEnd + 2 + size + 2;
    if (at > after.length) return undefined;
    if (size === 0) return { bytes: Buffer.concat(chunks), length: at };
    chunks.push(after.subarray(at - 2 - size, at - 2));
  }
}

export interface Exchange {
  readonly responses: readonly Response[];
  /** What came and is no whole response. */
  readonly rest: Buffer;
}

/** Sends these parts on a connection of its own (each after the first once something was answered), says that nothing more comes, and reads to the end. */
export function exchange(port: number, parts: readonly Buffer[], isHead = false): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const waiting = [...parts];
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const next = (): void => {
      const part = waiting.shift();
      if (part !== undefined) socket.write(part);
      if (waiting.length === 0) socket.end();
    };
    socket.setTimeout(hangsAfterMs, () => socket.destroy(new Error(`nothing came for ${hangsAfterMs} ms`)));
    socket.on("connect", next);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if (waiting.length > 0) next();
    });
    let failure: NodeJS.ErrnoException | undefined;
    socket.on("error", (error) => {
      failure = error;
    });
    socket.on("end", () => socket.end());
    socket.on("close", () => {
      // What the server did not want to read to its end, it may cut off.
      if (failure !== undefined && failure.code !== "ECONNRESET" && failure.code !== "EPIPE") return reject(failure);
      try {
        resolve(readResponses(Buffer.concat(chunks), isHead));
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** One connection, kept alive and opened again where the server closed it; one request at a time. */
export class Connection {
  readonly #port: number;
  #socket: Socket | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  #waiting: { readonly resolve: (response: Response) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  ask(method: string, path: string, headers: string, body: Buffer): Promise<Response> {
    const head = `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}content-length: ${body.length}\r\n\r\n`;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#opened().write(Buffer.concat([Buffer.from(head, "latin1"), body]));
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #opened(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    socket.setTimeout(hangsAfterMs, () => {
      if (this.#waiting !== undefined) socket.destroy(new Error(`nothing was answered for ${hangsAfterMs} ms`));
    });
    socket.on("data", (chunk) => this.#read(socket, chunk));
    socket.on("error", (error) => this.#closed(socket, error));
    socket.on("close", () => this.#closed(socket, new Error("the connection closed without an answer")));
    this.#bytes = Buffer.alloc(0);
    this.#socket = socket;
    return socket;
  }

  #read(socket: Socket, chunk: Buffer): void {
    if (socket !== this.#socket) return;
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const { responses, rest } = readResponses(this.#bytes);
    this.#bytes = rest;
    for (const response of responses) {
      if (response.headers.get("connection") === "close") this.#forget();
      this.#waiting?.resolve(response);
      this.#waiting = undefined;
    }
  }

  #forget(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #closed(socket: Socket, error: Error): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
