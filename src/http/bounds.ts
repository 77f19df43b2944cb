/** What the door bears of its clients, over all connections; the limits of `core/limits.ts` unless a test wants smaller ones. */
import { createServer, type Server, type ServerOptions } from "node:http";
import type { FastifyServerFactory } from "fastify";
import { limits } from "../core/limits.ts";
import { holdBack } from "./continuing.ts";
import { noteAnswer } from "./failures.ts";

const bounding = [
  "bodyBytesMax",
  "bodiesBytesMax",
  "connectionsMax",
  "headersWithinMs",
  "requestWithinMs",
  "stalledWithinMs",
  "idleWithinMs",
] as const;

export type Bounds = Readonly<Record<(typeof bounding)[number], number>>;

export const standardBounds: Bounds = limits;

/** How often Node looks for requests that are late, as a share of the shortest time that they have. */
const lookShare = 0.25;

/** A server that waits for nobody for good: neither for one who sends slowly, nor for one who does not read. */
export function boundedServer(bounds: Bounds, onDrop: () => void): FastifyServerFactory {
  return (handler): Server => {
    const options: ServerOptions = {
      headersTimeout: bounds.headersWithinMs,
      requestTimeout: bounds.requestWithinMs,
      keepAliveTimeout: bounds.idleWithinMs,
      // Nobody asks for it here, and Node's own refusal has no code.
      requireHostHeader: false,
      connectionsCheckingInterval: Math.max(1, Math.min(bounds.headersWithinMs, bounds.requestWithinMs) * lookShare),
    };
    const server = createServer(options, handler);
    // Nothing sent, nothing read: the client is gone or does not want its answer.
    server.setTimeout(bounds.stalledWithinMs);
    server.maxConnections = bounds.connectionsMax;
    server.on("request", noteAnswer);
    holdBack(server);
    // An expectation that nobody knows is passed over (RFC 9110, 10.1.1).
    server.on("checkExpectation", (request, response) => server.emit("request", request, response));
    return server.on("drop", onDrop);
  };
}
