/** Pages that call from a browser: which may (CORS), and which try what they may not (DNS rebinding). */
import type { FastifyReply, FastifyRequest } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { isLoopback } from "./address.ts";

const preflightSeconds = 7200;

/** `name`, `name:port`, `[address]` and `[address]:port`. */
const nameAndPort = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i;

/** Whether a machine calls itself so, with or without a port: no other machine's page can have such an origin. */
export function isOwnName(host: string): boolean {
  const [, address, name = address] = nameAndPort.exec(host.toLowerCase()) ?? [];
  return name !== undefined && (isLoopback(name) || /^(?:[\w-]+\.)+localhost$/.test(name));
}

export interface Origins {
  /** Says in the answer that the page may read it. Answers whether it may. */
  admit(request: FastifyRequest, reply: FastifyReply): boolean;
  /** What a browser asks before a call that a page could not make by itself; undefined for any other request. Refused with FORBIDDEN. */
  preflight(request: FastifyRequest, reply: FastifyReply): "allowed" | LiveshelfError | undefined;
}

export function origins(listed: readonly string[]): Origins {
  const isAny = listed.includes("*");
  const known = new Set(listed);
  const admit: Origins["admit"] = ({ headers: { origin, host } }, reply) => {
    // Also to those without an origin: what a cache keeps of one must not be given to another.
    if (listed.length > 0 && !isAny) reply.header("vary", "Origin");
    if (origin === undefined) return true;
    if (isAny || known.has(origin)) {
      // Never `access-control-allow-credentials`: nothing here goes by cookies.
      reply.header("access-control-allow-origin", isAny ? "*" : origin);
      reply.header("access-control-expose-headers", "retry-after, www-authenticate");
      return true;
    }
    return URL.parse(origin)?.host === host;
  };
  return {
    admit,
    preflight(request, reply) {
      if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined)
        return undefined;
      if (!admit(request, reply)) return foreign;
      reply.header("access-control-allow-methods", "GET, HEAD, POST, DELETE");
      reply.header("access-control-allow-headers", "authorization, content-type, x-timeout-ms");
      reply.header("access-control-max-age", String(preflightSeconds));
      return "allowed";
    },
  };
}

export const foreign = new LiveshelfError(
  "FORBIDDEN",
  'Pages of this origin may not call; add it to the setting "corsOrigins" if they are to.',
  "/headers/origin",
);
