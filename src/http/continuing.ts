/** `Expect: 100-continue`: a client that asks before it sends its body is told to go on by whoever reads it, and by nobody who refuses it. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";

const waiting = new WeakMap<IncomingMessage, { readonly response: ServerResponse; readonly isKept: boolean }>();

export function holdBack(server: Server): void {
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, { response, isKept: response.shouldKeepAlive });
    // Of a body that nobody asked for, it is not known whether it still comes: what follows could be read as the next request.
    response.shouldKeepAlive = false;
    server.emit("request", request, response);
  });
}

/** Once somebody listens to the body. */
export function goOn(request: IncomingMessage): void {
  const held = waiting.get(request);
  if (held === undefined) return;
  waiting.delete(request);
  held.response.shouldKeepAlive = held.isKept;
  held.response.writeContinue();
}
